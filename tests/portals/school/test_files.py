"""Files of a school: a list's own filter and order, a purpose first, sensitive columns only when asked, no markup."""

import datetime as dt
import io
from collections.abc import Callable

import openpyxl
import pytest
from django.urls import reverse

from csdl.audit.models import Event
from csdl.orgs.models import SchoolLevel
from csdl.staff.models import UnitHead
from csdl.students.models import Guardian, Student
from csdl.years.models import ClassMove, YearResult
from tests import builders as b
from tests.papers import is_pdf_a_2b, pages_of, text_of
from tests.portals.places import Places

pytestmark = pytest.mark.django_db


def _address(places: Places, query: str = "?nam=2024") -> str:
    return reverse("school:student-export", args=[places.school.unit.public_id]) + query


def _sheet(content: bytes, name: str = "Học sinh") -> list[tuple]:
    return list(openpyxl.load_workbook(io.BytesIO(content))[name].values)


def _of_class(page: str, places: Places) -> str:
    return reverse(f"school:{page}", args=[places.own_class.public_id])


CLASS_COLUMNS = ["stt", "full_name", "birth_date", "gender", "ethnic_group", "note"]
REGISTER_COLUMNS = ["stt", "full_name", "birth_date", "father", "mother", "guardian", "note"]


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


def test_the_list_of_a_class_on_paper(places: Places, web_client: Callable) -> None:
    UnitHead.objects.create(
        unit=places.school.unit,
        staff=b.teacher(places.school, "Phạm Thị Hồng Hạnh", year=2024),
        valid_from=dt.date(2020, 1, 1),
    )
    for number in range(59):
        b.pupil(places.own_class, None, name=f"Nguyễn Thị Phương Quỳnh Hương Giang Thảo Nguyên {number}")
    client = web_client(places.accounts["clerk"])

    asked = {"purpose": "work", "format": "pdf", "columns": CLASS_COLUMNS}
    answer = client.post(_of_class("class-pupils-export", places), asked)

    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="danh-sach-lop-7a-')
    assert is_pdf_a_2b(answer.content)
    pages, text = pages_of(answer.content), text_of(answer.content)
    assert [page.count("Họ và tên") for page in pages[:2]] == [1, 1]
    assert pages[1].startswith(f"2/{len(pages)}")
    for told in (
        "PHÒNG GDĐT QUẬN LÊ CHÂN TRƯỜNG THCS TÔ HIỆU CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc",
        "DANH SÁCH LỚP 7A Năm học 2024-2025 Giáo viên chủ nhiệm: Bùi Thu Trang Sĩ số: 60, trong đó 0 nữ",
        "STT Họ và tên Ngày sinh Giới tính Dân tộc Ghi chú",
        "Nguyễn Thị Lan 07/10/2012 Nam Kinh",
        "Danh sách có 60 học sinh. GIÁO VIÊN CHỦ NHIỆM (Ký, ghi rõ họ tên) Bùi Thu Trang HIỆU TRƯỞNG "
        "(Ký tên, đóng dấu) Phạm Thị Hồng Hạnh",
        "Lê Minh Ngọc (vanthu) lập từ cơ sở dữ liệu lúc",
        "Mục đích: Quản lý, theo dõi trong đơn vị.",
    ):
        assert told in text, told
    assert "031212001845" not in text


def test_the_list_of_a_class_as_a_sheet_with_who_left(places: Places, web_client: Callable) -> None:
    left = dt.date(2024, 11, 2)
    b.pupil(places.own_class, None, name="Vũ Gia Bảo", left_on=left, status_code="04")
    client = web_client(places.accounts["homeroom"])
    asked = {"purpose": "work", "columns": ["stt", "full_name", "note"]}

    present = client.post(_of_class("class-pupils-export", places), asked)
    everybody = client.post(_of_class("class-pupils-export", places) + "?tinh-trang=tat-ca&sap-xep=-ten", asked)

    assert _sheet(present.content) == [("STT", "Họ và tên", "Ghi chú"), (1, "Nguyễn Thị Lan", None)]
    assert _sheet(everybody.content)[1:] == [
        (1, "Nguyễn Thị Lan", None),
        (2, "Vũ Gia Bảo", "Chuyển đi kỳ 1 từ 02/11/2024"),
    ]


