"""Open accounts of people who work nowhere any more (S9): there is to be none. The department's page for the province,
and that of whoever manages a unit's accounts for the unit and what is below it."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from csdl.access.queries import visible
from csdl.accounts.actor import require_everywhere
from csdl.accounts.permissions import Permission
from csdl.delegation.queries import open_leavers
from csdl.lib import clock
from csdl.orgs.models import OrgUnit
from csdl.orgs.queries import subtree_ids
from csdl.portals.authority.accounts import crumbs_to, unit_or_404
from csdl.portals.components.lists import listing
from csdl.portals.components.table import Cell, Row, table_body
from csdl.staff.models import StaffMember, StaffPosting
from csdl.staff.queries import last_postings, leavers_with_account

_SORTS = {"ten": ("sort_key", "pk"), "gan-nhat": ("account__last_login", "sort_key", "pk")}


@login_required
@never_cache
@require_safe
def account_leavers(request: HttpRequest) -> HttpResponse:
    """How many there are in the province, who, and where each worked last. Only for who reaches every unit."""
    require_everywhere(request.actor, Permission.ACCOUNT_MANAGE)
    crumbs = [("Tài khoản", reverse("authority:own-accounts"))]
    return _page(request, leavers_with_account(), StaffPosting.objects.all(), crumbs)


@login_required
@never_cache
@require_safe
def unit_leavers(request: HttpRequest, unit: uuid.UUID) -> HttpResponse:
    """How many there are of a unit and of what is below it. Whoever works elsewhere by now is none of them: where
    is not said."""
    where = unit_or_404(request, unit)
    below = subtree_ids(where, clock.today())
    postings = StaffPosting.objects.filter(unit__in=below)
    return _page(request, open_leavers(below), postings, crumbs_to(request, where, inside=True), where)


def _page(
    request: HttpRequest,
    people: QuerySet[StaffMember],
    postings: QuerySet[StaffPosting],
    crumbs: Sequence[tuple[str, str]],
    unit: OrgUnit | None = None,
) -> HttpResponse:
    rows = visible(people, request.actor, Permission.ACCOUNT_MANAGE)
    page = listing(request, rows, sorts=_SORTS, default="ten")
    last = {one.staff_id: one for one in last_postings(page.items, of=postings).select_related("unit")}
    place = "Đã công tác tại" if unit else "Nơi công tác cuối"
    context = {
        "unit": unit,
        "listing": page,
        "body": table_body(_row(person, last.get(person.pk), place) for person in page.items),
        "now": clock.now(),
        "place": place,
        "crumbs": crumbs,
    }
    return render(request, "authority/accounts/leavers.html", context)


def _row(person: StaffMember, last: StaffPosting | None, place: str) -> Row:
    account = person.account
    assert account is not None
    url, where, ended = "", "", ""
    if last is not None:
        url = reverse("authority:account-detail", args=[last.unit.public_id, person.public_id])
        where = last.unit.name
        ended = f"{last.valid_to - dt.timedelta(days=1):%d/%m/%Y}" if last.valid_to else "theo trạng thái"
    seen = f"{account.last_login.astimezone(clock.LOCAL_ZONE):%H:%M %d/%m/%Y}" if account.last_login else "chưa lần nào"
    return Row(
        Cell(person.full_name, url),
        [
            Cell(where, label=place),
            Cell(ended, css="nowrap", label="Đến hết ngày"),
            Cell(account.username, label="Tên đăng nhập"),
            Cell(seen, css="nowrap", label="Đăng nhập gần nhất"),
        ],
    )
