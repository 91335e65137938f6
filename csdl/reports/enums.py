"""Vocabulary of the reports (reports.md §10)."""

from django.db import models

__all__ = ["FREEZABLE", "Certainty", "ConsolidationState", "Fill", "FreezeMode", "Severity", "SubmissionState", "Tier"]


class SubmissionState(models.TextChoices):
    """Where one report of a unit and level stands. Who moves it from one to the next is the chain's table."""

    NOT_STARTED = "not_started", "Chưa lập"
    DRAFT = "draft", "Đang lập"
    SNAPSHOTTED = "snapshotted", "Đã chốt số liệu"
    SUBMITTED = "submitted", "Đã gửi"
    RETURNED = "returned", "Bị trả lại"
    APPROVED_L1 = "approved_l1", "Đã duyệt (Phòng)"
    FORWARDED = "forwarded", "Đã tổng hợp, gửi Sở"
    APPROVED_L2 = "approved_l2", "Đã duyệt (Sở)"
    FINALISED = "finalised", "Hoàn thành, gửi Bộ"


# After sending only a return opens the report for another freeze.
FREEZABLE = (
    SubmissionState.NOT_STARTED,
    SubmissionState.DRAFT,
    SubmissionState.SNAPSHOTTED,
    SubmissionState.RETURNED,
)


class FreezeMode(models.TextChoices):
    SINGLE = "single", "Từng trường"
    PROVINCE = "province", "Cả tỉnh"


class Fill(models.TextChoices):
    """How a row of a form gets its figures."""

    COMPUTED = "computed", "Tính từ hồ sơ"
    CARRIED = "carried", "Lấy từ kỳ trước, sửa được"
    TYPED = "typed", "Nhập tay"


class Certainty(models.TextChoices):
    """How sure a form's layout is: screens and papers say so until the official form is loaded."""

    EXACT = "exact", "Đúng biểu của Bộ"
    PARTLY = "partly", "Một phần suy luận"
    DRAFT = "draft", "Dự thảo"


class Severity(models.TextChoices):
    ERROR = "error", "Sai"
    WARNING = "warning", "Cần xem"


class Tier(models.TextChoices):
    """Where in the tree one stands when a report is moved: the unit itself, the office above it, the root."""

    SCHOOL = "school", "Trường"
    OFFICE = "office", "Phòng, xã, phường"
    DEPARTMENT = "department", "Sở"


class ConsolidationState(models.TextChoices):
    """Where the consolidated report of an office, or of the department, stands."""

    MADE = "made", "Đã tổng hợp"
    FORWARDED = "forwarded", "Đã gửi Sở"
    RETURNED = "returned", "Sở trả lại"
    ACCEPTED = "accepted", "Sở đã duyệt"
    CLOSED = "closed", "Đã đóng kỳ"
