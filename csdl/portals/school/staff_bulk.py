"""Many members of staff at once: contract, status, end of the postings. The ticks come from the staff list."""

import datetime as dt
import uuid

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from csdl.access.queries import visible
from csdl.accounts.permissions import Permission
from csdl.audit.bulk import BulkPlan
from csdl.codes import queries as codes
from csdl.lib import clock
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
from csdl.portals.school.staff import STAFF_ACTS, found_staff
from csdl.staff.actions import (
    ENDED_STATUSES,
    StaffChange,
    StaffChangeKind,
    change_staff_in_bulk,
    plan_staff_bulk,
    undo_staff_bulk,
)
from csdl.staff.models import StaffPosting

_KINDS = dict(zip((value for value, _ in STAFF_ACTS), StaffChangeKind, strict=True))
_LISTS = {
    StaffChangeKind.CONTRACT: "contract_kind",
    StaffChangeKind.STATUS: "staff_status",
    StaffChangeKind.END: "staff_status",
}


class CodeForm(forms.Form):
    """The new contract or status."""

    code = forms.ChoiceField(error_messages=MISSING, widget=forms.Select({"class": "form-select"}))


class EndForm(CodeForm):
    """Why and from which day the postings end."""

    on = day_field("Ngày đầu tiên không còn làm việc tại trường")


@login_required
@require_http_methods(["GET", "POST"])
def staff_bulk(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
    """Form, then preview, then the act. The people are those ticked, or all that the address finds."""
    where = school_or_404(request, school)
    request.actor.require(Permission.STAFF_EDIT, on=where)
    back = reverse("school:staff-list", args=[school])
    back = f"{back}?{request.GET.urlencode()}" if request.GET else back
    act = request.POST.get("viec", "")
    kind = _KINDS.get(act)
    if request.method != "POST" or kind is None:
        return redirect(back)
    ticks = ticked(request)
    here = visible(StaffPosting.objects.all(), request.actor, Permission.STAFF_READ, of_unit=where.pk)
    rows = found_staff(request, where).rows if request.POST.get(ALL) else here.filter(public_id__in=ticks)
    named = rows.order_by("staff__sort_key", "pk").values_list("staff__full_name", flat=True)
    return answer_bulk(
        request,
        Bulk[StaffChange](
            school=where,
            crumbs=[*crumbs_to(request, where), ("Cán bộ, giáo viên", back)],
            title=kind.label,
            act_name=act,
            noun="người",
            about=f"của {where.unit.name}",
            chosen=rows.count(),
            names=list(named[:5]),
            ticks=ticks,
            form=_form(request, kind),
            change=lambda form: StaffChange(kind, form.cleaned_data["code"], form.cleaned_data.get("on")),
            plan=lambda change: plan_staff_bulk(actor=request.actor, unit=where.unit, rows=rows, change=change),
            act=lambda change, seal: change_staff_in_bulk(
                actor=request.actor, unit=where.unit, rows=rows, change=change, seal=seal
            ),
            sentence=_sentence,
            done="school:staff-bulk-done",
            back=back,
        ),
    )


@login_required
@require_http_methods(["GET", "POST"])
def staff_bulk_done(request: HttpRequest, school: uuid.UUID, key: str) -> HttpResponse:
    """What a bulk act did, and its undo."""
    where = school_or_404(request, school)
    event = bulk_event(where, key, "staff")
    request.actor.require(Permission.STAFF_EDIT, on=where)
    kind = StaffChangeKind(event.data["kind"])
    on = dt.date.fromisoformat(event.data["on"]) if event.data["on"] else None
    said = _said(StaffChange(kind, event.data["code"], on))
    back = reverse("school:staff-list", args=[school])
    done = BulkDone(
        crumbs=[*crumbs_to(request, where), ("Cán bộ, giáo viên", back)],
        label=kind.label,
        sentence=f"Đã ghi {event.data['count']} người {said}.",
        noun="người",
        list_name="cán bộ, giáo viên",
        undo=lambda: undo_staff_bulk(actor=request.actor, unit=where.unit, event=event),
        back=back,
    )
    return answer_done(request, event, done)


def _form(request: HttpRequest, kind: StaffChangeKind) -> forms.Form:
    data = request.POST if request.POST.get("buoc") else None
    form = EndForm(data, initial={"on": clock.today()}) if kind == StaffChangeKind.END else CodeForm(data)
    known = codes.labels(_LISTS[kind])[_LISTS[kind]]
    if kind != StaffChangeKind.CONTRACT:
        known = {
            code: name for code, name in known.items() if (code in ENDED_STATUSES) == (kind == StaffChangeKind.END)
        }
    form.fields["code"].choices = [("", "– Chọn –"), *known.items()]
    form.fields["code"].label = {
        StaffChangeKind.CONTRACT: "Hình thức hợp đồng",
        StaffChangeKind.STATUS: "Trạng thái",
        StaffChangeKind.END: "Lý do",
    }[kind]
    return form


def _sentence(plan: BulkPlan[StaffChange]) -> str:
    """The consequence, before it happens."""
    parts = ", ".join(f"{number} {name.lower()}" for name, number in plan.parts)
    return f"{len(plan.ids)} người sẽ được ghi {_said(plan.change)} ({parts})."


def _said(change: StaffChange) -> str:
    name = codes.labels(_LISTS[change.kind])[_LISTS[change.kind]].get(change.code, change.code)
    match change.kind:
        case StaffChangeKind.CONTRACT:
            return f"hình thức hợp đồng “{name}”"
        case StaffChangeKind.STATUS:
            return f"trạng thái “{name}”"
        case _:
            return f"thôi làm việc tại trường từ {change.on:%d/%m/%Y}, lý do “{name}”"
