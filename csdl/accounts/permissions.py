"""The one list of permissions. A role holds some of them; an action asks for one."""

from enum import StrEnum

__all__ = ["Permission"]


class Permission(StrEnum):
    """noun:verb, alphabetical; the sentence is what a grant page shows."""

    ASSIGNMENT_EDIT = "assignment:edit", "Phân công chủ nhiệm, giảng dạy"
    AUDIT_READ = "audit:read", "Xem nhật ký của đơn vị"
    CLASS_EDIT = "class:edit", "Lập, sửa lớp và xếp lớp"
    CLASS_READ = "class:read", "Xem danh sách lớp"
    DATA_EXPORT = "data:export", "Tải dữ liệu ra tệp"
    DATA_IMPORT = "data:import", "Nhập dữ liệu từ tệp Excel"
    DOCUMENT_EDIT = "document:edit", "Lưu, thay thế, thu hồi hồ sơ, văn bản"
    DOCUMENT_READ = "document:read", "Xem hồ sơ, văn bản của đơn vị"
    DOSSIER_BUILD = "dossier:build", "Lập hồ sơ phục vụ thanh tra"
    HEAD_APPOINT = "head:appoint", "Ghi nhận thủ trưởng của đơn vị cấp dưới"
    REPORT_APPROVE = "report:approve", "Duyệt, ký báo cáo thống kê của đơn vị"
    REPORT_PREPARE = "report:prepare", "Chốt số liệu, lập báo cáo thống kê"
    REPORT_READ = "report:read", "Xem báo cáo thống kê"
    REPORT_REVIEW = "report:review", "Xét, trả lại, tổng hợp báo cáo của đơn vị cấp dưới"
    RESULT_DECIDE = "result:decide", "Quyết định kết quả cuối năm của học sinh"
    ROLLOVER_CONFIRM = "rollover:confirm", "Xác nhận kết quả kết chuyển"
    ROLLOVER_PLAN = "rollover:plan", "Lập kế hoạch kết chuyển năm học"
    ROLLOVER_READ = "rollover:read", "Xem tiến độ kết chuyển"
    ROLLOVER_RUN = "rollover:run", "Chạy và hoàn tác kết chuyển năm học"
    SCHOOL_EDIT = "school:edit", "Sửa hồ sơ trường, điểm trường, cơ sở vật chất"
    SCHOOL_IMPORT = "school:import", "Nhập danh mục trường từ tệp"
    SCHOOL_READ = "school:read", "Xem hồ sơ trường"
    STAFF_EDIT = "staff:edit", "Sửa hồ sơ cán bộ, giáo viên, vị trí công tác"
    STAFF_READ = "staff:read", "Xem hồ sơ cán bộ, giáo viên"
    STUDENT_EDIT = "student:edit", "Sửa hồ sơ học sinh, cha mẹ, người giám hộ"
    STUDENT_ENROL = "student:enrol", "Thêm học sinh, xếp lớp, cho chuyển đi, thôi học"
    STUDENT_READ = "student:read", "Xem hồ sơ học sinh"
    UNIT_MANAGE = "unit:manage", "Quản lý đơn vị và trường"
    YEAR_MANAGE = "year:manage", "Mở, đóng năm học"

    label: str

    def __new__(cls, value: str, label: str) -> "Permission":
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member
