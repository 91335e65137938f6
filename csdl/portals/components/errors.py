"""Errors as pages: a sentence that says what to do, and a code for the hotline."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from csdl.accounts.errors import CsdlError, NotAllowed

__all__ = ["SpokenErrorsMiddleware"]


class SpokenErrorsMiddleware:
    """Turns an error that a layer below meant for its user into a page; all others stay faults."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, CsdlError):
            return None
        refused = isinstance(exception, NotAllowed)
        template = "403.html" if refused else "components/refused.html"
        return render(request, template, {"error": exception}, status=403 if refused else 409)
