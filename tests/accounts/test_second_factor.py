"""The second factor: who needs one and since when, a code taken once, a fresh one for what stands for a signature."""

import datetime as dt
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path, reverse

from csdl.accounts import second_factor
from csdl.accounts.models import Account, SignInRules
from csdl.lib import clock
from tests.portals.places import Places, build

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@second_factor.second_factor_required
def _sign(request: HttpRequest) -> HttpResponse:
    return HttpResponse("đã ký")


urlpatterns = [path("ky/", _sign, name="sign"), path("", include("config.urls"))]


@pytest.fixture
def places(db: None) -> Places:
    return build()


@pytest.fixture
def heads_need_one(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    """One rule in the place of all: the head's account."""
    head = places.accounts["head"].pk
    monkeypatch.setattr(second_factor, "_needs", [lambda account: account.pk == head])


def code_of(secret: str = SECRET, *, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def give_totp(account: Account) -> None:
    TOTP.activate(account, SECRET)
    RecoveryCodes.activate(account)


def sign_in(client: Client, account: Account) -> HttpResponse:
    return client.post(reverse("account_login"), {"login": account.username, "password": "mat-khau-thu"})


def test_the_secret_stands_encrypted(places: Places) -> None:
    give_totp(places.accounts["head"])

    stored = Authenticator.objects.get(type="totp").data["secret"]

    assert SECRET not in stored
    assert Authenticator.objects.get(type="totp").wrap().validate_code(code_of())


def test_sign_in_asks_for_the_code_and_takes_it_once(places: Places) -> None:
    give_totp(places.accounts["head"])
    first, second = Client(), Client()

    asked = sign_in(first, places.accounts["head"])
    code = code_of()
    inside = first.post(reverse("mfa_authenticate"), {"code": code})
    sign_in(second, places.accounts["head"])
    replayed = second.post(reverse("mfa_authenticate"), {"code": code})

    assert (asked.status_code, asked.url) == (302, reverse("mfa_authenticate"))
    assert (inside.status_code, inside.url) == (302, "/")
    assert replayed.status_code == 200
    assert "Mã chưa đúng hoặc đã dùng" in replayed.content.decode()
    assert second.get("/").status_code == 302


def test_a_recovery_code_opens_once(places: Places) -> None:
    account = places.accounts["head"]
    give_totp(account)
    code = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]

    answers = []
    for _ in range(2):
        client = Client()
        sign_in(client, account)
        answers.append(client.post(reverse("mfa_authenticate"), {"code": code}).status_code)

    assert answers == [302, 200]


def test_wrong_codes_are_limited(places: Places) -> None:
    give_totp(places.accounts["head"])
    client = Client()
    sign_in(client, places.accounts["head"])

    for _ in range(5):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})
    answer = client.post(reverse("mfa_authenticate"), {"code": code_of()})

    assert answer.status_code == 200
    assert "Nhập sai mã quá nhiều lần" in answer.content.decode()


@override_settings(ROOT_URLCONF=__name__)
def test_a_signature_asks_again_and_comes_back(places: Places) -> None:
    account = places.accounts["head"]
    give_totp(account)
    client = Client()
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")

    asked = client.get("/ky/")
    confirmed = client.post(asked.url, {"code": code_of(), "next": "/ky/"})
    signed = client.get("/ky/")
    session = client.session
    for one in session["account_authentication_methods"]:
        one["at"] -= second_factor.FRESH_SECONDS
    session.save()
    stale = client.get("/ky/")

    assert asked.url == f"{reverse('desk:second-factor-confirm')}?next=%2Fky%2F"
    assert confirmed.url == "/ky/"
    assert signed.content.decode() == "đã ký"
    assert stale.url == asked.url


