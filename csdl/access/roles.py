"""The roles an account may hold: name, what they may do, what kind of scope they reach. One class each.

Two sorts: who holds a post has the whole of it (head, clerk, homeroom teacher); a *function* is a small bundle for
one task, given beside others, so that nobody needs a post's whole power for it. Several grants add up.

To add a role: copy its best neighbour, then `csdl db policies --write` (the database keeps what each role reads and
writes); the gate tests and the page × role tests follow by themselves.
"""

from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from csdl.accounts.permissions import Area
from csdl.accounts.permissions import Permission as P
from csdl.orgs.enums import UnitKind

__all__ = ["HEAD_ROLES", "ROLES", "Role"]


@dataclass(frozen=True)
class Role:
    """`scope_kind` "unit": the unit and everything below it; "class": only the classes tied to the grant.

    `is_function`: one task instead of a post; `needs_level`: a grant of it names the school levels it is for.
    """

    code: str
    label: str
    scope_kind: str
    permissions: frozenset[P] = field(default_factory=frozenset)
    is_function: bool = False
    needs_level: bool = False

    @property
    def reads(self) -> Area:
        """Areas of data that a grant of the role reads."""
        return reduce(or_, (one.reads for one in self.permissions), Area(0))

    @property
    def writes(self) -> Area:
        """Areas of data that a grant of the role writes."""
        return reduce(or_, (one.writes for one in self.permissions), Area(0))

    @property
    def reads_after(self) -> Area:
        """Areas still read after the grant's end, while its renewal waits (`Grant.read_until`)."""
        return reduce(or_, (one.reads for one in self.permissions if one.is_reading), Area(0))


