"""Periodic reports of a unit: what is owed, one report from freeze to sending, what changed. Whoever takes the report
opens the same pages and reviews there."""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from csdl.access.actors import GrantActor
from csdl.access.queries import visible
from csdl.accounts.errors import CsdlError, InvalidRecord, NotAllowed
from csdl.accounts.permissions import Permission
from csdl.accounts.second_factor import second_factor_required
from csdl.codes import queries as codes
from csdl.lib import clock
from csdl.orgs.models import OrgUnit
from csdl.portals.components.lists import address
from csdl.portals.school.reach import note_unit_read, report_crumbs, report_unit_or_404
from csdl.portals.school.report_explaining import (
    VERSION,
    BrokenCheck,
    broken_checks,
    posted_explanations,
    posted_texts,
)
from csdl.reports.actions import (
    OWN_FREEZE,
    accept_report,
    answer_remark,
    ask_unlock,
    decide_unlock,
    draft_of,
    explain_check,
    freeze,
    is_locked,
    is_own_freeze,
    return_report,
    reviewing_tier,
    send_report,
    sign_report,
)
from csdl.reports.actions.moving import before_sending, is_direct, stands_at, stands_for, taker_of
from csdl.reports.board import BoardLine, board, remarks, said_minutes, timeline, words
from csdl.reports.definitions import value_words
from csdl.reports.drifts import DriftOf, drifts
from csdl.reports.enums import FREEZABLE, Fill, Severity, SubmissionState, Tier
from csdl.reports.errors import ReportError
from csdl.reports.explanations import Key, explanations
from csdl.reports.forms import Form, basis_on, form, owed_forms
from csdl.reports.models import (
    CellRemark,
    ReportPeriod,
    Signature,
    Snapshot,
    Submission,
    UnlockRequest,
)
from csdl.reports.moves import REPORT_MOVES
from csdl.reports.outgoing import FORMATS
from csdl.reports.preconditions import problems_of, said_typed_since
from csdl.reports.queries import (
    CellDifference,
    PupilDifference,
    Scope,
    cell_differences,
    due_at,
    expected_reports,
    failures,
    pupil_differences,
    scope_of,
    sent_before,
)
from csdl.reports.reviews import compared, coverage
from csdl.reports.statements import model_of

__all__ = [
    "ReportPage",
    "report_accept",
    "report_answer",
    "report_changes",
    "report_detail",
    "report_explain",
    "report_freeze",
    "report_list",
    "report_page",
    "report_return",
    "report_send",
    "report_sign",
    "report_unlock",
    "report_unlock_decide",
]

_SHOWN_DIFFERENCES = 200


@dataclass(frozen=True)
class Step:
    """One step of a report as its page shows it."""

    key: str
    name: str
    tone: str
    word: str
    text: str


