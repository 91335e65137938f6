"""The head approves and signs, the unit sends: once, at an instant that counts, with nothing open."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction

from csdl.accounts.actor import Actor
from csdl.accounts.errors import CsdlError, InvalidRecord
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.lib.vietnamese import squeeze
from csdl.orgs.models import OrgUnit
from csdl.reports.actions.moving import check_state, held_report, instant, late_minutes, require_tier
from csdl.reports.enums import SubmissionState, Tier
from csdl.reports.errors import ReportError
from csdl.reports.models import ReportPeriod, Signature, StateMove, Submission
from csdl.reports.moves import REPORT_MOVES
from csdl.reports.preconditions import problems_of
from csdl.reports.queries import due_at, expected_reports, scope_of

__all__ = ["OWN_FREEZE", "Sent", "is_locked", "is_own_freeze", "send_report", "send_reports", "sign_report"]

OWN_FREEZE = (
    "Kỳ này yêu cầu người chốt số liệu và người ký là hai người khác nhau. "
    "Hãy để người lập biểu chốt số liệu, rồi thủ trưởng đơn vị ký."
)


@dataclass(frozen=True)
class Sent:
    """What one command sent: the reports, and why others stayed."""

    period: str
    reports: int = 0
    late: int = 0
    skipped: list[tuple[str, str, str]] = field(default_factory=list)


def is_locked(report: Submission, due: dt.datetime | None, now: dt.datetime) -> bool:
    """Whether sending is shut: the hour is over and the department locks, or what was opened again is over too.

    Nothing runs at that hour: it is asked at each press.
    """
    if due is None or now < due:
        return False
    if report.open_until is not None:
        return now >= report.open_until
    return bool(report.period.locks_when_late)


def is_own_freeze(actor: Actor, report: Submission) -> bool:
    """Whether the period wants two persons and the actor froze what is to be signed. Who works without an account (an
    operator's command) is known by the name under which it is logged."""
    frozen = report.snapshot
    if frozen is None or not report.period.four_eyes or actor.account_id != frozen.frozen_by:
        return False
    return actor.account_id is not None or actor.label == frozen.frozen_by_label


@transaction.atomic
def sign_report(*, actor: Actor, report: Submission, version: int, note: str = "") -> Signature:
    """Approve and sign a freeze; the door has asked for a fresh second factor.

    Shapes:  one Signature under that freeze's hash; it holds until another freeze is taken.
    Errors:  NotAllowed; RPT-03 not at this step; RPT-09 somebody froze again meanwhile; RPT-10 what is still open, all
             of it; RPT-12 the same person froze and signs (four eyes).
    Source:  reports.md §10; issue of reports, chain.
    """
    row = held_report(report)
    require_tier(actor, Tier.SCHOOL, Permission.REPORT_APPROVE, row)
    check_state(row, REPORT_MOVES["send"])
    snapshot = row.snapshot
    assert snapshot is not None
    if snapshot.version != version:
        raise ReportError(
            f"Số liệu vừa được chốt lại (lần {snapshot.version}). Hãy xem lại rồi ký lần chốt mới.", code="RPT-09"
        )
    if problems := problems_of(row, before_signing=True):
        raise ReportError("Chưa ký được vì còn việc phải làm.", code="RPT-10", problems=problems)
    if is_own_freeze(actor, row):
        raise ReportError(OWN_FREEZE, code="RPT-12")
    made, is_new = Signature.objects.get_or_create(
        snapshot=snapshot,
        defaults={
            "unit_id": row.unit_id,
            "digest": snapshot.digest,
            "account_id": actor.account_id,
            "actor_label": actor.label,
            "note": squeeze(note),
            "signed_at": instant(),
        },
    )
    if is_new:
        data = {"period": row.period.code, "level": row.level_code, "version": version, "digest": snapshot.digest}
        record(actor=actor, kind="report:sign", unit_id=row.unit_id, data=data)
    return made


@transaction.atomic
def send_report(*, actor: Actor, report: Submission) -> Submission:
    """Send the freeze that counts to the unit above on the snapshot day.

    Shapes:  the report is sent, one StateMove says when and how late; cells stay as they were signed.
    Units:   late from the very instant of the hour on; judged by the instant at which this is written, under the
             report's lock, not by when the button was pressed.
    Errors:  NotAllowed; RPT-03 sent already, with when and by whom; RPT-10 what is still open, all of it; RPT-11
             locked.
    Source:  reports.md §2, §10; seed-analysis.md §4, Q3.
    """
    row = held_report(report)
    _require_sender(actor, row)
    move = REPORT_MOVES["send"]
    check_state(row, move)
    due = due_at(row.period, row.unit_id, row.level_code)
    now = instant()
    if is_locked(row, due, now):
        raise ReportError(
            f"Báo cáo đã bị khóa do quá hạn {due:%H:%M %d/%m/%Y}. Hãy gửi yêu cầu mở khóa, nêu lý do.", code="RPT-11"
        )
    if problems := problems_of(row):
        raise ReportError("Chưa gửi được vì còn việc phải làm.", code="RPT-10", problems=problems)
    late = late_minutes(now, due)
    is_first = row.sent_at is None
    from_state = row.state
    row.state, row.sent_at, row.open_until = SubmissionState.SUBMITTED, now, None
    if is_first:
        row.late_minutes = late
    row.save(update_fields=["state", "sent_at", "open_until", "late_minutes"])
    StateMove.objects.create(
        period_id=row.period_id,
        unit_id=row.unit_id,
        level_code=row.level_code,
        submission=row,
        name=move.name,
        from_state=from_state,
        to_state=row.state,
        snapshot_id=row.snapshot_id,
        account_id=actor.account_id,
        actor_label=actor.label,
        moved_at=now,
        due_at=due,
        late_minutes=late,
    )
    data = {
        "period": row.period.code,
        "level": row.level_code,
        "version": row.snapshot.version if row.snapshot else 0,
        "late_minutes": late,
    }
    record(actor=actor, kind="report:send", unit_id=row.unit_id, data=data)
    return row


def _require_sender(actor: Actor, row: Submission) -> None:
    """Who prepares the report sends it; the head may as well."""
    try:
        require_tier(actor, Tier.SCHOOL, Permission.REPORT_PREPARE, row)
    except CsdlError:
        require_tier(actor, Tier.SCHOOL, Permission.REPORT_APPROVE, row)


def send_reports(
    *,
    actor: Actor,
    period: ReportPeriod,
    unit: OrgUnit | None = None,
    level_code: str = "",
    signing_note: str = "",
) -> Sent:
    """Send every frozen report at or below a unit, each in its own transaction; what stays says why.

    `signing_note`: sign in the actor's own name what no head has signed, for this reason (an operator's command).

    Errors:  NotAllowed; REC-01 a reason that says nothing.
    """
    actor.require(Permission.REPORT_PREPARE, on=unit)
    if signing_note and not squeeze(signing_note):
        raise InvalidRecord({"signing_note": ["Hãy ghi lý do ký thay."]})
    scope = scope_of(actor, Permission.REPORT_PREPARE, period, unit)
    owed = [one for one in expected_reports(period, scope) if one.forms and level_code in ("", one.level_code)]
    known = {
        (one.unit_id, one.level_code): one
        for one in Submission.objects.filter(period=period, unit_id__in={one.unit_id for one in owed}).select_related(
            "snapshot"
        )
    }
    sent: list[Submission] = []
    skipped = []
    for one in owed:
        report = known.get((one.unit_id, one.level_code))
        if report is None or report.snapshot is None:
            skipped.append((one.unit_name, one.level_code, "chưa chốt số liệu"))
            continue
        try:
            with transaction.atomic():
                if signing_note and not report.snapshot.signatures.exists():
                    sign_report(actor=actor, report=report, version=report.snapshot.version, note=signing_note)
                sent.append(send_report(actor=actor, report=report))
        except ReportError as refused:
            skipped.append((one.unit_name, one.level_code, _said(refused)))
    return Sent(period.code, len(sent), sum(bool(one.late_minutes) for one in sent), skipped)


def _said(refused: ReportError) -> str:
    more: Sequence[str] = refused.problems
    return " ".join([refused.message, *more[:3], *([f"(và {len(more) - 3} việc nữa)"] if len(more) > 3 else [])])
