"""Who reaches a report by its level, or by the tree of its snapshot day: both walls show the same, and acts work."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from csdl.access.actions import give_role
from csdl.access.actions.scopes import refresh_scopes
from csdl.access.actors import GrantActor, actor_for
from csdl.access.models import Grant
from csdl.access.queries import visible
from csdl.accounts.errors import NotAllowed
from csdl.accounts.permissions import Permission
from csdl.lib.gate import declarations
from csdl.orgs.models import OrgUnit, UnitVersion
from csdl.reports.actions import (
    accept_report,
    consolidate,
    decide_unlock,
    explain_check,
    extend_deadline,
    freeze,
    remark_cell,
    remind,
    return_report,
    send_report,
    sign_report,
)
from csdl.reports.board import board, state_counts
from csdl.reports.consolidations import recount
from csdl.reports.models import CountedStaff, Reminder, ReportPeriod, Submission, UnlockRequest
from csdl.reports.pictures import pictures
from csdl.reports.queries import due_at, failures
from csdl.reports.reviews import compared
from csdl.staff.models import StaffPosting
from tests import builders as b
from tests.reports.builders import primary
from tests.reports.chain import at, build_chain, sent

pytestmark = [pytest.mark.django_db, pytest.mark.server]
_OFFICES = ("office", "far office")
MODELS = [
    model
    for model, rule in declarations.items()
    if model._meta.app_config == apps.get_app_config("reports") and rule.area
]


def _filtered(actor: GrantActor) -> dict[str, set[int]]:
    """What the gate's filter shows of every table of the reports, by any permission that reads it."""
    found: dict[str, set[int]] = {}
    for model in MODELS:
        area = declarations[model].area
        rights = [one for one in Permission if one.reads & area and actor.can(one)]
        found[model.__name__] = {
            pk for one in rights for pk in visible(model.objects.all(), actor, one).values_list("pk", flat=True)
        }
    return found


def _shown() -> dict[str, set[int]]:
    """What the policies show, under the web role."""
    return {model.__name__: set(model.objects.values_list("pk", flat=True)) for model in MODELS}


def _of(report: Submission) -> Submission:
    """Explained, signed and sent by the operator."""
    for one in {(one.form_code, one.check_code) for one in failures(report.snapshot)}:
        explain_check(
            actor=b.SYSTEM, report=report, form_code=one[0], check_code=one[1], text="Đã đối chiếu sổ", all_rows=True
        )
    sign_report(actor=b.SECOND, report=report, version=report.snapshot.version)
    return send_report(actor=b.SYSTEM, report=report)


@pytest.fixture
def officer(october: ReportPeriod) -> GrantActor:
    """Sees the primary level of an office: a school that teaches both levels, one that teaches it alone, one that does
    not; all frozen and the first sent."""
    office = b.office("Phòng GDĐT Lê Chân")
    mixed = b.school("Trường TH và THCS", parent=office, levels=("02", "03"), years=(2024,))
    for grade, name in (("01", "1A"), ("06", "6A")):
        b.pupil(b.school_class(mixed, name, grade, year=2024), None, name=f"Em {name}")
    for level in ("02", "03"):
        StaffPosting.objects.filter(staff=b.teacher(mixed, f"Cô {level}", year=2024)).update(level_codes=[level])
    primary("Trường Tiểu học", parent=office)
    b.school("Trường THCS", parent=office, levels=("03",), years=(2024,))
    account = b.account("phong.tieuhoc", "level_officer", office)
    Grant.objects.filter(account=account).update(level_codes=["02"])
    freeze(actor=b.SYSTEM, period=october)
    for report in Submission.objects.filter(unit=mixed.unit):
        _of(report)
    return actor_for(account)


