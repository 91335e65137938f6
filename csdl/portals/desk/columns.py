"""Which columns a list shows: remembered by the browser, so that a shared machine keeps each desk's habit."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from csdl.portals.components.lists import column_cookie

_YEAR_SECONDS = 365 * 24 * 3600


@login_required
@require_POST
def column_choice(request: HttpRequest, list_name: str) -> HttpResponse:
    """Keep the ticked columns of a list and go back to it; "mac-dinh" forgets the choice."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()})
    response = redirect(wanted if safe else reverse("desk:home"))
    if request.POST.get("mac-dinh"):
        response.delete_cookie(column_cookie(list_name))
        return response
    keys = [key for key in request.POST.getlist("cot") if key.replace("-", "").isalnum() and len(key) <= 30]
    response.set_cookie(
        column_cookie(list_name), ".".join(keys[:50]), max_age=_YEAR_SECONDS, httponly=True, samesite="Lax",
        secure=request.is_secure(),
    )  # fmt: skip
    return response
