"""The unit above looks at a report: remarks on cells, return with reasons, acceptance; the school answers."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from csdl.accounts.actor import Actor
from csdl.accounts.errors import CsdlError, InvalidRecord
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record, record_each
from csdl.lib.vietnamese import squeeze
from csdl.reports.actions.moving import (
    check_state,
    held_report,
    hold_sum_of,
    instant,
    is_direct,
    log_consolidation,
    may_move,
    move_reports,
    require_tier,
    stands_for,
    taker_of,
)
from csdl.reports.enums import ConsolidationState, SubmissionState, Tier
from csdl.reports.errors import ReportError
from csdl.reports.forms import form
from csdl.reports.models import CellRemark, Consolidation, Submission
from csdl.reports.moves import CONSOLIDATION_MOVES, REPORT_MOVES, Move

__all__ = ["accept_report", "accept_reports", "answer_remark", "remark_cell", "return_report", "reviewing_tier"]

RETURN_OPENS_FOR = dt.timedelta(hours=48)
_LONGEST = 500
_SENT = (
    SubmissionState.SUBMITTED,
    SubmissionState.APPROVED_L1,
    SubmissionState.FORWARDED,
    SubmissionState.APPROVED_L2,
)


def reviewing_tier(actor: Actor, report: Submission) -> Tier | None:
    """As what the actor looks at this report: the office that takes it, the department, or neither."""
    if stands_for(actor, Tier.OFFICE, Permission.REPORT_REVIEW, report):
        return Tier.OFFICE
    if stands_for(actor, Tier.DEPARTMENT, Permission.REPORT_REVIEW, report):
        return Tier.DEPARTMENT
    return None


@transaction.atomic
def remark_cell(
    *, actor: Actor, report: Submission, form_code: str, address: str, text: str, tier: Tier | None = None
) -> CellRemark:
    """Say something about a cell of a report that was sent; the school reads it at the cell and in its list.

    Errors:  NotAllowed; RPT-01 no such cell; RPT-03 not sent; REC-01 nothing said.
    """
    row = held_report(report)
    as_tier = tier or reviewing_tier(actor, row)
    require_tier(actor, as_tier or Tier.OFFICE, Permission.REPORT_REVIEW, row)
    if row.state not in _SENT or row.snapshot is None:
        raise ReportError("Chỉ nhận xét báo cáo đã gửi.", code="RPT-03")
    of_form = form(form_code, row.snapshot.basis)
    found, column = of_form.cell(address)
    made: CellRemark = CellRemark.objects.create(
        submission=row,
        snapshot=row.snapshot,
        unit_id=row.unit_id,
        tier=as_tier or Tier.OFFICE,
        form_code=form_code,
        indicator_code=found.code,
        column_code=column.code,
        text=_said("text", text, "Hãy ghi nhận xét."),
        made_by=actor.account_id,
        made_by_label=actor.label,
        made_at=instant(),
    )
    data = {
        "period": row.period.code,
        "period_name": row.period.name,
        "level": row.level_code,
        "form": form_code,
        "form_number": of_form.number,
        "cell": f"{found.code}:{column.code}",
        "column": column.full_label,
    }
    record(actor=actor, kind="report:remark", unit_id=row.unit_id, data=data)
    return made


@transaction.atomic
def answer_remark(*, actor: Actor, remark: CellRemark, text: str) -> CellRemark:
    """The school says what it did about a remark. Errors: NotAllowed; REC-01 nothing said."""
    actor.require(Permission.REPORT_PREPARE, on=remark)
    row: CellRemark = CellRemark.objects.select_for_update().get(pk=remark.pk)
    row.answer = _said("answer", text, "Hãy ghi trả lời.")
    row.answered_by_label, row.answered_at = actor.label, instant()
    row.save(update_fields=["answer", "answered_by_label", "answered_at"])
    record(actor=actor, kind="report:answer_remark", unit_id=row.unit_id, data={"remark": str(row.public_id)})
    return row


@transaction.atomic
def return_report(*, actor: Actor, report: Submission, reason: str) -> Submission:
    """Give a report back to the school with reasons: it may freeze, correct, sign and send again as the next version.

    Shapes:  the report is `returned`. Where an office's consolidation held it already, that one is returned too: it
             must be added up again (the department only; an office cannot return what the department holds).
    Errors:  NotAllowed; RPT-03 with who holds it now and the way to ask; REC-01 without a reason.
    """
    hold_sum_of(report)
    row = held_report(report)
    move = _move_for(actor, row, "return_office", "return_department")
    said = _said("reason", reason, "Hãy ghi lý do trả lại.")
    check_state(row, move)
    if move.tier == Tier.DEPARTMENT and not is_direct(row) and not actor.can(move.permission, on=taker_of(row)):
        # The office's sum is opened along, and that is of the whole office.
        raise ReportError(
            f"Báo cáo này nằm trong bản tổng hợp của {taker_of(row).name}: chỉ người phụ trách mọi cấp học của Sở "
            "trả lại được.",
            code="RPT-03",
        )
    was = row.state
    now = instant()
    sources = move.starts_from(is_direct=is_direct(row))
    move_reports(actor=actor, name=move.name, submission_ids=[row.pk], moved_at=now, reason=said, sources=sources)
    data = {"period": row.period.code, "level": row.level_code, "from": was, "reason": said}
    record(actor=actor, kind="report:return", unit_id=row.unit_id, data=data)
    if move.tier == Tier.DEPARTMENT and not is_direct(row):
        _reopen_office(actor, row, now, said)
    if row.period.locks_when_late:
        # What is given back must be able to come again: the lock of the hour waits as long as this.
        Submission.objects.filter(pk=row.pk).update(open_until=now + RETURN_OPENS_FOR)
    row.refresh_from_db()
    return row


def _reopen_office(actor: Actor, report: Submission, now: dt.datetime, reason: str) -> None:
    """The office's sum holds a report that is open again: the office adds up anew and sends anew."""
    held = Consolidation.objects.filter(  # locked by `hold_sum_of`
        period=report.period,
        unit=taker_of(report),
        level_code=report.level_code,
        state__in=[ConsolidationState.FORWARDED, ConsolidationState.ACCEPTED],
    )
    for one in held:
        was, one.state = one.state, ConsolidationState.RETURNED
        one.save(update_fields=["state"])
        said = f"Trả lại {report.unit.name}: {reason}"[:_LONGEST]
        move = CONSOLIDATION_MOVES["give_back"]
        log_consolidation(actor=actor, row=one, move=move, from_state=was, moved_at=now, reason=said)


