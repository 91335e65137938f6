"""Many pupils at once: what is to be done, what it would do, done, taken back. The ticks come from the pupil list."""

import datetime as dt
import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from csdl.accounts.errors import CsdlError
from csdl.audit.models import Event
from csdl.codes import queries as codes
from csdl.lib import clock
from csdl.orgs.models import School
from csdl.portals.school.reach import crumbs_to, school_or_404
from csdl.portals.school.students import BULK_ACTS, PupilList, pupil_list
from csdl.years.actions.bulk import (
    PERMISSIONS,
    BulkChange,
    BulkKind,
    BulkPlan,
    change_in_bulk,
    plan_bulk,
    undo_bulk,
    undone_by,
)
from csdl.years.models import Enrolment, SchoolClass, SchoolYear
from csdl.years.queries import classes, pupils
from csdl.years.rules import LeavingKind, stay_window

_SALT = "bulk"
_DAYS = ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d"]
_TITLES = {value: text for _, value, text in BULK_ACTS}
_WRONG_DAY = {"invalid": "Ngày chưa đúng. Hãy nhập theo dạng 07/10/2024.", "required": "Hãy nhập ngày."}
_MISSING = {"required": "Hãy chọn một mục."}


class _DayForm(forms.Form):
    """What has a day: today where today lies in the year."""

    on = forms.DateField(
        label="Ngày",
        input_formats=_DAYS,
        error_messages=_WRONG_DAY,
        widget=forms.DateInput({"class": "form-control", "inputmode": "numeric", "autocomplete": "off"}, "%d/%m/%Y"),
    )


class MoveForm(_DayForm):
    """To which class, from which day."""

    to_class = forms.ChoiceField(
        label="Lớp chuyển đến", error_messages=_MISSING, widget=forms.Select({"class": "form-select"})
    )
    field_order = ("to_class", "on")


class LeaveForm(_DayForm):
    """Leaves for another school or stops learning; from the first day no longer at the school."""

    leaving = forms.ChoiceField(
        label="Chuyển đi hay thôi học",
        choices=LeavingKind.choices,
        error_messages=_MISSING,
        widget=forms.Select({"class": "form-select"}),
    )
    destination_code = forms.ChoiceField(
        label="Nơi chuyển đến (khi chuyển đi)", required=False, widget=forms.Select({"class": "form-select"})
    )
    reason_code = forms.ChoiceField(
        label="Lý do (khi thôi học)", required=False, widget=forms.Select({"class": "form-select"})
    )
    field_order = ("leaving", "destination_code", "reason_code", "on")


class FlagForm(forms.Form):
    """What becomes of the policy category."""

    kind = forms.ChoiceField(
        label="Diện chính sách, hỗ trợ của các học sinh này",
        choices=[(one.value, one.label) for one in (BulkKind.CONFIRM, BulkKind.ASK, BulkKind.SET, BulkKind.CLEAR)],
        error_messages=_MISSING,
        widget=forms.Select({"class": "form-select"}),
    )
    policy_code = forms.ChoiceField(
        label="Diện chính sách (khi ghi thuộc diện)", required=False, widget=forms.Select({"class": "form-select"})
    )


