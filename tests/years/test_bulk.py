"""Bulk acts on pupils: what is planned is done, all or nothing, and taken back while nobody changed it."""

import datetime as dt

import pytest

from csdl.accounts.errors import NotAllowed
from csdl.audit.bulk import BulkError
from csdl.audit.models import Event
from csdl.orgs.models import School
from csdl.students.models import Student
from csdl.years.actions import change_in_bulk, plan_bulk, undo_bulk
from csdl.years.actions.bulk import BulkChange, BulkKind
from csdl.years.actions.school_years import close_school_year
from csdl.years.errors import YearError
from csdl.years.models import ClassMove, Enrolment, SchoolClass, SchoolYear
from csdl.years.rules import LeavingKind, leaving_status
from tests import builders as b

pytestmark = pytest.mark.django_db

DAY = dt.date(2023, 10, 2)


class Place:
    """Two classes of grade 7, one of grade 8, a neighbour school."""

    def __init__(self) -> None:
        self.school: School = b.school()
        self.year = SchoolYear.objects.get(pk=2023)
        self.class_7a, self.class_7b = (b.school_class(self.school, name, "07") for name in ("7A", "7B"))
        self.class_8a = b.school_class(self.school, "8A", "08")
        self.lan = b.pupil(self.class_7a, None, name="Nguyễn Thị Lan")
        self.dat = b.pupil(self.class_7a, None, name="Trần Minh Đạt")
        self.mai = b.pupil(self.class_8a, None, name="Lê Thị Mai")
        self.gone = b.pupil(self.class_7a, None, name="Vũ Văn Đi", status_code="04", left_on=dt.date(2023, 9, 20))
        self.neighbour = b.school("Trường THCS Kế Bên")
        self.stranger = b.pupil(b.school_class(self.neighbour, "7C", "07"), None, name="Hàng Xóm")
        self.clerk = b.account("vanthu", "school_clerk", self.school.unit)

    @property
    def everybody(self):  # type: ignore[no-untyped-def]
        return Enrolment.objects.filter(start_year=2023)

    def asked(self, change: BulkChange, rows=None):  # type: ignore[no-untyped-def]
        return {
            "actor": b.SYSTEM,
            "school": self.school,
            "year": self.year,
            "rows": self.everybody if rows is None else rows,
            "change": change,
        }

    def done(self, change: BulkChange, rows=None) -> Event:  # type: ignore[no-untyped-def]
        return change_in_bulk(**self.asked(change, rows), seal=plan_bulk(**self.asked(change, rows)).seal)


@pytest.fixture
def place(db: None) -> Place:
    return Place()


def _classes() -> dict[str, str]:
    rows = Enrolment.objects.filter(start_year=2023).values_list("student__full_name", "school_class__name")
    return dict(rows)


def _move(place: Place, to: SchoolClass | None = None) -> BulkChange:
    return BulkChange(BulkKind.MOVE, to_class=to or place.class_7b, on=DAY)


def _leave(kind: LeavingKind = LeavingKind.TRANSFER, on: dt.date = DAY) -> BulkChange:
    return BulkChange(BulkKind.LEAVE, leaving=kind, on=on, reason_code="01", destination_code="02")


def test_a_plan_counts_and_names_who_cannot_move(place: Place) -> None:
    plan = plan_bulk(**place.asked(_move(place)))

    assert set(plan.ids) == {place.lan.pk, place.dat.pk}
    assert [(row.name, row.reason) for row in plan.exceptions] == [
        ("Vũ Văn Đi", "đã rời trường từ 20/09/2023"),
        ("Lê Thị Mai", "khác khối với lớp 7B"),
    ]
    assert (plan.chosen, plan.unchanged, plan.parts) == (4, 0, (("7A", 2),))


def test_moving_keeps_the_first_class_and_where_each_came_from(place: Place) -> None:
    Enrolment.objects.filter(pk=place.dat.pk).update(school_class=None, first_class=None)

    place.done(_move(place))

    assert _classes()["Nguyễn Thị Lan"] == _classes()["Trần Minh Đạt"] == "7B"
    rows = {row.pk: row for row in place.everybody}
    assert (rows[place.lan.pk].first_class_id, rows[place.dat.pk].first_class_id) == (
        place.class_7a.pk,
        place.class_7b.pk,
    )
    moves = ClassMove.objects.values_list("enrolment_id", "from_class_id", "to_class_id", "moved_on")
    assert list(moves) == [(place.lan.pk, place.class_7a.pk, place.class_7b.pk, DAY)]


