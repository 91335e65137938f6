"""Compiles the definitions into statements over sets: one for each population gives all its cells of all snapshots.

First the frozen rows are grouped by exactly the facts that definitions ask for (some ten pupils make one line), then
each line is marked with every form row whose filter it meets, then the marks are summed by measure and laid out in the
form's columns. Nothing here reads a row in Python.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from csdl.reports.definitions import POPULATIONS, Population, Term, measure_filter, measures, sql_of
from csdl.reports.enums import Fill
from csdl.reports.forms import Column, Form, FormRow, column_set
from csdl.reports.identities import column_checks

__all__ = [
    "OWNERSHIP",
    "cell_condition",
    "cells_statement",
    "column_checks_statement",
    "typed_statement",
]

_ROW_COLUMN = re.compile(r"\br\.(\w+)")
# Ownership 01 public, 03 people-founded (preschool forms only), anything else known is private (reports.md §9).
OWNERSHIP = {
    False: "CASE WHEN s.ownership_code = '01' THEN 'public' WHEN s.ownership_code <> '' THEN 'private' ELSE '' END",
    True: "CASE WHEN s.ownership_code = '01' THEN 'public' WHEN s.ownership_code = '03' THEN 'people_founded'"
    " WHEN s.ownership_code <> '' THEN 'private' ELSE '' END",
}


def _is_preschool(columns: str) -> bool:
    return columns.startswith("mn_")


def cell_condition(row: FormRow, column: Column) -> str:
    """Which rows `r` (with their snapshot `s`) a cell counts; the same text that the cells were counted with."""
    parts = [f"({sql_of(row.terms)})", f"({sql_of(measure_filter(row.population, column.measure))})"]
    if column.ownership != "total":
        parts.append(f"({OWNERSHIP[_is_preschool(row.column_set)]}) = '{column.ownership}'")
    return " AND ".join(parts)


@dataclass(frozen=True)
class _Plan:
    """What one population's statement needs to know."""

    population: Population
    rows: tuple[tuple[Form, FormRow], ...]

    @property
    def facts(self) -> list[str]:
        """Columns of the frozen row that some definition or measure reads."""
        texts = [sql_of(row.terms) for _, row in self.rows]
        texts += [sql_of(measure_filter(self.population.name, one)) for one in measures(self.population.name)]
        return sorted({name for text in texts for name in _ROW_COLUMN.findall(text)})


def _plan(population: str, forms: Sequence[Form]) -> _Plan:
    rows = tuple((form, row) for form in forms for row in form.rows if row.population == population)
    return _Plan(POPULATIONS[population], rows)


