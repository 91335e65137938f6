"""A large file leaves only with another person's consent (S12), or by the head's second factor; nobody consents to
one's own; the neighbour sees nothing of it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from csdl.access.actions import give_role
from csdl.access.actors import actor_for
from csdl.accounts.errors import CsdlError, InvalidRecord, NotAllowed
from csdl.accounts.models import Account
from csdl.audit.models import Event
from csdl.exports.actions import export_list
from csdl.exports.approving import SECOND_FACTOR, ApprovalWanted, Consent, size_of, taken_lately, why_approval
from csdl.exports.lists import Asked, Occasion
from csdl.exports.models import ExportDecision, ExportRequest, ExportRules
from csdl.exports.pupils import FOUND_PUPILS, PUPILS
from csdl.exports.requests import ask_for_export, change_export_rules, decide_export
from csdl.exports.workbook import export_workbook
from csdl.jobs.models import Job, JobState
from csdl.lib import clock
from csdl.portals.components import outgoing
from csdl.portals.components.tasks import write_export
from csdl.portals.desk.tasks import tasks_of
from csdl.staff.models import UnitHead
from csdl.years.queries import pupils
from tests import builders as b
from tests.accounts.test_second_factor import code_of, give_totp
from tests.locks import opened_workbook
from tests.portals.places import Places, build

pytestmark = pytest.mark.django_db

ASKED = Asked(("full_name", "class"), "check")
FORM = {"purpose": "check", "columns": ["full_name", "class"], "format": "xlsx"}


@pytest.fixture
def places(db: None) -> Places:
    """One pupil is much already, so that the two of the school are too many."""
    made = build()
    ExportRules.objects.create(pk=1, approve_over=1)
    made.accounts["other_head"] = b.account("hieutruong2", "school_head", made.other_school.unit)
    for name in ("head", "office"):
        give_totp(made.accounts[name])
    return made


def rows_of(account: Account, places: Places):
    return pupils(actor_for(account), start_year=2024, school_id=places.school.pk).order_by("pk")


def exported(account: Account, places: Places, consent: Consent | None = None, *, asked: Asked = ASKED):
    return export_list(
        actor=actor_for(account),
        what=PUPILS,
        rows=rows_of(account, places),
        occasion=Occasion(places.school.unit, 2024, "Danh sách học sinh"),
        asked=asked,
        consent=consent,
    )


def asked_for(places: Places, account: Account) -> ExportRequest:
    return ask_for_export(
        actor=actor_for(account),
        key=PUPILS.key,
        occasion=Occasion(places.school.unit, 2024, "Danh sách học sinh"),
        size=size_of(PUPILS, rows_of(account, places)),
        asked=ASKED,
        columns=[one for one in PUPILS.columns if one.key in ASKED.columns],
        path=reverse("school:student-export", args=[places.school.unit.public_id]),
        query="nam=2024",
    )


def factor_shown(client: Client) -> None:
    """As after the page that asks for the code."""
    client.post(reverse("desk:second-factor-confirm"), {"code": code_of()})


def test_a_large_list_leaves_by_no_door_without_consent(places: Places) -> None:
    clerk, head = places.accounts["clerk"], places.accounts["head"]

    for account, consent in ((clerk, None), (clerk, SECOND_FACTOR), (head, None)):
        with pytest.raises(ApprovalWanted):
            exported(account, places, consent)
    with pytest.raises(ApprovalWanted):
        export_workbook(actor=actor_for(clerk), school=places.school, start_year=2024, purpose="work")
    assert not Event.objects.filter(kind="data:export").exists()
    exported(head, places, SECOND_FACTOR)
    assert Event.objects.get(kind="data:export").data["confirmed"] == "second_factor"


def test_what_counts_as_large(places: Places) -> None:
    office, clerk = (actor_for(places.accounts[name]) for name in ("office", "clerk"))
    change_export_rules(actor=b.SYSTEM, values={"approve_over": 1000})
    everywhere = pupils(office, start_year=2024)
    here = everywhere.filter(school=places.school)

    assert why_approval(office, size_of(FOUND_PUPILS, everywhere)) == ("Tệp có dữ liệu của người học ở nhiều trường.")
    assert why_approval(office, size_of(FOUND_PUPILS, here)) == ""
    assert why_approval(clerk, size_of(PUPILS, here)) == ""
    ExportRules.objects.update(approve_over=1)
    assert why_approval(clerk, size_of(PUPILS, here)) == "Tệp có dữ liệu của hơn 1 người."
    assert why_approval(b.SYSTEM, size_of(PUPILS, here)) == ""


def test_many_small_files_of_a_day_are_added_up(places: Places, django_assert_num_queries: Callable) -> None:
    """Two pupils a file, at most three a day."""
    clerk, office = places.accounts["clerk"], places.accounts["office"]
    ExportRules.objects.update(approve_over=3)
    exported(clerk, places)

    with pytest.raises(ApprovalWanted) as refused:
        exported(clerk, places)
    with django_assert_num_queries(1):
        taken = taken_lately(clerk.pk)

    assert str(refused.value).startswith(
        "Trong 24 giờ qua bạn đã tải dữ liệu của 2 người; thêm tệp này là 4 người, vượt mức 3 người."
    )
    assert (taken, taken_lately(office.pk)) == (2, 0)
    with pytest.raises(ApprovalWanted, match="vượt mức 3 người"):
        export_workbook(actor=actor_for(clerk), school=places.school, start_year=2024, purpose="work")
    # No person is in a file of classes; another account has a sum of its own; a day later nothing is left of it.
    export_workbook(actor=actor_for(clerk), school=places.school, start_year=2024, purpose="work", nouns=["classes"])
    exported(office, places)
    Event.objects.filter(account=clerk).update(at=timezone.now() - dt.timedelta(hours=24, minutes=1))
    exported(clerk, places)


def test_files_of_one_account_at_the_same_moment_wait_for_each_other(places: Places) -> None:
    """Its own files alone, and before they are added up: added up first, both would see the sum without the other."""

    def turns(username: str, consent: Consent | None = None) -> tuple[list[tuple[Any, ...]], list[str]]:
        with CaptureQueriesContext(connection) as captured:
            exported(places.accounts[username], places, consent)
        with connection.cursor() as cursor:
            cursor.execute("SELECT classid, objid FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
            return cursor.fetchall(), [one["sql"] for one in captured]

    ExportRules.objects.update(approve_over=3)
    before, _ = turns("head", SECOND_FACTOR)
    first, statements = turns("clerk")
    both, _ = turns("office")

    assert [len(held) - len(before) for held in (first, both)] == [1, 2]
    lock = next(place for place, text in enumerate(statements) if "pg_advisory" in text)
    added_up = next(place for place, text in enumerate(statements) if "persons" in text and "audit_event" in text)
    assert lock < added_up


def test_what_left_with_a_consent_is_not_added_up(places: Places) -> None:
    clerk, head = places.accounts["clerk"], places.accounts["head"]
    ask = asked_for(places, clerk)
    decide_export(actor=actor_for(head), request=ask, is_approved=True)
    exported(clerk, places, Consent(ask))
    exported(head, places, SECOND_FACTOR)
    ExportRules.objects.update(approve_over=2)

    # Taken by the request again, though as many would be let out without one by now: what was approved is not used up.
    exported(clerk, places, Consent(ask))

    assert (taken_lately(clerk.pk), taken_lately(head.pk)) == (0, 0)
    exported(clerk, places)
    assert taken_lately(clerk.pk) == 2


def test_the_file_beyond_the_days_sum_is_asked_for_on_its_page(places: Places, web_client: Callable) -> None:
    address = reverse("school:student-export", args=[places.school.unit.public_id]) + "?nam=2024"
    ExportRules.objects.update(approve_over=3)
    clerk = web_client(places.accounts["clerk"])

    first = clerk.post(address, FORM)
    page = clerk.get(address).content.decode()
    sent = clerk.post(address, FORM)
    shown = web_client(places.accounts["head"]).get(sent.url).content.decode()

    assert first.content[:2] == b"PK"
    for text in ("Trong 24 giờ qua bạn đã tải dữ liệu của 2 người; thêm tệp này là 4 người", "Gửi yêu cầu duyệt"):
        assert text in page, text
    assert sent.status_code == 302
    assert "Đã tải trong 24 giờ trước yêu cầu</dt><dd>2 người, ở mọi đơn vị" in shown


def test_who_loses_the_turn_finds_the_button_for_a_request(
    places: Places, web_client: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page looked before another file of the same account left."""
    address = reverse("school:student-export", args=[places.school.unit.public_id]) + "?nam=2024"
    ExportRules.objects.update(approve_over=3)
    clerk = web_client(places.accounts["clerk"])
    clerk.post(address, FORM)
    monkeypatch.setattr(outgoing, "why_approval", lambda actor, size: "")

    page = clerk.post(address, FORM).content.decode()

    for text in ("thêm tệp này là 4 người, vượt mức 3 người", "Gửi yêu cầu duyệt"):
        assert text in page, text


