"""Heads and the administration account: rights come with the office, the account is handed over in writing, and a unit
is never without a holder and never has two."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from django.db import IntegrityError, transaction

from csdl.access.actors import actor_for
from csdl.access.models import Grant
from csdl.accounts.errors import InvalidRecord, NotAllowed
from csdl.accounts.models import Account
from csdl.accounts.permissions import Permission
from csdl.audit.models import Event
from csdl.delegation.actions import (
    hand_over_administration,
    take_back_administration,
    upkeep,
    withdraw_commitment,
    withdraw_minutes,
)
from csdl.delegation.errors import DelegationError
from csdl.delegation.models import AdministrationHolder, Commitment, Minutes
from csdl.delegation.queries import administrator_of
from csdl.staff.actions import NewAccount, appoint_head, change_head, open_accounts, withdraw_head
from csdl.staff.errors import StaffError
from csdl.staff.models import StaffPosting, UnitHead
from csdl.students.models import Student
from tests import builders as b
from tests.delegation.place import TODAY, Place, confirm, on, papers_of, person

pytestmark = pytest.mark.django_db
DECISION = {"is_acting": True, "decision_no": "99/QĐ-PGDĐT", "decided_on": dt.date(2024, 9, 1)}


@pytest.fixture
def place(db: None) -> Iterator[Place]:
    with on(TODAY):
        yield Place()


def _name(place: Place, day: dt.date = TODAY) -> str:
    held = administrator_of(place.unit.pk, day)
    return held.staff.full_name if held else ""


def test_the_heads_right_follows_the_appointment(place: Place, as_web: Callable) -> None:
    """The head leaves mid-year: an acting one is named by the office, and the right changes hands the same day."""
    day = dt.date(2025, 1, 10)
    head, next_head = (Account.objects.get(pk=one.account_id) for one in (place.head, place.lan))

    with on(dt.date(2025, 1, 5)), as_web(Account.objects.get(pk=place.chief.account_id)):
        appoint_head(actor=place.actor(place.chief), unit=place.unit, staff=place.lan, valid_from=day, values=DECISION)

    with on(day - dt.timedelta(days=1)):
        assert actor_for(head).can(Permission.GRANT_MANAGE)
        assert not actor_for(next_head).can(Permission.GRANT_MANAGE)
        assert _name(place, day - dt.timedelta(days=1)) == "Phạm Hồng Hạnh"
    with on(day):
        assert not actor_for(head).can(Permission.GRANT_MANAGE)
        assert actor_for(next_head).can(Permission.GRANT_MANAGE)
        assert _name(place, day) == "Nguyễn Thị Lan"
        with as_web(next_head):
            assert Student.objects.count() == 2
    grants = Grant.objects.filter(ground="appointment", unit=place.unit).order_by("valid_from")
    assert [(row.valid_from, row.valid_to) for row in grants] == [(dt.date(2021, 8, 1), day), (day, None)]


def test_who_has_no_account_does_not_take_a_heads_place(place: Place, as_web: Callable) -> None:
    """Else the old head's right would end and nobody at the unit could give or take any."""
    chief, account = place.actor(place.chief), Account.objects.get(pk=place.chief.account_id)
    without = b.teacher(place.school, "Vũ Chưa Tài Khoản", year=2024)

    with as_web(account):
        with pytest.raises(InvalidRecord) as refused:
            appoint_head(actor=chief, unit=place.unit, staff=without, valid_from=TODAY, values=DECISION)
        with pytest.raises(InvalidRecord) as unfit:
            change_head(actor=chief, head=place.appointment, values=DECISION | {"staff_id": without.pk}, seen=None)
    assert "Hãy mở tài khoản cho người này ở trang Tài khoản của đơn vị trước" in refused.value.problems[0]
    assert unfit.value.fields.keys() == refused.value.fields.keys() == {"staff_id"}
    assert place.actor(place.head).can(Permission.GRANT_MANAGE)

    with as_web(account):
        open_accounts(actor=chief, unit=place.unit, wanted=[NewAccount(without)])
        appoint_head(actor=chief, unit=place.unit, staff=without, valid_from=TODAY, values=DECISION)
    without.refresh_from_db()
    assert place.actor(without).can(Permission.GRANT_MANAGE)
    Account.objects.filter(pk=place.head.account_id).update(is_active=False)
    with pytest.raises(StaffError, match="đang khóa"):
        withdraw_head(actor=chief, head=UnitHead.objects.get(staff=without))


