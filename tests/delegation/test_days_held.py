"""The days that a preview promises are those on which the right then holds."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from csdl.access.actions import GrantDraft, draft_faults, powers_of
from csdl.accounts.models import Account
from csdl.delegation.actions import Wanted
from csdl.delegation.models import Minutes
from csdl.delegation.queries import days_held, people_of
from csdl.staff.actions import end_posting
from csdl.staff.models import StaffPosting
from csdl.staff.queries import days_at_work
from csdl.students.models import Student
from tests import builders as b
from tests.delegation.place import TODAY, Place, on

pytestmark = pytest.mark.django_db
END = dt.date(2025, 11, 1)


@pytest.fixture
def place(db: None, settings, tmp_path) -> Iterator[Place]:
    settings.FILES_DIR = tmp_path / "files"
    with on(TODAY):
        yield Place()


@pytest.mark.parametrize(
    ("first", "ends", "again", "expected"),
    [
        (TODAY, None, None, [(TODAY, END)]),
        (dt.date(2024, 10, 1), None, None, [(dt.date(2024, 10, 1), END)]),
        (TODAY, dt.date(2025, 1, 1), None, [(TODAY, dt.date(2025, 1, 1))]),
        (TODAY, dt.date(2025, 1, 1), dt.date(2025, 1, 1), [(TODAY, END)]),
        (
            TODAY,
            dt.date(2025, 1, 1),
            dt.date(2025, 3, 1),
            [(TODAY, dt.date(2025, 1, 1)), (dt.date(2025, 3, 1), END)],
        ),
    ],
)
def test_a_preview_promises_the_days_on_which_the_right_then_holds(
    place: Place,
    first: dt.date,
    ends: dt.date | None,
    again: dt.date | None,
    expected: list[tuple[dt.date, dt.date]],
) -> None:
    StaffPosting.objects.filter(staff=place.lan).update(valid_to=ends)
    if again:
        StaffPosting.objects.create(staff=place.lan, unit=place.unit, valid_from=again, staff_group_code="03")

    told = days_held(place.lan.account_id, place.unit.pk, first, END)
    place.signed(Wanted(place.lan.account_id, "student_records", first, END))

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT valid_from, valid_to FROM csdl_grant_holds(ARRAY[%s::bigint]) ORDER BY valid_from",
            [place.lan.account_id],
        )
        held = cursor.fetchall()
    assert told == held == expected


def test_an_end_entered_ahead_ends_the_right_on_that_day_and_not_before(place: Place, as_web: Callable) -> None:
    """Retirement is entered in September for 1 January: the teacher is given rights until then, and no day longer."""
    leaves = dt.date(2025, 1, 1)
    end_posting(actor=b.SYSTEM, posting=StaffPosting.objects.get(staff=place.lan), status_code="05", on=leaves)
    wanted = place.homeroom(place.lan, place.class_a)

    (grant,) = place.signed(wanted)

    assert place.lan in [one.staff for one in people_of(place.unit.pk, TODAY)]
    assert place.lan not in [one.staff for one in people_of(place.unit.pk, leaves)]
    assert grant.valid_to == leaves
    (scope,) = Minutes.objects.get().content["scopes"]
    assert (scope["valid_to"], scope["why_until"]) == ("31/12/2024", "người nhận thôi công tác tại đơn vị sau ngày này")
    account = Account.objects.get(pk=place.lan.account_id)
    seen = []
    for day in (dt.date(2024, 12, 31), leaves):
        with on(day), as_web(account):
            seen.append(Student.objects.count())
    assert seen == [1, 0]


def test_no_right_reaches_beyond_the_day_on_which_its_person_leaves(place: Place) -> None:
    """The same rule where no page has cut the days; and nobody begins a right after leaving."""
    StaffPosting.objects.filter(staff=place.lan).update(valid_to=dt.date(2025, 1, 1), status_code="05")
    StaffPosting.objects.filter(staff=place.mai).update(valid_to=dt.date(2024, 10, 1))
    drafts = [
        GrantDraft(place.lan.account_id, "student_records", place.unit.pk, TODAY, END),
        GrantDraft(place.mai.account_id, "student_records", place.unit.pk, dt.date(2024, 10, 1), END),
    ]
    head = place.actor(place.head)

    assert draft_faults(head, drafts, powers_of(head, [place.unit.pk])) == [
        "Nguyễn Thị Lan: thôi công tác tại đơn vị sau ngày 31/12/2024; quyền chỉ đến hết ngày ấy.",
        "Trần Thị Mai: không phải người đang công tác tại đơn vị.",
    ]


def test_who_has_gone_without_a_last_day_holds_nothing(place: Place) -> None:
    StaffPosting.objects.filter(staff=place.lan).update(status_code="05")

    assert days_held(place.lan.account_id, place.unit.pk, TODAY, END) == []


def test_where_somebody_works_is_told_to_oneself_and_to_who_gives_rights_there(place: Place, as_web: Callable) -> None:
    asked = [place.unit.pk, place.neighbour.unit.pk], [place.lan.account_id, place.stranger.account_id]
    told = {}
    for who in (place.lan, place.stranger, place.head, place.chief):
        with as_web(Account.objects.get(pk=who.account_id)):
            told[who.full_name] = {account for account, _ in days_at_work(*asked)}

    lan, stranger = asked[1]
    assert told == {
        "Nguyễn Thị Lan": {lan}, "Hoàng Văn Láng": {stranger}, "Phạm Hồng Hạnh": {lan}, "Đỗ Hải Yến": {lan, stranger},
    }  # fmt: skip
