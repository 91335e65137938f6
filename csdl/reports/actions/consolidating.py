"""An office adds up what it accepted and sends it on; the department does the same and closes the period."""

import hashlib
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from csdl.accounts.actor import Actor, refuse
from csdl.accounts.errors import InvalidRecord
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.codes.queries import labels
from csdl.lib import sql
from csdl.lib.vietnamese import squeeze
from csdl.orgs.models import OrgUnit
from csdl.reports.actions.moving import instant, late_minutes, log_consolidation, move_reports, stands_at
from csdl.reports.consolidations import is_stale, recount, still_missing, sums_statement
from csdl.reports.enums import ConsolidationState, SubmissionState, Tier
from csdl.reports.errors import ReportError
from csdl.reports.forms import basis_on
from csdl.reports.models import (
    Consolidation,
    ConsolidationPart,
    ConsolidationVersion,
    ReportPeriod,
    Signature,
    Submission,
)
from csdl.reports.moves import CONSOLIDATION_MOVES
from csdl.reports.queries import due_at, expected_reports, scope_of
from csdl.reports.statements import MODULE, run

__all__ = [
    "accept_consolidation",
    "close_period",
    "consolidate",
    "consolidate_levels",
    "forward_consolidation",
    "give_back",
    "reopen_period",
]

_LONGEST = 500


@transaction.atomic
def consolidate(*, actor: Actor, period: ReportPeriod, unit: OrgUnit, level_code: str) -> Consolidation:
    """Add up the accepted reports of a level below a unit, by the tree of the snapshot day.

    Shapes:  version n + 1 with its parts, one row per form row, the missing units by name; the same parts again make
             no new version. Every sum is re-added from its parts before it is kept.
    Errors:  NotAllowed; RPT-03 the department holds the office's sum, or the period is closed; RPT-04 nobody below
             owes that level; RPT-05 the sum does not equal its parts; RPT-10 nothing is accepted yet.
    Source:  reports.md §10 (aggregation); requirements R15, R16.
    """
    # Who sees one level of the unit's schools reviews their reports; the sum is the whole unit's.
    if not (stands_at(actor, Permission.REPORT_REVIEW, [unit.pk]) and actor.can(Permission.REPORT_REVIEW, on=unit)):
        raise refuse(actor, Permission.REPORT_REVIEW)
    row = _held(period, unit, level_code)
    _check_open(row)
    scope = scope_of(actor, Permission.REPORT_REVIEW, period, unit)
    expected = [one for one in expected_reports(period, scope) if one.forms and one.level_code == level_code]
    if not expected:
        raise ReportError(f"{unit.name} không có đơn vị nào phải báo cáo cấp học này.", code="RPT-04")
    wanted = _accepted_states(unit)
    reports = list(
        Submission.objects.select_for_update(of=("self",))
        .filter(period=period, level_code=level_code, unit_id__in=[one.unit_id for one in expected], state__in=wanted)
        .select_related("snapshot")
        .order_by("pk")
    )
    if not reports:
        raise ReportError(
            f"Chưa có báo cáo {_level(level_code)} nào được duyệt để tổng hợp ({len(expected)} đơn vị phải báo cáo).",
            code="RPT-10",
        )
    parts = {one.pk: one.snapshot_id for one in reports}
    if row.current and parts == dict(row.current.parts.values_list("submission_id", "snapshot_id")):
        return row
    made = _add_up(actor, row, reports, still_missing(period, expected, [one.unit_id for one in reports], level_code))
    row.current = made
    row.state = ConsolidationState.MADE
    row.save(update_fields=["current", "state"])
    data = {
        "period": period.code,
        "level": level_code,
        "version": made.version,
        "included": made.included_count,
        "expected": made.expected_count,
        "digest": made.digest,
    }
    record(actor=actor, kind="report:consolidate", unit_id=unit.pk, data=data)
    return row


def consolidate_levels(
    *, actor: Actor, period: ReportPeriod, unit: OrgUnit, level_code: str = ""
) -> tuple[list[Consolidation], list[str]]:
    """Add up every level that somebody below owes (or the one named); what could not be added says why."""
    scope = scope_of(actor, Permission.REPORT_REVIEW, period, unit)
    levels = sorted({one.level_code for one in expected_reports(period, scope) if one.forms})
    made, refused = [], []
    for level in [level_code] if level_code else levels:
        try:
            made.append(consolidate(actor=actor, period=period, unit=unit, level_code=level))
        except ReportError as error:
            refused.append(error.message)
    return made, refused


@transaction.atomic
def forward_consolidation(*, actor: Actor, consolidation: Consolidation, version: int) -> Consolidation:
    """The head of an office signs its sum and sends it to the department; the reports in it go along.

    Errors:  NotAllowed; RPT-03 sent already; RPT-09 another version, or a report in it moved meanwhile.
    """
    row, made = _ready(actor, consolidation, version, "forward", [consolidation.unit_id])
    return _signed_and_sent(actor, row, made, "forward", reports="forward")


