"""Classes of a school, and the pupils of one class."""

import uuid
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from csdl.accounts.permissions import Permission
from csdl.codes import queries as codes
from csdl.orgs.models import School
from csdl.portals.components.lists import Filter, Sort, address, listing, read_filter, read_sort
from csdl.portals.components.outgoing import export_url
from csdl.portals.components.years import chosen_year, is_open, show_year
from csdl.portals.school.reach import crumbs_to, school_or_404
from csdl.years.models import Enrolment, SchoolClass, SchoolYear
from csdl.years.queries import ClassRow, class_rows, classes, homeroom_names, pupils, results_of

__all__ = [
    "CLASS_PUPIL_SORTS",
    "ClassesFound",
    "class_detail",
    "class_list",
    "class_or_404",
    "found_class_pupils",
    "found_classes",
]

_ORDERS = {
    "lop": lambda row: row.school_class.sort_key,
    "khoi": lambda row: (row.school_class.level_code, row.school_class.grade_code, row.school_class.sort_key),
    "diem": lambda row: (row.school_class.site.name if row.school_class.site else "", row.school_class.sort_key),
    "chu-nhiem": lambda row: (row.homeroom_name.split(" ")[-1], row.homeroom_name),
    "si-so": lambda row: row.pupil_count,
    "nu": lambda row: row.girl_count,
}
CLASS_PUPIL_SORTS = {
    "ten": ("student__sort_key", "student_id", "pk"),
    "ngay-sinh": ("student__birth_date", "student__sort_key", "pk"),
}


@dataclass(frozen=True)
class ClassesFound:
    """The classes that an address asks for, in its order: what the page and its file are made from."""

    year: SchoolYear | None
    shown: list[ClassRow]
    total: int
    sort: Sort
    filters: tuple[Filter, ...]


def found_classes(request: HttpRequest, school: School) -> ClassesFound:
    """Classes of a school in the year shown, narrowed and ordered by the address."""
    year = chosen_year(request)
    found = class_rows(request.actor, school_id=school.pk, start_year=year.start_year) if year else []
    grades = codes.grades()
    sites = {str(one.site.public_id): one.site.name for item in found if (one := item.school_class).site}
    present = {item.school_class.grade_code for item in found}
    grade = read_filter(request, "khoi", "Khối", [(code, grades[code].name_vi) for code in grades if code in present])
    site = read_filter(request, "diem", "Điểm trường", sites.items())
    homeroom = read_filter(request, "chu-nhiem", "Chủ nhiệm", [("chua", "Chưa có"), ("co", "Đã có")])
    sort = read_sort(request, _ORDERS, default="khoi")
    shown = _sorted([item for item in found if _matches(item, grade.value, site.value, homeroom.value)], sort)
    return ClassesFound(year, shown, len(found), sort, (grade, site, homeroom))


@login_required
def class_list(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
    """Classes of the year shown; a homeroom teacher finds the own ones only."""
    row = school_or_404(request, school)
    found = found_classes(request, row)
    context = {
        "school": row,
        "crumbs": crumbs_to(request, row),
        "rows": found.shown,
        "total": found.total,
        "sort": found.sort,
        "filters": [one for one in found.filters if len(one.options) > 1],
        "grades": codes.grades(),
        "can_edit": is_open(found.year) and request.actor.can(Permission.CLASS_EDIT, on=row),
        "export_url": export_url(request, "school:class-export", found.year, school),
        "pupil_count": sum(item.pupil_count for item in found.shown),
        "girl_count": sum(item.girl_count for item in found.shown),
        "can_import": is_open(found.year) and request.actor.can(Permission.DATA_IMPORT, on=row),
    }
    template = "school/classes/list.html"
    return render(request, f"{template}#results" if request.headers.get("HX-Request") else template, context)


@login_required
def class_detail(request: HttpRequest, school_class: uuid.UUID) -> HttpResponse:
    """Pupils of a class in the order of given names, those who left below on request."""
    row = class_or_404(request, school_class)
    year = show_year(request, row.start_year)
    enrolments, present = found_class_pupils(request, row)
    page = listing(request, enrolments.select_related("student"), sorts=CLASS_PUPIL_SORTS, default="ten")
    names = codes.labels("gender", "ethnic_group", "student_status")
    context = {
        "row": row,
        "year": year,
        "crumbs": crumbs_to(request, row.school),
        "homeroom_name": homeroom_names(request.actor, [row.pk]).get(row.pk, ""),
        "grade": codes.grades()[row.grade_code],
        "can_edit": is_open(year) and request.actor.can(Permission.CLASS_EDIT, on=row),
        **_files(request, row),
        "can_assign": is_open(year) and request.actor.can(Permission.ASSIGNMENT_EDIT, on=row.school),
        "can_see_staff": request.actor.can(Permission.STAFF_READ, on=row.school),
        "can_import": is_open(year)
        and request.actor.can(Permission.DATA_IMPORT, on=row.school)
        and request.actor.can(Permission.STUDENT_ENROL, on=row.school),
        "can_admit": is_open(year) and request.actor.can(Permission.STUDENT_ENROL, on=row.school),
        "listing": page,
        "filters": [present],
        "names": names,
        "results": results_of(
            request.actor, enrolment_ids=[item.pk for item in page.items], start_years=[row.start_year]
        ),
        "girl_count": enrolments.filter(student__gender_code="02").count(),
    }
    template = "school/classes/detail.html"
    return render(request, f"{template}#results" if request.headers.get("HX-Request") else template, context)


def class_or_404(request: HttpRequest, public_id: uuid.UUID) -> SchoolClass:
    """A class that this account may see; any other does not exist for it."""
    rows = classes(request.actor).select_related("school__unit__parent", "site")
    return get_object_or_404(rows, public_id=public_id)


def found_class_pupils(request: HttpRequest, row: SchoolClass) -> tuple[QuerySet[Enrolment], Filter]:
    """Pupils of a class as the address narrows them, unordered; and the filter that did."""
    present = read_filter(
        request, "tinh-trang", "Tình trạng", [("dang-hoc", "Đang học"), ("tat-ca", "Cả học sinh đã rời lớp")],
        default="dang-hoc",
    )  # fmt: skip
    rows = pupils(request.actor, start_year=row.start_year, school_id=row.school_id, class_id=row.pk)
    return (rows.filter(left_on__isnull=True) if present.value == "dang-hoc" else rows), present


def _files(request: HttpRequest, row: SchoolClass) -> dict[str, str]:
    """Where the list and the register of a class are taken out; nothing for who may not."""
    if not request.actor.can(Permission.DATA_EXPORT, on=row):
        return {}
    return {
        "export_url": address(request, reverse("school:class-pupils-export", args=[row.public_id])),
        "register_url": address(request, reverse("school:class-register-export", args=[row.public_id]), tep="pdf"),
    }


def _matches(item: ClassRow, grade: str, site: str, homeroom: str) -> bool:
    row = item.school_class
    return (
        (not grade or row.grade_code == grade)
        and (not site or (row.site is not None and str(row.site.public_id) == site))
        and (not homeroom or bool(item.homeroom_name) == (homeroom == "co"))
    )


def _sorted(rows: list[ClassRow], sort: Sort) -> list[ClassRow]:
    return sorted(rows, key=_ORDERS[sort.key], reverse=sort.descending)
