"""Policies as SQL, compiled from the gate's declarations.

Shape (measured, architecture field notes): "sees everything" first, as an InitPlan that is evaluated once; then
hashed sub-selects over the small scope tables. All policies are permissive: a restrictive one reaches Citus workers
as a permissive one and would widen rights (D16).
"""

from collections.abc import Iterable, Iterator

import pghistory.models
from django.apps import apps
from django.db.models import Model

from csdl.lib.gate import OpenTable, Visibility, Year, declarations, open_tables, scope_kinds

__all__ = ["policy_statements"]

_ACCOUNT = "(SELECT csdl_account_id())"
_SEES_ALL = f"(SELECT EXISTS (SELECT 1 FROM access_scopeall WHERE account_id = {_ACCOUNT}))"
_HAS_A_UNIT = f"(SELECT EXISTS (SELECT 1 FROM access_scopeunit WHERE account_id = {_ACCOUNT}))"
_OPEN_YEARS = "ANY ((SELECT csdl_open_years())::smallint[])"


def policy_statements() -> list[str]:
    """Every statement that puts the wall up, in the order of table names; run again, the result is the same."""
    statements: list[str] = []
    for model, rule in sorted(declarations.items(), key=lambda item: item[0]._meta.db_table):
        statements += _of_table(model._meta.db_table, rule, history=False)
        for event in _histories(model):
            statements += _of_table(event._meta.db_table, rule, history=True)
    for model, table in sorted(open_tables.items(), key=lambda item: item[0]._meta.db_table):
        if table.written_by:
            statements += _of_open_table(model._meta.db_table, table)
    return statements


def _of_table(table: str, rule: Visibility, *, history: bool) -> Iterator[str]:
    yield from _fresh(table)
    yield f"CREATE POLICY gate_select ON {table} FOR SELECT USING ({_seen(table, rule)})"
    if history:
        # Written by triggers in the name of whoever changes the record; nobody holds UPDATE or DELETE on it.
        yield f"CREATE POLICY gate_insert ON {table} FOR INSERT WITH CHECK (true)"
    elif rule.is_log:
        # In one's own name and in no other; nobody holds UPDATE or DELETE on it.
        yield f"CREATE POLICY gate_insert ON {table} FOR INSERT WITH CHECK ({table}.{rule.own_column} = {_ACCOUNT})"
    else:
        yield from _writes(table, _written(table, rule), added=_born(table, rule))


def _of_open_table(table: str, rule: OpenTable) -> Iterator[str]:
    """Read by all, written by few. Tables that the web never writes have no policy but no grant to write either."""
    yield from _fresh(table)
    yield f"CREATE POLICY gate_select ON {table} FOR SELECT USING (true)"
    unit = None if rule.written_by == "all" else rule.written_by
    yield from _writes(table, _written(table, Visibility(rule.model, unit, year=rule.year)))


def _fresh(table: str) -> Iterator[str]:
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    for name in ("gate_select", "gate_insert", "gate_update", "gate_delete"):
        yield f"DROP POLICY IF EXISTS {name} ON {table}"


def _writes(table: str, written: str, *, added: Iterable[str] = ()) -> Iterator[str]:
    inserted = " OR ".join([f"({written})", *added])
    yield f"CREATE POLICY gate_insert ON {table} FOR INSERT WITH CHECK ({inserted})"
    yield f"CREATE POLICY gate_update ON {table} FOR UPDATE USING ({written}) WITH CHECK ({written})"
    yield f"CREATE POLICY gate_delete ON {table} FOR DELETE USING ({written})"


def _seen(table: str, rule: Visibility) -> str:
    return " OR ".join(
        [
            _SEES_ALL,
            *_by_unit(table, rule),
            *_by_class(table, rule),
            *_by_tie(table, rule),
            *_from_below(table, rule),
            *(f"({born} AND NOT {rule.born.tied}({table}.id))" for born in _born(table, rule) if rule.born),
        ]
    )


def _written(table: str, rule: Visibility) -> str:
    """Who reaches the row by a unit may write it, in a year that is open; a class alone gives no right to write."""
    ways = [_SEES_ALL, *_by_unit(table, rule)]
    if rule.through:
        ties = " OR ".join(_by_tie(table, rule))
        ways.append(f"({ties})" if rule.class_writes else f"({_HAS_A_UNIT} AND ({ties}))")
    written = " OR ".join(ways)
    return f"({written}) AND {_in_an_open_year(table, rule.year)}" if rule.year else written


def _in_an_open_year(table: str, year: Year) -> str:
    if year.of is None:
        column = f"{table}.{year.column}"
        return f"{f'({column} + {year.plus})' if year.plus else column} = {_OPEN_YEARS}"
    ties = " AND ".join(f"of_year.{theirs} = {table}.{ours}" for theirs, ours in year.of.columns)
    other = year.of.model._meta.db_table
    return f"EXISTS (SELECT 1 FROM {other} of_year WHERE {ties} AND of_year.{year.column} = {_OPEN_YEARS})"


def _born(table: str, rule: Visibility) -> Iterator[str]:
    if rule.born:
        yield f"({_HAS_A_UNIT} AND {table}.{rule.born.column} = {_ACCOUNT})"


def _by_unit(table: str, rule: Visibility) -> Iterator[str]:
    if rule.unit_column:
        yield f"{table}.{rule.unit_column} IN (SELECT unit_id FROM access_scopeunit WHERE account_id = {_ACCOUNT})"


def _from_below(table: str, rule: Visibility) -> Iterator[str]:
    if rule.from_below:
        yield f"{table}.{rule.unit_column} IN (SELECT csdl_units_above())"


def _by_class(table: str, rule: Visibility) -> Iterator[str]:
    if rule.class_column:
        kind = scope_kinds["class"]
        yield (f"{table}.{rule.class_column} IN (SELECT {kind.column} FROM {kind.table} WHERE account_id = {_ACCOUNT})")


def _by_tie(table: str, rule: Visibility) -> Iterator[str]:
    if rule.own_column:
        yield f"{table}.{rule.own_column} = {_ACCOUNT}"
    for way in rule.through:
        # The other table's own policy decides inside the sub-select: one rule, said once.
        other = way.model._meta.db_table
        ties = " AND ".join(f"tie.{theirs} = {table}.{ours}" for theirs, ours in way.columns)
        yield f"EXISTS (SELECT 1 FROM {other} tie WHERE {ties})"


def _histories(model: type[Model]) -> list[type[Model]]:
    return [
        event
        for event in apps.get_models()
        if issubclass(event, pghistory.models.Event) and getattr(event, "pgh_tracked_model", None) is model
    ]
