"""Tying headers to columns: what is proposed, and what becomes of a header that is chosen twice."""

from typing import Any

import pytest

from csdl.intake.sheets.columns import Column
from csdl.intake.sheets.nouns import SPECS
from csdl.portals.components.import_columns import (
    ColumnChoice,
    SheetChoice,
    proposals,
    read_choices,
    to_tie,
)

COLUMNS = [column for column in SPECS["pupils"].columns if not column.is_hidden]


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("Tên cháu ruột", "full_name"),
        ("Họ và tên em", "full_name"),
        ("Ngày sinh của em", "birth_date"),
        ("NTNS của cháu", "birth_date"),
        ("Ngay sinhh", "birth_date"),
        ("Họ tên người cha", "father_full_name"),
        ("Danh tính", None),
        ("Ghi chú thêm", None),
        ("Chau", None),  # no misspelt father
    ],
)
def test_a_header_is_proposed_for_the_column_whose_words_it_has(header: str, column: str | None) -> None:
    assert proposals(COLUMNS, [header]) == ({column: header} if column else {})


def choice(name: str, found: str = "", chosen: str = "", *, is_needed: bool = False) -> ColumnChoice:
    column: Column = SPECS["pupils"].column(name)
    return ColumnChoice(column, f"pupils:{name}", found, is_needed, chosen or found, False, "")


def sheet(*choices: ColumnChoice, headers: tuple[str, ...] = ("A", "B")) -> SheetChoice:
    needed = tuple(one for one in choices if one.is_needed)
    others = tuple(one for one in choices if not one.is_needed)
    return SheetChoice("pupils", "Học sinh", "Trang 1", headers, {}, needed, others)


def test_the_newer_choice_of_a_header_wins_and_the_older_is_told() -> None:
    asked = [sheet(choice("full_name", chosen="B", is_needed=True), choice("phone", found="A"), choice("email"))]

    answer = read_choices({"pupils:full_name": "B", "pupils:phone": "A", "pupils:email": "A"}, asked)

    assert answer.mapping == {"pupils": {"full_name": "B", "email": "A"}}
    assert answer.faults == {"pupils": {}}
    assert answer.freed == ["Cột “A” nay là “Thư điện tử”, mục “Điện thoại” để trống."]
    # What the file's own header would say is given up as well.
    assert to_tie(answer.mapping, asked) == {"pupils": {"full_name": "B", "email": "A", "phone": ""}}


def test_what_the_page_showed_last_tells_which_choice_is_newer() -> None:
    asked = [sheet(choice("full_name", chosen="B", is_needed=True), choice("phone"), choice("email"))]
    posted: dict[str, Any] = {"pupils:full_name": "B", "pupils:phone": "A", "pupils:email": "A"}

    later_phone = read_choices(posted | {"truoc:pupils:phone": "", "truoc:pupils:email": "A"}, asked)
    later_email = read_choices(posted | {"truoc:pupils:phone": "A", "truoc:pupils:email": ""}, asked)

    assert later_phone.mapping == {"pupils": {"full_name": "B", "phone": "A"}}
    assert later_email.mapping == {"pupils": {"full_name": "B", "email": "A"}}


def test_a_needed_column_that_lost_its_header_is_asked_for_by_name() -> None:
    asked = [sheet(choice("full_name", chosen="A", is_needed=True), choice("father_full_name"))]

    answer = read_choices({"pupils:full_name": "A", "pupils:father_full_name": "A"}, asked)

    assert answer.mapping == {"pupils": {"father_full_name": "A"}}
    assert answer.faults == {"pupils": {"full_name": "Cột “A” nay là “Họ tên cha”. Hãy chọn cột khác cho “Họ và tên”."}}
    assert answer.freed == []
