"""Why can I see this? The page names right, paper, scope and the tie to the row, to each kind of holder."""

import datetime as dt
import re
from collections.abc import Callable, Iterator

import pytest
from django.db.models import Model
from django.urls import reverse

from csdl.accounts.models import Account
from csdl.delegation.actions import Wanted
from csdl.delegation.models import Commitment, Minutes
from csdl.lib import clock
from csdl.orgs.models import School
from csdl.reports.actions import open_period
from csdl.staff.models import StaffMember, StaffPosting
from csdl.students.models import Student
from tests import builders as b
from tests.delegation.place import TODAY, Place, on, person

pytestmark = pytest.mark.django_db
UNTIL = dt.date(2025, 11, 1)


@pytest.fixture
def place(db: None, settings, tmp_path) -> Iterator[Place]:
    settings.FILES_DIR = tmp_path / "files"
    with on(TODAY):
        yield Place()


@pytest.fixture
def read(web_client: Callable) -> Callable[..., str]:
    """The text of a page of reasons, as somebody reads it; tags gone, blanks squeezed."""

    def asked(who: StaffMember | Account, name: str, row: Model, *more: str, about: str = "") -> str:
        account = who if isinstance(who, Account) else Account.objects.get(pk=who.account_id)
        key = row.unit.public_id if isinstance(row, School) else row.public_id  # type: ignore[attr-defined]
        query = {"tai-khoan": about} if about else {}
        answer = web_client(account).get(reverse(name, args=[key, *more]), query)
        assert answer.status_code == 200, answer.status_code
        main = answer.content.decode().split("<main")[1].split("</main>")[0]
        return re.sub(r"\s+", " ", re.sub(r"<(?!a |/a)[^>]*>", " ", main))

    return asked


def _pupil(name: str) -> Student:
    return Student.objects.get(full_name=name)


def test_a_homeroom_teacher_reads_minutes_commitment_class_and_pupil(place: Place, read: Callable) -> None:
    place.signed(place.homeroom(place.lan, place.class_a))
    minutes, commitment = Minutes.objects.get(), Commitment.objects.get()

    text = read(place.lan, "school:student-why", _pupil("Em lớp A"))

    minutes_link = f'<a href="{reverse("desk:minutes", args=[minutes.public_id])}">{minutes.title}</a>'
    commitment_link = f'<a href="{reverse("desk:commitment", args=[commitment.public_id])}">{commitment.title}</a>'
    assert f"{minutes_link} , ký ngày 05/09/2024" in text.replace("</a>,", "</a> ,")
    assert f"{commitment_link} , ký ngày 05/09/2024" in text.replace("</a>,", "</a> ,")
    assert "Giáo viên chủ nhiệm</a>, từ 05/09/2024 đến hết 31/08/2025" in text
    assert "Lớp 7A của Trường THCS Tô Hiệu" in text
    assert "Em lớp A học lớp 7A, Trường THCS Tô Hiệu, năm học 2024-2025." in text


def test_the_papers_open_to_whom_the_page_names_them(place: Place, web_client: Callable) -> None:
    place.signed(place.homeroom(place.lan, place.class_a))
    pupil = _pupil("Em lớp A")
    client = web_client(Account.objects.get(pk=place.lan.account_id))

    page = client.get(reverse("school:student-why", args=[pupil.public_id])).content.decode()

    links = re.findall(r'href="(/[^"]*)"', page.split("<main")[1].split("</main>")[0])
    assert len([one for one in links if "bien-ban" in one or "cam-ket" in one or one.startswith("/quyen/")]) == 3
    assert {one: client.get(one).status_code for one in links if client.get(one).status_code != 200} == {}


