"""Telling the database who acts, for the length of one transaction (D4).

`set_config(…, true)` inside the transaction: the setting ends with it, survives transaction pooling, and leaves
nothing behind on a pooled session. The same settings name the actor to the row history.
"""

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager

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
def acting(token: str, account: Account | None) -> Iterator[None]:
    """One transaction in which the account acts. Views, streams and jobs of the web role run inside one."""
    with transaction.atomic(), clock.reading(act_as(token, account)):
        yield
