"""A pupil's papers: filed, opened, withdrawn with their reason; a neighbour's and a parallel class's do not exist."""

from collections.abc import Callable

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from csdl.access.actors import actor_for
from csdl.accounts.errors import InvalidRecord, NotAllowed
from csdl.audit.models import Event
from csdl.documents import store
from csdl.students.models import StudentPaper
from csdl.years.actions.papers import file_paper
from csdl.years.errors import YearError
from csdl.years.models import Enrolment, SchoolYear
from tests import builders as b
from tests.documents import files
from tests.portals.places import Places
from tests.turns import must_wait

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> None:  # type: ignore[no-untyped-def]
    settings.FILES_DIR = tmp_path / "files"


def _filed(enrolment: Enrolment, marker: str = "", **values: str) -> StudentPaper:
    said = {"kind": "birth", "title": ""} | values
    return file_paper(actor=b.SYSTEM, enrolment=enrolment, values=said, upload=files.upload(files.pdf(marker=marker)))


def _send(client: Client, enrolment: Enrolment, content: bytes = b"", **values: str) -> HttpResponse:
    address = reverse("school:paper-new", args=[enrolment.student.public_id])
    sent: dict[str, object] = {"kind": "birth", "title": "Bản sao", **values}
    if content:
        sent["file"] = SimpleUploadedFile("khai sinh.pdf", content)
    return client.post(address, sent, follow=True)


def _page(client: Client, enrolment: Enrolment) -> str:
    return client.get(reverse("school:student-detail", args=[enrolment.student.public_id])).content.decode()


@pytest.mark.parametrize("who", ["clerk", "homeroom"])
def test_a_paper_is_filed_seen_opened_and_withdrawn(places: Places, web_client: Callable, who: str) -> None:
    client = web_client(places.accounts[who])

    done = _send(client, places.own_pupil, files.pdf(2)).content.decode()
    row = StudentPaper.objects.get()
    opened = client.get(reverse("school:paper-file", args=[row.public_id]))
    withdraw = reverse("school:paper-withdraw", args=[row.public_id])
    unsaid = client.post(withdraw, {"reason": "  "}, follow=True).content.decode()
    told = client.post(withdraw, {"reason": "Nhầm học sinh"}, follow=True).content.decode()

    assert "Đã lưu vào hồ sơ: Giấy khai sinh." in done
    assert "Bản sao" in done
    assert (row.student_id, row.page_count, row.created_by) == (
        places.own_pupil.student_id, 2, places.accounts[who].pk,
    )  # fmt: skip
    assert (opened.content, opened.headers["Content-Type"]) == (files.pdf(2), "application/pdf")
    assert opened.headers["Content-Disposition"] == 'inline; filename="giay-khai-sinh-nguyen-thi-lan.pdf"'
    assert "Hãy ghi lý do rút" in unsaid
    assert "Nhầm học sinh" in told
    assert "Rút khỏi hồ sơ</button>" not in told
    kinds = Event.objects.filter(kind__contains="paper").order_by("pk")
    assert list(kinds.values_list("kind", "account_id", "unit_id")) == [
        (kind, places.accounts[who].pk, places.school.pk)
        for kind in ("student:file_paper", "student:read_paper", "student:withdraw_paper")
    ]
    assert [one.withdrawn_on for one in StudentPaper.pgh_event_model.objects.filter(pgh_obj_id=row.pk)] == [None]


def test_a_scan_beside_a_wrong_field_is_not_kept(places: Places, web_client: Callable, settings) -> None:  # type: ignore[no-untyped-def]
    """The form is wrong by itself, the action would take the scan: it is tried for its faults only."""
    answer = _send(web_client(places.accounts["clerk"]), places.own_pupil, files.pdf(), title="x" * 201)

    assert "Dài nhất 200 ký tự" in answer.content.decode()
    assert StudentPaper.objects.count() == 0
    assert [path for path in settings.FILES_DIR.rglob("*") if path.is_file()] == []


def test_every_fault_of_a_paper_is_said_at_once(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])

    empty = _send(client, places.own_pupil, kind="", title="x" * 201)
    script = _send(client, places.own_pupil, files.pdf_with_script(), kind="other", title="")

    assert (empty.status_code, script.status_code) == (409, 409)
    assert set(empty.context["form"].errors) == {"kind", "title", "file"}
    assert set(script.context["form"].errors) == {"title", "file"}
    assert not StudentPaper.objects.exists()


