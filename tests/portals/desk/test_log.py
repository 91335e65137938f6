"""The page of the log: sentences, filters, days, flags, the file; a neighbour's log does not exist."""

import io
from collections.abc import Callable

import openpyxl
import pytest
from django.urls import reverse

from csdl.audit import bursts
from csdl.audit.actions import record
from csdl.audit.models import Event
from tests import builders as b
from tests.portals.places import Places

pytestmark = pytest.mark.django_db


def _list(places: Places) -> str:
    return reverse("desk:log-list", args=[places.school.unit.public_id])


def _write(places: Places) -> None:
    for unit, name in ((places.school.pk, "7A"), (places.other_school.pk, "9Z")):
        record(actor=b.SYSTEM, kind="class:create", unit_id=unit, data={"name": name})
    record(
        actor=b.SYSTEM, kind="data:export", unit_id=places.school.pk, data={"title": "Danh sách", "purpose": "check"}
    )


def test_the_head_reads_the_units_acts_in_words(places: Places, web_client: Callable) -> None:
    _write(places)
    client = web_client(places.accounts["head"])

    page = client.get(_list(places)).content.decode()

    assert ("Lập lớp 7A" in page, "Rà soát, đối chiếu dữ liệu" in page, "9Z" in page) == (True, True, False)


@pytest.mark.parametrize(
    ("query", "shows"),
    [
        ({"loai": "hoc-sinh-lop"}, (True, False)),
        ({"loai": "tai-du-lieu-ra-tep"}, (False, True)),
        ({"tim": "KIỂM thử"}, (True, True)),
        ({"tim": "không ai"}, (False, False)),
        ({"tu-ngay": "01/01/2020"}, (True, True)),
        ({"den-ngay": "01/01/2020"}, (False, False)),
        ({"tu-ngay": "31/02/2020"}, (True, True)),
    ],
)
def test_kind_person_and_days_narrow_it(places: Places, web_client: Callable, query: dict, shows: tuple) -> None:
    _write(places)
    page = web_client(places.accounts["head"]).get(_list(places), query).content.decode()

    assert ("Lập lớp 7A" in page, "Danh sách; 0 dòng" in page) == shows
    assert ("không phải ngày có thật" in page) == ("31/02/2020" in query.values())


@pytest.mark.parametrize(("last", "is_told"), [("04/09/2024", True), ("05/09/2024", False)])
def test_days_in_the_wrong_order_are_said(places: Places, web_client: Callable, last: str, is_told: bool) -> None:
    query = {"tu-ngay": "05/09/2024", "den-ngay": last}
    page = web_client(places.accounts["head"]).get(_list(places), query).content.decode()

    assert ("Đến hết ngày: trước “Từ ngày” (05/09/2024) nên không có dòng nào." in page) is is_told


def test_the_file_holds_what_is_filtered_and_its_purpose_is_logged(places: Places, web_client: Callable) -> None:
    _write(places)
    client = web_client(places.accounts["head"])
    address = reverse("desk:log-export", args=[places.school.unit.public_id]) + "?loai=hoc-sinh-lop"

    asked = client.post(address, {"columns": ["stt", "what"], "format": "xlsx"})
    file = client.post(address, {"columns": ["stt", "what"], "format": "xlsx", "purpose": "check"})

    plain = client.post(address, {"columns": ["stt", "what"], "format": "csv", "purpose": "check"})
    locked = client.post(
        address, {"columns": ["what"], "format": "csv", "purpose": "check", "file_password": "Truong-2024"}
    ).content.decode()

    rows = list(openpyxl.load_workbook(io.BytesIO(file.content)).worksheets[0].iter_rows(values_only=True))
    assert "Hãy chọn mục đích" in asked.content.decode()
    assert rows == [("STT", "Việc"), (1, "Lập lớp 7A")]
    assert plain.content.decode("utf-8-sig").splitlines() == ["STT,Việc", "1,Lập lớp 7A"]
    assert "Tệp CSV không đặt được mật khẩu. Hãy để trống ô mật khẩu, hoặc chọn dạng Excel, PDF." in locked
    assert Event.objects.filter(kind="data:export", data__what="log").count() == 2
    logged = Event.objects.filter(kind="data:export", data__what="log").order_by("pk")[0]
    assert (logged.unit_id, logged.data["rows"], logged.data["persons"]) == (places.school.pk, 1, 0)


