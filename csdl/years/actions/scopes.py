"""The scope kind "class": which classes a grant reaches."""

from collections.abc import Iterable

from django.db import transaction

from csdl.access.models import Grant
from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.years.models import ClassScope, SchoolClass

__all__ = ["tie_classes"]


@transaction.atomic
def tie_classes(*, actor: Actor, grant: Grant, classes: Iterable[SchoolClass]) -> None:
    """Let a grant of class kind reach these classes (a homeroom teacher's own); a trigger derives the scope."""
    actor.require(Permission.UNIT_MANAGE, on=grant.unit)
    ClassScope.objects.bulk_create([ClassScope(grant=grant, school_class=item) for item in classes])