@cache
def cells_statement(population: str, forms: tuple[Form, ...]) -> str:
    """INSERT of every cell of a population of these forms, for the snapshots in %(snapshot_ids)s of %(period_id)s.

    Inputs:  besides, the pairs of unit kind, level and form as arrays %(kinds)s, %(levels)s, %(forms)s.
    Empty where no form asks for that population.
    """
    plan = _plan(population, forms)
    if not plan.rows:
        return ""
    facts = "".join(f", r.{name}" for name in plan.facts)
    nothing = "".join(f", NULL AS {name}" for name in plan.facts)
    by_form: dict[str, list[FormRow]] = {}
    for form, row in plan.rows:
        by_form.setdefault(form.code, []).append(row)
    marks = " ".join(
        f"WHEN '{code}' THEN ARRAY[{', '.join(_mark(row.place, row.terms) for row in rows)}]"
        for code, rows in by_form.items()
    )
    places = " ".join(
        f"WHEN '{code}' THEN ARRAY[{', '.join(str(row.place) for row in rows)}]" for code, rows in by_form.items()
    )
    codes = " ".join(
        f"WHEN '{form.code}' THEN ARRAY[{', '.join(f"'{row.code}'" for row in form.rows)}]"
        for form in forms
        if form.code in by_form
    )
    sums = ", ".join(
        f"sum(r.amount) FILTER (WHERE {sql_of(measure_filter(population, one))}) AS {_as(one)}"
        for one in measures(population)
    )
    return f"""
WITH wanted AS MATERIALIZED (
    SELECT s.id AS snapshot_id, s.unit_id, o.form_code, {OWNERSHIP[False]} AS own, {OWNERSHIP[True]} AS own_mn,
           s.level_group_code, s.school_type_code, s.region_code, s.is_top_level
    FROM reports_snapshot s
    JOIN unnest(%(kinds)s::text[], %(levels)s::text[], %(forms)s::text[]) AS o (unit_kind, level_code, form_code)
        USING (unit_kind, level_code)
    WHERE s.id = ANY (%(snapshot_ids)s) AND o.form_code IN ({", ".join(f"'{code}'" for code in by_form)})
), cube AS MATERIALIZED (
    SELECT r.snapshot_id{facts}, sum({plan.population.weight}) AS amount
    FROM {plan.population.table} r
    WHERE r.snapshot_id = ANY (%(snapshot_ids)s){_of_period(plan.population)}
    GROUP BY r.snapshot_id{facts}
), marked AS (
    SELECT s.snapshot_id, s.unit_id, s.form_code, s.own, s.own_mn, mark.place, r.amount{facts}
    FROM cube r
    JOIN wanted s ON s.snapshot_id = r.snapshot_id
    CROSS JOIN LATERAL unnest(CASE s.form_code {marks} END) AS mark (place)
    WHERE mark.place IS NOT NULL
    UNION ALL
    -- Every row of the form, so that one which counts nobody says 0.
    SELECT s.snapshot_id, s.unit_id, s.form_code, s.own, s.own_mn, mark.place, 0{nothing}
    FROM wanted s
    CROSS JOIN LATERAL unnest(CASE s.form_code {places} END) AS mark (place)
), summed AS (
    SELECT r.snapshot_id, r.unit_id, r.form_code, r.own, r.own_mn, r.place, {sums}
    FROM marked r
    GROUP BY r.snapshot_id, r.unit_id, r.form_code, r.own, r.own_mn, r.place
)
INSERT INTO reports_cellrow (snapshot_id, unit_id, form_code, place, indicator_code, figures)
SELECT x.snapshot_id, x.unit_id, x.form_code, x.place, (CASE x.form_code {codes} END)[x.place],
       CASE {" ".join(_layouts(plan.rows))} END
FROM summed x
"""  # noqa: S608 - declarations of ours


def _of_period(population: Population) -> str:
    """Pupils are partitioned by period."""
    return " AND r.period_id = %(period_id)s" if population.name == "pupil" else ""


def _mark(place: int, terms: Iterable[Term]) -> str:
    condition = sql_of(terms)
    return f"{place}" if condition == "true" else f"CASE WHEN {condition} THEN {place} END"


def _layouts(rows: Iterable[tuple[Form, FormRow]]) -> list[str]:
    """One CASE branch for each way figures are laid out: rows with cells that cannot be filled stand alone."""
    usual: dict[str, str] = {}
    special = []
    for form, row in rows:
        blocked = frozenset(column.code for column in row.columns if form.is_blocked(row, column))
        if blocked:
            where = f"x.form_code = '{form.code}' AND x.place = {row.place}"
            special.append(f"WHEN {where} THEN {_figures(row.column_set, blocked)}")
        # A form counts one population in one set of columns (a system check holds it).
        usual[form.code] = f"WHEN x.form_code = '{form.code}' THEN {_figures(row.column_set)}"
    return [*special, *usual.values()]


def _figures(columns: str, blocked: frozenset[str] = frozenset()) -> str:
    own = "x.own_mn" if _is_preschool(columns) else "x.own"
    cells = []
    for column in column_set(columns):
        figure = f"coalesce(x.{_as(column.measure)}, 0)"
        if column.code in blocked:
            figure = "NULL"
        elif column.ownership != "total":
            figure = f"CASE WHEN {own} = '{column.ownership}' THEN {figure} ELSE 0 END"
        cells.append(figure)
    return f"ARRAY[{', '.join(cells)}]::numeric(16, 3)[]"


def _as(measure: str) -> str:
    return f"m_{measure}"


