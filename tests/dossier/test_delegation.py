"""A dossier tells on which papers the rights at a unit stood, with the signed scans, and nothing of the neighbour."""

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest

from csdl.access.actions import give_role
from csdl.accounts.models import Account
from csdl.delegation.actions import (
    Wanted,
    confirm_personnel,
    hand_over_administration,
    take_back_administration,
    upkeep,
    withdraw_minutes,
)
from csdl.delegation.models import Commitment, Minutes
from csdl.documents import store
from csdl.dossier.actions import build_dossier, new_dossier, open_dossier
from csdl.dossier.models import Dossier
from csdl.orgs.models import OrgUnit
from tests import builders as b
from tests.delegation.place import TODAY, Place, confirm, heads, on, papers_of, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(db: None, settings, tmp_path) -> Iterator[Place]:
    """The head hands the account to the clerk; Lan's class by scan, Mai's in the app; the neighbour does the same."""
    settings.FILES_DIR, settings.DOSSIERS_DIR = tmp_path / "files", tmp_path / "dossiers"
    with on(TODAY):
        made = Place()
        other = person(made.neighbour.unit, "Vũ Thị Kế", "ke")
        heads(made.neighbour.unit, other)
        head, beside = made.actor(made.head), made.actor(other)
        made.sign(hand_over_administration(actor=head, unit=made.unit, staff=made.clerk), actor=head)
        made.signed(made.homeroom(made.lan, made.class_a))
        batch = made.prepare(made.homeroom(made.mai, made.class_b))
        confirm(head, *(one for one in papers_of(batch) if isinstance(one, Minutes)))
        confirm(made.actor(made.mai), *papers_of(batch))
        confirm_personnel(actor=head, unit=made.unit, start_year=2024)
        wanted = Wanted(made.stranger.account_id, "student_records", TODAY, dt.date(2025, 11, 1))
        made.signed(wanted, unit=made.neighbour.unit, actor=beside)
        confirm_personnel(actor=beside, unit=made.neighbour.unit, start_year=2024)
        yield made


def _built(unit: OrgUnit, first: dt.date = dt.date(2024, 8, 1), last: dt.date = TODAY) -> Dossier:
    row = new_dossier(actor=b.SYSTEM, unit=unit, first=first, last=last)
    build_dossier(actor=b.SYSTEM, dossier=row)
    return row


def _read(row: Dossier) -> tuple[list[str], dict[str, list[dict[str, Any]]]]:
    """Names of the files, and the rows of each sheet of the index by their headers."""
    with zipfile.ZipFile(open_dossier(actor=b.SYSTEM, dossier=row)) as archive:
        book = openpyxl.load_workbook(io.BytesIO(archive.read("00-muc-luc.xlsx")))
        names = archive.namelist()
    sheets = {}
    for sheet in book.worksheets[1:]:
        header, *lines = sheet.values
        sheets[sheet.title.split(" ", 1)[1]] = [dict(zip(header, line, strict=True)) for line in lines]
    return names, sheets


def _sheet(sheets: dict[str, list[dict[str, Any]]], start: str) -> list[dict[str, Any]]:
    (found,) = (lines for title, lines in sheets.items() if title.startswith(start))
    return found


def test_it_holds_handover_minutes_and_commitments_with_their_scans(place: Place) -> None:
    names, sheets = _read(_built(place.unit))

    (handover,) = _sheet(sheets, "Bàn giao tài khoản")
    minutes, commitments = _sheet(sheets, "Biên bản giao"), _sheet(sheets, "Bản cam kết")
    assert (handover["Bên giao"], handover["Bên nhận"]) == ("Phạm Hồng Hạnh", "Lê Minh Ngọc")
    assert (handover["Từ ngày"], handover["Đến trước ngày"]) == ("05/09/2024", "01/11/2025")
    assert [(one["Bên nhận"], one["Quyền, phạm vi"].split(" của ")[0]) for one in minutes] == [
        ("Nguyễn Thị Lan", "Giáo viên chủ nhiệm: lớp 7A"),
        ("Trần Thị Mai", "Giáo viên chủ nhiệm: lớp 7B"),
    ]
    assert [one["Ký"] for one in minutes] == [
        "05/09/2024: bản giấy đã ký, có tệp quét",
        "05/09/2024: xác nhận trong phần mềm",
    ]
    assert [one["Người cam kết"] for one in commitments] == ["Lê Minh Ngọc", "Nguyễn Thị Lan", "Trần Thị Mai"]
    scans = [name.split("/")[1] for name in names if "/" in name]
    assert scans == [line["Tệp bản ký"] for line in [handover, *minutes, *commitments] if ".pdf" in line["Tệp bản ký"]]
    assert (len(scans), minutes[1]["Tệp bản ký"]) == (4, "không có bản giấy")


