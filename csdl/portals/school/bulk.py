"""The pages of every act on many rows of a school's list: what is to be done, what it would do, done, taken back.

A door says whose rows these are and what the form means (`student_bulk.py`, `staff_bulk.py`); the steps are the same.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from csdl.accounts.errors import CsdlError
from csdl.audit.bulk import BulkPlan, undone_by
from csdl.audit.models import Event
from csdl.orgs.models import School

__all__ = ["ALL", "Bulk", "BulkDone", "BulkForm", "answer_bulk", "answer_done", "bulk_event", "day_field", "ticked"]

ALL = "tat-ca"
_SALT = "bulk"
_TICKS = 1000
_DAYS = ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d"]
MISSING: Mapping[str, Any] = {"required": "Hãy chọn một mục."}


class BulkForm(forms.Form):
    """A form whose faults stand beside their fields in our words, all at once."""

    use_required_attribute = False


def day_field(label: str) -> forms.DateField:
    """A day as offices write it."""
    return forms.DateField(
        label=label,
        input_formats=_DAYS,
        error_messages={
            "invalid": "Ngày chưa đúng. Hãy nhập theo dạng 07/10/2024.",
            "required": "Hãy nhập ngày.",
        },
        widget=forms.DateInput({"class": "form-control", "inputmode": "numeric", "autocomplete": "off"}, "%d/%m/%Y"),
    )


@dataclass(frozen=True)
class Bulk[Change]:
    """One act on the rows chosen. `about` follows the number of them, `each` names one of them, `names` are the first.

    `change` reads the valid form, `plan` and `act` are the two actions, `sentence` says a plan's consequence; `done` is
    the page of the result.
    """

    school: School
    crumbs: Sequence[tuple[str, str]]
    title: str
    act_name: str
    noun: str
    about: str
    chosen: int
    names: Sequence[str]
    ticks: Sequence[str]
    form: forms.Form
    change: Callable[[forms.Form], Change]
    plan: Callable[[Change], BulkPlan[Change]]
    act: Callable[[Change, str], Event]
    sentence: Callable[[BulkPlan[Change]], str]
    done: str
    back: str


@dataclass(frozen=True)
class BulkDone:
    """What an act did: `label` names it, `sentence` says it, `list_name` is where to go back to."""

    crumbs: Sequence[tuple[str, str]]
    label: str
    sentence: str
    noun: str
    list_name: str
    undo: Callable[[], int]
    back: str


def ticked(request: HttpRequest) -> list[str]:
    """Public ids of the ticks; what is none is left out, and so are ticks where all found is asked for."""
    found = []
    for text in [] if request.POST.get(ALL) else request.POST.getlist("chon")[:_TICKS]:
        try:
            found.append(str(uuid.UUID(text)))
        except ValueError:
            continue
    return found


def answer_bulk[Change](request: HttpRequest, bulk: Bulk[Change]) -> HttpResponse:
    """Form, then preview, then the act."""
    if not bulk.chosen:
        messages.warning(request, f"Chưa chọn {bulk.noun} nào. Hãy đánh dấu các dòng, hoặc chọn tất cả rồi bấm lại.")
        return redirect(bulk.back)
    step = request.POST.get("buoc", "")
    plan: BulkPlan[Change] | None = None
    error: CsdlError | None = None
    if step and bulk.form.is_valid():
        change = bulk.change(bulk.form)
        try:
            if step == "ghi":
                event = bulk.act(change, request.POST.get("dau", ""))
                return redirect(bulk.done, bulk.school.unit.public_id, signing.dumps(event.pk, salt=_SALT))
            plan = bulk.plan(change)
        except CsdlError as refused:
            error = refused
            if refused.code == "BLK-02":
                plan = bulk.plan(change)
    context = {
        "bulk": bulk,
        "form": bulk.form,
        "crumbs": bulk.crumbs,
        "plan": plan,
        "error": error,
        "sentence": bulk.sentence(plan) if plan else "",
    }
    return render(request, "school/bulk.html", context)


def bulk_event(school: School, key: str, noun: str) -> Event:
    """The event that an address names: of that school and of that kind of record (`enrolment`, `staff`)."""
    try:
        event_id = signing.loads(key, salt=_SALT)
    except signing.BadSignature as unknown:
        raise Http404 from unknown
    return get_object_or_404(Event, pk=event_id, unit_id=school.pk, kind__startswith=f"{noun}:bulk_")


def answer_done(request: HttpRequest, event: Event, done: BulkDone) -> HttpResponse:
    """What a bulk act did, and its undo."""
    error: CsdlError | None = None
    if request.method == "POST":
        try:
            messages.success(request, f"Đã hoàn tác: {done.undo()} {done.noun} trở lại như trước.")
            return redirect(request.path)
        except CsdlError as refused:
            error = refused
    context = {"done": done, "crumbs": done.crumbs, "event": event, "undone": undone_by(event), "error": error}
    return render(request, "school/bulk_done.html", context)
