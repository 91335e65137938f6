"""Reading xlsx files as people leave them: title rows above the header, numbers for codes, serials for dates.

Owns the walk from a file to rows with the numbers Excel shows; says nothing about what a column means. Cells come
from calamine, which reads a million of them in the time openpyxl needs for some thousands.
"""

import datetime as dt
import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from csdl.lib.vietnamese import squeeze

__all__ = [
    "Cell",
    "Row",
    "Sheet",
    "UnreadableWorkbook",
    "Why",
    "cell_date",
    "cell_text",
    "column_letters",
    "column_place",
    "open_sheets",
    "texts",
]

type Cell = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta | None

UNPACKED_LIMIT = 500 * 1024 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and an .xlsx behind a password
_ERROR_CELL = re.compile(rb'<(?:\w+:)?c (?=[^>]*t="e")[^>]*?r="([A-Z]+\d+)"')
_FORMULA = rb"<(?:\w+:)?f(?:>| [^>]*[^/]>)[^<]*</(?:\w+:)?f>|<(?:\w+:)?f[^>]*/>"
_FORMULA_CELL = re.compile(
    rb'<(?:\w+:)?c (?:[^>]*? )?r="([A-Z]+\d+)"[^>]*>((?:' + _FORMULA + rb").*?)</(?:\w+:)?c>",
    re.DOTALL,
)
_RESULT = re.compile(rb"<(?:\w+:)?v(?: [^>]*)?>[^<]")
_LONGEST_ROW = 64 * 1024 * 1024
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
    OLD_XLS = "old_xls"
    PASSWORD = "password"  # noqa: S105 -- the reason for a refusal, no secret
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


@dataclass(frozen=True)
class Oddities:
    """Cells that the reader of values passes over: formulas whose result the file does not hold, and errors."""

    unsolved: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()


class Sheet:
    """One visible or hidden sheet of cells, read when it is walked."""

    def __init__(self, source: CalamineSheet, *, is_hidden: bool = False, oddities: Oddities | None = None) -> None:
        self._source = source
        self.name: str = source.name
        self.is_hidden = is_hidden
        self._oddities = oddities or Oddities()
        self._errors: dict[int, set[int]] | None = None

    def rows(self, *, first: int | None = None) -> Iterator[Row]:
        """Rows that hold something; empty ones, a hundred thousand formatted ones too, cost next to nothing. A cell
        with an error reads '#N/A', whichever error it is."""
        start = self._source.start
        if start is None:
            return
        # Leading empty columns are dropped by the reader and put back here, leading empty rows by counting on.
        indent: tuple[Cell, ...] = (None,) * start[1]
        errors = self._error_places()
        for number, values in enumerate(self._source.to_python(skip_empty_area=True, nrows=first), start=start[0] + 1):
            if errors and number in errors:
                for place in errors[number]:
                    if 0 <= place - start[1] < len(values):
                        values[place - start[1]] = "#N/A"
            if any(value != "" and (not isinstance(value, str) or value.strip()) for value in values):
                yield Row(number, indent + tuple(values))

    def first_rows(self, within: int) -> Iterator[Row]:
        """The rows of the first so many of the sheet that hold something."""
        for row in self.rows(first=within):
            if row.number > within:
                return
            yield row

    def _error_places(self) -> dict[int, set[int]]:
        if self._errors is None:
            self._errors = {}
            for address in self._oddities.errors:
                row, column = _place(address)
                self._errors.setdefault(row, set()).add(column)
        return self._errors

    def merged_between(self, above: int, last: int, columns: set[int]) -> str:
        """The first merged range that lies in the rows under `above` up to `last` and touches one of the columns, as
        Excel writes it; empty where there is none."""
        for (first_row, first_column), (last_row, last_column) in sorted(self._source.merged_cell_ranges or ()):
            if above <= first_row < last and columns & set(range(first_column, last_column + 1)):
                return f"{column_letters(first_column)}{first_row + 1}:{column_letters(last_column)}{last_row + 1}"
        return ""

    def merged_ends(self, row: int) -> dict[int, int]:
        """Where the merged ranges that begin in a row (as Excel counts) start and end: first column -> last column."""
        ranges = self._source.merged_cell_ranges or ()
        return {first: last for (top, first), (_, last) in ranges if top == row - 1}

    def unsolved_formula(self, above: int, columns: set[int]) -> str:
        """The first cell under a row, in these columns, that is a formula without a stored result; empty if none."""
        for address in self._oddities.unsolved:
            row, column = _place(address)
            if row > above and column in columns:
                return address
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
    if content[:8] == _OLE:
        raise UnreadableWorkbook(Why.PASSWORD if b"E\0n\0c\0r\0y\0p\0t" in content[:1_000_000] else Why.OLD_XLS)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_parts(archive)
            odd = _odd_cells(archive)
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [
            Sheet(
                workbook.get_sheet_by_name(sheet.name),
                is_hidden=sheet.visible != SheetVisibleEnum.Visible,
                oddities=odd.get(sheet.name),
            )
            for sheet in workbook.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet
        ]
    except PasswordError:
        raise UnreadableWorkbook(Why.PASSWORD) from None
    except (CalamineError, zipfile.BadZipFile, zlib.error, OSError, ValueError, KeyError):
        raise UnreadableWorkbook(Why.NOT_XLSX) from None


