"""The reports below an office or the department as pictures, and their tables as files."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from csdl.accounts.permissions import Permission
from csdl.orgs.enums import TEACHING_KINDS
from csdl.orgs.models import OrgUnit
from csdl.portals.components.lists import address
from csdl.portals.components.outgoing import Outgoing, door
from csdl.portals.components.report_pictures import UNIT, picture_outgoing, picture_page
from csdl.reports.board import reporting_parents
from csdl.reports.models import ReportPeriod

__all__ = ["report_picture_export", "report_pictures"]


@login_required
@require_safe
def report_pictures(request: HttpRequest, period: str) -> HttpResponse:
    """The pictures of what was sent below the account's own unit, or below one of the offices there (`don-vi`)."""
    known, home, unit = _found(request, period)

    def export_url(key: str) -> str:
        return address(request, reverse("authority:report-picture-export", args=[known.code, key]))

    return picture_page(
        request,
        period=known,
        unit=unit,
        export_url=export_url,
        crumbs=_crumbs(known),
        above=(home.name, address(request, **{UNIT: None})) if unit.pk != home.pk else None,
        empty_url=_board_url(known),
    )


@door
def report_picture_export(request: HttpRequest, period: str, picture: str) -> Outgoing[Any]:
    """The table of one picture."""
    known, _, unit = _found(request, period)
    back = reverse("authority:report-pictures", args=[known.code])
    return picture_outgoing(
        request,
        period=known,
        unit=unit,
        key=picture,
        back=address(request, back),
        crumbs=_crumbs(known),
    )


def _found(request: HttpRequest, period: str) -> tuple[ReportPeriod, OrgUnit, OrgUnit]:
    """The period, the account's own unit, and the unit whose pictures are wanted: that one or one that took reports
    which the account reaches; any other does not exist for it."""
    request.actor.require(Permission.REPORT_READ)
    known = get_object_or_404(ReportPeriod, code=period)
    home = request.actor.home_unit
    if home is None or home.kind in TEACHING_KINDS:
        raise Http404
    wanted = request.GET.get(UNIT, "")
    if not wanted or wanted == str(home.public_id):
        return known, home, home
    unit = next((one for one in reporting_parents(request.actor, known) if str(one.public_id) == wanted), None)
    if unit is None:
        raise Http404
    return known, home, unit


def _board_url(period: ReportPeriod) -> str:
    return f"{reverse('authority:report-board')}?{urlencode({'ky': period.code})}"


def _crumbs(period: ReportPeriod) -> list[tuple[str, str]]:
    return [("Báo cáo", _board_url(period))]
