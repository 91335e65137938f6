"""Made-up pupils for schools that the database knows already (`--into`)."""

import pytest

from csdl.demo.build import fill_schools
from csdl.demo.errors import DemoError
from csdl.orgs.models import School
from csdl.staff.models import UnitHead
from csdl.students.models import Student
from tests import builders


def test_fill_puts_pupils_into_named_schools_only(db):
    one = builders.school("Trường THCS Tô Hiệu", levels=("03",), code="31305577")
    both = builders.school("Trường TH và THCS Cát Bà", levels=("02", "03"), code="31317477")
    other = builders.school("Trường THCS Bên Cạnh", levels=("03",), code="31305578")

    report = fill_schools(codes=["31305577", "31317477"], pupils=300, start_year=2023)

    assert (report.schools, report.pupils) == (2, 300)
    assert Student.objects.count() == 300
    assert set(one.classes.values_list("level_code", flat=True)) == {"03"}
    assert set(both.classes.values_list("level_code", flat=True)) == {"02", "03"}
    assert other.classes.count() == 0
    assert UnitHead.objects.filter(unit=one.unit).count() == 1


def test_fill_into_schools_later_gives_no_number_twice(db):
    builders.school("Trường THCS Tô Hiệu", code="31305577")
    builders.school("Trường THCS Bên Cạnh", code="31305578")

    fill_schools(codes=["31305577"], pupils=200, start_year=2023)
    fill_schools(codes=[], pupils=200, start_year=2023)

    assert Student.objects.count() == 400
    assert School.objects.filter(classes=None).count() == 0


def test_fill_refuses_unknown_and_filled_schools(db):
    where = builders.school("Trường THCS Tô Hiệu", code="31305577")
    builders.school_class(where, "6A1", "06")

    with pytest.raises(DemoError) as caught:
        fill_schools(codes=["31305577", "31305599"], pupils=200, start_year=2023)

    assert caught.value.code == "DEMO-02"
    assert caught.value.problems == [
        "31305599: không có trường mã này",
        "31305577: Trường THCS Tô Hiệu đã có lớp trong năm học này",
    ]
    assert Student.objects.count() == 0
