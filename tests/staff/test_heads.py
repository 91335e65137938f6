"""Heads of units: entered by the unit above, one on a day, changed without a gap, withdrawn, never by oneself."""

import datetime as dt

import pytest

from csdl.access.actors import actor_for
from csdl.accounts.errors import CsdlError, InvalidRecord, NotAllowed
from csdl.audit.edits import changes_of
from csdl.audit.models import Event
from csdl.staff.actions import appoint_head, change_head, end_posting, undo_head_edit, withdraw_head
from csdl.staff.errors import StaffError
from csdl.staff.models import StaffMember, StaffPosting, UnitHead
from csdl.staff.queries import head_of, heads_of
from tests import builders as b

pytestmark = pytest.mark.django_db
DECISION = {"is_acting": False, "decision_no": "12/QĐ-UBND", "decided_on": dt.date(2023, 8, 1)}


class Place:
    """An office with a school, two people there, and the heads' accounts."""

    def __init__(self) -> None:
        self.office = b.office()
        self.school = b.school(parent=self.office)
        self.hanh, self.trang = b.teacher(self.school, "Phạm Hồng Hạnh"), b.teacher(self.school, "Bùi Thu Trang")
        self.stranger = b.teacher(b.school("Trường THCS Kế Bên", parent=self.office), "Hoàng Văn Láng")
        self.officer = actor_for(b.account("phong", "office_head", self.office))
        self.principal = actor_for(b.account("hieutruong", "school_head", self.school.unit))
        self.department = actor_for(b.account("so", "department_admin", b.department()))

    def appoint(self, staff: StaffMember, day: dt.date, **more: object) -> UnitHead:
        values = DECISION | more
        return appoint_head(actor=self.officer, unit=self.school.unit, staff=staff, valid_from=day, values=values)

    def spells(self) -> list[tuple[str, dt.date, dt.date | None]]:
        rows = heads_of(UnitHead.objects.all(), self.school.pk)
        return [(one.staff.full_name, one.valid_from, one.valid_to) for one in rows]


@pytest.fixture
def place(db: None) -> Place:
    return Place()


def test_the_next_head_ends_the_one_before(place: Place) -> None:
    place.appoint(place.hanh, dt.date(2022, 9, 1))
    place.appoint(place.trang, dt.date(2024, 2, 1), is_acting=True)

    assert place.spells() == [
        ("Bùi Thu Trang", dt.date(2024, 2, 1), None),
        ("Phạm Hồng Hạnh", dt.date(2022, 9, 1), dt.date(2024, 2, 1)),
    ]
    assert Event.objects.filter(kind="head:appoint", unit_id=place.school.pk).count() == 2


def test_every_fault_of_an_appointment_is_said_at_once(place: Place) -> None:
    place.appoint(place.hanh, dt.date(2022, 9, 1))
    with pytest.raises(InvalidRecord) as refused:
        appoint_head(
            actor=place.officer,
            unit=place.school.unit,
            staff=place.stranger,
            valid_from=dt.date(2021, 1, 1),
            values={"decision_no": "", "decided_on": None},
        )

    assert sorted(refused.value.fields) == ["decided_on", "decision_no", "staff_id", "valid_from"]


def test_the_same_person_is_not_appointed_twice(place: Place) -> None:
    place.appoint(place.hanh, dt.date(2022, 9, 1), is_acting=True)
    with pytest.raises(InvalidRecord, match="REC-01"):
        place.appoint(place.hanh, dt.date(2023, 9, 1), is_acting=True)

    place.appoint(place.hanh, dt.date(2023, 9, 1))
    assert len(place.spells()) == 2


