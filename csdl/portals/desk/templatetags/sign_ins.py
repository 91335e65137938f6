"""Sign-in names of the demo, for the sign-in page."""

from django import template
from django.conf import settings

from csdl.demo.accounts import SignIn, sign_ins

register = template.Library()


@register.simple_tag
def demo_sign_ins() -> list[SignIn]:
    """Role, unit, user name and password of each demo account; nothing outside the demo."""
    return sign_ins() if settings.DEMO else []
