"""Scopes follow the calendar: a unit moves to another parent on its day, and no act happens at that moment.

Days of grants and postings stand in the scopes themselves; nothing need run for those."""

from procrastinate.contrib.django import app

from csdl.access.actions import refresh_scopes

__all__ = ["refresh_all_scopes"]


@app.periodic(cron="*/10 * * * *")
@app.task(queue="bulk", name="access.refresh_all_scopes")
def refresh_all_scopes(timestamp: int) -> None:
    """Derive again what every account reaches; safe to run at any time. The queue says when it was due."""
    refresh_scopes()
