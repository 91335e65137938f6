"""Rules of a pupil's stay in a year and of its end, which single and bulk acts share. No table, no write."""

import datetime as dt

from django.db import models

from csdl.codes.models import Grade
from csdl.years.enums import Outcome
from csdl.years.models import SchoolYear

__all__ = ["LeavingKind", "allowed_outcomes", "leaving_status", "regime_of", "stay_window"]

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