@pytest.mark.parametrize("kind", BulkKind)
def test_an_undo_puts_everything_back(place: Place, kind: BulkKind) -> None:
    Student.objects.filter(pk=place.lan.student_id).update(policy_code="08")
    Student.objects.filter(pk=place.dat.student_id).update(policy_code="05")
    Enrolment.objects.filter(pk=place.lan.pk).update(needs_confirmation=True)
    special = {
        BulkKind.MOVE: _move(place),
        BulkKind.LEAVE: _leave(),
        BulkKind.SET: BulkChange(BulkKind.SET, policy_code="05"),
    }
    change = special.get(kind, BulkChange(kind))
    fields = [field.attname for field in Enrolment._meta.concrete_fields if field.attname != "changed_at"]
    before = list(place.everybody.order_by("pk").values(*fields, "student__policy_code"))

    event = place.done(change)
    between = list(place.everybody.order_by("pk").values(*fields, "student__policy_code"))
    undo_bulk(actor=b.SYSTEM, school=place.school, event=event)

    assert between != before
    assert list(place.everybody.order_by("pk").values(*fields, "student__policy_code")) == before
    assert ClassMove.objects.count() == 0


def test_an_undo_stops_where_a_pupil_was_changed_since(place: Place) -> None:
    event = place.done(_move(place))
    Enrolment.objects.filter(pk=place.lan.pk).update(needs_confirmation=True)

    with pytest.raises(BulkError) as refused:
        undo_bulk(actor=b.SYSTEM, school=place.school, event=event)

    assert (refused.value.code, refused.value.problems) == ("BLK-03", ["Nguyễn Thị Lan"])
    assert _classes()["Trần Minh Đạt"] == "7B"


def test_an_undo_is_done_once(place: Place) -> None:
    event = place.done(_move(place))
    undo_bulk(actor=b.SYSTEM, school=place.school, event=event)

    with pytest.raises(BulkError, match="đã được hoàn tác"):
        undo_bulk(actor=b.SYSTEM, school=place.school, event=event)


def test_nothing_is_written_where_the_rows_are_not_as_shown(place: Place) -> None:
    seal = plan_bulk(**place.asked(_move(place))).seal
    Enrolment.objects.filter(pk=place.lan.pk).update(left_on=dt.date(2023, 9, 25), status_code="05")

    with pytest.raises(BulkError) as refused:
        change_in_bulk(**place.asked(_move(place)), seal=seal)

    assert refused.value.code == "BLK-02"
    assert _classes()["Trần Minh Đạt"] == "7A"
    assert Event.objects.filter(kind__startswith="enrolment:").count() == 0


@pytest.mark.parametrize(
    ("kind", "on", "status"),
    [
        (LeavingKind.TRANSFER, dt.date(2023, 10, 2), "04"),
        (LeavingKind.DROPOUT, dt.date(2024, 2, 1), "09"),
        (LeavingKind.TRANSFER, dt.date(2024, 6, 15), "11"),
    ],
)
def test_who_leaves_gets_the_status_of_the_semester(place: Place, kind: LeavingKind, on: dt.date, status: str) -> None:
    place.done(_leave(kind, on), place.everybody.filter(pk=place.lan.pk))

    row = place.everybody.get(pk=place.lan.pk)
    assert (row.status_code, row.left_on, row.status_on) == (status, on, on)
    assert leaving_status(kind, on=on, year=place.year) == status
    assert (row.leaving_reason_code, row.transfer_destination_code) == (
        ("", "02") if kind == LeavingKind.TRANSFER else ("01", "")
    )


def test_who_is_enrolled_in_the_next_year_does_not_leave(place: Place) -> None:
    b.school_year(2024)
    later = b.school("Trường THCS Sau", years=(2024,))
    b.pupil(b.school_class(later, "8C", "08", year=2024), None)
    Enrolment.objects.filter(start_year=2024).update(student=place.lan.student)

    plan = plan_bulk(**place.asked(_leave(), place.everybody.filter(pk=place.lan.pk)))

    assert (plan.ids, len(plan.exceptions)) == ((), 1)


