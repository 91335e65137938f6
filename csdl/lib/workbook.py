"""Writing xlsx files: sheets of declared columns, row by row, safe to open anywhere.

Owns how a cell is written; what a column means is the caller's. XlsxWriter in constant memory: a million rows cost no
more than one.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any

import xlsxwriter

__all__ = ["OutColumn", "new_book", "plain_text", "safe_text", "write_lines", "write_table"]

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class OutColumn[T]:
    """One column: its header, its width in characters, how a row becomes its cell. None leaves the cell empty."""

    header: str
    width: int
    value: Callable[[T], str | int | float | Decimal | dt.date | None]


def new_book(file: IO[bytes]) -> Any:
    """A workbook in which text stays text: no formula, number or link is made of it."""
    return xlsxwriter.Workbook(
        file,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False},
    )


def write_table[T](book: Any, name: str, columns: Sequence[OutColumn[T]], rows: Iterable[T]) -> int:
    """One sheet: a header row that stays in sight and filters, then the rows; answers how many there were."""
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    text = book.add_format({"num_format": "@"})
    sheet.freeze_panes(1, 1)
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, column.header, head)
    number = 0
    for number, row in enumerate(rows, start=1):
        for place, column in enumerate(columns):
            value = column.value(row)
            if value is None or value == "":
                continue
            if isinstance(value, int | float | Decimal):
                sheet.write_number(number, place, value)
            elif isinstance(value, dt.date):
                sheet.write_datetime(number, place, value, day)
            else:
                sheet.write_string(number, place, safe_text(value), text)
    sheet.autofilter(0, 0, number, len(columns) - 1)
    return number


def write_lines(book: Any, name: str, lines: Iterable[str]) -> None:
    """A sheet of sentences: what the file holds, for whom, by whom. The first one is its title."""
    sheet = book.add_worksheet(name)
    sheet.set_column(0, 0, 110)
    title = book.add_format({"bold": True})
    for place, line in enumerate(lines):
        sheet.write_string(place, 0, safe_text(line), None if place else title)


def safe_text(value: str) -> str:
    """A text that no spreadsheet takes for a formula, wherever it is pasted or saved to next; see `plain_text`."""
    return f"'{value}" if value.lstrip("'").startswith(_FORMULA_SIGNS) else value


def plain_text(value: str) -> str:
    """The text that `safe_text` made safe; any other text as it is."""
    return value[1:] if value[:1] == "'" and value.lstrip("'").startswith(_FORMULA_SIGNS) else value
