"""Accounts of who works nowhere any more are locked the same day (S9), and what expired is deleted by night."""

import datetime as dt
from collections.abc import Callable, Sequence

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from csdl.accounts.errors import InvalidRecord
from csdl.accounts.models import Account, DeviceDay, RememberedDevice
from csdl.accounts.tidying import clear_expired
from csdl.audit.models import Event
from csdl.delegation.models import Inspection
from csdl.delegation.queries import open_leavers
from csdl.documents.models import Document
from csdl.lib import clock
from csdl.orgs.models import OrgUnit
from csdl.staff.actions import lock_leavers, unlock_account
from csdl.staff.models import StaffMember, StaffPosting
from csdl.staff.queries import leavers_with_account
from tests import builders as b
from tests.accounts.test_sessions import signed_in
from tests.portals.places import Places, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def places(db: None) -> Places:
    return build()


def person(places: Places, username: str, *, left: bool, begins_again_in: int | None = None) -> Account:
    """Somebody of the school with an account; who left did so yesterday, and may begin at the neighbour's."""
    who = b.teacher(places.school, username, year=2024)
    account = Account.objects.create_user(username=username, password="mat-khau-thu", full_name=username)
    StaffMember.objects.filter(pk=who.pk).update(account=account)
    if left:
        StaffPosting.objects.filter(staff=who).update(valid_to=clock.today())
    if begins_again_in is not None:
        begins = clock.today() + dt.timedelta(days=begins_again_in)
        StaffPosting.objects.create(
            staff=who, unit=places.other_school.unit, valid_from=begins, staff_group_code="03", status_code="01"
        )
    return account


def test_who_left_is_locked_and_out_and_nobody_else(places: Places) -> None:
    person(places, "di.roi", left=True)
    person(places, "di.han", left=True, begins_again_in=60)
    person(places, "chuyen.truong", left=True, begins_again_in=5)
    person(places, "con.day", left=False)
    client = signed_in("di.roi")

    before = {one.full_name for one in leavers_with_account()}
    locked = lock_leavers(actor=b.SYSTEM)

    assert before == {"di.roi", "di.han"}
    assert (locked, lock_leavers(actor=b.SYSTEM), list(leavers_with_account())) == (2, 0, [])
    assert client.get("/").status_code == 302
    assert set(Account.objects.filter(is_active=False).values_list("username", flat=True)) == before
    event = Event.objects.get(kind="account:lock")
    assert (event.unit_id, event.data["accounts"]) == (places.school.pk, ["di.han", "di.roi"])


def told(units: Sequence[OrgUnit]) -> set[str]:
    return {one.full_name for one in open_leavers([one.pk for one in units])}


def test_the_database_tells_leavers_as_the_run_finds_them_and_no_unit_those_of_another(
    places: Places, as_web: Callable
) -> None:
    """By raw SQL of the web role too: a unit's own alone, an office what is below it, and never who works elsewhere, by
    whom the own school would be the only posting to be read."""
    own, neighbour, office = places.school.unit, places.other_school.unit, places.office
    person(places, "di.roi", left=True)
    person(places, "di.han", left=True, begins_again_in=60)
    person(places, "chuyen.truong", left=True, begins_again_in=0)
    person(places, "sap.chuyen", left=True, begins_again_in=30)
    person(places, "con.day", left=False)
    locked = person(places, "da.khoa", left=True)
    Account.objects.filter(pk=locked.pk).update(is_active=False)
    visiting = person(places, "di.thanh.tra", left=True)
    Inspection.objects.create(
        unit=neighbour,
        account=visiting,
        document=Document.objects.create(unit=neighbour, kind="inspection", title="Quyết định"),
        valid_from=clock.today(),
        valid_to=clock.today() + dt.timedelta(days=7),
        admitted_on=clock.today(),
    )
    gone = person(places, "nghi.o.ben.canh", left=False)
    StaffPosting.objects.filter(staff__account=gone).update(unit=neighbour, status_code="03")
    admin = b.account("quan.tri", "unit_admin", own)
    every = [own, neighbour, office, places.department]

    run = {one.full_name for one in leavers_with_account()}
    assert told(every) == run == {"di.roi", "di.han", "nghi.o.ben.canh"}
    for account, units, found in (
        ("head", [own], {"di.roi", "di.han"}),
        ("head", [neighbour], set()),
        ("head", every, {"di.roi", "di.han"}),
        ("office", every, run),
        ("office", [neighbour], {"nghi.o.ben.canh"}),
        ("department", every, run),
        ("clerk", every, set()),
        ("homeroom", every, set()),
        ("nobody", every, set()),
    ):
        with as_web(places.accounts[account]), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM csdl_open_leavers(%s)", [[one.pk for one in units]])
            keys = {key for (key,) in cursor.fetchall()}
            readable = told(units)
        assert set(StaffMember.objects.filter(pk__in=keys).values_list("full_name", flat=True)) == found, account
        assert readable == found, account
    with as_web(admin):
        assert told(every) == {"di.roi", "di.han"}
    with as_web(None):
        assert told(every) == set()


def test_gone_by_the_status_is_gone_at_once_and_is_not_let_in_again(places: Places) -> None:
    account = person(places, "nghi.huu", left=False)
    staff = StaffMember.objects.get(account=account)
    StaffPosting.objects.filter(staff=staff).update(status_code="03")

    locked = lock_leavers(actor=b.SYSTEM)

    assert locked == 1
    with pytest.raises(InvalidRecord) as refused:
        unlock_account(actor=b.SYSTEM, unit=places.school.unit, staff=staff, reason="Nhờ mở lại")
    assert "đã thôi công tác" in refused.value.problems[0]
    StaffPosting.objects.filter(staff=staff).update(status_code="01")
    assert unlock_account(actor=b.SYSTEM, unit=places.school.unit, staff=staff, reason="Ghi nhầm").is_active


def test_what_expired_goes_and_what_lives_stays(places: Places) -> None:
    old, living = signed_in(), signed_in("hieutruong")
    Session.objects.filter(session_key=old.session.session_key).update(
        expire_date=timezone.now() - dt.timedelta(seconds=1)
    )
    account = places.accounts["clerk"]
    for name, days in (("cu", -1), ("moi", 1)):
        RememberedDevice.objects.create(
            account=account, token_hash=name, browser="x", expires_at=timezone.now() + dt.timedelta(days=days)
        )
    DeviceDay.objects.create(account=account, device="0" * 32, day=timezone.localdate() - dt.timedelta(days=91))
    living.get("/")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_actingtoken SET expires_at = now() - interval '1 second'")

    done = clear_expired()

    assert (done["sessions"], done["session_lines"], done["devices"], done["device_days"]) == (1, 1, 1, 1)
    assert done["tokens"] >= 1
    assert [one.token_hash for one in RememberedDevice.objects.all()] == ["moi"]
    assert UserSession.objects.get().user.username == "hieutruong"
    assert sum(clear_expired().values()) == 0
