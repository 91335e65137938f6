"""The way of a report: who moved it when, what was signed, said about it, asked for; and what offices make of it.

`StateMove`, `Signature` are logs: rows are added in one's own name and never changed. The rows of a consolidation are
the sum of frozen cells and stay like them; another count is another version.
Tables: reports_statemove, reports_signature, reports_cellremark, reports_unlockrequest, reports_reminder,
reports_consolidation….
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from csdl.lib import history
from csdl.lib.records import Record
from csdl.orgs.models import OrgUnit
from csdl.reports.enums import ConsolidationState, Tier
from csdl.reports.models.freezing import ReportPeriod, Snapshot, Submission

__all__ = [
    "CellRemark",
    "Consolidation",
    "ConsolidationPart",
    "ConsolidationRow",
    "ConsolidationVersion",
    "Reminder",
    "Signature",
    "StateMove",
    "UnlockRequest",
]


@history.track()
class Consolidation(Record):
    """What one unit (an office, the department) makes of the accepted reports of a level below it."""

    period = models.ForeignKey(ReportPeriod, on_delete=models.PROTECT, related_name="consolidations")
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    level_code = models.CharField("cấp học", max_length=2)
    state = models.CharField(
        "tình trạng", max_length=20, choices=ConsolidationState.choices, default=ConsolidationState.MADE
    )
    current = models.ForeignKey("ConsolidationVersion", on_delete=models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField("gửi lúc", null=True)
    late_minutes = models.IntegerField("muộn (phút)", null=True, help_text="of the first sending; empty: in time")

    class Meta:
        verbose_name = "báo cáo tổng hợp"
        constraints = [
            models.UniqueConstraint(fields=["period", "unit", "level_code"], name="a_unit_consolidates_a_level_once"),
        ]

    def __str__(self) -> str:
        return f"{self.period_id} {self.unit_id} {self.level_code}"


class ConsolidationVersion(Record):
    """One sum, kept for ever. `missing`: the units that owe a report of the level and are not in it, with the state."""

    consolidation = models.ForeignKey(Consolidation, on_delete=models.PROTECT, related_name="versions")
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField("lần tổng hợp")
    basis = models.CharField("căn cứ", max_length=10)
    made_at = models.DateTimeField("tổng hợp lúc")
    made_by = models.BigIntegerField(null=True)
    made_by_label = models.CharField("người tổng hợp", max_length=200)
    expected_count = models.IntegerField("đơn vị phải báo cáo")
    included_count = models.IntegerField("đơn vị đã tổng hợp")
    pupil_count = models.IntegerField("học sinh", default=0)
    missing = models.JSONField("đơn vị còn thiếu", default=list)
    digest = models.CharField("mã băm", max_length=64, blank=True)

    class Meta:
        verbose_name = "lần tổng hợp"
        constraints = [
            models.UniqueConstraint(fields=["consolidation", "version"], name="a_consolidation_has_its_own_number"),
        ]

    def __str__(self) -> str:
        return f"{self.consolidation_id} v{self.version}"


class ConsolidationPart(models.Model):
    """One report that a consolidation adds, as it was sent. `unit` is the one that adds, `of_unit` the part's."""

    version = models.ForeignKey(ConsolidationVersion, on_delete=models.PROTECT, related_name="parts")
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, db_index=False, related_name="+")
    of_unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, db_index=False, related_name="+")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="+")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "báo cáo thành phần"
        constraints = [
            models.UniqueConstraint(fields=["version", "submission"], name="a_report_is_added_once"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.submission_id}"


class ConsolidationRow(models.Model):
    """The sums of one form row, in the order of its columns."""

    version = models.ForeignKey(ConsolidationVersion, on_delete=models.PROTECT, related_name="rows")
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, db_index=False, related_name="+")
    form_code = models.CharField(max_length=12)
    place = models.SmallIntegerField()
    indicator_code = models.CharField("mã số", max_length=6)
    figures = ArrayField(models.DecimalField(max_digits=16, decimal_places=3, null=True))

    class Meta:
        verbose_name = "dòng tổng hợp"
        constraints = [
            models.UniqueConstraint(fields=["version", "form_code", "place"], name="a_row_is_summed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.form_code} {self.indicator_code}"


class StateMove(models.Model):
    """One move of a report or of a consolidation: from which state to which, by whom, why, and of which freeze.

    `due_at`, `late_minutes` stand on a sending; lateness is judged by `moved_at`, the instant at which the row was
    written under the report's lock.
    """

    period = models.ForeignKey(ReportPeriod, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    level_code = models.CharField("cấp học", max_length=2)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, null=True, related_name="moves")
    consolidation = models.ForeignKey(Consolidation, on_delete=models.PROTECT, null=True, related_name="moves")
    name = models.CharField("bước", max_length=30)
    from_state = models.CharField("từ", max_length=20)
    to_state = models.CharField("đến", max_length=20)
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField("lý do", max_length=500, blank=True)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    actor_label = models.CharField("người thực hiện", max_length=200)
    moved_at = models.DateTimeField("lúc")
    due_at = models.DateTimeField("hạn", null=True)
    late_minutes = models.IntegerField("muộn (phút)", null=True)

    class Meta:
        verbose_name = "bước báo cáo"
        constraints = [
            models.CheckConstraint(
                name="a_move_is_of_a_report_or_of_a_consolidation",
                condition=models.Q(submission__isnull=True) ^ models.Q(consolidation__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.moved_at:%d/%m/%Y %H:%M}"


class Signature(models.Model):
    """A head's approval of one freeze, or of one consolidation, with a fresh second factor. Holds for that hash only:
    another freeze must be signed again."""

    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, null=True, related_name="signatures")
    version = models.ForeignKey(ConsolidationVersion, on_delete=models.PROTECT, null=True, related_name="signatures")
    digest = models.CharField("mã băm", max_length=64)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    actor_label = models.CharField("người ký", max_length=200)
    note = models.CharField("ghi chú", max_length=300, blank=True)
    signed_at = models.DateTimeField("ký lúc")

    class Meta:
        verbose_name = "chữ ký duyệt"
        constraints = [
            models.UniqueConstraint(fields=["snapshot"], name="a_freeze_is_signed_once"),
            models.UniqueConstraint(fields=["version"], name="a_consolidation_is_signed_once"),
            models.CheckConstraint(
                name="a_signature_is_under_a_freeze_or_a_consolidation",
                condition=models.Q(snapshot__isnull=True) ^ models.Q(version__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.actor_label


@history.track()
class CellRemark(Record):
    """What an office or the department says about a cell of a report, and what the school answers."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="remarks")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    tier = models.CharField("cấp nhận xét", max_length=12, choices=Tier.choices)
    form_code = models.CharField(max_length=12)
    indicator_code = models.CharField("mã số", max_length=6)
    column_code = models.CharField("cột", max_length=40)
    text = models.CharField("nhận xét", max_length=500)
    made_by = models.BigIntegerField(null=True)
    made_by_label = models.CharField("người nhận xét", max_length=200)
    made_at = models.DateTimeField("lúc")
    answer = models.CharField("trả lời", max_length=500, blank=True)
    answered_by_label = models.CharField("người trả lời", max_length=200, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "nhận xét trên ô"

    def __str__(self) -> str:
        return f"{self.form_code} {self.indicator_code}:{self.column_code}"


@history.track()
class UnlockRequest(Record):
    """A school asks to have its report opened again: why, what was decided, until when. It closes by the clock."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="unlock_requests")
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField("lý do", max_length=500)
    asked_by = models.BigIntegerField(null=True)
    asked_by_label = models.CharField("người đề nghị", max_length=200)
    asked_at = models.DateTimeField("đề nghị lúc")
    decision = models.CharField(
        "quyết định", max_length=10, blank=True, choices=[("granted", "Đã mở"), ("refused", "Không mở")]
    )
    answer = models.CharField("ý kiến", max_length=500, blank=True)
    decided_by = models.BigIntegerField(null=True)
    decided_by_label = models.CharField("người quyết định", max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    open_until = models.DateTimeField("mở đến", null=True)

    class Meta:
        verbose_name = "đề nghị mở khóa"
        constraints = [
            models.UniqueConstraint(
                fields=["submission"], condition=models.Q(decision=""), name="a_report_waits_for_one_unlock"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.decision or 'waiting'}"


class Reminder(models.Model):
    """A word from above to a unit that has not sent: it stands among its tasks until the report is sent."""

    period = models.ForeignKey(ReportPeriod, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    level_code = models.CharField("cấp học", max_length=2)
    text = models.CharField("nội dung", max_length=300)
    sent_by = models.BigIntegerField(null=True)
    sent_by_label = models.CharField("người nhắc", max_length=200)
    sent_at = models.DateTimeField("nhắc lúc")

    class Meta:
        verbose_name = "nhắc việc"
        indexes = [models.Index(fields=["unit", "period"], name="reminder_by_unit")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.sent_at:%d/%m/%Y %H:%M}"
