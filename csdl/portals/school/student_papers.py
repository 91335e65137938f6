"""Papers of a pupil: filed, opened, withdrawn; each from the pupil's own page."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from csdl.access.queries import visible
from csdl.accounts.errors import InvalidRecord
from csdl.accounts.permissions import Permission
from csdl.portals.components.forms import CodeField, PlainField, RecordForm, saved
from csdl.portals.components.scans import ScanField
from csdl.portals.school.reach import crumbs_to
from csdl.portals.school.student_forms import pupil_to_edit
from csdl.students.enums import PaperKind
from csdl.students.models import StudentPaper
from csdl.years.actions.papers import file_paper, read_paper, withdraw_paper
from csdl.years.queries import enrolments_of_student

__all__ = ["paper_file", "paper_new", "paper_withdraw"]


class PaperForm(RecordForm):
    """What the paper is, and its scan."""

    kind = CodeField(label="Loại giấy tờ", choices=PaperKind.choices)
    title = PlainField(
        label="Nội dung", limit=200, required=False, hint="Ví dụ học bạ lớp 6; giấy tờ khác thì ghi là giấy gì."
    )
    file = ScanField(label="Tệp quét hoặc ảnh chụp", required=True)

    groups = (("Giấy tờ", ("kind", "title", "file")),)


@login_required
@require_http_methods(["GET", "POST"])
def paper_new(request: HttpRequest, student: uuid.UUID) -> HttpResponse:
    """File a paper."""
    row, enrolment = pupil_to_edit(request, student)
    form = PaperForm(request)

    def act(values: dict[str, Any]) -> StudentPaper:
        return file_paper(actor=request.actor, enrolment=enrolment, values=values, upload=values["file"])

    done = saved(form, act)
    if done:
        messages.success(request, f"Đã lưu vào hồ sơ: {done.get_kind_display()}.")
        return redirect("school:student-detail", student)
    back = reverse("school:student-detail", args=[student])
    context = {
        "form": form,
        "title": "Lưu giấy tờ",
        "purpose": f"Bản quét giấy tờ được giữ trong hồ sơ của {row.full_name}, không xóa được; lưu nhầm thì rút ra.",
        "crumbs": [*crumbs_to(request, enrolment.school), (row.full_name, back)],
        "back_url": back,
    }
    return render(request, "school/students/form.html", context, status=409 if form.errors else 200)


@login_required
@require_safe
def paper_file(request: HttpRequest, paper: uuid.UUID) -> HttpResponse:
    """The scan, to look at in the browser; logged."""
    row = _paper_or_404(request, paper)
    enrolment = enrolments_of_student(request.actor, row.student_id).first()
    if enrolment is None:
        raise Http404
    enrolment.student = row.student
    file = read_paper(actor=request.actor, enrolment=enrolment, paper=row)
    headers = {"Content-Disposition": f'inline; filename="{file.name}"', "Cache-Control": "no-store"}
    return HttpResponse(file.content, content_type=file.content_type, headers=headers)


@login_required
@require_POST
def paper_withdraw(request: HttpRequest, paper: uuid.UUID) -> HttpResponse:
    """Take a paper out of the file."""
    row = _paper_or_404(request, paper)
    _, enrolment = pupil_to_edit(request, row.student.public_id)
    try:
        withdraw_paper(actor=request.actor, enrolment=enrolment, paper=row, reason=request.POST.get("reason", ""))
    except InvalidRecord as refused:
        messages.error(request, " ".join(refused.problems))
    else:
        messages.success(request, f"Đã rút khỏi hồ sơ: {row.get_kind_display()}. Bản quét vẫn được giữ.")
    return redirect("school:student-detail", row.student.public_id)


def _paper_or_404(request: HttpRequest, public_id: uuid.UUID) -> StudentPaper:
    rows = visible(StudentPaper.objects.select_related("student"), request.actor, Permission.STUDENT_READ)
    return get_object_or_404(rows, public_id=public_id)
