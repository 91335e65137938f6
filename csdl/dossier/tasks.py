"""Background entry point of dossiers: read the job's row, build, note how it ended."""

from procrastinate.contrib.django import app

from csdl.access.actors import actor_of
from csdl.dossier.actions import build_dossier, drop_expired
from csdl.dossier.models import Dossier
from csdl.jobs.actions import JobProgress, finish_job, start_job, telling_faults

__all__ = ["build", "drop_what_expired"]


@app.task(queue="bulk", name="dossier.build")
def build(job_id: int) -> None:
    """Build the dossier of a job; safe to run again: the file is written anew."""
    job = start_job(job_id)
    with telling_faults(job):
        dossier = Dossier.objects.get(pk=job.args["dossier_id"])
        with JobProgress(job.pk) as progress:
            built = build_dossier(actor=actor_of(job), dossier=dossier, progress=progress)
        finish_job(job, result={"dossier": str(dossier.public_id), "files": len(built.sums)})


@app.periodic(cron="20 2 * * *")
@app.task(queue="bulk", name="dossier.drop_expired")
def drop_what_expired(timestamp: int) -> None:
    """Delete the files whose last day is over; safe to run at any time. The queue says when it was due."""
    drop_expired()
