"""Periods, their hours and extensions: set by the department, each odd day questioned before it is believed."""

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from csdl.accounts.actor import Actor, refuse
from csdl.accounts.errors import InvalidRecord
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.lib import clock
from csdl.lib.vietnamese import squeeze
from csdl.orgs.enums import TEACHING_KINDS
from csdl.orgs.models import OrgUnit, SchoolLevel
from csdl.reports.actions.moving import require_own, root_unit, stands_at
from csdl.reports.enums import SubmissionState
from csdl.reports.errors import ReportError
from csdl.reports.forms import PeriodKind, period_kinds
from csdl.reports.models import Deadline, DeadlineExtension, ReportPeriod, Submission
from csdl.reports.queries import due_at as hour_of
from csdl.reports.queries import expected_reports, usual_code, usual_period

__all__ = [
    "SENDERS",
    "Doubt",
    "doubts",
    "extend_deadline",
    "may_give_time",
    "open_period",
    "open_usual_period",
    "set_deadline",
    "unclosed_start",
]

# It stands in addresses.
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
SENDERS = ("school", "office", "department")
# A later hour is a slip of the year.
_LONGEST = dt.timedelta(days=200)


@dataclass(frozen=True)
class Doubt:
    """A day that does not fit the school year: which one, the question to ask, the day that was probably meant."""

    field: str
    question: str
    likely: dt.date | dt.datetime | None


def open_usual_period(
    *,
    actor: Actor,
    start_year: int,
    kind: str,
    note: str = "",
    snapshot_on: dt.date | None = None,
    due: Mapping[str, dt.datetime] | None = None,
    code: str = "",
    name: str = "",
    starts_on: dt.date | None = None,
    source_text: str = "",
    confirmed: Collection[str] | None = None,
) -> ReportPeriod:
    """The period of a kind, on the days that the law and the department's letter give it where no others are named.

    Errors:  as `open_period`; RPT-06 the year-end period while the start-of-year one is not closed, unless a note says
             why it is opened all the same.
    Source:  dispatch 2494 of 2023: the start of the year first, as the base that its end is compared with.
    """
    actor.require(Permission.YEAR_MANAGE)
    known = _kind(kind)
    if (question := unclosed_start(start_year, kind)) and not squeeze(note):
        raise ReportError(question, code="RPT-06")
    return open_period(
        actor=actor,
        start_year=start_year,
        kind=kind,
        snapshot_on=snapshot_on or known.day(known.snapshot, start_year),
        due=_usual_hours(known, start_year) | dict(due or {}),
        code=code,
        name=name,
        starts_on=starts_on,
        source_text=source_text,
        note=note,
        confirmed=confirmed,
    )


