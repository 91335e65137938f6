"""The forms as data: what the files say of rows, columns, laws, and who owes what."""

import csv
import datetime as dt
from collections import Counter
from pathlib import Path

import pytest

from csdl.reports.checks import forms_fit_together
from csdl.reports.definitions import codes_counted
from csdl.reports.enums import Certainty, Fill
from csdl.reports.errors import ReportError
from csdl.reports.forms import (
    bases,
    basis_on,
    changes,
    column_set,
    form,
    form_named,
    forms,
    owed_forms,
    why_none,
)
from csdl.reports.identities import row_checks
from csdl.reports.statements import SELECTS, select


def test_the_data_files_fit_together() -> None:
    assert forms_fit_together() == []


def test_the_law_follows_the_day() -> None:
    found = [basis_on(dt.date(*day)).code for day in ((2024, 9, 30), (2025, 2, 8), (2025, 2, 9), (2025, 5, 31))]

    assert found == ["tt24", "tt24", "tt25", "tt25"]
    with pytest.raises(ReportError):
        basis_on(dt.date(2018, 11, 13))


def test_forms_have_the_rows_of_the_ministry() -> None:
    rows = {code: len(one.rows) for code, one in forms("tt24").items()}

    assert rows["01-DN-MN"] == 212
    assert rows["02-DN-TH"] == 132
    assert rows["CN-MN"] == 54
    assert rows["NS"] == 57
    assert [row.code for row in form("02-DN-TH", "tt24").rows] == [str(number) for number in range(1, 133)]


def test_forms_say_how_sure_they_are() -> None:
    certain = {code: one.certainty for code, one in forms("tt24").items()}

    assert [code for code, one in certain.items() if one == Certainty.EXACT] == ["01-DN-MN", "02-DN-TH"]
    assert certain["03-DN-THCS"] == Certainty.DRAFT
    # Under the new circular even they are only believed to be the same.
    assert forms("tt25")["02-DN-TH"].certainty == Certainty.PARTLY


def test_only_the_ethnic_cells_of_row_76_cannot_be_filled() -> None:
    one = form("02-DN-TH", "tt24")
    blocked = [(row.code, column.code) for row in one.rows for column in row.columns if one.is_blocked(row, column)]

    groups = ("total", "public", "private")
    assert blocked == [("76", f"{group}_{name}") for group in groups for name in ("ethnic", "ethnic_female")]


def test_every_row_of_the_exact_forms_is_computed_but_those_without_a_field() -> None:
    typed = {
        code: [row.code for row in form(code, "tt24").rows if row.fill != Fill.COMPUTED]
        for code in ("01-DN-MN", "02-DN-TH")
    }

    assert typed == {"01-DN-MN": ["32", "50"], "02-DN-TH": ["25"]}


@pytest.mark.django_db
def test_every_row_says_in_vietnamese_how_it_is_counted() -> None:
    one = form("02-DN-TH", "tt24")
    said = {code: one.row(code).definition for code in ("40", "52", "25", "3")}

    assert said == {
        "40": "Đếm học sinh đang học ở cuối ngày chốt: khối là Khối 1.",
        "52": "Đếm học sinh đang học ở cuối ngày chốt: khối là Khối 1; tuổi tính theo năm sinh 6.",
        "25": "Lấy từ kỳ trước, nhập lại khi thay đổi. Danh mục trường dữ liệu của Bộ không có trường này: nhập tay, "
        "kỳ sau lấy lại",
        "3": "Đếm trường, cơ sở hoạt động ở cuối ngày chốt: đếm ở cấp học cao nhất của trường; vùng là Trung du, "
        "Đồng bằng, Thành phố; số lớp, nhóm từ 28.",
    }
    for basis in bases():
        for each in forms(basis).values():
            assert all(row.definition for row in each.rows)


def test_cells_are_named_by_column_number_or_code() -> None:
    one = form("02-DN-TH", "tt24")

    assert one.cell("40:1") == one.cell("40:total_all")
    for wrong in ("40:13", "133:1", "40", "40:tổng"):
        with pytest.raises(ReportError) as refused:
            one.cell(wrong)
        assert refused.value.code == "RPT-01"


def test_the_kind_of_unit_and_the_level_say_which_forms_are_owed() -> None:
    assert owed_forms("school", "02", "BOY") == ("02-DN-TH", "NS")
    assert owed_forms("special_school", "02", "BOY") == ("02-DN-TH", "NS")
    assert owed_forms("vocational_continuing_centre", "05", "BOY") == ("05-DN-GDTX", "NS")
    assert owed_forms("independent_nursery_group", "01", "BOY") == ("01-DN-MN",)
    assert owed_forms("school", "01", "EOY") == ("CN-MN", "CN-MN-BS")
    assert owed_forms("career_orientation_centre", "05", "BOY") == ()
    assert "không có học sinh" in why_none("career_orientation_centre", "05", "BOY")
    assert why_none("school", "02", "BOY") == ""


