"""The rows behind a cell in words: names in the place of codes, and beside them for programs."""

import pytest

from csdl.orgs.models import SchoolRooms
from csdl.reports.forms import form
from csdl.reports.listing import heads_of, listed, with_names
from csdl.reports.models import ReportPeriod
from csdl.reports.queries import Traced, trace
from csdl.staff.models import StaffPosting
from tests import builders as b
from tests.reports.builders import frozen, primary

pytestmark = pytest.mark.django_db


def _behind(period: ReportPeriod, address: str) -> Traced:
    where = primary()[0]
    chief = b.teacher(where, "Nguyễn Văn An", year=2024)
    StaffPosting.objects.filter(staff=chief).update(staff_group_code="01", position_code="01")
    SchoolRooms.objects.create(school=where, start_year=2024, level_code="02", room_code="01", semi_permanent_count=3)
    of = form("02-DN-TH", "tt24")
    return trace(actor=b.SYSTEM, snapshot=frozen(where, period), form=of, address=of.address(address))


def test_a_member_of_staff_is_listed_with_the_names_of_group_and_position(october: ReportPeriod) -> None:
    found = _behind(october, "78:1")

    assert heads_of(found) == ["Họ và tên", "Ngày sinh", "Nhóm", "Chức vụ, vị trí"]
    assert listed(found) == [["Nguyễn Văn An", "–", "Cán bộ quản lý", "Hiệu trưởng"]]
    (row,) = with_names(found)
    assert (row["category"], row["category_name"]) == ("manager", "Cán bộ quản lý")
    assert (row["position_code"], row["position_name"]) == ("01", "Hiệu trưởng")


def test_rooms_are_listed_with_the_names_of_kind_and_structure(october: ReportPeriod) -> None:
    found = _behind(october, "120:1")

    assert listed(found) == [["Phòng học", "Bán kiên cố", "3"]]
    (row,) = with_names(found)
    assert (row["room_code"], row["room_name"], row["build_name"]) == ("01", "Phòng học", "Bán kiên cố")


def test_pupils_have_no_codes_to_name(october: ReportPeriod) -> None:
    found = _behind(october, "40:1")

    assert [row[0] for row in listed(found)] == ["Học sinh 1A", "Học sinh 1B"]
    assert with_names(found) == found.rows
