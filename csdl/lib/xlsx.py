"""Reading xlsx files as people leave them: title rows above the header, numbers for codes, serials for dates.

Owns the walk from a file to rows with the numbers Excel shows; says nothing about what a column means. Cells come
from calamine, which reads a million of them in the time openpyxl needs for some thousands.
"""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
)

from csdl.lib.vietnamese import squeeze

__all__ = ["Cell", "Row", "Sheet", "UnreadableWorkbook", "Why", "cell_date", "cell_text", "open_sheets", "texts"]

type Cell = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta | None

UNPACKED_LIMIT = 500 * 1024 * 1024
_EXCEL_DAY_ZERO = dt.date(1899, 12, 30)
# Day 60 is the 29 February 1900 that Excel invented; before it serials stand for no sure day.
_SERIALS = range(61, 2_958_466)
_DAY_MONTH_YEAR = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?: 0?0:00(?::00)?)?")
_YEAR_MONTH_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]00:00(?::00(?:\.0+)?)?)?")


class Why(StrEnum):
    """Why a file cannot be read at all."""

    MACROS = "macros"
    MISSING = "missing"
    NOT_XLSX = "not_xlsx"
    TOO_BIG = "too_big"


class UnreadableWorkbook(Exception):
    """The file is refused before a cell is read; the caller says so in its own words."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class Row:
    """One row that holds something. `number` is the row number Excel shows; `cells[0]` is column A."""

    number: int
    cells: tuple[Cell, ...]

    def at(self, column: int) -> Cell:
        return self.cells[column] if column < len(self.cells) else None


class Sheet:
    """One visible or hidden sheet of cells, read when it is walked."""

    def __init__(self, source: CalamineSheet) -> None:
        self._source = source
        self.name: str = source.name

    def rows(self) -> Iterator[Row]:
        """Rows that hold something; empty ones, a hundred thousand formatted ones too, cost next to nothing."""
        start = self._source.start
        if start is None:
            return
        # Leading empty columns are dropped by the reader and put back here, leading empty rows by counting on.
        indent: tuple[Cell, ...] = (None,) * start[1]
        for number, values in enumerate(self._source.to_python(skip_empty_area=True), start=start[0] + 1):
            if any(value != "" and (not isinstance(value, str) or value.strip()) for value in values):
                yield Row(number, indent + tuple(values))

    def merged_below(self, row_number: int) -> str:
        """The first merged range that begins under a row, as Excel writes it; empty where there is none."""
        for (first_row, first_column), (last_row, last_column) in sorted(self._source.merged_cell_ranges or ()):
            if first_row >= row_number:
                return f"{_letters(first_column)}{first_row + 1}:{_letters(last_column)}{last_row + 1}"
        return ""


def open_sheets(source: bytes | Path) -> list[Sheet]:
    """The sheets of a workbook, in the file's order.

    Errors:  UnreadableWorkbook for no file, no xlsx, macros inside, or more than 500 MB once unpacked; the sizes are
             those the archive itself states, so that nothing is unpacked to find out.
    """
    try:
        content = source if isinstance(source, bytes) else source.read_bytes()
    except OSError:
        raise UnreadableWorkbook(Why.MISSING) from None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError):
        raise UnreadableWorkbook(Why.NOT_XLSX) from None
    names = {part.filename.lower() for part in parts}
    if "xl/workbook.xml" not in names:
        raise UnreadableWorkbook(Why.NOT_XLSX)
    if any(name.endswith("vbaproject.bin") or name.startswith("xl/macrosheets/") for name in names):
        raise UnreadableWorkbook(Why.MACROS)
    if sum(part.file_size for part in parts) > UNPACKED_LIMIT:
        raise UnreadableWorkbook(Why.TOO_BIG)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [
            Sheet(workbook.get_sheet_by_name(sheet.name))
            for sheet in workbook.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet
        ]
    except (CalamineError, OSError, ValueError):
        raise UnreadableWorkbook(Why.NOT_XLSX) from None


def cell_text(value: Cell) -> str:
    """What a person sees in the cell, NFC and with single spaces: 164.0 -> '164', a date -> '31/03/2000'."""
    match value:
        case None:
            return ""
        case bool():
            return "1" if value else "0"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case dt.datetime() | dt.date():
            return f"{value:%d/%m/}{value.year:04d}"
        case str():
            return squeeze(value)
        case _:
            return str(value)


def cell_date(value: Cell) -> dt.date | None:
    """The day a cell means: a date, dd/mm/yyyy as text, or Excel's serial (36616 -> 31/03/2000); None if none."""
    match value:
        case dt.datetime():
            return value.date()
        case dt.date():
            return value
        case int() | float() if not isinstance(value, bool):
            return _serial(int(value))
    text = cell_text(value)
    try:
        if found := _DAY_MONTH_YEAR.fullmatch(text):
            return dt.date(int(found[3]), int(found[2]), int(found[1]))
        if found := _YEAR_MONTH_DAY.fullmatch(text):
            return dt.date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
    return _serial(int(text)) if text.isascii() and text.isdigit() and len(text) == 5 else None


def texts(cells: Iterable[Cell]) -> list[str]:
    """The texts of a row."""
    return [cell_text(cell) for cell in cells]


def _serial(number: int) -> dt.date | None:
    return _EXCEL_DAY_ZERO + dt.timedelta(days=number) if number in _SERIALS else None


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, place = divmod(column - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters
