"""Versions of the regulation on managing and using the database, and publishing the next one: the department's page."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from csdl.accounts.actor import require_everywhere
from csdl.accounts.models import Account, Regulation
from csdl.accounts.permissions import Permission
from csdl.accounts.regulation import current_regulation, default_text
from csdl.portals.components.forms import PlainField, RecordForm, saved
from csdl.staff.actions import NewRegulation, publish_regulation


class RegulationForm(RecordForm):
    """The next version; it begins as the text that holds, or as the one that comes with the system."""

    title = PlainField(label="Tên quy chế")
    decision_no = PlainField(
        label="Số, ký hiệu văn bản ban hành", limit=60, hint="Ví dụ 1062/QĐ-SGDĐT.", required=False
    )
    text = forms.CharField(
        label="Toàn văn",
        strip=False,
        help_text="Mỗi đoạn một dòng. Dòng bắt đầu bằng “Điều”, “Chương”, “Mục” được trình bày làm tiêu đề.",
        error_messages={"required": "Hãy nhập toàn văn quy chế."},
        widget=forms.Textarea({"class": "form-control", "rows": "22", "spellcheck": "false"}),
    )

    groups = (("Công bố bản mới", ("title", "decision_no", "text")),)


@login_required
@require_http_methods(["GET", "POST"])
def regulation_list(request: HttpRequest) -> HttpResponse:
    """What was published, how many accounts accepted it, and the form of the next version."""
    require_everywhere(request.actor, Permission.ACCOUNT_MANAGE)
    now = current_regulation()
    title, text = (now.title, now.text) if now else default_text()
    form = RegulationForm(request, initial={"title": title, "text": text})
    made = saved(form, lambda values: publish_regulation(actor=request.actor, wanted=NewRegulation(**_texts(values))))
    if made:
        messages.success(
            request, f"Đã công bố bản {made.version}. Người đang đăng nhập được hỏi chấp nhận trong vòng một phút."
        )
        return redirect("authority:regulation-list")
    context = {
        "form": form,
        "versions": Regulation.objects.annotate(accepted=Count("acceptances")).order_by("-version"),
        "accounts": Account.objects.filter(is_active=True)
        .exclude(
            password__startswith="!"  # noqa: S106 - as Django marks that there is none
        )
        .count(),
    }
    return render(request, "authority/regulation/list.html", context)


def _texts(values: dict[str, str]) -> dict[str, str]:
    return {name: values[name] for name in ("title", "decision_no", "text")}
