"""What the reports of the periods people work on ask of an account: freeze, explain, sign, send; review, add up."""

import datetime as dt
from urllib.parse import urlencode

from django.urls import reverse

from csdl.access.actors import GrantActor
from csdl.accounts.permissions import Permission
from csdl.codes import queries as codes
from csdl.orgs.enums import TEACHING_KINDS
from csdl.orgs.models import OrgUnit
from csdl.portals.desk.tasks import Task
from csdl.reports.actions.moving import stands_at
from csdl.reports.board import BoardLine, board, open_periods
from csdl.reports.enums import ConsolidationState, SubmissionState
from csdl.reports.models import CellRemark, Consolidation, Reminder, ReportPeriod, Signature

__all__ = ["report_tasks"]

_OPEN = (SubmissionState.NOT_STARTED, SubmissionState.DRAFT, SubmissionState.SNAPSHOTTED, SubmissionState.RETURNED)


def report_tasks(actor: GrantActor, *, today: dt.date) -> list[Task]:
    """Tasks of the account's own unit, the nearest hour first; nothing where no period is being worked on."""
    unit = actor.home_unit
    if unit is None or not actor.can(Permission.REPORT_READ):
        return []
    found = []
    for period in open_periods(today):
        found += _of_school(actor, unit, period) if unit.kind in TEACHING_KINDS else _of_taker(actor, unit, period)
    return found


def _of_school(actor: GrantActor, unit: OrgUnit, period: ReportPeriod) -> list[Task]:
    if not (actor.can(Permission.REPORT_PREPARE, on=unit) or actor.can(Permission.REPORT_APPROVE, on=unit)):
        return []  # whoever reads reports alone has none to make
    names = codes.labels("school_level")["school_level"]
    lines = [line for line in board(actor=actor, period=period, unit_ids=[unit.pk]) if line.state in _OPEN]
    if not lines:
        return []
    ids = [line.report_id for line in lines if line.report_id]
    signed = set(
        Signature.objects.filter(snapshot__submission__in=ids).values_list(
            "snapshot__submission_id", "snapshot__version"
        )
    )
    unanswered = set(CellRemark.objects.filter(submission__in=ids, answer="").values_list("submission_id", flat=True))
    reminded = {
        one.level_code: one
        for one in Reminder.objects.filter(period=period, unit=unit).order_by("pk")  # the newest stays
    }
    found = []
    for line in lines:
        word = _next(line, (line.report_id, line.version) in signed, line.report_id in unanswered)
        due = f"Hạn gửi {line.due_at:%H:%M %d/%m/%Y}." if line.due_at else ""
        reminder = reminded.get(line.level_code)
        note = f"{reminder.sent_by_label} nhắc: {reminder.text}" if reminder else due
        is_returned = line.standing in ("tra-lai", "dang-sua")
        late = is_returned or line.standing == "qua-han"
        found.append(
            Task(
                f"{word}: {period.name.lower()}, {names.get(line.level_code, line.level_code).lower()}",
                reverse("school:report-detail", args=[unit.public_id, period.code, line.level_code]),
                note=note,
                tone="bad" if late else "wait",
                state="Bị trả lại" if is_returned else "Quá hạn" if late else "Cần làm",
            )
        )
    return found


def _next(line: BoardLine, is_signed: bool, has_remarks: bool) -> str:
    """The next step of a report, as a task."""
    if line.state == SubmissionState.RETURNED:
        return "Trả lời nhận xét, sửa và gửi lại báo cáo" if has_remarks else "Sửa và gửi lại báo cáo"
    if line.state != SubmissionState.SNAPSHOTTED:
        return "Chốt số liệu báo cáo"
    if is_signed:
        return "Gửi báo cáo đã ký"
    return "Kiểm tra, giải trình, ký báo cáo" if line.errors else "Ký, gửi báo cáo"


def _of_taker(actor: GrantActor, unit: OrgUnit, period: ReportPeriod) -> list[Task]:
    """What waits for the office, or for the department: reports to review, units to remind, sums to accept."""
    if not stands_at(actor, Permission.REPORT_REVIEW, [unit.pk]):
        return []
    is_root = unit.parent_id is None
    lines = board(actor=actor, period=period)
    own = [line for line in lines if line.is_direct == is_root and (is_root or line.parent_id == unit.pk)]
    name = period.name.lower()
    found = []
    for standing, text, tone in (
        ("cho-xet", f"báo cáo chờ xét, {name}", "wait"),
        ("qua-han", f"báo cáo quá hạn chưa gửi, {name}", "bad"),
    ):
        if count := sum(line.standing == standing for line in own):
            found.append(Task(text, _board(period, unit, standing), count, tone=tone))
    if asking := sum(line.asks_unlock for line in own):
        found.append(Task(f"yêu cầu mở khóa, {name}", _board(period, unit, "xin-mo"), asking))
    if is_root and (sums := Consolidation.objects.filter(period=period, state=ConsolidationState.FORWARDED).count()):
        url = reverse("authority:report-consolidations", args=[period.code])
        found.append(Task(f"báo cáo tổng hợp của Phòng chờ Sở duyệt, {name}", url, sums))
    if not actor.can(Permission.REPORT_REVIEW, on=unit):
        return found  # sums are of the whole unit, not of one level
    taken = SubmissionState.APPROVED_L2 if is_root else SubmissionState.APPROVED_L1
    if ready := sum(line.state == taken for line in lines if is_root or line.parent_id == unit.pk):
        url = reverse("authority:report-consolidations", args=[period.code])
        verb = "tổng hợp, đóng kỳ" if is_root else "tổng hợp, gửi Sở"
        found.append(Task(f"báo cáo đã duyệt chờ {verb}, {name}", url, ready, tone="info"))
    return found


def _board(period: ReportPeriod, unit: OrgUnit, standing: str) -> str:
    """The board narrowed to what a task counts: reports of this standing that the unit itself takes."""
    query = urlencode({"ky": period.code, "don-vi": str(unit.public_id), "tinh-trang": standing})
    return f"{reverse('authority:report-board')}?{query}#results"
