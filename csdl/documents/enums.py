"""Vocabulary of the papers that a unit keeps."""

from django.db.models import TextChoices

__all__ = ["DocumentKind", "MediaType"]


class DocumentKind(TextChoices):
    """What a paper is (seed-analysis R3, R5-R7)."""

    APPOINTMENT = "appointment", "Quyết định bổ nhiệm, giao phụ trách"
    HANDOVER = "handover", "Biên bản bàn giao"
    COMMITMENT = "commitment", "Cam kết bảo đảm an ninh dữ liệu"
    ASSIGNMENT = "assignment", "Quyết định phân công nhiệm vụ"
    DIRECTIVE = "directive", "Công văn, văn bản chỉ đạo"
    INSPECTION = "inspection", "Quyết định thanh tra, kiểm tra"
    OTHER = "other", "Văn bản khác"


class MediaType(TextChoices):
    """The only kinds of file that are kept; told by their content, never by their name."""

    PDF = "application/pdf", "PDF"
    JPEG = "image/jpeg", "JPEG"
    PNG = "image/png", "PNG"

    @property
    def suffix(self) -> str:
        return {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}[self.value]