@login_required
@require_http_methods(["GET", "POST"])
def student_bulk(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
    """Form, then preview, then the act. The pupils are those ticked, or all that the address finds."""
    row = school_or_404(request, school)
    found = pupil_list(request, row)
    back = _list_address(request, row)
    act = request.POST.get("viec", "")
    needed = {value: permission for permission, value, _ in BULK_ACTS}.get(act)
    if request.method != "POST" or found.year is None or needed is None:
        return redirect(back)
    request.actor.require(needed, on=row)
    ticked = [] if request.POST.get("tat-ca") else _ticked(request)
    rows = found.rows if request.POST.get("tat-ca") else _of_ticked(found, request, row, ticked)
    chosen = rows.count()
    if not chosen:
        messages.warning(request, "Chưa chọn học sinh nào. Hãy đánh dấu các dòng, hoặc chọn tất cả rồi bấm lại.")
        return redirect(back)
    step = request.POST.get("buoc", "")
    form = _form(request, act, row, found.year, bound=bool(step))
    plan: BulkPlan | None = None
    error: CsdlError | None = None
    if step and form.is_valid():
        change = _change(act, form, request, row, found.year)
        try:
            if step == "ghi":
                event = change_in_bulk(
                    actor=request.actor,
                    school=row,
                    year=found.year,
                    rows=rows,
                    change=change,
                    seal=request.POST.get("dau", ""),
                )
                return redirect("school:student-bulk-done", school, signing.dumps(event.pk, salt=_SALT))
            plan = plan_bulk(actor=request.actor, school=row, year=found.year, rows=rows, change=change)
        except CsdlError as refused:
            error = refused
            if refused.code == "BLK-02":
                plan = plan_bulk(actor=request.actor, school=row, year=found.year, rows=rows, change=change)
    context: dict[str, Any] = {
        "school": row,
        "crumbs": [*crumbs_to(request, row), ("Học sinh", back)],
        "title": _TITLES[act],
        "act": act,
        "year_shown": found.year,
        "chosen": chosen,
        "ticked": ticked,
        "names": list(rows.order_by("student__sort_key", "pk").values_list("student__full_name", flat=True)[:5]),
        "form": form,
        "plan": plan,
        "error": error,
        "sentence": _sentence(plan) if plan else "",
        "back": back,
    }
    return render(request, "school/students/bulk.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def student_bulk_done(request: HttpRequest, school: uuid.UUID, key: str) -> HttpResponse:
    """What a bulk act did, and its undo."""
    row = school_or_404(request, school)
    try:
        event_id = signing.loads(key, salt=_SALT)
    except signing.BadSignature as unknown:
        raise Http404 from unknown
    event = get_object_or_404(Event, pk=event_id, unit_id=row.pk)
    kind = BulkKind(event.data["kind"])
    request.actor.require(PERMISSIONS[kind], on=row)
    error: CsdlError | None = None
    if request.method == "POST":
        try:
            count = undo_bulk(actor=request.actor, school=row, event=event)
            messages.success(request, f"Đã hoàn tác: {count} học sinh trở lại như trước.")
            return redirect("school:student-bulk-done", school, key)
        except CsdlError as refused:
            error = refused
    back = reverse("school:student-list", args=[school])
    context = {
        "school": row,
        "crumbs": [*crumbs_to(request, row), ("Học sinh", back)],
        "event": event,
        "kind": kind,
        "done": _done(event, kind),
        "undone": undone_by(event),
        "error": error,
        "back": f"{back}?nam={event.data['start_year']}",
    }
    return render(request, "school/students/bulk_done.html", context)


def _ticked(request: HttpRequest) -> list[str]:
    """Public ids of the ticks; what is none is left out."""
    found = []
    for text in request.POST.getlist("chon")[:1000]:
        try:
            found.append(str(uuid.UUID(text)))
        except ValueError:
            continue
    return found


def _of_ticked(found: PupilList, request: HttpRequest, school: School, ticked: list[str]) -> QuerySet[Enrolment]:
    """Ticked pupils, whatever filter is on by now: a tick means that pupil."""
    assert found.year is not None
    rows = pupils(request.actor, start_year=found.year.start_year, school_id=school.pk)
    return rows.filter(public_id__in=ticked)


def _form(request: HttpRequest, act: str, school: School, year: SchoolYear, *, bound: bool) -> forms.Form:
    data = request.POST if bound else None
    first, last = stay_window(year)
    day = min(max(clock.today(), first), last)
    form: forms.Form
    if act == "lop":
        form = MoveForm(data, initial={"on": day})
        form.fields["on"].label = "Ngày chuyển lớp"
        choices = [(str(one.public_id), one.name) for one in _classes(request, school, year)]
        form.fields["to_class"].choices = [("", "– Chọn lớp –"), *choices]
    elif act == "roi":
        form = LeaveForm(data, initial={"on": day})
        form.fields["on"].label = "Ngày đầu tiên không còn học ở trường"
        names = codes.labels("dropout_reason", "transfer_destination")
        for name, listed in (("reason_code", "dropout_reason"), ("destination_code", "transfer_destination")):
            form.fields[name].choices = [("", "– Chưa rõ –"), *names[listed].items()]
    else:
        form = FlagForm(data)
        known = codes.labels("policy_category")["policy_category"]
        form.fields["policy_code"].choices = [("", "– Chọn –"), *known.items()]
    return form


def _classes(request: HttpRequest, school: School, year: SchoolYear) -> QuerySet[SchoolClass]:
    rows = classes(request.actor).filter(school_id=school.pk, start_year=year.start_year)
    return rows.order_by("level_code", "grade_code", "sort_key")


def _change(act: str, form: forms.Form, request: HttpRequest, school: School, year: SchoolYear) -> BulkChange:
    said = form.cleaned_data
    if act == "lop":
        to_class = _classes(request, school, year).filter(public_id=said["to_class"]).first()
        return BulkChange(BulkKind.MOVE, to_class=to_class, on=said["on"])
    if act == "roi":
        return BulkChange(
            BulkKind.LEAVE,
            on=said["on"],
            leaving=LeavingKind(said["leaving"]),
            reason_code=said["reason_code"],
            destination_code=said["destination_code"],
        )
    kind = BulkKind(said["kind"])
    return BulkChange(kind, policy_code=said["policy_code"] if kind == BulkKind.SET else "")


def _sentence(plan: BulkPlan) -> str:
    """The consequence, before it happens."""
    change, count = plan.change, len(plan.ids)
    day = f"{change.on:%d/%m/%Y}" if change.on else ""
    match change.kind:
        case BulkKind.MOVE:
            to = change.to_class.name if change.to_class else ""
            parts = ", ".join(f"{number} từ {name}" for name, number in plan.from_classes)
            return f"{count} học sinh sẽ chuyển sang lớp {to} từ ngày {day} ({parts})."
        case BulkKind.LEAVE:
            verb = "chuyển đi" if change.leaving == LeavingKind.TRANSFER else "thôi học"
            return f"{count} học sinh sẽ được ghi {verb} từ ngày {day}; không còn trong sĩ số lớp từ ngày ấy."
        case BulkKind.CONFIRM:
            return f"{count} học sinh sẽ được ghi là đã xác nhận diện chính sách, hỗ trợ."
        case BulkKind.ASK:
            return f"{count} học sinh sẽ được đánh dấu cần xác nhận lại diện chính sách, hỗ trợ."
        case BulkKind.SET:
            name = codes.labels("policy_category")["policy_category"].get(change.policy_code, change.policy_code)
            return f"{count} học sinh sẽ được ghi diện chính sách “{name}”, thay diện đang ghi nếu có."
        case _:
            return f"{count} học sinh sẽ không còn thuộc diện chính sách nào."


def _done(event: Event, kind: BulkKind) -> str:
    said, count = event.data, event.data["count"]
    day = f"{dt.date.fromisoformat(said['on']):%d/%m/%Y}" if said["on"] else ""
    match kind:
        case BulkKind.MOVE:
            return f"Đã chuyển {count} học sinh sang lớp {said['to_class_name']} từ ngày {day}."
        case BulkKind.LEAVE:
            verb = "chuyển đi" if said["leaving"] == LeavingKind.TRANSFER else "thôi học"
            return f"Đã ghi {count} học sinh {verb} từ ngày {day}."
        case BulkKind.CONFIRM:
            return f"Đã ghi {count} học sinh đã xác nhận diện chính sách, hỗ trợ."
        case BulkKind.ASK:
            return f"Đã đánh dấu {count} học sinh cần xác nhận lại diện chính sách, hỗ trợ."
        case BulkKind.SET:
            name = codes.labels("policy_category")["policy_category"].get(said["policy"], said["policy"])
            return f"Đã ghi diện chính sách “{name}” cho {count} học sinh."
        case _:
            return f"Đã bỏ diện chính sách của {count} học sinh."


def _list_address(request: HttpRequest, school: School) -> str:
    address = reverse("school:student-list", args=[school.unit.public_id])
    return f"{address}?{request.GET.urlencode()}" if request.GET else address
