"""One import, from reading to undoing: progress, tying columns, the plan and its rows, applying, the result.

The same pages for a school and for a managing unit; where a file is sent is a page of theirs.
"""

import datetime as dt
import io
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Case, CharField, Count, F, Func, IntegerField, Q, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from csdl.accounts.errors import CsdlError
from csdl.intake.actions import (
    Choice,
    map_columns,
    queue_apply,
    queue_plan,
    queue_undo,
    want_rows,
)
from csdl.intake.enums import RowState, RunState
from csdl.intake.faults import write_fault_workbook
from csdl.intake.models import ImportRow, ImportRun
from csdl.intake.queries import rows_of, run_or_none
from csdl.jobs.models import JobState
from csdl.lib.vietnamese import fold
from csdl.portals.components.import_columns import asked_columns, read_choices, sheet_choices, to_tie
from csdl.portals.components.import_rows import column_label, fault_label, hidden_digits, note_lines, plan_lines
from csdl.portals.components.imports import MINISTRY_FILE, import_crumbs, kind_label, sent_workbook
from csdl.portals.components.lists import Filter, listing, read_filter, read_search
from csdl.portals.components.templatetags.parts import number
from csdl.years.enums import AdmissionKind
from csdl.years.models import SchoolYear

# Rows that a person has to look at come first: not taken, to be chosen, changed.
_BY_NEED = (RowState.REJECTED, RowState.CONFLICT, RowState.UPDATED, RowState.CREATED, RowState.UNCHANGED)
_SORTS = {
    "can-xem": ("need", "sheet", "row_no", "noun", "pk"),
    "dong": ("sheet", "row_no", "noun", "pk"),
    "ten": ("label", "row_no", "pk"),
}
_WRITTEN = (RowState.CREATED, RowState.UPDATED, RowState.CONFLICT)
_OPEN = (RowState.CREATED, RowState.UPDATED)
_LATE_SECONDS = 120
_POLL = "tien-do"
_KEEP, _TAKE = "giu-hien-tai", "lay-theo-tep"
_LEAVE, _BRING = "bo-ra", "lay-lai"
_ALONG = {
    False: "Bỏ ra thêm {} dòng vì các dòng ấy cần đến dòng vừa bỏ.",
    True: "Lấy lại thêm {} dòng mà dòng vừa chọn cần đến.",
}
_UNITS_ALONG = {
    False: "Bỏ ra thêm {} đơn vị quản lý vì không còn trường nào cần đến.",
    True: "Lấy lại thêm {} đơn vị quản lý mà trường vừa chọn cần đến.",
}
_MARKS = (
    ("se-ghi", "Sẽ ghi hoặc đã ghi"),
    ("cap-nhat", "Cập nhật dữ liệu đang có"),
    ("canh-bao", "Có cảnh báo"),
    ("bo-ra", "Đã bỏ ra"),
    ("nguoi-khac", "Người khác vừa sửa"),
)
# Of a run that was taken back: what became of the rows that it had written.
_FATES = (("da-bo", "Đã bỏ"), ("tra-lai", "Đã trả về giá trị cũ"), ("giu-lai", "Giữ lại"))


@dataclass(frozen=True)
class Sums:
    """Rows of a plan counted. `written` are those that applying writes, or has written."""

    by_state: Counter[str]
    written: Counter[str]
    left_out: int
    with_problems: int
    nouns: tuple[str, ...]

    @property
    def total(self) -> int:
        return self.by_state.total()

    @property
    def created(self) -> int:
        return self.written[RowState.CREATED]

    @property
    def updated(self) -> int:
        return self.written[RowState.UPDATED] + self.written[RowState.CONFLICT]

    @property
    def to_write(self) -> int:
        return self.created + self.updated

    @property
    def choosable(self) -> int:
        """Rows that a person may leave out."""
        return self.by_state[RowState.CREATED] + self.by_state[RowState.UPDATED]

    @property
    def undecided(self) -> int:
        """Conflicts that keep what stands now."""
        return self.by_state[RowState.CONFLICT] - self.written[RowState.CONFLICT]

    @property
    def in_words(self) -> str:
        """'12 thêm mới, 40 cập nhật'."""
        parts = [(self.created, "thêm mới"), (self.updated, "cập nhật")]
        return ", ".join(f"{number(count)} {word}" for count, word in parts if count)


