"""Inspectors at a unit: who is let in now and was before, letting one in by a decision, ending it early, the letter,
a lost second factor."""

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from csdl.access.queries import visible
from csdl.accounts.errors import CsdlError
from csdl.accounts.permissions import Permission
from csdl.accounts.second_factor import KINDS
from csdl.audit.models import Event
from csdl.delegation.actions import (
    Decision,
    Visitor,
    admit_inspector,
    end_inspection,
    print_inspector_letter,
    remove_inspector_factor,
    require_administration,
)
from csdl.delegation.models import Inspection
from csdl.delegation.rules import rules
from csdl.documents.enums import DocumentKind
from csdl.documents.models import Document
from csdl.documents.queries import holding
from csdl.lib import clock
from csdl.orgs.models import OrgUnit
from csdl.portals.components.forms import CodeField, DayField, PlainField, RecordForm, saved
from csdl.portals.components.lists import listing
from csdl.portals.components.scans import ScanField
from csdl.portals.desk.delegation.reach import crumbs_to, page_context, unit_or_404
from csdl.staff.queries import Acceptance, acceptances_told

_SORTS = {"ngay": ("-valid_from", "-pk")}


class AdmitForm(RecordForm):
    """The decision, the person, the days."""

    decision = CodeField(
        label="Quyết định đã có trong hồ sơ",
        empty="– Quyết định mới, ghi ở dưới –",
        required=False,
        hint="Đoàn có nhiều người: người thứ hai trở đi chọn lại quyết định đã lưu.",
    )
    document_no = PlainField(
        label="Số, ký hiệu quyết định",
        limit=80,
        required=False,
        hint="Ví dụ 128/QĐ-TTr. Văn bản chưa có số thì để trống; hệ thống ghi rõ “chưa có số”.",
    )
    signed_on = DayField(label="Ngày ký quyết định", required=False, hint="Ví dụ 01/10/2024.")
    issuer = PlainField(label="Cơ quan ra quyết định", limit=200, required=False, hint="Ví dụ Thanh tra tỉnh.")
    file = ScanField(label="Bản quét quyết định", required=False)
    full_name = PlainField(label="Họ và tên", limit=120, hint="Đúng như trong quyết định.")
    organisation = PlainField(label="Cơ quan công tác", limit=200)
    position = PlainField(label="Chức vụ, nhiệm vụ trong đoàn", limit=120, required=False)
    username = PlainField(
        label="Tên đăng nhập, nếu đã có tài khoản",
        limit=40,
        required=False,
        hint="Người của đơn vị khác trong ngành dùng tài khoản đang có. Để trống: mở tài khoản mới, in thư kích hoạt.",
    )
    email = PlainField(label="Thư điện tử (tài khoản mới)", limit=120, required=False, kind="email")
    phone = PlainField(label="Điện thoại (tài khoản mới)", limit=20, required=False, kind="tel")
    valid_from = DayField(label="Từ ngày", hint="Ví dụ 07/10/2024.")
    last_day = DayField(label="Đến hết ngày", hint="Ví dụ 18/10/2024.")

    groups = (
        ("1. Quyết định thanh tra, kiểm tra", ("decision", "document_no", "signed_on", "issuer", "file")),
        (
            "2. Người thanh tra, kiểm tra",
            ("full_name", "organisation", "position", "username", "email", "phone"),
        ),
        ("3. Thời hạn", ("valid_from", "last_day")),
    )
    needed = dict.fromkeys(("signed_on", "issuer", "file"), "bắt buộc với quyết định mới")


