"""Vocabulary of delegation: kinds and states of its papers."""

from django.db.models import TextChoices

__all__ = ["ConfirmedPaper", "MinutesKind", "PaperState", "Side", "SignedBy"]


class MinutesKind(TextChoices):
    """What minutes hand over."""

    DELEGATION = "delegation", "Biên bản bàn giao tài khoản, phân quyền"
    ADMINISTRATION = "administration", "Biên bản bàn giao tài khoản quản trị"
    REVOCATION = "revocation", "Biên bản thu hồi quyền"


class PaperState(TextChoices):
    """A signed paper is never changed; another replaces it, or it is withdrawn."""

    DRAFT = "draft", "Chờ ký"
    SIGNED = "signed", "Đã ký"
    VOIDED = "voided", "Hết hiệu lực"


class SignedBy(TextChoices):
    """How a paper was signed."""

    NOBODY = "", "Chưa ký"
    SCAN = "scan", "Bản giấy đã ký, có tệp quét"
    CONFIRMED = "confirmed", "Xác nhận trong phần mềm"
    MADE_UP = "made_up", "Giả lập của tỉnh mẫu"


class Side(TextChoices):
    """Who confirms."""

    GIVER = "giver", "Bên giao"
    RECEIVER = "receiver", "Bên nhận"


class ConfirmedPaper(TextChoices):
    MINUTES = "minutes", "Biên bản"
    COMMITMENT = "commitment", "Cam kết"
