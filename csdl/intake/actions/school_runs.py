"""The ministry's school file as a run: planned, looked at, applied, taken back; the work itself is `schools`'.

What stood of the touched units before and after is kept with each row: taking back puts exactly that back, as long
as it still stands as the run left it and nothing else hangs on the units the run made.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import GeneratedField, Model
from django.db.models.fields.related import ForeignObjectRel
from django.db.models.functions import Now

from csdl.access.actions import refresh_scopes
from csdl.accounts.actor import Actor
from csdl.audit.actions import record
from csdl.intake.actions.schools import SchoolImport, import_schools
from csdl.intake.enums import RowState, RunState
from csdl.intake.models import ImportRow, ImportRun
from csdl.intake.runs.planning import note_choices
from csdl.intake.runs.staging import MODULE
from csdl.intake.runs.staying import Agreement, Staying, check_agreed
from csdl.intake.schools.plan import SchoolPlan
from csdl.lib import sql
from csdl.orgs.models import OrgUnit, School, SchoolLevel, SchoolProfile, SchoolSite, UnitVersion

__all__ = ["apply_schools", "plan_schools_run", "undo_schools", "want_units"]

NOUN, UNITS = "schools", "units"
_CHOOSABLE = (RowState.CREATED, RowState.UPDATED)
# Written in this order, deleted in the other.
_TABLES: tuple[tuple[type[Model], str], ...] = (
    (OrgUnit, "id"),
    (UnitVersion, "unit_id"),
    (School, "unit_id"),
    (SchoolProfile, "school_id"),
    (SchoolLevel, "school_id"),
    (SchoolSite, "school_id"),
)
_YEARLY = (SchoolProfile, SchoolLevel, SchoolSite)
# Kept by triggers, or by the database itself.
_UNCOMPARED = {"changed_at", "name", "kind", "parent_id"}

type Snapshot = dict[int, dict[str, dict[str, dict[str, Any]]]]


def plan_schools_run(actor: Actor, run: ImportRun) -> None:
    """Keep the plan of a run; nothing but the plan is written. Errors: as `import_schools`."""
    result = import_schools(actor=actor, source=bytes(run.file or b""), start_year=run.start_year, dry_run=True)
    before = ImportRow.objects.filter(run=run, noun=NOUN)
    left_out = set(before.filter(is_wanted=False).values_list("row_no", flat=True))
    before.model.objects.filter(run=run).delete()
    rows = _rows(run, result)
    for row in rows:
        row.is_wanted = row.noun != NOUN or row.state not in _CHOOSABLE or row.row_no not in left_out
    ImportRow.objects.bulk_create(rows, batch_size=1000)
    want_units(run)
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for row in ImportRow.objects.filter(run=run):
        counts[row.noun][row.state] = counts[row.noun].get(row.state, 0) + 1
    run.counts, run.problem_count = counts, len(result.problems)
    note_choices(run)
    run.options["notes"] = [note.as_json() for note in result.notes]
    run.state, run.message, run.planned_at = RunState.PLANNED, "", Now()
    run.save(update_fields=["counts", "problem_count", "state", "message", "planned_at", "options"])
    run.refresh_from_db(fields=["planned_at"])


def want_units(run: ImportRun) -> int:
    """A new managing unit is made where a row that is not left out stands under it, however many known ones stand
    between; how many changed."""
    units = {row.values["MA_TRUONG"]: row for row in ImportRow.objects.filter(run=run, noun=UNITS)}
    rows = ImportRow.objects.filter(run=run, noun=NOUN).exclude(is_wanted=False, state__in=_CHOOSABLE)
    needed = {code for kept in rows.values_list("kept", flat=True) for code in kept.get("under", ())}
    changed = [row for code, row in units.items() if row.is_wanted != (code in needed)]
    for row in changed:
        row.is_wanted = not row.is_wanted
    ImportRow.objects.bulk_update(changed, ["is_wanted"])
    return len(changed)


def apply_schools(actor: Actor, run: ImportRun) -> bool:
    """Write a run's file; False where the plan is no longer what it was: it is made anew then, nothing is written."""
    planned = _digest(ImportRow.objects.filter(run=run).order_by("pk"))
    content = bytes(run.file or b"")
    fresh = import_schools(actor=actor, source=content, start_year=run.start_year, dry_run=True)
    if _digest(_rows(run, fresh)) != planned:
        plan_schools_run(actor, run)
        return False
    rows = list(ImportRow.objects.filter(run=run, state__in=_CHOOSABLE, is_wanted=True))
    left_out = ImportRow.objects.filter(run=run, noun=NOUN, state__in=_CHOOSABLE, is_wanted=False)
    codes = [row.values["MA_TRUONG"] for row in rows]
    known = dict(OrgUnit.objects.filter(code__in=codes).values_list("code", "pk"))
    before = _snapshot(known.values(), run.start_year)
    import_schools(
        actor=actor,
        source=content,
        start_year=run.start_year,
        left_out=set(left_out.values_list("row_no", flat=True)),
    )
    made = dict(OrgUnit.objects.filter(code__in=codes).values_list("code", "pk"))
    after = _snapshot(made.values(), run.start_year)
    for row in rows:
        code = row.values["MA_TRUONG"]
        row.target_id = row.school_id = made[code]
        row.kept = {"before": before.get(made[code], {}), "after": after[made[code]]}
    ImportRow.objects.bulk_update(rows, ["target_id", "school_id", "kept"], batch_size=500)
    run.state, run.applied_at, run.file = RunState.APPLIED, Now(), None
    run.save(update_fields=["state", "applied_at", "file"])
    run.refresh_from_db(fields=["applied_at"])
    return True