@login_required
@require_safe
def import_run(request: HttpRequest, run: uuid.UUID) -> HttpResponse:
    """Where the run stands: its progress, what to do about its file, or its plan."""
    found = _run_or_404(request, run)
    if _is_busy(found):
        template = "desk/imports/progress.html" if request.headers.get("HX-Request") else "desk/imports/busy.html"
        return render(request, template, _progress_context(request, found))
    if request.headers.get("HX-Request") and _POLL in request.GET:
        return HttpResponse(headers={"HX-Redirect": request.path})
    if found.state == RunState.UPLOADED and found.options.get("mapping_needed"):
        return redirect("desk:import-columns", run)
    if found.state in (RunState.UPLOADED, RunState.REFUSED):
        return render(request, "desk/imports/refused.html", _context(request, found))
    if request.headers.get("HX-Request"):
        return render(request, "desk/imports/plan.html#results", _plan_context(request, found))
    return _plan_page(request, found)


@login_required
@require_http_methods(["GET", "POST"])
def import_columns(request: HttpRequest, run: uuid.UUID) -> HttpResponse:
    """Tie the file's headers to columns; the unit's next file with the same headers is read without asking."""
    found = _run_or_404(request, run)
    if not asked_columns(found) or _is_busy(found):
        return redirect("desk:import-run", run)
    sheets = sheet_choices(found)
    error = None
    if request.method == "POST":
        answer = read_choices(request.POST, sheets)
        sheets = [sheet.answered(answer.mapping[sheet.noun], answer.faults[sheet.noun]) for sheet in sheets]
        if answer.freed:
            messages.info(request, " ".join(answer.freed))
        if not any(answer.faults.values()):
            try:
                with transaction.atomic():
                    tied = map_columns(actor=request.actor, run=found, mapping=to_tie(answer.mapping, sheets))
                    queue_plan(request.actor, tied)
            except CsdlError as refused:
                error = refused
            else:
                return redirect("desk:import-run", run)
    context = _context(request, found) | {
        "sheets": sheets,
        "error": error,
        "faulty": [column for sheet in sheets for column in sheet.columns if column.error],
    }
    wrong = bool(error or context["faulty"])
    return render(request, "desk/imports/columns.html", context, status=409 if wrong else 200)


@login_required
@require_POST
def import_rows(request: HttpRequest, run: uuid.UUID) -> HttpResponse:
    """Rows left out or brought back, conflicts decided: those shown one by one, or all that the filters find.

    Where other rows go or come along the whole page is shown anew: their ticks are no longer what they were.
    """
    found = _run_or_404(request, run)
    act = request.POST.get("viec", "")
    try:
        if act:
            rows = _filtered(request, found).rows
            states = [RowState.CONFLICT] if act in (_KEEP, _TAKE) else [RowState.CREATED, RowState.UPDATED]
            ids = rows.filter(state__in=states).values_list("pk", flat=True)
            is_wanted = act in (_TAKE, _BRING)
            chosen = {is_wanted: want_rows(actor=request.actor, run=found, row_ids=list(ids), is_wanted=is_wanted)}
        else:
            chosen = _want_shown(request, found)
    except CsdlError as error:
        return _plan_page(request, found, error=error)
    words = _UNITS_ALONG if found.kind == MINISTRY_FILE else _ALONG
    if along := [words[wish].format(number(choice.along)) for wish, choice in chosen.items() if choice.along]:
        messages.info(request, " ".join(along))
    if request.headers.get("HX-Request"):
        if along:
            return HttpResponse(headers={"HX-Refresh": "true"})
        return render(
            request,
            "desk/imports/plan.html#sums",
            _context(request, found) | _sums_context(request, found) | {"is_swap": True},
        )
    return redirect(f"{reverse('desk:import-run', args=[run])}{_query(request)}#dong")


@login_required
@require_POST
def import_apply(request: HttpRequest, run: uuid.UUID) -> HttpResponse:
    """Write what the plan says, in the background."""
    return _queued(request, run, write=True)


@login_required
@require_POST
def import_replan(request: HttpRequest, run: uuid.UUID) -> HttpResponse:
    """Read the file again, against what stands in the database now."""
    return _queued(request, run, write=False)


