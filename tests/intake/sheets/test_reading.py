"""Files as people leave them: read where they can be, refused in one sentence where they cannot."""

import io
import time
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from csdl.codes import queries as codes
from csdl.codes.actions import load_code_lists
from csdl.intake.errors import IntakeError
from csdl.intake.sheets.headers import NeedsMapping
from csdl.intake.sheets.nouns import SPECS, WORKBOOK
from csdl.intake.sheets.reading import read_cells, read_tables
from csdl.lib import xlsx

pytestmark = pytest.mark.django_db

HEADER = ["STT", "Họ và tên HS", "Ngày tháng năm sinh", "Lớp"]
AN, HOA = ["1", "Nguyễn Văn An", "05/09/2012", "6A"], ["2", "Lê Thị Hoa", "15/10/2012", "6A"]
READ = [
    {"full_name": "Nguyễn Văn An", "birth_date": "2012-09-05", "class_name": "6A"},
    {"full_name": "Lê Thị Hoa", "birth_date": "2012-10-15", "class_name": "6A"},
]


@pytest.fixture(autouse=True)
def lists() -> None:
    load_code_lists()
    codes.forget()


def book_of(*rows: list[Any], at: int = 1) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    for number, cells in enumerate(rows, start=at):
        for place, value in enumerate(cells, start=1):
            book.active.cell(number, place, value)
    return book


def saved(book: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def values(content: bytes, noun: str = "pupils", **said: Any) -> list[dict[str, Any]]:
    (table,) = read_tables(content, [noun], **said)
    return [row.values for row in table.rows]


@pytest.mark.parametrize("at", [1, 7, 30])
def test_header_is_found_within_thirty_rows_under_merged_titles(at: int) -> None:
    book = book_of(HEADER, AN, HOA, at=at)
    if at > 1:
        book.active["A1"] = "DANH SÁCH HỌC SINH LỚP 6A"
        book.active.merge_cells("A1:D2")

    assert values(saved(book)) == READ


@pytest.mark.parametrize(
    "header",
    [
        ["STT", "HoTen", "NgaySinh", "MaLopHocCn"],
        ["stt", "HỌ VÀ TÊN *", "ngay_sinh *", "LỚP"],
        ["TT", "Họ tên (bắt buộc)", "Ngày sinh (dd/mm/yyyy)", "Tên lớp học:"],
        ["", "ho ten", "Ngày, tháng, năm sinh", "Lớp học"],
        ["", "Họ  và\ntên", "Ngày sinh", "lop"],
    ],
)
def test_headers_of_every_kind_mean_the_same(header: list[str]) -> None:
    assert values(saved(book_of(header, AN, HOA))) == READ


def test_second_header_row_of_machine_names_is_no_data() -> None:
    assert values(saved(book_of(HEADER, ["STT", "HoTen", "NgaySinh", "MaLopHocCn"], AN, HOA))) == READ


def test_row_of_column_numbers_is_no_data() -> None:
    assert values(saved(book_of(HEADER, ["(1)", "(2)", "(3)", "(4)"], AN, HOA))) == READ


def test_total_and_signatures_at_the_end_are_passed_over_with_a_note() -> None:
    book = book_of(HEADER, AN, HOA, ["", "Tổng cộng: 2 học sinh"], [], ["", "", "Người lập biểu"])
    book.active.merge_cells("B4:D4")

    (table,) = read_tables(saved(book), ["pupils"])

    assert [row.values for row in table.rows] == READ
    assert [(note.row, note.code.value, note.message) for note in table.notes] == [
        (4, "INT-59", "Dòng 4 “Tổng cộng: 2 học sinh” là dòng tổng cộng nên được bỏ qua."),
        (6, "INT-59", "Dòng 6 “Người lập biểu” là chữ ký hoặc ghi chú nên được bỏ qua."),
    ]


def test_a_pupil_called_tong_is_a_pupil() -> None:
    row = ["3", "Tống Công Minh", "01/02/2012", "6A"]

    assert [one["full_name"] for one in values(saved(book_of(HEADER, row)))] == ["Tống Công Minh"]


def test_hidden_rows_are_read_and_a_hidden_sheet_only_where_no_other_holds_the_noun() -> None:
    book = book_of(HEADER, AN, HOA)
    book.active.row_dimensions[2].hidden = True
    copy = book.create_sheet("Bản cũ")
    for cells in (HEADER, ["9", "Người Cũ", "01/01/2010", "9A"]):
        copy.append(cells)
    copy.sheet_state = "hidden"

    assert values(saved(book)) == READ

    book.active.title = "Bìa"
    book["Bìa"].delete_rows(1, 9)
    book["Bìa"]["A1"] = "Bìa"
    assert [one["full_name"] for one in values(saved(book))] == ["Người Cũ"]


def test_a_hundred_thousand_formatted_empty_rows_cost_little() -> None:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    sheet, form = book.add_worksheet(), book.add_format({"border": 1})
    for number, cells in enumerate([HEADER, AN, HOA]):
        sheet.write_row(number, 0, cells)
    for number in range(3, 100_003):
        for place in range(4):
            sheet.write_blank(number, place, None, form)
    book.close()
    content = file.getvalue()

    began = time.process_time()
    found = values(content)

    assert found == READ
    assert time.process_time() - began < 3


def test_formula_with_a_stored_result_is_read() -> None:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADER)
    sheet.write_row(1, 0, AN)
    sheet.write_formula(1, 1, '="Nguyễn "&"Văn An"', None, "Nguyễn Văn An")
    sheet.write_row(2, 0, HOA)
    sheet.write_formula(2, 3, "=D2", None, "6A")
    book.close()

    assert values(file.getvalue()) == READ


