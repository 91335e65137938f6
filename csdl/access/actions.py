"""Giving roles, and keeping the scope tables true to grants and tree."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from csdl.access.models import Grant
from csdl.access.roles import ROLES
from csdl.accounts.actor import Actor
from csdl.accounts.models import Account
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.lib import sql
from csdl.lib.gate import scope_kinds
from csdl.orgs.models import OrgUnit

__all__ = ["forget_acting_token", "give_role", "issue_acting_token", "refresh_scopes"]


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
    )
    refresh_scopes([account.pk])
    record(
        actor=actor,
        kind="grant:give",
        unit_id=unit.pk,
        data={"account": account.username, "role_code": role_code},
    )
    return grant


@transaction.atomic
def refresh_scopes(account_ids: Sequence[int] | None = None) -> None:
    """Derive again what accounts reach, from grants valid today and the tree of today. None means every account."""
    params: dict[str, Any] = {"account_ids": list(account_ids) if account_ids is not None else None}
    # Two at once would both write what both have found missing.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('csdl.access.scopes'))")
    unit_roles = [role.code for role in ROLES.values() if role.scope_kind == "unit"]
    for name in ("10_forget_scopes", "11_forget_scope_all"):
        sql.execute("csdl.access", name, **params)
    for name in ("20_scope_all", "21_scope_units"):
        sql.execute("csdl.access", name, unit_roles=unit_roles, **params)
    for kind in scope_kinds.values():
        kind.refresh(list(account_ids) if account_ids is not None else [])


def issue_acting_token(account_id: int) -> str:
    """A random token by which the database knows this account for the length of a sign-in; none for a blocked one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT csdl_issue_acting_token(%s)", [account_id])
        return str(cursor.fetchone()[0] or "")


def forget_acting_token() -> None:
    """End the token of the running transaction (sign-out)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT csdl_forget_acting_token()")
