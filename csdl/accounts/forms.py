"""Sign-in forms of django-allauth in our words; what they check beyond it is said where it happens."""

from typing import Any

from allauth.account import forms as account_forms
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp_forms
from django.core.cache import cache

from csdl.accounts.second_factor import rules

__all__ = [
    "ChangePasswordForm",
    "CodeAgainForm",
    "CodeForm",
    "PasswordAgainForm",
    "SetUpTotpForm",
    "SignInForm",
]

# Longer than a code is taken: its own half minute and one on either side.
_USED_SECONDS = 120
_EMPTY = {"required": "Hãy nhập nội dung này."}


def _spoken(form: Any, **labels: str) -> None:
    for name, label in labels.items():
        form.fields[name].label = label
        form.fields[name].error_messages |= _EMPTY


class SignInForm(account_forms.LoginForm):
    """User name, mail address or phone number, and the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _spoken(self, login="Tên đăng nhập", password="Mật khẩu")  # noqa: S106 - a label


class PasswordAgainForm(account_forms.ReauthenticateForm):
    """The password, to be sure who sits there."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _spoken(self, password="Mật khẩu")  # noqa: S106 - a label


class ChangePasswordForm(account_forms.ChangePasswordForm):
    """The present password, and the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _spoken(self, oldpassword="Mật khẩu hiện nay", password1="Mật khẩu mới", password2="Nhập lại mật khẩu mới")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()  # type: ignore[no-untyped-call] # allauth is untyped here
        if "password2" in self.errors and cleaned.get("password1"):
            self.errors["password2"] = self.error_class(["Hai lần nhập mật khẩu mới chưa giống nhau."])
        return cleaned


class _OneTime:
    """A code of the authenticator is taken once, however long it is valid."""

    authenticator: Authenticator
    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _spoken(self, code="Mã xác thực")

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc] # the form's own
        if self.authenticator.type == Authenticator.Type.TOTP:
            digits = "".join(filter(str.isdigit, code))
            if not cache.add(f"csdl.totp:{self.authenticator.user_id}:{digits}", 1, _USED_SECONDS):
                raise get_adapter().validation_error("incorrect_code")
        return code


class CodeForm(_OneTime, mfa_forms.AuthenticateForm):
    """A code of the authenticator or a recovery code, at sign-in; and whether this browser is remembered.

    `remember_days`: for how long, 0 where the department remembers none. The tick is read in `accounts.devices`, where
    a passkey comes by as well.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.remember_days = rules().remember_days


class CodeAgainForm(_OneTime, mfa_forms.ReauthenticateForm):
    """The same, from somebody who is signed in."""


class SetUpTotpForm(totp_forms.ActivateTOTPForm):
    """The first code of a new authenticator."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _spoken(self, code="Mã 6 chữ số trên điện thoại")
