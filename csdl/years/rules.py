"""Rules of a pupil's stay in a year and of its end, and of the days of assignments. No table, no write."""

import csv
import datetime as dt
import re
from collections import defaultdict
from decimal import Decimal
from importlib.resources import files

from django.db import models

from csdl.codes.models import Grade
from csdl.years.enums import Outcome, YearState
from csdl.years.errors import YearError
from csdl.years.models import HomeroomAssignment, SchoolYear

__all__ = [
    "LeavingKind",
    "allowed_outcomes",
    "check_year_open",
    "held_on",
    "homeroom_day",
    "leaving_status",
    "names_its_grade",
    "periods_text",
    "regime_of",
    "semester_window",
    "stay_window",
]

PRESCHOOL = "01"


def check_year_open(year: SchoolYear) -> None:
    """Errors: YEAR-02 the year takes no writes."""
    if year.state != YearState.OPEN:
        raise YearError(f"Năm học {year.name} không mở để sửa số liệu. Hãy chọn năm học đang mở.", code="YEAR-02")


class LeavingKind(models.TextChoices):
    TRANSFER = "transfer", "Chuyển đi trường khác"
    DROPOUT = "dropout", "Thôi học"


# First semester, second semester, summer (code list student_status).
_STATUSES = {LeavingKind.TRANSFER: ("04", "08", "11"), LeavingKind.DROPOUT: ("05", "09", "12")}


def leaving_status(kind: LeavingKind, *, on: dt.date, year: SchoolYear) -> str:
    """The status code of somebody who leaves on a day: the list has one for each semester and one for the summer."""
    part = 0 if on < year.semester2_on else 1 if on <= year.ends_on else 2
    return _STATUSES[kind][part]


def names_its_grade(name: str, number: int | None) -> bool:
    """Whether a class name begins with its grade, as those of grades 1 to 12 do ("6A1", "10/2"); True where the level
    has no number."""
    return not number or re.match(rf"{number}(?!\d)", name) is not None


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


def _regimes() -> dict[tuple[str, str], list[tuple[int, str]]]:
    """`data/regimes.csv`: level and grade number -> (first school year, regulation), the newest first."""
    found: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    with files("csdl.years").joinpath("data", "regimes.csv").open(encoding="utf-8") as text:
        for row in csv.DictReader(text):
            found[row["level_code"], row["grade_number"]].append((int(row["since"]), row["regime"]))
    return {key: sorted(rows, reverse=True) for key, rows in found.items()}


_REGIMES = _regimes()


def regime_of(level_code: str, number: int | None, start_year: int) -> str:
    """The regulation by which a grade was judged in a year.

    Shapes:  `number` is the grade's (1 to 12), empty or 0 where the level has none.
    Source:  `data/regimes.csv`: a line for each level and grade from the year the regulation held for it. Grade 5 was
             still under TT 30/2014 with TT 22/2016 in 2023-2024, grades 9 and 12 under TT 58/2011 (results §3.6, §4).
    """
    lines = _REGIMES.get((level_code, str(number or ""))) or _REGIMES[level_code, ""]
    return next(regime for since, regime in lines if start_year >= since)
