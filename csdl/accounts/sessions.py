"""Sessions (S8): how long they last, what is kept of them, the devices they come from.

Real time. A session remembers when it began and when its person last did something; both are looked at with every page
and written at most once a minute, with what the account needs of a second factor.
"""

import datetime as dt
import re
import secrets
import time
from dataclasses import dataclass
from typing import Any

from allauth.usersessions.models import UserSession
from django.http import HttpRequest
from django.utils import timezone

from csdl.accounts import signals
from csdl.accounts.devices import forget_devices
from csdl.accounts.models import Account, DeviceDay
from csdl.accounts.regulation import must_accept
from csdl.accounts.second_factor import has_second_factor, is_administrator, must_set_up, needs_second_factor, rules

__all__ = [
    "DEVICE_COOKIE",
    "Held",
    "SessionLine",
    "device_of",
    "end_sessions",
    "forget_held",
    "held",
    "note_device",
    "over",
    "sessions_of",
]

DEVICE_COOKIE = "thiet-bi"
_STARTED, _SEEN, _HELD = "started_at", "seen_at", "held"
# How old what a session remembers may be, and so how late an idle session may end.
_STALE = 60
_KEPT = dt.timedelta(days=90)


@dataclass(frozen=True)
class Held:
    """What a session remembers of its account for a minute. `from_day`: when the grace period ends, "" for never;
    `must_accept`: there is a version of the regulation that the account has not accepted."""

    needs: bool
    has: bool
    from_day: str
    idle_seconds: int
    longest_seconds: int
    must_accept: bool = False

    @property
    def is_missing(self) -> bool:
        """A second factor is needed and there is none."""
        return self.needs and not self.has

    @property
    def from_date(self) -> dt.date | None:
        """The first day on which it may not be missing any more."""
        return dt.date.fromisoformat(self.from_day) if self.from_day else None

    @property
    def is_overdue(self) -> bool:
        """It is missing, and the grace period is over."""
        return self.is_missing and must_set_up(self.from_date)


def over(request: HttpRequest) -> str:
    """Why the session has ended by itself, in words; empty while it goes on. Remembers that something was done."""
    session, now = request.session, time.time()
    started, seen = session.get(_STARTED, now), session.get(_SEEN, now)
    known = held(request)
    if now - started > known.longest_seconds:
        hours = known.longest_seconds // 3600
        return f"Phiên làm việc đã kéo dài {hours} giờ nên kết thúc. Hãy đăng nhập lại."
    if now - seen > known.idle_seconds + _STALE:
        minutes = known.idle_seconds // 60
        return f"Phiên làm việc đã kết thúc vì {minutes} phút không có thao tác. Hãy đăng nhập lại."
    if _STARTED not in session:
        session[_STARTED] = now
    # Parts of a page that ask again by themselves are nobody's doing.
    by_itself = request.headers.get("HX-Request") and request.method == "GET"
    if _SEEN not in session or (now - seen > _STALE and not by_itself):
        session[_SEEN] = now
        UserSession.objects.filter(session_key=session.session_key).update(last_seen_at=timezone.now())
    return ""


def held(request: HttpRequest) -> Held:
    """What the session remembers, looked up again when it is a minute old."""
    known = request.session.get(_HELD)
    if known and known[0] == request.user.pk and time.time() - known[1] < _STALE:
        return Held(*known[2:])
    account = request.user
    assert isinstance(account, Account)
    laid_down, needs = rules(), needs_second_factor(account)
    from_day = laid_down.second_factor_from
    fresh = Held(
        needs,
        has_second_factor(account),
        from_day.isoformat() if from_day else "",
        60 * (laid_down.admin_idle_minutes if is_administrator(account) else laid_down.idle_minutes),
        3600 * laid_down.session_hours,
        must_accept(account.pk),
    )
    request.session[_HELD] = [account.pk, int(time.time()), *vars(fresh).values()]
    return fresh


