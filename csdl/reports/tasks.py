"""Background entry points of the reports: read the job's row, call the action, note how it ended."""

from procrastinate.contrib.django import app

from csdl.access.actors import actor_for
from csdl.accounts.actor import Actor, SystemActor
from csdl.accounts.errors import CsdlError
from csdl.accounts.models import Account
from csdl.jobs.actions import JobProgress, finish_job, start_job
from csdl.jobs.models import Job
from csdl.orgs.models import OrgUnit
from csdl.reports.actions.freezing import freeze
from csdl.reports.enums import FreezeMode
from csdl.reports.models import ReportPeriod

__all__ = ["freeze_units"]


@app.task(queue="bulk", name="reports.freeze_units")
def freeze_units(job_id: int) -> None:
    """Freeze the units of a job; run again after a crash, it goes on with those it has not frozen."""
    job = start_job(job_id)
    unit = OrgUnit.objects.get(pk=job.args["unit_id"])
    try:
        with JobProgress(job.pk) as progress:
            done = freeze(
                actor=_actor(job),
                period=ReportPeriod.objects.get(pk=job.args["period_id"]),
                unit=unit,
                mode=FreezeMode.PROVINCE if unit.parent_id is None else FreezeMode.SINGLE,
                job=job,
                progress=progress,
            )
        finish_job(job, result={**done.as_json(), "reasons": [one.reason for one in done.skipped]})
    except CsdlError as error:
        finish_job(job, result={"problems": error.problems}, error=str(error))
    except Exception:
        # With the server gone this fails too; the queue then finds the job stalled and starts it again.
        finish_job(
            job,
            result={},
            error="Lỗi hệ thống khi chốt số liệu. Hãy thử lại; nếu vẫn lỗi, báo bộ phận hỗ trợ. (mã JOB-02)",
        )
        raise


def _actor(job: Job) -> Actor:
    """Whoever asked for the job, with the rights held now."""
    return actor_for(Account.objects.get(pk=job.account_id)) if job.account_id else SystemActor("tác vụ nền")
