"""The demo's clock: move the whole demo to another day, and set it right again."""

import datetime as dt
import time

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from csdl.access.tasks import refresh_all_scopes
from csdl.lib import clock


class ClockForm(forms.Form):
    """The day to which the demo moves; empty with `reset`."""

    day = forms.DateField(required=False)
    reset = forms.BooleanField(required=False)
    next = forms.CharField(required=False)


@login_required
@require_POST
def clock_move(request: HttpRequest) -> HttpResponse:
    """Move the clock of a demo, where every visitor may; elsewhere there is no such page."""
    if not settings.DEMO:
        raise Http404
    form = ClockForm(request.POST)
    if not form.is_valid() or not (form.cleaned_data["day"] or form.cleaned_data["reset"]):
        messages.error(request, "Ngày chưa đúng. Hãy nhập ngày theo dạng 07/10/2024.")
    elif form.cleaned_data["reset"]:
        clock.move_to(None)
        messages.success(request, "Bản dùng thử đã trở về ngày thật.")
    else:
        day: dt.date = form.cleaned_data["day"]
        clock.move_to(dt.datetime.combine(day, dt.time(8), clock.LOCAL_ZONE))
        messages.success(request, f"Bản dùng thử nay ở ngày {day:%d/%m/%Y}.")
    if form.is_valid():
        # Grants begin and end by the clock; the web may not write what accounts reach, the worker may.
        refresh_all_scopes.configure().defer(timestamp=int(time.time()))
    wanted = request.POST.get("next", "")
    return redirect(wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}) else reverse("desk:home"))
