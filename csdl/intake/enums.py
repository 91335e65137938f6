"""Vocabulary of imports."""

from django.db.models import TextChoices

__all__ = ["RowState", "RunState"]


class RunState(TextChoices):
    """How far a file is. `refused`: it could not be read as a whole; the run's message says why."""

    UPLOADED = "uploaded", "Đã tải lên"
    REFUSED = "refused", "Không nhận"
    PLANNED = "planned", "Chờ ghi"
    APPLIED = "applied", "Đã ghi"
    UNDONE = "undone", "Đã hoàn tác"


class RowState(TextChoices):
    """What applying does with a row; every data row of a sheet is in exactly one."""

    CREATED = "created", "Thêm mới"
    UPDATED = "updated", "Cập nhật"
    UNCHANGED = "unchanged", "Không đổi"
    CONFLICT = "conflict", "Cần chọn"
    REJECTED = "rejected", "Không nhận"
