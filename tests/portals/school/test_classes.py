"""Classes of a school."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from tests import builders as b
from tests.portals.places import Places

pytestmark = pytest.mark.django_db


def test_classes_are_counted_and_sorted(places: Places, web_client: Callable) -> None:
    b.pupil(places.own_class, None)
    b.school_class(places.school, "10A", "09", year=2024)
    client = web_client(places.accounts["head"])
    address = reverse("school:class-list", args=[places.school.unit.public_id])

    rows = client.get(address).context["rows"]
    largest = client.get(address, {"sap-xep": "-si-so"}).context["rows"]
    headless = client.get(address, {"chu-nhiem": "chua"}).context["rows"]

    assert [(row.school_class.name, row.pupil_count, row.homeroom_name) for row in rows] == [
        ("7A", 2, "Bùi Thu Trang"),
        ("7B", 1, ""),
        ("10A", 0, ""),
    ]
    assert [row.school_class.name for row in largest] == ["7A", "7B", "10A"]
    assert [row.school_class.name for row in headless] == ["7B", "10A"]


def test_a_class_of_another_year_says_so(places: Places, web_client: Callable) -> None:
    old = b.school_class(places.school, "6A", "06", year=2023)
    client = web_client(places.accounts["head"])

    body = client.get(reverse("school:class-detail", args=[old.public_id])).content.decode()

    assert "Đang xem năm học 2023-2024" in body


def test_the_chosen_year_stays_for_the_pages_after(places: Places, web_client: Callable) -> None:
    b.school_class(places.school, "6A", "06", year=2023)
    client = web_client(places.accounts["head"])
    address = reverse("school:class-list", args=[places.school.unit.public_id])

    client.get(address, {"nam": "2023"})

    assert [row.school_class.name for row in client.get(address).context["rows"]] == ["6A"]


def test_the_overview_counts_the_year(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])

    context = client.get(reverse("school:overview", args=[places.school.unit.public_id])).context

    assert {key: context[key] for key in ("class_count", "pupil_count", "girl_count", "staff_count")} == {
        "class_count": 2,
        "pupil_count": 2,
        "girl_count": 0,
        "staff_count": 1,
    }


def test_a_colleagues_name_is_not_shown_to_who_may_not_see_staff(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["homeroom"])
    address = reverse("school:class-list", args=[places.school.unit.public_id])

    assert [row.homeroom_name for row in client.get(address).context["rows"]] == ["đã phân công"]
