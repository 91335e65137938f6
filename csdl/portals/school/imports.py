"""Files and pasted lists brought into one school: what and where from, templates, the runs so far."""

import uuid

from django import forms
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from csdl.accounts.errors import CsdlError, InvalidRecord
from csdl.accounts.permissions import Permission
from csdl.accounts.second_factor import confirm_second_factor, is_fresh
from csdl.exports.approving import SECOND_FACTOR, ApprovalWanted, may_approve, why_approval
from csdl.exports.enums import FileFormat, Purpose
from csdl.exports.workbook import blank_workbook, export_workbook, workbook_size
from csdl.intake.actions import paste_rows, queue_plan
from csdl.intake.sheets.nouns import WORKBOOK
from csdl.lib.uploads import upload_limit_mb
from csdl.lib.vietnamese import fold
from csdl.portals.components.imports import (
    UploadForm,
    kind_label,
    kinds_for,
    nouns_of_kind,
    past_runs,
    received,
    sent_workbook,
    template_name,
)
from csdl.portals.components.outgoing import PasswordForm
from csdl.portals.components.pasting import Pasted, read_pasted
from csdl.portals.components.years import chosen_year, is_open, show_year
from csdl.portals.school.reach import crumbs_to, school_or_404
from csdl.years.queries import classes

__all__ = ["class_paste", "import_list", "import_template", "import_workbook"]


class WorkbookForm(PasswordForm):
    """Why, which sheets, whether numbers and addresses go along, opened with which password."""

    field_order = ("purpose", "reason", "nouns", "with_sensitive", "file_password")

    purpose = forms.ChoiceField(
        label="Mục đích sử dụng",
        choices=[("", "– Chọn –"), *Purpose.choices],
        error_messages={"required": "Hãy chọn mục đích sử dụng dữ liệu."},
        widget=forms.Select({"class": "form-select"}),
    )
    reason = forms.CharField(
        label="Ghi rõ việc dùng", max_length=200, required=False, widget=forms.TextInput({"class": "form-control"})
    )
    nouns = forms.MultipleChoiceField(
        label="Trang tính",
        choices=[(noun, kind_label(noun)) for noun in WORKBOOK],
        error_messages={"required": "Hãy chọn ít nhất một loại dữ liệu."},
        widget=forms.CheckboxSelectMultiple({"class": "form-check-input"}),
    )
    with_sensitive = forms.BooleanField(
        label="Gồm cả số định danh, điện thoại, địa chỉ và các cột nhạy cảm khác",
        required=False,
        widget=forms.CheckboxInput({"class": "form-check-input"}),
    )


@login_required
@require_http_methods(["GET", "POST"])
def import_list(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
    """A file for the school and the year shown; the runs so far."""
    row = school_or_404(request, school)
    request.actor.require(Permission.DATA_IMPORT, on=row)
    year = chosen_year(request)
    kinds = kinds_for(request.actor, row.unit)
    form = UploadForm(request, kinds)
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
        "blanks": [(kind_label(kind), reverse("school:import-template", args=[school, kind])) for kind in kinds],
        "filled_url": reverse("school:import-workbook", args=[school])
        if request.actor.can(Permission.DATA_EXPORT, on=row)
        else "",
        "runs": past_runs(request, row.unit),
        "size_limit": upload_limit_mb(),
        "is_year_open": is_open(year),
        "may_bring": bool(kinds),
    }
    return render(request, "school/imports/start.html", context, status=409 if form.errors else 200)


@login_required
@require_safe
def import_template(request: HttpRequest, school: uuid.UUID, kind: str) -> HttpResponse:
    """The blank template of one noun, or of the whole school."""
    row = school_or_404(request, school)
    request.actor.require(Permission.DATA_IMPORT, on=row)
    if kind not in kinds_for(request.actor, row.unit):
        raise Http404
    year = chosen_year(request)
    if year is None:
        raise Http404
    content = blank_workbook(actor=request.actor, school=row, start_year=year.start_year, nouns=nouns_of_kind(kind))
    return sent_workbook(content, template_name(kind))


@login_required
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("file_password")
def import_workbook(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
    """The school's year as one workbook to correct and bring back: the purpose, which sheets, sensitive or not. One of
    so many persons that somebody has to agree is taken by the head, with the second factor."""
    row = school_or_404(request, school)
    request.actor.require(Permission.DATA_IMPORT, on=row)
    request.actor.require(Permission.DATA_EXPORT, on=row)
    year = chosen_year(request)
    if year is None:
        raise Http404
    sent = request.POST if request.method == "POST" else None
    form = WorkbookForm(sent, initial={"nouns": WORKBOOK}, formats=[FileFormat.XLSX])
    confirms = may_approve(request.actor, row.unit)
    if form.is_valid():
        said = form.cleaned_data
        why = why_approval(request.actor, workbook_size(row, year, said["nouns"]))
        if why and confirms:
            confirm_second_factor(request)
        try:
            done = export_workbook(
                actor=request.actor,
                school=row,
                start_year=year.start_year,
                purpose=said["purpose"],
                reason=said["reason"],
                nouns=said["nouns"],
                with_sensitive=said["with_sensitive"],
                password=form.password,
                consent=SECOND_FACTOR if why and confirms else None,
            )
        except ApprovalWanted as wanted:
            text = "Hãy bỏ bớt trang tính, hoặc nhờ thủ trưởng đơn vị tải bằng xác thực hai bước."
            form.add_error("nouns", f"{wanted.why} {text}")
        except InvalidRecord as refused:
            for name, texts in refused.fields.items():
                form.add_error(name if name in form.fields else None, texts)
        else:
            return sent_workbook(done.content, f"ca-truong-{slugify(fold(row.unit.code))}-{year.name}.xlsx")
    back = reverse("school:import-list", args=[school])
    context = {
        "crumbs": [*crumbs_to(request, row), ("Nhập từ Excel", back)],
        "form": form,
        "why_approval": why_approval(request.actor, workbook_size(row, year)),
        "confirms": confirms,
        "must_confirm": confirms and not is_fresh(request),
        "here": request.get_full_path(),
        "year_shown": year,
        "back": back,
    }
    return render(request, "school/imports/workbook.html", context, status=409 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def class_paste(request: HttpRequest, school_class: uuid.UUID) -> HttpResponse:
    """Names or a block of columns pasted from Excel or Word: its columns as guessed, to be set right; then the plan."""
    row = get_object_or_404(classes(request.actor).select_related("school__unit"), public_id=school_class)
    for permission in (Permission.DATA_IMPORT, Permission.STUDENT_ENROL):
        request.actor.require(permission, on=row.school)
    year = show_year(request, row.start_year)
    if not is_open(year):
        raise Http404
    pasted: Pasted | None = None
    error: CsdlError | None = None
    if request.method == "POST":
        pasted = read_pasted(request.POST)
        if pasted.is_ready:
            try:
                with transaction.atomic():
                    run = paste_rows(actor=request.actor, school_class=row, text=pasted.block)
                    queue_plan(request.actor, run)
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
