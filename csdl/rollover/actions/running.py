"""Running: the planned rows are written, by school or for the whole province at once, and the sums are held.

Two modes, one plan (D17). *Single*: one transaction per school, plain inserts. *Province*: into a year without
enrolments, all schools in one transaction, the year's table filled aside and attached. The same statements, the same
run ids, the same undo.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import IntegrityError, connection
from psycopg.sql import Identifier

from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record, record_each
from csdl.jobs.actions import enqueue
from csdl.jobs.models import Job
from csdl.lib import sql
from csdl.orgs.models import OrgUnit
from csdl.rollover.actions.holding import holding_schools
from csdl.rollover.actions.planning import write_plan
from csdl.rollover.enums import RunMode, RunState
from csdl.rollover.errors import RolloverError
from csdl.rollover.models import RolloverBatch, RolloverRun, SchoolRollover
from csdl.rollover.queries import Totals, check_years, schools_in_scope, totals
from csdl.years.models import Enrolment

__all__ = [
    "Progress",
    "Skipped",
    "open_batch",
    "roll_over",
    "silent",
    "start_rollover",
]

_M = "csdl.rollover"
_LIVE_TABLE = "years_enrolment"
_STEPS = (
    ("40_write_profiles", "Hồ sơ trường"),
    ("41_write_levels", "Cấp học"),
    ("42_write_sites", "Điểm trường"),
    ("43_write_staff_years", "Cán bộ, giáo viên"),
    ("44_write_classes", "Lớp"),
    ("45_write_homerooms", "Chủ nhiệm dự kiến"),
    ("46_write_teaching", "Phân công dự kiến"),
)
# Statistics to refresh before a step, where the whole province is filled: tables written a moment ago are unknown to
# the planner, and joins and key checks would go row by row.
_FRESH_TABLES = {
    "44_write_classes": "ANALYZE rollover_planclass, rollover_rolloverrun, orgs_schoolsite, orgs_schoolprofile",
    "45_write_homerooms": "ANALYZE years_classgrade, years_schoolclass",
}


class Progress(Protocol):
    """Told how far the work is; may raise to stop it between two schools."""

    def __call__(self, done: int, total: int, message: str = "") -> None: ...


def silent(done: int, total: int, message: str = "") -> None:
    """Progress that nobody follows."""


@dataclass(frozen=True)
class Skipped:
    """A school that was left out, and why."""

    school_id: int
    reason: str


def start_rollover(
    *,
    actor: Actor,
    from_year: int,
    unit: OrgUnit,
    fingerprint: str = "",
    undo: bool = False,
    keep_dependents: bool = False,
) -> Job:
    """Ask for a rollover (or its undo) of a unit in the background; the page follows the job.

    `fingerprint` is that of the plan the person looked at: a plan that has changed since is not run (ROL-03).
    `keep_dependents` belongs to the undo: take back what nothing newer depends on.
    """
    from csdl.rollover.tasks import (  # the task module imports these actions
        run_batch,
        undo_batch,
    )

    actor.require(Permission.ROLLOVER_RUN, on=unit)
    check_years(from_year)
    title = f"{'Hoàn tác kết chuyển' if undo else 'Kết chuyển'} {from_year}-{from_year + 1}: {unit.name}"
    return enqueue(
        actor=actor,
        kind="rollover:undo" if undo else "rollover:run",
        title=title,
        args={
            "from_year": from_year,
            "unit_id": unit.pk,
            "fingerprint": fingerprint,
            "keep_dependents": keep_dependents,
        },
        task=undo_batch if undo else run_batch,
    )


def roll_over(
    *,
    actor: Actor,
    from_year: int,
    unit: OrgUnit | None = None,
    mode: RunMode | None = None,
    fingerprint: str = "",
    batch: RolloverBatch | None = None,
    job: Job | None = None,
    progress: Progress = silent,
) -> tuple[Totals, list[Skipped]]:
    """Move the pupils of the schools below a unit into the next year; run again, only who was missing is moved.

    Shapes:  per school one run row; per planned class one class; per pupil promoted or retained one enrolment. Rows
             of the source year are not touched. Schools that fail a precondition are left out, with the reason.
    Errors:  ROL-01 target year not open, ROL-02 nothing in scope, ROL-03 the plan changed since it was looked at,
             ROL-07 who came in is not accounted for (the school's transaction, or the province's, is undone).
    Source:  requirement R8; rollover.md §3-§5; D6, D16, D17.
    """
    actor.require(Permission.ROLLOVER_RUN, on=unit)
    check_years(from_year)
    school_ids = schools_in_scope(actor=actor, permission=Permission.ROLLOVER_RUN, from_year=from_year, unit=unit)
    if batch is None:
        mode = mode or (RunMode.PROVINCE if _is_whole_province(actor, unit, from_year) else RunMode.SINGLE)
        batch = open_batch(actor=actor, from_year=from_year, unit=unit, mode=mode, job=job)
    if batch.mode == RunMode.PROVINCE:
        skipped = _run_province(actor, batch, school_ids, progress)
    else:
        skipped = _run_schools(actor, batch, school_ids, fingerprint, progress)
    created = sum(batch.runs.values_list("created_count", flat=True))
    return totals(from_year=from_year, school_ids=school_ids, created=created), skipped


def open_batch(
    *,
    actor: Actor,
    from_year: int,
    unit: OrgUnit | None,
    mode: RunMode,
    job: Job | None = None,
) -> RolloverBatch:
    """Note who pressed the button, over what, and the position of the server's log to restore to (P8)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_lsn()::text")
        position = cursor.fetchone()[0]
    return RolloverBatch.objects.create(
        from_year=from_year,
        unit=unit,
        mode=mode,
        account_id=actor.account_id,
        actor_label=actor.label,
        job=job,
        log_position=position,
    )


