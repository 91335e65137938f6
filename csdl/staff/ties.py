"""What a posting cannot know of itself: which classes its person still leads or teaches after a day; and what
follows an appointment, such as the rights of a head; and whose account is in use without any posting.

That belongs to modules above this one, which register here; the actions of this module ask.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.db.models import Q, QuerySet

from csdl.accounts.actor import Actor

__all__ = [
    "accounts_let_in",
    "register_head_tie",
    "register_posting_tie",
    "register_staff_tie",
    "register_visit_tie",
    "tell_heads_changed",
    "tell_postings_changed",
    "tied_staff",
    "units_visited",
]

type Tie = Callable[[int, Collection[int], dt.date], Mapping[int, list[str]]]

type HeadTie = Callable[[Actor, int], None]

type PostingTie = Callable[[Actor, int], list[str]]

type VisitTie = Callable[[dt.date], QuerySet[Any]]

_ties: list[Tie] = []
_visit_ties: list[VisitTie] = []
_head_ties: list[HeadTie] = []
_posting_ties: list[PostingTie] = []


def register_head_tie(tie: HeadTie) -> None:
    """Add what is done when a unit's heads change: called as tie(actor, unit), the appointments being written already,
    in the same transaction; an error keeps all as it was."""
    _head_ties.append(tie)


def tell_heads_changed(actor: Actor, unit_id: int) -> None:
    """Tell whatever follows the heads of a unit."""
    for tie in _head_ties:
        tie(actor, unit_id)


def register_posting_tie(tie: PostingTie) -> None:
    """Add what is done when postings at a unit end or their end is taken back: called as tie(actor, unit), the postings
    being written already, in the same transaction; answers sentences for the page."""
    _posting_ties.append(tie)


def tell_postings_changed(actor: Actor, unit_id: int) -> list[str]:
    """Tell whatever follows the postings of a unit; answers what became of it, in sentences."""
    return [said for tie in _posting_ties for said in tie(actor, unit_id)]


def register_visit_tie(tie: VisitTie) -> None:
    """Add a question "who is let in by a decision on that day or later, wherever the person works?", answered by rows
    with `account_id` and `unit_id`."""
    _visit_ties.append(tie)


def accounts_let_in(day: dt.date) -> Q:
    """Condition on a person's account: it is let in somewhere without a posting there."""
    found = Q(pk__in=[])
    for tie in _visit_ties:
        found |= Q(account__in=tie(day).values("account_id"))
    return found


def units_visited(account_id: int, day: dt.date) -> set[int]:
    """Where an account is let in without a posting, on that day or later."""
    return {
        unit for tie in _visit_ties for unit in tie(day).filter(account=account_id).values_list("unit_id", flat=True)
    }


def register_staff_tie(tie: Tie) -> None:
    """Add a question "what do these persons still hold at this unit from that day on?".

    Shapes:  (unit, keys of persons, day) -> person -> phrases that follow a name; nothing for who holds nothing.
    """
    _ties.append(tie)


def tied_staff(unit_id: int, staff_ids: Collection[int], day: dt.date) -> dict[int, list[str]]:
    """What persons still hold at a unit from a day on, in a fixed number of statements however many they are."""
    found: dict[int, list[str]] = defaultdict(list)
    for tie in _ties:
        for staff_id, phrases in tie(unit_id, staff_ids, day).items():
            found[staff_id] += phrases
    return dict(found)
