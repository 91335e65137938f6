"""Lists of pupils: search without accents, filters in the address, pages, one partial, a fixed number of queries."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from csdl.years.models import Enrolment
from tests import builders as b
from tests.portals.places import Places

pytestmark = pytest.mark.django_db


def _names(response) -> list[str]:
    return [item.student.full_name for item in response.context["listing"].items]


def _address(places: Places) -> str:
    return reverse("school:student-list", args=[places.school.unit.public_id])


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("thi lan", ["Nguyễn Thị Lan"]),
        ("LÁN", ["Nguyễn Thị Lan"]),
        ("dat", ["Trần Minh Đạt"]),
        ("031212", ["Nguyễn Thị Lan"]),
        ("%", []),
        ("Láng Giềng", []),
    ],
)
def test_a_pupil_is_found_without_accents_or_by_number(
    places: Places, web_client: Callable, typed: str, found: list[str]
) -> None:
    client = web_client(places.accounts["clerk"])

    assert _names(client.get(_address(places), {"tim": typed})) == found


def test_pupils_stand_in_the_order_of_given_names(places: Places, web_client: Callable) -> None:
    for name in ("Hoàng Anh", "Đặng Ánh", "Bùi Ân", "Ngô Dũng"):
        b.pupil(places.own_class, None, name=name)
    client = web_client(places.accounts["clerk"])

    up = _names(client.get(_address(places)))
    down = _names(client.get(_address(places), {"sap-xep": "-ten"}))

    assert up == ["Hoàng Anh", "Đặng Ánh", "Bùi Ân", "Ngô Dũng", "Trần Minh Đạt", "Nguyễn Thị Lan"]
    assert down == up[::-1]


def test_filters_narrow_the_list_and_stand_as_chips(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])

    response = client.get(_address(places), {"lop": str(places.own_class.public_id), "tim": "lan"})

    assert _names(response) == ["Nguyễn Thị Lan"]
    chips = [(chip.label, chip.text, chip.without) for chip in response.context["held"]]
    assert chips == [
        ("Tìm", "lan", f"{_address(places)}?lop={places.own_class.public_id}"),
        ("Lớp", "7A", f"{_address(places)}?tim=lan"),
    ]


def test_who_left_is_shown_on_request_only(places: Places, web_client: Callable) -> None:
    Enrolment.objects.filter(pk=places.own_pupil.pk).update(status_code="04", left_on="2024-11-01")
    client = web_client(places.accounts["clerk"])

    assert _names(client.get(_address(places))) == ["Trần Minh Đạt"]
    assert _names(client.get(_address(places), {"tinh-trang": "da-roi"})) == ["Nguyễn Thị Lan"]


def test_a_list_answers_htmx_with_its_rows_only(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])

    full = client.get(_address(places)).content.decode()
    part = client.get(_address(places), headers={"HX-Request": "true"}).content.decode()

    assert part.lstrip().startswith('<div id="results">')
    assert "<html" not in part
    assert "Nguyễn Thị Lan" in part
    assert 'id="results"' in full


def test_the_identity_number_is_masked_in_lists(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])

    body = client.get(_address(places)).content.decode()

    assert "031•••••••45" in body
    assert "031212001845" not in body


def test_pages_of_fifty(places: Places, web_client: Callable) -> None:
    for _ in range(50):
        b.pupil(places.own_class, None)
    client = web_client(places.accounts["clerk"])

    second = client.get(_address(places), {"trang": "2"})
    beyond = client.get(_address(places), {"trang": "99"})

    assert "51–52 / 52" in second.content.decode()
    assert (len(_names(second)), _names(beyond)) == (2, _names(second))


@pytest.mark.parametrize("page", ["pupils", "class", "classes"])
def test_a_list_takes_as_many_queries_for_three_as_for_one(places: Places, web_client: Callable, page: str) -> None:
    address = {
        "pupils": _address(places),
        "class": reverse("school:class-detail", args=[places.own_class.public_id]),
        "classes": reverse("school:class-list", args=[places.school.unit.public_id]),
    }[page]
    client = web_client(places.accounts["clerk"])
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(address)
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    for number in range(2):
        b.pupil(places.own_class, None)
        b.homeroom(b.teacher(places.school), b.school_class(places.school, f"8{number}", "08", year=2024))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE csdl_test_app")

    with CaptureQueriesContext(connection) as more:
        client.get(address)

    assert len(more) == len(few)


def test_a_pupils_page_shows_guardians_and_years(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["homeroom"])

    body = client.get(reverse("school:student-detail", args=[places.own_pupil.student.public_id])).content.decode()

    for expected in ("Phạm Thị Hoa", "091•••••78", "07/10/2012", "2024-2025", "031•••••••45"):
        assert expected in body