def _is_whole_province(actor: Actor, unit: OrgUnit | None, from_year: int) -> bool:
    """Everything below the root, by somebody who reaches everything, into a year without enrolments."""
    whole = (unit is None or unit.parent_id is None) and actor.unit_ids(Permission.ROLLOVER_RUN) is None
    return whole and not _has_enrolments(from_year + 1)


def _has_enrolments(start_year: int) -> bool:
    return Enrolment.objects.filter(start_year=start_year).exists()


def _run_schools(
    actor: Actor,
    batch: RolloverBatch,
    school_ids: Sequence[int],
    fingerprint: str,
    progress: Progress,
) -> list[Skipped]:
    """One transaction per school: a school that fails takes nobody else with it."""
    done = set(batch.runs.values_list("school_id", flat=True))
    skipped: list[Skipped] = []
    known_pages = 0
    for place, school_id in enumerate(school_ids):
        progress(place, len(school_ids))
        known_pages = _mend_statistics(batch.from_year + 1, known_pages)
        if school_id in done:  # the worker died in the middle of this batch and goes on
            continue
        with holding_schools(actor, batch.from_year, [school_id]):
            write_plan(from_year=batch.from_year, school_ids=[school_id])
            line = SchoolRollover.objects.get(from_year=batch.from_year, school_id=school_id)
            if line.blocked_reason:
                skipped.append(Skipped(school_id, line.blocked_reason))
                continue
            if fingerprint and line.fingerprint != fingerprint:
                raise RolloverError(
                    "Kế hoạch đã thay đổi sau khi thầy/cô xem (có người vừa sửa kết quả, lớp hoặc lựa chọn). "
                    "Hãy xem lại kế hoạch mới rồi chạy.",
                    code="ROL-03",
                )
            runs = _write_new_year(batch, [school_id], _LIVE_TABLE, silent)
            _finish(actor, batch, runs)
    progress(len(school_ids), len(school_ids))
    return skipped


def _mend_statistics(start_year: int, known_pages: int) -> int:
    """Analyse the new year's table where nothing is known of its columns, and again each time it has grown fourfold;
    answers its size when it was last found known.

    It fills while the schools go on. Autovacuum may have counted its rows without looking at its columns; each pupil's
    look-up then reads a whole index (2 s for the fiftieth school, not 0.1 s). Seen when one school was in it, "all rows
    are of one school", and what reads a school reads the whole table.
    """
    table = f"{_LIVE_TABLE}_{start_year}"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_relation_size(c.oid) / 8192, c.reltuples > 0 AND EXISTS (SELECT 1 FROM pg_stats s"
            " WHERE s.schemaname = current_schema() AND s.tablename = c.relname)"
            " FROM pg_class c WHERE c.oid = to_regclass(quote_ident(%s))",
            [table],
        )
        pages, is_known = cursor.fetchone() or (0, True)
        if pages and (not is_known or (known_pages and pages >= 4 * known_pages)):
            cursor.execute(f"ANALYZE {Identifier(table).as_string()}")
        elif known_pages:
            return known_pages
    return int(pages)


