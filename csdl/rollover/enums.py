"""Vocabulary of the rollover: what the plan does with a pupil, by which rule, and how a run stands."""

from django.db import models

__all__ = ["Act", "RunMode", "RunState"]


class Act(models.TextChoices):
    """What happens to one enrolment of the source year; the five parts of the conservation sum."""

    PROMOTE = "promote", "Lên lớp"
    RETAIN = "retain", "Ở lại lớp"
    COMPLETE = "complete", "Hoàn thành cấp học"
    PENDING = "pending", "Chờ xử lý"
    LEFT = "left", "Đã rời trường"


class RunState(models.TextChoices):
    PLANNED = "planned", "Đã lập kế hoạch"
    DONE = "done", "Đã chạy"
    CONFIRMED = "confirmed", "Đã xác nhận"
    UNDONE = "undone", "Đã hoàn tác"


class RunMode(models.TextChoices):
    SINGLE = "single", "Từng trường"
    PROVINCE = "province", "Cả tỉnh"
