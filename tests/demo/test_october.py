"""The stage of October: what a newcomer finds at 16:50 on 7/10/2024."""

import datetime as dt

import pytest

from csdl.demo.build import build_province
from csdl.lib import clock
from csdl.reports.models import ReportPeriod, Submission
from csdl.reports.queries import status
from csdl.years.models import Enrolment, SchoolClass
from tests import builders as b

pytestmark = [pytest.mark.django_db, pytest.mark.server]


def test_october_is_ten_minutes_before_the_hour_with_some_late_and_one_with_open_checks() -> None:
    build_province(pupils=1_000, start_year=2023, stage="october")

    lines = status(actor=b.SYSTEM, period=ReportPeriod.objects.get())
    owed = [line for line in lines if not line.reason]
    missing = [line for line in owed if line.state == "not_started"]
    placed = Enrolment.objects.filter(start_year=2024, left_on__isnull=True)

    assert clock.now().replace(second=0, microsecond=0) == dt.datetime(2024, 10, 7, 16, 50, tzinfo=clock.LOCAL_ZONE)
    assert 3 <= len(missing) < len(owed) / 5
    assert {line.due_at for line in owed} == {dt.datetime(2024, 10, 7, 17, tzinfo=clock.LOCAL_ZONE)}
    assert len({line.unit_code for line in owed if line.errors}) <= 1
    assert {"31305401", "31305501"} <= {line.unit_code for line in owed if line.state == "snapshotted"}
    classes = set(SchoolClass.objects.filter(start_year=2024).values_list("school_id", "grade_code"))
    assert not classes & set(placed.filter(school_class__isnull=True).values_list("school_id", "grade_code"))
    filled = set(placed.values_list("school_class_id", flat=True))
    entry = SchoolClass.objects.filter(start_year=2024, grade_code__in=["01", "06", "10", "13"])
    assert sum(one.pk in filled for one in entry) >= 0.9 * entry.count()
    assert Submission.objects.count() == len(owed) - len(missing)
