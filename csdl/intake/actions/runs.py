"""Runs of an import: a file taken in, planned, written, taken back. The same code plans, looks and writes.

Everything that reads or writes records goes over sets in one transaction of the owner's session (queue "bulk"), with
the schools the actor may write as its bounds.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from csdl.accounts.actor import Actor
from csdl.audit.actions import record_each
from csdl.delegation.actions import follow_work
from csdl.intake.actions.school_runs import apply_schools, plan_schools_run, undo_schools, want_units
from csdl.intake.enums import RowState, RunState
from csdl.intake.errors import IntakeError
from csdl.intake.models import ColumnMapping, ImportRow, ImportRun
from csdl.intake.runs.noun import Noun
from csdl.intake.runs.planning import lock_targets, note_choices, params_of, plan_tables, stale_rows, stand_in_stage
from csdl.intake.runs.scope import SCHOOLS, check_allowed, check_reached, holding, nouns_of, year_of
from csdl.intake.runs.staging import MODULE, Progress, make_stage, noun_order, silent
from csdl.intake.runs.staying import Agreement, Staying, check_agreed, named
from csdl.intake.sheets.columns import header_key
from csdl.intake.sheets.headers import HeaderMatch, NeedsMapping, known_headers
from csdl.intake.sheets.nouns import SPECS
from csdl.intake.sheets.nouns.classes import class_key
from csdl.intake.sheets.reading import read_cells, read_tables
from csdl.intake.sheets.specs import Table
from csdl.jobs.actions import enqueue
from csdl.jobs.models import Job
from csdl.lib import sql
from csdl.lib.vietnamese import fold
from csdl.orgs.models import OrgUnit
from csdl.years.models import SchoolClass

__all__ = [
    "Choice",
    "apply_run",
    "map_columns",
    "paste_rows",
    "plan_run",
    "queue_apply",
    "queue_plan",
    "queue_undo",
    "undo_run",
    "upload_file",
    "want_rows",
]

_SHOWN = 50
_CHANGED_AGAIN = "ô đã được sửa lại sau khi nhập: "
_PASTED = ("full_name", "birth_date", "gender_code", "citizen_id_no")


@transaction.atomic
def upload_file(
    *,
    actor: Actor,
    unit: OrgUnit,
    kind: str,
    start_year: int,
    file_name: str,
    content: bytes,
    options: Mapping[str, Any] | None = None,
    queue: bool = False,
) -> ImportRun:
    """Take a file in for a unit and year; nothing is read yet. With `queue` it is planned in the background.

    Shapes:  `kind` one noun or "school"; `options` enrolled_on, moved_on (ISO days), admission_kind.
    Errors:  NotAllowed; YEAR-02.
    """
    check_allowed(actor, kind, unit.pk)
    if kind != SCHOOLS:
        year_of(start_year)
    run = ImportRun.objects.create(
        kind=kind,
        unit=unit,
        start_year=start_year,
        account_id=actor.account_id,
        file_name=file_name[:200],
        file_sha256=hashlib.sha256(content).hexdigest(),
        file=content,
        options=dict(options or {}),
    )
    if queue:
        queue_plan(actor, run)
    return run


def queue_plan(actor: Actor, run: ImportRun) -> Job:
    """Plan a run in the background; the page follows the job."""
    from csdl.intake.tasks import plan_import  # the task module imports these actions

    return _queue(actor, run, plan_import, "plan", "Đọc tệp")


def queue_apply(actor: Actor, run: ImportRun) -> Job:
    """Write a run in the background."""
    from csdl.intake.tasks import apply_import  # the task module imports these actions

    return _queue(actor, run, apply_import, "apply", "Ghi dữ liệu từ tệp")


def queue_undo(actor: Actor, run: ImportRun, *, agreed: str = "") -> Job:
    """Take back a run in the background. `agreed` marks the list of rows that somebody agreed to leave."""
    from csdl.intake.tasks import undo_import  # the task module imports these actions

    return _queue(actor, run, undo_import, "undo", "Hoàn tác nhập dữ liệu", agreed=agreed)


@transaction.atomic
def _queue(actor: Actor, run: ImportRun, task: Any, act: str, title: str, **more: Any) -> Job:
    check_allowed(actor, run.kind, run.unit_id or 0)
    job = enqueue(
        actor=actor,
        kind=f"intake:{act}",
        title=f"{title}: {run.file_name}"[:200],
        args={"run_id": run.pk, "unit_id": run.unit_id, **more},
        task=task,
    )
    run.job = job
    run.save(update_fields=["job"])
    return job


def plan_run(
    *, actor: Actor, run: ImportRun, progress: Progress | None = None, tables: Sequence[Table] | None = None
) -> ImportRun:
    """Read the file and say for every row what applying would do; planning again replaces the plan.

    Shapes:  one ImportRow a row; `tables` instead of the run's file, where rows were read elsewhere.
    Errors:  NotAllowed; YEAR-02; INT-70 the run is written or taken back. A file that cannot be read is no error: the
             run is refused, with the reason.
    """
    check_allowed(actor, run.kind, run.unit_id or 0)
    with holding(actor, run) as held:
        if held.state in (RunState.APPLIED, RunState.UNDONE):
            raise IntakeError("Lần nhập này đã được ghi. Hãy tải tệp lên lần nữa nếu muốn nhập lại.", code="INT-70")
        _plan(actor, held, tables, progress or silent)
    return held


def _plan(actor: Actor, run: ImportRun, tables: Sequence[Table] | None, progress: Progress) -> None:
    if tables is None:
        try:
            if run.kind == SCHOOLS:
                plan_schools_run(actor, run)
                return
            tables = _read(run)
        except NeedsMapping as wanting:
            run.state, run.message = RunState.UPLOADED, str(wanting)
            run.options["mapping_needed"] = {noun: _question(match) for noun, match in wanting.matches.items()}
            run.save(update_fields=["state", "message", "options"])
            return
        except IntakeError as error:
            run.state, run.message = RunState.REFUSED, str(error)
            run.save(update_fields=["state", "message"])
            return
        run.options["columns"] = _open_columns(run, tables)
    plan_tables(actor, run, tables, progress)


def _read(run: ImportRun) -> list[Table]:
    """The tables of a run's file: headers as the run says, or as the unit tied the same headers once."""
    nouns = [noun.name for noun in nouns_of(run.kind)]
    pasted = run.options.get("pasted")
    if pasted:
        rows = [(number, cells) for number, cells in enumerate(pasted["rows"], start=1)]
        return [read_cells(SPECS[nouns[0]], pasted["sheet"], pasted["columns"], rows)]
    content = bytes(run.file or b"")
    classes = SchoolClass.objects.filter(school_id=run.unit_id, start_year=run.start_year).values_list(
        "name", flat=True
    )
    called = {class_key(name): name for name in classes}
    try:
        tables = read_tables(content, nouns, run.mapping, called)
    except NeedsMapping as wanting:
        if not _remember(run, {noun: match.in_order for noun, match in wanting.matches.items()}):
            raise
        tables = read_tables(content, nouns, run.mapping, called)
    if _remember(run, {table.spec.noun: table.in_order for table in tables[::-1] if table.unread}):
        tables = read_tables(content, nouns, run.mapping, called)
    return tables


