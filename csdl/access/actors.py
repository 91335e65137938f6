"""The real actor: an account and the grants that hold today."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, LiteralString

from django.db import connection
from django.db.models import Model, Q, QuerySet

from csdl.access.models import ScopeLevel, ScopeUnit
from csdl.access.roles import ROLES, Role
from csdl.accounts.actor import Actor, SystemActor, refuse
from csdl.accounts.models import Account
from csdl.accounts.permissions import Permission
from csdl.jobs.models import Job
from csdl.lib import clock
from csdl.lib.gate import TakerByDay, declarations, scope_kinds
from csdl.orgs.models import OrgUnit

__all__ = ["GrantActor", "HeldGrant", "actor_for", "actor_of", "taker_of"]

# Up to so many classes stand in a statement as their keys: the planner then knows how few they are.
_FEW_CLASSES = 100


@dataclass(frozen=True)
class HeldGrant:
    """One grant that holds today, with its role looked up. `is_reading`: ended, and still read until its renewal."""

    grant_id: int
    unit_id: int
    role: Role
    level_codes: tuple[str, ...] = ()
    is_reading: bool = False

    def gives(self, permission: Permission) -> bool:
        return permission in self.role.permissions and (permission.is_reading or not self.is_reading)


class GrantActor:
    """A person signed in. Several grants add up; each keeps its own unit."""

    def __init__(self, account: Account) -> None:
        self.account = account
        # Asked several times while one page is made; an actor lives no longer than that.
        self._classes: dict[tuple[int, ...], list[int]] = {}
        self._levels: dict[tuple[int, ...], set[tuple[int, str, str]]] = {}
        self._reaching: dict[int, set[int]] = {}

    @property
    def account_id(self) -> int:
        return int(self.account.pk)

    @property
    def label(self) -> str:
        return f"{self.account.full_name} ({self.account.username})"

    @cached_property
    def grants(self) -> list[HeldGrant]:
        """What holds today, as `csdl_grant_holds` says."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT grant_id, unit_id, role_code, level_codes, is_reading FROM csdl_grant_holds(ARRAY[%s::bigint])"
                " WHERE valid_from <= csdl_today() AND (valid_to IS NULL OR valid_to > csdl_today()) ORDER BY grant_id",
                [self.account_id],
            )
            rows = cursor.fetchall()
        return [
            HeldGrant(grant_id, unit_id, ROLES[role_code], tuple(level_codes), is_reading)
            for grant_id, unit_id, role_code, level_codes, is_reading in rows
            if role_code in ROLES
        ]

    @cached_property
    def home_unit(self) -> OrgUnit | None:
        """The unit of the first grant: what the top bar names."""
        return OrgUnit.objects.filter(pk=self.grants[0].unit_id).first() if self.grants else None

    def has_read(self, unit: OrgUnit) -> None:
        """A page has read this unit already: where it is the actor's own, it is not read a second time."""
        if self.grants and self.grants[0].unit_id == unit.pk:
            self.home_unit = unit

    @property
    def role_labels(self) -> list[str]:
        return list(dict.fromkeys(held.role.label for held in self.grants))

    def can(self, permission: Permission, *, on: Any = None) -> bool:
        holding = self._holding(permission)
        if on is None or not holding:
            return bool(holding)
        unit_id = _unit_id(on)
        if self.sees_all(permission) or self.reaches(permission, unit_id):
            return True
        class_id = _class_id(on)
        if class_id is not None and self._reaches_class(permission, class_id):
            return True
        if self._reaches_level(permission, unit_id, on):
            return True
        taker_id = taker_of(on)
        return taker_id is not None and self.reaches(permission, taker_id)

    def require(self, permission: Permission, *, on: Any = None) -> None:
        if not self.can(permission, on=on):
            raise refuse(self, permission)

    def sees_all(self, permission: Permission) -> bool:
        return bool(set(self._holding(permission)) & self.grants_over_all)

    def unit_ids(self, permission: Permission) -> list[int] | None:
        """Units reached whole."""
        if self.sees_all(permission):
            return None
        return list(self.scope_unit_ids(permission))

    def unit_levels(self, permission: Permission) -> list[tuple[int, str]]:
        """Levels reached of schools that teach others as well: (unit, level)."""
        if self.sees_all(permission) or not self.reaches_levels(permission):
            return []
        pairs = self.scopes(ScopeLevel, permission).values_list("unit_id", "level_code")
        return sorted(set(pairs))

    def scope_unit_ids(self, permission: Permission) -> QuerySet[ScopeUnit, int]:
        """Units reached whole, as a sub-query over the scope table."""
        return self.scopes(ScopeUnit, permission).values_list("unit_id", flat=True)

    def scope_class_ids(self, permission: Permission) -> Sequence[int] | QuerySet[Any, int]:
        """Classes reached; few of them as their keys themselves."""
        kind = scope_kinds["class"]
        found = self._class_keys(permission)
        if len(found) <= _FEW_CLASSES:
            return found
        return self.scopes(kind.model, permission).values_list(kind.field, flat=True)

    def reaches(self, permission: Permission, unit_id: int) -> bool:
        """Whether one of the grants that give the permission reaches a whole unit; one query for each unit."""
        return not self._reaching_whole(unit_id).isdisjoint(self._holding(permission))

    def note_reach(self, unit_id: int) -> None:
        """A page about one unit asks both next: which grants reach all units and which reach this one, in one query."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT grant_id, true FROM access_scopeall WHERE account_id = %s"
                " AND valid_from <= csdl_today() AND (valid_to IS NULL OR valid_to > csdl_today())"
                " UNION ALL SELECT grant_id, false FROM access_scopeunit WHERE account_id = %s AND unit_id = %s"
                " AND valid_from <= csdl_today() AND (valid_to IS NULL OR valid_to > csdl_today())",
                [self.account_id, self.account_id, unit_id],
            )
            found = cursor.fetchall()
        self.grants_over_all = {grant_id for grant_id, over_all in found if over_all}
        self._reaching[unit_id] = {grant_id for grant_id, over_all in found if not over_all}

    def covers(self, held: HeldGrant, unit_id: int) -> bool:
        """Whether a grant reaches a whole unit."""
        return held.grant_id in self.grants_over_all or held.grant_id in self._reaching_whole(unit_id)

    def _reaching_whole(self, unit_id: int) -> set[int]:
        if unit_id not in self._reaching:
            self._reaching[unit_id] = _grant_ids(
                "SELECT grant_id FROM access_scopeunit WHERE account_id = %s AND unit_id = %s"
                " AND valid_from <= csdl_today() AND (valid_to IS NULL OR valid_to > csdl_today())",
                self.account_id,
                unit_id,
            )
        return self._reaching[unit_id]

    def reaches_levels(self, permission: Permission) -> bool:
        """Whether a grant that gives the permission reaches a part of some school: only then need anybody ask which."""
        return not self._grants_over_levels.isdisjoint(self._holding(permission))

    def scopes[M: Model](self, model: type[M], permission: Permission) -> QuerySet[M]:
        """Rows of a scope table that a permission opens today."""
        today = clock.today()
        return model._default_manager.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=today),
            account_id=self.account_id,
            grant_id__in=self._holding(permission),
            valid_from__lte=today,
        )

    def _reaches_class(self, permission: Permission, class_id: int) -> bool:
        return class_id in self._class_keys(permission)

    def _class_keys(self, permission: Permission) -> list[int]:
        kind = scope_kinds["class"]
        holding = tuple(self._holding(permission))
        if not any(held.role.scope_kind == "class" for held in self.grants if held.grant_id in holding):
            return []
        if holding not in self._classes:
            with connection.cursor() as cursor:
                # The table's name comes from the registry, never from a request.
                cursor.execute(
                    f"SELECT {kind.column} FROM {kind.table} WHERE account_id = %s AND grant_id = ANY (%s)"  # noqa: S608 - registry
                    " AND valid_from <= csdl_today() AND (valid_to IS NULL OR valid_to > csdl_today())",
                    [self.account_id, list(holding)],
                )
                self._classes[holding] = [row[0] for row in cursor.fetchall()]
        return self._classes[holding]

    def _reaches_level(self, permission: Permission, unit_id: int, on: Any) -> bool:
        """Whether a row of a school that teaches several levels is of one that a grant is for."""
        if not self.reaches_levels(permission) or isinstance(on, int):
            return False
        holding = tuple(self._holding(permission))
        if holding not in self._levels:
            rows = self.scopes(ScopeLevel, permission).values_list("unit_id", "level_code", "grade_code")
            self._levels[holding] = set(rows)
        level, grade = getattr(on, "level_code", None), getattr(on, "grade_code", None)
        several = getattr(on, "level_codes", None) or ()
        rule = declarations.get(type(on))
        if rule is not None and (rule.every_level or (rule.levels_column and not several)):
            return any(unit == unit_id for unit, _, _ in self._levels[holding])
        return any(
            unit == unit_id
            and (level_code == level or level_code in several or (level is None and grade_code == grade))
            for unit, level_code, grade_code in self._levels[holding]
        )

    def _holding(self, permission: Permission) -> list[int]:
        return [held.grant_id for held in self.grants if held.gives(permission)]

    @cached_property
    def grants_over_all(self) -> set[int]:
        """Grants that reach every unit today."""
        return _grant_ids(
            "SELECT grant_id FROM access_scopeall WHERE account_id = %s"
            " AND valid_from <= csdl_today() AND (valid_to IS NULL OR valid_to > csdl_today())",
            self.account_id,
        )

    @cached_property
    def _grants_over_levels(self) -> set[int]:
        if not any(held.level_codes for held in self.grants):
            return set()
        return _grant_ids(
            "SELECT DISTINCT grant_id FROM access_scopelevel WHERE account_id = %s"
            " AND valid_from <= csdl_today() AND (valid_to IS NULL OR valid_to > csdl_today())",
            self.account_id,
        )


def _grant_ids(statement: LiteralString, *params: int) -> set[int]:
    """Asked for every page: as text, because building a query costs more than its answer."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return {row[0] for row in cursor.fetchall()}


