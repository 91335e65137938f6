"""Reads of the reports: what is owed, where it stands, a frozen form, the rows behind a cell, differences, drift.

Everything about a unit begins at the gate.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from typing import Any

from django.db.models import BigIntegerField, F, Model, QuerySet, Value

from csdl.access.actors import GrantActor
from csdl.access.queries import visible
from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.lib import clock, sql
from csdl.orgs.models import OrgUnit
from csdl.orgs.queries import subtree_ids
from csdl.reports.counting import cell_condition
from csdl.reports.definitions import POPULATIONS
from csdl.reports.enums import Fill, SubmissionState
from csdl.reports.errors import ReportError
from csdl.reports.forms import Column, Form, FormRow, basis_on, forms, owed_forms, period_kinds, why_none
from csdl.reports.identities import ColumnCheck, RowCheck, column_checks, row_checks
from csdl.reports.models import (
    CellRow,
    Deadline,
    DeadlineExtension,
    FailedCheck,
    ReportPeriod,
    Snapshot,
    Submission,
)
from csdl.reports.statements import MODULE, columns_of, parameters, select

__all__ = [
    "CellDifference",
    "Drift",
    "Expected",
    "Failure",
    "Figures",
    "FilledForm",
    "PupilDifference",
    "Scope",
    "StatusLine",
    "Traced",
    "came_since",
    "cell_differences",
    "check_opens",
    "deadlines_of",
    "drift",
    "due_at",
    "expected_reports",
    "failures",
    "forms_of",
    "frozen_form",
    "marks_on",
    "period_named",
    "pupil_differences",
    "row_differences",
    "rows_counted",
    "scope_of",
    "sent_before",
    "snapshot_of",
    "status",
    "submissions",
    "trace",
    "typed_since",
    "usual_code",
    "usual_period",
]

_VIETNAMESE = str.maketrans(",.", ".,")

type Figures = tuple[Decimal | None, ...]

# What a person reads of a counted row, by population; the rest of its facts say why it was counted.
_SHOWN = {
    "pupil": ("full_name", "birth_date", "class_name", "local_code", "enrolment_id", "student_id"),
    "class": ("name", "pupil_count", "class_id"),
    "staff": ("full_name", "birth_date", "category", "position_code", "posting_id", "staff_id"),
    "room": ("room_code", "build", "amount", "rooms_id"),
    "site": ("name", "code", "site_id"),
    "school": ("name", "class_count", "unit_id"),
}
# In which order a person reads them: persons as a register has them, by the given name.
_ORDER = {
    "pupil": 'csdl_name_key(r.full_name) COLLATE "C"',
    "class": 'csdl_class_key(r.name) COLLATE "C"',
    "staff": 'csdl_name_key(r.full_name) COLLATE "C"',
}
# Who reads the rows behind a figure reads persons' records: the right to the records themselves is asked too.
_RIGHTS = {"pupil": Permission.STUDENT_READ, "staff": Permission.STAFF_READ}


@dataclass(frozen=True)
class Expected:
    """A report that a unit owes for a level; `forms` empty and `reason` set where it owes none. `is_own`: it is
    theirs who ask; that of a school which came after the snapshot day is the office's of that day."""

    unit_id: int
    level_code: str
    unit_name: str
    unit_kind: str
    parent_id: int | None
    forms: tuple[str, ...]
    reason: str
    is_own: bool


@dataclass(frozen=True)
class StatusLine:
    """Where one expected report stands. `late_minutes`: by its first sending; `sent_at`: the newest."""

    unit_code: str
    unit_name: str
    level_code: str
    parent_name: str
    state: str
    version: int
    pupils: int
    errors: int
    warnings: int
    due_at: dt.datetime | None
    sent_at: dt.datetime | None
    late_minutes: int | None
    reason: str


@dataclass(frozen=True)
class FilledForm:
    """A form with the figures of one freeze, or of one consolidation; `figures` by row code."""

    form: Form
    figures: Mapping[str, Figures]

    def cell(self, row: FormRow, column: Column) -> Decimal | None:
        """The figure of a cell; None: cannot be filled, or nobody typed it."""
        figures = self.figures.get(row.code)
        return figures[column.position - 1] if figures else None


