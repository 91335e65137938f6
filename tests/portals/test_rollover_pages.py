"""The rollover pages under the web role: who may do what, what each page says, nothing of a neighbour."""

import datetime as dt
import io

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from csdl.audit.models import Event
from csdl.jobs.models import Job
from csdl.orgs.models import School
from csdl.rollover import tasks
from csdl.rollover.actions import plan_rollover, roll_over
from csdl.rollover.models import Choice, PlanClass, PlanRow, SchoolRollover
from csdl.rollover.plan_file import PLAN
from csdl.years.models import ClassMove, Enrolment
from tests import builders as b
from tests.portals.turning import Turning

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Turning:
    return Turning()


def page(name: str, school: School, *more: object) -> str:
    return reverse(f"school:{name}", args=[school.unit.public_id, *more])


def run_last_job() -> Job:
    """What the worker does, as the owner."""
    job = Job.objects.latest("pk")
    work = {"rollover:run": tasks.run_batch, "rollover:undo": tasks.undo_batch, "rollover:plan": tasks.plan_batch}
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    work[job.kind](job.pk)
    job.refresh_from_db()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE csdl_test_app")
    return job


@pytest.mark.parametrize(
    ("who", "look", "plan", "run"),
    [("head", 200, 302, 200), ("clerk", 200, 302, 403), ("teacher", 403, 403, 403), ("officer", 200, 302, 200)],
)
def test_each_role_finds_its_part(place: Turning, web_client, who: str, look: int, plan: int, run: int) -> None:
    client: Client = web_client(getattr(place, who))

    statuses = (
        client.get(page("rollover", place.school)).status_code,
        client.post(page("rollover-plan", place.school)).status_code,
        client.get(page("rollover-run", place.school)).status_code,
    )

    assert statuses == (look, plan, run)


def test_a_neighbour_school_does_not_exist(place: Turning, web_client) -> None:
    client = web_client(place.head)

    addresses = [
        page("rollover", place.neighbour),
        page("rollover-run", place.neighbour),
        page("rollover-undo", place.neighbour),
        page("rollover-plan-export", place.neighbour),
        page("rollover-pupil", place.neighbour, place.stranger.student.public_id),
        page("rollover-pupil", place.school, place.stranger.student.public_id),
    ]

    assert [client.get(address).status_code for address in addresses] == [404] * 6
    assert client.post(page("rollover-plan", place.neighbour)).status_code == 404


def test_head_turns_the_year_from_plan_to_undo(place: Turning, web_client) -> None:
    client = web_client(place.head)

    client.post(page("rollover-plan", place.school))
    planned = client.get(page("rollover", place.school)).content.decode()
    fingerprint = SchoolRollover.objects.get(school=place.school).fingerprint
    asked = client.post(page("rollover-run", place.school), {"fingerprint": fingerprint})
    waiting = client.get(asked["Location"]).content.decode()
    job = run_last_job()
    polled = client.get(asked["Location"], headers={"HX-Request": "true"}).content.decode()
    ran = client.get(page("rollover", place.school)).content.decode()
    client.post(page("rollover-confirm", place.school))
    confirmed = client.get(page("rollover", place.school)).content.decode()
    client.post(page("rollover-undo", place.school))
    taken_back = run_last_job()
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")

    assert "Đã lập kế hoạch cho 5 học sinh, 2 trường hợp cần xem." in planned
    assert "Đang chờ" in waiting
    assert 'hx-trigger="every 1s"' in waiting
    assert (job.state, job.result["created"]) == ("done", 2)
    assert "hx-trigger" not in polled
    assert "Chờ xác nhận" in ran
    assert "Kết quả lần chạy gần nhất" in ran
    assert "Đã xác nhận" in confirmed
    assert taken_back.state == "done"
    assert Enrolment.objects.filter(start_year=2024).count() == 0


