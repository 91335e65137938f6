"""A pupil list taken out as Excel: exactly what the list shows, with a purpose, sensitive columns only on request."""

import uuid

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods

from csdl.accounts.errors import InvalidRecord
from csdl.accounts.permissions import Permission
from csdl.exports.actions import export_pupils
from csdl.exports.enums import Purpose
from csdl.exports.pupils import PUPIL_COLUMNS
from csdl.lib.vietnamese import fold
from csdl.portals.components.lists import chips, ordering
from csdl.portals.school.reach import crumbs_to, school_or_404
from csdl.portals.school.students import PUPIL_SORTS, pupil_list

__all__ = ["student_export"]

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ExportForm(forms.Form):
    """Why, and which columns."""

    use_required_attribute = False

    purpose = forms.ChoiceField(
        label="Mục đích sử dụng",
        choices=[("", "– Chọn –"), *Purpose.choices],
        error_messages={"required": "Hãy chọn mục đích sử dụng dữ liệu."},
        widget=forms.Select({"class": "form-select"}),
    )
    reason = forms.CharField(
        label="Ghi rõ việc dùng", max_length=200, required=False, widget=forms.TextInput({"class": "form-control"})
    )
    columns = forms.MultipleChoiceField(
        label="Cột thông thường",
        required=False,
        choices=[(one.key, one.header) for one in PUPIL_COLUMNS if not one.is_sensitive],
        widget=forms.CheckboxSelectMultiple({"class": "form-check-input"}),
    )
    sensitive = forms.MultipleChoiceField(
        label="Cột dữ liệu nhạy cảm",
        required=False,
        choices=[(one.key, one.header) for one in PUPIL_COLUMNS if one.is_sensitive],
        widget=forms.CheckboxSelectMultiple({"class": "form-check-input"}),
    )


@login_required
@require_http_methods(["GET", "POST"])
def student_export(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
    """Purpose and columns, then the file with the pupils that the address finds, in its order."""
    row = school_or_404(request, school)
    request.actor.require(Permission.DATA_EXPORT)
    found = pupil_list(request, row)
    if found.year is None:
        raise Http404
    count = found.rows.count()
    initial = {"columns": [one.key for one in PUPIL_COLUMNS if one.is_default and not one.is_sensitive]}
    form = ExportForm(request.POST if request.method == "POST" else None, initial=initial)
    held = chips(request, found.search, found.filters.values())
    if form.is_valid():
        said = form.cleaned_data
        try:
            content = export_pupils(
                actor=request.actor,
                school=row,
                start_year=found.year.start_year,
                rows=found.rows.order_by(*ordering(request, sorts=PUPIL_SORTS, default="ten")),
                title="Danh sách học sinh" + "".join(f"; {chip.label.lower()}: {chip.text}" for chip in held),
                columns=[*said["columns"], *said["sensitive"]],
                purpose=said["purpose"],
                reason=said["reason"],
                with_sensitive=bool(said["sensitive"]),
            )
        except InvalidRecord as refused:
            for name, texts in refused.fields.items():
                form.add_error(name, texts)
        else:
            name = f"hoc-sinh-{slugify(fold(row.unit.code))}-{found.year.name}.xlsx"
            headers = {"Content-Disposition": f'attachment; filename="{name}"'}
            return HttpResponse(content, content_type=_XLSX, headers=headers)
    back = f"{reverse('school:student-list', args=[school])}?{request.GET.urlencode()}"
    context = {
        "crumbs": [*crumbs_to(request, row), ("Học sinh", back)],
        "form": form,
        "count": count,
        "chips": held,
        "year_shown": found.year,
        "back": back,
    }
    return render(request, "school/students/export.html", context)
