"""Two people with the same form open, driven as a browser does: every box is sent back as the page showed it."""

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.urls import reverse

from csdl.orgs.models import SchoolProfile, SchoolSite
from csdl.orgs.queries import RoomCount, room_counts
from csdl.students.models import Student
from csdl.years.models import SchoolClass
from tests.portals.places import Places

pytestmark = pytest.mark.django_db


class _Boxes(HTMLParser):
    """What a browser would send of the page's record form."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self._inside, self._select = False, ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        held = dict(attributes)
        if tag == "form":
            self._inside = "record-form" in (held.get("class") or "")
        name = held.get("name") or ""
        if not self._inside:
            return
        if tag == "input" and name:
            ticked = held.get("type") not in ("radio", "checkbox") or "checked" in held
            if ticked:
                self.sent[name] = held.get("value") or ("on" if held.get("type") == "checkbox" else "")
        elif tag == "select":
            self._select = name
            self.sent[name] = ""
        elif tag == "option" and self._select and "selected" in held:
            self.sent[self._select] = held.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "form":
            self._inside = False


def boxes(body: str) -> dict[str, str]:
    found = _Boxes()
    found.feed(body)
    return {name: value for name, value in found.sent.items() if name != "csrfmiddlewaretoken"}


@pytest.fixture
def open_form(places: Places, web_client: Callable) -> Callable[[str], tuple[Any, dict[str, str]]]:
    def opened(address: str) -> tuple[Any, dict[str, str]]:
        client = web_client(places.accounts["clerk"])
        return client, boxes(client.get(address).content.decode())

    return opened


def _pupil_with_gender(places: Places) -> tuple[Student, str]:
    student = places.own_pupil.student
    Student.objects.filter(pk=student.pk).update(gender_code="01")
    return student, reverse("school:student-edit", args=[student.public_id])


def test_what_a_colleague_saved_beside_the_clash_stays(places: Places, open_form: Callable) -> None:
    student, address = _pupil_with_gender(places)
    client, opened = open_form(address)
    theirs = {"birth_place": "Huế", "phone": "0900000001", "is_disabled": "on", "ethnic_code": "Tày"}
    client.post(address, opened | theirs | {"extra-NhomMau": "1"})

    both = client.post(address, opened | {"phone": "0900000002"}).content.decode()
    client.post(address, boxes(both) | {"giu-phone": "mine"})

    student.refresh_from_db()
    assert (student.phone, student.birth_place, student.is_disabled) == ("0900000002", "Huế", True)
    assert (student.ethnic_code, student.extra) == ("02", {"NhomMau": 1})


@pytest.mark.parametrize(("choice", "kept"), [("mine", "0900000002"), ("theirs", "0900000001")])
def test_the_value_that_was_chosen_is_saved(places: Places, open_form: Callable, choice: str, kept: str) -> None:
    student, address = _pupil_with_gender(places)
    client, opened = open_form(address)
    client.post(address, opened | {"phone": "0900000001"})
    both = client.post(address, opened | {"phone": "0900000002"}).content.decode()

    client.post(address, boxes(both) | {"giu-phone": choice})

    student.refresh_from_db()
    assert student.phone == kept


def test_nothing_is_chosen_for_anybody_and_a_third_value_counts(places: Places, open_form: Callable) -> None:
    student, address = _pupil_with_gender(places)
    client, opened = open_form(address)
    client.post(address, opened | {"phone": "0900000001"})
    both = client.post(address, opened | {"phone": "0900000002"}).content.decode()

    unsaid = client.post(address, boxes(both)).content.decode()
    student.refresh_from_db()
    still = student.phone
    client.post(address, boxes(unsaid) | {"phone": "0900000003", "giu-phone": "theirs"})

    assert "Hãy chọn một giá trị, hoặc gõ giá trị khác." in unsaid
    assert ("0900000001" in unsaid, boxes(unsaid)["phone"], still) == (True, "0900000002", "0900000001")
    student.refresh_from_db()
    assert student.phone == "0900000003"


def test_a_choice_is_not_lost_to_a_fault_elsewhere(places: Places, open_form: Callable) -> None:
    student, address = _pupil_with_gender(places)
    client, opened = open_form(address)
    client.post(address, opened | {"phone": "0900000001"})
    both = client.post(address, opened | {"phone": "0900000002"}).content.decode()

    wrong = client.post(address, boxes(both) | {"giu-phone": "theirs", "moet_code": "12"}).content.decode()
    client.post(address, boxes(wrong) | {"moet_code": "", "birth_place": "Huế"})

    student.refresh_from_db()
    assert (student.phone, student.birth_place) == ("0900000001", "Huế")


def test_a_schools_profile_keeps_both_peoples_changes(places: Places, open_form: Callable) -> None:
    address = reverse("school:profile-edit", args=[places.school.unit.public_id])
    client, opened = open_form(address)
    opened |= {"level_group_code": "07", "ownership_code": "01"}
    client.post(address, opened | {"address": "Số 1 Tô Hiệu", "phone": "02253842123", "extra-DienTich": "5400"})

    both = client.post(address, opened | {"phone": "02253842999"}).content.decode()
    client.post(address, boxes(both) | {"giu-phone": "mine"})

    row = SchoolProfile.objects.get(school=places.school, start_year=2024)
    assert (row.phone, row.address, row.extra) == ("02253842999", "Số 1 Tô Hiệu", {"DienTich": 5400})


def test_the_table_of_rooms_keeps_both_peoples_counts(places: Places, open_form: Callable) -> None:
    address = reverse("school:rooms", args=[places.school.unit.public_id])
    client, opened = open_form(address)
    client.post(address, opened | {"03-01-permanent": "12", "03-01-temporary": "3", "03-03-permanent": "1"})

    both = client.post(address, opened | {"03-01-permanent": "13"}).content.decode()
    client.post(address, boxes(both) | {"giu-03-01-permanent": "mine"})

    counts = room_counts(places.school.pk, 2024)
    assert (counts["03", "01"], counts["03", "03"]) == (RoomCount(13, 0, 3), RoomCount(1, 0, 0))


def test_a_class_keeps_the_site_that_a_colleague_chose(places: Places, open_form: Callable) -> None:
    site = SchoolSite.objects.create(school=places.school, start_year=2024, code="02", name="Điểm Đông")
    address = reverse("school:class-edit", args=[places.own_class.public_id])
    client, opened = open_form(address)
    client.post(address, opened | {"name": "7 Anh", "site_id": str(site.public_id)})

    both = client.post(address, opened | {"name": "7 Hoa"}).content.decode()
    client.post(address, boxes(both) | {"giu-name": "mine"})

    row = SchoolClass.objects.get(pk=places.own_class.pk)
    assert (row.name, row.site_id) == ("7 Hoa", site.pk)


def test_a_member_of_staff_keeps_both_peoples_changes(places: Places, open_form: Callable) -> None:
    person = places.own_teacher
    address = reverse("school:staff-edit", args=[person.public_id])
    client, opened = open_form(address)
    opened |= {"birth_date": "07/10/1985", "gender_code": "02"}
    client.post(address, opened | {"phone": "0900000001", "email": "trang@thcs.vn"})

    both = client.post(address, opened | {"phone": "0900000002"}).content.decode()
    client.post(address, boxes(both) | {"giu-phone": "mine"})

    person.refresh_from_db()
    assert (person.phone, person.email) == ("0900000002", "trang@thcs.vn")


def test_what_a_record_always_lacked_keeps_nobody_from_mending_the_rest(places: Places, open_form: Callable) -> None:
    student = places.own_pupil.student
    Student.objects.filter(pk=student.pk).update(gender_code="", birth_date=None)
    client, opened = open_form(reverse("school:student-edit", args=[student.public_id]))
    address = reverse("school:student-edit", args=[student.public_id])

    shown = client.get(address).content.decode()
    saved = client.post(address, opened | {"phone": "0900000001"}, follow=True).content.decode()
    refused = client.post(address, opened | {"phone": "0900000001", "full_name": ""}).content.decode()

    assert shown.count("(bắt buộc, còn thiếu)") == 2
    assert "Đã lưu hồ sơ: điện thoại." in saved
    assert "Họ và tên: Hãy nhập mục này." in refused
