"""Assignments: every rule of a cell, a colleague's edit, homeroom by day, drafts, last year's copy, undo."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from csdl.access.actors import actor_for
from csdl.accounts.errors import InvalidRecord, NotAllowed
from csdl.lib import clock
from csdl.staff.models import StaffMember, StaffPosting
from csdl.years.actions import (
    assign_homeroom,
    confirm_drafts,
    copy_last_year,
    end_homeroom,
    save_assignments,
    set_teaching,
    undo_assignments,
)
from csdl.years.actions.assignments import HOMEROOM, Cell, CellOverlap, CellsChanged, Share
from csdl.years.actions.school_years import close_school_year
from csdl.years.assignment_queries import LoadState, Seen, last_act, loads_of, may_teach, seen_now
from csdl.years.errors import AssignmentError, YearError
from csdl.years.models import HomeroomAssignment, SchoolClass, SchoolYear, TeachingAssignment
from csdl.years.plans import PlanKind, fields_of, homeroom_reduction, level_norm, plan_of
from tests import builders as b

pytestmark = pytest.mark.django_db
DAY = dt.date(2023, 10, 2)
MATHS, LITERATURE, PRIMARY_MATHS = "15", "19", "01"


class Place:
    """Two classes of a lower secondary school with three teachers, a neighbour school with one."""

    def __init__(self) -> None:
        self.school = b.school(years=(2022, 2023))
        self.year = SchoolYear.objects.get(pk=2023)
        self.class_7a, self.class_7b = (b.school_class(self.school, name, "07") for name in ("7A", "7B"))
        self.lan, self.minh, self.thu = (
            b.teacher(self.school, name) for name in ("Nguyễn Thị Lan", "Trần Văn Minh", "Lê Thu")
        )
        StaffPosting.objects.update(level_codes=["03"])
        self.neighbour = b.school("Trường THCS Kế Bên")
        self.stranger = b.teacher(self.neighbour, "Hàng Xóm")

    def save(self, *cells: Cell, seen: Seen | None = None, on: dt.date | None = DAY, semester: int = 1):  # type: ignore[no-untyped-def]
        return save_assignments(
            actor=b.SYSTEM,
            school=self.school,
            year=self.year,
            semester=semester,
            cells=cells,
            seen=seen,
            homeroom_on=on,
        )

    def cell(self, school_class: SchoolClass, subject: str, *people: StaffMember, periods: str | None = None) -> Cell:
        shares = tuple(Share(one.pk, Decimal(periods) if periods else None) for one in people)
        return Cell(school_class.pk, subject, shares)


@pytest.fixture
def place(db: None) -> Place:
    return Place()


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: DAY)


def _taught() -> list[tuple[object, ...]]:
    rows = TeachingAssignment.objects.order_by("school_class__name", "subject_code", "staff__full_name", "semester")
    return list(rows.values_list("school_class__name", "subject_code", "staff__full_name", "periods_per_week", "state"))


def _led() -> list[tuple[object, ...]]:
    rows = HomeroomAssignment.objects.order_by("school_class__name", "valid_from")
    return list(rows.values_list("school_class__name", "staff__full_name", "valid_from", "valid_to", "state"))


def test_the_plan_says_subjects_and_periods_of_a_grade_by_its_programme() -> None:
    assert {code: one.periods for code, one in plan_of("01", 2023).items() if one.kind == PlanKind.REQUIRED} == {
        "02": 12, "01": 3, "03": 1, "04": 2, "88": 2, "89": 1, "90": 1, "91": 3,
    }  # fmt: skip
    assert sum(one.periods for one in plan_of("06", 2023).values() if one.kind == PlanKind.REQUIRED) == 28
    assert plan_of("09", 2023)["19"].periods == 5  # still the programme of 2006
    assert plan_of("09", 2024)["66"].periods == 4
    assert plan_of("17", 2023) == {}
    assert (level_norm("02"), level_norm("03"), level_norm("04"), level_norm("01")) == (23, 19, 17, None)
    assert (homeroom_reduction("02"), homeroom_reduction("03")) == (3, 4)
    assert fields_of("66") == {"17", "21", "23"}


def test_cells_are_set_changed_and_emptied_as_one(place: Place) -> None:
    place.save(place.cell(place.class_7a, MATHS, place.lan), place.cell(place.class_7b, MATHS, place.lan, place.minh))
    assert _taught() == [
        ("7A", MATHS, "Nguyễn Thị Lan", Decimal("4.0"), "confirmed"),
        ("7B", MATHS, "Nguyễn Thị Lan", Decimal("2.0"), "confirmed"),
        ("7B", MATHS, "Trần Văn Minh", Decimal("2.0"), "confirmed"),
    ]

    done = place.save(place.cell(place.class_7a, MATHS, place.minh, periods="3.5"), place.cell(place.class_7b, MATHS))

    assert _taught() == [("7A", MATHS, "Trần Văn Minh", Decimal("3.5"), "confirmed")]
    assert (done.count, done.event.kind) == (2, "assignment:save")


def test_every_fault_of_every_cell_is_said_at_once(place: Place) -> None:
    StaffPosting.objects.filter(staff=place.thu).update(valid_to=dt.date(2023, 9, 20), status_code="02")
    wrong_level = place.cell(place.class_7a, PRIMARY_MATHS, place.lan)
    twice = place.cell(place.class_7b, MATHS, place.lan, place.lan, periods="70")
    strange = place.cell(place.class_7a, LITERATURE, place.stranger)
    led = Cell(place.class_7a.pk, HOMEROOM, (Share(place.lan.pk), Share(place.thu.pk)))
    other = b.school_class(place.neighbour, "7C", "07")

    with pytest.raises(InvalidRecord) as refused:
        place.save(wrong_level, twice, strange, led, place.cell(other, MATHS, place.lan))

    nobody = "Người này không phải giáo viên, cán bộ quản lý của trường trong năm học này."
    assert refused.value.fields == {
        wrong_level.key: ["Môn không thuộc cấp học của lớp 7A."],
        twice.key: ["Một người được ghi hai lần trong ô.", "Số tiết mỗi tuần phải lớn hơn 0 và không quá 60."],
        strange.key: [nobody],
        led.key: [
            "Mỗi lớp chỉ có một giáo viên chủ nhiệm trong một ngày.",
            "Lê Thu thôi làm việc tại trường từ 20/09/2023.",
        ],
        f"{other.pk}-{MATHS}": ["Lớp không thuộc trường này trong năm học đang chọn."],
    }
    assert _taught() == []


def test_whoever_retired_before_the_year_or_does_not_teach_is_nobody_to_assign(place: Place) -> None:
    StaffPosting.objects.filter(staff=place.lan).update(staff_group_code="02")
    StaffPosting.objects.filter(staff=place.minh).update(status_code="05")

    names = [one.staff.full_name for one in may_teach(StaffPosting.objects.all(), place.school, place.year)]

    assert names == ["Lê Thu"]


def test_a_colleagues_newer_cell_is_shown_and_not_overwritten(place: Place) -> None:
    place.save(place.cell(place.class_7a, MATHS, place.lan))
    seen = seen_now(place.school, place.year)
    place.save(
        place.cell(place.class_7a, MATHS, place.minh),
        place.cell(place.class_7a, LITERATURE, place.thu),
        place.cell(place.class_7b, HOMEROOM, place.thu),
    )
    mine = (
        place.cell(place.class_7a, MATHS, place.thu),
        place.cell(place.class_7a, LITERATURE, place.thu),
        place.cell(place.class_7b, HOMEROOM, place.minh),
        place.cell(place.class_7b, MATHS, place.minh),
    )

    with pytest.raises(CellsChanged) as refused:
        place.save(*mine, seen=seen)

    assert refused.value.overlaps == [
        CellOverlap(mine[0].key, (Share(place.lan.pk, Decimal(4)),), (Share(place.minh.pk, Decimal(4)),)),
        CellOverlap(mine[2].key, (), (Share(place.thu.pk),)),
    ]
    assert place.save(mine[3], seen=seen).count == 1
    assert place.save(*mine, seen=seen_now(place.school, place.year)).count == 2


def test_a_homeroom_teacher_changes_on_a_day_and_the_earlier_is_kept(place: Place) -> None:
    b.homeroom(place.lan, place.class_7a)

    assign_homeroom(actor=b.SYSTEM, school_class=place.class_7a, staff_id=place.minh.pk, on=DAY)
    assert _led() == [
        ("7A", "Nguyễn Thị Lan", dt.date(2023, 7, 1), DAY, "confirmed"),
        ("7A", "Trần Văn Minh", DAY, None, "confirmed"),
    ]
    later = dt.date(2024, 1, 15)
    assign_homeroom(actor=b.SYSTEM, school_class=place.class_7a, staff_id=place.thu.pk, on=later)
    end_homeroom(actor=b.SYSTEM, school_class=place.class_7a, on=later)  # never began: withdrawn
    assert _led()[1:] == [("7A", "Trần Văn Minh", DAY, later, "confirmed")]

    with pytest.raises(InvalidRecord) as refused:
        end_homeroom(actor=b.SYSTEM, school_class=place.class_7a, on=DAY)
    assert refused.value.problems == ["Đã chủ nhiệm từ 02/10/2023: hãy chọn ngày thôi sau ngày ấy."]
    with pytest.raises(InvalidRecord):
        assign_homeroom(actor=b.SYSTEM, school_class=place.class_7b, staff_id=place.lan.pk, on=dt.date(2024, 7, 1))


def test_a_wrong_name_of_the_same_day_is_corrected_in_its_row(place: Place) -> None:
    b.homeroom(place.lan, place.class_7a)
    key = HomeroomAssignment.objects.get().pk

    assign_homeroom(actor=b.SYSTEM, school_class=place.class_7a, staff_id=place.minh.pk, on=dt.date(2023, 7, 1))

    assert (HomeroomAssignment.objects.get().pk, HomeroomAssignment.objects.get().staff_id) == (key, place.minh.pk)


def test_what_should_be_looked_at_again_warns(place: Place) -> None:
    StaffMember.objects.filter(pk=place.lan.pk).update(teacher_subject_code="20")
    b.homeroom(place.lan, place.class_7a)

    done = place.save(
        place.cell(place.class_7b, HOMEROOM, place.lan), place.cell(place.class_7a, MATHS, place.lan, periods="30")
    )

    assert done.warnings == (
        "Nguyễn Thị Lan dạy Toán lớp 7A: khác môn dạy trong hồ sơ (ST-05).",
        "Nguyễn Thị Lan chủ nhiệm 2 lớp: 7A, 7B.",
        "Nguyễn Thị Lan được giao 34 tiết/tuần kể cả chủ nhiệm, vượt 1,5 lần định mức 19 (ST-15).",
    )


def test_loads_count_leading_a_class_and_stand_to_the_norm(place: Place) -> None:
    b.homeroom(place.lan, place.class_7a)
    place.save(
        place.cell(place.class_7a, MATHS, place.lan, periods="15"),
        place.cell(place.class_7a, LITERATURE, place.minh, periods="20"),
    )
    classes = {row.pk: row for row in SchoolClass.objects.all()}

    loads = loads_of(
        may_teach(StaffPosting.objects.all(), place.school, place.year),
        TeachingAssignment.objects.all(),
        HomeroomAssignment.objects.all(),
        classes,
        year=place.year,
        semester=1,
        today=DAY,
    )

    assert [(one.posting.staff.full_name, one.total, one.norm, one.state) for one in loads.values()] == [
        ("Nguyễn Thị Lan", 19, 19, LoadState.EVEN),
        ("Trần Văn Minh", 20, 19, LoadState.OVER),
        ("Lê Thu", 0, 19, LoadState.NONE),
    ]


def test_last_years_rows_come_along_the_classes_as_drafts_and_are_confirmed(place: Place) -> None:
    old = b.school_class(place.school, "6A", "06", year=2022)
    SchoolClass.objects.filter(pk=place.class_7a.pk).update(lineage=old)
    b.homeroom(place.lan, old)
    for who, subject in ((place.minh, MATHS), (place.thu, LITERATURE), (place.lan, "23")):
        b.teaches(who, old, subject)
    StaffPosting.objects.filter(staff=place.thu).update(valid_to=dt.date(2023, 6, 30))

    copied = copy_last_year(actor=b.SYSTEM, school=place.school, year=place.year)

    assert (copied.count, copied.event.kind) == (2, "assignment:copy")
    assert [row for row in _taught() if row[0] == "7A"] == [("7A", MATHS, "Trần Văn Minh", Decimal("4.0"), "proposed")]
    assert ("7A", "Nguyễn Thị Lan", place.year.starts_on, None, "proposed") in _led()
    with pytest.raises(AssignmentError, match="Không có phân công nào"):
        copy_last_year(actor=b.SYSTEM, school=place.school, year=place.year)

    confirmed = confirm_drafts(actor=b.SYSTEM, school=place.school, year=place.year)

    assert (confirmed.count, confirmed.warnings) == (2, ())
    assert {row[-1] for row in _taught() + _led() if row[0] == "7A"} == {"confirmed"}
    for event in (confirmed.event, copied.event):
        undo_assignments(actor=b.SYSTEM, school=place.school, event=event)
    assert TeachingAssignment.objects.filter(school_class__start_year=2023).count() == 0


def test_a_draft_of_somebody_who_left_stays_and_is_named(place: Place) -> None:
    row = b.teaches(place.thu, place.class_7a)
    TeachingAssignment.objects.filter(pk=row.pk).update(state="proposed", semester=2)
    StaffPosting.objects.filter(staff=place.thu).update(valid_to=dt.date(2023, 12, 1))

    with pytest.raises(AssignmentError) as refused:
        confirm_drafts(actor=b.SYSTEM, school=place.school, year=place.year)

    assert refused.value.problems == ["Lớp 7A, Toán, học kì 2: Lê Thu thôi làm việc tại trường từ 01/12/2023."]


def test_an_undo_puts_everything_back_and_stops_at_a_later_change(place: Place) -> None:
    b.homeroom(place.lan, place.class_7a)
    row = b.teaches(place.lan, place.class_7a)
    TeachingAssignment.objects.filter(pk=row.pk).update(state="proposed", run_id=7)
    before = _taught(), _led()
    first = place.save(
        place.cell(place.class_7a, MATHS, place.minh),
        place.cell(place.class_7b, MATHS, place.minh),
        place.cell(place.class_7a, HOMEROOM, place.minh),
    )
    second = place.save(place.cell(place.class_7b, MATHS, place.thu))

    with pytest.raises(AssignmentError) as refused:
        undo_assignments(actor=b.SYSTEM, school=place.school, event=first.event)
    assert (refused.value.code, refused.value.problems) == ("ASG-02", ["Lớp 7B, Toán, học kì 1"])
    assert last_act(place.school, place.year).key == second.event.pk

    undo_assignments(actor=b.SYSTEM, school=place.school, event=second.event)
    assert last_act(place.school, place.year).key == first.event.pk
    assert undo_assignments(actor=b.SYSTEM, school=place.school, event=first.event).count == 3

    assert (_taught(), _led()) == before
    assert TeachingAssignment.objects.get().run_id == 7
    assert last_act(place.school, place.year) is None
    with pytest.raises(AssignmentError, match="đã được hoàn tác"):
        undo_assignments(actor=b.SYSTEM, school=place.school, event=first.event)
    with pytest.raises(AssignmentError, match="không hoàn tác được ở đây"):
        undo_assignments(actor=b.SYSTEM, school=place.neighbour, event=first.event)


def test_a_closed_year_takes_no_assignment(place: Place) -> None:
    close_school_year(actor=b.SYSTEM, start_year=2023)

    for act in (
        lambda: place.save(place.cell(place.class_7a, MATHS, place.lan)),
        lambda: copy_last_year(actor=b.SYSTEM, school=place.school, year=place.year),
        lambda: confirm_drafts(actor=b.SYSTEM, school=place.school, year=place.year),
    ):
        with pytest.raises(YearError) as refused:
            act()
        assert refused.value.code == "YEAR-02"


def test_only_who_may_assign_at_the_school_does(place: Place, as_web: Callable) -> None:
    clerk = b.account("vanthu", "school_clerk", place.school.unit)
    other = b.account("vanthu2", "school_clerk", place.neighbour.unit)
    office = b.account("phong", "office_head", b.department())
    with as_web(clerk):
        done = set_teaching(
            actor=actor_for(clerk),
            school_class=SchoolClass.objects.get(pk=place.class_7a.pk),
            subject_code=MATHS,
            semester=1,
            shares=[Share(place.lan.pk)],
        )
        assert done.count == 1
        undo_assignments(actor=actor_for(clerk), school=place.school, event=done.event)
    for account in (other, office):
        with as_web(account), pytest.raises(NotAllowed):
            save_assignments(
                actor=actor_for(account), school=place.school, year=place.year, semester=1, cells=[], seen=None
            )


def test_saving_takes_as_many_statements_for_one_cell_as_for_many(place: Place) -> None:
    seen = seen_now(place.school, place.year)

    def statements(*cells: Cell) -> int:
        with CaptureQueriesContext(connection) as caught:
            place.save(*cells, seen=seen)
        return len(caught)

    few = statements(place.cell(place.class_7a, MATHS, place.lan))
    many = statements(*(place.cell(place.class_7b, code, place.minh) for code in ("15", "19", "69", "66", "67", "26")))

    assert many == few
