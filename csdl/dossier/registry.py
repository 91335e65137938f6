"""What a dossier is made of: sections that modules register, each with rows and files of one unit and one period."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.utils.timezone import get_default_timezone

from csdl.orgs.models import OrgUnit

__all__ = ["Contents", "Kept", "Period", "Section", "SectionColumn", "SectionFile", "register_section", "sections"]


@dataclass(frozen=True)
class Period:
    """Days that a dossier covers, both inclusive."""

    first: dt.date
    last: dt.date

    @property
    def start(self) -> dt.datetime:
        return dt.datetime.combine(self.first, dt.time(), get_default_timezone())

    @property
    def beyond(self) -> dt.datetime:
        return dt.datetime.combine(self.last + dt.timedelta(days=1), dt.time(), get_default_timezone())


@dataclass(frozen=True)
class SectionColumn:
    """One column of a section; `width` in signs."""

    key: str
    header: str
    width: int
    align: str = "left"


class Kept(Protocol):
    """What names a kept file by its content: a file of the unit, an appointment with its decision."""

    sha256: str


@dataclass(frozen=True)
class SectionFile:
    """One file of a section: its name within the section's folder, and the kept file it is. The row that it belongs to
    names it in the column "file"."""

    name: str
    stored: Kept


@dataclass(frozen=True)
class Contents:
    """What a section has of a unit and a period. Rows are text, in an order that does not change by itself."""

    rows: Sequence[Mapping[str, Any]]
    files: Sequence[SectionFile] = field(default=())


@dataclass(frozen=True)
class Section:
    """One part of a dossier. `order` puts parts in their places; `note` says what the rows are, on the index."""

    code: str
    title: str
    order: int
    columns: tuple[SectionColumn, ...]
    collect: Callable[[OrgUnit, Period], Contents]
    note: str = ""


_sections: dict[str, Section] = {}


def register_section(section: Section) -> None:
    """Add a part; it stands in every dossier from then on."""
    _sections[section.code] = section


def sections() -> list[Section]:
    """All parts, in the order of a dossier."""
    return sorted(_sections.values(), key=lambda one: (one.order, one.code))
