"""Freezing: the facts of the snapshot day as known now become rows, cells and checks that never change again.

Two modes, the same statements: *single*, one transaction per unit; *province*, all of them in one. Each freeze is kept;
until a report is sent the newest one counts.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from django.db import connection

from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.jobs.actions import enqueue
from csdl.jobs.models import Job
from csdl.lib import clock, sql
from csdl.orgs.models import OrgUnit
from csdl.reports.actions.holding import holding_units
from csdl.reports.counting import cells_statement, column_checks_statement, typed_statement
from csdl.reports.definitions import POPULATIONS
from csdl.reports.enums import FREEZABLE, Fill, FreezeMode, SubmissionState
from csdl.reports.errors import ReportError
from csdl.reports.forms import Form, basis_on, column_set, obligations
from csdl.reports.identities import row_checks
from csdl.reports.models import FreezeRun, ReportPeriod, Snapshot, Submission
from csdl.reports.queries import Expected, Scope, expected_reports, forms_of, scope_of
from csdl.reports.statements import MODULE, SELECTS, fill, parameters, run

__all__ = ["Freezing", "Progress", "Skipped", "freeze", "silent", "start_freezing"]


class Progress(Protocol):
    """Told how far the work is; may raise to stop it between two units."""

    def __call__(self, done: int, total: int, message: str = "") -> None: ...


def silent(done: int, total: int, message: str = "") -> None:
    """Progress that nobody follows."""


@dataclass(frozen=True)
class Skipped:
    """A report that was not frozen, and why."""

    unit_id: int
    level_code: str
    reason: str


@dataclass(frozen=True)
class Freezing:
    """What one press froze."""

    period: str
    mode: str
    reports: int
    pupils: int
    staff: int
    classes: int
    errors: int
    warnings: int
    skipped: list[Skipped]

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "skipped": len(self.skipped)}


def start_freezing(*, actor: Actor, period: ReportPeriod, unit: OrgUnit) -> Job:
    """Ask for the freeze of everything below a unit in the background; the page follows the job.

    Errors:  NotAllowed; RPT-02 the day is not over.
    """
    from csdl.reports.tasks import freeze_units  # the task module imports this action

    actor.require(Permission.REPORT_PREPARE, on=unit)
    _check_day(period)
    return enqueue(
        actor=actor,
        kind="report:freeze",
        title=f"Chốt số liệu {period.name}: {unit.name}",
        args={"period_id": period.pk, "unit_id": unit.pk},
        task=freeze_units,
    )


def freeze(
    *,
    actor: Actor,
    period: ReportPeriod,
    unit: OrgUnit | None = None,
    level_code: str = "",
    mode: FreezeMode | None = None,
    job: Job | None = None,
    progress: Progress = silent,
) -> Freezing:
    """Freeze the reports at or below a unit (None: of the province); one level of them, if named.

    Shapes:  per report one Snapshot with its rows, cells and failed checks, version n + 1. Reports that were sent are
             left out, with the reason. Run again after a crash, a job goes on with the units it has not frozen.
    Units:   facts valid at the end of the snapshot day, known at this instant.
    Errors:  NotAllowed; RPT-02 the snapshot day is not over; RPT-03 sent already (one unit); RPT-04 nothing is owed;
             RPT-05 the rows do not add up to the records (nothing of that transaction is written).
    Source:  requirements R13, R14; D5, D16; reports.md §9, §10.
    """
    actor.require(Permission.REPORT_PREPARE, on=unit)
    _check_day(period)
    wanted = _owed(actor, period, unit, level_code)
    mode = mode or (FreezeMode.PROVINCE if unit is None else FreezeMode.SINGLE)
    made = FreezeRun.objects.filter(job=job).first() if job else None
    made = made or FreezeRun.objects.create(
        period=period, unit=unit, mode=mode, account_id=actor.account_id, actor_label=actor.label, job=job
    )
    done = set(made.snapshots.values_list("unit_id", flat=True))
    by_unit: dict[int, list[Expected]] = {}
    for one in wanted:
        if one.unit_id not in done:
            by_unit.setdefault(one.unit_id, []).append(one)
    skipped: list[Skipped] = []
    if mode == FreezeMode.PROVINCE:
        if by_unit:
            with holding_units(actor, list(by_unit)):
                skipped += _freeze(actor, made, period, [one for group in by_unit.values() for one in group], progress)
    else:
        for place, (unit_id, group) in enumerate(by_unit.items()):
            progress(place, len(by_unit))
            with holding_units(actor, [unit_id]):
                skipped += _freeze(actor, made, period, group, silent)
        progress(len(by_unit), len(by_unit))
    frozen = list(made.snapshots.all())
    if not frozen and skipped:
        raise ReportError(skipped[0].reason, code="RPT-03", problems=[one.reason for one in skipped[1:]])
    return Freezing(
        period.code,
        mode,
        len(frozen),
        sum(one.pupil_count for one in frozen),
        sum(one.staff_count for one in frozen),
        sum(one.class_count for one in frozen),
        sum(one.error_count for one in frozen),
        sum(one.warning_count for one in frozen),
        skipped,
    )


def _check_day(period: ReportPeriod) -> None:
    end = dt.datetime.combine(period.snapshot_on + dt.timedelta(days=1), dt.time(), clock.LOCAL_ZONE)
    if clock.now() < end:
        raise ReportError(
            f"Số liệu {period.name.lower()} chốt ở cuối ngày {period.snapshot_on:%d/%m/%Y}. "
            "Hãy chốt từ ngày hôm sau; đến lúc ấy sửa hồ sơ bình thường.",
            code="RPT-02",
        )


def _owed(actor: Actor, period: ReportPeriod, unit: OrgUnit | None, level_code: str) -> list[Expected]:
    scope = scope_of(actor, Permission.REPORT_PREPARE, period, unit)
    expected = [one for one in expected_reports(period, scope) if level_code in ("", one.level_code)]
    wanted = [one for one in expected if one.forms]
    if not wanted:
        reason = expected[0].reason if len(expected) == 1 else "Không có đơn vị nào phải báo cáo trong phạm vi này."
        raise ReportError(reason, code="RPT-04")
    return wanted


def _freeze(
    actor: Actor, made: FreezeRun, period: ReportPeriod, wanted: Sequence[Expected], progress: Progress
) -> list[Skipped]:
    """The reports of one transaction; those sent already are left out."""
    reports, skipped = _open_reports(period, wanted)
    if not reports:
        return skipped
    snapshot_ids = _open_snapshots(actor, made, period, reports)
    params = parameters(period, snapshot_ids) | _owed_pairs(period)
    owed = {code for one in wanted for code in one.forms}
    forms = tuple(form for form in forms_of(period) if form.code in owed)
    steps = len(SELECTS) + len(POPULATIONS) + 3
    is_big = made.mode == FreezeMode.PROVINCE
    if is_big:
        # Groupings of a million rows; the server's own settings serve many small sessions.
        run("SET LOCAL work_mem = '128MB'", {})
        run("SET LOCAL default_statistics_target = 10", {})
        # What was written a moment ago is unknown to the planner; what reads it next would go row by row.
        run("ANALYZE reports_snapshot (unit_id, run_id)", {})
    for place, name in enumerate(SELECTS):
        progress(place, steps, "Chốt dữ liệu gốc")
        fill(name, params)
        if is_big and name == "20_pupils":
            run(f"ANALYZE reports_countedpupil_{period.pk} (snapshot_id, class_id, grade_code)", {})
    for place, population in enumerate(POPULATIONS, start=len(SELECTS)):
        progress(place, steps, "Tính các ô của biểu")
        if text := cells_statement(population, forms):
            run(text, params)
    _take_typed(forms, params)
    if is_big:
        run("ANALYZE reports_cellrow (snapshot_id, form_code, place)", {})
    progress(steps - 2, steps, "Kiểm tra ràng buộc")
    _check(forms, params)
    sql.execute(MODULE, "70_seal_snapshots", **params)
    _conserve(forms, params)
    _point_reports(snapshot_ids)
    _say(actor, made, snapshot_ids)
    progress(steps, steps)
    return skipped


def _open_reports(period: ReportPeriod, wanted: Sequence[Expected]) -> tuple[list[Submission], list[Skipped]]:
    keys = {(one.unit_id, one.level_code): one for one in wanted}
    Submission.objects.bulk_create(
        [Submission(period=period, unit_id=unit_id, level_code=level) for unit_id, level in keys],
        ignore_conflicts=True,
    )
    rows = Submission.objects.select_for_update().filter(period=period, unit_id__in={key[0] for key in keys})
    reports, skipped = [], []
    for row in rows.order_by("unit_id", "level_code"):
        one = keys.get((row.unit_id, row.level_code))
        if one is None:
            continue
        if row.state in FREEZABLE:
            reports.append(row)
        else:
            state = SubmissionState(row.state).label
            reason = f"{one.unit_name}: báo cáo đang ở trạng thái “{state}”, chỉ chốt lại được sau khi bị trả lại."
            skipped.append(Skipped(one.unit_id, one.level_code, reason))
    return reports, skipped


def _open_snapshots(actor: Actor, made: FreezeRun, period: ReportPeriod, reports: Sequence[Submission]) -> list[int]:
    text = sql.statement(MODULE, "11_open_snapshots")
    text = text.replace("{expected}", sql.statement(MODULE, "10_expected_reports"))
    params: dict[str, Any] = {
        "submission_ids": [one.pk for one in reports],
        **Scope(only=sorted({one.unit_id for one in reports})).params,
        "run_id": made.pk,
        "period_id": period.pk,
        "start_year": period.start_year,
        "day": period.snapshot_on,
        "known_at": clock.now(),
        "frozen_by": actor.account_id,
        "frozen_by_label": actor.label,
        "basis": basis_on(period.snapshot_on).code,
    }
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        return [row[0] for row in cursor.fetchall()]


def _owed_pairs(period: ReportPeriod) -> dict[str, list[str]]:
    """Which kind of unit owes which form for which level, as arrays; the form that goes with every level, for each."""
    mine = [one for one in obligations() if one.owes and one.period_kind == period.kind]
    levels = {(one.unit_kind, one.level_code) for one in mine if one.level_code}
    pairs = [
        (kind, level, one.form_code)
        for kind, level in sorted(levels)
        for one in mine
        if one.unit_kind == kind and one.level_code in ("", level)
    ]
    kinds, level_codes, form_codes = zip(*pairs, strict=True)
    return {"kinds": list(kinds), "levels": list(level_codes), "forms": list(form_codes)}


def _take_typed(forms: tuple[Form, ...], params: Mapping[str, Any]) -> None:
    carried = [(form.code, row.code) for form in forms for row in form.rows if row.fill == Fill.CARRIED]
    if carried:
        codes = {"forms": [one[0] for one in carried], "codes": [one[1] for one in carried]}
        sql.execute(MODULE, "30_carry_typed_cells", **{**params, **codes})
    if text := typed_statement(forms):
        run(text, params)


def _check(forms: tuple[Form, ...], params: Mapping[str, Any]) -> None:
    checks: list[tuple[Any, ...]] = []
    terms: list[tuple[Any, ...]] = []
    for form in forms:
        for check in row_checks(form):
            head = form.row(check.left[0][0])
            number = len(checks)
            checks.append((number, check.code, check.op, str(check.severity), form.code, head.code, head.column_set))
            width = sum(column.ownership in ("", "total") for column in head.columns)
            for is_left, side in ((True, check.left), (False, check.right)):
                terms += [(number, form.code, form.row(code).place, is_left, sign, width) for code, sign in side]
    sets = sorted({row.column_set for form in forms for row in form.rows})
    columns = [(name, column.position, column.code) for name in sets for column in column_set(name)]
    arrays = {
        **_arrays(("numbers", "codes", "ops", "severities", "check_forms", "heads", "sets"), checks),
        **_arrays(("terms", "forms", "places", "is_left", "signs", "widths"), terms),
        **_arrays(("column_sets", "column_places", "column_codes"), columns),
    }
    sql.execute(MODULE, "60_check_rows", **{**params, **arrays})
    run(column_checks_statement(forms), params)


def _arrays(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> dict[str, list[Any]]:
    """Rows as one array for each column, as statements take them."""
    return {name: [row[at] for row in rows] for at, name in enumerate(names)}


def _conserve(forms: tuple[Form, ...], params: Mapping[str, Any]) -> None:
    totals = [
        (form.code, row.place) for form in forms for row in form.rows if _counts_everybody(row.population, row.terms)
    ]
    arrays = {"total_forms": [one[0] for one in totals], "total_places": [one[1] for one in totals]}
    wrong = sql.rows(MODULE, "71_conservation", **{**params, **arrays})
    if not wrong:
        return
    names = dict(Snapshot.objects.filter(pk__in=[one["snapshot_id"] for one in wrong]).values_list("pk", "unit_name"))
    what = {
        "records": "số học sinh trong hồ sơ {wanted}, chốt được {found}",
        "doubled": "{found} học sinh bị đếm hai lần",
        "total": "chốt {wanted} học sinh, dòng tổng số của biểu là {found}",
    }
    raise ReportError(
        "Số liệu chốt không khớp hồ sơ. Đã dừng, không ghi gì. Hãy thử lại; nếu vẫn vậy, báo bộ phận hỗ trợ.",
        code="RPT-05",
        problems=[f"{names[one['snapshot_id']]}: {what[one['what']].format(**one)}" for one in wrong[:20]],
    )


def _counts_everybody(population: str, terms: Sequence[Any]) -> bool:
    return population == "pupil" and [(one.attribute.name, one.values) for one in terms] in ([], [("present", ("1",))])


def _point_reports(snapshot_ids: list[int]) -> None:
    run(
        "UPDATE reports_submission b SET snapshot_id = s.id, state = %(state)s FROM reports_snapshot s"
        " WHERE s.submission_id = b.id AND s.id = ANY (%(snapshot_ids)s)",
        {"state": SubmissionState.SNAPSHOTTED.value, "snapshot_ids": snapshot_ids},
    )


def _say(actor: Actor, made: FreezeRun, snapshot_ids: list[int]) -> None:
    """One event for the province, or one for each report."""
    frozen = Snapshot.objects.filter(pk__in=snapshot_ids)
    if made.mode == FreezeMode.PROVINCE:
        data = {"period": made.period.code, "run": made.pk, "reports": len(snapshot_ids)}
        record(actor=actor, kind="report:freeze_province", data=data)
        return
    for one in frozen:
        record(
            actor=actor,
            kind="report:freeze",
            unit_id=one.unit_id,
            data={
                "period": made.period.code,
                "level": one.level_code,
                "version": one.version,
                "pupils": one.pupil_count,
                "digest": one.digest,
            },
        )
