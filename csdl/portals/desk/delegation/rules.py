"""What the department lays down about rights."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from csdl.accounts.actor import require_everywhere
from csdl.accounts.permissions import Permission
from csdl.delegation.actions import change_rules
from csdl.delegation.rules import rules
from csdl.portals.components.forms import PlainField, RecordForm, saved

_DAYS = ("class_end", "other_end", "confirmation")
_NUMBERS = ("read_grace_days", "commitment_grace_days", "inspection_days")


class RulesForm(RecordForm):
    """Days as day/month, reminders as numbers."""

    class_end_day = PlainField(label="Quyền theo lớp hết ngày", limit=5, hint="Ngày/tháng, ví dụ 31/8.", kind="numeric")
    other_end_day = PlainField(label="Quyền khác hết ngày", limit=5, hint="Sau báo cáo đầu năm, ví dụ 31/10.")
    confirmation_day = PlainField(label="Kiện toàn nhân sự mở từ ngày", limit=5, hint="Ví dụ 1/8.")
    notice_days = PlainField(label="Nhắc trước khi hết hạn (ngày)", limit=40, hint="Cách nhau bằng dấu cách: 30 14 3.")
    read_grace_days = PlainField(
        label="Còn được xem khi gia hạn chờ ký (ngày)", limit=2, hint="Chỉ xem, không sửa.", kind="numeric"
    )
    commitment_grace_days = PlainField(
        label="Ký lại khi văn bản cam kết đổi (ngày)",
        limit=2,
        hint="Trong những ngày này quyền vẫn như trước; quá hạn chưa ký lại thì tạm dừng.",
        kind="numeric",
    )
    inspection_days = PlainField(
        label="Quyền thanh tra, kiểm tra dài nhất (ngày)", limit=3, hint="Chỉ xem, tự hết hạn.", kind="numeric"
    )
    four_eyes = forms.BooleanField(
        label="Cần người thứ hai duyệt: người lập biên bản, người nhận quyền không tự duyệt",
        required=False,
        widget=forms.CheckboxInput({"class": "form-check-input"}),
    )

    groups = (
        ("Thời hạn", ("class_end_day", "other_end_day", "confirmation_day")),
        ("Nhắc và gia hạn", ("notice_days", "read_grace_days", "commitment_grace_days")),
        ("Thanh tra, kiểm tra", ("inspection_days",)),
        ("Kiểm tra chéo", ("four_eyes",)),
    )


@login_required
@require_http_methods(["GET", "POST"])
def delegation_rules(request: HttpRequest) -> HttpResponse:
    """The department's days and switches; other units cannot open them."""
    require_everywhere(request.actor, Permission.GRANT_MANAGE)
    now = rules()
    initial = {f"{name}_day": f"{getattr(now, f'{name}_day')}/{getattr(now, f'{name}_month')}" for name in _DAYS}
    initial |= {
        "notice_days": " ".join(map(str, now.notice_days)),
        **{name: str(getattr(now, name)) for name in _NUMBERS},
        "four_eyes": now.four_eyes,
    }
    form = RulesForm(request, initial=initial)
    done = saved(form, lambda values: change_rules(actor=request.actor, values=_read(values)))
    if done:
        messages.success(request, "Đã lưu quy định phân quyền; áp dụng cho quyền lập từ bây giờ.")
        return redirect("desk:grant-rules")
    home = request.actor.home_unit
    back = reverse("desk:grant-list", args=[home.public_id]) if home else reverse("desk:home")
    context = {"form": form, "back_url": back, "crumbs": [("Phân quyền", back)]}
    return render(request, "desk/delegation/rules.html", context)


def _read(values: dict[str, Any]) -> dict[str, Any]:
    read: dict[str, Any] = {"four_eyes": bool(values["four_eyes"])}
    for name in _DAYS:
        day, _, month = values[f"{name}_day"].partition("/")
        read |= {f"{name}_day": _number(day), f"{name}_month": _number(month)}
    parts = values["notice_days"].replace(",", " ").split()
    read["notice_days"] = [_number(one) or 0 for one in parts]
    return read | {name: _number(values[name]) for name in _NUMBERS}


def _number(text: str) -> int | None:
    return int(text) if text.strip().isdecimal() and len(text.strip()) < 5 else None
