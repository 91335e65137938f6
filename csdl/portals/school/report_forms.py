"""A form of a report on screen: sections as tabs, every cell opens to what it counts; typed cells; the file."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from csdl.access.queries import visible
from csdl.accounts.errors import CsdlError, NotAllowed
from csdl.accounts.permissions import Permission
from csdl.exports.enums import FileFormat
from csdl.lib import clock
from csdl.portals.components.outgoing import PasswordForm
from csdl.portals.components.report_sheet import Marks, section_title, sheet, shown
from csdl.portals.school.reach import report_crumbs
from csdl.portals.school.report_typing import SEEN, Typing, posted_texts, save_typing, seen_text, typed_figures
from csdl.portals.school.reports import ReportPage, report_page
from csdl.reports.actions import remark_cell
from csdl.reports.board import remarks
from csdl.reports.drifts import cell_drift
from csdl.reports.enums import Certainty, Fill
from csdl.reports.errors import ReportError
from csdl.reports.forms import Column, Form, FormRow, bases, changes_of, form, law_changes
from csdl.reports.listing import heads_of, listed
from csdl.reports.models import Snapshot, Submission
from csdl.reports.outgoing import export_form
from csdl.reports.queries import cell_differences, frozen_form, marks_on, sent_before, trace, usual_period

__all__ = ["report_cell", "report_file", "report_form", "report_locked_file"]

_SHOWN_ROWS = 100
_NOW = "nay"
_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "json": "application/json",
}
# The kinds that can be opened with a password alone.
_LOCKABLE = ("xlsx", "pdf")


class LockedFileForm(PasswordForm):
    """As which file, opened with which password."""

    field_order = ("format", "file_password")

    format = forms.ChoiceField(
        label="Dạng tệp",
        choices=[(name, FileFormat(name).label) for name in _LOCKABLE],
        initial=_LOCKABLE[0],
        error_messages={"required": "Hãy chọn dạng tệp."},
        widget=forms.RadioSelect({"class": "form-check-input"}),
    )


def _form_of(page: ReportPage, code: str) -> Form:
    found = next((one for one in page.forms if one.code == code), None)
    if found is None:
        raise Http404
    return found


@login_required
@require_http_methods(["GET", "POST"])
def report_form(request: HttpRequest, school: uuid.UUID, period: str, level: str, form: str) -> HttpResponse:
    """One form as the ministry prints it; typed cells are fields while the report is open."""
    page = report_page(request, school, period, level)
    one = _form_of(page, form)
    snapshot = _version(request, page)
    names = list(dict.fromkeys(row.section for row in one.rows))
    wanted = request.GET.get("phan", "")
    section = wanted if wanted in names else names[0]
    rows = [row for row in one.rows if row.section == section]
    frozen = frozen_form(snapshot, one, rows) if snapshot else None
    is_current = snapshot is None or snapshot.pk == (page.snapshot.pk if page.snapshot else 0)
    fields = page.may_prepare and page.is_open and is_current and any(row.fill != Fill.COMPUTED for row in rows)
    here = f"{page.address('report-form', one.code)}?{urlencode({'phan': section})}"
    typing = Typing()
    error: CsdlError | None = None
    if request.method == "POST":
        if not fields:
            raise Http404
        try:
            typing = save_typing(request, page, one, rows)
        except NotAllowed:
            raise
        except CsdlError as refused:
            error, typing = refused, Typing(kept=posted_texts(request, one, rows))
        else:
            if not typing.reasons:
                then = f"Chốt từ ngày {page.freezes_from:%d/%m/%Y}" if page.is_too_early else "Chốt lại"
                done = (
                    f"Đã ghi {typing.changed} ô. {then} để đưa vào biểu."
                    if typing.changed
                    else "Không có ô nào thay đổi."
                )
                messages.success(request, done)
                return redirect(here)
    remarked, wrong = marks_on(snapshot, one) if snapshot else (frozenset(), frozenset())
    typed = typed_figures(page.report, one.code) if is_current and page.is_open else {}
    marks = Marks(
        typed=typed,
        remarked=remarked,
        changed=_changed(page, snapshot, one),
        wrong=wrong,
        fields=fields,
        kept=typing.kept,
        faults=typing.reasons,
    )
    query = f"?{urlencode({'lan': snapshot.version})}" if snapshot and not is_current else ""
    tables = sheet(
        one,
        rows,
        frozen.cell if frozen else (lambda row, column: None),
        marks,
        query,
    )
    context = {
        "page": page,
        "unit": page.unit,
        "crumbs": [
            *report_crumbs(request, page.unit),
            ("Báo cáo thống kê", reverse("school:report-list", args=[page.unit.public_id])),
            (page.title, page.address("report-detail")),
        ],
        "form": one,
        "is_draft": one.certainty != Certainty.EXACT,
        "basis": bases()[one.basis],
        "law_changes": law_changes(one.code, one.basis),
        "tabs": [
            (
                section_title(one, name),
                f"?{urlencode({'phan': name} | ({'lan': snapshot.version} if query and snapshot else {}))}",
                name == section,
            )
            for name in names
        ],
        "section": section_title(one, section),
        "tables": tables,
        "fields": fields,
        "seen_name": SEEN,
        "seen": seen_text(rows, typed, typing) if fields else "",
        "typing": typing,
        "faults": typing.listed(one),
        "frozen": frozen,
        "snapshot": snapshot,
        "is_current": is_current,
        "versions": _versions(page),
        "files": [(name, page.address("report-file", one.code, name) + query) for name in _TYPES] if snapshot else [],
        "locked_url": page.address("report-locked-file", one.code) + query,
        # How the records of now differ is asked once the form stands: nobody waits for it.
        "changes_url": page.address("report-changes") if snapshot and is_current else "",
        "error": error,
    }
    return render(request, "school/reports/form.html", context, status=409 if error or typing.reasons else 200)


def _version(request: HttpRequest, page: ReportPage) -> Snapshot | None:
    """The freeze that counts, or the one the address names."""
    named = request.GET.get("lan", "")
    if named.isdecimal() and len(named) < 6 and page.report:
        rows = Snapshot.objects.filter(submission=page.report, version=int(named))
        return get_object_or_404(rows.select_related("parent", "unit", "period"))
    return page.snapshot


def _versions(page: ReportPage) -> list[int]:
    """The freezes of the report, newest first; the one in use is the newest."""
    if page.report is None or page.snapshot is None:
        return []
    if page.snapshot.version == 1:
        return [1]
    return list(page.report.snapshots.order_by("-version").values_list("version", flat=True))


def _changed(page: ReportPage, snapshot: Snapshot | None, one: Form) -> frozenset[tuple[str, str]]:
    """Cells that differ from the version sent before: shown once the report is a second version."""
    if page.report is None or snapshot is None or page.report.sent_at is None or snapshot.version == 1:
        return frozenset()
    before = sent_before(page.report, snapshot)
    if before is None:
        return frozenset()
    return frozenset(
        (row.code, column.code)
        for difference in cell_differences(before, snapshot)
        if difference.form_code == one.code
        for row in (one.row(difference.indicator_code),)
        for column in row.columns
        if not difference.old
        or not difference.new
        or difference.old[column.position - 1] != difference.new[column.position - 1]
    )


@login_required
@require_http_methods(["GET", "POST"])
def report_cell(request: HttpRequest, school: uuid.UUID, period: str, level: str, form: str, cell: str) -> HttpResponse:
    """What one cell means, where it comes from, what it was last year, what was said of it, and who is counted in it.

    Answered as a panel beside the form, or as a page of its own.
    """
    page = report_page(request, school, period, level)
    one = _form_of(page, form)
    snapshot = _version(request, page)
    if snapshot is None:
        raise Http404
    try:
        row, column = one.cell(cell)
    except ReportError as wrong:
        raise Http404 from wrong
    if request.method != "POST" and request.GET.get(_NOW) == "1":
        return _now(request, page, snapshot, one, cell)
    error: CsdlError | None = None
    if request.method == "POST":
        if page.report is None:
            raise Http404
        try:
            remark_cell(
                actor=request.actor,
                report=page.report,
                form_code=one.code,
                address=cell,
                text=request.POST.get("nhan-xet", ""),
            )
        except NotAllowed:
            raise
        except CsdlError as refused:
            error = refused
        else:
            messages.success(request, f"Đã ghi nhận xét ở dòng {row.code}.")
            return redirect(
                f"{page.address('report-form', one.code)}?{urlencode({'phan': row.section})}#dong-{row.code}"
            )
    frozen = frozen_form(snapshot, one, [row])
    notes = (
        [note for note in remarks(page.report)[one.code, row.code] if note.column_code == column.code]
        if page.report
        else []
    )
    context = {
        "page": page,
        "unit": page.unit,
        "crumbs": [
            (page.title, page.address("report-detail")),
            (one.number, f"{page.address('report-form', one.code)}?{urlencode({'phan': row.section})}#dong-{row.code}"),
        ],
        "form": one,
        "row": row,
        "column": column,
        "cell": cell,
        "figure": shown(frozen.cell(row, column)) or "–",
        "basis": bases()[one.basis],
        "snapshot": snapshot,
        "earlier": _earlier(request, page, one, cell),
        "notes": notes,
        "may_remark": page.tier is not None and not page.is_open,
        "here": page.address("report-cell", one.code, cell),
        "error": error,
        "cell_fault": error.problems[0] if error and error.problems else error.message if error else "",
    }
    context |= _behind(request, page, snapshot, one, row, column, cell)
    template = "school/reports/cell.html"
    name = f"{template}#panel" if request.headers.get("HX-Request") else template
    return render(request, name, context, status=409 if error and not request.headers.get("HX-Request") else 200)


def _now(request: HttpRequest, page: ReportPage, snapshot: Snapshot, one: Form, cell: str) -> HttpResponse:
    """What the cell would count by the records of now: asked once the panel stands; nothing for whom they are not."""
    try:
        found = cell_drift(actor=request.actor, snapshot=snapshot, form=one, address=cell)
    except NotAllowed:
        found = None
    except ReportError as wrong:
        raise Http404 from wrong
    return render(
        request,
        "school/reports/cell.html#now",
        {
            "now": found,
            "now_figure": shown(found.now) if found else "",
            "changes_url": page.address("report-changes"),
        },
    )


def _earlier(request: HttpRequest, page: ReportPage, one: Form, cell: str) -> list[tuple[str, str]]:
    """The same cell in the periods before: of the year before, and of the freeze that was sent."""
    before = usual_period(page.period.start_year - 1, page.period.kind)
    if before is None:
        return []
    rows = visible(Submission.objects.all(), request.actor, Permission.REPORT_READ, of_unit=page.unit.pk)
    report = rows.filter(period=before, level_code=page.level_code).select_related("snapshot").first()
    if report is None or report.snapshot is None:
        return [(before.name, "không có báo cáo")]
    try:
        was = form(one.code, report.snapshot.basis)
        known = frozen_form(report.snapshot, was, [was.cell(cell)[0]])
        figure = known.cell(*known.form.cell(cell))
    except ReportError:
        return [(before.name, "không có biểu hoặc dòng này")]
    # A figure by another circular says whether it may be held beside this one.
    row, _ = one.cell(cell)
    told = dict.fromkeys(
        change.comparable_said
        for change in changes_of(one.code, report.snapshot.basis, one.basis)
        if change.indicator_code in ("", row.code)
    )
    by = f" (theo {bases()[report.snapshot.basis].title}; {'; '.join(told)})" if told else ""
    return [(before.name, f"{shown(figure) or '–'}{by}")]


def _behind(
    request: HttpRequest, page: ReportPage, snapshot: Snapshot, one: Form, row: FormRow, column: Column, cell: str
) -> dict[str, Any]:
    """The list behind a cell, as far as this account may see the records."""
    if row.fill != Fill.COMPUTED or one.is_blocked(row, column):
        return {
            "listed": None,
            "why_not": "Ô nhập tay, không có danh sách." if row.fill != Fill.COMPUTED else "Ô không được điền.",
        }
    try:
        limit = None if request.GET.get("het") == "1" else _SHOWN_ROWS
        found = trace(actor=request.actor, snapshot=snapshot, form=one, address=cell, limit=limit)
    except NotAllowed:
        return {"listed": None, "why_not": "Tài khoản chưa được phân quyền xem danh sách này."}
    return {
        "listed": listed(found),
        "heads": heads_of(found),
        "row_count": found.count,
        "more": found.count - len(found.rows),
        "known_at": snapshot.known_at.astimezone(clock.LOCAL_ZONE),
        "now_url": f"{page.address('report-cell', one.code, cell)}?{_NOW}=1"
        if page.snapshot and snapshot.pk == page.snapshot.pk
        else "",
        "changes_url": page.address("report-changes"),
    }


@login_required
@require_safe
def report_file(
    request: HttpRequest, school: uuid.UUID, period: str, level: str, form: str, format: str
) -> HttpResponse:
    """The form as a file: the ministry's workbook, PDF, JSON; the log says who took it."""
    page = report_page(request, school, period, level)
    one = _form_of(page, form)
    snapshot = _version(request, page)
    if snapshot is None or format not in _TYPES:
        raise Http404
    return _file(request, snapshot, one, format)


