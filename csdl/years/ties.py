"""What the years tell the modules below them: which year takes writes, which classes stand at a site, which of them a
person still leads or teaches."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping

from django.db.models import Q

from csdl.orgs.models import SchoolSite
from csdl.orgs.ties import register_site_tie, register_year_check
from csdl.staff.ties import register_staff_tie
from csdl.years.enums import AssignmentState
from csdl.years.errors import YearError
from csdl.years.models import HomeroomAssignment, SchoolClass, SchoolYear, TeachingAssignment
from csdl.years.plans import subject_labels
from csdl.years.rules import check_year_open, semester_window

_SHOWN = 4


def check_open(start_year: int) -> None:
    """Errors: YEAR-01 no such year; YEAR-02 it is not open."""
    year = SchoolYear.objects.filter(pk=start_year).first()
    if year is None:
        raise YearError(f"Chưa mở năm học {start_year}-{start_year + 1}.", code="YEAR-01")
    check_year_open(year)


def classes_at(site: SchoolSite) -> list[str]:
    """Names of the classes that learn at a site."""
    rows = SchoolClass.objects.filter(site=site, start_year=site.start_year).order_by("grade_code", "sort_key")
    return [f"lớp {name}" for name in rows.values_list("name", flat=True)]


def classes_held(unit_id: int, staff_ids: Collection[int], day: dt.date) -> Mapping[int, list[str]]:
    """Classes that persons lead, and subjects that they teach, by confirmed assignments with days from that day on."""
    years = list(SchoolYear.objects.filter(ends_on__gte=day))
    open_ended = {year.pk for year in years}
    confirmed = {"staff__in": staff_ids, "school_class__school": unit_id, "state": AssignmentState.CONFIRMED}
    led = HomeroomAssignment.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day), **confirmed)
    led = led.filter(school_class__start_year__in=open_ended)
    found: dict[int, list[str]] = defaultdict(list)
    classes: dict[int, list[str]] = defaultdict(list)
    for staff_id, name in led.order_by("school_class__sort_key").values_list("staff_id", "school_class__name"):
        classes[staff_id].append(name)
    for staff_id, names in classes.items():
        found[staff_id].append(f"chủ nhiệm lớp {', '.join(dict.fromkeys(names))}")
    ahead = Q(pk__isnull=True)
    for year in years:
        semesters = [number for number in (1, 2) if semester_window(year, number)[1] >= day]
        ahead |= Q(school_class__start_year=year.pk, semester__in=semesters)
    taught = TeachingAssignment.objects.filter(ahead, **confirmed).order_by("subject_code", "school_class__sort_key")
    subjects = subject_labels(max((year.start_year for year in years), default=day.year))
    lessons: dict[int, list[str]] = defaultdict(list)
    for staff_id, code, name in taught.values_list("staff_id", "subject_code", "school_class__name"):
        lessons[staff_id].append(f"{subjects.get(code, code)} {name}")
    for staff_id, names in lessons.items():
        found[staff_id].append(f"dạy {_named(list(dict.fromkeys(names)))}")
    return found


def _named(names: list[str]) -> str:
    """The first few, and how many more."""
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" và {more} lớp, môn khác" if more > 0 else "")


register_year_check(check_open)
register_site_tie(classes_at)
register_staff_tie(classes_held)