def test_an_officer_of_one_level_sees_that_level_of_a_school_that_teaches_several(
    officer: GrantActor, october: ReportPeriod, as_web: Callable
) -> None:
    with as_web(officer.account):
        shown = _shown()
        lines = {(one.name, one.level_code) for one in board(actor=officer, period=october)}
        beside = compared(actor=officer, period=october, level_code="02")
        home = officer.home_unit
        drawn = pictures(actor=officer, period=october, unit=home)

    assert shown == _filtered(officer)
    assert {(one.unit.name, one.level_code) for one in Submission.objects.filter(pk__in=shown["Submission"])} == lines
    assert lines == {("Trường TH và THCS", "02"), ("Trường Tiểu học", "02")}
    staff = CountedStaff.objects.filter(pk__in=shown["CountedStaff"]).values_list("full_name", flat=True)
    assert list(staff) == ["Cô 02"]
    assert len(beside) == 2
    assert (drawn.owed, drawn.taken, drawn.levels) == (2, 1, ("02",))


def test_the_officer_reviews_the_own_level_and_no_other(
    officer: GrantActor, october: ReportPeriod, as_web: Callable
) -> None:
    own, other = (Submission.objects.get(unit__name="Trường TH và THCS", level_code=level) for level in ("02", "03"))
    asked = UnlockRequest.objects.create(
        submission=own, unit=own.unit, reason="Sai", asked_by_label="x", asked_at=dt.datetime.now(dt.UTC)
    )
    with as_web(officer.account):
        remark_cell(actor=officer, report=own, form_code="02-DN-TH", address="40:1", text="Xem lại")
        assert accept_report(actor=officer, report=own).state == "approved_l1"
        assert return_report(actor=officer, report=own, reason="Sai lớp").state == "returned"
        decide_unlock(actor=officer, request=asked, hours=5)
        extend = {"actor": officer, "period": october, "unit": own.unit, "due_at": at(9, day=9), "reason": "Mưa"}
        extend_deadline(level_code="02", **extend)
        assert remind(actor=officer, period=october) == 2
        for level in ("", "03"):
            with pytest.raises(NotAllowed):
                extend_deadline(level_code=level, **extend)
        with pytest.raises((NotAllowed, Submission.DoesNotExist)):
            accept_report(actor=officer, report=other)
        # A sum is of the whole office.
        with pytest.raises(NotAllowed):
            consolidate(actor=officer, period=october, unit=officer.home_unit, level_code="02")
    assert set(Reminder.objects.values_list("unit__name", "level_code")) == {
        ("Trường TH và THCS", "02"),
        ("Trường Tiểu học", "02"),
    }
    other.refresh_from_db()
    assert other.state == "submitted"


def test_the_officers_pages_open_the_own_level_only(
    officer: GrantActor, october: ReportPeriod, as_web: Callable, web_client: Callable
) -> None:
    office = officer.home_unit
    head = b.account("phong.truong", "office_head", office)
    give_role(actor=b.SYSTEM, account=head, role_code="level_officer", unit=office, valid_from=dt.date(2020, 1, 1))
    Grant.objects.filter(account=head, role_code="level_officer").update(level_codes=["02"])
    client = web_client(officer.account)
    mixed = OrgUnit.objects.get(name="Trường TH và THCS").public_id
    pages = {
        level: client.get(reverse("school:report-detail", args=[mixed, october.code, level])).status_code
        for level in ("02", "03")
    }
    assert pages == {"02": 200, "03": 404}
    assert client.get(reverse("school:report-changes", args=[mixed, october.code, "02"])).status_code == 200
    assert client.get("/bao-cao/?ky=2024-dau-nam").context["all"].owed == 2
    # Whoever reaches the whole school gives time for every level, and each is seen by who sees that level.
    given = {"day": "9/10/2024", "hour": "17h", "reason": "Mất điện"}
    done = web_client(head).post(reverse("authority:report-extend", args=[october.code, mixed]), given, follow=True)
    assert "(tiểu học, trung học cơ sở) đến trước 17:00 09/10/2024" in done.content.decode()
    with as_web(officer.account):
        unit_id = OrgUnit.objects.get(public_id=mixed).pk
        assert due_at(october, unit_id, "02") == at(17, day=9)
        assert due_at(october, unit_id, "03") == at(17)
    assert "Tổng hợp các báo cáo" not in client.get(f"/bao-cao/{october.code}/tong-hop/").content.decode()


