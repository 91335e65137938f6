"""Lists of pupils: search without accents, filters in the address, pages, one partial, a fixed number of queries."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from csdl.intake.models import ImportRow
from csdl.lib import clock
from csdl.students.models import Student
from csdl.years.models import ClassMove, Enrolment
from tests import builders as b
from tests.portals.places import Places

pytestmark = pytest.mark.django_db


def _names(response) -> list[str]:
    return [item.student.full_name for item in response.context["listing"].items]


def _address(places: Places) -> str:
    return reverse("school:student-list", args=[places.school.unit.public_id])


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("thi lan", ["Nguyễn Thị Lan"]),
        ("LÁN", ["Nguyễn Thị Lan"]),
        ("dat", ["Trần Minh Đạt"]),
        ("031212", ["Nguyễn Thị Lan"]),
        ("%", []),
        ("Láng Giềng", []),
    ],
)
def test_a_pupil_is_found_without_accents_or_by_number(
    places: Places, web_client: Callable, typed: str, found: list[str]
) -> None:
    client = web_client(places.accounts["clerk"])

    assert _names(client.get(_address(places), {"tim": typed})) == found


def test_pupils_stand_in_the_order_of_given_names(places: Places, web_client: Callable) -> None:
    for name in ("Hoàng Anh", "Đặng Ánh", "Bùi Ân", "Ngô Dũng"):
        b.pupil(places.own_class, None, name=name)
    client = web_client(places.accounts["clerk"])

    up = _names(client.get(_address(places)))
    down = _names(client.get(_address(places), {"sap-xep": "-ten"}))

    assert up == ["Hoàng Anh", "Đặng Ánh", "Bùi Ân", "Ngô Dũng", "Trần Minh Đạt", "Nguyễn Thị Lan"]
    assert down == up[::-1]


def test_filters_narrow_the_list_and_stand_as_chips(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])

    response = client.get(_address(places), {"lop": str(places.own_class.public_id), "tim": "lan"})

    assert _names(response) == ["Nguyễn Thị Lan"]
    chips = [(chip.label, chip.text, chip.without) for chip in response.context["held"]]
    assert chips == [
        ("Tìm", "lan", f"{_address(places)}?lop={places.own_class.public_id}"),
        ("Lớp", "7A", f"{_address(places)}?tim=lan"),
    ]


def test_who_left_is_shown_on_request_only(places: Places, web_client: Callable) -> None:
    Enrolment.objects.filter(pk=places.own_pupil.pk).update(status_code="04", left_on="2024-11-01")
    client = web_client(places.accounts["clerk"])

    assert _names(client.get(_address(places))) == ["Trần Minh Đạt"]
    assert _names(client.get(_address(places), {"tinh-trang": "da-roi"})) == ["Nguyễn Thị Lan"]


def test_a_list_answers_htmx_with_its_rows_only(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])

    full = client.get(_address(places)).content.decode()
    part = client.get(_address(places), headers={"HX-Request": "true"}).content.decode()

    assert part.lstrip().startswith('<div id="results">')
    assert "<html" not in part
    assert "Nguyễn Thị Lan" in part
    assert 'id="results"' in full


def test_the_identity_number_is_masked_in_lists(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])

    body = client.get(_address(places)).content.decode()

    assert "031•••••••45" in body
    assert "031212001845" not in body


def test_pages_of_fifty(places: Places, web_client: Callable) -> None:
    for _ in range(50):
        b.pupil(places.own_class, None)
    client = web_client(places.accounts["clerk"])

    second = client.get(_address(places), {"trang": "2"})
    beyond = client.get(_address(places), {"trang": "99"})

    assert "51–52 / 52" in second.content.decode()
    assert (len(_names(second)), _names(beyond)) == (2, _names(second))


@pytest.mark.parametrize("page", ["pupils", "class", "classes"])
def test_a_list_takes_as_many_queries_for_three_as_for_one(places: Places, web_client: Callable, page: str) -> None:
    address = {
        "pupils": _address(places),
        "class": reverse("school:class-detail", args=[places.own_class.public_id]),
        "classes": reverse("school:class-list", args=[places.school.unit.public_id]),
    }[page]
    client = web_client(places.accounts["clerk"])
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(address)
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    for number in range(2):
        b.pupil(places.own_class, None)
        b.homeroom(b.teacher(places.school), b.school_class(places.school, f"8{number}", "08", year=2024))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE csdl_test_app")

    with CaptureQueriesContext(connection) as more:
        client.get(address)

    assert len(more) == len(few)


def test_the_list_of_the_own_school_reads_unit_and_reach_once(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    client.get(_address(places))

    with CaptureQueriesContext(connection) as asked:
        client.get(_address(places))

    statements = [one["sql"] for one in asked]
    assert sum('"orgs_orgunit"' in one for one in statements) == 1
    # Whether a grant reaches the whole school is looked up by itself, then no statement asks it row by row.
    assert [one.split(" WHERE")[0] for one in statements if "access_scopeunit" in one] == [
        "SELECT grant_id FROM access_scopeunit"
    ]


def test_a_pupils_page_shows_guardians_and_years(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["homeroom"])

    body = client.get(reverse("school:student-detail", args=[places.own_pupil.student.public_id])).content.decode()

    for expected in ("Phạm Thị Hoa", "091•••••78", "07/10/2012", "2024-2025", "031•••••••45"):
        assert expected in body


def _act(client: Client, places: Places, **asked: str) -> None:
    address = reverse("school:student-bulk", args=[places.school.unit.public_id])
    said = {"chon": str(places.own_pupil.public_id)} | asked
    shown = client.post(address, said | {"buoc": "xem"})
    client.post(address, said | {"buoc": "ghi", "dau": shown.context["plan"].seal})


def _undo_sent(body: str) -> dict[str, str]:
    """The newest undo that a page offers."""
    held = body.split('name="lan" value="')[1]
    return {"lan": held.split('"')[0], "cua": held.split('name="cua" value="')[1].split('"')[0]}


def test_a_move_and_a_leaving_stand_in_the_history_and_are_taken_back(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    page = reverse("school:student-detail", args=[places.own_pupil.student.public_id])
    undo = reverse("school:student-undo", args=[places.own_pupil.student.public_id])

    _act(client, places, viec="lop", to_class=str(places.parallel_class.public_id), on="02/10/2024")
    moved = client.get(page).content.decode()
    _act(client, places, viec="roi", leaving="transfer", on="01/11/2024")
    left = client.get(page).content.decode()
    back = client.post(undo, _undo_sent(left), follow=True).content.decode()
    home = client.post(undo, _undo_sent(moved), follow=True).content.decode()

    assert "Lớp hiện tại</dt><dd><del>7A</del> → <ins>7B</ins>" in moved
    assert "Trạng thái</dt><dd><del>Đang học</del> → <ins>Chuyển đi kỳ 1</ins>" in left
    assert "Nhận lại (hoàn tác rời trường)" in left
    assert "Nhận lại (hoàn tác rời trường)" not in back
    assert "7A → " not in home.split('id="history"')[0]
    row = Enrolment.objects.get(pk=places.own_pupil.pk)
    assert (row.school_class_id, row.status_code, row.left_on) == (places.own_class.pk, "01", None)
    assert not ClassMove.objects.filter(enrolment=row).exists()


def test_a_homeroom_teacher_reads_the_move_and_takes_nothing_back(places: Places, web_client: Callable) -> None:
    Enrolment.objects.filter(pk=places.own_pupil.pk).update(status_code="04", left_on=dt.date(2024, 11, 1))
    client = web_client(places.accounts["homeroom"])
    page = reverse("school:student-detail", args=[places.own_pupil.student.public_id])

    body = client.get(page).content.decode()

    assert "Chuyển đi kỳ 1" in body.split('id="history"')[1]
    assert 'name="lan"' not in body


def test_the_history_says_who_wrote_a_record_and_from_which_file(places: Places, web_client: Callable) -> None:
    run = places.own_import
    imported = b.pupil(places.own_class, None, name="Vũ Thị Nhập")
    Enrolment.objects.filter(pk=imported.pk).update(run_id=run.pk)
    ImportRow.objects.filter(run=run).update(target_id=imported.student_id, values={"full_name": "Vũ Thị Nhập"})
    Student.objects.filter(pk=imported.student_id).update(run_id=run.pk, created_by=places.accounts["clerk"].pk)
    edits = next(one for one in apps.get_models() if getattr(one, "pgh_tracked_model", None) is Student)
    edits.objects.filter(pgh_obj_id=imported.student_id).delete()  # the import itself writes the columns at once
    client = web_client(places.accounts["clerk"])

    body = client.get(reverse("school:student-detail", args=[imported.student.public_id])).content.decode()

    history = body.split('id="history"')[1]
    assert "Tệp nhập không ghi loại nhập học và ngày vào; hệ thống ghi theo mặc định." in body
    assert f"Nhập từ tệp “{run.file_name}”: Hồ sơ học sinh" in history
    assert "Lê Minh Ngọc (vanthu)" in history
    assert "Chưa có thay đổi nào" not in history


def test_times_of_the_real_clock_say_so_where_the_day_was_moved(places: Places, web_client: Callable) -> None:
    clock.move_to(dt.datetime(2024, 8, 5, 8, 0, tzinfo=clock.LOCAL_ZONE))
    client = web_client(places.accounts["clerk"])

    body = client.get(reverse("school:student-detail", args=[places.own_pupil.student.public_id])).content.decode()

    assert "(giờ thật)" in body.split('id="history"')[1]
