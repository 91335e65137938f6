"""Writing to the event log."""

from collections.abc import Mapping
from typing import Any

from csdl.accounts.actor import Actor
from csdl.audit.models import Event

__all__ = ["record", "record_each"]


def record(*, actor: Actor, kind: str, unit_id: int | None = None, data: dict[str, Any] | None = None) -> Event:
    """Say in the log that the actor did this, in the same transaction as the act itself."""
    return Event.objects.create(
        account_id=actor.account_id, actor_label=actor.label, kind=kind, unit_id=unit_id, data=data or {}
    )


def record_each(*, actor: Actor, kind: str, units: Mapping[int, dict[str, Any]]) -> None:
    """Say in the log of every unit what one act did there."""
    Event.objects.bulk_create(
        Event(account_id=actor.account_id, actor_label=actor.label, kind=kind, unit_id=unit_id, data=data)
        for unit_id, data in units.items()
    )
