"""Ends and what comes next: 31 August at its last second, renewal, reading days, cover, the next year's classes."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest

from csdl.access.models import Grant
from csdl.accounts.errors import InvalidRecord
from csdl.accounts.models import Account
from csdl.audit.models import Event
from csdl.delegation.actions import (
    Wanted,
    confirm_personnel,
    cover_absence,
    delegate_homerooms,
    homerooms_wanted,
    renew_grants,
    upkeep,
    withdraw_minutes,
)
from csdl.delegation.models import Batch, Minutes, PersonnelConfirmation
from csdl.delegation.queries import class_ids_of, holding_on
from csdl.students.models import Student
from tests import builders as b
from tests.delegation.place import TODAY, Place, on, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(db: None) -> Iterator[Place]:
    with on(TODAY):
        yield Place()


def _pupils(as_web: Callable, account_id: int) -> list[str]:
    with as_web(Account.objects.get(pk=account_id)):
        return sorted(Student.objects.values_list("full_name", flat=True))


def test_a_class_right_holds_to_the_last_second_of_31_august(place: Place, as_web: Callable) -> None:
    place.signed(place.homeroom(place.lan, place.class_a))

    with on(dt.date(2025, 8, 31), 23, 59, 59):
        assert _pupils(as_web, place.lan.account_id) == ["Em lớp A"]
    with on(dt.date(2025, 9, 1), 0):
        assert _pupils(as_web, place.lan.account_id) == []
        assert upkeep(b.SYSTEM)["ended"] == 1
        assert upkeep(b.SYSTEM)["ended"] == 0


def test_ends_are_announced_once_for_each_step(place: Place) -> None:
    place.signed(place.homeroom(place.lan, place.class_a))
    announced = []
    for day in (dt.date(2025, 7, 31), dt.date(2025, 8, 2), dt.date(2025, 8, 2), dt.date(2025, 8, 20),
                dt.date(2025, 8, 29), dt.date(2025, 8, 30)):  # fmt: skip
        with on(day):
            announced.append(upkeep(b.SYSTEM)["announced"])

    assert announced == [0, 1, 0, 1, 1, 0]
    told = Event.objects.filter(kind="grant:ends_soon").order_by("pk").values_list("data", flat=True)
    assert [one["grants"][0]["days_left"] for one in told] == [30, 12, 3]


def test_renewal_is_one_step_and_reading_goes_on_for_14_days(place: Place) -> None:
    ends = dt.date(2024, 11, 1)
    (grant,) = place.signed(Wanted(place.clerk.account_id, "student_records", TODAY, ends))
    with on(dt.date(2024, 10, 20)):
        batch = renew_grants(actor=place.actor(place.head), unit=place.unit, grants=[grant])
    grant.refresh_from_db()
    assert grant.read_until == dt.date(2024, 11, 15)
    following = Grant.objects.get(renews=grant)
    assert (following.valid_from, following.valid_to, following.state) == (ends, dt.date(2025, 11, 1), "inactive")

    with on(ends):
        assert upkeep(b.SYSTEM)["ended"] == 0
    with on(dt.date(2024, 11, 15)):
        assert upkeep(b.SYSTEM)["ended"] == 1
        place.sign(batch)
    following.refresh_from_db()
    assert following.state == "active"


@pytest.mark.parametrize("is_signed", [False, True])
def test_a_cancelled_renewal_leaves_no_reading_behind(place: Place, as_web: Callable, is_signed: bool) -> None:
    """Cancelled before it is signed, or withdrawn after."""
    (grant,) = place.signed(Wanted(place.clerk.account_id, "student_records", TODAY, dt.date(2024, 11, 1)))
    with on(dt.date(2024, 10, 20)):
        batch = renew_grants(actor=place.actor(place.head), unit=place.unit, grants=[grant])
    with on(dt.date(2024, 11, 5)):
        if is_signed:
            place.sign(batch)
        assert _pupils(as_web, place.clerk.account_id) == ["Em lớp A", "Em lớp B"]

        with as_web(Account.objects.get(pk=place.head.account_id)):
            withdraw_minutes(
                actor=place.actor(place.head), minutes=Minutes.objects.get(batch=batch), reason="Không gia hạn nữa"
            )

        assert _pupils(as_web, place.clerk.account_id) == []
        assert upkeep(b.SYSTEM)["ended"] == 1
    grant.refresh_from_db()
    assert (grant.read_until, grant.state) == (None, "ended")


def test_the_right_over_a_class_of_one_year_does_not_open_the_next(place: Place, as_web: Callable) -> None:
    b.homeroom(place.lan, place.class_a)
    delegated = delegate_homerooms(actor=place.actor(place.head), unit=place.unit, start_year=2024)
    (grant,) = place.sign(delegated)
    next_class = b.school_class(place.school, "8A", "08", year=2025)
    with on(dt.date(2025, 8, 5)):
        b.homeroom(place.lan, next_class)
        assert _pupils(as_web, place.lan.account_id) == ["Em lớp A"]
        wanted, without = homerooms_wanted(place.unit, 2025, today=dt.date(2025, 8, 5))
        assert (wanted, without) == (
            [
                Wanted(
                    place.lan.account_id, "homeroom_teacher", dt.date(2025, 8, 5), dt.date(2026, 9, 1),
                    class_ids=(next_class.pk,),
                )
            ],
            [],
        )  # fmt: skip
        renew_grants(actor=place.actor(place.head), unit=place.unit, grants=[grant])
    following = Grant.objects.get(renews=grant)
    assert following.state == "inactive"
    assert Minutes.objects.get(pk=following.paper_id).content["scopes"][0]["scope"].startswith("lớp 8A")


def test_all_homeroom_teachers_in_one_go(place: Place) -> None:
    b.homeroom(place.lan, place.class_a)
    b.homeroom(place.mai, place.class_b)
    nobody = b.teacher(place.school, "Vũ Không Tài Khoản", year=2024)
    b.homeroom(nobody, b.school_class(place.school, "9A", "09", year=2024))

    assert homerooms_wanted(place.unit, 2024, today=TODAY)[1] == ["Vũ Không Tài Khoản (9A)"]
    place.sign(delegate_homerooms(actor=place.actor(place.head), unit=place.unit, start_year=2024))

    assert Batch.objects.get().title == "Phân quyền giáo viên chủ nhiệm năm học 2024-2025"
    held = holding_on(Grant.objects.filter(role_code="homeroom_teacher"), TODAY)
    assert set(held.values_list("account_id", flat=True)) == {place.lan.account_id, place.mai.account_id}
    with pytest.raises(InvalidRecord):
        delegate_homerooms(actor=place.actor(place.head), unit=place.unit, start_year=2024)


def test_cover_for_absence_ends_by_itself(place: Place, as_web: Callable) -> None:
    (grant,) = place.signed(place.homeroom(place.lan, place.class_a))
    place.sign(
        cover_absence(
            actor=place.actor(place.head), unit=place.unit, absent_id=place.lan.account_id, cover=place.mai,
            first=TODAY, last=TODAY + dt.timedelta(days=6),
        )
    )  # fmt: skip

    assert Grant.objects.get(covers=grant).valid_to == TODAY + dt.timedelta(days=7)
    assert _pupils(as_web, place.mai.account_id) == ["Em lớp A"]
    with on(TODAY + dt.timedelta(days=7)):
        assert _pupils(as_web, place.mai.account_id) == []
        assert _pupils(as_web, place.lan.account_id) == ["Em lớp A"]


def test_cover_leaves_out_what_the_other_holds_already(place: Place, as_web: Callable) -> None:
    """Lan keeps the pupils' records and leads 7A; Mai keeps records as well."""
    ends, last = dt.date(2025, 9, 1), TODAY + dt.timedelta(days=6)
    place.signed(
        place.homeroom(place.lan, place.class_a),
        Wanted(place.lan.account_id, "student_records", TODAY, ends),
        Wanted(place.lan.account_id, "rollover", TODAY, ends),
        Wanted(place.mai.account_id, "student_records", TODAY, ends),
        Wanted(place.mai.account_id, "rollover", TODAY, TODAY + dt.timedelta(days=2)),
    )
    cover = {"unit": place.unit, "absent_id": place.lan.account_id, "cover": place.mai, "first": TODAY, "last": last}

    with as_web(Account.objects.get(pk=place.head.account_id)):
        place.sign(cover_absence(actor=place.actor(place.head), **cover))

    made = Grant.objects.filter(covers__account=place.lan.account_id).order_by("role_code")
    assert [(row.role_code, row.valid_from, row.valid_to) for row in made] == [
        ("homeroom_teacher", TODAY, last + dt.timedelta(days=1)),
        ("rollover", TODAY + dt.timedelta(days=2), last + dt.timedelta(days=1)),
    ]
    assert class_ids_of([made[0].pk]) == {made[0].pk: [place.class_a.pk]}
    with pytest.raises(InvalidRecord) as refused:
        cover_absence(actor=place.actor(place.head), **cover)
    assert refused.value.problems == [
        "Trần Thị Mai đã có đủ các quyền của Nguyễn Thị Lan trong những ngày này. Không cần lập biên bản làm thay."
    ]


