"""The two ways of finding a person by a number, row by row and by index, find the same people."""

import pytest

from csdl.students.models import Guardian, Student
from csdl.students.queries import found_by_name, found_by_number, is_number, matching

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


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("nguyen thi lan", ["Nguyễn Thị Lan"]),
        ("lan ng", ["Nguyễn Thị Lan", "Nguyễn Văn Lân"]),
        ("Lân", ["Nguyễn Thị Lan", "Nguyễn Văn Lân"]),
        ("an", []),
        ("%", []),
        ("_", []),
        ("o'", ["Trần O'Brien"]),
        ("\\", []),
    ],
)
def test_a_name_means_the_same_people_both_ways(typed: str, found: list[str]) -> None:
    for name in ("Nguyễn Thị Lan", "Nguyễn Văn Lân", "Trần O'Brien"):
        Student.objects.create(full_name=name)

    by_row = Student.objects.filter(matching(typed))
    by_index = Student.objects.filter(pk__in=found_by_name(typed, at_most=10) or [])

    assert sorted(by_row.values_list("full_name", flat=True)) == found
    assert sorted(by_index.values_list("full_name", flat=True)) == found


def test_a_name_of_too_many_says_so() -> None:
    for _ in range(3):
        Student.objects.create(full_name="Nguyễn Thị Lan")

    assert found_by_name("lan", at_most=2) is None
    assert len(found_by_name("lan", at_most=3) or []) == 3


def test_nobody_is_told_keys_by_name_before_signing_in(own_database) -> None:
    """With the web role's own login, not the owner's in disguise."""
    import psycopg

    with psycopg.connect(own_database.url) as owner:
        owner.execute(
            "INSERT INTO students_student (public_id, changed_at, full_name, gender_code, ethnic_code,"
            " nationality_code, religion_code, citizen_id_no, id_state, moet_code, local_code, birth_place,"
            " origin_place, permanent_commune_code, permanent_address, current_commune_code, current_address,"
            " phone, email,"
            " policy_code, is_disabled, disability_code, extra) SELECT gen_random_uuid(), now(), 'Nguyễn Thị Lan', '',"
            " '', 'VN', '', '', 'claimed', '', '', '', '', '', '', '', '', '', '', '', false, '', '{}'"
        )
    asked = "SELECT count(*) FROM csdl_students_named(ARRAY['lan'], 5)"
    with psycopg.connect(own_database.url) as owner, psycopg.connect(own_database.app_url) as web:
        assert owner.execute(asked).fetchone() == (1,)
        assert web.execute(asked).fetchone() == (0,)
