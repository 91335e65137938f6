"""What spreadsheets do to data is found and named, each with its own code and the right value where it can be told."""

import datetime as dt
import io
import unicodedata
from typing import Any

import openpyxl
import pytest

from csdl.codes import queries as codes
from csdl.codes.actions import load_code_lists
from csdl.intake.sheets.reading import read_tables
from csdl.intake.sheets.specs import Table

pytestmark = pytest.mark.django_db

HEADERS = ("Họ và tên", "Ngày sinh", "Lớp")


@pytest.fixture(autouse=True)
def lists() -> None:
    load_code_lists()
    codes.forget()


def sheet_of(header: list[str], *rows: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for number, cells in enumerate([header, *rows], start=1):
        for place, value in enumerate(cells, start=1):
            cell = sheet.cell(number, place, value)
            if isinstance(value, str) and value.startswith("="):
                cell.data_type = "s"
            if value in ("#REF!", "#N/A", "#VALUE!"):
                cell.data_type = "e"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def read(header: str, *cells: Any, noun: str = "pupils") -> Table:
    """A column of cells beside a name and a birth date that are in order."""
    rows = [["Lê Thị Hoa", dt.datetime(2012, 10, 27), cell] for cell in cells]
    (table,) = read_tables(sheet_of(["Họ và tên", "Ngày sinh", header], *rows), [noun])
    return table


def said(table: Table, column: str) -> list[tuple[Any, str | None]]:
    """Value and problem of each row in a column."""
    return [
        (
            row.values.get(column),
            next((problem.code.value for problem in row.problems if problem.column == column), None),
        )
        for row in table.rows
    ]


@pytest.mark.parametrize(
    ("header", "column", "cell", "value", "code"),
    [
        # zeros that a number cell lost
        ("CCCD", "citizen_id_no", 31215012345, "031215012345", "INT-50"),
        ("CCCD", "citizen_id_no", "31215012345", "031215012345", "INT-50"),
        ("SĐT mẹ", "mother_phone", 912345678, "0912345678", "INT-50"),
        ("Mã định danh Bộ", "moet_code", 312345678, "0312345678", "INT-50"),
        ("Mã trường", "school_code", 1001401, "01001401", "INT-50"),
        # numbers shown short and saved so
        ("CCCD", "citizen_id_no", "3.13E+10", None, "INT-51"),
        ("CCCD", "citizen_id_no", "3,13215E+10", None, "INT-51"),
        ("CCCD", "citizen_id_no", 31300000000, None, "INT-51"),
        ("CCCD", "citizen_id_no", 1234567890123456789, None, "INT-51"),
        ("Mã học sinh", "local_code", "2.5E+15", None, "INT-51"),
        ("SĐT mẹ", "mother_phone", "9.12E+08", None, "INT-51"),
        # days
        ("Ngày vào", "enrolled_on", "05/09/24", "2024-09-05", "INT-53"),
        ("Ngày vào", "enrolled_on", "09/25/2024", "2024-09-25", "INT-52"),
        ("Ngày vào", "enrolled_on", "30/02/2024", None, "INT-25"),
        ("Ngày vào", "enrolled_on", 2024, None, "INT-25"),
        ("Ngày vào", "enrolled_on", dt.datetime(1905, 7, 16), None, "INT-25"),  # 2024 in a cell of dates
        ("Ngày vào", "enrolled_on", "hôm qua", None, "INT-25"),
        ("Ngày vào", "enrolled_on", dt.time(7, 30), None, "INT-56"),
        ("Ngày vào", "enrolled_on", "05/09/2024", "2024-09-05", None),
        ("Ngày vào", "enrolled_on", " 5-9-2024 ", "2024-09-05", None),
        ("Ngày vào", "enrolled_on", "5.9.2024", "2024-09-05", None),
        ("Ngày vào", "enrolled_on", "05092024", "2024-09-05", None),
        ("Ngày vào", "enrolled_on", "2024-09-05T00:00:00.0", "2024-09-05", None),
        ("Ngày vào", "enrolled_on", "ngày 5 tháng 9 năm 2024", "2024-09-05", None),
        ("Ngày vào", "enrolled_on", 45540, "2024-09-05", None),
        ("Ngày vào", "enrolled_on", "45540", "2024-09-05", None),
        ("Năm sinh mẹ", "mother_birth_year", "05/09/1985", 1985, None),
        ("Năm sinh mẹ", "mother_birth_year", 1985, 1985, None),
        ("Năm sinh mẹ", "mother_birth_year", "1985.0", 1985, None),
        ("Năm sinh mẹ", "mother_birth_year", 1875, 1875, None),
        ("Năm sinh mẹ", "mother_birth_year", "1875", 1875, None),
        ("Năm sinh mẹ", "mother_birth_year", dt.date(1905, 2, 17), 1875, None),
        ("Năm sinh mẹ", "mother_birth_year", "không rõ", None, "INT-25"),
        # fonts of before Unicode
        ("Nơi sinh", "birth_place", "H¶i Phßng", "Hải Phòng", "INT-54"),
        ("Họ tên mẹ", "mother_full_name", "Nguyeãn Thò Höông", "Nguyễn Thị Hương", "INT-54"),
        ("Họ tên mẹ", "mother_full_name", "NGUYÔN V¡N B×NH", "Nguyễn Văn Bình", "INT-54"),
        # errors, times, yes and no where text is expected
        ("Nơi sinh", "birth_place", "#REF!", None, "INT-55"),
        ("CCCD", "citizen_id_no", "#N/A", None, "INT-55"),
        ("Dân tộc", "ethnic_code", "#VALUE!", None, "INT-55"),
        ("Nơi sinh", "birth_place", True, None, "INT-56"),
        ("SĐT mẹ", "mother_phone", dt.time(9, 12), None, "INT-56"),
        ("CCCD", "citizen_id_no", dt.datetime(2024, 1, 2), None, "INT-56"),
        ("Lớp", "class_name", dt.datetime(2024, 1, 6), "6/1", "INT-56"),
        # signs that do not belong
        ("CCCD", "citizen_id_no", "'031215012345", "031215012345", None),
        ("CCCD", "citizen_id_no", "031 215 012 345", "031215012345", None),
        ("Mã học sinh", "local_code", "123.0", "123", None),
        ("SĐT mẹ", "mother_phone", "+84 912 345 678", "0912345678", None),
        ("SĐT mẹ", "mother_phone", "0912345678 / 0987654321", "0912345678", "INT-24"),
        ("SĐT mẹ", "mother_phone", "không có", None, "INT-24"),
        ("Họ tên mẹ", "mother_full_name", "  TRẦN\xa0 THỊ  BÉ ", "Trần Thị Bé", None),
        ("Họ tên mẹ", "mother_full_name", unicodedata.normalize("NFD", "Trần Thị Bé"), "Trần Thị Bé", None),
        ("Họ tên mẹ", "mother_full_name", "0912345678", None, "INT-24"),
        ("Nơi sinh", "birth_place", "x" * 201, "x" * 200, "INT-24"),
        # lists
        ("Giới tính", "gender_code", "nữ", "02", None),
        ("Giới tính", "gender_code", 2, "02", None),
        ("Giới tính", "gender_code", "Gái", "02", None),
        ("Dân tộc", "ethnic_code", "muong", "06", None),
        ("Dân tộc", "ethnic_code", "Kinh (Việt)", "01", None),
        ("Dân tộc", "ethnic_code", "H'Mông", "08", None),
        ("Dân tộc", "ethnic_code", "01 - Kinh", "01", None),
        ("Dân tộc", "ethnic_code", 4, "04", "INT-38"),
        ("Dân tộc", "ethnic_code", "06", "06", "INT-38"),
        ("Dân tộc", "ethnic_code", "30", "30", "INT-38"),
        ("Dân tộc", "ethnic_code", 1, "01", None),
        ("Dân tộc", "ethnic_code", 55, "55", None),
        ("Họ tên mẹ", "mother_full_name", "Nguyễn Vаn Cуrilic", "Nguyễn Van Cyrilic", "INT-39"),
        ("Lớp", "class_name", "6А", "6A", "INT-39"),
        ("Họ tên mẹ", "mother_full_name", "Иван Петров", "Иван Петров", None),
        ("Dân tộc", "ethnic_code", "04 - Mường", "06", "INT-57"),
        ("Dân tộc", "ethnic_code", "Hoa (06)", "04", "INT-57"),
        ("Dân tộc", "ethnic_code", "Sao Hỏa", None, "INT-21"),
        ("Dân tộc", "ethnic_code", 99, None, "INT-21"),
        ("Khuyết tật", "is_disabled", "x", True, None),
        ("Khuyết tật", "is_disabled", False, False, None),
        ("Khuyết tật", "is_disabled", "Không", False, None),
        ("Khuyết tật", "is_disabled", "có thể", None, "INT-21"),
        ("Khối", "grade_code", "Lớp 6", "06", None),
        ("Khối", "grade_code", 6, "06", None),
        ("Khối", "grade_code", "mẫu giáo", "17", None),
        ("Khối", "grade_code", "40", None, "INT-21"),
        ("Loại nhập học", "admission_kind", "Chuyển đến từ trường khác", "1", None),
        ("Loại nhập học", "admission_kind", 4, "4", None),
        ("Xã/phường", "permanent_commune_code", 10507, "10507", None),
        ("Xã/phường", "permanent_commune_code", "P. Cẩm Thượng, TP Hải Dương", "10507", None),
        ("Xã/phường", "permanent_commune_code", "phuong cam thuong - tp hai duong", "10507", None),
        ("Xã/phường", "permanent_commune_code", "Phường Quang Trung", None, "INT-21"),
        ("Xã/phường", "permanent_commune_code", "Phường Quang Trung, Quận Hồng Bàng, Hải Phòng", "11317", None),
        ("Xã/phường", "permanent_commune_code", "99999", None, "INT-21"),
        ("Xã/phường", "permanent_commune_code", "Xã Không Có", None, "INT-21"),
    ],
)
def test_a_cell_is_read_or_its_damage_named(header: str, column: str, cell: Any, value: Any, code: str | None) -> None:
    assert said(read(header, cell), column) == [(value, code)]


def test_a_subject_of_several_levels_is_all_of_them_until_the_class_is_known() -> None:
    content = sheet_of(
        ["Lớp", "Môn học", "Giáo viên", "Học kì"], ["6A", "Toán", "Lê Hoa", "HK I"], ["6A", 15, "Lê Hoa", 2]
    )

    (table,) = read_tables(content, ["teaching"])

    assert [(row.values["subject_code"], row.values["semester"]) for row in table.rows] == [
        (["01", "15", "34", "53"], 1),
        ("15", 2),
    ]


def test_days_that_a_spreadsheet_swapped_are_named_and_proposed_not_changed() -> None:
    table = read("Ngày vào", "25/12/2024", dt.datetime(2024, 9, 5), dt.datetime(2024, 7, 7), "13/01/2025")

    assert said(table, "enrolled_on") == [
        ("2024-12-25", None),
        ("2024-09-05", "INT-52"),
        ("2024-07-07", None),
        ("2025-01-13", None),
    ]
    (problem,) = [problem for row in table.rows for problem in row.problems if problem.column == "enrolled_on"]
    assert (problem.value, problem.proposal) == ("05/09/2024", "2024-05-09")


@pytest.mark.parametrize(
    "cells",
    [
        (dt.datetime(2024, 9, 5), dt.datetime(2024, 12, 25), "25/12/2024"),  # dates were typed as dates
        (dt.datetime(2024, 9, 5), "05/06/2024"),  # nothing proves an order
    ],
)
def test_days_are_left_alone_where_nothing_proves_a_swap(cells: tuple[Any, ...]) -> None:
    assert [code for _, code in said(read("Ngày vào", *cells), "enrolled_on")] == [None] * len(cells)


def test_texts_of_a_column_written_month_first_are_read_so_and_named() -> None:
    table = read("Ngày vào", "12/25/2024", "09/05/2024", "07/07/2024", dt.datetime(2024, 3, 4), "2024-02-01")

    assert said(table, "enrolled_on") == [
        ("2024-12-25", "INT-52"),
        ("2024-09-05", "INT-52"),
        ("2024-07-07", None),
        ("2024-03-04", "INT-52"),
        ("2024-02-01", None),
    ]
    assert (
        table.rows[1]
        .problems[-1]
        .message.startswith(
            "Các ô khác của cột ghi tháng trước ngày sau, nên ô này đọc là 05/09/2024; nếu đúng là 09/05/2024"
        )
    )


def test_signs_that_were_cleaned_are_told_once_a_column() -> None:
    table = read("Họ tên mẹ", "Lê Thị A ", " Lê Thị B", "Lê\xa0Thị C", unicodedata.normalize("NFD", "Đỗ Thị Hà"))

    assert [(note.row, note.column, note.code.value, note.message) for note in table.notes] == [
        (2, "mother_full_name", "INT-58", "Cột “Họ tên mẹ”: 2 ô có dấu cách thừa, đã được làm sạch."),
        (4, "mother_full_name", "INT-58", "Cột “Họ tên mẹ”: 1 ô có dấu cách đặc biệt, đã được làm sạch."),
        (
            5,
            "mother_full_name",
            "INT-58",
            "Cột “Họ tên mẹ”: 1 ô có chữ có dấu tách rời (Unicode tổ hợp), đã được làm sạch.",
        ),
    ]


def test_a_message_names_the_place_the_found_and_the_right() -> None:
    table = read("CCCD", 31215012345)

    (problem,) = [one for one in table.rows[0].problems if one.column == "citizen_id_no"]
    assert problem.as_json() == {
        "sheet": "Sheet",
        "row": 2,
        "column": "citizen_id_no",
        "value": "31215012345",
        "code": "INT-50",
        "message": "Excel đã bỏ số 0 ở đầu số định danh; dùng 031215012345. Hãy kiểm tra lại.",
        "proposal": None,
    }


def test_parts_of_a_name_of_a_day_and_of_a_place_are_put_together() -> None:
    header = ["Họ và đệm", "Tên", "Ngày", "Tháng", "Năm", "Xã/phường", "Quận/huyện", "Lớp"]
    content = sheet_of(
        header,
        ["Nguyễn Văn", "An", 5, 9, 2015, "Quang Trung", "Hồng Bàng", "6A"],
        ["Lê", "Hoa", "05", "09", "2015", "11317", "303", "6A"],
    )

    (table,) = read_tables(content, ["pupils"])

    same = {"birth_date": "2015-09-05", "permanent_commune_code": "11317", "class_name": "6A"}
    assert [row.values for row in table.rows] == [
        {"full_name": "Nguyễn Văn An", **same},
        {"full_name": "Lê Hoa", **same},
    ]
    assert table.headers["full_name"] == "Họ và đệm + Tên"
