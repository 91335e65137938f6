"""A sheet of one noun: its columns declared once, used to write the template, to read a file, to show the plan.

A `SheetSpec` says what a row of the sheet is and which columns it has; `Table` is what was read of such a sheet: typed
values by column, every row with its place and with everything that is wrong with it. Specs: `sheets.nouns`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from csdl.intake.problems import Problem, ProblemKind
from csdl.intake.sheets.columns import Column, Need

__all__ = ["SheetSpec", "Table", "TableRow"]


@dataclass(frozen=True, eq=False)
class SheetSpec:
    """One noun of a workbook. `title` is the sheet's name and the noun for people; `note` stands above the header.

    `needed`: columns without which no new record is taken; where empty, those that the file cannot lack.
    """

    noun: str
    title: str
    columns: tuple[Column, ...]
    note: str = ""
    needed: tuple[str, ...] = ()

    def mark(self, column: Column) -> str:
        """What stands behind a header: a new record needs the cell, or should have it."""
        if column.name in self.needed or (not self.needed and column.need is Need.NEEDED):
            return "*"
        return "" if column.need is Need.OPTIONAL else "(*)"

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


@dataclass
class TableRow:
    """One data row. `number` as Excel counts; `values` column name -> value as it is stored (JSON: days as ISO text,
    codes as text, numbers as numbers), without what the row leaves unsaid; `as_found` the text of cells that were not
    taken as they stand."""

    number: int
    values: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)
    as_found: dict[str, str] = field(default_factory=dict)

    def repeats(self, column: str, stored: Any) -> bool:
        """Whether the cell only repeats a stored value that reading would clean: then the file does not ask for the
        clean one. A record written to a file and read back changes nothing, however it was typed once."""
        return column in self.as_found and self.as_found[column] == str(stored)

    @property
    def is_rejected(self) -> bool:
        return any(problem.code.rejects for problem in self.problems)


@dataclass
class Table:
    """The rows of one sheet of a file. `headers` column name -> header as the file has it, for the columns found;
    `notes` what was cleaned or passed over, told once each with the row where it came first; `in_order` all headers of
    the file from left to right, also those that mean nothing."""

    spec: SheetSpec
    sheet: str
    headers: Mapping[str, str]
    rows: list[TableRow]
    notes: list[Problem] = field(default_factory=list)
    in_order: tuple[str, ...] = ()

    @property
    def unread(self) -> list[str]:
        """Headers of columns that were not read, those without a header by their letters."""
        return [note.value for note in self.notes if note.code is ProblemKind.COLUMN_UNREAD]
