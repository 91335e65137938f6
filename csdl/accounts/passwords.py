"""Rules of passwords, in the words of our pages (S5): long, not common, nothing of oneself, none of the last ones."""

import re
from functools import cache
from pathlib import Path

from django.contrib.auth import password_validation
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.db import transaction

from csdl.accounts.models import Account, PasswordUsed
from csdl.accounts.second_factor import is_administrator, rules
from csdl.lib.vietnamese import fold

__all__ = ["HISTORY", "LongEnough", "NotCommon", "NotOneself", "NotUsedBefore", "set_password", "shortest"]

HISTORY = 5
_COMMON = Path(__file__).with_name("data") / "common_passwords_vi.txt"
# A word of the name shorter than this says nothing: "An" stands in half of all passwords.
_TELLING = 3


def shortest(account: Account | None) -> int:
    """How long the account's password must be: longer for those who administer others."""
    held = rules()
    if account is not None and account.pk and is_administrator(account):
        return max(held.password_length, held.admin_password_length)
    return held.password_length


@transaction.atomic
def set_password(account: Account, password: str) -> None:
    """Give the account a new password; the one before is remembered as used, the oldest are forgotten, and so is every
    device on which the password alone was enough."""
    if account.pk and account.password and account.has_usable_password():
        PasswordUsed.objects.create(account=account, password=account.password)
        kept = account.passwords_used.order_by("-at", "-pk").values_list("pk", flat=True)[:HISTORY]
        account.passwords_used.exclude(pk__in=list(kept)).delete()
    account.set_password(password)
    account.save()
    account.remembered_devices.all().delete()


class LongEnough:
    """At least so many characters as the rules say."""

    def validate(self, password: str, user: Account | None = None) -> None:
        least = shortest(user)
        if len(password) < least:
            raise ValidationError(
                f"Mật khẩu quá ngắn. Hãy dùng ít nhất {least} ký tự, ví dụ ghép vài từ dễ nhớ.", code="too_short"
            )

    def get_help_text(self) -> str:
        return f"Ít nhất {rules().password_length} ký tự; nên ghép vài từ dễ nhớ với bản thân."


class NotCommon:
    """Not a password that many have: Django's twenty thousand, those of Vietnam, and either of them with a few signs
    around it or between its repetitions; not one piece said again and again, not a row of the keyboard."""

    def validate(self, password: str, user: Account | None = None) -> None:
        plain = fold(password).replace(" ", "")
        core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain)
        many = _common()
        said = re.sub(r"[\W\d_]", "", plain)
        is_common = plain in many or (core in many and len(core) >= len(plain) - 8) or not core.strip("abc")
        is_common = is_common or (len(said) >= len(plain) - 8 and _said_again(said) in many)
        if is_common or _is_repeated(plain) or _is_row(plain):
            raise ValidationError("Mật khẩu này quá phổ biến, dễ bị đoán. Hãy chọn mật khẩu khác.", code="too_common")

    def get_help_text(self) -> str:
        return "Không dùng mật khẩu phổ biến như 123456789012, matkhau123456."


class NotOneself:
    """Neither the user name, nor the unit's code, nor the name, nor a word of the name with a year (of birth)."""

    def validate(self, password: str, user: Account | None = None) -> None:
        if user is None:
            return
        plain = re.sub(r"[\W_]", "", fold(password))
        words = fold(user.full_name).split()
        found = []
        username = re.sub(r"[\W_]", "", user.username)
        if len(username) >= _TELLING and username in plain:
            found.append("tên đăng nhập")
        if user.unit_code and user.unit_code.lower() in plain:
            found.append("mã đơn vị")
        phone = user.phone
        if phone and phone in plain:
            found.append("số điện thoại")
        has_name = len(words) > 1 and "".join(words) in plain
        has_year = re.search(r"(?:19|20)\d\d", plain) is not None
        if has_name or (has_year and any(len(word) >= _TELLING and word in plain for word in words)):
            found.append("họ tên, năm sinh")
        if found:
            raise ValidationError(
                f"Mật khẩu chứa {', '.join(found)} của bản thân hay đơn vị. Hãy chọn mật khẩu khác.", code="oneself"
            )

    def get_help_text(self) -> str:
        return "Không chứa tên đăng nhập, mã đơn vị, họ tên kèm năm sinh."


class NotUsedBefore:
    """Not the present password and none of the last five."""

    def validate(self, password: str, user: Account | None = None) -> None:
        if user is None or not user.pk:
            return
        before = list(user.passwords_used.order_by("-at", "-pk").values_list("password", flat=True)[:HISTORY])
        if any(check_password(password, known) for known in [user.password, *before] if known):
            raise ValidationError(
                f"Mật khẩu này đã dùng trong {HISTORY} lần gần đây. Hãy chọn mật khẩu khác.", code="used_before"
            )

    def get_help_text(self) -> str:
        return f"Không dùng lại {HISTORY} mật khẩu gần đây."


@cache
def _common() -> frozenset[str]:
    """Django's list (lower case) and ours, without accents."""
    known = password_validation.CommonPasswordValidator().passwords
    own = _COMMON.read_text(encoding="utf-8").split("\n")
    return frozenset(known) | {fold(line).replace(" ", "") for line in own if line.strip() and not line.startswith("#")}


def _said_again(letters: str) -> str:
    """The word that letters say twice or more and nothing else; empty where they do not."""
    sizes = (size for size in range(_TELLING, len(letters) // 2 + 1) if len(letters) % size == 0)
    return next((letters[:size] for size in sizes if letters[:size] * (len(letters) // size) == letters), "")


def _is_repeated(plain: str) -> bool:
    """One piece of up to five signs again and again, the last time perhaps cut off."""
    return any(plain == (plain[:size] * len(plain))[: len(plain)] for size in range(1, 6)) if plain else False


def _is_row(plain: str) -> bool:
    """Eight signs or more that follow one another in the alphabet, the digits or on the keyboard, and little else."""
    rows = ("abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb")
    for row in (*rows, *(one[::-1] for one in rows)):
        longest = max(
            (
                size
                for start in range(len(row))
                for size in range(8, len(row) - start + 1)
                if row[start : start + size] in plain
            ),
            default=0,
        )
        if longest and longest >= len(plain) - 4:
            return True
    return False
