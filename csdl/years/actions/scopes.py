"""The scope kind "class": which classes a grant reaches."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from csdl.access.actions import refresh_scopes
from csdl.access.models import Grant
from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.lib import sql
from csdl.years.models import ClassScope, SchoolClass

__all__ = ["refresh_class_scopes", "tie_classes"]


@transaction.atomic
def tie_classes(*, actor: Actor, grant: Grant, classes: Iterable[SchoolClass]) -> None:
    """Let a grant of class kind reach these classes (a homeroom teacher's own)."""
    actor.require(Permission.UNIT_MANAGE, on=grant.unit)
    ClassScope.objects.bulk_create([ClassScope(grant=grant, school_class=item) for item in classes])
    refresh_scopes([grant.account_id])


def refresh_class_scopes(account_ids: list[int]) -> None:
    """Derive again which classes accounts reach; an empty list means every account."""
    params: dict[str, Any] = {"account_ids": account_ids or None}
    sql.execute("csdl.years", "10_forget_class_scopes", **params)
    sql.execute("csdl.years", "20_scope_classes", **params)
