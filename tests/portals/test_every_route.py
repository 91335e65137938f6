"""Every route of the address configuration, none listed by hand, against every role and rows within and out of reach.

Out of reach reads as "not found" (404) to whoever may do it elsewhere, out of permission as "forbidden" (403). What is
out of reach is told by plain SQL under the web role and by the places of the world, not by the code of the pages.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver, reverse, reverse_lazy

from csdl.access.models import Grant
from csdl.access.roles import ROLES
from csdl.accounts.models import Account
from csdl.audit.models import Event
from csdl.delegation.models import Batch
from csdl.documents.models import Document
from csdl.dossier.models import Dossier
from csdl.intake.models import ImportRun
from csdl.jobs.models import Job
from csdl.orgs.models import OrgUnit, School
from csdl.reports.actions import open_period
from csdl.staff.models import StaffMember, UnitHead
from csdl.students.models import Guardian, Student, StudentPaper
from csdl.years.models import SchoolClass
from tests import builders as b
from tests.wall.world import MIXED, World, build

pytestmark = pytest.mark.django_db

OWN = {"desk", "school", "authority"}
# Values that name no row of anybody's.
PLAIN = {
    "kind": "pupils",
    "topic": "ket-chuyen",
    "list_name": "school-students",
    "key": "khong-co",
    "start_year": 2023,
    "period": "2023-dau-nam",
    "level": "03",
    "form": "02-DN-TH",
    "cell": "40:1",
    "format": "json",
    "picture": "theo-lop",
}
# Signed papers stand on what they say and on both parties: the tests of delegation make them and ask their pages.
ELSEWHERE = {"commitment", "minutes"}
CONFIRM = reverse_lazy("desk:second-factor-confirm")
# Where each role of the world is held; all others at the school that teaches two levels.
AT_AN_OFFICE = ("inspector", "level_officer", "office_head")
# Rows beside the own school and its neighbour: the other class, the other level, the other office.
LOOKED_AT = {
    "homeroom_teacher": ("primary", "secondary", "neighbour"),
    "level_officer": ("primary", "secondary", "neighbour", "far"),
    "office_head": ("primary", "far"),
    "inspector": ("primary", "far"),
}


@dataclass(frozen=True)
class Place:
    """A school, one of its classes, and a row of each kind there."""

    name: str
    school_id: int
    rows: dict[str, Model]

    def arguments(self, names: tuple[str, ...]) -> dict[str, object] | None:
        """For the parts of an address; None where the place has nothing of that kind."""
        if not set(names) <= self.rows.keys() | PLAIN.keys():
            return None
        return {name: PLAIN[name] if name in PLAIN else row_key(self.rows[name], name) for name in names}


def row_key(row: Model, name: str) -> uuid.UUID | int:
    if name in {"event", "head"}:
        return int(row.pk)
    return getattr(row, "public_id", None) or row.unit.public_id  # type: ignore[attr-defined]


def routes() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Name of every route of ours and the parts of its address."""

    def walk(resolver: URLResolver, spaces: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLResolver):
                inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
                yield from walk(pattern, inner)
            elif isinstance(pattern, URLPattern) and spaces and spaces[0] in OWN:
                yield ":".join((*spaces, str(pattern.name))), tuple(pattern.pattern.converters)

    return walk(get_resolver(), ())


ROUTES = sorted(routes())


