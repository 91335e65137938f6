"""The board of a period with its clock: who sent, who is late or missing; reminders, extensions, what stands out."""

import datetime as dt
import hashlib
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from csdl.access.queries import visible
from csdl.accounts.actor import Actor
from csdl.accounts.errors import InvalidRecord
from csdl.accounts.permissions import Permission
from csdl.codes import queries as codes
from csdl.lib import clock
from csdl.lib.vietnamese import fold, squeeze
from csdl.orgs.enums import TEACHING_KINDS
from csdl.orgs.models import OrgUnit
from csdl.portals.components.forms import CodeField, DayField, PlainField, RecordForm, saved
from csdl.portals.components.lists import Filter, Listing, address, listing_of, read_filter, read_search
from csdl.portals.components.units import unit_or_404
from csdl.portals.components.years import known_years
from csdl.reports.actions import (
    SENDERS,
    Doubt,
    accept_reports,
    extend_deadline,
    may_give_time,
    open_usual_period,
    remind,
    set_deadline,
    set_rules,
)
from csdl.reports.actions.moving import stands_at
from csdl.reports.board import BoardLine, Sums, board, open_periods, said_minutes, summed, whole_board, words
from csdl.reports.enums import Tier
from csdl.reports.errors import ReportError
from csdl.reports.forms import period_kinds
from csdl.reports.models import Deadline, ReportPeriod, Submission
from csdl.reports.preconditions import SEND_CHECKS, USUAL
from csdl.reports.queries import Scope, expected_reports, scope_of
from csdl.reports.reviews import compared, coverage

__all__ = [
    "report_accept_many",
    "report_board",
    "report_extend",
    "report_outliers",
    "report_period_new",
    "report_remind",
    "report_settings",
    "shown_period",
]

PERIOD = "ky"
_CONFIRM = "xac-nhan"
_USUAL_HOUR = dt.time(17)
_HOUR = re.compile(r"([01]?\d|2[0-3])[:hg]([0-5]\d)?")
_SORTS: Mapping[str, Callable[[BoardLine], Any]] = {
    "don-vi": lambda line: line.place,
    "ten": lambda line: (line.sort_key, line.level_code),
    "tinh-trang": lambda line: (list(words).index(line.standing), line.sort_key, line.level_code),
    "han": lambda line: (line.due_at is None, line.due_at, line.sort_key, line.level_code),
    "gui": lambda line: (line.sent_at is None, line.sent_at, line.sort_key, line.level_code),
    "muon": lambda line: (line.late_minutes or 0, line.sort_key, line.level_code),
    "hoc-sinh": lambda line: (line.pupils, line.sort_key, line.level_code),
}
_SHOWN_OUTLIERS = 200
_LATE = "muon"
_ASKS = "xin-mo"
_MISSING = "con-thieu"
_RETURNED, _IN_REPAIR = "tra-lai", "dang-sua"


class HourField(forms.Field):
    """An hour of a day: 17:00, 17h, 17h00."""

    def __init__(self, *, label: str, hint: str = "Ví dụ 17:00.", required: bool = True) -> None:
        attributes = {"class": "form-control", "autocomplete": "off", "maxlength": "5"}
        wrong = {"required": "Hãy nhập giờ theo dạng 17:00."}
        super().__init__(
            label=label, help_text=hint, widget=forms.TextInput(attributes), error_messages=wrong, required=required
        )

    def to_python(self, value: Any) -> dt.time | None:
        text = (value or "").strip().lower()
        if not text:
            return None
        found = _HOUR.fullmatch(text)
        if not found:
            raise forms.ValidationError(f"“{text[:20]}” không phải giờ. Hãy nhập theo dạng 17:00.")
        return dt.time(int(found[1]), int(found[2] or 0))


class ExtensionForm(RecordForm):
    """A later hour for one unit, by a decision and for a reason."""

    day = DayField(label="Gia hạn đến ngày", hint="Ví dụ 09/10/2024.")
    hour = HourField(label="Đến trước giờ")
    reason = PlainField(label="Lý do", limit=300)
    decision_no = PlainField(label="Số văn bản cho phép", limit=60, required=False)
    decided_on = DayField(label="Ngày văn bản", hint="Ví dụ 07/10/2024.", required=False)

    groups = (("Gia hạn", ("day", "hour", "reason")), ("Văn bản", ("decision_no", "decided_on")))