def test_an_appointment_by_mistake_is_withdrawn_and_stays_as_history(place: Place) -> None:
    first = place.appoint(place.hanh, dt.date(2022, 9, 1))
    second = place.appoint(place.trang, dt.date(2024, 2, 1))
    with pytest.raises(StaffError, match="STF-02"):
        withdraw_head(actor=place.officer, head=first)

    withdraw_head(actor=place.officer, head=second)

    assert place.spells() == [("Phạm Hồng Hạnh", dt.date(2022, 9, 1), None)]
    assert UnitHead.objects.filter(pk=second.pk).exists()
    first.refresh_from_db()
    with pytest.raises(StaffError, match="STF-03"):
        withdraw_head(actor=place.officer, head=first)
    place.appoint(place.trang, dt.date(2024, 2, 1))
    assert head_of(UnitHead.objects.all(), place.school.pk, dt.date(2024, 2, 1)).staff == place.trang


def test_a_correction_is_undone_but_days_are_not(place: Place) -> None:
    first = place.appoint(place.hanh, dt.date(2022, 9, 1))
    change_head(actor=place.officer, head=first, values=DECISION | {"decision_no": "13/QĐ-UBND"}, seen=0)
    undo_head_edit(actor=place.officer, head=first, key=changes_of(first)[0].key)
    assert first.decision_no == "12/QĐ-UBND"

    place.appoint(place.trang, dt.date(2024, 2, 1))
    first.refresh_from_db()
    with pytest.raises(StaffError, match="STF-02"):
        undo_head_edit(actor=place.officer, head=first, key=changes_of(first)[0].key)
    assert len(place.spells()) == 2


def test_nobody_appoints_the_head_of_the_own_unit(place: Place) -> None:
    someone = StaffMember.objects.create(full_name="Đỗ Thị Yến")
    StaffPosting.objects.create(staff=someone, unit=place.office, valid_from=dt.date(2020, 1, 1), staff_group_code="01")
    acts = ((place.officer, place.office), (place.principal, place.school.unit), (place.department, b.department()))

    for actor, unit in acts:
        with pytest.raises(NotAllowed):
            appoint_head(actor=actor, unit=unit, staff=someone, valid_from=dt.date(2024, 1, 1), values=DECISION)
    made = appoint_head(
        actor=place.department, unit=place.office, staff=someone, valid_from=dt.date(2024, 1, 1), values=DECISION
    )
    assert made.unit_id == place.office.pk


def test_a_neighbour_office_appoints_nobody_here(place: Place) -> None:
    other = actor_for(b.account("phong2", "office_head", b.office("Phòng GDĐT huyện Kiến Thụy")))

    with pytest.raises(NotAllowed):
        appoint_head(
            actor=other,
            unit=place.school.unit,
            staff=place.hanh,
            valid_from=dt.date(2024, 1, 1),
            values=DECISION,
        )


def test_a_heads_posting_ends_only_after_the_successor_begins(place: Place) -> None:
    place.appoint(place.hanh, dt.date(2022, 9, 1))
    posting = StaffPosting.objects.select_related("staff").get(staff=place.hanh)
    day = dt.date(2024, 2, 1)
    with pytest.raises(InvalidRecord) as refused:
        end_posting(actor=place.principal, posting=posting, status_code="05", on=day)

    assert refused.value.problems == [
        "Phạm Hồng Hạnh là thủ trưởng đơn vị. Cơ quan quản lý ghi nhận người thay từ ngày ấy trước."
    ]
    place.appoint(place.trang, day)
    end_posting(actor=place.principal, posting=posting, status_code="05", on=day)
    assert posting.valid_to == day


def test_the_wall_hides_a_neighbours_appointments(place: Place, as_web) -> None:  # type: ignore[no-untyped-def]
    made = place.appoint(place.hanh, dt.date(2022, 9, 1))

    with as_web(b.account("vanthu", "school_clerk", b.school("Trường THCS Thứ Ba").unit)):
        assert not UnitHead.objects.filter(pk=made.pk).exists()
    with as_web(place.officer.account):
        withdrawn = UnitHead.objects.get(pk=made.pk)
        with pytest.raises(CsdlError):
            withdraw_head(actor=place.officer, head=withdrawn)