def test_rights_name_their_paper_and_those_without_stand_apart(place: Place) -> None:
    account = Account.objects.get(pk=place.mai.account_id)
    give_role(actor=b.SYSTEM, account=account, role_code="inspector", unit=place.unit, valid_from=TODAY)

    _, sheets = _read(_built(place.unit))

    grounds = {one["Tên đăng nhập"]: one["Căn cứ"] for one in _sheet(sheets, "Quyền có hiệu lực")}
    lan = Minutes.objects.get(receiver_id=place.lan.account_id)
    assert (grounds["lan"], grounds["hanh"]) == (lan.title, "Quyết định số 12/QĐ")
    without = _sheet(sheets, "Tài khoản có quyền mà")
    assert [(one["Tên đăng nhập"], one["Căn cứ"]) for one in without] == [
        ("mai", "Khởi tạo hệ thống (chưa có văn bản)")
    ]


def test_a_right_stands_in_the_dossiers_of_the_days_on_which_it_had_power(place: Place) -> None:
    """Lan's is withdrawn five days later; Mai's clerk's account comes and goes on one day; a draft never holds."""
    day, head = TODAY + dt.timedelta(days=5), place.actor(place.head)
    with on(day):
        lan = Minutes.objects.get(receiver_id=place.lan.account_id)
        withdraw_minutes(actor=head, minutes=lan, reason="Thôi chủ nhiệm")
        late = place.prepare(place.homeroom(place.lan, place.class_a, first=day))
        place.sign(hand_over_administration(actor=head, unit=place.unit, staff=place.mai), actor=head)
        place.sign(hand_over_administration(actor=head, unit=place.unit, staff=place.clerk), actor=head)
    with on(day + dt.timedelta(days=3)):
        place.sign(late)
        begins = day + dt.timedelta(days=3)
        draft = place.prepare(Wanted(place.mai.account_id, "student_records", begins, dt.date(2025, 9, 1)))
    with on(day + dt.timedelta(days=4)):
        withdraw_minutes(actor=head, minutes=Minutes.objects.get(batch=draft), reason="Lập nhầm người")
        upkeep(b.SYSTEM)

    def held(first: dt.date, last: dt.date) -> list[tuple[str, str, str]]:
        _, sheets = _read(_built(place.unit, first, last))
        lines = _sheet(sheets, "Quyền có hiệu lực")
        return [(one["Tên đăng nhập"], one["Từ ngày"], one["Đến trước ngày"]) for one in lines]

    with on(day + dt.timedelta(days=5)):
        before = held(TODAY, day - dt.timedelta(days=1))
        then = held(day, day)
        after = held(day + dt.timedelta(days=1), day + dt.timedelta(days=5))
    head_line = ("hanh", "05/09/2024", "chưa có ngày hết")
    mai_line = ("mai", "05/09/2024", "01/09/2025")
    assert before == [
        head_line,
        ("lan", "05/09/2024", "11/09/2024"),
        mai_line,
        ("ngoc", "05/09/2024", "11/09/2024"),
    ]
    assert sorted(then) == sorted(
        [
            *before,
            ("mai", "10/09/2024", "11/09/2024"),
            ("ngoc", "10/09/2024", "01/11/2025"),
        ]
    )
    assert sorted(after) == sorted(
        [head_line, mai_line, ("lan", "13/09/2024", "01/09/2025"), ("ngoc", "10/09/2024", "01/11/2025")]
    )


