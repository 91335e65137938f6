"""A school's year on one page: classes, pupils, staff, the turn of the year."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from csdl.access.queries import visible
from csdl.accounts.permissions import Permission
from csdl.codes import queries as codes
from csdl.lib import clock
from csdl.orgs.models import School
from csdl.orgs.queries import levels_of, profile_of, sites_of
from csdl.portals.components.years import chosen_year
from csdl.portals.school.reach import crumbs_to
from csdl.rollover.queries import school_line
from csdl.staff.models import StaffPosting, UnitHead
from csdl.staff.queries import head_of, staff_by_group
from csdl.years.queries import class_counts_by_grade, pupils, pupils_by_grade


@login_required
def overview(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
    """Figures of the year shown; each leads to the list it counts."""
    actor = request.actor
    row = get_object_or_404(
        visible(School.objects.select_related("unit__parent"), actor, Permission.SCHOOL_READ), unit__public_id=school
    )
    year = chosen_year(request)
    context = {"school": row, "unit": row.unit, "crumbs": crumbs_to(request, row, inside=False)}
    if year is None:
        return render(request, "school/overview.html", context)
    names = codes.labels(
        "school_level", "staff_group", "ownership_type", "school_type", "national_standard_level", "school_level_group"
    )
    grades = codes.grades()
    by_grade = {
        figures.grade_code: figures
        for figures in pupils_by_grade(pupils(actor, start_year=year.start_year, school_id=row.pk))
    }
    classes = class_counts_by_grade(actor, school_ids=[row.pk], start_year=year.start_year)
    today = clock.today()
    staff = staff_by_group(visible(StaffPosting.objects.all(), actor, Permission.STAFF_READ), row.pk, today)
    context |= {
        "names": names,
        "profile": profile_of(row.pk, year.start_year),
        "levels": [names["school_level"].get(code, code) for code in levels_of([row.pk], year.start_year)[row.pk]],
        "sites": sites_of(row.pk, year.start_year),
        "head": head_of(visible(UnitHead.objects.all(), actor, Permission.STAFF_READ), row.pk, today),
        "grade_rows": [
            (grade, classes.get(code, 0), by_grade.get(code))
            for code, grade in grades.items()
            if code in by_grade or code in classes
        ],
        "pupil_count": sum(figures.pupil_count for figures in by_grade.values()),
        "girl_count": sum(figures.girl_count for figures in by_grade.values()),
        "class_count": sum(classes.values()),
        "staff_count": sum(staff.values()),
        "staff_groups": [(names["staff_group"].get(code, code), count) for code, count in staff.items()],
        "rollover": school_line(school_id=row.pk, from_year=year.start_year),
        "next_year": f"{year.start_year + 1}-{year.start_year + 2}",
    }
    return render(request, "school/overview.html", context)
