"""What classes cannot know of themselves: what modules above this one hang on them.

Those modules register here; whoever is about to delete classes asks.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping

__all__ = ["ClassTie", "register_class_tie", "tied_to_classes"]

type ClassTie = Callable[[Collection[int]], Mapping[int, list[str]]]

_ties: list[ClassTie] = []


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
