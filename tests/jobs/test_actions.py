"""Jobs whose work ended without a word are closed; those that wait, run or have ended stay as they are."""

import pytest
from django.db import connection

from csdl.jobs.actions import LOST_MESSAGE, close_lost_jobs
from csdl.jobs.models import Job

pytestmark = [pytest.mark.django_db, pytest.mark.server]


def made(state: str, *queued: str) -> Job:
    """A job's row, and its entries in the queue with these states (a job that was started again has several)."""
    job = Job.objects.create(kind="rollover:run", title=f"{state} {queued}", state=state)
    with connection.cursor() as cursor:
        for status in queued:
            cursor.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status)"
                " VALUES ('bulk', 'rollover.run_batch', jsonb_build_object('job_id', %s::bigint), %s)",
                [job.pk, status],
            )
    return job


def test_work_the_queue_no_longer_holds_is_closed_with_a_sentence() -> None:
    lost = [made("running", "failed"), made("running", "succeeded"), made("queued", "cancelled"), made("running")]
    kept = [
        made("running", "doing"),
        made("queued", "todo"),
        made("running", "failed", "todo"),
        made("done", "succeeded"),
        made("failed", "failed"),
    ]
    before = [(one.state, one.message) for one in kept]

    closed = close_lost_jobs()
    again = close_lost_jobs()

    for one in [*lost, *kept]:
        one.refresh_from_db()
    assert (closed, again) == (4, 0)
    assert [(one.state, one.message) for one in lost] == [("failed", LOST_MESSAGE)] * 4
    assert all(one.finished_at for one in lost)
    assert [(one.state, one.message) for one in kept] == before
