"""The authority's tree and list of schools."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import builders as b
from tests.portals.places import Places

pytestmark = pytest.mark.django_db


def test_schools_are_listed_with_their_figures(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["office"])

    rows = client.get(reverse("authority:school-list")).context["listing"].items

    assert [(row.unit.name, row.levels, row.class_count, row.pupil_count, row.by_grade) for row in rows] == [
        ("Trường THCS Tô Hiệu", ["Trung học cơ sở"], 2, 2, [("7", 2)]),
        ("Trường THCS Trương Công Định", ["Trung học cơ sở"], 1, 1, [("7", 1)]),
    ]


def test_schools_are_filtered_by_office_level_and_name(places: Places, web_client: Callable) -> None:
    far = b.school("Trường THPT Thái Phiên", levels=("04",), years=(2024,))
    client = web_client(places.accounts["department"])

    def names(**query: str) -> list[str]:
        rows = client.get(reverse("authority:school-list"), query).context["listing"].items
        return [row.unit.name for row in rows]

    assert names(cap="04") == [far.unit.name]
    assert names(**{"don-vi": str(places.office.public_id)}) == [places.school.unit.name, places.other_school.unit.name]
    assert names(tim="truong cong") == [places.other_school.unit.name]


def test_an_office_sees_its_own_schools_only(places: Places, web_client: Callable) -> None:
    far = b.school("Trường THCS Cát Bà", parent=b.office("Phòng GDĐT huyện Cát Hải"), years=(2024,))
    client = web_client(places.accounts["office"])

    assert far.unit.name not in client.get(reverse("authority:school-list")).content.decode()
    assert client.get(reverse("school:overview", args=[far.unit.public_id])).status_code == 404


def test_the_list_takes_as_many_queries_for_three_schools_as_for_one(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["department"])
    address = reverse("authority:school-list")
    client.get(address, {"tim": "to hieu"})

    with CaptureQueriesContext(connection) as one:
        client.get(address, {"tim": "to hieu"})
    with CaptureQueriesContext(connection) as all_of_them:
        client.get(address)

    assert len(all_of_them) == len(one)


def test_the_tree_is_fetched_level_by_level(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["department"])

    first = client.get(reverse("authority:unit-list")).content.decode()
    branch = client.get(
        reverse("authority:unit-detail", args=[places.office.public_id]), {"phan": "nhanh"}, headers={"HX-Request": "1"}
    ).content.decode()

    assert (places.office.name in first, places.school.unit.name in first) == (True, False)
    assert (branch.startswith("<ul>"), places.school.unit.name in branch) == (True, True)


@pytest.mark.parametrize("query", [{"so-lieu": "1"}, {"phan": "so-lieu"}])
def test_a_units_figures_come_with_and_without_scripts(places: Places, web_client: Callable, query: dict) -> None:
    client = web_client(places.accounts["department"])
    headers = {"HX-Request": "true"} if "phan" in query else {}

    response = client.get(reverse("authority:unit-detail", args=[places.office.public_id]), query, headers=headers)

    (level,) = response.context["figures"]
    assert (level.name, level.class_count, level.pupil_count, level.grades[0].name) == (
        "Trung học cơ sở",
        3,
        3,
        "Khối 7",
    )