def test_the_clerk_asks_the_head_approves_the_clerk_takes_it(places: Places, web_client: Callable) -> None:
    address = reverse("school:student-export", args=[places.school.unit.public_id]) + "?nam=2024"
    clerk = web_client(places.accounts["clerk"])
    page = clerk.get(address).content.decode()
    sent = clerk.post(address, FORM)
    again = clerk.post(address, FORM)
    early = clerk.post(sent.url, {"viec": "lay"})
    own_decision = clerk.post(sent.url, {"viec": "duyet"}).status_code

    head = web_client(places.accounts["head"])
    home = head.get("/").content.decode()
    shown = head.get(sent.url).content.decode()
    without_factor = head.post(sent.url, {"viec": "duyet"})
    factor_shown(head)
    approved = head.post(sent.url, {"viec": "duyet", "reason": "Phục vụ rà soát"})
    head_takes = head.post(sent.url, {"viec": "lay"})

    clerk = web_client(places.accounts["clerk"])
    told = clerk.get("/").content.decode()
    offered = clerk.get(sent.url).content.decode()
    short = clerk.post(sent.url, {"viec": "lay", "file_password": "ngan"}).content.decode()
    locked = clerk.post(sent.url, {"viec": "lay", "file_password": "Truong-2024"})
    file = clerk.post(sent.url, {"viec": "lay"})

    assert ('name="file_password"' in page, 'name="file_password"' in offered) == (False, True)
    assert "ít nhất 8 ký tự, hoặc để trống" in short
    assert opened_workbook(locked.content, "Truong-2024")[:2] == b"PK"
    assert "Gửi yêu cầu duyệt" in page
    assert (sent.status_code, again.url) == (302, sent.url)
    assert (early.status_code, "EXP-04" in early.content.decode(), own_decision) == (409, True, 403)
    assert "yêu cầu tải dữ liệu chờ duyệt" in home
    for text in ("Lê Minh Ngọc", "<strong>2</strong>", "Rà soát, đối chiếu dữ liệu", "Họ và tên, Lớp"):
        assert text in shown, text
    assert without_factor.url.startswith(reverse("desk:second-factor-confirm"))
    assert (approved.status_code, head_takes.content[:2]) == (302, b"<!")
    assert "Tệp đã được duyệt" in told
    assert file.content[:2] == b"PK"
    behind, event = Event.objects.filter(kind="data:export").order_by("pk")
    assert (behind.data.get("locked"), event.data.get("locked")) == (True, None)
    assert event.data["approved_by"] == "Phạm Thị Hồng Hạnh (hieutruong)"


