"""Files of the authority: what each list shows, of the own units only."""

import io
from collections.abc import Callable

import openpyxl
import pytest
from django.urls import reverse

from csdl.audit.models import Event
from tests import builders as b
from tests.accounts.test_second_factor import code_of, give_totp
from tests.papers import is_pdf_a_2b, text_of
from tests.portals.places import Places

pytestmark = pytest.mark.django_db


@pytest.fixture
def far(places: Places) -> Places:
    """The small province with a second office, whose school and pupil the first one must not see."""
    school = b.school("Trường THCS Xa", parent=b.office("Phòng GDĐT huyện Cát Hải"), years=(2023, 2024))
    b.pupil(b.school_class(school, "7X", "07", year=2024), None, name="Đỗ Thị Ở Xa")
    return places


def _sheet(content: bytes, name: str) -> list[tuple]:
    return list(openpyxl.load_workbook(io.BytesIO(content))[name].values)


def _taken(client: object, page: str, query: str, columns: list[str], **more: object) -> bytes:
    answer = client.post(reverse(f"authority:{page}") + query, {"purpose": "report", "columns": columns} | more)  # type: ignore[attr-defined]
    assert not answer.headers["Content-Type"].startswith("text/html"), answer.content.decode()
    return answer.content


def test_schools_with_their_sums(far: Places, web_client: Callable) -> None:
    columns = ["stt", "name", "parent", "levels", "classes", "pupils", "by_grade"]
    office = web_client(far.accounts["office"])

    whole = _sheet(_taken(office, "school-export", "?nam=2024&sap-xep=-ten", columns), "Trường")
    one = _sheet(_taken(office, "school-export", "?nam=2024&tim=to%20hieu", columns), "Trường")

    level, parent = "Trung học cơ sở", "Phòng GDĐT quận Lê Chân"
    assert whole == [
        ("STT", "Trường", "Đơn vị quản lý", "Cấp học", "Số lớp", "Số học sinh", "Học sinh theo khối"),
        (1, "Trường THCS Trương Công Định", parent, level, 1, 1, "Khối 7: 1"),
        (2, "Trường THCS Tô Hiệu", parent, level, 2, 2, "Khối 7: 2"),
    ]
    assert [row[1] for row in one[1:]] == ["Trường THCS Tô Hiệu"]


def test_units_as_the_tree_stands(far: Places, web_client: Callable) -> None:
    columns = ["stt", "depth", "name", "kind"]
    department, office = (web_client(far.accounts[who]) for who in ("department", "office"))

    own = _sheet(_taken(office, "unit-export", "?nam=2024", columns), "Đơn vị")
    everything = _sheet(_taken(department, "unit-export", "?nam=2024", columns), "Đơn vị")

    office_kind, school_kind = "Phòng Giáo dục và Đào tạo", "Trường"
    assert own[1:] == [
        (1, 1, "Phòng GDĐT quận Lê Chân", office_kind),
        (2, 2, "Trường THCS Tô Hiệu", school_kind),
        (3, 2, "Trường THCS Trương Công Định", school_kind),
    ]
    assert [row[1:3] for row in everything[1:]] == [
        (1, "Sở Giáo dục và Đào tạo"),
        (2, "Phòng GDĐT huyện Cát Hải"),
        (3, "Trường THCS Xa"),
        (2, "Phòng GDĐT quận Lê Chân"),
        (3, "Trường THCS Tô Hiệu"),
        (3, "Trường THCS Trương Công Định"),
    ]


def test_pupils_found_over_all_schools(far: Places, web_client: Callable) -> None:
    give_totp(far.accounts["office"])
    office = web_client(far.accounts["office"])
    # Of more than one school: the head of the office confirms by the second factor.
    office.post(reverse("desk:second-factor-confirm"), {"code": code_of()})
    columns = ["full_name", "school", "class"]

    whole = _sheet(_taken(office, "student-export", "?nam=2024", columns), "Học sinh")
    found = _sheet(_taken(office, "student-export", "?nam=2024&tim=lan", columns), "Học sinh")
    other = f"?nam=2024&truong={far.other_school.unit.public_id}&sap-xep=-ten"
    narrowed = _sheet(_taken(office, "student-export", other, columns), "Học sinh")

    assert whole[1:] == [
        ("Trần Minh Đạt", "Trường THCS Tô Hiệu", "7B"),
        ("Lê Văn Láng Giềng", "Trường THCS Trương Công Định", "7C"),
        ("Nguyễn Thị Lan", "Trường THCS Tô Hiệu", "7A"),
    ]
    assert found[1:] == [("Lê Văn Láng Giềng", "Trường THCS Trương Công Định", "7C"), whole[3]]
    assert narrowed[1:] == [whole[2]]
    assert [one.data["title"] for one in Event.objects.filter(kind="data:export").order_by("pk")] == [
        "Danh sách học sinh",
        "Danh sách học sinh; tìm: lan",
        "Danh sách học sinh; trường: Trường THCS Trương Công Định",
    ]


def test_the_board_as_it_stands(far: Places, web_client: Callable) -> None:
    office = web_client(far.accounts["office"])
    columns = ["stt", "name", "parent", "state", "in"]

    sheet = _sheet(_taken(office, "rollover-export", "?nam=2024", columns), "Kết chuyển")
    nothing = office.get(reverse("authority:rollover-export") + "?nam=2024&trang-thai=confirmed").content.decode()

    assert sheet[1:] == [
        (1, "Trường THCS Tô Hiệu", "Phòng GDĐT quận Lê Chân", "Chưa lập kế hoạch", None),
        (2, "Trường THCS Trương Công Định", "Phòng GDĐT quận Lê Chân", "Chưa lập kế hoạch", None),
    ]
    assert "Không có gì để tải" in nothing


def test_a_list_of_the_authority_on_paper_is_headed_by_its_unit(far: Places, web_client: Callable) -> None:
    office = web_client(far.accounts["office"])

    content = _taken(office, "school-export", "?nam=2024", ["stt", "name", "pupils"], format="pdf")

    assert is_pdf_a_2b(content)
    text = text_of(content)
    assert text.startswith("SỞ GIÁO DỤC VÀ ĐÀO TẠO PHÒNG GDĐT QUẬN LÊ CHÂN CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
    assert "NGƯỜI LẬP (Ký, ghi rõ họ tên) TRƯỞNG PHÒNG (Ký tên, đóng dấu)" in text


def test_the_buttons_lead_to_the_files(far: Places, web_client: Callable) -> None:
    client = web_client(far.accounts["office"])

    found = {
        page: f'href="{reverse(f"authority:{page.split('-')[0]}-export")}?'
        in client.get(reverse(f"authority:{page}") + "?nam=2024").content.decode()
        for page in ("unit-list", "school-list", "student-list", "rollover-board")
    }

    assert found == dict.fromkeys(found, True)
