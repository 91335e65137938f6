"""One address for the demo: security keys refuse http://127.0.0.1 and work on http://localhost (D11)."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

__all__ = ["OneAddressMiddleware"]


class OneAddressMiddleware:
    """Sends whoever typed the number to the name, in the demo only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        host, _, port = request.get_host().partition(":")
        if settings.DEMO and host == "127.0.0.1" and request.method == "GET":
            return HttpResponseRedirect(f"http://localhost:{port or 80}{request.get_full_path()}")
        return self.get_response(request)