def actor_for(account: Account) -> GrantActor:
    """The actor that an account is."""
    return GrantActor(account)


def actor_of(job: Job) -> Actor:
    """Whoever asked for a background run, with the rights held now."""
    return actor_for(Account.objects.get(pk=job.account_id)) if job.account_id else SystemActor("tác vụ nền")


def _unit_id(row: Any) -> int:
    """The unit a row is or belongs to."""
    if isinstance(row, int):
        return row
    for name in ("school_id", "unit_id", "pk"):
        if hasattr(row, name):
            return int(getattr(row, name))
    raise TypeError(f"{row!r} belongs to no unit")


def taker_of(row: Any) -> int | None:
    """The unit that took a row on its day, where its declaration knows one."""
    rule = declarations.get(type(row))
    if rule is None or rule.taken is None:
        return None
    found: int | None
    if isinstance(rule.taken, TakerByDay):
        day = row
        for name in rule.taken.day_field(type(row)).split("__"):
            day = getattr(day, name)
        above = rule.taken.versions._default_manager.filter(unit_id=_unit_id(row), valid_from__lte=day)
        still = Q(valid_to__isnull=True) | Q(valid_to__gt=day)
        found = above.filter(still).values_list("parent_id", flat=True).first()
    elif rule.taken.of is None:
        found = getattr(row, rule.taken.column)
    else:
        ((theirs, ours),) = rule.taken.of.columns
        other = rule.taken.of.model._default_manager.filter(**{theirs: getattr(row, ours)})
        found = other.values_list(rule.taken.column, flat=True).first()
    return found


def _class_id(row: Any) -> int | None:
    """The class a row is or belongs to; a row that knows its class says so (`school_class_id`)."""
    found = getattr(row, "school_class_id", None)
    return int(row.pk) if found is None and hasattr(row, "homerooms") and hasattr(row, "grades") else found
