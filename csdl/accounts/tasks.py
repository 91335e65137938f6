"""What time makes worthless is deleted once a night: sessions, tokens, remembered devices, old device days."""

from procrastinate.contrib.django import app

from csdl.accounts.tidying import clear_expired

__all__ = ["clear_what_expired"]


@app.periodic(cron="35 2 * * *")
@app.task(queue="bulk", name="accounts.clear_expired")
def clear_what_expired(timestamp: int) -> None:
    """Delete it; safe to run at any time. The queue says when it was due."""
    clear_expired()
