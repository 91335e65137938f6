"""Read and map: from the sheet that holds schools to rows of typed values, each with its place.

A value that cannot be taken leaves the field empty, is kept as it was found, and becomes a problem; only the four
reasons of `REJECTING` keep a row out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from csdl.intake.errors import IntakeError
from csdl.intake.problems import Problem, ProblemKind
from csdl.intake.sheets.columns import Column, Invalid, Need, header_key
from csdl.intake.sheets.schools import COLUMNS, LEVELS
from csdl.lib.xlsx import Cell, Row, Sheet, cell_text

__all__ = ["SchoolRow", "SchoolTable", "read_schools"]

HEADER_WITHIN = 30  # rows that titles and notes may take above the header
HEADER_LEAST = 3  # known column names that make a row a header


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
    """The school sheet: its name, the columns it has, its data rows in order."""

    sheet: str
    columns: frozenset[str]
    rows: list[SchoolRow]

    def problem(self, row: SchoolRow, column: str, kind: ProblemKind, message: str) -> None:
        """Note a problem at a cell of a row."""
        row.problems.append(Problem(self.sheet, row.number, column, row.found.get(column, ""), kind, message))


def read_schools(sheets: Sequence[Sheet]) -> SchoolTable:
    """The data rows of the sheet that holds schools.

    Errors:  INT-05 no sheet has the header, INT-06 a needed column is missing, INT-07 merged cells inside the data.
    """
    sheet, header, places = _find_header(sheets)
    missing = [column for column in COLUMNS if column.need is Need.NEEDED and column.name not in places]
    if missing:
        names = ", ".join(f"{column.name} ({column.label})" for column in missing)
        raise IntakeError(f"Sheet “{sheet.name}” thiếu cột bắt buộc: {names}. Hãy bổ sung cột.", code="INT-06")
    if merged := sheet.merged_below(header.number):
        raise IntakeError(
            f"Sheet “{sheet.name}” có ô gộp {merged} trong vùng dữ liệu. Hãy bỏ gộp ô rồi nhập lại.", code="INT-07"
        )
    table = SchoolTable(sheet=sheet.name, columns=frozenset(places), rows=[])
    for row in sheet.rows():
        # Rows whose cells all lie outside the known columns (a note beside the table) are no data rows.
        if row.number > header.number and any(cell_text(row.at(place)) for place in places.values()):
            table.rows.append(_map(table, row, places))
    return table


def _find_header(sheets: Sequence[Sheet]) -> tuple[Sheet, Row, dict[str, int]]:
    """The row with the most known column names of all sheets, and where each column stands."""
    best: tuple[Sheet, Row, dict[str, int]] | None = None
    for sheet in sheets:
        for row in sheet.rows():
            if row.number > HEADER_WITHIN:
                break
            places = _places(row.cells)
            if len(places) >= HEADER_LEAST and (best is None or len(places) > len(best[2])):
                best = sheet, row, places
    if best is None:
        raise IntakeError(
            "Không tìm thấy sheet nào có dòng tiêu đề MA_TRUONG, TEN_TRUONG_HOC, MA_DON_VI, CAP_HOC. "
            "Hãy dùng tệp mẫu nhập trường học của Bộ.",
            code="INT-05",
        )
    return best


_KNOWN = {header_key(name): column.name for column in COLUMNS for name in (column.label, column.name)}


def _places(cells: Sequence[Cell]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, cell in enumerate(cells):
        name = _KNOWN.get(header_key(cell)) if isinstance(cell, str) else None
        if name:
            places.setdefault(name, place)
    return places


def _map(table: SchoolTable, source: Row, places: dict[str, int]) -> SchoolRow:
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
