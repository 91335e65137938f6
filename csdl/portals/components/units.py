"""Pages that every unit has: the unit of the address, and the way back to it."""

import uuid

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from csdl.access.queries import visible
from csdl.accounts.permissions import Permission
from csdl.orgs.enums import TEACHING_KINDS
from csdl.orgs.models import OrgUnit

__all__ = ["crumbs_from", "unit_or_404"]


def unit_or_404(request: HttpRequest, public_id: uuid.UUID, permission: Permission) -> OrgUnit:
    """A unit within reach of a permission; any other does not exist for this account."""
    units = visible(OrgUnit.objects.select_related("parent"), request.actor, permission)
    return get_object_or_404(units, public_id=public_id)


def crumbs_from(request: HttpRequest, unit: OrgUnit) -> list[tuple[str, str]]:
    """From the authority's list to the unit; nothing before the account's own unit."""
    home = request.actor.home_unit
    if home is not None and home.pk == unit.pk:
        return []
    if not request.actor.can(Permission.SCHOOL_READ):
        return [(unit.name, "")]
    teaches = unit.kind in TEACHING_KINDS
    label, name = ("Trường", "authority:school-list") if teaches else ("Đơn vị", "authority:unit-list")
    page = "school:overview" if teaches else "authority:unit-detail"
    return [(label, reverse(name)), (unit.name, reverse(page, args=[unit.public_id]))]
