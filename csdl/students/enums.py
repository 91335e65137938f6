"""Vocabulary of persons: state of an identity number, relation of a guardian, what a pupil's paper is."""

from django.db import models

__all__ = ["GuardianRelation", "IdState", "PaperKind"]


class IdState(models.TextChoices):
    MISSING = "missing", "Chưa có"
    CLAIMED = "claimed", "Đã khai, chưa xác thực"
    VERIFIED = "verified", "Đã xác thực"


class GuardianRelation(models.TextChoices):
    FATHER = "father", "Cha"
    MOTHER = "mother", "Mẹ"
    GUARDIAN = "guardian", "Người giám hộ"


class PaperKind(models.TextChoices):
    """Papers that a pupil's file holds as scans (requirement R10: complete dossiers)."""

    BIRTH = "birth", "Giấy khai sinh"
    RESIDENCE = "residence", "Giấy tờ cư trú"
    TRANSCRIPT = "transcript", "Học bạ"
    TRANSFER = "transfer", "Giấy tờ chuyển trường"
    POLICY = "policy", "Giấy tờ diện chính sách, ưu tiên"
    DISABILITY = "disability", "Giấy xác nhận khuyết tật"
    HEALTH = "health", "Giấy khám sức khỏe"
    CERTIFICATE = "certificate", "Bằng, giấy chứng nhận"
    OTHER = "other", "Giấy tờ khác"