@transaction.atomic
def accept_report(*, actor: Actor, report: Submission) -> Submission:
    """Accept a report: the office for its schools, the department for those directly under it (and, with the office's
    sum, for the rest). Errors: NotAllowed; RPT-03."""
    row = held_report(report)
    move = _move_for(actor, row, "accept_office", "accept_department")
    check_state(row, move)
    _accept(actor, move, [row])
    row.refresh_from_db()
    return row


@transaction.atomic
def accept_reports(*, actor: Actor, reports: Sequence[Submission]) -> tuple[int, list[str]]:
    """Accept many at once; what cannot be accepted stays and says why.

    Shapes:  how many, sentences of the rest.
    """
    rows = list(
        Submission.objects.select_for_update(of=("self",))
        .select_related("period", "unit__parent", "snapshot__parent")
        .filter(pk__in=[one.pk for one in reports])
        .order_by("pk")
    )
    refused: list[str] = []
    by_move: dict[str, list[Submission]] = {}
    for row in rows:
        try:
            move = _move_for(actor, row, "accept_office", "accept_department")
            check_state(row, move)
        except CsdlError as error:
            refused.append(error.message)
        else:
            by_move.setdefault(move.name, []).append(row)
    return sum(_accept(actor, REPORT_MOVES[name], group) for name, group in by_move.items()), refused


def _accept(actor: Actor, move: Move, rows: Sequence[Submission]) -> int:
    sources = sorted({state for row in rows for state in move.starts_from(is_direct=is_direct(row))})
    moved = move_reports(
        actor=actor, name=move.name, submission_ids=[one.pk for one in rows], moved_at=instant(), sources=sources
    )
    said = {row.unit_id: {"period": row.period.code, "level": row.level_code} for row in rows if row.pk in moved}
    record_each(actor=actor, kind="report:accept", units=said)
    return len(moved)


def _move_for(actor: Actor, row: Submission, office: str, department: str) -> Move:
    """The move of this actor: that of the office where it stands there, else the department's. Errors: NotAllowed."""
    move = REPORT_MOVES[office]
    if not may_move(actor, move, row) or (actor.account_id is None and _is_above(row)):
        move = REPORT_MOVES[department]
        require_tier(actor, Tier.DEPARTMENT, move.permission, row)
    return move


def _is_above(row: Submission) -> bool:
    """An operator stands everywhere: what the department holds is moved as the department."""
    return row.state in (SubmissionState.FORWARDED, SubmissionState.APPROVED_L2)


def _said(name: str, text: str, wanted: str) -> str:
    said = squeeze(text)
    if not said:
        raise InvalidRecord({name: [wanted]})
    if len(said) > _LONGEST:
        raise InvalidRecord({name: [f"Dài nhất {_LONGEST} ký tự."]})
    return said
