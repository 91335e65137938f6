"""What every move of a report shares: who stands where, the instant that counts, the row that is locked, the log."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import connection

from csdl.access.actors import GrantActor
from csdl.accounts.actor import Actor, refuse
from csdl.accounts.permissions import Permission
from csdl.lib import clock, sql
from csdl.orgs.enums import UnitKind
from csdl.orgs.models import OrgUnit
from csdl.reports.enums import SubmissionState, Tier
from csdl.reports.errors import ReportError
from csdl.reports.models import Consolidation, DeadlineExtension, ReportPeriod, StateMove, Submission
from csdl.reports.moves import REPORT_MOVES, Move
from csdl.reports.queries import came_since
from csdl.reports.statements import MODULE

__all__ = [
    "before_sending",
    "check_state",
    "held_report",
    "hold_sum_of",
    "instant",
    "is_direct",
    "late_minutes",
    "log_consolidation",
    "may_move",
    "move_reports",
    "require_own",
    "require_tier",
    "root_unit",
    "stands_at",
    "stands_for",
    "taker_of",
]


def instant() -> dt.datetime:
    """Now by the clock of the business, at this very statement: a transaction that began at 16:59:59 and writes at
    17:00:00 is late. Asked once the row is locked, so that waiting for somebody else counts as well."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT csdl_now() + (clock_timestamp() - now())")
        found: dt.datetime = cursor.fetchone()[0]
    return found.astimezone(clock.LOCAL_ZONE)


