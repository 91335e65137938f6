"""Vocabulary of the school year: its states, outcomes, statuses (results-and-promotion §0; codes/*.csv)."""

from django.db import models

__all__ = [
    "ARRIVED_STATUSES",
    "DROPPED_STATUSES",
    "GONE_STATUSES",
    "PRESENT_STATUSES",
    "TRANSFERRED_STATUSES",
    "AdmissionKind",
    "AssignmentState",
    "Outcome",
    "YearState",
]


class YearState(models.TextChoices):
    PLANNED = "planned", "Chưa mở"
    OPEN = "open", "Đang mở"
    CLOSED = "closed", "Đã khóa"


class Outcome(models.TextChoices):
    """What the year decided about a pupil. `not_assessed` and `pending_*` are not yet a decision."""

    PROMOTED = "promoted", "Được lên lớp"
    RETAINED = "retained", "Ở lại lớp"
    PENDING_REASSESSMENT = "pending_reassessment", "Phải đánh giá lại trong hè"
    PENDING_SUMMER_TRAINING = (
        "pending_summer_training",
        "Phải rèn luyện trong kì nghỉ hè",
    )
    COMPLETED_PRESCHOOL = (
        "completed_preschool",
        "Hoàn thành chương trình giáo dục mầm non",
    )
    COMPLETED_PRIMARY = "completed_primary", "Hoàn thành chương trình tiểu học"
    COMPLETED_LOWER_SECONDARY = (
        "completed_lower_secondary",
        "Hoàn thành chương trình trung học cơ sở",
    )
    COMPLETED_UPPER_SECONDARY = (
        "completed_upper_secondary",
        "Hoàn thành chương trình giáo dục phổ thông",
    )
    GRADUATED = "graduated", "Tốt nghiệp trung học phổ thông"
    NOT_ASSESSED = "not_assessed", "Khuyết tật, không đánh giá"


class AdmissionKind(models.TextChoices):
    ADMITTED_BY_EXAM = "0", "Trúng tuyển"
    TRANSFERRED_IN = "1", "Chuyển đến từ trường khác"
    ADMITTED_BY_REVIEW = "2", "Xét tuyển"
    RETAINED = "3", "Lưu ban"
    PROMOTED = "4", "Lên lớp"


class AssignmentState(models.TextChoices):
    PROPOSED = "proposed", "Dự kiến"
    CONFIRMED = "confirmed", "Đã xác nhận"


PRESENT_STATUSES = ("01", "02", "03", "06", "07", "10")
GONE_STATUSES = ("04", "05", "08", "09", "11", "12")
# Of these: who came in the year, who went to another school, who stopped learning; in both semesters and the summer.
ARRIVED_STATUSES = ("02", "06", "10")
TRANSFERRED_STATUSES = ("04", "08", "11")
DROPPED_STATUSES = ("05", "09", "12")
