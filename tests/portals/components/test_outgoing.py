"""A file of very many rows: made in the background by the same door, kept a day for who asked and still may."""

import datetime as dt
import io
import os
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from django.db import ProgrammingError, connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from csdl.access.acting import acting, token_for
from csdl.access.actions import give_role, refresh_scopes
from csdl.access.models import Grant
from csdl.audit.kinds import said
from csdl.audit.models import Event
from csdl.exports.kept import forget_old_files
from csdl.jobs.models import Job, JobState
from csdl.lib import clock
from csdl.portals.components import outgoing
from csdl.portals.components.tasks import write_export
from csdl.students.models import Student
from tests import builders as b
from tests.locks import opened_paper, opened_workbook
from tests.papers import text_of
from tests.portals.places import Places

pytestmark = pytest.mark.django_db

PASSWORD = "Truong-2024 #mo"
ASKED = {"purpose": "check", "columns": ["full_name", "class"], "format": "xlsx"}


@pytest.fixture(autouse=True)
def _few_rows_are_many(monkeypatch: pytest.MonkeyPatch, settings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(outgoing, "WAITING_ROWS", 1)
    settings.DATA_DIR = tmp_path


def _ask(client: Client, places: Places, query: str = "?nam=2024&sap-xep=-ten", **more: object) -> HttpResponse:
    address = reverse("school:student-export", args=[places.school.unit.public_id])
    return client.post(address + query, ASKED | more)


def _made(client: Client, places: Places) -> Job:
    """A file asked for and written, as the worker does it."""
    assert _ask(client, places).status_code == 302
    job = Job.objects.get(kind="export")
    _work(job)
    return job


def _work(job: Job) -> None:
    """What the worker does, under the owner's role as the worker has it; what the client does next is the web's."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        write_export(job.pk)
        job.refresh_from_db()
        cursor.execute("SET LOCAL ROLE csdl_test_app")


def _file(job: Job) -> str:
    return reverse("desk:job-file", args=[job.public_id])


def test_a_long_list_is_written_in_the_background_as_the_page_has_it(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])

    answer = _ask(client, places)
    job = Job.objects.get(kind="export")
    assert answer.headers["Location"] == reverse("desk:job-detail", args=[job.public_id])
    assert "Đã nhận yêu cầu" in client.get(answer.headers["Location"]).content.decode()
    assert client.get(_file(job)).status_code == 404
    _work(job)

    assert "Tải tệp về" in client.get(answer.headers["Location"]).content.decode()
    given = client.get(_file(job))
    book = openpyxl.load_workbook(io.BytesIO(given.content))
    assert list(book["Học sinh"].values) == [("Họ và tên", "Lớp"), ("Nguyễn Thị Lan", "7A"), ("Trần Minh Đạt", "7B")]
    assert [line[0] for line in book["Thông tin"].values][3] == "Mục đích: Rà soát, đối chiếu dữ liệu."
    assert 'filename="hoc-sinh-' in given.headers["Content-Disposition"]
    made = Event.objects.get(kind="data:export")
    assert (made.account_id, made.data["rows"], made.data["columns"]) == (
        places.accounts["clerk"].pk,
        2,
        ["full_name", "class"],
    )
    assert Event.objects.get(kind="data:download").data["job"] == str(job.public_id)


def test_what_speaks_against_a_file_is_said_before_it_is_queued(places: Places, web_client: Callable) -> None:
    answer = _ask(web_client(places.accounts["clerk"]), places, purpose="other")

    assert "Hãy ghi rõ" in answer.content.decode()
    assert not Job.objects.filter(kind="export").exists()


def test_a_short_list_is_given_at_once(places: Places, web_client: Callable) -> None:
    query = f"?nam=2024&lop={places.own_class.public_id}"

    answer = _ask(web_client(places.accounts["clerk"]), places, query)

    assert answer.content[:2] == b"PK"


def test_nobody_else_gets_the_file(places: Places, web_client: Callable) -> None:
    job = _made(web_client(places.accounts["clerk"]), places)

    assert web_client(places.accounts["head"]).get(_file(job)).status_code == 404


def test_who_lost_the_right_since_gets_neither_file_nor_a_new_one(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    job = _made(client, places)
    _ask(client, places)
    waiting = Job.objects.get(kind="export", state=JobState.QUEUED)

    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        Grant.objects.filter(account=places.accounts["clerk"]).update(valid_to=clock.today())
        cursor.execute("SET LOCAL ROLE csdl_test_app")
    answer = client.get(_file(job))
    _work(waiting)

    assert answer.status_code == 403
    assert (waiting.state, waiting.result) == (JobState.FAILED, {"problems": [], "facts": {}})
    assert Event.objects.filter(kind="data:export").count() == 1


def test_a_file_goes_out_while_every_grant_holds_that_it_was_made_by(places: Places, web_client: Callable) -> None:
    """The list is still in reach by the first grant; what the second one added to the file nobody can tell any more."""
    clerk = places.accounts["clerk"]
    second = give_role(
        actor=b.SYSTEM, account=clerk, role_code="school_head", unit=places.school.unit, valid_from=dt.date(2020, 1, 1)
    )
    client = web_client(clerk)
    job = _made(client, places)
    assert second.pk in job.result["grants"]
    assert client.get(_file(job)).status_code == 200

    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        Grant.objects.filter(pk=second.pk).update(valid_to=clock.today())
        cursor.execute("SET LOCAL ROLE csdl_test_app")
    answer = client.get(_file(job))

    assert "EXP-02" in answer.content.decode()
    assert (answer.status_code, _ask(client, places).status_code) == (409, 302)  # a new file may be asked for


def test_a_file_of_a_school_that_is_out_of_reach_by_now_is_not_found(places: Places, web_client: Callable) -> None:
    """The account went to the neighbour school with the grant it has."""
    clerk = places.accounts["clerk"]
    client = web_client(clerk)
    job = _made(client, places)
    assert client.get(_file(job)).status_code == 200

    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        Grant.objects.filter(account=clerk).update(unit=places.other_school.unit)
        refresh_scopes()
        cursor.execute("SET LOCAL ROLE csdl_test_app")

    assert client.get(_file(job)).status_code == 404
    assert Event.objects.filter(kind="data:download").count() == 1


def test_the_worker_makes_the_file_with_no_more_rights_than_the_web(places: Places, web_client: Callable) -> None:
    _ask(web_client(places.accounts["clerk"]), places)
    job = Job.objects.get(kind="export")
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("REVOKE SELECT ON years_enrolment FROM csdl_test_app")

    with pytest.raises(ProgrammingError, match="permission denied"):
        write_export(job.pk)

    job.refresh_from_db()
    assert (job.state, "JOB-02" in job.message) == (JobState.FAILED, True)
    assert Student.objects.exists()  # the owner's own rights are back


def test_the_owner_acts_as_the_web_and_is_the_owner_again(places: Places) -> None:
    clerk = places.accounts["clerk"]
    everyone = Student.objects.count()

    with acting(token_for(clerk), clerk, as_web=True):
        seen = Student.objects.count()

    assert 0 < seen < everyone == Student.objects.count()


def test_a_file_is_gone_after_a_day(places: Places, web_client: Callable, tmp_path: Path) -> None:
    client = web_client(places.accounts["clerk"])
    job = _made(client, places)
    (kept,) = (tmp_path / "exports").iterdir()
    assert (kept.stat().st_mode & 0o777, kept.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert forget_old_files() == 0
    day_ago = kept.stat().st_mtime - 24 * 3600 - 60
    os.utime(kept, (day_ago, day_ago))

    answer = client.get(_file(job))

    assert "chỉ được giữ 24 giờ" in answer.content.decode()
    assert forget_old_files() == 1
    assert list((tmp_path / "exports").iterdir()) == []


def _sheets(content: bytes) -> dict[str, list[tuple]]:
    return {sheet.title: list(sheet.values) for sheet in openpyxl.load_workbook(io.BytesIO(content))}


def test_a_file_leaves_behind_a_password_and_the_log_says_so(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    query = f"?nam=2024&lop={places.own_class.public_id}"

    plain = _ask(client, places, query)
    made = _ask(client, places, query, file_password=PASSWORD)
    paper = _ask(client, places, query, file_password=PASSWORD, format="pdf")

    inside = _sheets(opened_workbook(made.content, PASSWORD))
    assert inside["Học sinh"] == _sheets(plain.content)["Học sinh"] == [("Họ và tên", "Lớp"), ("Nguyễn Thị Lan", "7A")]
    assert list(inside) == list(_sheets(plain.content))
    assert "Nguyễn Thị Lan" in text_of(opened_paper(paper.content, PASSWORD))
    assert made.headers["Content-Disposition"] == plain.headers["Content-Disposition"]
    events = Event.objects.filter(kind="data:export").order_by("pk")
    assert [one.data.get("locked") for one in events] == [None, True, True]
    assert ["; có mật khẩu mở tệp;" in said(one.kind, one.data) for one in events] == [False, True, True]
    assert not [one for one in events if PASSWORD in str(one.data)]


@pytest.mark.parametrize(
    ("password", "sentence"),
    [("ngan qua"[:7], "ít nhất 8 ký tự, hoặc để trống"), ("mật khẩu dài", "tắt bộ gõ tiếng Việt")],
)
def test_a_password_that_cannot_be_keeps_the_form(
    places: Places, web_client: Callable, password: str, sentence: str
) -> None:
    client = web_client(places.accounts["clerk"])
    query = f"?nam=2024&lop={places.own_class.public_id}"

    answer = _ask(client, places, query, file_password=password, purpose="other", reason="Họp cha mẹ", format="pdf")

    page = answer.content.decode()
    for text in (sentence, 'value="Họp cha mẹ"', '<option value="other" selected>', 'href="#id_file_password"'):
        assert text in page, text
    assert password not in page
    assert not Event.objects.filter(kind="data:export").exists()


def test_a_password_in_the_address_is_none(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    query = f"?nam=2024&lop={places.own_class.public_id}&file_password={PASSWORD[:11]}"
    job = _made(client, places)

    assert _ask(client, places, query).content[:2] == b"PK"
    assert client.get(_file(job) + "?file_password=12345678").content[:2] == b"PK"


def test_a_kept_file_is_locked_as_it_leaves_each_time_anew(
    places: Places, web_client: Callable, tmp_path: Path
) -> None:
    client = web_client(places.accounts["clerk"])
    address = reverse("school:student-export", args=[places.school.unit.public_id])
    assert 'name="file_password"' not in client.get(address + "?nam=2024").content.decode()
    assert _ask(client, places, file_password=PASSWORD).status_code == 302
    job = Job.objects.get(kind="export")
    _work(job)
    (kept,) = (tmp_path / "exports").iterdir()
    before = kept.read_bytes()
    page = client.get(reverse("desk:job-detail", args=[job.public_id])).content.decode()
    assert 'name="file_password"' in page

    refused = client.post(_file(job), {"file_password": "ngan"})
    first = client.post(_file(job), {"file_password": PASSWORD})
    second = client.post(_file(job), {"file_password": "Khac-han-1"})
    plain = client.post(_file(job), {"file_password": ""})

    assert "ít nhất 8 ký tự, hoặc để trống" in refused.content.decode()
    assert opened_workbook(first.content, PASSWORD) == opened_workbook(second.content, "Khac-han-1") == before
    assert plain.content == kept.read_bytes() == before
    assert before[:2] == b"PK"
    assert PASSWORD not in str((job.args, job.result))
    events = Event.objects.filter(kind="data:download").order_by("pk")
    title = "Lấy tệp đã lập ở phía sau: " + job.title
    locked = f"{title}; có mật khẩu mở tệp"
    assert [said(one.kind, one.data) for one in events] == [locked, locked, title]
    assert Event.objects.get(kind="data:export").data.get("locked") is None


def test_a_kept_file_that_takes_no_password_offers_none(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    job = _made(client, places)
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        job.args["asked"]["file_format"] = "csv"
        job.save()
        cursor.execute("SET LOCAL ROLE csdl_test_app")

    page = client.get(reverse("desk:job-detail", args=[job.public_id])).content.decode()
    refused = client.post(_file(job), {"file_password": PASSWORD})

    assert "Tải tệp về" in page
    assert 'name="file_password"' not in page
    assert "Tệp CSV không đặt được mật khẩu" in refused.content.decode()
    assert not Event.objects.filter(kind="data:download").exists()