def undo_schools(actor: Actor, run: ImportRun, *, agreed: Agreement | None) -> list[Staying]:
    """Put every touched unit back as it was; answers what stays because newer facts hang on it, by name.

    Errors:  INT-10 naming what depends, where nobody agreed to leave just that.
    """
    found = ImportRow.objects.filter(run=run).exclude(target_id=None).order_by("-pk")
    rows = {row.target_id: row for row in found if row.target_id is not None}
    now = _snapshot(rows, run.start_year)
    reasons = {
        key: ["hồ sơ đã được sửa sau khi nhập"]
        for key, row in rows.items()
        if _bare(now.get(key, {})) != _bare(row.kept["after"])
    }
    going = {
        key for key, row in rows.items() if row.state == RowState.CREATED and not row.kept["before"]
    } - reasons.keys()
    while hanging := _hanging(going, run):
        for key, why in hanging.items():
            reasons.setdefault(key, []).extend(sorted(why))
        going -= hanging.keys()
    kept = [
        Staying(f"Dòng {rows[key].row_no}, {rows[key].label}: {', '.join(why)}", rows[key].state, rows[key].pk)
        for key, why in reasons.items()
    ]
    check_agreed(kept, agreed, noun="đơn vị")
    back = [row for key, row in rows.items() if key not in reasons]
    for model, _ in reversed(_TABLES):
        table = model._meta.db_table
        gone = [
            int(key)
            for row in back
            for key in row.kept["after"].get(table, {}).keys() - row.kept["before"].get(table, {}).keys()
        ]
        sql.execute(MODULE, "120_delete_rows", tables={"table": table, "key": _key(model)}, keys=gone)
    for model, _ in _TABLES:
        _restore(model, [row.kept for row in back])
    refresh_scopes()
    record(
        actor=actor,
        kind="intake:undo",
        unit_id=run.unit_id,
        data={"run": str(run.public_id), "kind": run.kind, "start_year": run.start_year, "kept": len(kept)},
    )
    return kept


def _rows(run: ImportRun, result: SchoolImport) -> list[ImportRow]:
    known = set(OrgUnit.objects.filter(code__in=result.unit_codes).values_list("code", flat=True))
    rows = [
        ImportRow(run=run, noun=UNITS, sheet="DM ĐƠN VỊ", row_no=number, label=result.units_above[code][0][:200],
                  state=RowState.CREATED, values={"MA_TRUONG": code})
        for number, code in enumerate(sorted(set(result.unit_codes) - known), start=1)
    ]  # fmt: skip
    for plan in result.plans:
        changes = [
            {"column": name, "old": _plain(old), "new": _plain(new)}
            for name, (old, new) in sorted(plan.changes.items())
        ]
        row = _row(run, result.sheet, plan.row, plan.state, changes)
        if plan.state == "created":
            row.values = _said_of(plan)
        rows.append(row)
    rows += [_row(run, result.sheet, row, RowState.REJECTED, []) for row in result.rejected_rows]
    for row in rows:
        if row.noun == NOUN:
            row.kept = {"under": result.rows_under.get(row.row_no, ())}
    return rows


