"""Background runs that this account asked for: where they stand, how they ended."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from csdl.jobs.models import JobState
from csdl.jobs.queries import jobs_of
from csdl.portals.components.lists import listing

TONES = {JobState.QUEUED: "calm", JobState.RUNNING: "wait", JobState.DONE: "good", JobState.FAILED: "bad"}


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
    figures = [(key, value) for key, value in row.result.items() if isinstance(value, int | str)]
    return render(
        request,
        template,
        {"job": row, "is_running": is_running, "tone": TONES[JobState(row.state)], "figures": figures},
    )
