"""What is typed and chosen above a list of pupils finds exactly those meant; the columns are remembered."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from csdl.students.models import Guardian, Student
from csdl.years.models import Enrolment
from tests import builders as b
from tests.portals.places import Places

pytestmark = pytest.mark.django_db

LAN, DAT = "Nguyễn Thị Lan", "Trần Minh Đạt"


def _names(response) -> list[str]:
    return [item.student.full_name for item in response.context["listing"].items]


def _address(places: Places) -> str:
    return reverse("school:student-list", args=[places.school.unit.public_id])


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("nguyen thi lan", [LAN]),
        ("lan nguyễn", [LAN]),
        ("lan ng", [LAN]),
        ("an", []),  # words begin with what is typed: not the end of "Lan"
        ("d t", [DAT]),
        ("NGUYỄN", [LAN]),
        ("031212001845", [LAN]),
        ("0312 1200 1845", [LAN]),
        ("001845", [LAN]),
        ("01845", []),  # too short for the end of a number
        ("3112345678", [DAT]),
        ("hs-07/12", [DAT]),
        ("0912345678", [LAN]),
        ("0912.345.678", [LAN]),
        ("+84 912 345 678", [LAN]),
        ("0987654321", [DAT]),
        ("098765", [DAT]),
        ("%", []),
        ("'; DROP", []),
    ],
)
def test_what_is_typed_is_known_by_its_shape(
    places: Places, web_client: Callable, typed: str, found: list[str]
) -> None:
    Student.objects.filter(pk=places.parallel_pupil.student_id).update(
        moet_code="3112345678", local_code="HS-07/12", phone="0987654321"
    )
    client = web_client(places.accounts["clerk"])

    assert _names(client.get(_address(places), {"tim": typed})) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"khoi": "07"}, [DAT, LAN]),
        ({"lop": "chua"}, ["Bé Chưa Lớp"]),
        ({"tinh-trang": "chuyen-di"}, ["Bé Chuyển Đi"]),
        ({"tinh-trang": "thoi-hoc"}, []),
        ({"tinh-trang": "da-roi"}, ["Bé Chuyển Đi"]),
        ({"gioi-tinh": "02"}, [LAN]),
        ({"dan-toc": "thieu-so"}, [LAN]),
        ({"dan-toc": "kinh"}, [DAT, "Bé Chưa Lớp"]),
        ({"chinh-sach": "co"}, [LAN]),
        ({"chinh-sach": "08"}, [LAN]),
        ({"chinh-sach": "09"}, []),
        ({"khuyet-tat": "co"}, [DAT]),
        ({"dinh-danh": "chua"}, [DAT, "Bé Chưa Lớp"]),
        ({"dien-thoai": "chua"}, [DAT, "Bé Chưa Lớp"]),
        ({"dien-thoai": "co"}, [LAN]),
        ({"dia-chi": "co"}, [DAT]),
        ({"xac-nhan": "can"}, [DAT]),
        ({"khoi": "07", "gioi-tinh": "02", "tim": "dat"}, []),
        ({"khoi": "99"}, [DAT, LAN, "Bé Chưa Lớp"]),
    ],
)
def test_each_filter_finds_its_pupils(
    places: Places, web_client: Callable, query: dict[str, str], found: list[str]
) -> None:
    lan, dat = places.own_pupil, places.parallel_pupil
    Student.objects.filter(pk=lan.student_id).update(gender_code="02", ethnic_code="02", policy_code="08")
    Student.objects.filter(pk=dat.student_id).update(is_disabled=True, current_address="12 Tô Hiệu")
    Enrolment.objects.filter(pk=dat.pk).update(needs_confirmation=True)
    b.pupil(places.own_class, None, name="Bé Chuyển Đi", status_code="04", left_on="2024-11-01")
    unplaced = b.pupil(b.school_class(places.school, "6A", "06", year=2024), None, name="Bé Chưa Lớp")
    Enrolment.objects.filter(pk=unplaced.pk).update(school_class=None, first_class=None)
    client = web_client(places.accounts["clerk"])

    assert sorted(_names(client.get(_address(places), query))) == sorted(found)


def test_columns_are_chosen_remembered_and_forgotten(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    choose = reverse("desk:column-choice", args=["hoc-sinh"])

    before = client.get(_address(places)).content.decode()
    answer = client.post(choose, {"cot": ["lop", "lien-he"], "next": _address(places)})
    chosen = client.get(answer["Location"]).content.decode()
    client.post(choose, {"mac-dinh": "1", "next": _address(places)})
    after = client.get(_address(places)).content.decode()

    assert "07/10/2012" in before
    assert "Phạm Thị Hoa" not in before
    assert "07/10/2012" not in chosen
    assert "Phạm Thị Hoa" in chosen
    assert "0912345678" not in chosen  # masked
    assert "091•••••78" in chosen
    assert "07/10/2012" in after


def test_columns_lead_back_to_this_site_only(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])

    answer = client.post(reverse("desk:column-choice", args=["hoc-sinh"]), {"cot": "lop", "next": "//x.example/"})

    assert answer["Location"] == "/"


def test_typing_keeps_the_order_and_page_size(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])

    part = client.get(_address(places), {"sap-xep": "-lop"}, headers={"HX-Request": "true"}).content.decode()

    assert '<input type="hidden" form="list-filters" name="sap-xep" value="-lop">' in part


def test_a_guardian_of_a_neighbour_is_found_by_nobody_else(places: Places, web_client: Callable) -> None:
    Guardian.objects.create(
        student=places.other_pupil.student, relation="father", full_name="Lê Văn Cha", phone="0909090909"
    )
    client = web_client(places.accounts["clerk"])

    assert _names(client.get(_address(places), {"tim": "0909090909"})) == []


def test_an_empty_year_says_what_comes_next(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])

    empty = client.get(_address(places), {"nam": "2023"}).content.decode()
    unfound = client.get(_address(places), {"tim": "khong co ai"}).content.decode()

    assert "Chưa có học sinh nào trong năm học này" in empty
    assert "Bỏ tất cả điều kiện" in unfound
