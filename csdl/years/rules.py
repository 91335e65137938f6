"""Rules of a pupil's stay in a year and of its end, and of the days of assignments. No table, no write."""

import datetime as dt
from decimal import Decimal

from django.db import models

from csdl.codes.models import Grade
from csdl.years.enums import Outcome
from csdl.years.models import HomeroomAssignment, SchoolYear

__all__ = [
    "LeavingKind",
    "allowed_outcomes",
    "held_on",
    "homeroom_day",
    "leaving_status",
    "periods_text",
    "regime_of",
    "semester_window",
    "stay_window",
]

PRESCHOOL, PRIMARY = "01", "02"


class LeavingKind(models.TextChoices):
    TRANSFER = "transfer", "Chuyển đi trường khác"
    DROPOUT = "dropout", "Thôi học"


# First semester, second semester, summer (code list student_status).
_STATUSES = {LeavingKind.TRANSFER: ("04", "08", "11"), LeavingKind.DROPOUT: ("05", "09", "12")}


def leaving_status(kind: LeavingKind, *, on: dt.date, year: SchoolYear) -> str:
    """The status code of somebody who leaves on a day: the list has one for each semester and one for the summer."""
    part = 0 if on < year.semester2_on else 1 if on <= year.ends_on else 2
    return _STATUSES[kind][part]


def stay_window(year: SchoolYear) -> tuple[dt.date, dt.date]:
    """First and last day on which something may happen to an enrolment of the year (the tables hold to it as well)."""
    return dt.date(year.start_year, 7, 1), dt.date(year.start_year + 1, 6, 30)


def semester_window(year: SchoolYear, semester: int) -> tuple[dt.date, dt.date]:
    """First and last day on which a semester's lessons are given."""
    if semester == 1:
        return year.opening_on, year.semester2_on - dt.timedelta(days=1)
    return year.semester2_on, year.ends_on


def homeroom_day(year: SchoolYear, semester: int, today: dt.date) -> dt.date:
    """On which day a page over a semester says who leads a class: today, where today lies in it, else its nearest."""
    first, last = semester_window(year, semester)
    return min(max(today, first), last)


def periods_text(periods: Decimal | None) -> str:
    """Periods as people write them: 4, 1,5; empty where nobody said."""
    return "" if periods is None else f"{periods.normalize():f}".replace(".", ",")


def held_on(row: HomeroomAssignment, day: dt.date) -> bool:
    """Whether an assignment holds on a day; `valid_to` is the first day it no longer does."""
    return row.valid_from <= day and (row.valid_to is None or row.valid_to > day)


def allowed_outcomes(grade: Grade) -> tuple[Outcome, ...]:
    """What a year may decide about a pupil of a grade (results-and-promotion §0): the last grade of a level completes
    it, every other one promotes."""
    if grade.completed_outcome:
        up = [Outcome(grade.completed_outcome)]
        if grade.completed_outcome == Outcome.COMPLETED_UPPER_SECONDARY:
            up.append(Outcome.GRADUATED)
    else:
        up = [Outcome.PROMOTED]
    if grade.level_code == PRESCHOOL:
        return (*up, Outcome.COMPLETED_PRESCHOOL, Outcome.NOT_ASSESSED)
    return (
        *up,
        Outcome.RETAINED,
        Outcome.PENDING_REASSESSMENT,
        Outcome.PENDING_SUMMER_TRAINING,
        Outcome.NOT_ASSESSED,
    )


def regime_of(grade: Grade, start_year: int) -> str:
    """The regulation by which a grade was judged in a year; grades 9 and 12 of 2023-2024 by the older one (§3.6)."""
    if grade.level_code == PRESCHOOL:
        return "preschool"
    if grade.level_code == PRIMARY:
        return "tt27"
    return "tt58" if start_year < 2024 and grade.number in (9, 12) else "tt22"