def test_a_persons_mapping_ties_headers_that_nobody_knows() -> None:
    content = saved(book_of(["STT", "Danh tính", "Chào đời", "Lớp"], AN, HOA))

    with pytest.raises(NeedsMapping) as asked:
        read_tables(content, ["pupils"])
    match = asked.value.matches["pupils"]
    assert (match.sheet.name, match.header_row, match.headers, match.unknown) == (
        "Sheet", 1, {"class_name": "Lớp"}, {1: "Danh tính", 2: "Chào đời"}
    )  # fmt: skip
    assert [column.name for column in match.missing] == ["full_name", "birth_date"]
    assert str(asked.value).startswith("Chưa nhận ra đủ cột: trang tính “Sheet” thiếu cột Họ và tên, Ngày sinh.")

    mapping = {"pupils": {"full_name": "Danh tính", "birth_date": "Chào đời"}}
    assert values(content, mapping=mapping) == READ


def test_mapping_goes_before_what_a_header_says() -> None:
    content = saved(book_of(["STT", "Họ và tên", "Ngày sinh", "Lớp cũ"], AN))

    assert values(content, mapping={"pupils": {"local_code": "STT", "class_name": "Lớp cũ"}}) == [
        READ[0] | {"local_code": "1"}
    ]


def test_nouns_of_a_workbook_are_found_by_name_or_by_header() -> None:
    book = book_of(HEADER, AN)
    book.active.title = "DS HS"
    classes = book.create_sheet("LỚP HỌC")
    classes.append(["Tên lớp", "Khối"])
    classes.append(["6A", 6])

    tables = read_tables(saved(book), WORKBOOK)

    assert [(table.spec.noun, table.sheet) for table in tables] == [("classes", "LỚP HỌC"), ("pupils", "DS HS")]


def test_pasted_rows_are_read_as_those_of_a_file() -> None:
    table = read_cells(SPECS["pupils"], "Dán", ["full_name", "birth_date"], [(1, ["LÊ HOA", "5/9/2012"]), (2, ["An"])])

    assert [(row.number, row.values, [one.code.value for one in row.problems]) for row in table.rows] == [
        (1, {"full_name": "Lê Hoa", "birth_date": "2012-09-05"}, []),
        (2, {"full_name": "An"}, ["INT-22"]),
    ]


def merged_in_data() -> bytes:
    book = book_of(HEADER, AN, HOA)
    book.active.merge_cells("D2:D3")
    return saved(book)


def with_macros() -> bytes:
    file = io.BytesIO(saved(book_of(HEADER, AN)))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    return file.getvalue()


def unsolved() -> bytes:
    book = book_of(HEADER, AN, HOA)
    book.active["C3"] = "=TODAY()"
    return saved(book)


def shortened() -> bytes:
    """An archive whose sheet is longer than it says: unpacking stops, nothing is read."""
    content = bytearray(saved(book_of(HEADER, AN)))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        part = archive.getinfo("xl/worksheets/sheet1.xml")
    place = content.rindex(b"xl/worksheets/sheet1.xml") - 46 + 24
    assert content[place : place + 4] == part.file_size.to_bytes(4, "little")
    content[place : place + 4] = (100).to_bytes(4, "little")
    return bytes(content)