@dataclass(frozen=True)
class Traced:
    """The rows that a cell counts, as they were frozen, the first ones where a limit was given; `count` is how many
    there are, `total` the sum of their weights: the cell itself."""

    form: Form
    row: FormRow
    column: Column
    snapshot: Snapshot
    total: Decimal
    count: int
    rows: list[dict[str, Any]]


@dataclass(frozen=True)
class Failure:
    """A broken identity as a person reads it. `rows_behind` says whether the difference can be opened."""

    form_code: str
    check_code: str
    indicator_code: str
    severity: str
    text: str
    hint: str
    found: Decimal
    expected: Decimal
    columns: tuple[str, ...]
    rows_behind: list[dict[str, Any]]

    @property
    def key(self) -> tuple[str, str, str]:
        """What an explanation of it is kept by."""
        return self.form_code, self.check_code, self.indicator_code


@dataclass(frozen=True)
class CellDifference:
    """A row of a form that two freezes count differently."""

    form_code: str
    indicator_code: str
    old: Figures
    new: Figures


@dataclass(frozen=True)
class PupilDifference:
    """A pupil that one freeze counts and the other does not, or counts with other facts: name -> (old, new)."""

    enrolment_id: int
    full_name: str
    class_name: str
    kind: str
    changed: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True)
class Drift:
    """The records now beside what was frozen. `on` is the day the records are read for."""

    on: dt.date
    frozen: int
    now: int
    pupils: list[PupilDifference]


def period_named(code: str) -> ReportPeriod:
    """A period by its code. Errors: RPT-01 with the codes there are."""
    found = ReportPeriod.objects.filter(code=code).first()
    if found is None:
        known = ", ".join(ReportPeriod.objects.values_list("code", flat=True)) or "chưa có kỳ nào"
        raise ReportError(f"Không có kỳ báo cáo “{code}”. Các kỳ: {known}.")
    return found


def forms_of(period: ReportPeriod) -> tuple[Form, ...]:
    """The forms of a period: those of its kind by the law that holds on its day."""
    known = forms(basis_on(period.snapshot_on).code)
    return tuple(form for form in known.values() if form.period_kind == period.kind)


@dataclass(frozen=True)
class Scope:
    """Which reports of the tree on the snapshot day: of whole units, of those these units took, of single levels of
    schools; the first None: all. `only` narrows it to some units. `roots`: the units at which the right is held (None:
    all are its own); a school that came below them after the snapshot day is within reach, and another's to count."""

    unit_ids: Sequence[int] | None = None
    levels: Sequence[tuple[int, str]] = ()
    only: Sequence[int] | None = None
    roots: Sequence[int] | None = None

    @cached_property
    def _reached(self) -> frozenset[Any]:
        return frozenset((*(self.unit_ids or ()), *self.levels))

    def reaches(self, unit_id: int, level_code: str) -> bool:
        """Whether a report is within reach by the tree of today too (level empty: the whole unit); a school that moved
        after the snapshot day is not, though the report it owes is still the old office's to take."""
        return self.unit_ids is None or not self._reached.isdisjoint((unit_id, (unit_id, level_code)))

    def takes(self, unit_id: int, level_code: str, parent_id: int | None) -> bool:
        """Whether a report is within reach by either tree; `parent_id`: the unit above on the snapshot day."""
        return self.reaches(unit_id, level_code) or parent_id in self._reached

    @property
    def params(self) -> dict[str, Any]:
        """As `10_expected_reports.sql` asks for it."""
        return {
            "unit_ids": None if self.unit_ids is None else list(self.unit_ids),
            "level_units": [unit_id for unit_id, _ in self.levels],
            "level_codes": [level for _, level in self.levels],
            "only": None if self.only is None else list(self.only),
            "roots": None if self.roots is None else list(self.roots),
        }


def expected_reports(period: ReportPeriod, scope: Scope | None = None) -> list[Expected]:
    """Every (unit, level) of the tree on the snapshot day with what it owes; who owes none says why."""
    text = sql.statement(MODULE, "10_expected_reports") + " ORDER BY u.code, l.level_code"
    params = {
        "day": period.snapshot_on,
        "start_year": period.start_year,
        **(scope or Scope()).params,
    }
    return [
        Expected(
            row["unit_id"],
            row["level_code"],
            row["unit_name"],
            row["unit_kind"],
            row["parent_id"],
            owed_forms(row["unit_kind"], row["level_code"], period.kind),
            why_none(row["unit_kind"], row["level_code"], period.kind),
            row["is_own"],
        )
        for row in sql.rows_of(text, params)
    ]