@override_settings(ROOT_URLCONF=__name__)
def test_a_form_that_was_sent_comes_back_to_its_own_page(places: Places) -> None:
    give_totp(places.accounts["head"])
    client = Client()
    client.force_login(places.accounts["head"], backend="allauth.account.auth_backends.AuthenticationBackend")

    here = client.post("/ky/", headers={"Referer": "http://testserver/tim-kiem/"})
    foreign = client.post("/ky/", headers={"Referer": "http://elsewhere.example/"})
    led_away = client.post(reverse("desk:second-factor-confirm"), {"code": code_of(), "next": "//elsewhere.example/"})

    assert here.url.endswith("?next=http%3A%2F%2Ftestserver%2Ftim-kiem%2F")
    assert foreign.url.endswith("?next=%2F")
    assert led_away.url == reverse("desk:account")


@override_settings(ROOT_URLCONF=__name__)
def test_who_has_no_second_factor_is_led_to_its_set_up(places: Places) -> None:
    client = Client()
    client.force_login(places.accounts["clerk"], backend="allauth.account.auth_backends.AuthenticationBackend")

    assert client.get("/ky/").url == reverse("mfa_index")


@pytest.mark.usefixtures("heads_need_one")
def test_before_the_day_a_bar_says_until_when(places: Places) -> None:
    SignInRules.objects.create(pk=1, second_factor_from=clock.today() + dt.timedelta(days=1))
    day = f"{clock.today() + dt.timedelta(days=1):%d/%m/%Y}"
    pages = {}
    for name in ("head", "clerk"):
        client = Client()
        client.force_login(places.accounts[name], backend="allauth.account.auth_backends.AuthenticationBackend")
        pages[name] = client.get("/").content.decode()

    assert f"xác thực hai bước từ ngày {day}" in pages["head"]
    assert "xác thực hai bước từ ngày" not in pages["clerk"]


@pytest.mark.usefixtures("heads_need_one")
def test_from_the_day_on_the_set_up_comes_before_anything_else(places: Places) -> None:
    SignInRules.objects.create(pk=1, second_factor_from=clock.today())
    head, clerk = Client(), Client()
    head.force_login(places.accounts["head"], backend="allauth.account.auth_backends.AuthenticationBackend")
    clerk.force_login(places.accounts["clerk"], backend="allauth.account.auth_backends.AuthenticationBackend")

    led = head.get("/")
    open_pages = [head.get(reverse(name)).status_code for name in ("mfa_index", "desk:account", "desk:help")]
    give_totp(places.accounts["head"])
    session = head.session
    session["held"][1] -= 61
    session.save()

    assert led.url == reverse("mfa_index")
    assert open_pages == [200, 200, 200]
    assert clerk.get("/").status_code == 200
    assert head.get("/").status_code == 200


def test_removing_one_asks_for_it_again(places: Places) -> None:
    give_totp(places.accounts["head"])
    client = Client()
    client.force_login(places.accounts["head"], backend="allauth.account.auth_backends.AuthenticationBackend")

    asked = client.get(reverse("mfa_deactivate_totp"))
    client.post(asked.url, {"code": code_of(), "next": reverse("mfa_deactivate_totp")})
    page = client.get(reverse("mfa_deactivate_totp"))
    done = client.post(reverse("mfa_deactivate_totp"))

    assert asked.url.startswith(reverse("desk:second-factor-confirm"))
    assert page.status_code == 200
    assert done.url == reverse("mfa_index")
    assert not Authenticator.objects.filter(user=places.accounts["head"]).exists()


def test_set_up_shows_the_secret_then_the_recovery_codes_once(places: Places) -> None:
    client = Client()
    sign_in(client, places.accounts["clerk"])

    asked = client.get(reverse("mfa_activate_totp"))
    page = client.post(asked.url, {"password": "mat-khau-thu"}, follow=True)
    secret = client.session["mfa.totp.secret"]
    codes = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)}, follow=True)
    again = client.get(reverse("mfa_view_recovery_codes"))
    unused = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()

    assert asked.url.startswith(reverse("account_reauthenticate"))
    assert "data:image/svg+xml;base64," in page.content.decode()
    assert secret in page.content.decode()
    assert [code for code in unused if code in codes.content.decode()] == unused
    assert [code for code in unused if code in again.content.decode()] == []
