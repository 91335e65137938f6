"""What a posting cannot know of itself: which classes its person still leads or teaches after a day.

That belongs to modules above this one, which register here; the actions of this module ask.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping

__all__ = ["register_staff_tie", "tied_staff"]

type Tie = Callable[[int, Collection[int], dt.date], Mapping[int, list[str]]]

_ties: list[Tie] = []


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
