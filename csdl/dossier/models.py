"""Inspection dossiers: asked for, made, opened until their last day. Table: dossier_dossier.

The ZIP stands on the disk; the row says what was in it, and stays when the file has gone.
"""

from django.db import models
from django.db.models.functions import Now

from csdl.jobs.models import Job
from csdl.lib import history
from csdl.lib.records import Record
from csdl.orgs.models import OrgUnit

__all__ = ["Dossier"]


@history.track()
class Dossier(Record):
    """One dossier of a unit for a period, both days inclusive. Made once `made_at` is there."""

    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="dossiers")
    first_on = models.DateField("từ ngày")
    last_on = models.DateField("đến hết ngày")
    asked_by = models.CharField("người yêu cầu", max_length=200)
    asked_at = models.DateTimeField(db_default=Now(), editable=False)
    created_by = models.BigIntegerField(null=True)
    job = models.ForeignKey(Job, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(null=True)
    expires_on = models.DateField("mở được đến hết ngày", null=True)
    content_sha256 = models.CharField(max_length=64, blank=True, help_text="of the list of hashes")
    file_sha256 = models.CharField(max_length=64, blank=True)
    size_bytes = models.BigIntegerField(default=0)
    counts = models.JSONField(default=dict, help_text="section -> rows, files")
    warnings = models.JSONField(default=list, help_text="files that were changed or are gone")

    class Meta:
        verbose_name = "hồ sơ thanh tra"
        indexes = [models.Index(fields=["unit", "-asked_at"], name="dossier_by_unit")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_on__gte=models.F("first_on")), name="a_dossier_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=models.Q(made_at__isnull=True)
                | (~models.Q(file_sha256="") & models.Q(expires_on__isnull=False)),
                name="a_dossier_that_is_made_has_its_hash_and_last_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.first_on:%d/%m/%Y}-{self.last_on:%d/%m/%Y}"