def test_exceptions_stand_first_with_their_reason(place: Turning, web_client) -> None:
    plan_rollover(actor=b.SYSTEM, from_year=2023)
    client = web_client(place.clerk)

    response = client.get(page("rollover", place.school))

    shown = [(row.student.full_name, rule.code) for row, rule, _ in response.context["listing"].items]
    assert shown == [
        ("Lê Thị Chờ", "C2"),
        ("Phạm Văn Hòa Nhập", "C4"),
        ("Nguyễn Thị Lan", "T1"),
        ("Trần Văn Mạnh", "T2"),
        ("Đỗ Thị Xong", "T3"),
    ]
    assert "Nhập kết quả đánh giá lại." in response.content.decode()


def test_the_plan_asks_as_often_for_many_pupils_as_for_few(place: Turning, web_client) -> None:
    plan_rollover(actor=b.SYSTEM, from_year=2023)
    address = page("rollover", place.school)
    client = web_client(place.clerk)
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    for _ in range(5):
        b.pupil(place.class_8b)
    plan_rollover(actor=b.SYSTEM, from_year=2023)
    client = web_client(place.clerk)
    client.get(address)

    with CaptureQueriesContext(connection) as more:
        client.get(address)

    assert len(more) == len(few)


def test_who_was_pending_goes_later_and_a_stale_plan_is_not_changed(place: Turning, web_client) -> None:
    roll_over(actor=b.SYSTEM, from_year=2023)
    client = web_client(place.head)

    stale = client.post(
        page("rollover-pupil", place.school, place.promoted.student.public_id), {"lop": str(place.class_8b.public_id)}
    )
    client.post(page("rollover-plan", place.school))
    nothing = client.get(page("rollover-run", place.school)).content.decode()
    client.post(
        page("rollover-pupil", place.school, place.not_assessed.student.public_id),
        {"quyet-dinh": "retain", "can-cu": "Gia đình đề nghị"},
    )
    more = client.get(page("rollover-run", place.school)).content.decode()
    fingerprint = SchoolRollover.objects.get(school=place.school).fingerprint
    client.post(page("rollover-run", place.school), {"fingerprint": fingerprint})
    job = run_last_job()

    assert (stale.status_code, "ROL-03" in stale.content.decode()) == (409, True)
    assert "Không còn em nào để chuyển thêm" in nothing
    assert "Tạo thêm 1 hồ sơ học sinh" in more
    assert (job.state, job.result["created"], job.result["pending"]) == ("done", 1, 1)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"tim": "nguyen thi lan"}, ["Nguyễn Thị Lan"]),
        ({"xu-ly": "retain"}, ["Trần Văn Mạnh"]),
        ({"quy-tac": "T3"}, ["Đỗ Thị Xong"]),
        ({"xu-ly": "can-xem"}, ["Lê Thị Chờ", "Phạm Văn Hòa Nhập"]),
    ],
)
def test_pupils_are_narrowed_by_the_address(place: Turning, web_client, query: dict, names: list[str]) -> None:
    plan_rollover(actor=b.SYSTEM, from_year=2023)
    client = web_client(place.clerk)

    response = client.get(page("rollover", place.school), query, headers={"HX-Request": "true"})

    assert [row.student.full_name for row, _, _ in response.context["listing"].items] == names
    assert 'class="chips"' in response.content.decode()


def test_clerk_renames_a_class_and_a_refused_name_stays_typed(place: Turning, web_client) -> None:
    plan_rollover(actor=b.SYSTEM, from_year=2023)
    client = web_client(place.clerk)

    kept = client.post(page("rollover-rename", place.school), {"lop": str(place.class_8a.public_id), "ten": "9 Toán"})
    refused = client.post(
        page("rollover-rename", place.school), {"lop": str(place.class_8b.public_id), "ten": "9 Toán"}
    )

    assert kept.status_code == 302
    assert PlanClass.objects.get(source_class=place.class_8a).name == "9 Toán"
    assert refused.status_code == 409
    assert "ROL-06" in refused.content.decode()
    assert refused.context["typed"] == {PlanClass.objects.get(source_class=place.class_8b).pk: "9 Toán"}


