"""Open accounts of people who work nowhere any more (S9): there is to be none; the department's page."""

import datetime as dt

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from csdl.access.queries import visible
from csdl.accounts.actor import require_everywhere
from csdl.accounts.permissions import Permission
from csdl.lib import clock
from csdl.portals.components.lists import listing
from csdl.portals.components.table import Cell, Row, table_body
from csdl.staff.models import StaffMember, StaffPosting
from csdl.staff.queries import last_postings, leavers_with_account

_SORTS = {"ten": ("sort_key", "pk"), "gan-nhat": ("account__last_login", "sort_key", "pk")}


@login_required
@never_cache
@require_safe
def account_leavers(request: HttpRequest) -> HttpResponse:
    """How many there are, who, and where each worked last. Only for who reaches every unit: to all others, somebody who
    moved out of their reach looks like a leaver."""
    require_everywhere(request.actor, Permission.ACCOUNT_MANAGE)
    rows = visible(leavers_with_account(), request.actor, Permission.ACCOUNT_MANAGE)
    page = listing(request, rows, sorts=_SORTS, default="ten")
    last = {one.staff_id: one for one in last_postings(page.items).select_related("unit")}
    context = {
        "listing": page,
        "body": table_body(_row(person, last.get(person.pk)) for person in page.items),
        "now": clock.now(),
        "crumbs": [("Tài khoản", reverse("authority:own-accounts"))],
    }
    return render(request, "authority/accounts/leavers.html", context)


def _row(person: StaffMember, last: StaffPosting | None) -> Row:
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
            Cell(where, label="Nơi công tác cuối"),
            Cell(ended, css="nowrap", label="Đến hết ngày"),
            Cell(account.username, label="Tên đăng nhập"),
            Cell(seen, css="nowrap", label="Đăng nhập gần nhất"),
        ],
    )
