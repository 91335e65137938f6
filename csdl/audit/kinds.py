"""What the log says in words. Each module names the kinds of event it writes, in its `events.py`, with their sentences.

A sentence may hold {fields} of the event's data; one that the event does not have is left empty.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["EventKind", "groups", "kinds", "kinds_of", "register_kinds", "said"]

type Sentence = str | Callable[[Mapping[str, Any]], str]


@dataclass(frozen=True)
class EventKind:
    """One kind of act: the group by which a log page narrows, and its sentence."""

    code: str
    group: str
    sentence: Sentence


kinds: dict[str, EventKind] = {}


class _Fields(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


def register_kinds(group: str, sentences: Mapping[str, Sentence]) -> None:
    """Add kinds of a group; groups of the same name grow together."""
    for code, sentence in sentences.items():
        kinds[code] = EventKind(code, group, sentence)


def groups() -> list[str]:
    """Names of the groups, as they were added."""
    return list(dict.fromkeys(kind.group for kind in kinds.values()))


def kinds_of(group: str) -> list[str]:
    """Codes of a group."""
    return [kind.code for kind in kinds.values() if kind.group == group]


def said(code: str, data: Mapping[str, Any]) -> str:
    """An event in words; the bare code where nobody named the kind."""
    kind = kinds.get(code)
    if kind is None:
        return code
    if callable(kind.sentence):
        return kind.sentence(data)
    return " ".join(kind.sentence.format_map(_Fields({key: _plain(value) for key, value in data.items()})).split())


def _plain(value: Any) -> str:
    """One value of an event's data, as text within a sentence: a few names of a list; records are not told."""
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        more = f" và {len(value) - 3} nữa" if len(value) > 3 else ""
        return ", ".join(value[:3]) + more
    if value is None or isinstance(value, list | dict):
        return ""
    return f"{value:,}".replace(",", ".") if isinstance(value, int) and value >= 10_000 else str(value)
