"""Home, jobs, help, the demo's clock, sign-in."""

import datetime as dt
import uuid
from collections.abc import Callable

import pytest
from django.db import connection
from django.http import HttpResponse
from django.urls import reverse

from csdl.accounts.errors import InvalidRecord
from csdl.jobs.models import Job
from csdl.lib import clock
from csdl.portals.components.errors import SpokenErrorsMiddleware
from csdl.portals.desk.help import TOPICS
from csdl.students.models import Guardian, Student
from csdl.years.models import Enrolment
from tests import builders as b
from tests.portals.places import Places

pytestmark = pytest.mark.django_db


def _tasks(client) -> list[tuple[int | None, str]]:
    return [(task.count, task.text) for task in client.get(reverse("desk:home")).context["tasks"]]


def test_home_names_the_gaps_of_the_current_year(places: Places, web_client: Callable) -> None:
    clock.move_to(dt.datetime(2024, 5, 1, 8, tzinfo=clock.LOCAL_ZONE))
    Student.objects.filter(pk=places.own_pupil.student_id).update(citizen_id_no="")
    Student.objects.filter(pk=places.parallel_pupil.student_id).update(citizen_id_no="031212000001")
    client = web_client(places.accounts["clerk"])

    assert _tasks(client) == [
        (1, "lớp chưa có giáo viên chủ nhiệm, năm học 2024-2025"),
        (1, "học sinh chưa có số định danh cá nhân, năm học 2024-2025"),
        (1, "học sinh chưa có số điện thoại liên hệ, năm học 2024-2025"),
        (2, "học sinh chưa có địa chỉ thường trú, nơi ở, năm học 2024-2025"),
    ]


def test_a_homeroom_teacher_has_the_gaps_of_the_own_class(places: Places, web_client: Callable) -> None:
    clock.move_to(dt.datetime(2024, 5, 1, 8, tzinfo=clock.LOCAL_ZONE))
    Student.objects.filter(pk=places.own_pupil.student_id).update(citizen_id_no="", ethnic_code="")
    client = web_client(places.accounts["homeroom"])

    assert _tasks(client) == [
        (1, "học sinh chưa có số định danh cá nhân, năm học 2024-2025"),
        (1, "học sinh chưa có địa chỉ thường trú, nơi ở, năm học 2024-2025"),
        (1, "học sinh chưa ghi dân tộc, năm học 2024-2025"),
    ]


@pytest.mark.parametrize("role", ["clerk", "homeroom"])
def test_every_gap_leads_to_exactly_its_pupils(places: Places, web_client: Callable, role: str) -> None:
    clock.move_to(dt.datetime(2024, 5, 1, 8, tzinfo=clock.LOCAL_ZONE))
    Student.objects.update(citizen_id_no="", ethnic_code="")
    Guardian.objects.update(phone="")
    Enrolment.objects.update(needs_confirmation=True)
    unplaced = b.pupil(places.own_class, None)
    Enrolment.objects.filter(pk=unplaced.pk).update(school_class=None, first_class=None)
    client = web_client(places.accounts[role])

    tasks = [task for task in client.get(reverse("desk:home")).context["tasks"] if "hoc-sinh" in task.url]
    counts = {task.text: client.get(task.url).context["listing"].total for task in tasks}

    assert len(tasks) == (6 if role == "clerk" else 5)
    assert counts == {task.text: task.count for task in tasks}


def test_an_authority_sees_the_units_below(places: Places, web_client: Callable) -> None:
    clock.move_to(dt.datetime(2024, 8, 15, 8, tzinfo=clock.LOCAL_ZONE))
    client = web_client(places.accounts["department"])

    (line,) = client.get(reverse("desk:home")).context["board"]
    shown = client.get(line.url).context["listing"]

    assert (line.name, line.schools, line.ran) == ("Phòng GDĐT quận Lê Chân", 2, 0)
    assert shown.total == 2


