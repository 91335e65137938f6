"""What was done at a unit, in words: narrowed by kind, person and days; flags to look into; the list as a file."""

import datetime as dt
import uuid
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.timezone import get_default_timezone
from django.views.decorators.http import require_POST, require_safe

from csdl.access.queries import visible
from csdl.accounts.errors import CsdlError, InvalidRecord, NotAllowed
from csdl.accounts.permissions import Permission
from csdl.audit.bursts import may_settle, open_bursts, settle_burst
from csdl.audit.kinds import groups, kinds, kinds_of, said
from csdl.audit.models import Event
from csdl.exports.log import LOG, pupils_named
from csdl.lib.vietnamese import fold
from csdl.orgs.models import OrgUnit
from csdl.portals.components.forms import DayField
from csdl.portals.components.lists import COUNTED, Chip, Filter, address, listing, read_filter, read_search
from csdl.portals.components.outgoing import Outgoing, door, export_url, occasion_of
from csdl.portals.components.units import crumbs_from, unit_or_404
from csdl.portals.components.years import chosen_year
from csdl.students.models import Student

_ORDER = ("-at", "-pk")
_SORTS = {"luc": _ORDER}
FIRST, LAST = "tu-ngay", "den-ngay"


@dataclass(frozen=True)
class LogLine:
    """One act, in words; `url` leads to the record it was about, where the log names one; `pupil` is the name of the
    pupil, where the reader may see that pupil."""

    event: Event
    group: str
    sentence: str
    pupil: str = ""
    url: str = ""


@dataclass(frozen=True)
class Days:
    """The days of the address; `text` is what was typed, `fault` what is wrong with it."""

    name: str
    label: str
    text: str
    day: dt.date | None
    fault: str


@login_required
@require_safe
def log_list(request: HttpRequest, unit: uuid.UUID) -> HttpResponse:
    """Acts at a unit, newest first."""
    row = unit_or_404(request, unit, Permission.AUDIT_READ)
    rows, search, group, days = _narrowed(request, row)
    page = listing(request, rows, sorts=_SORTS, default="luc", counted=COUNTED)
    flags = list(open_bursts([row.pk])) if request.actor.can(Permission.AUDIT_READ, on=row) else []
    pupils = pupils_named(request.actor, page.items)
    context = {
        "unit": row,
        "crumbs": crumbs_from(request, row),
        "listing": page.replaced([_line(event, pupils.get(event.pk)) for event in page.items]),
        "search": search,
        "filters": [group],
        "days": days,
        "day_chips": [
            Chip(one.label, f"{one.day:%d/%m/%Y}", address(request, **{one.name: None, "trang": None}))
            for one in days
            if one.day
        ],
        "any_held": bool(search or group.value or any(one.text for one in days)),
        "flags": [(_line(event), event.account_id == request.actor.account_id) for event in flags],
        "may_settle": may_settle(request.actor, row),
        "export_url": export_url(request, "desk:log-export", chosen_year(request), unit),
    }
    template = "desk/log/list.html"
    return render(request, f"{template}#results" if request.headers.get("HX-Request") else template, context)


@door
def log_export(request: HttpRequest, unit: uuid.UUID) -> Outgoing[Any]:
    """The acts that the address finds, as a file; the purpose stands in the log as well."""
    row = unit_or_404(request, unit, Permission.AUDIT_READ)
    request.actor.require(Permission.DATA_EXPORT, on=row)
    year = chosen_year(request)
    if year is None:
        raise Http404
    rows, search, group, days = _narrowed(request, row)
    occasion, held = occasion_of(request, LOG, row, year.start_year, search, [group])
    query = request.GET.urlencode()
    back = reverse("desk:log-list", args=[unit]) + (f"?{query}" if query else "")
    held += [Chip(one.label, f"{one.day:%d/%m/%Y}", "") for one in days if one.day]
    crumbs = [*crumbs_from(request, row), ("Nhật ký", back)]
    return Outgoing(LOG, rows.order_by(*_ORDER), occasion, back, crumbs, held)


@login_required
@require_POST
def log_settle(request: HttpRequest, unit: uuid.UUID, event: int) -> HttpResponse:
    """Say that a flag was looked into."""
    row = unit_or_404(request, unit, Permission.AUDIT_READ)
    flag = get_object_or_404(_events(request, row), pk=event)
    try:
        settle_burst(actor=request.actor, event=flag, note=request.POST.get("reason", ""))
    except NotAllowed:
        raise
    except InvalidRecord as refused:
        messages.error(request, " ".join(refused.problems))
    except CsdlError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "Đã ghi kết quả xem xét vào nhật ký.")
    return redirect("desk:log-list", unit)


def _events(request: HttpRequest, unit: OrgUnit) -> QuerySet[Event]:
    """Acts at a unit; those of no unit stand with the highest one."""
    if unit.parent_id is None:
        rows = visible(Event.objects.all(), request.actor, Permission.AUDIT_READ)
        return rows.filter(Q(unit_id=unit.pk) | Q(unit_id__isnull=True))
    return visible(Event.objects.all(), request.actor, Permission.AUDIT_READ, of_unit=unit.pk)


def _narrowed(request: HttpRequest, unit: OrgUnit) -> tuple[QuerySet[Event], str, Filter, list[Days]]:
    rows = _events(request, unit)
    search = read_search(request)
    known = {slugify(fold(name)): name for name in groups()}
    group = read_filter(request, "loai", "Loại việc", known.items())
    days = [_day(request, FIRST, "Từ ngày"), _day(request, LAST, "Đến hết ngày")]
    if days[0].day and days[1].day and days[1].day < days[0].day:
        fault = f"trước “Từ ngày” ({days[0].day:%d/%m/%Y}) nên không có dòng nào. Hãy sửa một trong hai ngày."
        days[1] = replace(days[1], fault=fault)
    if search:
        rows = rows.filter(actor_label__icontains=search)
    if group.value:
        rows = rows.filter(kind__in=kinds_of(known[group.value]))
    if days[0].day:
        rows = rows.filter(at__gte=_start(days[0].day))
    if days[1].day:
        rows = rows.filter(at__lt=_start(days[1].day + dt.timedelta(days=1)))
    return rows, search, group, days


def _day(request: HttpRequest, name: str, label: str) -> Days:
    text = request.GET.get(name, "").replace("\0", "")[:20]
    field = DayField(label=label, required=False)
    try:
        return Days(name, label, text, field.clean(text), "")
    except ValidationError as error:  # a day that is none narrows nothing, and is said
        return Days(name, label, text, None, " ".join(error.messages))


def _start(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), get_default_timezone())


def _line(event: Any, pupil: Student | None = None) -> LogLine:
    kind = kinds.get(event.kind)
    name = pupil.full_name if pupil else ""
    return LogLine(event, kind.group if kind else "Khác", said(event.kind, event.data), name, _about(event.data, pupil))


def _about(data: dict[str, Any], pupil: Student | None) -> str:
    if pupil is not None:
        return reverse("school:student-detail", args=[pupil.public_id])
    try:
        return reverse("desk:document-detail", args=[uuid.UUID(str(data["document"]))]) if data.get("document") else ""
    except ValueError:
        return ""
