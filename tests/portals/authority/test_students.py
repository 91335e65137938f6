"""The authority's search for a pupil: by name, number, unit, school; only below the own unit."""

import datetime as dt
import html
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from csdl.portals.components import lists
from csdl.portals.components.places import place
from csdl.students.models import Student
from csdl.years.models import Enrolment
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


def _walk(client, address: str, way: str) -> list[list[int]]:
    """Keys of the rows of each page, by its link to the next (or the one before), as a browser goes."""
    pages: list[list[int]] = []
    while address:
        response = client.get(address)
        pages.append([item.pk for item in response.context["listing"].items])
        link = re.search(rf'<a href="([^"]+)" rel="{way}"', response.content.decode())
        address = html.unescape(link[1]) if link else ""
        assert len(pages) < 20
    return pages


@pytest.fixture
def crowd(places: Places, monkeypatch) -> None:
    """Thirteen pupils, most of one name, born on few days or nobody knows when; numbered pages end at the fourth."""
    monkeypatch.setattr("csdl.portals.authority.students.COUNTED", 4)
    monkeypatch.setattr("csdl.portals.components.lists.PAGE_SIZES", (2, 3))
    days = [dt.date(2012, 1, 2), None, dt.date(2012, 1, 2), None, dt.date(2011, 5, 5)]
    days += [dt.date(2012, 1, 2), dt.date(2012, 1, 2), None, dt.date(2012, 1, 2), None]
    names = ["Đỗ Thị An", *["Lan"] * 8, "Võ Yến"]
    for name, day in zip(names, days, strict=True):
        made = b.pupil(places.own_class, None, name=name, birth_date=day)
        if day is None:
            Student.objects.filter(pk=made.student_id).update(birth_date=None)


@pytest.mark.parametrize("sort", ["ten", "-ten", "ngay-sinh", "-ngay-sinh"])
@pytest.mark.parametrize("size", [2, 3])
def test_a_long_list_is_paged_to_its_end_and_back(
    crowd: None, places: Places, web_client: Callable, sort: str, size: int
) -> None:
    fields = {
        "ten": ("student__sort_key", "student_id", "pk"),
        "ngay-sinh": ("student__birth_date", "student__sort_key", "pk"),
    }[sort.removeprefix("-")]
    reached = Enrolment.objects.filter(start_year=2024, school__unit__parent=places.office)
    ordered = reached.order_by(*(f"-{one}" if sort.startswith("-") else one for one in fields))
    right = list(ordered.values_list("pk", flat=True))
    client = web_client(places.accounts["office"])
    start = f"{ADDRESS}?sap-xep={sort}&so-dong={size}"

    forth = _walk(client, start, "next")
    back = _walk(client, f"{start}&truoc=cuoi", "prev")

    assert len(right) == 13
    assert [key for page in forth for key in page] == right
    assert [key for page in reversed(back) for key in page] == right
    assert [len(page) for page in forth] == {2: [2, 2, 2, 2, 2, 2, 1], 3: [3, 1, 3, 3, 3]}[size]


def test_the_foot_of_a_long_list_says_what_it_knows(crowd: None, places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["office"])

    def feet(address: str, way: str) -> list[str]:
        found = []
        while address:
            body = client.get(address).content.decode()
            found.append(re.search(r"data-announce>([^<]+)</p>", body)[1])
            link = re.search(rf'<a href="([^"]+)" rel="{way}"', body)
            address = html.unescape(link[1]) if link else ""
        return found

    assert feet(f"{ADDRESS}?so-dong=3", "next") == [
        "1–3 / hơn 4",
        "4–4 / hơn 4",
        "5–7 / hơn 7",
        "8–10 / hơn 10",
        "11–13 / 13",
    ]
    assert feet(f"{ADDRESS}?so-dong=3&truoc=cuoi", "prev")[:2] == ["3 dòng, tính từ cuối danh sách / hơn 4"] * 2
    assert feet(f"{ADDRESS}?so-dong=3&truoc=cuoi", "prev")[-1] == "1–1 / hơn 4"
    assert feet(f"{ADDRESS}?so-dong=3&truoc=cuoi&dem=1", "next") == ["11–13 / 13"]
    assert feet(f"{ADDRESS}?so-dong=3&dem=1", "next")[0] == "1–3 / 13"


