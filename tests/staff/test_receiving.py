"""A person of another school, named by an exact number and birth date, taken on – and nothing else of that school."""

import datetime as dt

import pytest

from csdl.access.actors import GrantActor, actor_for
from csdl.accounts.errors import InvalidRecord, NotAllowed
from csdl.audit.models import Event
from csdl.staff.actions import FoundStaff, find_staff, receive_staff
from csdl.staff.models import StaffMember, StaffPosting
from tests import builders as b

pytestmark = pytest.mark.django_db
NUMBER, BORN = "031185001234", dt.date(1985, 4, 3)
POSTING = {"staff_group_code": "03", "contract_code": "07"}


class Place:
    """A teacher at one school, the clerk of another."""

    def __init__(self) -> None:
        self.there, self.here = b.school("Trường THCS Kế Bên"), b.school()
        self.lang = b.teacher(self.there, "Hoàng Văn Láng")
        StaffMember.objects.filter(pk=self.lang.pk).update(
            citizen_id_no=NUMBER, birth_date=BORN, moet_code="3112345678"
        )
        self.clerk: GrantActor = actor_for(b.account("vanthu", "school_clerk", self.here.unit))

    def find(self, number: str = NUMBER, born: dt.date | None = BORN) -> FoundStaff | None:
        return find_staff(actor=self.clerk, unit=self.here.unit, number=number, birth_date=born)


@pytest.fixture
def place(db: None) -> Place:
    return Place()


def test_only_the_exact_number_and_birth_date_name_somebody(place: Place, as_web) -> None:  # type: ignore[no-untyped-def]
    with as_web(place.clerk.account):
        assert not StaffMember.objects.filter(pk=place.lang.pk).exists()
        found = [
            place.find(),
            place.find("031 185 001 234"),
            place.find("3112345678"),
            place.find("031185001235"),
            place.find(born=dt.date(1985, 4, 4)),
        ]
        with pytest.raises(InvalidRecord) as refused:
            place.find("0311850", None)

    lang = FoundStaff(place.lang.pk, "Hoàng Văn Láng")
    assert found == [lang, lang, lang, None, None]
    assert sorted(refused.value.fields) == ["birth_date", "number"]
    asked = Event.objects.filter(kind="staff:find_elsewhere", unit_id=place.here.pk).order_by("pk")
    assert [one.data["found"] for one in asked] == [1, 1, 1, 0, 0]
    assert NUMBER not in str([one.data for one in asked])


def test_the_receiving_school_sees_the_file_and_its_own_posting_alone(place: Place, as_web) -> None:  # type: ignore[no-untyped-def]
    with as_web(place.clerk.account):
        found = place.find()
        assert found is not None
        made, said = receive_staff(
            actor=place.clerk, unit=place.here.unit, found=found, values=POSTING, valid_from=dt.date(2024, 8, 1)
        )
        seen = list(StaffPosting.objects.filter(staff=place.lang.pk).values_list("unit_id", flat=True))

    assert (made.staff.full_name, seen) == ("Hoàng Văn Láng", [place.here.pk])
    assert said.warnings == ("Giáo viên phải có môn dạy. Hãy ghi môn dạy trong hồ sơ.",)
    assert StaffPosting.objects.filter(staff=place.lang, valid_to__isnull=True).count() == 2
    assert Event.objects.get(kind="staff:receive").unit_id == place.here.pk


def test_every_fault_of_the_posting_is_said_at_once(place: Place, as_web) -> None:  # type: ignore[no-untyped-def]
    with as_web(place.clerk.account):
        found = place.find()
        assert found is not None
        with pytest.raises(InvalidRecord) as refused:
            receive_staff(
                actor=place.clerk, unit=place.here.unit, found=found, values={"staff_group_code": "03"}, valid_from=None
            )
        day = dt.date(2024, 8, 1)
        receive_staff(actor=place.clerk, unit=place.here.unit, found=found, values=POSTING, valid_from=day)
        with pytest.raises(InvalidRecord) as again:
            receive_staff(actor=place.clerk, unit=place.here.unit, found=found, values=POSTING, valid_from=day)

    assert sorted(refused.value.fields) == ["contract_code", "valid_from"]
    assert sorted(again.value.fields) == ["valid_from"]


def test_nobody_asks_or_receives_for_another_school(place: Place, as_web) -> None:  # type: ignore[no-untyped-def]
    found = FoundStaff(place.lang.pk, "Hoàng Văn Láng")
    with as_web(place.clerk.account):
        with pytest.raises(NotAllowed):
            find_staff(actor=place.clerk, unit=place.there.unit, number=NUMBER, birth_date=BORN)
        with pytest.raises(NotAllowed):
            receive_staff(
                actor=place.clerk, unit=place.there.unit, found=found, values=POSTING, valid_from=dt.date(2024, 8, 1)
            )
    with as_web(None):
        from csdl.staff.actions.receiving import staff_named

        assert staff_named(NUMBER, BORN) == []
