"""Reads of the chain: the board of a period, one report's way so far, what a school has to do next.

Everything about a unit begins at the gate.
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

from csdl.access.queries import visible
from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.lib import clock, sql
from csdl.orgs.models import OrgUnit
from csdl.reports.enums import FREEZABLE, SubmissionState
from csdl.reports.forms import owed_forms
from csdl.reports.models import CellRemark, Reminder, ReportPeriod, Signature, Snapshot, StateMove, Submission
from csdl.reports.moves import move_label
from csdl.reports.queries import deadlines_of, scope_of
from csdl.reports.statements import MODULE

__all__ = [
    "BoardLine",
    "Sums",
    "TimelineEntry",
    "board",
    "open_periods",
    "reached_units",
    "remarks",
    "reporting_parents",
    "said_minutes",
    "summed",
    "timeline",
    "words",
]

_SENT = frozenset(SubmissionState.values) - {str(state) for state in FREEZABLE}
_TAKEN = (
    SubmissionState.APPROVED_L1,
    SubmissionState.FORWARDED,
    SubmissionState.APPROVED_L2,
    SubmissionState.FINALISED,
)
# A period is on people's lists from the day after its snapshot until the ministry has it and some time after.
_LISTED_FOR = dt.timedelta(days=120)


@dataclass(frozen=True)
class BoardLine:
    """Where one expected report stands. `standing` is one of `words`."""

    unit_id: int
    public_id: uuid.UUID
    code: str
    name: str
    level_code: str
    parent_id: int
    parent_public_id: uuid.UUID | None
    parent_name: str
    is_direct: bool
    report_id: int | None
    state: str
    sent_at: dt.datetime | None
    late_minutes: int | None
    due_at: dt.datetime | None
    open_until: dt.datetime | None
    version: int
    pupils: int
    errors: int
    warnings: int
    asks_unlock: bool
    standing: str

    @property
    def is_sent(self) -> bool:
        return self.state in _SENT


# standing: tone of the badge and word
words: Mapping[str, tuple[str, str]] = {
    "chua-gui": ("calm", "Chưa gửi"),
    "qua-han": ("bad", "Quá hạn, chưa gửi"),
    "tra-lai": ("wait", "Bị trả lại"),
    "cho-xet": ("info", "Đã gửi, chờ xét"),
    "da-duyet": ("good", "Đã duyệt"),
}


@dataclass
class Sums:
    """Counts of some lines: by office, by level, or all."""

    name: str
    key: str
    owed: int = 0
    sent: int = 0
    late: int = 0
    returned: int = 0
    missing: int = 0
    overdue: int = 0
    waiting: int = 0
    accepted: int = 0


@dataclass(frozen=True)
class TimelineEntry:
    """One thing that happened to a report: when, what, by whom, with what reason."""

    at: dt.datetime
    what: str
    who: str
    note: str
    tone: str


def open_periods(today: dt.date) -> QuerySet[ReportPeriod]:
    """Periods that people work on today, the newest first."""
    return ReportPeriod.objects.filter(snapshot_on__lt=today, snapshot_on__gte=today - _LISTED_FOR)


def board(
    *, actor: Actor, period: ReportPeriod, unit_ids: Sequence[int] | None = None, now: dt.datetime | None = None
) -> list[BoardLine]:
    """Every report that units within reach owe, in the order of offices and names; three queries however many.

    `unit_ids` narrows it to some units.
    """
    actor.require(Permission.REPORT_READ)
    scope = replace(scope_of(actor, Permission.REPORT_READ, period), only=unit_ids)
    text = sql.statement(MODULE, "41_board").replace("{expected}", sql.statement(MODULE, "10_expected_reports"))
    rows = sql.rows_of(
        text,
        {
            "period_id": period.pk,
            "day": period.snapshot_on,
            "start_year": period.start_year,
            **scope.params,
        },
    )
    hours = deadlines_of(period)
    at = now or clock.now()
    kinds = {(row["unit_kind"], row["level_code"]) for row in rows}
    owing = {key for key in kinds if owed_forms(*key, period.kind)}
    return [_line(row, hours, at) for row in rows if (row["unit_kind"], row["level_code"]) in owing]


def _line(row: Mapping[str, Any], hours: Callable[[int, str], dt.datetime | None], now: dt.datetime) -> BoardLine:
    due = hours(row["unit_id"], row["level_code"])
    return BoardLine(
        row["unit_id"],
        row["public_id"],
        row["code"],
        row["unit_name"],
        row["level_code"],
        row["parent_id"] or 0,
        row["parent_public_id"],
        row["parent_name"],
        row["is_direct"],
        row["report_id"],
        row["state"],
        row["sent_at"],
        row["late_minutes"],
        due,
        row["open_until"],
        row["version"] or 0,
        row["pupil_count"] or 0,
        row["error_count"] or 0,
        row["warning_count"] or 0,
        row["asks_unlock"],
        _standing(row["state"], due, now),
    )


def _standing(state: str, due: dt.datetime | None, now: dt.datetime) -> str:
    if state == SubmissionState.SUBMITTED:
        return "cho-xet"
    if state in _TAKEN:
        return "da-duyet"
    if state == SubmissionState.RETURNED:
        return "tra-lai"
    return "qua-han" if due is not None and now >= due else "chua-gui"


def summed(lines: Iterable[BoardLine], key: Callable[[BoardLine], tuple[str, str]]) -> list[Sums]:
    """Counts by a key of each line: (what stands in the address, what people read), in the lines' order."""
    found: dict[str, Sums] = {}
    for line in lines:
        name, text = key(line)
        one = found.setdefault(name, Sums(text, name))
        one.owed += 1
        one.sent += line.is_sent
        one.late += line.is_sent and line.late_minutes is not None
        one.returned += line.standing == "tra-lai"
        one.missing += line.standing == "chua-gui"
        one.overdue += line.standing == "qua-han"
        one.waiting += line.standing == "cho-xet"
        one.accepted += line.standing == "da-duyet"
    return list(found.values())


