"""Every route of the address configuration, none listed by hand, against every role and rows within and out of reach.

Out of reach reads as "not found" (404) to whoever may do it elsewhere, out of permission as "forbidden" (403). What is
out of reach is told by plain SQL under the web role and by the places of the world, not by the code of the pages.
"""

import datetime as dt
import sys
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse, reverse_lazy

from csdl.access.actions import refresh_scopes
from csdl.access.actors import GrantActor
from csdl.access.models import Grant
from csdl.access.roles import ROLES
from csdl.accounts.models import Account, Regulation, RegulationAcceptance
from csdl.accounts.permissions import Area, Permission
from csdl.audit.models import Event
from csdl.delegation.models import Batch
from csdl.documents.models import Document
from csdl.dossier.models import Dossier
from csdl.exports.models import ExportRequest
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
# Signed papers and decisions stand on what they say and on both parties: the tests of delegation make them and ask
# their pages.
ELSEWHERE = {"commitment", "inspection", "minutes"}
CONFIRM = reverse_lazy("desk:second-factor-confirm")
# Where each role of the world is held; all others at the school that teaches two levels.
AT_AN_OFFICE = ("inspector", "level_officer", "office_head")
# Routes that demand no permission: one's own account, rights, jobs and search, help, what is on the screen; then those
# that ask for a fresh second factor, for the whole province or for a unit before any permission: their pages' own
# tests ask them.
OPEN = {
    *("desk:account", "desk:activation", "desk:activation-done", "desk:activation-password", "desk:clock-move"),
    *("desk:column-choice", "desk:gallery", "desk:help", "desk:help-topic", "desk:job-detail", "desk:job-file"),
    *("desk:job-list", "desk:my-rights", "desk:search", "desk:second-factor-confirm", "desk:session-end"),
    *("authority:report-consolidation-sign", "desk:batch-confirm", "school:report-sign"),
    *("authority:report-consolidation-make", "authority:regulation-list", "authority:sign-in-rules"),
    *("desk:device-forget", "desk:export-rules", "desk:grant-rules", "desk:regulation"),
}
# Demanded at the gate for a part of the page alone, which without it shows less; the school's name is such a part.
SOFT = {
    # One's own right is read without it.
    "desk:grant": {Permission.GRANT_READ},
    "desk:home": {Permission.EXPORT_APPROVE, Permission.STUDENT_READ},
    # One's own requests are seen without it; those of others do not exist then.
    "desk:export-request": {Permission.EXPORT_APPROVE},
    "desk:export-request-list": {Permission.EXPORT_APPROVE},
    # What the inspectors accepted is told by the log.
    "desk:inspection-list": {Permission.AUDIT_READ},
    # A run that is over is over for everybody.
    "desk:import-apply": {Permission.STUDENT_EDIT, Permission.STUDENT_ENROL},
    "desk:import-replan": {Permission.STUDENT_EDIT, Permission.STUDENT_ENROL},
    "school:class-export": {Permission.STUDENT_READ},
    "school:class-list": {Permission.STUDENT_READ},
    "school:import-template": {Permission.CLASS_READ, Permission.STAFF_READ},
}
# A school's reports are where officers act: review, return, sum up.
WITHOUT_BAR = "school:report-"
# Rows beside the own school and its neighbour: the other class, the other level, the other office.
LOOKED_AT = {
    "class_results": ("primary", "secondary", "neighbour"),
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
            "ask": ExportRequest.objects.get(unit=school.unit),
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
        SchoolClass.objects.filter(school=school).order_by("grade_code")[:1]
        if ROLES[role_code].scope_kind == "class"
        else ()
    )
    account = b.account(f"thu-{role_code}", role_code, unit, classes=list(classes))
    text = Regulation.objects.get()
    RegulationAcceptance.objects.create(
        account=account, regulation=text, text_hash=text.text_hash, at=text.published_at
    )
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


