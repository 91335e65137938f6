"""What a browser carries that was here before; imported by `bench.child` once Django is set up."""

import time

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from csdl.access.acting import token_for
from csdl.access.actors import actor_for
from csdl.accounts.models import Account
from csdl.accounts.regulation import current_regulation, must_accept
from csdl.staff.actions import accept_regulation

__all__ = ["CSRF", "signed_in"]

CSRF = "0123456789abcdefghijklmnopqrstuv"


def signed_in(account: Account) -> str:
    """The cookies of a session that has opened a page before; the regulation, which asks once, is accepted."""
    if must_accept(account.pk) and (text := current_regulation()):
        accept_regulation(actor=actor_for(account), version=text.version, address=None)
    session = SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session["acting_token"] = [account.pk, token_for(account), int(time.time()) + 3600]
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={CSRF}"
