"""Planning: what applying a file would do, row by row and cell by cell; only the plan itself is written."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Count
from django.db.models.functions import Now

from csdl.accounts.actor import Actor
from csdl.intake.enums import RowState, RunState
from csdl.intake.models import ImportRow, ImportRun
from csdl.intake.runs.noun import Noun
from csdl.intake.runs.scope import day_in_year, schools_of, year_of
from csdl.intake.runs.staging import MODULE, Progress, make_stage, noun_order, stage_tables
from csdl.intake.sheets.specs import Table
from csdl.lib import sql
from csdl.years.rules import stay_window

__all__ = ["lock_targets", "note_choices", "params_of", "plan_tables", "stale_rows", "stand_in_stage"]


def plan_tables(actor: Actor, run: ImportRun, tables: Sequence[Table], progress: Progress) -> None:
    """Plan a run anew from what was read; the plan before is replaced, what was left out of it stays out."""
    params = params_of(actor, run)
    schools = schools_of(actor, run)
    only = run.unit_id if run.unit_id in schools.values() else None
    nouns = noun_order(table.spec.noun for table in tables)
    ordered = sorted(tables, key=lambda table: [noun.name for noun in nouns].index(table.spec.noun))
    steps = len(nouns) + 2
    progress(0, steps, "Kiểm tra từng dòng")
    make_stage()
    stage_tables(ordered, schools=schools, only=only)
    sql.execute(MODULE, "15_recall_left_out", run_id=run.pk)
    for place, noun in enumerate(nouns):
        progress(place + 1, steps, noun.title)
        _plan_noun(noun, params)
    progress(steps - 1, steps, "Ghi kế hoạch")
    ImportRow.objects.filter(run=run).delete()
    sql.execute(MODULE, "04_write_plan_rows", run_id=run.pk, start_year=run.start_year)
    sql.execute(MODULE, "16_leave_out_dependants", run_id=run.pk)
    run.options["sheets"] = list(dict.fromkeys(table.sheet for table in ordered))
    run.options["notes"] = [note.as_json() for table in ordered for note in table.notes]
    _note_counts(run)


def stale_rows(actor: Actor, run: ImportRun) -> list[dict[str, Any]]:
    """Rows of the kept plan that would be planned otherwise now: somebody changed what the plan saw."""
    params = params_of(actor, run)
    make_stage()
    sql.execute(MODULE, "06_stage_planned_rows", run_id=run.pk)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE intake_stage")
    for noun in noun_order(run.counts):
        _plan_noun(noun, params)
    reached = list(schools_of(actor, run).values())
    return sql.rows(MODULE, "07_find_stale_rows", run_id=run.pk, school_ids=reached)


def lock_targets(run: ImportRun) -> None:
    """Hold the records a run is about until the transaction ends: nobody changes them between looking and writing."""
    sql.execute(MODULE, "18_lock_targets", run_id=run.pk, start_year=run.start_year)


def stand_in_stage(noun: Noun, params: dict[str, Any]) -> None:
    """Read what the database holds now of the rows a run wrote."""
    sql.execute(MODULE, "12_stage_writes", noun=noun.name)
    sql.execute(MODULE, noun.stands, **params)


def params_of(actor: Actor, run: ImportRun) -> dict[str, Any]:
    """What the statements are given: the run, its year and window, who acts, and what the form asked."""
    year = year_of(run.start_year)
    first, last = stay_window(year)
    options = run.options
    return {
        "run_id": run.pk,
        "start_year": run.start_year,
        "account_id": actor.account_id,
        "opening_on": year.opening_on,
        "semester2_on": year.semester2_on,
        "ends_on": year.ends_on,
        "first_day": first,
        "last_day": last,
        "default_day": options.get("enrolled_on") or year.starts_on,
        "moved_on": options.get("moved_on") or day_in_year(year),
        "admission_kind": options.get("admission_kind", ""),
        "applied_at": run.applied_at,
    }


def _plan_noun(noun: Noun, params: dict[str, Any]) -> None:
    for name in noun.plan:
        sql.execute(MODULE, name, **params, noun=noun.name)
    sql.execute(MODULE, "02_settle_judgements", noun=noun.name)
    sql.execute(MODULE, "08_forget_repeats", noun=noun.name)
    sql.execute(MODULE, "03_compare_cells", noun=noun.name)


def note_choices(run: ImportRun) -> None:
    """Keep with the run how many rows people left out, by state, and how many conflicts they took from the file: the
    list of runs says what was written without reading their rows. The caller saves `options`."""
    rows = ImportRow.objects.filter(run=run).order_by()
    left = rows.filter(is_wanted=False, state__in=[RowState.CREATED, RowState.UPDATED])
    run.options["left_out"] = dict(left.values_list("state").annotate(Count("pk")))
    run.options["taken"] = rows.filter(is_wanted=True, state=RowState.CONFLICT).count()


def _note_counts(run: ImportRun) -> None:
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    problems = 0
    for line in sql.rows(MODULE, "05_count_plan", run_id=run.pk):
        counts[line["noun"]][line["state"]] = line["rows"]
        problems += line["problems"]
    run.counts, run.problem_count = counts, problems
    run.state, run.message, run.planned_at = RunState.PLANNED, "", Now()
    run.options.pop("mapping_needed", None)
    note_choices(run)
    run.save(update_fields=["counts", "problem_count", "state", "message", "planned_at", "options"])
    run.refresh_from_db(fields=["planned_at"])
