"""Heads of a unit: who, from which day, by which decision; entered by the unit above."""

import uuid
from dataclasses import replace
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from csdl.access.queries import visible
from csdl.accounts.actor import refuse
from csdl.accounts.permissions import Permission
from csdl.audit.edits import FieldChange
from csdl.codes import queries as codes
from csdl.documents.decisions import appoint_by_decision, keep_decision, read_decision
from csdl.lib import clock
from csdl.orgs.enums import TEACHING_KINDS
from csdl.orgs.models import OrgUnit
from csdl.portals.components.forms import CodeField, DayField, PlainField, RecordForm, saved
from csdl.portals.components.histories import history_of, undone
from csdl.portals.components.scans import ScanField
from csdl.staff.actions import change_head, undo_head_edit, withdraw_head
from csdl.staff.models import StaffMember, StaffPosting, UnitHead
from csdl.staff.queries import can_appoint, can_keep_decision, head_of, heads_of, postings_on

# Days move by appointing and withdrawing, never by undoing an edit.
_DAYS = "Đến trước ngày"


class HeadForm(RecordForm):
    """An appointment, as it is corrected."""

    staff_id = CodeField(label="Thủ trưởng", hint="Người đang công tác tại đơn vị; gõ vài chữ của tên rồi chọn.")
    is_acting = forms.BooleanField(
        label="Quyền hoặc phụ trách, chưa bổ nhiệm chính thức",
        required=False,
        widget=forms.CheckboxInput({"class": "form-check-input"}),
    )
    decision_no = PlainField(label="Số quyết định", limit=60, hint="Ví dụ 1234/QĐ-UBND.")
    decided_on = DayField(label="Ngày ký quyết định", hint="Ví dụ 15/08/2024.")

    groups = (
        ("Thủ trưởng đơn vị", ("staff_id", "valid_from", "is_acting")),
        ("Quyết định", ("decision_no", "decided_on")),
    )


class AppointForm(HeadForm):
    """A new head: the one before ends on the day this one begins."""

    valid_from = DayField(label="Giữ chức từ ngày", hint="Người trước thôi giữ chức từ ngày này.")
    file = ScanField(
        label="Tệp quyết định", hint="Chưa có bản quét thì để trống, lưu sau ở trang Thủ trưởng đơn vị.", required=False
    )

    groups = (HeadForm.groups[0], ("Quyết định", ("decision_no", "decided_on", "file")))


class DecisionForm(RecordForm):
    """The scan of an appointment's decision."""

    file = ScanField(label="Tệp quyết định", hint="Bản quét quyết định đã ký, đóng dấu.", required=True)

    groups = (("Quyết định", ("file",)),)


