"""What the log says of staff and heads."""

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
    },
)
register_kinds("Xem dữ liệu cá nhân", {"staff:reveal": "Xem đầy đủ số định danh hoặc điện thoại của cán bộ, giáo viên"})
