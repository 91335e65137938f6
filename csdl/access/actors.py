"""The real actor: an account and the grants that hold today."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, LiteralString

from django.db import connection
from django.db.models import Q, QuerySet

from csdl.access.enums import GrantState
from csdl.access.models import Grant, ScopeUnit
from csdl.access.roles import ROLES, Role
from csdl.accounts.actor import Actor, SystemActor, refuse
from csdl.accounts.models import Account
from csdl.accounts.permissions import Permission
from csdl.jobs.models import Job
from csdl.lib import clock
from csdl.lib.gate import scope_kinds
from csdl.orgs.models import OrgUnit

__all__ = ["GrantActor", "HeldGrant", "actor_for", "actor_of"]


@dataclass(frozen=True)
class HeldGrant:
    """One grant that holds today, with its role looked up."""

    grant_id: int
    unit_id: int
    role: Role


class GrantActor:
    """A person signed in. Several grants add up; each keeps its own unit."""

    def __init__(self, account: Account) -> None:
        self.account = account
        # Asked several times while one page is made; an actor lives no longer than that.
        self._classes: dict[tuple[int, ...], list[int]] = {}
        self._reaching: dict[int, set[int]] = {}

    @property
    def account_id(self) -> int:
        return int(self.account.pk)

    @property
    def label(self) -> str:
        return f"{self.account.full_name} ({self.account.username})"

    @cached_property
    def grants(self) -> list[HeldGrant]:
        today = clock.today()
        held = Grant.objects.filter(account=self.account, state=GrantState.ACTIVE, valid_from__lte=today).filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=today)
        )
        return [
            HeldGrant(grant_id, unit_id, ROLES[role_code])
            for grant_id, unit_id, role_code in held.order_by("pk").values_list("pk", "unit_id", "role_code")
            if role_code in ROLES
        ]

    @cached_property
    def home_unit(self) -> OrgUnit | None:
        """The unit of the first grant: what the top bar names."""
        return OrgUnit.objects.filter(pk=self.grants[0].unit_id).first() if self.grants else None

    @property
    def role_labels(self) -> list[str]:
        return [held.role.label for held in self.grants]

    def can(self, permission: Permission, *, on: Any = None) -> bool:
        holding = self._holding(permission)
        if on is None or not holding:
            return bool(holding)
        if self.sees_all(permission) or self.reaches(permission, _unit_id(on)):
            return True
        class_id = _class_id(on)
        return class_id is not None and class_id in self.scope_class_ids(permission)

    def require(self, permission: Permission, *, on: Any = None) -> None:
        if not self.can(permission, on=on):
            raise refuse(self, permission)

    def sees_all(self, permission: Permission) -> bool:
        return bool(set(self._holding(permission)) & self._grants_over_all)

    def unit_ids(self, permission: Permission) -> list[int] | None:
        if self.sees_all(permission):
            return None
        return list(self.scope_unit_ids(permission))

    def scope_unit_ids(self, permission: Permission) -> QuerySet[ScopeUnit, int]:
        """Units reached, as a sub-query over the scope table."""
        return ScopeUnit.objects.filter(account_id=self.account_id, grant_id__in=self._holding(permission)).values_list(
            "unit_id", flat=True
        )

    def scope_class_ids(self, permission: Permission) -> list[int]:
        """Classes reached; few, so their keys themselves."""
        kind = scope_kinds["class"]
        holding = tuple(self._holding(permission))
        if holding in self._classes:
            return self._classes[holding]
        with connection.cursor() as cursor:
            # The table's name comes from the registry, never from a request.
            cursor.execute(
                f"SELECT {kind.column} FROM {kind.table} WHERE account_id = %s AND grant_id = ANY (%s)",  # noqa: S608 - registry
                [self.account_id, self._holding(permission)],
            )
            found = self._classes[holding] = [row[0] for row in cursor.fetchall()]
        return found

    def reaches(self, permission: Permission, unit_id: int) -> bool:
        """Whether one of the grants that give the permission reaches a whole unit; one query for each unit."""
        if unit_id not in self._reaching:
            self._reaching[unit_id] = _grant_ids(
                "SELECT grant_id FROM access_scopeunit WHERE account_id = %s AND unit_id = %s", self.account_id, unit_id
            )
        return not self._reaching[unit_id].isdisjoint(self._holding(permission))

    def _holding(self, permission: Permission) -> list[int]:
        return [held.grant_id for held in self.grants if permission in held.role.permissions]

    @cached_property
    def _grants_over_all(self) -> set[int]:
        return _grant_ids("SELECT grant_id FROM access_scopeall WHERE account_id = %s", self.account_id)


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


def _class_id(row: Any) -> int | None:
    """The class a row is or belongs to; a row that knows its class says so (`school_class_id`)."""
    found = getattr(row, "school_class_id", None)
    return int(row.pk) if found is None and hasattr(row, "homerooms") and hasattr(row, "grades") else found
