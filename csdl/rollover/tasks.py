"""Background entry points of the rollover: read the job's row, call the action, note how it ended."""

from django.db.models import QuerySet
from procrastinate.contrib.django import app

from csdl.access.actors import actor_of
from csdl.jobs.actions import JobProgress, finish_job, start_job, telling_faults
from csdl.jobs.models import Job
from csdl.lib import clock
from csdl.orgs.models import OrgUnit
from csdl.orgs.queries import subtree_ids
from csdl.rollover.actions.planning import plan_rollover
from csdl.rollover.actions.running import roll_over
from csdl.rollover.actions.undoing import undo_rollover
from csdl.rollover.errors import RolloverError
from csdl.rollover.models import RolloverBatch, RolloverRun
from csdl.rollover.queries import totals, undo_preview

__all__ = ["plan_batch", "run_batch", "undo_batch"]


@app.task(queue="bulk", name="rollover.plan_batch")
def plan_batch(job_id: int) -> None:
    """Plan the schools of a job; safe to run again: a plan replaces the one before."""
    job = start_job(job_id)
    with telling_faults(job):
        figures = plan_rollover(
            actor=actor_of(job),
            from_year=job.args["from_year"],
            unit=OrgUnit.objects.get(pk=job.args["unit_id"]),
        )
        finish_job(job, result=figures.as_json())


@app.task(queue="bulk", name="rollover.run_batch")
def run_batch(job_id: int) -> None:
    """Roll over the schools of a job; safe to run again: what is done is found done."""
    job = start_job(job_id)
    with telling_faults(job):
        with JobProgress(job.pk) as progress:
            figures, skipped = roll_over(
                actor=actor_of(job),
                from_year=job.args["from_year"],
                unit=OrgUnit.objects.get(pk=job.args["unit_id"]),
                fingerprint=job.args["fingerprint"],
                batch=RolloverBatch.objects.filter(job=job).first(),
                job=job,
                progress=progress,
            )
        reasons = [{"school_id": item.school_id, "reason": item.reason} for item in skipped]
        finish_job(job, result={**figures.as_json(), "skipped": reasons})


@app.task(queue="bulk", name="rollover.undo_batch")
def undo_batch(job_id: int) -> None:
    """Undo the rollover of the schools of a job; run again after a crash, it finds its own work done."""
    job = start_job(job_id)
    with telling_faults(job):
        from_year, unit = job.args["from_year"], OrgUnit.objects.get(pk=job.args["unit_id"])
        actor = actor_of(job)
        keep = job.args.get("keep_dependents", False)
        try:
            with JobProgress(job.pk) as progress:
                figures = undo_rollover(
                    actor=actor,
                    from_year=from_year,
                    unit=unit,
                    keep_dependents=keep,
                    before=job.created_at,
                    progress=progress,
                )
        except RolloverError as error:
            schools = list(_undone(from_year, unit, job).values_list("school_id", flat=True).distinct())
            if error.code != "ROL-05" or not schools:
                raise
            figures = totals(from_year=from_year, school_ids=schools)
        undone = _undone(from_year, unit, job).values("school_id").distinct().count()
        left = undo_preview(actor=actor, from_year=from_year, unit=unit) if keep else None
        kept = left.schools if left else []
        finish_job(
            job,
            result={
                **figures.as_json(),
                "undone": undone,
                "kept": [{"school_id": one.school_id, "reason": one.reason} for one in kept],
            },
        )


def _undone(from_year: int, unit: OrgUnit, job: Job) -> QuerySet[RolloverRun]:
    """Runs below the unit that were taken back since the job was asked for."""
    schools = subtree_ids(unit, clock.today())
    return RolloverRun.objects.filter(from_year=from_year, school_id__in=schools, undone_at__gte=job.created_at)
