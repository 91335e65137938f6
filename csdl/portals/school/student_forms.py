"""A pupil's file written by hand: admitted, corrected, guardians, the year's outcome, numbers shown, an edit undone."""

import uuid
from collections.abc import Mapping
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from csdl.access.queries import visible
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.codes import queries as codes
from csdl.lib import clock
from csdl.orgs.models import School
from csdl.portals.components.extras import extra_names, extra_of, with_extra
from csdl.portals.components.forms import CodeField, CommuneField, DayField, PlainField, RecordForm, YearField, saved
from csdl.portals.components.histories import undone
from csdl.portals.components.years import chosen_year
from csdl.portals.school.reach import crumbs_to, note_read, school_or_404
from csdl.students.enums import GuardianRelation, IdState
from csdl.students.models import Guardian, Student
from csdl.students.queries import students
from csdl.years.actions.pupils import (
    Saved,
    add_guardian,
    admit_student,
    change_guardian,
    change_student,
    decide_result,
    end_guardian,
    likely_same,
    undo_enrolment_edit,
    undo_student_edit,
)
from csdl.years.enums import AdmissionKind, Outcome, YearState
from csdl.years.models import Enrolment, SchoolYear
from csdl.years.queries import classes, enrolments_of_student, results_of
from csdl.years.rules import allowed_outcomes, stay_window

__all__ = [
    "PUPIL_EXTRA",
    "enrolment_to_edit",
    "pupil_to_edit",
]

# What a clerk is asked for beside the file itself: health, associations, support, boarding (field list student).
PUPIL_EXTRA = (
    *("NhomMau", "DoiVien", "NgayVaoDoi", "NoiVaoDoi", "DoanVien", "NgayVaoDoan", "NoiVaoDoan"),
    *("IsHoNgheo", "HtHoTro", "IsHoTroChiPhiHocTap", "IsHoTroAnTrua", "IsHoTroNhaO", "IsCapTienHangThang", "IsCapGao"),
    *(
        "BanTru",
        "NoiTru",
        "PtdtBanTru",
        "IsHocSinhTiengDanToc",
        "IsTangCuongTviet",
        "HocKnsSkss",
        "KiemTraSucKhoeDinhDuong",
    ),
)
_MORE = "Thông tin khác: nhóm máu, Đội, Đoàn, hỗ trợ, bán trú"

# Before the public id of an enrolment, where a history names one of its edits.
PLACE = "vao-"
_PERSON = ("full_name", "birth_date", "gender_code", "ethnic_code", "religion_code", "birth_place", "origin_place")
_NUMBERS = ("citizen_id_no", "moet_code", "local_code")
_PLACES = ("permanent_commune_code", "permanent_address", "current_commune_code", "current_address", "phone", "email")
_FLAGS = ("policy_code", "is_disabled", "disability_code")


@with_extra("student", PUPIL_EXTRA)
class StudentForm(RecordForm):
    """The pupil's own file."""

    full_name = PlainField(label="Họ và tên", limit=120, hint="Đúng như giấy khai sinh.")
    birth_date = DayField(label="Ngày sinh")
    gender_code = CodeField(label="Giới tính", list_name="gender")
    ethnic_code = CodeField(label="Dân tộc", list_name="ethnic_group", required=False)
    religion_code = CodeField(label="Tôn giáo", list_name="religion", required=False, empty="– Không ghi –")
    birth_place = PlainField(label="Nơi sinh", required=False)
    origin_place = PlainField(label="Quê quán", required=False)
    citizen_id_no = PlainField(
        label="Số định danh cá nhân", limit=100, required=False, kind="numeric", hint="12 chữ số trên giấy khai sinh."
    )
    moet_code = PlainField(label="Mã định danh Bộ GDĐT", limit=10, required=False, kind="numeric", hint="10 chữ số.")
    local_code = PlainField(label="Mã học sinh của trường", limit=50, required=False)
    permanent_commune_code = CommuneField(label="Xã, phường thường trú", required=False)
    permanent_address = PlainField(label="Địa chỉ thường trú", limit=300, required=False, hint="Số nhà, đường, thôn.")
    current_commune_code = CommuneField(label="Xã, phường nơi ở hiện nay", required=False)
    current_address = PlainField(label="Nơi ở hiện nay", limit=300, required=False)
    phone = PlainField(label="Điện thoại", limit=20, required=False, kind="tel")
    email = PlainField(label="Thư điện tử", limit=120, required=False, kind="email")
    policy_code = CodeField(label="Diện chính sách", list_name="policy_category", required=False, empty="– Không –")
    is_disabled = forms.BooleanField(
        label="Học sinh khuyết tật", required=False, widget=forms.CheckboxInput({"class": "form-check-input"})
    )
    disability_code = CodeField(label="Loại khuyết tật", list_name="disability_kind", required=False, empty="– Không –")

    groups = (
        ("Học sinh", _PERSON),
        ("Số định danh, mã số", _NUMBERS),
        ("Nơi ở, liên hệ", _PLACES),
        ("Chính sách, hỗ trợ", _FLAGS),
        (_MORE, extra_names(PUPIL_EXTRA)),
    )
    folded = (_MORE,)


