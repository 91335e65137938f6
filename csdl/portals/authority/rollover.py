"""The rollover board: where every school below stands, and the turn of a whole group at once."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from csdl.access.queries import visible
from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.codes import queries as codes
from csdl.jobs.models import Job
from csdl.lib import clock
from csdl.lib.vietnamese import fold
from csdl.orgs.enums import TEACHING_KINDS
from csdl.orgs.models import OrgUnit, SchoolLevel, SchoolProfile
from csdl.orgs.queries import ancestors, parents_of_schools, subtree_ids
from csdl.portals.components.lists import address, listing, read_filter, read_search
from csdl.portals.components.outgoing import export_url
from csdl.portals.components.turning import job_context, running_job, standing, turned_year
from csdl.rollover.actions import start_planning, start_rollover
from csdl.rollover.enums import RunState
from csdl.rollover.errors import RolloverError
from csdl.rollover.queries import BoardTotals, board, board_totals, jobs_over, undo_preview

_SHOWN_SCHOOLS = 50
_NAME = "school__unit__sort_key"
GROUPED = "don-vi"
BOARD_SORTS = {
    "ten": (_NAME, "pk"),
    GROUPED: ("school__unit__parent__sort_key", _NAME, "pk"),
    "trang-thai": ("state", "blocked_reason", _NAME, "pk"),
    "co-mat": ("in_count", _NAME, "pk"),
    "len-lop": ("promoted_count", _NAME, "pk"),
    "o-lai": ("retained_count", _NAME, "pk"),
    "hoan-thanh": ("completed_count", _NAME, "pk"),
    "cho": ("pending_count", _NAME, "pk"),
    "roi": ("left_count", _NAME, "pk"),
    "da-tao": ("created_count", _NAME, "pk"),
    "ngoai-le": ("exception_count", _NAME, "pk"),
}
_NOT_RUN = ["", RunState.PLANNED, RunState.UNDONE]
_STATES = {
    "chua-lap": ("Chưa lập kế hoạch", Q(state="")),
    RunState.PLANNED: ("Đã lập kế hoạch", Q(state__in=[RunState.PLANNED, RunState.UNDONE])),
    "vuong": ("Có vướng mắc", ~Q(blocked_reason="")),
    "chua-chay": ("Chưa chạy", Q(state__in=_NOT_RUN)),
    RunState.DONE: ("Đã chạy, chờ xác nhận", Q(state=RunState.DONE)),
    RunState.CONFIRMED: ("Đã xác nhận", Q(state=RunState.CONFIRMED)),
}


@dataclass(frozen=True)
class Line:
    """One school on the board. `figures` are (word, count or None without a plan, whether a phone leaves it out)."""

    unit: OrgUnit
    tone: str
    word: str
    blocked_reason: str
    figures: tuple[tuple[str, int | None, bool], ...]


@dataclass(frozen=True)
class Group:
    """What a group's confirm page says: the unit, its schools' sums, and which act is asked for."""

    unit: OrgUnit
    from_year: int
    is_run: bool
    totals: BoardTotals

    @property
    def year_name(self) -> str:
        return f"{self.from_year}-{self.from_year + 1}"

    @property
    def new_name(self) -> str:
        return f"{self.from_year + 1}-{self.from_year + 2}"

    @property
    def to_create(self) -> int:
        """Pupils that the plans known now would move and no run has moved yet."""
        return max(0, self.totals.promoted + self.totals.retained - self.totals.created)


@login_required
@require_safe
def rollover_board(request: HttpRequest) -> HttpResponse:
    """A line per school with its sum below; the same number of queries for one school as for two thousand."""
    actor = request.actor
    year = turned_year(request)
    if year is None:
        return render(request, "authority/rollover/no_year.html")
    rows = board(actor=actor, from_year=year.start_year)
    found, context = narrowed_board(request, rows, year.start_year)
    page = listing(request, found, sorts=BOARD_SORTS, default=GROUPED)
    chosen = context["office"] or actor.home_unit
    is_now = year == turned_year(request, today_only=True)
    context |= {
        "year_name": year.name,
        "new_name": f"{year.start_year + 1}-{year.start_year + 2}",
        "listing": page.replaced([_line(row) for row in page.items]),
        "is_grouped": page.sort.key == GROUPED,
        "grouped_url": address(request, **{"sap-xep": None, "trang": None}),
        "totals": board_totals(found),
        "export_url": export_url(request, "authority:rollover-export", year),
    }
    template = "authority/rollover/board.html"
    if request.headers.get("HX-Request"):
        return render(request, f"{template}#results", context | _acts(actor, chosen, is_now))
    job = running_job(_over(chosen)) if chosen else None
    return render(request, template, context | _acts(actor, chosen, is_now) | {"job": job})


@login_required
def rollover_group(request: HttpRequest, unit: uuid.UUID) -> HttpResponse:
    """What planning or running a whole group will do, with its figures; then the act, in the background."""
    actor = request.actor
    is_run = (request.POST or request.GET).get("viec") == "chay"
    permission = Permission.ROLLOVER_RUN if is_run else Permission.ROLLOVER_PLAN
    row = get_object_or_404(visible(OrgUnit.objects.all(), actor, permission), public_id=unit)
    year = turned_year(request, today_only=True)
    if year is None or row.kind in TEACHING_KINDS:
        raise Http404
    error = None
    job = running_job(_over(row))
    if request.method == "POST":
        try:
            _check_idle(job)
            start = start_rollover if is_run else start_planning
            return redirect("authority:rollover-job", start(actor=actor, from_year=year.start_year, unit=row).public_id)
        except RolloverError as refused:
            error = refused
    below = subtree_ids(row, clock.today())
    rows = board(actor=actor, from_year=year.start_year).filter(school_id__in=below)
    blocked = rows.exclude(blocked_reason="").order_by(_NAME)
    context = {
        "crumbs": [("Kết chuyển", reverse("authority:rollover-board"))],
        "group": Group(row, year.start_year, is_run, board_totals(rows)),
        "blocked": blocked[:50],
        "job": job,
        "error": error,
    }
    return render(request, "authority/rollover/group.html", context, status=409 if error else 200)


@login_required
def rollover_group_undo(request: HttpRequest, unit: uuid.UUID) -> HttpResponse:
    """What taking back a group's turn deletes, which schools hold it up and why; then the undo, in the background."""
    actor = request.actor
    row = get_object_or_404(visible(OrgUnit.objects.all(), actor, Permission.ROLLOVER_RUN), public_id=unit)
    year = turned_year(request, today_only=True)
    if year is None or row.kind in TEACHING_KINDS:
        raise Http404
    error, preview = None, None
    job = running_job(_over(row))
    if request.method == "POST":
        try:
            _check_idle(job)
            if request.POST.get("dong-y") != "1":
                raise RolloverError("Hãy xem các con số dưới đây rồi đánh dấu đồng ý.", code="ROL-10")
            asked = start_rollover(
                actor=actor,
                from_year=year.start_year,
                unit=row,
                undo=True,
                keep_dependents=request.POST.get("giu") == "1",
            )
            return redirect("authority:rollover-job", asked.public_id)
        except RolloverError as refused:
            error = refused
    try:
        preview = undo_preview(actor=actor, from_year=year.start_year, unit=row)
    except RolloverError as refused:
        error = error or refused
    held = preview.schools[:_SHOWN_SCHOOLS] if preview else []
    units = OrgUnit.objects.in_bulk([one.school_id for one in held])
    context = {
        "crumbs": [("Kết chuyển", reverse("authority:rollover-board"))],
        "unit": row,
        "year_name": year.name,
        "new_name": f"{year.start_year + 1}-{year.start_year + 2}",
        "preview": preview,
        "held": [(units[one.school_id], one.count, one.reason) for one in held],
        "more_count": len(preview.schools) - len(held) if preview else 0,
        "job": job,
        "error": error,
    }
    return render(request, "authority/rollover/group_undo.html", context, status=409 if error else 200)


