"""The one page on which anything is taken out as a file: purpose, kind of file, columns; then the file itself.

A door finds the rows as its list does and hands them in; what a list may say is declared in `exports`. A file of very
many rows is written in the background: the worker asks the same door again, as the same account. A file of so many
persons that somebody has to agree first (S12) becomes a request; once approved it is taken from the request's page.

The password that opens a file (S11) is asked for where the file leaves: it is in no request, no queue, no address.
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
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from csdl.accounts.errors import InvalidRecord
from csdl.accounts.permissions import Permission
from csdl.accounts.second_factor import confirm_second_factor, is_fresh
from csdl.exports.actions import CONTENT_TYPES, check_export, export_list, purpose_faults, said_purpose
from csdl.exports.approving import (
    SECOND_FACTOR,
    ApprovalWanted,
    Consent,
    check_consent,
    may_approve,
    schools_of,
    size_of,
    why_approval,
)
from csdl.exports.columns import ExportColumn
from csdl.exports.enums import FileFormat, Purpose
from csdl.exports.lists import Asked, ExportList, Occasion
from csdl.exports.requests import ask_for_export
from csdl.jobs.actions import enqueue
from csdl.jobs.models import Job
from csdl.lib.locked import LEAST_SIGNS, lock_faults, takes_password
from csdl.orgs.models import OrgUnit
from csdl.portals.components.lists import Chip, Filter, address, chips
from csdl.portals.components.tasks import EXPORT_JOB, write_export
from csdl.portals.components.years import YEAR
from csdl.years.models import SchoolYear

__all__ = [
    "WAITING_ROWS",
    "Outgoing",
    "OutgoingFile",
    "PasswordForm",
    "answer",
    "door",
    "export_url",
    "file_door",
    "is_long",
    "occasion_of",
]

# A file of more rows is written in the background: a person waits some two seconds for as many.
WAITING_ROWS = 3_000


@dataclass(frozen=True)
class Outgoing[Rows: QuerySet[Any] | Sequence[Any]]:
    """What is taken out, and the page to go back to. `held` are the filters that narrow it now; `nothing` says why
    there are no rows at all and how some come, where no filter is the reason."""

    what: ExportList[Rows]
    rows: Rows
    occasion: Occasion
    back: str
    crumbs: Sequence[tuple[str, str]]
    held: Sequence[Chip] = ()
    nothing: str = ""


@dataclass(frozen=True)
class OutgoingFile:
    """A document that is taken out whole: `write` makes it as the kind of file wanted, for the purpose in words, locked
    with the password if there is one, and answers its name and bytes; what it writes to the log is its own."""

    title: str
    about: str
    formats: Sequence[FileFormat]
    purposes: Sequence[Purpose]
    write: Callable[[str, str, str], tuple[str, bytes]]
    back: str
    crumbs: Sequence[tuple[str, str]]


class PasswordForm(forms.Form):
    """The password that opens the file as it leaves; offered where one of its kinds can have one."""

    use_required_attribute = False

    file_password = forms.CharField(
        label="Mật khẩu mở tệp",
        help_text=f"Ít nhất {LEAST_SIGNS} ký tự, chữ không dấu. Hệ thống không giữ mật khẩu: quên thì tải lại.",
        required=False,
        strip=False,
        widget=forms.PasswordInput(
            {
                "class": "form-control",
                "autocomplete": "new-password",
                "autocapitalize": "none",
                "spellcheck": "false",
                "aria-describedby": "id_file_password-hint",
            }
        ),
    )

    def __init__(self, *args: Any, formats: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.formats = formats
        self.offers_password = any(takes_password(one) for one in formats)

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        file_format = said.get("format") or self.formats[0]
        for field, texts in lock_faults(said.get("file_password", ""), file_format).items():
            self.add_error(field if self.offers_password else None, texts)
        return said

    @property
    def password(self) -> str:
        """The password of the valid form; empty where none is wanted, or none asked for."""
        return str(self.cleaned_data.get("file_password", ""))


class ExportForm(PasswordForm):
    """Why, as which file, opened with which password, which columns. What does not leave now asks for no password."""

    field_order = ("purpose", "reason", "format", "file_password")

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
        leaves_now: bool = True,
    ) -> None:
        first = request.GET.get("tep", "")
        initial = {
            "columns": [one.key for one in columns if one.is_default and not one.is_sensitive],
            "format": first if first in formats else formats[0],
        }
        super().__init__(request.POST if request.method == "POST" else None, initial=initial, formats=formats)
        if not leaves_now:
            self.offers_password = False
            del self.fields["file_password"]
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
    @sensitive_post_parameters("file_password")
    @wraps(find)
    def page(request: HttpRequest, **keys: Any) -> HttpResponse:
        return _take_out(request, find(request, **keys))

    page.find = find  # where the worker looks for it (components/tasks.py)
    return page


def file_door(find: Callable[..., OutgoingFile]) -> Callable[..., HttpResponse]:
    """A page that gives out a document as it is, once it is said for what. `find` asks for the right to it."""

    @login_required
    @require_http_methods(["GET", "POST"])
    @sensitive_post_parameters("file_password")
    @wraps(find)
    def page(request: HttpRequest, **keys: Any) -> HttpResponse:
        going = find(request, **keys)
        form = ExportForm(request, formats=going.formats, purposes=going.purposes)
        if form.is_valid():
            asked = form.asked()
            faults = purpose_faults(asked, going.purposes)
            if not faults:
                name, content = going.write(asked.file_format, said_purpose(asked), form.password)
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


def answer[Rows: QuerySet[Any] | Sequence[Any]](
    request: HttpRequest,
    going: Outgoing[Rows],
    asked: Asked,
    *,
    path: str,
    query: str,
    consent: Consent | None,
    password: str = "",
) -> HttpResponse:
    """The file, or the page of the work that makes it, where a password is asked for anew. Errors as `export_list`."""
    if is_long(going):
        job = _queued(request, going, asked, path=path, query=query, consent=consent)
        return redirect("desk:job-detail", job.public_id)
    file = export_list(
        actor=request.actor,
        what=going.what,
        rows=going.rows,
        occasion=going.occasion,
        asked=asked,
        password=password,
        consent=consent,
    )
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return HttpResponse(file.content, content_type=file.content_type, headers=headers)


def is_long(going: Outgoing[Any]) -> bool:
    """Whether the file has so many rows that it is written in the background."""
    return _count(going) > WAITING_ROWS


def _take_out[Rows: QuerySet[Any] | Sequence[Any]](request: HttpRequest, going: Outgoing[Rows]) -> HttpResponse:
    """Ask for the purpose and the columns, then answer with the file, with the page of the work that makes it, or with
    that of the request for a large one; a refusal stands beside its field."""
    what, actor = going.what, request.actor
    count = _count(going)
    leaving = what.carried(actor, going.rows) if what.is_personal else going.rows
    size = size_of(what, leaving)
    why = why_approval(actor, size)
    approves_self = bool(why) and may_approve(actor, going.occasion.unit, schools_of(what, leaving))
    form = ExportForm(
        request,
        formats=what.formats,
        purposes=what.purposes,
        columns=what.columns,
        leaves_now=count <= WAITING_ROWS and (approves_self or not why),
    )
    if form.is_valid():
        asked, query = form.asked(), _query(request, going)
        try:
            if why and not approves_self:
                _, columns = check_export(actor=actor, what=what, rows=going.rows, asked=asked)
                made = ask_for_export(
                    actor=actor,
                    key=what.key,
                    occasion=going.occasion,
                    size=size,
                    asked=asked,
                    columns=columns,
                    path=request.path,
                    query=query,
                )
                return redirect("desk:export-request", made.public_id)
            if approves_self:
                confirm_second_factor(request)
            consent = SECOND_FACTOR if approves_self else None
            return answer(
                request, going, asked, path=request.path, query=query, consent=consent, password=form.password
            )
        except ApprovalWanted as wanted:
            # Another file of the same account left a moment ago: the page now asks for the request.
            why = wanted.why
            approves_self = may_approve(actor, going.occasion.unit, schools_of(what, leaving))
        except InvalidRecord as refused:
            for name, texts in refused.fields.items():
                form.add_error(name if name in form.fields else None, texts)
    context = {
        "what": what,
        "occasion": going.occasion,
        "form": form,
        "count": count,
        "is_long": count > WAITING_ROWS,
        "why_approval": why,
        "approves_self": approves_self,
        "must_confirm": approves_self and not is_fresh(request),
        "here": request.get_full_path(),
        "chips": going.held,
        "nothing": going.nothing,
        "back": going.back,
        "crumbs": going.crumbs,
    }
    return render(request, "components/outgoing.html", context)


def _count(going: Outgoing[Any]) -> int:
    """Rows of the file, counted to one more than it takes."""
    rows = going.rows
    return len(rows) if isinstance(rows, Sequence) else rows.order_by()[: going.what.at_most + 1].count()


def _query(request: HttpRequest, going: Outgoing[Any]) -> str:
    """What narrows and orders the list, with its year: that may have come from the session, which nobody else has."""
    query = request.GET.copy()
    query[YEAR] = str(going.occasion.start_year)
    return query.urlencode()


def _queued(
    request: HttpRequest, going: Outgoing[Any], asked: Asked, *, path: str, query: str, consent: Consent | None
) -> Job:
    """The wish for a long file, once nothing speaks against it. Errors as `export_list`."""
    actor, what = request.actor, going.what
    rows, _ = check_export(actor=actor, what=what, rows=going.rows, asked=asked)
    check_consent(
        actor=actor,
        unit=going.occasion.unit,
        key=what.key,
        size=size_of(what, rows),
        asked=asked,
        consent=consent,
        schools=schools_of(what, rows),
    )
    args: dict[str, Any] = {"path": path, "query": query, "asked": asdict(asked)}
    if consent is not None:
        args["consent"] = consent.request.pk if consent.request else "second_factor"
    title = f"Tải về: {going.occasion.title}"[:200]
    return enqueue(actor=actor, kind=EXPORT_JOB, title=title, args=args, task=write_export)
