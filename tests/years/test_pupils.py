"""One pupil's file: corrected with every fault at once, never over a colleague, only by whom it is for, taken back."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from csdl.access.actors import actor_for
from csdl.accounts.errors import InvalidRecord, NotAllowed
from csdl.audit.edits import EditedMeanwhile, changes_of, version_of
from csdl.audit.models import Event
from csdl.students.models import Guardian, Student
from csdl.years.actions.classes import change_class, create_class, remove_class
from csdl.years.actions.pupils import (
    add_guardian,
    admit_student,
    change_guardian,
    change_student,
    decide_result,
    likely_same,
    undo_student_edit,
)
from csdl.years.actions.school_years import close_school_year
from csdl.years.errors import YearError
from csdl.years.models import Enrolment, SchoolClass, SchoolYear, YearResult
from tests import builders as b

pytestmark = pytest.mark.django_db


class Place:
    """A class with one pupil, her mother, a neighbour school."""

    def __init__(self) -> None:
        self.school = b.school()
        self.year = SchoolYear.objects.get(pk=2023)
        self.class_7a, self.class_7b = (b.school_class(self.school, name, "07") for name in ("7A", "7B"))
        self.lan = b.pupil(self.class_7a, None, name="Nguyễn Thị Lan", birth_date=dt.date(2011, 10, 7))
        self.lan.student.gender_code = "02"
        self.lan.student.save()
        self.lan.refresh_from_db()
        self.mother = Guardian.objects.create(
            student=self.lan.student, relation="mother", full_name="Phạm Thị Hoa", phone="0912345678"
        )
        self.dat = b.pupil(self.class_7b, None, name="Trần Minh Đạt")
        other = b.school("Trường THCS Kế Bên")
        self.stranger = b.pupil(b.school_class(other, "7C", "07"), None, name="Hàng Xóm")
        self.clerk = actor_for(b.account("vanthu", "school_clerk", self.school.unit))
        self.head = actor_for(b.account("hieutruong", "school_head", self.school.unit))
        self.homeroom = actor_for(b.account("chunhiem", "homeroom_teacher", self.school.unit, classes=[self.class_7a]))

    def admitted(self, **values: object):  # type: ignore[no-untyped-def]
        said = {"full_name": "lê thị  mai", "birth_date": dt.date(2011, 3, 2), "gender_code": "02"} | values
        return admit_student(
            actor=self.clerk,
            school=self.school,
            year=self.year,
            values=said,
            school_class=self.class_7a,
            grade_code="",
            enrolled_on=dt.date(2023, 9, 5),
            admission_kind="1",
            guardian={"relation": "mother", "full_name": "Đỗ Thị Hằng", "phone": "84912345678"},
        )


@pytest.fixture
def place(db: None) -> Place:
    return Place()


def test_a_correction_is_cleaned_written_logged_and_kept_in_history(place: Place) -> None:
    done = change_student(
        actor=place.clerk,
        enrolment=place.lan,
        values={"phone": "091 234.5679", "birth_place": " Hải  Phòng "},
        seen=None,
    )

    student = Student.objects.get(pk=place.lan.student_id)
    assert (student.phone, student.birth_place) == ("0912345679", "Hải Phòng")
    assert {change.name for change in done.changes} == {"phone", "birth_place"}
    assert set(Event.objects.get(kind="student:change").data["fields"]) == {"birth_place", "phone"}
    assert changes_of(student)[0].changes


def test_every_fault_is_said_at_once_and_nothing_is_written(place: Place) -> None:
    with pytest.raises(InvalidRecord) as refused:
        change_student(
            actor=place.clerk,
            enrolment=place.lan,
            values={"full_name": "Lan 123", "birth_date": dt.date(2050, 1, 1), "moet_code": "12", "phone": "12"},
            seen=None,
        )

    assert set(refused.value.fields) == {"full_name", "birth_date", "moet_code", "phone"}
    assert Student.objects.get(pk=place.lan.student_id).full_name == "Nguyễn Thị Lan"


def test_an_identity_number_must_fit_birth_and_gender(place: Place) -> None:
    with pytest.raises(InvalidRecord) as refused:
        change_student(actor=place.clerk, enrolment=place.lan, values={"citizen_id_no": "031012345678"}, seen=None)

    assert len(refused.value.fields["citizen_id_no"]) == 2


def test_an_old_fault_elsewhere_does_not_keep_a_phone_number_from_being_mended(place: Place) -> None:
    Student.objects.filter(pk=place.lan.student_id).update(citizen_id_no="3.13E+10")
    place.lan.student.refresh_from_db()

    change_student(actor=place.clerk, enrolment=place.lan, values={"phone": "0987654321"}, seen=None)

    assert Student.objects.get(pk=place.lan.student_id).phone == "0987654321"


def test_a_colleagues_newer_edit_is_never_written_over(place: Place) -> None:
    seen = version_of(place.mother)
    change_guardian(
        actor=place.clerk, enrolment=place.lan, guardian=place.mother, values={"phone": "0911111111"}, seen=seen
    )
    mine = Guardian.objects.get(pk=place.mother.pk)

    with pytest.raises(EditedMeanwhile):
        change_guardian(
            actor=place.homeroom, enrolment=place.lan, guardian=mine, values={"phone": "0922222222"}, seen=seen
        )

    assert Guardian.objects.get(pk=place.mother.pk).phone == "0911111111"


def test_a_homeroom_teacher_corrects_the_own_class_only(place: Place) -> None:
    change_guardian(
        actor=place.homeroom, enrolment=place.lan, guardian=place.mother, values={"phone": "0933333333"}, seen=None
    )

    with pytest.raises(NotAllowed):
        change_student(actor=place.homeroom, enrolment=place.dat, values={"phone": "0933333333"}, seen=None)
    with pytest.raises(NotAllowed):
        change_student(actor=place.clerk, enrolment=place.stranger, values={"phone": "0933333333"}, seen=None)
    assert Guardian.objects.get(pk=place.mother.pk).phone == "0933333333"


def test_a_guardian_is_the_pupils_own_and_father_and_mother_stand_once(place: Place) -> None:
    with pytest.raises(LookupError):
        change_guardian(
            actor=place.clerk, enrolment=place.dat, guardian=place.mother, values={"phone": "0933333333"}, seen=None
        )
    with pytest.raises(InvalidRecord) as refused:
        add_guardian(actor=place.clerk, enrolment=place.lan, values={"relation": "mother", "full_name": "Bùi Thị An"})
    assert "relation" in refused.value.fields


def test_an_edit_is_taken_back(place: Place) -> None:
    change_student(actor=place.clerk, enrolment=place.lan, values={"phone": "0911111111"}, seen=None)
    student = Student.objects.get(pk=place.lan.student_id)

    undo_student_edit(actor=place.clerk, enrolment=place.lan, row=student, key=changes_of(student)[0].key)

    assert Student.objects.get(pk=student.pk).phone == ""


def test_a_new_pupil_is_written_with_the_guardian_and_found_as_the_same(place: Place) -> None:
    enrolment, done = place.admitted()

    assert (enrolment.student.full_name, enrolment.grade_code, enrolment.first_class_id) == (
        "Lê Thị Mai",
        "07",
        place.class_7a.pk,
    )
    assert enrolment.student.guardians.get().phone == "0912345678"
    assert done.warnings == ()
    same = likely_same(
        place.clerk,
        school=place.school,
        year=place.year,
        full_name="LE THI MAI",
        birth_date=dt.date(2011, 3, 2),
        citizen_id_no="",
    )
    assert [one.pk for one in same] == [enrolment.pk]


def test_a_new_pupils_faults_are_said_with_those_of_the_guardian(place: Place) -> None:
    with pytest.raises(InvalidRecord) as refused:
        admit_student(
            actor=place.clerk,
            school=place.school,
            year=place.year,
            values={"full_name": "", "birth_date": None, "gender_code": ""},
            school_class=None,
            grade_code="",
            enrolled_on=dt.date(2025, 1, 1),
            admission_kind="9",
            guardian={"relation": "", "full_name": "", "phone": "1"},
        )

    assert set(refused.value.fields) == {
        "full_name",
        "birth_date",
        "gender_code",
        "enrolled_on",
        "grade_code",
        "admission_kind",
        "guardian_full_name",
        "guardian_phone",
        "guardian_relation",
    }
    assert not Enrolment.objects.filter(created_by=place.clerk.account_id).exists()


def test_the_web_role_itself_lets_a_clerk_admit_and_a_homeroom_teacher_correct(place: Place, as_web) -> None:  # type: ignore[no-untyped-def]
    with as_web(place.clerk.account):
        enrolment, _ = place.admitted()
    with as_web(place.homeroom.account):
        change_student(actor=place.homeroom, enrolment=enrolment, values={"phone": "0944444444"}, seen=None)

    assert Student.objects.get(pk=enrolment.student_id).phone == "0944444444"


def test_a_closed_year_takes_no_write(place: Place) -> None:
    close_school_year(actor=b.SYSTEM, start_year=2023)

    with pytest.raises(YearError):
        change_student(actor=place.clerk, enrolment=place.lan, values={"phone": "0911111111"}, seen=None)
    with pytest.raises(YearError):
        place.admitted()


def test_the_head_decides_the_year_and_the_decision_before_stays(place: Place) -> None:
    first = decide_result(actor=place.head, enrolment=place.lan, outcome="retained")
    second = decide_result(
        actor=place.head, enrolment=place.lan, outcome="promoted", note="Đánh giá lại", seen=first.pk
    )

    held = YearResult.objects.filter(enrolment_id=place.lan.pk, start_year=2023)
    assert [(row.outcome, row.is_current) for row in held.order_by("pk")] == [("retained", False), ("promoted", True)]
    assert second.regime == "tt22"
    with pytest.raises(InvalidRecord):
        decide_result(actor=place.head, enrolment=place.lan, outcome="retained", seen=first.pk)
    with pytest.raises(InvalidRecord):
        decide_result(actor=place.head, enrolment=place.lan, outcome="completed_primary")
    with pytest.raises(NotAllowed):
        decide_result(actor=place.clerk, enrolment=place.lan, outcome="retained")


def test_a_subject_teacher_decides_for_the_class_of_the_paper_alone(place: Place, as_web) -> None:  # type: ignore[no-untyped-def]
    account = b.account("bomon", "class_results", place.school.unit, classes=[place.class_7a])
    teacher = actor_for(account)

    with as_web(account):
        decide_result(actor=teacher, enrolment=place.lan, outcome="retained")
        decide_result(actor=teacher, enrolment=place.lan, outcome="promoted")
        for other in (place.dat, place.stranger):
            with pytest.raises(NotAllowed):
                decide_result(actor=teacher, enrolment=other, outcome="promoted")
            with pytest.raises(DatabaseError), transaction.atomic():
                YearResult.objects.create(enrolment=other, start_year=2023, outcome="promoted", regime="tt22")
        with pytest.raises(NotAllowed):
            change_student(actor=teacher, enrolment=place.lan, values={"phone": "0911111111"}, seen=None)

    assert list(YearResult.objects.filter(is_current=True).values_list("enrolment_id", "outcome")) == [
        (place.lan.pk, "promoted")
    ]


def test_a_class_is_opened_changed_and_taken_away_while_empty(place: Place) -> None:
    made = create_class(
        actor=place.clerk, school=place.school, year=place.year, grade_code="08", values={"name": " 8A "}
    )
    change_class(actor=place.clerk, school_class=made, values={"name": "8A1"}, seen=None)

    assert SchoolClass.objects.get(pk=made.pk).name == "8A1"
    assert made.level_code == "03"
    with pytest.raises(InvalidRecord) as refused:
        create_class(actor=place.clerk, school=place.school, year=place.year, grade_code="10", values={"name": "7a"})
    assert set(refused.value.fields) == {"grade_code", "name"}
    remove_class(actor=place.clerk, school_class=made)
    assert not SchoolClass.objects.filter(pk=made.pk).exists()
    with pytest.raises(Exception, match="1 học sinh"):
        remove_class(actor=place.clerk, school_class=place.class_7a)
