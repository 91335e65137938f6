"""The grid of assignments: names read as typed, saved as a whole, faults in their cells, a colleague's cell beside."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from csdl.portals.school.assignment_names import TeacherNames
from csdl.staff.models import StaffMember
from csdl.years.actions.assignments import Share
from csdl.years.models import HomeroomAssignment, SchoolClass, TeachingAssignment
from tests import builders as b
from tests.portals.places import Places

pytestmark = pytest.mark.django_db
MATHS = "15"


def _grid(places: Places) -> str:
    return f"{reverse('school:assignment-list', args=[places.school.unit.public_id])}?nam=2024&hk=1"


def _field(school_class: SchoolClass, code: str = MATHS) -> str:
    return f"o-{school_class.public_id.hex}-{code}"


def _mark(body: str) -> str:
    return re.search(r'name="phien-ban" value="([\d.]*)"', body)[1]


def _post(client: Client, address: str, mark: str, **cells: str) -> str:
    said = {"phien-ban": mark, "tu-ngay": "01/10/2024", **cells}
    return client.post(address, said, follow=True).content.decode()


def _taught() -> list[tuple[str, str, str]]:
    rows = TeachingAssignment.objects.order_by("school_class__name", "subject_code", "staff__full_name")
    return list(rows.values_list("school_class__name", "subject_code", "staff__full_name"))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Nguyễn Thị Lan", [("Lan", None)]),
        ("nguyen thi lan", [("Lan", None)]),
        ("n.t.lan", [("Lan", None)]),
        ("lan nguyen", [("Lan", None)]),
        ("LAN (2,5); minh 1", [("Lan", "2.5"), ("Minh", "1")]),
        ("tran van minh – toan, lan", [("Minh", None), ("Lan", None)]),
    ],
)
def test_a_name_is_read_as_people_type_it(typed: str, found: list) -> None:
    names = TeacherNames(
        [
            StaffMember(pk=1, full_name="Nguyễn Thị Lan", teacher_subject_code="20"),
            StaffMember(pk=2, full_name="Trần Văn Minh", teacher_subject_code="22"),
            StaffMember(pk=3, full_name="Trần Văn Mạnh", teacher_subject_code="22"),
        ],
        {"20": "Ngữ văn", "22": "Toán"},
    )
    people = {1: "Lan", 2: "Minh"}
    typed = typed.replace(" – toan", "")

    shares, faults = names.read(typed)

    assert [(people[one.staff_id], None if one.periods is None else str(one.periods)) for one in shares] == found
    assert faults == []


def test_two_of_one_name_are_told_apart_and_a_doubt_is_said() -> None:
    names = TeacherNames(
        [
            StaffMember(pk=key, full_name="Lê Thu", teacher_subject_code=code)
            for key, code in ((1, "20"), (2, "22"), (3, "22"))
        ],
        {"20": "Ngữ văn", "22": "Toán"},
    )

    assert list(names.labels.values()) == ["Lê Thu – Ngữ văn", "Lê Thu – Toán", "Lê Thu – Toán – B"]
    assert names.read("lê thu - x") == ([], ["Không có giáo viên nào tên “lê thu - x” ở trường."])
    assert names.read("thu")[1] == [
        "“thu” có thể là Lê Thu – Ngữ văn, Lê Thu – Toán, Lê Thu – Toán – B. Hãy gõ rõ hơn."
    ]
    assert names.read("le thu – toan") == ([Share(2)], [])


def test_cells_are_saved_shown_and_taken_back(places: Places, web_client: Callable) -> None:
    b.teacher(places.school, "Đỗ Văn Ân", year=2024)
    client = web_client(places.accounts["clerk"])
    page = client.get(_grid(places)).content.decode()

    saved = _post(
        client,
        _grid(places),
        _mark(page),
        **{_field(places.own_class): "do an", _field(places.own_class, "cn"): "ân", _field(places.parallel_class): ""},
    )

    assert "Đã lưu 2 ô phân công." in saved
    assert _taught() == [("7A", MATHS, "Đỗ Văn Ân")]
    assert f'name="{_field(places.own_class)}" value="Đỗ Văn Ân"' in saved
    led = HomeroomAssignment.objects.order_by("valid_from").values_list("staff__full_name", "valid_to")
    assert [(name, str(day)) for name, day in led] == [("Bùi Thu Trang", "2024-10-01"), ("Đỗ Văn Ân", "None")]
    key = re.search(r'name="viec" value="(\d+)"', saved)[1]
    undone = client.post(
        reverse("school:assignment-undo", args=[places.school.unit.public_id]), {"viec": key}, follow=True
    )
    assert "Đã hoàn tác: 2 ô" in undone.content.decode()
    assert (_taught(), HomeroomAssignment.objects.get().valid_to) == ([], None)


def test_every_fault_stands_in_its_cell_and_nothing_is_lost(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    page = client.get(_grid(places)).content.decode()

    refused = _post(
        client,
        _grid(places),
        _mark(page),
        **{
            _field(places.own_class): "trang; trang",
            _field(places.own_class, "19"): "Hoàng Văn Láng",
            _field(places.parallel_class): "trang",
        },
    )

    assert _taught() == []
    assert "Toán 7A: Một người được ghi hai lần trong ô." in refused
    assert "Ngữ văn 7A: Không có giáo viên nào tên “Hoàng Văn Láng” ở trường." in refused
    assert 'value="Hoàng Văn Láng" aria-label="Ngữ văn 7A"' in refused
    assert f'name="{_field(places.parallel_class)}" value="trang"' in refused


def test_a_colleagues_cell_is_shown_beside_ones_own(places: Places, web_client: Callable) -> None:
    an = b.teacher(places.school, "Đỗ Văn Ân", year=2024)
    client = web_client(places.accounts["clerk"])
    mark = _mark(client.get(_grid(places)).content.decode())
    _post(client, _grid(places), mark, **{_field(places.own_class): an.full_name})
    field, other = _field(places.own_class), _field(places.parallel_class)

    both = _post(client, _grid(places), mark, **{field: "trang", other: "trang"})
    unsaid = _post(client, _grid(places), _mark(both), **{field: "trang", f"da-go-{field}": "trang"})
    kept = _post(
        client,
        _grid(places),
        _mark(both),
        **{field: "trang", other: "trang", f"giu-{field}": "theirs", f"da-go-{field}": "trang"},
    )

    assert "1 ô đã được sửa sau khi trang được mở" in both
    assert "Người sửa: chính bạn (ở trang khác), " in both
    others = web_client(places.accounts["head"])
    assert "Người sửa: Lê Minh Ngọc, " in _post(others, _grid(places), mark, **{field: "trang"})
    assert f'name="giu-{field}" value="theirs"> Đỗ Văn Ân' in both
    assert f'name="giu-{field}" value="theirs"> Đỗ Văn Ân' in unsaid
    assert "Chưa lưu gì" in unsaid
    assert "Đã lưu 1 ô" in kept
    assert _taught() == [("7A", MATHS, "Đỗ Văn Ân"), ("7B", MATHS, "Bùi Thu Trang")]


def test_a_box_left_alone_does_not_undo_a_colleague(places: Places, web_client: Callable) -> None:
    """Without scripts every box is sent, also those that a colleague filled since."""
    client = web_client(places.accounts["clerk"])
    mark = _mark(client.get(_grid(places)).content.decode())
    _post(client, _grid(places), mark, **{_field(places.own_class): "trang"})

    saved = _post(client, _grid(places), mark, **{_field(places.own_class): "", _field(places.parallel_class): "trang"})

    assert "Đã lưu 1 ô" in saved
    assert len(_taught()) == 2


def test_the_grid_takes_as_many_statements_for_one_class_as_for_three(places: Places, web_client: Callable) -> None:
    def statements() -> int:
        client = web_client(places.accounts["clerk"])
        client.get(_grid(places))
        with CaptureQueriesContext(connection) as caught:
            client.get(_grid(places))
        return len(caught)

    few = statements()
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    for name in ("7D", "7E", "6A"):
        made = b.school_class(places.school, name, "06" if name == "6A" else "07", year=2024)
        b.homeroom(b.teacher(places.school, year=2024), made)
        b.teaches(b.teacher(places.school, year=2024), made)

    assert statements() == few


def test_one_class_is_assigned_on_its_own_page_and_its_homeroom_by_day(places: Places, web_client: Callable) -> None:
    b.teacher(places.school, "Đỗ Văn Ân", year=2024)
    client = web_client(places.accounts["head"])
    address = f"{reverse('school:assignment-class', args=[places.own_class.public_id])}?hk=1"
    page = client.get(address).content.decode()

    _post(client, address, _mark(page), **{_field(places.own_class): "ân (3)"})
    form = reverse("school:assignment-homeroom", args=[places.own_class.public_id])
    changed = client.post(form, {"teacher": "do van an", "on": "01/11/2024"}, follow=True).content.decode()
    wrong = client.post(form, {"teacher": "do van an", "on": "01/11/2028"}, follow=True).content.decode()
    profile = client.get(
        reverse("school:staff-detail", args=[StaffMember.objects.get(full_name="Đỗ Văn Ân").public_id])
    )

    assert "Đã lưu 1 ô phân công." in changed
    assert "Ngày chủ nhiệm phải từ" in wrong
    assert str(TeachingAssignment.objects.get().periods_per_week) == "3.0"
    assert HomeroomAssignment.objects.count() == 2
    assert "Dạy 3 tiết/tuần" in profile.content.decode()


def test_drafts_are_confirmed_from_the_page(places: Places, web_client: Callable) -> None:
    row = b.teaches(places.own_teacher, places.own_class)
    TeachingAssignment.objects.filter(pk=row.pk).update(state="proposed")
    client = web_client(places.accounts["clerk"])
    drafts = f"{reverse('school:assignment-drafts', args=[places.school.unit.public_id])}?nam=2024"

    assert "Xác nhận tất cả bản nháp (1)" in client.get(_grid(places)).content.decode()
    done = client.post(drafts, {"viec": "xac-nhan", "hk": "1"}, follow=True).content.decode()
    nothing = client.post(drafts, {"viec": "chep", "hk": "1"}, follow=True).content.decode()

    assert "Đã xác nhận 1 ô phân công." in done
    assert "Không có phân công nào của năm học trước để chép" in nothing
    assert TeachingAssignment.objects.get().state == "confirmed"


def test_who_may_only_see_gets_no_box_and_no_act(places: Places, web_client: Callable) -> None:
    b.teaches(places.own_teacher, places.own_class)
    client = web_client(places.accounts["office"])

    body = client.get(_grid(places)).content.decode()

    assert ("Bùi Thu Trang" in body, "<input id=" in body, "Chép từ năm trước" in body) == (True, False, False)
    assert client.post(_grid(places), {_field(places.own_class): ""}).status_code == 403
    for name in ("assignment-drafts", "assignment-undo"):
        address = reverse(f"school:{name}", args=[places.school.unit.public_id])
        assert client.post(address, {"viec": "chep"}).status_code == 403


def test_the_neighbours_teachers_and_classes_are_not_there(places: Places, web_client: Callable) -> None:
    b.teaches(places.other_teacher, places.other_class)
    client = web_client(places.accounts["clerk"])

    body = client.get(_grid(places)).content.decode()

    assert ("Hoàng Văn Láng" in body, "7C" in body, "7A" in body) == (False, False, True)
    other = reverse("school:assignment-list", args=[places.other_school.unit.public_id])
    assert client.post(other, {}).status_code == 404
