"""A guardian written by mistake is left out from now on, stays in the history, and comes back where there is room."""

import pytest

from csdl.access.actors import actor_for
from csdl.accounts.errors import InvalidRecord, NotAllowed
from csdl.audit.edits import changes_of
from csdl.students.models import Guardian
from csdl.years.actions.pupils import add_guardian, change_guardian, change_student, end_guardian, undo_student_edit
from csdl.years.models import Enrolment
from tests import builders as b

pytestmark = pytest.mark.django_db


class Place:
    """A pupil with a father, the school's clerk, the neighbour's clerk."""

    def __init__(self) -> None:
        school = b.school()
        self.pupil: Enrolment = b.pupil(b.school_class(school, "6A", "06"))
        self.father = Guardian.objects.create(student=self.pupil.student, relation="father", full_name="Trần Nhầm")
        self.clerk = actor_for(b.account("vanthu", "school_clerk", school.unit))
        self.stranger = actor_for(b.account("vanthu2", "school_clerk", b.school("Trường THCS Kế Bên").unit))

    def end(self, reason: str = "Ghi nhầm người") -> Guardian:
        return end_guardian(actor=self.clerk, enrolment=self.pupil, guardian=self.father, reason=reason)

    def add_father(self) -> None:
        values = {"relation": "father", "full_name": "Nguyễn Văn Đúng", "phone": "", "occupation": "", "workplace": ""}
        add_guardian(actor=self.clerk, enrolment=self.pupil, values=values)


@pytest.fixture
def place(db: None) -> Place:
    return Place()


def test_the_place_of_an_ended_father_is_free(place: Place) -> None:
    place.end()
    place.add_father()

    standing = Guardian.objects.filter(student=place.pupil.student, ended_on__isnull=True)
    assert list(standing.values_list("full_name", flat=True)) == ["Nguyễn Văn Đúng"]
    assert place.father.end_reason == "Ghi nhầm người"
    with pytest.raises(InvalidRecord, match="REC-01"):
        undo_student_edit(
            actor=place.clerk, enrolment=place.pupil, row=place.father, key=changes_of(place.father)[0].key
        )


def test_an_end_is_taken_back(place: Place) -> None:
    place.end()
    key = changes_of(place.father)[0].key

    undo_student_edit(actor=place.clerk, enrolment=place.pupil, row=place.father, key=key)

    assert (place.father.ended_on, place.father.end_reason) == (None, "")


def test_an_end_needs_a_reason_and_happens_once(place: Place) -> None:
    with pytest.raises(InvalidRecord) as refused:
        place.end("  ")
    place.end()
    with pytest.raises(InvalidRecord) as again:
        place.end("")
    with pytest.raises(InvalidRecord):
        change_guardian(
            actor=place.clerk, enrolment=place.pupil, guardian=place.father, values={"full_name": "X"}, seen=None
        )

    assert sorted(refused.value.fields) == ["reason"]
    assert sorted(again.value.fields) == ["guardian", "reason"]


def test_the_neighbour_ends_nobody(place: Place) -> None:
    with pytest.raises(NotAllowed):
        end_guardian(actor=place.stranger, enrolment=place.pupil, guardian=place.father, reason="x")


def test_fields_without_a_column_are_checked_by_the_field_list(place: Place) -> None:
    with pytest.raises(InvalidRecord) as refused:
        change_student(actor=place.clerk, enrolment=place.pupil, values={"extra": {"DoiVien": 7, "Lạ": "x"}}, seen=None)
    change_student(actor=place.clerk, enrolment=place.pupil, values={"extra": {"DoiVien": 1, "NhomMau": 4}}, seen=None)

    assert len(refused.value.fields["extra"]) == 2
    assert place.pupil.student.extra == {"DoiVien": 1, "NhomMau": 4}
