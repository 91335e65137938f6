"""What becomes of rights when the posting or the homeroom assignment that they stand on ends, and of its undo."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest

from csdl.access.models import Grant
from csdl.accounts.errors import InvalidRecord
from csdl.accounts.models import Account
from csdl.audit.edits import changes_of
from csdl.audit.models import Event
from csdl.delegation.actions import (
    Wanted,
    confirm_personnel,
    cover_absence,
    delegate_homerooms,
    homerooms_wanted,
    upkeep,
)
from csdl.delegation.models import Minutes
from csdl.lib import clock
from csdl.portals.desk.delegation.tasks import rights_tasks
from csdl.staff.actions import (
    StaffChange,
    StaffChangeKind,
    change_staff_in_bulk,
    end_posting,
    plan_staff_bulk,
    undo_staff_edit,
)
from csdl.staff.models import StaffMember, StaffPosting
from csdl.students.models import Student
from csdl.years.actions.assignments import SavedAssignments, assign_homeroom, end_homeroom, undo_assignments
from csdl.years.models import HomeroomAssignment
from tests import builders as b
from tests.delegation.place import TODAY, Place, on, papers_of

pytestmark = pytest.mark.django_db
LATER = TODAY + dt.timedelta(days=10)
ENDS = dt.date(2024, 11, 1)


@pytest.fixture
def place(db: None) -> Iterator[Place]:
    with on(TODAY):
        yield Place()


def _pupils(as_web: Callable, who: StaffMember) -> list[str]:
    with as_web(Account.objects.get(pk=who.account_id)):
        return sorted(Student.objects.values_list("full_name", flat=True))


def _lead(place: Place, who: StaffMember, *, by: StaffMember, day: dt.date) -> SavedAssignments:
    return assign_homeroom(actor=place.actor(by), school_class=place.class_a, staff_id=who.pk, on=day)


def _stand(grant: Grant) -> tuple[str, str]:
    grant.refresh_from_db()
    return grant.state, grant.suspended_because


def test_a_change_of_homeroom_teacher_stops_the_old_right_and_makes_the_new_one_ready(
    place: Place, as_web: Callable
) -> None:
    (old,) = place.signed(place.homeroom(place.lan, place.class_a))
    head = Account.objects.get(pk=place.head.account_id)

    with on(LATER), as_web(head):
        done = _lead(place, place.mai, by=place.head, day=LATER)

    assert _stand(old) == ("suspended", "Thôi chủ nhiệm lớp 7A từ ngày 15/09/2024")
    minutes = Minutes.objects.get(receiver=place.mai.account_id)
    assert (minutes.state, minutes.content["scopes"][0]["scope"][:6]) == ("draft", "lớp 7A")
    assert [one.split(".")[0].split(":")[0] for one in done.told] == [
        "Quyền “Giáo viên chủ nhiệm” của Nguyễn Thị Lan đã tạm dừng",
        f"Đã lập sẵn biên bản số {minutes.paper_no} cho Trần Thị Mai",
    ]
    told = Event.objects.get(kind="grant:suspend")
    assert (told.unit_id, told.account_id, told.data["accounts"]) == (place.unit.pk, head.pk, ["lan"])
    with on(LATER):
        assert (_pupils(as_web, place.lan), _pupils(as_web, place.mai)) == ([], [])
        place.sign(minutes.batch)
        assert (_pupils(as_web, place.lan), _pupils(as_web, place.mai)) == ([], ["Em lớp A"])


def test_a_change_ahead_of_its_day_moves_the_rights_on_that_day(place: Place, as_web: Callable) -> None:
    (old,) = place.signed(place.homeroom(place.lan, place.class_a))
    _lead(place, place.mai, by=place.head, day=LATER)
    place.sign(Minutes.objects.get(receiver=place.mai.account_id).batch)
    new = Grant.objects.get(account=place.mai.account_id)

    assert (_stand(old)[0], new.valid_from) == ("active", LATER)
    assert (_pupils(as_web, place.lan), _pupils(as_web, place.mai)) == (["Em lớp A"], [])
    with on(LATER):
        assert (_pupils(as_web, place.lan), _pupils(as_web, place.mai)) == ([], ["Em lớp A"])
        assert upkeep(b.SYSTEM)["followed"] == 1
        assert upkeep(b.SYSTEM)["followed"] == 0
    assert _stand(old) == ("suspended", "Thôi chủ nhiệm lớp 7A từ ngày 15/09/2024")


def test_a_clerk_changes_the_teacher_and_the_head_is_asked_for_the_new_right(place: Place, as_web: Callable) -> None:
    """The clerk may give no right and read none: the old one stops all the same."""
    (old,) = place.signed(place.homeroom(place.lan, place.class_a))
    place.signed(Wanted(place.clerk.account_id, "school_clerk", TODAY, ENDS))
    clerk = Account.objects.get(pk=place.clerk.account_id)

    with on(LATER), as_web(clerk):
        done = _lead(place, place.mai, by=place.clerk, day=LATER)

    assert _stand(old)[0] == "suspended"
    assert "thủ trưởng đơn vị lập" in done.told[-1]
    assert not Minutes.objects.filter(receiver=place.mai.account_id).exists()
    wanted, _ = homerooms_wanted(place.unit, 2024, today=LATER)
    assert [one.account_id for one in wanted] == [place.mai.account_id]


def test_a_new_teacher_without_account_is_named_and_becomes_a_task(place: Place) -> None:
    place.signed(place.homeroom(place.lan, place.class_a))
    without = b.teacher(place.school, "Vũ Không Tài Khoản", year=2024)

    done = _lead(place, without, by=place.head, day=TODAY)

    said = "Vũ Không Tài Khoản (7A) chưa có tài khoản: hãy mở tài khoản rồi lập biên bản phân quyền."
    assert done.told[-1] == said
    tasks = {one.text: one.note for one in rights_tasks(place.actor(place.head), today=TODAY)}
    assert tasks["giáo viên chủ nhiệm chưa có tài khoản, năm học 2024-2025"].startswith("Vũ Không Tài Khoản (7A).")


def test_who_leads_again_needs_a_new_paper_and_an_undo_none(place: Place, as_web: Callable) -> None:
    (old,) = place.signed(place.homeroom(place.lan, place.class_a))
    with on(LATER):
        done = _lead(place, place.mai, by=place.head, day=LATER)
        draft = Minutes.objects.get(receiver=place.mai.account_id)
        undo_assignments(actor=place.actor(place.head), school=place.school, event=done.event)
        assert (_stand(old), _pupils(as_web, place.lan)) == (("active", ""), ["Em lớp A"])
        draft.refresh_from_db()
        assert draft.state == "voided"
        assert Event.objects.filter(kind="grant:resume").count() == 1

        end_homeroom(actor=place.actor(place.head), school_class=place.class_a, on=LATER)
    with on(LATER + dt.timedelta(days=5)):
        _lead(place, place.lan, by=place.head, day=LATER + dt.timedelta(days=5))
        upkeep(b.SYSTEM)
        assert (_stand(old)[0], _pupils(as_web, place.lan)) == ("suspended", [])
        place.sign(Minutes.objects.filter(receiver=place.lan.account_id).latest("pk").batch)
        assert _pupils(as_web, place.lan) == ["Em lớp A"]


def test_of_two_classes_one_left_is_taken_out_for_good(place: Place, as_web: Callable) -> None:
    (both,) = place.signed(place.homeroom(place.lan, place.class_a, place.class_b))
    with on(LATER):
        _lead(place, place.mai, by=place.head, day=LATER)
        assert (_stand(both)[0], _pupils(as_web, place.lan)) == ("active", ["Em lớp B"])
        assert Minutes.objects.get(receiver=place.mai.account_id).content["scopes"][0]["scope"][:6] == "lớp 7A"
        HomeroomAssignment.objects.filter(staff=place.mai).update(staff=place.lan)
        assert _pupils(as_web, place.lan) == ["Em lớp B"]
    assert Event.objects.get(kind="grant:narrow").data["because"] == "Thôi chủ nhiệm lớp 7A từ ngày 15/09/2024"


def test_cover_for_a_homeroom_teacher_stops_with_the_assignment_covered(place: Place, as_web: Callable) -> None:
    place.signed(place.homeroom(place.lan, place.class_a))
    place.sign(
        cover_absence(
            actor=place.actor(place.head), unit=place.unit, absent_id=place.lan.account_id, cover=place.mai,
            first=TODAY, last=TODAY + dt.timedelta(days=30),
        )
    )  # fmt: skip
    with on(LATER):
        before = _pupils(as_web, place.mai)
        end_homeroom(actor=place.actor(place.head), school_class=place.class_a, on=LATER)
        assert (before, _pupils(as_web, place.mai)) == (["Em lớp A"], [])


def test_a_homeroom_right_over_a_class_not_led_is_refused(place: Place) -> None:
    b.homeroom(place.mai, place.class_a)

    with pytest.raises(InvalidRecord) as refused:
        place.prepare(place.homeroom(place.lan, place.class_a))

    assert refused.value.problems == [
        "Nguyễn Thị Lan: chưa được phân công chủ nhiệm lớp 7A trong những ngày này. Hãy ghi ở trang “Phân công” trước."
    ]


def test_a_posting_that_ends_stops_the_rights_in_the_record_and_a_new_one_gives_nothing_back(
    place: Place, as_web: Callable
) -> None:
    (grant,) = place.signed(Wanted(place.mai.account_id, "student_records", TODAY, ENDS))
    waiting = place.prepare(Wanted(place.mai.account_id, "results", TODAY, ENDS))
    posting = StaffPosting.objects.get(staff=place.mai)
    with on(LATER), as_web(Account.objects.get(pk=place.head.account_id)):
        done = end_posting(actor=place.actor(place.head), posting=posting, status_code="02", on=LATER)

    assert _stand(grant) == ("suspended", "Thôi làm việc tại đơn vị từ ngày 15/09/2024")
    assert Grant.objects.get(role_code="results").state == "ended"
    assert papers_of(waiting)[0].state == "voided"
    assert [one.split(":")[0] for one in done.told] == [
        "Quyền “Hồ sơ học sinh” của Trần Thị Mai đã tạm dừng",
        "Quyền “Kết quả cuối năm” của Trần Thị Mai đang chờ ký thì không lập nữa",
    ]

    def waits() -> list[str]:
        tasks = rights_tasks(place.actor(place.head), today=clock.today())
        return [one.note.split(".")[0] for one in tasks if "chưa bàn giao" in one.text]

    with on(LATER + dt.timedelta(days=1)):
        assert waits() == ["Trần Thị Mai: Hồ sơ học sinh"]
        place.prepare(Wanted(place.lan.account_id, "student_records", LATER + dt.timedelta(days=1), ENDS))
        assert waits() == []
    with on(LATER + dt.timedelta(days=20)):
        made = confirm_personnel(actor=place.actor(place.head), unit=place.unit, start_year=2024)
        assert [one["name"] for one in made.people] == ["Phạm Hồng Hạnh"]
        StaffPosting.objects.create(
            staff=place.mai, unit=place.unit, valid_from=LATER + dt.timedelta(days=20), staff_group_code="03"
        )
        upkeep(b.SYSTEM)
        assert (_stand(grant)[0], _pupils(as_web, place.mai)) == ("suspended", [])


def test_an_end_of_a_posting_taken_back_gives_the_rights_back(place: Place, as_web: Callable) -> None:
    (grant,) = place.signed(Wanted(place.mai.account_id, "student_records", TODAY, ENDS))
    posting = StaffPosting.objects.get(staff=place.mai)
    head = place.actor(place.head)
    with on(LATER):
        end_posting(actor=head, posting=posting, status_code="02", on=LATER)
        stopped = _stand(grant)[0]
        ended = StaffPosting.objects.get(pk=posting.pk)
        undo_staff_edit(actor=head, posting=ended, row=ended, key=changes_of(ended)[0].key)
        assert (stopped, _stand(grant), len(_pupils(as_web, place.mai))) == ("suspended", ("active", ""), 2)


def test_an_end_entered_ahead_and_a_raw_one_are_marked_by_the_upkeep(place: Place) -> None:
    (first,) = place.signed(Wanted(place.mai.account_id, "student_records", TODAY, ENDS))
    (second,) = place.signed(Wanted(place.clerk.account_id, "school_clerk", TODAY, ENDS))
    end_posting(
        actor=place.actor(place.head), posting=StaffPosting.objects.get(staff=place.mai), status_code="02", on=LATER
    )
    StaffPosting.objects.filter(staff=place.clerk).update(valid_to=LATER)

    assert (upkeep(b.SYSTEM)["followed"], _stand(first)[0]) == (0, "active")
    with on(LATER):
        assert upkeep(b.SYSTEM)["followed"] == 2
    assert {_stand(one) for one in (first, second)} == {("suspended", "Thôi làm việc tại đơn vị từ ngày 15/09/2024")}


def test_a_right_that_begins_with_a_later_posting_is_left_alone(place: Place) -> None:
    StaffPosting.objects.filter(staff=place.mai).update(valid_from=LATER)
    (grant,) = place.signed(Wanted(place.mai.account_id, "student_records", LATER, ENDS))

    assert (upkeep(b.SYSTEM)["followed"], _stand(grant)[0]) == (0, "active")


def test_nobody_ends_the_own_posting_at_once(place: Place, as_web: Callable) -> None:
    place.signed(Wanted(place.clerk.account_id, "school_clerk", TODAY, ENDS))
    posting = StaffPosting.objects.get(staff=place.clerk)
    with as_web(Account.objects.get(pk=place.clerk.account_id)):
        clerk = place.actor(place.clerk)
        with pytest.raises(InvalidRecord) as refused:
            end_posting(actor=clerk, posting=posting, status_code="02", on=TODAY)
        assert list(refused.value.fields) == ["on"]
        end_posting(actor=clerk, posting=posting, status_code="02", on=LATER)

    assert StaffPosting.objects.get(pk=posting.pk).valid_to == LATER


def test_a_bulk_end_leaves_out_whoever_does_it(place: Place) -> None:
    place.signed(Wanted(place.clerk.account_id, "school_clerk", TODAY, ENDS))
    (right,) = place.signed(Wanted(place.mai.account_id, "student_records", TODAY, ENDS))
    rows = StaffPosting.objects.filter(staff__in=[place.clerk, place.mai])
    change, clerk = StaffChange(StaffChangeKind.END, "02", TODAY), place.actor(place.clerk)
    plan = plan_staff_bulk(actor=clerk, unit=place.unit, rows=rows, change=change)

    change_staff_in_bulk(actor=clerk, unit=place.unit, rows=rows, change=change, seal=plan.seal)

    assert [(one.name, one.reason[:13]) for one in plan.exceptions] == [("Lê Minh Ngọc", "là chính bạn.")]
    assert _stand(right)[0] == "suspended"


def test_the_rights_of_a_year_are_made_for_leaders_alone(place: Place) -> None:
    """What was made ready for the whole school follows as well."""
    b.homeroom(place.lan, place.class_a)
    batch = delegate_homerooms(actor=place.actor(place.head), unit=place.unit, start_year=2024)

    _lead(place, place.mai, by=place.head, day=TODAY)

    assert papers_of(batch)[0].state == "voided"
