"""Policies as SQL, compiled from the gate's declarations.

Shape (measured, architecture field notes): "sees everything" first, as an InitPlan that is evaluated once; then
hashed sub-selects over what the acting account reaches in the table's area today. What it reaches, functions say
(`csdl_reads_units` and its kin, made here from the kinds of scope): a sub-select over the scope table itself would be
planned anew for every table of every statement, four times each, at ten times the cost of the call. All policies are
permissive: a restrictive one reaches Citus workers as a permissive one and would widen rights (D16).
"""

from collections.abc import Iterable, Iterator
from enum import IntFlag

import pghistory.models
from django.apps import apps
from django.db.models import Model

from csdl.access.roles import HEAD_ROLES, ROLES
from csdl.lib.gate import OpenTable, TakerByDay, Through, Visibility, Year, declarations, open_tables, scope_kinds

__all__ = ["policy_statements"]

_ACCOUNT = "(SELECT csdl_account_id())"
_TODAY = "(SELECT csdl_today())"
_OPEN_YEARS = "ANY ((SELECT csdl_open_years())::smallint[])"
_READS, _WRITES = "reads", "writes"


def policy_statements() -> list[str]:
    """Every statement that puts the wall up, in the order of table names; run again, the result is the same."""
    statements = [_roles(), _head_roles(), _refreshing(), *_reaching(_READS), *_reaching(_WRITES)]
    for model, rule in sorted(declarations.items(), key=lambda item: item[0]._meta.db_table):
        statements += _of_table(model._meta.db_table, rule, history=False)
        for event in _histories(model):
            statements += _of_table(event._meta.db_table, rule, history=True)
    for model, table in sorted(open_tables.items(), key=lambda item: item[0]._meta.db_table):
        if table.written_by:
            statements += _of_open_table(model._meta.db_table, table)
    return [*statements, "SELECT csdl_refresh_scopes(NULL)"]


def _roles() -> str:
    """What each role reads and writes, for the statements that derive scopes."""
    rows = ", ".join(
        f"('{role.code}', '{role.scope_kind}', {int(role.reads)}, {int(role.reads_after)}, {int(role.writes)})"
        for role in sorted(ROLES.values(), key=lambda role: role.code)
    )
    return (
        "CREATE OR REPLACE FUNCTION csdl_role_masks() RETURNS TABLE"
        " (role_code varchar, scope_kind varchar, reads integer, reads_after integer, writes integer)"
        f" LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ VALUES {rows} $$"
    )


def _head_roles() -> str:
    """The role that goes with heading a unit of a kind."""
    named = " ".join(f"WHEN '{kind}' THEN '{role}'" for kind, role in sorted(HEAD_ROLES.items()))
    return (
        "CREATE OR REPLACE FUNCTION csdl_head_role(kind varchar) RETURNS varchar"
        f" LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT CASE kind {named} ELSE 'school_head' END $$"
    )


def _refreshing() -> str:
    """Derive scopes again. Two at once for one account wait for each other: the second sees what the first wrote."""
    kinds = "".join(f" PERFORM {kind.refresh}(accounts);" for _, kind in sorted(scope_kinds.items()))
    return (
        "CREATE OR REPLACE FUNCTION csdl_refresh_scopes(accounts bigint[]) RETURNS void"
        " LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN"
        " IF cardinality(accounts) = 0 THEN RETURN; END IF;"
        " PERFORM csdl_hold_scopes(accounts); PERFORM csdl_refresh_unit_scopes(accounts);"
        f"{kinds} END; $$"
    )


def _reaching(mask: str) -> Iterator[str]:
    """What an account reaches today by scopes that open one of some areas, one function for each kind of scope.

    Bodies are bound to their tables when they are made, so a caller's search_path changes nothing; scope tables are
    open to all, so no rights of the owner are needed. The account is whom the caller names: a policy names
    `csdl_account_id()`.
    """

    def rows(columns: str, table: str) -> str:
        # Today is asked once, ahead of the rows.
        return (
            f"SELECT {columns} FROM (SELECT csdl_today() AS today OFFSET 0) day CROSS JOIN {table} held"
            f" WHERE held.account_id = account AND held.{mask} & areas <> 0"
            " AND held.valid_from <= day.today AND (held.valid_to IS NULL OR held.valid_to > day.today)"
        )

    def made(kind: str, answer: str, query: str) -> str:
        return (
            f"CREATE OR REPLACE FUNCTION csdl_{mask}_{kind}(account bigint, areas integer) RETURNS {answer}"
            f" LANGUAGE sql STABLE PARALLEL SAFE BEGIN ATOMIC {query}; END"
        )

    yield made("all", "boolean", f"SELECT EXISTS ({rows('1', 'access_scopeall')})")
    yield made("units", "SETOF bigint ROWS 20", rows("held.unit_id", "access_scopeunit"))
    yield made(
        "levels",
        "TABLE (unit_id bigint, level_code varchar, grade_code varchar) ROWS 20",
        rows("held.unit_id, held.level_code, held.grade_code", "access_scopelevel"),
    )
    for name, kind in sorted(scope_kinds.items()):
        yield made(name, "SETOF bigint ROWS 20", rows(f"held.{kind.column}", kind.table))


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
        changed = [*_by_taker(table, rule, _WRITES, rule.writes or _area(rule))]
        added = [*_born(table, rule), *(changed if isinstance(rule.taken, TakerByDay) else ())]
        yield from _writes(table, _written(table, rule), added=added, changed=changed)