@pytest.mark.parametrize(
    "named", ["cuoi", "x", "W10", "WzEsMiwzLDRd", "WyJhIiwiYSIsMSwxXQ", "WzEsIlx1MDAwMCIsMSwxXQ", "é"]
)
def test_a_place_that_nobody_gave_out_shows_the_first_page(
    crowd: None, places: Places, web_client: Callable, named: str
) -> None:
    client = web_client(places.accounts["office"])

    shown = client.get(ADDRESS, {"sau": named, "so-dong": "2"})

    assert shown.context["listing"].page in (0, 1)
    assert len(_names(shown)) == 2


@pytest.mark.parametrize("sort", ["ten", "-ten"])
def test_a_name_of_a_crowd_shows_the_same_by_its_first_keys(
    crowd: None, places: Places, web_client: Callable, monkeypatch, sort: str
) -> None:
    client = web_client(places.accounts["department"])
    asked = {"tim": "lan", "so-dong": "2", "sap-xep": sort}

    def shown() -> list[tuple[list[int], str]]:
        found = [client.get(ADDRESS, asked | {"trang": page}) for page in ("1", "2")]
        feet = [re.search(r"data-announce>([^<]+)</p>", one.content.decode())[1] for one in found]
        return [
            ([item.pk for item in one.context["listing"].items], foot) for one, foot in zip(found, feet, strict=True)
        ]

    by_keys = shown()
    monkeypatch.setattr("csdl.years.queries._FOUND", 2)
    with CaptureQueriesContext(connection) as sent:
        of_crowd = shown()

    assert of_crowd == by_keys
    assert [foot for _, foot in by_keys] == ["1–2 / hơn 4", "3–4 / hơn 4"]
    assert sum("csdl_students_first_named" in one["sql"] for one in sent) == 2
    # Counted and paged by two readings of enrolments; in the list's own order the second is of the page's keys alone.
    read = [one["sql"] for one in sent if 'FROM "years_enrolment"' in one["sql"]]
    assert len(read) == 4
    assert not any("COUNT(" in one for one in read)
    if sort == "ten":
        assert all('"id" IN (' in one for one in read[1::2])


def test_a_crowd_whose_first_are_hidden_by_a_filter_is_read_whole(
    crowd: None, places: Places, web_client: Callable, monkeypatch
) -> None:
    monkeypatch.setattr("csdl.years.queries._FOUND", 2)
    monkeypatch.setattr("csdl.portals.authority.students.COUNTED", 5)
    # Six of the eight have left: fewer than are counted stand among the first.
    gone = Enrolment.objects.filter(student__full_name="Lan").order_by("pk")[:6]
    Enrolment.objects.filter(pk__in=[one.pk for one in gone]).update(status_code="04", left_on=dt.date(2024, 10, 1))

    shown = web_client(places.accounts["department"]).get(ADDRESS, {"tim": "lan", "so-dong": "3"})

    assert _names(shown) == [NEAR, "Lan", "Lan"]
    assert shown.context["listing"].total == 4


def test_another_order_or_filter_leaves_the_place(crowd: None, places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["office"])

    body = client.get(ADDRESS, {"truoc": "cuoi", "so-dong": "2", "tim": "lan"}).content.decode()

    links = [html.unescape(link) for link in re.findall(r'href="([^"]+)"', body)]
    assert [link for link in links if "truoc=cuoi" in link] == [f"{ADDRESS}?truoc=cuoi&so-dong=2&tim=lan&dem=1"]


def test_a_place_opens_no_row_of_a_neighbour(crowd: None, places: Places, web_client: Callable) -> None:
    elsewhere = b.school("Trường THCS Quận Khác", parent=b.office("Phòng GDĐT quận khác"), years=(2024,))
    there = b.pupil(b.school_class(elsewhere, "7Z", "07", year=2024), None, name="Lan")
    named = place(["student__sort_key", "student_id", "pk"], there, 5)
    client = web_client(places.accounts["office"])

    shown = client.get(ADDRESS, {"truoc": named, "so-dong": "2"}), client.get(ADDRESS, {"truoc": "cuoi"})

    assert [there.pk in [item.pk for item in one.context["listing"].items] for one in shown] == [False, False]
    assert _names(shown[0]) == ["Lan", "Lan"]
