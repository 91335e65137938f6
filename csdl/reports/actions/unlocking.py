"""Rules of a period, the lock at the hour, requests to be opened again, reminders."""

import datetime as dt
from collections.abc import Collection, Sequence

from django.db import transaction

from csdl.access.queries import visible
from csdl.accounts.actor import Actor
from csdl.accounts.errors import InvalidRecord
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record, record_each
from csdl.lib.vietnamese import squeeze
from csdl.orgs.models import OrgUnit
from csdl.reports.actions.moving import held_report, hold_sum_of, instant, require_own
from csdl.reports.actions.reviewing import return_report, reviewing_tier
from csdl.reports.actions.sending import is_locked
from csdl.reports.enums import FREEZABLE, SubmissionState
from csdl.reports.errors import ReportError
from csdl.reports.models import Reminder, ReportPeriod, Submission, UnlockRequest
from csdl.reports.preconditions import SEND_CHECKS
from csdl.reports.queries import deadlines_of, due_at, expected_reports, scope_of

__all__ = ["MOST_HOURS", "ask_unlock", "decide_unlock", "remind", "set_rules"]

MOST_HOURS = 240
_LONGEST = 500


@transaction.atomic
def set_rules(
    *,
    actor: Actor,
    period: ReportPeriod,
    locks_when_late: bool | None = None,
    four_eyes: bool | None = None,
    required_checks: Sequence[str] | None = None,
) -> ReportPeriod:
    """Say whether sending shuts at the hour, whether two people are wanted, what must hold before sending.

    Errors:  NotAllowed; RPT-01 a check that is not known; REC-01 none at all: a period without any named asks the
             usual ones, so that would not be what was said.
    """
    actor.require(Permission.YEAR_MANAGE)
    row: ReportPeriod = ReportPeriod.objects.select_for_update().get(pk=period.pk)
    if required_checks is not None:
        unknown = [name for name in required_checks if name not in SEND_CHECKS]
        if unknown:
            raise ReportError(f"Không có kiểm tra {', '.join(unknown)}. Các kiểm tra: {', '.join(SEND_CHECKS)}.")
        if not required_checks:
            said = "Hãy giữ ít nhất một điều kiện: không có điều kiện nào thì số liệu sai, chưa ký cũng gửi được."
            raise InvalidRecord({"required_checks": [said]})
        row.required_checks = list(required_checks)
    row.locks_when_late = row.locks_when_late if locks_when_late is None else locks_when_late
    row.four_eyes = row.four_eyes if four_eyes is None else four_eyes
    row.save(update_fields=["locks_when_late", "four_eyes", "required_checks"])
    data = {
        "period": row.code,
        "locks_when_late": row.locks_when_late,
        "four_eyes": row.four_eyes,
        "required_checks": row.required_checks,
    }
    record(actor=actor, kind="report:set_rules", data=data)
    return row


@transaction.atomic
def ask_unlock(*, actor: Actor, report: Submission, reason: str) -> UnlockRequest:
    """Ask to be opened again, with a reason: a report that the hour shut, or one that was sent and is wrong.

    Errors:  NotAllowed; REC-01 without a reason; RPT-03 nothing is shut, or a request waits already.
    """
    row = held_report(report)
    actor.require(Permission.REPORT_PREPARE, on=row)
    said = squeeze(reason)
    if not said or len(said) > _LONGEST:
        raise InvalidRecord({"reason": [f"Hãy ghi lý do, dài nhất {_LONGEST} ký tự."]})
    now = instant()
    if row.state in FREEZABLE and not is_locked(row, due_at(row.period, row.unit_id, row.level_code), now):
        raise ReportError("Báo cáo đang mở, chốt và gửi được bình thường; không cần đề nghị mở khóa.", code="RPT-03")
    if row.state == SubmissionState.FINALISED:
        raise ReportError("Kỳ báo cáo đã đóng. Hãy đề nghị Sở mở lại kỳ.", code="RPT-03")
    if row.unlock_requests.filter(decision="").exists():
        raise ReportError("Đã có một yêu cầu mở khóa đang chờ quyết định.", code="RPT-03")
    made: UnlockRequest = UnlockRequest.objects.create(
        submission=row,
        unit_id=row.unit_id,
        reason=said,
        asked_by=actor.account_id,
        asked_by_label=actor.label,
        asked_at=now,
    )
    data = {"period": row.period.code, "level": row.level_code, "reason": said}
    record(actor=actor, kind="report:ask_unlock", unit_id=row.unit_id, data=data)
    return made


