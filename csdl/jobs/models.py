"""Background runs as a person sees them: what is running, how far it is, how it ended.

Owns the progress row. The queue itself is procrastinate's, in the same database (D8).
"""

from django.conf import settings
from django.db import models
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Now

from csdl.lib.records import Record

__all__ = ["Job", "JobState"]


class JobState(models.TextChoices):
    QUEUED = "queued", "Đang chờ"
    RUNNING = "running", "Đang chạy"
    DONE = "done", "Đã xong"
    FAILED = "failed", "Không thành công"


class Job(Record):
    """One background run asked for by one account. The page polls this row."""

    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    args = models.JSONField(default=dict)
    unit_id = models.GeneratedField(
        expression=Cast(KT("args__unit_id"), models.BigIntegerField()),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
        help_text="the unit the run is about, where it is about one",
    )
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    total_count = models.PositiveIntegerField(default=0)
    done_count = models.PositiveIntegerField(default=0)
    message = models.TextField(blank=True)
    result = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account", "-created_at"], name="job_by_account")]

    def __str__(self) -> str:
        return self.title