def test_a_register_holds_phones_only_for_who_has_to_reach_the_parents(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["homeroom"])
    asked = {"format": "pdf", "columns": REGISTER_COLUMNS}
    phone = {"sensitive": ["mother_phone"]}

    refused = client.post(_of_class("class-register-export", places), asked | phone | {"purpose": "report"})
    plain = client.post(_of_class("class-register-export", places), asked | {"purpose": "report"})
    told = client.post(_of_class("class-register-export", places), asked | phone | {"purpose": "parents"})

    assert "chỉ lấy được cho mục đích" in refused.content.decode()
    assert "1 Nguyễn Thị Lan 07/10/2012 Mẹ: Phạm Thị Hoa Danh sách có 1 học sinh." in text_of(plain.content)
    assert "1 Nguyễn Thị Lan 07/10/2012 Mẹ: Phạm Thị Hoa, 0912345678 Danh sách có 1 học sinh." in text_of(told.content)
    signed = "GIÁO VIÊN CHỦ NHIỆM (Ký, ghi rõ họ tên) HIỆU TRƯỞNG (Ký tên, đóng dấu)"
    assert [f"{time} năm học {signed}" in text_of(told.content) for time in ("Đầu", "Cuối")] == [True, True]
    logged = [
        (one.data["format"], one.data["sensitive"]) for one in Event.objects.filter(kind="data:export").order_by("pk")
    ]
    assert logged == [("pdf", []), ("pdf", ["mother_phone"])]


def test_a_register_of_an_empty_class_says_how_pupils_come_into_it(places: Places, web_client: Callable) -> None:
    empty = b.school_class(places.school, "6B", "06", year=2024)
    client = web_client(places.accounts["clerk"])

    body = client.get(reverse("school:class-register-export", args=[empty.public_id])).content.decode()
    filtered = client.get(
        reverse("school:student-export", args=[places.school.unit.public_id]), {"tim": "Không Có Ai", "nam": "2024"}
    ).content.decode()

    assert "Lớp 6B chưa có học sinh. Quay lại trang lớp để thêm từng em, dán danh sách hoặc nhập từ Excel" in body
    assert "Điều kiện lọc" not in body
    assert "Điều kiện lọc hiện tại không tìm thấy dòng nào" in filtered


def test_a_register_as_a_sheet_has_a_column_for_each(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])

    asked = {"purpose": "parents", "format": "xlsx", "columns": ["full_name", "mother"], "sensitive": ["mother_phone"]}
    answer = client.post(_of_class("class-register-export", places), asked)

    assert _sheet(answer.content) == [
        ("Họ và tên", "Họ tên mẹ", "Điện thoại mẹ"),
        ("Nguyễn Thị Lan", "Phạm Thị Hoa", "0912345678"),
    ]


def test_a_pupils_record_on_paper(places: Places, web_client: Callable) -> None:
    student = places.own_pupil.student
    before = b.pupil(b.school_class(places.other_school, "6C", "06", year=2023), "promoted", name="thay")
    before.student, name = student, before.student
    before.save()
    name.delete()
    YearResult.objects.filter(enrolment_id=before.pk).update(learning_level="Tốt", training_level="Khá")
    ClassMove.objects.create(
        start_year=2024,
        enrolment=places.own_pupil,
        from_class=places.parallel_class,
        to_class=places.own_class,
        moved_on=dt.date(2024, 9, 9),
    )
    address = reverse("school:student-record-export", args=[student.public_id])
    asked = {"purpose": "work", "columns": ["full_name", "birth_date", "guardians", "years", "moves"]}

    clerk = web_client(places.accounts["clerk"]).post(address, asked | {"sensitive": ["guardian_phones"]})
    officer = web_client(places.accounts["office"]).post(address, asked)

    text = text_of(clerk.content)
    for told in (
        "HỒ SƠ HỌC SINH I. Học sinh Họ và tên: Nguyễn Thị Lan Ngày sinh: 07/10/2012",
        "II. Cha, mẹ, người giám hộ Quan hệ Họ và tên Năm sinh Nghề nghiệp, nơi làm việc Điện thoại "
        "Mẹ Phạm Thị Hoa 0912345678",
        "2024-2025 Trường THCS Tô Hiệu 7A Lên lớp, 01/07/2024 Đang học",
        "IV. Chuyển lớp Ngày Từ lớp Sang lớp 09/09/2024 7B 7A",
    ):
        assert told in text, told
    assert "Trường THCS Trương Công Định" not in text  # the neighbour's year is the neighbour's
    assert "6C Lên lớp, 01/07/2023 Đang học Được lên lớp. Học tập: Tốt; rèn luyện: Khá" in text_of(officer.content)
    assert "0912345678" not in text_of(officer.content)
    about = [
        (one.data["what"], one.data["about"], one.data["rows"])
        for one in Event.objects.filter(kind="data:export").order_by("pk")
    ]
    assert about == [("pupil_record", str(student.public_id), 1)] * 2


