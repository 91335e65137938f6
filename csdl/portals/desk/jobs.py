"""Background runs that this account asked for: where they stand, how they ended."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from csdl.jobs.models import JobState
from csdl.jobs.queries import jobs_of
from csdl.portals.components.lists import listing

TONES = {JobState.QUEUED: "calm", JobState.RUNNING: "wait", JobState.DONE: "good", JobState.FAILED: "bad"}

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
}


@login_required
def job_list(request: HttpRequest) -> HttpResponse:
    jobs = listing(request, jobs_of(request.actor.account_id), sorts={"luc": ("-created_at", "-pk")}, default="luc")
    template = "desk/jobs/list.html#results" if request.headers.get("HX-Request") else "desk/jobs/list.html"
    return render(request, template, {"jobs": jobs, "tones": TONES})


@login_required
def job_detail(request: HttpRequest, job: uuid.UUID) -> HttpResponse:
    """One run; while it runs, the page asks for its `progress` part every two seconds."""
    row = get_object_or_404(jobs_of(request.actor.account_id), public_id=job)
    is_running = row.state in (JobState.QUEUED, JobState.RUNNING)
    template = "desk/jobs/detail.html#progress" if request.headers.get("HX-Request") else "desk/jobs/detail.html"
    figures = [(label, row.result[key]) for key, label in FIGURES.items() if key in row.result]
    return render(
        request,
        template,
        {"job": row, "is_running": is_running, "tone": TONES[JobState(row.state)], "figures": figures},
    )
