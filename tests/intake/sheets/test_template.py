"""The blank template and the filled workbook: what is written reads back equal, and Excel leaves it alone."""

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest

from csdl.codes import queries as codes
from csdl.codes.actions import load_code_lists
from csdl.intake.runs.nouns.staff import _NEEDED
from csdl.intake.sheets.columns import Column, Form, header_key
from csdl.intake.sheets.kinds import list_choices
from csdl.intake.sheets.nouns import SPECS, WORKBOOK
from csdl.intake.sheets.reading import read_tables
from csdl.intake.sheets.specs import SheetSpec
from csdl.intake.sheets.template import write_workbook

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def lists() -> None:
    load_code_lists()
    codes.forget()


def written(nouns: list[str], rows: dict[str, list[dict[str, Any]]] | None = None, **said: Any) -> bytes:
    file = io.BytesIO()
    write_workbook(file, [SPECS[noun] for noun in nouns], rows, ["Trường THCS Tô Hiệu, năm học 2023-2024"], **said)
    return file.getvalue()


def samples(column: Column) -> list[Any]:
    """Values that a column may hold in the database, easy and hostile."""
    if column.name == "record":
        return ["6f3c1c54-5d2e-4f0e-9d6b-0f4a7f2f3a10", None]
    if column.code_list == "subject":
        return list(codes.labels("subject")["subject"])
    if column.code_list:
        return list(codes.labels(column.code_list)[column.code_list])
    if column.options:
        return [value for value, _ in column.options]
    if column.name == "grade_code":
        return list(codes.grades())
    if column.name.endswith("commune_code"):
        return list(codes.communes())
    if column.form is Form.DAY:
        return ["2015-09-05", "2015-12-31", "1899-12-31", "2024-02-29"]
    if column.name.endswith("birth_year"):
        return [1985, 1950]
    if column.form is Form.NUMBER:
        return [4, 17] if column.name == "seq_no" else [4, 2.5]
    if column.name.endswith("phone"):
        return ["0912345678", "02253745678"]
    if column.name == "citizen_id_no":
        return ["031215012345", "001099000001", "123456789", "C1234567"]
    if column.name in ("moet_code", "staff_code"):
        return ["0012345678", "3100000001"]
    if column.name.endswith(("full_name", "staff_name")):
        return ["Nguyễn Thị Ánh Đào", "Y Êban", "O'Brien Nguyễn"]
    if column.name in ("code", "local_code", "school_code", "version", "class_name", "name", "site"):
        return ["007", "00000001", "6/1", "6A1", "1-2"] if column.name != "version" else ["12-0-7", "3"]
    if column.name == "nationality_code":
        return ["VN", "LA"]
    return [
        '=HYPERLINK("http://x")',
        "+84 225",
        "-5",
        "@SUM(1)",
        "'=1+1",
        "Số 5, ngõ 12\\3 <b>&amp;",
        "0123",
        "#12",
        "x" * 120,
    ]


def whole(spec: SheetSpec) -> list[dict[str, Any]]:
    """Rows that hold every sample of every column, and the needed columns in each."""
    by_column = {column.name: samples(column) for column in spec.columns}
    depth = max(map(len, by_column.values()))
    return [
        {
            name: values[number % len(values)]
            for name, values in by_column.items()
            if values[number % len(values)] is not None
        }
        for number in range(depth)
    ]


@pytest.mark.parametrize("noun", WORKBOOK)
def test_every_value_of_every_column_reads_back_equal(noun: str) -> None:
    rows = whole(SPECS[noun])

    (table,) = read_tables(written([noun], {noun: rows}, many_schools=True), [noun])

    assert [row.values for row in table.rows] == rows
    assert [problem for row in table.rows for problem in row.problems] == []
    assert table.notes == []
    assert set(table.headers) == {column.name for column in SPECS[noun].columns}


def test_all_nouns_of_a_workbook_read_back_from_their_own_sheets() -> None:
    rows = {noun: whole(SPECS[noun])[:3] for noun in WORKBOOK}

    tables = read_tables(written(list(WORKBOOK), rows, many_schools=True), WORKBOOK)

    assert {table.spec.noun: [row.values for row in table.rows] for table in tables} == rows
    assert [table.sheet for table in tables] == [SPECS[noun].title for noun in WORKBOOK]


def test_days_are_written_as_days_also_where_the_row_holds_dates() -> None:
    rows = [{"full_name": "Lê Hoa", "birth_date": dt.date(2015, 9, 5)}]

    (table,) = read_tables(written(["pupils"], {"pupils": rows}), ["pupils"])

    assert table.rows[0].values == {"full_name": "Lê Hoa", "birth_date": "2015-09-05"}