def test_a_withdrawn_appointment_gives_the_right_back(place: Place) -> None:
    chief = place.actor(place.chief)
    made = appoint_head(actor=chief, unit=place.unit, staff=place.lan, valid_from=TODAY, values=DECISION)

    withdraw_head(actor=chief, head=made)

    assert place.actor(place.head).can(Permission.GRANT_MANAGE)
    assert not place.actor(place.lan).can(Permission.GRANT_MANAGE)


def test_the_account_goes_to_an_officer_by_signed_minutes_alone(place: Place) -> None:
    batch = hand_over_administration(actor=place.actor(place.head), unit=place.unit, staff=place.clerk)
    assert _name(place) == "Phạm Hồng Hạnh"
    minutes, commitment = papers_of(batch)

    confirm(place.actor(place.head), minutes)
    confirm(place.actor(place.clerk), minutes, commitment)

    assert _name(place) == "Lê Minh Ngọc"
    holder = AdministrationHolder.objects.get()
    assert (holder.minutes_id, holder.valid_from, holder.valid_to) == (minutes.pk, TODAY, dt.date(2025, 11, 1))


def test_the_officer_gives_rights_on_the_heads_behalf(place: Place, as_web: Callable) -> None:
    place.sign(hand_over_administration(actor=place.actor(place.head), unit=place.unit, staff=place.clerk))
    clerk, wanted = place.actor(place.clerk), place.homeroom(place.lan, place.class_a)

    with as_web(clerk.account):
        grants = place.signed(wanted, actor=clerk)

    assert [row.account_id for row in grants] == [place.lan.account_id]
    assert Minutes.objects.get(receiver=place.lan.account_id).giver_id == place.clerk.account_id


def test_the_account_goes_from_officer_to_officer_and_back(place: Place) -> None:
    place.sign(hand_over_administration(actor=place.actor(place.head), unit=place.unit, staff=place.clerk))
    with on(TODAY + dt.timedelta(days=10)):
        place.sign(hand_over_administration(actor=place.actor(place.clerk), unit=place.unit, staff=place.mai))
        assert _name(place, TODAY + dt.timedelta(days=10)) == "Trần Thị Mai"
        assert not place.actor(place.clerk).can(Permission.GRANT_MANAGE)
    with on(TODAY + dt.timedelta(days=20)):
        take_back_administration(actor=place.actor(place.head), unit=place.unit, reason="Thay đổi phân công")
        assert _name(place, TODAY + dt.timedelta(days=20)) == "Phạm Hồng Hạnh"
        assert not place.actor(place.mai).can(Permission.GRANT_MANAGE)
    spans = AdministrationHolder.objects.order_by("pk").values_list("valid_from", "valid_to")
    days = [TODAY + dt.timedelta(days=number) for number in (0, 10, 20)]
    assert list(spans) == [(days[0], days[1]), (days[1], days[2])]


def test_without_the_head_the_holder_passes_the_account_to_nobody(place: Place, as_web: Callable) -> None:
    """The holder makes the minutes ready; they name the head, and wait for the head."""
    place.sign(hand_over_administration(actor=place.actor(place.head), unit=place.unit, staff=place.clerk))
    clerk, mai = place.actor(place.clerk), place.actor(place.mai)

    with as_web(clerk.account):
        batch = hand_over_administration(actor=clerk, unit=place.unit, staff=place.mai)
    minutes, commitment = papers_of(batch)
    assert isinstance(minutes, Minutes)
    assert (minutes.giver_id, minutes.content["giver"]["name"]) == (place.head.account_id, "Phạm Hồng Hạnh")
    with as_web(clerk.account), pytest.raises(NotAllowed):
        confirm(clerk, minutes)
    with as_web(mai.account):
        assert confirm(mai, minutes, commitment) == []
    assert _name(place) == "Lê Minh Ngọc"
    confirm(place.actor(place.head), minutes)

    assert _name(place) == "Trần Thị Mai"


