"""Staff pages: found without accents, narrowed by the address, corrected, masked, in a fixed number of statements."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from csdl.audit.models import Event
from csdl.lib import clock
from csdl.staff.models import StaffMember, StaffPosting
from tests import builders as b
from tests.portals.places import Places

pytestmark = pytest.mark.django_db


def _names(body: str) -> list[str]:
    return [name for name in ("Bùi Thu Trang", "Đỗ Văn Ân", "Hà Mỹ Linh") if name in body.split('id="results"')[1]]


def test_staff_are_found_without_accents_and_by_phone(places: Places, web_client: Callable) -> None:
    an = b.teacher(places.school, "Đỗ Văn Ân", year=2024)
    StaffMember.objects.filter(pk=an.pk).update(phone="0987654321")
    b.teacher(places.other_school, "Hà Mỹ Linh", year=2024)
    client = web_client(places.accounts["clerk"])
    address = reverse("school:staff-list", args=[places.school.unit.public_id])

    def found(query: str) -> list[str]:
        return _names(client.get(f"{address}?{query}").content.decode())

    assert found("") == ["Bùi Thu Trang", "Đỗ Văn Ân"]
    assert found("tim=do an") == ["Đỗ Văn Ân"]
    assert found("tim=0987654") == ["Đỗ Văn Ân"]
    assert found("tim=linh") == []
    assert found("loai=01") == []
    assert "098•••••21" in client.get(address).content.decode()
    assert "0987654321" not in client.get(address).content.decode()


def test_a_list_takes_as_many_statements_for_one_as_for_many(places: Places, web_client: Callable) -> None:
    address = reverse("school:staff-list", args=[places.school.unit.public_id])

    def statements() -> int:
        client = web_client(places.accounts["clerk"])
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            client.get(address)
        return len(caught)

    few = statements()
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    for _ in range(12):
        b.teacher(places.school, year=2024)

    assert statements() == few


def test_a_person_is_taken_on_corrected_and_let_go(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    said = {
        "full_name": "Lương Thị Thảo",
        "birth_date": "03/04/1990",
        "gender_code": "Nữ",
        "staff_group_code": "03",
        "contract_code": "07",
        "teacher_subject_code": "01",
        "valid_from": "01/09/2023",
    }

    made = client.post(reverse("school:staff-new", args=[places.school.unit.public_id]), said, follow=True)
    person = StaffMember.objects.get(full_name="Lương Thị Thảo")
    edited = client.post(
        reverse("school:staff-edit", args=[person.public_id]),
        {**said, "phone": "0977 123 456", "phien-ban": "0"},
        follow=True,
    )
    shown = client.post(reverse("school:staff-reveal", args=[person.public_id]), {"so": "dien-thoai"})
    ended = client.post(
        reverse("school:posting-end", args=[person.public_id]), {"status_code": "02", "on": "01/08/2024"}, follow=True
    )

    assert "Đã thêm Lương Thị Thảo." in made.content.decode()
    assert "Đã lưu hồ sơ: điện thoại." in edited.content.decode()
    assert "0977123456" in shown.content.decode()
    assert Event.objects.filter(kind="staff:reveal").count() == 1
    assert "thôi làm việc tại trường từ 01/08/2024" in ended.content.decode()
    assert StaffPosting.objects.get(staff=person).valid_to == dt.date(2024, 8, 1)


def test_an_end_years_ahead_is_asked_about_on_the_page(places: Places, web_client: Callable) -> None:
    person = b.teacher(places.school, "Lương Thị Thảo")
    client = web_client(places.accounts["clerk"])
    address = reverse("school:posting-end", args=[person.public_id])
    far = clock.today() + dt.timedelta(days=800)
    said = {"status_code": "05", "on": f"{far:%d/%m/%Y}"}

    opened = client.get(address).content.decode()
    asked = client.post(address, said).content.decode()

    assert 'type="checkbox" name="is_far"' not in opened
    assert f"Ngày {far:%d/%m/%Y} còn hơn một năm nữa" in asked
    assert 'type="checkbox" name="is_far"' in asked
    assert StaffPosting.objects.get(staff=person).valid_to is None
    client.post(address, said | {"is_far": "on"})
    assert StaffPosting.objects.get(staff=person).valid_to == far


def test_a_person_of_another_school_is_named_then_received(places: Places, web_client: Callable) -> None:
    born = dt.date(1985, 4, 3)
    StaffMember.objects.filter(pk=places.other_teacher.pk).update(citizen_id_no="031185001234", birth_date=born)
    client = web_client(places.accounts["clerk"])
    address = reverse("school:staff-receive", args=[places.school.unit.public_id])
    said = {
        "number": "031185001234",
        "birth_date": "03/04/1985",
        "staff_group_code": "03",
        "contract_code": "07",
        "valid_from": "01/08/2024",
    }

    nobody = client.post(address, said | {"birth_date": "04/04/1985"}).content.decode()
    named = client.post(address, said).content.decode()
    before = StaffPosting.objects.filter(unit=places.school.unit).count()
    done = client.post(address, said | {"is_same": "on"}, follow=True).content.decode()

    assert "Không có hồ sơ nào mang đúng số và ngày sinh này." in nobody
    assert "Tìm thấy Hoàng Văn Láng." in named
    assert "Trương Công Định" not in named + done
    assert (before, StaffPosting.objects.filter(unit=places.school.unit).count()) == (1, 2)
    assert "Đã nhận Hoàng Văn Láng về trường từ 01/08/2024." in done


def test_a_number_known_elsewhere_is_warned_of_before_a_second_file(places: Places, web_client: Callable) -> None:
    born = dt.date(1985, 4, 3)
    StaffMember.objects.filter(pk=places.other_teacher.pk).update(moet_code="0123456789", birth_date=born)
    client = web_client(places.accounts["clerk"])
    address = reverse("school:staff-new", args=[places.school.unit.public_id])
    said = {
        "full_name": "Hoàng Văn Láng",
        "birth_date": "03/04/1985",
        "gender_code": "01",
        "moet_code": "0123456789",
        "staff_group_code": "08",
        "valid_from": "01/08/2024",
    }

    warned = client.post(address, said).content.decode()
    before = StaffPosting.objects.filter(unit=places.school.unit).count()
    client.post(address, said | {"is_new": "on"})

    assert "Đã có hồ sơ mang đúng số và ngày sinh này: Hoàng Văn Láng." in warned
    assert reverse("school:staff-receive", args=[places.school.unit.public_id]) in warned
    assert "Trương Công Định" not in warned
    assert (before, StaffPosting.objects.filter(unit=places.school.unit).count()) == (1, 2)


def test_an_end_written_by_mistake_is_taken_back_in_the_history(places: Places, web_client: Callable) -> None:
    person = b.teacher(places.school, "Đỗ Văn Ân")
    StaffPosting.objects.filter(staff=person).update(valid_from=dt.date(2023, 8, 1))
    client = web_client(places.accounts["clerk"])
    page = reverse("school:staff-detail", args=[person.public_id])
    client.post(reverse("school:posting-end", args=[person.public_id]), {"status_code": "05", "on": "01/08/2024"})
    ended = client.get(page).content.decode()

    held = ended.split('name="lan" value="')[1]
    key, kind = held.split('"')[0], held.split('name="cua" value="')[1].split('"')[0]
    undone = client.post(
        reverse("school:staff-undo", args=[person.public_id]), {"lan": key, "cua": kind}, follow=True
    ).content.decode()

    assert "Sửa hồ sơ</a>" not in ended
    assert "Đến trước ngày</dt><dd><del>(trống)</del> → <ins>01/08/2024</ins>" in ended
    assert "Valid to" not in ended
    assert "Lê Minh Ngọc (vanthu)" in ended
    assert "Đã hoàn tác" in undone
    assert StaffPosting.objects.get(staff=person).valid_to is None


def test_what_a_teacher_needs_is_marked_before_it_is_refused(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])

    body = client.get(reverse("school:staff-new", args=[places.school.unit.public_id])).content.decode()

    assert 'id="id_contract_code-hint">Bắt buộc với giáo viên.' in body
    assert 'id="id_teacher_subject_code-hint">Bắt buộc với giáo viên.' in body
