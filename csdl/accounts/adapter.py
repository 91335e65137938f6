"""How django-allauth meets our accounts: named persons only, nobody signs up by themselves."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

__all__ = ["NamedAccountAdapter"]


class NamedAccountAdapter(DefaultAccountAdapter):
    """Accounts are made by a unit's administrator; the sign-up page stays shut."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
