"""Asking for background work, and reporting how far it is."""

from types import TracebackType
from typing import Any, Self

import psycopg
from django.db import close_old_connections, connection, transaction
from django.utils import timezone

from csdl.accounts.actor import Actor
from csdl.jobs.models import Job, JobState

__all__ = ["JobProgress", "enqueue", "finish_job", "start_job"]


@transaction.atomic
def enqueue(*, actor: Actor, kind: str, title: str, args: dict[str, Any], task: Any) -> Job:
    """Put work into the queue in the same transaction as the wish for it; the page polls the job's row.

    `task` is a procrastinate task that takes `job_id`; everything else it needs is read from the row (ids only).
    """
    job = Job.objects.create(kind=kind, title=title, account_id=actor.account_id, args=args)
    task.defer(job_id=job.pk)
    return job


def start_job(job_id: int) -> Job:
    """Mark a job as running; a job that was running when its worker died starts again."""
    # The thread may hold a session from before the server was restarted; one inside a transaction is alive.
    if not connection.in_atomic_block:
        close_old_connections()
    job = Job.objects.get(pk=job_id)
    job.state = JobState.RUNNING
    job.started_at = job.started_at or timezone.now()
    job.message = ""
    job.save(update_fields=["state", "started_at", "message"])
    return job


def finish_job(job: Job, *, result: dict[str, Any], error: str = "") -> None:
    """Mark a job as done, or as failed with a sentence for the person who asked."""
    job.state = JobState.FAILED if error else JobState.DONE
    job.result = result
    job.message = error
    job.finished_at = timezone.now()
    job.save(update_fields=["state", "result", "message", "finished_at"])


class JobProgress:
    """Progress of one job, visible while the work's own transaction is still open: it has a session of its own."""

    def __init__(self, job_id: int) -> None:
        self.job_id = job_id

    def __enter__(self) -> Self:
        parameters = connection.get_connection_params()
        for name in ("cursor_factory", "context", "server_side_binding", "pool"):
            parameters.pop(name, None)
        self._session = psycopg.connect(**parameters, autocommit=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._session.close()

    def __call__(self, done: int, total: int, message: str = "") -> None:
        self._session.execute(
            "UPDATE jobs_job SET done_count = %s, total_count = %s, message = %s WHERE id = %s",
            [done, total, message, self.job_id],
        )
