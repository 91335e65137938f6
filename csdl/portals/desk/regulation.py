"""The regulation on managing and using the database: read by everybody, accepted once by each account and version."""

from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from csdl.accounts import sessions
from csdl.accounts.errors import CsdlError
from csdl.accounts.models import RegulationAcceptance
from csdl.accounts.regulation import current_regulation
from csdl.staff.actions import accept_regulation


class AcceptForm(forms.Form):
    """One tick, and the version that stood on the page."""

    use_required_attribute = False

    agreed = forms.BooleanField(
        label="Tôi đã đọc và cam kết thực hiện quy chế này",
        error_messages={"required": "Hãy đánh dấu vào ô cam kết rồi bấm Chấp nhận."},
        widget=forms.CheckboxInput({"class": "form-check-input"}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput())


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def regulation(request: HttpRequest) -> HttpResponse:
    """The text that holds; below it the tick, for who has not accepted it yet."""
    now = current_regulation()
    back = request.POST.get("next") or request.GET.get("next") or ""
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = reverse("desk:home")
    accepted = RegulationAcceptance.objects.filter(regulation=now, account_id=request.actor.account_id).first()
    if request.method == "POST" and accepted is not None:
        return redirect(back)
    form = AcceptForm(
        request.POST if request.method == "POST" else None, initial={"version": now.version if now else 0}
    )
    if form.is_valid():
        try:
            accept_regulation(
                actor=request.actor,
                version=form.cleaned_data["version"],
                address=get_adapter().get_client_ip(request),
                home=request.actor.home_unit,
            )
        except CsdlError as refused:
            messages.warning(request, refused.message)
            return redirect(request.get_full_path())
        sessions.forget_held(request)
        return redirect(back)
    context: dict[str, Any] = {"regulation": now, "accepted": accepted, "form": form, "next": back}
    if now is not None and accepted is None:
        # Nothing else can be done before: a menu would only lead back here.
        context["actor"] = None
        return render(request, "desk/regulation/accept.html", context)
    return render(request, "desk/regulation/text.html", context)
