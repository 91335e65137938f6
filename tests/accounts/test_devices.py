"""Devices remembered for the second factor (S6): as long as the department says, never a fresh factor, gone with a new
password, a change of the factors and signing out everywhere."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from csdl.accounts.devices import _cookie_of
from csdl.accounts.models import Account, RememberedDevice, SignInRules
from csdl.accounts.passwords import set_password
from csdl.audit.models import Event
from csdl.staff.actions import change_sign_in_rules
from tests import builders as b
from tests.accounts.test_second_factor import code_of, give_totp, sign_in
from tests.portals.places import Places, build

pytestmark = pytest.mark.django_db

CONFIRM = "/tai-khoan/xac-nhan/"


@pytest.fixture
def head(db: None) -> Account:
    places: Places = build()
    give_totp(places.accounts["head"])
    b.account("hieutruong2", "school_head", places.other_school.unit)
    return places.accounts["head"]


def remembering(head: Account) -> Client:
    """Signed in with the tick set, and out again."""
    client = Client()
    sign_in(client, head)
    done = client.post(reverse("mfa_authenticate"), {"code": code_of(), "remember": "1"})
    assert (done.status_code, done.url) == (302, "/")
    client.post(reverse("account_logout"))
    cache.clear()
    return client


def asks(client: Client, head: Account) -> bool:
    """Whether signing in asks for the second factor."""
    answer = sign_in(client, head)
    assert answer.status_code == 302
    return answer.url == reverse("mfa_authenticate")


def test_a_remembered_device_takes_the_password_alone_and_is_no_fresh_factor(head: Account) -> None:
    client = remembering(head)

    asked = asks(client, head)
    signature = client.get(CONFIRM)
    page = client.get(reverse("desk:account"))
    row = RememberedDevice.objects.get()

    assert not asked
    assert asks(Client(), head)
    assert signature.status_code == 200  # the page that asks for a fresh one is there, not passed by
    assert client.session.get("account_authentication_methods")[-1]["method"] == "device"
    cookie = next(value for name, value in client.cookies.items() if name.startswith("nho-"))
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert 0 < 30 * 24 * 3600 - cookie["max-age"] < 60  # used already: the days go on, not anew
    assert cookie.value not in row.token_hash
    assert row.used_at is not None
    assert "Thiết bị được nhớ" in page.content.decode()
    done = Event.objects.filter(kind="sign_in:done", account_id=head.pk).order_by("pk").last()
    assert done.data["methods"] == ["password", "device"]
    assert Event.objects.get(kind="device:remember").data["days"] == 30


def test_without_the_tick_nothing_is_remembered(head: Account) -> None:
    client = Client()
    sign_in(client, head)
    client.post(reverse("mfa_authenticate"), {"code": code_of()})
    client.post(reverse("account_logout"))

    assert asks(client, head)
    assert not RememberedDevice.objects.exists()


def _new_password(head: Account, client: Client) -> None:
    set_password(head, "mat-khau-thu")


def _everywhere(head: Account, client: Client) -> None:
    assert not asks(client, head)
    client.post(reverse("desk:session-end"), {"phien": "tat-ca"})


def _revoked(head: Account, client: Client) -> None:
    assert not asks(client, head)
    client.post(reverse("desk:device-forget"), {"thiet-bi": str(RememberedDevice.objects.get().pk)})
    client.post(reverse("account_logout"))


def _days_over(head: Account, client: Client) -> None:
    RememberedDevice.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))


def _fewer_days(head: Account, client: Client) -> None:
    RememberedDevice.objects.update(created_at=timezone.now() - dt.timedelta(days=8))
    change_sign_in_rules(actor=b.SYSTEM, values={"remember_days": 7})


def _other_factor(head: Account, client: Client) -> None:
    assert not asks(client, head)
    client.post(CONFIRM, {"code": code_of(steps=1)})
    client.post(reverse("mfa_deactivate_totp"))
    assert not RememberedDevice.objects.exists()
    give_totp(head)
    client.post(reverse("account_logout"))


@pytest.mark.parametrize("ends", [_new_password, _everywhere, _revoked, _days_over, _fewer_days, _other_factor])
def test_it_ends(head: Account, ends: Callable[[Account, Client], None]) -> None:
    client = remembering(head)

    ends(head, client)

    assert asks(client, head)


def test_it_is_bound_to_the_account_and_nobody_elses_to_revoke(head: Account) -> None:
    client = remembering(head)
    other = Account.objects.get(username="hieutruong2")
    give_totp(other)
    token = next(value for name, value in client.cookies.items() if name.startswith("nho-"))
    client.cookies[_cookie_of(other)] = token.value

    assert asks(client, other)
    client.post(reverse("mfa_authenticate"), {"code": code_of(steps=-1)})
    client.post(reverse("desk:device-forget"), {"thiet-bi": str(RememberedDevice.objects.get().pk)})

    assert RememberedDevice.objects.get().account == head


def test_a_token_serves_once_and_in_its_own_browser(head: Account) -> None:
    client = remembering(head)
    name, token = next((name, value.value) for name, value in client.cookies.items() if name.startswith("nho-"))
    ends = RememberedDevice.objects.get().expires_at
    firefox = Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"})
    firefox.cookies[name] = token

    elsewhere = asks(firefox, head)
    first = asks(client, head)
    client.post(reverse("account_logout"))
    taken = Client()
    taken.cookies[name] = token

    assert (elsewhere, first, asks(taken, head), asks(client, head)) == (True, False, True, False)
    assert RememberedDevice.objects.get().expires_at == ends


def test_the_department_can_turn_it_off(head: Account) -> None:
    client = remembering(head)
    change_sign_in_rules(actor=b.SYSTEM, values={"remember_days": 0})

    assert asks(client, head)
    page = client.get(reverse("mfa_authenticate")).content.decode()
    client.post(reverse("mfa_authenticate"), {"code": code_of(steps=1), "remember": "1"})

    assert "Nhớ thiết bị này" not in page
    assert RememberedDevice.objects.count() == 1
    assert SignInRules.objects.get().remember_days == 0