class Asked:
    """What pages ask of the acting account: permissions that they demand, by `require` or at the gate, not those by
    which they only choose what to show."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.patch = monkeypatch
        self.demanded: dict[Permission, None] = {}
        self.sent: set[str] = set()
        can = GrantActor.can

        def listening(actor: GrantActor, permission: Permission, *, on: object = None) -> bool:
            if sys._getframe(1).f_code.co_name in {"require", "school_reached", "visible"}:
                self.demanded[permission] = None
            return can(actor, permission, on=on)

        monkeypatch.setattr(GrantActor, "can", listening)

    def hold(self, permissions: Iterable[Permission]) -> None:
        """Both heads hold these permissions and no other, over the same places."""
        for code in ("school_head", "department_admin"):
            self.patch.setitem(ROLES, code, replace(ROLES[code], permissions=frozenset(permissions)))

    def answer(self, client: Client, address: str) -> tuple[int, list[Permission]]:
        """The status of an address, opened or sent an empty form, and what it demanded; nothing is left behind."""
        self.demanded = {}
        with transaction.atomic():
            found = client.post(address) if address in self.sent else client.get(address)
            if found.status_code == 405 or (found.status_code == 302 and not self.demanded):
                found = client.post(address)
                self.sent.add(address)
            if getattr(found, "streaming", False):
                found.close()
            transaction.set_rollback(True)
        if found.status_code == 302 and found.url.startswith((reverse("mfa_index"), str(CONFIRM))):
            return 0, []  # the second factor is asked for before anything is looked up
        return found.status_code, list(self.demanded)


def test_a_role_in_reach_that_lacks_the_permission_is_forbidden_at_every_route(
    world: World, web_client: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The head of the school, and of the department where the school's opens nothing, with every permission; then with
    every permission but one that the route demands: 403, whatever stands in the address is in reach."""
    place = places(world)[0]
    accounts = [account_of(world, role_code) for role_code in ("school_head", "department_admin")]
    every_area = int(reduce(or_, Area))
    with connection.cursor() as cursor:
        # The database would refuse some by itself: here the pages must.
        cursor.execute(
            "CREATE OR REPLACE FUNCTION csdl_role_masks() RETURNS TABLE (role_code varchar, scope_kind varchar,"  # noqa: S608 - numbers of our own
            " reads integer, reads_after integer, writes integer) LANGUAGE sql IMMUTABLE AS $$ VALUES"
            f" ('school_head'::varchar, 'unit'::varchar, {every_area}, 0, {every_area}),"
            f" ('department_admin', 'unit', {every_area}, 0, {every_area}) $$"
        )
    refresh_scopes([account.pk for account in accounts])
    asked = Asked(monkeypatch)
    clients = [web_client(account) for account in accounts]
    faults, denied, open_to_all = [], 0, set()
    for name, parts in ROUTES:
        arguments = place.arguments(parts)
        if arguments is None:
            continue
        address = reverse(name, kwargs=arguments)
        asked.hold(Permission)
        tried = []
        for client in clients:
            tried.append((*asked.answer(client, address), client))
            if tried[-1][0] not in (403, 404):
                break
        # Opened by one; else not there for one; forbidden to both is a fault.
        status, demanded, client = min(tried, key=lambda one: (one[0] in (403, 404), one[0] == 403))
        if status == 403 or status >= 500:
            faults.append((name, "held", status))
        if not demanded:
            open_to_all.add(name)
        answers = {}
        for permission in sorted(demanded, key=lambda one: one == Permission.SCHOOL_READ):
            if permission == Permission.SCHOOL_READ and 403 in answers.values():
                continue
            asked.hold(set(Permission) - {permission})
            answers[permission], _ = asked.answer(client, address)
        denied += 403 in answers.values()
        # Where the world has no such row for anybody, "not found" may come first.
        allowed = {403, 404} if status == 404 else {403}
        soft = SOFT.get(name, set()) | {Permission.SCHOOL_READ}
        faults += [(name, one.value, got) for one, got in answers.items() if got not in allowed and one not in soft]
        if demanded and status != 404 and 403 not in answers.values() and name not in SOFT:
            faults.append((name, "no permission is needed", status))
    assert not faults, faults
    assert denied > 100
    assert not open_to_all ^ OPEN, " ".join(sorted(open_to_all ^ OPEN))


def _written() -> dict[str, int]:
    """Rows written in this transaction, by table; not those of the log and of sessions."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE relname !~ '^(audit|django|usersessions|accounts)_'"
        )
        return dict(cursor.fetchall())


def test_an_officer_opens_a_school_as_it_sees_itself_and_changes_nothing(world: World, web_client: Callable) -> None:
    """Every page of a school of the level: with the bar that says so. A form sent to any of its addresses writes no row
    but what the log and the sessions keep."""
    account = account_of(world, "level_officer")
    place = next(one for one in places(world) if one.name == "primary")
    client = web_client(account)
    shown, taken = [], []
    for name, parts in ROUTES:
        arguments = place.arguments(parts)
        if arguments is None or not name.startswith("school:"):
            continue
        address = reverse(name, kwargs=arguments)
        with transaction.atomic():
            opened = client.get(address)
            before = _written()
            client.post(address, {"xac-nhan": "1"})
            if _written() != before:
                taken.append(name)
            transaction.set_rollback(True)
        if opened.status_code == 200 and b"</html>" in getattr(opened, "content", b""):
            shown.append((name, "như nhà trường thấy" in opened.content.decode()))
    assert len(shown) > 15
    assert [name for name, has_bar in shown if not has_bar and not name.startswith(WITHOUT_BAR)] == []
    assert taken == []


def test_every_kind_of_address_was_asked(world: World) -> None:
    asked = {name for place in places(world) for name, parts in ROUTES if place.arguments(parts) is not None}
    assert asked == {name for name, parts in ROUTES if not ELSEWHERE & set(parts)}
    assert len(asked) > 80
