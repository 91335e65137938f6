"""What a school's pages give out as files: each list as filtered and ordered, a class's register, a pupil's record."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from csdl.accounts.permissions import Permission
from csdl.exports.assignments import LOADS, DutyRow, duty_grid
from csdl.exports.classes import CLASSES
from csdl.exports.lists import ExportList
from csdl.exports.pupils import CLASS_PUPILS, PUPILS, REGISTER
from csdl.exports.records import PUPIL_RECORD
from csdl.exports.staff import STAFF
from csdl.orgs.models import School
from csdl.portals.components.lists import ordering
from csdl.portals.components.outgoing import Outgoing, door, occasion_of
from csdl.portals.components.years import chosen_year, show_year
from csdl.portals.school.assignments import FoundSheet, found_sheet
from csdl.portals.school.classes import CLASS_PUPIL_SORTS, class_or_404, found_class_pupils, found_classes
from csdl.portals.school.reach import crumbs_to, school_or_404
from csdl.portals.school.staff import STAFF_SORTS, found_staff
from csdl.portals.school.students import PUPIL_SORTS, pupil_list
from csdl.students.queries import students
from csdl.years.models import Enrolment, SchoolClass
from csdl.years.queries import ASSIGNED, enrolments_of_student, homeroom_names, pupils

__all__ = [
    "assignment_export",
    "class_export",
    "class_pupils_export",
    "class_register_export",
    "load_export",
    "staff_export",
    "student_export",
    "student_record_export",
]


@door
def student_export(request: HttpRequest, school: uuid.UUID) -> Outgoing[Any]:
    """The pupils that the address finds, in its order."""
    row = school_or_404(request, school)
    request.actor.require(Permission.DATA_EXPORT)
    found = pupil_list(request, row)
    if found.year is None:
        raise Http404
    rows = found.rows.order_by(*ordering(request, sorts=PUPIL_SORTS, default="ten"))
    occasion, held = occasion_of(
        request, PUPILS, row.unit, found.year.start_year, found.search, tuple(found.filters.values())
    )
    back = _back(request, "school:student-list", school)
    crumbs = [*crumbs_to(request, row), ("Học sinh", back)]
    return Outgoing(PUPILS, rows, occasion, back, crumbs, held)


@door
def class_export(request: HttpRequest, school: uuid.UUID) -> Outgoing[Any]:
    """The classes of a school, as its page filters and orders them."""
    row = school_or_404(request, school)
    request.actor.require(Permission.DATA_EXPORT)
    found = found_classes(request, row)
    if found.year is None:
        raise Http404
    occasion, held = occasion_of(request, CLASSES, row.unit, found.year.start_year, filters=found.filters)
    back = _back(request, "school:class-list", school)
    return Outgoing(CLASSES, found.shown, occasion, back, [*crumbs_to(request, row), ("Lớp", back)], held)


@door
def class_pupils_export(request: HttpRequest, school_class: uuid.UUID) -> Outgoing[Any]:
    """The list of one class, as its page filters and orders it."""
    row = class_or_404(request, school_class)
    return _of_class(request, row, CLASS_PUPILS, f"Danh sách lớp {row.name}")


@door
def class_register_export(request: HttpRequest, school_class: uuid.UUID) -> Outgoing[Any]:
    """The register of one class: pupils with their parents, places to sign."""
    row = class_or_404(request, school_class)
    return _of_class(request, row, REGISTER, f"Sổ đăng bộ lớp {row.name}")


@door
def student_record_export(request: HttpRequest, student: uuid.UUID) -> Outgoing[Any]:
    """One pupil's record on paper, under the name of the school where the pupil was last."""
    rows = students(request.actor).filter(public_id=student)
    row = get_object_or_404(rows)
    request.actor.require(Permission.DATA_EXPORT)
    newest = enrolments_of_student(request.actor, row.pk).select_related("school__unit__parent").first()
    if newest is None:
        raise Http404
    back = reverse("school:student-detail", args=[student])
    occasion, _ = occasion_of(request, PUPIL_RECORD, newest.school.unit, newest.start_year, about=str(student))
    crumbs = [*crumbs_to(request, newest.school), (row.full_name, back)]
    return Outgoing(PUPIL_RECORD, rows, occasion, back, crumbs)


