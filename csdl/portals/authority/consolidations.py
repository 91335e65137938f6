"""Consolidated reports: what an office, and the department, makes of the accepted reports below; signed and sent on."""

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.views.decorators.http import require_POST, require_safe

from csdl.accounts.errors import CsdlError, NotAllowed
from csdl.accounts.permissions import Permission
from csdl.accounts.second_factor import second_factor_required
from csdl.codes import queries as codes
from csdl.exports.enums import OF_UNITS, FileFormat
from csdl.lib.vietnamese import fold
from csdl.orgs.enums import TEACHING_KINDS
from csdl.portals.components.lists import listing, read_search
from csdl.portals.components.outgoing import OutgoingFile, file_door
from csdl.portals.components.report_sheet import Marks, section_title, sheet, shown
from csdl.portals.components.table import Cell, Row, addresses, table_body
from csdl.reports.actions import (
    accept_consolidation,
    close_period,
    consolidate_levels,
    forward_consolidation,
    give_back,
    reopen_period,
)
from csdl.reports.actions.moving import root_unit, stands_at
from csdl.reports.board import SENT_STATES, said_minutes, state_counts
from csdl.reports.consolidations import (
    consolidations,
    differences,
    is_stale,
    parts_of_cell,
    recount,
    summed_form,
    summed_form_named,
    summed_in_full,
)
from csdl.reports.enums import Certainty, ConsolidationState
from csdl.reports.errors import ReportError
from csdl.reports.forms import bases, form, law_changes
from csdl.reports.models import Consolidation, ConsolidationVersion, ReportPeriod, Signature
from csdl.reports.moves import CONSOLIDATION_MOVES, move_label
from csdl.reports.outgoing import FORMATS, export_summed_form
from csdl.reports.queries import FilledForm, scope_of
from csdl.reports.reviews import cell_of, measures, plain

__all__ = [
    "consolidation_cell",
    "consolidation_detail",
    "consolidation_export",
    "consolidation_form",
    "consolidation_list",
    "consolidation_make",
    "consolidation_move",
    "consolidation_sign",
]

TONES = {
    ConsolidationState.MADE: "wait",
    ConsolidationState.FORWARDED: "info",
    ConsolidationState.RETURNED: "bad",
    ConsolidationState.ACCEPTED: "good",
    ConsolidationState.CLOSED: "good",
}
_DETAIL = "authority/reports/consolidation.html"
_PART = (
    *("of_unit__public_id", "snapshot__unit_name", "snapshot__version", "snapshot__pupil_count"),
    *("submission__sent_at", "submission__late_minutes"),
)
_PART_SORTS = {
    "don-vi": ("of_unit__sort_key", "of_unit_id"),
    "hoc-sinh": ("snapshot__pupil_count", "of_unit__sort_key", "of_unit_id"),
}


def _board_url(period: ReportPeriod) -> str:
    return f"{reverse('authority:report-board')}?{urlencode({'ky': period.code})}"


@login_required
@require_safe
def consolidation_list(request: HttpRequest, period: str) -> HttpResponse:
    """Every unit that adds up reports, level by level: what it accepted, whether it sent its sum."""
    actor = request.actor
    known = get_object_or_404(ReportPeriod, code=period)
    home = actor.home_unit
    names = codes.labels("school_level")["school_level"]
    rows = {
        (one.unit_id, one.level_code): one
        for one in consolidations(actor).filter(period=known).select_related("current", "unit")
    }
    groups: dict[tuple[int, str, Any, str], Counter[str]] = defaultdict(Counter)
    is_root = home is not None and home.parent_id is None
    counts = state_counts(actor=actor, period=known)
    if home is not None and not is_root and any(one.parent_id != home.pk for one in counts):
        # Several rights, or an office that has gone elsewhere: what is neither one's own nor reached is not listed.
        scope = scope_of(actor, Permission.REPORT_READ, known)
        counts = [one for one in counts if one.parent_id == home.pk or scope.reaches(one.parent_id, "")]
    for one in counts:
        if not one.is_direct and one.parent_public_id:
            groups[one.parent_id, one.parent_name, one.parent_public_id, one.level_code][one.state] += one.reports
        if is_root and home is not None:
            groups[home.pk, home.name, home.public_id, one.level_code][one.state] += one.reports
    ordered = sorted(groups.items(), key=lambda item: (item[0][0] != (home.pk if home else 0), item[0][1], item[0][3]))
    may_make = (
        home is not None
        and home.kind not in TEACHING_KINDS
        and stands_at(actor, Permission.REPORT_REVIEW, [home.pk])
        and actor.can(Permission.REPORT_REVIEW, on=home)
    )
    context = {
        "period": known,
        "home": home,
        "may_make": may_make,
        "rows": [
            _line(
                known,
                key,
                group,
                rows.get((key[0], key[3])),
                names,
                is_top=is_root and home is not None and key[0] == home.pk,
            )
            for key, group in ordered
        ],
        "crumbs": [("Báo cáo", _board_url(known))],
    }
    return render(request, "authority/reports/consolidations.html", context)