@transaction.atomic
def accept_consolidation(*, actor: Actor, consolidation: Consolidation) -> Consolidation:
    """The department accepts an office's sum, and with it every report in it. Errors: NotAllowed; RPT-03."""
    row = _moved_by_department(actor, consolidation, "accept_department")
    made = _current(row)
    now = instant()
    was, row.state = row.state, ConsolidationState.ACCEPTED
    row.save(update_fields=["state"])
    move = CONSOLIDATION_MOVES["accept_department"]
    log_consolidation(actor=actor, row=row, move=move, from_state=was, moved_at=now)
    moved = move_reports(actor=actor, name="accept_department", submission_ids=_part_ids(made), moved_at=now)
    _say(actor, "report:accept_consolidation", row, made, moved=len(moved))
    return row


@transaction.atomic
def give_back(*, actor: Actor, consolidation: Consolidation, reason: str) -> Consolidation:
    """The department gives an office's sum back: its reports are the office's again. Errors: NotAllowed; RPT-03; REC-01
    without a reason."""
    return _taken_back(actor, consolidation, "give_back", reason, "Hãy ghi lý do trả lại")


@transaction.atomic
def close_period(*, actor: Actor, consolidation: Consolidation, version: int) -> Consolidation:
    """The department signs the province's sum of a level and closes it: its reports are final.

    Errors:  NotAllowed; RPT-03; RPT-09 another version, or a report in it moved meanwhile.
    """
    row, made = _ready(actor, consolidation, version, "close", [consolidation.unit_id])
    if row.unit.parent_id is not None:
        raise ReportError("Chỉ báo cáo tổng hợp của Sở mới đóng kỳ được.", code="RPT-03")
    return _signed_and_sent(actor, row, made, "close", reports="finalise")


@transaction.atomic
def reopen_period(*, actor: Actor, consolidation: Consolidation, reason: str) -> Consolidation:
    """The department opens a closed level again, with a reason. Errors: NotAllowed; RPT-03; REC-01 without a reason."""
    return _taken_back(actor, consolidation, "reopen", reason, "Hãy ghi lý do mở lại")


def _signed_and_sent(
    actor: Actor, row: Consolidation, made: ConsolidationVersion, name: str, *, reports: str
) -> Consolidation:
    """The head signs a sum and it goes on, and with it every report in it, by their move `reports`. An office's sum
    stays as late as it was when it was first sent; the department's is as late as its last closing."""
    move, now = CONSOLIDATION_MOVES[name], instant()
    due = due_at(row.period, row.unit_id, row.level_code, move.tier)
    late = late_minutes(now, due)
    _sign(actor, made, now)
    was, row.state = row.state, move.target
    if row.sent_at is None or move.tier == Tier.DEPARTMENT:
        row.late_minutes = late
    row.sent_at = now
    row.save(update_fields=["state", "sent_at", "late_minutes"])
    log_consolidation(actor=actor, row=row, move=move, from_state=was, moved_at=now, due_at=due, late=late)
    moved = move_reports(actor=actor, name=reports, submission_ids=_part_ids(made), moved_at=now)
    _say(actor, f"report:{name}", row, made, moved=len(moved), late_minutes=late)
    return row


def _taken_back(actor: Actor, consolidation: Consolidation, name: str, reason: str, wanted: str) -> Consolidation:
    """A sum goes a step back, and with it every report in it."""
    row = _moved_by_department(actor, consolidation, name)
    said = squeeze(reason)
    if not said or len(said) > _LONGEST:
        raise InvalidRecord({"reason": [f"{wanted}, dài nhất {_LONGEST} ký tự."]})
    move, made, now = CONSOLIDATION_MOVES[name], _current(row), instant()
    was, row.state = row.state, move.target
    row.save(update_fields=["state"])
    log_consolidation(actor=actor, row=row, move=move, from_state=was, moved_at=now, reason=said)
    moved = move_reports(actor=actor, name=name, submission_ids=_part_ids(made), moved_at=now, reason=said)
    _say(actor, f"report:{name}", row, made, moved=len(moved), reason=said)
    return row


def _held(period: ReportPeriod, unit: OrgUnit, level_code: str) -> Consolidation:
    made, _ = Consolidation.objects.get_or_create(period=period, unit=unit, level_code=level_code)
    return _locked(made)


def _locked(row: Consolidation) -> Consolidation:
    found: Consolidation = (
        Consolidation.objects.select_for_update(of=("self",)).select_related("period", "unit", "current").get(pk=row.pk)
    )
    return found


def _check_open(row: Consolidation) -> None:
    if row.state in (ConsolidationState.FORWARDED, ConsolidationState.ACCEPTED):
        raise ReportError("Sở đang giữ bản tổng hợp này; muốn tổng hợp lại, hãy đề nghị Sở trả lại.", code="RPT-03")
    if row.state == ConsolidationState.CLOSED:
        raise ReportError(f"Kỳ báo cáo {_level(row.level_code)} đã đóng. Mở lại kỳ trước khi tổng hợp.", code="RPT-03")