@login_required
@require_safe
def rollover_job(request: HttpRequest, job: uuid.UUID) -> HttpResponse:
    """How far a group's plan or run is, for whoever may look at that group."""
    reach = visible(OrgUnit.objects.all(), request.actor, Permission.ROLLOVER_READ).values_list("pk", flat=True)
    row = get_object_or_404(jobs_over(reach), public_id=job)
    board_url = reverse("authority:rollover-board")
    context = job_context(row) | {
        "crumbs": [("Kết chuyển", board_url)],
        "poll_url": request.path,
        "done_url": board_url,
        "done_label": "Về bảng theo dõi",
    }
    template = "components/job_progress.html" if request.headers.get("HX-Request") else "authority/rollover/job.html"
    return render(request, template, context)


def _check_idle(job: Job | None) -> None:
    """Nothing is asked for over schools at which something is going on."""
    if job is not None:
        raise RolloverError(f"Đang có việc chạy nền: {job.title}. Hãy chờ việc này xong rồi làm tiếp.", code="ROL-09")


def _line(row: Any) -> Line:
    figures = (
        ("Có mặt", row.in_count, False),
        ("Lên lớp", row.promoted_count, True),
        ("Ở lại lớp", row.retained_count, True),
        ("Hoàn thành", row.completed_count, True),
        ("Chờ xử lý", row.pending_count, False),
        ("Rời trường", row.left_count, True),
        ("Đã tạo", row.created_count, False),
        ("Ngoại lệ", row.exception_count, True),
    )
    if not row.state:
        figures = tuple((word, None, True) for word, _, _ in figures)
    return Line(row.school.unit, *standing(row.state, row.blocked_reason), row.blocked_reason, figures)