@login_required
@require_http_methods(["GET", "POST"])
def import_undo(request: HttpRequest, run: uuid.UUID) -> HttpResponse:
    """What taking back does and what stands in its way; then the taking back, in the background."""
    found = _run_or_404(request, run)
    if found.state != RunState.APPLIED or _is_busy(found):
        return redirect("desk:import-run", run)
    error = None
    if request.method == "POST":
        try:
            mark = request.POST.get("danh-sach", "")[:64] if request.POST.get("giu") == "1" else ""
            queue_undo(request.actor, found, agreed=mark)
        except CsdlError as refused:
            error = refused
        else:
            return redirect("desk:import-run", run)
    failed = _failure(found)
    stopped = failed if failed and failed["is_undo"] and failed["problems"] else None
    facts = stopped["facts"] if stopped else {}
    sums = _sums(rows_of(request.actor, found))
    context = _context(request, found) | {
        "sums": sums,
        "gone": _gone(sums, facts),
        "error": error,
        "dependents": stopped["problems"] if stopped else [],
        "stopped_at": found.job.finished_at if stopped and found.job else None,
        "mark": facts.get("mark", ""),
    }
    return render(request, "desk/imports/undo.html", context, status=409 if error else 200)


@login_required
@require_safe
def import_faults(request: HttpRequest, run: uuid.UUID) -> HttpResponse:
    """The rows with problems as a workbook: sheet, row, column, what was found, what is right."""
    found = _run_or_404(request, run)
    file = io.BytesIO()
    rows = rows_of(request.actor, found, with_problems=True)
    write_fault_workbook(file, run=found, rows=rows, column_label=column_label, found_text=hidden_digits)
    return sent_workbook(file.getvalue(), "loi-nhap-du-lieu.xlsx")


@dataclass(frozen=True)
class _Found:
    """Rows as the address filters them."""

    rows: QuerySet[ImportRow]
    search: str
    state: Filter
    filters: list[Filter]

    @property
    def is_narrowed(self) -> bool:
        return bool(self.search or self.state.value or any(one.value for one in self.filters))


def _run_or_404(request: HttpRequest, public_id: uuid.UUID) -> ImportRun:
    run = run_or_none(request.actor, public_id)
    if run is None:
        raise Http404
    return run


def _is_busy(run: ImportRun) -> bool:
    return run.job is not None and run.job.state in (JobState.QUEUED, JobState.RUNNING)


def _gone(sums: Sums, staying: Mapping[str, Any]) -> dict[str, int]:
    """What an undo takes away and puts back, without the rows that stay; how many stay."""
    created, updated = int(staying.get("created", 0)), int(staying.get("updated", 0))
    return {
        "created": sums.created - created,
        "updated": sums.updated - updated,
        "staying": created + updated,
    }


def _staying(run: ImportRun) -> Collection[int] | None:
    """Keys of the rows that an undo left; None where the run was not taken back, or does not know which they are."""
    kept = run.options.get("kept") or {"rows": []}
    return kept.get("rows") if run.state == RunState.UNDONE else None


def _failure(run: ImportRun) -> dict[str, Any] | None:
    """What the last background act of the run ended with, where it went wrong."""
    if run.job is None or run.job.state != JobState.FAILED:
        return None
    return {
        "message": run.job.message,
        "problems": run.job.result.get("problems", []),
        "facts": run.job.result.get("facts", {}),
        "is_undo": run.job.kind == "intake:undo",
    }


def _queued(request: HttpRequest, run: uuid.UUID, *, write: bool) -> HttpResponse:
    found = _run_or_404(request, run)
    if not _is_busy(found):
        try:
            (queue_apply if write else queue_plan)(request.actor, found)
        except CsdlError as error:
            return _plan_page(request, found, error=error)
    return redirect("desk:import-run", run)


def _context(request: HttpRequest, run: ImportRun) -> dict[str, Any]:
    crumbs = import_crumbs(request, run.unit)
    return {
        "run": run,
        "kind": kind_label(run.kind),
        "year_name": f"{run.start_year}-{run.start_year + 1}",
        "unit_name": run.unit.name if run.unit else "",
        "crumbs": crumbs,
        "start_url": crumbs[-1][1],
        "failure": _failure(run),
        "may_tie": bool(asked_columns(run)),
    }


def _progress_context(request: HttpRequest, run: ImportRun) -> dict[str, Any]:
    job = run.job
    assert job is not None
    waited = (timezone.now() - job.created_at).total_seconds()
    return _context(request, run) | {
        "job": job,
        "is_late": job.state == JobState.QUEUED and waited > _LATE_SECONDS,
        "poll_url": f"{request.path}?{_POLL}=1",
    }


def _plan_page(request: HttpRequest, run: ImportRun, error: CsdlError | None = None) -> HttpResponse:
    context = _plan_context(request, run) | {"error": error}
    return render(request, "desk/imports/plan.html", context, status=409 if error else 200)


