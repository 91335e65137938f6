"""The turn of the year of one school: plan, look and change, run, confirm, undo. The authority looks on."""

import functools
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from csdl.access.queries import visible
from csdl.accounts.actor import Actor
from csdl.accounts.errors import CsdlError
from csdl.accounts.permissions import Permission
from csdl.codes import queries as codes
from csdl.jobs.models import Job
from csdl.orgs.models import School
from csdl.orgs.queries import ancestors
from csdl.portals.components.lists import Filter, listing, read_filter, read_search
from csdl.portals.components.outgoing import Outgoing, door, occasion_of
from csdl.portals.components.turning import job_context, running_job, turned_year
from csdl.portals.school.reach import crumbs_to
from csdl.rollover.actions import (
    choose_for_pupil,
    confirm_rollover,
    plan_rollover,
    rename_plan_class,
    start_rollover,
    withdraw_decision,
)
from csdl.rollover.actions.choosing import allowed_acts, can_decide
from csdl.rollover.dependents import dependents_of
from csdl.rollover.enums import Act, RunState
from csdl.rollover.errors import RolloverError
from csdl.rollover.models import Choice, PlanClass, PlanRow, SchoolRollover
from csdl.rollover.plan_file import PLAN
from csdl.rollover.queries import (
    class_sums,
    classes_to_make,
    dependent_lines,
    exceptions_first,
    jobs_over,
    newly_created_count,
    plan_classes,
    plan_rows,
    runs_of_school,
    school_line,
)
from csdl.rollover.rules import RULES
from csdl.students.queries import matching
from csdl.years.enums import Outcome
from csdl.years.queries import classes

_RAN = (RunState.DONE, RunState.CONFIRMED)
_SORTS = {
    "can-xem": ("-is_exception", "source_class__sort_key", "student__sort_key", "pk"),
    "ten": ("student__sort_key", "pk"),
    "lop": ("source_class__sort_key", "student__sort_key", "pk"),
    "lop-moi": ("plan_class__grade_code", "plan_class__name", "student__sort_key", "pk"),
}
_ACT_TONES = {
    Act.PROMOTE: "good",
    Act.RETAIN: "info",
    Act.COMPLETE: "good",
    Act.PENDING: "wait",
    Act.LEFT: "calm",
}
_SHOWN_DEPENDENTS = 200
_PRESCHOOL = "01"
_EXCEPTIONS = "can-xem"


@dataclass(frozen=True)
class Step:
    """One of the four steps as the page shows it."""

    name: str
    tone: str
    word: str
    text: str


@dataclass(frozen=True)
class Turn:
    """What every page of one school's turn starts from, and what this account may do in it now."""

    school: School
    from_year: int
    line: SchoolRollover | None
    job: Job | None
    may_plan: bool
    may_run: bool
    may_confirm: bool

    @property
    def year_name(self) -> str:
        return f"{self.from_year}-{self.from_year + 1}"

    @property
    def new_name(self) -> str:
        return f"{self.from_year + 1}-{self.from_year + 2}"

    @property
    def has_run(self) -> bool:
        return self.line is not None and self.line.state in _RAN

    @property
    def is_stale(self) -> bool:
        """The plan was made before the last run: who moved then still stands in it as waiting to move."""
        run = self.line.last_run if self.line else None
        return bool(run and self.line and self.line.planned_at and run.created_at > self.line.planned_at)

    @property
    def may_change(self) -> bool:
        """Whether classes and pupils of the plan may be changed now, by this account."""
        return self.may_plan and not self.is_stale and self.job is None

    @property
    def is_runnable(self) -> bool:
        return self.line is not None and not self.line.blocked_reason and not self.is_stale and self.job is None