def narrowed_board(
    request: HttpRequest, rows: QuerySet[SchoolProfile], start_year: int
) -> tuple[QuerySet[SchoolProfile], dict[str, Any]]:
    """The board's lines as the address narrows them, and what the filter bar shows."""
    units = visible(OrgUnit.objects.all(), request.actor, Permission.ROLLOVER_READ)
    parents = parents_of_schools(units)
    search = read_search(request)
    office = read_filter(request, "don-vi", "Đơn vị quản lý", [(str(one.public_id), one.name) for one in parents])
    level = read_filter(request, "cap", "Cấp học", codes.labels("school_level")["school_level"].items())
    state = read_filter(request, "trang-thai", "Tình trạng", [(key, word) for key, (word, _) in _STATES.items()])
    chosen = next((one for one in parents if str(one.public_id) == office.value), None)
    if search:
        rows = rows.filter(
            Q(school__unit__search_key__contains=fold(search)) | Q(school__unit__code__istartswith=search)
        )
    if chosen:
        rows = rows.filter(school__unit__parent=chosen)
    if level.value:
        taught = SchoolLevel.objects.filter(
            school_id=OuterRef("school_id"), start_year=start_year, level_code=level.value
        )
        rows = rows.filter(Exists(taught))
    if state.value:
        rows = rows.filter(_STATES[state.value][1])
    filters = [one for one in (office, level, state) if len(one.options) > 1]
    return rows, {"search": search, "filters": filters, "office": chosen}


def _acts(actor: Actor, unit: OrgUnit | None, is_now: bool) -> dict[str, Any]:
    """Which unit the group buttons stand for: the office filtered by, else the account's own."""
    may = is_now and unit is not None and unit.kind not in TEACHING_KINDS
    return {
        "group_unit": unit,
        "may_plan": may and actor.can(Permission.ROLLOVER_PLAN, on=unit),
        "may_run": may and actor.can(Permission.ROLLOVER_RUN, on=unit),
    }


def _over(unit: OrgUnit) -> list[int]:
    """The unit, those above it and those below: an act over any of them touches its schools."""
    return [*(above.pk for above in ancestors(unit)), *subtree_ids(unit, clock.today())]
