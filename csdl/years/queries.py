"""Reads of a school year: classes, pupils, figures. Everything begins at the gate."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from csdl.access.queries import visible
from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.lib import clock
from csdl.orgs.models import School
from csdl.staff.models import StaffMember
from csdl.students.queries import first_by_name, found_by_name, found_by_number, is_number, matching
from csdl.years.assignment_queries import homerooms_held
from csdl.years.enums import Outcome, YearState
from csdl.years.models import (
    ClassMove,
    Enrolment,
    HomeroomAssignment,
    SchoolClass,
    SchoolYear,
    YearResult,
)

__all__ = [
    "ASSIGNED",
    "UNDECIDED",
    "ClassRow",
    "FoundPupils",
    "GradeFigures",
    "class_counts",
    "class_counts_by_grade",
    "class_rows",
    "classes",
    "enrolments_of_student",
    "first_pupils",
    "found_pupils",
    "homeroom_names",
    "homeroom_staff",
    "moves_of",
    "outcome_of",
    "pupil_counts",
    "pupils",
    "pupils_by_grade",
    "results_of",
    "school_reached",
    "school_years",
    "schools_reached",
    "turning_year",
    "undecided",
]

# Stands for a homeroom teacher whose record the viewer may not see.
ASSIGNED = "đã phân công"
# No decision yet: the head or the summer still has to speak.
UNDECIDED = (Outcome.PENDING_REASSESSMENT, Outcome.PENDING_SUMMER_TRAINING)
# More than these, and a number means nobody in particular, a name a crowd.
_FOUND = 3000
_GIRLS = Q(student__gender_code="02")
_HERE = Q(left_on__isnull=True)


@dataclass(frozen=True)
class ClassRow:
    """One class as a list shows it. Counts are of pupils who have not left."""

    school_class: SchoolClass
    pupil_count: int
    girl_count: int
    homeroom_name: str


class FoundPupils(NamedTuple):
    """Enrolments whose pupil is whom was typed; `are_many`: a name that a crowd bears (`first_pupils`)."""

    rows: QuerySet[Enrolment]
    are_many: bool = False


@dataclass(frozen=True)
class GradeFigures:
    """Pupils who have not left, of one grade."""

    grade_code: str
    pupil_count: int
    girl_count: int


def school_years() -> QuerySet[SchoolYear]:
    """School years, newest first. A public fact: no gate."""
    return SchoolYear.objects.order_by("-start_year")


def turning_year(today: dt.date) -> SchoolYear | None:
    """The year that is being left: the newest open one whose last day is past and which has a year after it."""
    following = SchoolYear.objects.filter(start_year=OuterRef("start_year") + 1)
    ended = SchoolYear.objects.filter(Exists(following), ends_on__lt=today, state=YearState.OPEN)
    return ended.order_by("-start_year").first()


def schools_reached(actor: Actor) -> QuerySet[School]:
    """Schools whose pages open: by the school's own right, else those of the actor's classes."""
    rows = School.objects.select_related("unit__parent")
    if actor.can(Permission.SCHOOL_READ):
        return visible(rows, actor, Permission.SCHOOL_READ)
    return rows.filter(pk__in=classes(actor).values("school_id"))


def school_reached(actor: Actor, public_id: uuid.UUID) -> School | None:
    """One of `schools_reached`, None for any other. Whom a grant gives the whole school is told by the grants alone:
    the filter over every way to a school is made for the others only."""
    row = School.objects.select_related("unit").filter(unit__public_id=public_id).first()
    if row is None or actor.can(Permission.SCHOOL_READ, on=row.pk):
        return row
    return schools_reached(actor).filter(pk=row.pk).first()


def classes(actor: Actor, *, school_id: int | None = None) -> QuerySet[SchoolClass]:
    """Classes that the actor may see, in any year, of every school or of one."""
    return visible(SchoolClass.objects.all(), actor, Permission.CLASS_READ, of_unit=school_id)


def class_rows(actor: Actor, *, school_id: int, start_year: int) -> list[ClassRow]:
    """Classes of a school in a year with their pupils counted; three queries however many classes."""
    rows = list(
        classes(actor, school_id=school_id)
        .filter(start_year=start_year)
        .select_related("site")
        .order_by("level_code", "grade_code", "sort_key")
    )
    # Who keeps the classes need not read the pupils in them.
    may_count = actor.can(Permission.STUDENT_READ)
    here = pupils(actor, start_year=start_year, school_id=school_id) if may_count else None
    counted = _counted(here, "school_class_id") if here is not None else []
    counts = {class_id: (pupil_count, girl_count) for class_id, pupil_count, girl_count in counted}
    homerooms = homeroom_names(actor, [row.pk for row in rows])
    found = []
    for row in rows:
        pupil_count, girl_count = counts.get(row.pk, (0, 0))
        found.append(ClassRow(row, pupil_count, girl_count, homerooms.get(row.pk, "")))
    return found


def homeroom_names(actor: Actor, class_ids: Iterable[int]) -> dict[int, str]:
    """Homeroom teacher of each class, by name.

    Who may see a class need not see its teacher's record: then the name stands as ASSIGNED.
    """
    staff_ids = homeroom_staff(actor, class_ids)
    # Asked apart, not joined: the row policy of staff would drop the assignment with the name.
    names = dict(StaffMember.objects.filter(pk__in=staff_ids.values()).values_list("pk", "full_name"))
    return {class_id: names.get(staff_id, ASSIGNED) for class_id, staff_id in staff_ids.items()}


def homeroom_staff(actor: Actor, class_ids: Iterable[int]) -> dict[int, int]:
    """Key of who leads each class: today, else who is to lead it next; of a year behind, who did at its end."""
    rows = visible(HomeroomAssignment.objects.filter(school_class__in=list(class_ids)), actor, Permission.CLASS_READ)
    by_year: dict[int, list[HomeroomAssignment]] = defaultdict(list)
    for row in rows.annotate(of_year=F("school_class__start_year")):
        by_year[row.of_year].append(row)
    staff_ids: dict[int, int] = {}
    for start_year, assigned in by_year.items():
        day = min(max(clock.today(), dt.date(start_year, 7, 1)), dt.date(start_year + 1, 5, 31))
        staff_ids |= {class_id: row.staff_id for class_id, row in homerooms_held(assigned, day).items()}
    return staff_ids


def pupils(
    actor: Actor,
    *,
    start_year: int,
    school_id: int | None = None,
    class_id: int | None = None,
) -> QuerySet[Enrolment]:
    """Enrolments of a year that the actor may see, those who left among them."""
    rows = Enrolment.objects.filter(start_year=start_year)
    if class_id is not None:
        rows = rows.filter(school_class_id=class_id)
    return visible(rows, actor, Permission.STUDENT_READ, of_unit=school_id)


def found_pupils(actor: Actor, *, start_year: int, search: str) -> FoundPupils:
    """Enrolments of a year whose pupil is whom was typed, over all that the actor reaches, up to a whole province.

    Who is meant is looked up first, by the index of names or of each number; where a name means too many, the rows are
    read along the order of names.
    """
    rows = pupils(actor, start_year=start_year)
    if not search:
        return FoundPupils(rows)
    if is_number(search):
        return FoundPupils(rows.filter(student_id__in=found_by_number(search, at_most=_FOUND)))
    found = found_by_name(search, at_most=_FOUND)
    if found is None:
        return FoundPupils(rows.filter(matching(search, prefix="student__")), are_many=True)
    return FoundPupils(rows.filter(student_id__in=found))


def first_pupils(actor: Actor, *, start_year: int, search: str, at_most: int) -> QuerySet[Enrolment]:
    """Of `found_pupils` by a name that a crowd bears, those of the first so many students in the order of names.

    Nobody where the actor does not see every pupil: of a part, the planner knows better.
    """
    first = first_by_name(search, start_year=start_year, at_most=at_most)
    return pupils(actor, start_year=start_year).filter(student_id__in=first)


def pupils_by_grade(rows: QuerySet[Enrolment]) -> list[GradeFigures]:
    """Pupils who have not left, counted by grade."""
    return [GradeFigures(*row) for row in _counted(rows, "grade_code")]


def pupil_counts(actor: Actor, *, school_ids: Iterable[int], start_year: int) -> dict[int, dict[str, int]]:
    """Pupils who have not left, of some schools: school -> grade -> pupils. One query."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = pupils(actor, start_year=start_year).filter(_HERE, school_id__in=list(school_ids))
    counted = rows.values("school_id", "grade_code").annotate(count=Count("pk"))
    for school_id, grade_code, count in counted.values_list("school_id", "grade_code", "count"):
        found[school_id][grade_code] = count
    return found