def test_a_school_that_came_since_is_not_counted_for_an_officer_of_its_level_either(
    officer: GrantActor, october: ReportPeriod, as_web: Callable, web_client: Callable
) -> None:
    """It came from another office after the snapshot day; its own people count it as they did."""
    came = primary("Trường Tiểu học chuyển đến", parent=b.office("Phòng GDĐT Ngô Quyền"))[0].unit
    clerk = b.account("vanthu", "school_clerk", came)
    _move(came, officer.home_unit)
    with as_web(officer.account):
        lines = board(actor=officer, period=october)
        counts = state_counts(actor=officer, period=october)

    assert [line.name for line in lines if not line.is_own] == [came.name]
    assert {line.name for line in lines if line.is_own} == {"Trường TH và THCS", "Trường Tiểu học"}
    assert sum(one.reports for one in counts) == 2
    context = web_client(officer.account).get("/bao-cao/").context
    assert (context["all"].owed, len(context["come"])) == (2, 1)
    # The school's own page lists it, to its people and to whoever reads the school today.
    for account in (clerk, officer.account):
        listed = web_client(account).get(reverse("school:report-list", args=[came.public_id]))
        assert reverse("school:report-detail", args=[came.public_id, october.code, "02"]) in listed.content.decode()
    with as_web(clerk):
        assert [line.is_own for line in board(actor=actor_for(clerk), period=october)] == [True]


def _move(unit: OrgUnit, to: OrgUnit) -> None:
    """Under another office since 2/10/2024."""
    today = dt.date(2024, 10, 2)
    UnitVersion.objects.filter(unit=unit).update(valid_to=today)
    version = UnitVersion.objects.get(unit=unit)
    version.pk, version.valid_from, version.valid_to, version.parent = None, today, None, to
    version.save(force_insert=True)
    OrgUnit.objects.filter(pk=unit.pk).update(parent=to)
    refresh_scopes()


def test_the_office_of_the_snapshot_day_goes_on_with_a_school_that_has_moved(
    october: ReportPeriod, as_web: Callable, web_client: Callable
) -> None:
    chain = build_chain(october)
    unsent = primary("Trường Tiểu học chưa gửi", parent=chain.office)[0].unit
    for place in range(3):
        sent(chain, place)
    moved = chain.schools[0].unit
    far = chain.actors["far office"]
    for unit in (moved, unsent):
        _move(unit, far.home_unit)
    old, new = (actor_for(chain.actors[name].account) for name in ("office", "far office"))
    assert not old.reaches(Permission.REPORT_READ, moved.pk)
    assert new.reaches(Permission.REPORT_READ, moved.pk)

    for actor in (old, new):
        with as_web(actor.account):
            shown = _shown()
        assert shown == _filtered(actor)
        assert moved.pk in set(Submission.objects.filter(pk__in=shown["Submission"]).values_list("unit_id", flat=True))
    with as_web(old.account):
        for place in range(3):
            accept_report(actor=old, report=chain.report(chain.schools[place]))
        row = consolidate(actor=old, period=october, unit=chain.office, level_code="02")
        assert recount(row.current) == []
        own = {line.name for line in board(actor=old, period=october)}
        drawn = pictures(actor=old, period=october, unit=chain.office)
        # Who has not sent yet and moved away is seen as missing, and reminded by whom it will come to.
        assert remind(actor=old, period=october) == 1
    assert (row.current.included_count, row.current.pupil_count) == (3, 6)
    assert [one["name"] for one in row.current.missing] == [unsent.name]
    assert own == {*(f"Trường Tiểu học {place}" for place in range(3)), unsent.name}
    assert (drawn.taken, drawn.owed) == (3, 4)
    pages = {name: web_client(chain.actors[name].account).get("/bao-cao/?ky=2024-dau-nam") for name in _OFFICES}
    extends = [
        reverse("authority:report-extend", args=[october.code, one.public_id]) for one in (unsent, chain.far.unit)
    ]
    shown = {name: [one in page.content.decode() for one in extends] for name, page in pages.items()}
    assert shown == {"office": [True, False], "far office": [False, True]}
    assert {name: page.context["to_remind"] for name, page in pages.items()} == {"office": 1, "far office": 1}
    # The board of the new office counts what it took on the day; the schools that came stand beside it.
    assert {name: page.context["all"].owed for name, page in pages.items()} == {"office": 4, "far office": 1}
    assert [line.name for line, *_ in pages["far office"].context["listing"].items] == [chain.far.unit.name]
    assert [(line.name, line.parent_name) for line, *_ in pages["far office"].context["come"]] == [
        (moved.name, "Phòng GDĐT Lê Chân"),
        (unsent.name, "Phòng GDĐT Lê Chân"),
    ]
    assert pages["office"].context["come"] == []
    assert web_client(chain.actors["department"].account).get("/bao-cao/").context["all"].owed == 6
    link = reverse("school:report-detail", args=[unsent.public_id, october.code, "02"])
    assert link not in pages["office"].content.decode()
    # The new office adds up what it took on the day, and accepts that only.
    sums = web_client(new.account).get(f"/bao-cao/{october.code}/tong-hop/").context["rows"]
    assert [(one["name"], one["owed"]) for one in sums] == [("Phòng GDĐT Ngô Quyền", 1)]
    accept = f"{reverse('authority:report-accept-many')}?ky={october.code}"
    done = web_client(new.account).post(accept, {"tat-ca": "1"}, follow=True).content.decode()
    assert "Chưa chọn báo cáo nào" in done
    # So it is with reminders, at the board and in the action.
    for name, reminded in (("office", [unsent.name]), ("far office", [chain.far.unit.name])):
        known = Reminder.objects.count()
        client = web_client(chain.actors[name].account)
        client.post(f"{reverse('authority:report-remind')}?ky={october.code}")
        assert list(Reminder.objects.order_by("pk")[known:].values_list("unit__name", flat=True)) == reminded
    with as_web(new.account):
        assert remind(actor=new, period=october) == 1
    with as_web(new.account), pytest.raises(NotAllowed):
        return_report(actor=new, report=chain.report(chain.schools[0]), reason="Sai")
    page = reverse("school:report-detail", args=[moved.public_id, october.code, "02"])
    cell = reverse("school:report-cell", args=[moved.public_id, october.code, "02", "02-DN-TH", "40:1"])
    client = web_client(old.account)
    assert client.get(page).status_code == 200
    assert client.get(reverse("school:report-changes", args=[moved.public_id, october.code, "02"])).status_code == 200
    assert len(client.get(cell).context["listed"]) == 2
    # What the school is today is not the old office's.
    assert client.get(reverse("school:overview", args=[moved.public_id])).status_code == 404
    assert web_client(chain.clerk(1).account).get(page).status_code == 404


