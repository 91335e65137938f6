"""One transaction around view and rendering, in which the database knows who acts.

Django's ATOMIC_REQUESTS wraps only the view: a TemplateResponse renders after it, where lazy querysets would run
without the actor and find nothing.
"""

import time
from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from csdl.access.acting import TOKEN_HOURS, acting, token_for
from csdl.access.actors import GrantActor
from csdl.accounts.models import Account

__all__ = ["ActingAccountMiddleware"]

_SESSION_KEY = "acting_token"


class ActingAccountMiddleware:
    """Sets `request.actor` (None before sign-in) and names it to the database; a failed response rolls back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        account = request.user if isinstance(request.user, Account) else None
        request.actor = GrantActor(account) if account else None  # type: ignore[attr-defined] # ours
        with acting(self._token(request, account), account):
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
            if isinstance(response, StreamingHttpResponse):
                # A stream is read after this transaction has ended: whoever streams opens one of its own.
                response.headers.setdefault("Cache-Control", "no-store")
        return response

    @staticmethod
    def _token(request: HttpRequest, account: Account | None) -> str:
        if account is None:
            return ""
        # Bound to the account: a session that changes hands by a second sign-in must not keep the first one's token.
        known = request.session.get(_SESSION_KEY)
        if known and known[0] == account.pk and time.time() < known[2]:
            return str(known[1])
        token = token_for(account)
        request.session[_SESSION_KEY] = [
            account.pk,
            token,
            int(time.time()) + (TOKEN_HOURS - 1) * 3600,
        ]
        return token
