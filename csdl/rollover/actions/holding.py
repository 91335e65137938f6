"""Who is at a school's turn of the year keeps others away: advisory locks until the transaction ends, said once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, transaction

from csdl.access.acting import act_as
from csdl.access.actors import GrantActor
from csdl.accounts.actor import Actor
from csdl.rollover.errors import RolloverError

__all__ = ["hold", "holding_schools"]

# Class of the locks: the year as a whole, and each school within it.
_YEAR, _SCHOOL = 20_241, 20_242
# Schools in the order of their ids: two who wait for several schools never wait for each other.
_WAIT_FOR_YEAR = "SELECT pg_advisory_xact_lock(%s, %s)"
_WAIT_IN_YEAR = "SELECT pg_advisory_xact_lock_shared(%s, %s)"
_WAIT_FOR_SCHOOLS = "SELECT pg_advisory_xact_lock(%s, id::int) FROM unnest(%s::bigint[]) AS s (id) ORDER BY id"
_TRY_IN_YEAR = "SELECT pg_try_advisory_xact_lock_shared(%s, %s)"
_TRY_SCHOOLS = "SELECT bool_and(pg_try_advisory_xact_lock(%s, id::int)) FROM unnest(%s::bigint[]) AS s (id)"


def hold(from_year: int, school_ids: Sequence[int] | None, *, wait: bool) -> None:
    """Keep plans, runs and undos of these schools (None: of any school) away until the transaction ends.

    Taken before any row is read or written. Runs and undos wait for their turn; a page never does: one that waits while
    it has read the plan would stand in the way of the run it waits for. Only who waits may ask for every school.
    Errors:  ROL-09 somebody else is at it (without `wait`).
    """
    with connection.cursor() as cursor:
        if school_ids is None:
            cursor.execute(_WAIT_FOR_YEAR, [_YEAR, from_year])
            return
        for waiting, trying, number, what in (
            (_WAIT_IN_YEAR, _TRY_IN_YEAR, _YEAR, from_year),
            (_WAIT_FOR_SCHOOLS, _TRY_SCHOOLS, _SCHOOL, list(school_ids)),
        ):
            cursor.execute(waiting if wait else trying, [number, what])
            if not wait and cursor.fetchone()[0] is False:
                raise RolloverError(
                    "Đang có người lập kế hoạch, chạy hoặc hoàn tác kết chuyển của trường này. "
                    "Hãy thử lại sau ít phút.",
                    code="ROL-09",
                )


@contextmanager
def holding_schools(actor: Actor, from_year: int, school_ids: Sequence[int] | None) -> Iterator[None]:
    """One transaction in which nobody else turns these schools' year (None: any school's); the actor is named to the
    row history. A second run of the same school waits here and then finds nothing left to do."""
    with transaction.atomic():
        account = actor.account if isinstance(actor, GrantActor) else None
        if account is not None:
            act_as("", account)
        hold(from_year, school_ids, wait=True)
        yield
