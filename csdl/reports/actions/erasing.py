"""A person is erased by order (a court, a wrong record): the frozen rows keep what was counted and lose who it was."""

from dataclasses import dataclass

from django.db import connection, transaction

from csdl.accounts.actor import Actor
from csdl.accounts.errors import InvalidRecord
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.lib import sql
from csdl.lib.vietnamese import squeeze
from csdl.reports.models import ErasedPerson
from csdl.reports.statements import MODULE

__all__ = ["Counted", "counted_person", "erase_counted_person"]


@dataclass(frozen=True)
class Counted:
    """In how many frozen rows of one period a person stands, and in how many freezes."""

    period_name: str
    rows: int
    freezes: int


def counted_person(*, actor: Actor, student_id: int = 0, staff_id: int = 0) -> list[Counted]:
    """Where a person still stands by name in what was frozen, period by period. Errors: NotAllowed."""
    actor.require(Permission.UNIT_MANAGE)
    rows = sql.rows(MODULE, "72_counted_person", student_id=student_id, staff_id=staff_id)
    return [Counted(row["name"], row["rows"], row["freezes"]) for row in rows]


@transaction.atomic
def erase_counted_person(*, actor: Actor, order: str, reason: str, student_id: int = 0, staff_id: int = 0) -> int:
    """Take name, day of birth and code out of every frozen row of a person; figures and hashes stay. How many rows
    named the person till now: none, where the same was done before. It is remembered by key with the decision: later
    freezes, and the records shown beside a freeze, count the person without a name.

    Run under the owner's role (an operator's command): no right of the web reaches frozen rows.
    Errors:  NotAllowed; REC-01 without the number of the decision, or a reason.
    """
    actor.require(Permission.UNIT_MANAGE)
    wanted = {"order": (order, "Hãy ghi số quyết định, bản án."), "reason": (reason, "Hãy ghi lý do.")}
    if missing := {name: [said] for name, (text, said) in wanted.items() if not squeeze(text)}:
        raise InvalidRecord(missing)
    rows = sum(one.rows for one in counted_person(actor=actor, student_id=student_id, staff_id=staff_id))
    with connection.cursor() as cursor:
        cursor.execute("SELECT csdl_erase_counted_person(%s, %s)", [student_id, staff_id])
    for name, key in (("student_id", student_id), ("staff_id", staff_id)):
        if key:
            facts = {"decision": squeeze(order)[:200], "erased_by_label": actor.label}
            ErasedPerson.objects.get_or_create(**{name: key}, defaults=facts)
    record(
        actor=actor,
        kind="report:erase_person",
        data={
            "student_id": student_id,
            "staff_id": staff_id,
            "order": squeeze(order),
            "reason": squeeze(reason),
            "rows": rows,
        },
    )
    return rows
