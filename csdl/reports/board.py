"""Reads of the chain: the board of a period, one report's way so far, what a school has to do next.

Everything about a unit begins at the gate.
"""

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from django.db.models import QuerySet

from csdl.access.queries import visible
from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.lib import clock, sql
from csdl.orgs.models import OrgUnit
from csdl.reports.enums import FREEZABLE, SubmissionState
from csdl.reports.forms import owed_forms, why_none
from csdl.reports.models import CellRemark, Reminder, ReportPeriod, Signature, Snapshot, StateMove, Submission
from csdl.reports.moves import move_label
from csdl.reports.queries import deadlines_of, scope_of
from csdl.reports.statements import MODULE

__all__ = [
    "SENT_STATES",
    "BoardLine",
    "OwesNone",
    "StateCount",
    "Sums",
    "TimelineEntry",
    "board",
    "open_periods",
    "reached_units",
    "remarks",
    "reporting_parents",
    "said_minutes",
    "standing_of",
    "state_counts",
    "summed",
    "timeline",
    "whole_board",
    "words",
]

SENT_STATES = frozenset(SubmissionState.values) - {str(state) for state in FREEZABLE}
_TAKEN = frozenset(
    state.value
    for state in (
        SubmissionState.APPROVED_L1,
        SubmissionState.FORWARDED,
        SubmissionState.APPROVED_L2,
        SubmissionState.FINALISED,
    )
)
_SUBMITTED, _RETURNED = SubmissionState.SUBMITTED.value, SubmissionState.RETURNED.value
# A period is on people's lists from the day after its snapshot until the ministry has it and some time after.
_LISTED_FOR = dt.timedelta(days=120)


class BoardLine(NamedTuple):
    """Where one expected report stands. `standing` is one of `words`; `place` its number in the order of offices and
    names; `is_own`: it is counted here; that of a school which came after the snapshot day is the office's of that day.
    A tuple: a department's page makes thousands."""

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
    is_own: bool
    standing: str
    place: int
    sort_key: str
    is_sent: bool

    @property
    def came_again(self) -> bool:
        """Whether the newest sending came after the hour and the first, which counts, before it."""
        is_after = self.sent_at is not None and self.due_at is not None and self.sent_at >= self.due_at
        return self.is_sent and is_after and self.late_minutes is None

    @property
    def lateness(self) -> str:
        """Whether it came in time, by its first sending, in words; empty before it is sent."""
        if not self.is_sent:
            return ""
        if self.late_minutes is not None:
            return f"muộn {said_minutes(self.late_minutes)}"
        return "lần đầu đúng hạn" if self.came_again else "đúng hạn"


class OwesNone(NamedTuple):
    """A unit that teaches and owes no report for a level, and why."""

    name: str
    level_code: str
    parent_name: str
    reason: str


class StateCount(NamedTuple):
    """So many reports of a level below one unit stand here."""

    parent_id: int
    parent_name: str
    parent_public_id: uuid.UUID | None
    is_direct: bool
    level_code: str
    state: str
    reports: int


# standing: tone of the badge and word
words: Mapping[str, tuple[str, str]] = {
    "chua-gui": ("calm", "Chưa gửi"),
    "qua-han": ("bad", "Quá hạn, chưa gửi"),
    "tra-lai": ("wait", "Bị trả lại"),
    "dang-sua": ("wait", "Bị trả lại, đang sửa"),
    "cho-xet": ("info", "Đã gửi, chờ xét"),
    "da-duyet": ("good", "Đã duyệt"),
}