def test_the_same_scan_stands_once_until_it_is_withdrawn(places: Places) -> None:
    row = _filed(places.own_pupil)
    with pytest.raises(InvalidRecord) as refused:
        _filed(places.own_pupil, kind="other", title="Giấy khác")
    with pytest.raises(IntegrityError, match="a_pupils_file_holds_a_scan_once"), transaction.atomic():
        StudentPaper.objects.create(
            student=row.student, kind="other", sha256=row.sha256, size_bytes=1, media_type=row.media_type, page_count=1
        )

    assert refused.value.problems == ["Tệp này đã có trong hồ sơ: Giấy khai sinh."]
    # A second tab waits for the first one's end, and then finds the scan: it does not run into the constraint.
    assert must_wait("student papers", row.student_id)
    assert not must_wait("student papers", places.other_pupil.student_id)
    StudentPaper.objects.filter(pk=row.pk).update(withdrawn_on="2024-09-05", withdrawn_reason="Nhầm học sinh")
    assert _filed(places.own_pupil).pk != row.pk


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("a_scan_is_known_by_its_sha256", {"sha256": "x"}),
        ("a_withdrawn_scan_says_why", {"withdrawn_on": "2024-09-05"}),
    ],
)
def test_the_database_holds_what_a_paper_must_be(places: Places, name: str, values: dict[str, str]) -> None:
    row = _filed(places.own_pupil)

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        StudentPaper.objects.filter(pk=row.pk).update(**values)


def test_a_changed_scan_is_named_never_shown(places: Places, web_client: Callable) -> None:
    row = _filed(places.own_pupil)
    store._path(row.sha256).write_bytes(b"%PDF-forged")

    answer = web_client(places.accounts["clerk"]).get(reverse("school:paper-file", args=[row.public_id]))

    assert (answer.status_code, "Tệp đã bị thay đổi" in answer.content.decode()) == (409, True)
    assert Event.objects.filter(kind="student:paper_changed").count() == 1


@pytest.mark.parametrize("who", ["homeroom", "clerk"])
def test_neither_page_nor_wall_shows_anybody_elses(
    places: Places, web_client: Callable, as_web: Callable, who: str
) -> None:
    own, parallel, other = (
        _filed(one, str(number))
        for number, one in enumerate((places.own_pupil, places.parallel_pupil, places.other_pupil))
    )
    account = places.accounts[who]
    hidden = [parallel, other] if who == "homeroom" else [other]

    client = web_client(account)
    for row in hidden:
        assert client.get(reverse("school:paper-file", args=[row.public_id])).status_code == 404
        withdraw = reverse("school:paper-withdraw", args=[row.public_id])
        assert client.post(withdraw, {"reason": "chiếm giấy tờ"}).status_code == 404
    assert "Giấy khai sinh" in _page(client, places.own_pupil)
    with as_web(account):
        seen = set(StudentPaper.objects.values_list("pk", flat=True))
        assert seen == {own.pk, parallel.pk, other.pk} - {row.pk for row in hidden}
        assert StudentPaper.objects.filter(pk=other.pk).update(title="chiếm") == 0
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            StudentPaper.objects.create(
                student_id=places.other_pupil.student_id,
                kind="other",
                title="x",
                sha256="0" * 64,
                size_bytes=1,
                media_type=other.media_type,
                page_count=1,
            )
        with connection.cursor() as cursor, pytest.raises(DatabaseError) as refused, transaction.atomic():
            cursor.execute("DELETE FROM students_studentpaper")
        assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)


def test_who_may_not_edit_files_nothing_and_a_closed_year_takes_none(places: Places) -> None:
    with pytest.raises(NotAllowed):
        file_paper(
            actor=actor_for(places.accounts["clerk"]),
            enrolment=places.other_pupil,
            values={"kind": "birth"},
            upload=files.upload(files.pdf()),
        )
    SchoolYear.objects.filter(pk=2024).update(state="closed")
    with pytest.raises(YearError):
        _filed(places.own_pupil)


def test_the_profile_asks_as_often_for_one_paper_as_for_three(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    counts = []
    for markers in ("a", "bc"):
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
            for marker in markers:
                _filed(places.own_pupil, marker)
            cursor.execute("SET LOCAL ROLE csdl_test_app")
        _page(client, places.own_pupil)
        with CaptureQueriesContext(connection) as caught:
            _page(client, places.own_pupil)
        counts.append(len(caught))

    assert counts[0] == counts[1]
