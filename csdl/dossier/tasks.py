"""Background entry point of dossiers: read the job's row, build, note how it ended."""

from procrastinate.contrib.django import app

from csdl.access.actors import actor_for
from csdl.accounts.actor import Actor, SystemActor
from csdl.accounts.errors import CsdlError
from csdl.accounts.models import Account
from csdl.dossier.actions import build_dossier
from csdl.dossier.models import Dossier
from csdl.jobs.actions import JobProgress, finish_job, start_job
from csdl.jobs.models import Job

__all__ = ["build"]


@app.task(queue="bulk", name="dossier.build")
def build(job_id: int) -> None:
    """Build the dossier of a job; safe to run again: the file is written anew."""
    job = start_job(job_id)
    try:
        with JobProgress(job.pk) as progress:
            dossier = Dossier.objects.get(pk=job.args["dossier_id"])
            built = build_dossier(actor=_actor(job), dossier=dossier, progress=progress)
        finish_job(job, result={"dossier": str(dossier.public_id), "files": len(built.sums)})
    except CsdlError as error:
        finish_job(job, result={"problems": error.problems}, error=str(error))
    except Exception:
        # With the server gone this fails too; the queue then finds the job stalled and starts it again.
        finish_job(
            job,
            result={},
            error="Lỗi hệ thống khi lập hồ sơ. Hãy thử lại; nếu vẫn lỗi, báo bộ phận hỗ trợ. (mã JOB-02)",
        )
        raise


def _actor(job: Job) -> Actor:
    """Whoever asked for the job, with the rights held now."""
    account = Account.objects.filter(pk=job.account_id).first() if job.account_id else None
    return actor_for(account) if account else SystemActor("việc chạy nền")
