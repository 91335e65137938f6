"""The event log: who did what to which object, when, from where. Append-only and hash-chained.

Owns the log and its chain. Row history (what a row was before) is pghistory's, in each record's own event table.
"""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

__all__ = ["Event"]


class Event(models.Model):
    """One act. The columns `sealed_no` and `sealed_hash`, which only the sealer writes, chain it to the act sealed
    before it soon after it is written: a chain computed at insert would make every act wait for the longest running.
    """

    at = models.DateTimeField(db_default=Now(), editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    actor_label = models.CharField(max_length=200)
    kind = models.CharField(max_length=60)
    unit_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["unit_id", "-at"], name="event_by_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%d/%m/%Y %H:%M}"