def _line(
    period: ReportPeriod,
    key: tuple[int, str, Any, str],
    states: Counter[str],
    row: Consolidation | None,
    names: dict[str, str],
    *,
    is_top: bool,
) -> dict[str, Any]:
    """One unit and level: how many of its reports it took, and its sum."""
    taken = ("approved_l2", "finalised") if is_top else ("approved_l1", "forwarded", "approved_l2", "finalised")
    version = row.current if row else None
    return {
        "name": key[1],
        "level": names.get(key[3], key[3]),
        "owed": states.total(),
        "taken": sum(states[state] for state in taken),
        "sent": sum(states[state] for state in SENT_STATES),
        "tone": TONES.get(ConsolidationState(row.state), "calm") if row and version else "calm",
        "word": ConsolidationState(row.state).label if row and version else "Chưa tổng hợp",
        "version": version,
        "late": said_minutes(row.late_minutes) if row and row.late_minutes is not None else "",
        "url": reverse("authority:report-consolidation", args=[period.code, key[2], key[3]]) if version else "",
    }


@login_required
@require_POST
def consolidation_make(request: HttpRequest, period: str) -> HttpResponse:
    """Add up what the account's own unit accepted: every level, or the one asked for."""
    actor = request.actor
    known = get_object_or_404(ReportPeriod, code=period)
    home = actor.home_unit
    if home is None:
        raise Http404
    level = request.POST.get("cap", "")
    made, refused = consolidate_levels(actor=actor, period=known, unit=home, level_code=level)
    names = codes.labels("school_level")["school_level"]
    for one in made:
        version = one.current
        if version:
            messages.success(
                request,
                f"{names.get(one.level_code, one.level_code)}: tổng hợp lần {version.version}, "
                f"{version.included_count}/{version.expected_count} đơn vị, {version.pupil_count} học sinh.",
            )
    for sentence in refused:
        messages.error(request, sentence)
    if level and made:
        return redirect("authority:report-consolidation", known.code, home.public_id, level)
    return redirect("authority:report-consolidations", known.code)


def _row(request: HttpRequest, period: str, unit: uuid.UUID, level: str) -> Consolidation:
    rows = consolidations(request.actor).select_related("period", "unit", "current").filter(current__isnull=False)
    row = get_object_or_404(rows, period__code=period, unit__public_id=unit, level_code=level)
    request.actor.has_read(row.unit)
    return row


def _here(row: Consolidation, name: str, *more: str) -> str:
    return reverse(f"authority:{name}", args=[row.period.code, row.unit.public_id, row.level_code, *more])


@login_required
@require_safe
def consolidation_detail(request: HttpRequest, period: str, unit: uuid.UUID, level: str) -> HttpResponse:
    """One sum: what is in it, who is missing, what changed, and the next step. Whether it still equals its parts comes
    after the page (`phan=cong-lai`): to add up hundreds of reports again takes longer than all the rest."""
    row = _row(request, period, unit, level)
    known = row.period
    assert row.current is not None
    if _is_part(request) and _adds_up_again(request) and request.headers.get("HX-Target") != "results":
        return render(request, f"{_DETAIL}#recount", {"version": row.current, "recounted": recount(row.current)})
    parts = _parts(request, known, row)
    if _is_part(request):
        return render(request, f"{_DETAIL}#results", parts)
    return render(request, _DETAIL, _whole(request, known, row) | parts | _acts(request, row))