@pytest.mark.parametrize(
    "change",
    [
        BulkChange(BulkKind.MOVE, on=DAY),
        BulkChange(BulkKind.LEAVE, leaving=LeavingKind.DROPOUT, on=dt.date(2025, 1, 1)),
        BulkChange(BulkKind.LEAVE, on=None),
    ],
)
def test_a_change_that_cannot_be_says_all_that_is_wrong(place: Place, change: BulkChange) -> None:
    with pytest.raises(BulkError) as refused:
        plan_bulk(**place.asked(change))

    assert refused.value.code == "BLK-01"
    assert len(refused.value.problems) == (2 if change.on is None else 1)


def test_a_class_of_another_school_is_no_target(place: Place) -> None:
    other = SchoolClass.objects.get(name="7C")

    with pytest.raises(BulkError):
        plan_bulk(**place.asked(_move(place, other)))


def test_pupils_of_another_school_stay_out_whatever_is_asked(place: Place) -> None:
    place.done(_leave())

    assert Enrolment.objects.get(pk=place.stranger.pk).left_on is None


def test_a_closed_year_takes_no_bulk_act(place: Place) -> None:
    b.school_year(2024, current=True)
    event = place.done(_move(place))
    close_school_year(actor=b.SYSTEM, start_year=2023)
    place.year.refresh_from_db()

    with pytest.raises(YearError) as refused:
        plan_bulk(**place.asked(_leave()))
    with pytest.raises(YearError) as no_undo:
        undo_bulk(actor=b.SYSTEM, school=place.school, event=event)

    assert (refused.value.code, no_undo.value.code) == ("YEAR-02", "YEAR-02")


def test_one_event_says_what_was_done(place: Place) -> None:
    place.done(_move(place))

    event = Event.objects.get(kind="enrolment:bulk_move")
    assert (event.unit_id, event.data["count"], event.data["to_class_name"]) == (place.school.pk, 2, "7B")


def test_a_clerk_acts_on_the_own_school_under_the_web_role(place: Place, as_web) -> None:
    from csdl.access.actors import actor_for

    with as_web(place.clerk):
        actor = actor_for(place.clerk)
        asked = place.asked(_move(place)) | {"actor": actor}
        event = change_in_bulk(**asked, seal=plan_bulk(**asked).seal)
        undone = undo_bulk(actor=actor, school=place.school, event=event)
        with pytest.raises(NotAllowed):
            plan_bulk(**(asked | {"school": place.neighbour}))

    assert undone == 2


def test_a_policy_category_is_written_for_many_and_taken_back(place: Place) -> None:
    Student.objects.filter(pk=place.lan.student_id).update(policy_code="02")
    Student.objects.filter(pk=place.mai.student_id).update(policy_code="01")
    Enrolment.objects.filter(pk=place.dat.pk).update(needs_confirmation=True)

    event = place.done(BulkChange(BulkKind.SET, policy_code="01"))

    def written() -> dict[str, str]:
        here = Student.objects.filter(enrolments__school=place.school)
        return dict(here.order_by("pk").values_list("full_name", "policy_code"))

    names = ["Nguyễn Thị Lan", "Trần Minh Đạt", "Lê Thị Mai", "Vũ Văn Đi"]
    assert (event.data["count"], written()) == (3, dict.fromkeys(names, "01"))
    assert not Enrolment.objects.filter(needs_confirmation=True).exists()
    assert undo_bulk(actor=b.SYSTEM, school=place.school, event=event) == 3
    assert written() == dict(zip(names, ["02", "", "01", ""], strict=True))
    assert Student.objects.get(full_name="Hàng Xóm").policy_code == ""


def test_a_policy_category_that_no_list_knows_is_refused(place: Place) -> None:
    with pytest.raises(BulkError) as refused:
        place.done(BulkChange(BulkKind.SET, policy_code="zz"))

    assert refused.value.problems == ["Hãy chọn diện chính sách có trong danh mục."]
