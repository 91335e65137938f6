"""Opening, choosing, closing and reopening a school year."""

import pytest
from django.db import connection

from csdl.accounts.errors import NotAllowed
from csdl.audit.models import Event
from csdl.years.actions import close_school_year, make_year_current, open_school_year, reopen_school_year
from csdl.years.errors import YearError
from csdl.years.models import SchoolYear
from tests import builders as b

pytestmark = pytest.mark.django_db


def test_opening_makes_the_tables_and_says_so_in_the_log() -> None:
    open_school_year(actor=b.SYSTEM, start_year=2024)
    open_school_year(actor=b.SYSTEM, start_year=2024)

    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('years_enrolment_2024') IS NOT NULL")
        assert cursor.fetchone() == (True,)
    assert list(Event.objects.values_list("kind", "data")) == [("year:open", {"start_year": 2024})]


def test_the_current_year_cannot_be_closed_and_a_closed_one_opens_for_a_reason_only() -> None:
    for year in (2023, 2024):
        open_school_year(actor=b.SYSTEM, start_year=year)
    make_year_current(actor=b.SYSTEM, start_year=2023)

    with pytest.raises(YearError):
        close_school_year(actor=b.SYSTEM, start_year=2023)
    make_year_current(actor=b.SYSTEM, start_year=2024)
    close_school_year(actor=b.SYSTEM, start_year=2023)
    with pytest.raises(YearError):
        open_school_year(actor=b.SYSTEM, start_year=2023)
    with pytest.raises(YearError):
        reopen_school_year(actor=b.SYSTEM, start_year=2023, reason=" ")
    reopen_school_year(actor=b.SYSTEM, start_year=2023, reason="Sửa theo công văn 12/SGDĐT")

    states = {year.start_year: (year.state, year.is_current) for year in SchoolYear.objects.all()}
    assert states == {2023: ("open", False), 2024: ("open", True)}
    assert Event.objects.filter(kind="year:reopen", data__reason="Sửa theo công văn 12/SGDĐT").exists()


def test_a_school_head_may_not_open_years() -> None:
    from csdl.access.actors import actor_for

    head = b.account("ht", "school_head", b.school().unit)

    with pytest.raises(NotAllowed):
        open_school_year(actor=actor_for(head), start_year=2030)


def test_years_are_opened_one_beside_the_other() -> None:
    open_school_year(actor=b.SYSTEM, start_year=2024)

    with pytest.raises(YearError, match="chỉ mở được từ 2023 đến 2025"):
        open_school_year(actor=b.SYSTEM, start_year=2098)