@dataclass(frozen=True)
class ReportPage:
    """One report (unit, level, period) as every page of it starts, and what this account may do with it now.

    What only some pages ask is asked when they do: whoever presses "send" in the last hour waits for none of it.
    """

    actor: GrantActor
    period: ReportPeriod
    unit: OrgUnit
    level_code: str
    report: Submission | None
    now: dt.datetime

    @cached_property
    def forms(self) -> tuple[Form, ...]:
        basis = self.snapshot.basis if self.snapshot else basis_on(self.period.snapshot_on).code
        return tuple(form(code, basis) for code in owed_forms(self.unit.kind, self.level_code, self.period.kind))

    @cached_property
    def due(self) -> dt.datetime | None:
        return due_at(self.period, self.unit.pk, self.level_code)

    @cached_property
    def locked(self) -> bool:
        return self.report is not None and self.is_open and is_locked(self.report, self.due, self.now)

    @cached_property
    def tier(self) -> Tier | None:
        return reviewing_tier(self.actor, self.report) if self.report else None

    @cached_property
    def may_prepare(self) -> bool:
        return self.actor.can(Permission.REPORT_PREPARE, on=self.unit)

    @cached_property
    def may_sign(self) -> bool:
        return self._stands(Permission.REPORT_APPROVE)

    @cached_property
    def may_send(self) -> bool:
        return self._stands(Permission.REPORT_PREPARE) or self.may_sign

    def _stands(self, right: Permission) -> bool:
        return self.report is not None and stands_for(self.actor, Tier.SCHOOL, right, self.report)

    @property
    def freezing_bars_signing(self) -> bool:
        """Whether this account may sign, but not what it freezes itself: worth knowing before the press."""
        signs = stands_at(self.actor, Permission.REPORT_APPROVE, [self.unit.pk], self.level_code)
        return bool(self.period.four_eyes) and signs

    @property
    def snapshot(self) -> Snapshot | None:
        return self.report.snapshot if self.report else None

    @property
    def level_name(self) -> str:
        return codes.labels("school_level")["school_level"].get(self.level_code, self.level_code)

    @property
    def state(self) -> str:
        return self.report.state if self.report else SubmissionState.NOT_STARTED

    @property
    def state_label(self) -> str:
        return str(SubmissionState(self.state).label)

    @property
    def tone(self) -> str:
        return _TONES.get(SubmissionState(self.state), "calm")

    @property
    def is_open(self) -> bool:
        """Whether the school still works on it."""
        return self.state in FREEZABLE

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.due is not None and self.now >= self.due

    @property
    def left(self) -> str:
        """How long until the hour: "còn 2 ngày 3 giờ"."""
        return _left(self.due, self.now)

    @property
    def freezes_from(self) -> dt.date:
        """The first day on which the figures can be frozen: the snapshot day is over."""
        return _freezes_from(self.period)

    @property
    def is_too_early(self) -> bool:
        return self.now.date() < self.freezes_from

    @property
    def may_freeze(self) -> bool:
        return self.may_prepare and self.is_open and not self.is_too_early

    @cached_property
    def typed_since(self) -> str:
        """What was typed since the freeze and is not in the form: "3 ô nhập sau lần chốt 1 chưa vào biểu (...)"."""
        if self.report is None or self.snapshot is None or not self.is_open:
            return ""
        return said_typed_since(self.report, self.snapshot)

    @property
    def title(self) -> str:
        return f"{self.period.name}, {self.level_name.lower()}"

    @property
    def taker(self) -> str:
        """Whom the report goes to."""
        above = taker_of(self.report) if self.report else self.unit.parent
        return above.name if above else ""

    def address(self, name: str, *more: str) -> str:
        """The address of one of this report's pages."""
        return reverse(f"school:{name}", args=[self.unit.public_id, self.period.code, self.level_code, *more])


_TONES = {
    SubmissionState.SUBMITTED: "info",
    SubmissionState.RETURNED: "bad",
    SubmissionState.APPROVED_L1: "good",
    SubmissionState.FORWARDED: "good",
    SubmissionState.APPROVED_L2: "good",
    SubmissionState.FINALISED: "good",
    SubmissionState.SNAPSHOTTED: "wait",
    SubmissionState.DRAFT: "wait",
}


def _freezes_from(period: ReportPeriod) -> dt.date:
    return period.snapshot_on + dt.timedelta(days=1)


def _left(due: dt.datetime | None, now: dt.datetime) -> str:
    if due is None:
        return ""
    seconds = int((due - now).total_seconds())
    days, rest = divmod(abs(seconds), 24 * 3600)
    hours, minutes = rest // 3600, rest % 3600 // 60
    parts = [(days, "ngày"), (hours, "giờ"), (minutes if not days else 0, "phút")]
    said = " ".join(f"{count} {word}" for count, word in parts if count) or "dưới 1 phút"
    return f"còn {said}" if seconds > 0 else f"đã quá {said}"


