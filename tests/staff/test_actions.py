"""A member of staff taken on, corrected, let go and brought back; only by the school where the person works now."""

import datetime as dt

import pytest

from csdl.access.actors import actor_for
from csdl.accounts.errors import InvalidRecord, NotAllowed
from csdl.audit.edits import EditedMeanwhile, changes_of, version_of
from csdl.audit.models import Event
from csdl.lib import clock
from csdl.staff.actions import add_staff, change_posting, change_staff, end_posting, undo_staff_edit
from csdl.staff.errors import StaffError
from csdl.staff.models import StaffMember, StaffPosting
from tests import builders as b

pytestmark = pytest.mark.django_db


class Place:
    """A school with a teacher and a clerk, a neighbour school with a teacher."""

    def __init__(self) -> None:
        self.school = b.school()
        self.trang = b.teacher(self.school, "Bùi Thu Trang")
        self.posting = StaffPosting.objects.select_related("staff").get(staff=self.trang)
        other = b.school("Trường THCS Kế Bên")
        self.other_posting = StaffPosting.objects.select_related("staff").get(staff=b.teacher(other))
        self.clerk = actor_for(b.account("vanthu", "school_clerk", self.school.unit))

    def added(self, **values: object) -> StaffPosting:
        said = {
            "full_name": "trần văn minh",
            "birth_date": dt.date(1985, 4, 3),
            "gender_code": "01",
            "staff_group_code": "03",
            "contract_code": "07",
            "teacher_subject_code": "01",
        } | values
        day = dt.date(2020, 9, 1)
        return add_staff(actor=self.clerk, unit=self.school.unit, values=said, valid_from=day)[0]


@pytest.fixture
def place(db: None) -> Place:
    return Place()


def test_a_person_is_taken_on_with_a_posting(place: Place) -> None:
    made = place.added()

    assert (made.staff.full_name, made.unit_id, made.status_code) == ("Trần Văn Minh", place.school.pk, "01")
    assert Event.objects.get(kind="staff:add").unit_id == place.school.pk


def test_every_fault_of_a_new_person_is_said_at_once(place: Place) -> None:
    with pytest.raises(InvalidRecord) as refused:
        add_staff(
            actor=place.clerk,
            unit=place.school.unit,
            values={"full_name": "", "phone": "12", "moet_code": "7", "staff_group_code": "03"},
            valid_from=None,
        )

    assert set(refused.value.fields) == {
        "full_name",
        "birth_date",
        "gender_code",
        "phone",
        "moet_code",
        "contract_code",
        "teacher_subject_code",
        "valid_from",
    }
    assert not StaffMember.objects.filter(created_by=place.clerk.account_id).exists()


def test_a_phone_number_is_mended_and_the_mending_taken_back(place: Place) -> None:
    change_staff(actor=place.clerk, posting=place.posting, values={"phone": "84987654321"}, seen=None)
    person = StaffMember.objects.get(pk=place.trang.pk)
    assert person.phone == "0987654321"

    undo_staff_edit(actor=place.clerk, posting=place.posting, row=person, key=changes_of(person)[0].key)

    assert StaffMember.objects.get(pk=person.pk).phone == ""


def test_a_colleagues_newer_edit_is_never_written_over(place: Place) -> None:
    seen = version_of(place.trang)
    change_staff(actor=place.clerk, posting=place.posting, values={"phone": "0911111111"}, seen=seen)
    place.posting.staff.refresh_from_db()

    with pytest.raises(EditedMeanwhile):
        change_staff(actor=place.clerk, posting=place.posting, values={"phone": "0922222222"}, seen=seen)


def test_a_posting_ends_on_a_day_and_the_file_is_no_longer_the_schools(place: Place) -> None:
    with pytest.raises(InvalidRecord) as refused:
        end_posting(actor=place.clerk, posting=place.posting, status_code="01", on=dt.date(2019, 1, 1))
    assert set(refused.value.fields) == {"status_code", "on"}

    end_posting(actor=place.clerk, posting=place.posting, status_code="05", on=dt.date(2023, 9, 1))

    ended = StaffPosting.objects.select_related("staff").get(pk=place.posting.pk)
    assert (ended.status_code, ended.valid_to) == ("05", dt.date(2023, 9, 1))
    with pytest.raises(StaffError):
        change_staff(actor=place.clerk, posting=ended, values={"phone": "0911111111"}, seen=None)
    undo_staff_edit(actor=place.clerk, posting=ended, row=ended, key=changes_of(ended)[0].key)
    assert StaffPosting.objects.get(pk=ended.pk).valid_to is None


