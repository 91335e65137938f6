"""Requests to take out much personal data at once, and what another person said to them (S12).

A request and its decision are said once and not changed. Tables: exports_exportrules, exports_exportrequest,
exports_exportdecision.
"""

import datetime as dt

from django.conf import settings
from django.db import models

from csdl.exports.enums import Purpose
from csdl.lib import clock
from csdl.lib.records import Record
from csdl.orgs.models import OrgUnit

__all__ = ["ExportDecision", "ExportRequest", "ExportRules"]

ACCOUNT = settings.AUTH_USER_MODEL


class ExportRules(models.Model):
    """The one row of what the department lays down for taking data out; without it the values below hold."""

    approve_over = models.PositiveIntegerField("số người trong một tệp từ trên đó cần duyệt", default=1000)
    approval_hours = models.PositiveSmallIntegerField("số giờ lấy được tệp sau khi duyệt", default=24)
    request_days = models.PositiveSmallIntegerField("số ngày yêu cầu chờ duyệt", default=7)

    class Meta:
        verbose_name = "quy định tải dữ liệu"
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="the_rules_of_exports_are_one_row"),
        ]

    def __str__(self) -> str:
        return "Quy định tải dữ liệu"


class ExportRequest(Record):
    """One person asks to take out one list: which rows (address of its page), which columns, for what."""

    account = models.ForeignKey(ACCOUNT, on_delete=models.PROTECT, related_name="+")
    asked_by = models.CharField("người yêu cầu", max_length=200)
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=60)
    title = models.TextField("danh sách")
    path = models.CharField(max_length=300)
    query = models.TextField(blank=True)
    asked = models.JSONField(help_text="columns, purpose, reason, kind of file, as exports.lists.Asked has them")
    columns = models.JSONField("nội dung", help_text="header and is_sensitive of each column, for who decides")
    persons = models.PositiveIntegerField("số người")
    is_of_schools = models.BooleanField("của nhiều trường")
    asked_at = models.DateTimeField("yêu cầu lúc")
    lapses_at = models.DateTimeField("chờ duyệt đến")

    class Meta:
        verbose_name = "yêu cầu tải dữ liệu"
        indexes = [
            models.Index(fields=["unit", "-asked_at"], name="export_request_by_unit"),
            models.Index(fields=["account", "-asked_at"], name="export_request_by_account"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def said(self) -> "ExportDecision | None":
        """The decision; None while there is none."""
        return getattr(self, "decision", None)

    @property
    def is_approved(self) -> bool:
        """Approved, and the file may still be taken."""
        return self.said is not None and self.said.holds(clock.now())

    @property
    def state(self) -> tuple[str, str]:
        """Tone and words of where it stands."""
        if self.said is None:
            return ("wait", "Chờ duyệt") if self.is_waiting else ("calm", "Hết hạn chờ duyệt")
        if not self.said.is_approved:
            return "bad", "Từ chối"
        return ("good", "Đã duyệt") if self.is_approved else ("calm", "Đã duyệt, hết hạn lấy tệp")

    @property
    def purpose(self) -> str:
        """The purpose in words, with what was written beside it."""
        label = str(Purpose(self.asked["purpose"]).label)
        return f"{label}. {self.asked['reason']}" if self.asked["reason"] else label

    @property
    def is_waiting(self) -> bool:
        return self.said is None and self.lapses_at > clock.now()


class ExportDecision(models.Model):
    """Another person of the unit, or of one above, said yes or no."""

    request = models.OneToOneField(ExportRequest, on_delete=models.PROTECT, related_name="decision")
    account = models.ForeignKey(ACCOUNT, on_delete=models.PROTECT, related_name="+")
    decided_by = models.CharField("người duyệt", max_length=200)
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    is_approved = models.BooleanField("đồng ý")
    reason = models.CharField("lý do", max_length=300, blank=True)
    at = models.DateTimeField("lúc")
    expires_at = models.DateTimeField("lấy tệp đến", null=True)

    class Meta:
        verbose_name = "quyết định về yêu cầu tải dữ liệu"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_approved=True, expires_at__isnull=False)
                | (models.Q(is_approved=False, expires_at__isnull=True) & ~models.Q(reason="")),
                name="a_refused_export_says_why_an_approved_one_until_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.is_approved}"

    def holds(self, now: dt.datetime) -> bool:
        """Whether the file may be taken now."""
        return self.expires_at is not None and now < self.expires_at
