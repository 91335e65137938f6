"""Keeping the scope tables true to grants and tree, and the tokens by which the database knows who acts."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from csdl.access.roles import ROLES
from csdl.lib import sql
from csdl.lib.gate import scope_kinds

__all__ = ["forget_acting_token", "issue_acting_token", "refresh_scopes"]


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
