"""Pupils of a school, and one pupil's page."""

import uuid

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from csdl.codes import queries as codes
from csdl.portals.components.lists import Filter, listing, read_filter, read_search
from csdl.portals.components.years import chosen_year
from csdl.portals.school.reach import crumbs_to, school_or_404
from csdl.students.queries import guardians_of, matching, students
from csdl.years.enums import Outcome
from csdl.years.models import Enrolment, SchoolYear
from csdl.years.queries import classes, enrolments_of_student, pupils, results_of, undecided

_SORTS = {
    "ten": ("student__sort_key", "student_id", "pk"),
    "lop": ("school_class__sort_key", "student__sort_key", "pk"),
    "khoi": ("grade_code", "student__sort_key", "pk"),
    "ngay-sinh": ("student__birth_date", "student__sort_key", "pk"),
}
_PRESENCE = (("dang-hoc", "Đang học"), ("da-roi", "Đã rời trường"), ("tat-ca", "Tất cả"))
_RESULTS = (("chua", "Chưa có quyết định"), *Outcome.choices)


@login_required
def student_list(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
    """Pupils of a school in the year shown: searched without accents, filtered by the address."""
    row = school_or_404(request, school)
    year = chosen_year(request)
    search = read_search(request)
    filters: dict[str, Filter] = {}
    enrolments = Enrolment.objects.none()
    if year is not None:
        filters = _filters(request, row.pk, year)
        rows = pupils(request.actor, start_year=year.start_year, school_id=row.pk)
        enrolments = _narrowed(rows, year, search, {name: one.value for name, one in filters.items()})
    page = listing(request, enrolments.select_related("student", "school_class"), sorts=_SORTS, default="ten")
    context = {
        "school": row,
        "crumbs": crumbs_to(request, row),
        "listing": page,
        "search": search,
        "filters": list(filters.values()),
        "shown_filters": [filters[name] for name in ("khoi", "lop", "tinh-trang", "ket-qua") if name in filters],
        "names": codes.labels("gender", "student_status"),
        "results": results_of(
            request.actor,
            enrolment_ids=[item.pk for item in page.items],
            start_years=[year.start_year] if year else [],
        ),
    }
    template = "school/students/list.html"
    return render(request, f"{template}#results" if request.headers.get("HX-Request") else template, context)


@login_required
def student_detail(request: HttpRequest, student: uuid.UUID) -> HttpResponse:
    """One pupil: the person, the guardians, every year this account may see."""
    row = get_object_or_404(students(request.actor), public_id=student)
    enrolments = list(enrolments_of_student(request.actor, row.pk))
    newest = enrolments[0] if enrolments else None
    crumbs = crumbs_to(request, newest.school) if newest else []
    if newest:
        crumbs.append(("Học sinh", reverse("school:student-list", args=[newest.school.unit.public_id])))
    context = {
        "student": row,
        "crumbs": crumbs,
        "newest": newest,
        "enrolments": enrolments,
        "guardians": guardians_of(request.actor, row),
        "names": codes.labels(
            "gender", "ethnic_group", "religion", "student_status", "policy_category", "disability_kind"
        ),
        "communes": codes.commune_names([row.permanent_commune_code, row.current_commune_code]),
        "grades": codes.grades(),
        "results": results_of(
            request.actor,
            enrolment_ids=[item.pk for item in enrolments],
            start_years={item.start_year for item in enrolments},
        ),
    }
    return render(request, "school/students/detail.html", context)


def _filters(request: HttpRequest, school_id: int, year: SchoolYear) -> dict[str, Filter]:
    """Filters of the list; the last two are reached from "Việc cần làm" and shown as chips only."""
    grades = codes.grades()
    rows = classes(request.actor).filter(school_id=school_id, start_year=year.start_year).order_by("sort_key")
    found = list(rows.values_list("public_id", "name", "grade_code"))
    present = {grade_code for _, _, grade_code in found}
    grade = read_filter(request, "khoi", "Khối", [(code, grades[code].name_vi) for code in grades if code in present])
    class_names = [(str(key), name) for key, name, _ in found]
    return {
        "khoi": grade,
        "lop": read_filter(request, "lop", "Lớp", [*class_names, ("chua", "Chưa xếp lớp")]),
        "tinh-trang": read_filter(request, "tinh-trang", "Tình trạng", _PRESENCE, default="dang-hoc"),
        "ket-qua": read_filter(request, "ket-qua", "Kết quả cuối năm", _RESULTS),
        "dinh-danh": read_filter(request, "dinh-danh", "Số định danh", [("chua", "Chưa có")]),
        "xac-nhan": read_filter(request, "xac-nhan", "Diện chính sách, hỗ trợ", [("can", "Cần xác nhận lại")]),
    }


def _narrowed(rows: QuerySet[Enrolment], year: SchoolYear, search: str, wanted: dict[str, str]) -> QuerySet[Enrolment]:
    if search:
        rows = rows.filter(matching(search, prefix="student__"))
    if wanted["khoi"]:
        rows = rows.filter(grade_code=wanted["khoi"])
    if wanted["lop"] == "chua":
        rows = rows.filter(school_class__isnull=True)
    elif wanted["lop"]:
        rows = rows.filter(school_class__public_id=wanted["lop"])
    if wanted["tinh-trang"] != "tat-ca":
        rows = rows.filter(left_on__isnull=wanted["tinh-trang"] == "dang-hoc")
    if wanted["ket-qua"] == "chua":
        rows = undecided(rows, start_year=year.start_year)
    elif wanted["ket-qua"]:
        rows = rows.filter(
            results__outcome=wanted["ket-qua"], results__is_current=True, results__start_year=year.start_year
        )
    if wanted["dinh-danh"]:
        rows = rows.filter(student__citizen_id_no="")
    if wanted["xac-nhan"]:
        rows = rows.filter(needs_confirmation=True)
    return rows
