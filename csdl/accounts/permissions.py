"""The one list of permissions, and the areas of data that they open. A role holds permissions; an action asks for one.

An area is what the row policies know: a table belongs to one (`declare(…, area=…)`), a permission reads some and
writes some. So a clerk for staff sees no pupil, even by raw SQL.
"""

from enum import IntFlag, StrEnum

__all__ = ["Area", "Permission"]


class Area(IntFlag):
    """Parts of the data as bits of the scope tables' masks. Stored: a number never changes its meaning.

    ASSIGNMENTS, HEADS, RESULTS and REVIEWS are written by few and read with what they hang on (CLASSES, STAFF,
    STUDENTS, REPORTS). ACCOUNTS is the regulation's text; which person has which account is written by
    `csdl_link_accounts` alone.
    """

    CLASSES = 1 << 0
    ASSIGNMENTS = 1 << 1
    STUDENTS = 1 << 2
    RESULTS = 1 << 3
    STAFF = 1 << 4
    HEADS = 1 << 5
    SCHOOLS = 1 << 6
    UNITS = 1 << 7
    YEARS = 1 << 8
    ROLLOVER = 1 << 9
    IMPORTS = 1 << 10
    JOBS = 1 << 11
    GRANTS = 1 << 12
    LOG = 1 << 13
    DOCUMENTS = 1 << 14
    DOSSIERS = 1 << 15
    REPORTS = 1 << 16
    REVIEWS = 1 << 17
    ACCOUNTS = 1 << 18


_A = Area
_NONE = Area(0)


class Permission(StrEnum):
    """noun:verb, alphabetical; the sentence is what a grant page shows; then the areas read and those written.

    One without areas (taking data out) narrows what others let see, and opens nothing by itself.
    """

    ACCOUNT_MANAGE = "account:manage", "Mở, khóa tài khoản và in thư kích hoạt", _A.STAFF, _A.ACCOUNTS
    ASSIGNMENT_EDIT = "assignment:edit", "Phân công chủ nhiệm, giảng dạy", _A.CLASSES | _A.STAFF, _A.ASSIGNMENTS
    AUDIT_READ = "audit:read", "Xem nhật ký của đơn vị", _A.LOG
    CLASS_EDIT = "class:edit", "Lập, sửa lớp và xếp lớp", _A.CLASSES, _A.ASSIGNMENTS | _A.CLASSES
    CLASS_READ = "class:read", "Xem danh sách lớp", _A.CLASSES
    DATA_EXPORT = "data:export", "Tải dữ liệu ra tệp"
    DATA_IMPORT = "data:import", "Nhập dữ liệu từ tệp Excel", _A.IMPORTS | _A.JOBS, _A.IMPORTS
    DOCUMENT_EDIT = "document:edit", "Lưu, thay thế, thu hồi hồ sơ, văn bản", _A.DOCUMENTS, _A.DOCUMENTS
    DOCUMENT_READ = "document:read", "Xem hồ sơ, văn bản của đơn vị", _A.DOCUMENTS
    DOSSIER_BUILD = (
        *("dossier:build", "Lập hồ sơ phục vụ thanh tra"),
        *(_A.DOCUMENTS | _A.DOSSIERS | _A.GRANTS | _A.LOG, _A.DOSSIERS),
    )
    DOSSIER_READ = "dossier:read", "Mở hồ sơ phục vụ thanh tra", _A.DOSSIERS
    EDIT_UNDO = "edit:undo", "Xem và hoàn tác thay đổi của đồng nghiệp trong đơn vị", _A.LOG
    EXPORT_APPROVE = "export:approve", "Duyệt yêu cầu tải dữ liệu số lượng lớn", _A.LOG, _A.LOG
    GRANT_MANAGE = "grant:manage", "Phân quyền cho tài khoản của đơn vị", _A.GRANTS, _A.GRANTS
    GRANT_READ = "grant:read", "Xem ai được phân quyền tại đơn vị", _A.GRANTS
    HEAD_APPOINT = "head:appoint", "Ghi nhận thủ trưởng của đơn vị cấp dưới", _A.STAFF, _A.HEADS
    REPORT_APPROVE = "report:approve", "Duyệt, ký báo cáo thống kê của đơn vị", _A.REPORTS, _A.REPORTS
    REPORT_PREPARE = "report:prepare", "Chốt số liệu, lập báo cáo thống kê", _A.REPORTS | _A.JOBS, _A.REPORTS
    REPORT_READ = "report:read", "Xem báo cáo thống kê", _A.REPORTS
    REPORT_REVIEW = (
        *("report:review", "Xét, trả lại, tổng hợp báo cáo của đơn vị cấp dưới"),
        *(_A.REPORTS, _A.REPORTS | _A.REVIEWS),
    )
    RESULT_DECIDE = "result:decide", "Quyết định kết quả cuối năm của học sinh", _A.STUDENTS | _A.CLASSES, _A.RESULTS
    ROLLOVER_CONFIRM = "rollover:confirm", "Xác nhận kết quả kết chuyển", _A.ROLLOVER | _A.JOBS, _A.ROLLOVER
    ROLLOVER_PLAN = "rollover:plan", "Lập kế hoạch kết chuyển năm học", _A.ROLLOVER | _A.JOBS, _A.ROLLOVER
    ROLLOVER_READ = "rollover:read", "Xem tiến độ kết chuyển", _A.ROLLOVER | _A.JOBS
    ROLLOVER_RUN = "rollover:run", "Chạy và hoàn tác kết chuyển năm học", _A.ROLLOVER | _A.JOBS, _A.ROLLOVER
    SCHOOL_EDIT = "school:edit", "Sửa hồ sơ trường, điểm trường, cơ sở vật chất", _A.SCHOOLS, _A.SCHOOLS
    SCHOOL_IMPORT = (
        *("school:import", "Nhập danh mục trường từ tệp"),
        *(_A.IMPORTS | _A.JOBS | _A.SCHOOLS, _A.IMPORTS | _A.SCHOOLS | _A.UNITS),
    )
    SCHOOL_READ = "school:read", "Xem hồ sơ trường", _A.SCHOOLS
    STAFF_EDIT = "staff:edit", "Sửa hồ sơ cán bộ, giáo viên, vị trí công tác", _A.STAFF, _A.STAFF
    STAFF_READ = "staff:read", "Xem hồ sơ cán bộ, giáo viên", _A.CLASSES | _A.STAFF
    STUDENT_EDIT = "student:edit", "Sửa hồ sơ học sinh, cha mẹ, người giám hộ", _A.STUDENTS | _A.CLASSES, _A.STUDENTS
    STUDENT_ENROL = (
        *("student:enrol", "Thêm học sinh, xếp lớp, cho chuyển đi, thôi học"),
        *(_A.STUDENTS | _A.CLASSES, _A.STUDENTS),
    )
    STUDENT_READ = "student:read", "Xem hồ sơ học sinh", _A.CLASSES | _A.STUDENTS
    UNIT_MANAGE = "unit:manage", "Quản lý đơn vị và trường", _A.SCHOOLS | _A.UNITS, _A.SCHOOLS | _A.UNITS
    YEAR_MANAGE = "year:manage", "Mở, đóng năm học", _A.YEARS, _A.YEARS

    label: str
    reads: Area
    writes: Area

    def __new__(cls, value: str, label: str, reads: Area = _NONE, writes: Area = _NONE) -> "Permission":
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.reads = reads
        member.writes = writes
        return member

    @property
    def is_reading(self) -> bool:
        """Whether it still holds while a grant has ended for writing and its renewal waits for the signature."""
        return self.value.endswith(":read")
