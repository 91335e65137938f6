"""The authority's search for a pupil: by name, number, unit, school; only below the own unit."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from csdl.portals.components import lists
from tests import builders as b
from tests.portals.places import Places

pytestmark = pytest.mark.django_db

ADDRESS = reverse("authority:student-list")
LAN, DAT, NEAR = "Nguyễn Thị Lan", "Trần Minh Đạt", "Lê Văn Láng Giềng"


def _names(response) -> list[str]:
    return [item.student.full_name for item in response.context["listing"].items]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [DAT, NEAR, LAN]),
        ({"tim": "lan"}, [NEAR, LAN]),
        ({"tim": "thi lan"}, [LAN]),
        ({"tim": "001845"}, [LAN]),
        ({"tim": "0912345678"}, [LAN]),
        ({"tim": "khong co"}, []),
        ({"cap": "03"}, [DAT, NEAR, LAN]),
        ({"cap": "02"}, []),
        ({"khoi": "07", "tim": "dat"}, [DAT]),
        ({"tinh-trang": "da-roi"}, []),
    ],
)
def test_the_office_finds_pupils_of_its_schools(
    places: Places, web_client: Callable, query: dict[str, str], found: list[str]
) -> None:
    elsewhere = b.school("Trường THCS Quận Khác", parent=b.office("Phòng GDĐT quận khác"), years=(2024,))
    b.pupil(b.school_class(elsewhere, "7Z", "07", year=2024), None, name="Lan Ở Xa")
    client = web_client(places.accounts["office"])

    assert _names(client.get(ADDRESS, query)) == found


def test_the_department_narrows_by_office_then_school(places: Places, web_client: Callable) -> None:
    elsewhere = b.school("Trường THCS Quận Khác", parent=b.office("Phòng GDĐT quận khác"), years=(2024,))
    b.pupil(b.school_class(elsewhere, "7Z", "07", year=2024), None, name="Lan Ở Xa")
    client = web_client(places.accounts["department"])
    office = str(places.office.public_id)
    school = str(places.school.unit.public_id)

    assert len(_names(client.get(ADDRESS))) == 4
    assert _names(client.get(ADDRESS, {"don-vi": office})) == [DAT, NEAR, LAN]
    assert _names(client.get(ADDRESS, {"don-vi": office, "truong": school})) == [DAT, LAN]
    assert len(_names(client.get(ADDRESS, {"truong": school}))) == 4  # a school is chosen below its unit


def test_a_long_list_says_that_there_is_more(places: Places, web_client: Callable, monkeypatch) -> None:
    monkeypatch.setattr("csdl.portals.authority.students.COUNTED", 2)
    client = web_client(places.accounts["office"])

    body = client.get(ADDRESS, {"trang": "900"}).content.decode()

    assert "/ hơn 2" in body
    assert lists.COUNTED == 2_000


def test_the_search_takes_as_many_queries_for_three_as_for_one(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["office"])
    client.get(ADDRESS)
    counts = []
    for typed in ("dat", "lan", "031212"):
        with CaptureQueriesContext(connection) as asked:
            client.get(ADDRESS, {"tim": typed})
        counts.append(len(asked))

    assert counts[0] == counts[1]
    assert counts[2] <= counts[0] + 7


def test_htmx_gets_the_rows_only(places: Places, web_client: Callable) -> None:
    part = web_client(places.accounts["office"]).get(ADDRESS, headers={"HX-Request": "true"}).content.decode()

    assert part.lstrip().startswith('<div id="results">')
