"""Background entry points of imports: read the job's row, call the action, note how it ended."""

from collections.abc import Callable
from typing import Any

from procrastinate.contrib.django import app

from csdl.access.actors import actor_of
from csdl.intake.actions import runs
from csdl.intake.models import ImportRun
from csdl.intake.runs.staying import Agreement
from csdl.jobs.actions import JobProgress, finish_job, start_job, telling_faults

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
    with telling_faults(job):
        run = ImportRun.objects.get(pk=job.args["run_id"])
        more: dict[str, Any] = {"agreed": Agreement(job.args["agreed"])} if job.args.get("agreed") else {}
        with JobProgress(job.pk) as progress:
            run = action(actor=actor_of(job), run=run, progress=progress, **more)
        finish_job(job, result={"run": str(run.public_id), "state": run.state, "counts": run.counts})