@cache
def typed_statement(forms: tuple[Form, ...]) -> str:
    """INSERT of the rows that people type, from the drafts of the snapshots; totals follow the columns' formulas.

    Inputs as `cells_statement`. A row in which nothing was typed stays empty: that is not zero.
    """
    rows = [(form, row) for form in forms for row in form.rows if row.fill != Fill.COMPUTED]
    if not rows:
        return ""
    places = ", ".join(f"('{form.code}', {row.place}, '{row.code}', '{row.column_set}')" for form, row in rows)
    layouts = " ".join(
        f"WHEN k.column_set = '{name}' THEN ARRAY[{', '.join(_typed(name))}]::numeric(16, 3)[]"
        for name in sorted({row.column_set for _, row in rows})
    )
    return f"""
WITH owed AS (
    SELECT * FROM unnest(%(kinds)s::text[], %(levels)s::text[], %(forms)s::text[])
        AS o (unit_kind, level_code, form_code)
), typed AS (
    SELECT s.id AS snapshot_id, t.form_code, t.indicator_code, jsonb_object_agg(t.column_code, t.figure) AS said
    FROM reports_snapshot s JOIN reports_typedcell t ON t.submission_id = s.submission_id
    WHERE s.id = ANY (%(snapshot_ids)s)
    GROUP BY s.id, t.form_code, t.indicator_code
)
INSERT INTO reports_cellrow (snapshot_id, unit_id, form_code, place, indicator_code, figures)
SELECT s.id, s.unit_id, o.form_code, k.place, k.indicator_code, CASE {layouts} END
FROM reports_snapshot s
JOIN owed o USING (unit_kind, level_code)
JOIN (VALUES {places}) AS k (form_code, place, indicator_code, column_set) ON k.form_code = o.form_code
LEFT JOIN typed t ON t.snapshot_id = s.id AND t.form_code = k.form_code AND t.indicator_code = k.indicator_code
WHERE s.id = ANY (%(snapshot_ids)s)
"""  # noqa: S608 - declarations of ours


def _typed(columns: str) -> list[str]:
    formulas = {column.code: column.formula for column in column_set(columns)}
    return [_typed_figure(code, formulas) for code in formulas]


def _typed_figure(code: str, formulas: Mapping[str, str]) -> str:
    if not formulas[code]:
        return f"(t.said ->> '{code}')::numeric"
    parts = [_typed_figure(part, formulas) for part in formulas[code].split("+")]
    known = f"num_nonnulls({', '.join(parts)}) > 0"
    return f"CASE WHEN {known} THEN {' + '.join(f'coalesce({part}, 0)' for part in parts)} END"


@cache
def column_checks_statement(forms: tuple[Form, ...]) -> str:
    """INSERT of the column checks that rows of these forms break, for the snapshots in %(snapshot_ids)s.

    Only rows that can break one are read: typed ones, and staff, whose contracts may be unknown. Every other computed
    row counts its columns as parts of one another.
    """
    rows = [
        (form, row) for form in forms for row in form.rows if row.fill != Fill.COMPUTED or row.population == "staff"
    ]
    places = ", ".join(f"('{form.code}', {row.place}, '{row.column_set}')" for form, row in rows)
    sets = [(name, _column_checks(name)) for name in sorted({row.column_set for _, row in rows})]
    broken = " ".join(f"WHEN '{name}' THEN ARRAY[{', '.join(checks)}]" for name, checks in sets if checks)
    return f"""
INSERT INTO reports_failedcheck
    (snapshot_id, unit_id, form_code, check_code, severity, indicator_code, column_code, found, expected)
SELECT c.snapshot_id, c.unit_id, c.form_code, b.said[1], b.said[2], c.indicator_code, b.said[3],
       b.said[4]::numeric, b.said[5]::numeric
FROM reports_cellrow c
JOIN (VALUES {places}) AS k (form_code, place, column_set) ON k.form_code = c.form_code AND k.place = c.place
CROSS JOIN LATERAL (
    SELECT string_to_array(one, ':') AS said FROM unnest(CASE k.column_set {broken} END) AS u (one)
    WHERE one IS NOT NULL
) b
WHERE c.snapshot_id = ANY (%(snapshot_ids)s)
"""  # noqa: S608 - declarations of ours


def _column_checks(name: str) -> list[str]:
    """For each check of a column set what it says where the row breaks it: code, severity, column, found, expected."""
    places = {column.code: column.position for column in column_set(name)}

    def side(terms: Iterable[tuple[str, int]]) -> str:
        return " + ".join(f"coalesce(c.figures[{places[code]}], 0)" for code, _ in terms)

    found = []
    for check in column_checks(name):
        left, right = side(check.left), side(check.right)
        broken = f"{left} <> {right}" if check.op == "=" else f"{left} > {right}"
        words = f"{check.code}:{check.severity.value}:{check.left[0][0]}:"
        found.append(f"CASE WHEN {broken} THEN '{words}' || ({left}) || ':' || ({right}) END")
    return found