def _run_province(actor: Actor, batch: RolloverBatch, school_ids: Sequence[int], progress: Progress) -> list[Skipped]:
    """All schools in one transaction; the year's table is filled aside, indexed and attached."""
    steps = len(_STEPS) + 5
    year = batch.from_year
    with holding_schools(actor, year, None):
        if batch.runs.exists():  # the worker died after the commit: the work is done
            return []
        overtaken = _has_enrolments(year + 1)
        if not overtaken:
            return _fill_province(batch, school_ids, steps, progress, actor)
    # Somebody enrolled a pupil, or turned the whole province, while this run waited: school by school it is then.
    batch.mode = RunMode.SINGLE
    batch.save(update_fields=["mode"])
    return _run_schools(actor, batch, school_ids, "", progress)


def _fill_province(
    batch: RolloverBatch, school_ids: Sequence[int], steps: int, progress: Progress, actor: Actor
) -> list[Skipped]:
    year = batch.from_year
    with connection.cursor() as cursor:
        progress(0, steps, "Lập kế hoạch")
        # Index builds and bulk key checks of a million rows; the server's own settings serve many small sessions.
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        cursor.execute("SET LOCAL work_mem = '128MB'")
        write_plan(from_year=year, school_ids=school_ids, whole_year=True)
        blocked = dict(
            SchoolRollover.objects.filter(from_year=year, school_id__in=school_ids)
            .exclude(blocked_reason="")
            .values_list("school_id", "blocked_reason")
        )
        running = [school_id for school_id in school_ids if school_id not in blocked]
        cursor.execute("SELECT csdl_begin_fill('years_enrolment', %s::smallint)", [year + 1])
        table = cursor.fetchone()[0]
        runs = _write_new_year(
            batch, running, table, lambda done, total, message="": progress(done + 1, steps, message)
        )
        progress(steps - 2, steps, "Lập chỉ mục, kiểm tra khóa")
        cursor.execute(
            "SELECT csdl_finish_fill('years_enrolment', %s::smallint, 'start_year', false)",
            [year + 1],
        )
        _finish(actor, batch, runs)
    progress(steps, steps)
    return [Skipped(school_id, reason) for school_id, reason in blocked.items()]


def _write_new_year(
    batch: RolloverBatch, school_ids: Sequence[int], table: str, progress: Progress
) -> list[RolloverRun]:
    """Every row of the new year for these schools, each with its run's id; then the sums per class and school."""
    runs = RolloverRun.objects.bulk_create(
        [
            RolloverRun(batch=batch, school_id=school_id, from_year=batch.from_year, state=RunState.PLANNED)
            for school_id in school_ids
        ]
    )
    params: dict[str, Any] = {"from_year": batch.from_year, "run_ids": [run.pk for run in runs]}
    tables = {"enrolments": table}
    for place, (name, label) in enumerate(_STEPS):
        progress(place, len(_STEPS) + 2, label)
        if name in _FRESH_TABLES and table != _LIVE_TABLE:
            with connection.cursor() as cursor:
                cursor.execute(_FRESH_TABLES[name])
        sql.execute(_M, name, **params)
    progress(len(_STEPS), len(_STEPS) + 2, "Học sinh")
    sql.execute(_M, "47_write_enrolments", tables=tables, **params)
    progress(len(_STEPS) + 1, len(_STEPS) + 2, "Cân đối sĩ số")
    try:
        sql.execute(_M, "50_sum_classes", tables=tables, **params)
    except IntegrityError as error:
        raise RolloverError(
            "Tổng số học sinh của một lớp không khớp: vào ≠ lên lớp + ở lại + hoàn thành + chờ + rời trường. "
            f"Đã dừng, không ghi gì. Chi tiết cho bộ phận hỗ trợ: {error}",
            code="ROL-07",
        ) from error
    sql.execute(_M, "51_count_runs", **params)
    return runs


def _finish(actor: Actor, batch: RolloverBatch, runs: Sequence[RolloverRun]) -> None:
    """Bring the schools' lines up to date and say in the log what was done: one event per act and school."""
    run_ids = [run.pk for run in runs]
    sql.execute(_M, "52_update_schools", run_ids=run_ids)
    if batch.mode == RunMode.PROVINCE:
        figures = totals(from_year=batch.from_year, school_ids=[run.school_id for run in runs])
        record(actor=actor, kind="rollover:run_province", data=figures.as_json())
    # Every school finds the act in its own log, however it was run.
    record_each(
        actor=actor,
        kind="rollover:run",
        units={
            run.school_id: {
                "run": run.pk,
                "from_year": run.from_year,
                "in": run.in_count,
                "created": run.created_count,
            }
            for run in RolloverRun.objects.filter(pk__in=run_ids)
        },
    )
