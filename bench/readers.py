"""The people whose lists are measured: members of staff with accounts, whose rights stand on papers as everybody's do.

Heads hold their rights by appointment, the others by minutes and commitments signed on the day of the measurement. Who
acts for the papers is the operator; the signatures are made up. Imported by `bench.child` once Django is set up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString

from django.db import connection

from csdl.access.roles import ROLES
from csdl.accounts.actor import SystemActor
from csdl.accounts.models import Account
from csdl.delegation.actions import Wanted, follow_heads, prepare_papers, settle
from csdl.delegation.enums import PaperState, SignedBy
from csdl.delegation.models import Commitment, Minutes
from csdl.delegation.rules import first_day_without, rules
from csdl.lib import clock
from csdl.orgs.models import OrgUnit
from csdl.staff.models import StaffMember, StaffPosting, UnitHead
from csdl.staff.queries import ENDED_STATUSES
from csdl.years.models import HomeroomAssignment

__all__ = ["LEVEL", "MIDDLING_SCHOOL", "PLACED", "READERS", "SCHOOL_OF_LEVELS", "YEAR", "prepare_readers"]

OPERATOR = SystemActor("bench")
YEAR = 2023
LEVEL = ("03",)
GRANTS = 12
PLACED = {"year": YEAR, "levels": list(LEVEL)}
# The school whose pupils are nearest to a thousand.
MIDDLING_SCHOOL: LiteralString = """
SELECT school_id FROM years_enrolment WHERE start_year = %(year)s GROUP BY 1 ORDER BY abs(count(*) - 1000), 1 LIMIT 1
"""
# Of the office with most pupils in schools that teach the officers' level and others as well, the largest such school.
SCHOOL_OF_LEVELS: LiteralString = """
SELECT e.school_id
FROM years_enrolment e JOIN orgs_orgunit u ON u.id = e.school_id
JOIN orgs_orgunit office ON office.id = u.parent_id AND office.parent_id IS NOT NULL
WHERE e.start_year = %(year)s AND e.school_id IN (
    SELECT school_id FROM orgs_schoollevel WHERE start_year = %(year)s
    GROUP BY 1 HAVING count(*) > 1 AND bool_or(level_code = ANY (%(levels)s)))
GROUP BY 1, u.parent_id ORDER BY sum(count(*)) OVER (PARTITION BY u.parent_id) DESC, count(*) DESC, 1 LIMIT 1
"""
# Who reads, and what the list is narrowed to; "level": a school of which the reader reaches one level of several.
READERS = (
    ("homeroom_teacher", "class"),
    ("school_clerk", "class"),
    ("school_clerk", "school"),
    ("school_head", "class"),
    ("school_head", "school"),
    ("office_head", "class"),
    ("office_head", "school"),
    ("office_head", "reach"),
    ("department_admin", "class"),
    ("department_admin", "school"),
    ("department_admin", "province"),
    ("level_officer", "level"),
    ("level_officer", "reach"),
    ("level_department", "level"),
    ("level_department", "reach"),
    ("two_functions", "class"),
    ("two_functions", "school"),
    ("twelve_grants", "school"),
    ("twelve_grants", "reach"),
)


@dataclass(frozen=True)
class _Reader:
    """One person and the rights to be given: role by unit. Several units: the person works at each of them."""

    name: str
    rights: Sequence[tuple[OrgUnit, str]]
    level_codes: tuple[str, ...] = ()
    class_ids: tuple[int, ...] = ()
    staff: StaffMember | None = None


def prepare_readers() -> None:
    """One account per reader.

    A homeroom teacher, a clerk, a clerk with two functions and the head of a middling school; the heads of its office
    and of the department; officers of one level at the office with most pupils in schools of several levels and at
    the department; somebody with one function at each of twelve schools.
    """
    root = OrgUnit.objects.get(parent=None)
    school, mixed = _unit(MIDDLING_SCHOOL), _unit(SCHOOL_OF_LEVELS)
    lead = HomeroomAssignment.objects.filter(
        school_class__school_id=school.pk, school_class__start_year=YEAR, staff__account=None, valid_to=None
    ).order_by("school_class_id")[2]
    others = OrgUnit.objects.filter(school__profiles__start_year=YEAR).exclude(pk=school.pk).distinct().order_by("pk")
    units = [school, *others[: GRANTS - 1]]
    functions = ("student_records", "rollover")
    readers = [
        _Reader(
            "homeroom_teacher", [(school, "homeroom_teacher")], class_ids=(lead.school_class_id,), staff=lead.staff
        ),
        _Reader("school_clerk", [(school, "school_clerk")]),
        _Reader("two_functions", [(school, "student_records"), (school, "results")]),
        _Reader("level_officer", [(mixed.parent or root, "level_officer")], LEVEL),
        _Reader("level_department", [(root, "level_officer")], LEVEL),
        _Reader("twelve_grants", [(unit, functions[turn % 2]) for turn, unit in enumerate(units)]),
    ]
    for unit, role_code in (
        (school, "school_head"),
        (school.parent or root, "office_head"),
        (root, "department_admin"),
    ):
        _open_account(role_code, UnitHead.objects.select_related("staff").get(unit=unit, valid_to=None).staff)
        follow_heads(OPERATOR, [unit.pk])
    for reader in readers:
        _give(reader)


def _unit(statement: LiteralString) -> OrgUnit:
    with connection.cursor() as cursor:
        cursor.execute(statement, PLACED)
        return OrgUnit.objects.select_related("parent").get(pk=cursor.fetchone()[0])


def _open_account(name: str, staff: StaffMember) -> Account:
    """The account of a member of staff, under the reader's name."""
    account = staff.account or Account(is_active=True)
    account.username, account.full_name = f"bench_{name}", staff.full_name
    account.save()
    StaffMember.objects.filter(pk=staff.pk).update(account=account)
    return account


def _give(reader: _Reader) -> None:
    """Papers of the reader's rights, signed at once; who is to have rights at several units works at each of them."""
    today = clock.today()
    staff = reader.staff or _somebody_at(reader.rights[0][0])
    account = _open_account(reader.name, staff)
    by_unit: dict[OrgUnit, list[str]] = {}
    for unit, role_code in reader.rights:
        by_unit.setdefault(unit, []).append(role_code)
    for unit in list(by_unit)[1:]:
        StaffPosting.objects.create(staff=staff, unit=unit, valid_from=today, staff_group_code="03")
    for unit, roles in by_unit.items():
        wanted = [
            Wanted(account.pk, role_code, today, first_day_without(ROLES[role_code], YEAR + 1, rules()),
                   reader.level_codes, reader.class_ids)
            for role_code in roles
        ]  # fmt: skip
        batch = prepare_papers(actor=OPERATOR, unit=unit, wanted=wanted, title="bench")
        signed = {"state": PaperState.SIGNED, "signed_by": SignedBy.MADE_UP, "signed_on": today}
        Commitment.objects.filter(batch=batch).update(**signed)
        Minutes.objects.filter(batch=batch).update(**signed)
        if len(settle(OPERATOR, Minutes.objects.filter(batch=batch))) != len(roles):
            raise SystemExit(f"{reader.name}: not every right became active at {unit}")


def _somebody_at(unit: OrgUnit) -> StaffMember:
    """Who works at the unit, heads nothing and has no account yet."""
    working = StaffPosting.objects.filter(unit=unit, valid_from__lte=clock.today(), valid_to=None)
    free = StaffMember.objects.filter(account=None, headships=None, homerooms=None)
    return free.filter(postings__in=working.exclude(status_code__in=ENDED_STATUSES)).order_by("pk")[0]