def test_home_without_work_says_so(places: Places, web_client: Callable) -> None:
    clock.move_to(dt.datetime(2024, 5, 1, 8, tzinfo=clock.LOCAL_ZONE))
    Student.objects.filter(pk=places.own_pupil.student_id).update(current_address="12 Tô Hiệu")
    client = web_client(places.accounts["homeroom"])

    assert "Không còn việc nào đang chờ" in client.get(reverse("desk:home")).content.decode()


def test_each_counted_task_leads_to_a_list_of_as_many(places: Places, web_client: Callable) -> None:
    clock.move_to(dt.datetime(2024, 8, 15, 8, tzinfo=clock.LOCAL_ZONE))
    old_class = b.school_class(places.school, "6A", "06", year=2023)
    b.pupil(old_class, "promoted")
    b.pupil(old_class, None)
    b.pupil(old_class, "pending_reassessment")
    client = web_client(places.accounts["clerk"])

    tasks = [task for task in client.get(reverse("desk:home")).context["tasks"] if task.count]
    counts = {}
    for task in tasks:
        context = client.get(task.url).context
        counts[task.text] = len(context["rows"]) if "rows" in context else context["listing"].total

    assert counts == {task.text: task.count for task in tasks}
    assert counts["học sinh chưa có kết quả cuối năm học 2023-2024"] == 2


def test_who_only_looks_on_has_no_task_of_others(places: Places, web_client: Callable) -> None:
    clock.move_to(dt.datetime(2024, 8, 15, 8, tzinfo=clock.LOCAL_ZONE))
    b.pupil(b.school_class(places.school, "6A", "06", year=2023), None)
    told = {}
    for name in ("head", "clerk"):
        home = web_client(places.accounts[name]).get(reverse("desk:home"))
        told[name] = [(task.text.split(" năm học")[0], task.state) for task in home.context["tasks"]]
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
    inspector = b.account("thanh.tra", "inspector", places.school.unit)
    officer = b.account("thanh.tra.phong", "inspector", places.office)

    turn, results = "Kết chuyển dữ liệu từ", "học sinh chưa có kết quả cuối"
    assert {(turn, "Chưa chạy"), (results, "Cần làm")} <= set(told["head"])
    assert {(turn, "Chưa chạy"), (results, "Theo dõi")} <= set(told["clerk"])
    assert _tasks(web_client(inspector)) == []
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    below = web_client(officer).get(reverse("desk:home")).context["tasks"]
    assert {task.state for task in below} == {"Theo dõi"}


def test_each_account_sees_its_own_jobs(places: Places, web_client: Callable) -> None:
    own = Job.objects.create(kind="x", title="Việc của mình", account=places.accounts["head"], total_count=4)
    other = Job.objects.create(kind="x", title="Việc của người khác", account=places.accounts["clerk"])
    client = web_client(places.accounts["head"])

    body = client.get(reverse("desk:job-list")).content.decode()

    assert ("Việc của mình" in body, "Việc của người khác" in body) == (True, False)
    assert client.get(reverse("desk:job-detail", args=[own.public_id])).status_code == 200
    assert client.get(reverse("desk:job-detail", args=[other.public_id])).status_code == 404