def test_a_clerk_with_two_functions_reads_one_chain_for_each(place: Place, read: Callable) -> None:
    place.signed(
        Wanted(place.clerk.account_id, "student_records", TODAY, UNTIL),
        Wanted(place.clerk.account_id, "results", TODAY, UNTIL),
    )

    text = read(place.clerk, "school:student-why", _pupil("Em lớp B"))

    assert "vì 2 quyền" in text
    assert "Hồ sơ học sinh</a>, từ 05/09/2024 đến hết 31/10/2025" in text
    assert "Kết quả cuối năm</a>, từ 05/09/2024 đến hết 31/10/2025" in text
    assert text.count("Toàn Trường THCS Tô Hiệu") == 2


def test_an_officer_of_a_level_reads_the_level(place: Place, read: Callable, web_client: Callable) -> None:
    mixed = b.school("Trường TH và THCS Mới", parent=place.office, levels=("02", "03"), years=(2024,))
    young = b.pupil(b.school_class(mixed, "5A", "05", year=2024), None, name="Em tiểu học").student
    older = b.pupil(b.school_class(mixed, "6A", "06", year=2024), None, name="Em cấp hai").student
    officer = person(place.office, "Chuyên viên Tiểu học", "cv", position="24", group="09")
    wanted = Wanted(officer.account_id, "level_officer", TODAY, UNTIL, ("02",))
    place.signed(wanted, unit=place.office, actor=place.actor(place.chief))

    text = read(officer, "school:student-why", young)

    assert "và các đơn vị trực thuộc, cấp tiểu học" in text
    assert "Em tiểu học học lớp 5A, Trường TH và THCS Mới, năm học 2024-2025; thuộc tiểu học." in text
    client = web_client(Account.objects.get(pk=officer.account_id))
    assert client.get(reverse("school:student-why", args=[older.public_id])).status_code == 404


def test_the_department_reads_that_it_sees_all(place: Place, read: Callable) -> None:
    account = b.account("so", "department_admin", b.department())

    text = read(account, "school:student-why", _pupil("Em lớp A"))

    assert "Quyền này xem được mọi đơn vị trong tỉnh, nên xem được Em lớp A." in text
    assert "Khởi tạo hệ thống Chưa có văn bản" in text


def test_a_head_reads_decision_and_posting_of_a_member_of_staff(place: Place, read: Callable) -> None:
    text = read(place.head, "school:staff-why", place.lan)

    assert "Quyết định số 12/QĐ ngày 20/07/2021: thủ trưởng Trường THCS Tô Hiệu" in text
    assert "cho đến khi thôi giữ chức" in text
    assert "Nguyễn Thị Lan công tác tại Trường THCS Tô Hiệu từ 01/08/2020." in text
    assert "chính tôi" not in text
    assert "Đây cũng là hồ sơ của chính tôi." in read(place.head, "school:staff-why", place.head)


def test_an_officer_reads_of_which_level_a_member_of_staff_is(place: Place, read: Callable) -> None:
    mixed = b.school("Trường TH và THCS Mới", parent=place.office, levels=("02", "03"), years=(2024,))
    teacher = b.teacher(mixed, "Cô Giáo Tiểu Học", year=2024)
    StaffPosting.objects.filter(staff=teacher).update(level_codes=["02"])
    account = b.account("cv", "level_officer", place.office)
    account.grants.update(level_codes=["02"])

    text = read(account, "school:staff-why", teacher)

    assert "Cô Giáo Tiểu Học công tác tại Trường TH và THCS Mới từ 01/08/2020; thuộc tiểu học." in text


def test_out_of_reach_there_is_no_reason_to_read(place: Place, web_client: Callable) -> None:
    place.signed(place.homeroom(place.lan, place.class_a))
    others = [_pupil(name) for name in ("Em lớp B", "Em láng giềng")]
    client = web_client(Account.objects.get(pk=place.lan.account_id))

    for row in others:
        assert client.get(reverse("school:student-why", args=[row.public_id])).status_code == 404
    assert client.get(reverse("school:staff-why", args=[place.mai.public_id])).status_code == 403