def _remember(run: ImportRun, headers: Mapping[str, Sequence[str]]) -> bool:
    """Take over what the unit once said of the same headers, of nouns that the run says nothing of."""
    known = {
        noun: found.mapping
        for noun, said in headers.items()
        if noun not in run.mapping
        and (found := ColumnMapping.objects.filter(unit=run.unit, noun=noun, headers_key=_headers_key(said)).first())
    }
    if known:
        run.mapping = {**run.mapping, **known}
        run.save(update_fields=["mapping"])
    return bool(known)


def _open_columns(run: ImportRun, tables: Sequence[Table]) -> dict[str, Any]:
    """What a person may still say of the columns: sheets with headers that were not read, and those tied already."""
    asked = [table for table in tables if table.unread or run.mapping.get(table.spec.noun)]
    return {
        table.spec.noun: {
            "sheet": table.sheet,
            "headers": list(dict.fromkeys([*table.in_order, *table.unread])),
            "found": dict(table.headers),
            "missing": [],
            "headers_key": _headers_key(table.in_order),
        }
        for table in reversed(asked)
    }


def _question(match: HeaderMatch) -> dict[str, Any]:
    """What a person is asked: which header of the sheet is which missing column."""
    return {
        "sheet": match.sheet.name,
        "headers": list(match.in_order),
        "found": dict(match.headers),
        "missing": [column.name for column in match.missing],
        "headers_key": _headers_key(match.in_order),
    }


