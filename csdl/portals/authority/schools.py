"""Schools below the account's unit, with their classes and pupils counted."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from csdl.access.queries import visible
from csdl.accounts.permissions import Permission
from csdl.codes import queries as codes
from csdl.orgs.models import OrgUnit
from csdl.orgs.queries import levels_of, parents_of_schools, schools
from csdl.portals.components.lists import Filter, listing, read_filter, read_search
from csdl.portals.components.outgoing import export_url
from csdl.portals.components.years import chosen_year
from csdl.years.models import SchoolYear
from csdl.years.queries import class_counts, pupil_counts

SCHOOL_SORTS = {
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


@dataclass(frozen=True)
class SchoolsFound:
    """The schools that an address asks for, unordered and uncut: what the page and its file are made from."""

    rows: QuerySet[OrgUnit]
    year: SchoolYear | None
    search: str
    filters: tuple[Filter, ...]


def found_schools(request: HttpRequest) -> SchoolsFound:
    """Schools within reach, narrowed by the address."""
    units = visible(OrgUnit.objects.all(), request.actor, Permission.SCHOOL_READ)
    year = chosen_year(request)
    search = read_search(request)
    parents = parents_of_schools(units)
    parent = read_filter(request, "don-vi", "Đơn vị quản lý", [(str(one.public_id), one.name) for one in parents])
    level = read_filter(request, "cap", "Cấp học", codes.labels("school_level")["school_level"].items())
    by_id = {str(one.public_id): one.pk for one in parents}
    rows = schools(
        units,
        start_year=year.start_year if year else 0,
        parent_id=by_id.get(parent.value),
        level_code=level.value,
        search=search,
    )
    return SchoolsFound(rows, year, search, (parent, level))


@login_required
def school_list(request: HttpRequest) -> HttpResponse:
    """As many queries for one school as for two hundred."""
    found = found_schools(request)
    start_year = found.year.start_year if found.year else 0
    page = listing(request, found.rows, sorts=SCHOOL_SORTS, default="ten")
    names = codes.labels("school_level")["school_level"]
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
        "search": found.search,
        "filters": [one for one in found.filters if len(one.options) > 1],
        "export_url": export_url(request, "authority:school-export", found.year),
    }
    template = "authority/schools/list.html"
    return render(request, f"{template}#results" if request.headers.get("HX-Request") else template, context)
