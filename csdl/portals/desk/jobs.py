"""Background runs that this account asked for: where they stand, how they ended."""

import datetime as dt
import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from csdl.accounts.errors import CsdlError
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.exports.kept import KEPT_FOR, kept_file
from csdl.jobs.models import Job, JobState
from csdl.jobs.queries import jobs_of
from csdl.lib.locked import locked
from csdl.portals.components.lists import listing
from csdl.portals.components.outgoing import PasswordForm
from csdl.portals.components.tasks import EXPORT_JOB, asked_again, grants_to_export

TONES = {JobState.QUEUED: "calm", JobState.RUNNING: "wait", JobState.DONE: "good", JobState.FAILED: "bad"}

_LATE_SECONDS = 120
# What a run leaves behind, in the order of the sum; other parts of a result have pages of their own.
FIGURES = {
    "schools": "Số trường",
    "in": "Có mặt cuối năm",
    "promoted": "Lên lớp",
    "retained": "Ở lại lớp",
    "completed": "Hoàn thành cấp học",
    "pending": "Chờ xử lý",
    "left": "Rời trường",
    "created": "Hồ sơ tạo mới",
    "exceptions": "Trường hợp cần xem",
    "rows": "Số dòng trong tệp",
}


@login_required
def job_list(request: HttpRequest) -> HttpResponse:
    jobs = listing(request, jobs_of(request.actor.account_id), sorts={"luc": ("-created_at", "-pk")}, default="luc")
    template = "desk/jobs/list.html#results" if request.headers.get("HX-Request") else "desk/jobs/list.html"
    return render(request, template, {"jobs": jobs, "tones": TONES})


@login_required
def job_detail(request: HttpRequest, job: uuid.UUID) -> HttpResponse:
    """One run; while it runs, the page asks for its `progress` part every two seconds."""
    return _shown(request, get_object_or_404(jobs_of(request.actor.account_id), public_id=job))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("file_password")
def job_file(request: HttpRequest, job: uuid.UUID) -> HttpResponse:
    """The file that a run made, for a day, to who asked for it and could still ask for it now; each time is logged.

    It opens with the password sent along, if there is one: what is kept stays as it is, the next may be another.
    """
    row = get_object_or_404(jobs_of(request.actor.account_id), public_id=job, kind=EXPORT_JOB, state=JobState.DONE)
    request.actor.require(Permission.DATA_EXPORT)
    content = kept_file(row.public_id) if _kept_until(row) else None
    if content is None:
        raise CsdlError("Tệp chỉ được giữ 24 giờ và đã xóa. Hãy mở lại danh sách và tải lần nữa.", code="EXP-01")
    if not set(row.result["grants"]) <= set(grants_to_export(request.actor)):
        raise CsdlError("Quyền của tài khoản đã đổi từ khi tạo tệp. Hãy mở lại danh sách, tải lần nữa.", code="EXP-02")
    # Out of scope by now reads as not found, out of permission as forbidden: the page's own answer.
    unit_id = asked_again(row, request.actor).occasion.unit.pk
    form = _password_form(row, request.POST)
    if not form.is_valid():
        return _shown(request, row, form)
    content = locked(content, _format(row), form.password)
    data = {"job": str(job), "title": row.title} | ({"locked": True} if form.password else {})
    record(actor=request.actor, kind="data:download", unit_id=unit_id, data=data)
    headers = {"Content-Disposition": f'attachment; filename="{row.result["file"]}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=row.result["type"], headers=headers)


def _shown(request: HttpRequest, row: Job, form: PasswordForm | None = None) -> HttpResponse:
    is_running = row.state in (JobState.QUEUED, JobState.RUNNING)
    template = "desk/jobs/detail.html#progress" if request.headers.get("HX-Request") else "desk/jobs/detail.html"
    figures = [(label, row.result[key]) for key, label in FIGURES.items() if key in row.result]
    return render(
        request,
        template,
        {
            "job": row,
            "is_running": is_running,
            "is_late": row.state == JobState.QUEUED and (timezone.now() - row.created_at).seconds > _LATE_SECONDS,
            "tone": TONES[JobState(row.state)],
            "figures": figures,
            "kept_until": _kept_until(row),
            "form": form or (_password_form(row) if row.kind == EXPORT_JOB else None),
        },
    )


def _password_form(job: Job, sent: QueryDict | None = None) -> PasswordForm:
    return PasswordForm(sent, formats=[_format(job)])


def _format(job: Job) -> str:
    return str(job.args["asked"]["file_format"])


def _kept_until(job: Job) -> dt.datetime | None:
    """Until when the run's file is there; None where it has none, or not any more."""
    if job.kind != EXPORT_JOB or job.state != JobState.DONE or job.finished_at is None:
        return None
    until = job.finished_at + KEPT_FOR
    return until if until > timezone.now() else None