@transaction.atomic
def open_period(
    *,
    actor: Actor,
    start_year: int,
    kind: str,
    snapshot_on: dt.date,
    due: Mapping[str, dt.datetime],
    code: str = "",
    name: str = "",
    starts_on: dt.date | None = None,
    source_text: str = "",
    note: str = "",
    confirmed: Collection[str] | None = None,
) -> ReportPeriod:
    """Set up a period with the hour of each sender; a day outside its window is taken only with a note that confirms.

    Shapes:  one ReportPeriod, a Deadline for each sender, the partition of its rows. `due` sender -> instant.
             `confirmed`: the questions that were answered yes, where a note alone does not say so (None: it does).
    Errors:  NotAllowed; RPT-06 a day outside the school year and not confirmed: the likely correction stands in
             `problems`, the doubts in `facts`; REC-01 the code is taken or cannot stand in an address, the period
             begins after its day.
    Source:  misprint M4 of the department's letter (year-end days of 2024 for 2024-2025).
    """
    actor.require(Permission.YEAR_MANAGE)
    known = period_kinds().get(kind)
    code = squeeze(code) or usual_code(start_year, kind)
    faults: dict[str, list[str]] = {}
    if not _CODE.fullmatch(code):
        faults["code"] = ["Mã kỳ gồm chữ thường không dấu, chữ số, gạch nối, nhiều nhất 40 ký tự, ví dụ 2024-bo-sung."]
    elif ReportPeriod.objects.filter(code=code).exists():
        faults["code"] = [f"Đã có kỳ báo cáo mã {code}."]
    if starts_on and starts_on > snapshot_on:
        faults["starts_on"] = [f"Đầu kỳ không thể sau ngày chốt {snapshot_on:%d/%m/%Y}."]
    if faults:
        raise InvalidRecord(faults)
    found = doubts(start_year=start_year, kind=kind, snapshot_on=snapshot_on, due=due, starts_on=starts_on)
    _check_confirmed(found, note, confirmed)
    year_name = f"{start_year}-{start_year + 1}"
    made = ReportPeriod.objects.create(
        code=code,
        name=squeeze(name) or f"{known.title if known else 'Kỳ báo cáo'} {year_name}",
        kind=kind,
        start_year=start_year,
        snapshot_on=snapshot_on,
        starts_on=starts_on or _start_of(start_year, kind, snapshot_on),
        source_text=source_text.strip(),
        note=squeeze(note),
        created_by=actor.account_id,
    )
    Deadline.objects.bulk_create(
        Deadline(
            period=made,
            sender=sender,
            due_at=instant,
            received_on=known.day(known.ministry_receives, start_year) if known and sender == "department" else None,
        )
        for sender, instant in due.items()
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT csdl_make_report_partition(%s)", [made.pk])
    data = {
        "period": code,
        "snapshot_on": snapshot_on.isoformat(),
        "confirmed": [one.field for one in found],
        "note": made.note,
        "source_text": made.source_text,
    }
    record(actor=actor, kind="report:open_period", data=data)
    return made


def _check_confirmed(found: Sequence[Doubt], note: str, confirmed: Collection[str] | None) -> None:
    """Whether what is doubted was confirmed, with a reason. Errors: RPT-06 with the questions and the doubts."""
    is_answered = confirmed is None or all(one.question in confirmed for one in found)
    if found and not (is_answered and squeeze(note)):
        raise ReportError(
            "Có ngày không thuộc năm học hoặc không đúng thứ tự. Hãy sửa, hoặc ghi lý do để xác nhận.",
            code="RPT-06",
            problems=[one.question for one in found],
            facts={"doubts": list(found)},
        )


def doubts(
    *,
    start_year: int,
    kind: str,
    snapshot_on: dt.date,
    due: Mapping[str, dt.datetime],
    starts_on: dt.date | None = None,
) -> list[Doubt]:
    """Days that do not fit: the snapshot day outside its window, a beginning outside the school year, an hour before
    the day, an office before its schools."""
    known = period_kinds().get(kind)
    year_name = f"{start_year}-{start_year + 1}"
    found = []
    if known:
        first, last = known.day(known.window_from, start_year), known.day(known.window_to, start_year)
        if not first <= snapshot_on <= last:
            likely = _likely(snapshot_on, first, last) or known.day(known.snapshot, start_year)
            question = (
                f"Ngày chốt {snapshot_on:%d/%m/%Y} không thuộc năm học {year_name} ({known.title.lower()} từ "
                f"{first:%d/%m/%Y} đến {last:%d/%m/%Y}), có phải {likely:%d/%m/%Y}?"
            )
            found.append(Doubt("snapshot_on", question, likely))
            snapshot_on = likely
    opens, closes = dt.date(start_year, 7, 1), dt.date(start_year + 1, 8, 31)
    if starts_on and not opens <= starts_on <= closes:
        moved = _likely(starts_on, opens, min(snapshot_on, closes))
        question = f"Đầu kỳ {starts_on:%d/%m/%Y} không thuộc năm học {year_name}"
        found.append(Doubt("starts_on", question + (f", có phải {moved:%d/%m/%Y}?" if moved else "."), moved))
    return [*found, *_hour_doubts(start_year, kind, snapshot_on, due)]


def _hour_doubts(start_year: int, kind: str, snapshot_on: dt.date, due: Mapping[str, dt.datetime]) -> Iterator[Doubt]:
    """Hours that do not climb from the snapshot day over school and office to the department, or are years off."""
    known = period_kinds().get(kind)
    usual = _usual_hours(known, start_year) if known else {}
    names = {"school": "trường", "office": "Phòng", "department": "Sở"}
    after, before = dt.datetime.combine(snapshot_on, dt.time(), clock.LOCAL_ZONE), "ngày chốt"
    for sender in SENDERS:
        if sender not in due:
            continue
        instant = due[sender].astimezone(clock.LOCAL_ZONE)
        if instant < after or instant > after + _LONGEST:
            moved = _same_day(instant, after)
            if moved is None and sender in usual and after <= usual[sender] <= after + _LONGEST:
                moved = usual[sender]
            question = f"Hạn gửi của {names[sender]} {instant:%H:%M %d/%m/%Y} " + (
                f"trước {before} {after:%d/%m/%Y}" if instant < after else f"quá xa {before} {after:%d/%m/%Y}"
            )
            question += f", có phải {moved:%H:%M %d/%m/%Y}?" if moved else "."
            yield Doubt(f"due:{sender}", question, moved)
            instant = moved or after
        after, before = instant, f"hạn gửi của {names[sender]}"


def _usual_hours(known: PeriodKind, start_year: int) -> dict[str, dt.datetime]:
    """The hour of each sender as the law and the letter give it."""
    rules = zip(SENDERS, (known.school_due, known.office_due, known.department_due), strict=True)
    return {sender: known.instant(rule, start_year, clock.LOCAL_ZONE) for sender, rule in rules}


def unclosed_start(start_year: int, kind: str) -> str:
    """What speaks against a year-end period: the start-of-year one of the same year is not closed; else empty."""
    first = period_kinds()["BOY"]
    if kind == first.code:
        return ""
    why = "Số cuối năm được so với số đầu năm; đầu năm còn sửa thì mốc so sánh còn đổi. Ghi lý do nếu vẫn mở."
    before = usual_period(start_year, first.code)
    if before is None:
        return f"Năm học {start_year}-{start_year + 1} chưa có kỳ đầu năm. {why}"
    owed = sum(bool(one.forms) for one in expected_reports(before))
    closed = Submission.objects.filter(period=before, state=SubmissionState.FINALISED).count()
    if closed >= owed:
        return ""
    return f"{before.name} chưa đóng: mới hoàn thành {closed}/{owed} báo cáo. {why}"


@transaction.atomic
def set_deadline(
    *,
    actor: Actor,
    period: ReportPeriod,
    sender: str,
    due_at: dt.datetime,
    level_code: str = "",
    note: str = "",
    source_text: str = "",
    confirmed: Collection[str] | None = None,
) -> Deadline:
    """Set the hour of a kind of sender, for every level or for one. Hours out of order (school, office, department) or
    years off are taken only with a note that confirms, and kept with what was printed.

    Errors:  NotAllowed; RPT-06 before the snapshot day; out of order and not confirmed, as `open_period`.
    """
    actor.require(Permission.YEAR_MANAGE)
    if due_at.astimezone(clock.LOCAL_ZONE).date() < period.snapshot_on:
        moved = _same_day(
            due_at.astimezone(clock.LOCAL_ZONE), dt.datetime.combine(period.snapshot_on, dt.time(), clock.LOCAL_ZONE)
        )
        likely = f", có phải {moved:%H:%M %d/%m/%Y}?" if moved else "."
        raise ReportError(f"Hạn gửi không thể trước ngày chốt {period.snapshot_on:%d/%m/%Y}{likely}", code="RPT-06")
    before = {(one.sender, one.level_code): one.due_at for one in period.deadlines.all()}
    known = {one.question for one in _order_doubts(period, before)}
    after = _order_doubts(period, before | {(sender, level_code): due_at})
    found = [one for one in after if one.question not in known]
    _check_confirmed(found, note, confirmed)
    # What was printed, and why it was read otherwise, stays with the hour where nothing new is said.
    said = {"note": squeeze(note)[:300], "source_text": source_text.strip()}
    made, _ = Deadline.objects.update_or_create(
        period=period,
        sender=sender,
        level_code=level_code,
        defaults={"due_at": due_at} | {name: text for name, text in said.items() if text},
    )
    data = {
        "period": period.code,
        "sender": sender,
        "level": level_code,
        "due_at": due_at.isoformat(),
        "confirmed": [one.field for one in found],
        "note": made.note,
        "source_text": made.source_text,
    }
    record(actor=actor, kind="report:set_deadline", data=data)
    return made


def _order_doubts(period: ReportPeriod, hours: Mapping[tuple[str, str], dt.datetime]) -> list[Doubt]:
    """What is odd about the hours of a period, level by level, each question once."""
    found: dict[str, Doubt] = {}
    for level_code in sorted({"", *(level for _, level in hours)}):
        due = {
            sender: hour
            for sender in SENDERS
            if (hour := hours.get((sender, level_code)) or hours.get((sender, ""))) is not None
        }
        for one in _hour_doubts(period.start_year, period.kind, period.snapshot_on, due):
            found.setdefault(one.question, one)
    return list(found.values())


@transaction.atomic
def extend_deadline(
    *,
    actor: Actor,
    period: ReportPeriod,
    unit: OrgUnit,
    due_at: dt.datetime,
    reason: str,
    level_code: str = "",
    decision_no: str = "",
    decided_on: dt.date | None = None,
) -> list[DeadlineExtension]:
    """Give one unit more time, for every level it teaches or for one, by a decision and for a reason.

    Shapes:  a row for each level, so that who sees one level of the unit sees the hour of it.
    Errors:  NotAllowed (a level is given time by who reaches it, a school that has moved since the snapshot day by the
             unit that took it then, as its report is reviewed, an office by the department); REC-01 without a reason,
             an hour that gives no time or far too much, a decision of a day to come.
    """
    asked = DeadlineExtension(
        period=period,
        unit=unit,
        level_code=level_code,
        due_at=due_at,
        reason=squeeze(reason),
        decision_no=squeeze(decision_no),
        decided_on=decided_on,
        granted_by=actor.account_id,
    )
    require_own(actor, Permission.REPORT_REVIEW, period, unit, on=asked)
    if not may_give_time(actor, unit):
        raise refuse(actor, Permission.REPORT_REVIEW)
    if faults := _extension_faults(asked):
        raise InvalidRecord(faults)
    taught = SchoolLevel.objects.filter(school_id=unit.pk, start_year=period.start_year).order_by("level_code")
    levels = [level_code] if level_code else list(taught.values_list("level_code", flat=True)) or [""]
    facts = {name: getattr(asked, name) for name in ("due_at", "reason", "decision_no", "decided_on", "granted_by")}
    made = DeadlineExtension.objects.bulk_create(
        DeadlineExtension(period=period, unit=unit, level_code=level, **facts) for level in levels
    )
    data = {"period": period.code, "level": level_code, "due_at": due_at.isoformat(), "decision_no": asked.decision_no}
    record(actor=actor, kind="report:extend_deadline", unit_id=unit.pk, data=data)
    return made


def may_give_time(actor: Actor, unit: OrgUnit) -> bool:
    """Whether the actor stands above the unit: an office gives its schools more time, never itself."""
    return unit.kind in TEACHING_KINDS or stands_at(actor, Permission.REPORT_REVIEW, [root_unit().pk])


def _extension_faults(made: DeadlineExtension) -> dict[str, list[str]]:
    """What speaks against an extension, by field."""
    found: dict[str, list[str]] = {}
    if not made.reason:
        found["reason"] = ["Hãy ghi lý do gia hạn."]
    now = clock.now()
    taught = SchoolLevel.objects.filter(school_id=made.unit_id, start_year=made.period.start_year)
    levels = [made.level_code] if made.level_code else ["", *taught.values_list("level_code", flat=True)]
    first = max([now, *filter(None, (hour_of(made.period, made.unit_id, level) for level in levels))])
    if made.due_at <= now:
        found["day"] = [f"Hạn mới phải sau lúc này ({now:%H:%M %d/%m/%Y})."]
    elif made.due_at <= first:
        found["day"] = [f"Hạn mới phải sau hạn hiện nay ({first:%H:%M %d/%m/%Y})."]
    elif made.due_at > first + _LONGEST:
        found["day"] = [f"Hạn mới quá xa: muộn nhất {first + _LONGEST:%d/%m/%Y}. Hãy xem lại năm."]
    if made.decided_on and made.decided_on > now.date():
        found["decided_on"] = ["Ngày quyết định không thể sau hôm nay."]
    return found


def _kind(code: str) -> PeriodKind:
    found = period_kinds().get(code)
    if found is None:
        raise ReportError(f"Không có loại kỳ “{code}”. Các loại: {', '.join(period_kinds())}.")
    return found


def _start_of(start_year: int, kind: str, snapshot_on: dt.date) -> dt.date:
    """Movements of a year-end period begin after the day on which the start-of-year one was frozen."""
    first = period_kinds()["BOY"]
    if kind == first.code:
        return snapshot_on
    known = usual_period(start_year, first.code)
    return min(known.snapshot_on if known else first.day(first.snapshot, start_year), snapshot_on)


def _likely(day: dt.date, first: dt.date, last: dt.date) -> dt.date | None:
    """The same day and month in a year that puts it into the window."""
    for year in range(first.year, last.year + 1):
        try:
            moved = day.replace(year=year)
        except ValueError:  # 29 February
            continue
        if first <= moved <= last:
            return moved
    return None


def _same_day(instant: dt.datetime, after: dt.datetime) -> dt.datetime | None:
    for year in (after.year, after.year + 1):
        try:
            moved = instant.replace(year=year)
        except ValueError:
            continue
        if after <= moved <= after + _LONGEST:
            return moved
    return None