def submissions(actor: Actor) -> QuerySet[Submission]:
    """Reports that the actor may see."""
    return visible(Submission.objects.all(), actor, Permission.REPORT_READ)


def status(*, actor: Actor, period: ReportPeriod, unit: OrgUnit | None = None) -> list[StatusLine]:
    """Where the reports below a unit stand, missing ones too; six queries however many units."""
    actor.require(Permission.REPORT_READ, on=unit)
    scope = scope_of(actor, Permission.REPORT_READ, period, unit)
    expected = expected_reports(period, scope)
    rows = submissions(actor).filter(period=period).select_related("snapshot")
    known = {(row.unit_id, row.level_code): row for row in rows}
    names = {
        one.pk: one for one in OrgUnit.objects.filter(pk__in={x for e in expected for x in (e.unit_id, e.parent_id)})
    }
    hours = deadlines_of(period)
    lines = []
    for one in expected:
        report = known.get((one.unit_id, one.level_code))
        frozen = report.snapshot if report else None
        parent = names.get(one.parent_id or 0)
        lines.append(
            StatusLine(
                names[one.unit_id].code,
                one.unit_name,
                one.level_code,
                parent.name if parent else "",
                report.state if report else SubmissionState.NOT_STARTED,
                frozen.version if frozen else 0,
                frozen.pupil_count if frozen else 0,
                frozen.error_count if frozen else 0,
                frozen.warning_count if frozen else 0,
                hours(one.unit_id, one.level_code) if one.forms else None,
                report.sent_at if report else None,
                report.late_minutes if report else None,
                one.reason,
            )
        )
    return lines


def scope_of(actor: Actor, permission: Permission, period: ReportPeriod, unit: OrgUnit | None = None) -> Scope:
    """What a permission reaches, at or below a unit on the snapshot day."""
    below = None if unit is None else subtree_ids(unit, period.snapshot_on) or [unit.pk]
    return Scope(actor.unit_ids(permission), actor.unit_levels(permission), below, _roots(actor, permission))


def came_since(actor: Actor, permission: Permission, period: ReportPeriod, unit: OrgUnit) -> bool:
    """Whether a unit stood elsewhere on the snapshot day than at or below those where the actor holds a permission: the
    period's report is then another's, whatever the tree of today says."""
    roots = _roots(actor, permission)
    if roots is None:
        return False
    held = OrgUnit.objects.filter(pk__in=roots)
    return not any(unit.pk in subtree_ids(root, period.snapshot_on) for root in held)


def _roots(actor: Actor, permission: Permission) -> list[int] | None:
    """Units at which a permission is held; None: all are the actor's."""
    if not isinstance(actor, GrantActor) or actor.sees_all(permission):
        return None
    return sorted({held.unit_id for held in actor.grants if held.gives(permission)})


class _Hours:
    """Deadlines of a period, read once: (unit, level) -> instant."""

    def __init__(self, period: ReportPeriod, sender: str, unit_id: int = 0) -> None:
        self._usual: dict[str, dt.datetime] = {}
        self._more: dict[int, dict[str, dt.datetime]] = defaultdict(dict)
        usual = Deadline.objects.filter(period=period, sender=sender)
        more = DeadlineExtension.objects.filter(period=period)
        if unit_id:
            more = more.filter(unit_id=unit_id)
        # One statement for both. Oldest first: the newest decision holds.
        none = Value(None, BigIntegerField())
        both = usual.annotate(of=none, no=none).values_list("of", "level_code", "due_at", "no").union(
            more.annotate(of=F("unit_id"), no=F("pk")).values_list("of", "level_code", "due_at", "no"), all=True
        )  # fmt: skip
        for of, level_code, due, _ in sorted(both, key=lambda row: row[3] or 0):
            local = due.astimezone(clock.LOCAL_ZONE)
            if of is None:
                self._usual[level_code] = local
            elif level_code:
                self._more[of][level_code] = local
            else:
                self._more[of] = {"": local}  # of every level: what was said of one before is over

    def __call__(self, unit_id: int, level_code: str) -> dt.datetime | None:
        more = self._more.get(unit_id)
        found = more.get(level_code) or more.get("") if more else None
        return found or self._usual.get(level_code) or self._usual.get("")