@pytest.fixture
def moved(october: ReportPeriod) -> dict[str, GrantActor]:
    """A school that has frozen nothing and moved from the office to the far office since the snapshot day; a neighbour
    office that it never was under, and the school's own clerk."""
    chain = build_chain(october)
    unit = primary("Trường Tiểu học đã chuyển", parent=chain.office)[0].unit
    _move(unit, chain.actors["far office"].home_unit)
    accounts = {
        "old": chain.actors["office"].account,
        "new": chain.actors["far office"].account,
        "neighbour": b.account("phong3", "office_head", b.office("Phòng GDĐT Hải An")),
        "department": chain.actors["department"].account,
        "school": b.account("vanthu.chuyen", "school_clerk", unit),
        "other school": chain.clerk(0).account,
    }
    return {name: actor_for(account) for name, account in accounts.items()}


def test_the_office_of_the_snapshot_day_gives_time_to_a_school_that_has_moved_and_reminds_it(
    moved: dict[str, GrantActor], october: ReportPeriod, as_web: Callable
) -> None:
    unit = moved["school"].home_unit
    extend = {"period": october, "unit": unit, "due_at": at(9, day=9), "reason": "Chuyển đơn vị"}
    for name in ("new", "neighbour", "school", "other school"):
        with as_web(moved[name].account), pytest.raises(NotAllowed):
            extend_deadline(actor=moved[name], **extend)
        with as_web(moved[name].account), pytest.raises(NotAllowed):
            remind(actor=moved[name], period=october, unit=unit)
    with as_web(moved["old"].account):
        extend_deadline(actor=moved["old"], **extend)
        assert remind(actor=moved["old"], period=october, unit=unit) == 1

    told = {}
    for name, actor in moved.items():
        with as_web(actor.account):
            shown = _shown()
            told[name] = (len(shown["DeadlineExtension"]), len(shown["Reminder"]))
            due = due_at(october, unit.pk, "02")
        assert shown == _filtered(actor), name
        assert due == (at(9, day=9) if told[name] == (1, 1) else at(17)), name
    both, none = (1, 1), (0, 0)
    assert told == {
        "old": both, "new": both, "department": both, "school": both, "neighbour": none, "other school": none,
    }  # fmt: skip


