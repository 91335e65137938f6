"""The rows behind a cell as people read them: which facts, under which heads, names in the place of codes."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from csdl.reports.definitions import attributes, names_of
from csdl.reports.forms import FormRow

__all__ = ["Counted", "heads_of", "listed", "with_names"]


class Counted(Protocol):
    """Rows that a row of a form counts: of one freeze, or of one part of a sum."""

    @property
    def row(self) -> FormRow: ...

    @property
    def rows(self) -> list[dict[str, Any]]: ...


@dataclass(frozen=True)
class _Fact:
    """A column of the frozen row and its head; `attribute`: whose names its values have, where they are codes."""

    column: str
    head: str
    attribute: str = ""


_PERSON = (_Fact("full_name", "Họ và tên"), _Fact("birth_date", "Ngày sinh"))
_FACTS: Mapping[str, tuple[_Fact, ...]] = {
    "pupil": (*_PERSON, _Fact("class_name", "Lớp"), _Fact("local_code", "Mã học sinh")),
    "class": (_Fact("name", "Lớp"), _Fact("pupil_count", "Học sinh")),
    "staff": (
        *_PERSON,
        _Fact("category", "Nhóm", "category"),
        _Fact("position_code", "Chức vụ, vị trí", "position"),
    ),
    "room": (_Fact("room_code", "Loại phòng", "room"), _Fact("build", "Kết cấu", "build"), _Fact("amount", "Số phòng")),
    "site": (_Fact("name", "Điểm trường"), _Fact("code", "Mã")),
    "school": (_Fact("name", "Trường"), _Fact("class_count", "Lớp")),
}


def heads_of(found: Counted) -> list[str]:
    """What stands above the facts of a row."""
    return [fact.head for fact in _FACTS[found.row.population]]


def listed(found: Counted) -> list[list[str]]:
    """The rows as text, in the order of the heads."""
    facts = [(fact.column, _names(found, fact)) for fact in _FACTS[found.row.population]]
    return [[_said(row[column], names) for column, names in facts] for row in found.rows]


def with_names(found: Counted) -> list[dict[str, Any]]:
    """The rows as they are, each code with its name beside it (`position_code`, `position_name`)."""
    named = [
        (fact.column, f"{fact.column.removesuffix('_code')}_name", _names(found, fact))
        for fact in _FACTS[found.row.population]
        if fact.attribute
    ]
    return [row | {name: names.get(row[column], "") for column, name, names in named} for row in found.rows]


def _names(found: Counted, fact: _Fact) -> Mapping[str, str]:
    if not fact.attribute:
        return {}
    names = names_of(attributes()[found.row.population, fact.attribute])
    return {code: name[:1].upper() + name[1:] for code, name in names.items()}


def _said(value: Any, names: Mapping[str, str]) -> str:
    if value in (None, ""):
        return "–"
    return f"{value:%d/%m/%Y}" if isinstance(value, dt.date) else names.get(str(value), str(value))
