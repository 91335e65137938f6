"""What delegation does when staff changes below it: a head's rights follow the appointment in the same transaction. And
whose account is in use without a posting: an inspector's, until the last day. Rights follow postings and homeroom
assignments as well."""

import datetime as dt

from django.db.models import QuerySet

from csdl.accounts.actor import Actor
from csdl.delegation.actions.following import follow_homerooms, follow_work
from csdl.delegation.actions.heads import follow_heads
from csdl.delegation.models import Inspection
from csdl.staff.ties import register_head_tie, register_posting_tie, register_visit_tie
from csdl.years.class_ties import register_homeroom_tie


def heads_changed(actor: Actor, unit_id: int) -> None:
    """An appointment was entered, corrected or withdrawn."""
    follow_heads(actor, [unit_id])


def let_in(day: dt.date) -> QuerySet[Inspection]:
    """Inspections that are not over on that day."""
    return Inspection.objects.filter(ended_on=None, valid_to__gt=day)


def postings_changed(actor: Actor, unit_id: int) -> list[str]:
    """Postings at a unit ended, or their end was taken back."""
    return [one.sentence for one in follow_work(actor, [unit_id])]


register_head_tie(heads_changed)
register_homeroom_tie(follow_homerooms)
register_posting_tie(postings_changed)
register_visit_tie(let_in)
