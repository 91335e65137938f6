"""The chain for the browser: three schools of one office on 3/10/2024, a clerk and a head each, office, department."""

import datetime as dt

from csdl.lib import clock
from csdl.reports.actions import open_usual_period
from csdl.students.models import Student
from csdl.years.models import SchoolYear
from tests import builders as b
from tests.reports.chain import Chain, build_chain

__all__ = ["build", "reporting"]


def reporting() -> Chain:
    """Write it all; one pupil of the first school has no birth date, so one check is open there."""
    b.school_year(2024, current=True)
    assert SchoolYear.objects.filter(is_current=True).exists()
    clock.move_to(dt.datetime(2024, 10, 3, 9, tzinfo=clock.LOCAL_ZONE))
    period = open_usual_period(actor=b.SYSTEM, start_year=2024, kind="BOY")
    chain = build_chain(period)
    own = Student.objects.filter(enrolments__school=chain.schools[0], full_name="Học sinh 1A")
    own.update(birth_date=None)
    return chain


def build() -> None:
    reporting()