def test_an_end_more_than_a_year_ahead_is_asked_about(place: Place) -> None:
    near, far = (clock.today() + dt.timedelta(days=days) for days in (366, 367))

    def end(day: dt.date, **more: bool) -> dt.date | None:
        end_posting(actor=place.clerk, posting=place.posting, status_code="05", on=day, **more)
        return StaffPosting.objects.get(pk=place.posting.pk).valid_to

    with pytest.raises(InvalidRecord) as asked:
        end(far)
    assert set(asked.value.fields) == {"is_far"}
    assert StaffPosting.objects.get(pk=place.posting.pk).valid_to is None
    assert end(far, is_far=True) == far
    assert end(near) == near


def test_who_still_leads_or_teaches_is_kept_with_all_of_it_named(place: Place) -> None:
    b.school_year(2023, current=True)
    own = b.school_class(place.school, "7A", "07")
    b.homeroom(place.trang, own)
    b.teaches(place.trang, own)
    day = dt.date(2023, 10, 1)

    with pytest.raises(InvalidRecord) as refused:
        end_posting(actor=place.clerk, posting=place.posting, status_code="05", on=day)

    assert refused.value.problems == [
        "Từ ngày 01/10/2023, Bùi Thu Trang còn chủ nhiệm lớp 7A; dạy Toán 7A. "
        "Hãy ghi người thay ở trang “Phân công” trước, hoặc chọn ngày khác."
    ]
    assert StaffPosting.objects.get(pk=place.posting.pk).valid_to is None
    end_posting(actor=place.clerk, posting=place.posting, status_code="05", on=dt.date(2024, 7, 1))
    assert StaffPosting.objects.get(pk=place.posting.pk).valid_to == dt.date(2024, 7, 1)


def test_a_posting_is_not_ended_by_its_status_alone(place: Place) -> None:
    with pytest.raises(InvalidRecord):
        change_posting(actor=place.clerk, posting=place.posting, values={"status_code": "05"}, seen=None)


def test_the_neighbours_staff_is_out_of_reach(place: Place) -> None:
    with pytest.raises(NotAllowed):
        change_staff(actor=place.clerk, posting=place.other_posting, values={"phone": "0911111111"}, seen=None)
    with pytest.raises(NotAllowed):
        add_staff(actor=place.clerk, unit=place.other_posting.unit, values={}, valid_from=None)


def test_the_web_role_itself_lets_a_clerk_take_somebody_on_and_hides_the_neighbours(place: Place, as_web) -> None:  # type: ignore[no-untyped-def]
    with as_web(place.clerk.account):
        made = place.added()
        change_staff(actor=place.clerk, posting=made, values={"phone": "0944444444"}, seen=None)
        assert not StaffMember.objects.filter(pk=place.other_posting.staff_id).exists()
        assert not StaffPosting.objects.filter(pk=place.other_posting.pk).exists()

    assert StaffMember.objects.get(pk=made.staff_id).phone == "0944444444"


def test_an_end_is_not_taken_back_under_a_newer_posting(place: Place) -> None:
    end_posting(actor=place.clerk, posting=place.posting, status_code="02", on=dt.date(2023, 9, 1))
    ended = StaffPosting.objects.select_related("staff").get(pk=place.posting.pk)
    StaffPosting.objects.create(
        staff=place.trang, unit_id=place.other_posting.unit_id, staff_group_code="03", valid_from=dt.date(2023, 9, 1)
    )

    with pytest.raises(StaffError, match="Bùi Thu Trang đã về Trường THCS Kế Bên từ 01/09/2023"):
        undo_staff_edit(actor=place.clerk, posting=ended, row=ended, key=changes_of(ended)[0].key)

    assert StaffPosting.objects.get(pk=ended.pk).valid_to == dt.date(2023, 9, 1)
    person = StaffMember.objects.get(pk=place.trang.pk)
    with pytest.raises(StaffError):
        undo_staff_edit(actor=place.clerk, posting=ended, row=person, key=1)


def test_a_contract_missing_all_along_does_not_stop_another_change(place: Place) -> None:
    StaffPosting.objects.filter(pk=place.posting.pk).update(contract_code="", staff_group_code="03")
    posting = StaffPosting.objects.select_related("staff").get(pk=place.posting.pk)
    said = {"staff_group_code": "03", "contract_code": "", "rank_code": "", "status_code": "01"}

    done = change_posting(actor=place.clerk, posting=posting, values=said | {"position_code": "09"}, seen=None)

    assert [change.name for change in done.changes] == ["position_code"]
