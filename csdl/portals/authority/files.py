"""What the authority's pages give out as files: schools, units, pupils found, the rollover board."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse

from csdl.access.models import ScopeLevel, ScopeUnit
from csdl.access.queries import visible
from csdl.accounts.permissions import Permission
from csdl.exports.pupils import FOUND_PUPILS
from csdl.exports.units import SCHOOLS, UNITS
from csdl.orgs.models import OrgUnit
from csdl.portals.authority.rollover import BOARD_SORTS, GROUPED, narrowed_board
from csdl.portals.authority.schools import SCHOOL_SORTS, found_schools
from csdl.portals.authority.students import STUDENT_SORTS, found_students
from csdl.portals.components.lists import ordering
from csdl.portals.components.outgoing import Outgoing, door, occasion_of
from csdl.portals.components.turning import turned_year
from csdl.portals.components.years import chosen_year
from csdl.rollover.board_file import BOARD
from csdl.rollover.queries import board
from csdl.years.models import Enrolment, SchoolYear

__all__ = ["rollover_export", "school_export", "student_export", "unit_export"]


@door
def school_export(request: HttpRequest) -> Outgoing[Any]:
    """The schools that the address finds, in its order."""
    found = found_schools(request)
    unit, year = _home(request), _there(found.year)
    rows = found.rows.order_by(*ordering(request, sorts=SCHOOL_SORTS, default="ten"))
    occasion, held = occasion_of(request, SCHOOLS, unit, year.start_year, found.search, found.filters)
    back = _back(request, "authority:school-list")
    return Outgoing(SCHOOLS, rows, occasion, back, [("Trường", back)], held)


@door
def unit_export(request: HttpRequest) -> Outgoing[Any]:
    """Every unit within reach, as the tree stands."""
    rows = visible(OrgUnit.objects.filter(closed_on__isnull=True), request.actor, Permission.SCHOOL_READ)
    unit, year = _home(request), _there(chosen_year(request))
    occasion, held = occasion_of(request, UNITS, unit, year.start_year)
    back = _back(request, "authority:unit-list")
    return Outgoing(UNITS, rows.select_related("parent"), occasion, back, [("Đơn vị", back)], held)


@door
def student_export(request: HttpRequest) -> Outgoing[Any]:
    """The pupils that the address finds, in its order."""
    found = found_students(request)
    year = _there(found.year)
    rows = found.rows.order_by(*ordering(request, sorts=STUDENT_SORTS, default="ten"))
    unit = _whose(request, rows)
    occasion, held = occasion_of(request, FOUND_PUPILS, unit, year.start_year, found.search, found.filters)
    back = _back(request, "authority:student-list")
    return Outgoing(FOUND_PUPILS, rows, occasion, back, [("Học sinh", back)], held)


@door
def rollover_export(request: HttpRequest) -> Outgoing[Any]:
    """The board as it is filtered and ordered."""
    year = turned_year(request)
    if year is None:
        raise Http404
    found, narrowing = narrowed_board(request, board(actor=request.actor, from_year=year.start_year), year.start_year)
    unit = _home(request)
    rows = found.order_by(*ordering(request, sorts=BOARD_SORTS, default=GROUPED))
    occasion, held = occasion_of(request, BOARD, unit, year.start_year, narrowing["search"], narrowing["filters"])
    back = _back(request, "authority:rollover-board")
    return Outgoing(BOARD, rows, occasion, back, [("Kết chuyển", back)], held)


def _home(request: HttpRequest) -> OrgUnit:
    """The account's own unit: under its name the file leaves, and in its log it stands."""
    request.actor.require(Permission.DATA_EXPORT)
    home: OrgUnit | None = request.actor.home_unit
    if home is None:
        raise Http404
    return home


def _whose(request: HttpRequest, rows: QuerySet[Enrolment]) -> OrgUnit:
    """The unit in whose name pupils leave: of several rights to take them out that which reaches their schools, so that
    a head who also works for an authority asks there, not at the own school."""
    home, actor = _home(request), request.actor
    giving = [held for held in actor.grants if held.gives(Permission.DATA_EXPORT)]
    if len({held.unit_id for held in giving}) < 2:
        return home
    schools = rows.order_by().values("school_id")
    places = [actor.scopes(model, Permission.DATA_EXPORT) for model in (ScopeUnit, ScopeLevel)]
    for held in giving:
        found = [scope.filter(grant_id=held.grant_id).values("unit_id") for scope in places]
        out = schools.exclude(Q(school_id__in=found[0]) | Q(school_id__in=found[1]))
        if held.grant_id in actor.grants_over_all or not out.exists():
            return OrgUnit.objects.get(pk=held.unit_id)
    return home


def _there(year: SchoolYear | None) -> SchoolYear:
    if year is None:
        raise Http404
    return year


def _back(request: HttpRequest, name: str) -> str:
    """The list as it stood when the file was asked for."""
    query = request.GET.urlencode()
    return f"{reverse(name)}?{query}" if query else reverse(name)
