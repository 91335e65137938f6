"""Sign-in names of the demo, for the sign-in page; how long a password of the account must be."""

from typing import Any

from django import template
from django.conf import settings

from csdl.accounts.models import Account
from csdl.accounts.passwords import shortest
from csdl.demo.accounts import SignIn, sign_ins

register = template.Library()


@register.simple_tag
def demo_sign_ins() -> list[SignIn]:
    """Role, unit, user name and password of each demo account; nothing outside the demo."""
    return sign_ins() if settings.DEMO else []


@register.simple_tag(takes_context=True)
def shortest_password(context: dict[str, Any]) -> int:
    """The number of signs that the password of whoever is signed in has at least."""
    user = context["request"].user
    return shortest(user if isinstance(user, Account) else None)
