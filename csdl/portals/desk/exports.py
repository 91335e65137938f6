"""Large files (S12): what was asked for, by whom, for what; saying yes or no; taking what was approved; the figures."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from csdl.access.queries import visible
from csdl.accounts.actor import require_everywhere
from csdl.accounts.errors import CsdlError, InvalidRecord
from csdl.accounts.permissions import Permission
from csdl.accounts.second_factor import confirm_second_factor
from csdl.exports.approving import Consent, asked_of, rules
from csdl.exports.models import ExportRequest
from csdl.exports.requests import (
    change_export_rules,
    decide_export,
    own_requests,
    requests_of,
    taken_before,
    waiting_requests,
)
from csdl.portals.components.forms import PlainField, RecordForm, saved
from csdl.portals.components.outgoing import Outgoing, PasswordForm, answer, is_long
from csdl.portals.components.tasks import found_at

_SHOWN = 100


@login_required
@require_safe
def export_request_list(request: HttpRequest) -> HttpResponse:
    """What waits for this account's decision, what it decided or others did at its unit, and what it asked for."""
    actor = request.actor
    context: dict[str, Any] = {"own": own_requests(actor)[:_SHOWN], "may_approve": False}
    if actor.can(Permission.EXPORT_APPROVE):
        home = actor.home_unit
        decided = requests_of(actor, unit_id=home.pk).filter(decision__isnull=False)[:_SHOWN] if home else []
        context |= {
            "may_approve": True,
            "waiting": waiting_requests(actor)[:_SHOWN],
            "decided": decided,
            "can_lay_down": actor.unit_ids(Permission.EXPORT_APPROVE) is None,
        }
    return render(request, "desk/exports/list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("file_password")
def export_request(request: HttpRequest, ask: uuid.UUID) -> HttpResponse:
    """One request: for who asked, the file once it is approved; for who may decide, yes or no."""
    row = get_object_or_404(_known(request).select_related("decision", "unit"), public_id=ask)
    is_own = row.account_id == request.actor.account_id
    error = ""
    form = PasswordForm(formats=[asked_of(row).file_format])
    act = request.POST.get("viec", "") if request.method == "POST" else ""
    if act == "lay" and is_own:
        form = PasswordForm(request.POST, formats=form.formats)
        if form.is_valid():
            return _take(request, row, form.password)
    if act in ("duyet", "tu-choi"):
        try:
            return _decide(request, row, is_approved=act == "duyet")
        except InvalidRecord as refused:
            error = " ".join(refused.problems)
    going = _found(request, row) if is_own else None
    can_decide = row.is_waiting and not is_own and request.actor.can(Permission.EXPORT_APPROVE, on=row.unit)
    context = {
        "ask": row,
        "tone": row.state[0],
        "state": row.state[1],
        "columns": _headers(row, sensitive=False),
        "sensitive": _headers(row, sensitive=True),
        "is_own": is_own,
        "back": going.back if going else "",
        "form": form if going and not is_long(going) else None,
        "can_decide": can_decide,
        "taken": taken_before(row) if can_decide else 0,
        "error": error,
        "crumbs": [("Tải dữ liệu", reverse("desk:export-request-list"))],
    }
    return render(request, "desk/exports/detail.html", context, status=409 if error else 200)


class RulesForm(RecordForm):
    """Figures of the department."""

    approve_over = PlainField(
        label="Tệp có dữ liệu của nhiều hơn số người này thì cần duyệt",
        limit=5,
        hint="Từ 50 đến 1000; tính cả tổng các tệp một tài khoản tải trong 24 giờ.",
        kind="numeric",
    )
    approval_hours = PlainField(
        label="Lấy được tệp trong số giờ sau khi duyệt", limit=2, hint="Từ 1 đến 24.", kind="numeric"
    )
    request_days = PlainField(label="Yêu cầu chờ duyệt trong số ngày", limit=2, hint="Từ 1 đến 30.", kind="numeric")

    groups = (("Duyệt tải dữ liệu", ("approve_over", "approval_hours", "request_days")),)


@login_required
@require_http_methods(["GET", "POST"])
def export_rules(request: HttpRequest) -> HttpResponse:
    """What the department lays down; other units cannot open it."""
    require_everywhere(request.actor, Permission.EXPORT_APPROVE)
    now = rules()
    form = RulesForm(request, initial={name: str(getattr(now, name)) for name in RulesForm.base_fields})
    if saved(form, lambda values: change_export_rules(actor=request.actor, values=_numbers(values))):
        messages.success(request, "Đã lưu quy định tải dữ liệu; áp dụng cho yêu cầu từ bây giờ.")
        return redirect("desk:export-rules")
    back = reverse("desk:export-request-list")
    context = {"form": form, "back_url": back, "crumbs": [("Tải dữ liệu", back)]}
    return render(request, "desk/exports/rules.html", context)


def _known(request: HttpRequest) -> Any:
    """Own requests, and those within the reach of who may decide."""
    own = ExportRequest.objects.filter(account_id=request.actor.account_id)
    if not request.actor.can(Permission.EXPORT_APPROVE):
        return own
    reached = visible(ExportRequest.objects.all(), request.actor, Permission.EXPORT_APPROVE)
    return ExportRequest.objects.filter(Q(pk__in=own.values("pk")) | Q(pk__in=reached.values("pk")))


def _found(request: HttpRequest, row: ExportRequest) -> Outgoing[Any] | None:
    """The list that was asked for; None where it is out of the asker's reach by now."""
    try:
        return found_at(row.path, row.query, request.actor)
    except (CsdlError, Http404):
        return None


def _decide(request: HttpRequest, row: ExportRequest, *, is_approved: bool) -> HttpResponse:
    request.actor.require(Permission.EXPORT_APPROVE, on=row.unit)
    if is_approved:
        confirm_second_factor(request)
    try:
        decide_export(actor=request.actor, request=row, is_approved=is_approved, reason=request.POST.get("reason", ""))
    except InvalidRecord:
        raise
    except CsdlError as refused:
        messages.error(request, refused.message)
        return redirect("desk:export-request", row.public_id)
    word = "duyệt" if is_approved else "từ chối"
    messages.success(request, f"Đã {word} yêu cầu của {row.asked_by}; người ấy thấy ở mục Việc cần làm.")
    return redirect("desk:export-request-list")


def _numbers(values: dict[str, str]) -> dict[str, int | None]:
    return {
        name: int(values[name]) if values[name].isdecimal() and len(values[name]) < 6 else None
        for name in RulesForm.base_fields
    }


def _take(request: HttpRequest, row: ExportRequest, password: str) -> HttpResponse:
    """The file of an approved request, found again by its own page."""
    going = found_at(row.path, row.query, request.actor)
    return answer(
        request, going, asked_of(row), path=row.path, query=row.query, consent=Consent(row), password=password
    )


def _headers(row: ExportRequest, *, sensitive: bool) -> list[str]:
    return [header for header, is_sensitive in row.columns if is_sensitive == sensitive]