def report_page(request: HttpRequest, unit: uuid.UUID, period: str, level: str) -> ReportPage:
    """The report of the address within reach; any other does not exist for this account."""
    actor = request.actor
    named = Submission.objects.filter(unit__public_id=unit, period__code=period, level_code=level)
    report = named.select_related("period", "unit__parent", "snapshot__parent").first()
    if report is not None:
        actor.note_reach(report.unit_id)
    if report is not None and actor.can(Permission.REPORT_READ, on=report):
        # Whom a grant gives the report is told by the grants alone; the filters over every way to it are for others.
        row, known = report.unit, report.period
        note_unit_read(request, row)
    else:
        row = report_unit_or_404(request, unit)
        report = visible(named, actor, Permission.REPORT_READ).select_related("period", "snapshot__parent").first()
        known = report.period if report else get_object_or_404(ReportPeriod, code=period)
    if report is not None:
        # Read above already: joined again it would be most of what the report costs.
        for one in filter(None, (report, report.snapshot)):
            one.period, one.unit = known, row
    else:
        scope = replace(scope_of(actor, Permission.REPORT_READ, known), only=[row.pk])
        if not any(one.level_code == level for one in expected_reports(known, scope)):
            raise Http404
    return ReportPage(actor, known, row, level, report, clock.now())


