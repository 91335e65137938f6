"""Running and undoing: the acceptance tests of rollover.md §7, and that both modes write the same rows."""

import datetime as dt

import pytest
from django.db import connection

from csdl.access.actors import actor_for
from csdl.cli.rollover import _sentence
from csdl.rollover.actions import confirm_rollover, plan_rollover, roll_over, undo_rollover
from csdl.rollover.enums import RunMode
from csdl.rollover.errors import RolloverError
from csdl.rollover.models import ClassSum, PlanRow, RolloverBatch
from csdl.rollover.queries import totals
from csdl.years.actions import close_school_year
from csdl.years.models import ClassMove, Enrolment, SchoolClass
from tests import builders as b

pytestmark = [pytest.mark.django_db, pytest.mark.server]


@pytest.fixture
def class_8a() -> SchoolClass:
    """40 pupils in 8A: 36 promoted, 2 retained, 1 left in summer, 1 pending (acceptance test 1)."""
    b.school_year(2024)
    where = b.school()
    b.school_class(where, "7A", "07")
    made = b.school_class(where, "8A", "08")
    for _ in range(36):
        b.pupil(made)
    b.pupil(made, "retained")
    b.pupil(made, "retained")
    b.pupil(made, "promoted", left_on=dt.date(2024, 6, 20), status_code="11")
    b.pupil(made, "pending_reassessment")
    return made


def test_plan_counts_every_pupil_of_the_class(class_8a: SchoolClass) -> None:
    figures = plan_rollover(actor=b.SYSTEM, from_year=2023)

    assert figures.as_json() == {
        "from": 2023,
        "to": 2024,
        "schools": 1,
        "in": 40,
        "promoted": 36,
        "retained": 2,
        "completed": 0,
        "pending": 1,
        "left": 1,
        "created": 0,
        "exceptions": 1,
        "state": "planned",
        "unplanned": 0,
    }


@pytest.mark.parametrize("mode", list(RunMode))
def test_run_moves_the_class_and_running_again_creates_nothing(class_8a: SchoolClass, mode: RunMode) -> None:
    first, _ = roll_over(actor=b.SYSTEM, from_year=2023, mode=mode)
    again, _ = roll_over(actor=b.SYSTEM, from_year=2023)

    moved = Enrolment.objects.filter(start_year=2024).values_list("school_class__name", "admission_kind")
    assert sorted(moved) == [("8A", "3")] * 2 + [("9A", "4")] * 36
    assert (first.created, first.state, again.created) == (38, "done", 0)


@pytest.mark.parametrize("mode", list(RunMode))
def test_undo_restores_exactly(class_8a: SchoolClass, mode: RunMode) -> None:
    before = _everything()

    roll_over(actor=b.SYSTEM, from_year=2023, mode=mode)
    undo_rollover(actor=b.SYSTEM, from_year=2023)

    assert _everything() == before


def test_undo_is_refused_by_name_once_a_pupil_has_moved_class(class_8a: SchoolClass) -> None:
    b.school_class(class_8a.school, "8B", "08")
    roll_over(actor=b.SYSTEM, from_year=2023)
    mover = _move_to_9b()

    with pytest.raises(RolloverError) as refused:
        undo_rollover(actor=b.SYSTEM, from_year=2023)

    assert refused.value.code == "ROL-04"
    expected = f"{mover.student.full_name} (lớp 9B): đã chuyển lớp trong năm học mới"
    assert refused.value.problems == [expected]
    assert Enrolment.objects.filter(start_year=2024).count() == 38


def test_undo_can_leave_out_who_has_newer_facts_and_take_them_back_later(class_8a: SchoolClass) -> None:
    b.school_class(class_8a.school, "8B", "08")
    roll_over(actor=b.SYSTEM, from_year=2023)
    mover = _move_to_9b()

    left = undo_rollover(actor=b.SYSTEM, from_year=2023, keep_dependents=True)

    assert list(Enrolment.objects.filter(start_year=2024)) == [mover]
    # The class the pupil came from stays too: the move points at it.
    assert sorted(SchoolClass.objects.filter(start_year=2024).values_list("name", flat=True)) == ["9A", "9B"]
    assert (left.state, left.created, left.removed) == ("done", 1, 37)
    ClassMove.objects.all().delete()
    after = undo_rollover(actor=b.SYSTEM, from_year=2023)
    assert (after.state, after.created, Enrolment.objects.filter(start_year=2024).count()) == ("planned", 0, 0)
    assert after.removed == 1


def test_schools_without_a_plan_are_counted_and_said(class_8a: SchoolClass) -> None:
    other = b.school("Trường THCS Kế Bên")
    plan_rollover(actor=b.SYSTEM, from_year=2023, unit=class_8a.school.unit)

    figures = totals(from_year=2023, school_ids=[class_8a.school_id, other.pk])

    assert (figures.schools, figures.unplanned, figures.as_json()["unplanned"]) == (1, 1, 1)
    assert "1 trường đã lập kế hoạch, 1 trường chưa lập kế hoạch" in _sentence(figures)