def _plan_context(request: HttpRequest, run: ImportRun) -> dict[str, Any]:
    context = _context(request, run) | _sums_context(request, run)
    found = _filtered(request, run, context["groups"], context["sums"].nouns)
    need = Case(*(When(state=state, then=place) for place, state in enumerate(_BY_NEED)), output_field=IntegerField())
    page = listing(request, found.rows.annotate(need=need), sorts=_SORTS, default="can-xem")
    return context | {
        "listing": page.replaced(plan_lines(page.items, _staying(run))),
        "search": found.search,
        "filters": [one for one in found.filters if one.options],
        "chip_filters": [found.state, *found.filters],
        "is_narrowed": found.is_narrowed,
        "state": found.state,
        "has_sheets": len(context["sums"].nouns) > 1 or len(run.options.get("sheets", ())) > 1,
        "notes": note_lines(run),
        "query": _query(request),
    }


def _sums_context(request: HttpRequest, run: ImportRun) -> dict[str, Any]:
    rows = rows_of(request.actor, run)
    sums = _sums(rows)
    here = reverse("desk:import-run", args=[run.public_id])
    state = request.GET.get("trang-thai", "")
    # While rows are chosen, those left out stand among the others; afterwards they were not written.
    counts, only = sums.by_state, ""
    left_out: list[tuple[str, int, str, bool]] = []
    if run.state != RunState.PLANNED and sums.left_out:
        counts = Counter({one: sums.written[one] if one in _OPEN else n for one, n in sums.by_state.items()})
        only = "&rieng=se-ghi"
        is_here = not state and request.GET.get("rieng") == "bo-ra"
        left_out = [("Đã bỏ ra", sums.left_out, f"{here}?rieng=bo-ra#dong", is_here)]
    gone = _gone(sums, run.options.get("kept") or {})
    fates: list[tuple[str, int, str, bool]] = []
    if _staying(run) is not None:
        # What was written is told by what became of it, not by what was written.
        counts = Counter({one: n for one, n in counts.items() if one not in _OPEN})
        mark = request.GET.get("rieng")
        amounts = (gone["created"], gone["updated"], gone["staying"])
        fates = [
            (label, n, f"{here}?rieng={value}#dong", mark == value)
            for (value, label), n in zip(_FATES, amounts, strict=True)
            if n
        ]
    return {
        "sums": sums,
        "knows_staying": _staying(run) is not None,
        "can_change": run.state == RunState.PLANNED,
        "can_undo": run.state == RunState.APPLIED,
        "gone": gone,
        "groups": _problem_groups(rows) if sums.with_problems else [],
        "tabs": [
            ("Tất cả", sums.total, f"{here}#dong", not state and not request.GET.get("rieng")),
            *fates,
            *(
                (label, count, f"{here}?trang-thai={value}{only if value in _OPEN else ''}#dong", state == value)
                for value, label in RowState.choices
                if (count := counts[value])
            ),
            *left_out,
        ],
        "here": here,
    } | _assumed(run, sums)


def _assumed(run: ImportRun, sums: Sums) -> dict[str, Any]:
    """What the writing takes for granted of pupils who come, where the file does not say it."""
    if run.state != RunState.PLANNED or not sums.created or "pupils" not in sums.nouns:
        return {}
    year = SchoolYear.objects.filter(pk=run.start_year).first()
    chosen = run.options.get("enrolled_on") or ""
    day = dt.date.fromisoformat(chosen) if chosen else year.starts_on if year else None
    kinds = dict(AdmissionKind.choices)
    kind = kinds.get(run.options.get("admission_kind") or "", "")
    known = f"{kinds[AdmissionKind.ADMITTED_BY_REVIEW]} (đã học ở trường năm trước: {kinds[AdmissionKind.PROMOTED]})"
    return {"assumed_on": day, "assumed_kind": kind or known}


def _sums(rows: QuerySet[ImportRow]) -> Sums:
    """One statement, however many rows."""
    by_state: Counter[str] = Counter()
    written: Counter[str] = Counter()
    with_problems = 0
    nouns: dict[str, None] = {}
    counted = rows.order_by().values_list("noun", "state", "is_wanted")
    counts = counted.annotate(n=Count("pk"), wrong=Count("pk", filter=~Q(problems=[]))).order_by("noun")
    for noun, state, is_wanted, n, wrong in counts:
        by_state[state] += n
        with_problems += wrong
        nouns[noun] = None
        if is_wanted:
            written[state] += n
    left_out = sum(by_state[state] - written[state] for state in _OPEN)
    return Sums(by_state, written, left_out, with_problems, tuple(nouns))


