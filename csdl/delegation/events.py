"""What the log says of papers, the administration account and the yearly confirmation of personnel."""

from csdl.audit.kinds import register_kinds

register_kinds(
    "Phân quyền",
    {
        "delegation:prepare": "Lập biên bản bàn giao, cam kết",
        "delegation:sign": "Ghi nhận bản đã ký",
        "delegation:confirm": "Xác nhận biên bản, cam kết trên hệ thống",
        "delegation:approve": "Phê duyệt phân quyền do người khác lập",
        "delegation:withdraw": "Thu hồi biên bản hoặc cam kết",
        "delegation:print": "In biên bản, cam kết",
        "delegation:read_scan": "Mở bản quét đã ký",
        "delegation:rules": "Sửa quy định về thời hạn phân quyền",
        "grant:ends_soon": "Phân quyền sắp hết hạn",
        "grant:renewal_prepared": "Lập sẵn giấy tờ gia hạn phân quyền",
        "administration:fall_back": "Tài khoản quản trị trở về thủ trưởng đơn vị",
        "head:set_up": "Khởi tạo thủ trưởng và tài khoản đầu tiên",
        "personnel:confirm": "Xác nhận kiện toàn nhân sự năm học {start_year}: {people} người",
        "personnel:remind": "Nhắc đơn vị kiện toàn nhân sự năm học {start_year}",
    },
)