def deadlines_of(period: ReportPeriod, sender: str = "school") -> _Hours:
    """The hours of a period's senders, as a function of (unit, level): extensions first, then the level's, then all."""
    return _Hours(period, sender)


def usual_code(start_year: int, kind: str) -> str:
    """The code of the period that every school year has of a kind, e.g. 2024-dau-nam."""
    known = period_kinds().get(kind)
    return f"{start_year}-{known.suffix if known else kind.lower()}"


def usual_period(start_year: int, kind: str) -> ReportPeriod | None:
    """The period of a kind that a year is compared by: the usual one; where it has another code, the year's first."""
    rows = list(ReportPeriod.objects.filter(start_year=start_year, kind=kind).order_by("snapshot_on", "pk"))
    code = usual_code(start_year, kind)
    return next((one for one in rows if one.code == code), rows[0] if rows else None)


def due_at(period: ReportPeriod, unit_id: int, level_code: str, sender: str = "school") -> dt.datetime | None:
    """The hour by which one report must be sent: sent at that very instant is late."""
    return _Hours(period, sender, unit_id)(unit_id, level_code)


def snapshot_of(
    *, actor: Actor, period: ReportPeriod, unit: OrgUnit, level_code: str = "", version: int | None = None
) -> Snapshot:
    """A freeze of a unit's report: the one that counts, or a version. Errors: NotAllowed; RPT-01 no such version;
    RPT-04 the unit owes none, or several and no level was named; RPT-08 not frozen yet."""
    actor.require(Permission.REPORT_READ, on=unit)
    rows = visible(Snapshot.objects.all(), actor, Permission.REPORT_READ, of_unit=unit.pk).filter(period=period)
    if level_code:
        rows = rows.filter(level_code=level_code)
    levels = sorted(set(rows.values_list("level_code", flat=True)))
    if len(levels) > 1:
        raise ReportError(
            f"{unit.name} báo cáo theo từng cấp học ({', '.join(levels)}). Hãy nêu cấp học.", code="RPT-04"
        )
    found = (
        rows.filter(version=version).first()
        if version is not None
        else rows.filter(submission__snapshot_id__isnull=False).order_by("-version").first()
    )
    if found is None:
        known = rows.order_by("version").values_list("version", flat=True) if version is not None else []
        if known:
            raise ReportError(f"{unit.name} không có lần chốt {version}. Các lần: {', '.join(map(str, known))}.")
        owed = [one.level_code for one in expected_reports(period, Scope(only=[unit.pk])) if one.forms]
        if not owed or level_code not in ("", *owed):
            what = f"báo cáo cấp học {level_code}" if level_code else "báo cáo phải lập"
            more = f" Các cấp học phải báo cáo: {', '.join(owed)}." if owed else ""
            raise ReportError(f"{unit.name} không có {what} trong {period.name.lower()}.{more}", code="RPT-04")
        raise ReportError(
            f"{unit.name} chưa chốt số liệu {period.name.lower()}. Hãy chốt trước: csdl report freeze.", code="RPT-08"
        )
    return found


def sent_before(report: Submission, snapshot: Snapshot) -> Snapshot | None:
    """The freeze that was sent before another one of the report: what the unit above holds that one against; None where
    nothing was sent before it."""
    earlier = report.moves.filter(name="send", snapshot__version__lt=snapshot.version)
    sending = earlier.select_related("snapshot").order_by("-pk").first()
    return sending.snapshot if sending else None


def frozen_form(snapshot: Snapshot, form: Form, only: Sequence[FormRow] = ()) -> FilledForm:
    """A form as one freeze filled it, or only some of its rows: a whole form is two thousand figures to read.

    Errors:  RPT-01 the report does not hold that form.
    """
    rows = CellRow.objects.filter(snapshot=snapshot, form_code=form.code)
    if only:
        rows = rows.filter(place__in=[row.place for row in only])
    figures = {code: tuple(values) for code, values in rows.values_list("indicator_code", "figures")}
    if not figures:
        raise ReportError(f"Báo cáo của {snapshot.unit_name} không có biểu {form.number}.")
    return FilledForm(form, figures)


