"""What the log says of the turn of the year."""

from csdl.audit.kinds import register_kinds

register_kinds(
    "Kết chuyển",
    {
        "rollover:plan": "Lập kế hoạch kết chuyển từ năm học {from_year}",
        "rollover:run": "Chạy kết chuyển từ năm học {from_year}: {created} học sinh sang năm mới",
        "rollover:run_province": "Chạy kết chuyển toàn tỉnh từ năm học {from}: {schools} trường",
        "rollover:undo": "Hoàn tác kết chuyển từ năm học {from_year}",
        "rollover:confirm": "Xác nhận kết quả kết chuyển từ năm học {from_year}",
        "rollover:choose": "Quyết định riêng cho học sinh khi kết chuyển",
        "rollover:withdraw_decision": "Rút quyết định riêng khi kết chuyển",
        "rollover:rename_class": "Đổi tên lớp dự kiến khi kết chuyển",
    },
)
register_kinds("Tải dữ liệu ra tệp", {"rollover:download": "Tải kế hoạch kết chuyển: {pupils} học sinh"})
register_kinds("Hệ thống", {"demo:build": "Dựng tỉnh mẫu", "demo:fill": "Bổ sung dữ liệu của tỉnh mẫu"})