def test_minutes_in_which_the_holder_gives_the_account_on_are_signed_by_nobody(place: Place) -> None:
    """As they were made before the head was a party of every handover."""
    place.sign(hand_over_administration(actor=place.actor(place.head), unit=place.unit, staff=place.clerk))
    batch = hand_over_administration(actor=place.actor(place.clerk), unit=place.unit, staff=place.mai)
    Minutes.objects.filter(batch=batch).update(giver=place.clerk.account_id)

    with pytest.raises(InvalidRecord) as refused:
        place.sign(batch)

    assert "(bên giao) không giữ quyền" in refused.value.problems[0]
    assert _name(place) == "Lê Minh Ngọc"


def test_taking_back_names_who_takes_back(place: Place) -> None:
    """The account went on by an officer's hand; the head takes it back and is a party of the minutes."""
    place.sign(hand_over_administration(actor=place.actor(place.head), unit=place.unit, staff=place.clerk))
    place.sign(hand_over_administration(actor=place.actor(place.clerk), unit=place.unit, staff=place.mai))

    made = take_back_administration(actor=place.actor(place.head), unit=place.unit, reason="Thay đổi phân công")

    assert (made.giver_id, made.receiver_id) == (place.head.account_id, place.mai.account_id)
    assert (made.content["giver"]["name"], made.content["receiver"]["name"]) == ("Phạm Hồng Hạnh", "Trần Thị Mai")
    confirm(place.actor(place.head), made)
    confirm(place.actor(place.mai), made)
    made.refresh_from_db()
    assert made.state == "signed"


@pytest.mark.parametrize(("by", "named"), [("head", "Phạm Hồng Hạnh"), ("clerk", "Lê Minh Ngọc")])
def test_a_right_given_by_one_and_withdrawn_by_another_names_the_other(place: Place, by: str, named: str) -> None:
    place.sign(hand_over_administration(actor=place.actor(place.head), unit=place.unit, staff=place.clerk))
    batch = place.prepare(place.homeroom(place.lan, place.class_a), actor=place.actor(place.head))
    place.sign(batch)

    made = withdraw_minutes(
        actor=place.actor(getattr(place, by)), minutes=Minutes.objects.get(batch=batch), reason="Thôi chủ nhiệm"
    )

    assert (made.giver_id, made.content["giver"]["name"]) == (getattr(place, by).account_id, named)


def test_a_holder_who_gives_the_own_right_back_gives_it_to_the_head(place: Place) -> None:
    place.sign(hand_over_administration(actor=place.actor(place.head), unit=place.unit, staff=place.clerk))

    made = take_back_administration(actor=place.actor(place.clerk), unit=place.unit, reason="Xin thôi giữ")

    assert (made.giver_id, made.receiver_id) == (place.head.account_id, place.clerk.account_id)


def test_the_holder_passes_the_account_on_and_gives_it_back_with_the_own_rights(place: Place, as_web: Callable) -> None:
    """Each act takes the right by which it is done: everything is written nevertheless, to the last."""
    place.sign(hand_over_administration(actor=place.actor(place.head), unit=place.unit, staff=place.clerk))
    clerk, mai = place.actor(place.clerk), place.actor(place.mai)
    with as_web(clerk.account):
        batch = hand_over_administration(actor=place.actor(place.clerk), unit=place.unit, staff=place.mai)
        place.sign(batch, actor=place.actor(place.clerk))
    assert _name(place) == "Trần Thị Mai"
    assert not place.actor(place.clerk).can(Permission.GRANT_MANAGE)

    with as_web(mai.account):
        made = take_back_administration(actor=place.actor(place.mai), unit=place.unit, reason="Trả lại thủ trưởng")
    assert (made.kind, made.receiver_id, _name(place)) == ("revocation", place.mai.account_id, "Phạm Hồng Hạnh")
    assert not place.actor(place.mai).can(Permission.GRANT_MANAGE)
    told = Event.objects.filter(kind="delegation:withdraw").get()
    assert (told.account_id, told.data["revocation"]) == (place.mai.account_id, made.paper_no)


def test_when_the_officer_leaves_the_account_falls_back_to_the_head_the_same_day(place: Place) -> None:
    place.sign(hand_over_administration(actor=place.actor(place.head), unit=place.unit, staff=place.clerk))
    left = TODAY + dt.timedelta(days=5)
    StaffPosting.objects.filter(staff=place.clerk).update(valid_to=left, status_code="01")

    assert _name(place, left - dt.timedelta(days=1)) == "Lê Minh Ngọc"
    with on(left):
        assert _name(place, left) == "Phạm Hồng Hạnh"
        assert upkeep(b.SYSTEM)["released"] == 1
        assert upkeep(b.SYSTEM)["released"] == 0
    assert Grant.objects.get(role_code="unit_admin").state == "ended"


