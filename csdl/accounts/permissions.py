"""The one list of permissions. A role holds some of them; an action asks for one."""

from enum import StrEnum

__all__ = ["Permission"]


class Permission(StrEnum):
    """noun:verb, alphabetical; the sentence is what a grant page shows."""

    CLASS_READ = "class:read", "Xem danh sách lớp"
    ROLLOVER_CONFIRM = "rollover:confirm", "Xác nhận kết quả kết chuyển"
    ROLLOVER_PLAN = "rollover:plan", "Lập kế hoạch kết chuyển năm học"
    ROLLOVER_READ = "rollover:read", "Xem tiến độ kết chuyển"
    ROLLOVER_RUN = "rollover:run", "Chạy và hoàn tác kết chuyển năm học"
    SCHOOL_IMPORT = "school:import", "Nhập danh mục trường từ tệp"
    SCHOOL_READ = "school:read", "Xem hồ sơ trường"
    STAFF_READ = "staff:read", "Xem hồ sơ cán bộ, giáo viên"
    STUDENT_READ = "student:read", "Xem hồ sơ học sinh"
    UNIT_MANAGE = "unit:manage", "Quản lý đơn vị và trường"
    YEAR_MANAGE = "year:manage", "Mở, đóng năm học"

    label: str

    def __new__(cls, value: str, label: str) -> "Permission":
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member