@pytest.mark.parametrize(
    ("make", "code", "sentence"),
    [
        (lambda: "Họ và tên,Ngày sinh\n".encode(), "INT-02", "không phải bảng tính Excel .xlsx"),
        (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "INT-02", "đời cũ (.xls)"),
        (
            lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "INT-02",
            "Tệp có mật khẩu",
        ),
        (shortened, "INT-02", "không phải bảng tính Excel .xlsx"),
        (with_macros, "INT-04", "có chứa macro"),
        (
            lambda: saved(openpyxl.Workbook()),
            "INT-05",
            "Không tìm thấy trang tính nào có dòng tiêu đề Họ và tên, Ngày sinh",
        ),
        (lambda: saved(book_of(HEADER, AN, at=31)), "INT-05", "trong 30 dòng đầu"),
        (lambda: saved(book_of(["STT", "Họ và tên", "Lớp"], AN)), "INT-06", "thiếu cột bắt buộc: Ngày sinh"),
        (merged_in_data, "INT-07", "có ô gộp D2:D3 trong vùng dữ liệu"),
        (unsolved, "INT-08", "Ô C3 của trang tính “Sheet” là công thức chưa có kết quả"),
    ],
)
def test_a_file_is_refused_in_one_sentence(make: Callable[[], bytes], code: str, sentence: str) -> None:
    with pytest.raises(IntakeError) as refused:
        read_tables(make(), ["pupils"])

    assert refused.value.code == code
    assert sentence in str(refused.value)


def test_an_archive_that_unpacks_too_far_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "UNPACKED_LIMIT", 1000)

    with pytest.raises(IntakeError) as refused:
        read_tables(saved(book_of(HEADER, AN)), ["pupils"])

    assert refused.value.code == "INT-03"


def test_formula_without_result_beside_the_data_does_not_matter() -> None:
    book = book_of(HEADER, AN, HOA)
    book.active["H1"] = "=TODAY()"
    book.active["J9"] = "=1+1"

    assert values(saved(book)) == READ


def test_a_column_that_nobody_knows_is_named_once() -> None:
    table = read_tables(saved(book_of([*HEADER, "Sở thích", "STT"], [*AN, "bơi", 1], [*HOA, "", 2])), ["pupils"])[0]

    letter = chr(ord("A") + len(HEADER))
    assert [(one.code.value, one.row, one.value, one.message) for one in table.notes] == [
        (
            "INT-35",
            1,
            "Sở thích",
            f"Cột {letter} “Sở thích” không ứng với mục nào của học sinh nên không được đọc. Nếu cần cột này, hãy chọn "
            "mục cho cột ở trang xem trước, hoặc đổi tiêu đề như trong tệp mẫu.",
        )
    ]


def test_headers_are_asked_about_in_the_order_of_the_file() -> None:
    content = saved(book_of(["Danh tính", "Lớp", "Chào đời", "Giới tính"], [AN[0], "6A", AN[1], "Nam"]))

    with pytest.raises(NeedsMapping) as asked:
        read_tables(content, ["pupils"])

    assert asked.value.matches["pupils"].in_order == ("Danh tính", "Lớp", "Chào đời", "Giới tính")


def test_a_header_given_up_by_a_person_is_no_column() -> None:
    mapping = {"pupils": {"phone": "", "father_phone": "Điện thoại"}}
    table = read_tables(saved(book_of([*HEADER, "Điện thoại"], [*AN, "0912345678"])), ["pupils"], mapping)[0]

    assert table.rows[0].values == READ[0] | {"father_phone": "0912345678"}


def test_a_header_of_two_merged_levels_is_put_together() -> None:
    book = book_of(
        ["STT", "Họ và tên", "Ngày sinh", None, None, "Lớp", "Cha", None, "Mẹ", None],
        [None, None, "Ngày", "Tháng", "Năm", None, "Họ tên", "SĐT", "Họ tên", "Năm sinh"],
        [1, "Nguyễn Văn An", 5, 9, 2012, "6A", "Nguyễn Văn Nam", "0912345678", "Trần Thị Mai", 1985],
    )
    for merged in ("A1:A2", "B1:B2", "C1:E1", "F1:F2", "G1:H1", "I1:J1"):
        book.active.merge_cells(merged)

    assert values(saved(book)) == [
        READ[0]
        | {"father_full_name": "Nguyễn Văn Nam", "father_phone": "0912345678"}
        | {"mother_full_name": "Trần Thị Mai", "mother_birth_year": 1985}
    ]


def test_a_merged_header_ends_where_its_range_ends() -> None:
    book = book_of(
        ["STT", "Họ và tên", "Ngày sinh", "Lớp", "Mẹ", None, None],
        [None, None, None, None, "Họ tên", "Năm sinh", "Số điện thoại"],
        [1, "Nguyễn Văn An", "05/09/2012", "6A", "Trần Thị Mai", 1985, "0912345678"],
    )
    for merged in ("A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:F1"):
        book.active.merge_cells(merged)

    assert values(saved(book)) == [
        READ[0] | {"mother_full_name": "Trần Thị Mai", "mother_birth_year": 1985, "phone": "0912345678"}
    ]


