"""What delegation does when staff changes below it: a head's rights follow the appointment in the same transaction. And
whose account is in use without a posting: an inspector's, until the last day."""

import datetime as dt

from django.db.models import QuerySet

from csdl.accounts.actor import Actor
from csdl.delegation.actions.heads import follow_heads
from csdl.delegation.models import Inspection
from csdl.staff.ties import register_head_tie, register_visit_tie


def heads_changed(actor: Actor, unit_id: int) -> None:
    """An appointment was entered, corrected or withdrawn."""
    follow_heads(actor, [unit_id])


def let_in(day: dt.date) -> QuerySet[Inspection]:
    """Inspections that are not over on that day."""
    return Inspection.objects.filter(ended_on=None, valid_to__gt=day)


register_head_tie(heads_changed)
register_visit_tie(let_in)