def test_clerk_sends_a_pupil_into_another_class(place: Turning, web_client) -> None:
    plan_rollover(actor=b.SYSTEM, from_year=2023)
    client = web_client(place.clerk)

    response = client.post(
        page("rollover-pupil", place.school, place.promoted.student.public_id) + "?xu-ly=promote",
        {"lop": str(place.class_8b.public_id)},
    )

    assert response["Location"] == f"{page('rollover', place.school)}?xu-ly=promote#hoc-sinh"
    assert PlanRow.objects.get(enrolment_id=place.promoted.pk).plan_class.name == "9B"


def test_only_the_head_decides_and_says_why(place: Turning, web_client) -> None:
    plan_rollover(actor=b.SYSTEM, from_year=2023)
    address = page("rollover-pupil", place.school, place.not_assessed.student.public_id)
    decision = {"quyet-dinh": "promote", "can-cu": "Quyết định số 12/QĐ-THCS"}

    clerk = web_client(place.clerk)
    told = clerk.get(address).content.decode()
    refused = clerk.post(address, decision).status_code
    head = web_client(place.head)
    without_note = head.post(address, {"quyet-dinh": "promote", "can-cu": " "})
    decided = head.post(address, decision)

    assert "do thủ trưởng đơn vị quyết định" in told
    assert refused == 403
    assert without_note.status_code == 409
    assert "Chưa ghi căn cứ" in without_note.content.decode()
    assert decided.status_code == 302
    assert PlanRow.objects.get(enrolment_id=place.not_assessed.pk).rule_code == "K1"
    assert Choice.objects.get(enrolment_id=place.not_assessed.pk).note == "Quyết định số 12/QĐ-THCS"


def test_plan_downloads_as_a_workbook_without_identity_numbers_or_formulas(place: Turning, web_client) -> None:
    b.pupil(place.class_8a, name='=HYPERLINK("http://x")', citizen_id_no="031204001845")
    plan_rollover(actor=b.SYSTEM, from_year=2023)
    client = web_client(place.clerk)

    address = page("rollover-plan-export", place.school)
    columns = [one.key for one in PLAN.columns]
    without_purpose = client.post(address, {"columns": columns})
    response = client.post(address, {"purpose": "check", "columns": columns})

    assert "Hãy chọn mục đích sử dụng dữ liệu" in without_purpose.content.decode()
    taken = Event.objects.get(kind="data:export").data
    assert (taken["what"], taken["purpose"], taken["persons"]) == ("rollover_plan", "check", taken["rows"])
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    classes, pupils = book["Lớp"], book["Học sinh"]
    cells = [str(cell.value) for sheet in book for row in sheet for cell in row if cell.value is not None]
    assert response["Content-Disposition"].startswith("attachment")
    assert [cell.value for cell in classes[1]][:2] == ["Lớp cũ", "Lớp mới"]
    assert ("8A", "9A") in [(row[0].value, row[1].value) for row in classes.iter_rows(min_row=2)]
    assert [cell.value for cell in pupils[2]][1] == "Lê Thị Chờ"
    assert not [cell for cell in cells if "031204001845" in cell or cell.startswith("=")]
    assert '\'=HYPERLINK("http://x")' in cells


def test_a_changed_plan_is_not_run(place: Turning, web_client) -> None:
    client = web_client(place.head)
    client.post(page("rollover-plan", place.school))

    asked = client.post(page("rollover-run", place.school), {"fingerprint": "0000"})
    job = run_last_job()

    shown = client.get(asked["Location"]).content.decode()
    assert (job.state, "ROL-03" in shown) == ("failed", True)
    assert "Lần yêu cầu gần nhất không thành công" in client.get(page("rollover", place.school)).content.decode()


def test_nothing_is_changed_under_a_running_job(place: Turning, web_client) -> None:
    client = web_client(place.head)
    client.post(page("rollover-plan", place.school))
    client.post(page("rollover-run", place.school), {"fingerprint": "0000"})

    again = client.post(page("rollover-run", place.school), {"fingerprint": "0000"})
    planned = client.post(page("rollover-plan", place.school))

    assert (again.status_code, planned.status_code, Job.objects.count()) == (409, 409, 1)
    assert "ROL-09" in planned.content.decode()


