"""The box for everything: each kind is found, within reach only, five at most, with the way to all."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import builders as b
from tests.portals.places import Places

pytestmark = pytest.mark.django_db

ADDRESS = reverse("desk:search")


def _found(client, typed: str) -> dict[str, list[str]]:
    groups = client.get(ADDRESS, {"tim": typed}).context["groups"]
    return {group.title: [hit.text for hit in group.hits] for group in groups}


@pytest.mark.parametrize(
    ("role", "typed", "found"),
    [
        ("clerk", "thi lan", {"Học sinh": ["Nguyễn Thị Lan"]}),
        ("clerk", "031212001845", {"Học sinh": ["Nguyễn Thị Lan"]}),
        ("clerk", "lang gieng", {}),
        ("office", "lang gieng", {"Học sinh": ["Lê Văn Láng Giềng"]}),
        ("homeroom", "minh dat", {}),
        ("homeroom", "thi lan", {"Học sinh": ["Nguyễn Thị Lan"]}),
        ("clerk", "bui thu", {"Cán bộ, giáo viên": ["Bùi Thu Trang"]}),
        ("homeroom", "bui thu", {}),
        ("clerk", "lớp 7b", {"Lớp": ["Lớp 7B"]}),
        ("homeroom", "7b", {}),
        ("clerk", "7c", {}),
        ("office", "7c", {"Lớp": ["Lớp 7C"]}),
        ("clerk", "truong cong dinh", {}),
        ("office", "truong cong dinh", {"Đơn vị, trường": ["Trường THCS Trương Công Định"]}),
        ("department", "quan le chan", {"Đơn vị, trường": ["Phòng GDĐT quận Lê Chân"]}),
        ("nobody", "ket chuyen du lieu", {"Trợ giúp": ["Kết chuyển dữ liệu sang năm học mới"]}),
        ("clerk", "x", {}),
        ("clerk", "", {}),
    ],
)
def test_each_kind_is_found_within_reach(
    places: Places, web_client: Callable, role: str, typed: str, found: dict[str, list[str]]
) -> None:
    assert _found(web_client(places.accounts[role]), typed) == found


def test_five_of_a_kind_and_the_way_to_all(places: Places, web_client: Callable) -> None:
    for number in range(7):
        b.pupil(places.own_class, None, name=f"Hoàng Văn Đông {'ABCDEFG'[number]}")
    client = web_client(places.accounts["clerk"])

    (group,) = client.get(ADDRESS, {"tim": "hoang van"}).context["groups"]
    all_of_them = client.get(group.more_url).context["listing"]

    assert (len(group.hits), all_of_them.total) == (5, 7)


def test_the_drop_down_is_the_groups_only(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])

    part = client.get(ADDRESS, {"tim": "lan"}, headers={"HX-Request": "true"}).content.decode()

    assert part.lstrip().startswith('<div class="found">')
    assert "Nguyễn Thị Lan" in part
    assert "031212001845" not in part


def test_a_search_takes_as_many_queries_for_five_as_for_one(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    client.get(ADDRESS, {"tim": "tran"})
    with CaptureQueriesContext(connection) as few:
        client.get(ADDRESS, {"tim": "tran"})
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    for _ in range(5):
        b.pupil(places.own_class, None, name="Trần Văn Thêm")
        b.teacher(places.school, "Trần Thị Cô", year=2024)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE csdl_test_app")

    with CaptureQueriesContext(connection) as more:
        client.get(ADDRESS, {"tim": "tran"})

    assert len(more) == len(few)