@transaction.atomic
def decide_unlock(*, actor: Actor, request: UnlockRequest, hours: int, answer: str = "") -> UnlockRequest:
    """Open a report for some hours, or refuse (0 hours). It shuts again by itself: the hour is asked at each sending.

    Shapes:  a report that was sent goes back to the school (`returned`), the reason being the school's own.
    Errors:  NotAllowed; RPT-03 decided already, or the department holds the report; REC-01 too many hours, or refused
             without a word.
    """
    row: UnlockRequest = UnlockRequest.objects.select_for_update().get(pk=request.pk)
    hold_sum_of(row.submission)
    report = held_report(row.submission)
    if reviewing_tier(actor, report) is None:
        actor.require(Permission.YEAR_MANAGE, on=report)
    said = squeeze(answer)[:_LONGEST]
    faults: dict[str, list[str]] = {}
    if not 0 <= hours <= MOST_HOURS:
        faults["hours"] = [f"Hãy nhập số giờ từ 1 đến {MOST_HOURS}."]
    if hours == 0 and not said:
        faults["answer"] = ["Hãy ghi vì sao không mở."]
    if faults:
        raise InvalidRecord(faults)
    if row.decision:
        raise ReportError(f"Yêu cầu này đã được {row.decided_by_label} quyết định.", code="RPT-03")
    now = instant()
    row.decision = "granted" if hours else "refused"
    row.answer, row.decided_by, row.decided_by_label, row.decided_at = said, actor.account_id, actor.label, now
    row.open_until = now + dt.timedelta(hours=hours) if hours else None
    row.save(update_fields=["decision", "answer", "decided_by", "decided_by_label", "decided_at", "open_until"])
    if hours:
        if report.state not in FREEZABLE:
            return_report(
                actor=actor, report=report, reason=f"Mở khóa theo đề nghị của trường: {row.reason}"[:_LONGEST]
            )
        Submission.objects.filter(pk=report.pk).update(open_until=row.open_until)
    data = {"period": report.period.code, "level": report.level_code, "decision": row.decision, "hours": hours}
    record(actor=actor, kind="report:decide_unlock", unit_id=report.unit_id, data=data)
    return row


@transaction.atomic
def remind(
    *,
    actor: Actor,
    period: ReportPeriod,
    unit: OrgUnit | None = None,
    level_code: str = "",
    only: Collection[tuple[int, str]] | None = None,
    text: str = "",
) -> int:
    """Remind every unit below that has not sent (or those of them named by unit and level), in one press; how many.
    A school that has moved since the snapshot day is reminded by the unit that took it then and waits for its report.

    Shapes:  one Reminder per report not sent; it stands among the school's tasks until the report is sent.
    Errors:  NotAllowed.
    """
    actor.require(Permission.REPORT_REVIEW)
    scope = scope_of(actor, Permission.REPORT_REVIEW, period, unit)
    owed = [one for one in expected_reports(period, scope) if one.forms and one.is_own]
    if unit is not None and not owed:
        require_own(actor, Permission.REPORT_REVIEW, period, unit)
    rows = visible(Submission.objects.all(), actor, Permission.REPORT_REVIEW).filter(period=period)
    sent = {
        (unit_id, level)
        for unit_id, level, state in rows.values_list("unit_id", "level_code", "state")
        if state not in FREEZABLE
    }
    hours = deadlines_of(period)
    now = instant()
    made = []
    for one in owed:
        key = (one.unit_id, one.level_code)
        is_wanted = level_code in ("", one.level_code) and (only is None or key in only)
        if key in sent or not is_wanted:
            continue
        due = hours(one.unit_id, one.level_code)
        usual = f"Hãy gửi báo cáo {period.name.lower()}" + (f" trước {due:%H:%M %d/%m/%Y}." if due else ".")
        made.append(
            Reminder(
                period=period,
                unit_id=one.unit_id,
                level_code=one.level_code,
                text=squeeze(text)[:300] or usual,
                sent_by=actor.account_id,
                sent_by_label=actor.label,
                sent_at=now,
            )
        )
    Reminder.objects.bulk_create(made)
    said = {one.unit_id: {"period": period.code} for one in made}
    record_each(actor=actor, kind="report:remind", units=said)
    return len(made)
