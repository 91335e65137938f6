"""Vietnamese names in the frequencies one meets in Hải Phòng: family, middle and given name by sex and generation."""

import csv
from collections import defaultdict
from collections.abc import Sequence
from importlib.resources import files

from csdl.demo.odds import BITS, MASK, odds

__all__ = ["NAME_BITS", "SURNAMES", "child_name", "grown_up_name", "parent_name", "read_data"]

NAME_BITS = 3 * BITS


def read_data(name: str) -> list[dict[str, str]]:
    """Rows of a file of `data/`."""
    with files("csdl.demo").joinpath("data", f"{name}.csv").open(encoding="utf-8") as text:
        return list(csv.DictReader(text))


def _tables() -> dict[str, Sequence[str]]:
    parts: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for row in read_data("name_parts"):
        parts[row["part"]].append((row["text"], float(row["weight"])))
    return {part: odds(pairs) for part, pairs in parts.items()}


_PARTS = _tables()
SURNAMES = _PARTS["surname"]
_CHILD = (_PARTS["boy_middle"], _PARTS["boy_given"]), (_PARTS["girl_middle"], _PARTS["girl_given"])
_ADULT = (_PARTS["man_middle"], _PARTS["man_given"]), (_PARTS["woman_middle"], _PARTS["woman_given"])


def child_name(bits: int, surname: str, *, is_girl: bool) -> str:
    """Name of a child; uses 28 random bits. A middle name is never the given name said twice."""
    return _named(_CHILD[is_girl], bits, surname)


def parent_name(bits: int, surname: str, *, is_woman: bool) -> str:
    """Name of a grown-up with a given family name; uses 28 random bits."""
    return _named(_ADULT[is_woman], bits, surname)


def grown_up_name(bits: int, *, is_woman: bool) -> str:
    """Name of a grown-up; uses NAME_BITS random bits."""
    return _named(_ADULT[is_woman], bits >> BITS, SURNAMES[bits & MASK])


def _named(tables: tuple[Sequence[str], Sequence[str]], bits: int, surname: str) -> str:
    middles, givens = tables
    middle = middles[bits & MASK]
    given = givens[bits >> BITS & MASK]
    if middle == given:
        given = givens[(bits >> BITS ^ MASK) & MASK]
    return f"{surname} {middle} {given}"
