"""One file brought in: the run, and what was read, planned and done for each of its rows.

A run is planned (nothing written yet), looked at, applied, and may be undone while nothing depends on it. Its rows keep
old and new cell by cell, so they are the history of the import. Tables: intake_importrun, intake_importrow,
intake_columnmapping.
"""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from csdl.intake.enums import RowState, RunState
from csdl.jobs.models import Job
from csdl.lib import history
from csdl.lib.records import Record
from csdl.orgs.models import OrgUnit

__all__ = ["ColumnMapping", "ImportRow", "ImportRun"]


@history.track(exclude=("file",))
class ImportRun(Record):
    """One file for one unit and school year, from reading to undoing.

    `kind` names what the file holds: one noun ("pupils") or the whole school ("school"). Every row the run writes
    carries its id in `run_id` and `applied_at` as its `changed_at`, so that a later edit can be told apart.
    """

    kind = models.CharField("loại dữ liệu", max_length=20)
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="đơn vị")
    start_year = models.SmallIntegerField("năm học")
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    file_name = models.CharField("tệp", max_length=200)
    file_sha256 = models.CharField(max_length=64)
    file = models.BinaryField(null=True, help_text="forgotten once applied")
    mapping = models.JSONField(default=dict, help_text="sheet -> {column name: header as the file has it}")
    options = models.JSONField(default=dict)
    state = models.CharField("tình trạng", max_length=10, choices=RunState.choices, default=RunState.UPLOADED)
    counts = models.JSONField(default=dict, help_text="noun -> row state -> rows")
    problem_count = models.IntegerField(default=0)
    message = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    planned_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "lần nhập dữ liệu"
        indexes = [models.Index(fields=["unit", "-created_at"], name="import_by_unit")]

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name}"


class ImportRow(models.Model):
    """One row of a file: where it stood, what it means, what is to be written, what is wrong with it."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rows")
    noun = models.CharField(max_length=20)
    sheet = models.CharField(max_length=100)
    row_no = models.IntegerField(help_text="as Excel counts")
    label = models.CharField(max_length=200, blank=True, help_text="what a person calls the row")
    school_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, choices=RowState.choices)
    is_wanted = models.BooleanField(default=True, help_text="a row left out, or a conflict not taken from the file")
    target_id = models.BigIntegerField(null=True, help_text="key of the main record that the row is about")
    values = models.JSONField(default=dict, help_text="column -> value as it would be stored")
    changes = models.JSONField(default=list, help_text="[{column, old, new}]; with `their`: changed by a colleague")
    problems = models.JSONField(default=list)
    kept = models.JSONField(
        default=dict, db_default={}, help_text="what stood before and after, where taking back needs it"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "sheet", "row_no", "noun"], name="a_row_of_a_file_is_planned_once"),
        ]
        indexes = [models.Index(fields=["run", "noun", "state"], name="import_row_by_state")]

    def __str__(self) -> str:
        return f"{self.sheet}!{self.row_no}"


class ColumnMapping(Record):
    """Headers that a unit once tied to columns: a file with the same headers is read without asking again."""

    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    noun = models.CharField(max_length=20)
    headers_key = models.CharField(max_length=64, help_text="digest of the folded headers")
    mapping = models.JSONField(default=dict, help_text="column name -> header")
    created_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "noun", "headers_key"], name="headers_are_mapped_once_a_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.noun}"