@door
def staff_export(request: HttpRequest, school: uuid.UUID) -> Outgoing[Any]:
    """The staff that the address finds, in its order."""
    row = school_or_404(request, school)
    found = found_staff(request, row)
    request.actor.require(Permission.DATA_EXPORT, on=row)
    year = chosen_year(request)
    if year is None:
        raise Http404
    rows = found.rows.order_by(*ordering(request, sorts=STAFF_SORTS, default="ten"))
    occasion, held = occasion_of(request, STAFF, row.unit, year.start_year, found.search, found.filters)
    back = _back(request, "school:staff-list", school)
    crumbs = [*crumbs_to(request, row), ("Cán bộ, giáo viên", back)]
    return Outgoing(STAFF, rows, occasion, back, crumbs, held)


@door
def assignment_export(request: HttpRequest, school: uuid.UUID) -> Outgoing[Any]:
    """The grid of classes by subjects, as its page filters it."""
    row, found = _duties(request, school)
    sheet = found.sheet
    what = duty_grid({code: sheet.subjects.get(code, code) for code in sheet.columns})
    rows = [
        DutyRow(
            one.school_class,
            one.homeroom.text if one.homeroom else "",
            {code: cell.text if cell else "" for code, cell in zip(sheet.columns, one.cells[1:], strict=True)},
        )
        for one in sheet.rows
    ]
    heading = f"{what.title} {found.semester_name}"
    if found.level_name:
        heading += f", cấp {found.level_name}"
    occasion, held = occasion_of(
        request, what, row.unit, sheet.year.start_year, filters=found.narrowing, heading=heading
    )
    back, crumbs = _to_duties(request, row)
    return Outgoing(what, rows, occasion, back, crumbs, held)


@door
def load_export(request: HttpRequest, school: uuid.UUID) -> Outgoing[Any]:
    """Everybody's periods in the semester against the norm, over all classes of the school."""
    row, found = _duties(request, school)
    heading = f"{LOADS.title} {found.semester_name}"
    occasion, _ = occasion_of(request, LOADS, row.unit, found.sheet.year.start_year, heading=heading)
    return Outgoing(LOADS, found.sheet.loads(), occasion, *_to_duties(request, row))


def _duties(request: HttpRequest, school: uuid.UUID) -> tuple[School, FoundSheet]:
    row = school_or_404(request, school)
    request.actor.require(Permission.STAFF_READ, on=row)
    request.actor.require(Permission.DATA_EXPORT, on=row)
    year = chosen_year(request)
    if year is None:
        raise Http404
    return row, found_sheet(request, row, year)


def _to_duties(request: HttpRequest, row: School) -> tuple[str, list[tuple[str, str]]]:
    back = _back(request, "school:assignment-list", row.unit.public_id)
    return back, [*crumbs_to(request, row), ("Phân công", back)]


def _of_class(
    request: HttpRequest, row: SchoolClass, what: ExportList[QuerySet[Enrolment]], heading: str
) -> Outgoing[QuerySet[Enrolment]]:
    request.actor.require(Permission.DATA_EXPORT, on=row)
    show_year(request, row.start_year)
    rows, present = found_class_pupils(request, row)
    size, girls = rows.count(), rows.filter(student__gender_code="02").count()
    # On paper a name that this account may not see is left to be written by hand.
    homeroom = homeroom_names(request.actor, [row.pk]).get(row.pk, "").removeprefix(ASSIGNED)
    occasion, held = occasion_of(
        request,
        what,
        row.school.unit,
        row.start_year,
        filters=[present],
        heading=heading,
        about=str(row.public_id),
        facts=(("Giáo viên chủ nhiệm", homeroom), ("Sĩ số", f"{size}, trong đó {girls} nữ")),
        homeroom_name=homeroom,
    )
    back = _back(request, "school:class-detail", row.public_id)
    crumbs = [*crumbs_to(request, row.school), (f"Lớp {row.name}", back)]
    rows = rows.order_by(*ordering(request, sorts=CLASS_PUPIL_SORTS, default="ten"))
    nothing = ""
    own = pupils(request.actor, start_year=row.start_year, school_id=row.school_id, class_id=row.pk)
    if not size and not own.exists():
        nothing = (
            f"Lớp {row.name} chưa có học sinh. Quay lại trang lớp để thêm từng em, dán danh sách hoặc nhập từ Excel; "
            "rồi tải, in lại."
        )
    return Outgoing(what, rows, occasion, back, crumbs, held, nothing)


def _back(request: HttpRequest, name: str, key: Any) -> str:
    """The list as it stood when the file was asked for."""
    query = request.GET.urlencode()
    return f"{reverse(name, args=[key])}?{query}" if query else reverse(name, args=[key])
