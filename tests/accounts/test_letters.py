"""Letters of activation: taken once, until their day, a few tries; the next one ends them; nothing is given away."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse

from csdl.accounts.letters import WRONG_CODES, issue_letters
from csdl.accounts.models import Account, ActivationLetter, SignInGuard
from csdl.audit.models import Event
from csdl.lib import clock
from tests.portals.places import Places, build

pytestmark = pytest.mark.django_db

GOOD = "cá rô đồng kho tộ"
REFUSED = "Tên đăng nhập hoặc mã kích hoạt chưa đúng"


@pytest.fixture
def places(db: None) -> Places:
    return build()


@pytest.fixture
def waiting(places: Places) -> Account:
    return Account.objects.create(username="buithutrang1", full_name="Bùi Thu Trang", password="!")


def letter(account: Account) -> str:
    return issue_letters([account], issued_by=None)[account.pk][0]


def give(code: str, login: str = "buithutrang1", client: Client | None = None):
    return (client or Client()).post(reverse("desk:activation"), {"login": login, "code": code})


def is_refused(answer) -> bool:
    return answer.status_code == 200 and answer.context["form"].non_field_errors()[0].startswith(REFUSED)


def choose(client: Client, password: str = GOOD):
    return client.post(reverse("desk:activation-password"), {"password1": password, "password2": password})


def test_a_letter_leads_to_a_password_and_in(places: Places, waiting: Account) -> None:
    code, client = letter(waiting), Client()

    first = give(f" {code.lower().replace('-', ' ')} ", "BuiThuTrang1", client)
    weak = choose(client, "ngắn")
    done = choose(client)

    assert first.url == reverse("desk:activation-password")
    assert weak.status_code == 200
    assert set(weak.context["form"].errors) == {"password1"}
    assert done.url == reverse("desk:activation-done")
    assert client.get("/").context["actor"].account == waiting
    assert Event.objects.filter(kind="account:activate", account=waiting).count() == 1
    sign_in = Client().post(reverse("account_login"), {"login": "buithutrang1", "password": GOOD})
    assert sign_in.status_code == 302


def test_a_code_is_taken_once(waiting: Account) -> None:
    code, first, second = letter(waiting), Client(), Client()
    give(code, client=first)
    give(code, client=second)

    done, late = choose(first), choose(second, "xe đạp tím bay")
    waiting.refresh_from_db()

    assert done.url == reverse("desk:activation-done")
    assert late.url == reverse("desk:activation")
    assert waiting.check_password(GOOD)
    assert is_refused(give(code))


def test_the_code_stands_nowhere(waiting: Account) -> None:
    code = letter(waiting)

    stored = str(list(ActivationLetter.objects.values()))

    assert code not in stored
    assert code.replace("-", "") not in stored


def test_the_next_letter_ends_the_one_before(waiting: Account) -> None:
    old, new = letter(waiting), letter(waiting)

    assert is_refused(give(old))
    assert give(new).status_code == 302


def test_a_letter_ends_by_its_day(waiting: Account) -> None:
    code = letter(waiting)
    row = ActivationLetter.objects.get()
    row_day = row.last_day
    ActivationLetter.objects.update(last_day=clock.today())
    last_day = give(code).status_code
    ActivationLetter.objects.update(last_day=clock.today() - dt.timedelta(days=1))

    assert row_day == clock.today() + dt.timedelta(days=14)
    assert last_day == 302
    assert is_refused(give(code))


def test_a_letter_ends_by_many_wrong_codes(waiting: Account) -> None:
    code = letter(waiting)
    for _ in range(WRONG_CODES):
        give("AAAA-BBBB-CCCC")
        SignInGuard.objects.all().delete()

    assert is_refused(give(code))


def test_wrong_codes_lock_as_wrong_passwords_do(waiting: Account) -> None:
    code = letter(waiting)

    def refusals(*name: str) -> list[str]:
        texts = [give("AAAA-BBBB-CCCC", *name).context["form"].non_field_errors()[0] for _ in range(6)]
        return [re.sub(r"từ \d\d:\d\d ngày [\d/]+", "từ lúc ấy", text) for text in texts]  # a minute may pass between

    said, unknown = refusals(), refusals("khong-co-ai")

    assert [text.startswith(REFUSED) for text in said] == [True] * 5 + [False]
    assert "từ lúc ấy" in said[-1]
    assert unknown == said
    assert give(code).status_code == 200


def test_a_locked_account_is_not_activated(waiting: Account) -> None:
    code, client = letter(waiting), Client()
    give(code, client=client)
    Account.objects.filter(pk=waiting.pk).update(is_active=False)

    assert choose(client).url == reverse("desk:activation")
    assert is_refused(give(code))


def test_no_password_is_chosen_without_a_code(waiting: Account) -> None:
    letter(waiting)
    client = Client()

    assert choose(client).url == reverse("desk:activation")
    waiting.refresh_from_db()
    assert not waiting.has_usable_password()


def test_a_letter_does_not_go_round_the_second_factor(places: Places) -> None:
    from tests.accounts.test_second_factor import give_totp

    head, client = places.accounts["head"], Client()
    give_totp(head)

    give(letter(head), head.username, client)
    done = choose(client)

    assert done.url == reverse("mfa_authenticate")
    assert client.get("/").status_code == 302