def _headers_key(headers: Iterable[str]) -> str:
    folded = sorted(fold(header) for header in headers)
    return hashlib.sha256("\n".join(folded).encode()).hexdigest()


def map_columns(*, actor: Actor, run: ImportRun, mapping: Mapping[str, Mapping[str, str]]) -> ImportRun:
    """Say which header of the file is which column; the unit is not asked again for the same headers. Plan it then.

    Shapes:  `mapping` noun -> column name -> header, beside what was said before; an empty header unties the column.
    Errors:  NotAllowed; INT-70 the run is written already.
    """
    check_allowed(actor, run.kind, run.unit_id or 0)
    with transaction.atomic():
        held = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
        if held.state in (RunState.APPLIED, RunState.UNDONE):
            raise IntakeError("Lần nhập này đã được ghi.", code="INT-70")
        held.mapping = {
            **held.mapping,
            **{noun: {**held.mapping.get(noun, {}), **columns} for noun, columns in mapping.items()},
        }
        held.save(update_fields=["mapping"])
        for noun, asked in (held.options.get("mapping_needed") or held.options.get("columns") or {}).items():
            if noun in mapping:
                ColumnMapping.objects.update_or_create(
                    unit_id=held.unit_id,
                    noun=noun,
                    headers_key=asked["headers_key"],
                    defaults={"mapping": held.mapping[noun]},
                    create_defaults={"mapping": held.mapping[noun], "created_by": actor.account_id},
                )
    return held


