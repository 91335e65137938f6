"""What an account may open of delegation: a unit whose rights it may see, papers of that unit, papers of its own."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from csdl.access.actors import GrantActor
from csdl.access.enums import GrantState
from csdl.access.models import Grant
from csdl.access.queries import visible
from csdl.accounts.permissions import Permission
from csdl.delegation.models import Batch, Commitment, Minutes
from csdl.delegation.queries import GrantLine, can_administer
from csdl.orgs.models import OrgUnit
from csdl.portals.components.forms import DayField

__all__ = [
    "batch_or_404",
    "commitment_or_404",
    "crumbs_to",
    "grants_seen",
    "minutes_or_404",
    "page_context",
    "return_to",
    "tone_of",
    "typed_day",
    "unit_or_404",
]
_TONES = {
    GrantState.ACTIVE: "good",
    GrantState.INACTIVE: "wait",
    GrantState.SUSPENDED: "bad",
    GrantState.ENDED: "calm",
}


def unit_or_404(request: HttpRequest, public_id: uuid.UUID) -> OrgUnit:
    """A unit whose rights this account may see; any other does not exist for it."""
    units = visible(OrgUnit.objects.select_related("parent"), request.actor, Permission.GRANT_READ)
    return get_object_or_404(units, public_id=public_id)


def grants_seen(request: HttpRequest) -> QuerySet[Grant]:
    """Rights of the units that this account may look into, and its own."""
    rows = Grant.objects.select_related("account", "unit")
    if request.actor.can(Permission.GRANT_READ):
        return visible(rows, request.actor, Permission.GRANT_READ)
    return rows.filter(account_id=request.actor.account_id)


def minutes_or_404(request: HttpRequest, public_id: uuid.UUID) -> Minutes:
    return get_object_or_404(_papers(request, Minutes, Q(receiver_id=request.actor.account_id)), public_id=public_id)


def commitment_or_404(request: HttpRequest, public_id: uuid.UUID) -> Commitment:
    own = Q(account_id=request.actor.account_id)
    return get_object_or_404(_papers(request, Commitment, own), public_id=public_id)


def batch_or_404(request: HttpRequest, public_id: uuid.UUID) -> Batch:
    rows = visible(Batch.objects.select_related("unit__parent"), request.actor, Permission.GRANT_READ)
    return get_object_or_404(rows, public_id=public_id)


def crumbs_to(request: HttpRequest, unit: OrgUnit, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """The way to a page of a unit's rights; one's own papers stand under one's own page."""
    if not request.actor.can(Permission.GRANT_READ, on=unit.pk):
        return [("Quyền và giấy tờ của tôi", reverse("desk:my-rights")), *more]
    return [(f"Phân quyền – {unit.name}", reverse("desk:grant-list", args=[unit.public_id])), *more]


def page_context(request: HttpRequest, unit: OrgUnit, here: str) -> dict[str, Any]:
    """What every page of a unit's rights shows: its name, whether one gives rights here, the tab that is open."""
    return {"unit": unit, "may_give": can_administer(request.actor, unit.pk), "here": here}


def return_to(request: HttpRequest, unit: OrgUnit, name: str, key: uuid.UUID, *, own: bool = False) -> HttpResponse:
    """Back to a page of a unit's rights after an act; to one's own rights where the act took the right to look there.
    `own`: the paper names the account, which reads it anyway."""
    if own or GrantActor(request.actor.account).can(Permission.GRANT_READ, on=unit.pk):
        return redirect(name, key)
    messages.info(request, f"Bạn không còn giữ tài khoản quản trị của {unit.name}.")
    return redirect("desk:my-rights")


def tone_of(line: GrantLine) -> str:
    """The tone of the badge that says a right's standing."""
    if line.is_over or line.is_not_at_work:
        return "calm"
    return "wait" if line.is_not_begun else _TONES[GrantState(line.grant.state)]


def typed_day(request: HttpRequest, name: str, label: str) -> tuple[dt.date | None, list[str]]:
    """A day as people type it, read as every form reads it, and what is wrong with it; no day and no fault for none."""
    try:
        return DayField(label=label, required=False).clean(request.POST.get(name, "").replace("\0", "")), []
    except ValidationError as error:
        return None, [f"{label}: {text}" for text in error.messages]


def _papers[M: (Minutes, Commitment)](request: HttpRequest, model: type[M], own: Q) -> QuerySet[M]:
    rows = model._default_manager.select_related("unit__parent", "file", "batch")
    if request.actor.can(Permission.GRANT_READ):
        return visible(rows, request.actor, Permission.GRANT_READ)
    return rows.filter(own)