_READ = frozenset(
    {
        P.CLASS_READ,
        P.DOCUMENT_READ,
        P.REPORT_READ,
        P.ROLLOVER_READ,
        P.SCHOOL_READ,
        P.STAFF_READ,
        P.STUDENT_READ,
    }
)
# What a school's own office does all day.
_KEEP = frozenset(
    {
        P.ASSIGNMENT_EDIT,
        P.CLASS_EDIT,
        P.DATA_EXPORT,
        P.DATA_IMPORT,
        P.DOCUMENT_EDIT,
        P.EDIT_UNDO,
        P.SCHOOL_EDIT,
        P.STAFF_EDIT,
        P.STUDENT_EDIT,
        P.STUDENT_ENROL,
    }
)
# A head answers for who may do what: reads the log, gives rights until the administration account is handed over.
_ANSWER = frozenset(
    {
        P.ACCOUNT_MANAGE,
        P.AUDIT_READ,
        P.DOCUMENT_EDIT,
        P.DOSSIER_BUILD,
        P.DOSSIER_READ,
        P.EXPORT_APPROVE,
        P.GRANT_MANAGE,
        P.GRANT_READ,
    }
)
# Functions see records, not the unit's papers and reports.
_LOOK = _READ - {P.DOCUMENT_READ, P.REPORT_READ}

ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        Role(
            "department_admin",
            "Quản trị Sở Giáo dục và Đào tạo",
            "unit",
            _READ
            | _ANSWER
            | {
                P.DATA_EXPORT,
                P.DATA_IMPORT,
                P.HEAD_APPOINT,
                P.REPORT_APPROVE,
                P.REPORT_PREPARE,
                P.REPORT_REVIEW,
                P.ROLLOVER_CONFIRM,
                P.ROLLOVER_PLAN,
                P.ROLLOVER_RUN,
                P.SCHOOL_IMPORT,
                P.UNIT_MANAGE,
                P.YEAR_MANAGE,
            },
        ),
        Role(
            "office_head",
            "Trưởng phòng Giáo dục và Đào tạo",
            "unit",
            _READ
            | _ANSWER
            | {
                P.DATA_EXPORT,
                P.HEAD_APPOINT,
                P.REPORT_APPROVE,
                P.REPORT_REVIEW,
                P.ROLLOVER_PLAN,
                P.ROLLOVER_RUN,
            },
        ),
        Role(
            "school_head",
            "Hiệu trưởng, giám đốc",
            "unit",
            _READ
            | _KEEP
            | _ANSWER
            | {
                P.REPORT_APPROVE,
                P.REPORT_PREPARE,
                P.RESULT_DECIDE,
                P.ROLLOVER_CONFIRM,
                P.ROLLOVER_PLAN,
                P.ROLLOVER_RUN,
            },
        ),
        Role(
            "school_clerk",
            "Nhân viên văn phòng, giáo vụ",
            "unit",
            _READ | _KEEP | {P.REPORT_PREPARE, P.ROLLOVER_PLAN},
        ),
        Role(
            "homeroom_teacher",
            "Giáo viên chủ nhiệm",
            "class",
            frozenset({P.CLASS_READ, P.DATA_EXPORT, P.STUDENT_EDIT, P.STUDENT_READ}),
        ),
        Role(
            "level_officer",
            "Chuyên viên phụ trách cấp học",
            "unit",
            _LOOK | {P.DATA_EXPORT, P.REPORT_READ, P.REPORT_REVIEW},
            needs_level=True,
        ),
        Role(
            "inspector",
            "Cán bộ thanh tra, kiểm tra (chỉ xem)",
            "unit",
            _READ | {P.AUDIT_READ, P.DOSSIER_READ, P.GRANT_READ},
        ),
        Role(
            "unit_admin",
            "Quản trị tài khoản của đơn vị",
            "unit",
            frozenset(
                {
                    P.ACCOUNT_MANAGE,
                    P.DOCUMENT_EDIT,
                    P.DOCUMENT_READ,
                    P.GRANT_MANAGE,
                    P.GRANT_READ,
                    P.SCHOOL_READ,
                    P.STAFF_READ,
                }
            ),
            is_function=True,
        ),
        Role(
            "student_records",
            "Hồ sơ học sinh",
            "unit",
            frozenset({P.CLASS_READ, P.SCHOOL_READ, P.STUDENT_EDIT, P.STUDENT_ENROL, P.STUDENT_READ}),
            is_function=True,
        ),
        Role(
            "staff_records",
            "Hồ sơ cán bộ, giáo viên",
            "unit",
            frozenset({P.CLASS_READ, P.SCHOOL_READ, P.STAFF_EDIT, P.STAFF_READ}),
            is_function=True,
        ),
        Role(
            "classes",
            "Lớp và phân công",
            "unit",
            frozenset({P.ASSIGNMENT_EDIT, P.CLASS_EDIT, P.CLASS_READ, P.SCHOOL_READ, P.STAFF_READ}),
            is_function=True,
        ),
        Role(
            "rollover",
            "Kết chuyển năm học",
            "unit",
            _LOOK | {P.ROLLOVER_PLAN, P.ROLLOVER_RUN},
            is_function=True,
        ),
        # Given at a school for its own files, at an office or the department for files of many schools: whoever holds
        # it answers for what the file writes, so heads there do not hold it by their post.
        Role(
            "intake",
            "Nhập dữ liệu từ tệp",
            "unit",
            (_LOOK - {P.ROLLOVER_READ})
            | {
                P.ASSIGNMENT_EDIT,
                P.CLASS_EDIT,
                P.DATA_IMPORT,
                P.SCHOOL_EDIT,
                P.STAFF_EDIT,
                P.STUDENT_EDIT,
                P.STUDENT_ENROL,
            },
            is_function=True,
        ),
        Role(
            "reports",
            "Báo cáo thống kê",
            "unit",
            (_READ - {P.DOCUMENT_READ, P.ROLLOVER_READ}) | {P.REPORT_PREPARE},
            is_function=True,
        ),
        # A deputy signs for the unit; where the period wants two persons, never what the same account froze.
        Role(
            "report_approval",
            "Duyệt, ký báo cáo thống kê",
            "unit",
            (_READ - {P.DOCUMENT_READ, P.ROLLOVER_READ}) | {P.REPORT_APPROVE},
            is_function=True,
        ),
        Role(
            "results",
            "Kết quả cuối năm",
            "unit",
            frozenset({P.CLASS_READ, P.RESULT_DECIDE, P.SCHOOL_READ, P.STUDENT_READ}),
            is_function=True,
        ),
        Role(
            "class_results",
            "Kết quả cuối năm của lớp",
            "class",
            frozenset({P.CLASS_READ, P.RESULT_DECIDE, P.STUDENT_READ}),
            is_function=True,
        ),
        # Opens nothing by itself: what the account's other functions let it see, it may also take out.
        Role(
            "exports",
            "Tải ra tệp dữ liệu của các chức năng khác",
            "unit",
            frozenset({P.DATA_EXPORT}),
            is_function=True,
        ),
    )
}

# The role that the head of a unit holds, by the unit's kind; of every kind not named here that of a school.
HEAD_ROLES: dict[str, str] = {
    UnitKind.DEPARTMENT: "department_admin",
    UnitKind.DEPARTMENT_DIVISION: "office_head",
    UnitKind.DISTRICT_OFFICE: "office_head",
    UnitKind.COMMUNE_COMMITTEE: "office_head",
}
