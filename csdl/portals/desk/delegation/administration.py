"""The unit's administration account: who holds it, handing it over, taking it back."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from csdl.accounts.errors import CsdlError
from csdl.delegation.actions import hand_over_administration, take_back_administration
from csdl.delegation.enums import MinutesKind, PaperState
from csdl.delegation.models import AdministrationHolder, Minutes
from csdl.delegation.queries import administrator_of, people_of
from csdl.lib import clock
from csdl.orgs.models import OrgUnit
from csdl.portals.desk.delegation.reach import crumbs_to, page_context, return_to, unit_or_404
from csdl.staff.models import UnitHead
from csdl.staff.queries import head_of


@login_required
@require_http_methods(["GET", "POST"])
def administration(request: HttpRequest, unit: uuid.UUID) -> HttpResponse:
    """Who holds the account now and held it before; hand it over to an officer."""
    where = unit_or_404(request, unit)
    faults: list[str] = []
    if request.method == "POST":
        people = {str(one.staff.public_id): one.staff for one in people_of(where.pk, clock.today())}
        chosen = people.get(request.POST.get("nguoi", ""))
        if chosen is None:
            faults = ["Hãy chọn người nhận bàn giao."]
        else:
            try:
                batch = hand_over_administration(actor=request.actor, unit=where, staff=chosen)
            except CsdlError as refused:
                faults = refused.problems or [refused.message]
            else:
                messages.success(
                    request, "Đã lập biên bản bàn giao. Tài khoản quản trị chuyển khi thủ trưởng và người nhận đã ký."
                )
                return redirect("desk:batch", batch.public_id)
    return _page(request, where, faults)


@login_required
@require_POST
def administration_back(request: HttpRequest, unit: uuid.UUID) -> HttpResponse:
    """The head holds the account again, at once."""
    where = unit_or_404(request, unit)
    try:
        made = take_back_administration(actor=request.actor, unit=where, reason=request.POST.get("reason", ""))
    except CsdlError as refused:
        if not refused.problems:
            raise
        return _page(request, where, refused.problems)
    messages.success(request, "Thủ trưởng đơn vị trực tiếp giữ tài khoản quản trị từ bây giờ.")
    return return_to(request, where, "desk:minutes", made.public_id, own=made.receiver_id == request.actor.account_id)


def _page(request: HttpRequest, where: OrgUnit, faults: list[str]) -> HttpResponse:
    today = clock.today()
    held = administrator_of(where.pk, today)
    head = head_of(UnitHead.objects.select_related("staff__account"), where.pk, today)
    without = {one.staff.pk for one in (held, head) if one}
    context = page_context(request, where, "administration") | {
        "crumbs": crumbs_to(request, where),
        "holder": held,
        "head": head,
        "people": [
            (str(one.staff.public_id), one.staff.full_name)
            for one in people_of(where.pk, today)
            if one.staff.account_id and one.staff_id not in without
        ],
        "past": AdministrationHolder.objects.filter(unit=where)
        .select_related("staff", "minutes")
        .order_by("-valid_from", "-pk"),
        "waiting": Minutes.objects.filter(unit=where, kind=MinutesKind.ADMINISTRATION, state=PaperState.DRAFT).first(),
        "faults": faults,
    }
    return render(request, "desk/delegation/administration.html", context)
