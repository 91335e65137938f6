"""Accounts of a unit's staff: one for one named person, opened with every fault at once, kept from the neighbour."""

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test.utils import CaptureQueriesContext

from csdl.access.actors import actor_for
from csdl.accounts import guarding, letters
from csdl.accounts.errors import InvalidRecord, NotAllowed
from csdl.accounts.models import Account, ActivationLetter, SignInRules
from csdl.audit.models import Event
from csdl.staff.actions import (
    NewAccount,
    change_sign_in_names,
    change_sign_in_rules,
    lock_account,
    open_accounts,
    print_letters,
    propose_user_names,
    remove_second_factor,
    unlock_account,
)
from csdl.staff.models import StaffMember, StaffPosting, UnitHead
from tests import builders as b
from tests.accounts.test_second_factor import give_totp
from tests.papers import pages_of
from tests.portals.places import Places, build

pytestmark = pytest.mark.django_db

ADDRESS = "https://csdl.example.vn"


@pytest.fixture
def places(db: None) -> Places:
    return build()


@pytest.fixture
def head(places: Places) -> StaffMember:
    """Who heads the school, with the account that tests act by."""
    person = b.teacher(places.school, "Phạm Thị Hồng Hạnh", year=2024)
    StaffMember.objects.filter(pk=person.pk).update(account=places.accounts["head"])
    UnitHead.objects.create(unit=places.school.unit, staff=person, valid_from=dt.date(2020, 8, 1))
    person.refresh_from_db()
    return person


def by(account: Account):
    return actor_for(account)


def opened(places: Places, *people: StaffMember) -> list[Account]:
    made = open_accounts(actor=b.SYSTEM, unit=places.school.unit, wanted=[NewAccount(person) for person in people])
    for person in people:
        person.refresh_from_db()
    return made


def test_an_account_is_opened_without_a_password(places: Places, as_web) -> None:
    head = by(places.accounts["head"])
    with as_web(places.accounts["head"]):
        made = open_accounts(
            actor=head,
            unit=places.school.unit,
            wanted=[NewAccount(places.own_teacher, email="Trang.BT@haiphong.edu.vn", phone="0912 345 678")],
        )

    account = Account.objects.get(pk=made[0].pk)
    assert (account.username, account.full_name, account.email, account.phone, account.unit_code) == (
        "buithutrang1",
        "Bùi Thu Trang",
        "trang.bt@haiphong.edu.vn",
        "0912345678",
        places.school.unit.code,
    )
    assert not account.has_usable_password()
    assert StaffMember.objects.get(pk=places.own_teacher.pk).account == account
    event = Event.objects.get(kind="account:open")
    assert (event.unit_id, event.data) == (places.school.pk, {"accounts": ["buithutrang1"]})


def test_user_names_are_proposed_from_the_name_with_a_free_number(places: Places) -> None:
    people = [b.teacher(places.school, name) for name in ("Nguyễn Thị Đào", "NGUYỄN THỊ ĐÀO", "Ư", "Trần Văn Ý")]
    Account.objects.create(username="tranvany1", full_name="x")
    Account.objects.create(username="tranvany3", full_name="x")

    with CaptureQueriesContext(connection) as caught:
        found = propose_user_names(people)

    assert list(found.values()) == ["nguyenthidao1", "nguyenthidao2", "u1", "tranvany2"]
    assert len(caught) == 1


def test_all_faults_are_said_at_once(places: Places) -> None:
    one, two, three = (b.teacher(places.school, f"Cô Giáo {word}") for word in ("Một", "Hai", "Ba"))
    taken = places.accounts["clerk"]
    Account.objects.filter(pk=taken.pk).update(email="a@b.vn")
    gone = b.teacher(places.school, "Đã Chuyển Đi")
    StaffPosting.objects.filter(staff=gone).update(valid_to=dt.date(2021, 1, 1))

    with pytest.raises(InvalidRecord) as refused:
        open_accounts(
            actor=b.SYSTEM,
            unit=places.school.unit,
            wanted=[
                NewAccount(one, username="031085001234", email="a@b.vn"),
                NewAccount(two, username="VanThu", phone="123"),
                NewAccount(three, username="a031085001234", email="không phải thư"),
                NewAccount(gone),
            ],
        )

    def names(person: StaffMember, *fields: str) -> set[str]:
        return {f"{field}-{person.public_id}" for field in fields}

    assert set(refused.value.fields) == (
        names(one, "username", "email") | names(two, "username", "phone") | names(three, "username", "email")
    ) | names(gone, "username")
    assert "số định danh cá nhân" in refused.value.fields[f"username-{three.public_id}"][0]
    assert not Account.objects.filter(full_name__startswith="Cô Giáo").exists()