def test_personnel_are_confirmed_once_a_year_from_1_august(place: Place) -> None:
    place.signed(place.homeroom(place.lan, place.class_a))
    head = place.actor(place.head)
    with on(dt.date(2025, 7, 31)), pytest.raises(InvalidRecord, match="Có nội dung") as refused:
        confirm_personnel(actor=head, unit=place.unit, start_year=2025)
    assert refused.value.problems == ["Kiện toàn nhân sự năm học 2025-2026 mở từ 01/08/2025."]
    with on(dt.date(2025, 8, 1)):
        made = confirm_personnel(actor=head, unit=place.unit, start_year=2025, note="Đủ")
        with pytest.raises(InvalidRecord):
            confirm_personnel(actor=head, unit=place.unit, start_year=2025)

    assert [one["name"] for one in made.people] == ["Nguyễn Thị Lan", "Phạm Hồng Hạnh"]
    assert PersonnelConfirmation.objects.count() == 1


def test_an_office_splits_officers_by_level(place: Place) -> None:
    officers = [person(place.office, f"Chuyên viên {n}", f"cv{n}", position="24", group="09") for n in range(3)]
    levels = ("01", "02", "03")
    chief = place.actor(place.chief)

    grants = place.signed(
        *(
            Wanted(one.account_id, "level_officer", TODAY, dt.date(2024, 11, 1), (level,))
            for one, level in zip(officers, levels, strict=True)
        ),
        unit=place.office,
        actor=chief,
    )

    assert sorted(tuple(row.level_codes) for row in grants) == [("01",), ("02",), ("03",)]
    texts = [row.content["scopes"][0]["scope"] for row in Minutes.objects.order_by("pk")]
    assert texts[1] == "Phòng GDĐT quận Lê Chân và các đơn vị trực thuộc, cấp tiểu học"
