"""Files of many schools, and the ministry's school file, brought in by the managing unit."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from csdl.accounts.permissions import Permission
from csdl.lib.uploads import upload_limit_mb
from csdl.orgs.enums import TEACHING_KINDS
from csdl.orgs.models import OrgUnit
from csdl.portals.components.imports import (
    MINISTRY_FILE,
    UploadForm,
    kind_label,
    kinds_for,
    many_schools_template,
    past_runs,
    received,
)
from csdl.portals.components.years import chosen_year, is_open

__all__ = ["import_list", "import_template"]


@login_required
@require_http_methods(["GET", "POST"])
def import_list(request: HttpRequest) -> HttpResponse:
    """A file for the account's own unit and the schools below it; the runs so far."""
    unit = _own_unit(request)
    kinds = kinds_for(request.actor, unit)
    year = chosen_year(request)
    if request.method == "POST" and year is None:
        raise Http404
    form = UploadForm(request, kinds)
    if request.method == "POST" and year is not None:
        run = received(request, form, unit, year.start_year)
        if run is not None:
            return redirect("desk:import-run", run.public_id)
    context = {
        "crumbs": [],
        "form": form,
        "blanks": [
            (kind_label(kind), reverse("authority:import-template", args=[kind]))
            for kind in kinds
            if kind != MINISTRY_FILE
        ],
        "runs": past_runs(request, unit),
        "size_limit": upload_limit_mb(),
        "is_year_open": is_open(year),
        "may_bring": bool(kinds),
    }
    return render(request, "authority/imports/start.html", context, status=409 if form.errors else 200)


@login_required
@require_safe
def import_template(request: HttpRequest, kind: str) -> HttpResponse:
    """The blank template with a column for the school's code."""
    unit = _own_unit(request)
    if kind not in kinds_for(request.actor, unit) or kind == MINISTRY_FILE:
        raise Http404
    return many_schools_template(kind, chosen_year(request), unit=unit)


def _own_unit(request: HttpRequest) -> OrgUnit:
    unit: OrgUnit | None = request.actor.home_unit
    request.actor.require(Permission.DATA_IMPORT)
    if unit is None or unit.kind in TEACHING_KINDS:
        raise Http404
    return unit
