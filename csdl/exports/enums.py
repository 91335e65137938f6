"""Vocabulary of files out."""

from django.db.models import TextChoices

__all__ = ["OF_UNITS", "FileFormat", "Purpose", "Signer"]


class FileFormat(TextChoices):
    """As what a list leaves."""

    XLSX = "xlsx", "Excel (xlsx)"
    PDF = "pdf", "PDF để in, lưu"
    JSON = "json", "JSON kèm từ điển dữ liệu"


class Purpose(TextChoices):
    """Why data leaves the system (Nghị định 13/2023/NĐ-CP, điều 3: processed for a stated purpose)."""

    WORK = "work", "Quản lý, theo dõi trong đơn vị"
    CHECK = "check", "Rà soát, đối chiếu dữ liệu"
    REPORT = "report", "Báo cáo cơ quan quản lý"
    EXAM = "exam", "Tổ chức kiểm tra, thi, xét tuyển"
    PARENTS = "parents", "Liên hệ cha mẹ học sinh"
    OTHER = "other", "Việc khác (ghi rõ)"


# What lists without pupils leave for.
OF_UNITS = tuple(one for one in Purpose if one != Purpose.PARENTS)


class Signer(TextChoices):
    """Who has a place to sign on paper."""

    MAKER = "maker", "Người lập"
    HOMEROOM = "homeroom", "Giáo viên chủ nhiệm"
    HEAD = "head", "Thủ trưởng đơn vị"
