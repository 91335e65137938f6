"""How django-allauth meets our accounts: named persons only, nobody signs up by themselves, failures are guarded."""

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse

from csdl.accounts import guarding
from csdl.accounts.models import Account
from csdl.accounts.passwords import set_password
from csdl.accounts.second_factor import has_second_factor
from csdl.lib.persons import clean_phone, phone_faults

__all__ = ["NamedAccountAdapter", "SecondFactorAdapter"]

# The same words whatever was wrong, and whether or not the account exists.
_NOT_IN = "Tên đăng nhập hoặc mật khẩu chưa đúng. Hãy kiểm tra lại rồi thử lần nữa."


class PhoneField(forms.CharField):
    """A phone number as people write it here, for telling it from a user name."""

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        if phone_faults(text):
            raise ValidationError("Số điện thoại không hợp lệ.")
        return clean_phone(text)


class NamedAccountAdapter(DefaultAccountAdapter):
    """Accounts are made by a unit's administrator; the sign-up page stays shut. Its errors speak Vietnamese."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "Tài khoản này đã bị khóa. Hãy hỏi người quản trị của đơn vị.",
        "email_password_mismatch": _NOT_IN,
        "enter_current_password": "Mật khẩu hiện nay chưa đúng.",
        "incorrect_code": "Mã chưa đúng hoặc đã dùng. Hãy nhập mã đang hiện trên điện thoại.",
        "incorrect_password": "Mật khẩu chưa đúng.",
        "invalid_login": _NOT_IN,
        "phone_password_mismatch": _NOT_IN,
        "username_password_mismatch": _NOT_IN,
        "too_many_login_attempts": "Nhập sai mã quá nhiều lần. Hãy đợi 15 phút rồi thử lại.",
        "rate_limited": "Quá nhiều yêu cầu trong thời gian ngắn. Hãy đợi một phút rồi thử lại.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        login = credentials.get("username") or credentials.get("email") or credentials.get("phone") or ""
        try:
            self._attempt = guarding.begin(str(login), self.get_client_ip(request))
        except guarding.Locked as refused:
            raise ValidationError(refused.message, code="locked") from None

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        found = super().authenticate(request, **credentials)
        if found is not None:
            guarding.passed(self._attempt)
        return found

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        guarding.failed(self._attempt)

    def set_password(self, user: Any, password: str) -> None:
        set_password(user, password)

    def get_login_stages(self) -> list[str]:
        ours = {"allauth.mfa.stages.AuthenticateStage": "csdl.accounts.devices.RememberingStage"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Who has a second factor shows it, on the page that asks for a fresh one; everybody else the password."""
        if isinstance(user, Account) and has_second_factor(user):
            url = reverse(settings.SECOND_FACTOR_URL)
            return [{"id": "mfa_reauthenticate", "description": "Xác thực bước thứ hai", "url": url}]
        found: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [one for one in found if one["id"] == "reauthenticate"]

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse(settings.ACCOUNT_PAGE_URL)

    # Signing in by phone number; no message is ever sent to one.

    def phone_form_field(self, **kwargs: Any) -> Any:
        return PhoneField(**kwargs)

    def get_user_by_phone(self, phone: str) -> Any:
        return Account.objects.filter(phone=clean_phone(phone)).order_by("-is_active", "pk").first()

    def get_phone(self, user: Any) -> tuple[str, bool] | None:
        return (user.phone, True) if user.phone else None

    def set_phone(self, user: Any, phone: str, verified: bool) -> None:
        Account.objects.filter(pk=user.pk).update(phone=clean_phone(phone))

    def set_phone_verified(self, user: Any, phone: str) -> None:
        """Nothing to do: the unit's administrator vouches for the number."""

    def send_verification_code_sms(self, user: Any, phone: str, code: str, **kwargs: Any) -> None:
        # Asked for where people sign up or prove a number by themselves; both are shut here.
        raise NotImplementedError("no message is sent to telephones")


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second factors in our words; their secrets stand encrypted in the database."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": "Chưa gỡ được cách xác thực này.",
        "cannot_generate_recovery_codes": "Hãy thiết lập ứng dụng xác thực hoặc khóa truy cập trước.",
        "incorrect_code": "Mã chưa đúng hoặc đã dùng. Hãy nhập mã đang hiện trên điện thoại.",
        "unverified_email": "Chưa thiết lập được xác thực hai bước.",
    }

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()

    def get_totp_label(self, user: Any) -> str:
        return str(user.username)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": settings.MFA_TOTP_ISSUER}

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        return {**super().get_public_key_credential_user_entity(user), "name": user.username}

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return f"Khóa truy cập {number}"


def _box() -> MultiFernet:
    """Keys from the secret key and from those before it."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    keys = [base64.urlsafe_b64encode(hashlib.sha256(("csdl.mfa:" + str(one)).encode()).digest()) for one in secrets]
    return MultiFernet([Fernet(key) for key in keys])
