"""The made-up province of October 2024, with everything that the start-of-year forms ask; and a bare period."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from csdl.demo.build import build_province
from csdl.lib import clock
from csdl.reports.actions import freeze, open_usual_period
from csdl.reports.models import ReportPeriod
from tests import builders as b

PUPILS = 3_000
OCTOBER = dt.datetime(2024, 10, 3, 9, tzinfo=clock.LOCAL_ZONE)


@pytest.fixture(scope="module")
def province(django_db_setup, django_db_blocker) -> Iterator[ReportPeriod]:
    """One province for a module's tests, frozen as a whole, taken back afterwards."""
    with django_db_blocker.unblock():
        with transaction.atomic():
            build_province(pupils=PUPILS, start_year=2023, stage="october")
            period = ReportPeriod.objects.get()
            freeze(actor=b.SYSTEM, period=period)
            yield period
            transaction.set_rollback(True)
        connection.close()


@pytest.fixture
def frozen(province: ReportPeriod, db: None) -> ReportPeriod:
    return province


@pytest.fixture
def october(db: None) -> ReportPeriod:
    """The period of 30/9/2024 on the morning of 3/10/2024, without any school yet."""
    b.school_year(2024)
    clock.move_to(OCTOBER)
    return open_usual_period(actor=b.SYSTEM, start_year=2024, kind="BOY")
