"""Keeping the scope tables true to grants, postings and tree, and the tokens by which the database knows who acts.

Triggers on grants, postings, class ties and school levels derive the scopes of the accounts they touch in the same
transaction; what moves the tree of units calls `refresh_scopes`.
"""

from collections.abc import Sequence

from django.db import connection

__all__ = ["forget_acting_token", "issue_acting_token", "refresh_scopes"]


def refresh_scopes(account_ids: Sequence[int] | None = None) -> None:
    """Derive again what accounts reach, from their grants and the tree of today. None means every account."""
    with connection.cursor() as cursor:
        wanted = sorted(set(account_ids)) if account_ids is not None else None
        cursor.execute("SELECT csdl_refresh_scopes(%s::bigint[])", [wanted])


def issue_acting_token(account_id: int) -> str:
    """A random token by which the database knows this account for the length of a sign-in; none for a blocked one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT csdl_issue_acting_token(%s)", [account_id])
        return str(cursor.fetchone()[0] or "")


def forget_acting_token() -> None:
    """End the token of the running transaction (sign-out)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT csdl_forget_acting_token()")