class GuardianEndForm(RecordForm):
    """Somebody is no guardian of the pupil any more, or never was."""

    reason = PlainField(label="Lý do", limit=200, hint="Ví dụ: ghi nhầm người; thôi giám hộ theo quyết định.")

    groups = (("Thôi ghi trong hồ sơ", ("reason",)),)


class GuardianForm(RecordForm):
    """A father, a mother or a guardian."""

    relation = CodeField(label="Quan hệ", choices=GuardianRelation.choices)
    full_name = PlainField(label="Họ và tên", limit=120)
    phone = PlainField(label="Điện thoại", limit=20, required=False, kind="tel", hint="Ví dụ 0912345678.")
    birth_year = YearField(label="Năm sinh", required=False)
    occupation = PlainField(label="Nghề nghiệp", limit=120, required=False)
    workplace = PlainField(label="Nơi làm việc", required=False)

    groups = (
        ("Cha, mẹ hoặc người giám hộ", ("relation", "full_name", "phone", "birth_year", "occupation", "workplace")),
    )


class AdmissionForm(StudentForm):
    """A new pupil: the file, the place at the school, one guardian."""

    school_class = CodeField(label="Lớp", required=False, empty="– Chưa xếp lớp –")
    grade_code = CodeField(label="Khối (khi chưa xếp lớp)", required=False)
    enrolled_on = DayField(label="Ngày vào trường", hint="")
    admission_kind = CodeField(label="Hình thức vào trường", choices=AdmissionKind.choices)
    guardian_relation = CodeField(label="Quan hệ", choices=GuardianRelation.choices, required=False)
    guardian_full_name = PlainField(label="Họ và tên cha, mẹ hoặc người giám hộ", limit=120, required=False)
    guardian_phone = PlainField(label="Điện thoại cha, mẹ hoặc người giám hộ", limit=20, required=False, kind="tel")
    is_new = forms.BooleanField(
        label="Đã kiểm tra: đây là học sinh khác, vẫn thêm mới",
        required=False,
        widget=forms.HiddenInput(),
    )

    groups = (
        ("Học sinh", _PERSON),
        ("Vào trường", ("school_class", "grade_code", "enrolled_on", "admission_kind")),
        ("Số định danh, mã số", _NUMBERS),
        ("Cha, mẹ hoặc người giám hộ", ("guardian_full_name", "guardian_relation", "guardian_phone")),
        ("Nơi ở, liên hệ", _PLACES),
        ("Chính sách, hỗ trợ", (*_FLAGS, "is_new")),
    )


class ResultForm(RecordForm):
    """What the year decided."""

    outcome = CodeField(label="Kết quả cuối năm")
    note = PlainField(
        label="Căn cứ, ghi chú", limit=500, required=False, hint="Ví dụ: Biên bản họp hội đồng ngày 28/8."
    )

    groups = (("Quyết định của hiệu trưởng", ("outcome", "note")),)


def enrolment_to_edit(request: HttpRequest, student: Student) -> Enrolment | None:
    """The newest enrolment, in an open year, by which this account may correct the pupil's file; None: read only."""
    for row in enrolments_of_student(request.actor, student.pk).select_related("student"):
        if not request.actor.can(Permission.STUDENT_EDIT, on=row):
            continue
        if SchoolYear.objects.filter(pk=row.start_year, state=YearState.OPEN).exists():
            return row
    return None