def test_what_the_web_role_plans_the_owner_plans_too(place: Turning, web_client) -> None:
    """A pupil claimed by another school is hidden from the clerk, yet the plan must say so, or no run would ever go."""
    Enrolment.objects.create(
        start_year=2024,
        student=place.promoted.student,
        school=place.neighbour,
        grade_code="09",
        enrolled_on=dt.date(2024, 7, 20),
        admission_kind="1",
    )
    client = web_client(place.head)

    client.post(page("rollover-plan", place.school))
    by_web = SchoolRollover.objects.get(school=place.school).fingerprint
    client.post(page("rollover-run", place.school), {"fingerprint": by_web})
    job = run_last_job()

    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    assert PlanRow.objects.get(enrolment_id=place.promoted.pk).rule_code == "C6"
    assert (job.state, job.result.get("created")) == ("done", 1)


def test_undo_names_who_keeps_it_from_going_through(place: Turning, web_client) -> None:
    roll_over(actor=b.SYSTEM, from_year=2023)
    moved = Enrolment.objects.get(start_year=2024, student=place.promoted.student)
    ClassMove.objects.create(
        start_year=2024, enrolment=moved, from_class=moved.school_class, to_class=None, moved_on=dt.date(2024, 9, 6)
    )
    client = web_client(place.head)

    preview = client.get(page("rollover-undo", place.school)).content.decode()
    client.post(page("rollover-undo", place.school))
    refused = run_last_job()
    client.post(page("rollover-undo", place.school), {"giu": "1"})
    done = run_last_job()

    assert "Nguyễn Thị Lan" in preview
    assert "đã chuyển lớp trong năm học mới" in preview
    assert (refused.state, "ROL-04" in refused.message) == ("failed", True)
    assert done.state == "done"
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    assert list(Enrolment.objects.filter(start_year=2024, school=place.school)) == [moved]


def test_a_school_without_pupils_says_so(place: Turning, web_client) -> None:
    empty = b.school("Trường THCS Mới Mở", parent=place.office)
    head = b.account("moimo", "school_head", empty.unit)
    client = web_client(head)

    client.post(page("rollover-plan", empty))
    shown = client.get(page("rollover", empty)).content.decode()

    assert "Không có học sinh nào cuối năm học này" in shown
    assert "Không có lớp nào để chuyển" in shown


def test_a_target_year_that_is_not_open_is_said_on_the_page(place: Turning, web_client) -> None:
    from csdl.years.models import SchoolYear

    SchoolYear.objects.filter(pk=2024).update(state="planned")
    client = web_client(place.clerk)

    response = client.post(page("rollover-plan", place.school))

    assert response.status_code == 409
    assert "ROL-01" in response.content.decode()


# The authority's board


def test_board_starts_from_schools_and_its_last_line_is_the_sum(place: Turning, web_client) -> None:
    roll_over(actor=b.SYSTEM, from_year=2023, unit=place.school.unit)
    b.school("Trường THCS Quận Khác", parent=b.office("Phòng GDĐT quận Khác"))
    client = web_client(place.officer)

    response = client.get(reverse("authority:rollover-board"))

    lines = [
        (row.unit.name, row.word, row.figures[0][1], row.figures[6][1]) for row in response.context["listing"].items
    ]
    totals = response.context["totals"]
    assert lines == [
        ("Trường THCS Kế Bên", "Chưa lập kế hoạch", None, None),
        ("Trường THCS Tô Hiệu", "Đã chạy, chờ xác nhận", 5, 2),
    ]
    assert (totals.schools, totals.waiting, totals.ran, totals.came_in, totals.created) == (2, 1, 1, 5, 2)
    assert totals.came_in == (totals.promoted + totals.retained + totals.completed + totals.pending + totals.has_left)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"trang-thai": "chua-lap"}, ["Trường THCS Kế Bên"]),
        ({"trang-thai": "chua-chay"}, ["Trường THCS Kế Bên"]),
        ({"trang-thai": "done"}, ["Trường THCS Tô Hiệu"]),
        ({"tim": "to hieu"}, ["Trường THCS Tô Hiệu"]),
        ({"sap-xep": "-co-mat"}, ["Trường THCS Tô Hiệu", "Trường THCS Kế Bên"]),
        ({"cap": "02"}, []),
    ],
)
def test_board_is_narrowed_and_sorted_by_the_address(place: Turning, web_client, query: dict, names: list[str]) -> None:
    roll_over(actor=b.SYSTEM, from_year=2023, unit=place.school.unit)
    client = web_client(place.officer)

    response = client.get(reverse("authority:rollover-board"), query, headers={"HX-Request": "true"})

    assert [row.unit.name for row in response.context["listing"].items] == names


