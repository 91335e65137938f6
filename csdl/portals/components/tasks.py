"""Background entry point of long files: ask the door of the page again, as the account that wished for the file.

The worker's session is the owner's; a file for one account is made under the web role and its row policies.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, QueryDict
from django.urls import resolve
from procrastinate.contrib.django import app

from csdl.access.acting import acting, token_for
from csdl.access.actors import GrantActor, actor_for
from csdl.accounts.errors import CsdlError
from csdl.accounts.models import Account
from csdl.accounts.permissions import Permission
from csdl.exports.actions import export_list
from csdl.exports.approving import SECOND_FACTOR, Consent
from csdl.exports.kept import forget_old_files, keep_file
from csdl.exports.lists import Asked
from csdl.exports.models import ExportRequest
from csdl.jobs.actions import JobProgress, finish_job, start_job, telling_faults
from csdl.jobs.models import Job

if TYPE_CHECKING:
    from csdl.portals.components.outgoing import Outgoing  # which imports this module

__all__ = ["EXPORT_JOB", "asked_again", "forget_exports", "found_at", "grants_to_export", "write_export"]

EXPORT_JOB = "export"


@app.task(queue="bulk", name="exports.write_export")
def write_export(job_id: int) -> None:
    """Write the file of a job; safe to run again: the second file takes the place of the first, and is logged too."""
    job = start_job(job_id)
    with telling_faults(job):
        account = Account.objects.get(pk=job.account_id)
        with JobProgress(job.pk) as progress, acting(token_for(account), account, as_web=True):
            actor = actor_for(account)
            try:
                going = asked_again(job, actor)
            except Http404 as gone:
                raise CsdlError("Danh sách này không còn trong phạm vi được xem.", code="ACC-01") from gone
            total = len(going.rows) if isinstance(going.rows, Sequence) else going.rows.order_by().count()
            progress(0, total, "Đang ghi tệp")
            said = job.args["asked"]
            file = export_list(
                actor=actor,
                what=going.what,
                rows=going.rows,
                occasion=going.occasion,
                asked=Asked(**said | {"columns": tuple(said["columns"])}),
                consent=_consent(job.args.get("consent")),
                progress=lambda done: progress(done, total, "Đang ghi tệp"),
            )
            keep_file(job.public_id, file.content)
            progress(total, total)
        finish_job(
            job, result={"file": file.name, "type": file.content_type, "rows": total, "grants": grants_to_export(actor)}
        )


@app.periodic(cron="23 * * * *")
@app.task(queue="bulk", name="exports.forget_exports")
def forget_exports(timestamp: int) -> None:
    """Delete the files whose day is over. The queue says when it was due."""
    forget_old_files()


def asked_again(job: Job, actor: GrantActor) -> "Outgoing[Any]":
    """What the door of the job's page finds now. Errors: Http404, NotAllowed, as the page itself."""
    return found_at(job.args["path"], job.args["query"], actor)


def found_at(path: str, query: str, actor: GrantActor) -> "Outgoing[Any]":
    """What the door at an address finds now for an actor. Errors: Http404, NotAllowed, as the page itself."""
    request = HttpRequest()
    request.method, request.path, request.path_info = "GET", path, path
    request.GET = QueryDict(query)
    request.user, request.session = actor.account, {}  # the doors read years from it, no more
    request.actor = actor
    found = resolve(request.path)
    going: Outgoing[Any] = found.func.find(request, **found.kwargs)
    return going


def _consent(said: Any) -> Consent | None:
    """By which consent the file was asked for; it is looked at again when the file is written."""
    if said is None:
        return None
    return SECOND_FACTOR if said == "second_factor" else Consent(ExportRequest.objects.get(pk=said))


def grants_to_export(actor: GrantActor) -> list[int]:
    """The grants by which data may be taken out: a file that was made by them is handed out while all of them hold."""
    return [held.grant_id for held in actor.grants if Permission.DATA_EXPORT in held.role.permissions]
