"""Telling the database who acts, for the length of one transaction (D4).

`set_config(…, true)` inside the transaction: the setting ends with it, survives transaction pooling, and leaves
nothing behind on a pooled session. The same settings name the actor to the row history.
"""

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction

from csdl.access.actions import issue_acting_token
from csdl.accounts.models import Account
from csdl.lib import clock

__all__ = ["TOKEN_HOURS", "act_as", "acting", "token_for"]

# As csdl_issue_acting_token has it.
TOKEN_HOURS = 12


def token_for(account: Account) -> str:
    """A fresh acting token for one sign-in or one background run."""
    return issue_acting_token(account.pk)


def act_as(token: str, account: Account | None) -> dt.datetime:
    """Name the actor to the running transaction; answers the business clock, read in the same round trip."""
    context = json.dumps({"account": account.pk, "label": account.username} if account else {})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('csdl.acting', %s, true), set_config('pghistory.context_metadata', %s, true),"
            " csdl_now()",
            [token, context],
        )
        instant: dt.datetime = cursor.fetchone()[2]
        return instant


@contextmanager
def acting(token: str, account: Account | None, *, as_web: bool = False) -> Iterator[None]:
    """One transaction in which the account acts. Views, streams and jobs of the web role run inside one.

    `as_web`: the owner's session, a worker's, gives up its own rights for the web role's as long as the block lasts,
    so that row policies hold there too.
    """
    with transaction.atomic(), clock.reading(act_as(token, account)):
        if as_web:
            _take_role(settings.DATABASE_NAMES.role_name("app"))
        yield
        if as_web:  # an error rolls the role back with everything else
            _take_role("none")


def _take_role(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('role', %s, true)", [name])