class ConfirmingForm(RecordForm):
    """A form whose days may be questioned: the questions stand at their fields (`places`: doubt -> field) with the
    likely day, and a box that confirms just these questions comes with them."""

    places: Mapping[str, str] = {}

    def __init__(self, request: HttpRequest, **more: Any) -> None:
        self.answered = request.POST.get(_CONFIRM, "")
        super().__init__(request, **more)

    def confirmed(self, refused: ReportError) -> list[str]:
        """The questions of a refusal where they were confirmed. Errors: REC-01, each at its field, where not."""
        found: list[Doubt] = refused.facts["doubts"]
        questions = [one.question for one in found]
        key = hashlib.sha256("\n".join(questions).encode()).hexdigest()[:16]
        has_reason = bool(squeeze(self.data.get("note", "")))
        if self.answered == key and has_reason:
            return questions
        label = "Các ngày được hỏi ở trên là đúng như văn bản: vẫn lấy."
        field = forms.BooleanField(label=label, required=False, widget=forms.CheckboxInput({"value": key}))
        self.fields[_CONFIRM] = field
        title, names = self.groups[-1]
        self.groups = (*self.groups[:-1], (title, (*names, _CONFIRM)))
        if self.answered != key:
            # Other questions than those that were confirmed: asked anew.
            self.data = self.data.copy()
            self.data.pop(_CONFIRM, None)
        wrong: dict[str, list[str]] = {}
        for one in found:
            wrong.setdefault(self.places.get(one.field, ""), []).append(one.question)
        if self.answered == key:
            wrong["note"] = ["Hãy ghi lý do xác nhận."]
        raise InvalidRecord(wrong) from refused


class PeriodForm(ConfirmingForm):
    """A new period; what is left empty is as the law and the letter have it."""

    start_year = CodeField(label="Năm học")
    kind = CodeField(label="Loại kỳ", hint="Loại kỳ cho biết các biểu phải lập.")
    code = PlainField(
        label="Mã kỳ",
        limit=40,
        required=False,
        hint="Kỳ bổ sung cần mã riêng, ví dụ 2024-bo-sung. Để trống: mã thường lệ.",
    )
    name = PlainField(label="Tên kỳ", limit=120, required=False, hint="Để trống: theo loại kỳ và năm học.")
    snapshot_on = DayField(label="Ngày chốt số liệu", required=False, hint="Để trống: 30/9 đầu năm, 31/5 cuối năm.")
    starts_on = DayField(
        label="Đầu kỳ",
        required=False,
        hint="Tăng, giảm được tính sau ngày này. Để trống: thường lệ.",
    )
    school_day = DayField(label="Trường gửi trước ngày", required=False, hint="Để trống: theo thường lệ.")
    school_hour = HourField(label="Trường gửi trước giờ", hint="Để trống: 17:00.", required=False)
    office_day = DayField(label="Phòng gửi trước ngày", required=False, hint="Để trống: theo thường lệ.")
    office_hour = HourField(label="Phòng gửi trước giờ", hint="Để trống: 17:00.", required=False)
    department_day = DayField(label="Sở gửi trước ngày", required=False, hint="Để trống: theo thường lệ.")
    department_hour = HourField(label="Sở gửi trước giờ", hint="Để trống: 17:00.", required=False)
    source_text = PlainField(
        label="Nguyên văn của văn bản", limit=1000, required=False, hint="Chép đúng như in, kể cả chỗ in sai."
    )
    note = PlainField(
        label="Lý do xác nhận",
        limit=300,
        required=False,
        hint="Cần khi có ngày được hỏi lại, hoặc khi mở kỳ cuối năm lúc kỳ đầu năm chưa đóng.",
    )

    groups = (
        ("Kỳ báo cáo", ("start_year", "kind", "code", "name")),
        ("Ngày", ("starts_on", "snapshot_on")),
        ("Hạn gửi", tuple(f"{sender}_{part}" for sender in SENDERS for part in ("day", "hour"))),
        ("Văn bản", ("source_text", "note")),
    )
    places = {"snapshot_on": "snapshot_on", "starts_on": "starts_on", **{f"due:{one}": f"{one}_day" for one in SENDERS}}


