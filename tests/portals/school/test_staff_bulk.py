"""Many members of staff at once, from the list's ticks to the undo; and for whom there is no such thing."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.urls import reverse

from csdl.audit.models import Event
from csdl.staff.models import StaffPosting, UnitHead
from tests import builders as b
from tests.portals.places import Places

pytestmark = pytest.mark.django_db


def _bulk(places: Places) -> str:
    return reverse("school:staff-bulk", args=[places.school.unit.public_id])


def _postings(places: Places) -> list[tuple]:
    rows = StaffPosting.objects.filter(unit=places.school.unit).order_by("pk")
    return list(rows.values_list("staff__full_name", "contract_code", "status_code", "valid_to"))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"viec": "hop-dong", "code": "07"}, "hình thức hợp đồng “Viên chức/Công chức HĐLV không xác định thời hạn”"),
        ({"viec": "trang-thai", "code": "04"}, "trạng thái “Chờ nghỉ hưu”"),
        (
            {"viec": "thoi-viec", "code": "02", "on": "01/08/2024"},
            "thôi làm việc tại trường từ 01/08/2024, lý do “Đã chuyển đi”",
        ),
    ],
)
def test_a_clerk_changes_a_ticked_person_and_takes_it_back(
    places: Places, web_client: Callable, asked: dict, said: str
) -> None:
    an = b.teacher(places.school, "Đỗ Văn Ân", year=2024)
    asked = asked | {"chon": [str(StaffPosting.objects.get(staff=an).public_id)]}
    before = _postings(places)
    client = web_client(places.accounts["clerk"])

    shown = client.post(_bulk(places), asked | {"buoc": "xem"})
    done = client.post(_bulk(places), asked | {"buoc": "ghi", "dau": shown.context["plan"].seal})
    result = client.get(done["Location"]).content.decode()
    between = _postings(places)
    client.post(done["Location"])

    assert f"1 người sẽ được ghi {said}" in shown.content.decode()
    assert f"Đã ghi 1 người {said}." in result
    assert [row[0] for row in between if row not in before] == ["Đỗ Văn Ân"]
    assert _postings(places) == before
    assert Event.objects.filter(kind__startswith="staff:bulk_").count() == 2


def test_who_heads_leads_or_teaches_is_named_and_stays(places: Places, web_client: Callable) -> None:
    head, busy = (b.teacher(places.school, name, year=2024) for name in ("Đỗ Văn Ân", "Hà Mỹ Linh"))
    UnitHead.objects.create(unit=places.school.unit, staff=head, valid_from=dt.date(2020, 1, 1))
    b.teaches(busy, places.own_class)
    client = web_client(places.accounts["clerk"])
    asked = {"viec": "thoi-viec", "tat-ca": "1", "code": "05", "on": "01/10/2024", "buoc": "xem"}

    plan = client.post(_bulk(places), asked).context["plan"]

    more = "Hãy ghi người thay trước"
    found = {(row.name, row.reason.removesuffix(f". {more}")) for row in plan.exceptions}
    assert plan.ids == ()
    assert {(name, reason.removeprefix("từ ngày 01/10/2024 ").split(" lớp ")[0].split(" dạy ")[0])
            for name, reason in found} == {
        ("Bùi Thu Trang", "còn chủ nhiệm"), ("Đỗ Văn Ân", "là thủ trưởng đơn vị"), ("Hà Mỹ Linh", "còn"),
    }  # fmt: skip


def test_an_undo_stops_where_a_posting_was_edited_since(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    asked = {"viec": "hop-dong", "tat-ca": "1", "code": "07"}
    shown = client.post(_bulk(places), asked | {"buoc": "xem"})
    done = client.post(_bulk(places), asked | {"buoc": "ghi", "dau": shown.context["plan"].seal})
    StaffPosting.objects.filter(staff=places.own_teacher).update(rank_code="01")

    body = client.post(done["Location"]).content.decode()

    assert "BLK-03" in body
    assert "Bùi Thu Trang" in body
    assert [row[1] for row in _postings(places)] == ["07"]


def test_a_neighbours_teacher_cannot_be_ticked(places: Places, web_client: Callable) -> None:
    other = StaffPosting.objects.get(staff=places.other_teacher)
    client = web_client(places.accounts["clerk"])

    body = client.post(_bulk(places), {"viec": "hop-dong", "chon": [str(other.public_id), "x"]}, follow=True)
    there = client.post(reverse("school:staff-bulk", args=[places.other_school.unit.public_id]), {"viec": "hop-dong"})

    assert "Chưa chọn người nào" in body.content.decode()
    assert there.status_code == 404


@pytest.mark.parametrize("role", ["department", "office", "homeroom", "nobody"])
def test_who_does_not_keep_staff_has_no_bulk_acts(places: Places, web_client: Callable, role: str) -> None:
    client = web_client(places.accounts[role])

    assert client.post(_bulk(places), {"viec": "hop-dong", "tat-ca": "1"}).status_code == 403
