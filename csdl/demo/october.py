"""Stage "october": the new year as it stands on 7/10/2024 at 16:50, ten minutes before the schools' reports are due.

Entry grades are filled from who completed the level before (and with new children in the youngest groups), files are
clean, facilities written, the start-of-year period open. Most schools have frozen their report; a few have not, and one
left its faults in. Owns the order; the sets stand in `sql/`.
"""

import datetime as dt
import random
from collections import Counter

from csdl.accounts.actor import Actor
from csdl.demo.cohorts import COHORTS, Cohort
from csdl.demo.identities import NumberBook
from csdl.demo.institutions import PROVINCE_NAME
from csdl.demo.pupils import ClassSeat, Home, PupilWriter
from csdl.demo.sheets import Sheets
from csdl.lib import clock, sql
from csdl.orgs.models import OrgUnit, SchoolProfile
from csdl.reports.actions import freeze, open_usual_period
from csdl.reports.queries import expected_reports
from csdl.staff.models import StaffPosting
from csdl.years.models import Enrolment, SchoolClass

__all__ = ["fill_october"]

_M = "csdl.demo"
# One unit in twelve is late, in the order of the codes; the sample accounts' own schools have their report ready.
_LATE_EACH, _LATE_FROM = 12, 5
_READY = ("31305401", "31305501")
_ENTRANCES = (
    (("completed_preschool",), ("01",)),
    (("completed_primary",), ("06", "20")),
    (("completed_lower_secondary",), ("10", "13")),
)
# Children who come new into an empty group, beside whom the turn of the year brought along.
_NEWCOMERS = 6


def fill_october(*, actor: Actor, start_year: int, numbers: NumberBook, seed: int) -> None:
    """Bring a rolled province to the afternoon of 7/10; `start_year` is the new year.

    Shapes:  enrolments in entry classes, a few new children; rooms; one ReportPeriod, the reports of who is not late.
    """
    summer, september = dt.date(start_year, 8, 15), dt.datetime(start_year, 9, 3, 8, tzinfo=clock.LOCAL_ZONE)
    clock.move_to(september)
    for outcomes, grades in _ENTRANCES:
        sql.execute(
            _M,
            "10_seat_completers",
            start_year=start_year,
            outcomes=list(outcomes),
            grades=list(grades),
            enrolled_on=summer,
        )
    _add_newcomers(start_year, numbers, seed)
    sql.execute(_M, "11_place_pupils", start_year=start_year)
    spared = _spared()
    for name in ("20_complete_pupils", "21_complete_staff", "22_complete_schools", "23_fill_rooms"):
        sql.execute(_M, name, start_year=start_year, unit_ids=spared)
    _freeze_reports(actor, start_year, spared)


def _spared() -> list[int]:
    """One school that leaves the faults in: one with a contract missing, so that its form does not add up."""
    lacking = StaffPosting.objects.filter(contract_code="", unit__school__isnull=False)
    found = lacking.order_by("unit__code").values_list("unit_id", flat=True).first()
    return [found] if found else []


def _add_newcomers(start_year: int, numbers: NumberBook, seed: int) -> None:
    """New persons for classes that are still empty."""
    cohorts: dict[str, Cohort] = {cohort.key: cohort for group in COHORTS.values() for cohort in group}
    filled = set(
        Enrolment.objects.filter(start_year=start_year, school_class__isnull=False).values_list(
            "school_class_id", flat=True
        )
    )
    empty = SchoolClass.objects.filter(start_year=start_year).exclude(pk__in=filled).order_by("school_id", "pk")
    profiles = {one.school_id: one for one in SchoolProfile.objects.filter(start_year=start_year)}
    sheets = Sheets.opened()
    writer = PupilWriter(sheets, numbers, start_year, Counter(), is_over=False)
    for one in empty:
        cohort = cohorts.get(one.grade_code + one.age_group_code)
        profile = profiles[one.school_id]
        if cohort is None:
            continue
        rng = random.Random(f"{seed}:{one.public_id}")
        count = min(_NEWCOMERS, 10 if one.is_special else cohort.limit) - rng.randrange(3)
        seat = ClassSeat(one.pk, one.school_id, cohort, cohort.limit, one.is_special, True, count)
        home = Home(profile.commune_code, "thôn 1", profile.address, PROVINCE_NAME)
        writer.fill_class(
            seat,
            count,
            rng,
            homes=[home],
            entry_kind="2",
            neighbours=[],
            disability_code="05" if one.is_special else "",
        )
    sheets.close()


def _freeze_reports(actor: Actor, start_year: int, ready: list[int]) -> None:
    period = open_usual_period(actor=actor, start_year=start_year, kind="BOY")
    clock.move_to(dt.datetime(start_year, 10, 3, 9, tzinfo=clock.LOCAL_ZONE))
    owed = {one.unit_id for one in expected_reports(period) if one.forms}
    for place, unit in enumerate(OrgUnit.objects.filter(pk__in=owed).order_by("code")):
        is_late = place % _LATE_EACH == _LATE_FROM and unit.code not in _READY and unit.pk not in ready
        if not is_late:
            freeze(actor=actor, period=period, unit=unit)
    clock.move_to(dt.datetime(start_year, 10, 7, 16, 50, tzinfo=clock.LOCAL_ZONE))
