"""The yearly confirmation of personnel: a unit's own, and the board for the level above."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from csdl.access.models import Grant
from csdl.access.queries import visible
from csdl.accounts.errors import CsdlError
from csdl.accounts.permissions import Permission
from csdl.delegation.actions import confirm_personnel, remind_units
from csdl.delegation.models import PersonnelConfirmation
from csdl.delegation.queries import administrator_of, grant_lines, holding_on, units_unconfirmed
from csdl.delegation.rules import confirmation_opens, rules, start_year_on
from csdl.lib import clock
from csdl.orgs.models import OrgUnit
from csdl.portals.components.lists import listing, read_filter, read_search
from csdl.portals.desk.delegation.reach import crumbs_to, page_context, unit_or_404
from csdl.staff.models import UnitHead
from csdl.staff.queries import head_of

_SORTS = {"ten": ("sort_key", "pk")}


@login_required
@require_http_methods(["GET", "POST"])
def personnel(request: HttpRequest, unit: uuid.UUID) -> HttpResponse:
    """Who is in charge and has access; confirmed once a year by the head."""
    where = unit_or_404(request, unit)
    today = clock.today()
    start_year = start_year_on(today, rules())
    faults: list[str] = []
    if request.method == "POST":
        try:
            note = request.POST.get("ghi-chu", "")
            confirm_personnel(actor=request.actor, unit=where, start_year=start_year, note=note)
        except CsdlError as refused:
            faults = refused.problems or [refused.message]
        else:
            messages.success(request, f"Đã xác nhận nhân sự năm học {start_year}-{start_year + 1}.")
            return redirect("desk:personnel", unit)
    held = holding_on(Grant.objects.filter(unit=where), today).select_related("account", "unit")
    context = page_context(request, where, "personnel") | {
        "crumbs": crumbs_to(request, where),
        "year_name": f"{start_year}-{start_year + 1}",
        "opens": confirmation_opens(start_year, rules()),
        "done": PersonnelConfirmation.objects.filter(unit=where, start_year=start_year)
        .select_related("confirmed_by")
        .first(),
        "past": PersonnelConfirmation.objects.filter(unit=where).exclude(start_year=start_year).order_by("-start_year"),
        "lines": grant_lines(held.order_by("account__full_name", "pk")),
        "holder": administrator_of(where.pk, today),
        "head": head_of(UnitHead.objects.select_related("staff"), where.pk, today),
        "faults": faults,
    }
    return render(request, "desk/delegation/personnel.html", context)


@login_required
def personnel_board(request: HttpRequest) -> HttpResponse:
    """Which units have confirmed their people, and which have not; which have no head who answers for them
    (S1), or one whose decision has no file."""
    start_year = start_year_on(clock.today(), rules())
    units = visible(OrgUnit.objects.filter(closed_on__isnull=True), request.actor, Permission.GRANT_READ)
    done = PersonnelConfirmation.objects.filter(unit=OuterRef("pk"), start_year=start_year)
    search = read_search(request)
    state = read_filter(
        request, "tinh-trang", "Tình trạng", [("chua", "Chưa xác nhận"), ("roi", "Đã xác nhận")], default=""
    )
    headed = read_filter(
        request, "thu-truong", "Thủ trưởng", [("chua", "Chưa có thủ trưởng"), ("tep", "Chưa lưu tệp quyết định")]
    )
    total, missing = units.count(), units_unconfirmed(units, start_year).count()
    rows = units.select_related("parent").annotate(
        is_done=Exists(done),
        done_on=Subquery(done.values("confirmed_on")[:1]),
        has_head=Exists(_heads_today()),
        lacks_file=Exists(_without_file()),
    )
    if state.value:
        rows = rows.filter(is_done=state.value == "roi")
    if headed.value:
        rows = rows.filter(has_head=False) if headed.value == "chua" else rows.filter(lacks_file=True)
    if search:
        rows = rows.filter(search_key__contains=search.lower()) | rows.filter(name__icontains=search)
    context = {
        "listing": listing(request, rows, sorts=_SORTS, default="ten"),
        "filters": [state, headed],
        "search": search,
        "any_held": bool(search or state.value or headed.value),
        "year_name": f"{start_year}-{start_year + 1}",
        "total": total,
        "missing": missing,
        "done": total - missing,
        "headless": units.filter(~Exists(_heads_today())).count(),
        "without_file": units.filter(Exists(_without_file())).count(),
        "may_remind": request.actor.can(Permission.GRANT_MANAGE) and missing > 0,
    }
    template = "desk/delegation/board.html"
    return render(request, f"{template}#results" if request.headers.get("HX-Request") else template, context)


@login_required
@require_POST
def personnel_remind(request: HttpRequest) -> HttpResponse:
    """Remind every unit within reach that has not confirmed."""
    start_year = start_year_on(clock.today(), rules())
    units = visible(OrgUnit.objects.filter(closed_on__isnull=True), request.actor, Permission.GRANT_MANAGE)
    home = request.actor.home_unit
    late = units_unconfirmed(units, start_year)
    count = remind_units(
        actor=request.actor, units=list(late.exclude(pk=home.pk) if home else late), start_year=start_year
    )
    messages.success(request, f"Đã nhắc {count} đơn vị. Việc hiện ở trang “Việc cần làm” của từng đơn vị.")
    return redirect("desk:personnel-board")


def _without_file() -> QuerySet[UnitHead]:
    """Heads of today whose decision is known by its number alone."""
    return _heads_today().filter(sha256="")


def _heads_today() -> QuerySet[UnitHead]:
    today = clock.today()
    holds = Q(valid_to__isnull=True) | Q(valid_to__gt=today)
    return UnitHead.objects.filter(holds, unit=OuterRef("pk"), valid_from__lte=today)
