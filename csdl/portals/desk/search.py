"""One box for everything: pupils, staff, classes, units and the manual; only what the account may see.

As one types, five of each drop down under the box; the page shows the same with the way to all of them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse

from csdl.access.queries import visible
from csdl.accounts.permissions import Permission
from csdl.lib import clock
from csdl.lib.vietnamese import fold
from csdl.orgs.enums import TEACHING_KINDS
from csdl.orgs.models import OrgUnit
from csdl.portals.components.lists import SEARCH, read_search
from csdl.portals.components.years import chosen_year
from csdl.portals.desk.help import TOPICS
from csdl.staff.models import StaffMember, StaffPosting
from csdl.staff.queries import postings_on, staff_matching
from csdl.years.queries import classes, found_pupils

SHOWN = 5
_SHORTEST = 2


@dataclass(frozen=True)
class Hit:
    """One thing found: what it is called, what tells it from its like, where it is."""

    text: str
    note: str
    url: str


@dataclass(frozen=True)
class Group:
    """Things of one kind; `more_url` leads to the list of all of them where there are more."""

    title: str
    icon: str
    hits: list[Hit]
    more_url: str = ""


@login_required
def search(request: HttpRequest) -> HttpResponse:
    """What was typed, in every kind of thing; as a partial for the box in the top bar."""
    typed = read_search(request)
    is_long_enough = len(typed) >= _SHORTEST
    groups = [group for find in _KINDS if (group := find(request, typed)).hits] if is_long_enough else []
    context = {"typed": typed, "groups": groups, "is_long_enough": is_long_enough}
    template = "desk/search.html"
    return render(request, f"{template}#found" if request.headers.get("HX-Request") else template, context)


def _pupils(request: HttpRequest, typed: str) -> Group:
    actor, year = request.actor, chosen_year(request)
    hits: list[Hit] = []
    more = ""
    if year is not None and actor.can(Permission.STUDENT_READ):
        rows = found_pupils(actor, start_year=year.start_year, search=typed).rows
        rows = rows.select_related("student", "school_class", "school__unit")
        found = list(rows.order_by("student__sort_key", "student_id", "pk")[: SHOWN + 1])
        for row in found[:SHOWN]:
            place = f"lớp {row.school_class.name}" if row.school_class else "chưa xếp lớp"
            born = f", sinh {row.student.birth_date:%d/%m/%Y}" if row.student.birth_date else ""
            gone = ", đã rời trường" if row.left_on else ""
            note = f"{place}, {row.school.unit.name}{born}{gone}"
            hits.append(Hit(row.student.full_name, note, _url("school:student-detail", row.student.public_id)))
        if len(found) > SHOWN:
            more = _all_of(request, "student-list", typed, **{"tinh-trang": "tat-ca"})
    return Group("Học sinh", "users", hits, more)


def _staff(request: HttpRequest, typed: str) -> Group:
    hits: list[Hit] = []
    more = ""
    if request.actor.can(Permission.STAFF_READ):
        rows = visible(StaffMember.objects.filter(staff_matching(typed)), request.actor, Permission.STAFF_READ)
        found = list(rows.order_by("sort_key", "pk")[: SHOWN + 1])
        places = _places(request, [row.pk for row in found])
        for row in found[:SHOWN]:
            hits.append(Hit(row.full_name, places.get(row.pk, ""), _url("school:staff-detail", row.public_id)))
        if len(found) > SHOWN:
            more = _all_of(request, "staff-list", typed)
    return Group("Cán bộ, giáo viên", "user", hits, more)


def _places(request: HttpRequest, staff_ids: list[int]) -> dict[int, str]:
    """Where these persons work today."""
    today = clock.today()
    rows = postings_on(StaffPosting.objects.filter(staff__in=staff_ids), today)
    return dict(visible(rows, request.actor, Permission.STAFF_READ).values_list("staff_id", "unit__name"))


def _classes(request: HttpRequest, typed: str) -> Group:
    year = chosen_year(request)
    hits: list[Hit] = []
    more = ""
    name = re.sub(r"^l[ớo]p\s+", "", typed, flags=re.IGNORECASE)
    if year is not None and request.actor.can(Permission.CLASS_READ):
        rows = classes(request.actor).filter(start_year=year.start_year, name__istartswith=name)
        found = list(rows.select_related("school__unit").order_by("sort_key", "pk")[: SHOWN + 1])
        hits = [
            Hit(f"Lớp {row.name}", row.school.unit.name, _url("school:class-detail", row.public_id))
            for row in found[:SHOWN]
        ]
        if len(found) > SHOWN and _is_at_school(request):
            more = _url("school:class-list", request.actor.home_unit.public_id)
    return Group("Lớp", "building", hits, more)


def _units(request: HttpRequest, typed: str) -> Group:
    hits: list[Hit] = []
    more = ""
    if request.actor.can(Permission.SCHOOL_READ):
        rows: QuerySet[OrgUnit] = visible(OrgUnit.objects.all(), request.actor, Permission.SCHOOL_READ)
        found = rows.filter(closed_on__isnull=True).filter(
            Q(search_key__contains=fold(typed)) | Q(code__istartswith=typed)
        )
        listed = list(found.select_related("parent").order_by("kind", "sort_key", "pk")[: SHOWN + 1])
        for row in listed[:SHOWN]:
            name = "school:overview" if row.kind in TEACHING_KINDS else "authority:unit-detail"
            above = f", {row.parent.name}" if row.parent else ""
            hits.append(Hit(row.name, f"{row.code}{above}", _url(name, row.public_id)))
        if len(listed) > SHOWN:
            more = f"{reverse('authority:school-list')}?{urlencode({SEARCH: typed})}"
    return Group("Đơn vị, trường", "building-community", hits, more)


def _help(request: HttpRequest, typed: str) -> Group:
    words = fold(typed).split()
    found = [topic for topic in TOPICS if all(word in fold(TOPICS[topic]) for word in words)]
    found += [topic for topic in TOPICS if topic not in found and fold(typed) in _headings_of(topic)]
    hits = [Hit(TOPICS[topic], "Trợ giúp", reverse("desk:help-topic", args=[topic])) for topic in found[:SHOWN]]
    return Group("Trợ giúp", "help-circle", hits, reverse("desk:help") if len(found) > SHOWN else "")


@cache
def _headings_of(topic: str) -> str:
    """Headings and stressed words of a help page, as a search reads them: its text names too much in passing."""
    parts = re.findall(r"<(?:h2|strong)>(.*?)</(?:h2|strong)>", render_to_string(f"desk/help/{topic}.html"))
    return fold(" / ".join(parts))


_KINDS: tuple[Callable[[HttpRequest, str], Group], ...] = (_pupils, _staff, _classes, _units, _help)


def _all_of(request: HttpRequest, page: str, typed: str, **query: str) -> str:
    """The list of all that was found: the school's own, else the authority's."""
    home = request.actor.home_unit
    if home is None:
        return ""
    url = _url(f"school:{page}", home.public_id) if _is_at_school(request) else _url(f"authority:{page}")
    return f"{url}?{urlencode({SEARCH: typed, **query})}" if url else ""


def _is_at_school(request: HttpRequest) -> bool:
    home = request.actor.home_unit
    return home is not None and home.kind in TEACHING_KINDS


def _url(name: str, *arguments: object) -> str:
    """Empty where no portal offers the page: the name then stands without a link."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""
