"""A list that may leave as a file, declared once: its columns, its lines, its paper. Pages, files and log follow.

To add one: copy its best neighbour (`classes.py` for a short one), and a page that hands in the rows as it found them
(`portals/components/outgoing.py`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from csdl.access.queries import visible
from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.exports.columns import ExportColumn
from csdl.exports.enums import FileFormat, Purpose, Signer
from csdl.lib.workbook import OutColumn
from csdl.orgs.models import OrgUnit

__all__ = ["Asked", "ExportList", "MoreSheet", "Occasion", "carried"]

type Lines = Iterable[Mapping[str, Any]]


def carried[M: Model](actor: Actor, rows: QuerySet[M]) -> QuerySet[M]:
    """Of the rows of a page, those that may leave as a file: who may see a row need not be allowed to take it out.

    Errors:  NotAllowed where the actor may take out nothing at all.
    """
    return visible(rows, actor, Permission.DATA_EXPORT)


@dataclass(frozen=True)
class MoreSheet:
    """A sheet beside the list's own, in the workbook only: its columns and where its rows come from."""

    name: str
    columns: tuple[OutColumn[Any], ...]
    rows: Callable[[Actor, "Occasion"], Iterable[Any]]


@dataclass(frozen=True)
class ExportList[Rows: QuerySet[Any] | Sequence[Any]]:
    """One kind of list. `key` names it in the log, `noun` is what is counted, `stem` begins the name of the file.

    Shapes:  `lines(actor, rows, start_year)` gives column key -> value in the order of the rows, in a fixed number of
             statements; `carried` narrows the rows by the right to take data out; `paper` is the Typst template, with
             the year below its title where the list is of one year.
             `more_sheets` stand behind the list in the workbook. `school_field` names the rows' school, where they may
             be of several; empty: of one by the page itself.
    Units:   `at_most` rows in a file; beyond, the list has to be narrowed first. `paper_width` in signs, all columns
             together; None where the paper lays out its columns itself.
    """

    key: str
    title: str
    sheet: str
    noun: str
    stem: str
    columns: tuple[ExportColumn, ...]
    lines: Callable[[Actor, Rows, int], Lines]
    carried: Callable[[Actor, Rows], Rows]
    is_personal: bool = True
    is_of_year: bool = True
    formats: tuple[FileFormat, ...] = (FileFormat.XLSX, FileFormat.PDF)
    paper: str = "exports/papers/list"
    signers: tuple[Signer, ...] = (Signer.MAKER, Signer.HEAD)
    purposes: tuple[Purpose, ...] = tuple(Purpose)
    at_most: int = 20_000
    paper_width: int | None = 180
    school_field: str = ""
    more_sheets: tuple[MoreSheet, ...] = ()


@dataclass(frozen=True)
class Occasion:
    """Whose list it is, of which year, narrowed to what: `title` says it in a line, for the sheet and for the log.

    `heading` stands on top of the paper in place of the list's title, `facts` above the table as (label, value),
    `homeroom_name` beside the place to sign. `about` is the public id of the class or pupil, for the log.
    """

    unit: OrgUnit
    start_year: int
    title: str
    heading: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    homeroom_name: str = ""
    about: str = ""

    @property
    def year_name(self) -> str:
        return f"{self.start_year}-{self.start_year + 1}"


@dataclass(frozen=True)
class Asked:
    """What a person asks for: columns by their keys, as which file, for what."""

    columns: tuple[str, ...]
    purpose: str
    reason: str = ""
    with_sensitive: bool = False
    file_format: str = FileFormat.XLSX