def test_a_long_list_goes_through_the_worker_with_its_consent(
    places: Places, web_client: Callable, monkeypatch: pytest.MonkeyPatch, settings, tmp_path
) -> None:
    monkeypatch.setattr(outgoing, "WAITING_ROWS", 1)
    settings.DATA_DIR = tmp_path
    ask = asked_for(places, places.accounts["clerk"])
    decide_export(actor=actor_for(places.accounts["head"]), request=ask, is_approved=True)

    sent = web_client(places.accounts["clerk"]).post(
        reverse("desk:export-request", args=[ask.public_id]), {"viec": "lay"}
    )
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    job = Job.objects.get(kind="export")
    write_export(job.pk)
    job.refresh_from_db()

    assert sent.url == reverse("desk:job-detail", args=[job.public_id])
    assert (job.state, job.result["rows"]) == (JobState.DONE, 2)
    assert Event.objects.get(kind="data:export").data["request"] == str(ask.public_id)


def test_the_head_confirms_an_own_file_by_the_second_factor(places: Places, web_client: Callable) -> None:
    address = reverse("school:student-export", args=[places.school.unit.public_id]) + "?nam=2024"
    head = web_client(places.accounts["head"])

    page = head.get(address).content.decode()
    before = head.post(address, FORM)
    factor_shown(head)
    after = head.post(address, FORM)

    assert "Thủ trưởng tự tải thì xác nhận bằng xác thực hai bước" in page
    assert before.url.startswith(reverse("desk:second-factor-confirm"))
    assert after.content[:2] == b"PK"


