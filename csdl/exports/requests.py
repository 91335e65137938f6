"""Asking for a large file, and deciding on what others ask (S12)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from csdl.access.queries import visible
from csdl.accounts.actor import Actor, require_everywhere
from csdl.accounts.errors import CsdlError, InvalidRecord, NotAllowed
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.audit.models import Event
from csdl.exports.approving import Size, rules, taken_lately
from csdl.exports.columns import ExportColumn
from csdl.exports.lists import Asked, Occasion
from csdl.exports.models import ExportDecision, ExportRequest, ExportRules
from csdl.lib import clock
from csdl.lib.vietnamese import squeeze

__all__ = [
    "answered_requests",
    "ask_for_export",
    "change_export_rules",
    "decide_export",
    "own_requests",
    "requests_of",
    "taken_before",
    "waiting_requests",
]

# Never looser than S11 and S12 ask for: a link lives a day at most, a thousand pupils need a second person.
_BOUNDS = {"approve_over": (50, 1000), "approval_hours": (1, 24), "request_days": (1, 30)}

# How long a refusal stands among the tasks of who asked.
_TOLD_FOR = dt.timedelta(days=1)


@transaction.atomic
def ask_for_export(
    *,
    actor: Actor,
    key: str,
    occasion: Occasion,
    size: Size,
    asked: Asked,
    columns: Sequence[ExportColumn],
    path: str,
    query: str,
) -> ExportRequest:
    """Ask for a list, exactly as its page found it; the same of the same size asked for again while it waits is one
    request. A list that has grown needs an answer of its own."""
    assert actor.account_id is not None  # the command line asks nobody
    laid_down, now = rules(), clock.now()
    same = ExportRequest.objects.filter(
        account_id=actor.account_id,
        unit=occasion.unit,
        path=path,
        query=query,
        asked=asdict(asked),
        persons=size.persons,
        is_of_schools=size.is_of_schools,
        decision=None,
        lapses_at__gt=now,
    )
    if found := same.first():
        return found
    made = ExportRequest.objects.create(
        account_id=actor.account_id,
        asked_by=actor.label[:200],
        unit=occasion.unit,
        what=key,
        title=occasion.title,
        path=path,
        query=query,
        asked=asdict(asked),
        columns=[[one.header, one.is_sensitive] for one in columns],
        persons=size.persons,
        is_of_schools=size.is_of_schools,
        asked_at=now,
        lapses_at=now + dt.timedelta(days=laid_down.request_days),
    )
    taken = taken_lately(actor.account_id)
    record(actor=actor, kind="export:ask", unit_id=made.unit_id, data=_told(made) | {"taken": taken})
    return made


def taken_before(request: ExportRequest) -> int:
    """What the asking account had taken out within a day when it asked, wherever that was (`taken_lately`)."""
    asked = Event.objects.filter(kind="export:ask", unit_id=request.unit_id, data__request=str(request.public_id))
    event = asked.first()
    return int(event.data.get("taken", 0)) if event else 0


@transaction.atomic
def decide_export(*, actor: Actor, request: ExportRequest, is_approved: bool, reason: str = "") -> ExportDecision:
    """Say yes or no to what somebody else asks for.

    Errors:  NotAllowed: no right to it at the unit, or one's own request; REC-01 a refusal without a reason; EXP-05
             decided already, or nobody answered in time.
    """
    actor.require(Permission.EXPORT_APPROVE, on=request.unit)
    if request.account_id == actor.account_id:
        raise NotAllowed("Không ai tự duyệt yêu cầu của chính mình. Hãy nhờ người duyệt khác hoặc cấp trên.")
    said = squeeze(reason)[:300]
    if not is_approved and not said:
        raise InvalidRecord({"reason": ["Hãy ghi lý do từ chối để người yêu cầu biết."]})
    over = CsdlError("Yêu cầu này đã có người xử lý hoặc đã quá hạn chờ duyệt.", code="EXP-05")
    if not request.is_waiting:
        raise over
    now = clock.now()
    assert actor.account_id is not None  # decided on a page, by a person
    try:
        with transaction.atomic():
            made = ExportDecision.objects.create(
                request=request,
                account_id=actor.account_id,
                decided_by=actor.label[:200],
                unit_id=request.unit_id,
                is_approved=is_approved,
                reason=said,
                at=now,
                expires_at=now + dt.timedelta(hours=rules().approval_hours) if is_approved else None,
            )
    except IntegrityError:  # somebody else was faster
        raise over from None
    kind = "export:approve" if is_approved else "export:refuse"
    record(actor=actor, kind=kind, unit_id=request.unit_id, data=_told(request) | {"why": said})
    return made


@transaction.atomic
def change_export_rules(*, actor: Actor, values: Mapping[str, Any]) -> ExportRules:
    """What the department lays down for taking data out.

    Errors:  NotAllowed for who does not reach every unit; REC-01 by field.
    """
    require_everywhere(actor, Permission.EXPORT_APPROVE)
    held = rules()
    faults = {
        name: [f"Hãy nhập số từ {least} đến {most}."]
        for name, (least, most) in _BOUNDS.items()
        if name in values and not (isinstance(values[name], int) and least <= values[name] <= most)
    }
    if faults:
        raise InvalidRecord(faults)
    changed = {name: values[name] for name in _BOUNDS if name in values and getattr(held, name) != values[name]}
    for name, value in changed.items():
        setattr(held, name, value)
    held.save()
    if changed:
        record(actor=actor, kind="export:rules", data=changed)
    return held


def own_requests(actor: Actor) -> QuerySet[ExportRequest]:
    """What the actor asked for, newest first."""
    rows = ExportRequest.objects.filter(account=actor.account_id)
    return rows.select_related("decision", "unit").order_by("-asked_at", "-pk")


def answered_requests(actor: Actor) -> QuerySet[ExportRequest]:
    """Own requests that were approved and can still be taken, or were refused within a day."""
    now = clock.now()
    refused_since = now - _TOLD_FOR
    return own_requests(actor).filter(
        Q(decision__expires_at__gt=now) | Q(decision__is_approved=False, decision__at__gt=refused_since)
    )


def requests_of(actor: Actor, *, unit_id: int | None = None) -> QuerySet[ExportRequest]:
    """What others asked for at a unit, or at all units within reach, newest first."""
    rows = visible(ExportRequest.objects.all(), actor, Permission.EXPORT_APPROVE, of_unit=unit_id)
    return rows.exclude(account=actor.account_id).select_related("decision", "unit").order_by("-asked_at", "-pk")


def waiting_requests(actor: Actor, *, unit_id: int | None = None) -> QuerySet[ExportRequest]:
    """Those that wait for a decision."""
    return requests_of(actor, unit_id=unit_id).filter(decision=None, lapses_at__gt=clock.now())


def _told(request: ExportRequest) -> dict[str, Any]:
    return {
        "request": str(request.public_id),
        "title": request.title,
        "asked_by": request.asked_by,
        "persons": request.persons,
        "schools": request.is_of_schools,
        "purpose": request.asked["purpose"],
        "reason": request.asked["reason"],
        "columns": request.asked["columns"],
        "sensitive": [header for header, is_sensitive in request.columns if is_sensitive],
    }