@login_required
@require_http_methods(["GET", "POST"])
def student_edit(request: HttpRequest, student: uuid.UUID) -> HttpResponse:
    """Correct a pupil's file. The form shows every number in full: opening it is reading the profile."""
    row, enrolment = pupil_to_edit(request, student)
    if request.method == "GET":
        note_read(request, row, enrolment.school_id)
    form = StudentForm(request, row=row)
    if row.id_state == IdState.VERIFIED:
        form.fields["citizen_id_no"].disabled = True
        form.fields["citizen_id_no"].help_text = "Đã xác thực với cơ sở dữ liệu quốc gia về dân cư, không sửa tại đây."

    def act(values: dict[str, Any]) -> Saved:
        made = values | {"extra": extra_of("student", row, values)}
        return change_student(actor=request.actor, enrolment=enrolment, values=made, seen=form.version)

    done = saved(form, act)
    if done:
        return _told(request, row, done, "hồ sơ")
    return _page(request, form, row, enrolment.school, title=f"Sửa hồ sơ {row.full_name}")


@login_required
@require_http_methods(["GET", "POST"])
def guardian_new(request: HttpRequest, student: uuid.UUID) -> HttpResponse:
    """Add a father, a mother or a guardian."""
    row, enrolment = pupil_to_edit(request, student)
    form = GuardianForm(request)
    done = saved(form, lambda values: add_guardian(actor=request.actor, enrolment=enrolment, values=values))
    if done:
        messages.success(request, f"Đã thêm {form.cleaned_data['full_name']}.")
        return _told(request, row, done, "")
    return _page(request, form, row, enrolment.school, title="Thêm cha, mẹ, người giám hộ", verb="Thêm")


@login_required
@require_http_methods(["GET", "POST"])
def guardian_edit(request: HttpRequest, guardian: uuid.UUID) -> HttpResponse:
    """Correct a guardian, the phone number above all."""
    found = visible(Guardian.objects.select_related("student"), request.actor, Permission.STUDENT_READ)
    kin = get_object_or_404(found, public_id=guardian, ended_on__isnull=True)
    row, enrolment = pupil_to_edit(request, kin.student.public_id)
    form = GuardianForm(request, row=kin)
    done = saved(
        form,
        lambda values: change_guardian(
            actor=request.actor, enrolment=enrolment, guardian=kin, values=values, seen=form.version
        ),
    )
    if done:
        return _told(request, row, done, f"{kin.get_relation_display().lower()} {kin.full_name}")
    return _page(request, form, row, enrolment.school, title=f"Sửa thông tin {kin.full_name}")


@login_required
@require_http_methods(["GET", "POST"])
def guardian_end(request: HttpRequest, guardian: uuid.UUID) -> HttpResponse:
    """Leave a guardian out of the file from now on; the record stays in its history, and the end can be taken back."""
    found = visible(Guardian.objects.select_related("student"), request.actor, Permission.STUDENT_READ)
    kin = get_object_or_404(found, public_id=guardian, ended_on__isnull=True)
    row, enrolment = pupil_to_edit(request, kin.student.public_id)
    form = GuardianEndForm(request)
    done = saved(
        form,
        lambda values: end_guardian(actor=request.actor, enrolment=enrolment, guardian=kin, reason=values["reason"]),
    )
    if done:
        messages.success(request, f"Đã thôi ghi {kin.full_name} trong hồ sơ. Ghi nhầm thì hoàn tác trong lịch sử.")
        return redirect("school:student-detail", row.public_id)
    return _page(request, form, row, enrolment.school, title=f"Thôi ghi {kin.full_name}", verb="Thôi ghi")