def test_a_header_of_one_level_is_not_put_together_with_the_data() -> None:
    book = book_of(["Họ và tên", "Ngày sinh", None, "Lớp"], ["Nguyễn Văn An", "05/09/2012", "Điện thoại", "6A"])

    assert values(saved(book)) == [READ[0]]


def notes(content: bytes, noun: str = "pupils") -> list[tuple[str, str]]:
    return [(one.code.value, one.message) for table in read_tables(content, [noun]) for one in table.notes]


def test_a_name_whose_header_is_merged_over_two_columns_is_read_whole() -> None:
    book = book_of(
        ["TT", "Họ và tên", None, "Ngày sinh", None, None, "Lớp"],
        [1, "Nguyễn Văn", "An", 5, 9, 2012, "6A"],
        [2, "Lê Thị Hoa", None, "15/10/2012", None, None, "6A"],
    )
    for merged in ("B1:C1", "D1:F1"):
        book.active.merge_cells(merged)

    (table,) = read_tables(saved(book), ["pupils"])

    assert [row.values for row in table.rows] == READ
    assert (table.headers["full_name"], table.headers["birth_date"], table.notes) == ("Họ và tên", "Ngày sinh", [])


@pytest.mark.parametrize(
    ("merged", "header", "cells", "said"),
    [
        ("", ["STT", "Họ và tên", "Ngày sinh", "Lớp", None], [*AN, "0912345678"],
         "Cột E không có tiêu đề mà có nội dung (từ dòng 3)"),
        ("", ["STT", "Họ và tên", None, "Ngày sinh", "Lớp"], [1, "Nguyễn Văn", "An", "05/09/2012", "6A"],
         "Cột C đứng sau cột họ và tên, không có tiêu đề mà có nội dung (từ dòng 3)"),
        ("E1:F1", [*HEADER, "Điện thoại", None], [*AN, "0912345678", "0987654321"],
         "Cột F nằm dưới tiêu đề gộp “Điện thoại” mà có nội dung riêng (từ dòng 3)"),
        ("", [None, *HEADER[1:]], [1, *AN[1:]], ""),
    ],
)  # fmt: skip
def test_a_column_without_a_header_of_its_own_is_named(
    merged: str, header: list[Any], cells: list[Any], said: str
) -> None:
    book = book_of(header, [*cells[:2], *(None if cell not in HOA + AN else cell for cell in cells[2:])], cells)
    if merged:
        book.active.merge_cells(merged)

    found = notes(saved(book))

    assert [code for code, _ in found] == (["INT-35"] if said else [])
    assert all(message.startswith(said) for _, message in found)


@pytest.mark.parametrize(
    ("group", "lower", "columns"),
    [
        ("Mẹ", ["Họ tên mẹ", "Điện thoại mẹ"], ["mother_full_name", "mother_phone"]),
        ("Điện thoại", ["Cha", "Mẹ"], ["father_phone", "mother_phone"]),
        ("Địa chỉ", ["Hộ khẩu thường trú", "Nơi ở hiện nay"], ["permanent_address", "current_address"]),
    ],
)
def test_full_labels_below_a_merged_header_are_read(group: str, lower: list[str], columns: list[str]) -> None:
    book = book_of([*HEADER, group, None], [None, None, None, None, *lower], [*AN, "Tổ 5", "0912345678"])
    book.active.merge_cells("E1:F1")

    (table,) = read_tables(saved(book), ["pupils"])

    assert list(table.headers) == ["full_name", "birth_date", "class_name", *columns]


CLASSES = {"6a": "6A", "7a": "7A"}


def per_class() -> openpyxl.Workbook:
    """A sheet for each class, as one exports them: the same header, the class only in the sheet's name."""
    book = book_of(["STT", "Họ và tên", "Ngày sinh", "Giới tính"], [*AN[:3], "Nam"])
    book.active.title = "6A"
    other = book.create_sheet("Lớp 7 A")
    other.append(["STT", "Họ và tên", "Ngày sinh", "Giới tính"])
    other.append([*HOA[:3], "Nữ"])
    return book