def test_board_asks_as_often_for_three_schools_as_for_one(place: Turning, web_client) -> None:
    client = web_client(place.officer)
    address = reverse("authority:rollover-board")
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    for name in ("Trường THCS Ba", "Trường THCS Bốn"):
        b.school(name, parent=place.office)
    client = web_client(place.officer)
    client.get(address)

    with CaptureQueriesContext(connection) as more:
        client.get(address)

    assert len(more) == len(few)


def test_office_plans_and_runs_its_group_in_the_background(place: Turning, web_client) -> None:
    client = web_client(place.officer)
    address = reverse("authority:rollover-group", args=[place.office.public_id])

    before = client.get(address, {"viec": "lap"}).content.decode()
    client.post(address, {"viec": "lap"})
    planned = run_last_job()
    told = client.get(address, {"viec": "chay"}).content.decode()
    asked = client.post(address, {"viec": "chay"})
    ran = run_last_job()
    shown = client.get(asked["Location"]).content.decode()

    assert "2 trường" in before
    assert (planned.state, planned.result["schools"]) == ("done", 2)
    assert "tạo 3 hồ sơ học sinh" in told
    assert (ran.state, ran.result["created"]) == ("done", 3)
    assert "Về bảng theo dõi" in shown


@pytest.mark.parametrize("who", ["head", "clerk", "teacher"])
def test_group_acts_belong_to_the_authority(place: Turning, web_client, who: str) -> None:
    client = web_client(getattr(place, who))

    address = reverse("authority:rollover-group", args=[place.office.public_id])

    assert client.post(address, {"viec": "chay"}).status_code in (403, 404)
    assert Job.objects.count() == 0


def test_office_reads_a_schools_plan_without_its_buttons(place: Turning, web_client) -> None:
    plan_rollover(actor=b.SYSTEM, from_year=2023)
    client = web_client(place.officer)

    shown = client.get(page("rollover", place.school)).content.decode()

    assert "Nguyễn Thị Lan" in shown
    assert "Lập lại kế hoạch" not in shown
    assert "Xem trước khi chạy" not in shown


# Undo of a group


def undo_page(place: Turning) -> str:
    return reverse("authority:rollover-group-undo", args=[place.office.public_id])


def owner() -> None:
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def test_office_takes_back_a_whole_group_after_seeing_the_numbers(place: Turning, web_client) -> None:
    roll_over(actor=b.SYSTEM, from_year=2023, unit=place.office)
    client = web_client(place.officer)

    board = client.get(reverse("authority:rollover-board")).content.decode()
    preview = client.get(undo_page(place))
    unread = client.post(undo_page(place))
    asked = client.post(undo_page(place), {"dong-y": "1"})
    job = run_last_job()
    shown = client.get(asked["Location"]).content.decode()
    after = client.get(undo_page(place)).content.decode()
    owner()

    seen = preview.context["preview"]
    assert undo_page(place) in board
    assert (seen.schools_run, seen.confirmed, seen.created, seen.schools) == (2, 0, 3, [])
    assert (unread.status_code, "ROL-10" in unread.content.decode()) == (409, True)
    assert (job.state, job.result["undone"], job.result["created"], job.result["kept"]) == ("done", 2, 0, [])
    assert "trọn vẹn 2 trường" in shown
    assert "Chưa có gì để hoàn tác" in after
    assert Enrolment.objects.filter(start_year=2024).count() == 0


