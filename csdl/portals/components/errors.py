"""Errors as pages: a sentence that says what to do, and a code for the hotline."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from csdl.accounts.errors import CsdlError, NotAllowed

__all__ = ["SpokenErrorsMiddleware", "csrf_failure"]


class SpokenErrorsMiddleware:
    """Turns an error that a layer below meant for its user into a page, and the bare answer of an address that takes
    no such request; all others stay faults."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or response.streaming or response.content:
            return response
        back = _sent_from(request)
        # Somebody who had to sign in first comes from there: that page would only lead here again.
        if urlsplit(back).path in (request.path, resolve_url(settings.LOGIN_URL)):
            back = ""
        page = render(request, "405.html", {"back": back}, status=405)
        page["Allow"] = response["Allow"]
        return page

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, CsdlError):
            return None
        refused = isinstance(exception, NotAllowed)
        template = "403.html" if refused else "components/refused.html"
        back = _sent_from(request) if request.method == "POST" else ""
        return render(request, template, {"error": exception, "back": back}, status=403 if refused else 409)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form of a page that is older than the sign-in: nothing was done; the way back to it, where the browser offers
    again what was typed."""
    return render(request, "403_csrf.html", {"back": _sent_from(request)}, status=403)


def _sent_from(request: HttpRequest) -> str:
    """The page of ours from which this was sent; empty where the browser does not say."""
    page = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return page if is_ours else ""
