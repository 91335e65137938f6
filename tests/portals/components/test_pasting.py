"""Pasted lists: what each column probably is, what the person says, the block that is read."""

import pytest

from csdl.portals.components.pasting import read_pasted

pytestmark = pytest.mark.django_db


def _guessed(text: str) -> list[str]:
    return [column.chosen for column in read_pasted({"danh-sach": text, "viec": "xem"}).columns]


def test_names_alone_need_no_question() -> None:
    pasted = read_pasted({"danh-sach": "1. Nguyễn Thị Lan\r\n\r\n2. Trần Minh  Đạt\n", "viec": "xem"})

    assert (pasted.is_ready, pasted.block) == (True, "Họ và tên\nNguyễn Thị Lan\nTrần Minh Đạt")


def test_numbered_names_are_names_also_where_a_line_has_more_columns() -> None:
    lines = [f"{number}. Nguyễn Thị Lan" for number in range(1, 46)]
    lines[11] += "\t07/10/2012"
    text = "\n".join(lines)

    guessed = _guessed(text)
    chosen = {f"cot-{place}": one for place, one in enumerate(guessed)}
    pasted = read_pasted({"danh-sach": text, "viec": "lap", "so-cot": "2"} | chosen)

    assert guessed == ["full_name", "birth_date"]
    assert (pasted.is_ready, pasted.rows[11]) == (True, ("Nguyễn Thị Lan", "07/10/2012"))
    assert _guessed("7 - 10 - 2012\tNguyễn Thị Lan")[1] == "full_name"


def test_columns_without_a_header_are_guessed_by_what_stands_in_them() -> None:
    text = "1\tNguyễn Thị Lan\t07/10/2012\tNữ\tKinh\t031312001845\t0912345678\n2\tTrần Minh Đạt\t1/2/2012\tNam\tTày\t\t"

    assert _guessed(text) == ["", "full_name", "birth_date", "gender_code", "ethnic_code", "citizen_id_no", "phone"]


def test_a_header_says_what_its_columns_are() -> None:
    pasted = read_pasted({"danh-sach": "Sinh ngày\tHọ tên HS\n07/10/2012\tNguyễn Thị Lan\n", "viec": "xem"})

    assert ([column.chosen for column in pasted.columns], len(pasted.rows)) == (["birth_date", "full_name"], 1)
    assert pasted.is_ready is False


def test_a_name_in_two_columns_becomes_one() -> None:
    text = "Nguyễn Thị\tLan\t07/10/2012\nTrần Minh\tĐạt\t01/02/2012"
    guessed = _guessed(text)
    chosen = {"danh-sach": text, "viec": "lap", "so-cot": "3"} | {f"cot-{n}": one for n, one in enumerate(guessed)}

    pasted = read_pasted(chosen)

    assert guessed == ["ho-va-ten-dem", "ten", "birth_date"]
    assert pasted.is_ready
    assert pasted.block == "Họ và tên\tNgày sinh\nNguyễn Thị Lan\t07/10/2012\nTrần Minh Đạt\t01/02/2012"


@pytest.mark.parametrize(
    ("chosen", "fault"),
    [
        (("", "birth_date"), "Chưa có cột họ và tên. Hãy chọn cột nào là họ và tên."),
        (("full_name", "full_name"), "“Họ và tên” được chọn cho nhiều cột. Hãy chỉ chọn một cột."),
        (("full_name", "ten"), "Đã chọn cả cột họ và tên lẫn cột tên riêng. Hãy chỉ chọn một cách."),
        (("ho-va-ten-dem", ""), "Chưa có cột họ và tên. Hãy chọn cột nào là họ và tên."),
    ],
)
def test_a_choice_that_cannot_be_read_is_said(chosen: tuple[str, str], fault: str) -> None:
    posted = {"danh-sach": "Nguyễn Thị Lan\t07/10/2012", "viec": "lap", "so-cot": "2"}

    pasted = read_pasted(posted | {f"cot-{n}": one for n, one in enumerate(chosen)})

    assert (pasted.is_ready, pasted.faults[0]) == (False, fault)


@pytest.mark.parametrize("text", ["", " \n\t\n", "Họ và tên\tNgày sinh\n"])
def test_nothing_pasted_is_said(text: str) -> None:
    pasted = read_pasted({"danh-sach": text, "viec": "xem"})

    assert pasted.faults == ("Chưa có dòng nào. Hãy dán danh sách vào ô bên dưới.",)


def test_bullets_and_the_signs_behind_a_line_are_no_part_of_a_name() -> None:
    text = "- Lê Dán Dũng;\n• Trần Thị Mai,\n3) Phạm Văn Ba.\n– Tô-ni Nguyễn\n"

    assert [row[0] for row in read_pasted({"danh-sach": text, "viec": "xem"}).rows] == [
        "Lê Dán Dũng", "Trần Thị Mai", "Phạm Văn Ba", "Tô-ni Nguyễn"
    ]  # fmt: skip


def test_lines_parted_by_commas_are_columns() -> None:
    text = "1. Lê Thị Hoa, 08/03/2012, Nữ, Thôn 3, xã An Hòa;\n2. Trần Văn Bình, 09/04/2012, Nam, Thôn 5\n"

    pasted = read_pasted({"danh-sach": text, "viec": "xem"})

    assert pasted.rows == (
        ("Lê Thị Hoa", "08/03/2012", "Nữ", "Thôn 3, xã An Hòa"),
        ("Trần Văn Bình", "09/04/2012", "Nam", "Thôn 5"),
    )
    assert [column.chosen for column in pasted.columns[:3]] == ["full_name", "birth_date", "gender_code"]


def test_girls_marked_in_a_column_of_their_own_are_girls_the_others_boys() -> None:
    text = "Họ và tên\tNữ\nLê Thị Hoa\tx\nTrần Văn Bình\t\n"
    guessed = _guessed(text)

    pasted = read_pasted({"danh-sach": text, "viec": "lap", "so-cot": "2", "cot-0": "full_name", "cot-1": "nu"})

    assert guessed == ["full_name", "nu"]
    assert pasted.block == "Giới tính\tHọ và tên\nNữ\tLê Thị Hoa\nNam\tTrần Văn Bình"
