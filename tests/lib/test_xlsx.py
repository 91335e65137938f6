"""Cells and rows of xlsx files as they come."""

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest

from csdl.lib.xlsx import Row, UnreadableWorkbook, Why, cell_date, cell_text, open_sheets


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (164.0, "164"),
        (31200000000.0, "31200000000"),
        (1.5, "1.5"),
        (-2.0, "-2"),
        (True, "1"),
        (None, ""),
        ("  Tiê\u0309u   ho\u0323c\n", "Tiểu học"),
        (dt.datetime(2000, 3, 31), "31/03/2000"),
        (dt.date(990, 3, 1), "01/03/0990"),
    ],
)
def test_cell_text_is_what_a_person_sees(cell: Any, shown: str) -> None:
    assert cell_text(cell) == shown


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (36616, dt.date(2000, 3, 31)),
        (36616.0, dt.date(2000, 3, 31)),
        ("36616", dt.date(2000, 3, 31)),
        ("31/03/2000", dt.date(2000, 3, 31)),
        ("1-4-2000", dt.date(2000, 4, 1)),
        ("2000-03-31 00:00:00", dt.date(2000, 3, 31)),
        (dt.datetime(2000, 3, 31), dt.date(2000, 3, 31)),
        ("31/02/2000", None),
        ("03/31/2000", None),
        ("2000", None),
        (2000, dt.date(1905, 6, 22)),
        (0, None),
        (True, None),
        ("", None),
    ],
)
def test_cell_date_reads_dates_texts_and_serials(cell: Any, day: dt.date | None) -> None:
    assert cell_date(cell) == day


def test_rows_keep_the_numbers_and_columns_of_excel() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["C4"], sheet["D4"], sheet["C7"], sheet["D9"] = "A", 1, "x", "   "
    for number in range(10, 5000):
        sheet.cell(number, 1).number_format = "@"

    (read,) = open_sheets(saved(book))

    assert list(read.rows()) == [Row(4, (None, None, "A", 1.0)), Row(7, (None, None, "x", ""))]
    assert read.merged_between(4, 9, {2, 3}) == ""


def test_merged_cells_are_named_as_excel_does() -> None:
    book = openpyxl.Workbook()
    book.active["AB5"] = "x"
    book.active.merge_cells("A2:C2")
    book.active.merge_cells("AB5:AC6")

    (read,) = open_sheets(saved(book))

    every = set(range(40))
    found = [read.merged_between(above, 9, every) for above in (1, 4, 5)]
    assert found == ["A2:C2", "AB5:AC6", ""]
    assert read.merged_between(4, 9, {0, 1}) == ""


def test_empty_sheet_has_no_rows() -> None:
    assert [list(sheet.rows()) for sheet in open_sheets(saved(openpyxl.Workbook()))] == [[]]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"code;name\n1;2\n"])
def test_what_is_no_workbook_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableWorkbook) as refused:
        open_sheets(content)

    assert refused.value.why is Why.NOT_XLSX
