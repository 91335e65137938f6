"""Filters of our templates."""

import datetime as dt

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from csdl.lib import clock
from csdl.portals.components.histories import EditLines
from csdl.portals.components.templatetags.parts import logged_at


@pytest.mark.parametrize(
    ("moved_by", "expected"),
    [(dt.timedelta(0), "05:03 26/11/2026"), (dt.timedelta(days=-840), "05:03 26/11/2026 (giờ thật)")],
)
def test_a_logged_instant_says_that_it_is_real_where_the_day_was_moved(moved_by: dt.timedelta, expected: str) -> None:
    instant = dt.datetime(2026, 11, 25, 22, 3, tzinfo=dt.UTC)

    with clock.reading(timezone.now() + moved_by):
        told = logged_at(instant)

    assert told == expected


def test_what_was_not_done_yet_has_no_instant() -> None:
    assert logged_at(None) == "–"


@pytest.mark.django_db
def test_an_edit_is_undone_by_its_plain_number_however_many_there_were() -> None:
    edit = EditLines(1_234_567, "", timezone.now(), "Lê Minh Ngọc", "Hồ sơ", ())

    page = render_to_string("components/history.html", {"edits": [edit], "undo_url": "/hoan-tac/"})

    assert 'name="lan" value="1234567"' in page