def test_the_whole_school_leaves_with_its_head_alone(places: Places, web_client: Callable) -> None:
    address = reverse("school:import-workbook", args=[places.school.unit.public_id])
    form = {"purpose": "check", "nouns": ["classes", "pupils"]}
    b.teacher(places.school, "Ngô Văn Hai", year=2024)
    clerk, head = (web_client(places.accounts[name]) for name in ("clerk", "head"))

    refused = clerk.post(address, form)
    without_factor = head.post(address, form)
    factor_shown(head)
    page = head.get(address).content.decode()
    taken = head.post(address, form)
    short = head.post(address, form | {"file_password": "ngan"})
    behind = head.post(address, form | {"file_password": "Truong-2024"})

    assert (short.status_code, "ít nhất 8 ký tự, hoặc để trống" in short.content.decode()) == (409, True)
    assert opened_workbook(behind.content, "Truong-2024")[:2] == b"PK"
    assert refused.status_code == 409
    assert "nhờ thủ trưởng đơn vị tải" in refused.content.decode()
    assert clerk.post(address, form | {"nouns": ["classes"]}).content[:2] == b"PK"
    assert without_factor.url.startswith(reverse("desk:second-factor-confirm"))
    assert "Thủ trưởng tự tải thì xác nhận bằng xác thực hai bước" in page
    assert taken.content[:2] == b"PK"
    assert [
        (one.data.get("confirmed"), one.data.get("locked"))
        for one in Event.objects.filter(kind="data:export").order_by("pk")
    ] == [("second_factor", None), ("second_factor", True), (None, None)]
    # Staff are persons too.
    assert clerk.post(address, form | {"nouns": ["staff"]}).status_code == 409


def test_a_head_is_no_approver_of_what_is_anothers(places: Places, web_client: Callable) -> None:
    """The first right is that of a head; the pupils of other schools are reached by a right that approves nothing."""
    head = places.accounts["other_head"]
    give_role(
        actor=b.SYSTEM, account=head, role_code="level_officer", unit=places.office, valid_from=dt.date(2020, 1, 1)
    )
    give_totp(head)
    address = reverse("authority:student-export") + "?nam=2024"
    client = web_client(head)
    factor_shown(client)

    sent = client.post(address, FORM)

    assert sent.url.startswith("/"), sent.content
    ask = ExportRequest.objects.get(account=head)
    assert ask.unit == places.office
    rows = pupils(actor_for(head), start_year=2024).order_by("pk")
    with pytest.raises(ApprovalWanted):
        export_list(
            actor=actor_for(head),
            what=FOUND_PUPILS,
            rows=rows,
            occasion=Occasion(places.other_school.unit, 2024, "Học sinh"),
            asked=ASKED,
            consent=SECOND_FACTOR,
        )


def test_who_may_decide(places: Places) -> None:
    ask, head_ask = (asked_for(places, places.accounts[name]) for name in ("clerk", "head"))

    for name, refusal in (("clerk", NotAllowed), ("homeroom", NotAllowed), ("other_head", NotAllowed)):
        with pytest.raises(refusal):
            decide_export(actor=actor_for(places.accounts[name]), request=ask, is_approved=True)
    with pytest.raises(NotAllowed, match="tự duyệt"):
        decide_export(actor=actor_for(places.accounts["head"]), request=head_ask, is_approved=True)
    with pytest.raises(InvalidRecord):
        decide_export(actor=actor_for(places.accounts["head"]), request=ask, is_approved=False, reason=" ")
    decide_export(actor=actor_for(places.accounts["head"]), request=ask, is_approved=False, reason="Chưa cần")
    decide_export(actor=actor_for(places.accounts["office"]), request=head_ask, is_approved=True)
    with pytest.raises(CsdlError, match="đã có người xử lý"):
        decide_export(actor=actor_for(places.accounts["office"]), request=ask, is_approved=True)

    assert [one.data["why"] for one in Event.objects.filter(kind="export:refuse")] == ["Chưa cần"]
    with pytest.raises(CsdlError, match="bị từ chối"):
        exported(places.accounts["clerk"], places, Consent(ask))


def test_a_consent_holds_for_this_list_this_account_and_its_hours(places: Places) -> None:
    clerk = places.accounts["clerk"]
    ask = asked_for(places, clerk)
    decide_export(actor=actor_for(places.accounts["head"]), request=ask, is_approved=True)
    ask.refresh_from_db()

    exported(clerk, places, Consent(ask))
    with pytest.raises(CsdlError, match="không phải của danh sách này"):
        exported(clerk, places, Consent(ask), asked=Asked(("full_name", "class", "birth_date"), "check"))
    with pytest.raises(CsdlError, match="không phải của danh sách này"):
        exported(places.accounts["office"], places, Consent(ask))
    b.pupil(places.own_class, None)
    with pytest.raises(CsdlError, match="nhiều hơn 2 người"):
        exported(clerk, places, Consent(ask))
    ExportDecision.objects.update(expires_at=clock.now() - dt.timedelta(seconds=1))
    with pytest.raises(CsdlError, match="quá hạn"):
        exported(clerk, places, Consent(ExportRequest.objects.get()))


