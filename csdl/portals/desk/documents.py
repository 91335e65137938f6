"""Papers of a unit: the list, one paper with its file, filing, signing, correcting, replacing, withdrawing.

The same pages for a school and for a managing unit.
"""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from csdl.access.queries import visible
from csdl.accounts.errors import InvalidRecord
from csdl.accounts.permissions import Permission
from csdl.audit.edits import FieldChange
from csdl.documents.actions import (
    change_document,
    file_document,
    read_document,
    replace_document,
    sign_document,
    withdraw_document,
)
from csdl.documents.enums import DocumentKind
from csdl.documents.models import Document
from csdl.documents.queries import documents_matching, holding, papers_of
from csdl.documents.ties import ends_rights
from csdl.orgs.models import OrgUnit
from csdl.portals.components.forms import CodeField, DayField, PlainField, RecordForm, saved
from csdl.portals.components.histories import history_of
from csdl.portals.components.lists import Filter, listing, read_filter, read_search
from csdl.portals.components.scans import ScanField
from csdl.portals.components.units import crumbs_from, unit_or_404

_SORTS = {
    "luu": ("-filed_at", "-pk"),
    "ngay": ("-signed_on", "-pk"),
    "so": ("number_key", "pk"),
}
_STATES = (
    ("con", "Còn hiệu lực"),
    ("thoi", "Đã thu hồi, thay thế"),
    ("chua-ky", "Chưa có bản ký"),
    ("tat-ca", "Tất cả"),
)


