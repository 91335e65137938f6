"""Writing to the event log."""

from typing import Any

from csdl.accounts.actor import Actor
from csdl.audit.models import Event

__all__ = ["record"]


def record(*, actor: Actor, kind: str, unit_id: int | None = None, data: dict[str, Any] | None = None) -> Event:
    """Say in the log that the actor did this, in the same transaction as the act itself."""
    return Event.objects.create(
        account_id=actor.account_id, actor_label=actor.label, kind=kind, unit_id=unit_id, data=data or {}
    )
