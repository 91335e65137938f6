"""Many pupils at once, from the list's ticks to the undo; and for whom there is no such thing."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from csdl.years.models import Enrolment, SchoolYear
from tests import builders as b
from tests.portals.places import Places

pytestmark = pytest.mark.django_db


def _list(places: Places) -> str:
    return reverse("school:student-list", args=[places.school.unit.public_id])


def _bulk(places: Places) -> str:
    return reverse("school:student-bulk", args=[places.school.unit.public_id])


def _classes(places: Places) -> dict[str, str]:
    rows = Enrolment.objects.filter(school=places.school, start_year=2024)
    return dict(rows.values_list("student__full_name", "school_class__name"))


def test_a_clerk_moves_all_found_and_takes_it_back(places: Places, web_client: Callable) -> None:
    for _ in range(60):
        b.pupil(places.own_class, None)
    before = _classes(places)
    client = web_client(places.accounts["clerk"])
    asked = {"viec": "lop", "tat-ca": "1", "to_class": str(places.parallel_class.public_id), "on": "02/10/2024"}
    address = f"{_bulk(places)}?lop={places.own_class.public_id}"

    listed = client.get(_list(places), {"lop": str(places.own_class.public_id)}).content.decode()
    first = client.post(address, {"viec": "lop", "tat-ca": "1"}).content.decode()
    shown = client.post(address, asked | {"buoc": "xem"})
    done = client.post(address, asked | {"buoc": "ghi", "dau": shown.context["plan"].seal})
    result = client.get(done["Location"]).content.decode()
    after = _classes(places)
    undone = client.post(done["Location"], follow=True).content.decode()

    assert "Tất cả 61 dòng tìm thấy" in listed
    assert "Đã chọn 61 học sinh" in first
    assert "61 học sinh sẽ chuyển sang lớp 7B từ ngày 02/10/2024 (61 từ 7A)." in shown.content.decode()
    assert "Đã chuyển 61 học sinh sang lớp 7B" in result
    assert set(after.values()) == {"7B"}
    assert "Đã hoàn tác" in undone
    assert _classes(places) == before


def test_ticked_pupils_only(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    asked = {"viec": "roi", "chon": [str(places.own_pupil.public_id)], "leaving": "transfer", "on": "01/11/2024"}

    shown = client.post(_bulk(places), asked | {"buoc": "xem"})
    client.post(_bulk(places), asked | {"buoc": "ghi", "dau": shown.context["plan"].seal})

    left = Enrolment.objects.filter(left_on__isnull=False).values_list("student__full_name", "status_code")
    assert list(left) == [("Nguyễn Thị Lan", "04")]


def test_exceptions_stand_by_name(places: Places, web_client: Callable) -> None:
    other = b.school_class(places.school, "8A", "08", year=2024)
    client = web_client(places.accounts["clerk"])
    asked = {"viec": "lop", "tat-ca": "1", "to_class": str(other.public_id), "on": "02/10/2024", "buoc": "xem"}

    body = client.post(_bulk(places), asked).content.decode()

    assert "<strong>Nguyễn Thị Lan</strong> (7A): khác khối với lớp 8A" in body
    assert "Thực hiện với" not in body


def test_the_act_asks_again_where_the_rows_changed(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    asked = {"viec": "dien", "tat-ca": "1", "kind": "ask", "buoc": "ghi", "dau": "cu"}

    body = client.post(_bulk(places), asked).content.decode()

    assert "BLK-02" in body
    assert "Thực hiện với 2 học sinh" in body
    assert Enrolment.objects.filter(needs_confirmation=True).count() == 0


def test_faults_stand_beside_their_field(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])

    body = client.post(_bulk(places), {"viec": "lop", "tat-ca": "1", "on": "31/02", "buoc": "xem"}).content.decode()

    assert "Hãy chọn một mục." in body
    assert "Ngày chưa đúng" in body


def test_no_tick_no_act(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])

    body = client.post(_bulk(places), {"viec": "lop"}, follow=True).content.decode()

    assert "Chưa chọn học sinh nào" in body


def test_a_neighbours_pupil_cannot_be_ticked(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])

    body = client.post(_bulk(places), {"viec": "roi", "chon": [str(places.other_pupil.public_id), "x"]}, follow=True)

    assert "Chưa chọn học sinh nào" in body.content.decode()


@pytest.mark.parametrize("role", ["department", "office", "homeroom", "nobody"])
def test_who_does_not_keep_the_records_has_no_bulk_acts(places: Places, web_client: Callable, role: str) -> None:
    client = web_client(places.accounts[role])

    asked = client.post(_bulk(places), {"viec": "lop", "tat-ca": "1"})

    assert asked.status_code == 403
    if role != "nobody":
        assert 'name="viec"' not in client.get(_list(places)).content.decode()


def test_another_schools_bulk_page_is_not_there(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    address = reverse("school:student-bulk", args=[places.other_school.unit.public_id])

    assert client.post(address, {"viec": "lop", "tat-ca": "1"}).status_code == 404
    assert (
        client.get(reverse("school:student-bulk-done", args=[places.school.unit.public_id, "xyz"])).status_code == 404
    )


def test_a_closed_year_offers_no_bulk_acts(places: Places, web_client: Callable) -> None:
    SchoolYear.objects.filter(pk=2024).update(state="closed")
    client = web_client(places.accounts["clerk"])

    assert 'name="viec"' not in client.get(_list(places)).content.decode()


def test_a_policy_category_is_previewed_by_name_and_written(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    asked = {"viec": "dien", "tat-ca": "1", "kind": "set", "policy_code": "01"}

    preview = client.post(_bulk(places), asked | {"buoc": "xem"}).content.decode()
    seal = preview.split('name="dau" value="')[1].split('"')[0]
    done = client.post(_bulk(places), asked | {"buoc": "ghi", "dau": seal}, follow=True).content.decode()

    assert "2 học sinh sẽ được ghi diện chính sách “Con của người có công”" in preview
    assert "Đã ghi diện chính sách “Con của người có công” cho 2 học sinh." in done
