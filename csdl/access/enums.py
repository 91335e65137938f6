"""States of a grant, and what gives it force."""

from django.db.models import TextChoices

__all__ = ["GrantState", "Ground"]


class GrantState(TextChoices):
    """A grant is born inactive: no paper, no power (requirement R5, R6)."""

    INACTIVE = "inactive", "Chờ biên bản"
    ACTIVE = "active", "Đang hiệu lực"
    SUSPENDED = "suspended", "Tạm dừng"
    ENDED = "ended", "Đã kết thúc"


class Ground(TextChoices):
    """The kind of paper a grant stands on; which one, `Grant.paper_id` says (None for `setup`)."""

    APPOINTMENT = "appointment", "Quyết định bổ nhiệm, giao phụ trách"
    HANDOVER = "handover", "Văn bản bàn giao tài khoản quản trị"
    INSPECTION = "inspection", "Quyết định thanh tra, kiểm tra"
    MINUTES = "minutes", "Biên bản bàn giao và cam kết"
    SETUP = "setup", "Khởi tạo hệ thống"
