"""Policies as SQL, compiled from the gate's declarations.

Shape (measured, architecture field notes): "sees everything" first, as an InitPlan that is evaluated once; then
hashed sub-selects over the small scope tables. All policies are permissive: a restrictive one reaches Citus workers
as a permissive one and would widen rights (D16).
"""

from collections.abc import Iterator

import pghistory.models
from django.apps import apps
from django.db.models import Model

from csdl.lib.gate import Visibility, declarations, scope_kinds

__all__ = ["policy_statements"]

_ACCOUNT = "(SELECT csdl_account_id())"
_SEES_ALL = f"(SELECT EXISTS (SELECT 1 FROM access_scopeall WHERE account_id = {_ACCOUNT}))"
_HAS_A_UNIT = f"(SELECT EXISTS (SELECT 1 FROM access_scopeunit WHERE account_id = {_ACCOUNT}))"
_OPEN_YEAR = "{column} = ANY ((SELECT csdl_open_years())::smallint[])"


def policy_statements() -> list[str]:
    """Every statement that puts the wall up, in the order of table names; run again, the result is the same."""
    statements: list[str] = []
    for model, rule in sorted(declarations.items(), key=lambda item: item[0]._meta.db_table):
        statements += _of_table(model._meta.db_table, rule, history=False)
        for event in _histories(model):
            statements += _of_table(event._meta.db_table, rule, history=True)
    return statements


def _of_table(table: str, rule: Visibility, *, history: bool) -> Iterator[str]:
    seen = _seen(table, rule)
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    for name in ("gate_select", "gate_insert", "gate_update", "gate_delete"):
        yield f"DROP POLICY IF EXISTS {name} ON {table}"
    yield f"CREATE POLICY gate_select ON {table} FOR SELECT USING ({seen})"
    if history:
        # Written by triggers in the name of whoever changes the record; nobody holds UPDATE or DELETE on it.
        yield f"CREATE POLICY gate_insert ON {table} FOR INSERT WITH CHECK (true)"
        return
    written = _written(table, rule)
    yield f"CREATE POLICY gate_insert ON {table} FOR INSERT WITH CHECK ({written})"
    yield f"CREATE POLICY gate_update ON {table} FOR UPDATE USING ({written}) WITH CHECK ({written})"
    yield f"CREATE POLICY gate_delete ON {table} FOR DELETE USING ({written})"


def _seen(table: str, rule: Visibility) -> str:
    return " OR ".join(
        [
            _SEES_ALL,
            *_by_unit(table, rule),
            *_by_class(table, rule),
            *_by_tie(table, rule),
        ]
    )


def _written(table: str, rule: Visibility) -> str:
    """Who reaches the row by a unit may write it, in a year that is open; a class alone gives no right to write."""
    ways = [_SEES_ALL, *_by_unit(table, rule)]
    if rule.through:
        ways.append(f"({_HAS_A_UNIT} AND ({' OR '.join(_by_tie(table, rule))}))")
    written = " OR ".join(ways)
    if rule.year_column:
        return f"({written}) AND {_OPEN_YEAR.format(column=f'{table}.{rule.year_column}')}"
    return written


def _by_unit(table: str, rule: Visibility) -> Iterator[str]:
    if rule.unit_column:
        yield f"{table}.{rule.unit_column} IN (SELECT unit_id FROM access_scopeunit WHERE account_id = {_ACCOUNT})"


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
