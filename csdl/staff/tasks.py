"""What the calendar makes due for accounts, once an hour; each run finds what is done already."""

from procrastinate.contrib.django import app

from csdl.accounts.actor import SystemActor
from csdl.staff.actions import lock_leavers

__all__ = ["lock_accounts_of_leavers"]


@app.periodic(cron="10 * * * *")
@app.task(queue="bulk", name="staff.lock_leavers")
def lock_accounts_of_leavers(timestamp: int) -> None:
    """Lock the accounts of who works nowhere any more; the queue says when it was due."""
    lock_leavers(actor=SystemActor("csdl tài khoản"))
