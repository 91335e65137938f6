"""The two ways of finding a person by a number, row by row and by index, find the same people."""

import pytest

from csdl.students.models import Guardian, Student
from csdl.students.queries import found_by_number, is_number, matching

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("031212001845", ["Lan"]),
        ("0312 1200 1845", ["Lan"]),
        ("001845", ["Lan"]),
        ("01845", []),
        ("3112345678", ["Đạt"]),
        ("hs-07/12", ["Đạt"]),
        ("HS07", ["Mai"]),
        ("0912.345.678", ["Lan"]),
        ("+84912345678", ["Lan"]),
        ("091234", ["Lan"]),
        ("0987654321", ["Đạt"]),
        ("03", ["Lan", "Mai"]),
        ("031%", []),
        ("999999", []),
    ],
)
def test_a_number_means_the_same_people_both_ways(typed: str, found: list[str]) -> None:
    lan = Student.objects.create(full_name="Lan", citizen_id_no="031212001845")
    Student.objects.create(full_name="Đạt", moet_code="3112345678", local_code="HS-07/12", phone="0987654321")
    Student.objects.create(full_name="Mai", citizen_id_no="035000000001", local_code="HS07-2")
    Guardian.objects.create(student=lan, relation="mother", full_name="Hoa", phone="0912345678")
    Guardian.objects.create(student=lan, relation="father", full_name="Ba", phone="0912345678")

    by_row = Student.objects.filter(matching(typed))
    by_index = Student.objects.filter(pk__in=found_by_number(typed, at_most=10))

    assert is_number(typed)
    assert sorted(by_row.values_list("full_name", flat=True)) == sorted(found)
    assert sorted(by_index.values_list("full_name", flat=True)) == sorted(found)