def _problem_groups(rows: QuerySet[ImportRow]) -> list[tuple[str, str, int]]:
    """Kinds of problems with the number of rows that have one, most frequent first."""
    code = Func(
        F("problems"),
        Value("code"),
        template="jsonb_array_elements(%(expressions)s)",
        arg_joiner=") ->> (",
        output_field=CharField(),
        set_returning=True,
    )
    found = rows.order_by().annotate(fault=code).values_list("fault").annotate(n=Count("pk", distinct=True))
    return sorted(((code, fault_label(code), n) for code, n in found), key=lambda group: (-group[2], group[0]))


def _filtered(
    request: HttpRequest,
    run: ImportRun,
    groups: Iterable[tuple[str, str, int]] | None = None,
    nouns: Iterable[str] | None = None,
) -> _Found:
    """The run's rows as the address narrows them; the choices of the filters are made of what the plan holds."""
    rows = rows_of(request.actor, run)
    if groups is None or nouns is None:
        groups, nouns = _problem_groups(rows), _sums(rows).nouns
    search = read_search(request)
    state = read_filter(request, "trang-thai", "Trạng thái", RowState.choices)
    sheets = [(noun, kind_label(noun)) for noun in nouns]
    noun = read_filter(request, "loai", "Dữ liệu", sheets if len(sheets) > 1 else [])
    fault = read_filter(request, "loi", "Vấn đề", [(code, f"{label} ({number(n)})") for code, label, n in groups])
    staying = _staying(run)
    mark = read_filter(request, "rieng", "Chỉ xem", _MARKS if staying is None else (*_FATES, *_MARKS))
    if state.value:
        rows = rows.filter(state=state.value)
    if noun.value:
        rows = rows.filter(noun=noun.value)
    if fault.value:
        rows = rows.filter(problems__contains=[{"code": fault.value}])
    match mark.value:
        case "se-ghi":
            rows = rows.filter(is_wanted=True, state__in=_WRITTEN)
        case "giu-lai":
            rows = rows.filter(pk__in=staying or [])
        case "da-bo":
            rows = rows.filter(is_wanted=True, state=RowState.CREATED).exclude(pk__in=staying or [])
        case "tra-lai":
            changed = [RowState.UPDATED, RowState.CONFLICT]
            rows = rows.filter(is_wanted=True, state__in=changed).exclude(pk__in=staying or [])
        case "cap-nhat":
            rows = rows.filter(is_wanted=True, state__in=[RowState.UPDATED, RowState.CONFLICT])
        case "canh-bao":
            rows = rows.exclude(problems=[]).exclude(state=RowState.REJECTED)
        case "bo-ra":
            rows = rows.filter(is_wanted=False, state__in=[RowState.CREATED, RowState.UPDATED])
        case "nguoi-khac":
            rows = rows.filter(changes__contains=[{"their": True}])
    if search:
        folded = Func(F("label"), function="csdl_fold", output_field=CharField())
        rows = rows.annotate(folded=folded).filter(folded__contains=fold(search))
    return _Found(rows, search, state, [noun, fault, mark])


def _want_shown(request: HttpRequest, run: ImportRun) -> dict[bool, Choice]:
    """The ticks of the page that was sent, set against what stands: only what differs is written."""
    shown = [int(key) for key in request.POST.getlist("dong") if key.isdecimal() and len(key) < 19]
    ticked = set(request.POST.getlist("ghi"))
    wishes: dict[bool, list[int]] = {True: [], False: []}
    stand = rows_of(request.actor, run).filter(pk__in=shown).values_list("pk", "state", "is_wanted")
    for pk, state, is_wanted in stand:
        if state == RowState.CONFLICT:
            wish = request.POST.get(f"chon-{pk}", "") == _TAKE
        elif state in (RowState.CREATED, RowState.UPDATED):
            wish = str(pk) in ticked
        else:
            continue
        if wish != is_wanted:
            wishes[wish].append(pk)
    return {
        wish: want_rows(actor=request.actor, run=run, row_ids=ids, is_wanted=wish)
        for wish, ids in wishes.items()
        if ids
    }


def _query(request: HttpRequest) -> str:
    return f"?{request.GET.urlencode()}" if request.GET else ""
