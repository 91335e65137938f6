"""The page of a unit's heads: entered by the unit above, read below, nothing of a neighbour."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from csdl.audit.models import Event
from csdl.staff.models import UnitHead
from tests import builders as b
from tests.documents import files
from tests.portals.places import Places

pytestmark = pytest.mark.django_db
SAID = {"valid_from": "01/09/2023", "decision_no": "12/QĐ-UBND", "decided_on": "15/08/2023"}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> None:  # type: ignore[no-untyped-def]
    settings.FILES_DIR = tmp_path / "files"


def _url(name: str, places: Places, *more: object) -> str:
    return reverse(f"authority:{name}", args=[places.school.unit.public_id, *more])


def test_an_office_enters_corrects_and_withdraws_a_head(places: Places, web_client: Callable) -> None:
    second = b.teacher(places.school, "Đỗ Văn Ân", year=2024)
    client = web_client(places.accounts["office"])
    client.post(_url("head-new", places), SAID | {"staff_id": str(places.own_teacher.pk)})
    first = UnitHead.objects.get()

    entered = client.post(
        _url("head-new", places),
        SAID | {"staff_id": str(second.pk), "valid_from": "01/02/2024", "is_acting": "on"},
        follow=True,
    ).content.decode()
    newest = UnitHead.objects.order_by("-valid_from")[0]
    edited = client.post(
        _url("head-edit", places, first.pk),
        SAID | {"staff_id": str(places.own_teacher.pk), "decision_no": "13/QĐ"},
        follow=True,
    ).content.decode()
    withdrawn = client.post(_url("head-withdraw", places, newest.pk), follow=True).content.decode()

    assert "Đỗ Văn Ân là thủ trưởng Trường THCS Tô Hiệu từ 01/02/2024." in entered
    assert "Quyền, phụ trách" in entered
    assert "Đã lưu: số quyết định." in edited
    assert "Bùi Thu Trang tiếp tục là thủ trưởng." in withdrawn
    first.refresh_from_db()
    assert (first.decision_no, first.valid_to) == ("13/QĐ", None)


def test_faults_stand_beside_their_fields(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["office"])

    body = client.post(_url("head-new", places), {"valid_from": "31/02/2024"}).content.decode()

    assert "không phải ngày có thật" in body
    assert "Thủ trưởng: Hãy chọn một mục." in body
    assert "Ngày ký quyết định: Hãy nhập ngày" in body


def test_the_school_shows_its_head_and_its_own_people_only_read(places: Places, web_client: Callable) -> None:
    UnitHead.objects.create(unit=places.school.unit, staff=places.own_teacher, valid_from=dt.date(2020, 1, 1))
    client = web_client(places.accounts["head"])

    shown = client.get(reverse("school:overview", args=[places.school.unit.public_id])).content.decode()
    page = client.get(_url("unit-heads", places)).content.decode()

    assert "Bùi Thu Trang · <a href=" in shown
    assert "Bùi Thu Trang" in page
    assert "Ghi nhận thủ trưởng mới" not in page
    assert client.get(_url("head-new", places)).status_code == 403


def test_an_unknown_person_cannot_be_chosen(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["office"])

    body = client.post(_url("head-new", places), SAID | {"staff_id": str(places.other_teacher.pk)}).content.decode()

    assert "không có trong danh mục" in body
    assert UnitHead.objects.count() == 0


def _scan(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("quyet dinh.pdf", content)


def test_the_decision_comes_with_the_appointment_and_its_readers_open_it(places: Places, web_client: Callable) -> None:
    stranger = b.account("vanthu2", "school_clerk", places.other_school.unit)
    client = web_client(places.accounts["office"])
    said = SAID | {"staff_id": str(places.own_teacher.pk)}
    refused = client.post(_url("head-new", places), SAID | {"file": _scan(files.pdf_with_script())}).content.decode()
    assert "Tệp quyết định: " in refused
    assert "Thủ trưởng: Hãy chọn một mục." in refused

    client.post(_url("head-new", places), said | {"file": _scan(files.pdf(2))})
    head = UnitHead.objects.get()
    client = web_client(places.accounts["clerk"])
    page = client.get(_url("unit-heads", places)).content.decode()
    opened = client.get(_url("head-decision", places, head.pk))

    assert "Chưa lưu tệp quyết định" not in page
    assert _url("head-decision", places, head.pk) in page
    assert "Thay tệp" not in page
    assert (opened.content, opened.headers["Content-Type"]) == (files.pdf(2), "application/pdf")
    assert opened.headers["Content-Disposition"] == 'inline; filename="quyet-dinh-12-qd-ubnd-bui-thu-trang.pdf"'
    read = Event.objects.get(kind="head:read_decision")
    assert (read.account_id, read.unit_id) == (places.accounts["clerk"].pk, places.school.pk)
    assert client.post(_url("head-decision-keep", places, head.pk), {"file": _scan(files.pdf())}).status_code == 403
    assert web_client(stranger).get(_url("head-decision", places, head.pk)).status_code == 404


def test_a_decision_without_its_file_is_flagged_until_it_comes(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["office"])
    entered = client.post(
        _url("head-new", places), SAID | {"staff_id": str(places.own_teacher.pk)}, follow=True
    ).content.decode()
    head = UnitHead.objects.get()
    board = reverse("desk:personnel-board") + "?thu-truong=tep"
    waiting = [one.name for one in client.get(board).context["listing"].items]

    empty = client.post(_url("head-decision-keep", places, head.pk)).content.decode()
    kept = client.post(
        _url("head-decision-keep", places, head.pk), {"file": _scan(files.pdf())}, follow=True
    ).content.decode()

    assert "Hãy bấm “Lưu tệp” ở lần bổ nhiệm ấy." in entered
    assert "Chưa lưu tệp quyết định" in entered
    assert waiting == ["Trường THCS Tô Hiệu"]
    assert client.get(_url("head-decision", places, head.pk)).status_code == 200
    assert "Hãy chọn tệp." in empty
    assert "Đã lưu tệp quyết định bổ nhiệm Bùi Thu Trang." in kept
    assert "Chưa lưu tệp quyết định" not in kept
    assert "tệp có mã" in kept
    assert list(client.get(board).context["listing"].items) == []


def test_the_department_keeps_the_decision_of_its_own_head(places: Places, web_client: Callable) -> None:
    chief = b.teacher(b.school("Trường khác", parent=places.office), "Vũ Quốc Khánh")
    head = UnitHead.objects.create(unit=places.department, staff=chief, valid_from=dt.date(2020, 1, 1))
    client = web_client(places.accounts["department"])
    keep = reverse("authority:head-decision-keep", args=[places.department.public_id, head.pk])

    page = client.get(reverse("authority:unit-heads", args=[places.department.public_id])).content.decode()
    client.post(keep, {"file": _scan(files.pdf())})

    assert keep in page
    assert "Sửa lần bổ nhiệm" not in page
    head.refresh_from_db()
    assert head.media_type == "application/pdf"
