"""What the log says of staff, heads, their accounts, sign-ins and the regulation they accept."""

from csdl.audit.kinds import register_kinds

register_kinds(
    "Cán bộ, giáo viên",
    {
        "staff:add": "Thêm hồ sơ cán bộ, giáo viên",
        "staff:change": "Sửa hồ sơ cán bộ, giáo viên",
        "staff:change_posting": "Sửa vị trí công tác",
        "staff:end_posting": "Cho thôi làm việc",
        "staff:undo_edit": "Hoàn tác một lần sửa hồ sơ cán bộ, giáo viên",
        "staff:find_elsewhere": "Tìm cán bộ, giáo viên ở đơn vị khác để tiếp nhận",
        "staff:receive": "Tiếp nhận cán bộ, giáo viên từ đơn vị khác",
        "staff:bulk_contract": "Đổi hình thức hợp đồng của {count} người",
        "staff:bulk_status": "Đổi trạng thái của {count} người",
        "staff:bulk_end": "Kết thúc công tác của {count} người",
        "staff:bulk_undo": "Hoàn tác một lần đổi nhiều người: {count} người",
    },
)
register_kinds(
    "Thủ trưởng đơn vị",
    {
        "head:appoint": "Ghi nhận thủ trưởng mới, từ {from}",
        "head:change": "Sửa lần bổ nhiệm thủ trưởng",
        "head:withdraw": "Rút một lần bổ nhiệm thủ trưởng",
        "head:undo_edit": "Hoàn tác một lần sửa bổ nhiệm thủ trưởng",
        "head:keep_decision": "Lưu tệp quyết định bổ nhiệm số {decision_no}, mã {sha256}",
        "head:read_decision": "Mở tệp quyết định bổ nhiệm số {decision_no}",
        "head:decision_changed": "Gặp tệp quyết định bổ nhiệm đã bị thay đổi hoặc mất: số {decision_no}",
    },
)
register_kinds("Xem dữ liệu cá nhân", {"staff:reveal": "Xem đầy đủ số định danh hoặc điện thoại của cán bộ, giáo viên"})
register_kinds(
    "Tài khoản",
    {
        "account:open": "Mở tài khoản {accounts}",
        "account:letter": "In thư kích hoạt cho {accounts}",
        "account:activate": "Kích hoạt tài khoản",
        "account:change": "Sửa thư điện tử, điện thoại đăng nhập của {accounts}",
        "account:lock": "Khóa tài khoản {accounts}: {reason}",
        "account:unlock": "Mở khóa tài khoản {accounts}",
        "account:rules": "Sửa quy định đăng nhập",
        "account:password": "Đổi mật khẩu",
        "account:many_devices": "Đăng nhập trên {devices} thiết bị trong một ngày",
        "device:remember": "Nhớ thiết bị {browser} ở bước xác thực thứ hai, {days} ngày",
        "device:forget": "Thôi nhớ {devices} thiết bị ở bước xác thực thứ hai",
        "second_factor:add": "Cài thêm cách xác thực hai bước",
        "second_factor:remove": "Bỏ một cách xác thực hai bước",
        "second_factor:take_away": "Bỏ xác thực hai bước đã mất của {accounts}",
        "second_factor:codes": "Tạo lại mã khôi phục",
    },
)
register_kinds(
    "Đăng nhập",
    {
        "sign_in:done": "Đăng nhập",
        "sign_in:failed": "Đăng nhập không được",
        "sign_in:locked": "Tạm khóa đăng nhập vì nhập sai nhiều lần",
        "sign_in:out": "Đăng xuất",
        "session:end": "Kết thúc {sessions} phiên đăng nhập",
        "session:second": "Đăng nhập khi đang mở ở thiết bị khác",
    },
)
register_kinds(
    "Quy chế",
    {
        "regulation:publish": "Công bố quy chế quản lý, sử dụng CSDL, bản {version}: {title}",
        "regulation:accept": "Chấp nhận quy chế quản lý, sử dụng CSDL, bản {version}, từ địa chỉ {address}",
    },
)
