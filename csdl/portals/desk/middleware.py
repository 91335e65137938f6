"""What holds for every page of a person who is signed in: how long a session lasts, the second factor, and the
regulation that has to be accepted first."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from csdl.accounts import devices, second_factor, sessions
from csdl.accounts.regulation import must_accept
from csdl.accounts.second_factor import SecondFactorWanted

__all__ = ["SessionRulesMiddleware"]

# What stays open to an account that has to set up a second factor, or to accept the regulation, first.
_OPEN = ("mfa_", "account_", "desk:account", "desk:second-factor", "desk:help", "desk:activation", "desk:regulation")
_YEAR = 365 * 24 * 3600


class SessionRulesMiddleware:
    """Ends sessions by their rules, leads to the set-up of a second factor when the grace period is over, to the
    regulation that was not accepted yet, and to the page that asks for a fresh second factor. Stands inside the acting
    account: the needs are asked of the account's rights."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if device := getattr(request, "new_device", ""):
            response.set_cookie(
                sessions.DEVICE_COOKIE,
                device,
                max_age=_YEAR,
                httponly=True,
                secure=settings.SESSION_COOKIE_SECURE,
                samesite="Lax",
            )
        devices.keep_cookie(request, response)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not request.user.is_authenticated:
            return None
        if why := sessions.over(request):
            logout(request)
            messages.warning(request, why)
            return _to_sign_in(request)
        here = request.resolver_match.view_name if request.resolver_match else ""
        if here.startswith(_OPEN):
            return None
        if sessions.held(request).is_overdue:
            return redirect("mfa_index")
        # What is remembered may be a minute old: nobody is sent to a page that has nothing to ask.
        if sessions.held(request).must_accept and must_accept(request.user.pk):
            return _to_regulation(request)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, SecondFactorWanted):
            return None
        if not second_factor.has_second_factor(request.actor.account):
            messages.warning(request, "Việc này cần xác thực hai bước. Hãy thiết lập một lần, rồi làm lại.")
            return redirect("mfa_index")
        return redirect(f"{reverse(settings.SECOND_FACTOR_URL)}?{urlencode({'next': _back(request)})}")


def _to_regulation(request: HttpRequest) -> HttpResponse:
    """To the page that asks, and back here. What was sent is not done: that is said, to programs by a refusal."""
    is_part = bool(request.headers.get("HX-Request"))
    told = "Chưa chấp nhận quy chế quản lý, sử dụng CSDL nên "
    told += "chưa xem được." if request.method in ("GET", "HEAD") else "việc vừa gửi chưa được thực hiện."
    told += " Chấp nhận rồi làm lại."
    url = f"{reverse('desk:regulation')}?{urlencode({'next': _back(request)})}"
    if not is_part and "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"code": "ACC-05", "message": told, "url": url}, status=403)
    if request.method != "GET":
        messages.warning(request, told)
    return HttpResponse(status=204, headers={"HX-Redirect": url}) if is_part else redirect(url)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    back = request.get_full_path() if request.method == "GET" and not request.headers.get("HX-Request") else "/"
    url = f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': back})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)


def _back(request: HttpRequest) -> str:
    """This page, or the one from which a form was sent or a part of which was asked for."""
    if request.method == "GET" and not request.headers.get("HX-Request"):
        return request.get_full_path()
    sent_from = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(sent_from, {request.get_host()}, require_https=request.is_secure())
    return sent_from if is_ours else reverse("desk:home")