def class_counts(actor: Actor, *, school_ids: Iterable[int], start_year: int) -> dict[int, int]:
    """Classes of some schools in a year: school -> classes."""
    rows = classes(actor).filter(school_id__in=list(school_ids), start_year=start_year)
    return dict(rows.values("school_id").annotate(count=Count("pk")).values_list("school_id", "count"))


def class_counts_by_grade(actor: Actor, *, start_year: int, school_ids: Iterable[int] | None = None) -> dict[str, int]:
    """Classes of a year by grade, of some schools or of all within reach: grade -> classes."""
    rows = classes(actor).filter(start_year=start_year)
    if school_ids is not None:
        rows = rows.filter(school_id__in=list(school_ids))
    return dict(rows.values("grade_code").annotate(count=Count("pk")).values_list("grade_code", "count"))


def results_of(actor: Actor, *, enrolment_ids: Iterable[int], start_years: Iterable[int]) -> dict[int, YearResult]:
    """What the year decided: enrolment -> result that holds."""
    rows = YearResult.objects.filter(
        enrolment_id__in=list(enrolment_ids),
        start_year__in=list(start_years),
        is_current=True,
    )
    return {row.enrolment_id: row for row in visible(rows, actor, Permission.STUDENT_READ)}


@cache
def outcome_of(start_year: int) -> Subquery:
    """What the year decided about an enrolment, for lists of enrolments that came through the gate; null: nothing yet.

    Who sees an enrolment sees its result, so the gate is not asked a second time; the row policies still are.
    """
    held = YearResult.objects.filter(start_year=start_year, enrolment_id=OuterRef("pk"), is_current=True)
    return Subquery(held.values("outcome")[:1])


