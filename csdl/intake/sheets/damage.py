"""What only a whole column shows: days and months swapped by a spreadsheet, legacy fonts, signs that were cleaned.

A swapped day in a date cell is named and proposed, never changed: the sheet proves that its days are written day first,
not that this one was. Texts of a column that is written month first are all read so, each with a warning: of one column
there is one reading. A legacy font is converted, because the text as it stands is none. Cleaned signs are told once a
column.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence

from csdl.intake.problems import Problem, ProblemKind
from csdl.intake.sheets.cells import day, lone_year
from csdl.intake.sheets.columns import Column, Form, Invalid
from csdl.intake.sheets.specs import Table, TableRow
from csdl.lib.legacy_fonts import from_legacy, may_be_legacy
from csdl.lib.vietnamese import has_foreign_letters, squeeze, with_latin_letters
from csdl.lib.xlsx import Cell

__all__ = ["find_in_texts", "find_swapped"]

_FIRST_TWO = re.compile(r"\s*(\d{1,2})[/.\s-]+(\d{1,2})[/.\s-]+\d{2,4}")


def find_swapped(table: Table, column: Column, rows: Sequence[TableRow], cells: Sequence[Cell]) -> None:
    """Name the days of a column whose day and month a spreadsheet may have swapped.

    Text that a spreadsheet read month first became a date wherever the day was 12 or less; the others stayed text and
    prove the order. Where a date cell with a later day exists, dates were typed as dates and nothing is said.
    """
    if column.form is not Form.DAY:
        return
    proves_day_first = proves_month_first = False
    dates: list[tuple[TableRow, dt.date]] = []
    for row, cell in zip(rows, cells, strict=True):
        if isinstance(cell, dt.date) and not lone_year(cell):
            if cell.day > 12:
                return
            dates.append((row, cell))
        elif isinstance(cell, str) and (found := _FIRST_TWO.match(cell)):
            proves_day_first = proves_day_first or int(found[1]) > 12
            proves_month_first = proves_month_first or int(found[2]) > 12
    if proves_day_first and not proves_month_first:
        for row, cell in dates:
            if cell.day != cell.month:
                _swapped(table, column, row, cell)
    elif proves_month_first and not proves_day_first:
        for row, cell in zip(rows, cells, strict=True):
            if not isinstance(cell, str) or not _FIRST_TWO.match(cell):
                continue
            read = day(cell)
            if isinstance(read, str) and read[8:10] != read[5:7] and int(read[8:10]) <= 12:
                _month_first(table, column, row, cell, dt.date.fromisoformat(read))
        for row, date_cell in dates:
            if date_cell.day != date_cell.month:
                _swapped(table, column, row, date_cell)


def _month_first(table: Table, column: Column, row: TableRow, cell: str, found: dt.date) -> None:
    right = dt.date(found.year, found.day, found.month)
    message = (
        f"Các ô khác của cột ghi tháng trước ngày sau, nên ô này đọc là {right:%d/%m/%Y}; nếu đúng là {found:%d/%m/%Y} "
        "hãy sửa cả cột thành ngày/tháng/năm."
    )
    row.values[column.name] = right.isoformat()
    row.as_found[column.name] = squeeze(cell)
    row.problems.append(
        Problem(
            table.sheet, row.number, column.name, squeeze(cell), ProblemKind.DATE_SWAPPED, message, found.isoformat()
        )
    )


def _swapped(table: Table, column: Column, row: TableRow, found: dt.date) -> None:
    right = dt.date(found.year, found.day, found.month)
    message = (
        f"Các ô khác của cột cho thấy Excel có thể đã đảo ngày và tháng; nếu đúng là {right:%d/%m/%Y} hãy sửa lại ô."
    )
    row.problems.append(
        Problem(
            table.sheet,
            row.number,
            column.name,
            f"{found:%d/%m/%Y}",
            ProblemKind.DATE_SWAPPED,
            message,
            right.isoformat(),
        )
    )


def find_in_texts(table: Table, column: Column, rows: Sequence[TableRow], cells: Sequence[Cell]) -> None:
    """Name what is wrong with the texts of a column: legacy fonts, signs to clean.

    The texts are looked through as one: a clean column of fifty thousand costs as much as a few cells do singly.
    """
    texts = {cell for cell in cells if type(cell) is str and cell}
    if not texts:
        return
    whole = "\x1f".join(["", *texts, ""])
    is_plain = whole.isascii()
    if not is_plain and may_be_legacy(whole):
        _find_legacy(table, column, rows, cells)
    if not is_plain and has_foreign_letters(whole):
        _find_foreign_letters(table, column, rows, cells)
    odd = not is_plain and (not unicodedata.is_normalized("NFC", whole) or any(sign in whole for sign in _DIRT_BEYOND))
    if odd or any(sign in whole for sign in _DIRT):
        _find_cleaned(table, column, rows, cells)


_DIRT = ("\x1f'", ".0\x1f", "\x1f ", " \x1f", "  ", "\n", "\t")
_DIRT_BEYOND = ("\xa0", "\u200b", "\ufeff", "\x1f’")


def _find_legacy(table: Table, column: Column, rows: Sequence[TableRow], cells: Sequence[Cell]) -> None:
    """Turn text in TCVN3 or VNI into Unicode, each with a warning that shows both."""
    for row, cell in zip(rows, cells, strict=True):
        if type(cell) is not str:
            continue
        found = from_legacy(squeeze(cell))
        if found is None:
            continue
        value = column.read(found.text)
        row.values[column.name] = value
        row.problems = [one for one in row.problems if one.column != column.name]
        row.problems.append(
            Problem(
                table.sheet,
                row.number,
                column.name,
                squeeze(cell),
                ProblemKind.FONT_LEGACY,
                f"Ô dùng phông chữ cũ {found.font}; chuyển thành “{found.text}”. Hãy đối chiếu lại.",
                value,
            )
        )


def _find_foreign_letters(table: Table, column: Column, rows: Sequence[TableRow], cells: Sequence[Cell]) -> None:
    """Write letters that only look like ours as ours, each with a warning: nobody would find the name again."""
    for row, cell in zip(rows, cells, strict=True):
        text = squeeze(cell) if type(cell) is str else ""
        found = with_latin_letters(text)
        value = column.read(found) if found != text else None
        if value is None or isinstance(value, Invalid):
            continue
        row.values[column.name] = value
        row.problems = [one for one in row.problems if one.column != column.name]
        signs = ", ".join(dict.fromkeys(a for a, b in zip(text, found, strict=True) if a != b))
        message = (
            f"Ô có chữ cái của bảng chữ khác, trông giống chữ Việt ({signs}); đọc là “{found}”. Hãy đối chiếu lại."
        )
        row.problems.append(
            Problem(table.sheet, row.number, column.name, text, ProblemKind.LETTERS_FOREIGN, message, value)
        )


def _find_cleaned(table: Table, column: Column, rows: Sequence[TableRow], cells: Sequence[Cell]) -> None:
    """Tell once what was cleaned: spaces too many, letters in two pieces, '.0' and apostrophes."""
    counts: dict[str, list[TableRow]] = {}
    for row, cell in zip(rows, cells, strict=True):
        if type(cell) is str and cell and (kind := _dirt(cell)):
            counts.setdefault(kind, []).append(row)
    for kind, found in counts.items():
        message = f"Cột “{column.label}”: {len(found)} ô có {kind}, đã được làm sạch."
        first = found[0]
        table.notes.append(Problem(table.sheet, first.number, column.name, "", ProblemKind.TEXT_CLEANED, message))


def _dirt(cell: str) -> str:
    if "\xa0" in cell or "\u200b" in cell or "\ufeff" in cell:
        return "dấu cách đặc biệt"
    if not unicodedata.is_normalized("NFC", cell):
        return "chữ có dấu tách rời (Unicode tổ hợp)"
    if cell[:1] in ("'", "’") and cell[1:2].isdigit():
        return "dấu nháy đơn ở đầu"
    if cell[-2:] == ".0" and cell[:-2].isdigit():
        return "đuôi .0"
    if cell[0] == " " or cell[-1] == " " or "  " in cell or "\n" in cell or "\t" in cell:
        return "dấu cách thừa"
    return ""
