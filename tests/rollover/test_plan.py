"""The plan's routing (rollover.md §4), against a slow and obvious twin in Python."""

import datetime as dt

import pytest
from django.db import connection

from csdl.codes.models import Grade
from csdl.rollover.actions import choose_for_pupil, plan_rollover, rename_plan_class, roll_over, withdraw_decision
from csdl.rollover.errors import RolloverError
from csdl.rollover.models import PlanClass, PlanRow
from csdl.rollover.queries import plan_classes, plan_rows
from csdl.rollover.rules import RULES
from csdl.years.models import ClassGrade, Enrolment, SchoolClass
from tests import builders as b

pytestmark = [pytest.mark.django_db, pytest.mark.server]


def _row(enrolment: Enrolment) -> tuple[str, str, str, str | None]:
    row = PlanRow.objects.select_related("plan_class").get(pk=enrolment.pk)
    return row.act, row.rule_code, row.target_grade_code, row.plan_class.name if row.plan_class else None


def _planned(*enrolments: Enrolment) -> list[tuple]:
    plan_rollover(actor=b.SYSTEM, from_year=2023)
    return [_row(item) for item in enrolments]


@pytest.fixture(autouse=True)
def target_year() -> None:
    b.school_year(2024)


def test_outcomes_of_a_middle_grade() -> None:
    where = b.school()
    b.school_class(where, "6A", "06")
    made = b.school_class(where, "7A", "07")
    pupils = [
        b.pupil(made, outcome)
        for outcome in (
            "promoted",
            "retained",
            "pending_reassessment",
            "pending_summer_training",
            "not_assessed",
            None,
            "completed_lower_secondary",
        )
    ]

    assert _planned(*pupils) == [
        ("promote", "T1", "08", "8A"),
        ("retain", "T2", "07", "7A"),
        ("pending", "C2", "", None),
        ("pending", "C3", "", None),
        ("pending", "C4", "", None),
        ("pending", "C1", "", None),
        ("pending", "C5", "", None),
    ]


def test_terminal_grades_go_to_the_pool_and_never_into_a_grade_that_is_not_taught() -> None:
    """Pacific-SIS #602: no enrolment without a grade; a multi-level school's pupils go through admission too."""
    where = b.school(levels=("02", "03"))
    five = b.school_class(where, "5A", "05")
    nine = b.school_class(where, "9A", "09")
    pupils = [b.pupil(five, "completed_primary"), b.pupil(nine, "completed_lower_secondary"), b.pupil(nine, "promoted")]

    assert _planned(*pupils) == [
        ("complete", "T3", "", None),
        ("complete", "T3", "", None),
        ("pending", "C5", "", None),
    ]


def test_grade_12_of_the_older_regime_leaves_whether_graduated_or_not() -> None:
    where = b.school(levels=("04",))
    twelve = b.school_class(where, "12A1", "12")
    pupils = [b.pupil(twelve, "graduated"), b.pupil(twelve, "completed_upper_secondary")]

    assert [row[:2] for row in _planned(*pupils)] == [("complete", "T3"), ("complete", "T3")]