def undecided(rows: QuerySet[Enrolment], *, start_year: int) -> QuerySet[Enrolment]:
    """Of these enrolments, the pupils still here whom the year has not decided about."""
    decided = YearResult.objects.filter(start_year=start_year, is_current=True).exclude(outcome__in=UNDECIDED)
    return rows.filter(_HERE).exclude(pk__in=decided.values("enrolment_id"))


def enrolments_of_student(actor: Actor, student_id: int) -> QuerySet[Enrolment]:
    """Every year of a student that the actor may see, newest first."""
    rows = visible(Enrolment.objects.filter(student_id=student_id), actor, Permission.STUDENT_READ)
    return rows.select_related("school__unit", "school_class").order_by("-start_year", "-enrolled_on")


def moves_of(actor: Actor, student_id: int) -> QuerySet[ClassMove]:
    """Changes of class of a student that the actor may see, newest first."""
    rows = ClassMove.objects.filter(
        enrolment__student_id=student_id, start_year=F("enrolment__start_year")
    ).select_related("from_class", "to_class")
    return visible(rows, actor, Permission.STUDENT_READ).order_by("-moved_on", "-pk")


def _counted(rows: QuerySet[Enrolment], field: str) -> list[tuple[Any, int, int]]:
    """Pupils who have not left and girls among them, by a column of the enrolment."""
    counted = rows.filter(_HERE).values(field).annotate(pupil_count=Count("pk"), girl_count=Count("pk", filter=_GIRLS))
    return list(counted.order_by(field).values_list(field, "pupil_count", "girl_count"))
