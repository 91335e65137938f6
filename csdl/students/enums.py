"""Vocabulary of persons: state of an identity number, relation of a guardian."""

from django.db import models

__all__ = ["GuardianRelation", "IdState"]


class IdState(models.TextChoices):
    MISSING = "missing", "Chưa có"
    CLAIMED = "claimed", "Đã khai, chưa xác thực"
    VERIFIED = "verified", "Đã xác thực"


class GuardianRelation(models.TextChoices):
    FATHER = "father", "Cha"
    MOTHER = "mother", "Mẹ"
    GUARDIAN = "guardian", "Người giám hộ"
