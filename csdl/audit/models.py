"""The event log: who did what to which object, when, from where. Append-only, one hash chain for each unit.

Owns the log, its chains and their daily roots. Row history (what a row was before) is pghistory's, in each record's own
event table. Tables: audit_event, audit_chainhead, audit_logroot, audit_roothead.
"""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

__all__ = ["ChainHead", "Event", "LogRoot", "RootHead"]


class Event(models.Model):
    """One act. The columns `sealed_no` and `sealed_hash`, which only the sealer writes, chain it to the act of the same
    unit sealed before it, soon after it is written: a chain computed at insert would make every act wait for the
    longest running. Events of no unit are chain 0.
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
            models.Index(fields=["account", "kind", "-at"], name="event_by_account"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%d/%m/%Y %H:%M}"


class ChainHead(models.Model):
    """How far one chain is sealed. Only the sealer writes it."""

    chain = models.BigIntegerField(primary_key=True, help_text="the unit's key; 0: events of no unit")
    last_no = models.BigIntegerField()
    last_hash = models.BinaryField()
    last_event_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.chain}: {self.last_no}"


class LogRoot(models.Model):
    """The root of one day, over the heads of all chains as they were sealed when the day had ended: what is printed."""

    day = models.DateField(unique=True)
    made_at = models.DateTimeField()
    root_hash = models.BinaryField()
    chain_count = models.IntegerField()
    event_count = models.BigIntegerField(help_text="events sealed in all chains by then")

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} {bytes(self.root_hash).hex()}"


class RootHead(models.Model):
    """The head of one chain in a root, kept where it moved since the root before."""

    root = models.ForeignKey(LogRoot, on_delete=models.PROTECT, related_name="heads")
    chain = models.BigIntegerField()
    last_no = models.BigIntegerField()
    last_hash = models.BinaryField()
    last_event_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "root"], name="a_chain_stands_in_a_root_once"),
        ]

    def __str__(self) -> str:
        return f"{self.root_id} {self.chain}: {self.last_no}"
