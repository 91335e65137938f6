"""What the log says of units and schools."""

from csdl.audit.kinds import register_kinds

register_kinds(
    "Đơn vị, trường",
    {
        "school:change_profile": "Sửa hồ sơ trường",
        "school:confirm_profile": "Xác nhận hồ sơ trường",
        "school:undo_profile_edit": "Hoàn tác một lần sửa hồ sơ trường",
        "rooms:save": "Lưu kê khai phòng",
        "rooms:copy": "Chép kê khai phòng từ năm học trước",
        "rooms:undo": "Hoàn tác kê khai phòng",
        "site:add": "Thêm điểm trường",
        "site:change": "Sửa điểm trường",
        "site:end": "Thôi sử dụng điểm trường",
        "site:main": "Đổi điểm chính",
        "site:undo_edit": "Hoàn tác một lần sửa điểm trường",
    },
)
