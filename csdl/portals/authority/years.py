"""School years of the province: open, make current, close, open again for a stated reason."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from csdl.accounts.errors import CsdlError, NotAllowed
from csdl.accounts.permissions import Permission
from csdl.portals.components.years import known_years
from csdl.rollover.enums import RunState
from csdl.rollover.queries import board
from csdl.years.actions import close_school_year, make_year_current, open_school_year, reopen_school_year
from csdl.years.enums import YearState
from csdl.years.models import SchoolYear


@login_required
def year_list(request: HttpRequest) -> HttpResponse:
    request.actor.require(Permission.YEAR_MANAGE)
    years = known_years(request)
    next_year = years[0].start_year + 1 if years else None
    next_name = f"{next_year}-{next_year + 1}" if next_year else ""
    sentences = {year.pk: _closing(request, year) for year in years if year.state == YearState.OPEN}
    context = {"years": years, "sentences": sentences, "next_year": next_year, "next_name": next_name}
    return render(request, "authority/years/list.html", context)


def _closing(request: HttpRequest, year: SchoolYear) -> str:
    """What closing a year means, with the schools that could not be turned any more afterwards."""
    sentence = "Không ai sửa được số liệu của năm học này nữa, kể cả Sở, cho đến khi Sở mở lại và ghi rõ lý do."
    following = any(known.start_year == year.start_year + 1 for known in known_years(request))
    rows = board(actor=request.actor, from_year=year.start_year)
    if following and (waiting := rows.exclude(state__in=[RunState.DONE, RunState.CONFIRMED]).count()):
        sentence = f"Còn {waiting} trường chưa kết chuyển từ năm học này sang năm sau. {sentence}"
    return sentence


@login_required
@require_POST
def year_open(request: HttpRequest) -> HttpResponse:
    text = request.POST.get("start_year", "")
    start_year = int(text) if text.isdecimal() and len(text) == 4 else 0
    return _done(request, lambda: open_school_year(actor=request.actor, start_year=start_year), "Đã mở năm học {}.")


@login_required
@require_POST
def year_make_current(request: HttpRequest, start_year: int) -> HttpResponse:
    return _done(
        request,
        lambda: make_year_current(actor=request.actor, start_year=start_year),
        "Năm học {} nay là năm học hiện tại của toàn tỉnh.",
    )


@login_required
@require_POST
def year_close(request: HttpRequest, start_year: int) -> HttpResponse:
    return _done(
        request,
        lambda: close_school_year(actor=request.actor, start_year=start_year),
        "Đã khóa năm học {}. Không ai sửa được số liệu của năm này nữa.",
    )


@login_required
@require_POST
def year_reopen(request: HttpRequest, start_year: int) -> HttpResponse:
    reason = request.POST.get("reason", "")
    return _done(
        request,
        lambda: reopen_school_year(actor=request.actor, start_year=start_year, reason=reason),
        "Đã mở lại năm học {}. Lý do đã được ghi vào nhật ký.",
    )


def _done(request: HttpRequest, act: Callable[[], SchoolYear], sentence: str) -> HttpResponse:
    """Run the action and go back to the list; what the state forbids is said there."""
    try:
        year = act()
    except NotAllowed:
        raise
    except CsdlError as error:
        messages.error(request, f"{error.message} (mã {error.code})")
    else:
        messages.success(request, sentence.format(year.name))
    return redirect("authority:year-list")