def _said_of(plan: SchoolPlan) -> dict[str, Any]:
    """What a new school would be, in our own fields and codes."""
    said: dict[str, Any] = {"MA_TRUONG": plan.row.code, "TEN_TRUONG_HOC": plan.row.name, "parent": plan.parent_code}
    said |= {"levels": sorted(plan.levels), **plan.profile, **{f"extra.{key}": one for key, one in plan.extra.items()}}
    if "NGAY_THANH_LAP" in plan.row.values:
        said["opened_on"] = plan.row.values["NGAY_THANH_LAP"]
    return dict(_plain(said))


def _row(run: ImportRun, sheet: str, row: Any, state: str, changes: list[dict[str, Any]]) -> ImportRow:
    return ImportRow(
        run=run,
        noun=NOUN,
        sheet=sheet,
        row_no=row.number,
        label=row.name[:200],
        state=state,
        values={"MA_TRUONG": row.code, "TEN_TRUONG_HOC": row.name, **_plain(row.values)},
        changes=changes,
        problems=[one.as_json() | {"effect": "reject" if one.code.rejects else "warn"} for one in row.problems],
    )


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


def _digest(rows: Iterable[ImportRow]) -> list[tuple[Any, ...]]:
    return sorted((row.noun, row.row_no, row.state, json.dumps(row.changes, sort_keys=True)) for row in rows)


def _fields(model: type[Model]) -> list[str]:
    return [
        field.attname
        for field in model._meta.concrete_fields
        if not isinstance(field, GeneratedField)
        and not (model is OrgUnit and field.attname in _UNCOMPARED)
        and field.attname != "changed_at"
    ]


def _key(model: type[Model]) -> str:
    return model._meta.pk.attname if model._meta.pk else "id"


def _snapshot(unit_ids: Iterable[int], start_year: int) -> Snapshot:
    """What stands of some units in a year: unit -> table -> key -> columns."""
    ids, found = list(unit_ids), defaultdict[int, dict[str, dict[str, dict[str, Any]]]](dict)
    for model, column in _TABLES:
        rows = model._default_manager.filter(**{f"{column}__in": ids})
        if model in _YEARLY:
            rows = rows.filter(start_year=start_year)
        for values in rows.values(*_fields(model)):
            table = found[values[column]].setdefault(model._meta.db_table, {})
            table[str(values[_key(model)])] = _plain(values)
    return dict(found)


def _bare(tables: dict[str, Any]) -> dict[str, Any]:
    return {table: rows for table, rows in tables.items() if rows}


def _restore(model: type[Model], kept: list[dict[str, Any]]) -> None:
    """Rows that differ get their old columns back; rows that were deleted come back."""
    table, names = model._meta.db_table, _fields(model)
    changed, lost = [], []
    for one in kept:
        after = one["after"].get(table, {})
        for key, columns in one["before"].get(table, {}).items():
            row = model(**{name: columns[name] for name in names})
            if key not in after:
                lost.append(row)
            elif after[key] != columns:
                changed.append(row)
    writable = [name for name in names if name != _key(model)]
    model._default_manager.bulk_update(changed, [model._meta.get_field(name).name for name in writable], batch_size=500)
    model._default_manager.bulk_create(lost)


def _hung(model: type[Model]) -> str:
    """What a row of a model is called in a sentence; tables that people never name are other data."""
    name = str(model._meta.verbose_name)
    return "có dữ liệu khác" if name.isascii() else f"có {name.lower()}"


def _hanging(going: set[int], run: ImportRun) -> dict[int, set[str]]:
    """What points at units about to go, apart from their own rows and from each other: unit -> what."""
    found: dict[int, set[str]] = defaultdict(set)
    own = {model for model, _ in _TABLES}
    for model in (OrgUnit, School):
        for relation in model._meta.get_fields(include_hidden=True):
            if not isinstance(relation, ForeignObjectRel) or relation.many_to_many:
                continue
            other, column = relation.related_model, relation.field.attname
            if (
                not isinstance(other, type)
                or other._meta.app_label == "pghistory"
                or hasattr(other, "pgh_tracked_model")
            ):
                continue
            rows = other._default_manager.filter(**{f"{column}__in": going})
            if other in own:
                rows = rows.exclude(start_year=run.start_year) if other in _YEARLY else rows.exclude(pk__in=going)
                if other is UnitVersion:
                    rows = rows.exclude(unit_id__in=going)
            for key in rows.values_list(column, flat=True).distinct():
                found[key].add(_hung(other))
    return found