@login_required
@require_safe
def report_list(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
    """The periods of a unit, each with its reports by level and what is to be done next."""
    unit = report_unit_or_404(request, school)
    periods = list(ReportPeriod.objects.order_by("-snapshot_on")[:12])
    names = codes.labels("school_level")["school_level"]
    now = clock.now()
    groups = []
    for period in periods:
        lines = board(actor=request.actor, period=period, unit_ids=[unit.pk], now=now)
        if lines:
            groups.append(
                (
                    period,
                    _freezes_from(period) if now.date() < _freezes_from(period) else None,
                    [
                        (line, *_urgent(line, now), names.get(line.level_code, ""), _left(line.due_at, now))
                        for line in lines
                    ],
                )
            )
    reasons = sorted(
        {one.reason for period in periods[:1] for one in expected_reports(period, Scope(only=[unit.pk])) if one.reason}
    )
    context = {
        "unit": unit,
        "crumbs": report_crumbs(request, unit),
        "groups": groups,
        "reasons": reasons,
        "has_periods": bool(periods),
    }
    return render(request, "school/reports/list.html", context)


def _urgent(line: BoardLine, now: dt.datetime) -> tuple[str, str]:
    """Where a report stands, as tone and word; the last day before the hour is no time for grey."""
    tone, word = words[line.standing]
    is_near = line.standing == "chua-gui" and line.due_at is not None and line.due_at - now < dt.timedelta(days=1)
    return ("wait" if is_near else tone), word


@login_required
@require_safe
def report_detail(request: HttpRequest, school: uuid.UUID, period: str, level: str) -> HttpResponse:
    """One report: the steps and what each waits for, forms, broken checks, remarks, review, history."""
    page = report_page(request, school, period, level)
    return _detail(request, page)


def _detail(
    request: HttpRequest,
    page: ReportPage,
    error: CsdlError | None = None,
    *,
    typed: Mapping[Key, str] | None = None,
    faults: Mapping[Key, str] | None = None,
) -> HttpResponse:
    """`typed`, `faults`: explanations that were not saved, and what is wrong with them, by form, check and row."""
    report, snapshot = page.report, page.snapshot
    broken = _broken(page, typed, faults)
    signature = Signature.objects.filter(snapshot=snapshot).first() if snapshot else None
    notes = remarks(report) if report else {}
    flat = [one for group in notes.values() for one in group]
    context = {
        "page": page,
        "unit": page.unit,
        "crumbs": [
            *report_crumbs(request, page.unit),
            ("Báo cáo thống kê", reverse("school:report-list", args=[page.unit.public_id])),
        ],
        "steps": _steps(page, broken, signature),
        "failures": broken,
        "explains": page.may_prepare and page.is_open,
        "signature": signature,
        "remarks": [
            (one, page.address("report-cell", one.form_code, f"{one.indicator_code}:{one.column_code}")) for one in flat
        ],
        "unlock": report.unlock_requests.filter(decision="").first() if report else None,
        "history": timeline(report) if report else [],
        "last_return": report.moves.filter(to_state="returned").order_by("-pk").first()
        if report and report.sent_at and page.is_open
        else None,
        "file_formats": FORMATS,
        "charts_url": reverse("school:report-pictures", args=[page.unit.public_id, page.period.code])
        + f"?{urlencode({'cap': page.level_code})}",
        "typed_forms": [
            (one, f"{page.address('report-form', one.code)}?{urlencode({'phan': first.section})}")
            for one in page.forms
            if (first := next((row for row in one.rows if row.fill != Fill.COMPUTED), None))
        ],
        "error": error,
    }
    context |= _review(request, page)
    return render(request, "school/reports/detail.html", context, status=409 if error else 200)


def _broken(
    page: ReportPage, typed: Mapping[Key, str] | None = None, faults: Mapping[Key, str] | None = None
) -> list[BrokenCheck]:
    """What the freeze that counts breaks, row by row, with what is said of it."""
    report, snapshot = page.report, page.snapshot
    found = failures(snapshot) if snapshot else []
    if report is None or snapshot is None or not found:
        return []
    numbers = {one.code: one.number for one in page.forms}
    return broken_checks(found, explanations(report, snapshot), numbers, typed=typed, faults=faults)


def _review(request: HttpRequest, page: ReportPage) -> dict[str, Any]:
    """What the unit above sees of a report that was sent: comparisons, and the acts that the state allows."""
    report, snapshot = page.report, page.snapshot
    if report is None or snapshot is None or page.tier is None or page.is_open:
        return {"reviews": False}
    direct = is_direct(report)
    accept, give = (
        REPORT_MOVES[f"{name}_{'office' if page.tier == Tier.OFFICE else 'department'}"]
        for name in ("accept", "return")
    )
    compare = compared(actor=request.actor, period=page.period, level_code=page.level_code, unit_id=page.unit.pk).get(
        page.unit.pk, []
    )
    before = sent_before(report, snapshot)
    return {
        "reviews": True,
        "resent_after": before,
        "resent_rows": len(cell_differences(before, snapshot)) if before else 0,
        "may_accept": report.state in accept.starts_from(is_direct=direct) and (page.tier == Tier.OFFICE or direct),
        "may_return": report.state in give.starts_from(is_direct=direct),
        "comparisons": [(one, page.address("report-cell", one.form_code, one.address)) for one in compare],
        "outliers": [one for one in compare if one.reasons],
        "coverage": coverage(compare),
    }


def _steps(page: ReportPage, broken: list[BrokenCheck], signature: Signature | None) -> list[Step]:
    """Where the report is in its five steps, in words."""
    snapshot = page.snapshot
    errors = [one for one in broken if one.failure.severity == Severity.ERROR]
    waiting = sum(one.said is None or one.is_stale for one in errors)
    typed = sum(row.fill != Fill.COMPUTED for one in page.forms for row in one.rows)
    typing = ("wait", "Chưa vào biểu") if page.typed_since else ("info", f"{typed} dòng")
    day, first = (f"{one:%d/%m/%Y}" for one in (page.period.snapshot_on, page.freezes_from))
    freezing, checked, then = ("wait", "Chưa chốt"), ("calm", "Chưa có số liệu"), ", rồi chốt lại"
    if snapshot:
        freezing = ("good", "Đã chốt")
        frozen = f"Lần chốt {snapshot.version}, lúc {_at(snapshot.known_at)}, do {snapshot.frozen_by_label}."
        checked = ("bad", f"Còn {waiting} lỗi") if waiting else ("good", "Đã giải trình" if errors else "Khớp")
    elif page.is_too_early:
        freezing, then = ("calm", "Chưa đến ngày"), f" từ bây giờ cũng được, rồi chốt từ ngày {first}"
        frozen = f"Chốt được từ ngày {first}, khi đã hết ngày {day}; đến lúc ấy sửa hồ sơ bình thường."
    else:
        frozen = f"Đếm tình trạng cuối ngày {day} theo hồ sơ hiện nay; chốt lại được nhiều lần cho đến khi gửi."
    signed = f"{signature.actor_label}, {_at(signature.signed_at)}." if signature else ""
    signing = ("good", "Đã ký") if signature else ("wait", "Chưa ký")
    if snapshot and page.state == SubmissionState.RETURNED:
        signing = ("wait", "Ký lại sau khi chốt lại")
        signed = f"Chữ ký của lần chốt {snapshot.version} không dùng cho lần gửi lại." if signature else ""
    return [
        Step("chot", "Chốt số liệu", *freezing, frozen),
        Step(
            *("nhap", "Nhập các ô không tính được", *typing),
            f"{page.typed_since} Chốt lại để đưa vào biểu; chưa chốt lại thì chưa ký, chưa gửi được."
            if page.typed_since
            else f"Chi ngân sách và vài dòng không có trong hồ sơ: nhập trong biểu{then}.",
        ),
        Step(
            *("kiem", "Kiểm tra, giải trình", *checked),
            "Ràng buộc sai phải sửa trong hồ sơ rồi chốt lại, hoặc ghi giải trình.",
        ),
        Step(
            *("ky", "Thủ trưởng ký duyệt", *signing),
            signed or "Ký lần chốt đang dùng; chốt lại thì phải ký lại.",
        ),
        Step("gui", "Gửi", *_sending(page, page.report)),
    ]


def _at(instant: dt.datetime) -> str:
    return f"{instant.astimezone(clock.LOCAL_ZONE):%H:%M %d/%m/%Y}"


def _sending(page: ReportPage, report: Submission | None) -> tuple[str, str, str]:
    if report is not None and not page.is_open and report.sent_at:
        late = f"muộn {said_minutes(report.late_minutes)}" if report.late_minutes is not None else "đúng hạn"
        first = report.moves.filter(name="send").order_by("pk").values_list("moved_at", flat=True).first()
        if first is None or first == report.sent_at:
            return "good", "Đã gửi", f"Gửi {page.taker} lúc {_at(report.sent_at)}, {late}."
        again = _at(report.sent_at)
        if again.endswith(day := _at(first)[-10:]):
            again = again.removesuffix(day).strip()
        return "good", "Đã gửi", f"Gửi {page.taker}: gửi lần đầu {_at(first)}, {late}; gửi lại {again}."
    if page.locked:
        return "bad", "Đã khóa", "Đã quá hạn và bị khóa: gửi yêu cầu mở khóa, nêu lý do."
    if page.state == SubmissionState.RETURNED:
        return "bad", "Bị trả lại", "Sửa theo lý do và nhận xét, chốt lại, ký rồi gửi lại."
    until = f" trước {page.due:%H:%M %d/%m/%Y}, {page.left}" if page.due else ""
    return ("bad" if page.is_overdue else "wait"), "Chưa gửi", f"Gửi {page.taker}{until}."


def _act(
    request: HttpRequest, page: ReportPage, act: Callable[[Submission], Any], done: str, to: str = "report-detail"
) -> HttpResponse:
    """Run an act on the report and go on; a refusal is said on the report's page."""
    if page.report is None:
        raise Http404
    try:
        act(page.report)
    except NotAllowed:
        raise
    except CsdlError as error:
        return _detail(request, report_page(request, page.unit.public_id, page.period.code, page.level_code), error)
    messages.success(request, done)
    return redirect(page.address(to))


@login_required
@require_POST
def report_freeze(request: HttpRequest, school: uuid.UUID, period: str, level: str) -> HttpResponse:
    """Freeze, or freeze again; then what changed since the freeze before."""
    page = report_page(request, school, period, level)
    before = page.snapshot
    try:
        freeze(actor=request.actor, period=page.period, unit=page.unit, level_code=level)
    except NotAllowed:
        raise
    except CsdlError as error:
        return _detail(request, page, error)
    page = report_page(request, school, period, level)
    made = page.snapshot
    assert made is not None
    messages.success(
        request,
        f"Đã chốt lần {made.version}: {made.pupil_count} học sinh, {made.class_count} lớp, {made.staff_count} cán bộ, "
        f"giáo viên, nhân viên; {made.error_count} ràng buộc sai.",
    )
    return redirect(page.address("report-changes" if before else "report-detail"))


@login_required
@require_POST
def report_explain(request: HttpRequest, school: uuid.UUID, period: str, level: str) -> HttpResponse:
    """Save what was written beside the broken checks; only what is new or changed is written."""
    page = report_page(request, school, period, level)
    faults: dict[Key, str] = {}
    if page.report is None:
        raise Http404
    try:
        with transaction.atomic():
            draft = draft_of(actor=request.actor, period=page.period, unit=page.unit, level_code=level)
            # Locked from here on: nobody freezes between the figures that were read and what is said of them.
            version = draft.snapshot.version if draft.snapshot else 0
            if request.POST.get(VERSION, str(version)) != str(version):
                raise ReportError(
                    f"Số liệu vừa được chốt lại (lần {version}). Hãy xem lại số rồi giải trình.", code="RPT-09"
                )
            written = posted_explanations(request, _broken(replace(page, report=draft)))
            if not written:
                raise ReportError("Chưa lưu gì: không có giải trình mới hoặc sửa đổi.", code="RPT-10")
            for one in written:
                form_code, check_code, code = one.key
                try:
                    explain_check(
                        actor=request.actor,
                        report=draft,
                        form_code=form_code,
                        check_code=check_code,
                        text=one.text,
                        indicator_code="" if one.all_rows else code,
                        all_rows=one.all_rows,
                    )
                except InvalidRecord as wrong:
                    faults[one.key] = " ".join(wrong.problems)
            if faults:
                raise InvalidRecord({":".join(key): [text] for key, text in faults.items()})
    except NotAllowed:
        raise
    except CsdlError as error:
        page = report_page(request, school, period, level)
        return _detail(request, page, error, typed=posted_texts(request), faults=faults)
    messages.success(request, "Đã lưu giải trình.")
    return redirect(page.address("report-detail"))


@login_required
@second_factor_required
def report_sign(request: HttpRequest, school: uuid.UUID, period: str, level: str) -> HttpResponse:
    """What is about to be signed, with its figures; then signature and sending in one transaction."""
    page = report_page(request, school, period, level)
    report, snapshot = page.report, page.snapshot
    if report is None or snapshot is None or not page.may_sign:
        raise Http404
    error: CsdlError | None = None
    if request.method == "POST":
        version = request.POST.get("lan", "")
        try:
            if request.POST.get("dong-y") != "1":
                raise ReportError("Hãy xem số liệu rồi đánh dấu xác nhận.", code="RPT-10")
            sign_report(actor=request.actor, report=report, version=int(version) if version.isdecimal() else 0)
            if request.POST.get("viec") == "gui":
                send_report(actor=request.actor, report=report)
                messages.success(request, f"Đã ký và gửi {page.taker}.")
            else:
                messages.success(request, "Đã ký duyệt. Người lập biểu gửi được ngay.")
            return redirect(page.address("report-detail"))
        except ReportError as refused:
            error = refused
    last = sent_before(report, snapshot)
    context = {
        "page": page,
        "unit": page.unit,
        "crumbs": [(page.title, page.address("report-detail"))],
        "first": before_sending(report),
        "problems": [
            *problems_of(report, before_signing=True),
            *([OWN_FREEZE] if is_own_freeze(request.actor, report) else []),
        ],
        "unanswered": [
            (one, page.address("report-cell", one.form_code, f"{one.indicator_code}:{one.column_code}"))
            for one in report.remarks.filter(answer="").order_by("pk")
        ],
        "last": last,
        "changed_rows": len(cell_differences(last, snapshot)) if last else 0,
        "explained": sum(one.said is not None and one.said.holds for one in _broken(page)),
        "error": error,
    }
    return render(request, "school/reports/sign.html", context, status=409 if error else 200)


@login_required
@require_POST
def report_send(request: HttpRequest, school: uuid.UUID, period: str, level: str) -> HttpResponse:
    """Send what the head signed."""
    page = report_page(request, school, period, level)
    return _act(request, page, lambda report: send_report(actor=request.actor, report=report), f"Đã gửi {page.taker}.")


@login_required
@require_POST
def report_unlock(request: HttpRequest, school: uuid.UUID, period: str, level: str) -> HttpResponse:
    """Ask to be opened again."""
    page = report_page(request, school, period, level)
    reason = request.POST.get("reason", "")
    return _act(
        request,
        page,
        lambda report: ask_unlock(actor=request.actor, report=report, reason=reason),
        "Đã gửi yêu cầu mở khóa.",
    )


@login_required
@require_POST
def report_unlock_decide(request: HttpRequest, school: uuid.UUID, period: str, level: str) -> HttpResponse:
    """The unit above opens the report for some hours, or says why not."""
    page = report_page(request, school, period, level)
    if page.report is None:
        raise Http404
    asked = get_object_or_404(UnlockRequest, submission=page.report, decision="")
    hours = request.POST.get("gio", "")
    return _act(
        request,
        page,
        lambda _: decide_unlock(
            actor=request.actor,
            request=asked,
            hours=int(hours) if hours.isdecimal() and len(hours) < 4 and request.POST.get("viec") == "mo" else 0,
            answer=request.POST.get("reason", ""),
        ),
        "Đã quyết định yêu cầu mở khóa.",
    )


@login_required
@require_POST
def report_answer(request: HttpRequest, school: uuid.UUID, period: str, level: str) -> HttpResponse:
    """The school answers a remark on a cell."""
    page = report_page(request, school, period, level)
    key = request.POST.get("nhan-xet", "")
    rows = CellRemark.objects.filter(submission=page.report)
    remark = next((one for one in rows if str(one.public_id) == key), None)
    if remark is None:
        raise Http404
    return _act(
        request,
        page,
        lambda _: answer_remark(actor=request.actor, remark=remark, text=request.POST.get("tra-loi", "")),
        "Đã trả lời nhận xét.",
    )


@login_required
@require_POST
def report_accept(request: HttpRequest, school: uuid.UUID, period: str, level: str) -> HttpResponse:
    """The unit above accepts the report."""
    page = report_page(request, school, period, level)
    done = f"Đã duyệt báo cáo của {page.unit.name}."
    return _act(request, page, lambda report: accept_report(actor=request.actor, report=report), done)


@login_required
@require_POST
def report_return(request: HttpRequest, school: uuid.UUID, period: str, level: str) -> HttpResponse:
    """The unit above gives the report back, with reasons."""
    page = report_page(request, school, period, level)
    reason = request.POST.get("reason", "")
    return _act(
        request,
        page,
        lambda report: return_report(actor=request.actor, report=report, reason=reason),
        f"Đã trả lại báo cáo cho {page.unit.name}.",
    )


@login_required
@require_safe
def report_changes(request: HttpRequest, school: uuid.UUID, period: str, level: str) -> HttpResponse:
    """What the freeze that counts changed against another one (the one sent before it; where none was, the one frozen
    before it), by cell and pupil, and the records of today beside it: the first ones of many, or all. A form asks for
    the number of records that differ alone."""
    page = report_page(request, school, period, level)
    report, snapshot = page.report, page.snapshot
    if report is None or snapshot is None:
        raise Http404
    if request.headers.get("HX-Request"):
        # Asked by a form once it stands: whoever may not read the records is told nothing.
        counts = _drift_counts(request.actor, snapshot)
        context = {"counts": [one for one in counts if one[0]], "is_told": bool(counts), "today": clock.today()}
        return render(request, "school/reports/changes.html#drift-count", context | {"page": page})
    request.actor.require(Permission.STUDENT_READ, on=snapshot)
    others = list(report.snapshots.exclude(pk=snapshot.pk).order_by("-version"))
    named = request.GET.get("so-voi", "")
    usual = sent_before(report, snapshot) or (others[0] if others else None)
    old = next((one for one in others if str(one.version) == named), usual)
    # The records of now are of where the school is now; a unit that took the report before sees what was frozen.
    today, others_today = drifts(actor=request.actor, snapshot=snapshot)
    sent_at = {one.snapshot_id: one.moved_at for one in report.moves.filter(name="send").order_by("-pk")}
    limit = None if request.GET.get("het") == "1" else _SHOWN_DIFFERENCES
    context = {
        "page": page,
        "unit": page.unit,
        "crumbs": [(page.title, page.address("report-detail"))],
        "others": [(one, sent_at.get(one.pk)) for one in others],
        "old": old,
        "old_sent_at": sent_at.get(old.pk) if old else None,
        "cells": [_changed_row(page, one) for one in cell_differences(old, snapshot)] if old else [],
        "moved": _Moved.of(request, pupil_differences(old, snapshot), limit) if old else None,
        "today": clock.today(),
        "drift": today,
        "drifted": _Moved.of(request, today.pupils, limit) if today else None,
        "others_drifted": [_drifted(one) for one in others_today],
    }
    return render(request, "school/reports/changes.html", context)


# What rows of each population are called, as heading and in a count.
_DRIFTED = {
    "class": ("Lớp", "lớp"),
    "staff": ("Cán bộ, giáo viên, nhân viên", "cán bộ, giáo viên, nhân viên"),
    "room": ("Phòng", "loại phòng"),
    "site": ("Điểm trường", "điểm trường"),
}


def _drift_counts(actor: GrantActor, snapshot: Snapshot) -> list[tuple[int, str]]:
    """How many of what the records of now hold otherwise than the freeze."""
    pupils, others = drifts(actor=actor, snapshot=snapshot)
    found = [(len(pupils.pupils), "học sinh")] if pupils else []
    return found + [(len(one.rows), _DRIFTED[one.population][1]) for one in others]


def _drifted(one: DriftOf) -> dict[str, Any]:
    """Rows of a population that differ now: name, kind, facts as people read them."""
    names = {field.name: str(field.verbose_name) for field in model_of(one.population)._meta.concrete_fields}
    rows = [
        (
            _row_name(one.population, row.row),
            row.kind,
            [
                (names.get(name, name), *(_worded(one.population, name, value) for value in pair))
                for name, pair in row.changed.items()
            ],
        )
        for row in one.rows
    ]
    return {"title": _DRIFTED[one.population][0], "rows": rows}


def _row_name(population: str, row: Mapping[str, Any]) -> str:
    if population == "room":
        kind, build = (_worded(population, name, row[name]) for name in ("room_code", "build"))
        return f"{kind}, {build}: {row['amount']} phòng"
    return str(row["full_name" if population == "staff" else "name"])


def _worded(population: str, name: str, value: Any) -> str:
    return str(value_words(population, name).get(value) or _said(value)) if isinstance(value, str) else _said(value)


@dataclass(frozen=True)
class _Moved:
    """Pupils that two countings see otherwise, the first ones of them; `count` is how many there are, `rest` opens the
    page with all."""

    count: int
    shown: list[tuple[PupilDifference, list[tuple[str, Any, Any]]]]
    rest: str

    @classmethod
    def of(cls, request: HttpRequest, found: Sequence[PupilDifference], limit: int | None) -> "_Moved":
        shown = [(one, _facts(one.changed)) for one in found[:limit]]
        return cls(len(found), shown, address(request, het="1") if len(shown) < len(found) else "")


def _changed_row(page: ReportPage, one: CellDifference) -> dict[str, Any]:
    """A row of a form with the columns that changed, old and new."""
    known = form(one.form_code, page.snapshot.basis if page.snapshot else "")
    row = known.row(one.indicator_code)
    pairs = [
        (
            column.full_label,
            one.old[column.position - 1] if one.old else None,
            one.new[column.position - 1] if one.new else None,
        )
        for column in row.columns
    ]
    changed = [pair for pair in pairs if pair[1] != pair[2]]
    return {
        "number": known.number,
        "code": row.code,
        "label": row.label,
        "columns": changed[:3],
        "more": len(changed) - 3,
        "url": f"{page.address('report-form', one.form_code)}?phan={row.section}#dong-{row.code}",
    }


_KINDS = {"come": ("good", "Thêm"), "gone": ("bad", "Bớt"), "changed": ("wait", "Đổi")}


def _facts(changed: Mapping[str, tuple[Any, Any]]) -> list[tuple[str, Any, Any]]:
    """Facts of a pupil that changed, with the words of their columns."""
    from csdl.reports.models import CountedPupil  # names of its columns

    names = {field.name: str(field.verbose_name) for field in CountedPupil._meta.concrete_fields}
    return [(names.get(name, name), _said(old), _said(new)) for name, (old, new) in changed.items()]


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, dt.date):
        return f"{value:%d/%m/%Y}"
    return str(value) if value not in (None, "") else "(trống)"