@login_required
@require_http_methods(["GET", "POST"])
def student_new(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
    """Write down a new pupil; "Lưu và thêm tiếp" opens the next empty form for the same class."""
    where = school_or_404(request, school)
    request.actor.require(Permission.STUDENT_ENROL, on=where)
    year = chosen_year(request)
    if year is None:
        raise Http404
    own = classes(request.actor).filter(school=where, start_year=year.start_year)
    own = own.order_by("level_code", "grade_code", "sort_key")
    by_id = {str(one.public_id): one for one in own}
    first, last = stay_window(year)
    initial = {
        "school_class": request.GET.get("lop", ""),
        "enrolled_on": min(max(clock.today(), first), last),
        "admission_kind": AdmissionKind.TRANSFERRED_IN,
        "ethnic_code": "01",
    }
    form = AdmissionForm(request, initial=initial)
    form.fields["school_class"].given = tuple((key, one.name) for key, one in by_id.items())
    form.fields["school_class"].fit("school_class")
    grades = codes.grades()
    form.fields["grade_code"].given = tuple((code, grade.name_vi) for code, grade in grades.items())
    form.fields["grade_code"].fit("grade_code")
    same: list[Enrolment] = []

    def act(values: dict[str, Any]) -> tuple[Enrolment, Saved] | None:
        nonlocal same
        if values["full_name"] and not values["is_new"]:
            same = likely_same(
                request.actor,
                school=where,
                year=year,
                full_name=values["full_name"],
                birth_date=values["birth_date"],
                citizen_id_no=values["citizen_id_no"],
            )
            if same:
                return None
        return admit_student(
            actor=request.actor,
            school=where,
            year=year,
            values=values,
            school_class=by_id.get(values["school_class"]),
            grade_code=values["grade_code"],
            enrolled_on=values["enrolled_on"],
            admission_kind=values["admission_kind"],
            guardian=_guardian_of(values),
        )

    done = saved(form, act)
    if done:
        enrolment, said = done
        named = enrolment.school_class.name if enrolment.school_class else "chưa xếp lớp"
        messages.success(request, f"Đã thêm học sinh {enrolment.student.full_name} ({named}).")
        _warn(request, said)
        if request.POST.get("tiep"):
            chosen = form.cleaned_data["school_class"]
            return redirect(f"{request.path}?nam={year.start_year}&lop={chosen}")
        return redirect("school:student-detail", enrolment.student.public_id)
    if same:
        form.fields["is_new"].widget = forms.CheckboxInput({"class": "form-check-input"})
    context = {
        "form": form,
        "same": same,
        "title": "Thêm học sinh",
        "purpose": f"Học sinh vào {where.unit.name}, năm học {year.name}.",
        "crumbs": [*crumbs_to(request, where), ("Học sinh", reverse("school:student-list", args=[school]))],
        "back_url": reverse("school:student-list", args=[school]),
        "save_label": "Lưu học sinh",
        "more_label": "Lưu và thêm tiếp",
    }
    return render(request, "school/students/form.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def student_result(request: HttpRequest, student: uuid.UUID, start_year: int) -> HttpResponse:
    """The head decides what the year says about a pupil."""
    row = get_object_or_404(students(request.actor), public_id=student)
    found = enrolments_of_student(request.actor, row.pk).filter(start_year=start_year)
    enrolment = found.filter(left_on__isnull=True).first() or found.first()
    if enrolment is None:
        raise Http404
    request.actor.require(Permission.RESULT_DECIDE, on=enrolment)
    held = results_of(request.actor, enrolment_ids=[enrolment.pk], start_years=[start_year]).get(enrolment.pk)
    form = ResultForm(request, initial={"outcome": held.outcome if held else ""})
    grade = codes.grades()[enrolment.grade_code]
    form.fields["outcome"].given = tuple((one.value, one.label) for one in allowed_outcomes(grade))
    form.fields["outcome"].fit("outcome")
    if request.method == "GET":
        form.version = held.pk if held else 0
    done = saved(
        form,
        lambda values: decide_result(
            actor=request.actor,
            enrolment=enrolment,
            outcome=values["outcome"],
            note=values["note"],
            seen=form.version,
        ),
    )
    if done:
        label = Outcome(done.outcome).label
        messages.success(request, f"Đã ghi kết quả năm học {start_year}-{start_year + 1}: {label}.")
        return redirect("school:student-detail", row.public_id)
    if form.is_bound:
        form.version = held.pk if held else 0
    title = f"Kết quả năm học {start_year}-{start_year + 1} của {row.full_name}"
    return _page(request, form, row, enrolment.school, title=title, verb="Ghi kết quả")


@login_required
@require_POST
def student_reveal(request: HttpRequest, student: uuid.UUID) -> HttpResponse:
    """Show a number in full, once; who looked at what stands in the log."""
    row = get_object_or_404(students(request.actor), public_id=student)
    what = request.POST.get("so", "")
    newest = enrolments_of_student(request.actor, row.pk).first()
    numbers: Mapping[str, str] = {"dinh-danh": row.citizen_id_no, "dien-thoai": row.phone}
    if what.startswith("gh-"):
        kin = visible(
            Guardian.objects.filter(student=row, ended_on__isnull=True), request.actor, Permission.STUDENT_READ
        )
        numbers = {f"gh-{one.public_id}": one.phone for one in kin}
    if what not in numbers:
        raise Http404
    record(
        actor=request.actor,
        kind="student:reveal",
        unit_id=newest.school_id if newest else None,
        data={"student": str(row.public_id), "what": what},
    )
    context = {"number": numbers[what], "name": row.full_name, "back": reverse("school:student-detail", args=[student])}
    partial = "components/revealed.html#number"
    return render(request, partial if request.headers.get("HX-Request") else "components/revealed.html", context)


@login_required
@require_POST
def student_undo(request: HttpRequest, student: uuid.UUID) -> HttpResponse:
    """Take back one edit of the pupil's file or of a guardian's record, a move to a class, a leaving."""
    row, enrolment = pupil_to_edit(request, student)
    target: Student | Guardian | Enrolment = row
    kind, key = request.POST.get("cua", ""), request.POST.get("lan", "")
    if kind.startswith(PLACE):
        rows = enrolments_of_student(request.actor, row.pk)
        target = next((one for one in rows if f"{PLACE}{one.public_id}" == kind), row)
        if target is row:
            raise Http404
    elif kind:
        try:
            target = get_object_or_404(Guardian, student=row, public_id=uuid.UUID(kind))
        except ValueError as unknown:
            raise Http404 from unknown
    if not key.isdecimal() or len(key) > 18:
        raise Http404
    act = (
        partial(undo_enrolment_edit, enrolment=target)
        if isinstance(target, Enrolment)
        else partial(undo_student_edit, enrolment=enrolment, row=target)
    )
    back = reverse("school:student-detail", args=[student])
    return undone(request, back, partial(act, actor=request.actor, key=int(key)))


def pupil_to_edit(request: HttpRequest, student: uuid.UUID) -> tuple[Student, Enrolment]:
    """The pupil and the enrolment by which the account may write; the action asks again."""
    row = get_object_or_404(students(request.actor), public_id=student)
    enrolment = enrolment_to_edit(request, row)
    if enrolment is None:
        request.actor.require(Permission.STUDENT_EDIT, on=enrolments_of_student(request.actor, row.pk).first() or 0)
        raise Http404
    enrolment.student = row
    return row, enrolment


def _guardian_of(values: Mapping[str, Any]) -> dict[str, Any] | None:
    """The one guardian typed with a new pupil; nothing typed, nobody written."""
    names = ("relation", "full_name", "phone")
    kin = {name: values[f"guardian_{name}"] for name in names}
    return kin if kin["full_name"] or kin["phone"] else None


def _told(request: HttpRequest, row: Student, done: Saved, what: str) -> HttpResponse:
    if what:
        names = ", ".join(change.label.lower() for change in done.changes)
        messages.success(request, f"Đã lưu {what}: {names}." if names else "Không có gì thay đổi.")
    _warn(request, done)
    return redirect("school:student-detail", row.public_id)


def _warn(request: HttpRequest, done: Saved) -> None:
    for warning in done.warnings:
        messages.warning(request, f"Đã lưu, nhưng hãy xem lại: {warning}")


def _page(
    request: HttpRequest, form: RecordForm, row: Student, school: School, *, title: str, verb: str = "Lưu"
) -> HttpResponse:
    back = reverse("school:student-detail", args=[row.public_id])
    context = {
        "form": form,
        "title": title,
        "purpose": "Nội dung đúng như giấy tờ của học sinh; mọi lần sửa đều được lưu lại.",
        "crumbs": [*crumbs_to(request, school), (row.full_name, back)],
        "back_url": back,
        "save_label": verb,
    }
    return render(request, "school/students/form.html", context)