def _posted(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view answers a button; who opens its address otherwise is shown the page the button is on."""

    @functools.wraps(view)
    def wrapper(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
        return view(request, school) if request.method == "POST" else redirect("school:rollover", school)

    return wrapper


@login_required
@require_safe
def rollover(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
    """The four steps, the figures, the classes and the pupils of the plan, the sums of the last run."""
    turn = _turn(request, school)
    if turn is None:
        return render(request, "school/rollover/no_year.html")
    if request.headers.get("HX-Request"):
        return render(request, "school/rollover/detail.html#results", _plan_context(request, turn))
    return _page(request, turn)


@login_required
@_posted
def rollover_plan(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
    """Plan, or plan again: what was chosen before is kept."""
    turn = _turn_or_404(request, school)
    request.actor.require(Permission.ROLLOVER_PLAN, on=turn.school)
    try:
        _check_idle(turn)
        figures = plan_rollover(actor=request.actor, from_year=turn.from_year, unit=turn.school.unit)
    except RolloverError as error:
        return _page(request, turn, error=error)
    messages.success(
        request, f"Đã lập kế hoạch cho {figures.came_in} học sinh, {figures.exceptions} trường hợp cần xem."
    )
    return redirect("school:rollover", school)


@login_required
@_posted
def rollover_rename(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
    """Another name for one class of the new year; what was typed stays where it was refused."""
    turn = _turn_or_404(request, school)
    request.actor.require(Permission.ROLLOVER_PLAN, on=turn.school)
    row = _plan_class(turn, request.POST.get("lop", ""))
    if row is None:
        raise Http404
    name = request.POST.get("ten", "")
    try:
        _check_fresh(turn)
        renamed = rename_plan_class(actor=request.actor, plan_class=row, name=name)
    except RolloverError as error:
        return _page(request, turn, error=error, typed={row.pk: name})
    messages.success(request, f"Đã đặt tên lớp mới là {renamed.name}.")
    return redirect(f"{reverse('school:rollover', args=[school])}#lop-moi")


@login_required
def rollover_pupil(request: HttpRequest, school: uuid.UUID, student: uuid.UUID) -> HttpResponse:
    """One pupil of the plan: where to and why; another class, or what only the head decides."""
    turn = _turn_or_404(request, school)
    rows = plan_rows(actor=request.actor, school_id=turn.school.pk, from_year=turn.from_year)
    row = get_object_or_404(rows, student__public_id=student)
    error = None
    if request.method == "POST":
        request.actor.require(Permission.ROLLOVER_PLAN, on=turn.school)
        try:
            _check_fresh(turn)
            if "rut" in request.POST:
                row = withdraw_decision(actor=request.actor, row=row)
            else:
                row = _choose(request, turn, row)
        except RolloverError as refused:
            error = refused
        else:
            messages.success(request, f"Đã lưu lựa chọn cho {rows.get(pk=row.pk).student.full_name}.")
            return redirect(_back_to_list(request, turn))
    options = [
        (_key(one), one.name or f"(chưa đặt tên, từ {one.source_class.name})", one.pupil_count)
        for one in plan_classes(school_id=turn.school.pk, from_year=turn.from_year)
        if one.grade_code == row.target_grade_code
    ]
    choices = visible(Choice.objects.all(), request.actor, Permission.ROLLOVER_READ)
    choice = choices.filter(from_year=turn.from_year, enrolment_id=row.pk).first()
    context = _context(turn) | {
        "crumbs": [*crumbs_to(request, turn.school), ("Kết chuyển", _back_to_list(request, turn))],
        "row": row,
        "rule": RULES.get(row.rule_code),
        "tone": _ACT_TONES[Act(row.act)],
        "outcome": dict(Outcome.choices).get(row.outcome, "Chưa có"),
        "is_moved": row.rule_code == "D1",
        "options": options,
        "current": _key(row.plan_class) if row.plan_class else "",
        "acts": _acts(row) if turn.may_confirm else [],
        "waits_for_head": can_decide(row) and not turn.may_confirm,
        "choice": choice,
        "error": error,
        "typed_act": request.POST.get("quyet-dinh", choice.act if choice else ""),
        "typed_note": request.POST.get("can-cu", choice.note if choice else ""),
        "back_url": _back_to_list(request, turn),
    }
    return render(request, "school/rollover/pupil.html", context, status=409 if error else 200)


@door
def rollover_plan_export(request: HttpRequest, school: uuid.UUID) -> Outgoing[Any]:
    """The plan as a workbook: exceptions first, classes on a sheet of their own."""
    turn = _turn_or_404(request, school)
    request.actor.require(Permission.DATA_EXPORT, on=turn.school)
    if turn.line is None:
        raise RolloverError("Chưa có kế hoạch để tải. Hãy lập kế hoạch trước.", code="ROL-05")
    rows = exceptions_first(plan_rows(actor=request.actor, school_id=turn.school.pk, from_year=turn.from_year))
    rows = rows.order_by("-is_exception", *rows.query.order_by)
    next_year = f"{turn.from_year + 1}-{turn.from_year + 2}"
    occasion, _ = occasion_of(
        request, PLAN, turn.school.unit, turn.from_year, heading=f"{PLAN.title} sang năm học {next_year}"
    )
    back = reverse("school:rollover", args=[school])
    return Outgoing(PLAN, rows, occasion, back, [*crumbs_to(request, turn.school), ("Kết chuyển", back)])


@login_required
def rollover_run(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
    """What the run will do, in one sentence with its figures; then the run, in the background."""
    turn = _turn_or_404(request, school)
    request.actor.require(Permission.ROLLOVER_RUN, on=turn.school)
    error = None
    if request.method == "POST":
        try:
            _check_idle(turn)
            job = start_rollover(
                actor=request.actor,
                from_year=turn.from_year,
                unit=turn.school.unit,
                fingerprint=request.POST.get("fingerprint", "")[:32] or "-",
            )
            return redirect("school:rollover-job", school, job.public_id)
        except RolloverError as refused:
            error = refused
    if turn.line is None:
        return redirect("school:rollover", school)
    created = newly_created_count(plan_rows(actor=request.actor, school_id=turn.school.pk, from_year=turn.from_year))
    context = _context(turn) | {
        "crumbs": _crumbs(request, turn),
        "created": created,
        "may_gain": bool(created) or not turn.has_run,
        "class_count": classes_to_make(school_id=turn.school.pk, from_year=turn.from_year).count(),
        "error": error,
    }
    return render(request, "school/rollover/run.html", context, status=409 if error else 200)


@login_required
@require_safe
def rollover_job(request: HttpRequest, school: uuid.UUID, job: uuid.UUID) -> HttpResponse:
    """How far a run or undo of this school is; closing the page changes nothing."""
    turn = _turn_or_404(request, school)
    row = get_object_or_404(jobs_over([turn.school.pk]), public_id=job)
    back = reverse("school:rollover", args=[school])
    context = job_context(row) | {
        "crumbs": _crumbs(request, turn),
        "poll_url": request.path,
        "done_url": f"{back}#ket-qua" if row.kind == "rollover:run" else back,
        "done_label": "Xem kết quả" if row.kind == "rollover:run" else "Về trang kết chuyển",
    }
    template = "components/job_progress.html" if request.headers.get("HX-Request") else "school/rollover/job.html"
    return render(request, template, context)


@login_required
@_posted
def rollover_confirm(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
    """The head signs off what was written."""
    turn = _turn_or_404(request, school)
    try:
        _check_idle(turn)
        confirm_rollover(actor=request.actor, school=turn.school, from_year=turn.from_year)
    except RolloverError as error:
        return _page(request, turn, error=error)
    messages.success(request, f"Đã xác nhận kết quả kết chuyển sang năm học {turn.new_name}.")
    return redirect("school:rollover", school)


@login_required
def rollover_undo(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
    """What an undo takes back, and by name what keeps it from doing so; then the undo, in the background."""
    turn = _turn_or_404(request, school)
    request.actor.require(Permission.ROLLOVER_RUN, on=turn.school)
    error = None
    if request.method == "POST":
        try:
            _check_idle(turn)
            job = start_rollover(
                actor=request.actor,
                from_year=turn.from_year,
                unit=turn.school.unit,
                undo=True,
                keep_dependents=request.POST.get("giu") == "1",
            )
            return redirect("school:rollover-job", school, job.public_id)
        except RolloverError as refused:
            error = refused
    runs = runs_of_school(school_id=turn.school.pk, from_year=turn.from_year, states=_RAN)
    dependents = dependents_of(from_year=turn.from_year, run_ids=[run.pk for run in runs])
    lines = dependent_lines(request.actor, dependents)
    staying = {one.enrolment_id for one in dependents if one.enrolment_id}
    context = _context(turn) | {
        "crumbs": _crumbs(request, turn),
        "runs": runs,
        "dependents": lines[:_SHOWN_DEPENDENTS],
        "dependent_count": len(lines),
        "gone_count": sum(run.created_count for run in runs) - len(staying),
        "kept_count": len(staying),
        "more_count": max(0, len(lines) - _SHOWN_DEPENDENTS),
        "error": error,
    }
    return render(request, "school/rollover/undo.html", context, status=409 if error else 200)


def _turn(request: HttpRequest, public_id: uuid.UUID) -> Turn | None:
    """The school within reach, else 404; without the right to look, 403. None where no school year exists yet."""
    actor: Actor = request.actor
    rows = visible(School.objects.select_related("unit"), actor, Permission.ROLLOVER_READ)
    school = get_object_or_404(rows, unit__public_id=public_id)
    year = turned_year(request)
    if year is None:
        return None
    # An office looks into a plan and runs groups from its own board: who answers for the pupils acts here.
    home = request.actor.home_unit
    at_home = home is not None and home.pk == school.pk and year == turned_year(request, today_only=True)
    return Turn(
        school=school,
        from_year=year.start_year,
        line=school_line(school_id=school.pk, from_year=year.start_year),
        job=running_job([school.pk, *(unit.pk for unit in ancestors(school.unit))]),
        may_plan=at_home and actor.can(Permission.ROLLOVER_PLAN, on=school),
        may_run=at_home and actor.can(Permission.ROLLOVER_RUN, on=school),
        may_confirm=at_home and actor.can(Permission.ROLLOVER_CONFIRM, on=school),
    )


def _turn_or_404(request: HttpRequest, public_id: uuid.UUID) -> Turn:
    turn = _turn(request, public_id)
    if turn is None:
        raise Http404
    return turn


def _check_idle(turn: Turn) -> None:
    """Nothing is changed under a run that is going on."""
    if turn.job is not None:
        raise RolloverError(
            f"Đang có việc chạy nền: {turn.job.title}. Hãy chờ việc này xong rồi làm tiếp.", code="ROL-09"
        )


def _check_fresh(turn: Turn) -> None:
    """A choice about a pupil who has moved since would be lost in silence."""
    _check_idle(turn)
    if turn.is_stale:
        raise RolloverError("Kế hoạch được lập trước lần chạy gần nhất. Hãy lập lại kế hoạch.", code="ROL-03")


def _context(turn: Turn) -> dict[str, Any]:
    return {"turn": turn, "school": turn.school, "unit": turn.school.unit, "line": turn.line, "job": turn.job}


def _crumbs(request: HttpRequest, turn: Turn) -> list[tuple[str, str]]:
    here = reverse("school:rollover", args=[turn.school.unit.public_id])
    return [*crumbs_to(request, turn.school), ("Kết chuyển", here)]


def _page(
    request: HttpRequest, turn: Turn, *, error: CsdlError | None = None, typed: dict[int, str] | None = None
) -> HttpResponse:
    context = _plan_context(request, turn) | {
        "crumbs": crumbs_to(request, turn.school),
        "steps": _steps(turn),
        "error": error,
        "typed": typed or {},
        "failed_job": _failed_job(turn),
        "may_export": request.actor.can(Permission.DATA_EXPORT, on=turn.school),
    }
    if turn.line is not None:
        planned = list(plan_classes(school_id=turn.school.pk, from_year=turn.from_year))
        grades = codes.grades()
        context |= {
            "plan_classes": [
                (one, _key(one), grades[one.grade_code].name_vi if one.grade_code in grades else one.grade_code)
                for one in planned
            ],
            "ending_classes": classes(request.actor)
            .filter(school_id=turn.school.pk, start_year=turn.from_year)
            .exclude(level_code=_PRESCHOOL)
            .exclude(pk__in=[one.source_class_id for one in planned if not one.is_entry])
            .order_by("sort_key"),
            "sums": class_sums(turn.line.last_run) if turn.line.last_run else [],
            "run": turn.line.last_run,
        }
    return render(request, "school/rollover/detail.html", context, status=409 if error else 200)


def _plan_context(request: HttpRequest, turn: Turn) -> dict[str, Any]:
    """Figures and the list of pupils, narrowed by the address."""
    context = _context(turn)
    if turn.line is None:
        return context
    rows = exceptions_first(plan_rows(actor=request.actor, school_id=turn.school.pk, from_year=turn.from_year))
    search, filters = read_search(request), _filters(request, turn, rows.order_by())
    wanted = {one.name: one.value for one in filters}
    if search:
        rows = rows.filter(matching(search, prefix="student__"))
    if wanted["xu-ly"] == _EXCEPTIONS:
        rows = rows.filter(is_exception=True)
    elif wanted["xu-ly"]:
        rows = rows.filter(act=wanted["xu-ly"])
    if wanted["quy-tac"]:
        rows = rows.filter(rule_code=wanted["quy-tac"])
    if wanted["lop"] == "chua":
        rows = rows.filter(source_class__isnull=True)
    elif wanted["lop"]:
        rows = rows.filter(source_class__public_id=wanted["lop"])
    page = listing(request, rows, sorts=_SORTS, default="can-xem")
    return context | {
        "listing": page.replaced([(row, RULES.get(row.rule_code), _ACT_TONES[Act(row.act)]) for row in page.items]),
        "search": search,
        "filters": filters,
        "list_query": request.GET.urlencode(),
    }


def _filters(request: HttpRequest, turn: Turn, rows: Any) -> list[Filter]:
    used = dict(rows.values_list("rule_code").annotate(count=Count("pk")).order_by("rule_code"))
    rules = [(code, f"{code} – {RULES[code].reason} ({count})") for code, count in used.items() if code in RULES]
    found = classes(request.actor).filter(school_id=turn.school.pk, start_year=turn.from_year)
    names = [(str(key), name) for key, name in found.order_by("sort_key").values_list("public_id", "name")]
    return [
        read_filter(request, "xu-ly", "Xử lý", [(_EXCEPTIONS, "Mọi trường hợp cần xem"), *Act.choices]),
        read_filter(request, "lop", "Lớp cũ", [*names, ("chua", "Chưa xếp lớp")]),
        read_filter(request, "quy-tac", "Lý do", rules),
    ]


def _steps(turn: Turn) -> list[Step]:
    """The four steps, each with where it stands in a word and a sentence."""
    line = turn.line
    if line is None:
        return [
            Step("Lập kế hoạch", "wait", "Cần làm", "Tính cho từng học sinh: sang lớp nào, vì sao. Chưa ghi gì."),
            Step("Xem và chỉnh", "calm", "Chưa đến", "Xem lớp mới, các trường hợp cần xử lý; đổi lớp khi cần."),
            Step("Chạy", "calm", "Chưa đến", f"Ghi lớp và học sinh vào năm học {turn.new_name}."),
            Step("Kết quả", "calm", "Chưa đến", "Xem cân đối sĩ số, xác nhận hoặc hoàn tác."),
        ]  # fmt: skip
    return [
        Step("Lập kế hoạch", "good", "Đã lập", "Lập lại khi kết quả hoặc danh sách lớp thay đổi; lựa chọn được giữ."),
        _look_step(turn, line),
        _run_step(turn, line),
        _result_step(turn, line),
    ]  # fmt: skip


def _look_step(turn: Turn, line: SchoolRollover) -> Step:
    if line.blocked_reason:
        return Step("Xem và chỉnh", "bad", "Có vướng mắc", line.blocked_reason)
    if line.exception_count:
        text = f"{line.exception_count} trường hợp cần xem; các em khác vẫn chuyển được, những em này chuyển sau."
        return Step("Xem và chỉnh", "wait", "Có trường hợp cần xem", text)
    return Step("Xem và chỉnh", "good", "Không có vướng mắc", "Mọi học sinh đều có nơi đến.")


def _run_step(turn: Turn, line: SchoolRollover) -> Step:
    if turn.job is not None:
        return Step("Chạy", "wait", turn.job.get_state_display(), turn.job.title)
    if turn.has_run:
        text = f"Đã tạo {line.created_count} hồ sơ năm học {turn.new_name}."
        if line.pending_count:
            text += f" Còn {line.pending_count} em chờ xử lý: khi đã có quyết định, lập lại kế hoạch rồi chạy thêm."
        return Step("Chạy", "good", "Đã chạy", text)
    if line.blocked_reason:
        return Step("Chạy", "bad", "Chưa chạy được", "Gỡ vướng mắc ở bước 2 trước.")
    if not turn.may_run:
        return Step("Chạy", "wait", "Chờ thủ trưởng", "Thủ trưởng đơn vị xem kế hoạch và chạy.")
    return Step("Chạy", "wait", "Sẵn sàng", f"Ghi lớp và học sinh vào năm học {turn.new_name}; có thể hoàn tác.")


def _result_step(turn: Turn, line: SchoolRollover) -> Step:
    if line.state == RunState.CONFIRMED:
        return Step("Kết quả", "good", "Đã xác nhận", "Vẫn hoàn tác được khi năm học mới chưa có dữ liệu phụ thuộc.")
    if turn.has_run:
        text = "Xem cân đối sĩ số bên dưới rồi xác nhận." if turn.may_confirm else "Chờ thủ trưởng đơn vị xác nhận."
        return Step("Kết quả", "wait", "Chờ xác nhận", text)
    return Step("Kết quả", "calm", "Chưa đến", "Xem cân đối sĩ số, xác nhận hoặc hoàn tác.")


def _failed_job(turn: Turn) -> Job | None:
    """The last thing asked for here, where it went wrong."""
    last = jobs_over([turn.school.pk]).filter(args__from_year=turn.from_year).first()
    return last if last is not None and last.state == "failed" else None


def _key(plan_class: PlanClass) -> str:
    """How a planned class is named in a form: by the class it comes from."""
    return f"{plan_class.source_class.public_id}{':moi' if plan_class.is_entry else ''}"


def _plan_class(turn: Turn, key: str) -> PlanClass | None:
    found = plan_classes(school_id=turn.school.pk, from_year=turn.from_year)
    return next((row for row in found if _key(row) == key), None)


def _choose(request: HttpRequest, turn: Turn, row: PlanRow) -> PlanRow:
    """Read one of the two forms of a pupil's page and act on it."""
    note = request.POST.get("can-cu", "").strip()
    if "quyet-dinh" in request.POST or "can-cu" in request.POST:
        act = request.POST.get("quyet-dinh", "")
        if not act:
            raise RolloverError("Chưa chọn quyết định. Hãy chọn một trong các quyết định dưới đây.", code="ROL-06")
        if not note:
            raise RolloverError("Chưa ghi căn cứ của quyết định. Hãy ghi số văn bản hoặc lý do.", code="ROL-06")
        if len(note) > 300:
            raise RolloverError("Căn cứ dài quá 300 ký tự. Hãy ghi ngắn lại.", code="ROL-06")
        return choose_for_pupil(actor=request.actor, row=row, act=act, note=note)
    plan_class = _plan_class(turn, request.POST.get("lop", ""))
    if plan_class is None:
        raise RolloverError("Chưa chọn lớp. Hãy chọn một lớp trong danh sách.", code="ROL-06")
    return choose_for_pupil(actor=request.actor, row=row, plan_class=plan_class)


def _acts(row: PlanRow) -> list[tuple[str, str]]:
    """What the head may decide about this pupil, in words."""
    by_age = {Act.PROMOTE: "Xếp nhóm tuổi theo ngày sinh", Act.RETAIN: "Ở lại nhóm tuổi cũ theo đề nghị của gia đình"}
    words = {Act.PROMOTE: "Lên lớp", Act.RETAIN: "Ở lại lớp", Act.COMPLETE: "Hoàn thành cấp học"}
    chosen = words if row.outcome == Outcome.NOT_ASSESSED else by_age
    return [(act, chosen[act]) for act in allowed_acts(row)]


def _back_to_list(request: HttpRequest, turn: Turn) -> str:
    """The list as it was filtered when the pupil was opened."""
    base = reverse("school:rollover", args=[turn.school.unit.public_id])
    query = urlencode([(key, value) for key, values in request.GET.lists() for value in values])
    return f"{base}?{query}#hoc-sinh" if query else f"{base}#hoc-sinh"
