"""The way of a report: who may move it from where to where, lateness, locks, returns, unlocks; each move is logged."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection

from csdl.access.actions import give_role
from csdl.access.actors import actor_for
from csdl.accounts.errors import CsdlError, InvalidRecord, NotAllowed
from csdl.accounts.second_factor import needs_second_factor
from csdl.audit.kinds import said
from csdl.audit.models import Event
from csdl.cli import report as report_commands
from csdl.lib import clock
from csdl.orgs.models import School
from csdl.reports.actions import (
    OWN_FREEZE,
    accept_report,
    accept_reports,
    answer_remark,
    ask_unlock,
    decide_unlock,
    extend_deadline,
    freeze,
    remark_cell,
    remind,
    return_report,
    send_report,
    send_reports,
    set_rules,
    sign_report,
    type_cells,
)
from csdl.reports.actions.moving import late_minutes
from csdl.reports.enums import SubmissionState
from csdl.reports.errors import ReportError
from csdl.reports.models import Reminder, ReportPeriod, Signature, Submission
from csdl.reports.queries import cell_differences, pupil_differences
from csdl.students.models import Student
from tests import builders as b
from tests.reports.chain import DUE, Chain, at, build_chain, prepared, sent

pytestmark = [pytest.mark.django_db, pytest.mark.server]


@pytest.fixture
def chain(october: ReportPeriod) -> Chain:
    return build_chain(october)


def _moves(report: Submission) -> list[tuple[str, str, str]]:
    return list(report.moves.order_by("pk").values_list("name", "from_state", "to_state"))


def _forget_a_birth_date(where: School) -> None:
    """Break one identity of the form: the ages no longer add up to all pupils."""
    Student.objects.filter(enrolments__school=where).filter(full_name__endswith="1A").update(birth_date=None)


def test_a_deputy_signs_for_the_own_unit_and_never_what_the_same_account_froze(chain: Chain) -> None:
    deputy = b.account("phohieutruong", "report_approval", chain.schools[0].unit)
    both = b.account("kiemnhiem", "report_approval", chain.schools[1].unit)
    give_role(
        actor=b.SYSTEM, account=both, role_code="reports", unit=chain.schools[1].unit, valid_from=dt.date(2020, 1, 1)
    )
    set_rules(actor=chain.actors["department"], period=chain.period, four_eyes=True)
    for place, who in ((0, chain.clerk()), (1, actor_for(both)), (2, chain.clerk(2))):
        freeze(actor=who, period=chain.period, unit=chain.schools[place].unit)

    own, froze, foreign = (chain.report(where) for where in chain.schools)
    sign_report(actor=actor_for(deputy), report=own, version=1)
    with pytest.raises(ReportError, match="RPT-12"):
        sign_report(actor=actor_for(both), report=froze, version=1)
    with pytest.raises(NotAllowed):
        sign_report(actor=actor_for(deputy), report=foreign, version=1)
    with pytest.raises(NotAllowed):
        freeze(actor=actor_for(deputy), period=chain.period, unit=chain.schools[0].unit)

    assert list(Signature.objects.values_list("account_id", "unit_id")) == [(deputy.pk, chain.schools[0].pk)]
    assert needs_second_factor(deputy)


def test_a_report_goes_from_school_to_office_and_each_step_is_logged(chain: Chain) -> None:
    _forget_a_birth_date(chain.schools[0])
    report = sent(chain)
    accept_report(actor=chain.actors["office"], report=report)

    report.refresh_from_db()
    assert report.state == SubmissionState.APPROVED_L1
    assert _moves(report) == [
        ("send", "snapshotted", "submitted"),
        ("accept_office", "submitted", "approved_l1"),
    ]
    assert report.moves.first().actor_label == "head0 (head0)"
    kinds = list(Event.objects.filter(unit_id=report.unit_id).order_by("pk").values_list("kind", flat=True))
    assert [one for one in kinds if one.startswith("report:")] == [
        "report:freeze",
        "report:explain_check",
        "report:sign",
        "report:send",
        "report:accept",
    ]


def test_a_school_right_under_the_department_skips_the_office(chain: Chain) -> None:
    report = sent(chain, 3)

    with pytest.raises(NotAllowed):
        accept_report(actor=chain.actors["office"], report=report)
    accept_report(actor=chain.actors["department"], report=report)

    report.refresh_from_db()
    assert report.state == SubmissionState.APPROVED_L2


def test_the_department_does_not_take_what_the_office_has_not_sent_on(chain: Chain) -> None:
    report = sent(chain)

    with pytest.raises(ReportError, match="Đã gửi") as refused:
        accept_report(actor=chain.actors["department"], report=report)

    assert refused.value.code == "RPT-03"


def test_nobody_signs_or_sends_for_another_unit(chain: Chain) -> None:
    report = prepared(chain)
    for name in ("head1", "office", "department", "far office"):
        with pytest.raises(NotAllowed):
            sign_report(actor=chain.actors[name], report=report, version=1)
        with pytest.raises(NotAllowed):
            send_report(actor=chain.actors[name], report=report)
    with pytest.raises(NotAllowed):
        sign_report(actor=chain.clerk(), report=report, version=1)


def test_who_froze_does_not_sign_where_four_eyes_are_wanted(chain: Chain) -> None:
    freeze(actor=chain.head(), period=chain.period, unit=chain.schools[0].unit)
    report = chain.report(chain.schools[0])
    set_rules(actor=chain.actors["department"], period=chain.period, required_checks=["signed"])

    with pytest.raises(ReportError) as refused:
        sign_report(actor=chain.head(), report=report, version=1)
    set_rules(actor=chain.actors["department"], period=chain.period, four_eyes=False)
    sign_report(actor=chain.head(), report=report, version=1)

    assert refused.value.code == "RPT-12"
    assert Signature.objects.get().digest == report.snapshot.digest


def test_what_is_open_before_sending_is_said_all_at_once(chain: Chain) -> None:
    where = chain.schools[0]
    _forget_a_birth_date(where)
    freeze(actor=chain.clerk(), period=chain.period, unit=where.unit)
    report = chain.report(where)

    with pytest.raises(ReportError) as refused:
        send_report(actor=chain.clerk(), report=report)

    assert refused.value.code == "RPT-10"
    assert refused.value.problems == [
        "Chưa sửa hoặc giải trình: 37 = 45 + 46 + 47 + 48 + 49 + 50 + 51: dòng 37 “Tổng quy mô” là 2, "
        "các dòng kia cộng lại 1, chênh 1 (cột Tổng số).",
        "Thủ trưởng đơn vị chưa ký duyệt lần chốt 1.",
    ]


def test_figures_typed_after_the_freeze_are_not_lost_by_signing_or_sending(chain: Chain) -> None:
    report = prepared(chain)
    set_rules(actor=chain.actors["department"], period=chain.period, required_checks=["signed"])
    figures = {("15", "planned"): Decimal("8.5"), ("16", "planned"): Decimal(3)}
    type_cells(actor=chain.clerk(), report=report, form_code="NS", figures=figures)
    problem = (
        "2 ô nhập sau lần chốt 1 chưa vào biểu (biểu Ngân sách dòng 15, 16). "
        "Chốt lại để đưa vào biểu, hoặc sửa ô về số đã chốt."
    )

    for act in (
        lambda: send_report(actor=chain.clerk(), report=report),
        lambda: sign_report(actor=chain.head(), report=report, version=1),
    ):
        with pytest.raises(ReportError) as refused:
            act()
        assert (refused.value.code, refused.value.problems) == ("RPT-10", [problem])

    freeze(actor=chain.clerk(), period=chain.period, unit=report.unit)
    sign_report(actor=chain.head(), report=report, version=2)
    # Taken out again: the freeze holds what stands no longer.
    type_cells(actor=chain.clerk(), report=report, form_code="NS", figures={("16", "planned"): None})
    with pytest.raises(ReportError, match="còn việc") as refused:
        send_report(actor=chain.clerk(), report=report)
    assert refused.value.problems[0].startswith("1 ô nhập sau lần chốt 2 chưa vào biểu (biểu Ngân sách dòng 16).")
    type_cells(actor=chain.clerk(), report=report, form_code="NS", figures={("16", "planned"): Decimal(3)})
    assert send_report(actor=chain.clerk(), report=report).state == SubmissionState.SUBMITTED


def test_a_period_keeps_at_least_one_condition_of_sending(chain: Chain) -> None:
    rules = {"actor": chain.actors["department"], "period": chain.period}
    set_rules(**rules, required_checks=["signed"])

    with pytest.raises(InvalidRecord) as refused:
        set_rules(**rules, required_checks=[], locks_when_late=True)

    assert refused.value.fields["required_checks"][0].startswith("Hãy giữ ít nhất một điều kiện")
    chain.period.refresh_from_db()
    assert (chain.period.required_checks, chain.period.locks_when_late) == (["signed"], False)


def test_another_freeze_must_be_signed_again(chain: Chain) -> None:
    report = prepared(chain)
    freeze(actor=chain.clerk(), period=chain.period, unit=chain.schools[0].unit)

    with pytest.raises(ReportError) as unsigned:
        send_report(actor=chain.head(), report=report)
    with pytest.raises(ReportError) as other:
        sign_report(actor=chain.head(), report=report, version=1)

    assert (unsigned.value.code, other.value.code) == ("RPT-10", "RPT-09")


@pytest.mark.parametrize(
    ("sent_at", "minutes"),
    [
        (at(16, 59, 59), None),
        (at(17, 0, 0), 1),
        (at(17, 1, 59), 1),
        (at(17, 5, 0), 5),
        (at(8, 0, 0, day=8), 900),
    ],
)
def test_the_very_hour_is_late_and_the_minutes_are_kept(sent_at: dt.datetime, minutes: int | None) -> None:
    assert late_minutes(sent_at, DUE) == minutes


def test_late_is_taken_and_marked_and_a_resending_keeps_the_first_lateness(chain: Chain) -> None:
    report = prepared(chain)
    clock.move_to(at(18))
    report = send_report(actor=chain.head(), report=report)
    return_report(actor=chain.actors["office"], report=report, reason="Dòng 40 thiếu một em")
    report = sent(chain)

    assert report.late_minutes == 60
    assert [one.late_minutes for one in report.moves.filter(name="send").order_by("pk")] == [60, 60]


def test_the_clock_passes_the_hour_between_the_press_and_the_write(chain: Chain) -> None:
    """The transaction begins before 17:00 and writes after it: late, for the instant of the write counts."""
    report = prepared(chain)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp() - now()")
        running = cursor.fetchone()[0]
    clock.move_to(DUE - running / 2)
    assert clock.now() < DUE

    report = send_report(actor=chain.head(), report=report)

    assert report.sent_at > DUE
    assert report.late_minutes == 1


def test_the_clock_passes_the_hour_of_a_locking_period_and_the_write_is_refused(chain: Chain) -> None:
    report = prepared(chain)
    set_rules(actor=chain.actors["department"], period=chain.period, locks_when_late=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp() - now()")
        running = cursor.fetchone()[0]
    clock.move_to(DUE - running / 2)
    assert clock.now() < DUE

    with pytest.raises(ReportError) as refused:
        send_report(actor=chain.head(), report=report)

    report.refresh_from_db()
    assert (refused.value.code, report.state, report.moves.count()) == ("RPT-11", SubmissionState.SNAPSHOTTED, 0)


def test_an_extension_makes_a_late_hour_good(chain: Chain) -> None:
    report = prepared(chain)
    clock.move_to(at(18))
    extend_deadline(
        actor=chain.actors["office"], period=chain.period, unit=report.unit, due_at=at(12, day=8), reason="Mất điện"
    )

    assert send_report(actor=chain.head(), report=report).late_minutes is None


def test_after_the_hour_a_locked_period_asks_for_an_unlock_which_ends_by_itself(chain: Chain) -> None:
    report = prepared(chain)
    set_rules(actor=chain.actors["department"], period=chain.period, locks_when_late=True)
    with pytest.raises(ReportError, match="không cần đề nghị"):
        ask_unlock(actor=chain.clerk(), report=report, reason="Chưa kịp")
    clock.move_to(at(17))
    with pytest.raises(ReportError) as locked:
        send_report(actor=chain.head(), report=report)
    asked = ask_unlock(actor=chain.clerk(), report=report, reason="Mất điện cả buổi chiều")
    with pytest.raises(ReportError, match="đang chờ"):
        ask_unlock(actor=chain.clerk(), report=report, reason="Lần nữa")
    with pytest.raises(NotAllowed):
        decide_unlock(actor=chain.head(), request=asked, hours=2)
    decide_unlock(actor=chain.actors["office"], request=asked, hours=2)

    clock.move_to(at(19, 0, 1))
    with pytest.raises(ReportError) as again:
        send_report(actor=chain.head(), report=report)
    clock.move_to(at(18, 59))
    report = send_report(actor=chain.head(), report=report)

    assert (locked.value.code, again.value.code) == ("RPT-11", "RPT-11")
    assert (report.late_minutes, report.open_until) == (119, None)


def test_an_unlock_of_a_sent_report_gives_it_back_for_some_hours(chain: Chain) -> None:
    report = sent(chain)
    asked = ask_unlock(actor=chain.clerk(), report=report, reason="Nhầm số phòng học")
    with pytest.raises(InvalidRecord):
        decide_unlock(actor=chain.actors["office"], request=asked, hours=0)
    decide_unlock(actor=chain.actors["office"], request=asked, hours=3)

    report.refresh_from_db()
    assert report.state == SubmissionState.RETURNED
    assert report.open_until > clock.now() + dt.timedelta(hours=2)
    assert report.moves.last().reason == "Mở khóa theo đề nghị của trường: Nhầm số phòng học"


def test_the_next_version_after_a_return_shows_what_changed_and_who_moved(chain: Chain) -> None:
    report = sent(chain)
    first = report.snapshot
    remark = remark_cell(
        actor=chain.actors["office"], report=report, form_code="02-DN-TH", address="40:1", text="Thiếu một em lớp 1A"
    )
    event = Event.objects.get(kind="report:remark")
    assert said(event.kind, event.data) == "Nhận xét dòng 40, cột Tổng số, biểu 02.ĐN-TH, kỳ đầu năm học 2024-2025"
    return_report(actor=chain.actors["office"], report=report, reason="Xem nhận xét ở dòng 40")
    late_comer = b.pupil(chain.schools[0].classes.first(), None, name="Bổ sung", birth_date=dt.date(2018, 1, 1))
    answer_remark(actor=chain.clerk(), remark=remark, text="Đã bổ sung hồ sơ em Bổ Sung")
    report = sent(chain)

    changed = {one.indicator_code: one for one in cell_differences(first, report.snapshot)}
    moved = pupil_differences(first, report.snapshot)
    assert (report.state, report.snapshot.version) == (SubmissionState.SUBMITTED, 2)
    assert [(one.enrolment_id, one.kind) for one in moved] == [(late_comer.pk, "come")]
    assert (int(changed["37"].old[0]), int(changed["37"].new[0])) == (2, 3)
    assert report.remarks.get().answer == "Đã bổ sung hồ sơ em Bổ Sung"


def test_return_wants_reasons_and_a_sent_report(chain: Chain) -> None:
    report = prepared(chain)
    with pytest.raises(ReportError):
        return_report(actor=chain.actors["office"], report=report, reason="Sai")
    send_report(actor=chain.head(), report=report)
    with pytest.raises(InvalidRecord):
        return_report(actor=chain.actors["office"], report=report, reason="  ")
    for name in ("head0", "far office"):
        with pytest.raises(NotAllowed):
            return_report(actor=chain.actors[name], report=report, reason="Sai")
    with pytest.raises(ReportError, match="chỉ chốt lại được sau khi bị trả lại"):
        freeze(actor=chain.clerk(), period=chain.period, unit=report.unit)


def test_many_are_accepted_at_once_and_the_others_say_why(chain: Chain) -> None:
    reports = [sent(chain, 0), sent(chain, 1), prepared(chain, 2)]

    done, refused = accept_reports(actor=chain.actors["office"], reports=reports)

    assert done == 2
    assert len(refused) == 1
    assert "Đã chốt số liệu" in refused[0]


def test_a_reminder_reaches_who_has_not_sent_and_nobody_else(chain: Chain) -> None:
    sent(chain, 0)

    done = remind(actor=chain.actors["office"], period=chain.period, unit=chain.office)

    assert done == 2
    assert set(Reminder.objects.values_list("unit_id", flat=True)) == {one.pk for one in chain.schools[1:]}
    assert "17:00 07/10/2024" in Reminder.objects.first().text


def test_by_command_what_is_not_signed_stays_unless_a_reason_is_given(chain: Chain, capsys) -> None:
    set_rules(actor=b.SYSTEM, period=chain.period, required_checks=["signed"])
    freeze(actor=b.SYSTEM, period=chain.period, unit=chain.office)

    with pytest.raises(InvalidRecord):
        send_reports(actor=b.SYSTEM, period=chain.period, unit=chain.office, signing_note=" ")
    first = send_reports(actor=b.SYSTEM, period=chain.period, unit=chain.office)
    # Four eyes hold at the command line too: the same operator does not sign what that operator froze.
    own = send_reports(actor=b.SYSTEM, period=chain.period, unit=chain.office, signing_note="Trường mất mạng")
    second = send_reports(actor=b.SECOND, period=chain.period, unit=chain.office, signing_note="Trường mất mạng")
    third = send_reports(actor=b.SYSTEM, period=chain.period)

    assert (first.reports, len(first.skipped)) == (0, 3)
    assert (own.reports, {reason for _, _, reason in own.skipped}) == (0, {OWN_FREEZE})
    assert (second.reports, second.skipped) == (3, [])
    assert Signature.objects.first().note == "Trường mất mạng"
    assert (third.reports, len(third.skipped)) == (0, 5)
    asked = {"period_code": chain.period.code, "unit_code": "", "everything": True, "level_code": "", "note": ""}
    with pytest.raises(SystemExit) as ended:
        report_commands.send.callback.__wrapped__(json_wanted=False, **asked)
    assert ended.value.code == 2
    assert "đã gửi 0 báo cáo" in capsys.readouterr().out


def test_a_school_that_ceased_between_the_day_and_the_hour_still_reports_through_its_office(chain: Chain) -> None:
    """Merged on 2/10: it was there on 30/9, so its report is owed; whoever took it in the tree signs and sends."""
    where = chain.schools[0]
    where.unit.closed_on = dt.date(2024, 10, 2)
    where.unit.save(update_fields=["closed_on"])
    set_rules(actor=chain.actors["department"], period=chain.period, required_checks=["signed"])
    freeze(actor=b.SYSTEM, period=chain.period, unit=where.unit)
    report = chain.report(where)

    sign_report(actor=chain.actors["office"], report=report, version=1)
    with pytest.raises(NotAllowed):
        send_report(actor=chain.actors["far office"], report=report)
    report = send_report(actor=chain.actors["office"], report=report)

    assert report.state == SubmissionState.SUBMITTED


def test_a_moved_report_refuses_every_move_that_does_not_start_there(chain: Chain) -> None:
    report = sent(chain)
    accept_report(actor=chain.actors["office"], report=report)

    with pytest.raises(CsdlError) as twice:
        accept_report(actor=chain.actors["office"], report=report)
    with pytest.raises(CsdlError) as sending:
        send_report(actor=chain.head(), report=report)

    assert (twice.value.code, sending.value.code) == ("RPT-03", "RPT-03")
    assert "do phong (phong)" in twice.value.message
