"""Background entry points of imports: read the job's row, call the action, note how it ended."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from procrastinate.contrib.django import app

from csdl.access.actors import actor_for
from csdl.accounts.actor import Actor, SystemActor
from csdl.accounts.errors import CsdlError
from csdl.accounts.models import Account
from csdl.intake.actions import runs
from csdl.intake.models import ImportRun
from csdl.jobs.actions import JobProgress, finish_job, start_job
from csdl.jobs.models import Job

__all__ = ["apply_import", "plan_import", "undo_import"]


@app.task(queue="bulk", name="intake.plan_import")
def plan_import(job_id: int) -> None:
    """Plan the run of a job; safe to run again: a plan replaces the one before."""
    _work(job_id, runs.plan_run)


@app.task(queue="bulk", name="intake.apply_import")
def apply_import(job_id: int) -> None:
    """Write the run of a job; safe to run again: what is written is found written."""
    _work(job_id, runs.apply_run)


@app.task(queue="bulk", name="intake.undo_import")
def undo_import(job_id: int) -> None:
    """Take back the run of a job; safe to run again: what is taken back is found so."""
    _work(job_id, runs.undo_run)


def _work(job_id: int, action: Callable[..., ImportRun]) -> None:
    job = start_job(job_id)
    with _telling_faults(job):
        run = ImportRun.objects.get(pk=job.args["run_id"])
        more: dict[str, Any] = {"keep_dependents": True} if job.args.get("keep_dependents") else {}
        with JobProgress(job.pk) as progress:
            run = action(actor=_actor(job), run=run, progress=progress, **more)
        finish_job(job, result={"run": str(run.public_id), "state": run.state, "counts": run.counts})


@contextmanager
def _telling_faults(job: Job) -> Iterator[None]:
    """However the work ends, the job's row says so."""
    try:
        yield
    except CsdlError as error:
        finish_job(job, result={"problems": error.problems}, error=str(error))
    except Exception:
        # With the server gone this fails too; the queue then finds the job stalled and starts it again.
        finish_job(
            job, result={}, error="Lỗi hệ thống khi xử lý. Hãy thử lại; nếu vẫn lỗi, báo bộ phận hỗ trợ. (mã JOB-02)"
        )
        raise


def _actor(job: Job) -> Actor:
    """Whoever asked for the job, with the rights held now."""
    return actor_for(Account.objects.get(pk=job.account_id)) if job.account_id else SystemActor("tác vụ nền")
