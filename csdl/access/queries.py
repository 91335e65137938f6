"""The gate for reading: every list, page, export and endpoint starts at `visible`."""

from django.db.models import CharField, Exists, Func, Model, OuterRef, Q, QuerySet

from csdl.access.actors import GrantActor
from csdl.accounts.actor import Actor, refuse
from csdl.accounts.permissions import Permission
from csdl.lib.gate import Visibility, declarations, open_tables
from csdl.orgs.models import OrgUnit

__all__ = ["visible"]


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
    return queryset.filter(_reached(queryset.model, actor, permission))


def _unit_field(model: type[Model]) -> str:
    """Name of the field that holds the unit by which rows of the model are reached."""
    column = declarations[model].unit_column
    if column is None:
        raise LookupError(f"{model._meta.label} is not reached by a unit of its own")
    return _field(model, column)


def _reached(model: type[Model], actor: GrantActor, permission: Permission) -> Q:
    if model in open_tables:
        return _open_table(model, actor, permission)
    rule = declarations[model]
    ways = Q(pk__in=[])
    if rule.unit_column:
        ways |= Q(**{f"{_field(model, rule.unit_column)}__in": actor.scope_unit_ids(permission)})
    if actor.reaches_levels(permission):
        ways |= _by_level(model, rule, actor, permission)
    if rule.class_column:
        ways |= Q(**{f"{_field(model, rule.class_column)}__in": actor.scope_class_ids(permission)})
    if rule.own_column:
        ways |= Q(**{_field(model, rule.own_column): actor.account_id})
    for way in rule.through:
        inner = way.model._default_manager.filter(
            **{_field(way.model, theirs): OuterRef(_field(model, ours)) for theirs, ours in way.columns}
        ).filter(_reached(way.model, actor, permission))
        ways |= Q(Exists(inner))
    return ways


def _open_table(model: type[Model], actor: GrantActor, permission: Permission) -> Q:
    """Public facts of a unit: lists show the account's own part."""
    names = {field.name for field in model._meta.get_fields()}
    own = actor.scope_unit_ids(permission)
    # Of a school that teaches other levels as well, who reaches one level sees what everybody may read anyway.
    part = actor.scope_levels(permission).values("unit_id") if actor.reaches_levels(permission) else None
    if model is OrgUnit:
        return Q(pk__in=own) | Q(pk__in=part) if part is not None else Q(pk__in=own)
    for name in ("school", "unit"):
        if name in names:
            whole = Q(**{f"{name}_id__in": own})
            return whole | Q(**{f"{name}_id__in": part}) if part is not None else whole
    return Q()


def _by_level(model: type[Model], rule: Visibility, actor: GrantActor, permission: Permission) -> Q:
    """Rows of the levels reached of schools that teach several."""
    if rule.unit_column is None:
        return Q(pk__in=[])
    of_unit = actor.scope_levels(permission).filter(unit_id=OuterRef(_field(model, rule.unit_column)))
    for ours, theirs in ((rule.level_column, "level_code"), (rule.grade_column, "grade_code")):
        if ours:
            return Q(Exists(of_unit.filter(**{theirs: OuterRef(_field(model, ours))})))
    if rule.levels_column:
        several = Func(OuterRef(_field(model, rule.levels_column)), function="ANY", output_field=CharField())
        return Q(Exists(of_unit.filter(level_code=several)))
    return Q(pk__in=[])


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