def late_minutes(sent_at: dt.datetime, due_at: dt.datetime | None) -> int | None:
    """Whole minutes after the hour, one at least; None in time. The hour itself is late."""
    if due_at is None or sent_at < due_at:
        return None
    return max(1, int((sent_at - due_at).total_seconds() // 60))


def root_unit() -> OrgUnit:
    """The department."""
    found: OrgUnit = OrgUnit.objects.get(parent=None, kind=UnitKind.DEPARTMENT)
    return found


def is_direct(report: Submission) -> bool:
    """Whether no office stood between the unit and the department on the snapshot day."""
    above = report.snapshot.parent if report.snapshot else report.unit.parent
    return above is None or above.kind == UnitKind.DEPARTMENT


def taker_of(report: Submission) -> OrgUnit:
    """Who takes the report: the unit above on the snapshot day."""
    above = report.snapshot.parent if report.snapshot else report.unit.parent
    return above or report.unit


def stands_at(actor: Actor, permission: Permission, unit_ids: Iterable[int], level_code: str = "") -> bool:
    """Whether the actor holds the permission by a grant at one of these units themselves, not only from above; a grant
    for some levels stands for those.

    An operator at the command line stands everywhere; the log says so.
    """
    if not isinstance(actor, GrantActor):
        return actor.can(permission)
    wanted = set(unit_ids)
    return any(
        held.unit_id in wanted
        and held.gives(permission)
        and (not held.level_codes or not level_code or level_code in held.level_codes)
        for held in actor.grants
    )


def _units_of(tier: Tier, report: Submission) -> list[int]:
    if tier == Tier.DEPARTMENT:
        return [root_unit().pk]
    if tier == Tier.OFFICE:
        return [] if is_direct(report) else [taker_of(report).pk]
    closed = report.unit.closed_on
    # A unit that ceased after the snapshot day still owes its report: whoever took it in the tree sees to it.
    return [report.unit_id, *([taker_of(report).pk] if closed and closed <= clock.today() else [])]


def stands_for(actor: Actor, tier: Tier, permission: Permission, report: Submission) -> bool:
    """Whether the actor holds the permission at the unit from which this report is handled so."""
    units = _units_of(tier, report)
    return bool(units) and stands_at(actor, permission, units, report.level_code)


def may_move(actor: Actor, move: Move, report: Submission) -> bool:
    """Whether the actor stands where this move is made from; the state is another question."""
    return stands_for(actor, move.tier, move.permission, report)


def require_tier(actor: Actor, tier: Tier, permission: Permission, report: Submission) -> None:
    """Errors: NotAllowed where the actor does not hold the permission at the unit that this step belongs to."""
    if not stands_for(actor, tier, permission, report):
        raise refuse(actor, permission)


def require_own(
    actor: Actor, permission: Permission, period: ReportPeriod, unit: OrgUnit, *, on: DeadlineExtension | None = None
) -> None:
    """Errors: NotAllowed where the actor does not reach a unit (or `on`, a row of it), or reaches it only since the
    period's snapshot day."""
    actor.require(permission, on=on or unit)
    if came_since(actor, permission, period, unit):
        raise refuse(actor, permission)


def held_report(report: Submission) -> Submission:
    """The report's row, locked to the transaction's end: of two who press at once the second sees what was done."""
    found: Submission = (
        Submission.objects.select_for_update(of=("self",))
        .select_related("period", "unit", "snapshot__parent")
        .get(pk=report.pk)
    )
    return found


def hold_sum_of(report: Submission) -> None:
    """Lock the sum of the unit that takes a report, where there is one: a sum is locked before the reports in it, by
    who moves it and by who opens one of its reports again."""
    held = Consolidation.objects.select_for_update().filter(
        period_id=report.period_id, unit=taker_of(report), level_code=report.level_code
    )
    held.values_list("pk").first()


_ABOVE = {
    SubmissionState.FORWARDED: "Sở đang giữ báo cáo này; muốn sửa, hãy đề nghị Sở trả lại.",
    SubmissionState.APPROVED_L2: "Sở đã duyệt báo cáo này; muốn sửa, hãy đề nghị Sở trả lại.",
    SubmissionState.FINALISED: "Kỳ báo cáo đã đóng; muốn sửa, hãy đề nghị Sở mở lại.",
}
_TO_SEND = {
    SubmissionState.NOT_STARTED: "Hãy chốt số liệu (bước 1), rồi ký.",
    SubmissionState.DRAFT: "Hãy chốt số liệu (bước 1), rồi ký.",
    SubmissionState.RETURNED: "Báo cáo bị trả lại: trả lời nhận xét, chốt lại (bước 1), rồi ký.",
    SubmissionState.SUBMITTED: "Báo cáo đã gửi; muốn sửa, hãy gửi yêu cầu mở khóa ở trang báo cáo.",
    SubmissionState.APPROVED_L1: "Báo cáo đã gửi; muốn sửa, hãy gửi yêu cầu mở khóa ở trang báo cáo.",
    **_ABOVE,
}


def before_sending(report: Submission) -> str:
    """What has to happen first where the state allows neither signature nor sending; empty where it does."""
    if report.state in REPORT_MOVES["send"].starts_from(is_direct=is_direct(report)):
        return ""
    return _TO_SEND.get(SubmissionState(report.state), "")


def check_state(report: Submission, move: Move) -> None:
    """Errors: RPT-03, which says where the report stands, since when and through whom, and what to do."""
    if report.state in move.starts_from(is_direct=is_direct(report)):
        return
    state = SubmissionState(report.state).label
    last = report.moves.order_by("-pk").first()
    when = f" từ {last.moved_at.astimezone(clock.LOCAL_ZONE):%H:%M %d/%m/%Y}, do {last.actor_label}" if last else ""
    hint = (_TO_SEND if move.name == "send" else _ABOVE).get(SubmissionState(report.state), "")
    where = f"báo cáo của {report.unit.name} đang ở trạng thái “{state}”{when}."
    raise ReportError(f"Không thực hiện được “{move.label}”: {where} {hint}".strip(), code="RPT-03")


def move_reports(
    *,
    actor: Actor,
    name: str,
    submission_ids: Sequence[int],
    moved_at: dt.datetime,
    reason: str = "",
    sources: Sequence[str] = (),
) -> dict[int, int]:
    """Move a set of reports and log each move; answers report -> unit of those that were moved."""
    move = REPORT_MOVES[name]
    rows = sql.rows(
        MODULE,
        "40_move_reports",
        submission_ids=list(submission_ids),
        sources=[str(one) for one in sources or move.sources],
        target=str(move.target),
        move=name,
        reason=reason,
        account_id=actor.account_id,
        actor_label=actor.label,
        moved_at=moved_at,
    )
    return {row["submission_id"]: row["unit_id"] for row in rows}


def log_consolidation(
    *,
    actor: Actor,
    row: Consolidation,
    move: Move,
    from_state: str,
    moved_at: dt.datetime,
    reason: str = "",
    due_at: dt.datetime | None = None,
    late: int | None = None,
) -> StateMove:
    """Log a move of a consolidation."""
    made: StateMove = StateMove.objects.create(
        period_id=row.period_id,
        unit_id=row.unit_id,
        level_code=row.level_code,
        consolidation=row,
        name=move.name,
        from_state=from_state,
        to_state=move.target,
        reason=reason,
        account_id=actor.account_id,
        actor_label=actor.label,
        moved_at=moved_at,
        due_at=due_at,
        late_minutes=late,
    )
    return made