def test_a_head_asks_why_an_account_of_the_school_sees_a_pupil_and_why_not(place: Place, read: Callable) -> None:
    place.signed(place.homeroom(place.lan, place.class_a))
    lan = Account.objects.get(pk=place.lan.account_id).username

    sees = read(place.head, "school:student-why", _pupil("Em lớp A"), about=lan)
    not_seen = read(place.head, "school:student-why", _pupil("Em lớp B"), about=lan)
    about_staff = read(place.head, "school:staff-why", place.lan, about=lan)

    assert "Nguyễn Thị Lan xem được hồ sơ học sinh của Em lớp A vì:" in sees
    assert "Giáo viên chủ nhiệm</a>, từ 05/09/2024 đến hết 31/08/2025" in sees
    assert "Em lớp A học lớp 7A, Trường THCS Tô Hiệu, năm học 2024-2025." in sees
    assert "Nguyễn Thị Lan không xem được hồ sơ học sinh của Em lớp B : không quyền nào đang có hiệu lực" in not_seen
    assert "vì đây là hồ sơ của chính người ấy." in about_staff


def test_who_may_not_read_the_rights_asks_about_nobody_else(place: Place, read: Callable) -> None:
    place.signed(place.homeroom(place.lan, place.class_a))
    head = Account.objects.get(pk=place.head.account_id).username

    text = read(place.lan, "school:student-why", _pupil("Em lớp A"), about=head)

    assert "Hỏi cho tài khoản" not in text
    assert "Tôi xem được hồ sơ học sinh của Em lớp A vì:" in text


def test_nobody_is_asked_about_who_has_no_right_or_posting_there(place: Place, read: Callable) -> None:
    chief = Account.objects.get(pk=place.chief.account_id).username

    text = read(place.head, "school:student-why", _pupil("Em lớp A"), about=chief)

    assert "Tôi xem được" in text
    assert f"({chief})" not in text


def test_classes_schools_and_reports_have_their_reasons(place: Place, read: Callable, web_client: Callable) -> None:
    begin = dt.datetime(2024, 10, 7, 17, tzinfo=clock.LOCAL_ZONE)
    open_period(
        actor=b.SYSTEM, start_year=2024, kind="BOY", snapshot_on=dt.date(2024, 9, 30),
        due={"school": begin, "office": begin + dt.timedelta(days=8)}, code="2024-dau-nam",
    )  # fmt: skip
    place.signed(place.homeroom(place.lan, place.class_a))
    lan = Account.objects.get(pk=place.lan.account_id).username

    of_class = read(place.lan, "school:class-why", place.class_a)
    of_school = read(place.head, "school:school-why", place.school)
    of_report = read(place.head, "school:report-why", place.school, "2024-dau-nam", "03")
    of_teacher = read(place.head, "school:report-why", place.school, "2024-dau-nam", "03", about=lan)

    assert "Tôi xem được lớp và phân công của Lớp 7A vì:" in of_class
    assert "Lớp 7A thuộc Trường THCS Tô Hiệu, năm học 2024-2025." in of_class
    assert "Hồ sơ, điểm trường, phòng là của Trường THCS Tô Hiệu." in of_school
    assert "Quyết định số 12/QĐ ngày 20/07/2021" in of_report
    assert "Báo cáo là của Trường THCS Tô Hiệu" in of_report
    assert "Nguyễn Thị Lan không xem được báo cáo" in of_teacher
    client = web_client(Account.objects.get(pk=place.lan.account_id))
    assert client.get(reverse("school:class-why", args=[place.class_b.public_id])).status_code == 404
    page = client.get(reverse("school:class-detail", args=[place.class_a.public_id])).content.decode()
    assert reverse("school:class-why", args=[place.class_a.public_id]) in page


def test_the_profiles_lead_to_it(place: Place, web_client: Callable) -> None:
    pupil = _pupil("Em lớp A")
    client = web_client(Account.objects.get(pk=place.head.account_id))
    for kind, row in (("student", pupil), ("staff", place.lan)):
        page = client.get(reverse(f"school:{kind}-detail", args=[row.public_id])).content.decode()
        assert reverse(f"school:{kind}-why", args=[row.public_id]) in page