def _move_to_9b() -> Enrolment:
    """A pupil of 9A goes to 9B in September, as the class move form will do it."""
    mover = Enrolment.objects.filter(start_year=2024, school_class__name="9A").select_related("student").first()
    target = SchoolClass.objects.get(start_year=2024, name="9B")
    ClassMove.objects.create(
        start_year=2024,
        enrolment=mover,
        from_class=mover.school_class,
        to_class=target,
        moved_on=dt.date(2024, 9, 6),
    )
    mover.school_class = target
    mover.save(update_fields=["school_class"])
    return mover


def test_a_pending_pupil_goes_later_and_only_that_one_is_created(class_8a: SchoolClass) -> None:
    roll_over(actor=b.SYSTEM, from_year=2023)
    late = Enrolment.objects.get(start_year=2023, results__outcome="pending_reassessment")
    late.results.update(outcome="promoted")

    figures, _ = roll_over(actor=b.SYSTEM, from_year=2023)

    assert (figures.promoted, figures.pending, figures.created) == (37, 0, 1)


def test_both_modes_write_the_same_rows(class_8a: SchoolClass) -> None:
    teacher = b.teacher(class_8a.school)
    b.homeroom(teacher, class_8a)
    b.teaches(teacher, class_8a)

    roll_over(actor=b.SYSTEM, from_year=2023, mode=RunMode.SINGLE)
    single = (_new_year(), _places())
    undo_rollover(actor=b.SYSTEM, from_year=2023)
    roll_over(actor=b.SYSTEM, from_year=2023, mode=RunMode.PROVINCE)

    assert (_new_year(), _places()) == single
    assert len(single[0]["years_teachingassignment"]) == len(single[0]["years_homeroomassignment"]) == 1
    assert len(single[1]) == 38


def test_sums_of_the_class_are_kept(class_8a: SchoolClass) -> None:
    roll_over(actor=b.SYSTEM, from_year=2023)

    figures = ClassSum.objects.get(source_class=class_8a)
    assert (figures.in_count, figures.promoted_count, figures.retained_count) == (40, 36, 2)
    assert (figures.completed_count, figures.pending_count, figures.left_count) == (0, 1, 1)