def _is_part(request: HttpRequest) -> bool:
    return bool(request.headers.get("HX-Request"))


def _adds_up_again(request: HttpRequest) -> bool:
    return request.GET.get("phan") == "cong-lai"


def _whole(request: HttpRequest, known: ReportPeriod, row: Consolidation) -> dict[str, Any]:
    """What the page says beside the parts and the acts."""
    version = row.current
    assert version is not None
    names = codes.labels("school_level")["school_level"]
    filled = summed_in_full(version)
    may_export = request.actor.can(Permission.DATA_EXPORT, on=row)
    before = None
    if version.version > 1:
        before = row.versions.filter(version__lt=version.version).order_by("-version").first()
    return {
        "period": known,
        "row": row,
        "unit": row.unit,
        "version": version,
        "level_name": names.get(row.level_code, row.level_code),
        "tone": TONES.get(ConsolidationState(row.state), "calm"),
        "forms": [
            (
                one,
                _here(row, "report-consolidation-form", one.code),
                _here(row, "report-consolidation-export", one.code) if may_export else "",
            )
            for one in (summed.form for summed in filled)
        ],
        "ratios": _ratios(filled),
        "recounted": recount(version) if _adds_up_again(request) else None,
        "is_stale": is_stale(row, version) if row.state != ConsolidationState.CLOSED else False,
        "before": before,
        "changed": [_changed(one, version) for one in differences(before, version)][:100] if before else [],
        "signature": Signature.objects.filter(version=version).first(),
        "moves": [(move, move_label(move.name, of_consolidation=True)) for move in row.moves.order_by("-pk")],
        "crumbs": [
            ("Báo cáo", _board_url(known)),
            ("Tổng hợp", reverse("authority:report-consolidations", args=[known.code])),
        ],
    }


def _parts(request: HttpRequest, known: ReportPeriod, row: Consolidation) -> dict[str, Any]:
    """A page of the reports that the sum adds."""
    assert row.current is not None
    search, rows = read_search(request), row.current.parts.all()
    if search:
        rows = rows.filter(of_unit__search_key__contains=fold(search))
    page = listing(request, rows.values_list(*_PART), sorts=_PART_SORTS, default="don-vi")
    place = addresses("school:report-detail", known.code, row.level_code)
    body = table_body(_part(place(unit), *part) for unit, *part in page.items)
    return {"listing": page, "body": body, "search": search}


def _part(url: str, name: str, version: int, pupils: int, sent_at: dt.datetime | None, late: int | None) -> Row:
    when = f"{localtime(sent_at):%H:%M %d/%m/%Y}" if sent_at else ""
    return Row(
        Cell(name, url),
        (
            Cell(str(version), css="num", label="Lần chốt"),
            Cell(shown(Decimal(pupils)), css="num", label="Học sinh"),
            Cell(f"{when}, muộn" if late is not None else when, label="Gửi"),
        ),
    )


def _changed(one: Any, version: ConsolidationVersion) -> dict[str, Any]:
    known = form(one.form_code, version.basis)
    row = known.row(one.indicator_code)
    columns = [
        (
            column.full_label,
            one.old[column.position - 1] if one.old else None,
            one.new[column.position - 1] if one.new else None,
        )
        for column in row.columns
    ]
    changed = [pair for pair in columns if pair[1] != pair[2]]
    return {"number": known.number, "row": row, "columns": changed[:3], "more": len(changed) - 3}


def _ratios(filled: Sequence[FilledForm]) -> list[tuple[str, str]]:
    """Ratios of the sums, made anew from them: a ratio is never added."""
    found = []
    for measure in measures().values():
        if measure.below is None:
            continue
        for one in filled:
            above, below = (_figure(one, wanted) for wanted in (measure.above, measure.below))
            if above is not None and below:
                found.append((measure.label, plain(measure.scale * above / below) + measure.said_unit))
                break
    return found


def _figure(filled: FilledForm, wanted: tuple[str, str, str]) -> Any:
    place = cell_of(filled.form, wanted)
    return filled.cell(*filled.form.cell(place)) if place else None


