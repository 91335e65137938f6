"""A school's reports as pictures, and their tables as files."""

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from csdl.orgs.models import OrgUnit
from csdl.portals.components.lists import address
from csdl.portals.components.outgoing import Outgoing, door
from csdl.portals.components.report_pictures import picture_outgoing, picture_page
from csdl.portals.school.reach import report_crumbs, report_unit_or_404
from csdl.reports.models import ReportPeriod

__all__ = ["report_picture_export", "report_pictures"]


@login_required
@require_safe
def report_pictures(request: HttpRequest, school: uuid.UUID, period: str) -> HttpResponse:
    """The pictures of a school's frozen reports of a period."""
    unit, known = _found(request, school, period)

    def export_url(key: str) -> str:
        return address(request, reverse("school:report-picture-export", args=[unit.public_id, known.code, key]))

    return picture_page(
        request,
        period=known,
        unit=unit,
        export_url=export_url,
        crumbs=_crumbs(request, unit),
        empty_url=reverse("school:report-list", args=[unit.public_id]),
    )


@door
def report_picture_export(request: HttpRequest, school: uuid.UUID, period: str, picture: str) -> Outgoing[Any]:
    """The table of one picture."""
    unit, known = _found(request, school, period)
    back = reverse("school:report-pictures", args=[unit.public_id, known.code])
    return picture_outgoing(
        request,
        period=known,
        unit=unit,
        key=picture,
        back=address(request, back),
        crumbs=_crumbs(request, unit),
    )


def _found(request: HttpRequest, school: uuid.UUID, period: str) -> tuple[OrgUnit, ReportPeriod]:
    unit = report_unit_or_404(request, school)
    return unit, get_object_or_404(ReportPeriod, code=period)


def _crumbs(request: HttpRequest, unit: OrgUnit) -> list[tuple[str, str]]:
    return [
        *report_crumbs(request, unit),
        ("Báo cáo thống kê", reverse("school:report-list", args=[unit.public_id])),
    ]