def test_two_at_once_are_not_given_the_same_name(places: Places) -> None:
    one, two = (b.teacher(places.school, name) for name in ("Vũ An Bình", "Vũ Ân Bình"))

    wanted = [NewAccount(one, "vuanbinh", phone="0912345678"), NewAccount(two, "vuanbinh", phone="+84912345678")]

    with pytest.raises(InvalidRecord) as refused:
        open_accounts(actor=b.SYSTEM, unit=places.school.unit, wanted=wanted)

    assert set(refused.value.fields) == {f"username-{two.public_id}", f"phone-{two.public_id}"}


def test_one_person_has_one_account(places: Places) -> None:
    opened(places, places.own_teacher)

    with pytest.raises(InvalidRecord, match="REC-01") as refused:
        open_accounts(actor=b.SYSTEM, unit=places.school.unit, wanted=[NewAccount(places.own_teacher)])

    assert "đã có tài khoản" in refused.value.problems[0]


def test_many_are_opened_by_as_many_statements_as_few(places: Places) -> None:
    def statements(count: int) -> int:
        people = [b.teacher(places.school, f"Người Số {count} {word}") for word in "abcdefghij"[:count]]
        with CaptureQueriesContext(connection) as caught:
            opened_now = open_accounts(
                actor=b.SYSTEM, unit=places.school.unit, wanted=[NewAccount(one) for one in people]
            )
            for one in people:
                one.account = opened_now[people.index(one)]
            print_letters(actor=b.SYSTEM, unit=places.school.unit, people=people, address=ADDRESS)
        return len(caught)

    assert places.school.unit.parent == places.office  # read once, whoever comes first
    assert statements(9) == statements(2)


def test_letters_say_address_name_and_code_a_page_each(places: Places) -> None:
    second = b.teacher(places.school, "Đỗ Văn Quý")
    opened(places, places.own_teacher, second)

    paper = print_letters(
        actor=by(places.accounts["head"]),
        unit=places.school.unit,
        people=[places.own_teacher, second],
        address=ADDRESS,
    )

    pages = [" ".join(page.split()) for page in pages_of(paper)]
    assert len(pages) == 2
    assert all(text in pages[0] for text in (ADDRESS, "buithutrang1", "Bà Bùi Thu Trang", "THƯ KÍCH HOẠT TÀI KHOẢN"))
    assert "dovanquy1" in pages[1]
    code = next(word for word in pages[0].split() if word.count("-") == 2 and len(word) == 14)
    assert letters.letter_for("buithutrang1", code, address="192.0.2.1").account == places.own_teacher.account
    assert Event.objects.get(kind="account:letter").data == {"accounts": ["buithutrang1", "dovanquy1"]}


def test_no_letter_for_who_has_no_account_or_a_locked_one(places: Places) -> None:
    second = b.teacher(places.school, "Đỗ Văn Quý")
    opened(places, second)
    Account.objects.update(is_active=False)
    second.refresh_from_db()

    with pytest.raises(InvalidRecord) as refused:
        print_letters(actor=b.SYSTEM, unit=places.school.unit, people=[places.own_teacher, second], address=ADDRESS)

    assert refused.value.problems == [
        "Bùi Thu Trang chưa có tài khoản.",
        "Tài khoản của Đỗ Văn Quý đang khóa.",
    ]
    assert not ActivationLetter.objects.exists()


@pytest.mark.parametrize("who", ["clerk", "homeroom", "nobody"])
def test_only_whoever_manages_accounts_opens_them(places: Places, who: str) -> None:
    with pytest.raises(NotAllowed):
        open_accounts(actor=by(places.accounts[who]), unit=places.school.unit, wanted=[NewAccount(places.own_teacher)])


def test_nothing_is_done_to_the_neighbours_accounts(places: Places, as_web) -> None:
    made = open_accounts(actor=b.SYSTEM, unit=places.other_school.unit, wanted=[NewAccount(places.other_teacher)])
    places.other_teacher.refresh_from_db()
    head = by(places.accounts["head"])
    common = {"actor": head, "unit": places.other_school.unit}

    with as_web(places.accounts["head"]):
        for act in (
            lambda: lock_account(**common, staff=places.other_teacher, reason="x"),
            lambda: print_letters(**common, people=[places.other_teacher], address=ADDRESS),
        ):
            with pytest.raises(NotAllowed):
                act()
        with pytest.raises(InvalidRecord):
            lock_account(actor=head, unit=places.school.unit, staff=places.other_teacher, reason="x")

    assert Account.objects.get(pk=made[0].pk).is_active


def test_a_head_is_managed_by_the_unit_above_only(places: Places, head: StaffMember) -> None:
    assistant = b.account("phu-trach", "school_head", places.school.unit)

    for actor in (by(assistant), by(places.accounts["head"])):
        with pytest.raises(NotAllowed):
            print_letters(actor=actor, unit=places.school.unit, people=[head], address=ADDRESS)
    paper = print_letters(actor=by(places.accounts["office"]), unit=places.school.unit, people=[head], address=ADDRESS)

    assert len(pages_of(paper)) == 1