# standing: which of the sums counts it
_COUNTED_IN: Mapping[str, str] = {
    "chua-gui": "missing",
    "qua-han": "overdue",
    "tra-lai": "returned",
    "dang-sua": "returned",
    "cho-xet": "waiting",
    "da-duyet": "accepted",
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
    return whole_board(actor=actor, period=period, unit_ids=unit_ids, now=now)[0]


def whole_board(
    *, actor: Actor, period: ReportPeriod, unit_ids: Sequence[int] | None = None, now: dt.datetime | None = None
) -> tuple[list[BoardLine], list[OwesNone]]:
    """`board`, and by the same queries the actor's own units that owe none, each with the reason."""
    rows = _owed(actor, period, "41_board", unit_ids)
    hours = deadlines_of(period)
    at = now or clock.now()
    owing = _owing(period, {(row[_KIND], row[_LEVEL]) for row in rows})
    lines = [_line(row, place, hours, at) for place, row in enumerate(rows) if (row[_KIND], row[_LEVEL]) in owing]
    none = [
        OwesNone(row[_NAME], row[_LEVEL], row[_PARENT_NAME], why_none(row[_KIND], row[_LEVEL], period.kind))
        for row in rows
        if (row[_KIND], row[_LEVEL]) not in owing and row[_IS_OWN]
    ]
    return lines, none


def state_counts(*, actor: Actor, period: ReportPeriod) -> list[StateCount]:
    """How many of the actor's own reports stand where, by the unit above and by level, counted by the database: two
    queries."""
    rows = _owed(actor, period, "42_count_reports")
    owing = _owing(period, {(row[-1], row[4]) for row in rows})
    return [StateCount(*row[:-1]) for row in rows if (row[-1], row[4]) in owing]


def _owed(
    actor: Actor, period: ReportPeriod, name: str, unit_ids: Sequence[int] | None = None
) -> list[tuple[Any, ...]]:
    """What a statement over the reports owed within reach answers."""
    actor.require(Permission.REPORT_READ)
    scope = replace(scope_of(actor, Permission.REPORT_READ, period), only=unit_ids)
    text = sql.statement(MODULE, name).replace("{expected}", sql.statement(MODULE, "10_expected_reports"))
    return sql.tuples_of(
        text,
        {
            "period_id": period.pk,
            "day": period.snapshot_on,
            "start_year": period.start_year,
            **scope.params,
        },
    )


def _owing(period: ReportPeriod, kinds: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Kinds of units that owe a form for a level in this period."""
    return {key for key in kinds if owed_forms(*key, period.kind)}


# Places in a row of 41_board.sql.
_UNIT, _NAME, _LEVEL, _PARENT_NAME, _STATE, _SENT_AT, _OPEN_UNTIL = 0, 3, 4, 7, 10, 11, 13
_IS_OWN, _SORT_KEY, _KIND = 19, 20, 21


def _line(
    row: tuple[Any, ...], place: int, hours: Callable[[int, str], dt.datetime | None], now: dt.datetime
) -> BoardLine:
    due, state = hours(row[_UNIT], row[_LEVEL]), row[_STATE]
    said = (standing_of(state, row[_SENT_AT], due, now), place, row[_SORT_KEY], state in SENT_STATES)
    return BoardLine._make((*row[:_OPEN_UNTIL], due, *row[_OPEN_UNTIL:_SORT_KEY], *said))


def standing_of(state: str, sent_at: dt.datetime | None, due: dt.datetime | None, now: dt.datetime) -> str:
    """Where a report stands for whoever waits for it, one of `words`: given back is told from never sent."""
    if state == _SUBMITTED:
        return "cho-xet"
    if state in _TAKEN:
        return "da-duyet"
    if state == _RETURNED:
        return "tra-lai"
    if sent_at is not None:
        return "dang-sua"  # sent once, given back, frozen again
    return "qua-han" if due is not None and now >= due else "chua-gui"


def summed(lines: Iterable[BoardLine], key: Callable[[BoardLine], tuple[str, str]]) -> list[Sums]:
    """Counts by a key of each line: (what stands in the address, what people read), in the lines' order."""
    counted = Counter((key(line), line.standing, line.is_sent, line.late_minutes is not None) for line in lines)
    found: dict[str, Sums] = {}
    for ((name, text), standing, is_sent, is_late), count in counted.items():
        one = found.setdefault(name, Sums(text, name))
        one.owed += count
        one.sent += count * is_sent
        one.late += count * (is_sent and is_late)
        counter = _COUNTED_IN[standing]
        setattr(one, counter, getattr(one, counter) + count)
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
    moves = list(StateMove.objects.filter(submission=report).order_by("pk"))
    first = next((one.pk for one in moves if one.name == "send"), None)
    found += [_moved(one, is_resent=one.name == "send" and one.pk != first) for one in moves]
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


def _moved(one: StateMove, *, is_resent: bool) -> TimelineEntry:
    note, what = one.reason, "Đã gửi lại báo cáo" if is_resent else move_label(one.name)
    # A report is late or in time by its first sending: what came again after a return was asked for.
    if one.late_minutes is not None and not is_resent:
        note = f"Muộn {said_minutes(one.late_minutes)}. {note}".strip()
    return TimelineEntry(one.moved_at, what, one.actor_label, note, _TONES.get(one.name, "calm"))


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