@pytest.mark.parametrize("nouns", [["pupils"], WORKBOOK])
def test_every_sheet_of_a_file_with_one_for_each_class_is_read(nouns: list[str]) -> None:
    tables = read_tables(saved(per_class()), nouns, classes=CLASSES)

    assert [(table.spec.noun, table.sheet, [row.values for row in table.rows]) for table in tables] == [
        ("pupils", "6A", [READ[0] | {"gender_code": "01"}]),
        ("pupils", "Lớp 7 A", [READ[1] | {"gender_code": "02", "class_name": "7A"}]),
    ]
    assert [(note.code.value, note.message) for note in tables[1].notes] == [
        ("INT-37", "Trang tính “Lớp 7 A” không có cột Lớp; các dòng được ghi vào lớp 7A theo tên trang tính.")
    ]


def test_sheets_that_stay_unread_are_named_with_the_reason() -> None:
    book = per_class()
    for title, header in (
        ("Lớp học", ["Tên lớp", "Khối"]),
        ("GV", ["Họ và tên", "Ngày sinh", "Giới tính", "Loại cán bộ", "Chức vụ"]),
        ("8A", ["Họ và tên", "Lớp", "Giới tính"]),
        ("Ghi chép", ["Linh tinh"]),
        ("Hướng dẫn", ["Cách ghi"]),
        ("Trống", []),
    ):
        sheet = book.create_sheet(title)
        sheet.append(header)

    other = "lần nhập này chỉ nhận học sinh. Hãy nhập riêng trang ấy."
    assert [message for code, message in notes(saved(book)) if code == "INT-36"] == [
        f"Trang tính “Lớp học” không được đọc: trang là lớp học, {other}",
        f"Trang tính “GV” không được đọc: trang là cán bộ, giáo viên, {other}",
        "Trang tính “8A” không được đọc: dòng tiêu đề thiếu cột Ngày sinh. Hãy bổ sung cột rồi tải lên lại.",
        "Trang tính “Ghi chép” không được đọc: không thấy dòng tiêu đề của học sinh.",
    ]


def test_a_sheet_called_after_its_people_is_theirs_whatever_columns_they_share() -> None:
    book = book_of(HEADER, AN)
    book.active.title = "DS HS"
    staff = book.create_sheet("DS GV")
    staff.append(["Họ và tên", "Ngày sinh", "Giới tính", "Loại cán bộ", "Lớp", "Nơi sinh", "Quê quán"])
    staff.append(["Trần Thị Dạy", "07/10/1985", "Nữ", "Giáo viên", "6A", "Hải Phòng", "Hải Phòng"])

    assert [(table.spec.noun, table.sheet) for table in read_tables(saved(book), WORKBOOK)] == [
        ("pupils", "DS HS"), ("staff", "DS GV")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "cells", "genders", "said"),
    [
        (["Nữ"], [["x"], [None], ["X "]], ["02", "01", "02"], "2 “Nữ”, 1 “Nam”"),
        (["Nữ"], [[None], [None], [None]], [None, None, None], ""),
        (["Nữ"], [[1], [0], ["Nữ"]], ["02", "01", "02"], "2 “Nữ”, 1 “Nam”"),
        (["Nam", "Nữ"], [["x", None], [None, "x"], [None, None]], ["01", "02", None], "1 “Nam”, 1 “Nữ”"),
        (["Nữ"], [["x"], ["?!"], [None]], ["02", None, "01"], "1 “Nữ”, 1 “?!”, 1 “Nam”"),
    ],
)  # fmt: skip
def test_girls_marked_in_a_column_of_their_own_are_girls_the_others_boys(
    header: list[str], cells: list[list[Any]], genders: list[str | None], said: str
) -> None:
    (table,) = read_tables(saved(book_of([*HEADER, *header], *([*AN, *some] for some in cells))), ["pupils"])

    assert [row.values.get("gender_code") for row in table.rows] == genders
    message = f"Cột đánh dấu “{' + '.join(header[::-1])}” được đọc thành giới tính: {said}."
    assert [note.message for note in table.notes] == ([message] if said else [])


def test_a_year_written_without_accents_is_no_column_of_boys() -> None:
    content = saved(book_of(["STT", "Họ và tên", "Ngay", "Thang", "Nam", "Lớp"], [1, AN[1], 5, 9, 2012, "6A"]))

    assert values(content) == [READ[0]]


def test_a_column_without_a_header_is_tied_by_its_letter() -> None:
    content = saved(book_of([*HEADER, None], [*AN, "0912345678"]))
    (table,) = read_tables(content, ["pupils"])

    assert table.unread == ["Cột E (không có tiêu đề)"]
    assert values(content, mapping={"pupils": {"phone": table.unread[0]}}) == [READ[0] | {"phone": "0912345678"}]
