"""Schools below the account's unit, with their classes and pupils counted."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from csdl.access.queries import visible
from csdl.accounts.permissions import Permission
from csdl.codes import queries as codes
from csdl.orgs.models import OrgUnit
from csdl.orgs.queries import levels_of, parents_of_schools, schools
from csdl.portals.components.lists import listing, read_filter, read_search
from csdl.portals.components.years import chosen_year
from csdl.years.queries import class_counts, pupil_counts

_SORTS = {
    "ten": ("sort_key", "pk"),
    "ma": ("code", "pk"),
    "don-vi": ("parent__sort_key", "sort_key", "pk"),
}


@dataclass(frozen=True)
class SchoolRow:
    """One line of the list: levels taught, classes, pupils, pupils by grade as (label, count)."""

    unit: OrgUnit
    levels: list[str]
    class_count: int
    pupil_count: int
    by_grade: list[tuple[str, int]]


@login_required
def school_list(request: HttpRequest) -> HttpResponse:
    """As many queries for one school as for two hundred."""
    units = visible(OrgUnit.objects.all(), request.actor, Permission.SCHOOL_READ)
    year = chosen_year(request)
    start_year = year.start_year if year else 0
    search = read_search(request)
    names = codes.labels("school_level")["school_level"]
    parents = parents_of_schools(units)
    parent = read_filter(request, "don-vi", "Đơn vị quản lý", [(str(one.public_id), one.name) for one in parents])
    level = read_filter(request, "cap", "Cấp học", names.items())
    by_id = {str(one.public_id): one.pk for one in parents}
    found = schools(
        units, start_year=start_year, parent_id=by_id.get(parent.value), level_code=level.value, search=search
    )
    page = listing(request, found, sorts=_SORTS, default="ten")
    grades = codes.grades()
    ids = [unit.pk for unit in page.items]
    taught = levels_of(ids, start_year)
    counts = pupil_counts(request.actor, school_ids=ids, start_year=start_year)
    class_count = class_counts(request.actor, school_ids=ids, start_year=start_year)
    rows = [
        SchoolRow(
            unit=unit,
            levels=[names.get(code, code) for code in taught.get(unit.pk, [])],
            class_count=class_count.get(unit.pk, 0),
            pupil_count=sum(counts.get(unit.pk, {}).values()),
            by_grade=[
                (grade.name_vi.removeprefix("Khối ").removesuffix(" (GDTX)"), counts[unit.pk][code])
                for code, grade in grades.items()
                if code in counts.get(unit.pk, {})
            ],
        )
        for unit in page.items
    ]
    context = {
        "can_import": request.actor.can(Permission.SCHOOL_IMPORT),
        "listing": page.replaced(rows),
        "search": search,
        "filters": [one for one in (parent, level) if len(one.options) > 1],
    }
    template = "authority/schools/list.html"
    return render(request, f"{template}#results" if request.headers.get("HX-Request") else template, context)