def _check_parts(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    names = {part.filename.lower() for part in parts}
    if "xl/workbook.xml" not in names:
        raise UnreadableWorkbook(Why.NOT_XLSX)
    if any(name.endswith("vbaproject.bin") or name.startswith("xl/macrosheets/") for name in names):
        raise UnreadableWorkbook(Why.MACROS)
    if sum(part.file_size for part in parts) > UNPACKED_LIMIT:
        raise UnreadableWorkbook(Why.TOO_BIG)


def _odd_cells(archive: zipfile.ZipFile) -> dict[str, Oddities]:
    """Sheet -> cells with a formula that has no stored result, and cells with an error.

    The reader of values knows neither. Walking the text costs a fraction of reading it: only where a part holds '<f' or
    't="e"' at all is a pattern laid on. Unpacking by Python also refuses parts longer than the archive says they are.
    """
    found: dict[str, Oddities] = {}
    for name, part in _sheet_parts(archive).items():
        unsolved: list[str] = []
        errors: list[str] = []
        rest = b""
        with archive.open(part) as stream:
            while piece := stream.read(1 << 20):
                text = rest + piece
                # A cell may lie across two pieces: what follows the last whole one waits for the next piece.
                end = text.rfind(b"row>")
                text, rest = (text[:end], text[end:]) if end >= 0 else (b"", text)
                if len(rest) > _LONGEST_ROW:
                    raise UnreadableWorkbook(Why.NOT_XLSX)
                _look(text, unsolved, errors)
        _look(rest, unsolved, errors)
        if unsolved or errors:
            found[name] = Oddities(tuple(unsolved), tuple(errors))
    return found


def _look(text: bytes, unsolved: list[str], errors: list[str]) -> None:
    if b't="e"' in text:
        errors += [cell[1].decode() for cell in _ERROR_CELL.finditer(text)]
    if b"<f" in text or b":f" in text:
        unsolved += [
            cell[1].decode()
            for cell in _FORMULA_CELL.finditer(text)
            if not _RESULT.search(cell[2]) and b't="str"' not in cell[0][: cell[0].index(b">")]
        ]


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name -> the part of the archive that holds its cells."""
    relations = {
        said.get("Id", ""): said.get("Target", "")
        for said in _elements(archive.read("xl/_rels/workbook.xml.rels"), "Relationship")
    }
    names = set(archive.namelist())
    parts: dict[str, str] = {}
    for said in _elements(archive.read("xl/workbook.xml"), "sheet"):
        target = relations.get(said.get("id", ""), "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if part in names:
            parts[said.get("name", "")] = part
    return parts


def _elements(part: bytes, tag: str) -> Iterator[dict[str, str]]:
    """Attributes of every element of that name. Taken from the text: these parts need no parser that follows entities
    which a hostile file declares."""
    text = part.decode("utf-8", errors="replace")
    for found in re.finditer(rf"<(?:\w+:)?{tag}\s([^<>]*)>", text):
        pairs = re.findall(r"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""", found[1])
        yield {name.rpartition(":")[2]: html.unescape(double or single) for name, double, single in pairs}


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


def _place(address: str) -> tuple[int, int]:
    """'B7' -> row 7, column 1."""
    letters = address.rstrip("0123456789")
    return int(address[len(letters) :] or 0), column_place(letters)


def column_place(letters: str) -> int:
    """The index of a spreadsheet's column: A is 0, AA is 26."""
    column = 0
    for sign in letters:
        column = column * 26 + ord(sign) - ord("A") + 1
    return column - 1


def column_letters(column: int) -> str:
    """What a spreadsheet calls its column of an index: 0 is A, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, place = divmod(column - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters
