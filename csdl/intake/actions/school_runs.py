"""The ministry's school file as a run: taken in, planned, looked at, written. The same import as by command.

What such a file writes (units, schools, profiles) is corrected by bringing in a corrected file; it is not taken back.
"""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from csdl.access.acting import act_as
from csdl.access.actors import GrantActor
from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.intake.actions.schools import SchoolImport, import_schools
from csdl.intake.enums import RowState, RunState
from csdl.intake.errors import IntakeError
from csdl.intake.models import ImportRow, ImportRun
from csdl.jobs.actions import enqueue
from csdl.jobs.models import Job
from csdl.orgs.models import OrgUnit

__all__ = ["MINISTRY_FILE", "apply_schools", "plan_schools", "queue_schools", "upload_schools"]

MINISTRY_FILE = "schools"


@transaction.atomic
def upload_schools(*, actor: Actor, unit: OrgUnit, start_year: int, file_name: str, content: bytes) -> ImportRun:
    """Take the ministry's school file in for a managing unit and a year; it is planned in the background.

    Errors:  NotAllowed.
    """
    actor.require(Permission.SCHOOL_IMPORT, on=unit)
    run = ImportRun.objects.create(
        kind=MINISTRY_FILE,
        unit=unit,
        start_year=start_year,
        account_id=actor.account_id,
        file_name=file_name[:200],
        file_sha256=hashlib.sha256(content).hexdigest(),
        file=content,
    )
    queue_schools(actor, run)
    return run


@transaction.atomic
def queue_schools(actor: Actor, run: ImportRun, *, write: bool = False) -> Job:
    """Plan the run in the background, or write it."""
    from csdl.intake.tasks import apply_school_file, plan_school_file  # the task module imports these actions

    actor.require(Permission.SCHOOL_IMPORT, on=run.unit_id)
    act, title, task = (
        ("apply", "Ghi danh mục trường", apply_school_file) if write else ("plan", "Đọc tệp", plan_school_file)
    )
    job = enqueue(
        actor=actor,
        kind=f"intake:{act}",
        title=f"{title}: {run.file_name}"[:200],
        args={"run_id": run.pk, "unit_id": run.unit_id},
        task=task,
    )
    run.job = job
    run.save(update_fields=["job"])
    return job


@transaction.atomic
def plan_schools(*, actor: Actor, run: ImportRun, progress: Any = None) -> ImportRun:
    """Read the file and say for every row what writing would do; nothing but the plan is written.

    Shapes:  one ImportRow a data row; planning again replaces the plan.
    Errors:  NotAllowed; INT-70 the run is written. A file that cannot be read is no error: the run is refused.
    """
    held = _held(actor, run)
    if held.state not in (RunState.UPLOADED, RunState.PLANNED, RunState.REFUSED):
        raise IntakeError("Lần nhập này đã được ghi. Hãy tải tệp lên lần nữa nếu muốn nhập lại.", code="INT-70")
    try:
        done = import_schools(actor=actor, source=bytes(held.file or b""), start_year=held.start_year, dry_run=True)
    except IntakeError as error:
        held.state, held.message = RunState.REFUSED, str(error)
        held.save(update_fields=["state", "message"])
        return held
    _note(held, done)
    held.state, held.message, held.planned_at = RunState.PLANNED, "", Now()
    held.save(update_fields=["state", "message", "planned_at", "counts", "problem_count"])
    held.refresh_from_db(fields=["planned_at"])
    return held


def apply_schools(*, actor: Actor, run: ImportRun, progress: Any = None) -> ImportRun:
    """Write what the plan says, all of it or nothing; run again it finds its work done.

    Errors:  NotAllowed; INT-70 not planned; INT-71 the database changed since: planned anew, nothing written.
    """
    with transaction.atomic():
        held = _held(actor, run)
        if held.state == RunState.APPLIED:
            return held
        if held.state != RunState.PLANNED:
            raise IntakeError("Lần nhập này chưa có kế hoạch để ghi.", code="INT-70")
        with transaction.atomic():
            done = import_schools(actor=actor, source=bytes(held.file or b""), start_year=held.start_year)
            is_stale = _counts(done) != held.counts
            transaction.set_rollback(is_stale)
        if not is_stale:
            held.state, held.applied_at, held.file = RunState.APPLIED, Now(), None
            held.save(update_fields=["state", "applied_at", "file"])
            held.refresh_from_db(fields=["applied_at"])
            return held
    plan_schools(actor=actor, run=run)
    raise IntakeError(
        "Dữ liệu trường đã thay đổi sau khi lập kế hoạch. Kế hoạch đã được lập lại; hãy xem lại rồi ghi.", code="INT-71"
    )


def _held(actor: Actor, run: ImportRun) -> ImportRun:
    actor.require(Permission.SCHOOL_IMPORT, on=run.unit_id)
    if isinstance(actor, GrantActor):
        act_as("", actor.account)
    return ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)


def _counts(done: SchoolImport) -> dict[str, dict[str, int]]:
    states: Counter[str] = Counter(plan.state for plan in done.plans)
    states[RowState.REJECTED] = done.rejected
    return {MINISTRY_FILE: {state: count for state, count in sorted(states.items()) if count}}


def _note(run: ImportRun, done: SchoolImport) -> None:
    ImportRow.objects.filter(run=run).delete()
    ImportRow.objects.bulk_create(_rows(run, done))
    run.counts, run.problem_count = _counts(done), len(done.problems)


def _rows(run: ImportRun, done: SchoolImport) -> Iterator[ImportRow]:
    plans = {plan.row.number: plan for plan in done.plans}
    for row in done.rows:
        plan = plans.get(row.number)
        changes = plan.changes if plan else {}
        said = {"code": row.code, "name": row.name}
        if plan is not None:
            said |= {"parent": plan.parent_code, "levels": sorted(plan.levels), **plan.profile}
        yield ImportRow(
            run=run,
            noun=MINISTRY_FILE,
            sheet=done.sheet,
            row_no=row.number,
            label=(row.name or row.code)[:200],
            state=plan.state if plan else RowState.REJECTED,
            values={name: _plain(value) for name, value in said.items()},
            changes=[{"column": name, "old": _plain(old), "new": _plain(new)} for name, (old, new) in changes.items()],
            problems=[problem.as_json() for problem in row.problems],
        )


def _plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    return value.isoformat() if isinstance(value, dt.date) else value
