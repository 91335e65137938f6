"""The turn of the year that a page shows, and the background work going on over its schools."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from csdl.jobs.models import Job, JobState
from csdl.lib import clock
from csdl.orgs.models import OrgUnit
from csdl.portals.components.years import YEAR, known_years
from csdl.rollover.enums import RunState
from csdl.rollover.queries import jobs_over
from csdl.years.models import SchoolYear
from csdl.years.queries import turning_year

__all__ = ["job_context", "running_job", "standing", "turned_year"]

_JOB_TONES = {JobState.QUEUED: "calm", JobState.RUNNING: "wait", JobState.DONE: "good", JobState.FAILED: "bad"}
_LATE_SECONDS = 120


def turned_year(request: HttpRequest, *, today_only: bool = False) -> SchoolYear | None:
    """The year being left: that of the address, else the one whose last day is past, else the current one.

    `today_only` leaves the address out: the turn that is going on, where a page may act and not only show.
    """
    years = {str(year.start_year): year for year in known_years(request)}
    named = years.get(request.GET.get(YEAR, ""))
    if named is not None and not today_only:
        return named
    current = next((year for year in years.values() if year.is_current), None)
    return turning_year(clock.today()) or current or next(iter(years.values()), None)


def running_job(unit_ids: Iterable[int]) -> Job | None:
    """A plan, run or undo over one of these units that waits or runs now."""
    return jobs_over(unit_ids).filter(state__in=[JobState.QUEUED, JobState.RUNNING]).first()


def standing(state: str, blocked_reason: str) -> tuple[str, str]:
    """Where a school stands, as tone and word of a badge."""
    match state:
        case RunState.CONFIRMED:
            return "good", "Đã xác nhận"
        case RunState.DONE:
            return "info", "Đã chạy, chờ xác nhận"
        case _ if blocked_reason:
            return "bad", "Có vướng mắc"
        case RunState.PLANNED | RunState.UNDONE:
            return "wait", "Đã lập kế hoạch"
        case _:
            return "calm", "Chưa lập kế hoạch"


def job_context(job: Job) -> dict[str, Any]:
    """What `components/job_progress.html` shows of a job."""
    is_running = job.state in (JobState.QUEUED, JobState.RUNNING)
    skipped, kept = job.result.get("skipped", []), job.result.get("kept", [])
    units = OrgUnit.objects.in_bulk([item["school_id"] for item in [*skipped, *kept]])
    waited = (timezone.now() - job.created_at).total_seconds()
    return {
        "job": job,
        "is_running": is_running,
        "is_late": job.state == JobState.QUEUED and waited > _LATE_SECONDS,
        "tone": _JOB_TONES[JobState(job.state)],
        "skipped": [(units.get(item["school_id"]), item["reason"]) for item in skipped],
        "kept": [(units.get(item["school_id"]), item["reason"]) for item in kept],
        "act": {"rollover:run": "run", "rollover:undo": "undo"}.get(job.kind, "plan"),
    }