def marks_on(snapshot: Snapshot, form: Form) -> tuple[frozenset[tuple[str, str]], frozenset[str]]:
    """Cells of a form with a remark, as (row code, column code), and the codes of rows with a broken check."""
    found = sql.rows(
        MODULE, "45_form_marks", submission_id=snapshot.submission_id, snapshot_id=snapshot.pk, form_code=form.code
    )
    said = frozenset((row["indicator_code"], row["column_code"]) for row in found if row["what"] == "remark")
    return said, frozenset(row["indicator_code"] for row in found if row["what"] == "check")


@cache
def _typed_cells(basis: str, form_codes: frozenset[str]) -> Mapping[str, Any]:
    """Every cell of some forms that people type, as one array for each fact."""
    cells = [
        (form.code, row.code, row.place, column.code, column.position)
        for form in forms(basis).values()
        if form.code in form_codes
        for row in form.rows
        if row.fill != Fill.COMPUTED
        for column in row.columns
        if not column.formula and not form.is_blocked(row, column)
    ]
    names = ("forms", "codes", "places", "columns", "positions")
    return {name: [cell[at] for cell in cells] for at, name in enumerate(names)}


def typed_since(report: Submission, snapshot: Snapshot) -> list[tuple[str, str, str]]:
    """Cells typed, changed or emptied since a freeze, as (form, row code, column code): the form of that freeze does
    not hold them until the report is frozen again."""
    owed = frozenset(owed_forms(snapshot.unit_kind, snapshot.level_code, report.period.kind))
    cells = _typed_cells(snapshot.basis, owed)
    rows = sql.rows(MODULE, "61_typed_since", submission_id=report.pk, snapshot_id=snapshot.pk, **cells)
    return [(row["form_code"], row["indicator_code"], row["column_code"]) for row in rows]


def trace(*, actor: Actor, snapshot: Snapshot, form: Form, address: str, limit: int | None = None) -> Traced:
    """The rows a cell counts, from the frozen rows, by the same definition that counted it.

    Errors:  NotAllowed (reports, and the records of the persons counted); RPT-01 no such cell; RPT-07 a typed cell.
    """
    row, column = form.cell(address)
    check_opens(actor, form, row, column, on=snapshot)
    rows, count, total = _counted(snapshot, row.population, cell_condition(row, column), limit)
    return Traced(form, row, column, snapshot, total, count, rows)


def check_opens(actor: Actor, form: Form, row: FormRow, column: Column, *, on: Model) -> None:
    """Whether there are rows behind a cell that the actor may read. Errors: NotAllowed (reports, and the records of the
    persons counted); RPT-07 a typed cell, or one that cannot be filled."""
    if row.fill != Fill.COMPUTED or form.is_blocked(row, column):
        what = "không được điền" if form.is_blocked(row, column) else "được nhập tay"
        raise ReportError(f"Ô {row.code}:{column.code} ({row.label}) {what}, không có danh sách để mở.", code="RPT-07")
    for permission in (Permission.REPORT_READ, _RIGHTS.get(row.population)):
        if permission:
            actor.require(permission, on=on)


def rows_counted(
    snapshot_ids: Sequence[int], period_id: int, row: FormRow, column: Column
) -> dict[int, list[dict[str, Any]]]:
    """The rows that a cell counts in several freezes of one period: one statement. `check_opens` is asked first."""
    names, order = _columns_shown(row.population)
    text = (
        f"SELECT r.snapshot_id, {names} {_rows_where(row.population, '= ANY (%(snapshot_ids)s)')}"
        f" AND {cell_condition(row, column)} ORDER BY {order}"
    )
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for one in sql.rows_of(text, {"snapshot_ids": list(snapshot_ids), "period_id": period_id}):
        found[one.pop("snapshot_id")].append(one)
    return dict(found)


def _columns_shown(population: str) -> tuple[str, str]:
    """What a person reads of a counted row, and in which order of rows."""
    names = ", ".join(f"r.{name}" for name in _SHOWN[population])
    return names, ", ".join(filter(None, (_ORDER.get(population), names)))


def _rows_where(population: str, snapshots: str) -> str:
    """The frozen rows `r` of some snapshots `s`."""
    of_period = " AND r.period_id = %(period_id)s" if population == "pupil" else ""
    return (
        f"FROM {POPULATIONS[population].table} r JOIN reports_snapshot s ON s.id = r.snapshot_id"
        f" WHERE r.snapshot_id {snapshots}{of_period}"
    )