def test_who_left_before_the_last_day_is_not_in_and_who_left_in_summer_is_left() -> None:
    where = b.school_class(b.school(), "7A", "07")
    b.pupil(where, left_on=dt.date(2024, 3, 1), status_code="09")
    b.pupil(where, left_on=dt.date(2024, 5, 31), status_code="08")
    moved = b.pupil(where, left_on=dt.date(2024, 6, 20), status_code="11")
    quit_ = b.pupil(where, left_on=dt.date(2024, 6, 20), status_code="12")
    deferred = b.pupil(where, left_on=dt.date(2024, 6, 20), status_code="12", leaving_reason_code="07")
    dead = b.pupil(where, left_on=dt.date(2024, 6, 20), status_code="12", leaving_reason_code="10")

    assert [row[:2] for row in _planned(moved, quit_, deferred, dead)] == [
        ("left", "L1"),
        ("left", "L2"),
        ("left", "L3"),
        ("left", "L4"),
    ]
    assert plan_rollover(actor=b.SYSTEM, from_year=2023).came_in == 4


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        (dt.date(2018, 12, 31), ("complete", "M3", "", None)),
        (dt.date(2019, 1, 1), ("promote", "M1", "17", "5 tuổi A")),  # acceptance test 5
        (dt.date(2020, 6, 1), ("promote", "M1", "17", "4 tuổi A")),
        (dt.date(2021, 6, 1), ("promote", "M1", "17", "3 tuổi A")),
        (dt.date(2022, 6, 1), ("promote", "M1", "16", "25-36 tháng A")),
        (dt.date(2023, 2, 1), ("promote", "M1", "16", "13-24 tháng A")),
    ],
)
def test_preschool_follows_the_birth_date(born: dt.date, expected: tuple) -> None:
    where = b.school("Trường Mầm non Hoa Sen", levels=("01",))
    groups = {"02": "13-24 tháng A", "03": "25-36 tháng A", "04": "3 tuổi A", "05": "4 tuổi A", "06": "5 tuổi A"}
    classes = {
        code: b.school_class(where, name, "16" if code < "04" else "17", age_group_code=code)
        for code, name in groups.items()
    }
    child = b.pupil(classes["04"], None, birth_date=born)

    assert _planned(child) == [expected]


def test_a_preschool_child_may_stay_a_year_longer_when_the_head_says_so() -> None:
    where = b.school("Trường Mầm non Hoa Sen", levels=("01",))
    five = b.school_class(where, "5 tuổi A", "17", age_group_code="06")
    child = b.pupil(five, "completed_preschool", birth_date=dt.date(2018, 6, 1))
    plan_rollover(actor=b.SYSTEM, from_year=2023)

    choose_for_pupil(actor=b.SYSTEM, row=PlanRow.objects.get(pk=child.pk), act="retain", note="Đơn của gia đình")

    assert _row(child) == ("retain", "M2", "17", "5 tuổi A")


def test_the_head_decides_about_who_is_not_assessed_and_planning_again_keeps_it() -> None:
    where = b.school()
    child = b.pupil(b.school_class(where, "7A", "07"), "not_assessed")
    plan_rollover(actor=b.SYSTEM, from_year=2023)

    choose_for_pupil(actor=b.SYSTEM, row=PlanRow.objects.get(pk=child.pk), act="promote", note="Tiến bộ theo kế hoạch")
    plan_rollover(actor=b.SYSTEM, from_year=2023)

    assert _row(child) == ("promote", "K1", "08", "8A")


def test_a_decision_can_be_withdrawn_and_the_pupil_waits_again() -> None:
    where = b.school()
    child = b.pupil(b.school_class(where, "7A", "07"), "not_assessed")
    plan_rollover(actor=b.SYSTEM, from_year=2023)
    before = _row(child)
    choose_for_pupil(actor=b.SYSTEM, row=PlanRow.objects.get(pk=child.pk), act="promote", note="Nhầm em")

    withdraw_decision(actor=b.SYSTEM, row=PlanRow.objects.get(pk=child.pk))

    assert _row(child) == before
    with pytest.raises(RolloverError, match="Chưa có quyết định"):
        withdraw_decision(actor=b.SYSTEM, row=PlanRow.objects.get(pk=child.pk))


def test_nobody_decides_by_hand_where_the_regulation_does() -> None:
    child = b.pupil(b.school_class(b.school(), "7A", "07"), "retained")
    plan_rollover(actor=b.SYSTEM, from_year=2023)

    with pytest.raises(RolloverError) as refused:
        choose_for_pupil(actor=b.SYSTEM, row=PlanRow.objects.get(pk=child.pk), act="promote")

    assert refused.value.code == "ROL-06"


def test_another_class_can_be_chosen_within_the_grade_only() -> None:
    where = b.school()
    a, c = b.school_class(where, "7A", "07"), b.school_class(where, "7C", "07")
    b.school_class(where, "6A", "06")
    child = b.pupil(a)
    b.pupil(c)
    plan_rollover(actor=b.SYSTEM, from_year=2023)
    named = {item.name: item for item in plan_classes(school_id=where.pk, from_year=2023)}

    choose_for_pupil(actor=b.SYSTEM, row=PlanRow.objects.get(pk=child.pk), plan_class=named["8C"])

    assert _row(child) == ("promote", "T1", "08", "8C")
    with pytest.raises(RolloverError):
        choose_for_pupil(actor=b.SYSTEM, row=PlanRow.objects.get(pk=child.pk), plan_class=named["7A"])