def _of_open_table(table: str, rule: OpenTable) -> Iterator[str]:
    """Read by all, written by few. Tables that the web never writes have no policy but no grant to write either."""
    yield from _fresh(table)
    yield f"CREATE POLICY gate_select ON {table} FOR SELECT USING (true)"
    unit = None if rule.written_by == "all" else rule.written_by
    yield from _writes(table, _written(table, Visibility(rule.model, rule.area, unit, year=rule.year)))


def _fresh(table: str) -> Iterator[str]:
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    for name in ("gate_select", "gate_insert", "gate_update", "gate_delete"):
        yield f"DROP POLICY IF EXISTS {name} ON {table}"


def _writes(table: str, written: str, *, added: Iterable[str] = (), changed: Iterable[str] = ()) -> Iterator[str]:
    """`added`, `changed`: further ways by which rows are added, or changed only."""
    inserted = " OR ".join([f"({written})", *added])
    updated = " OR ".join([written, *changed])
    yield f"CREATE POLICY gate_insert ON {table} FOR INSERT WITH CHECK ({inserted})"
    yield f"CREATE POLICY gate_update ON {table} FOR UPDATE USING ({updated}) WITH CHECK ({updated})"
    yield f"CREATE POLICY gate_delete ON {table} FOR DELETE USING ({written})"


def _seen(table: str, rule: Visibility) -> str:
    area = _area(rule)
    own = [f"{table}.{rule.own_column} = {_ACCOUNT}"] if rule.own_column else []
    return " OR ".join(
        [
            _sees_all(_READS, area),
            *_by_unit(table, rule, _READS, area),
            *_by_class(table, rule, _READS, area),
            *_by_level(table, rule, _READS, area),
            *_by_taker(table, rule, _READS, area),
            *own,
            *(_tied(table, way, _READS, area) for way in rule.through),
            *_from_below(table, rule),
            *(f"({born} AND NOT {rule.born.tied}({table}.id))" for born in _born(table, rule) if rule.born),
        ]
    )


def _written(table: str, rule: Visibility) -> str:
    """Who reaches the row by a unit may write it, in a year that is open; a class or a level of a school alone gives no
    right to write, unless the declaration says so."""
    area = rule.writes or _area(rule)
    ways = [_sees_all(_WRITES, area), *_by_unit(table, rule, _WRITES, area)]
    if rule.level_writes:
        ways += _by_level(table, rule, _WRITES, area)
    ways += [_tied(table, way, _WRITES, area, class_writes=rule.class_writes) for way in rule.through]
    written = " OR ".join(ways)
    return f"({written}) AND {_in_an_open_year(table, rule.year)}" if rule.year else written


def _in_an_open_year(table: str, year: Year) -> str:
    if year.of is None:
        column = f"{table}.{year.column}"
        return f"{f'({column} + {year.plus})' if year.plus else column} = {_OPEN_YEARS}"
    ties = " AND ".join(f"of_year.{theirs} = {table}.{ours}" for theirs, ours in year.of.columns)
    other = year.of.model._meta.db_table
    return f"EXISTS (SELECT 1 FROM {other} of_year WHERE {ties} AND of_year.{year.column} = {_OPEN_YEARS})"


def _area(rule: Visibility) -> IntFlag:
    if rule.area is None:
        raise LookupError(f"{rule.model._meta.label} is declared without an area")
    return rule.area


def _today(mask: str, area: IntFlag) -> str:
    """Rows of a scope table that open the area to the acting account today, where they are read one by one."""
    return (
        f"held.account_id = {_ACCOUNT} AND held.{mask} & {int(area)} <> 0"
        f" AND held.valid_from <= {_TODAY} AND (held.valid_to IS NULL OR held.valid_to > {_TODAY})"
    )


def _held(mask: str, kind: str, area: IntFlag) -> str:
    """What the acting account reaches today in the area; the account is looked up ahead of the rows."""
    return f"csdl_{mask}_{kind}({_ACCOUNT}, {int(area)})"


def _sees_all(mask: str, area: IntFlag) -> str:
    return f"(SELECT {_held(mask, 'all', area)})"


def _born(table: str, rule: Visibility) -> Iterator[str]:
    if rule.born:
        holds = f"(SELECT EXISTS (SELECT 1 FROM {_held(_WRITES, 'units', rule.writes or _area(rule))}))"
        yield f"({holds} AND {table}.{rule.born.column} = {_ACCOUNT})"


def _by_unit(table: str, rule: Visibility, mask: str, area: IntFlag) -> Iterator[str]:
    if rule.unit_column:
        yield f"{table}.{rule.unit_column} IN (SELECT {_held(mask, 'units', area)})"