def _counted(
    snapshot: Snapshot, population: str, condition: str, limit: int | None = None
) -> tuple[list[dict[str, Any]], int, Decimal]:
    """The rows, the first ones where there is a limit; how many there are in all, and what they weigh."""
    names, order = _columns_shown(population)
    weight = "sum(r.amount)" if population == "room" else "count(*)"
    text = (
        f"SELECT {names}, count(*) OVER () AS rows_in_all, {weight} OVER () AS weight_in_all"
        f" {_rows_where(population, '= %(snapshot_id)s')} AND {condition} ORDER BY {order} LIMIT %(limit)s"
    )
    params = {"snapshot_id": snapshot.pk, "period_id": snapshot.period_id, "limit": limit}
    rows = sql.rows_of(text, params)
    sums = [(row.pop("rows_in_all"), row.pop("weight_in_all")) for row in rows]
    count, total = sums[0] if sums else (0, 0)
    return rows, int(count), Decimal(total)


def failures(snapshot: Snapshot, *, with_rows: bool = False) -> list[Failure]:
    """What a frozen report breaks, one line a row of a check.

    `with_rows`: also the pupils or staff that the left side counts and no row of the right side does (or the reverse),
    where the check is a sum of rows of one population.
    """
    by_check: dict[tuple[str, str, str], list[FailedCheck]] = defaultdict(list)
    for one in FailedCheck.objects.filter(snapshot=snapshot).order_by("form_code", "check_code", "pk"):
        by_check[one.form_code, one.check_code, one.indicator_code].append(one)
    known = forms(snapshot.basis)
    found = []
    for (form_code, check_code, indicator_code), broken in by_check.items():
        form = known[form_code]
        row = form.row(indicator_code)
        # The widest gap first: it is the one that is told.
        broken.sort(key=lambda one: -abs(one.found - one.expected))
        first = broken[0]
        check = _check_named(form, row, check_code)
        labels = {column.code: column.full_label for column in row.columns}
        columns = tuple(labels[one.column_code] for one in broken)
        found.append(
            Failure(
                form_code,
                check_code,
                indicator_code,
                first.severity,
                _explained(form, row, check, first, columns),
                check.hint,
                first.found,
                first.expected,
                columns,
                _difference(snapshot, form, check) if with_rows and isinstance(check, RowCheck) else [],
            )
        )
    return found


def _check_named(form: Form, row: FormRow, code: str) -> RowCheck | ColumnCheck:
    checks: Iterable[RowCheck | ColumnCheck] = (
        column_checks(row.column_set) if code.startswith("C") else row_checks(form)
    )
    return next(one for one in checks if one.code == code)


def _explained(
    form: Form, row: FormRow, check: RowCheck | ColumnCheck, broken: FailedCheck, columns: Sequence[str]
) -> str:
    found, expected = _plain(broken.found), _plain(broken.expected)
    where = f"cột {columns[0]}"
    more = f"; lệch nhất trong {len(columns)} cột chưa khớp" if len(columns) > 1 else ""
    if isinstance(check, ColumnCheck):
        word = "khác" if check.op == "=" else "lớn hơn"
        return f"Dòng {row.code} “{row.label}”: {where} là {found}, {word} {expected} theo các cột còn lại{more}."
    if check.op == "=":
        gap = _plain(abs(broken.found - broken.expected))
        sums = f"dòng {row.code} “{row.label}” là {found}, các dòng kia cộng lại {expected}, chênh {gap}"
        return f"{check.text}: {sums} ({where}{more})."
    return f"{check.text}: {found} lớn hơn {expected} ({where}{more}; dòng {row.code} “{row.label}”)."


def _plain(value: Decimal) -> str:
    """12 for 12.000, 1.234,5 for 1234.500."""
    return f"{value.normalize():,f}".translate(_VIETNAMESE)


