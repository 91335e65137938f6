"""One after the other: who checks that something is not there yet, and then writes it, keeps others out until the end.

For what no row stands for that the web role may lock, where a constraint cannot say it, or says it too late.
"""

from django.db import connection

__all__ = ["take_turn"]


def take_turn(what: str, key: int) -> None:
    """Wait until nobody else is at `what` of the thing with that key; the turn ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{what} {key}"])