class DeadlineForm(ConfirmingForm):
    """The hour of a kind of sender, for all levels or one."""

    sender = CodeField(label="Bên gửi", choices=[(one.value, one.label) for one in Tier])
    level_code = CodeField(label="Cấp học", list_name="school_level", empty="Mọi cấp học", required=False)
    day = DayField(label="Gửi trước ngày", hint="Ví dụ 07/10/2024.")
    hour = HourField(label="Gửi trước giờ")
    source_text = PlainField(
        label="Nguyên văn của văn bản", limit=1000, required=False, hint="Chép đúng như in, kể cả chỗ in sai."
    )
    note = PlainField(label="Lý do xác nhận", limit=300, required=False, hint="Cần khi hạn được hỏi lại.")

    groups = (("Hạn gửi", ("sender", "level_code", "day", "hour", "source_text", "note")),)
    places = {f"due:{one}": "day" for one in SENDERS}


def shown_period(request: HttpRequest) -> ReportPeriod | None:
    """The period of the address; else the one people work on now; else the newest."""
    named = request.GET.get(PERIOD, "")
    if named:
        return get_object_or_404(ReportPeriod, code=named)
    return open_periods(clock.today()).first() or ReportPeriod.objects.first()


def _instant(day: dt.date, hour: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, hour, clock.LOCAL_ZONE)


@login_required
@require_safe
def report_board(request: HttpRequest) -> HttpResponse:
    """A line per report, sums by office and by level; the same number of queries for one school as for two thousand."""
    actor = request.actor
    actor.require(Permission.REPORT_READ)
    period = shown_period(request)
    may_manage = actor.can(Permission.YEAR_MANAGE)
    if period is None:
        return render(request, "authority/reports/none.html", {"may_manage": may_manage})
    now = clock.now()
    every, none_owed = whole_board(actor=actor, period=period, now=now)
    lines, come = _by_owner(every)
    found, context = _narrowed(request, lines)
    names = codes.labels("school_level")["school_level"]
    page = listing_of(request, found, sorts=_SORTS, default="don-vi")
    scope = scope_of(actor, Permission.REPORT_REVIEW, period)
    context |= {
        "period": period,
        "listing": _shown(page, names, period, actor, scope),
        "totals": _total(found),
        "count": len(found),
    }
    if request.headers.get("HX-Request"):
        return render(request, "authority/reports/board.html#results", context | _acts(request, scope, found))
    dues = {(one.sender, one.level_code): one.due_at for one in Deadline.objects.filter(period=period)}
    offices = summed(lines, lambda line: (str(line.parent_public_id or ""), line.parent_name))
    levels = summed(
        sorted(lines, key=lambda one: one.level_code), lambda line: (line.level_code, names.get(line.level_code, ""))
    )
    context |= {
        "periods": ReportPeriod.objects.all()[:12],
        "now": now,
        "clocks": [(tier.label, dues[tier, ""], _clock(dues[tier, ""], now)) for tier in Tier if (tier, "") in dues],
        "all": _total(lines),
        "offices": [(one, address(request, **{"don-vi": one.key, "trang": None}) + "#results") for one in offices],
        "levels": [(one, address(request, cap=one.key, trang=None) + "#results") for one in levels],
        "may_manage": may_manage,
        "none_owed": [(one, names.get(one.level_code, "")) for one in none_owed],
        "come": [(line, *words[line.standing], names.get(line.level_code, line.level_code)) for line in come],
    }
    return render(request, "authority/reports/board.html", context | _acts(request, scope, found))


