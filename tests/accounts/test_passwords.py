"""Passwords (S5): long enough, not common, nothing of oneself, none of the last five, argon2id."""

import pytest
from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from csdl.accounts import second_factor
from csdl.accounts.models import Account, SignInRules
from csdl.accounts.passwords import HISTORY, set_password
from tests.portals.places import Places, build

pytestmark = pytest.mark.django_db

GOOD = "cá rô đồng kho tộ"


@pytest.fixture
def holder(db: None) -> Account:
    return Account.objects.create_user(
        username="nguyenthilan7", password="mat-khau-thu", full_name="Nguyễn Thị Lan", unit_code="31305501"
    )


def faults(password: str, holder: Account) -> set[str]:
    try:
        get_adapter().clean_password(password, user=holder)
    except ValidationError as refused:
        return {one.code for one in refused.error_list}
    return set()


@pytest.mark.parametrize(
    ("password", "found"),
    [
        (GOOD, set()),
        ("xe đạp tím bay", set()),
        ("ngắn quá", {"too_short"}),
        ("12345678901234", {"too_common"}),
        ("matkhau123456", {"too_common"}),
        ("Mật khẩu 2024!", {"too_common"}),
        ("toi yeu viet nam", {"too_common"}),
        ("haiphong@12345", {"too_common"}),
        ("haiphong2024haiphong", {"too_common"}),
        ("Hải Phòng - 2024 - Hải Phòng!", {"too_common"}),
        ("haiphong83619407haiphong5", set()),
        ("quả bàng 7 quả bàng", set()),
        ("password123456", {"too_common"}),
        ("abcabcabcabcabc", {"too_common"}),
        ("aaaaaaaaaaaaaaa", {"too_common"}),
        ("qwertyuiop1234", {"too_common"}),
        ("xin nguyenthilan7 nhé", {"oneself"}),
        ("NguyenThiLan rất vui", {"oneself"}),
        ("trường 31305501 đây", {"oneself"}),
        ("Lan sinh năm 1985 nha", {"oneself"}),
        ("hoa lan nở trắng", set()),
    ],
)
def test_what_a_password_may_be(holder: Account, password: str, found: set[str]) -> None:
    assert faults(password, holder) == found


def test_whoever_administers_others_needs_a_longer_one(holder: Account) -> None:
    second_factor.register_administrator(lambda account: account.pk == holder.pk)
    try:
        assert faults("xe đạp tím 9", holder) == {"too_short"}
        assert faults("xe đạp tím bay", holder) == set()
    finally:
        second_factor._administrators.pop()
    assert faults("xe đạp tím 9", holder) == set()


def test_the_department_may_ask_for_more(holder: Account) -> None:
    SignInRules.objects.create(pk=1, password_length=20)

    assert faults(GOOD, holder) == {"too_short"}


def test_the_last_five_are_not_taken_again(holder: Account) -> None:
    used = [f"câu thứ {word} của tôi" for word in ("nhất", "hai", "ba", "bốn", "năm", "sáu", "bảy")]
    for one in used:
        set_password(holder, one)

    assert [faults(one, holder) for one in used] == [set()] + [{"used_before"}] * 6
    assert holder.passwords_used.count() == HISTORY


def test_the_present_one_is_not_taken_again(holder: Account) -> None:
    set_password(holder, GOOD)

    assert faults(GOOD, holder) == {"used_before"}


def test_passwords_are_kept_by_argon2id(settings: object) -> None:
    from config.settings import base

    assert base.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    assert Argon2PasswordHasher().encode(GOOD, "x" * 16).startswith("argon2$argon2id$")


def test_changing_it_ends_the_sessions_elsewhere() -> None:
    places: Places = build()
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        client.post(reverse("account_login"), {"login": "vanthu", "password": "mat-khau-thu"})

    wrong = here.post(
        reverse("account_change_password"),
        {"oldpassword": "mat-khau-thu", "password1": "vanthu 123456789", "password2": "khác"},
    )
    done = here.post(
        reverse("account_change_password"), {"oldpassword": "mat-khau-thu", "password1": GOOD, "password2": GOOD}
    )

    assert set(wrong.context["form"].errors) == {"password1"}
    assert done.url == reverse("desk:account")
    assert here.get(reverse("desk:account")).status_code == 200
    assert elsewhere.get(reverse("desk:account")).status_code == 302
    places.accounts["clerk"].refresh_from_db()
    assert places.accounts["clerk"].check_password(GOOD)
    assert settings.AUTH_PASSWORD_VALIDATORS
