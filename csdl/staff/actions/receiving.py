"""A person who comes from another school: found by an exact number and birth date, taken on with a second posting.

The receiving school sees the name of the match and nothing of where the person works; who asked stands in the log.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from csdl.accounts.actor import Actor
from csdl.accounts.errors import InvalidRecord
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.orgs.models import OrgUnit
from csdl.staff.actions.people import POSTING_FIELDS, SavedStaff, posting_faults, starting_faults
from csdl.staff.models import StaffMember, StaffPosting
from csdl.staff.queries import postings_on

__all__ = ["FoundStaff", "find_staff", "receive_staff"]


@dataclass(frozen=True)
class FoundStaff:
    """The one person that a number and a birth date name."""

    staff_id: int
    full_name: str


@transaction.atomic
def find_staff(*, actor: Actor, unit: OrgUnit, number: str, birth_date: dt.date | None) -> FoundStaff | None:
    """Answer whom an exact identity number or ministry code with the birth date names; None: nobody, or not one alone.

    That it was asked stands in the log, whatever the answer.
    Errors:  NotAllowed; REC-01 something is missing.
    """
    actor.require(Permission.STAFF_EDIT, on=unit.pk)
    compact = number.replace(" ", "").replace(".", "")
    faults: dict[str, list[str]] = {}
    if not compact.isdecimal() or len(compact) not in (9, 10, 12):
        faults["number"] = ["Hãy nhập đủ số định danh 12 chữ số (CMND 9 chữ số) hoặc mã định danh Bộ 10 chữ số."]
    if birth_date is None:
        faults["birth_date"] = ["Hãy nhập ngày sinh theo dạng 07/10/1985."]
    if faults:
        raise InvalidRecord(faults)
    found = staff_named(compact, birth_date)
    data = {"number": f"{compact[:3]}…{compact[-2:]}", "found": len(found)}
    record(actor=actor, kind="staff:find_elsewhere", unit_id=unit.pk, data=data)
    return found[0] if len(found) == 1 else None


@transaction.atomic
def receive_staff(
    *, actor: Actor, unit: OrgUnit, found: FoundStaff, values: Mapping[str, Any], valid_from: dt.date | None
) -> tuple[StaffPosting, SavedStaff]:
    """Take on a person found by `find_staff` with a posting at the unit; postings elsewhere stay as they are.

    Errors:  NotAllowed; REC-01 with every fault by field.
    """
    actor.require(Permission.STAFF_EDIT, on=unit.pk)
    posting = {name: values.get(name) or "" for name in POSTING_FIELDS}
    posting["status_code"] = posting["status_code"] or "01"
    # The file cannot be read before the posting ties it to the unit.
    faults = posting_faults(posting, {"teacher_subject_code": "?"}) | starting_faults(valid_from)
    here = StaffPosting.objects.filter(unit=unit, staff_id=found.staff_id)
    later = here.filter(valid_from__gte=valid_from) if valid_from else here.none()
    if valid_from and (postings_on(here, valid_from).exists() or later.exists()):
        faults["valid_from"] = [f"{found.full_name} đã có vị trí công tác tại đơn vị vào ngày này."]
    if faults:
        raise InvalidRecord(faults)
    assert valid_from is not None
    made = StaffPosting.objects.create(
        staff_id=found.staff_id, unit=unit, valid_from=valid_from, created_by=actor.account_id, **posting
    )
    made.staff = StaffMember.objects.get(pk=found.staff_id)
    record(actor=actor, kind="staff:receive", unit_id=unit.pk, data={"staff": str(made.staff.public_id)})
    lacks = posting_faults(posting, {"teacher_subject_code": made.staff.teacher_subject_code})
    return made, SavedStaff(warnings=tuple(text for texts in lacks.values() for text in texts))


def staff_named(number: str, birth_date: dt.date | None) -> list[FoundStaff]:
    """At most two persons of that exact number and birth date, in whatever unit. Not for reading lists: ask and log."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT staff, full_name FROM csdl_staff_found(%s, %s)", [number, birth_date])
        return [FoundStaff(*row) for row in cursor.fetchall()]
