"""The life of a grant: born inactive, active by its paper, suspended, ended."""

import datetime as dt

from django.db import transaction

from csdl.access.actions.scopes import refresh_scopes
from csdl.access.enums import GrantState, Ground
from csdl.access.models import Grant
from csdl.access.roles import ROLES
from csdl.accounts.actor import Actor
from csdl.accounts.models import Account
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.orgs.models import OrgUnit

__all__ = ["give_role"]


@transaction.atomic
def give_role(
    *,
    actor: Actor,
    account: Account,
    role_code: str,
    unit: OrgUnit,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
) -> Grant:
    """Let an account act in a role at a unit; rows within reach show at its next page.

    A role of class kind reaches nothing until `years` ties classes to the grant.
    """
    actor.require(Permission.UNIT_MANAGE, on=unit)
    if role_code not in ROLES:
        raise ValueError(f"unknown role {role_code}")
    grant = Grant.objects.create(
        account=account,
        role_code=role_code,
        unit=unit,
        valid_from=valid_from,
        valid_to=valid_to,
        state=GrantState.ACTIVE,
        ground=Ground.SETUP,
        granted_by_id=actor.account_id,
    )
    refresh_scopes([account.pk])
    record(
        actor=actor,
        kind="grant:give",
        unit_id=unit.pk,
        data={"account": account.username, "role_code": role_code},
    )
    return grant