def test_the_database_itself_takes_them_from_the_offices_of_both_days_only(
    moved: dict[str, GrantActor], october: ReportPeriod, as_web: Callable
) -> None:
    """Plain SQL; a period of a later day is the new office's alone, and no row says who its office is."""
    later = ReportPeriod.objects.create(
        code="2024-thang-12",
        name="Tháng 12",
        kind="BOY",
        start_year=2024,
        snapshot_on=dt.date(2024, 12, 31),
        starts_on=dt.date(2024, 12, 31),
    )
    unit = moved["school"].home_unit
    reminder = (
        "INSERT INTO reports_reminder (period_id, unit_id, level_code, text, sent_by_label, sent_at)"
        " VALUES (%s, %s, '02', 'Hãy gửi', 'x', now()) RETURNING id"
    )
    extension = (
        "INSERT INTO reports_deadlineextension (period_id, unit_id, level_code, due_at, decision_no, reason)"
        " VALUES (%s, %s, '02', now(), '', 'Bão') RETURNING id"
    )

    def takes(name: str, period: ReportPeriod) -> list[bool]:
        answers = []
        for text in (reminder, extension):
            with as_web(moved[name].account):
                try:
                    with transaction.atomic(), connection.cursor() as cursor:
                        cursor.execute(text, [period.pk, unit.pk])
                except DatabaseError as refused:
                    answers.append("row-level security" not in str(refused))
                else:
                    answers.append(True)
        return answers

    yes, no = [True, True], [False, False]
    assert {name: (takes(name, october), takes(name, later)) for name in moved} == {
        "old": (yes, no),
        "new": (yes, yes),
        "neighbour": (no, no),
        "department": (yes, yes),
        "school": (no, no),
        "other school": (no, no),
    }
    # What was said of the later period is not shown to the old office, nor may it be changed there.
    with as_web(moved["old"].account), connection.cursor() as cursor:
        for text in ("SELECT period_id FROM reports_reminder", "SELECT period_id FROM reports_deadlineextension"):
            cursor.execute(text)
            assert set(cursor.fetchall()) == {(october.pk,)}
        cursor.execute("UPDATE reports_deadlineextension SET reason = 'x' WHERE period_id = %s", [later.pk])
        assert cursor.rowcount == 0


def test_the_page_of_more_time_opens_to_the_office_of_the_snapshot_day(
    moved: dict[str, GrantActor], october: ReportPeriod, as_web: Callable, web_client: Callable
) -> None:
    unit = moved["school"].home_unit
    page = reverse("authority:report-extend", args=[october.code, unit.public_id])
    clients = {name: web_client(moved[name].account) for name in ("old", "new", "neighbour", "department")}
    assert {name: client.get(page).status_code for name, client in clients.items()} == {
        "old": 200, "new": 404, "neighbour": 404, "department": 200,
    }  # fmt: skip

    given = {"day": "9/10/2024", "hour": "17h", "reason": "Chuyển đơn vị"}
    done = clients["old"].post(page, given, follow=True).content.decode()

    assert "(tiểu học) đến trước 17:00 09/10/2024" in done
    lines = {line.name: line.due_at for line, *_ in clients["old"].get("/bao-cao/").context["listing"].items}
    assert lines[unit.name] == at(17, day=9)
    # Among what waits for the school, in the words of the office that takes its report.
    clients["old"].post(f"{reverse('authority:report-remind')}?ky={october.code}")
    assert "nhắc: Hãy gửi báo cáo" in web_client(moved["school"].account).get("/").content.decode()
    board_of_new = clients["new"].get("/bao-cao/").content.decode()
    assert "Trường chuyển đến sau ngày chốt" in board_of_new
    assert page not in board_of_new