def _accepted_states(unit: OrgUnit) -> list[str]:
    """What counts as accepted by this unit: the department takes what it accepted itself."""
    states: list[str] = [SubmissionState.APPROVED_L2, SubmissionState.FINALISED]
    return states if unit.parent_id is None else [SubmissionState.APPROVED_L1, SubmissionState.FORWARDED, *states]


def _add_up(
    actor: Actor, row: Consolidation, reports: Sequence[Submission], missing: list[dict[str, Any]]
) -> ConsolidationVersion:
    last = row.versions.order_by("-version").first()
    made: ConsolidationVersion = ConsolidationVersion.objects.create(
        consolidation=row,
        unit_id=row.unit_id,
        version=last.version + 1 if last else 1,
        basis=basis_on(row.period.snapshot_on).code,
        made_at=instant(),
        made_by=actor.account_id,
        made_by_label=actor.label,
        expected_count=len(reports) + len(missing),
        included_count=len(reports),
        pupil_count=sum(one.snapshot.pupil_count for one in reports if one.snapshot),
        missing=missing,
    )
    ConsolidationPart.objects.bulk_create(
        ConsolidationPart(
            version=made,
            unit_id=row.unit_id,
            of_unit_id=one.unit_id,
            submission=one,
            snapshot=one.snapshot,
        )
        for one in reports
    )
    text = sql.statement(MODULE, "53_keep_sums").replace("{sums}", sums_statement())
    run(text, {"version_id": made.pk, "unit_id": row.unit_id})
    if wrong := recount(made):
        raise ReportError("Tổng hợp không bằng tổng các báo cáo. Đã dừng, không ghi gì.", code="RPT-05", problems=wrong)
    made.digest = _digest(made)
    made.save(update_fields=["digest"])
    return made


def _digest(made: ConsolidationVersion) -> str:
    """One hash over the parts' hashes: the same reports, the same sum."""
    hashes = made.parts.order_by("of_unit_id").values_list("snapshot__digest", flat=True)
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


def _ready(
    actor: Actor, consolidation: Consolidation, version: int, move_name: str, unit_ids: list[int]
) -> tuple[Consolidation, ConsolidationVersion]:
    """The row and the reports in it locked, in states from which they may be signed and moved, with the version that
    was looked at: what is given back meanwhile either waits or is seen."""
    move = CONSOLIDATION_MOVES[move_name]
    row = _locked(consolidation)
    if not (stands_at(actor, move.permission, unit_ids) and actor.can(move.permission, on=row)):
        raise refuse(actor, move.permission)
    _check_source(row, move_name)
    made = _current(row)
    if made.version != version:
        raise ReportError(f"Vừa có lần tổng hợp {made.version}. Hãy xem lại rồi ký.", code="RPT-09")
    parts = Submission.objects.select_for_update(of=("self",)).filter(pk__in=_part_ids(made)).order_by("pk")
    list(parts.values_list("pk"))
    if is_stale(row, made):
        raise ReportError(
            "Có báo cáo đã được trả lại, gửi lại hoặc duyệt thêm sau lần tổng hợp này. Hãy tổng hợp lại.", code="RPT-09"
        )
    if wrong := recount(made):
        raise ReportError("Tổng hợp không bằng tổng các báo cáo.", code="RPT-05", problems=wrong)
    return row, made


def _moved_by_department(actor: Actor, consolidation: Consolidation, move_name: str) -> Consolidation:
    move = CONSOLIDATION_MOVES[move_name]
    row = _locked(consolidation)
    root = row.unit
    while root.parent is not None:
        root = root.parent
    if not (stands_at(actor, move.permission, [root.pk]) and actor.can(move.permission, on=row)):
        raise refuse(actor, move.permission)
    _check_source(row, move_name)
    return row


def _check_source(row: Consolidation, move_name: str) -> None:
    move = CONSOLIDATION_MOVES[move_name]
    if row.state not in move.sources:
        state = ConsolidationState(row.state).label
        raise ReportError(
            f"Không thực hiện được “{move.label}”: báo cáo tổng hợp của {row.unit.name} đang ở trạng thái “{state}”.",
            code="RPT-03",
        )


def _current(row: Consolidation) -> ConsolidationVersion:
    if row.current is None:
        raise ReportError(f"{row.unit.name} chưa tổng hợp {_level(row.level_code)}.", code="RPT-08")
    return row.current


def _sign(actor: Actor, made: ConsolidationVersion, now: Any) -> None:
    Signature.objects.get_or_create(
        version=made,
        defaults={
            "unit_id": made.unit_id,
            "digest": made.digest,
            "account_id": actor.account_id,
            "actor_label": actor.label,
            "signed_at": now,
        },
    )


def _part_ids(made: ConsolidationVersion) -> list[int]:
    return list(made.parts.values_list("submission_id", flat=True))


def _level(level_code: str) -> str:
    return labels("school_level")["school_level"].get(level_code, f"cấp {level_code}").lower()


def _say(actor: Actor, kind: str, row: Consolidation, made: ConsolidationVersion, **more: Any) -> None:
    data = {"period": row.period.code, "level": row.level_code, "version": made.version, **more}
    record(actor=actor, kind=kind, unit_id=row.unit_id, data=data)