class FactsForm(RecordForm):
    """What is said of a paper."""

    kind = CodeField(label="Loại văn bản", choices=DocumentKind.choices)
    title = PlainField(label="Trích yếu", limit=300, hint="Văn bản nói về việc gì.")
    document_no = PlainField(
        label="Số, ký hiệu",
        limit=80,
        required=False,
        hint="Đúng như trên văn bản, ví dụ 1062/QĐ-SGDĐT. Chưa có số thì để trống.",
    )
    signed_on = DayField(label="Ngày ký", required=False, hint="Ví dụ 19/06/2023. Chưa ký thì để trống.")
    issuer = PlainField(
        label="Cơ quan ban hành, người ký", limit=200, required=False, hint="Ví dụ Sở Giáo dục và Đào tạo."
    )
    page_count = forms.IntegerField(
        label="Số trang",
        required=False,
        help_text="Để trống thì lấy theo tệp.",
        widget=forms.TextInput({"class": "form-control", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": "Hãy nhập số trang bằng chữ số."},
    )

    groups = (("Văn bản", ("kind", "title", "document_no", "signed_on", "issuer", "page_count")),)


class FilingForm(FactsForm):
    """A paper with its file."""

    file = ScanField(
        label="Tệp văn bản",
        hint="Chưa có bản quét thì để trống, bổ sung sau.",
        required=False,
    )
    is_signed = forms.BooleanField(
        label="Tệp là bản đã ký, đóng dấu. Từ lúc lưu, nội dung không sửa được nữa, chỉ thay thế hoặc thu hồi.",
        required=False,
        widget=forms.CheckboxInput({"class": "form-check-input"}),
    )

    groups = (*FactsForm.groups, ("Bản quét", ("file", "is_signed")))


class SigningForm(RecordForm):
    """The scan of a paper that was signed meanwhile."""

    file = ScanField(label="Tệp văn bản", required=True)

    groups = (("Bản đã ký", ("file",)),)


@login_required
@require_safe
def document_list(request: HttpRequest, unit: uuid.UUID) -> HttpResponse:
    """Papers of a unit: found by number as printed or as meant, by words of the title; by kind and state."""
    row = unit_or_404(request, unit, Permission.DOCUMENT_READ)
    rows = papers_of(_documents(request), row.pk)
    search = read_search(request)
    kind = read_filter(request, "loai", "Loại văn bản", DocumentKind.choices)
    state = read_filter(request, "tinh-trang", "Tình trạng", _STATES, default="con")
    if search:
        rows = rows.filter(documents_matching(search))
    if kind.value:
        rows = rows.filter(kind=kind.value)
    page = listing(request, _of_state(rows, state), sorts=_SORTS, default="luu")
    can_edit = request.actor.can(Permission.DOCUMENT_EDIT, on=row)
    reads_rights = request.actor.can(Permission.GRANT_READ, on=row)
    context = {
        "unit": row,
        "crumbs": crumbs_from(request, row),
        "listing": page,
        "search": search,
        "filters": [kind, state],
        "any_held": bool(search or kind.value or state.value != state.default),
        "new_url": reverse("desk:document-new", args=[unit]) if can_edit else "",
        "rights_url": reverse("desk:grant-list", args=[unit]) if reads_rights else "",
    }
    template = "desk/documents/list.html"
    return render(request, f"{template}#results" if request.headers.get("HX-Request") else template, context)


@login_required
@require_safe
def document_detail(request: HttpRequest, document: uuid.UUID) -> HttpResponse:
    """One paper: what it says, its file, what became of it, who changed what."""
    row = _document_or_404(request, document)
    can_edit = request.actor.can(Permission.DOCUMENT_EDIT, on=row.unit_id)
    context = {
        "document": row,
        "crumbs": _crumbs(request, row.unit),
        "can_write": can_edit and row.holds,
        "can_edit": can_edit and row.holds and not row.is_signed,
        "replaced": list(row.replaces.order_by("-pk")),
        "ends_rights": ends_rights(row.kind),
        "edits": history_of([("", "Văn bản", row)]),
    }
    return render(request, "desk/documents/detail.html", context)


@login_required
@require_safe
def document_file(request: HttpRequest, document: uuid.UUID) -> HttpResponse:
    """The paper's file, to look at in the browser or to take along; logged either way."""
    row = _document_or_404(request, document)
    file = read_document(actor=request.actor, document=row)
    way = "attachment" if "tai-ve" in request.GET else "inline"
    headers = {"Content-Disposition": f'{way}; filename="{file.name}"', "Cache-Control": "no-store"}
    return HttpResponse(file.content, content_type=file.content_type, headers=headers)


@login_required
@require_http_methods(["GET", "POST"])
def document_new(request: HttpRequest, unit: uuid.UUID) -> HttpResponse:
    """File a paper."""
    row = unit_or_404(request, unit, Permission.DOCUMENT_READ)
    request.actor.require(Permission.DOCUMENT_EDIT, on=row)
    form = FilingForm(request)

    def act(values: dict[str, Any]) -> Document:
        upload, is_signed = values.pop("file"), values.pop("is_signed")
        return file_document(actor=request.actor, unit=row, values=values, upload=upload, is_signed=bool(is_signed))

    done = saved(form, act)
    if done:
        messages.success(request, f"Đã lưu vào hồ sơ: {done.named}.")
        return redirect("desk:document-detail", done.public_id)
    purpose = f"Quyết định, biên bản, cam kết, công văn được giữ trong hồ sơ của {row.name}, không xóa được."
    return _form_page(request, form, row, "Lưu văn bản", purpose, reverse("desk:document-list", args=[unit]))


@login_required
@require_http_methods(["GET", "POST"])
def document_edit(request: HttpRequest, document: uuid.UUID) -> HttpResponse:
    """Correct what is said of a paper that is not signed."""
    row = _to_write(request, document)
    form = FactsForm(request, row=row)

    def act(values: dict[str, Any]) -> tuple[list[FieldChange]]:
        return (change_document(actor=request.actor, document=row, values=values, seen=form.version),)

    done = saved(form, act)
    if done:
        names = ", ".join(change.label.lower() for change in done[0])
        messages.success(request, f"Đã lưu: {names}." if names else "Không có gì thay đổi.")
        return redirect("desk:document-detail", document)
    return _form_page(request, form, row.unit, "Sửa văn bản", row.named, _address(row))


@login_required
@require_http_methods(["GET", "POST"])
def document_sign(request: HttpRequest, document: uuid.UUID) -> HttpResponse:
    """Put the signed scan to a paper."""
    row = _to_write(request, document)
    form = SigningForm(request)
    done = saved(form, lambda values: sign_document(actor=request.actor, document=row, upload=values["file"]))
    if done:
        messages.success(request, "Đã lưu bản đã ký.")
        return redirect("desk:document-detail", document)
    purpose = f"{row.named}. Từ lúc lưu, nội dung không sửa được nữa."
    return _form_page(request, form, row.unit, "Lưu bản đã ký", purpose, _address(row))


@login_required
@require_http_methods(["GET", "POST"])
def document_replace(request: HttpRequest, document: uuid.UUID) -> HttpResponse:
    """File a paper in the place of another."""
    row = _to_write(request, document)
    form = FilingForm(request, initial={"kind": row.kind, "title": row.title, "issuer": row.issuer})

    def act(values: dict[str, Any]) -> Document:
        upload, is_signed = values.pop("file"), values.pop("is_signed")
        return replace_document(
            actor=request.actor, document=row, values=values, upload=upload, is_signed=bool(is_signed)
        )

    done = saved(form, act)
    if done:
        messages.success(request, f"{done.named} thay thế văn bản trước.")
        return redirect("desk:document-detail", done.public_id)
    purpose = f"Văn bản mới thay cho {row.named}. Văn bản cũ vẫn giữ trong hồ sơ nhưng hết hiệu lực ngay."
    return _form_page(request, form, row.unit, "Thay thế văn bản", purpose, _address(row))


@login_required
@require_POST
def document_withdraw(request: HttpRequest, document: uuid.UUID) -> HttpResponse:
    """Say that a paper holds no more."""
    row = _to_write(request, document)
    try:
        withdraw_document(actor=request.actor, document=row, reason=request.POST.get("reason", ""))
    except InvalidRecord as refused:
        messages.error(request, " ".join(refused.problems))
    else:
        messages.success(request, f"Đã thu hồi {row.named}. Văn bản vẫn giữ trong hồ sơ.")
    return redirect("desk:document-detail", document)


def _documents(request: HttpRequest) -> QuerySet[Document]:
    return visible(Document.objects.all(), request.actor, Permission.DOCUMENT_READ)


def _of_state(rows: QuerySet[Document], state: Filter) -> QuerySet[Document]:
    match state.value:
        case "con":
            return holding(rows)
        case "thoi":
            return rows.exclude(withdrawn_on__isnull=True, replaced_by__isnull=True)
        case "chua-ky":
            return holding(rows).filter(is_signed=False)
    return rows


def _document_or_404(request: HttpRequest, public_id: uuid.UUID) -> Document:
    rows = _documents(request).select_related("unit", "file", "replaced_by", "withdrawn_by")
    return get_object_or_404(rows, public_id=public_id)


def _to_write(request: HttpRequest, public_id: uuid.UUID) -> Document:
    row = _document_or_404(request, public_id)
    request.actor.require(Permission.DOCUMENT_EDIT, on=row.unit_id)
    return row


def _address(row: Document) -> str:
    return reverse("desk:document-detail", args=[row.public_id])


def _crumbs(request: HttpRequest, unit: OrgUnit) -> list[tuple[str, str]]:
    return [*crumbs_from(request, unit), ("Hồ sơ, văn bản", reverse("desk:document-list", args=[unit.public_id]))]


def _form_page(
    request: HttpRequest, form: RecordForm, unit: OrgUnit, title: str, purpose: str, back: str
) -> HttpResponse:
    context = {"form": form, "title": title, "purpose": purpose, "crumbs": _crumbs(request, unit), "back_url": back}
    return render(request, "desk/documents/form.html", context, status=409 if form.errors else 200)
