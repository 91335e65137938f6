"""The department's page of school years."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from csdl.years.models import SchoolYear
from tests.portals.places import Places

pytestmark = pytest.mark.django_db


def test_the_department_opens_closes_and_reopens_years(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["department"])

    client.post(reverse("authority:year-open"), {"start_year": "2025"})
    client.post(reverse("authority:year-make-current", args=[2025]))
    client.post(reverse("authority:year-close", args=[2023]))
    client.post(reverse("authority:year-close", args=[2024]))
    client.post(reverse("authority:year-reopen", args=[2024]), {"reason": "Sửa kết quả theo kết luận thanh tra"})

    assert list(SchoolYear.objects.order_by("start_year").values_list("start_year", "state", "is_current")) == [
        (2023, "closed", False),
        (2024, "open", False),
        (2025, "open", True),
    ]


@pytest.mark.parametrize(
    ("name", "year", "data", "said"),
    [
        ("authority:year-close", 2024, {}, "YEAR-02"),
        ("authority:year-reopen", 2023, {"reason": " "}, "YEAR-03"),
        ("authority:year-make-current", 1999, {}, "YEAR-01"),
    ],
)
def test_what_the_state_forbids_is_said_on_the_page(
    places: Places, web_client: Callable, name: str, year: int, data: dict, said: str
) -> None:
    client = web_client(places.accounts["department"])

    body = client.post(reverse(name, args=[year]), data, follow=True).content.decode()

    assert said in body


@pytest.mark.parametrize("role", ["office", "head", "clerk", "homeroom"])
def test_nobody_else_may(places: Places, web_client: Callable, role: str) -> None:
    client = web_client(places.accounts[role])

    response = client.post(reverse("authority:year-close", args=[2023]))

    assert response.status_code == 403
    assert "ACC-01" in response.content.decode()
    assert SchoolYear.objects.get(pk=2023).state == "open"


def test_a_year_is_changed_by_post_only(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["department"])

    assert client.get(reverse("authority:year-close", args=[2023])).status_code == 405


def test_closing_a_year_says_how_many_schools_are_not_turned(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["department"])

    body = client.get(reverse("authority:year-list")).content.decode()

    assert "Còn 2 trường chưa kết chuyển từ năm học này sang năm sau." in body