def _difference(snapshot: Snapshot, form: Form, check: RowCheck) -> list[dict[str, Any]]:
    """Rows that exactly one side of a sum counts."""
    left, right = ([form.row(code) for code, _ in side] for side in (check.left, check.right))
    populations = {row.population for row in (*left, *right)}
    if check.op != "=" or len(populations) != 1 or populations == {""}:
        return []
    (population,) = populations
    ours, theirs = (
        " OR ".join(f"coalesce({cell_condition(row, row.columns[0])}, false)" for row in side) for side in (left, right)
    )
    rows, _, _ = _counted(snapshot, population, f"(({ours}) <> ({theirs}))")
    return rows


def cell_differences(old: Snapshot, new: Snapshot) -> list[CellDifference]:
    """What a freeze counts otherwise than the one before, row by row of the forms."""
    return row_differences("reports_cellrow", "snapshot_id", old.pk, new.pk)


def row_differences(table: str, column: str, old_id: int, new_id: int) -> list[CellDifference]:
    """Rows of the forms that differ between two freezes or two consolidations; `column` says whose a row is."""
    rows = sql.rows(MODULE, "80_differences", tables={"rows": table, "of": column}, old_id=old_id, new_id=new_id)
    return [
        CellDifference(
            row["form_code"],
            row["indicator_code"],
            tuple(row["old_figures"] or ()),
            tuple(row["new_figures"] or ()),
        )
        for row in rows
    ]


# Facts of a pupil that say who it is rather than why it is counted, and the age that moves with the day by itself.
_IDENTITY = {"period_id", "snapshot_id", "unit_id", "enrolment_id", "student_id", "age_months"}


def pupil_differences(old: Snapshot, new: Snapshot) -> list[PupilDifference]:
    """Pupils that a freeze counts otherwise than the one before: come, gone, changed."""
    table = "(SELECT * FROM reports_countedpupil WHERE period_id = %(period_id)s AND snapshot_id = {})"
    params = {"period_id": new.period_id, "old_id": old.pk, "new_id": new.pk}
    return _compared(table.format("%(old_id)s"), table.format("%(new_id)s"), params)


def drift(snapshot: Snapshot, *, on: dt.date | None = None) -> Drift:
    """The records as they are known now, read for a day (today, if not named), beside what was frozen."""
    day = on or clock.today()
    params = parameters(snapshot.period, [snapshot.pk]) | {"day": day, "frozen_id": snapshot.pk}
    frozen = (
        "(SELECT * FROM reports_countedpupil"
        " WHERE period_id = %(period_id)s AND snapshot_id = %(frozen_id)s AND is_present)"
    )
    live = f"(SELECT * FROM ({select('20_pupils')}) AS l WHERE l.is_present)"  # noqa: S608 - a file of ours
    pupils = _compared(frozen, live, params)
    come, gone = (sum(one.kind == kind for one in pupils) for kind in ("come", "gone"))
    return Drift(day, snapshot.pupil_count, snapshot.pupil_count + come - gone, pupils)


def _compared(old: str, new: str, params: Mapping[str, Any]) -> list[PupilDifference]:
    names = [name for name in columns_of("20_pupils") if name not in _IDENTITY]
    facts = ", ".join(f"o.{name} AS old_{name}, n.{name} AS new_{name}" for name in names)
    same = " AND ".join(f"o.{name} IS NOT DISTINCT FROM n.{name}" for name in names)
    text = (
        f"SELECT o.enrolment_id AS old_id, n.enrolment_id AS new_id, {facts}"  # noqa: S608 - columns of our own tables
        f" FROM {old} o FULL JOIN {new} n ON n.enrolment_id = o.enrolment_id"
        f" WHERE NOT (o.enrolment_id IS NOT NULL AND n.enrolment_id IS NOT NULL AND {same})"
        ' ORDER BY csdl_class_key(coalesce(n.class_name, o.class_name)) COLLATE "C",'
        ' csdl_name_key(coalesce(n.full_name, o.full_name)) COLLATE "C"'
    )
    found = []
    for row in sql.rows_of(text, params):
        kind = "come" if row["old_id"] is None else "gone" if row["new_id"] is None else "changed"
        side = "old" if kind == "gone" else "new"
        changed = {name: (row[f"old_{name}"], row[f"new_{name}"]) for name in names} if kind == "changed" else {}
        found.append(
            PupilDifference(
                row["new_id"] or row["old_id"],
                row[f"{side}_full_name"],
                row[f"{side}_class_name"],
                kind,
                {name: pair for name, pair in changed.items() if pair[0] != pair[1]},
            )
        )
    return found
