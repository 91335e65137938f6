"""What the log says of periodic reports."""

from csdl.audit.kinds import register_kinds

register_kinds(
    "Báo cáo thống kê",
    {
        "report:open_period": "Mở kỳ báo cáo {period}",
        "report:set_deadline": "Đặt hạn gửi báo cáo kỳ {period}",
        "report:extend_deadline": "Gia hạn gửi báo cáo kỳ {period}",
        "report:freeze": "Chốt số liệu báo cáo kỳ {period}",
        "report:freeze_province": "Chốt số liệu báo cáo kỳ {period} của toàn tỉnh",
        "report:type_cells": "Nhập số liệu vào biểu {form}",
        "report:explain_check": "Giải trình ràng buộc của biểu {form}",
        "report:export": "Tải biểu {form}",
        "report:erase_person": "Xóa tên một người khỏi các bản chốt số liệu",
    },
)