def test_a_list_that_grew_is_asked_for_anew(places: Places) -> None:
    clerk = places.accounts["clerk"]
    first = asked_for(places, clerk)
    again = asked_for(places, clerk)
    b.pupil(places.own_class, None)
    grown = asked_for(places, clerk)

    assert again.pk == first.pk
    assert (grown.pk == first.pk, grown.persons) == (False, 3)


def test_the_level_above_is_told_where_a_unit_has_no_head(places: Places) -> None:
    asked_for(places, places.accounts["clerk"])
    office = actor_for(places.accounts["office"])

    def told() -> list[int | None]:
        tasks = tasks_of(office, year=None, today=clock.today())
        return [one.count for one in tasks if "chờ duyệt" in one.text]

    without_head = told()
    UnitHead.objects.create(
        unit=places.school.unit, staff=places.own_teacher, valid_from=clock.today() - dt.timedelta(days=9)
    )

    assert (without_head, told()) == ([1], [])


def test_an_unanswered_request_lapses(places: Places) -> None:
    ask = asked_for(places, places.accounts["clerk"])
    ExportRequest.objects.update(lapses_at=clock.now() - dt.timedelta(days=1))
    ask.refresh_from_db()

    with pytest.raises(CsdlError, match="quá hạn chờ duyệt"):
        decide_export(actor=actor_for(places.accounts["head"]), request=ask, is_approved=True)
    assert asked_for(places, places.accounts["clerk"]).pk != ask.pk


def test_the_database_takes_no_decision_of_ones_own_and_none_of_a_neighbour(places: Places, as_web: Callable) -> None:
    ask, head_ask = (asked_for(places, places.accounts[name]) for name in ("clerk", "head"))

    def decision(row: ExportRequest, who: str, unit_id: int, named: str = "") -> None:
        until = clock.now() + dt.timedelta(hours=1)
        with as_web(places.accounts[who]), transaction.atomic():
            ExportDecision.objects.create(
                request=row,
                account=places.accounts[named or who],
                unit_id=unit_id,
                is_approved=True,
                at=clock.now(),
                expires_at=until,
            )

    with pytest.raises(IntegrityError):
        decision(head_ask, "head", places.school.pk)
    with pytest.raises(IntegrityError):
        decision(ask, "clerk", places.school.pk)
    with pytest.raises(IntegrityError):
        decision(ask, "other_head", places.school.pk)
    with pytest.raises(IntegrityError):
        decision(ask, "other_head", places.other_school.pk)
    # The asker's own request is not in the way of a colleague without the right: the row policy is.
    with pytest.raises(ProgrammingError, match="row-level security"):
        decision(head_ask, "clerk", places.school.pk)
    # Nor is a colleague's name written under a decision, be it on an own request or on another's.
    for row in (head_ask, ask):
        with pytest.raises(IntegrityError):
            decision(row, "head", places.school.pk, named="office")
    decision(ask, "office", places.school.pk)


def test_the_neighbour_sees_no_request(places: Places, as_web: Callable, web_client: Callable) -> None:
    ask = asked_for(places, places.accounts["clerk"])
    decide_export(actor=actor_for(places.accounts["head"]), request=ask, is_approved=True)
    seen = {}
    for name in ("clerk", "head", "office", "other_head", "homeroom"):
        with as_web(places.accounts[name]):
            seen[name] = (ExportRequest.objects.count(), ExportDecision.objects.count())

    assert seen == {"clerk": (1, 1), "head": (1, 1), "office": (1, 1), "other_head": (0, 0), "homeroom": (0, 0)}
    address = reverse("desk:export-request", args=[ask.public_id])
    assert [web_client(places.accounts[name]).get(address).status_code for name in ("other_head", "homeroom")] == [
        404,
        404,
    ]


def test_only_the_department_lays_down_the_figure(places: Places, web_client: Callable) -> None:
    page = reverse("desk:export-rules")
    values = {"approve_over": "500", "approval_hours": "12", "request_days": "3"}
    department = web_client(places.accounts["department"])

    too_much = department.post(page, values | {"approve_over": "5000", "approval_hours": "48"})
    saved = department.post(page, values)

    assert set(too_much.context["form"].errors) == {"approve_over", "approval_hours"}
    assert (saved.status_code, ExportRules.objects.get().approve_over) == (302, 500)
    assert web_client(places.accounts["head"]).get(page).status_code == 403