def forget_held(request: HttpRequest) -> None:
    """Look it up again with the next page: a second factor was set up or removed."""
    request.session.pop(_HELD, None)


def device_of(request: HttpRequest) -> str:
    """The random name that this browser keeps; a new one is sent along with the answer."""
    known = request.COOKIES.get(DEVICE_COOKIE, "")
    if re.fullmatch(r"[0-9a-f]{32}", known):
        return known
    fresh = getattr(request, "new_device", "") or secrets.token_hex(16)
    request.new_device = fresh  # type: ignore[attr-defined] # read by the middleware that sends the answer
    return fresh


def note_device(request: HttpRequest, account: Account) -> None:
    """After signing in: remember the device, tell of sessions open elsewhere and of too many devices in a day (S2)."""
    device, today = device_of(request), timezone.localdate()
    UserSession.objects.filter(session_key=request.session.session_key).update(data={"device": device})
    DeviceDay.objects.bulk_create([DeviceDay(account=account, device=device, day=today)], ignore_conflicts=True)
    DeviceDay.objects.filter(account=account, day__lt=today - _KEPT).delete()
    devices = DeviceDay.objects.filter(account=account, day=today).count()
    if devices >= rules().devices_a_day:
        signals.many_devices.send(sender=Account, request=request, account=account, devices=devices)
    elsewhere = {one.device for one in sessions_of(request, account) if not one.is_here and one.device != device}
    if elsewhere:
        signals.second_device.send(sender=Account, request=request, account=account, elsewhere=len(elsewhere))


@dataclass(frozen=True)
class SessionLine:
    """One session of an account, as its person sees it."""

    key: int
    browser: str
    address: str
    started_at: Any
    seen_at: Any
    is_here: bool
    device: str


def sessions_of(request: HttpRequest, account: Account) -> list[SessionLine]:
    """The account's sessions that still live, newest first."""
    here = request.session.session_key
    # While signing in, this session is not yet written whole and would be taken for an ended one.
    living = [one for one in UserSession.objects.filter(user=account) if one.session_key == here or not one.purge()]
    rows = sorted(living, key=lambda one: one.last_seen_at, reverse=True)
    return [
        SessionLine(
            one.pk,
            browser_of(one.user_agent),
            one.ip,
            one.created_at,
            one.last_seen_at,
            one.session_key == here,
            one.data.get("device", ""),
        )
        for one in rows
    ]


def end_sessions(request: HttpRequest, account: Account, *, key: int | None = None) -> int:
    """End one session of the account, or all of them but this, remembered devices with them; how many sessions. Whoever
    holds one signs in again."""
    rows = UserSession.objects.filter(user=account)
    rows = rows.filter(pk=key) if key is not None else rows.exclude(session_key=request.session.session_key)
    if key is None:
        forget_devices(request, account)
    ended = 0
    for one in rows:
        one.end()
        ended += 1
    if ended:
        signals.session_ended.send(
            sender=Account, request=request, account=account, ended=ended, everywhere=key is None
        )
    return ended


# What a browser says of itself -> its name; the first that fits, for most say "Chrome" and "Safari" too.
_BROWSERS = {"Edg": "Edge", "CocCoc": "Cốc Cốc", "coc_coc": "Cốc Cốc", "OPR": "Opera", "Firefox": "Firefox"} | {
    "HeadlessChrome": "Chrome",
    "Chrome": "Chrome",
    "CriOS": "Chrome",
    "Safari": "Safari",
}
_SYSTEMS = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "CrOS": "ChromeOS"} | {
    "Mac OS": "macOS",
    "Linux": "Linux",
}


def browser_of(agent: str) -> str:
    """ "Chrome trên Windows", from what a browser says of itself."""
    browser = next((name for sign, name in _BROWSERS.items() if sign in agent), "Trình duyệt khác")
    system = next((name for sign, name in _SYSTEMS.items() if sign in agent), "")
    return f"{browser} trên {system}" if system else browser
