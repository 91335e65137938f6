"""The days that a preview promises are those on which the right then holds."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import connection

from csdl.delegation.actions import Wanted
from csdl.delegation.queries import days_held
from csdl.staff.models import StaffPosting
from tests.delegation.place import TODAY, Place, on

pytestmark = pytest.mark.django_db
END = dt.date(2025, 11, 1)


@pytest.fixture
def place(db: None, settings, tmp_path) -> Iterator[Place]:
    settings.FILES_DIR = tmp_path / "files"
    with on(TODAY):
        yield Place()


@pytest.mark.parametrize(
    ("first", "ends", "again", "expected"),
    [
        (TODAY, None, None, [(TODAY, END)]),
        (dt.date(2024, 10, 1), None, None, [(dt.date(2024, 10, 1), END)]),
        (TODAY, dt.date(2025, 1, 1), None, [(TODAY, dt.date(2025, 1, 1))]),
        (TODAY, dt.date(2025, 1, 1), dt.date(2025, 1, 1), [(TODAY, END)]),
        (
            TODAY,
            dt.date(2025, 1, 1),
            dt.date(2025, 3, 1),
            [(TODAY, dt.date(2025, 1, 1)), (dt.date(2025, 3, 1), END)],
        ),
        (dt.date(2025, 2, 1), dt.date(2025, 1, 1), None, []),
    ],
)
def test_a_preview_promises_the_days_on_which_the_right_then_holds(
    place: Place,
    first: dt.date,
    ends: dt.date | None,
    again: dt.date | None,
    expected: list[tuple[dt.date, dt.date]],
) -> None:
    StaffPosting.objects.filter(staff=place.lan).update(valid_to=ends)
    if again:
        StaffPosting.objects.create(staff=place.lan, unit=place.unit, valid_from=again, staff_group_code="03")

    told = days_held(place.lan.account_id, place.unit.pk, first, END)
    place.signed(Wanted(place.lan.account_id, "student_records", first, END))

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT valid_from, valid_to FROM csdl_grant_holds(ARRAY[%s::bigint]) ORDER BY valid_from",
            [place.lan.account_id],
        )
        held = cursor.fetchall()
    assert told == held == expected


def test_who_has_gone_without_a_last_day_holds_nothing(place: Place) -> None:
    StaffPosting.objects.filter(staff=place.lan).update(status_code="05")

    assert days_held(place.lan.account_id, place.unit.pk, TODAY, END) == []
