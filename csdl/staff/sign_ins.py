"""Writes what happens around signing in into the event log: in and out, failures, locks, second factors, passwords.

Stands here because `accounts` lies below the log, and an event belongs to the unit where the person works. The database
writes these events itself (`csdl_note_sign_in`): before sign-in and after sign-out nobody acts.
"""

import json
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.signals import password_changed, user_logged_in
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed, authenticator_reset
from django.contrib import messages
from django.contrib.auth.signals import user_logged_out
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.dispatch import receiver
from django.http import HttpRequest

from csdl.accounts import sessions, signals
from csdl.accounts.models import Account

__all__ = ["note_sign_in"]


def note_sign_in(kind: str, account: Account | None, data: dict[str, Any]) -> None:
    """Write an event of signing in. `account`: who does it, or whose account it is tried on; None: no account."""
    is_nobodys = account is None or kind in ("sign_in:failed", "sign_in:locked")
    label = "Chưa đăng nhập" if is_nobodys or account is None else f"{account.full_name} ({account.username})"
    tried_on = {"account": account.username} if is_nobodys and account else {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT csdl_note_sign_in(%s, %s, %s, %s::jsonb)",
            [kind, account.pk if account else None, label[:200], json.dumps(tried_on | data)],
        )


@receiver(user_logged_in, dispatch_uid="csdl.staff.signed_in")
def _signed_in(request: HttpRequest, user: Account, **kwargs: Any) -> None:
    methods = [one.get("type") or one["method"] for one in get_authentication_records(request, user)]
    note_sign_in("sign_in:done", user, _from(request) | {"methods": methods})
    sessions.note_device(request, user)


@receiver(signals.sign_in_failed, dispatch_uid="csdl.staff.sign_in_failed")
def _failed(account: Account | None, name_key: str, address: str, locked_until: Any, what: str, **kwargs: Any) -> None:
    # The name itself is not kept: people type their password there.
    data = {"address": address, "what": what} | ({} if account else {"name_key": name_key[:16]})
    note_sign_in("sign_in:failed", account, data)
    if locked_until:
        note_sign_in("sign_in:locked", account, data | {"until": locked_until.isoformat()})


@receiver(authentication_failed, dispatch_uid="csdl.staff.code_failed")
def _code_failed(request: HttpRequest, user: Account, authenticator: Any, **kwargs: Any) -> None:
    note_sign_in("sign_in:failed", user, _from(request) | {"what": authenticator.type})


@receiver(user_logged_out, dispatch_uid="csdl.staff.signed_out")
def _signed_out(request: HttpRequest, user: Account | None, **kwargs: Any) -> None:
    if user is not None:
        note_sign_in("sign_in:out", user, _from(request))


@receiver(password_changed, dispatch_uid="csdl.staff.password_changed")
def _password_changed(request: HttpRequest, user: Account, **kwargs: Any) -> None:
    sessions.forget_held(request)
    note_sign_in("account:password", user, _from(request))


@receiver(authenticator_added, dispatch_uid="csdl.staff.factor_added")
def _added(request: HttpRequest, user: Account, authenticator: Any, **kwargs: Any) -> None:
    sessions.forget_held(request)
    note_sign_in("second_factor:add", user, _from(request) | {"type": authenticator.type})


@receiver(authenticator_removed, dispatch_uid="csdl.staff.factor_removed")
def _removed(request: HttpRequest, user: Account, authenticator: Any, **kwargs: Any) -> None:
    sessions.forget_held(request)
    note_sign_in("second_factor:remove", user, _from(request) | {"type": authenticator.type})


@receiver(authenticator_reset, dispatch_uid="csdl.staff.codes_reset")
def _reset(request: HttpRequest, user: Account, **kwargs: Any) -> None:
    note_sign_in("second_factor:codes", user, _from(request))


@receiver(signals.session_ended, dispatch_uid="csdl.staff.session_ended")
def _session_ended(request: HttpRequest, account: Account, ended: int, everywhere: bool, **kwargs: Any) -> None:
    note_sign_in("session:end", account, _from(request) | {"sessions": ended, "everywhere": everywhere})


@receiver(signals.device_remembered, dispatch_uid="csdl.staff.device_remembered")
def _device_remembered(request: HttpRequest, account: Account, days: int, **kwargs: Any) -> None:
    note_sign_in("device:remember", account, _from(request) | {"days": days})


@receiver(signals.device_forgotten, dispatch_uid="csdl.staff.device_forgotten")
def _device_forgotten(request: HttpRequest, account: Account, devices: int, **kwargs: Any) -> None:
    note_sign_in("device:forget", account, _from(request) | {"devices": devices})


@receiver(signals.second_device, dispatch_uid="csdl.staff.second_device")
def _second_device(request: HttpRequest, account: Account, elsewhere: int, **kwargs: Any) -> None:
    note_sign_in("session:second", account, _from(request) | {"open_elsewhere": elsewhere})
    messages.warning(
        request,
        f"Tài khoản này đang mở trên {elsewhere} thiết bị khác. Không phải mình thì vào trang Tài khoản của tôi, "
        "kết thúc các phiên lạ rồi đổi mật khẩu.",
    )


@receiver(signals.many_devices, dispatch_uid="csdl.staff.many_devices")
def _many_devices(request: HttpRequest, account: Account, devices: int, **kwargs: Any) -> None:
    note_sign_in("account:many_devices", account, _from(request) | {"devices": devices})


def _from(request: HttpRequest) -> dict[str, Any]:
    try:
        address = get_adapter().get_client_ip(request)
    except PermissionDenied:  # nobody's request: a session ended by a command
        address = ""
    return {"address": address, "browser": sessions.browser_of(request.headers.get("User-Agent", ""))}
