"""Reads of background runs: each account sees those it asked for."""

from django.db.models import QuerySet

from csdl.jobs.models import Job, JobState

__all__ = ["jobs_of", "running_jobs"]


def jobs_of(account_id: int) -> QuerySet[Job]:
    """Runs that an account asked for, newest first."""
    return Job.objects.filter(account_id=account_id).order_by("-created_at", "-pk")


def running_jobs(account_id: int) -> QuerySet[Job]:
    """Those that wait or run."""
    return jobs_of(account_id).filter(state__in=[JobState.QUEUED, JobState.RUNNING])