def test_who_holds_rights_elsewhere_is_managed_from_there(places: Places, as_web) -> None:
    """A printed letter is a key: no school's head gets at an officer's account through a posting at the school."""
    account = b.account("chuyen-vien", "office_head", places.office)
    StaffMember.objects.filter(pk=places.own_teacher.pk).update(account=account)
    places.own_teacher.refresh_from_db()

    with as_web(places.accounts["head"]), pytest.raises(NotAllowed, match="quyền ở đơn vị khác"):
        print_letters(
            actor=by(places.accounts["head"]), unit=places.school.unit, people=[places.own_teacher], address=ADDRESS
        )
    with as_web(places.accounts["office"]):
        paper = print_letters(
            actor=by(places.accounts["office"]), unit=places.school.unit, people=[places.own_teacher], address=ADDRESS
        )
    assert len(pages_of(paper)) == 1


def test_locking_takes_a_reason_and_unlocking_too(places: Places) -> None:
    opened(places, places.own_teacher)
    common = {"actor": by(places.accounts["head"]), "unit": places.school.unit, "staff": places.own_teacher}

    with pytest.raises(InvalidRecord):
        lock_account(**common, reason="  ")
    lock_account(**common, reason="Nghỉ thai sản")
    with pytest.raises(InvalidRecord):
        lock_account(**common, reason="lần nữa")
    locked = Account.objects.get(pk=places.own_teacher.account_id)
    with pytest.raises(InvalidRecord):
        unlock_account(**common)
    unlock_account(**common, reason="Đi làm lại")
    free = Account.objects.get(pk=locked.pk)

    assert (locked.is_active, locked.locked_reason) == (False, "Nghỉ thai sản")
    assert (free.is_active, free.locked_reason, free.locked_at) == (True, "", None)
    kinds = Event.objects.filter(kind__in=("account:lock", "account:unlock")).order_by("pk")
    assert [(one.kind, one.data["reason"]) for one in kinds] == [
        ("account:lock", "Nghỉ thai sản"),
        ("account:unlock", "Đi làm lại"),
    ]


def test_unlocking_finds_a_name_that_another_took_meanwhile(places: Places) -> None:
    opened(places, places.own_teacher)
    common = {"actor": b.SYSTEM, "unit": places.school.unit, "staff": places.own_teacher}
    change_sign_in_names(**common, email="a@b.vn", phone="")
    lock_account(**common, reason="x")
    Account.objects.filter(username="vanthu").update(email="a@b.vn")

    with pytest.raises(InvalidRecord) as refused:
        unlock_account(**common, reason="y")

    assert refused.value.problems == ["Thư điện tử a@b.vn đã là tên đăng nhập của tài khoản khác."]


def test_a_lock_by_failures_is_opened_without_a_reason(places: Places) -> None:
    account = opened(places, places.own_teacher)[0]
    for _ in range(5):
        guarding.failed(guarding.begin(account.username, "192.0.2.1"))
    before = guarding.locked_until([account])

    unlock_account(actor=by(places.accounts["head"]), unit=places.school.unit, staff=places.own_teacher)

    assert list(before) == [account.pk]
    assert guarding.locked_until([account]) == {}


def test_a_lost_second_factor_is_taken_away_with_a_reason(places: Places) -> None:
    account = opened(places, places.own_teacher)[0]
    give_totp(account)
    common = {"actor": by(places.accounts["head"]), "unit": places.school.unit, "staff": places.own_teacher}

    with pytest.raises(InvalidRecord):
        remove_second_factor(**common, reason="")
    remove_second_factor(**common, reason="Mất điện thoại")
    with pytest.raises(InvalidRecord):
        remove_second_factor(**common, reason="Mất điện thoại")

    assert not Authenticator.objects.filter(user=account).exists()
    assert Event.objects.get(kind="second_factor:take_away").data["reason"] == "Mất điện thoại"


def test_the_department_lays_down_the_rules_never_too_weak(places: Places) -> None:
    department = by(places.accounts["department"])

    with pytest.raises(NotAllowed):
        change_sign_in_rules(actor=by(places.accounts["office"]), values={"idle_minutes": 20})
    with pytest.raises(InvalidRecord) as refused:
        change_sign_in_rules(actor=department, values={"password_length": 8, "idle_minutes": 600})
    change_sign_in_rules(actor=department, values={"second_factor_from": dt.date(2024, 10, 31), "idle_minutes": 20})

    assert set(refused.value.fields) == {"password_length", "idle_minutes"}
    held = SignInRules.objects.get()
    assert (held.second_factor_from, held.idle_minutes, held.password_length) == (dt.date(2024, 10, 31), 20, 12)
    assert Event.objects.get(kind="account:rules").data == {"second_factor_from": "2024-10-31", "idle_minutes": 20}
