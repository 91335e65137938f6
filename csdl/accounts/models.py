"""Accounts: one named person, one sign-in. Owns the account and the tokens by which the database knows who acts.

Leaves to `access` what an account may do and see, and to `staff` which person it belongs to.
"""

from django.contrib.auth.models import AbstractUser
from django.db import models

__all__ = ["Account"]


class Account(AbstractUser):
    """One person's sign-in. The display name is kept here because sign-in precedes every right to read records."""

    first_name = None  # type: ignore[assignment] # Vietnamese names are one field
    last_name = None  # type: ignore[assignment]
    full_name = models.CharField("họ và tên", max_length=120)

    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = "tài khoản"

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        return self.full_name
