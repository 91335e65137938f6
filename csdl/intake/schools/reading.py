"""Read and map: from the sheet that holds schools to rows of typed values, each with its place.

A value that cannot be taken leaves the field empty, is kept as it was found, and becomes a problem; only the four
reasons of `REJECTING` keep a row out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from csdl.intake.problems import Problem, ProblemKind
from csdl.intake.sheets.columns import Column, Invalid, Need
from csdl.intake.sheets.headers import (
    HEADER_LEAST,
    best_match,
    is_below_header,
    missing_columns,
    no_header,
    no_merged,
    no_unsolved,
    unread_columns,
)
from csdl.intake.sheets.schools import COLUMNS, LEVELS, SCHOOLS
from csdl.lib.xlsx import Row, Sheet, cell_text

__all__ = ["SchoolRow", "SchoolTable", "read_schools"]


@dataclass
class SchoolRow:
    """One data row, mapped. `values` by the ministry's column name, without what the row leaves unsaid.

    `unknown` keeps the found text of each value that no list knows; `checks` may move more values there.
    """

    number: int
    code: str
    name: str
    levels: str  # digits of CAP_HOC
    code_was_number: bool
    values: dict[str, Any]
    unknown: dict[str, str]
    found: dict[str, str]
    problems: list[Problem] = field(default_factory=list)

    @property
    def is_rejected(self) -> bool:
        return any(problem.code.rejects for problem in self.problems)

    @property
    def level_codes(self) -> frozenset[str]:
        return frozenset(LEVELS[digit] for digit in self.levels)

    def drop(self, column: str) -> None:
        """Leave a field empty, keeping what was found."""
        if column in self.values:
            del self.values[column]
            self.unknown[column] = self.found[column]


@dataclass(frozen=True)
class SchoolTable:
    """The school sheet: its name, the columns it has, its data rows in order, what is said once of the whole."""

    sheet: str
    columns: frozenset[str]
    rows: list[SchoolRow]
    notes: tuple[Problem, ...] = ()

    def problem(self, row: SchoolRow, column: str, kind: ProblemKind, message: str) -> None:
        """Note a problem at a cell of a row."""
        row.problems.append(Problem(self.sheet, row.number, column, row.found.get(column, ""), kind, message))


def read_schools(sheets: Sequence[Sheet]) -> SchoolTable:
    """The data rows of the sheet that holds schools.

    Errors:  INT-05 no sheet has the header, INT-06 a needed column is missing, INT-07 merged cells inside the data,
             INT-08 a formula without its result.
    """
    match = best_match(sheets, SCHOOLS)
    if match is None or match.found < HEADER_LEAST:
        raise no_header(column.name for column in COLUMNS if column.need is Need.NEEDED)
    if match.missing:
        raise missing_columns(match.sheet.name, [f"{column.name} ({column.label})" for column in match.missing])
    table = SchoolTable(match.sheet.name, frozenset(match.places), [], tuple(unread_columns(match, may_tie=False)))
    for row in match.sheet.rows():
        # Rows whose cells all lie outside the known columns (a note beside the table) are no data rows.
        if not any(cell_text(row.at(place)) for place in match.used):
            continue
        if is_below_header(row, match, first=not table.rows):
            table.rows.append(_map(table, row, match.places))
    last = table.rows[-1].number if table.rows else match.header_row
    no_merged(match.sheet, match.header_row, last, match.used)
    no_unsolved(match.sheet, match.header_row, match.used)
    return table


def _map(table: SchoolTable, source: Row, places: Mapping[str, int]) -> SchoolRow:
    """Every column's converter over the row; all problems are collected, none stops another."""
    cells = {name: source.at(place) for name, place in places.items()}
    found = {name: text for name, cell in cells.items() if (text := cell_text(cell))}
    row = SchoolRow(
        number=source.number,
        code="",
        name="",
        levels="",
        code_was_number=not isinstance(cells["MA_TRUONG"], str),
        values={},
        unknown={},
        found=found,
    )
    for column in COLUMNS:
        if column.name in cells:
            _take(table, row, column, column.read(cells[column.name]))
    row.code = row.values.pop("MA_TRUONG", "")
    row.name = row.values.pop("TEN_TRUONG_HOC", "")
    row.levels = row.values.pop("CAP_HOC", "")
    if not row.code:
        table.problem(row, "MA_TRUONG", ProblemKind.CODE_MISSING, "Hãy ghi mã trường; dòng này không được nhập.")
    elif len(row.code) > 20:
        table.problem(
            row, "MA_TRUONG", ProblemKind.CODE_MISSING, "Mã trường dài hơn 20 ký tự nên không được coi là mã trường."
        )
    if not row.name:
        table.problem(row, "TEN_TRUONG_HOC", ProblemKind.NAME_MISSING, "Hãy ghi tên trường; dòng này không được nhập.")
    return row


def _take(table: SchoolTable, row: SchoolRow, column: Column, value: Any) -> None:
    if isinstance(value, Invalid):
        table.problem(row, column.name, value.kind, value.message)
        row.unknown[column.name] = row.found.get(column.name, "")
        value = value.instead
    elif value is None and column.need is Need.WANTED:
        table.problem(row, column.name, ProblemKind.VALUE_MISSING, f"Hãy bổ sung {column.label.lower()}.")
    if value is not None:
        row.values[column.name] = value
