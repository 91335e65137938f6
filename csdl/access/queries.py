"""The gate for reading: every list, page, export and endpoint starts at `visible`. And what pages about rights ask:
why somebody sees a row, what a grant would show, what somebody may give on."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import connection
from django.db.models import BooleanField, Exists, F, Func, Model, OuterRef, Q, QuerySet

from csdl.access.actors import GrantActor, HeldGrant, taker_of
from csdl.access.models import Grant, ScopeLevel, ScopeUnit
from csdl.access.roles import HEAD_ROLES, ROLES
from csdl.accounts.actor import Actor, refuse
from csdl.accounts.models import Account
from csdl.accounts.permissions import Permission
from csdl.lib.gate import Taker, TakerByDay, Through, Visibility, declarations, open_tables, scope_kinds
from csdl.orgs.models import OrgUnit

__all__ = ["Reason", "grantable_permissions", "preview", "visible", "why"]


def visible[M: Model](
    queryset: QuerySet[M], actor: Actor, permission: Permission, *, of_unit: int | None = None
) -> QuerySet[M]:
    """The rows of a queryset that the actor may see by this permission; `of_unit` narrows them to one unit's.

    Who reaches the whole unit is asked once, then no row is asked again.

    Errors:  NotAllowed when the actor holds the permission nowhere: that is "forbidden", not an empty list.
    The same declaration makes the database's row policies (`wall`), which hold when a query forgets to come here.
    """
    _check_area(queryset.model, permission)
    if not actor.can(permission):
        raise refuse(actor, permission)
    if of_unit is not None:
        queryset = queryset.filter(**{_unit_field(queryset.model): of_unit})
    if not isinstance(actor, GrantActor) or actor.sees_all(permission):
        return queryset
    if of_unit is not None and actor.reaches(permission, of_unit):
        return queryset
    return queryset.filter(_reached(queryset.model, _Held(actor, permission)))


@dataclass(frozen=True)
class Reason:
    """One way by which an account sees a row: this grant, at `tie` (the row itself or the one it hangs on).

    `how`: "all" every unit, "unit" the whole unit, "level" one level of a school that teaches several, "class". `grant`
    is None where whoever asks may not read the grant itself.
    """

    held: HeldGrant
    how: str
    tie: Model
    unit_id: int | None = None
    level_code: str = ""
    class_id: int | None = None
    grant: Grant | None = None


def why(who: Account | GrantActor, row: Model, permission: Permission) -> list[Reason]:
    """Why an account sees a row by a permission: grant → paper (on the grant) → scope → row; empty where it does not.

    Whoever asks must see the row too: what it hangs on is read with the asking account's own rights.
    """
    actor = who if isinstance(who, GrantActor) else GrantActor(who)
    _check_area(type(row), permission)
    held = {one.grant_id: one for one in actor.grants if one.gives(permission)}
    found = [Reason(held[key], "all", row) for key in sorted(actor.grants_over_all & held.keys())]
    found += _reasons(actor, permission, held, row)
    grants = Grant.objects.select_related("granted_by").in_bulk(list(held))
    distinct = {(one.held.grant_id, one.how, one.unit_id, one.level_code, one.class_id): one for one in found[::-1]}
    return [
        Reason(
            one.held, one.how, one.tie, one.unit_id, one.level_code, one.class_id, grants.get(one.held.grant_id)
        )
        for one in reversed(distinct.values())
    ]  # fmt: skip


def preview(
    *,
    role_code: str,
    unit: OrgUnit,
    level_codes: Sequence[str] = (),
    class_ids: Collection[int] = (),
    rows: Mapping[str, QuerySet[Any]],
) -> dict[str, int]:
    """How many of each kind of row a grant would show, before it is given; 0 where the role does not read that area.

    Counted by the tree, the classes and the rows of today: on which days it shows them, `delegation.queries.days_held`
    says. Whoever prints the figures says so.

    Shapes:  `rows` names what is counted ("học sinh": enrolments of the year …). Counted with the asking account's own
             rights: who gives on less than they hold sees true figures.
    """
    role = ROLES[role_code]
    reach = _Planned([], [], [], [], list(class_ids)) if role.scope_kind == "class" else _planned(unit, level_codes)
    counted = {}
    for name, queryset in rows.items():
        rule = declarations.get(queryset.model)
        reads = rule is None or bool(role.reads & (rule.area or 0))
        is_all = unit.parent_id is None and not level_codes and role.scope_kind == "unit"
        narrowed = queryset if is_all else queryset.filter(_reached(queryset.model, reach))
        counted[name] = narrowed.count() if reads else 0
    return counted


def grantable_permissions(actor: Actor, unit: OrgUnit) -> frozenset[Permission]:
    """What an actor may give on over a whole unit: what they hold there themselves; where the unit's administration
    account was handed to them, all that the head of such a unit holds."""
    if not isinstance(actor, GrantActor):
        return frozenset(Permission)
    found: set[Permission] = set()
    for held in actor.grants:
        if held.is_reading or not actor.covers(held, unit.pk):
            continue
        found |= held.role.permissions
        if held.role.code == "unit_admin" and held.unit_id == unit.pk:
            found |= ROLES[HEAD_ROLES.get(unit.kind, "school_head")].permissions
    return frozenset(found)


class _IsOneOf(Func):
    """value = ANY (array)"""

    template, arg_joiner, output_field = "(%(expressions)s))", " = ANY (", BooleanField()


class _Reach(Protocol):
    """What some right reaches: whole units, levels of schools, classes, one's own rows; `places`: all units that it
    reaches whole or by a level."""

    def units(self) -> Any: ...

    def levels(self, model: type[Model], rule: Visibility) -> Q | None: ...

    def level_units(self) -> Any: ...

    def places(self) -> Any: ...

    def classes(self) -> Any: ...

    @property
    def account_id(self) -> int | None: ...


@dataclass(frozen=True)
class _Held:
    """What an actor reaches today by a permission, as sub-queries over the scope tables."""

    actor: GrantActor
    permission: Permission

    @property
    def account_id(self) -> int:
        return self.actor.account_id

    def units(self) -> Any:
        return self.actor.scope_unit_ids(self.permission)

    def classes(self) -> Any:
        return self.actor.scope_class_ids(self.permission)

    def level_units(self) -> Any:
        if not self.actor.reaches_levels(self.permission):
            return None
        return self.actor.scopes(ScopeLevel, self.permission).values("unit_id")

    def places(self) -> Any:
        return self.units().union(self.actor.scopes(ScopeLevel, self.permission).values_list("unit_id", flat=True))

    def levels(self, model: type[Model], rule: Visibility) -> Q | None:
        if rule.unit_column is None or not self.actor.reaches_levels(self.permission):
            return None
        scopes = self.actor.scopes(ScopeLevel, self.permission)
        of_unit = scopes.filter(unit_id=OuterRef(_field(model, rule.unit_column)))
        if rule.every_level:
            return Q(Exists(of_unit))
        if rule.level_by:
            return _level_by(model, rule.level_by, self)
        for ours, theirs in ((rule.level_column, "level_code"), (rule.grade_column, "grade_code")):
            if ours:
                return Q(Exists(of_unit.filter(**{theirs: OuterRef(_field(model, ours))})))
        if rule.levels_column:
            several = _field(model, rule.levels_column)
            named = Exists(of_unit.filter(_IsOneOf(F("level_code"), OuterRef(several))))
            return Q(named) | Q(Exists(of_unit), **{several: []})
        return None


@dataclass(frozen=True)
class _Planned:
    """What a grant would reach: keys, because no scope table knows it yet."""

    unit_ids: list[int]
    mixed_ids: list[int]
    level_codes: list[str]
    grade_codes: list[str]
    class_ids: list[int]
    account_id: int | None = None

    def units(self) -> Any:
        return self.unit_ids

    def classes(self) -> Any:
        return self.class_ids

    def level_units(self) -> Any:
        return self.mixed_ids or None

    def places(self) -> Any:
        return [*self.unit_ids, *self.mixed_ids]

    def levels(self, model: type[Model], rule: Visibility) -> Q | None:
        if rule.unit_column is None or not self.mixed_ids:
            return None
        of_unit = Q(**{f"{_field(model, rule.unit_column)}__in": self.mixed_ids})
        if rule.every_level:
            return of_unit
        if rule.level_by:
            return of_unit & (_level_by(model, rule.level_by, self) or Q(pk__in=[]))
        if rule.level_column:
            return of_unit & Q(**{f"{_field(model, rule.level_column)}__in": self.level_codes})
        if rule.grade_column:
            return of_unit & Q(**{f"{_field(model, rule.grade_column)}__in": self.grade_codes})
        if rule.levels_column:
            several = _field(model, rule.levels_column)
            return of_unit & (Q(**{f"{several}__overlap": self.level_codes}) | Q(**{several: []}))
        return None


def _level_by(model: type[Model], way: Through, reach: _Reach) -> Q | None:
    """Rows that hang on a row of a level that is reached."""
    found = reach.levels(way.model, declarations[way.model])
    if found is None:
        return None
    ties = {_field(way.model, theirs): OuterRef(_field(model, ours)) for theirs, ours in way.columns}
    return Q(Exists(way.model._default_manager.filter(found, **ties)))


def _planned(unit: OrgUnit, level_codes: Sequence[str]) -> _Planned:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unit_id, level_code, grade_code FROM csdl_scope_of(%s, %s::varchar[])", [unit.pk, list(level_codes)]
        )
        reached = cursor.fetchall()
    return _Planned(
        [unit_id for unit_id, level, _ in reached if level is None],
        sorted({unit_id for unit_id, level, _ in reached if level is not None}),
        list(level_codes),
        sorted({grade for _, level, grade in reached if level is not None}),
        [],
    )


def _reached(model: type[Model], reach: _Reach) -> Q:
    if model in open_tables:
        return _open_table(model, reach)
    rule = declarations[model]
    ways = Q(pk__in=[])
    if rule.unit_column:
        unit = f"{_field(model, rule.unit_column)}__in"
        ways |= Q(**{unit: reach.units()})
        if (of_level := reach.levels(model, rule)) is not None:
            # No index answers "whole unit or one level"; that the row is at one of these units, an index does.
            ways = Q(**{unit: reach.places()}) & (ways | of_level)
    if rule.taken:
        ways |= _taken(model, rule, rule.taken, reach.units())
    if rule.class_column:
        ways |= Q(**{f"{_field(model, rule.class_column)}__in": reach.classes()})
    if rule.own_column and reach.account_id is not None:
        ways |= Q(**{_field(model, rule.own_column): reach.account_id})
    for way in rule.through:
        inner = way.model._default_manager.filter(
            **{_field(way.model, theirs): OuterRef(_field(model, ours)) for theirs, ours in way.columns}
        ).filter(_reached(way.model, reach))
        ways |= Q(Exists(inner))
    return ways


def _taken(model: type[Model], rule: Visibility, taken: Taker | TakerByDay, units: Any) -> Q:
    """Rows that one of the units took on their day."""
    if isinstance(taken, TakerByDay):
        day, unit = OuterRef(taken.day_field(model)), OuterRef(_field(model, rule.unit_column or ""))
        above = taken.versions._default_manager.filter(unit_id=unit, parent_id__in=units, valid_from__lte=day)
        return Q(Exists(above.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))))
    if taken.of is None:
        return Q(**{f"{_field(model, taken.column)}__in": units})
    ((theirs, ours),) = taken.of.columns
    other = taken.of.model
    rows = other._default_manager.filter(**{f"{_field(other, taken.column)}__in": units})
    return Q(**{f"{_field(model, ours)}__in": rows.values(_field(other, theirs))})


def _open_table(model: type[Model], reach: _Reach) -> Q:
    """Public facts of a unit: lists show the account's own part; of a school that teaches other levels as well, who
    reaches one level sees what everybody may read anyway."""
    names = {field.name for field in model._meta.get_fields()}
    own, part = reach.units(), reach.level_units()
    key = "pk" if model is OrgUnit else next((f"{name}_id" for name in ("school", "unit") if name in names), "")
    if not key:
        return Q()
    whole = Q(**{f"{key}__in": own})
    return whole if part is None else whole | Q(**{f"{key}__in": part})


def _reasons(actor: GrantActor, permission: Permission, held: Mapping[int, HeldGrant], row: Model) -> Iterator[Reason]:
    """The scopes that reach a row, then those that reach what it hangs on."""
    model = type(row)
    rule = declarations.get(model) or Visibility(model, unit_column=_unit_column(model))
    taker_id = taker_of(row)
    if taker_id is not None:
        for scope in actor.scopes(ScopeUnit, permission).filter(unit_id=taker_id):
            yield Reason(held[scope.grant_id], "unit", row, unit_id=taker_id)
    unit_id = _value(row, rule.unit_column)
    if unit_id is not None:
        for scope in actor.scopes(ScopeUnit, permission).filter(unit_id=unit_id):
            yield Reason(held[scope.grant_id], "unit", row, unit_id=unit_id)
        of_level = actor.scopes(ScopeLevel, permission).filter(unit_id=unit_id)
        levels = _value(row, rule.levels_column) or [_value(row, rule.level_column)]
        grade = _value(row, rule.grade_column)
        matching = of_level.filter(grade_code=grade) if grade else of_level.filter(level_code__in=levels)
        if rule.every_level or (rule.levels_column and not _value(row, rule.levels_column)):
            matching = of_level
        for grant_id, level in matching.values_list("grant_id", "level_code").distinct():
            yield Reason(held[grant_id], "level", row, unit_id=unit_id, level_code=level)
    class_id = _value(row, rule.class_column)
    if class_id is not None:
        kind = scope_kinds["class"]
        for grant_id in (
            actor.scopes(kind.model, permission).filter(**{kind.field: class_id}).values_list("grant_id", flat=True)
        ):
            yield Reason(held[grant_id], "class", row, class_id=class_id)
    for way in (*rule.through, *([rule.level_by] if rule.level_by else [])):
        same = {_field(way.model, theirs): _value(row, ours) for theirs, ours in way.columns}
        for further in way.model._default_manager.filter(**same):
            yield from _reasons(actor, permission, held, further)


def _unit_column(model: type[Model]) -> str | None:
    """Where a public table holds its unit."""
    if model is OrgUnit:
        return "id"
    columns = {field.column for field in model._meta.concrete_fields}
    return next((name for name in ("school_id", "unit_id") if name in columns), None)


def _value(row: Model, column: str | None) -> Any:
    return getattr(row, _field(type(row), column)) if column else None


def _unit_field(model: type[Model]) -> str:
    """Name of the field that holds the unit by which rows of the model are reached."""
    column = declarations[model].unit_column
    if column is None:
        raise LookupError(f"{model._meta.label} is not reached by a unit of its own")
    return _field(model, column)


def _check_area(model: type[Model], permission: Permission) -> None:
    """A permission that does not read a table's area opens none of its rows: asking by it is a mistake of the code."""
    rule = declarations.get(model)
    if rule is not None and permission.reads and not permission.reads & (rule.area or 0):
        raise LookupError(f"{permission.value} does not read {model._meta.label}: see accounts/permissions.py")


def _field(model: type[Model], column: str) -> str:
    """Name by which the ORM knows a column."""
    for field in model._meta.concrete_fields:
        if field.column == column:
            return field.attname if field.is_relation else field.name
    raise LookupError(f"{model._meta.label} has no column {column}")
