"""Who may try to sign in now (S7): failures are counted by account and by network address, and lock for a while.

Real time. What was typed is never kept: a name that is no account counts under a keyed hash, just as an account does,
so that nobody learns from the answers which names exist.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from csdl.accounts import signals
from csdl.accounts.errors import CsdlError
from csdl.accounts.models import Account, SignInGuard
from csdl.accounts.second_factor import rules
from csdl.lib.clock import LOCAL_ZONE
from csdl.lib.persons import clean_phone, phone_faults

__all__ = ["Attempt", "Locked", "account_named", "begin", "failed", "locked_until", "passed", "unlock"]

_LONGEST = dt.timedelta(hours=24)
_FORGOTTEN = dt.timedelta(hours=24)


class Locked(CsdlError):
    """ACC-03: too many failures; says when to try again, and nothing about whether the account exists."""

    code = "ACC-03"

    def __init__(self, until: dt.datetime, *, of_address: bool) -> None:
        self.until = until
        what = (
            "Từ mạng này có quá nhiều lần nhập sai."
            if of_address
            else "Đã nhập sai quá nhiều lần nên tạm ngừng nhận đăng nhập bằng tên này."
        )
        left = max(1, -(-int((until - timezone.now()).total_seconds()) // 60))
        here = until.astimezone(LOCAL_ZONE)
        super().__init__(
            f"{what} Hãy thử lại sau {left} phút, từ {here:%H:%M} ngày {here:%d/%m/%Y}. "
            "Cần gấp thì nhờ người quản trị tài khoản của đơn vị."
        )


@dataclass(frozen=True)
class Attempt:
    """One try, from its beginning to its answer."""

    account: Account | None
    name_key: str
    address: str
    key: str
    what: str


def account_named(login: str) -> Account | None:
    """The account that a user name, a mail address or a phone number means; of several, the active one."""
    name = login.strip().lower()
    ways = [{"username": name}]
    if "@" in name:
        ways.append({"email": name})
    elif name and not phone_faults(name):
        ways.append({"phone": clean_phone(name)})
    for way in ways:
        if found := Account.objects.filter(**way).order_by("-is_active", "pk").first():
            return found
    return None


def begin(login: str, address: str, *, what: str = "password") -> Attempt:
    """Count on a try: tries on one account wait for one another, so that many at once are still counted one by one.

    Errors:  Locked.
    """
    account = account_named(login)
    name_key = _key("name", login.strip().lower()[:200])
    attempt = Attempt(account, name_key, address, _key("account", str(account.pk)) if account else name_key, what)
    if until := _locked(SignInGuard.objects.filter(pk=_key("address", address)).first()):
        raise Locked(until, of_address=True)
    if until := _locked(_held(attempt.key)):
        raise Locked(until, of_address=False)
    return attempt


@transaction.atomic
def failed(attempt: Attempt) -> None:
    """Count a failure, and lock where there are too many: each lock in a row is twice as long."""
    held = rules()
    until = _count(attempt.key, held.failures_allowed, held.lock_minutes)
    _count(_key("address", attempt.address), held.address_failures_allowed, held.lock_minutes)
    old = SignInGuard.objects.filter(last_failed_at__lt=timezone.now() - 2 * _FORGOTTEN).values("pk")
    SignInGuard.objects.filter(pk__in=old.select_for_update(skip_locked=True)[:200]).delete()
    signals.sign_in_failed.send(
        sender=Account,
        account=attempt.account,
        name_key=attempt.name_key,
        address=attempt.address,
        locked_until=until,
        what=attempt.what,
    )


def passed(attempt: Attempt) -> None:
    """The right person: what was counted for the account is forgotten, what was counted for the address is not."""
    SignInGuard.objects.filter(pk=attempt.key).update(failures=0, level=0, locked_until=None)


def locked_until(accounts: list[Account]) -> dict[int, dt.datetime]:
    """Which of these accounts are locked by failures, and until when: key -> instant. One query."""
    keys = {_key("account", str(one.pk)): one.pk for one in accounts}
    rows = SignInGuard.objects.filter(pk__in=keys, locked_until__gt=timezone.now())
    return {keys[row.pk]: row.locked_until for row in rows if row.locked_until}


def unlock(account: Account) -> bool:
    """Let the account try again at once; whether it was locked."""
    rows = SignInGuard.objects.filter(pk=_key("account", str(account.pk)), locked_until__gt=timezone.now())
    was = rows.exists()
    SignInGuard.objects.filter(pk=_key("account", str(account.pk))).update(failures=0, level=0, locked_until=None)
    return was


def _key(kind: str, value: str) -> str:
    return salted_hmac("csdl.accounts.guarding", f"{kind}:{value}", algorithm="sha256").hexdigest()


def _held(key: str) -> SignInGuard:
    """The row, kept from others until the request ends."""
    SignInGuard.objects.bulk_create([SignInGuard(key=key)], ignore_conflicts=True)
    return SignInGuard.objects.select_for_update().get(pk=key)


def _locked(row: SignInGuard | None) -> dt.datetime | None:
    return row.locked_until if row and row.locked_until and row.locked_until > timezone.now() else None


def _count(key: str, allowed: int, minutes: int) -> dt.datetime | None:
    """One more failure under a key; until when that locks it."""
    row, now = _held(key), timezone.now()
    if row.last_failed_at and now - row.last_failed_at > _FORGOTTEN:
        row.failures = row.level = 0
    row.failures += 1
    row.last_failed_at = now
    row.locked_until = None
    if row.failures >= allowed:
        row.failures = 0
        row.locked_until = now + min(dt.timedelta(minutes=minutes) * 2 ** min(row.level, 10), _LONGEST)
        row.level += 1
    row.save()
    return row.locked_until