@pytest.mark.parametrize("by", ["head", "clerk"])
def test_without_the_commitment_the_account_is_the_heads_again(place: Place, as_web: Callable, by: str) -> None:
    """The head withdraws the holder's commitment, or the holder does; the account may then be handed over anew."""
    place.sign(hand_over_administration(actor=place.actor(place.head), unit=place.unit, staff=place.clerk))
    who = getattr(place, by)

    with as_web(Account.objects.get(pk=who.account_id)):
        withdraw_commitment(actor=place.actor(who), commitment=Commitment.objects.get(), reason="Rút cam kết")

    held = AdministrationHolder.objects.get()
    assert (held.valid_to, _name(place)) == (TODAY, "Phạm Hồng Hạnh")
    assert "Rút cam kết" in held.ended_because
    again = hand_over_administration(actor=place.actor(place.head), unit=place.unit, staff=place.clerk)
    place.sign(again)
    assert _name(place) == "Lê Minh Ngọc"


def test_a_holder_whose_right_is_suspended_is_no_holder(place: Place) -> None:
    place.sign(hand_over_administration(actor=place.actor(place.head), unit=place.unit, staff=place.clerk))

    Grant.objects.filter(role_code="unit_admin").update(state="suspended")

    assert _name(place) == "Phạm Hồng Hạnh"


def test_a_unit_never_has_two_holders(place: Place) -> None:
    place.sign(hand_over_administration(actor=place.actor(place.head), unit=place.unit, staff=place.clerk))
    held = AdministrationHolder.objects.get()
    other = place.prepare(place.homeroom(place.lan, place.class_a))

    with pytest.raises(IntegrityError, match="one_administrator"), transaction.atomic():
        AdministrationHolder.objects.create(
            unit=place.unit, account_id=place.mai.account_id, staff=place.mai, valid_from=held.valid_from,
            minutes=Minutes.objects.get(batch=other),
        )  # fmt: skip


def test_what_cannot_be_handed_over_says_why(place: Place) -> None:
    without = b.teacher(place.school, "Vũ Chưa Tài Khoản", year=2024)
    head = place.actor(place.head)

    with pytest.raises(DelegationError, match="chưa có tài khoản"):
        hand_over_administration(actor=head, unit=place.unit, staff=without)
    with pytest.raises(DelegationError, match="đang giữ tài khoản quản trị"):
        hand_over_administration(actor=head, unit=place.unit, staff=place.head)
    place.sign(hand_over_administration(actor=head, unit=place.unit, staff=place.lan))
    with pytest.raises(DelegationError, match="là thủ trưởng"):
        hand_over_administration(actor=place.actor(place.lan), unit=place.unit, staff=place.head)
    take_back_administration(actor=head, unit=place.unit, reason="Thay đổi phân công")
    hand_over_administration(actor=head, unit=place.unit, staff=place.clerk)
    with pytest.raises(DelegationError, match="đang chờ ký"):
        hand_over_administration(actor=head, unit=place.unit, staff=place.mai)
    with pytest.raises(NotAllowed):
        hand_over_administration(actor=place.actor(place.chief), unit=place.unit, staff=place.mai)
    with pytest.raises(DelegationError, match="đang trực tiếp giữ"):
        take_back_administration(actor=head, unit=place.unit, reason="không có gì")


def test_a_head_whose_account_is_opened_later_gets_the_right_then(place: Place) -> None:
    unit = place.neighbour.unit
    UnitHead.objects.create(unit=unit, staff=b.teacher(place.neighbour, "Ngô An", year=2024), valid_from=TODAY)
    assert upkeep(b.SYSTEM)["heads"] == 0
    head = UnitHead.objects.get(unit=unit).staff
    head.account = Account.objects.create_user(username="ngoan", password="x", full_name="Ngô An")
    head.save()

    assert upkeep(b.SYSTEM)["heads"] == 1
    assert upkeep(b.SYSTEM)["heads"] == 0
    assert actor_for(head.account).can(Permission.GRANT_MANAGE, on=unit.pk)
    assert person(unit, "x", "x1").account is not None
