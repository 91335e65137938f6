"""What the calendar makes due, once an hour; each run finds what is done already."""

from procrastinate.contrib.django import app

from csdl.accounts.actor import SystemActor
from csdl.delegation.actions import upkeep

__all__ = ["keep_up_delegation"]


@app.periodic(cron="5 * * * *")
@app.task(queue="bulk", name="delegation.keep_up")
def keep_up_delegation(timestamp: int) -> None:
    """Mark, announce, release; the queue says when it was due."""
    upkeep(SystemActor("csdl phân quyền"))