@pytest.mark.parametrize(("state", "polls"), [("running", True), ("done", False)])
def test_a_jobs_progress_is_asked_for_until_it_ends(
    places: Places, web_client: Callable, state: str, polls: bool
) -> None:
    job = Job.objects.create(
        kind="x", title="Kết chuyển", account=places.accounts["head"], state=state, total_count=4, done_count=1
    )
    client = web_client(places.accounts["head"])

    part = client.get(reverse("desk:job-detail", args=[job.public_id]), headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in part
    assert "1 / 4" in part
    assert ('hx-trigger="every 2s"' in part) == polls


@pytest.mark.parametrize("topic", TOPICS)
def test_each_help_topic_has_its_page(client, places: Places, topic: str) -> None:
    assert TOPICS[topic] in client.get(reverse("desk:help-topic", args=[topic])).content.decode()


def test_an_unknown_page_says_so_in_our_words(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["head"])

    response = client.get(reverse("school:class-detail", args=[uuid.uuid4()]))

    assert response.status_code == 404
    assert "Không tìm thấy trang này" in response.content.decode()


def test_a_form_older_than_the_sign_in_leads_back_to_its_page(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    client.handler.enforce_csrf_checks = True
    page = f"http://testserver{reverse('school:class-paste', args=[places.own_class.public_id])}"

    answers = [client.post(page, {"danh-sach": "Lê Văn Một"}, headers={"referer": at}) for at in (page, "http://x.vn/")]
    told, elsewhere = (answer.content.decode() for answer in answers)

    assert [answer.status_code for answer in answers] == [403, 403]
    assert "Lê Minh Ngọc" in told
    assert told.index('id="main"') < told.index("<h1>Trang đã mở quá lâu") < told.index(f'href="{page}"')
    assert "Trang đã mở quá lâu" in elsewhere
    assert "http://x.vn/" not in elsewhere


@pytest.mark.parametrize("name", ["school:assignment-drafts", "desk:administration-back"])
def test_an_address_that_takes_no_such_request_says_so_in_our_words(
    places: Places, web_client: Callable, client, name: str
) -> None:
    address = reverse(name, args=[places.school.unit.public_id])

    answers = [one.get(address) for one in (web_client(places.accounts["head"]), client)]

    for answer in (answer for answer in answers if answer.status_code != 302):
        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
        assert "Trang này không mở trực tiếp được" in answer.content.decode()
    assert answers[0].status_code == 405
    again = web_client(places.accounts["head"])
    came_from = ["http://testserver/accounts/login/?next=/", "http://testserver/lop/"]
    told = [again.get(address, headers={"referer": page}).content.decode() for page in came_from]
    assert [f'href="{page}"' in said for page, said in zip(came_from, told, strict=True)] == [False, True]


def test_a_refusal_that_no_page_says_names_all_that_stands_in_the_way(rf, db: None) -> None:
    refusal = InvalidRecord({"drafts": ["Chưa có phân công.", "Chưa có tài khoản."]})

    answer = SpokenErrorsMiddleware(lambda _: HttpResponse()).process_exception(rf.post("/"), refusal)

    assert answer is not None
    assert answer.status_code == 409
    assert "<ul><li>Chưa có phân công.</li><li>Chưa có tài khoản.</li></ul>" in answer.content.decode()


def test_the_demo_moves_its_clock_and_sets_it_right(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["homeroom"])
    address = reverse("desk:clock-move")

    client.post(address, {"day": "2024-08-15"})
    moved = clock.today()
    client.post(address, {"reset": "1"})

    assert moved == dt.date(2024, 8, 15)
    assert clock.today() == dt.datetime.now(clock.LOCAL_ZONE).date()


def test_outside_the_demo_nobody_moves_the_clock(places: Places, web_client: Callable, settings) -> None:
    settings.DEMO = False
    client = web_client(places.accounts["department"])

    assert client.post(reverse("desk:clock-move"), {"day": "2024-08-15"}).status_code == 404
    assert "Bản dùng thử" not in client.get(reverse("desk:home")).content.decode()


def test_sign_in_with_name_and_password(places: Places, client) -> None:
    address = reverse("account_login")

    wrong = client.post(address, {"login": "vanthu", "password": "sai"})
    right = client.post(address, {"login": "vanthu", "password": "mat-khau-thu"})

    assert wrong.status_code == 200
    assert "Chưa thực hiện được" in wrong.content.decode()
    assert right.headers["Location"] == "/"


def test_a_short_password_is_refused_in_vietnamese(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])

    body = client.post(
        reverse("account_change_password"),
        {"oldpassword": "mat-khau-thu", "password1": "ngan", "password2": "ngan"},
    ).content.decode()

    assert "Mật khẩu quá ngắn. Hãy dùng ít nhất 12 ký tự" in body
