"""Officers of the department's divisions receive rights over the department's tree, by minutes of its head."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from django.urls import reverse

from csdl.access.models import Grant
from csdl.accounts.errors import InvalidRecord
from csdl.accounts.models import Account
from csdl.delegation.actions import Wanted
from csdl.delegation.models import Minutes
from csdl.delegation.queries import people_of
from csdl.orgs.enums import UnitKind
from csdl.orgs.models import OrgUnit
from csdl.staff.models import StaffMember, StaffPosting
from csdl.years.models import SchoolClass
from tests import builders as b
from tests.delegation.place import TODAY, Place, heads, on, person

pytestmark = pytest.mark.django_db
END = dt.date(2024, 11, 1)


class Department:
    """The department with its head and a division; schools of two levels under two offices."""

    def __init__(self) -> None:
        self.place = Place()
        self.unit = b.department()
        self.division = b.unit("Phòng Giáo dục Tiểu học", UnitKind.DEPARTMENT_DIVISION, self.unit)
        self.director = person(self.unit, "Bùi Văn Giám", "giam", position="05", group="07")
        heads(self.unit, self.director)
        self.officer = person(self.division, "Tô Thị Chuyên", "chuyen", position="24", group="08")
        primary = b.school("Trường TH Xa", parent=b.office("Phòng khác"), levels=("02",), years=(2024,))
        b.school_class(primary, "1A", "01", year=2024)

    def signed(self, *wanted: Wanted, unit: OrgUnit | None = None) -> list[Grant]:
        return self.place.signed(*wanted, unit=unit or self.unit, actor=self.place.actor(self.director))


@pytest.fixture
def department(db: None, settings, tmp_path) -> Iterator[Department]:
    settings.FILES_DIR = tmp_path / "files"
    with on(TODAY):
        yield Department()


def _classes(as_web: Callable, who: StaffMember) -> list[str]:
    with as_web(Account.objects.get(pk=who.account_id)):
        return sorted(SchoolClass.objects.values_list("name", flat=True))


@pytest.mark.parametrize(
    ("role_code", "levels", "expected"),
    [("level_officer", ("02",), ["1A"]), ("rollover", (), ["1A", "7A", "7B", "7C"])],
)
def test_an_officer_of_a_division_has_the_departments_tree_by_level_or_function(
    department: Department, as_web: Callable, role_code: str, levels: tuple[str, ...], expected: list[str]
) -> None:
    assert _classes(as_web, department.officer) == []

    (grant,) = department.signed(Wanted(department.officer.account_id, role_code, TODAY, END, levels))

    assert (grant.unit, grant.ground) == (department.unit, "minutes")
    said = Minutes.objects.get().content
    assert (said["giver"]["name"], said["receiver"]["unit"]) == ("Bùi Văn Giám", "Phòng Giáo dục Tiểu học")
    assert _classes(as_web, department.officer) == expected
    with on(END):
        assert _classes(as_web, department.officer) == []


def test_who_leaves_the_division_loses_the_right_the_same_day(department: Department, as_web: Callable) -> None:
    department.signed(Wanted(department.officer.account_id, "level_officer", TODAY, END, ("02",)))

    StaffPosting.objects.filter(staff=department.officer).update(valid_to=TODAY + dt.timedelta(days=1))

    assert _classes(as_web, department.officer) == ["1A"]
    with on(TODAY + dt.timedelta(days=1)):
        assert _classes(as_web, department.officer) == []


def test_staff_of_an_office_or_a_school_work_for_nobody_above(department: Department) -> None:
    """A district office stands under the department as well, and is no division of it."""
    place = department.place
    names = [one.staff.full_name for one in people_of(department.unit.pk, TODAY)]
    assert names == ["Tô Thị Chuyên", "Bùi Văn Giám"]
    assert [one.staff for one in people_of(department.division.pk, TODAY)] == [department.officer]

    with pytest.raises(InvalidRecord) as refused:
        department.signed(
            *(Wanted(who.account_id, "level_officer", TODAY, END, ("02",)) for who in (place.chief, place.lan))
        )

    assert [text.split(": ")[1] for text in refused.value.problems] == [
        "không phải người đang công tác tại đơn vị."
    ] * 2


def test_who_works_in_the_division_and_at_the_department_stands_there_once(department: Department) -> None:
    StaffPosting.objects.create(
        staff=department.officer, unit=department.unit, valid_from=dt.date(2020, 1, 1), staff_group_code="08"
    )

    rows = [one for one in people_of(department.unit.pk, TODAY) if one.staff == department.officer]

    assert [one.unit for one in rows] == [department.unit]


def test_the_form_offers_the_divisions_people_with_their_division(department: Department, web_client: Callable) -> None:
    client = web_client(Account.objects.get(pk=department.director.account_id))
    address = reverse("desk:grant-new", args=[department.unit.public_id])

    page = client.get(address).content.decode()
    assert "Tô Thị Chuyên" in page
    assert "Phòng Giáo dục Tiểu học" in page
    assert "Đỗ Hải Yến" not in page
    sent = {
        "nguoi": str(department.officer.public_id), "quyen": "level_officer", "cap": "02", "tu-ngay": "05/09/2024",
        "lap": "1",
    }  # fmt: skip
    answer = client.post(address, sent)

    assert answer.status_code == 302
    assert Grant.objects.get(account=department.officer.account_id).level_codes == ["02"]
    levels = client.get(reverse("desk:grant-levels", args=[department.unit.public_id])).content.decode()
    assert "Phòng Giáo dục Tiểu học" in levels