def _acts(request: HttpRequest, row: Consolidation) -> dict[str, Any]:
    """Which moves this account may make now."""
    actor = request.actor
    at_unit = {
        name: stands_at(actor, CONSOLIDATION_MOVES[name].permission, [row.unit_id]) for name in ("forward", "close")
    }
    is_top = row.unit.parent_id is None
    at_root = not is_top and stands_at(actor, Permission.REPORT_REVIEW, [root_unit().pk])
    state = row.state
    return {
        "may_remake": stands_at(actor, Permission.REPORT_REVIEW, [row.unit_id])
        and state in (ConsolidationState.MADE, ConsolidationState.RETURNED),
        "may_forward": not is_top and at_unit["forward"] and state in CONSOLIDATION_MOVES["forward"].sources,
        "may_close": is_top and at_unit["close"] and state in CONSOLIDATION_MOVES["close"].sources,
        "may_accept": at_root and state in CONSOLIDATION_MOVES["accept_department"].sources,
        "may_give_back": at_root and state in CONSOLIDATION_MOVES["give_back"].sources,
        "may_reopen": is_top and at_unit["close"] and state in CONSOLIDATION_MOVES["reopen"].sources,
        "move_url": _here(row, "report-consolidation-move"),
        "sign_url": _here(row, "report-consolidation-sign"),
    }


@login_required
@second_factor_required
def consolidation_sign(request: HttpRequest, period: str, unit: uuid.UUID, level: str) -> HttpResponse:
    """The head signs the sum: an office sends it to the department, the department closes the level."""
    row = _row(request, period, unit, level)
    known = row.period
    acts = _acts(request, row)
    version = row.current
    if version is None or not (acts["may_forward"] or acts["may_close"]):
        raise Http404
    error: CsdlError | None = None
    if request.method == "POST":
        number = request.POST.get("lan", "")
        try:
            if request.POST.get("dong-y") != "1":
                raise ReportError("Hãy xem số liệu rồi đánh dấu xác nhận.", code="RPT-10")
            act = close_period if acts["may_close"] else forward_consolidation
            act(actor=request.actor, consolidation=row, version=int(number) if number.isdecimal() else 0)
        except ReportError as refused:
            error = refused
        else:
            done = "Đã ký và đóng kỳ." if acts["may_close"] else "Đã ký và gửi Sở."
            messages.success(request, done)
            return redirect(_here(row, "report-consolidation"))
    names = codes.labels("school_level")["school_level"]
    context = {
        "period": known,
        "row": row,
        "version": version,
        "level_name": names.get(row.level_code, row.level_code),
        "is_closing": acts["may_close"],
        "error": error,
        "back_url": _here(row, "report-consolidation"),
        "crumbs": [("Tổng hợp", _here(row, "report-consolidation"))],
    }
    return render(request, "authority/reports/consolidation_sign.html", context, status=409 if error else 200)


@login_required
@require_POST
def consolidation_move(request: HttpRequest, period: str, unit: uuid.UUID, level: str) -> HttpResponse:
    """The department accepts an office's sum or gives it back; opens a closed level again."""
    row = _row(request, period, unit, level)
    reason = request.POST.get("reason", "")
    acts: dict[str, tuple[Callable[[], Any], str]] = {
        "duyet": (
            lambda: accept_consolidation(actor=request.actor, consolidation=row),
            f"Đã duyệt báo cáo tổng hợp của {row.unit.name}.",
        ),
        "tra-lai": (
            lambda: give_back(actor=request.actor, consolidation=row, reason=reason),
            f"Đã trả lại báo cáo tổng hợp cho {row.unit.name}.",
        ),
        "mo-lai": (
            lambda: reopen_period(actor=request.actor, consolidation=row, reason=reason),
            "Đã mở lại kỳ báo cáo của cấp học này.",
        ),
    }
    if request.GET.get("viec", "") not in acts:
        raise Http404
    act, done = acts[request.GET["viec"]]
    try:
        act()
    except NotAllowed:
        raise
    except CsdlError as refused:
        for text in refused.problems or [refused.message]:
            messages.error(request, text)
        return redirect(_here(row, "report-consolidation"))
    messages.success(request, done)
    return redirect(_here(row, "report-consolidation"))