def test_a_mismatch_of_one_aborts_the_run(class_8a: SchoolClass) -> None:
    """A trigger loses one pupil on the way: nothing of the run may stay (acceptance test 7)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION lose_one() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " DELETE FROM years_enrolment WHERE id = (SELECT min(id) FROM added); RETURN NULL; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER lose_one AFTER INSERT ON years_enrolment REFERENCING NEW TABLE AS added"
            " FOR EACH STATEMENT EXECUTE FUNCTION lose_one()"
        )

    with pytest.raises(RolloverError) as stopped:
        roll_over(actor=b.SYSTEM, from_year=2023, mode=RunMode.SINGLE)

    assert stopped.value.code == "ROL-07"
    assert not Enrolment.objects.filter(start_year=2024).exists()
    assert not SchoolClass.objects.filter(start_year=2024).exists()


def _places() -> list[tuple]:
    """Who stands where: the numbers of classes and sites differ between runs, their names must not."""
    rows = Enrolment.objects.filter(start_year=2024)
    names = (
        "student_id",
        "school_class__name",
        "first_class__name",
        "school_class__site__code",
        "school_class__lineage",
    )
    return sorted(rows.values_list(*names))


_NEW_YEAR = {
    "orgs_schoolprofile": "start_year = 2024",
    "orgs_schoollevel": "start_year = 2024",
    "orgs_schoolsite": "start_year = 2024",
    "staff_staffyear": "start_year = 2024",
    "years_schoolclass": "start_year = 2024",
    "years_classgrade": "start_year = 2024",
    "years_enrolment": "start_year = 2024",
    "years_homeroomassignment": "run_id IS NOT NULL",
    "years_teachingassignment": "run_id IS NOT NULL",
}
# Numbers that a sequence or a clock gives anew at every run.
_OWN = ("id", "public_id", "changed_at", "run_id", "class_id", "first_class_id", "site_id")


def _new_year() -> dict[str, list[str]]:
    return {table: _rows(table, condition, _OWN) for table, condition in _NEW_YEAR.items()}


def _everything() -> dict[str, list[str]]:
    return {table: _rows(table, "true", ()) for table in _NEW_YEAR}


def _rows(table: str, condition: str, without: tuple[str, ...]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT (to_jsonb(t) - %s::text[])::text FROM {table} t WHERE {condition}", [list(without)])  # noqa: S608
        return sorted(row[0] for row in cursor.fetchall())


def test_undo_of_one_school_leaves_the_others_as_they_are(class_8a: SchoolClass) -> None:
    other = b.school("Trường THCS khác")
    b.pupil(b.school_class(other, "7A", "07"))
    roll_over(actor=b.SYSTEM, from_year=2023)

    undo_rollover(actor=b.SYSTEM, from_year=2023, unit=class_8a.school.unit)

    left = Enrolment.objects.filter(start_year=2024).values_list("school_id", flat=True)
    assert list(left) == [other.pk]
    again, _ = roll_over(actor=b.SYSTEM, from_year=2023)
    assert (again.created, again.state) == (38, "done")


def test_staff_who_have_left_are_not_carried(class_8a: SchoolClass) -> None:
    stays, left = b.teacher(class_8a.school), b.teacher(class_8a.school, status_code="05")
    b.homeroom(left, class_8a)
    b.teaches(stays, class_8a)
    b.teaches(left, class_8a, "19")

    roll_over(actor=b.SYSTEM, from_year=2023)

    nine = SchoolClass.objects.get(start_year=2024, name="9A")
    assert [item.staff for item in nine.teaching.all()] == [stays]
    assert not nine.homerooms.exists()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.staff_id, y.is_confirmed, y.periods_per_week FROM staff_staffyear y"
            " JOIN staff_staffposting p ON p.id = y.posting_id WHERE y.start_year = 2024"
        )
        assert cursor.fetchall() == [(stays.pk, False, None)]


def test_rows_of_the_source_year_are_never_touched(class_8a: SchoolClass) -> None:
    query = "SELECT md5(string_agg(t::text, '|' ORDER BY id)) FROM years_enrolment t WHERE start_year = 2023"
    with connection.cursor() as cursor:
        cursor.execute(query)
        before = cursor.fetchone()
        roll_over(actor=b.SYSTEM, from_year=2023)
        undo_rollover(actor=b.SYSTEM, from_year=2023)
        roll_over(actor=b.SYSTEM, from_year=2023, mode=RunMode.SINGLE)
        cursor.execute(query)
        assert cursor.fetchone() == before


def test_a_school_without_pupils_is_rolled_over_and_undone_like_any_other(class_8a: SchoolClass) -> None:
    b.school("Trung tâm không có học sinh")

    first, _ = roll_over(actor=b.SYSTEM, from_year=2023)
    again, _ = roll_over(actor=b.SYSTEM, from_year=2023)
    after = undo_rollover(actor=b.SYSTEM, from_year=2023)

    assert (first.state, again.state, after.state) == ("done", "done", "planned")
    assert (first.exceptions, again.exceptions, after.created) == (1, 1, 0)


def test_a_moved_pupil_who_has_left_is_not_moved_again(class_8a: SchoolClass) -> None:
    roll_over(actor=b.SYSTEM, from_year=2023)
    gone = Enrolment.objects.filter(start_year=2024, admission_kind="4").first()
    Enrolment.objects.filter(pk=gone.pk).update(left_on=dt.date(2024, 8, 20), status_code="04")
    Enrolment.objects.get(start_year=2023, results__outcome="pending_reassessment").results.update(outcome="promoted")

    figures, _ = roll_over(actor=b.SYSTEM, from_year=2023)

    assert (figures.created, figures.promoted) == (1, 37)
    assert Enrolment.objects.filter(student=gone.student, start_year=2024).count() == 1


def test_a_confirmed_school_stays_confirmed_when_nobody_new_is_moved(class_8a: SchoolClass) -> None:
    roll_over(actor=b.SYSTEM, from_year=2023)
    confirm_rollover(actor=b.SYSTEM, school=class_8a.school, from_year=2023)

    figures, _ = roll_over(actor=b.SYSTEM, from_year=2023)

    assert (figures.state, figures.created) == ("confirmed", 0)


def test_after_an_undo_the_plan_says_what_is_to_do_again(class_8a: SchoolClass) -> None:
    roll_over(actor=b.SYSTEM, from_year=2023)
    roll_over(actor=b.SYSTEM, from_year=2023)

    undo_rollover(actor=b.SYSTEM, from_year=2023)

    assert not PlanRow.objects.filter(rule_code="D1").exists()


def test_a_closed_target_year_takes_no_undo(class_8a: SchoolClass) -> None:
    roll_over(actor=b.SYSTEM, from_year=2023)
    close_school_year(actor=b.SYSTEM, start_year=2024)

    with pytest.raises(RolloverError):
        undo_rollover(actor=b.SYSTEM, from_year=2023)

    assert Enrolment.objects.filter(start_year=2024).count() == 38


def test_what_the_school_built_in_the_new_year_stays_when_the_run_is_undone(class_8a: SchoolClass) -> None:
    roll_over(actor=b.SYSTEM, from_year=2023)
    own = b.school_class(class_8a.school, "6A", "06", year=2024)
    newcomer = b.pupil(own, None)

    undo_rollover(actor=b.SYSTEM, from_year=2023)

    assert list(Enrolment.objects.filter(start_year=2024)) == [newcomer]
    assert list(SchoolClass.objects.filter(start_year=2024)) == [own]


def test_an_office_cannot_turn_the_whole_province_by_naming_no_unit(class_8a: SchoolClass) -> None:
    office = b.office()
    own = b.school("Trường của phòng", parent=office)
    b.pupil(b.school_class(own, "7A", "07"))
    head = actor_for(b.account("tp", "office_head", office))

    figures, _ = roll_over(actor=head, from_year=2023)

    assert (figures.schools, figures.created) == (1, 1)
    assert RolloverBatch.objects.get().mode == RunMode.SINGLE