def test_a_class_whose_name_has_no_grade_number_blocks_the_school_until_it_is_named() -> None:
    where = b.school()
    b.pupil(b.school_class(where, "Chuyên Anh", "07"))
    other = b.school("Trường THCS Ngô Gia Tự")
    b.pupil(b.school_class(other, "7A", "07"))

    figures, skipped = roll_over(actor=b.SYSTEM, from_year=2023)

    assert [(item.school_id, item.reason) for item in skipped] == [
        (where.pk, "Chưa đặt tên lớp mới cho: Chuyên Anh (P5)")
    ]
    assert (figures.created, figures.state) == (1, "partial")

    rename_plan_class(actor=b.SYSTEM, plan_class=PlanClass.objects.get(name=""), name="Chuyên Anh 8")
    again, skipped = roll_over(actor=b.SYSTEM, from_year=2023)
    assert (again.created, again.state, skipped) == (1, "done", [])


def test_a_pupil_who_is_in_the_new_year_elsewhere_is_not_doubled() -> None:
    where, other = b.school(years=(2023, 2024)), b.school("Trường THCS khác", years=(2023, 2024))
    child = b.pupil(b.school_class(where, "7A", "07"))
    there = b.school_class(other, "8B", "08", year=2024)
    Enrolment.objects.create(
        start_year=2024,
        student=child.student,
        school=other,
        school_class=there,
        first_class=there,
        grade_code="08",
        enrolled_on=dt.date(2024, 7, 15),
        admission_kind="1",
    )

    assert [row[:2] for row in _planned(child)] == [("pending", "C6")]
    figures, _ = roll_over(actor=b.SYSTEM, from_year=2023)
    assert figures.created == 0


def test_result_changed_after_the_run_does_not_break_the_sums() -> None:
    where = b.school()
    child = b.pupil(b.school_class(where, "7A", "07"))
    roll_over(actor=b.SYSTEM, from_year=2023)
    child.results.update(outcome="pending_reassessment")

    figures, _ = roll_over(actor=b.SYSTEM, from_year=2023)

    assert (figures.came_in, figures.promoted, figures.pending, figures.created) == (1, 1, 0, 0)


def test_empty_entry_classes_are_made_for_the_intake() -> None:
    where = b.school()
    b.school_class(where, "6A", "06")
    b.school_class(where, "6B", "06")

    roll_over(actor=b.SYSTEM, from_year=2023)

    made = SchoolClass.objects.filter(start_year=2024).order_by("sort_key")
    assert [(item.name, item.lineage and item.lineage.name) for item in made] == [
        ("6A", None),
        ("6B", None),
        ("7A", "6A"),
        ("7B", "6B"),
    ]


def test_every_rule_the_plan_can_write_has_a_sentence() -> None:
    from csdl.lib.sql import statement

    text = statement("csdl.rollover", "21_plan_rows")
    written = {word.strip("'") for word in text.replace(",", " ").replace(")", " ").replace("(", " ").split()}
    codes = {word for word in written if len(word) == 2 and word[0] in "TMKLCD" and word[1].isdigit()}
    assert codes == set(RULES)


def test_sql_agrees_with_a_slow_and_obvious_twin() -> None:
    """Every grade × every outcome, one pupil each."""
    next_of = {grade.code: grade for grade in Grade.objects.all()}
    levels = {"02": range(1, 6), "03": range(6, 10), "04": range(10, 13)}
    outcomes = [
        "promoted",
        "retained",
        "pending_reassessment",
        "pending_summer_training",
        "completed_primary",
        "completed_lower_secondary",
        "completed_upper_secondary",
        "graduated",
        "not_assessed",
        None,
    ]
    expected = {}
    for level, grades in levels.items():
        where = b.school(f"Trường cấp {level}", levels=(level,))
        for number in grades:
            made = b.school_class(where, f"{number}A", f"{number:02}")
            for outcome in outcomes:
                expected[b.pupil(made, outcome).pk] = _twin(next_of[f"{number:02}"], outcome)
    plan_rollover(actor=b.SYSTEM, from_year=2023)

    found = {row.pk: (row.act, row.target_grade_code) for row in PlanRow.objects.all()}
    assert found == expected


