"""What classes cannot know of themselves: what modules above this one hang on them.

Those modules register here; whoever is about to delete classes asks, whoever changed who leads them tells.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping

from csdl.accounts.actor import Actor

__all__ = [
    "ClassTie",
    "HomeroomTie",
    "register_class_tie",
    "register_homeroom_tie",
    "tell_homerooms_changed",
    "tied_to_classes",
]

type ClassTie = Callable[[Collection[int]], Mapping[int, list[str]]]

type HomeroomTie = Callable[[Actor, int, int, Collection[int]], list[str]]

_ties: list[ClassTie] = []
_homeroom_ties: list[HomeroomTie] = []


def register_class_tie(tie: ClassTie) -> None:
    """Add a question "what hangs on these classes?", answered by key with words for people."""
    _ties.append(tie)


def tied_to_classes(class_ids: Collection[int]) -> Mapping[int, list[str]]:
    """What hangs on classes: key -> words for people; classes that nothing hangs on are left out."""
    found: dict[int, list[str]] = defaultdict(list)
    for tie in _ties:
        for key, names in tie(class_ids).items():
            found[key] += names
    return found


def register_homeroom_tie(tie: HomeroomTie) -> None:
    """Add what is done when homeroom assignments change: called as tie(actor, school, start year, classes), the
    assignments being written already, in the same transaction; answers sentences for the page."""
    _homeroom_ties.append(tie)


def tell_homerooms_changed(actor: Actor, school_id: int, start_year: int, class_ids: Collection[int]) -> list[str]:
    """Tell whatever follows the homeroom teachers of these classes; answers what became of it, in sentences."""
    return [said for tie in _homeroom_ties for said in tie(actor, school_id, start_year, class_ids)]