def test_what_a_new_law_changed_says_whether_history_stays_comparable() -> None:
    found = {one.form_code: one.comparable for one in changes("tt24", "tt25") if one.kind == "same"}

    assert found["02-DN-TH"] == "yes"
    assert found["03-DN-THCS"] == "partly"
    assert changes("tt25", "tt24") == ()


def test_columns_follow_the_ministrys_numbers() -> None:
    assert [len(column_set(name)) for name in ("school_class", "pupil", "staff", "room")] == [3, 12, 15, 12]
    assert [len(column_set(f"mn_{name}")) for name in ("school_class", "pupil", "staff", "room")] == [4, 16, 19, 16]
    assert [column.position for column in column_set("staff")] == list(range(1, 16))


def test_every_identity_of_the_primary_form_is_declared() -> None:
    texts = {check.text for check in row_checks(form("02-DN-TH", "tt24"))}

    assert {
        "1 = 2 + 5",
        "2 = 3 + 4",
        "5 = 6 + 7",
        "27 = 28 + 29 + 30 + 31 + 32",
        "37 = 38 + 39",
        "37 = 40 + 41 + 42 + 43 + 44",
        "37 = 45 + 46 + 47 + 48 + 49 + 50 + 51",
        "52 ≤ 40",
        "52 ≤ 46",
        "62 ≤ 61",
        "67 = 68 + 69 + 70 + 71 + 72",
        "78 = 79 + 96 + 109 + 110",
        "79 = 80 + 87",
        "80 = 81 + 82 + 83 + 84 + 85 + 86",
        "87 = 88 + 89",
        "96 = 97 + 98 + 99 + 100 + 101 + 102",
        "96 = 103 + 104 + 105 + 106 + 107 + 108",
        "110 = 111 + 112 + 113 + 114 + 115 + 116 + 117 + 118 + 119",
    } <= texts


def test_no_row_of_the_research_was_lost() -> None:
    """Codes and labels are those of the ministry's own file, kept beside the layout."""
    with (Path(__file__).parents[2] / "csdl/reports/data/layouts/02-DN-TH.cells.csv").open(encoding="utf-8") as text:
        cells = {(row["sheet"], row["cell"]): row["text"] for row in csv.DictReader(text)}
    printed = Counter()
    for (sheet, cell), value in cells.items():
        if cell.startswith("D") and value.isdigit() and (sheet, f"B{cell[1:]}") in cells:
            printed[value, cells[sheet, f"B{cell[1:]}"].lstrip("-+ ").rstrip(": ")] += 1
    ours = Counter((row.code, row.label) for row in form("02-DN-TH", "tt24").rows)

    assert ours == printed


@pytest.mark.parametrize("said", ["03-DN-THCS", "03.ĐN-THCS", "03.đn-thcs", " 03 ĐN THCS ", "03.DN.THCS"])
def test_a_form_is_found_as_printed_and_as_coded(said: str) -> None:
    assert form_named(said, "tt24").code == "03-DN-THCS"


def test_every_form_is_found_by_the_number_on_its_page() -> None:
    for basis in bases():
        assert {one.code: form_named(one.number, basis).code for one in forms(basis).values()} == {
            code: code for code in forms(basis)
        }
    with pytest.raises(ReportError, match="Không có biểu “09-DN”"):
        form_named("09-DN", "tt24")


@pytest.mark.parametrize(
    ("code", "said", "address"),
    [
        ("03-DN-THCS", "40:1", "R040:1"),
        ("03-DN-THCS", "r040:total_all", "R040:total_all"),
        ("03-DN-THCS", "R040:1", "R040:1"),
        ("03-DN-THCS", "999:1", "999:1"),
        ("02-DN-TH", "40:1", "40:1"),
        ("CN-MN", "1:1", "01:1"),
        ("CN-MN", ":1", ":1"),
    ],
)
def test_the_bare_number_of_a_row_names_it(code: str, said: str, address: str) -> None:
    assert form(code, "tt24").address(said) == address


def test_every_code_set_that_is_declared_is_read_by_the_counting() -> None:
    read = "".join(select(name) for name in SELECTS)

    assert [name for name in codes_counted() if f"%({name})s" not in read] == []
