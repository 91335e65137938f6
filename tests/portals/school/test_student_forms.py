"""A pupil's file on the page: corrected, refused with every fault, beside a colleague's edit, revealed, undone."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from csdl.audit.edits import version_of
from csdl.audit.models import Event
from csdl.students.models import Guardian, Student
from csdl.years.models import Enrolment, SchoolClass
from tests.portals.places import Places

pytestmark = pytest.mark.django_db


def _filled(student: Student, **changed: str) -> dict[str, str]:
    return {
        "phien-ban": "0",
        "full_name": student.full_name,
        "birth_date": f"{student.birth_date:%d/%m/%Y}",
        "gender_code": "02",
        **changed,
    }


def test_a_homeroom_teacher_corrects_a_phone_number(places: Places, web_client: Callable) -> None:
    mother = Guardian.objects.get(student=places.own_pupil.student)
    client = web_client(places.accounts["homeroom"])
    address = reverse("school:guardian-edit", args=[mother.public_id])

    opened = client.get(address).content.decode()
    answer = client.post(
        address,
        {"phien-ban": "0", "relation": "mother", "full_name": "Phạm Thị Hoa", "phone": "0987 654 321"},
        follow=True,
    )

    assert "Phạm Thị Hoa" in opened
    assert "Đã lưu mẹ Phạm Thị Hoa: điện thoại." in answer.content.decode()
    mother.refresh_from_db()
    assert mother.phone == "0987654321"


def test_every_fault_stands_beside_its_field_and_on_top(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    student = places.own_pupil.student

    answer = client.post(
        reverse("school:student-edit", args=[student.public_id]),
        _filled(student, full_name="", birth_date="31/02/2012", moet_code="12", ethnic_code="Sao Hỏa"),
    )

    body = answer.content.decode()
    assert answer.status_code == 200
    for words in ("Hãy nhập mục này.", "31/02/2012", "không có trong danh mục", "đúng 10 chữ số"):
        assert words in body, words
    assert body.count("field-error") >= 3


def test_names_and_codes_of_a_list_are_taken_alike(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    student = places.own_pupil.student
    address = reverse("school:student-edit", args=[student.public_id])

    client.post(address, _filled(student, ethnic_code="tay"))

    student.refresh_from_db()
    assert student.ethnic_code == "02"


def test_two_editors_see_both_values_and_choose(places: Places, web_client: Callable) -> None:
    student = places.own_pupil.student
    address = reverse("school:student-edit", args=[student.public_id])
    clerk = web_client(places.accounts["clerk"])
    clerk.post(address, _filled(student, phone="0911111111"))
    head = web_client(places.accounts["head"])

    late = head.post(address, _filled(student, phone="0922222222"))
    body = late.content.decode()

    assert "Hồ sơ này đã được sửa sau khi trang được mở" in body
    assert "Người sửa: Lê Minh Ngọc, " in body
    assert "0911111111" in body
    assert "0922222222" in body
    student.refresh_from_db()
    assert student.phone == "0911111111"
    version = body.split('name="phien-ban" value="')[1].split('"')[0]
    head.post(address, _filled(student, phone="0922222222", **{"phien-ban": version, "giu-phone": "mine"}))
    student.refresh_from_db()
    assert student.phone == "0922222222"


def test_a_number_is_shown_in_full_only_by_a_logged_act(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    student = places.own_pupil.student

    page = client.get(reverse("school:student-detail", args=[student.public_id])).content.decode()
    shown = client.post(reverse("school:student-reveal", args=[student.public_id]), {"so": "dinh-danh"})

    assert "031212001845" not in page
    assert "0912345678" not in page
    assert "031212001845" in shown.content.decode()
    assert Event.objects.filter(kind="student:reveal", account=places.accounts["clerk"]).count() == 1


def test_history_says_who_changed_what_and_takes_it_back(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    student = places.own_pupil.student
    client.post(reverse("school:student-edit", args=[student.public_id]), _filled(student, birth_place="Kiến An"))
    page = client.get(reverse("school:student-detail", args=[student.public_id])).content.decode()
    assert "Kiến An" in page
    assert "Lê Minh Ngọc" in page
    key = page.split('name="lan" value="')[1].split('"')[0]

    client.post(reverse("school:student-undo", args=[student.public_id]), {"lan": key, "cua": ""})

    student.refresh_from_db()
    assert student.birth_place == ""


def test_an_older_edit_of_the_same_field_says_on_the_page_why_it_stays(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    student = places.own_pupil.student
    edit, page = (reverse(f"school:student-{name}", args=[student.public_id]) for name in ("edit", "detail"))
    client.post(edit, _filled(student, birth_place="Kiến An"))
    key = client.get(page).content.decode().split('name="lan" value="')[1].split('"')[0]
    student.refresh_from_db()
    client.post(edit, _filled(student, birth_place="Đồ Sơn") | {"phien-ban": str(version_of(student))})

    undo = client.post(reverse("school:student-undo", args=[student.public_id]), {"lan": key, "cua": ""})
    body = client.get(undo["Location"]).content.decode()

    assert undo["Location"].startswith(page)
    assert "sau lần sửa này đã có lần sửa khác ở: Nơi sinh. Hãy hoàn tác lần sửa sau trước" in body
    student.refresh_from_db()
    assert student.birth_place == "Đồ Sơn"


def test_a_pupil_is_added_and_a_likely_twin_is_asked_about(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    address = reverse("school:student-new", args=[places.school.unit.public_id])
    said = {
        "full_name": "Vũ Gia Bảo",
        "birth_date": "02032012",
        "gender_code": "Nam",
        "school_class": str(places.own_class.public_id),
        "enrolled_on": "05/09/2024",
        "admission_kind": "1",
        "tiep": "1",
    }

    first = client.post(address, said)
    second = client.post(address, said)

    assert first.status_code == 302
    assert f"lop={places.own_class.public_id}" in first.headers["Location"]
    assert "Có thể học sinh này đã có trong trường" in second.content.decode()
    assert Enrolment.objects.filter(student__full_name="Vũ Gia Bảo").count() == 1
    client.post(address, {**said, "is_new": "on"})
    assert Enrolment.objects.filter(student__full_name="Vũ Gia Bảo").count() == 2


def test_a_class_is_opened_on_the_page(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    address = reverse("school:class-new", args=[places.school.unit.public_id])

    refused = client.post(address, {"name": "7A", "grade_code": "07"})
    client.post(address, {"name": "6A", "grade_code": "06"})

    assert "Trường đã có lớp 7A" in refused.content.decode()
    assert SchoolClass.objects.filter(school=places.school, name="6A", start_year=2024).exists()


@pytest.mark.parametrize("name", ["9K1", "=1+1", "60A", "Lớp 6A", "06A"])
def test_a_class_whose_name_is_not_its_grades_is_asked_about_first(
    places: Places, web_client: Callable, name: str
) -> None:
    client = web_client(places.accounts["clerk"])
    address = reverse("school:class-new", args=[places.school.unit.public_id])
    named = SchoolClass.objects.filter(school=places.school, name=name, start_year=2024)

    asked = client.post(address, {"name": name, "grade_code": "06"}).content.decode()

    assert "không bắt đầu bằng 6, số của khối 6" in asked
    assert 'type="checkbox" name="is_named_so"' in asked
    assert not named.exists()
    client.post(address, {"name": name, "grade_code": "06", "is_named_so": "on"})
    assert named.exists()
    change = reverse("school:class-edit", args=[named.get().public_id])
    kept = client.post(change, {"name": name, "phien-ban": "0", "is_gifted": ""})
    assert kept.status_code == 302
    assert "không bắt đầu bằng 6" in client.post(change, {"name": "7Z", "phien-ban": "0"}).content.decode()
    assert named.exists()


def test_the_head_decides_a_result(places: Places, web_client: Callable) -> None:
    address = reverse("school:student-result", args=[places.own_pupil.student.public_id, 2024])

    answer = web_client(places.accounts["head"]).post(address, {"outcome": "retained", "phien-ban": "0"}, follow=True)

    assert "Đã ghi kết quả năm học 2024-2025: Ở lại lớp." in answer.content.decode()
    assert web_client(places.accounts["clerk"]).get(address).status_code == 403
