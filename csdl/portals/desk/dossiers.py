"""Inspection dossiers of a unit: asked for, followed while they are made, taken along."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_safe

from csdl.access.queries import visible
from csdl.accounts.permissions import Permission
from csdl.dossier.actions import ask_dossier, open_dossier
from csdl.dossier.models import Dossier
from csdl.dossier.registry import sections
from csdl.jobs.models import JobState
from csdl.lib import clock
from csdl.lib.vietnamese import fold
from csdl.portals.components.forms import DayField, RecordForm, saved
from csdl.portals.components.lists import listing
from csdl.portals.components.units import crumbs_from, unit_or_404

_SORTS = {"luc": ("-asked_at", "-pk")}
_POLL = "tien-do"
_LATE_SECONDS = 120


class PeriodForm(RecordForm):
    """Days that a dossier covers."""

    first = DayField(label="Từ ngày", hint="Ví dụ 01/08/2023.")
    last = DayField(label="Đến hết ngày", hint="Không sau hôm nay.")

    groups = (("Kỳ của hồ sơ", ("first", "last")),)


@login_required
@require_http_methods(["GET", "POST"])
def dossier_list(request: HttpRequest, unit: uuid.UUID) -> HttpResponse:
    """Dossiers of a unit so far; a new one is asked for here."""
    row = unit_or_404(request, unit, Permission.DOSSIER_READ)
    can_build = request.actor.can(Permission.DOSSIER_BUILD, on=row)
    form = PeriodForm(request)
    if request.method == "POST":
        request.actor.require(Permission.DOSSIER_BUILD, on=row)
        done = saved(form, lambda values: ask_dossier(actor=request.actor, unit=row, **values))
        if done:
            messages.success(request, "Đã nhận yêu cầu. Có thể đóng trang; hồ sơ vẫn được lập.")
            return redirect("desk:dossier-detail", done.public_id)
    rows = _dossiers(request).filter(unit=row)
    page = listing(request, rows, sorts=_SORTS, default="luc")
    context = {
        "unit": row,
        "crumbs": crumbs_from(request, row),
        "form": form,
        "can_build": can_build,
        "listing": page.replaced([(one, *_state(one)) for one in page.items]),
        "parts": [section.title for section in sections()],
    }
    template = "desk/dossiers/list.html"
    wanted = f"{template}#results" if request.headers.get("HX-Request") else template
    return render(request, wanted, context, status=409 if form.errors else 200)


@login_required
@require_safe
def dossier_detail(request: HttpRequest, dossier: uuid.UUID) -> HttpResponse:
    """One dossier: how far it is, then what is in it."""
    row = get_object_or_404(_dossiers(request).select_related("unit"), public_id=dossier)
    is_busy = row.made_at is None and row.job is not None and row.job.state in (JobState.QUEUED, JobState.RUNNING)
    if request.headers.get("HX-Request") and _POLL in request.GET and not is_busy:
        return HttpResponse(headers={"HX-Redirect": request.path})
    tone, word = _state(row)
    titles = {section.code: section.title for section in sections()}
    context = {
        "dossier": row,
        "crumbs": [*crumbs_from(request, row.unit), ("Hồ sơ thanh tra", _list_url(row))],
        "back_url": _list_url(row),
        "is_busy": is_busy,
        "is_late": is_busy
        and row.job is not None
        and row.job.state == JobState.QUEUED
        and (timezone.now() - row.job.created_at).total_seconds() > _LATE_SECONDS,
        "tone": tone,
        "word": word,
        "parts": [
            (titles.get(code, code), row.counts[code]["rows"], row.counts[code]["files"])
            for code in sorted(row.counts, key=[*titles, *row.counts].index)
        ],
        "is_open": row.made_at is not None and row.expires_on is not None and clock.today() <= row.expires_on,
        "poll_url": f"{request.path}?{_POLL}=1",
    }
    template = "desk/dossiers/detail.html"
    return render(request, f"{template}#progress" if request.headers.get("HX-Request") else template, context)


@login_required
@require_safe
def dossier_file(request: HttpRequest, dossier: uuid.UUID) -> HttpResponseBase:
    """The ZIP; logged."""
    row = get_object_or_404(_dossiers(request).select_related("unit"), public_id=dossier)
    path = open_dossier(actor=request.actor, dossier=row)
    name = f"ho-so-thanh-tra-{slugify(fold(row.unit.code))}-{row.first_on:%Y%m%d}-{row.last_on:%Y%m%d}.zip"
    # Opened now: a file that expires meanwhile is read to its end.
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, headers={"Cache-Control": "no-store"})


def _dossiers(request: HttpRequest) -> QuerySet[Dossier]:
    return visible(Dossier.objects.select_related("job"), request.actor, Permission.DOSSIER_READ)


def _state(row: Dossier) -> tuple[str, str]:
    if row.made_at is not None and row.expires_on is not None:
        return ("good", "Đã lập xong") if clock.today() <= row.expires_on else ("calm", "Đã hết hạn")
    if row.job is not None and row.job.state == JobState.FAILED:
        return "bad", "Không thành công"
    return "wait", "Đang lập"


def _list_url(row: Dossier) -> str:
    return reverse("desk:dossier-list", args=[row.unit.public_id])
