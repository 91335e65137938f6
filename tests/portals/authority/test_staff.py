"""Staff of every school within reach: found without accents, narrowed, never beyond the account's part."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from csdl.lib.vietnamese import fold
from tests import builders as b
from tests.portals.places import Places

pytestmark = pytest.mark.django_db
EVERYBODY = ("Bùi Thu Trang", "Hoàng Văn Láng", "Cao Xa Lạ")


def _found(client, query: str = "") -> list[str]:  # type: ignore[no-untyped-def]
    body = client.get(f"{reverse('authority:staff-list')}?{query}").content.decode().split('id="results"')[1]
    return [name for name in EVERYBODY if name in body]


def test_each_account_finds_its_own_part(places: Places, web_client: Callable) -> None:
    far = b.school("Trường THCS Xa", parent=b.office("Phòng GDĐT huyện Kiến Thụy"), years=(2024,))
    b.teacher(far, "Cao Xa Lạ", year=2024)

    assert _found(web_client(places.accounts["department"])) == list(EVERYBODY)
    assert _found(web_client(places.accounts["office"])) == ["Bùi Thu Trang", "Hoàng Văn Láng"]
    assert _found(web_client(places.accounts["clerk"])) == ["Bùi Thu Trang"]


def test_staff_are_found_without_accents_and_by_school(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["office"])

    assert _found(client, f"tim={fold('Láng Hoàng')}") == ["Hoàng Văn Láng"]
    assert _found(client, f"truong={places.school.unit.public_id}") == ["Bùi Thu Trang"]
    assert _found(client, "tinh-trang=da-thoi") == []


def test_the_list_takes_as_many_statements_for_one_as_for_many(places: Places, web_client: Callable) -> None:
    def statements() -> int:
        client = web_client(places.accounts["office"])
        client.get(reverse("authority:staff-list"))
        with CaptureQueriesContext(connection) as caught:
            client.get(reverse("authority:staff-list"))
        return len(caught)

    few = statements()
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    for _ in range(8):
        b.teacher(places.other_school, year=2024)

    assert statements() == few
