"""Who freezes a unit's report keeps others away until the transaction ends: the second freeze waits and is the next."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, transaction

from csdl.access.acting import act_as
from csdl.access.actors import GrantActor
from csdl.accounts.actor import Actor

__all__ = ["holding_units"]

# Class of the advisory locks; each unit within it.
_UNIT = 20_251
# In the order of their ids: two who wait for several units never wait for each other.
_WAIT = "SELECT pg_advisory_xact_lock(%s, id::int) FROM unnest(%s::bigint[]) AS u (id) ORDER BY id"


@contextmanager
def holding_units(actor: Actor, unit_ids: Sequence[int]) -> Iterator[None]:
    """One transaction in which nobody else freezes these units; the actor is named to the row history.

    Within a request the account acts already, under its own rights; that must stay.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('csdl.acting', true), '') <> ''")
        is_acting = cursor.fetchone()[0]
        if isinstance(actor, GrantActor) and not is_acting:
            act_as("", actor.account)
        cursor.execute(_WAIT, [_UNIT, list(unit_ids)])
        yield