@pytest.fixture
def world() -> World:
    made = build()
    b.school_year(2023, current=True)
    begin = dt.datetime(2023, 10, 7, 17, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    open_period(
        actor=b.SYSTEM,
        start_year=2023,
        kind="BOY",
        snapshot_on=dt.date(2023, 9, 30),
        due={sender: begin + dt.timedelta(days=days) for sender, days in (("school", 0), ("office", 8))},
        code="2023-dau-nam",
    )
    return made


def places(world: World) -> list[Place]:
    """The first and the last class of the mixed school (primary, lower secondary), a neighbour, a school far away."""
    found = []
    for name, school_name, number in (
        ("primary", MIXED, 0),
        ("secondary", MIXED, -1),
        ("neighbour", "THCS Lê Chân", 0),
        ("far", "THCS Ngô Quyền", 0),
    ):
        school = world.schools[school_name]
        school_class = list(SchoolClass.objects.filter(school=school).order_by("grade_code"))[number]
        student = Student.objects.filter(enrolments__school_class=school_class)[0]
        rows: dict[str, Model] = {
            "batch": Batch.objects.get(unit=school.unit),
            "document": Document.objects.get(unit=school.unit),
            "dossier": Dossier.objects.get(unit=school.unit),
            "event": Event.objects.get(unit_id=school.pk, kind="audit:burst"),
            "grant": Grant.objects.filter(unit=school.unit, role_code="school_head").first(),
            "guardian": Guardian.objects.get(student=student),
            "head": UnitHead.objects.get(unit=school.unit),
            "job": Job.objects.get(unit_id=school.pk),
            "paper": StudentPaper.objects.get(student=student),
            "run": ImportRun.objects.get(unit=school.unit),
            "school": school,
            "school_class": school_class,
            "site": school_class.site,
            "staff": StaffMember.objects.filter(homerooms__school_class=school_class)[0],
            "student": student,
            "unit": school.unit,
        }
        found.append(Place(name, school.pk, rows))
    return found


def account_of(world: World, role_code: str) -> Account:
    """Somebody who holds the role and nothing else: officers of one level primary schools, teachers the first class."""
    school = world.schools[MIXED]
    unit: OrgUnit = school.unit
    if role_code == "department_admin":
        unit = world.department
    elif role_code in AT_AN_OFFICE:
        unit = world.offices["Lê Chân"]
    classes = (
        SchoolClass.objects.filter(school=school).order_by("grade_code")[:1] if role_code == "homeroom_teacher" else ()
    )
    account = b.account(f"thu-{role_code}", role_code, unit, classes=list(classes))
    if role_code == "level_officer":
        Grant.objects.filter(account=account).update(level_codes=["02"])
    return account


def reached(world: World, role_code: str) -> set[int]:
    """Schools of which the account reaches something, told by the places alone."""
    if role_code == "department_admin":
        return {school.pk for school in world.schools.values()}
    if role_code == "level_officer":
        return {world.schools[name].pk for name in ("TH Lê Chân", MIXED)}
    if role_code in AT_AN_OFFICE:
        return world.below(world.offices["Lê Chân"])
    return {world.schools[MIXED].pk}


def within(place: Place, names: tuple[str, ...], schools: set[int], shown: set[tuple[str, int]]) -> bool:
    """Whether every row that an address names is within reach: by plain SQL; public facts by their school."""
    for name in names:
        row = place.rows.get(name)
        if row is None:
            continue
        public = name in {"school", "site", "unit"}
        if public and place.school_id not in schools:
            return False
        if not public and (row._meta.db_table, row.pk) not in shown:
            return False
    return True


@pytest.mark.parametrize("role_code", sorted(ROLES))
def test_no_route_opens_what_is_out_of_reach(
    world: World, web_client: Callable, as_web: Callable, role_code: str
) -> None:
    there = [place for place in places(world) if place.name in LOOKED_AT.get(role_code, ("primary", "neighbour"))]
    account, schools = account_of(world, role_code), reached(world, role_code)
    shown = set()
    with as_web(account):
        for row in {row for place in there for row in place.rows.values() if not isinstance(row, (School, OrgUnit))}:
            if type(row)._default_manager.filter(pk=row.pk).exists():
                shown.add((row._meta.db_table, row.pk))
    client = web_client(account)

    faults = []
    for name, parts in ROUTES:
        inside, outside = {}, {}
        for place in there:
            arguments = place.arguments(parts)
            if arguments is None or (not parts and place is not there[0]):
                continue
            address = reverse(name, kwargs=arguments)
            is_within = within(place, parts, schools, shown)
            status = client.get(address).status_code
            if status in (302, 405) and not is_within:
                # Addresses that only take a form send whoever merely opens them back to the page with the button.
                answer = client.post(address)
                if answer.status_code == 302 and answer.url.startswith((reverse("mfa_index"), str(CONFIRM))):
                    continue  # a signature: the second factor is asked for before anything is looked up
                status = answer.status_code
            (inside if is_within else outside)[place.name] = status
            if status >= 500:
                faults.append((name, place.name, status))
        opens = 200 in inside.values()
        allowed = {404} if opens else {403, 404}
        faults += [(name, *one) for one in outside.items() if one[1] not in allowed]
    assert faults == []


def test_every_kind_of_address_was_asked(world: World) -> None:
    asked = {name for place in places(world) for name, parts in ROUTES if place.arguments(parts) is not None}
    assert asked == {name for name, parts in ROUTES if not ELSEWHERE & set(parts)}
    assert len(asked) > 80
