"""Browsers remembered for the second factor (S6): for so many days as the department says, signing in there takes the
password alone.

The browser keeps a random token in a cookie of its account's own, here stands its hash; each use gives it another, and
a browser of another kind is none that is remembered. A remembered device never makes
a second factor *fresh*: what stands for a signature still asks (`second_factor.confirm_second_factor`).
"""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_used
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from csdl.accounts import signals
from csdl.accounts.models import Account, RememberedDevice
from csdl.accounts.second_factor import rules

__all__ = ["RememberingStage", "devices_of", "forget_devices", "forget_expired", "keep_cookie", "remember_device"]


@dataclass(frozen=True)
class _Fresh:
    """A token that goes out with the answer."""

    cookie: str
    token: str
    seconds: int


class RememberingStage(AuthenticateStage):
    """The second factor at sign-in, left out on a device that showed one lately."""

    def _should_handle(self, request: HttpRequest) -> bool:
        if not super()._should_handle(request):
            return False
        account = self.login.user
        known = _remembered(request, account) if isinstance(account, Account) else None
        if known is None:
            return True
        token, now = secrets.token_urlsafe(32), timezone.now()
        RememberedDevice.objects.filter(pk=known.pk).update(used_at=now, token_hash=_hash(token))
        # As long as before: a device is not remembered for ever by being used.
        ends = min(known.expires_at, known.created_at + dt.timedelta(days=rules().remember_days))
        left = int((ends - now).total_seconds())
        request.remembered_device = _Fresh(_cookie_of(known.account), token, left)  # type: ignore[attr-defined] # see keep_cookie
        record_authentication(request, account, "device", id=known.pk)
        return False


def remember_device(request: HttpRequest, account: Account) -> RememberedDevice | None:
    """Remember this browser for the account, from now; None where the department remembers none."""
    days = rules().remember_days
    if not days:
        return None
    token = secrets.token_urlsafe(32)
    if known := _remembered(request, account):
        known.delete()
    made = RememberedDevice.objects.create(
        account=account,
        token_hash=_hash(token),
        browser=_browser(request),
        address=get_adapter().get_client_ip(request),
        expires_at=timezone.now() + dt.timedelta(days=days),
    )
    request.remembered_device = _Fresh(_cookie_of(account), token, days * 24 * 3600)  # type: ignore[attr-defined] # see keep_cookie
    signals.device_remembered.send(sender=Account, request=request, account=account, days=days)
    return made


def keep_cookie(request: HttpRequest, response: HttpResponse) -> None:
    """Send the token of a device that was just remembered along with the answer."""
    fresh = getattr(request, "remembered_device", None)
    if isinstance(fresh, _Fresh):
        response.set_cookie(
            fresh.cookie,
            fresh.token,
            max_age=fresh.seconds,
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )


def devices_of(account: Account) -> list[RememberedDevice]:
    """Devices that are still remembered, newest first."""
    rows = account.remembered_devices.filter(expires_at__gt=timezone.now()).order_by("-created_at", "-pk")
    days = rules().remember_days
    return [one for one in rows if one.created_at + dt.timedelta(days=days) > timezone.now()]


def forget_devices(request: HttpRequest | None, account: Account, *, key: int | None = None) -> int:
    """Forget one remembered device of the account, or all; how many. The next sign-in there asks for the factor."""
    rows = account.remembered_devices.all() if key is None else account.remembered_devices.filter(pk=key)
    count, _ = rows.delete()
    if count and request is not None:
        signals.device_forgotten.send(sender=Account, request=request, account=account, devices=count)
    return count


def forget_expired() -> int:
    """Delete devices whose days are over; how many."""
    return RememberedDevice.objects.filter(expires_at__lte=timezone.now()).delete()[0]


@receiver(authenticator_used, dispatch_uid="csdl.accounts.remember_device")
def _used(request: HttpRequest, user: Account, reauthenticated: bool, passwordless: bool, **kwargs: object) -> None:
    """At sign-in, where the tick was set; showing the factor again later remembers nothing."""
    if not reauthenticated and not passwordless and request.method == "POST" and request.POST.get("remember"):
        remember_device(request, user)


@receiver([authenticator_added, authenticator_removed], dispatch_uid="csdl.accounts.forget_devices")
def _changed(request: HttpRequest, user: Account, **kwargs: object) -> None:
    forget_devices(request, user)


def _remembered(request: HttpRequest, account: Account) -> RememberedDevice | None:
    token = request.COOKIES.get(_cookie_of(account), "")
    if not token or len(token) > 100:
        return None
    hashed, browser = _hash(token), _browser(request)
    return next((one for one in devices_of(account) if one.token_hash == hashed and one.browser == browser), None)


def _cookie_of(account: Account) -> str:
    """Each account of a shared browser has its own; the name says nothing of whose it is."""
    return f"nho-{salted_hmac('csdl.accounts.devices', str(account.pk), algorithm='sha256').hexdigest()[:12]}"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _browser(request: HttpRequest) -> str:
    from csdl.accounts.sessions import browser_of  # sessions forgets devices, and so imports this module

    return browser_of(request.headers.get("User-Agent", ""))
