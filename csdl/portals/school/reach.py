"""Fetching a school within reach, the way back to it, and saying in the log whose profile was opened."""

import uuid

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from csdl.accounts.permissions import Permission
from csdl.audit.bursts import note_profile_read
from csdl.orgs.models import School
from csdl.portals.components.table import addresses
from csdl.students.models import Student
from csdl.years.queries import schools_reached

__all__ = ["crumbs_to", "note_read", "school_or_404"]


def school_or_404(request: HttpRequest, public_id: uuid.UUID) -> School:
    """A school whose pages this account may open; any other does not exist for it."""
    return get_object_or_404(schools_reached(request.actor), unit__public_id=public_id)


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
