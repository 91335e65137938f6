"""What the database itself refuses, whoever writes (architecture §3, D20)."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction

from csdl.orgs.enums import UnitKind
from csdl.orgs.models import UnitVersion
from csdl.staff.models import StaffPosting, UnitHead
from csdl.students.models import Student
from csdl.years.models import Enrolment, HomeroomAssignment, SchoolClass, SchoolYear, YearResult
from tests import builders as b

pytestmark = [pytest.mark.django_db, pytest.mark.server]


def _refused(name: str, write) -> None:
    def write_and_check() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            write()
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(DatabaseError) as refused:
        write_and_check()
    assert name in str(refused.value)


@pytest.fixture
def enrolled() -> Enrolment:
    return b.pupil(b.school_class(b.school(), "7A", "07"))


def test_spells_of_one_student_do_not_overlap_even_at_two_schools(enrolled: Enrolment) -> None:
    other = b.school_class(b.school("Trường THCS khác"), "7B", "07")

    def again() -> None:
        Enrolment.objects.create(
            start_year=2023,
            student=enrolled.student,
            school=other.school,
            school_class=other,
            grade_code="07",
            enrolled_on=dt.date(2023, 9, 5),
            admission_kind="1",
        )

    _refused("student_id_daterange_excl", again)


def test_a_return_after_leaving_is_a_second_spell(enrolled: Enrolment) -> None:
    Enrolment.objects.filter(pk=enrolled.pk).update(left_on=dt.date(2023, 10, 1), status_code="05")
    Enrolment.objects.create(
        start_year=2023,
        student=enrolled.student,
        school=enrolled.school,
        school_class=enrolled.school_class,
        grade_code="07",
        enrolled_on=dt.date(2024, 1, 15),
        admission_kind="4",
        status_code="03",
    )
    assert enrolled.student.enrolments.count() == 2


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("an_enrolment_has_a_grade_its_class_admits", {"grade_code": "08"}),
        ("an_enrolment_lies_in_its_years_window", {"enrolled_on": dt.date(2023, 6, 30)}),
        ("who_has_left_has_a_last_day", {"status_code": "05"}),
        ("an_enrolment_ends_after_it_begins", {"left_on": dt.date(2023, 6, 1), "status_code": "05"}),
    ],
)
def test_an_enrolment_agrees_with_class_year_and_status(enrolled: Enrolment, name: str, change: dict) -> None:
    _refused(name, lambda: Enrolment.objects.filter(pk=enrolled.pk).update(**change))


def test_a_class_is_of_a_level_its_school_teaches(enrolled: Enrolment) -> None:
    _refused("a_class_is_of_a_level_its_school_teaches", lambda: b.school_class(enrolled.school, "10A", "10"))


def test_a_class_name_is_used_once_a_year(enrolled: Enrolment) -> None:
    _refused("a_class_name_is_used_once_a_year", lambda: b.school_class(enrolled.school, "7A", "07"))


def test_an_enrolment_has_one_current_result(enrolled: Enrolment) -> None:
    def second() -> None:
        YearResult.objects.create(start_year=2023, enrolment=enrolled, outcome="retained", regime="tt22")

    _refused("enrolment_id", second)


def test_a_result_is_one_of_the_outcome_codes(enrolled: Enrolment) -> None:
    _refused("a_result_is_one_of_the_outcome_codes", lambda: enrolled.results.update(outcome="passed"))


def test_a_class_has_one_homeroom_teacher_on_a_day(enrolled: Enrolment) -> None:
    where = enrolled.school_class
    b.homeroom(b.teacher(where.school), where)
    _refused("a_class_has_one_homeroom_teacher_on_a_day", lambda: b.homeroom(b.teacher(where.school), where))
    assert HomeroomAssignment.objects.count() == 1


def test_a_unit_has_one_head_on_a_day(enrolled: Enrolment) -> None:
    unit, day = enrolled.school.unit, dt.date(2023, 8, 1)
    UnitHead.objects.create(unit=unit, staff=b.teacher(enrolled.school), valid_from=day)

    def second() -> None:
        UnitHead.objects.create(unit=unit, staff=b.teacher(enrolled.school), valid_from=day)

    _refused("a_unit_has_one_head_on_a_day", second)


def test_postings_of_a_person_at_a_unit_do_not_overlap(enrolled: Enrolment) -> None:
    who = b.teacher(enrolled.school)

    def again() -> None:
        StaffPosting.objects.create(
            staff=who, unit=enrolled.school.unit, valid_from=dt.date(2023, 1, 1), staff_group_code="03"
        )

    _refused("postings_of_a_person_at_a_unit_do_not_overlap", again)


def test_identity_numbers_are_unique_among_verified_persons_only() -> None:
    number = {"citizen_id_no": "031211000001", "full_name": "Nguyễn Văn A"}
    Student.objects.create(**number, id_state="claimed")
    Student.objects.create(**number, id_state="claimed")
    Student.objects.create(**number, id_state="verified")

    _refused("a_verified_id_number_is_one_student", lambda: Student.objects.create(**number, id_state="verified"))


def test_a_unit_has_one_name_and_parent_on_a_day_and_the_newest_is_shown() -> None:
    office = b.office("Phòng GDĐT huyện Thuỷ Nguyên")

    def second() -> None:
        UnitVersion.objects.create(
            unit=office,
            name="Khác",
            kind=UnitKind.DISTRICT_OFFICE,
            parent=b.department(),
            valid_from=dt.date(2024, 1, 1),
        )

    _refused("a_unit_has_one_name_and_parent_on_a_day", second)

    office.versions.update(valid_to=dt.date(2025, 1, 1))
    UnitVersion.objects.create(
        unit=office,
        name="Phòng GDĐT thành phố Thuỷ Nguyên",
        kind=UnitKind.DISTRICT_OFFICE,
        parent=b.department(),
        valid_from=dt.date(2025, 1, 1),
    )
    office.refresh_from_db()
    assert office.name == "Phòng GDĐT thành phố Thuỷ Nguyên"


def test_a_province_has_one_root() -> None:
    b.department()
    _refused("a_province_has_one_root_on_a_day", lambda: b.unit("Sở khác", UnitKind.DEPARTMENT))


def test_one_year_is_current() -> None:
    b.school_year(2023, current=True)
    b.school_year(2024)
    _refused("one_year_is_current", lambda: SchoolYear.objects.update(is_current=True))


def test_changing_a_row_moves_changed_at(enrolled: Enrolment) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE years_schoolclass SET changed_at = '2020-01-01'")
        cursor.execute("SELECT bool_and(changed_at = now()) FROM years_schoolclass")
        assert cursor.fetchone() == (True,)
    assert SchoolClass.objects.count() == 1
