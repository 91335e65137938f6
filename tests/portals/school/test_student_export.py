"""A list as a file: its own filter and order, a purpose first, sensitive columns only when asked, formulas harmless."""

import io
from collections.abc import Callable

import openpyxl
import pytest
from django.urls import reverse

from csdl.audit.models import Event
from csdl.students.models import Guardian, Student
from tests import builders as b
from tests.portals.places import Places

pytestmark = pytest.mark.django_db


def _address(places: Places, query: str = "?nam=2024") -> str:
    return reverse("school:student-export", args=[places.school.unit.public_id]) + query


def _sheet(content: bytes) -> list[tuple]:
    return list(openpyxl.load_workbook(io.BytesIO(content))["Học sinh"].values)


def test_the_file_is_the_list_as_filtered_and_ordered(places: Places, web_client: Callable) -> None:
    for name in ("Vũ Gia Bảo", "Đinh Thị Ánh"):
        b.pupil(places.own_class, None, name=name)
    client = web_client(places.accounts["clerk"])
    query = f"?nam=2024&lop={places.own_class.public_id}&sap-xep=-ten"

    answer = client.post(_address(places, query), {"purpose": "check", "columns": ["full_name", "class"]})

    assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet")
    assert _sheet(answer.content) == [
        ("Họ và tên", "Lớp"),
        ("Nguyễn Thị Lan", "7A"),
        ("Vũ Gia Bảo", "7A"),
        ("Đinh Thị Ánh", "7A"),
    ]


def test_no_purpose_no_file_and_every_file_is_logged(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])

    refused = client.post(_address(places), {"columns": ["full_name"]})
    other = client.post(_address(places), {"purpose": "other", "columns": ["full_name"]})
    client.post(_address(places), {"purpose": "check", "columns": ["full_name"], "sensitive": ["citizen_id_no"]})

    assert "Hãy chọn mục đích" in refused.content.decode()
    assert "Hãy ghi rõ" in other.content.decode()
    data = Event.objects.get(kind="data:export").data
    assert (data["columns"], data["sensitive"], data["rows"], data["purpose"]) == (
        ["full_name", "citizen_id_no"],
        ["citizen_id_no"],
        2,
        "check",
    )


def test_sensitive_columns_stay_at_home_unless_asked(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])

    page = client.get(_address(places)).content.decode()
    asked = {"purpose": "check", "columns": ["full_name", "citizen_id_no", "mother_phone"]}
    quiet = client.post(_address(places), asked)
    told = client.post(_address(places), {**asked, "columns": ["full_name"], "sensitive": ["mother_phone"]})

    assert 'value="citizen_id_no" checked' not in page
    assert quiet.headers["Content-Type"].startswith("text/html")  # a sensitive column among the others is refused
    assert "0912345678" in str(_sheet(told.content))


def test_a_name_that_looks_like_a_formula_is_only_text(places: Places, web_client: Callable) -> None:
    Student.objects.filter(pk=places.own_pupil.student_id).update(full_name="=HYPERLINK(1)")

    client = web_client(places.accounts["clerk"])
    answer = client.post(_address(places), {"purpose": "check", "columns": ["full_name"]})

    assert "'=HYPERLINK(1)" in [row[0] for row in _sheet(answer.content)]


def test_a_homeroom_teacher_takes_out_the_own_class_only(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["homeroom"])

    answer = client.post(_address(places), {"purpose": "parents", "columns": ["full_name"]})

    assert [row[0] for row in _sheet(answer.content)] == ["Họ và tên", "Nguyễn Thị Lan"]


def test_a_file_takes_a_fixed_number_of_statements(
    places: Places, web_client: Callable, django_assert_num_queries: Callable
) -> None:
    def statements() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as caught:
            client.post(_address(places), {"purpose": "check", "columns": ["full_name", "mother"]})
        return len(caught)

    client = web_client(places.accounts["clerk"])
    statements()
    few = statements()
    client.logout()
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    for number in range(20):
        one = b.pupil(places.own_class, None)
        Guardian.objects.create(student=one.student, relation="mother", full_name=f"Mẹ Số {number}")
    client = web_client(places.accounts["clerk"])
    statements()

    assert statements() == few
