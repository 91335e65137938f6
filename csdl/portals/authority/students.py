"""Pupils of every school below: found by name or number, narrowed by unit, school, level."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from csdl.access.queries import visible
from csdl.accounts.permissions import Permission
from csdl.codes import queries as codes
from csdl.codes.models import Grade
from csdl.lib import clock
from csdl.orgs.models import OrgUnit
from csdl.orgs.queries import parents_of_schools, schools, subtree_ids
from csdl.portals.components.lists import COUNTED, Filter, listing, read_filter, read_search
from csdl.portals.components.outgoing import export_url
from csdl.portals.components.years import chosen_year
from csdl.years.models import Enrolment, SchoolYear
from csdl.years.queries import first_pupils, found_pupils

STUDENT_SORTS = {
    "ten": ("student__sort_key", "student_id", "pk"),
    "ngay-sinh": ("student__birth_date", "student__sort_key", "pk"),
}
_PRESENCE = (("dang-hoc", "Đang học"), ("da-roi", "Đã rời trường"), ("tat-ca", "Tất cả"))


@dataclass(frozen=True)
class StudentsFound:
    """The pupils that an address asks for, unordered and uncut; filters: unit, school, level, grade, presence.

    `first`: by a name that a crowd bears, the beginning of them in the order of names (`listing`).
    """

    rows: QuerySet[Enrolment]
    year: SchoolYear | None
    search: str
    filters: tuple[Filter, ...]
    first: Callable[[int], QuerySet[Enrolment]] | None = None


def found_students(request: HttpRequest) -> StudentsFound:
    """Pupils of the year shown within reach, narrowed by the address."""
    year = chosen_year(request)
    units = visible(OrgUnit.objects.all(), request.actor, Permission.SCHOOL_READ)
    search = read_search(request)
    grades = codes.grades()
    levels = codes.labels("school_level")["school_level"]
    parents = {str(one.public_id): one for one in parents_of_schools(units)}
    above = read_filter(request, "don-vi", "Đơn vị quản lý", [(key, one.name) for key, one in parents.items()])
    # Schools are chosen below one unit: the one that is chosen, or the only one there is.
    parent = parents.get(above.value) or (next(iter(parents.values())) if len(parents) == 1 else None)
    below = _schools(units, parent, year.start_year if year else 0) if parent else {}
    school = read_filter(request, "truong", "Trường", [(key, one.name) for key, one in below.items()])
    level = read_filter(request, "cap", "Cấp học", levels.items())
    grade = read_filter(request, "khoi", "Khối", _grades_of(grades, level.value))
    presence = read_filter(request, "tinh-trang", "Tình trạng", _PRESENCE, default="dang-hoc")
    filters = (above, school, level, grade, presence)
    if year is None:
        return StudentsFound(Enrolment.objects.none(), year, search, filters)
    rows, are_many = found_pupils(request.actor, start_year=year.start_year, search=search)
    if school.value:
        rows = rows.filter(school_id=below[school.value].pk)
    elif above.value:
        rows = rows.filter(school_id__in=subtree_ids(parents[above.value], clock.today()))
    first = None
    if are_many and not any(one.value != one.default for one in filters):

        def first(at_most: int) -> QuerySet[Enrolment]:
            found = first_pupils(request.actor, start_year=year.start_year, search=search, at_most=at_most)
            return _narrowed(found, level, grade, presence, grades)

    return StudentsFound(_narrowed(rows, level, grade, presence, grades), year, search, filters, first)


@login_required
def student_list(request: HttpRequest) -> HttpResponse:
    """Pupils of the year shown, of every school within reach: as many queries and as much work at any page.

    A province's list is counted, and has numbered pages, to its two-thousandth row; from there the way goes on page
    after page to its end.
    """
    found = found_students(request)
    page = listing(
        request,
        found.rows.select_related("student", "school_class", "school__unit"),
        sorts=STUDENT_SORTS,
        default="ten",
        counted=COUNTED,
        first=found.first,
    )
    filters = [one for one in found.filters if len(one.options) != 1]
    context = {
        "listing": page,
        "search": found.search,
        "filters": filters,
        "any_held": any(one.value != one.default for one in filters),
        "school_filters": [found.filters[1]] if request.headers.get("HX-Request") else [],
        "names": codes.labels("gender", "student_status"),
        "export_url": export_url(request, "authority:student-export", found.year),
    }
    template = "authority/students/list.html"
    return render(request, f"{template}#results" if request.headers.get("HX-Request") else template, context)


def _schools(units: QuerySet[OrgUnit], parent: OrgUnit, start_year: int) -> dict[str, OrgUnit]:
    """Schools right below a unit: the second filter opens when the first is chosen."""
    rows = schools(units, start_year=start_year, parent_id=parent.pk).order_by("sort_key", "pk")
    return {str(one.public_id): one for one in rows}


def _grades_of(grades: dict[str, Grade], level_code: str) -> list[tuple[str, str]]:
    return [(code, one.name_vi) for code, one in grades.items() if level_code in ("", one.level_code)]


def _narrowed(
    rows: QuerySet[Enrolment], level: Filter, grade: Filter, presence: Filter, grades: dict[str, Grade]
) -> QuerySet[Enrolment]:
    if grade.value:
        rows = rows.filter(grade_code=grade.value)
    elif level.value:
        rows = rows.filter(grade_code__in=[code for code, one in grades.items() if one.level_code == level.value])
    if presence.value != "tat-ca":
        rows = rows.filter(left_on__isnull=presence.value == "dang-hoc")
    return rows