@login_required
@require_safe
def inspection_list(request: HttpRequest, unit: uuid.UUID) -> HttpResponse:
    """Who is let in now, will be, or was."""
    where = unit_or_404(request, unit)
    today = clock.today()
    factors = Authenticator.objects.filter(user_id=OuterRef("account_id"), type__in=KINDS)
    rows = _seen(request).filter(unit=where).annotate(has_factor=Exists(factors))
    page = listing(request, rows, sorts=_SORTS, default="ngay")
    accepted = _accepted(request, page.items)
    context = page_context(request, where, "inspections") | {
        "crumbs": crumbs_to(request, where),
        "listing": page.replaced([(row, *_state(row, today), accepted.get(row.account_id)) for row in page.items]),
        "longest": rules().inspection_days,
    }
    return render(request, "desk/delegation/inspections.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def inspection_new(request: HttpRequest, unit: uuid.UUID) -> HttpResponse:
    """Let an inspector in."""
    where = unit_or_404(request, unit)
    require_administration(request.actor, where)
    kept = {str(one.public_id): one for one in _decisions(request, where)}
    form = AdmitForm(request, initial={"valid_from": clock.today()})
    field = form.fields["decision"]
    assert isinstance(field, CodeField)
    field.given = tuple((key, one.named) for key, one in kept.items())
    field.fit("decision")

    def act(values: dict[str, Any]) -> Inspection:
        return admit_inspector(
            actor=request.actor,
            unit=where,
            visitor=Visitor(
                **{
                    name: values[name]
                    for name in ("full_name", "organisation", "position", "username", "email", "phone")
                }
            ),
            decision=Decision(
                kept.get(values["decision"]),
                values["document_no"],
                values["signed_on"],
                values["issuer"],
                values["file"],
            ),
            valid_from=values["valid_from"],
            last_day=values["last_day"],
        )

    done = saved(form, act)
    if done:
        text = f"{done.account.full_name} được xem dữ liệu của {where.name} đến hết {done.last_day:%d/%m/%Y}, chỉ xem."
        if done.opened_account:
            text += f" Tài khoản mới: {done.account.username}. Hãy in thư kích hoạt và giao tận tay."
        messages.success(request, text)
        return redirect("desk:inspection-list", unit)
    context = page_context(request, where, "inspections") | {
        "crumbs": [*crumbs_to(request, where), ("Thanh tra, kiểm tra", reverse("desk:inspection-list", args=[unit]))],
        "form": form,
        "back_url": reverse("desk:inspection-list", args=[unit]),
        "save_label": "Cho xem dữ liệu",
        "longest": rules().inspection_days,
    }
    return render(request, "desk/delegation/inspection_new.html", context)


@login_required
@require_POST
def inspection_end(request: HttpRequest, inspection: uuid.UUID) -> HttpResponse:
    """End it before its last day."""
    return _act(request, inspection, end_inspection, "Đã kết thúc quyền thanh tra, kiểm tra của {}.")


@login_required
@require_POST
def inspection_factor(request: HttpRequest, inspection: uuid.UUID) -> HttpResponse:
    """Take away the second factor of the inspector's own account."""
    told = "Đã gỡ xác thực hai bước của {}; lần đăng nhập tới chỉ cần mật khẩu."
    return _act(request, inspection, remove_inspector_factor, told)


def _act(request: HttpRequest, inspection: uuid.UUID, act: Callable[..., Any], sentence: str) -> HttpResponse:
    """Do it for the reason that was typed, and return to the list with what came of it."""
    row = _inspection_or_404(request, inspection)
    try:
        act(actor=request.actor, inspection=row, reason=request.POST.get("reason", ""))
    except CsdlError as refused:
        if not refused.problems:
            raise
        messages.error(request, refused.problems[0])
    else:
        messages.success(request, sentence.format(row.account.full_name))
    return redirect("desk:inspection-list", row.unit.public_id)


@login_required
@never_cache
@require_POST
def inspection_letter(request: HttpRequest, inspection: uuid.UUID) -> HttpResponse:
    """The letter of activation of an account that was opened for the inspection; letters before it end."""
    row = _inspection_or_404(request, inspection)
    address = request.build_absolute_uri("/").rstrip("/")
    content = print_inspector_letter(actor=request.actor, inspection=row, address=address)
    headers = {"Content-Disposition": f'attachment; filename="thu-kich-hoat-{row.account.username}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _seen(request: HttpRequest) -> Any:
    rows = Inspection.objects.select_related("account", "document", "unit__parent")
    return visible(rows, request.actor, Permission.GRANT_READ)


def _accepted(request: HttpRequest, rows: Sequence[Inspection]) -> dict[int, Acceptance]:
    """What the inspectors accepted of the regulation, for who reads the log that says so."""
    if not request.actor.can(Permission.AUDIT_READ):
        return {}
    events = visible(Event.objects.all(), request.actor, Permission.AUDIT_READ)
    return acceptances_told(events, [row.account_id for row in rows])


def _inspection_or_404(request: HttpRequest, public_id: uuid.UUID) -> Inspection:
    row = get_object_or_404(_seen(request), public_id=public_id)
    assert isinstance(row, Inspection)
    return row


def _decisions(request: HttpRequest, where: OrgUnit) -> list[Document]:
    rows = holding(Document.objects.filter(unit=where, kind=DocumentKind.INSPECTION, file__isnull=False))
    return list(visible(rows, request.actor, Permission.DOCUMENT_EDIT).order_by("-filed_at")[:20])


def _state(row: Inspection, today: Any) -> tuple[str, str]:
    """Words and tone of where an inspection stands."""
    if row.ended_on is not None:
        return f"Kết thúc sớm {row.ended_on:%d/%m/%Y}: {row.ended_because}", "calm"
    if row.valid_to <= today:
        return "Đã hết hạn", "calm"
    if row.valid_from > today:
        return "Chưa đến ngày", "wait"
    return "Đang được xem", "good"
