"""The second factor: who needs one, since when, and whether it was shown just now.

Two seams for the modules above.

Who needs one. `access` says it, for it knows the rights; any rule that says yes is enough:

    second_factor.register_need(holds_export_or_approve_rights)
    second_factor.register_administrator(gives_rights_to_others)  # longer password, shorter idle time

A fresh one for an act that stands for a signature. Put the decorator on the page that shows the form and on the one
that takes it, or call the function inside:

    @login_required
    @second_factor_required
    def minutes_confirm(request, grant): ...

Whoever showed a code or a passkey within the last ten minutes (at sign-in too) goes on. Everybody else is led to one
page that asks for it and comes back here: a form that was sent comes back to its own page and is sent again. Who has no
second factor at all is led to the page that sets one up.
"""

import datetime as dt
import time
from collections.abc import Callable
from functools import wraps

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse

from csdl.accounts.models import Account, SignInRules
from csdl.lib import clock

__all__ = [
    "FRESH_SECONDS",
    "SecondFactorWanted",
    "confirm_second_factor",
    "has_second_factor",
    "is_administrator",
    "is_fresh",
    "must_set_up",
    "needs_second_factor",
    "register_administrator",
    "register_need",
    "rules",
    "second_factor_required",
]

FRESH_SECONDS = 10 * 60
KINDS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
_needs: list[Callable[[Account], bool]] = []
_administrators: list[Callable[[Account], bool]] = []


class SecondFactorWanted(Exception):
    """Raised where a fresh second factor is asked for; a middleware leads to the page that asks."""


def register_need(need: Callable[[Account], bool]) -> Callable[[Account], bool]:
    """Add a rule that says which accounts need a second factor; also usable as a decorator."""
    _needs.append(need)
    return need


def register_administrator(rule: Callable[[Account], bool]) -> Callable[[Account], bool]:
    """Add a rule that says which accounts administer others: they have the longer password and the shorter session."""
    _administrators.append(rule)
    return rule


def needs_second_factor(account: Account) -> bool:
    """Whether the account's rights ask for a second factor."""
    return any(need(account) for need in _needs)


def is_administrator(account: Account) -> bool:
    """Whether the account administers others (S5, S8)."""
    return any(rule(account) for rule in _administrators)


def has_second_factor(account: Account) -> bool:
    """Whether the account has an authenticator or a passkey; recovery codes alone are none."""
    return Authenticator.objects.filter(user_id=account.pk, type__in=KINDS).exists()


def rules() -> SignInRules:
    """What the department laid down for signing in."""
    return SignInRules.objects.first() or SignInRules(pk=1)


def must_set_up(day: dt.date | None) -> bool:
    """Whether the grace period is over, where it ends before `day`; by the clock of the business."""
    return day is not None and day <= clock.today()


def is_fresh(request: HttpRequest) -> bool:
    """Whether whoever is signed in showed a second factor within the last ten minutes."""
    if not isinstance(request.user, Account):
        return False
    newest = max(
        (float(one["at"]) for one in get_authentication_records(request, request.user) if one.get("method") == "mfa"),
        default=0.0,
    )
    return 0 <= time.time() - newest < FRESH_SECONDS


def confirm_second_factor(request: HttpRequest) -> None:
    """Go on only with a fresh second factor.

    Errors:  SecondFactorWanted, which becomes a redirect: nothing is written by then, so ask before the act.
    """
    if not is_fresh(request):
        raise SecondFactorWanted


def second_factor_required[**P](view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Decorator of a page that stands for a signature."""

    @wraps(view)
    def asked(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        request = args[0]
        assert isinstance(request, HttpRequest)
        confirm_second_factor(request)
        return view(*args, **kwargs)

    return asked