def test_opening_a_profile_is_logged_and_many_are_a_task_of_the_head(
    places: Places, web_client: Callable, monkeypatch
) -> None:
    monkeypatch.setattr(bursts, "_measures", lambda: {"student:read": bursts.Measure(1, 10)})
    pupils = [
        places.own_pupil.student.public_id,
        places.own_pupil.student.public_id,
        places.parallel_pupil.student.public_id,
    ]
    clerk = web_client(places.accounts["clerk"])
    assert [clerk.get(reverse("school:student-detail", args=[one])).status_code for one in pupils] == [200] * 3
    assert clerk.get(reverse("school:student-edit", args=[pupils[0]])).status_code == 200

    head = web_client(places.accounts["head"])
    home, page = head.get(reverse("desk:home")).content.decode(), head.get(_list(places)).content.decode()
    flag = Event.objects.get(kind="audit:burst")
    address = reverse("desk:log-settle", args=[places.school.unit.public_id, flag.pk])
    head.post(address, {"reason": "In thẻ học sinh đầu năm"})

    assert Event.objects.filter(kind="student:read", unit_id=places.school.pk).count() == 4
    assert ("cảnh báo mở nhiều hồ sơ" in home, "Lê Minh Ngọc (vanthu) mở 2 hồ sơ" in page) == (True, True)
    assert "cảnh báo mở nhiều hồ sơ" not in head.get(reverse("desk:home")).content.decode()
    assert "In thẻ học sinh đầu năm" in head.get(_list(places)).content.decode()


def _name_pupils(places: Places) -> None:
    """Acts at the school on its own pupil, by the person and by the enrolment, and on one it does not reach."""
    for pupil in (places.own_pupil, places.other_pupil):
        named = ({"student": str(pupil.student.public_id)}, {"enrolment": str(pupil.public_id)})
        for kind, data in zip(("student:read", "student:change"), named, strict=True):
            record(actor=b.SYSTEM, kind=kind, unit_id=places.school.pk, data=data)


def test_the_log_names_a_pupil_to_whom_sees_that_pupil_only(places: Places, web_client: Callable) -> None:
    _name_pupils(places)
    link = reverse("school:student-detail", args=[places.own_pupil.student.public_id])

    client = web_client(places.accounts["head"])
    lines = client.get(_list(places)).context["listing"].items[:4]
    above = web_client(places.accounts["department"]).get(_list(places)).context["listing"].items[:4]
    page = client.get(_list(places)).content.decode()

    assert [(one.sentence, one.pupil, one.url) for one in lines] == [
        ("Sửa hồ sơ học sinh", "", ""),
        ("Mở hồ sơ một học sinh", "", ""),
        ("Sửa hồ sơ học sinh", "Nguyễn Thị Lan", link),
        ("Mở hồ sơ một học sinh", "Nguyễn Thị Lan", link),
    ]
    assert [one.pupil for one in above] == ["Lê Văn Láng Giềng"] * 2 + ["Nguyễn Thị Lan"] * 2
    assert f'<a href="{link}">Mở hồ sơ một học sinh: Nguyễn Thị Lan</a>' in page


def test_the_file_names_no_pupil(places: Places, web_client: Callable) -> None:
    _name_pupils(places)
    asked = {"columns": ["what"], "format": "csv", "purpose": "check"}

    file = web_client(places.accounts["head"]).post(
        reverse("desk:log-export", args=[places.school.unit.public_id]), asked
    )

    lines = ["Việc", *["Sửa hồ sơ học sinh", "Mở hồ sơ một học sinh"] * 2]
    assert file.content.decode("utf-8-sig").splitlines()[:5] == lines


def test_a_profile_that_is_not_seen_is_not_logged(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])

    client.get(reverse("school:student-detail", args=[places.other_pupil.student.public_id]))

    assert not Event.objects.filter(kind="student:read").exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_same_number_of_queries(
    places: Places, web_client: Callable, django_assert_num_queries: Callable, count: int
) -> None:
    for _ in range(count):
        _write(places)
        _name_pupils(places)
    client = web_client(places.accounts["head"])
    client.get(_list(places))

    with django_assert_num_queries(QUERIES):
        client.get(_list(places))


QUERIES = 17