def _by_taker(table: str, rule: Visibility, mask: str, area: IntFlag) -> Iterator[str]:
    if rule.taken:
        units = f"(SELECT {_held(mask, 'units', area)})"
        if isinstance(rule.taken, TakerByDay):
            yield _by_taker_of_day(table, rule, rule.taken, units)
        elif rule.taken.of is None:
            yield f"{table}.{rule.taken.column} IN {units}"
        else:
            ((theirs, ours),) = rule.taken.of.columns
            other, column = rule.taken.of.model._meta.db_table, rule.taken.column
            # Listed once, not asked row by row: few rows of all were taken by one unit.
            yield f"{table}.{ours} IN (SELECT taken.{theirs} FROM {other} taken WHERE taken.{column} IN {units})"


def _by_taker_of_day(table: str, rule: Visibility, taken: TakerByDay, units: str) -> str:
    """Listed once as well: the units below on each of the days."""
    ((theirs, ours),) = taken.of.columns
    day = f"day.{taken.column}"
    return (
        f"({table}.{rule.unit_column}, {table}.{ours}) IN (SELECT taken.unit_id, day.{theirs}"
        f" FROM {taken.versions._meta.db_table} taken JOIN {taken.of.model._meta.db_table} day"
        f" ON taken.valid_from <= {day} AND (taken.valid_to IS NULL OR taken.valid_to > {day})"
        f" WHERE taken.parent_id IN {units})"
    )


def _from_below(table: str, rule: Visibility) -> Iterator[str]:
    if rule.from_below:
        yield f"{table}.{rule.unit_column} IN (SELECT csdl_units_above())"


def _by_class(table: str, rule: Visibility, mask: str, area: IntFlag) -> Iterator[str]:
    if rule.class_column:
        yield f"{table}.{rule.class_column} IN (SELECT {_held(mask, 'class', area)})"


def _by_level(table: str, rule: Visibility, mask: str, area: IntFlag) -> Iterator[str]:
    """One level of a school that teaches several."""
    held = _held(mask, "levels", area)
    if rule.every_level:
        yield f"{table}.{rule.unit_column} IN (SELECT unit_id FROM {held})"
    for ours, theirs in ((rule.level_column, "level_code"), (rule.grade_column, "grade_code")):
        if ours:
            yield f"({table}.{rule.unit_column}, {table}.{ours}) IN (SELECT unit_id, {theirs} FROM {held})"
    if rule.levels_column:
        # No hash over an array: asked row by row, and so only of rows at such a school, by the index of the table.
        several = f"{table}.{rule.levels_column}"
        level = (
            f"held.unit_id = {table}.{rule.unit_column} AND (held.level_code = ANY ({several}) OR {several} = '{{}}')"
        )
        yield (
            f"({table}.{rule.unit_column} IN (SELECT unit_id FROM {held})"
            f" AND EXISTS (SELECT 1 FROM access_scopelevel held WHERE {level} AND {_today(mask, area)}))"
        )
    if rule.level_by:
        # Row by row as well, and so only of rows at such a school.
        other = declarations[rule.level_by.model]
        ties = " AND ".join(f"of_level.{theirs} = {table}.{ours}" for theirs, ours in rule.level_by.columns)
        yield (
            f"({table}.{rule.unit_column} IN (SELECT unit_id FROM {held})"
            f" AND EXISTS (SELECT 1 FROM {other.model._meta.db_table} of_level WHERE {ties}"
            f" AND ({' OR '.join(_by_level('of_level', other, mask, area))})))"
        )


def _tied(table: str, way: Through, mask: str, area: IntFlag, *, class_writes: bool = True, depth: int = 0) -> str:
    """The row another hangs on is reached, and with the area asked for.

    Where reading asks for the other table's own area, that table's policy decides inside the sub-select: one rule,
    said once. Else its ways stand here again, with our area; its policy holds beside them.
    """
    other, rule = way.model._meta.db_table, declarations[way.model]
    name = f"tie{depth or ''}"
    ties = " AND ".join(f"{name}.{theirs} = {table}.{ours}" for theirs, ours in way.columns)
    if mask == _READS and area == rule.area:
        return f"EXISTS (SELECT 1 FROM {other} {name} WHERE {ties})"
    reached = [*_by_unit(name, rule, mask, area)]
    if mask == _READS or class_writes:
        reached += _by_class(name, rule, mask, area)
    if mask == _READS or class_writes or rule.level_writes:
        reached += _by_level(name, rule, mask, area)
    reached += _by_taker(name, rule, mask, area)
    reached += [
        _tied(name, further, mask, area, class_writes=class_writes, depth=depth + 1) for further in rule.through
    ]
    return f"EXISTS (SELECT 1 FROM {other} {name} WHERE {ties} AND ({' OR '.join(reached)}))"


def _histories(model: type[Model]) -> list[type[Model]]:
    return [
        event
        for event in apps.get_models()
        if issubclass(event, pghistory.models.Event) and getattr(event, "pgh_tracked_model", None) is model
    ]
