"""Writing xlsx files: sheets of declared columns, row by row, safe to open anywhere.

Owns how a cell is written; what a column means is the caller's. XlsxWriter in constant memory: a million rows cost no
more than one.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from typing import IO, Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

__all__ = [
    "FormColumn",
    "OutColumn",
    "new_book",
    "plain_text",
    "safe_text",
    "write_form",
    "write_guide",
    "write_lines",
    "write_lists",
    "write_table",
]

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class OutColumn[T]:
    """One column: its header, its width in characters, how a row becomes its cell. None leaves the cell empty."""

    header: str
    width: int
    value: Callable[[T], str | int | float | Decimal | dt.date | None]


@dataclass(frozen=True, slots=True)
class FormColumn:
    """One column of a sheet that people fill in and hand back: `form` text, day or number; `choices` names a list on
    the sheet of lists; `help` stands beside the header, `mark` behind it; hidden columns are for the program."""

    name: str
    header: str
    width: int
    form: str = "text"
    choices: str = ""
    help: str = ""
    is_needed: bool = False
    mark: str = ""
    is_hidden: bool = False


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


_OPEN_ROWS = 2000  # rows under the data that still have drop-downs
_LISTS = "Danh mục"
_ALLOWED = {
    **dict.fromkeys(("format_cells", "format_columns", "format_rows", "insert_rows", "delete_rows", "sort"), True),
    "autofilter": True,
}


def write_form(
    book: Any,
    name: str,
    title: str,
    note: str,
    columns: Sequence[FormColumn],
    rows: Iterable[Mapping[str, Any]],
    lists: Mapping[str, int],
) -> int:
    """A sheet to fill in: title, note, a header that is locked and stays in sight, cells that keep what is typed.

    Shapes:  rows by column name; a list's name -> how many values it has on the sheet of lists, in the lists' order.
    """
    sheet = book.add_worksheet(name)
    big = book.add_format({"bold": True, "font_size": 13})
    small = book.add_format({"italic": True, "font_color": "#5B6B7A"})
    head = {"bold": True, "text_wrap": True, "valign": "vcenter", "align": "center", "border": 1}
    heads = {
        True: book.add_format(head | {"bg_color": "#FCE8D5"}),
        False: book.add_format(head | {"bg_color": "#E3EDF7"}),
    }
    forms = {
        form: book.add_format({"num_format": code, "locked": False})
        for form, code in (("text", "@"), ("day", "dd/mm/yyyy"), ("number", "General"))
    }
    shown = [place for place, column in enumerate(columns) if not column.is_hidden]
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width, forms[column.form], {"hidden": column.is_hidden})
    sheet.write_string(0, shown[0], safe_text(title), big)
    sheet.write_string(1, shown[0], safe_text(note), small)
    sheet.set_row(2, 34)
    for place, column in enumerate(columns):
        sheet.write_string(2, place, f"{column.header} {column.mark}".rstrip(), heads[column.is_needed])
        if column.help and not column.is_hidden:
            sheet.write_comment(2, place, column.help, {"x_scale": 1.6})
    count = 0
    for count, row in enumerate(rows, start=1):
        for place, column in enumerate(columns):
            value = row.get(column.name)
            if value is not None and value != "":
                _write_open(sheet, count + 2, place, value, forms[column.form])
    for place, column in enumerate(columns):
        if column.choices:
            where = list(lists).index(column.choices)
            letter = xl_col_to_name(where)
            source = f"='{_LISTS}'!${letter}$2:${letter}${lists[column.choices] + 1}"
            # Codes and names without accents are read as well: what the list does not have is asked about, not barred.
            said = {"validate": "list", "source": source, "error_type": "warning", "error_title": "Ngoài danh mục"}
            said["error_message"] = "Giá trị không có trong danh sách. Vẫn ghi?"
            sheet.data_validation(3, place, count + 2 + _OPEN_ROWS, place, said)
    first_needed = next((place for place, column in enumerate(columns) if column.is_needed), shown[0])
    sheet.freeze_panes(3, first_needed + 1)
    sheet.autofilter(2, 0, max(count + 2, 3), len(columns) - 1)
    sheet.protect("", _ALLOWED)
    return count


def _write_open(sheet: Any, row: int, place: int, value: Any, form: Any) -> None:
    # A spreadsheet has no days before 1900.
    if isinstance(value, dt.date) and value.year >= 1900:
        sheet.write_datetime(row, place, value, form)
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        sheet.write_number(row, place, value, form)
    else:
        text = f"{value:%d/%m/}{value.year:04d}" if isinstance(value, dt.date) else str(value)
        sheet.write_string(row, place, safe_text(text), form)


def write_lists(book: Any, lists: Mapping[str, Sequence[str]]) -> None:
    """The hidden sheet that drop-downs choose from: a column a list, its name on top."""
    sheet = book.add_worksheet(_LISTS)
    text = book.add_format({"num_format": "@"})
    for place, name in enumerate(lists):
        sheet.write_string(0, place, name)
    for number, values in enumerate(zip_longest(*lists.values()), start=1):
        for place, value in enumerate(values):
            if value is not None:
                sheet.write_string(number, place, safe_text(value), text)
    sheet.hide()


def write_guide(book: Any, name: str, lines: Sequence[str], columns: Iterable[tuple[str, str, str, str]]) -> None:
    """The sheet that explains a file: sentences, then sheet, column, need and how to write it, one column a row."""
    sheet = book.add_worksheet(name)
    for place, width in enumerate((24, 30, 12, 70)):
        sheet.set_column(place, place, width)
    bold = book.add_format({"bold": True})
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E3EDF7"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    for number, line in enumerate(lines):
        sheet.write_string(number, 0, safe_text(line), None if number else bold)
    top = len(lines) + 1
    for place, text in enumerate(("Trang", "Cột", "Mức", "Cách ghi")):
        sheet.write_string(top, place, text, head)
    for number, texts in enumerate(columns, start=top + 1):
        for place, text in enumerate(texts):
            sheet.write_string(number, place, safe_text(text), wrap)


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
