"""Many pupils at once: what is to be done, what it would do, done, taken back. The ticks come from the pupil list."""

import datetime as dt
import uuid

from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from csdl.audit.bulk import BulkPlan
from csdl.audit.models import Event
from csdl.codes import queries as codes
from csdl.lib import clock
from csdl.orgs.models import School
from csdl.portals.school.bulk import (
    ALL,
    MISSING,
    Bulk,
    BulkDone,
    answer_bulk,
    answer_done,
    bulk_event,
    day_field,
    ticked,
)
from csdl.portals.school.reach import crumbs_to, school_or_404
from csdl.portals.school.students import BULK_ACTS, PupilList, pupil_list
from csdl.years.actions.bulk import PERMISSIONS, BulkChange, BulkKind, change_in_bulk, plan_bulk, undo_bulk
from csdl.years.models import Enrolment, SchoolClass, SchoolYear
from csdl.years.queries import classes, pupils
from csdl.years.rules import LeavingKind, stay_window

_TITLES = {value: text for _, value, text in BULK_ACTS}


class _DayForm(forms.Form):
    """What has a day: today where today lies in the year."""

    on = day_field("Ngày")


class MoveForm(_DayForm):
    """To which class, from which day."""

    to_class = forms.ChoiceField(
        label="Lớp chuyển đến", error_messages=MISSING, widget=forms.Select({"class": "form-select"})
    )
    field_order = ("to_class", "on")


class LeaveForm(_DayForm):
    """Leaves for another school or stops learning; from the first day no longer at the school."""

    leaving = forms.ChoiceField(
        label="Chuyển đi hay thôi học",
        choices=LeavingKind.choices,
        error_messages=MISSING,
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
        error_messages=MISSING,
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
    ticks, year = ticked(request), found.year
    rows = found.rows if request.POST.get(ALL) else _of_ticked(found, request, row, ticks)
    named = rows.order_by("student__sort_key", "pk").values_list("student__full_name", flat=True)
    return answer_bulk(
        request,
        Bulk[BulkChange](
            school=row,
            crumbs=[*crumbs_to(request, row), ("Học sinh", back)],
            title=_TITLES[act],
            act_name=act,
            noun="học sinh",
            about=f"của năm học {year.name}",
            chosen=rows.count(),
            names=list(named[:5]),
            ticks=ticks,
            form=_form(request, act, row, year, bound=bool(request.POST.get("buoc"))),
            change=lambda form: _change(act, form, request, row, year),
            plan=lambda change: plan_bulk(actor=request.actor, school=row, year=year, rows=rows, change=change),
            act=lambda change, seal: change_in_bulk(
                actor=request.actor, school=row, year=year, rows=rows, change=change, seal=seal
            ),
            sentence=_sentence,
            done="school:student-bulk-done",
            back=back,
        ),
    )


@login_required
@require_http_methods(["GET", "POST"])
def student_bulk_done(request: HttpRequest, school: uuid.UUID, key: str) -> HttpResponse:
    """What a bulk act did, and its undo."""
    row = school_or_404(request, school)
    event = bulk_event(row, key, "enrolment")
    kind = BulkKind(event.data["kind"])
    request.actor.require(PERMISSIONS[kind], on=row)
    back = reverse("school:student-list", args=[school])
    done = BulkDone(
        crumbs=[*crumbs_to(request, row), ("Học sinh", back)],
        label=kind.label,
        sentence=_done(event, kind),
        noun="học sinh",
        list_name="học sinh",
        undo=lambda: undo_bulk(actor=request.actor, school=row, event=event),
        back=f"{back}?nam={event.data['start_year']}",
    )
    return answer_done(request, event, done)


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


def _sentence(plan: BulkPlan[BulkChange]) -> str:
    """The consequence, before it happens."""
    change, count = plan.change, len(plan.ids)
    day = f"{change.on:%d/%m/%Y}" if change.on else ""
    match change.kind:
        case BulkKind.MOVE:
            to = change.to_class.name if change.to_class else ""
            parts = ", ".join(f"{number} từ {name}" for name, number in plan.parts)
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
