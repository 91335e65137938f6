"""The one clock of the business (D18): today and now, as the database's `csdl_now()` says.

Deadlines, snapshot days and validity are judged by this clock; sign-in, sessions and the log keep real time.
In the demo the day can be moved; nowhere else does the clock differ from the wall.
"""

import contextvars
import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from django.db import connection

__all__ = ["LOCAL_ZONE", "move_to", "now", "reading", "today"]

LOCAL_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_reading: contextvars.ContextVar[dt.datetime | None] = contextvars.ContextVar("clock_reading", default=None)


def now() -> dt.datetime:
    """The instant at which the business stands, in local time."""
    known = _reading.get()
    if known is None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT csdl_now()")
            (known,) = cursor.fetchone()
    return known.astimezone(LOCAL_ZONE)


def today() -> dt.date:
    """The local day (Asia/Ho_Chi_Minh) at which the business stands."""
    return now().date()


@contextmanager
def reading(instant: dt.datetime) -> Iterator[None]:
    """Hold one reading for the length of a request, so that a page never sees two days."""
    token = _reading.set(instant)
    try:
        yield
    finally:
        _reading.reset(token)


def move_to(instant: dt.datetime | None) -> None:
    """Move the clock to an instant, from where it runs on; None sets it right again. Demo and tests only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT csdl_move_clock(%s)", [instant])
