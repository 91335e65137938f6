"""Asking for background work, and reporting how far it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import psycopg
from django.db import close_old_connections, connection, transaction
from django.db.models import F
from django.utils import timezone

from csdl.accounts.actor import Actor
from csdl.accounts.errors import CsdlError
from csdl.jobs.models import Job, JobState

__all__ = ["JobProgress", "close_lost_jobs", "enqueue", "finish_job", "start_job", "telling_faults"]


LOST_MESSAGE = "Mất kết nối cơ sở dữ liệu khi đang xử lý. Hãy xem số liệu hiện tại rồi yêu cầu lại nếu cần. (mã JOB-03)"
_CLOSE_LOST = """
    UPDATE jobs_job j
    SET state = 'failed', message = %(message)s, finished_at = now()
    WHERE j.state IN ('queued', 'running') AND NOT EXISTS (
        SELECT 1 FROM procrastinate_jobs q
        WHERE (q.args ->> 'job_id')::bigint = j.id AND q.status IN ('todo', 'doing', 'aborting'))
"""


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
    _drop_dead_session()
    job = Job.objects.get(pk=job_id)
    job.state = JobState.RUNNING
    job.started_at = job.started_at or timezone.now()
    job.message = ""
    job.save(update_fields=["state", "started_at", "message"])
    return job


def finish_job(job: Job, *, result: dict[str, Any], error: str = "") -> None:
    """Mark a job as done, or as failed with a sentence for the person who asked.

    What is done is done whole: work that counted only its steps' beginnings does not stand at "2 / 3" for ever.
    """
    _drop_dead_session()
    job.state = JobState.FAILED if error else JobState.DONE
    job.result = result
    job.message = error
    job.finished_at = timezone.now()
    job.save(update_fields=["state", "result", "message", "finished_at"])
    if not error:
        # The progress was written by a session of its own.
        Job.objects.filter(pk=job.pk, done_count__lt=F("total_count")).update(done_count=F("total_count"))
        job.refresh_from_db(fields=["done_count", "total_count"])


@contextmanager
def telling_faults(job: Job) -> Iterator[None]:
    """However the work ends, the job's row says so: a row that runs for ever would hold its schools for ever."""
    try:
        yield
    except CsdlError as error:
        finish_job(job, result={"problems": error.problems, "facts": error.facts}, error=str(error))
    except Exception:
        # With the server gone this fails too; the queue then finds the job stalled and starts it again.
        finish_job(
            job, result={}, error="Lỗi hệ thống khi xử lý. Hãy thử lại; nếu vẫn lỗi, báo bộ phận hỗ trợ. (mã JOB-02)"
        )
        raise


def close_lost_jobs() -> int:
    """Close the rows that say "running" or "waiting" of work the queue no longer holds; how many.

    Work that lost the database while it ran could not say how it ended, yet the queue heard that it failed: the row
    would be followed for ever, and hold its schools.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE_LOST, {"message": LOST_MESSAGE})
        return int(cursor.rowcount)


def _drop_dead_session() -> None:
    """The thread may hold a session that the server has ended since; one inside a transaction is alive."""
    if not connection.in_atomic_block:
        close_old_connections()


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
