"""What delegation does when staff changes below it: a head's rights follow the appointment in the same transaction."""

from csdl.accounts.actor import Actor
from csdl.delegation.actions.heads import follow_heads
from csdl.staff.ties import register_head_tie


def heads_changed(actor: Actor, unit_id: int) -> None:
    """An appointment was entered, corrected or withdrawn."""
    follow_heads(actor, [unit_id])


register_head_tie(heads_changed)
