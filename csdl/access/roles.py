"""The roles an account may hold: name, what they may do, what kind of scope they reach. One class each.

To add a role: copy its best neighbour; the gate tests and the page × role tests follow by themselves.
"""

from dataclasses import dataclass, field

from csdl.accounts.permissions import Permission as P

__all__ = ["ROLES", "Role"]


@dataclass(frozen=True)
class Role:
    """`scope_kind` "unit": the unit and everything below it; "class": only the classes tied to the grant."""

    code: str
    label: str
    scope_kind: str
    permissions: frozenset[P] = field(default_factory=frozenset)


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
        P.SCHOOL_EDIT,
        P.STAFF_EDIT,
        P.STUDENT_EDIT,
        P.STUDENT_ENROL,
    }
)

ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        Role(
            "department_admin",
            "Quản trị Sở Giáo dục và Đào tạo",
            "unit",
            _READ
            | {
                P.AUDIT_READ,
                P.DATA_EXPORT,
                P.DATA_IMPORT,
                P.DOCUMENT_EDIT,
                P.DOSSIER_BUILD,
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
            | {
                P.AUDIT_READ,
                P.DATA_EXPORT,
                P.DOCUMENT_EDIT,
                P.DOSSIER_BUILD,
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
            | {
                P.AUDIT_READ,
                P.DOSSIER_BUILD,
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
    )
}
