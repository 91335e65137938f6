"""The unit tree, one level at a time, and one unit's page."""

import uuid
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from csdl.access.queries import visible
from csdl.accounts.permissions import Permission
from csdl.codes import queries as codes
from csdl.lib import clock
from csdl.orgs.enums import TEACHING_KINDS
from csdl.orgs.models import OrgUnit
from csdl.orgs.queries import ancestors, children, roots, subtree_ids
from csdl.portals.components.outgoing import export_url
from csdl.portals.components.years import chosen_year
from csdl.staff.models import UnitHead
from csdl.staff.queries import head_of
from csdl.years.queries import class_counts_by_grade, pupils, pupils_by_grade


@dataclass(frozen=True)
class Line:
    """Classes, pupils and girls of one grade."""

    name: str
    class_count: int
    pupil_count: int
    girl_count: int


@dataclass(frozen=True)
class LevelFigures(Line):
    """The sums of a level, and its grades."""

    grades: list[Line]

    @classmethod
    def of(cls, name: str, grades: list[Line]) -> "LevelFigures":
        return cls(
            name,
            sum(line.class_count for line in grades),
            sum(line.pupil_count for line in grades),
            sum(line.girl_count for line in grades),
            grades,
        )


@login_required
def unit_list(request: HttpRequest) -> HttpResponse:
    """The tree from the account's own unit down; what stands below is fetched when it is opened."""
    units = _units(request)
    tops = list(roots(units))
    # One root is the rule: its first level is shown at once.
    opened = {tops[0].pk: list(children(units, tops[0]))} if len(tops) == 1 else {}
    context = {
        "tops": tops,
        "opened": opened,
        "export_url": export_url(request, "authority:unit-export", chosen_year(request)),
    }
    return render(request, "authority/units/list.html", context)


@login_required
def unit_detail(request: HttpRequest, unit: uuid.UUID) -> HttpResponse:
    """A unit's page; as partials its branch of the tree and its figures, which take time for a province."""
    units = _units(request)
    row = get_object_or_404(units.select_related("parent"), public_id=unit)
    if row.kind in TEACHING_KINDS:
        return redirect("school:overview", row.public_id)
    part = request.GET.get("phan", "") if request.headers.get("HX-Request") else ""
    if part == "nhanh":
        return render(request, "authority/units/tree.html#branch", {"units": children(units, row)})
    context = {
        "unit": row,
        "year": chosen_year(request),
        "figures": None,
        "can_import": request.actor.can(Permission.SCHOOL_IMPORT),
        "can_manage_accounts": request.actor.can(Permission.ACCOUNT_MANAGE, on=row),
    }
    if part == "so-lieu" or "so-lieu" in request.GET:
        context["figures"] = _figures(request, row)
    if part == "so-lieu":
        return render(request, "authority/units/detail.html#figures", context)
    path = ancestors(row)
    reached = set(units.filter(pk__in=[above.pk for above in path]).values_list("pk", flat=True))
    context |= {
        "crumbs": [
            ("Đơn vị", reverse("authority:unit-list")),
            *(
                (above.name, reverse("authority:unit-detail", args=[above.public_id]) if above.pk in reached else "")
                for above in path
            ),
        ],
        "children": children(units, row),
        "head": head_of(visible(UnitHead.objects.all(), request.actor, Permission.STAFF_READ), row.pk, clock.today()),
    }
    return render(request, "authority/units/detail.html", context)


def _units(request: HttpRequest) -> QuerySet[OrgUnit]:
    return visible(OrgUnit.objects.all(), request.actor, Permission.SCHOOL_READ)


def _figures(request: HttpRequest, unit: OrgUnit) -> list[LevelFigures]:
    """Classes, pupils and girls of all schools below a unit, by level and grade."""
    year = chosen_year(request)
    if year is None:
        return []
    reach = None if unit.parent_id is None else subtree_ids(unit, clock.today())
    rows = pupils(request.actor, start_year=year.start_year)
    counted = pupils_by_grade(rows if reach is None else rows.filter(school_id__in=reach))
    by_grade = {one.grade_code: one for one in counted}
    classes = class_counts_by_grade(request.actor, school_ids=reach, start_year=year.start_year)
    level_names = codes.labels("school_level")["school_level"]
    levels: dict[str, list[Line]] = {}
    for code, grade in codes.grades().items():
        if code in by_grade or code in classes:
            figures = by_grade.get(code)
            line = Line(
                grade.name_vi,
                classes.get(code, 0),
                figures.pupil_count if figures else 0,
                figures.girl_count if figures else 0,
            )
            levels.setdefault(grade.level_code, []).append(line)
    return [LevelFigures.of(level_names.get(code, code), lines) for code, lines in sorted(levels.items())]
