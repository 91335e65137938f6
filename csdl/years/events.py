"""What the log says of classes, pupils, assignments and school years."""

from csdl.audit.kinds import register_kinds

register_kinds(
    "Học sinh, lớp",
    {
        "class:create": "Lập lớp {name}",
        "class:change": "Sửa lớp {name}",
        "class:remove": "Bỏ lớp {name}",
        "student:admit": "Thêm học sinh",
        "student:change": "Sửa hồ sơ học sinh",
        "enrolment:undo_edit": "Hoàn tác một lần chuyển lớp, rời trường của học sinh",
        "student:undo_edit": "Hoàn tác một lần sửa hồ sơ học sinh",
        "guardian:add": "Thêm cha mẹ, người giám hộ",
        "guardian:change": "Sửa cha mẹ, người giám hộ",
        "guardian:end": "Thôi ghi cha mẹ, người giám hộ",
        "result:decide": "Ghi kết quả cuối năm của học sinh",
    },
)
register_kinds(
    "Thay đổi hàng loạt",
    {
        "enrolment:bulk_move": "Chuyển lớp cho {count} học sinh",
        "enrolment:bulk_leave": "Cho {count} học sinh chuyển đi, thôi học",
        "enrolment:bulk_confirm": "Xác nhận diện chính sách, hỗ trợ của {count} học sinh",
        "enrolment:bulk_ask": "Yêu cầu xác nhận lại diện chính sách, hỗ trợ của {count} học sinh",
        "enrolment:bulk_set": "Ghi diện chính sách cho {count} học sinh",
        "enrolment:bulk_clear": "Bỏ diện chính sách của {count} học sinh",
        "enrolment:bulk_undo": "Hoàn tác một lần thay đổi {count} học sinh",
    },
)
register_kinds(
    "Phân công",
    {
        "assignment:save": "Lưu phân công",
        "assignment:copy": "Chép phân công",
        "assignment:confirm": "Xác nhận phân công dự kiến",
        "assignment:undo": "Hoàn tác một lần phân công",
    },
)
register_kinds(
    "Năm học",
    {
        "year:open": "Mở năm học {start_year}",
        "year:make_current": "Đặt năm học {start_year} làm hiện tại",
        "year:close": "Khóa năm học {start_year}",
        "year:reopen": "Mở lại năm học {start_year}, lý do: {reason}",
    },
)
register_kinds("Xem dữ liệu cá nhân", {"student:reveal": "Xem đầy đủ số định danh hoặc điện thoại của học sinh"})