def test_the_confirmation_of_personnel_lists_who_had_access(place: Place) -> None:
    _, sheets = _read(_built(place.unit))

    confirmed = _sheet(sheets, "Xác nhận kiện toàn")
    assert {one["Người xác nhận"] for one in confirmed} == {"Phạm Hồng Hạnh"}
    assert [one["Người có quyền"] for one in confirmed] == [
        "Lê Minh Ngọc",
        "Nguyễn Thị Lan",
        "Phạm Hồng Hạnh",
        "Trần Thị Mai",
    ]


def test_nothing_of_the_neighbour_is_in_it(place: Place) -> None:
    own, beside = _read(_built(place.unit))[1], _read(_built(place.neighbour.unit))[1]

    told, theirs = str(own), str(beside)
    for text in ("Hoàng Văn Láng", "Vũ Thị Kế", "lang", "Trường THCS Kế Bên"):
        assert (text in told, text in theirs) == (False, True), text
    for text in ("Lê Minh Ngọc", "Nguyễn Thị Lan", "Trường THCS Tô Hiệu"):
        assert (text in told, text in theirs) == (True, False), text


def test_two_of_one_state_are_alike_and_a_withdrawal_shows(place: Place) -> None:
    first, second = _built(place.unit), _built(place.unit)
    lan = Minutes.objects.get(receiver_id=place.lan.account_id)
    withdraw_minutes(actor=place.actor(place.head), minutes=lan, reason="Thôi chủ nhiệm lớp 7A")

    third = _built(place.unit)

    assert first.file_sha256 == second.file_sha256
    assert third.content_sha256 != first.content_sha256
    lines = _sheet(_read(third)[1], "Biên bản giao")
    assert [one["Loại"] for one in lines][-1] == "Biên bản thu hồi quyền"
    assert lines[0]["Tình trạng khi lập hồ sơ"] == "Hết hiệu lực 05/09/2024: Thôi chủ nhiệm lớp 7A"
    rights = [one for one in _sheet(_read(third)[1], "Quyền có hiệu lực trong kỳ") if one["Tên đăng nhập"] == "lan"]
    assert [one["Tình trạng khi lập hồ sơ"] for one in rights] == [
        f"Đã thu hồi: Biên bản số {lan.paper_no} hết hiệu lực ngày 05/09/2024: Thôi chủ nhiệm lớp 7A"
    ]


def test_a_period_holds_the_papers_that_reach_into_it(place: Place) -> None:
    """Before they were made: none. After the account went back and class rights ended: what still holds, no more."""
    before = _built(place.unit, dt.date(2023, 8, 1), TODAY - dt.timedelta(days=1))
    assert {before.counts[code]["rows"] for code in ("giao-tk-quan-tri", "bien-ban-quyen", "cam-ket-ca-nhan")} == {0}

    with on(dt.date(2024, 9, 20)):
        take_back_administration(actor=place.actor(place.head), unit=place.unit, reason="Đã hết việc")
    for first, expected in (
        (dt.date(2024, 9, 20), (1, 3, 3)),
        (dt.date(2024, 9, 21), (0, 2, 3)),
        (dt.date(2025, 9, 1), (0, 0, 3)),
        (dt.date(2025, 11, 1), (0, 0, 0)),
    ):
        with on(dt.date(2026, 1, 5)):
            counts = _built(place.unit, first, dt.date(2026, 1, 5)).counts
        found = tuple(counts[code]["rows"] for code in ("giao-tk-quan-tri", "bien-ban-quyen", "cam-ket-ca-nhan"))
        assert found == expected, first


def test_a_changed_scan_is_left_out_and_named(place: Place) -> None:
    paper = Commitment.objects.get(account_id=place.lan.account_id)
    same = Commitment.objects.filter(unit=place.unit, file_sha256=paper.file_sha256).count()
    store._path(paper.file_sha256).write_bytes(b"%PDF-forged")

    row = _built(place.unit)

    assert row.counts["cam-ket-ca-nhan"] == {"rows": 3, "files": 2 - same}
    assert any(
        line.startswith("Bản cam kết của người nhận quyền, 002-02-2024-ck-csdl.pdf: Tệp đã bị thay đổi")
        for line in row.warnings
    ), row.warnings
