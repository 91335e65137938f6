"""Signing in: the names it takes, what it gives away (nothing), failures that lock, what the log says."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from csdl.accounts import guarding
from csdl.accounts.models import Account, SignInGuard, SignInRules
from csdl.audit.models import Event
from tests import builders as b
from tests.portals.places import Places, build

pytestmark = pytest.mark.django_db

PASSWORD = "mat-khau-thu"
WRONG = "Tên đăng nhập hoặc mật khẩu chưa đúng"
LOCKED = "Đã nhập sai quá nhiều lần nên tạm ngừng nhận đăng nhập bằng tên này."


@pytest.fixture
def places(db: None) -> Places:
    return build()


def sign_in(login: str, password: str = PASSWORD, *, client: Client | None = None, address: str = "192.0.2.1"):
    return (client or Client()).post(
        reverse("account_login"), {"login": login, "password": password}, REMOTE_ADDR=address
    )


def say(answer) -> str:
    """The first sentence that the sign-in page says is wrong."""
    return answer.context["form"].non_field_errors()[0]


@pytest.mark.parametrize(
    "login",
    ["vanthu", "VanThu", " vanthu ", "Ngoc.LM@haiphong.edu.vn", "0912 345 678", "+84 912345678", "0912.345.678"],
)
def test_signs_in_by_user_name_mail_and_phone(places: Places, login: str) -> None:
    Account.objects.filter(username="vanthu").update(email="ngoc.lm@haiphong.edu.vn", phone="0912345678")
    client = Client()

    answer = sign_in(login, client=client)

    assert (answer.status_code, answer.url) == (302, "/")
    assert client.get("/").context["actor"].account.username == "vanthu"


def test_the_names_of_a_locked_account_are_free_for_another(places: Places) -> None:
    clerk, head = places.accounts["clerk"], places.accounts["head"]
    Account.objects.filter(pk=clerk.pk).update(phone="0912345678", email="a@b.vn", is_active=False)
    Account.objects.filter(pk=head.pk).update(phone="0912345678", email="a@b.vn")

    by_phone, by_mail = sign_in("0912345678"), sign_in("a@b.vn")

    assert [by_phone.status_code, by_mail.status_code] == [302, 302]


@pytest.mark.parametrize(("column", "value"), [("email", "a@b.vn"), ("phone", "0912345678"), ("username", "vanthu")])
def test_a_name_signs_in_one_active_account(places: Places, column: str, value: str) -> None:
    Account.objects.filter(username="vanthu").update(**{column: value})

    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.filter(username="hieutruong").update(**{column: value})


def test_a_user_name_is_written_small(places: Places) -> None:
    with pytest.raises(IntegrityError, match="a_user_name_is_written_in_small_letters"), transaction.atomic():
        Account.objects.filter(username="vanthu").update(username="VanThu")


def test_answers_tell_nothing_about_who_exists(places: Places) -> None:
    """A wrong password and an unknown name get the same words at every step, up to the lock and beyond."""
    known = [say(sign_in("vanthu", "sai-mat-khau")) for _ in range(7)]
    unknown = [say(sign_in("khong-co-ai", "sai-mat-khau", address="192.0.2.2")) for _ in range(7)]

    assert [text.startswith(WRONG) for text in known] == [True] * 5 + [False] * 2
    assert [text.startswith(LOCKED) for text in known] == [False] * 5 + [True] * 2
    assert unknown == known


def test_five_failures_lock_and_the_right_password_waits_too(places: Places) -> None:
    for _ in range(5):
        sign_in("vanthu", "sai-mat-khau")

    answer = sign_in("vanthu")
    until = SignInGuard.objects.get(locked_until__gt=timezone.now()).locked_until.astimezone(guarding.LOCAL_ZONE)

    assert f"sau 15 phút, từ {until:%H:%M ngày %d/%m/%Y}" in say(answer)
    assert sign_in("hieutruong").status_code == 302


def test_every_name_of_an_account_counts_for_the_same_lock(places: Places) -> None:
    Account.objects.filter(username="vanthu").update(email="a@b.vn", phone="0912345678")
    for login in ("vanthu", "a@b.vn", "0912345678", "VANTHU", "0912 345 678"):
        sign_in(login, "sai-mat-khau")

    assert say(sign_in("a@b.vn")).startswith(LOCKED)


def test_each_lock_in_a_row_is_twice_as_long(places: Places) -> None:
    minutes = []
    for _ in range(3):
        for _ in range(5):
            sign_in("vanthu", "sai-mat-khau")
        row = SignInGuard.objects.get(locked_until__gt=timezone.now())
        minutes.append(round((row.locked_until - timezone.now()).total_seconds() / 60))
        SignInGuard.objects.filter(pk=row.pk).update(locked_until=timezone.now() - dt.timedelta(seconds=1))
    passed = sign_in("vanthu").status_code
    for _ in range(5):
        sign_in("vanthu", "sai-mat-khau")
    row = SignInGuard.objects.get(locked_until__gt=timezone.now())

    assert minutes == [15, 30, 60]
    assert passed == 302
    assert round((row.locked_until - timezone.now()).total_seconds() / 60) == 15


def test_a_right_password_forgets_the_failures_before_it(places: Places) -> None:
    for _ in range(4):
        sign_in("vanthu", "sai-mat-khau")
    sign_in("vanthu")
    for _ in range(4):
        sign_in("vanthu", "sai-mat-khau")

    assert sign_in("vanthu").status_code == 302


def test_one_address_that_tries_many_names_is_locked(places: Places) -> None:
    SignInRules.objects.create(pk=1, address_failures_allowed=20)
    for number in range(20):
        sign_in(f"ten-{number}", "sai-mat-khau", address="192.0.2.9")

    assert say(sign_in("vanthu", address="192.0.2.9")).startswith("Từ mạng này có quá nhiều lần nhập sai.")
    assert sign_in("vanthu", address="192.0.2.10").status_code == 302


def test_a_locked_account_says_so_to_its_owner_only(places: Places) -> None:
    Account.objects.filter(username="vanthu").update(is_active=False)

    right, wrong = sign_in("vanthu"), sign_in("vanthu", "sai-mat-khau")

    assert right.url == reverse("account_inactive")
    assert say(wrong).startswith(WRONG)


def test_the_log_knows_sign_ins_failures_and_locks_but_never_what_was_typed(places: Places) -> None:
    teacher = places.own_teacher
    teacher.account = places.accounts["homeroom"]
    teacher.save()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE csdl_test_app")
    client = Client()
    sign_in("toi-go-nham-mat-khau", "x")
    for _ in range(5):
        sign_in("chunhiem", "sai-mat-khau")
    guarding.unlock(places.accounts["homeroom"])
    sign_in("chunhiem", client=client)
    client.post(reverse("account_logout"))
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")

    events = list(Event.objects.filter(kind__startswith="sign_in:").order_by("pk"))

    assert [one.kind for one in events] == [
        *["sign_in:failed"] * 6,
        "sign_in:locked",
        "sign_in:done",
        "sign_in:out",
    ]
    unknown, known, done = events[0], events[1], events[-2]
    assert (unknown.account_id, unknown.actor_label, unknown.unit_id) == (None, "Chưa đăng nhập", None)
    assert set(unknown.data) == {"address", "what", "name_key"}
    assert "nham" not in str([one.data for one in events])
    assert (known.account_id, known.unit_id, known.data["account"]) == (None, places.school.pk, "chunhiem")
    assert (done.account_id, done.unit_id) == (places.accounts["homeroom"].pk, places.school.pk)
    assert done.data["methods"] == ["password"]


def test_the_neighbour_school_does_not_see_what_is_tried_on_an_account(places: Places, as_web) -> None:
    teacher = places.own_teacher
    teacher.account = places.accounts["homeroom"]
    teacher.save()
    sign_in("chunhiem", "sai-mat-khau")
    neighbour = b.account("ben-canh", "school_head", places.other_school.unit)

    seen = {}
    for name, account in (("own", places.accounts["head"]), ("neighbour", neighbour)):
        with as_web(account):
            seen[name] = Event.objects.filter(kind="sign_in:failed").count()

    assert seen == {"own": 1, "neighbour": 0}


def test_nobody_writes_an_event_of_signing_in_for_another(places: Places, as_web) -> None:
    write = "SELECT csdl_note_sign_in(%s, %s, 'x', '{}')"
    with as_web(places.accounts["clerk"]), connection.cursor() as cursor:
        for kind, account in (("account:open", places.accounts["clerk"]), ("sign_in:done", places.accounts["head"])):
            with pytest.raises(Exception, match="csdl_note_sign_in"), transaction.atomic():
                cursor.execute(write, [kind, account.pk])
