"""The one page on which anything is taken out as a file: purpose, kind of file, columns; then the file itself.

A door finds the rows as its list does and hands them in; what a list may say is declared in `exports`. A file of very
many rows is written in the background: the worker asks the same door again, as the same account.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import wraps
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from csdl.accounts.errors import InvalidRecord
from csdl.accounts.permissions import Permission
from csdl.exports.actions import CONTENT_TYPES, check_export, export_list, purpose_faults, said_purpose
from csdl.exports.columns import ExportColumn
from csdl.exports.enums import FileFormat, Purpose
from csdl.exports.lists import Asked, ExportList, Occasion
from csdl.jobs.actions import enqueue
from csdl.jobs.models import Job
from csdl.orgs.models import OrgUnit
from csdl.portals.components.lists import Chip, Filter, address, chips
from csdl.portals.components.tasks import EXPORT_JOB, write_export
from csdl.portals.components.years import YEAR
from csdl.years.models import SchoolYear

__all__ = ["WAITING_ROWS", "Outgoing", "OutgoingFile", "door", "export_url", "file_door", "occasion_of"]

# A file of more rows is written in the background: a person waits some two seconds for as many.
WAITING_ROWS = 3_000


@dataclass(frozen=True)
class Outgoing[Rows: QuerySet[Any] | Sequence[Any]]:
    """What is taken out, and the page to go back to. `held` are the filters that narrow it now."""

    what: ExportList[Rows]
    rows: Rows
    occasion: Occasion
    back: str
    crumbs: Sequence[tuple[str, str]]
    held: Sequence[Chip] = ()


@dataclass(frozen=True)
class OutgoingFile:
    """A document that is taken out whole: `write` makes it as the kind of file wanted, for the purpose in words, and
    answers its name and bytes; what it writes to the log is its own."""

    title: str
    about: str
    formats: Sequence[FileFormat]
    purposes: Sequence[Purpose]
    write: Callable[[str, str], tuple[str, bytes]]
    back: str
    crumbs: Sequence[tuple[str, str]]


class ExportForm(forms.Form):
    """Why, as which file, which columns."""

    use_required_attribute = False

    purpose = forms.ChoiceField(
        label="Mục đích sử dụng",
        error_messages={"required": "Hãy chọn mục đích sử dụng dữ liệu."},
        widget=forms.Select({"class": "form-select"}),
    )
    reason = forms.CharField(
        label="Ghi rõ việc dùng", max_length=200, required=False, widget=forms.TextInput({"class": "form-control"})
    )
    format = forms.ChoiceField(
        label="Dạng tệp", required=False, widget=forms.RadioSelect({"class": "form-check-input"})
    )
    columns = forms.MultipleChoiceField(
        label="Nội dung", required=False, widget=forms.CheckboxSelectMultiple({"class": "form-check-input"})
    )
    sensitive = forms.MultipleChoiceField(
        label="Dữ liệu nhạy cảm", required=False, widget=forms.CheckboxSelectMultiple({"class": "form-check-input"})
    )

    def __init__(
        self,
        request: HttpRequest,
        *,
        formats: Sequence[FileFormat],
        purposes: Sequence[Purpose],
        columns: Sequence[ExportColumn] = (),
    ) -> None:
        first = request.GET.get("tep", "")
        initial = {
            "columns": [one.key for one in columns if one.is_default and not one.is_sensitive],
            "format": first if first in formats else formats[0],
        }
        super().__init__(request.POST if request.method == "POST" else None, initial=initial)
        self.formats = formats
        self.fields["purpose"].choices = [("", "– Chọn –"), *((one, Purpose(one).label) for one in purposes)]
        self.fields["format"].choices = [(one, FileFormat(one).label) for one in formats]
        for name, is_sensitive in (("columns", False), ("sensitive", True)):
            found = [(one.key, one.header) for one in columns if one.is_sensitive == is_sensitive]
            self.fields[name].choices = found
            if not found:
                del self.fields[name]

    def asked(self) -> Asked:
        """What the valid form asks for."""
        said = self.cleaned_data
        sensitive = said.get("sensitive", [])
        return Asked(
            columns=(*said.get("columns", []), *sensitive),
            purpose=said["purpose"],
            reason=said["reason"],
            with_sensitive=bool(sensitive),
            file_format=said["format"] or self.formats[0],
        )


def door(find: Callable[..., Outgoing[Any]]) -> Callable[..., HttpResponse]:
    """A page that gives out what `find` finds for an address; the worker finds it again by `find` itself.

    `find` asks for the right to take it out, whoever calls it.
    """

    @login_required
    @require_http_methods(["GET", "POST"])
    @wraps(find)
    def page(request: HttpRequest, **keys: Any) -> HttpResponse:
        return _take_out(request, find(request, **keys))

    page.find = find  # where the worker looks for it (components/tasks.py)
    return page


def file_door(find: Callable[..., OutgoingFile]) -> Callable[..., HttpResponse]:
    """A page that gives out a document as it is, once it is said for what. `find` asks for the right to it."""

    @login_required
    @require_http_methods(["GET", "POST"])
    @wraps(find)
    def page(request: HttpRequest, **keys: Any) -> HttpResponse:
        going = find(request, **keys)
        form = ExportForm(request, formats=going.formats, purposes=going.purposes)
        if form.is_valid():
            asked = form.asked()
            faults = purpose_faults(asked, going.purposes)
            if not faults:
                name, content = going.write(asked.file_format, said_purpose(asked))
                headers = {"Content-Disposition": f'attachment; filename="{name}"'}
                return HttpResponse(content, content_type=CONTENT_TYPES[FileFormat(asked.file_format)], headers=headers)
            for field, texts in faults.items():
                form.add_error(field, texts)
        context = {"going": going, "form": form, "back": going.back, "crumbs": going.crumbs}
        return render(request, "components/outgoing_file.html", context)

    return page


def export_url(request: HttpRequest, name: str, year: SchoolYear | None, *key: Any) -> str:
    """Where the list of this page is taken out, with what narrows and orders it; empty for who may not."""
    if year is None or not request.actor.can(Permission.DATA_EXPORT):
        return ""
    return address(request, reverse(name, args=key), **{YEAR: str(year.start_year)})


def occasion_of(
    request: HttpRequest,
    what: ExportList[Any],
    unit: OrgUnit,
    start_year: int,
    search: str = "",
    filters: Sequence[Filter] = (),
    **more: Any,
) -> tuple[Occasion, list[Chip]]:
    """Whose list it is, and what narrows it, for the file and for the page."""
    held = chips(request, search, filters)
    title = more.get("heading", what.title) + "".join(f"; {chip.label.lower()}: {chip.text}" for chip in held)
    return Occasion(unit, start_year, title, **more), held


def _take_out[Rows: QuerySet[Any] | Sequence[Any]](request: HttpRequest, going: Outgoing[Rows]) -> HttpResponse:
    """Ask for the purpose and the columns, then answer with the file, or with the page of the work that makes it; a
    refusal stands beside its field."""
    what, rows = going.what, going.rows
    form = ExportForm(request, formats=what.formats, purposes=what.purposes, columns=what.columns)
    count = len(rows) if isinstance(rows, Sequence) else rows.order_by()[: what.at_most + 1].count()
    if form.is_valid():
        try:
            if count > WAITING_ROWS:
                return redirect("desk:job-detail", _queued(request, going, form.asked()).public_id)
            file = export_list(
                actor=request.actor, what=what, rows=going.rows, occasion=going.occasion, asked=form.asked()
            )
        except InvalidRecord as refused:
            for name, texts in refused.fields.items():
                form.add_error(name if name in form.fields else None, texts)
        else:
            headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
            return HttpResponse(file.content, content_type=file.content_type, headers=headers)
    context = {
        "what": what,
        "occasion": going.occasion,
        "form": form,
        "count": count,
        "is_long": count > WAITING_ROWS,
        "chips": going.held,
        "back": going.back,
        "crumbs": going.crumbs,
    }
    return render(request, "components/outgoing.html", context)


def _queued(request: HttpRequest, going: Outgoing[Any], asked: Asked) -> Job:
    """The wish for a long file, once nothing speaks against it. Errors as `export_list`."""
    check_export(actor=request.actor, what=going.what, rows=going.rows, asked=asked)
    query = request.GET.copy()
    query[YEAR] = str(going.occasion.start_year)  # the year may have come from the session, which the worker has not
    args = {"path": request.path, "query": query.urlencode(), "asked": asdict(asked)}
    title = f"Tải về: {going.occasion.title}"[:200]
    return enqueue(actor=request.actor, kind=EXPORT_JOB, title=title, args=args, task=write_export)