def test_blank_template_reads_as_no_rows_and_tells_needed_columns_apart() -> None:
    content = written(["pupils"])

    (table,) = read_tables(content, ["pupils"])

    assert (table.rows, table.notes) == ([], [])
    book = openpyxl.load_workbook(io.BytesIO(content))
    header = [cell.value for cell in book["Học sinh"][3]]
    assert header[:5] == ["Mã bản ghi", "Phiên bản", "Họ và tên *", "Ngày sinh (*)", "Giới tính (*)"]
    assert "Mã trường" not in header
    assert book.sheetnames == ["Học sinh", "Hướng dẫn", "Danh mục"]
    assert book["Danh mục"].sheet_state == "hidden"


def test_header_is_locked_without_a_password_and_cells_are_open() -> None:
    book = openpyxl.load_workbook(io.BytesIO(written(["pupils"], {"pupils": [{"full_name": "Lê Hoa"}]})))
    sheet = book["Học sinh"]

    assert sheet.protection.sheet
    assert not sheet.protection.password
    assert sheet["C3"].protection.locked
    assert not sheet["C4"].protection.locked
    assert not any(sheet.column_dimensions[letter].protection.locked for letter in ("A", "C", "D"))
    assert sheet.column_dimensions["A"].hidden
    assert sheet.freeze_panes == "D4"


def test_code_and_phone_columns_are_text_so_that_zeros_stay() -> None:
    book = openpyxl.load_workbook(io.BytesIO(written(["pupils"])))
    sheet = book["Học sinh"]
    formats = {header_key(cell.value): sheet.column_dimensions[cell.column_letter].number_format for cell in sheet[3]}

    assert formats[header_key("Số định danh cá nhân")] == "@"
    assert formats[header_key("Điện thoại mẹ")] == "@"
    assert formats[header_key("Ngày sinh")] == "dd/mm/yyyy"


def test_drop_downs_choose_from_the_lists_and_from_the_schools_own_classes() -> None:
    content = written(["homeroom"], choices={"class_name": ["6A1", "6A2"], "staff_name": ["Lê Hoa"]})
    book = openpyxl.load_workbook(io.BytesIO(content))
    validations = {str(one.sqref): one.formula1 for one in book["Chủ nhiệm"].data_validations.dataValidation}

    assert validations == {"C4:C2003": "'Danh mục'!$A$2:$A$3", "D4:D2003": "'Danh mục'!$B$2:$B$2"}
    assert [cell.value for cell in book["Danh mục"]["A"]] == ["Lớp", "6A1", "6A2"]


def test_guidance_explains_every_visible_column() -> None:
    book = openpyxl.load_workbook(io.BytesIO(written(["sites", "classes"])))
    said = [(row[0].value, row[1].value) for row in book["Hướng dẫn"].iter_rows()]

    for noun in ("sites", "classes"):
        for column in SPECS[noun].columns:
            if not column.is_hidden and column.name != "school_code":
                assert (SPECS[noun].title, column.label) in said


def test_only_asked_columns_are_written_and_the_hidden_ones_always() -> None:
    content = written(["pupils"], columns={"pupils": ["full_name", "birth_date"]})
    header = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(content))["Học sinh"][3]]

    assert header == ["Mã bản ghi", "Phiên bản", "Họ và tên *", "Ngày sinh (*)"]


def test_every_choice_of_a_drop_down_reads_as_one_value() -> None:
    for spec in SPECS.values():
        for column in spec.columns:
            for choice in list_choices(column):
                assert column.show(column.read(choice)) == choice, (spec.noun, column.name, choice)


def test_no_two_columns_of_a_noun_share_a_header() -> None:
    """One header, one meaning; the ministry's 'MaHocSinh' is told from the school's 'Mã học sinh' by its spelling, as
    'Nam' is from 'Năm'."""
    for spec in SPECS.values():
        meant: dict[str, str] = {}
        for column in spec.columns:
            parts = column.parts.headers if column.parts else ()
            for header in (*column.headers, *(header for part in parts for header in part)):
                key = header_key(header)
                if key not in ("mahocsinh", "nam"):
                    assert meant.setdefault(key, column.name) == column.name, (spec.noun, header)


def test_what_is_marked_is_what_a_new_record_needs() -> None:
    """The star keeps a row out; the star in brackets only warns: words and behaviour are one."""
    marks = {
        noun: {column.name: spec.mark(column) for column in spec.columns if spec.mark(column)}
        for noun, spec in SPECS.items()
    }

    assert {name for name, mark in marks["staff"].items() if mark == "*"} == set(_NEEDED)
    assert marks["pupils"] == {
        "full_name": "*",
        "birth_date": "(*)",
        "gender_code": "(*)",
        "ethnic_code": "(*)",
        "class_name": "(*)",
    }
    assert {name for name, mark in marks["classes"].items() if mark == "*"} == {"name", "grade_code"}
    assert {name for name, mark in marks["sites"].items() if mark == "*"} == {"code", "name"}
