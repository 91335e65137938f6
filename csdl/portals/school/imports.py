"""Files and pasted lists brought into one school: what and where from, templates, the runs so far."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from csdl.accounts.errors import CsdlError
from csdl.accounts.permissions import Permission
from csdl.intake.actions.runs import paste_rows
from csdl.portals.components.imports import (
    SCHOOL_KINDS,
    SIZE_LIMIT_MB,
    UploadForm,
    blank_response,
    kind_label,
    past_runs,
    received,
)
from csdl.portals.components.pasting import Pasted, read_pasted
from csdl.portals.components.years import chosen_year, is_open, show_year
from csdl.portals.school.reach import crumbs_to, school_or_404
from csdl.years.queries import classes

__all__ = ["class_paste", "import_list", "import_template"]


@login_required
@require_http_methods(["GET", "POST"])
def import_list(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
    """A file for the school and the year shown; the runs so far."""
    row = school_or_404(request, school)
    request.actor.require(Permission.DATA_IMPORT, on=row)
    year = chosen_year(request)
    form = UploadForm(request, SCHOOL_KINDS)
    if request.method == "POST":
        if year is None:
            raise Http404
        run = received(request, form, row.unit, year.start_year)
        if run is not None:
            return redirect("desk:import-run", run.public_id)
    context = {
        "school": row,
        "crumbs": crumbs_to(request, row),
        "form": form,
        "blanks": [(kind_label(kind), reverse("school:import-template", args=[school, kind])) for kind in SCHOOL_KINDS],
        "runs": past_runs(request, row.unit),
        "size_limit": SIZE_LIMIT_MB,
        "is_year_open": is_open(year),
    }
    return render(request, "school/imports/start.html", context, status=409 if form.errors else 200)


@login_required
@require_safe
def import_template(request: HttpRequest, school: uuid.UUID, kind: str) -> HttpResponse:
    """The blank template of one noun, or of the whole school."""
    row = school_or_404(request, school)
    request.actor.require(Permission.DATA_IMPORT, on=row)
    if kind not in SCHOOL_KINDS:
        raise Http404
    return blank_response(kind, chosen_year(request), unit=row.unit)


@login_required
@require_http_methods(["GET", "POST"])
def class_paste(request: HttpRequest, school_class: uuid.UUID) -> HttpResponse:
    """Names or a block of columns pasted from Excel or Word: its columns as guessed, to be set right; then the plan."""
    row = get_object_or_404(classes(request.actor).select_related("school__unit"), public_id=school_class)
    request.actor.require(Permission.DATA_IMPORT, on=row.school)
    year = show_year(request, row.start_year)
    if not is_open(year):
        raise Http404
    pasted: Pasted | None = None
    error: CsdlError | None = None
    if request.method == "POST":
        pasted = read_pasted(request.POST)
        if pasted.is_ready:
            try:
                run = paste_rows(actor=request.actor, school_class=row, text=pasted.block)
            except CsdlError as refused:
                error = refused
            else:
                return redirect("desk:import-run", run.public_id)
    context = {
        "row": row,
        "crumbs": crumbs_to(request, row.school),
        "pasted": pasted,
        "error": error,
        "class_url": reverse("school:class-detail", args=[school_class]),
    }
    wrong = error is not None or (pasted is not None and bool(pasted.faults))
    return render(request, "school/imports/paste.html", context, status=409 if wrong else 200)