def _clock(due: dt.datetime, now: dt.datetime) -> tuple[str, str]:
    """How far an hour is: tone and words."""
    minutes = int((due - now).total_seconds() // 60)
    if minutes < 0:
        return "bad", f"đã quá {said_minutes(-minutes)}"
    return ("wait" if minutes < 24 * 60 else "info"), f"còn {said_minutes(minutes)}"


def _total(lines: Sequence[BoardLine]) -> Sums:
    return next(iter(summed(lines, lambda line: ("", ""))), Sums("", ""))


def _by_owner(lines: Sequence[BoardLine]) -> tuple[list[BoardLine], list[BoardLine]]:
    """The lines that are counted here, and those of schools that came after the snapshot day."""
    return [line for line in lines if line.is_own], [line for line in lines if not line.is_own]


def _narrowed(request: HttpRequest, lines: Sequence[BoardLine]) -> tuple[list[BoardLine], dict[str, Any]]:
    """The lines as the address narrows them, and what the filter bar shows."""
    names = codes.labels("school_level")["school_level"]
    offices = {str(line.parent_public_id): line.parent_name for line in lines if line.parent_public_id}
    levels = sorted({line.level_code for line in lines})
    states = [
        *((key, "Bị trả lại, kể cả đang sửa" if key == _RETURNED else word) for key, (_, word) in words.items()),
        (_MISSING, "Chưa gửi, kể cả quá hạn, bị trả lại"),
        (_LATE, "Gửi muộn"),
        (_ASKS, "Xin mở khóa"),
    ]
    search = read_search(request)
    office = read_filter(request, "don-vi", "Đơn vị quản lý", offices.items())
    level = read_filter(request, "cap", "Cấp học", [(code, names.get(code, code)) for code in levels])
    state = read_filter(request, "tinh-trang", "Tình trạng", states)
    wanted = fold(search)
    found = [
        line
        for line in lines
        if (not office.value or str(line.parent_public_id) == office.value)
        and (not level.value or line.level_code == level.value)
        and _is(line, state)
        and (not search or wanted in fold(line.name) or line.code.startswith(search))
    ]
    return found, {"search": search, "filters": [one for one in (office, level, state) if len(one.options) > 1]}


def _is(line: BoardLine, state: Filter) -> bool:
    if state.value == _LATE:
        return line.is_sent and line.late_minutes is not None
    if state.value == _ASKS:
        return line.asks_unlock
    if state.value == _MISSING:
        return not line.is_sent
    if state.value == _RETURNED:
        return line.standing in (_RETURNED, _IN_REPAIR)
    return not state.value or line.standing == state.value


def _shown(page: Listing, names: Mapping[str, str], period: ReportPeriod, actor: Actor, review: Scope) -> Listing:
    """The lines with what may be opened and done: a school that has moved away is met by its report alone."""
    may_review = actor.can(Permission.REPORT_REVIEW)
    read: list[Scope] = []

    def opens(line: BoardLine) -> bool:
        if line.version or review.reaches(line.unit_id, line.level_code):
            return True
        read[:] = read or [scope_of(actor, Permission.REPORT_READ, period)]
        return read[0].reaches(line.unit_id, line.level_code)

    return page.replaced(
        [
            (
                line,
                *words[line.standing],
                names.get(line.level_code, line.level_code),
                _late(line),
                f"{line.public_id}.{line.level_code}",
                opens(line),
                may_review and _waits_for(line, review),
            )
            for line in page.items
        ]
    )


def _late(line: BoardLine) -> str:
    if line.late_minutes is not None:
        return said_minutes(line.late_minutes)
    return line.lateness if line.came_again else ""


def _acts(request: HttpRequest, scope: Scope, found: Sequence[BoardLine]) -> dict[str, Any]:
    """What may be done with the lines found."""
    return {
        "may_review": request.actor.can(Permission.REPORT_REVIEW),
        "bulk_acts": [("duyet", "Duyệt báo cáo đã chọn")],
        "to_remind": _to_remind(request.actor, scope, found),
        "query": request.GET.urlencode(),
    }


def _to_remind(actor: Actor, review: Scope, lines: Sequence[BoardLine]) -> int:
    if not actor.can(Permission.REPORT_REVIEW):
        return 0
    return sum(_waits_for(line, review) for line in lines)


def _waits_for(line: BoardLine, review: Scope) -> bool:
    """Whether a line of the own ones may be reminded and given more time."""
    return not line.is_sent and review.takes(line.unit_id, line.level_code, line.parent_id)


def _back(request: HttpRequest, period: ReportPeriod) -> str:
    """The board as it was narrowed; what a form sends along is never an address of its own."""
    return f"{reverse('authority:report-board')}?{request.GET.urlencode() or f'{PERIOD}={period.code}'}"


@login_required
@require_POST
def report_remind(request: HttpRequest) -> HttpResponse:
    """Remind everybody among the lines found who has not sent, in one press."""
    period = shown_period(request)
    if period is None:
        raise Http404
    found, _ = _narrowed(request, _by_owner(board(actor=request.actor, period=period))[0])
    wanted = {(line.unit_id, line.level_code) for line in found if not line.is_sent}
    done = remind(actor=request.actor, period=period, only=wanted, text=request.POST.get("reason", ""))
    messages.success(request, f"Đã nhắc {done} báo cáo chưa gửi; trường thấy ngay ở “Việc cần làm”.")
    return redirect(_back(request, period))


@login_required
@require_POST
def report_accept_many(request: HttpRequest) -> HttpResponse:
    """Accept the ticked reports, or all found ones that wait; what cannot be accepted says why."""
    period = shown_period(request)
    if period is None:
        raise Http404
    request.actor.require(Permission.REPORT_REVIEW)
    found, _ = _narrowed(request, _by_owner(board(actor=request.actor, period=period))[0])
    ticked = set(request.POST.getlist("chon"))
    everything = request.POST.get("tat-ca") == "1"
    # Of everything found those that wait for this account's own unit; what was ticked says why it is not its to accept.
    parents = {line.parent_id for line in found}
    own = {one for one in parents if stands_at(request.actor, Permission.REPORT_REVIEW, [one])}
    ids = [
        line.report_id
        for line in found
        if line.report_id
        and (
            f"{line.public_id}.{line.level_code}" in ticked
            or (everything and line.standing == "cho-xet" and line.parent_id in own)
        )
    ]
    rows = visible(Submission.objects.all(), request.actor, Permission.REPORT_REVIEW).filter(pk__in=ids)
    done, refused = accept_reports(actor=request.actor, reports=list(rows))
    if done:
        messages.success(request, f"Đã duyệt {done} báo cáo.")
    for sentence in refused[:10]:
        messages.error(request, sentence)
    if len(refused) > 10:
        messages.error(request, f"Và {len(refused) - 10} báo cáo nữa chưa duyệt được.")
    if not ids:
        messages.error(request, "Chưa chọn báo cáo nào.")
    return redirect(_back(request, period))


@login_required
@require_http_methods(["GET", "POST"])
def report_extend(request: HttpRequest, period: str, unit: uuid.UUID) -> HttpResponse:
    """Give one unit more time."""
    known = get_object_or_404(ReportPeriod, code=period)
    request.actor.require(Permission.REPORT_REVIEW)
    row, levels = _given_time(request, known, unit)
    form = ExtensionForm(request)

    def act(values: dict[str, Any]) -> Any:
        if values["day"] is None or values["hour"] is None:
            raise InvalidRecord({})
        with transaction.atomic():
            made = [
                extend_deadline(
                    actor=request.actor,
                    period=known,
                    unit=row,
                    level_code=level,
                    due_at=_instant(values["day"], values["hour"]),
                    reason=values["reason"],
                    decision_no=values["decision_no"],
                    decided_on=values["decided_on"],
                )
                for level in levels
            ]
        return [one for several in made for one in several]

    back = f"{reverse('authority:report-board')}?{PERIOD}={known.code}"
    if made := saved(form, act):
        until = f"{made[0].due_at.astimezone(clock.LOCAL_ZONE):%H:%M %d/%m/%Y}"
        names = codes.labels("school_level")["school_level"]
        of = ", ".join(names.get(one.level_code, one.level_code).lower() for one in made if one.level_code)
        messages.success(request, f"Đã gia hạn cho {row.name}{f' ({of})' if of else ''} đến trước {until}.")
        return redirect(back)
    context = {"form": form, "unit": row, "period": known, "back_url": back, "crumbs": [("Báo cáo", back)]}
    return render(request, "authority/reports/extend.html", context)


def _given_time(request: HttpRequest, period: ReportPeriod, public_id: uuid.UUID) -> tuple[OrgUnit, list[str]]:
    """A unit to which this account may give more time, and for which levels ("": all); any other does not exist for it.
    A school is found by the tree of the snapshot day: one that moved away since is, one that came since is not."""
    row = get_object_or_404(OrgUnit.objects.select_related("parent"), public_id=public_id)
    if row.kind not in TEACHING_KINDS:
        if not may_give_time(request.actor, row):
            raise Http404
        return unit_or_404(request, public_id, Permission.REPORT_REVIEW), [""]
    scope = scope_of(request.actor, Permission.REPORT_REVIEW, period)
    owed = [one for one in expected_reports(period, replace(scope, only=[row.pk])) if one.is_own]
    if not owed:
        raise Http404
    # Who reaches some levels of a school only gives time for those.
    is_whole = scope.takes(row.pk, "", owed[0].parent_id)
    return row, [""] if is_whole else [one.level_code for one in owed]


@login_required
@require_safe
def report_outliers(request: HttpRequest) -> HttpResponse:
    """Reports in which something stands out against last year or their peers, by level, each with the reason."""
    actor = request.actor
    period = shown_period(request)
    if period is None:
        raise Http404
    names = codes.labels("school_level")["school_level"]
    lines, _ = _by_owner(board(actor=actor, period=period))
    levels = sorted({line.level_code for line in lines if line.report_id})
    level = read_filter(
        request,
        "cap",
        "Cấp học",
        [(code, names.get(code, code)) for code in levels],
        default=levels[0] if levels else "",
    )
    found = compared(actor=actor, period=period, level_code=level.value) if levels else {}
    by_unit = {line.unit_id: line for line in lines if line.level_code == level.value}
    own = {unit_id: measured for unit_id, measured in found.items() if unit_id in by_unit}
    outliers = {unit_id: [one for one in measured if one.reasons] for unit_id, measured in own.items()}
    rows = sorted(
        ((by_unit[unit_id], shown) for unit_id, shown in outliers.items() if shown),
        key=lambda row: (-len(row[1]), fold(row[0].name)),
    )
    context = {
        "period": period,
        "filters": [level],
        "search": "",
        "rows": [(line, *words[line.standing], shown) for line, shown in rows[:_SHOWN_OUTLIERS]],
        "count": len(rows),
        "coverage": coverage(one for measured in own.values() for one in measured),
        "level_name": names.get(level.value, ""),
        "crumbs": [("Báo cáo", f"{reverse('authority:report-board')}?{PERIOD}={period.code}")],
    }
    template = "authority/reports/outliers.html"
    return render(request, f"{template}#results" if request.headers.get("HX-Request") else template, context)


@login_required
@require_http_methods(["GET", "POST"])
def report_settings(request: HttpRequest, period: str) -> HttpResponse:
    """Rules of a period and its hours."""
    actor = request.actor
    actor.require(Permission.YEAR_MANAGE)
    known = get_object_or_404(ReportPeriod, code=period)
    asked: dict[str, Any] = {}
    refused: InvalidRecord | None = None
    form = DeadlineForm(request) if request.POST.get("viec") != "quy-tac" else DeadlineForm(_unbound(request))
    if request.method == "POST" and request.POST.get("viec") == "quy-tac":
        asked = {
            "locks_when_late": request.POST.get("khoa") == "1",
            "four_eyes": request.POST.get("hai-nguoi") == "1",
            "required_checks": [name for name in SEND_CHECKS if name in request.POST.getlist("kiem")],
        }
        try:
            set_rules(actor=actor, period=known, **asked)
        except InvalidRecord as wrong:
            refused = wrong
        else:
            messages.success(request, "Đã lưu quy tắc của kỳ.")
            return redirect("authority:report-settings", known.code)

    def act(values: dict[str, Any]) -> Any:
        if values["day"] is None or values["hour"] is None:
            raise InvalidRecord({})
        facts = {
            "sender": values["sender"],
            "level_code": values["level_code"],
            "due_at": _instant(values["day"], values["hour"]),
            "note": values["note"],
            "source_text": values["source_text"],
        }
        try:
            return set_deadline(actor=actor, period=known, **facts, confirmed=())
        except ReportError as doubted:
            if not doubted.facts:
                raise InvalidRecord({"day": [doubted.message]}) from doubted
            return set_deadline(actor=actor, period=known, **facts, confirmed=form.confirmed(doubted))

    if saved(form, act):
        messages.success(request, "Đã đặt hạn gửi.")
        return redirect("authority:report-settings", known.code)
    names = codes.labels("school_level")["school_level"]
    # What was not saved stands as it was chosen, so that only what is wrong is to be mended.
    rules = {"locks_when_late": known.locks_when_late, "four_eyes": known.four_eyes} | asked
    held = asked.get("required_checks", known.required_checks or USUAL)
    context = {
        "period": known,
        "form": form,
        "deadlines": [
            (one.get_sender_display(), names.get(one.level_code, "Mọi cấp học"), one.due_at, one.note, one.source_text)
            for one in known.deadlines.order_by("due_at")
        ],
        "checks": [(name, one.label, name in held) for name, one in SEND_CHECKS.items()],
        "rules": rules,
        "rules_error": refused,
        "crumbs": [("Báo cáo", f"{reverse('authority:report-board')}?{PERIOD}={known.code}")],
        "back_url": f"{reverse('authority:report-board')}?{PERIOD}={known.code}",
    }
    return render(request, "authority/reports/settings.html", context, status=409 if refused else 200)


def _unbound(request: HttpRequest) -> Any:
    """The request as if the form of hours had not been sent: another form of the page was."""
    bare = HttpRequest()
    bare.method = "GET"
    bare.user = request.user
    return bare


@login_required
@require_http_methods(["GET", "POST"])
def report_period_new(request: HttpRequest) -> HttpResponse:
    """Open a period on its usual days or others; hours and rules can be set afterwards too."""
    actor = request.actor
    actor.require(Permission.YEAR_MANAGE)
    form = PeriodForm(request)
    choices = {
        "start_year": [(str(year.start_year), year.name) for year in known_years(request)],
        "kind": [(kind.code, kind.title) for kind in period_kinds().values()],
    }
    for name, given in choices.items():
        field = form.fields[name]
        assert isinstance(field, CodeField)
        field.given = tuple(given)
        field.fit(name)

    def act(values: dict[str, Any]) -> ReportPeriod:
        if not values["start_year"] or not values["kind"]:
            raise InvalidRecord({})
        alone = [sender for sender in SENDERS if values[f"{sender}_hour"] and not values[f"{sender}_day"]]
        if alone:
            fault = "Đã ghi giờ thì ghi cả ngày; theo hạn thường lệ thì để trống cả hai."
            raise InvalidRecord({f"{sender}_day": [fault] for sender in alone})
        due = {
            sender: _instant(day, values[f"{sender}_hour"] or _USUAL_HOUR)
            for sender in SENDERS
            if (day := values[f"{sender}_day"])
        }
        facts = {
            "start_year": int(values["start_year"]),
            "due": due,
            **{name: values[name] for name in ("kind", "code", "name", "snapshot_on", "starts_on")},
            **{name: values[name] for name in ("source_text", "note")},
        }
        try:
            return open_usual_period(actor=actor, **facts, confirmed=())
        except ReportError as doubted:
            if not doubted.facts:
                raise InvalidRecord({"note": [doubted.message]}) from doubted
            return open_usual_period(actor=actor, **facts, confirmed=form.confirmed(doubted))

    if made := saved(form, act):
        messages.success(request, f"Đã mở {made.name.lower()}, chốt số liệu cuối ngày {made.snapshot_on:%d/%m/%Y}.")
        return redirect("authority:report-settings", made.code)
    back = reverse("authority:report-board")
    return render(
        request, "authority/reports/period_new.html", {"form": form, "back_url": back, "crumbs": [("Báo cáo", back)]}
    )