@login_required
@require_safe
def consolidation_form(request: HttpRequest, period: str, unit: uuid.UUID, level: str, form: str) -> HttpResponse:
    """A form of the sum, as the ministry prints it; each cell opens to what every unit adds."""
    row = _row(request, period, unit, level)
    known = row.period
    version = row.current
    assert version is not None
    one = summed_form_named(version, form)
    if one is None:
        raise Http404
    names = list(dict.fromkeys(line.section for line in one.rows))
    wanted = request.GET.get("phan", "")
    section = wanted if wanted in names else names[0]
    summed = summed_form(version, one)
    tables = sheet(
        one,
        [line for line in one.rows if line.section == section],
        summed.cell,
        Marks(),
    )
    context = {
        "period": known,
        "row": row,
        "version": version,
        "form": one,
        "basis": bases()[one.basis],
        "law_changes": law_changes(one.code, one.basis),
        "is_draft": one.certainty != Certainty.EXACT,
        "tabs": [(section_title(one, name), f"?{urlencode({'phan': name})}", name == section) for name in names],
        "section": section_title(one, section),
        "tables": tables,
        "export_url": _here(row, "report-consolidation-export", one.code)
        if request.actor.can(Permission.DATA_EXPORT, on=row)
        else "",
        "crumbs": [
            ("Tổng hợp", reverse("authority:report-consolidations", args=[known.code])),
            (row.unit.name, _here(row, "report-consolidation")),
        ],
    }
    return render(request, "authority/reports/consolidation_form.html", context)


@file_door
def consolidation_export(request: HttpRequest, period: str, unit: uuid.UUID, level: str, form: str) -> OutgoingFile:
    """A form of the sum as the ministry's workbook, PDF or JSON."""
    row = _row(request, period, unit, level)
    known = row.period
    request.actor.require(Permission.DATA_EXPORT, on=row)
    version = row.current
    assert version is not None
    one = summed_form_named(version, form)
    if one is None:
        raise Http404

    def write(format: str, purpose: str, password: str) -> tuple[str, bytes]:
        made = export_summed_form(
            actor=request.actor, version=version, form_code=form, format=format, purpose=purpose, password=password
        )
        return made.name, made.content

    return OutgoingFile(
        f"Biểu {one.number} tổng hợp",
        f"{row.unit.name}, {known.name.lower()}, lần tổng hợp {version.version}: "
        f"{version.included_count}/{version.expected_count} đơn vị. Excel theo mẫu của Bộ.",
        tuple(FileFormat(name) for name in FORMATS),
        OF_UNITS,
        write,
        _here(row, "report-consolidation-form", one.code),
        [
            ("Tổng hợp", reverse("authority:report-consolidations", args=[known.code])),
            (row.unit.name, _here(row, "report-consolidation")),
            (one.number, _here(row, "report-consolidation-form", one.code)),
        ],
    )


@login_required
@require_safe
def consolidation_cell(
    request: HttpRequest, period: str, unit: uuid.UUID, level: str, form: str, cell: str
) -> HttpResponse:
    """What every unit adds to one cell of the sum; each opens its own cell, down to the last pupil."""
    row = _row(request, period, unit, level)
    known = row.period
    version = row.current
    assert version is not None
    one = summed_form_named(version, form)
    if one is None:
        raise Http404
    try:
        line, column = one.cell(cell)
    except ReportError as wrong:
        raise Http404 from wrong
    summed = summed_form(version, one)
    context = {
        "period": known,
        "row": row,
        "version": version,
        "form": one,
        "line": line,
        "column": column,
        "figure": shown(summed.cell(line, column)) or "–",
        "parts": [
            (
                part.unit,
                shown(part.figure) or "–",
                reverse("school:report-cell", args=[part.unit.public_id, known.code, row.level_code, one.code, cell]),
            )
            for part in parts_of_cell(version, one, cell)
        ],
        "crumbs": [(row.unit.name, _here(row, "report-consolidation"))],
    }
    template = "authority/reports/consolidation_cell.html"
    return render(request, f"{template}#panel" if request.headers.get("HX-Request") else template, context)