def paste_rows(*, actor: Actor, school_class: SchoolClass, text: str) -> ImportRun:
    """Pupils pasted for a class: one name a line, or columns copied from a sheet; planned as a file would be.

    Shapes:  a first line of headers says what the columns are; else: name, birth, gender, identity number.
    Errors:  NotAllowed; YEAR-02; INT-73 nothing was pasted.
    """
    lines = [line.split("\t") for line in text.splitlines() if line.strip()]
    if not lines:
        raise IntakeError("Chưa có dòng nào. Hãy dán danh sách, mỗi học sinh một dòng.", code="INT-73")
    spec = SPECS["pupils"]
    known = known_headers(spec).folded
    meant = [known.get(header_key(cell)) for cell in lines[0]]
    if any(one and one[0] == "full_name" for one in meant):
        places = {place: one[0] for place, one in enumerate(meant) if one and one[1] is None}
        lines = lines[1:]
    else:
        places = dict(enumerate(_PASTED[: max(len(line) for line in lines)]))
    columns = [name for name in places.values() if name != "class_name"]
    rows = [
        [
            *(line[place] if place < len(line) else "" for place, name in places.items() if name != "class_name"),
            school_class.name,
        ]
        for line in lines
    ]
    return upload_file(
        actor=actor,
        unit=school_class.school.unit,
        kind="pupils",
        start_year=school_class.start_year,
        file_name=f"Danh sách dán vào lớp {school_class.name}",
        content=text.encode(),
        options={"pasted": {"sheet": "Danh sách dán", "columns": [*columns, "class_name"], "rows": rows}},
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """What a choice of rows did: the rows it named, and those that went or came along because one needs the other."""

    rows: int
    along: int


@transaction.atomic
def want_rows(*, actor: Actor, run: ImportRun, row_ids: Iterable[int], is_wanted: bool) -> Choice:
    """Leave rows of a plan out, or take them after all; a conflict that is wanted takes the file's values.

    A new class, teacher or site that is left out leaves out the rows that need it; a row that is taken after all takes
    along what it needs. The answer counts both.
    Errors:  NotAllowed; INT-70 the run is not waiting to be written.
    """
    check_allowed(actor, run.kind, run.unit_id or 0)
    held = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if held.state != RunState.PLANNED:
        raise IntakeError("Chỉ chọn được dòng khi lần nhập đang chờ ghi.", code="INT-70")
    rows = ImportRow.objects.filter(run=held, pk__in=list(row_ids)).exclude(state=RowState.REJECTED)
    # A row that could be one of several persons has nothing to be written to.
    rows = rows.exclude(state=RowState.CONFLICT, target_id=None)
    # A managing unit of the ministry's file comes with the schools that need it.
    named = list(rows.exclude(noun="units").values_list("pk", flat=True))
    ImportRow.objects.filter(pk__in=named).update(is_wanted=is_wanted)
    if held.kind == SCHOOLS:
        along = want_units(held)
    elif is_wanted:
        along = sql.execute(MODULE, "17_take_what_is_needed", run_id=held.pk, row_ids=named)
    else:
        along = sql.execute(MODULE, "16_leave_out_dependants", run_id=held.pk)
    note_choices(held)
    held.save(update_fields=["options"])
    return Choice(len(named), along)


def apply_run(*, actor: Actor, run: ImportRun, progress: Progress | None = None, strict: bool = False) -> ImportRun:
    """Write what the plan says, all of it or nothing; run again it finds its work done.

    Errors:  NotAllowed; YEAR-02; INT-70 not planned; INT-71 somebody changed what the plan saw: the plan is made anew,
             nothing is written; INT-72 with `strict`, where a row is rejected.
    """
    check_allowed(actor, run.kind, run.unit_id or 0)
    tell = progress or silent
    with holding(actor, run) as held:
        if held.state == RunState.APPLIED:
            return held
        if held.state != RunState.PLANNED:
            raise IntakeError("Lần nhập này chưa có kế hoạch để ghi.", code="INT-70")
        rejected = sum(states.get(RowState.REJECTED, 0) for states in held.counts.values())
        if strict and rejected:
            raise IntakeError(f"Có {rejected} dòng bị từ chối nên không ghi gì.", code="INT-72")
        if held.kind == SCHOOLS:
            is_overtaken, stale = not apply_schools(actor, held), []
        else:
            lock_targets(held)
            stale = stale_rows(actor, held)
            is_overtaken = bool(stale)
            if is_overtaken:
                _plan(actor, held, None, tell)
            else:
                _write(actor, held, tell)
    if is_overtaken:
        raise IntakeError(
            "Dữ liệu đã thay đổi sau khi lập kế hoạch. Kế hoạch đã được lập lại; hãy xem lại rồi ghi.",
            code="INT-71",
            problems=_names([f"Dòng {row['row_no']}: {row['label']}" for row in stale]),
        )
    return held


def _write(actor: Actor, run: ImportRun, progress: Progress) -> None:
    nouns = noun_order(run.counts)
    run.applied_at = sql.value(MODULE, "09_read_instant")
    params = params_of(actor, run)
    sql.execute(MODULE, "10_gather_writes", run_id=run.pk, column="new")
    for place, noun in enumerate(nouns):
        progress(place, len(nouns), noun.title)
        for name in noun.write:
            sql.execute(MODULE, name, **params)
    run.state, run.file = RunState.APPLIED, None
    run.save(update_fields=["state", "applied_at", "file"])
    _follow(actor, nouns, _say(actor, run, "intake:apply"))
    progress(len(nouns), len(nouns))


def undo_run(
    *, actor: Actor, run: ImportRun, agreed: Agreement | None = None, progress: Progress | None = None
) -> ImportRun:
    """Take back exactly what a run wrote: its rows are deleted, its cells put back.

    `agreed` leaves alone the rows that newer facts depend on; they are named in the run's message, counted in its
    options ("kept": created, updated, rows: their keys).
    Errors:  NotAllowed; YEAR-02; INT-70 not written; INT-78 it wrote to schools that its unit no longer has, by name;
             INT-10 naming what depends, where nobody agreed to leave just that; nothing is taken back then.
    """
    check_allowed(actor, run.kind, run.unit_id or 0)
    tell = progress or silent
    with holding(actor, run) as held:
        if held.state == RunState.UNDONE:
            return held
        if held.state != RunState.APPLIED:
            raise IntakeError("Lần nhập này chưa được ghi nên không có gì để hoàn tác.", code="INT-70")
        if held.kind == SCHOOLS:
            _note_undone(held, undo_schools(actor, held, agreed=agreed))
            return held
        check_reached(actor, held)
        lock_targets(held)
        params = params_of(actor, held)
        sql.execute(MODULE, "10_gather_writes", run_id=held.pk, column="old")
        make_stage()
        nouns = noun_order(held.counts)[::-1]
        kept: list[Staying] = []
        for noun in nouns:
            kept += _keep_dependents(noun, params)
        check_agreed(kept, agreed, noun="dòng")
        for place, noun in enumerate(nouns):
            tell(place, len(nouns), noun.title)
            for name in noun.take_back:
                sql.execute(MODULE, name, **params)
        _note_undone(held, kept)
        _follow(actor, nouns, _say(actor, held, "intake:undo", kept=len(kept)))
        tell(len(nouns), len(nouns))
    return held


def _note_undone(run: ImportRun, kept: list[Staying]) -> None:
    run.state, run.undone_at = RunState.UNDONE, Now()
    run.message = "Được giữ lại vì có dữ liệu mới phụ thuộc:\n" + "\n".join(named(kept)) if kept else ""
    if kept:
        created = sum(one.state == RowState.CREATED for one in kept)
        run.options["kept"] = {"created": created, "updated": len(kept) - created, "rows": [one.row_id for one in kept]}
    run.save(update_fields=["state", "undone_at", "message", "options"])
    run.refresh_from_db(fields=["undone_at"])


def _keep_dependents(noun: Noun, params: dict[str, Any]) -> list[Staying]:
    """Rows of a noun that newer facts depend on leave the set to be taken back; each with its reason, by name."""
    stand_in_stage(noun, params)
    labels = {column.name: column.label for column in SPECS[noun.name].columns}
    found = [
        {"row_id": line["row_id"], "what": _CHANGED_AGAIN + ", ".join(labels.get(one, one) for one in line["columns"])}
        for line in sql.rows(MODULE, "13_find_changed_again", noun=noun.name)
    ]
    for name in noun.depends:
        found += sql.rows(MODULE, name, **params)
    if noun.ties:
        made = {line["target_id"]: line["row_id"] for line in sql.rows(MODULE, "19_read_made", noun=noun.name)}
        tied = noun.ties(made.keys())
        found += [{"row_id": made[key], "what": what} for key, names in tied.items() for what in names]
    if not found:
        return []
    reasons: dict[int, list[str]] = {}
    for line in found:
        reasons.setdefault(line["row_id"], []).append(line["what"])
    rows = ImportRow.objects.filter(pk__in=reasons).order_by("pk").values_list("pk", "row_no", "label", "state")
    sql.execute(MODULE, "11_forget_kept", row_ids=list(reasons))
    return [
        Staying(f"Dòng {row_no}, {label}: {', '.join(sorted(reasons[key]))}", state, key)
        for key, row_no, label, state in rows
    ]


def _follow(actor: Actor, nouns: Sequence[Noun], school_ids: Sequence[int]) -> None:
    """Rights stand on postings and homeroom assignments: what a file ended there, the record of the rights says."""
    if school_ids and any(noun.name in ("homeroom", "staff") for noun in nouns):
        follow_work(actor, school_ids)


def _say(actor: Actor, run: ImportRun, kind: str, **more: Any) -> list[int]:
    """One event for each school that rows were written to; answers the schools."""
    lines = sql.rows(MODULE, "14_count_by_school", run_id=run.pk)
    said = {"run": str(run.public_id), "kind": run.kind, "start_year": run.start_year, **more}
    record_each(
        actor=actor,
        kind=kind,
        units={line["school_id"]: said | {"rows": line["states"]} for line in lines},
    )
    return [line["school_id"] for line in lines]


def _names(lines: list[str]) -> list[str]:
    rest = len(lines) - _SHOWN
    return lines[:_SHOWN] + ([f"… và {rest} trường hợp khác"] if rest > 0 else [])