@pytest.mark.parametrize("page", ["class-pupils-export", "class-register-export"])
def test_a_name_that_looks_like_markup_is_only_text(places: Places, web_client: Callable, page: str) -> None:
    hostile = '#panic("x") *a* $b$'
    Student.objects.filter(pk=places.own_pupil.student_id).update(full_name=hostile)
    Guardian.objects.update(full_name=hostile)
    client = web_client(places.accounts["clerk"])

    asked = {"purpose": "work", "format": "pdf", "columns": ["full_name"]}
    answer = client.post(_of_class(page, places), asked)

    assert hostile in text_of(answer.content)


def test_the_classes_of_a_school_as_their_page_shows_them(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    address = reverse("school:class-export", args=[places.school.unit.public_id])
    asked = {"purpose": "check", "columns": ["stt", "name", "grade", "homeroom", "pupils", "girls"]}

    whole = client.post(f"{address}?nam=2024&sap-xep=-lop", asked)
    headless = client.post(f"{address}?nam=2024&chu-nhiem=chua", asked)
    teacher = web_client(places.accounts["homeroom"]).post(f"{address}?nam=2024", asked)

    assert _sheet(whole.content, "Lớp") == [
        ("STT", "Lớp", "Khối", "Giáo viên chủ nhiệm", "Sĩ số", "Nữ"),
        (1, "7B", "Khối 7", None, 1, 0),
        (2, "7A", "Khối 7", "Bùi Thu Trang", 1, 0),
    ]
    assert [row[1] for row in _sheet(headless.content, "Lớp")[1:]] == ["7B"]
    assert [row[1] for row in _sheet(teacher.content, "Lớp")[1:]] == ["7A"]


def test_the_staff_as_their_page_shows_them(places: Places, web_client: Callable) -> None:
    b.teacher(places.school, "Đinh Văn Anh", year=2024)
    client = web_client(places.accounts["head"])
    address = reverse("school:staff-export", args=[places.school.unit.public_id])
    asked = {"purpose": "report", "columns": ["stt", "full_name", "gender", "staff_group", "valid_from"]}

    whole = client.post(address, asked)
    one = client.post(f"{address}?tim=trang", asked)

    started = dt.datetime(2020, 8, 1)
    assert _sheet(whole.content, "Cán bộ, giáo viên")[1:] == [
        (1, "Đinh Văn Anh", "Nữ", "Giáo viên", started),
        (2, "Bùi Thu Trang", "Nữ", "Giáo viên", started),
    ]
    assert [row[1] for row in _sheet(one.content, "Cán bộ, giáo viên")[1:]] == ["Bùi Thu Trang"]
    assert client.post(address, asked | {"purpose": "parents"}).headers["Content-Type"].startswith("text/html")


def test_the_buttons_lead_to_the_files_with_the_filters_of_the_page(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    school = places.school.unit.public_id

    pupils = client.get(reverse("school:student-list", args=[school]) + "?khoi=07").content.decode()
    classes = client.get(reverse("school:class-list", args=[school]) + "?chu-nhiem=chua").content.decode()
    staff = client.get(reverse("school:staff-list", args=[school]) + "?tim=trang").content.decode()
    own = client.get(_of_class("class-detail", places) + "?sap-xep=-ten").content.decode()
    pupil = client.get(reverse("school:student-detail", args=[places.own_pupil.student.public_id])).content.decode()

    assert f'href="/truong/{school}/hoc-sinh/tai-ve/?khoi=07&amp;nam=2024"' in pupils
    assert f'href="/truong/{school}/lop/tai-ve/?chu-nhiem=chua&amp;nam=2024"' in classes
    assert f'href="/truong/{school}/can-bo/tai-ve/?tim=trang&amp;nam=2024"' in staff
    assert f'href="/lop/{places.own_class.public_id}/tai-ve/?sap-xep=-ten"' in own
    assert f'href="/lop/{places.own_class.public_id}/in-so/?sap-xep=-ten&amp;tep=pdf"' in own
    assert f'href="/hoc-sinh/{places.own_pupil.student.public_id}/in-ho-so/"' in pupil


def _of_duties(page: str, places: Places) -> str:
    return reverse(f"school:{page}", args=[places.school.unit.public_id]) + "?nam=2024&hk=1"


def test_the_grid_leaves_as_its_page_shows_it(places: Places, web_client: Callable) -> None:
    b.teaches(places.own_teacher, places.own_class)
    client = web_client(places.accounts["clerk"])
    address = _of_duties("assignment-export", places)
    columns = ["class", "homeroom", "mon_15"]

    page = client.get(_of_duties("assignment-list", places))
    sheet = client.post(address, {"purpose": "work", "columns": columns})
    every = [key for key, _ in client.get(address).context["form"].fields["columns"].choices]
    paper = client.post(address, {"purpose": "work", "columns": every, "format": "pdf"})

    assert page.context["export_url"] == address
    assert _sheet(sheet.content, "Phân công") == [
        ("Lớp", "Chủ nhiệm", "Toán"),
        ("7A", "Bùi Thu Trang", "Bùi Thu Trang"),
        ("7B", None, None),
    ]
    assert 'filename="bang-phan-cong-chuyen-mon-hoc-ki-i-' in sheet.headers["Content-Disposition"]
    assert is_pdf_a_2b(paper.content)
    assert "BẢNG PHÂN CÔNG CHUYÊN MÔN HỌC KÌ I" in text_of(paper.content)
    assert "học kì I" in client.get(address).content.decode()
    assert Event.objects.filter(kind="data:export", data__what="duty_grid").count() == 2


def test_the_grid_of_a_grade_is_not_named_after_another_level(places: Places, web_client: Callable) -> None:
    """A school of two levels: the grade that is chosen goes before the level that stands there by itself."""
    SchoolLevel.objects.create(school=places.school, start_year=2024, level_code="04")
    b.school_class(places.school, "10A", "10", year=2024)
    client = web_client(places.accounts["clerk"])
    address = _of_duties("assignment-export", places)
    asked = {"purpose": "work", "columns": ["class"]}

    of_level, of_grade = (client.post(address + more, asked).content for more in ("", "&khoi=07"))

    said = [" ".join(str(cell) for line in _sheet(file, "Thông tin") for cell in line) for file in (of_level, of_grade)]
    assert [("cấp Trung học phổ thông" in text, "Khối 7" in text) for text in said] == [(True, False), (False, True)]
    assert [_sheet(file, "Phân công") for file in (of_level, of_grade)] == [
        [("Lớp",), ("10A",)],
        [("Lớp",), ("7A",), ("7B",)],
    ]


def test_the_loads_leave_with_norm_and_difference(places: Places, web_client: Callable) -> None:
    b.teaches(places.own_teacher, places.own_class)
    client = web_client(places.accounts["clerk"])
    wanted = ["full_name", "subjects", "homeroom", "assigned", "reduction", "total", "norm", "difference", "state"]

    answer = client.post(_of_duties("load-export", places), {"purpose": "work", "columns": wanted})

    assert _sheet(answer.content, "Số tiết")[1:] == [
        ("Bùi Thu Trang", "Toán", "7A", 4, 4, 8, 19, -11, "Thiếu tiết"),
    ]


def test_the_neighbours_grid_is_not_found(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    for page in ("assignment-export", "load-export"):
        address = reverse(f"school:{page}", args=[places.other_school.unit.public_id]) + "?nam=2024"
        assert client.post(address, {"purpose": "work", "columns": ["stt"]}).status_code == 404
