"""A person is erased by order (a court, a wrong record): the frozen rows keep what was counted and lose who it was."""

from django.db import connection, transaction

from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record

__all__ = ["erase_counted_person"]


@transaction.atomic
def erase_counted_person(*, actor: Actor, order: str, student_id: int = 0, staff_id: int = 0) -> int:
    """Take name, day of birth and code out of every frozen row of a person; figures and hashes stay. How many rows.

    Run under the owner's role (an operator's command): no right of the web reaches frozen rows.
    Errors:  NotAllowed.
    """
    actor.require(Permission.UNIT_MANAGE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT csdl_erase_counted_person(%s, %s)", [student_id, staff_id])
        rows = int(cursor.fetchone()[0])
    record(
        actor=actor,
        kind="report:erase_person",
        data={"student_id": student_id, "staff_id": staff_id, "order": order, "rows": rows},
    )
    return rows