def remarks(report: Submission) -> dict[tuple[str, str], list[CellRemark]]:
    """Remarks on a report by (form, row), oldest first."""
    found: dict[tuple[str, str], list[CellRemark]] = defaultdict(list)
    for one in report.remarks.order_by("pk"):
        found[one.form_code, one.indicator_code].append(one)
    return found


_TONES = {
    "send": "good",
    "accept_office": "good",
    "accept_department": "good",
    "finalise": "good",
    "return_office": "bad",
    "return_department": "bad",
}


def timeline(report: Submission) -> list[TimelineEntry]:
    """What happened to a report, newest first: freezes, signatures, moves, unlocks, reminders; five queries."""
    found = [
        TimelineEntry(
            one.known_at,
            f"Chốt số liệu lần {one.version}",
            one.frozen_by_label,
            f"{one.pupil_count} học sinh, {one.error_count} ràng buộc sai",
            "calm",
        )
        for one in Snapshot.objects.filter(submission=report)
    ]
    found += [
        TimelineEntry(one.signed_at, "Ký duyệt", one.actor_label, one.note, "good")
        for one in Signature.objects.filter(snapshot__submission=report)
    ]
    found += [_moved(one) for one in StateMove.objects.filter(submission=report)]
    for asked in report.unlock_requests.all():
        found.append(TimelineEntry(asked.asked_at, "Đề nghị mở khóa", asked.asked_by_label, asked.reason, "wait"))
        if asked.decided_at:
            until = f"đến {_local(asked.open_until):%H:%M %d/%m/%Y}. " if asked.open_until else ""
            found.append(
                TimelineEntry(
                    asked.decided_at,
                    asked.get_decision_display(),
                    asked.decided_by_label,
                    f"{until}{asked.answer}",
                    "info",
                )
            )
    found += [
        TimelineEntry(one.sent_at, "Nhắc nộp báo cáo", one.sent_by_label, one.text, "wait")
        for one in Reminder.objects.filter(
            period_id=report.period_id, unit_id=report.unit_id, level_code=report.level_code
        )
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _moved(one: StateMove) -> TimelineEntry:
    note = one.reason
    if one.late_minutes is not None:
        note = f"Muộn {said_minutes(one.late_minutes)}. {note}".strip()
    return TimelineEntry(one.moved_at, move_label(one.name), one.actor_label, note, _TONES.get(one.name, "calm"))


def _local(instant: dt.datetime | None) -> dt.datetime:
    assert instant is not None
    return instant.astimezone(clock.LOCAL_ZONE)


def said_minutes(minutes: int) -> str:
    """90 -> 1 giờ 30 phút."""
    days, rest = divmod(minutes, 24 * 60)
    hours, left = divmod(rest, 60)
    parts = [(days, "ngày"), (hours, "giờ"), (left if not days else 0, "phút")]
    return " ".join(f"{count} {word}" for count, word in parts if count) or "0 phút"


def reached_units(actor: Actor) -> QuerySet[OrgUnit]:
    """Units whose reports the actor may see."""
    return visible(OrgUnit.objects.all(), actor, Permission.REPORT_READ)


def reporting_parents(actor: Actor, period: ReportPeriod) -> QuerySet[OrgUnit]:
    """Units that took, on the snapshot day, a frozen report of a period that the actor may see."""
    held = visible(Submission.objects.filter(period=period), actor, Permission.REPORT_READ)
    return OrgUnit.objects.filter(pk__in=held.values("snapshot__parent_id"))
