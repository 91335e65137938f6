"""Reads of units and schools. The caller narrows the units at the gate first: `access` stands above this module."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from csdl.audit.models import Event
from csdl.lib.vietnamese import fold
from csdl.orgs.enums import TEACHING_KINDS
from csdl.orgs.models import OrgUnit, SchoolLevel, SchoolProfile, SchoolRooms, SchoolSite

__all__ = [
    "RoomCount",
    "ancestors",
    "children",
    "levels_of",
    "parents_of_schools",
    "profile_of",
    "room_counts",
    "room_edits",
    "roots",
    "schools",
    "sites_of",
    "subtree_ids",
]

_TEACHING = sorted(TEACHING_KINDS)


class RoomCount(NamedTuple):
    """Rooms of one kind, by how they are built."""

    permanent: int
    semi_permanent: int
    temporary: int


def children(units: QuerySet[OrgUnit], parent: OrgUnit) -> QuerySet[OrgUnit]:
    """Units right below one: offices and communes first, then schools, by name; with what stands below each.

    Shapes:  adds `child_count` (units right below) and `school_count` (those of them that teach).
    """
    return _with_counts(units.filter(parent=parent, closed_on__isnull=True))


def roots(units: QuerySet[OrgUnit]) -> QuerySet[OrgUnit]:
    """The highest of some units: those whose parent is not among them."""
    return _with_counts(units.exclude(Exists(units.filter(pk=OuterRef("parent_id")))))


def _with_counts(units: QuerySet[OrgUnit]) -> QuerySet[OrgUnit]:
    open_children = Q(children__closed_on__isnull=True, children__isnull=False)
    return units.annotate(
        child_count=Count("children", filter=open_children),
        school_count=Count("children", filter=open_children & Q(children__kind__in=_TEACHING)),
        teaches=Q(kind__in=_TEACHING),
    ).order_by("teaches", "kind", "sort_key", "pk")


def ancestors(unit: OrgUnit) -> list[OrgUnit]:
    """The units above one, highest first."""
    above: list[OrgUnit] = []
    if unit.parent_id is None:
        return above
    parent: OrgUnit | None = OrgUnit.objects.select_related("parent__parent").get(pk=unit.parent_id)
    while parent is not None:
        above.insert(0, parent)
        parent = parent.parent
    return above


def subtree_ids(unit: OrgUnit, day: dt.date) -> list[int]:
    """Keys of a unit and of everything below it on a day."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT unit_id FROM csdl_subtree(%s, %s)", [unit.pk, day])
        return [row[0] for row in cursor.fetchall()]


def schools(
    units: QuerySet[OrgUnit],
    *,
    start_year: int,
    parent_id: int | None = None,
    level_code: str = "",
    search: str = "",
) -> QuerySet[OrgUnit]:
    """Units that teach, narrowed by the unit right above, by level, by part of the name or code."""
    rows = units.filter(kind__in=_TEACHING, closed_on__isnull=True).select_related("parent")
    if parent_id is not None:
        rows = rows.filter(parent_id=parent_id)
    if level_code:
        taught = SchoolLevel.objects.filter(school_id=OuterRef("pk"), start_year=start_year, level_code=level_code)
        rows = rows.filter(Exists(taught))
    if search:
        rows = rows.filter(Q(search_key__contains=fold(search)) | Q(code__istartswith=search))
    return rows


def parents_of_schools(units: QuerySet[OrgUnit]) -> list[OrgUnit]:
    """Units that some of these schools report to, by name: the choices of a filter."""
    parent_ids = units.filter(kind__in=_TEACHING, closed_on__isnull=True).values("parent_id")
    return list(OrgUnit.objects.filter(pk__in=parent_ids).order_by("kind", "sort_key"))


def levels_of(school_ids: Iterable[int], start_year: int) -> dict[int, list[str]]:
    """Levels that schools teach in a year, lowest first."""
    taught: dict[int, list[str]] = defaultdict(list)
    rows = SchoolLevel.objects.filter(school_id__in=list(school_ids), start_year=start_year)
    for school_id, level_code in rows.order_by("level_code").values_list("school_id", "level_code"):
        taught[school_id].append(level_code)
    return taught


def profile_of(school_id: int, start_year: int) -> SchoolProfile | None:
    """What a school is in a year; none where it does not work in that year."""
    return SchoolProfile.objects.filter(school_id=school_id, start_year=start_year).first()


def sites_of(school_id: int, start_year: int) -> QuerySet[SchoolSite]:
    """Sites of a school in a year, the main one first."""
    return SchoolSite.objects.filter(school_id=school_id, start_year=start_year).order_by("-is_main", "code")


def room_counts(school_id: int, start_year: int) -> dict[tuple[str, str], RoomCount]:
    """Rooms of a school in a year: (level, kind of room) -> how many, by how they are built."""
    rows = SchoolRooms.objects.filter(school_id=school_id, start_year=start_year)
    counts = rows.values_list(
        *("level_code", "room_code", "permanent_count", "semi_permanent_count", "temporary_count")
    )
    return {(level_code, room_code): RoomCount(*numbers) for level_code, room_code, *numbers in counts}


def room_edits(school_id: int, start_year: int) -> QuerySet[Event]:
    """Every saving of a school's rooms in a year, newest first; the counts before and after stand in its data."""
    return Event.objects.filter(unit_id=school_id, kind__startswith="rooms:", data__start_year=start_year).order_by(
        "-pk"
    )
