"""Deletes what signing in leaves behind once its time is over. Real time; under the owner's rights, for the web may not
touch the tokens by which the database knows who acts."""

import datetime as dt

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from csdl.accounts.devices import forget_expired
from csdl.accounts.models import DeviceDay

__all__ = ["clear_expired"]

# Days on which an account was on a device: as long as sessions.note_device keeps them.
_DEVICE_DAYS = 90


@transaction.atomic
def clear_expired() -> dict[str, int]:
    """Delete expired sessions with their lines, acting tokens, remembered devices, old device days; how many of each.

    A fixed number of statements, however many rows; safe to run again.
    """
    now = timezone.now()
    sessions, _ = Session.objects.filter(expire_date__lt=now).delete()
    living = Session.objects.filter(session_key=OuterRef("session_key"))
    lines, _ = UserSession.objects.filter(~Exists(living)).delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_actingtoken WHERE expires_at < now()")
        tokens = cursor.rowcount
    old = timezone.localdate() - dt.timedelta(days=_DEVICE_DAYS)
    days, _ = DeviceDay.objects.filter(day__lt=old).delete()
    return {
        "sessions": sessions,
        "session_lines": lines,
        "tokens": tokens,
        "devices": forget_expired(),
        "device_days": days,
    }