def test_group_undo_names_the_schools_that_hold_it_and_keeps_what_newer_facts_need(place: Turning, web_client) -> None:
    roll_over(actor=b.SYSTEM, from_year=2023, unit=place.office)
    moved = Enrolment.objects.get(start_year=2024, student=place.promoted.student)
    ClassMove.objects.create(
        start_year=2024, enrolment=moved, from_class=moved.school_class, to_class=None, moved_on=dt.date(2024, 9, 6)
    )
    client = web_client(place.officer)

    preview = client.get(undo_page(place))
    client.post(undo_page(place), {"dong-y": "1"})
    refused = run_last_job()
    asked = client.post(undo_page(place), {"dong-y": "1", "giu": "1"})
    done = run_last_job()
    shown = client.get(asked["Location"]).content.decode()
    owner()

    why = "đã chuyển lớp trong năm học mới (1)"
    assert preview.context["held"] == [(place.school.unit, 1, why)]
    assert "Hoàn tác phần còn lại" in preview.content.decode()
    assert (refused.state, "ROL-04" in refused.message) == ("failed", True)
    assert (done.state, done.result["undone"], done.result["kept"]) == (
        "done",
        1,
        [{"school_id": place.school.pk, "reason": why}],
    )
    assert page("rollover-undo", place.school) in shown
    assert list(Enrolment.objects.filter(start_year=2024)) == [moved]


def test_group_undo_waits_for_what_is_going_on(place: Turning, web_client) -> None:
    roll_over(actor=b.SYSTEM, from_year=2023, unit=place.office)
    client = web_client(place.officer)
    client.post(undo_page(place), {"dong-y": "1"})

    again = client.post(undo_page(place), {"dong-y": "1"})

    assert (again.status_code, "ROL-09" in again.content.decode(), Job.objects.count()) == (409, True, 1)


@pytest.mark.parametrize(("who", "status"), [("head", 404), ("clerk", 403), ("teacher", 403)])
def test_group_undo_belongs_to_the_authority(place: Turning, web_client, who: str, status: int) -> None:
    client = web_client(getattr(place, who))

    found = [client.get(undo_page(place)).status_code, client.post(undo_page(place), {"dong-y": "1"}).status_code]

    assert (found, Job.objects.count()) == ([status, status], 0)


def test_group_undo_reaches_no_other_office(place: Turning, web_client) -> None:
    other = b.office("Phòng GDĐT quận Khác")
    far = b.school("Trường THCS Quận Khác", parent=other)
    stays = b.pupil(b.school_class(far, "8A", "08"))
    roll_over(actor=b.SYSTEM, from_year=2023)
    client = web_client(place.officer)

    elsewhere = client.get(reverse("authority:rollover-group-undo", args=[other.public_id])).status_code
    client.post(undo_page(place), {"dong-y": "1"})
    run_last_job()
    owner()

    assert elsewhere == 404
    assert [one.student_id for one in Enrolment.objects.filter(start_year=2024)] == [stays.student_id]


def test_the_preview_asks_as_often_for_many_schools_as_for_one(place: Turning, web_client) -> None:
    roll_over(actor=b.SYSTEM, from_year=2023, unit=place.school.unit)
    client = web_client(place.officer)
    client.get(undo_page(place))
    with CaptureQueriesContext(connection) as one:
        client.get(undo_page(place))
    owner()
    for _ in range(3):
        b.pupil(b.school_class(b.school(parent=place.office), "8A", "08"))
    roll_over(actor=b.SYSTEM, from_year=2023, unit=place.office)
    client = web_client(place.officer)
    client.get(undo_page(place))

    with CaptureQueriesContext(connection) as more:
        client.get(undo_page(place))

    assert len(more) == len(one)
