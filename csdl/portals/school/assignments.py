"""Assignments of a school: the grid of classes by subjects, one class of it, a class's homeroom teacher by day."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from csdl.access.queries import visible
from csdl.accounts.errors import CsdlError, InvalidRecord
from csdl.accounts.permissions import Permission
from csdl.audit.models import Event
from csdl.codes import queries as codes
from csdl.lib import clock
from csdl.orgs.models import School
from csdl.portals.components.forms import VERSION, CodeField, DayField, RecordForm, said_by, saved
from csdl.portals.components.lists import Filter, read_filter
from csdl.portals.components.outgoing import export_url
from csdl.portals.components.table import addresses
from csdl.portals.components.years import chosen_year, is_open, show_year
from csdl.portals.school.assignment_names import TeacherNames
from csdl.portals.school.assignment_sheet import Sheet
from csdl.portals.school.reach import crumbs_to, school_or_404
from csdl.staff.models import StaffPosting
from csdl.years.actions.assignments import (
    CellsChanged,
    SavedAssignments,
    assign_homeroom,
    confirm_drafts,
    copy_last_year,
    end_homeroom,
    save_assignments,
    undo_assignments,
)
from csdl.years.assignment_queries import Seen, last_act, may_teach, seen_now
from csdl.years.models import SchoolYear
from csdl.years.queries import classes, homeroom_names, homeroom_staff

__all__ = [
    "FoundSheet",
    "assignment_class",
    "assignment_drafts",
    "assignment_homeroom",
    "assignment_list",
    "assignment_undo",
    "found_sheet",
]

_ACTS = {
    "assignment:save": "Lưu phân công",
    "assignment:copy": "Chép từ năm trước",
    "assignment:confirm": "Xác nhận bản nháp",
}


class _OnlyTried(Exception):
    """Rolls back a save that was run for its faults alone."""


class HomeroomForm(RecordForm):
    """Who leads the class, from which day; nobody: it is left without."""

    teacher = CodeField(
        label="Giáo viên chủ nhiệm", required=False, hint="Đang là người chủ nhiệm hiện nay. Để trống: lớp chưa có ai."
    )
    on = DayField(label="Từ ngày", hint="Người chủ nhiệm trước đó được ghi đến hết ngày hôm trước.")

    groups = (("Chủ nhiệm lớp", ("teacher", "on")),)


@dataclass(frozen=True)
class FoundSheet:
    """The grid that an address asks for: what the page and its files are made from."""

    sheet: Sheet
    semester: Filter
    level: Filter
    narrowing: list[Filter]

    @property
    def filters(self) -> list[Filter]:
        """Those with something to choose."""
        return [one for one in (self.semester, self.level, *self.narrowing) if len(one.options) > 1]

    @property
    def level_name(self) -> str:
        """The level whose classes are shown; empty where the school has one only, or where a grade goes before it."""
        levels = dict(self.level.options)
        return "" if len(levels) < 2 or self.narrowing[0].value else levels[self.level.value]

    @property
    def semester_name(self) -> str:
        return dict(self.semester.options)[self.semester.value].replace("Học kì", "học kì")


def found_sheet(request: HttpRequest, where: School, year: SchoolYear) -> FoundSheet:
    """The classes of a semester, narrowed by the address, laid out with the subjects that they need."""
    semester = _semester(request, year)
    optional = read_filter(
        request, "mon", "Môn", (("chinh", "Theo chương trình"), ("tat-ca", "Cả môn tự chọn")), default="chinh"
    )
    sheet = Sheet(request, where, year, semester=int(semester.value), with_optional=optional.value == "tat-ca")
    level, grade = _level(request, sheet), _grade(request, sheet)
    sheet.lay_out(
        one
        for one in sheet.classes.values()
        if (one.grade_code == grade.value if grade.value else one.level_code == level.value)
    )
    return FoundSheet(sheet, semester, level, [grade, optional])


@login_required
@require_http_methods(["GET", "POST"])
def assignment_list(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
    """Everybody's classes and subjects in one semester; saved as a whole, or nothing with every fault in its cell."""
    where = school_or_404(request, school)
    request.actor.require(Permission.STAFF_READ, on=where)
    year = chosen_year(request)
    context: dict[str, Any] = {"school": where, "crumbs": crumbs_to(request, where), "year_shown": year}
    if year is None:
        return render(request, "school/assignments/grid.html", context)
    found = found_sheet(request, where, year)
    sheet, semester = found.sheet, found.semester
    can_edit = is_open(year) and request.actor.can(Permission.ASSIGNMENT_EDIT, on=where)
    day_text, day_fault = _day(request, year)
    error: CsdlError | None = None
    if request.method == "POST":
        request.actor.require(Permission.ASSIGNMENT_EDIT, on=where)
        done, error = _save(request, sheet, day_text)
        if done:
            _tell(request, done)
            return redirect(request.get_full_path())
    class_url = addresses("school:assignment-class")

    def address(key: uuid.UUID) -> str:
        return f"{class_url(key)}?hk={semester.value}"

    missing = sum(row.missing for row in sheet.rows)
    context |= {
        "sheet": sheet,
        "draft_count": sheet.draft_count if can_edit else 0,
        "filters": found.filters,
        "export_url": export_url(request, "school:assignment-export", year, school),
        "loads_url": export_url(request, "school:load-export", year, school),
        "semester": semester.value,
        "body": sheet.body(can_edit=can_edit, class_url=address),
        "headings": [sheet.subjects.get(code, code) for code in sheet.columns],
        "cards": [(row, address(row.school_class.public_id)) for row in sheet.rows],
        "missing": missing,
        "missing_text": f"Còn {missing} ô bắt buộc chưa có người",
        "loads": sheet.load_body(),
        "can_edit": can_edit,
        "day_text": day_text,
        "day_fault": day_fault,
        "error": error,
        "version": request.POST.get(VERSION, "") if error and not _overlaps(sheet) else str(sheet.seen),
        "last": last_act(where, year) if can_edit else None,
        "acts": _ACTS,
        "overlaps": _overlaps(sheet),
        "wrong_cells": _wrong(sheet),
    }
    return render(request, "school/assignments/grid.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def assignment_class(request: HttpRequest, school_class: uuid.UUID) -> HttpResponse:
    """One class of the grid as a form: on a phone, and where scripts do not run."""
    row = get_object_or_404(classes(request.actor).select_related("school__unit"), public_id=school_class)
    where = row.school
    request.actor.require(Permission.STAFF_READ, on=where)
    year = show_year(request, row.start_year)
    if year is None:
        raise Http404
    semester = _semester(request, year)
    sheet = Sheet(request, where, year, semester=int(semester.value), with_optional=True)
    sheet.lay_out([sheet.classes[row.pk]])
    can_edit = is_open(year) and request.actor.can(Permission.ASSIGNMENT_EDIT, on=where)
    day_text, day_fault = _day(request, year)
    error: CsdlError | None = None
    back = reverse("school:assignment-list", args=[where.unit.public_id])
    back = f"{back}?nam={year.start_year}&hk={semester.value}"
    if request.method == "POST":
        request.actor.require(Permission.ASSIGNMENT_EDIT, on=where)
        done, error = _save(request, sheet, day_text)
        if done:
            _tell(request, done)
            return redirect(back)
    context = {
        "row": row,
        "year_shown": year,
        "crumbs": [*crumbs_to(request, where), ("Phân công", back)],
        "sheet": sheet,
        "line": sheet.rows[0],
        "filters": [semester],
        "semester": semester.value,
        "can_edit": can_edit,
        "day_text": day_text,
        "day_fault": day_fault,
        "error": error,
        "version": request.POST.get(VERSION, "") if error and not _overlaps(sheet) else str(sheet.seen),
        "overlaps": _overlaps(sheet),
        "wrong_cells": _wrong(sheet),
        "back_url": back,
    }
    return render(request, "school/assignments/class.html", context)


@login_required
@require_POST
def assignment_drafts(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
    """Copy last year's assignments as drafts, or confirm every draft."""
    where = school_or_404(request, school)
    year = chosen_year(request)
    if year is None:
        raise Http404
    act = {"chep": copy_last_year, "xac-nhan": confirm_drafts}.get(request.POST.get("viec", ""))
    if act is None:
        raise Http404
    try:
        done = act(actor=request.actor, school=where, year=year)
    except CsdlError as refused:
        if refused.code != "ASG-01":
            raise
        messages.warning(request, " ".join([str(refused), *refused.problems[:10]]))
    else:
        said = "Đã chép" if act is copy_last_year else "Đã xác nhận"
        what = "ô phân công của năm trước thành bản nháp" if act is copy_last_year else "ô phân công"
        messages.success(request, f"{said} {done.count} {what}.")
        for text in done.warnings[:10]:
            messages.warning(request, f"Còn là bản nháp: {text}")
    return redirect(_back(request, where, year))


@login_required
@require_POST
def assignment_undo(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
    """Take back an act on the school's assignments."""
    where = school_or_404(request, school)
    request.actor.require(Permission.ASSIGNMENT_EDIT, on=where)
    key = request.POST.get("viec", "")
    event = get_object_or_404(
        Event, pk=int(key) if key.isdecimal() and len(key) < 19 else 0, unit_id=where.pk, kind__in=_ACTS
    )
    try:
        count = undo_assignments(actor=request.actor, school=where, event=event)
    except CsdlError as refused:
        if not refused.code.startswith("ASG"):
            raise
        messages.warning(request, " ".join([str(refused), *refused.problems[:10]]))
    else:
        messages.success(request, f"Đã hoàn tác: {count} ô trở lại như trước.")
    return redirect(_back(request, where, event.data["start_year"]))


@login_required
@require_http_methods(["GET", "POST"])
def assignment_homeroom(request: HttpRequest, school_class: uuid.UUID) -> HttpResponse:
    """Say who leads a class from a day on."""
    row = get_object_or_404(classes(request.actor).select_related("school__unit"), public_id=school_class)
    request.actor.require(Permission.ASSIGNMENT_EDIT, on=row.school)
    year = show_year(request, row.start_year)
    if year is None:
        raise Http404
    postings = visible(StaffPosting.objects.filter(unit_id=row.school_id), request.actor, Permission.STAFF_READ)
    staff = list({one.staff_id: one.staff for one in may_teach(postings, row.school, year)}.values())
    names = TeacherNames(staff, codes.labels("teacher_subject")["teacher_subject"])
    keys = {str(one.public_id): one.pk for one in staff}
    leads = homeroom_staff(request.actor, [row.pk]).get(row.pk)
    now = next((key for key, pk in keys.items() if pk == leads), "")
    form = HomeroomForm(request, initial={"on": _first_day(year), "teacher": now})
    form.fields["teacher"].given = tuple((str(one.public_id), names.labels[one.pk]) for one in staff)
    form.fields["teacher"].fit("teacher")
    form.fields["teacher"].brings_list = bool(form.fields["teacher"].proposals)
    seen = Seen.read(request.POST.get("dau", "")) or seen_now(row.school, year)

    def act(values: dict[str, Any]) -> SavedAssignments:
        try:
            if values["teacher"]:
                return assign_homeroom(
                    actor=request.actor,
                    school_class=row,
                    staff_id=keys[values["teacher"]],
                    on=values["on"],
                    seen=seen,
                )
            return end_homeroom(actor=request.actor, school_class=row, on=values["on"], seen=seen)
        except InvalidRecord as refused:
            field = "on" if any("gày" in text for text in refused.problems) else "teacher"
            raise InvalidRecord({field: refused.problems}) from refused

    back = reverse("school:class-detail", args=[school_class])
    try:
        done = saved(form, act)
    except CellsChanged as refused:
        now = homeroom_names(request.actor, [row.pk]).get(row.pk, "chưa có ai")
        by = said_by(refused.overlaps[0].by, request.user.pk)
        told = f"Sau khi trang này được mở đã có lần sửa khác{f' ({by})' if by else ''}: hiện nay là {now}."
        form.add_error("teacher", f"{told} Bấm lưu lần nữa nếu vẫn muốn đổi.")
        seen, done = seen_now(row.school, year), None
    if done:
        _tell(request, done)
        return redirect(back)
    context = {
        "form": form,
        "seen": seen,
        "title": f"Chủ nhiệm lớp {row.name}",
        "now": homeroom_names(request.actor, [row.pk]).get(row.pk, ""),
        "crumbs": [*crumbs_to(request, row.school), (f"Lớp {row.name}", back)],
        "back_url": back,
    }
    return render(request, "school/assignments/homeroom.html", context)


def _save(request: HttpRequest, sheet: Sheet, day_text: str) -> tuple[SavedAssignments | None, CsdlError | None]:
    """Save what was typed; where something is wrong, every fault in its cell and nothing written."""
    seen = Seen.read(request.POST.get(VERSION, ""))
    cells, is_whole = sheet.read(request, seen)
    try:
        with transaction.atomic():
            done = save_assignments(
                actor=request.actor,
                school=sheet.school,
                year=sheet.year,
                semester=sheet.semester,
                cells=cells,
                seen=seen,
                homeroom_on=_parsed(day_text),
            )
            if not is_whole:
                raise _OnlyTried
            return done, None
    except InvalidRecord as refused:
        for key, texts in refused.fields.items():
            sheet.by_key[key].faults += texts
    except CellsChanged as refused:
        if is_whole:
            for one in refused.overlaps:
                cell = sheet.by_key[one.key]
                school_class = sheet.cells[cell.field][0].school_class
                base = sheet.text_of(one.base, school_class, cell.subject_code)
                theirs = sheet.text_of(one.theirs, school_class, cell.subject_code)
                cell.overlap = base or "(trống)", theirs or "(trống)", said_by(one.by, request.user.pk)
            return None, refused
    except _OnlyTried:
        pass
    return None, CsdlError("Chưa lưu ô nào. Hãy sửa các ô dưới đây rồi lưu lại.", code="REC-01")


def _tell(request: HttpRequest, done: SavedAssignments) -> None:
    messages.success(request, f"Đã lưu {done.count} ô phân công." if done.event else "Không có gì thay đổi.")
    for text in done.warnings[:10]:
        messages.warning(request, f"Đã lưu, cần xem lại: {text}")
    if len(done.warnings) > 10:
        messages.warning(request, f"… và {len(done.warnings) - 10} điều khác cần xem lại.")


def _overlaps(sheet: Sheet) -> list[Any]:
    return [cell for _, cell in sheet.cells.values() if cell.overlap]


def _wrong(sheet: Sheet) -> list[Any]:
    return [cell for _, cell in sheet.cells.values() if cell.faults]


def _semester(request: HttpRequest, year: SchoolYear) -> Filter:
    now = "2" if year.semester2_on <= clock.today() <= year.ends_on else "1"
    return read_filter(request, "hk", "Học kì", (("1", "Học kì I"), ("2", "Học kì II")), default=now)


def _level(request: HttpRequest, sheet: Sheet) -> Filter:
    names = codes.labels("school_level")["school_level"]
    levels = [(code, names.get(code, code)) for code in sheet.levels]
    return read_filter(request, "cap", "Cấp học", levels, default=levels[-1][0] if levels else "")


def _grade(request: HttpRequest, sheet: Sheet) -> Filter:
    present = {one.grade_code for one in sheet.classes.values()}
    return read_filter(
        request, "khoi", "Khối", [(code, one.name_vi) for code, one in codes.grades().items() if code in present]
    )


def _first_day(year: SchoolYear) -> dt.date:
    """From when a change of homeroom teacher counts unless said otherwise: the year's first day until it opens."""
    today = clock.today()
    return year.starts_on if today < year.opening_on else min(today, year.ends_on)


def _day(request: HttpRequest, year: SchoolYear) -> tuple[str, str]:
    """The day of changes of homeroom teachers as typed, and what is wrong with it."""
    text = request.POST.get("tu-ngay", f"{_first_day(year):%d/%m/%Y}")[:20]
    return text, "" if _parsed(text) else "Ngày chưa đúng. Hãy nhập theo dạng 05/09/2024."


def _parsed(text: str) -> dt.date | None:
    try:
        return DayField(label="", required=False).clean(text)  # type: ignore[no-any-return] # forms are untyped
    except forms.ValidationError:
        return None


def _back(request: HttpRequest, school: School, year: SchoolYear | int) -> str:
    start_year = year if isinstance(year, int) else year.start_year
    semester = "2" if request.POST.get("hk") == "2" else "1"
    return f"{reverse('school:assignment-list', args=[school.unit.public_id])}?nam={start_year}&hk={semester}"