@login_required
def unit_heads(request: HttpRequest, unit: uuid.UUID) -> HttpResponse:
    """Who heads, headed and will head a unit."""
    row = _unit_or_404(request, unit)
    heads = list(heads_of(_heads(request), row.pk))
    can_edit = can_appoint(request.actor, row)
    now = head_of(_heads(request), row.pk, clock.today())
    context = {
        "unit": row,
        "crumbs": _crumbs(request, row),
        "heads": heads,
        "now": now,
        "can_edit": can_edit,
        "can_keep": can_keep_decision(request.actor, row),
        "can_withdraw": can_edit and len(heads) > 1 and heads[1].valid_to == heads[0].valid_from,
        "edits": [
            replace(edit, can_undo=all(line.label != _DAYS for line in edit.lines))
            for edit in history_of([(str(one.pk), one.staff.full_name, one) for one in heads])
        ],
    }
    return render(request, "authority/units/heads.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def head_new(request: HttpRequest, unit: uuid.UUID) -> HttpResponse:
    """Say who heads the unit from a day on."""
    row = _to_edit(request, unit)
    form = AppointForm(request)
    people = _fitted(form, row)

    def act(values: dict[str, Any]) -> UnitHead:
        staff = people.get(values.pop("staff_id"))
        valid_from, upload = values.pop("valid_from"), values.pop("file")
        return appoint_by_decision(
            actor=request.actor, unit=row, staff=staff, valid_from=valid_from, values=values, upload=upload
        )

    done = saved(form, act)
    if done:
        messages.success(request, f"{done.staff.full_name} là thủ trưởng {row.name} từ {done.valid_from:%d/%m/%Y}.")
        return redirect("authority:unit-heads", unit)
    return _page(request, form, row, "Ghi nhận thủ trưởng mới")


@login_required
@require_http_methods(["GET", "POST"])
def head_edit(request: HttpRequest, unit: uuid.UUID, head: int) -> HttpResponse:
    """Correct an appointment."""
    row = _to_edit(request, unit)
    standing = _head_or_404(request, row, head)
    form = HeadForm(request, row=standing, initial=_initial(standing))
    people = _fitted(form, row, standing.staff)

    def act(values: dict[str, Any]) -> tuple[list[FieldChange]]:
        staff = people.get(str(values["staff_id"])) or standing.staff
        made = values | {"staff_id": staff.pk}
        return (change_head(actor=request.actor, head=standing, values=made, seen=form.version),)

    done = saved(form, act)
    if done:
        names = ", ".join(change.label.lower() for change in done[0])
        messages.success(request, f"Đã lưu: {names}." if names else "Không có gì thay đổi.")
        return redirect("authority:unit-heads", unit)
    return _page(request, form, row, f"Sửa lần bổ nhiệm từ {standing.valid_from:%d/%m/%Y}")


@login_required
@require_safe
def head_decision(request: HttpRequest, unit: uuid.UUID, head: int) -> HttpResponse:
    """The decision's file, to look at in the browser or to take along; logged."""
    row = _unit_or_404(request, unit)
    file = read_decision(actor=request.actor, head=_head_or_404(request, row, head))
    way = "attachment" if "tai-ve" in request.GET else "inline"
    headers = {"Content-Disposition": f'{way}; filename="{file.name}"', "Cache-Control": "no-store"}
    return HttpResponse(file.content, content_type=file.content_type, headers=headers)


@login_required
@require_http_methods(["GET", "POST"])
def head_decision_keep(request: HttpRequest, unit: uuid.UUID, head: int) -> HttpResponse:
    """Put the decision's file to an appointment, or another in its place."""
    row = _unit_or_404(request, unit)
    if not can_keep_decision(request.actor, row):
        raise refuse(request.actor, Permission.HEAD_APPOINT)
    standing = _head_or_404(request, row, head)
    form = DecisionForm(request)

    def act(values: dict[str, Any]) -> UnitHead:
        return keep_decision(actor=request.actor, head=standing, upload=values["file"])

    if saved(form, act):
        messages.success(request, f"Đã lưu tệp quyết định bổ nhiệm {standing.staff.full_name}.")
        return redirect("authority:unit-heads", unit)
    return _page(request, form, row, f"Tệp quyết định bổ nhiệm {standing.staff.full_name}")


@login_required
@require_POST
def head_withdraw(request: HttpRequest, unit: uuid.UUID, head: int) -> HttpResponse:
    """Take back the newest appointment."""
    row = _to_edit(request, unit)
    before = withdraw_head(actor=request.actor, head=_head_or_404(request, row, head))
    messages.success(request, f"Đã rút lần bổ nhiệm; {before.staff.full_name} tiếp tục là thủ trưởng.")
    return redirect("authority:unit-heads", unit)


@login_required
@require_POST
def head_undo(request: HttpRequest, unit: uuid.UUID) -> HttpResponse:
    """Take back one correction."""
    row = _to_edit(request, unit)
    kind, key = request.POST.get("cua", ""), request.POST.get("lan", "")
    if not all(text.isdecimal() and len(text) < 19 for text in (kind, key)):
        raise Http404
    head = _head_or_404(request, row, int(kind))
    back = reverse("authority:unit-heads", args=[unit])
    return undone(request, back, partial(undo_head_edit, actor=request.actor, head=head, key=int(key)))


def _heads(request: HttpRequest) -> Any:
    return visible(UnitHead.objects.all(), request.actor, Permission.STAFF_READ)


def _unit_or_404(request: HttpRequest, public_id: uuid.UUID) -> OrgUnit:
    units = visible(OrgUnit.objects.select_related("parent"), request.actor, Permission.SCHOOL_READ)
    return get_object_or_404(units, public_id=public_id)


def _to_edit(request: HttpRequest, public_id: uuid.UUID) -> OrgUnit:
    row = _unit_or_404(request, public_id)
    if not can_appoint(request.actor, row):
        raise refuse(request.actor, Permission.HEAD_APPOINT)
    return row


def _head_or_404(request: HttpRequest, unit: OrgUnit, key: int) -> UnitHead:
    return get_object_or_404(heads_of(_heads(request), unit.pk), pk=key)


def _initial(head: UnitHead) -> dict[str, Any]:
    return {name: getattr(head, name) for name in ("is_acting", "decision_no", "decided_on")} | {
        "staff_id": str(head.staff_id)
    }


def _fitted(form: HeadForm, unit: OrgUnit, now: StaffMember | None = None) -> dict[str, StaffMember]:
    """Who works at the unit, as choices of the form; whoever holds the appointment now stays among them."""
    rows = postings_on(StaffPosting.objects.filter(unit=unit), clock.today()).select_related("staff")
    positions = codes.labels("staff_position")["staff_position"]
    people = {str(now.pk): now} if now else {}
    labels = {str(now.pk): _named(now, "")} if now else {}
    for one in rows.order_by("staff__sort_key", "staff_id"):
        people[str(one.staff_id)] = one.staff
        labels[str(one.staff_id)] = _named(one.staff, positions.get(one.position_code, ""))
    field = form.fields["staff_id"]
    field.given = tuple(labels.items())
    field.fit("staff_id")
    return people


def _named(person: StaffMember, position: str) -> str:
    born = f"sinh {person.birth_date:%d/%m/%Y}" if person.birth_date else ""
    return ", ".join(text for text in (person.full_name, position, born) if text)


def _crumbs(request: HttpRequest, unit: OrgUnit) -> list[tuple[str, str]]:
    teaches = unit.kind in TEACHING_KINDS
    name = "school:overview" if teaches else "authority:unit-detail"
    crumbs = []
    home = request.actor.home_unit
    if home is None or home.pk != unit.pk:
        first = ("Trường", "authority:school-list") if teaches else ("Đơn vị", "authority:unit-list")
        crumbs.append((first[0], reverse(first[1])))
    return [*crumbs, (unit.name, reverse(name, args=[unit.public_id]))]


def _page(request: HttpRequest, form: RecordForm, unit: OrgUnit, title: str) -> HttpResponse:
    back = reverse("authority:unit-heads", args=[unit.public_id])
    context = {
        "form": form,
        "title": title,
        "purpose": f"Thủ trưởng của {unit.name}, theo quyết định của cấp có thẩm quyền.",
        "crumbs": [*_crumbs(request, unit), ("Thủ trưởng đơn vị", back)],
        "back_url": back,
    }
    return render(request, "authority/units/head_form.html", context)
