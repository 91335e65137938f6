"""The page of a unit's heads: entered by the unit above, read below, nothing of a neighbour."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.urls import reverse

from csdl.staff.models import UnitHead
from tests import builders as b
from tests.portals.places import Places

pytestmark = pytest.mark.django_db
SAID = {"valid_from": "01/09/2023", "decision_no": "12/QĐ-UBND", "decided_on": "15/08/2023"}


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