def _twin(grade: Grade, outcome: str | None) -> tuple[str, str]:
    if outcome == "promoted":
        return ("promote", grade.next_code) if grade.next_code else ("pending", "")
    if outcome == "retained":
        return "retain", grade.code
    ends = {"05": ["completed_primary"], "09": ["completed_lower_secondary"]}
    ends["12"] = ["completed_upper_secondary", "graduated"]
    if outcome in ends.get(grade.code, []):
        return "complete", ""
    return "pending", ""


def test_plan_rows_come_in_the_order_of_class_and_given_name(django_assert_num_queries) -> None:
    where = b.school()
    seven = b.school_class(where, "7A", "07")
    for name in ("Trần Thị Hà", "Lê Văn An", "Đỗ Đức Anh"):
        b.pupil(seven, name=name)
    plan_rollover(actor=b.SYSTEM, from_year=2023)

    with django_assert_num_queries(1):
        rows = list(plan_rows(actor=b.SYSTEM, school_id=where.pk, from_year=2023))
        names = [row.student.full_name for row in rows]
    assert names == ["Lê Văn An", "Đỗ Đức Anh", "Trần Thị Hà"]


def test_a_pupil_who_was_at_another_school_in_the_new_year_and_left_is_for_two_schools_to_settle() -> None:
    where, other = b.school(years=(2023, 2024)), b.school("Trường THCS khác", years=(2023, 2024))
    child = b.pupil(b.school_class(where, "7A", "07"))
    b.pupil(b.school_class(where, "7B", "07"))
    there = b.school_class(other, "8B", "08", year=2024)
    Enrolment.objects.create(
        start_year=2024,
        student=child.student,
        school=other,
        school_class=there,
        grade_code="08",
        enrolled_on=dt.date(2024, 7, 15),
        left_on=dt.date(2024, 8, 1),
        status_code="04",
        admission_kind="1",
    )

    figures, _ = roll_over(actor=b.SYSTEM, from_year=2023)

    assert _row(child)[:2] == ("pending", "C6")
    assert (figures.created, figures.pending) == (1, 1)


def test_a_decision_that_the_grade_does_not_know_is_refused() -> None:
    child = b.pupil(b.school_class(b.school(), "9A", "09"), "not_assessed")
    plan_rollover(actor=b.SYSTEM, from_year=2023)
    row = PlanRow.objects.get(pk=child.pk)

    with pytest.raises(RolloverError):
        choose_for_pupil(actor=b.SYSTEM, row=row, act="promote", note="x")

    choose_for_pupil(actor=b.SYSTEM, row=row, act="complete", note="Hoàn thành")
    assert _row(child)[:2] == ("complete", "K3")


def test_a_class_whose_grade_was_corrected_leaves_no_phantom_behind() -> None:
    where = b.school()
    made = b.school_class(where, "8A", "08")
    plan_rollover(actor=b.SYSTEM, from_year=2023)
    ClassGrade.objects.filter(school_class=made).delete()
    SchoolClass.objects.filter(pk=made.pk).update(name="9A", grade_code="09")

    plan_rollover(actor=b.SYSTEM, from_year=2023)

    assert not PlanClass.objects.exists()


def test_a_year_that_has_not_ended_is_not_rolled_over() -> None:
    b.pupil(b.school_class(b.school(), "7A", "07"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT csdl_move_clock('2024-05-31 10:00+07')")

    with pytest.raises(RolloverError) as refused:
        plan_rollover(actor=b.SYSTEM, from_year=2023)

    assert (refused.value.code, PlanRow.objects.count()) == ("ROL-01", 0)
