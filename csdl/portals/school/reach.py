"""Fetching a school within reach, the way back to it, and saying in the log whose profile was opened."""

import uuid

from django.http import Http404, HttpRequest
from django.urls import reverse

from csdl.access.queries import visible
from csdl.accounts.permissions import Permission
from csdl.audit.bursts import note_profile_read
from csdl.orgs.models import OrgUnit, School
from csdl.portals.components.table import addresses
from csdl.portals.components.units import crumbs_from
from csdl.reports.models import Submission
from csdl.students.models import Student
from csdl.years.queries import school_reached

__all__ = ["crumbs_to", "note_read", "note_unit_read", "report_crumbs", "report_unit_or_404", "school_or_404"]


def school_or_404(request: HttpRequest, public_id: uuid.UUID) -> School:
    """A school whose pages this account may open; any other does not exist for it."""
    row = school_reached(request.actor, public_id)
    if row is None:
        raise Http404
    request.actor.has_read(row.unit)
    return row


def report_unit_or_404(request: HttpRequest, public_id: uuid.UUID) -> OrgUnit:
    """A unit whose reports this account reads: one within reach, or one whose report the account's unit took before the
    school moved to another; any other does not exist for it."""
    unit = OrgUnit.objects.select_related("parent").filter(public_id=public_id).first()
    if unit is None:
        raise Http404
    note_unit_read(request, unit)
    taken = Submission.objects.filter(unit=unit)
    if not _is_within(request, unit) and not visible(taken, request.actor, Permission.REPORT_READ).exists():
        raise Http404
    return unit


def note_unit_read(request: HttpRequest, unit: OrgUnit) -> None:
    """The page has read this unit and the one above: where one is the account's own, it is not read again."""
    for one in filter(None, (unit, unit.parent)):
        request.actor.has_read(one)


def report_crumbs(request: HttpRequest, unit: OrgUnit) -> list[tuple[str, str]]:
    """To the unit; one that has moved away has no page of its own here any more."""
    if _is_within(request, unit):
        return crumbs_from(request, unit)
    return [("Báo cáo", reverse("authority:report-board")), (unit.name, "")]


def _is_within(request: HttpRequest, unit: OrgUnit) -> bool:
    """Whom a grant gives the unit is told by the grants alone: the filter over every way to it is for the others."""
    if request.actor.can(Permission.REPORT_READ, on=unit):
        return True
    return visible(OrgUnit.objects.filter(pk=unit.pk), request.actor, Permission.REPORT_READ).exists()


def crumbs_to(request: HttpRequest, school: School, *, inside: bool = True) -> list[tuple[str, str]]:
    """From the authority's list to the school; `inside` adds the school itself."""
    request.school_shown = school  # whose page it is, for the bar of who reads from above
    crumbs = []
    home = request.actor.home_unit
    if home is None or home.pk != school.pk:
        crumbs.append(("Trường", reverse("authority:school-list")))
    if inside:
        opens = request.actor.can(Permission.SCHOOL_READ)
        crumbs.append((school.unit.name, addresses("school:overview")(school.unit.public_id) if opens else ""))
    return crumbs


def note_read(request: HttpRequest, student: Student, school_id: int | None) -> None:
    """Say in the log that this account opened a pupil's full profile."""
    home = request.actor.home_unit
    note_profile_read(
        actor=request.actor,
        student=str(student.public_id),
        unit_id=school_id,
        home_unit_id=home.pk if home else None,
    )
