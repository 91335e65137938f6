"""Rules of a pupil's stay in a year that single and bulk acts share. No table, no write."""

import datetime as dt

from django.db import models

from csdl.years.models import SchoolYear

__all__ = ["LeavingKind", "leaving_status", "stay_window"]


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
