"""How django-allauth meets our accounts: named persons only, nobody signs up by themselves."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

__all__ = ["NamedAccountAdapter"]


class NamedAccountAdapter(DefaultAccountAdapter):
    """Accounts are made by a unit's administrator; the sign-up page stays shut. Its errors speak Vietnamese."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "Tài khoản này đã bị khóa. Hãy hỏi người quản trị của đơn vị.",
        "enter_current_password": "Hãy nhập mật khẩu hiện tại.",
        "incorrect_password": "Mật khẩu chưa đúng.",
        "invalid_login": "Không đăng nhập được. Hãy kiểm tra tên đăng nhập và mật khẩu.",
        "username_password_mismatch": "Tên đăng nhập hoặc mật khẩu chưa đúng. Hãy kiểm tra lại rồi thử lần nữa.",
        "too_many_login_attempts": "Nhập sai quá nhiều lần. Hãy đợi 15 phút rồi thử lại.",
        "rate_limited": "Quá nhiều yêu cầu trong thời gian ngắn. Hãy đợi một phút rồi thử lại.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