@login_required
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("file_password")
def report_locked_file(request: HttpRequest, school: uuid.UUID, period: str, level: str, form: str) -> HttpResponse:
    """The form as a file that opens with a password: asked for as the file leaves, kept nowhere (S11)."""
    page = report_page(request, school, period, level)
    one = _form_of(page, form)
    snapshot = _version(request, page)
    if snapshot is None:
        raise Http404
    asked = LockedFileForm(request.POST if request.method == "POST" else None, formats=_LOCKABLE)
    if asked.is_valid():
        return _file(request, snapshot, one, asked.cleaned_data["format"], asked.password)
    back = page.address("report-form", one.code)
    context = {
        "form": asked,
        "report_form": one,
        "unit": page.unit,
        "snapshot": snapshot,
        "back": f"{back}?{urlencode({'lan': snapshot.version})}" if "lan" in request.GET else back,
        "crumbs": [*report_crumbs(request, page.unit), (page.title, page.address("report-detail")), (one.number, back)],
    }
    return render(request, "school/reports/locked_file.html", context)


def _file(request: HttpRequest, snapshot: Snapshot, one: Form, format: str, password: str = "") -> HttpResponse:
    made = export_form(actor=request.actor, snapshot=snapshot, form_code=one.code, format=format, password=password)
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"'}
    return HttpResponse(made.content, content_type=_TYPES[format], headers=headers)
