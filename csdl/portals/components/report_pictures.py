"""The page of pictures of a period and its tables as files: the same for a school, an office and the department."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from csdl.accounts.permissions import Permission
from csdl.codes import queries as codes
from csdl.exports.lists import Occasion
from csdl.exports.pictures import picture_table
from csdl.orgs.enums import TEACHING_KINDS
from csdl.orgs.models import OrgUnit
from csdl.portals.components.lists import address
from csdl.portals.components.outgoing import Outgoing
from csdl.portals.components.report_sheet import shown
from csdl.reports.models import ReportPeriod
from csdl.reports.pictures import Gallery, Picture, PictureRow, pictures

__all__ = ["LEVEL", "UNIT", "picture_outgoing", "picture_page"]

LEVEL = "cap"
UNIT = "don-vi"


def picture_page(
    request: HttpRequest,
    *,
    period: ReportPeriod,
    unit: OrgUnit,
    export_url: Callable[[str], str],
    crumbs: list[tuple[str, str]],
    above: tuple[str, str] | None = None,
    empty_url: str = "",
) -> HttpResponse:
    """All pictures of a unit in a period; `export_url` gives the door of one table, `above` the way up."""
    found = pictures(actor=request.actor, period=period, unit=unit, level_code=request.GET.get(LEVEL, ""))
    names = codes.labels("school_level")["school_level"]
    may_export = request.actor.can(Permission.DATA_EXPORT)
    levels = [("", "Mọi cấp học"), *((code, names.get(code, code)) for code in found.levels)]
    context = {
        "period": period,
        "unit": unit,
        "is_school": unit.kind in TEACHING_KINDS,
        "gallery": found,
        "level_name": names.get(found.level_code, ""),
        "levels": [(text, address(request, **{LEVEL: code or None}), code == found.level_code) for code, text in levels]
        if len(found.levels) > 1
        else [],
        "pictures": [
            (one, _table(request, period, one), export_url(one.key) if may_export else "") for one in found.pictures
        ],
        "above": above,
        "empty_url": empty_url,
        "missing_url": _missing_url(period, unit, found),
        "crumbs": crumbs,
    }
    return render(request, "components/report_pictures.html", context)


def _missing_url(period: ReportPeriod, unit: OrgUnit, found: Gallery) -> str:
    """The board narrowed to the reports that the pictures lack."""
    asked = {"ky": period.code, "tinh-trang": "con-thieu", LEVEL: found.level_code}
    if unit.parent_id is not None:
        asked[UNIT] = str(unit.public_id)
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{reverse('authority:report-board')}?{query}#results"


def _table(request: HttpRequest, period: ReportPeriod, one: Picture) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Lines as the page writes them: label, where it leads, each figure as people and as the picture read it."""
    return [
        (
            row.label,
            _url(request, period, row),
            [
                (_said(figure, column.is_share), "" if figure is None else f"{figure:.4f}".rstrip("0").rstrip("."))
                for column, figure in zip(one.columns, row.figures, strict=True)
            ],
        )
        for row in one.rows
    ]


def _said(figure: Decimal | None, is_share: bool) -> str:
    if figure is None:
        return "–"
    return f"{figure:.1f}%".replace(".", ",") if is_share else shown(figure)


def _url(request: HttpRequest, period: ReportPeriod, row: PictureRow) -> str:
    if not row.unit_key:
        return ""
    if row.is_school:
        url = reverse("school:report-pictures", args=[row.unit_key, period.code])
        return f"{url}?{urlencode({LEVEL: row.level_code})}" if row.level_code else url
    return address(request, **{UNIT: row.unit_key})


def picture_outgoing(
    request: HttpRequest,
    *,
    period: ReportPeriod,
    unit: OrgUnit,
    key: str,
    back: str,
    crumbs: list[tuple[str, str]],
) -> Outgoing[Any]:
    """One picture's table, as the page shows it, of what this account may take out."""
    request.actor.require(Permission.DATA_EXPORT)
    found = pictures(actor=request.actor, period=period, unit=unit, level_code=request.GET.get(LEVEL, ""), leaving=True)
    one = next((one for one in found.pictures if one.key == key), None)
    if one is None or one.why_not:
        raise Http404
    what = picture_table(one)
    occasion = Occasion(unit, period.start_year, f"{one.title}, {_of(period, found)}", about=period.code)
    return Outgoing(what, one.rows, occasion, back, [*crumbs, ("Biểu đồ", back)])


def _of(period: ReportPeriod, found: Gallery) -> str:
    names = codes.labels("school_level")["school_level"]
    level = names.get(found.level_code, "mọi cấp học").lower()
    return f"{period.name.lower()}, {level}; {found.taken}/{found.owed} báo cáo"
