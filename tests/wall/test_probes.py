"""Random grants against the gate: whatever somebody is given, the filter shows what the policies show, and both what a
slow reading of the grants in plain Python says."""

import datetime as dt
from dataclasses import dataclass

import pytest
from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from csdl.access.acting import act_as, token_for
from csdl.access.actors import GrantActor
from csdl.access.enums import GrantState, Ground
from csdl.access.models import Grant
from csdl.access.queries import visible
from csdl.access.roles import ROLES
from csdl.accounts.permissions import Permission
from csdl.delegation.rules import HOMEROOM_ROLE
from csdl.lib import clock
from csdl.lib.gate import declarations
from csdl.staff.models import StaffPosting
from csdl.years.models import ClassScope, HomeroomAssignment
from tests.wall.world import GRADES, World, build

pytestmark = [pytest.mark.django_db, pytest.mark.early, pytest.mark.server]

# Rows that a unit below also shows are no part of the account's own lists.
COMPARED = sorted(
    (model for model, rule in declarations.items() if not rule.from_below), key=lambda one: one._meta.db_table
)


@dataclass(frozen=True)
class Given:
    """A grant as drawn: days count from today, None is without end; `place` and `classes` by their number."""

    role_code: str
    place: int
    levels: frozenset[str]
    classes: frozenset[int]
    state: str
    ground: str
    begins: int
    lasts: int | None
    reads_on: int | None


@dataclass(frozen=True)
class Posted:
    """A posting of the person as drawn."""

    place: int
    begins: int
    lasts: int | None
    status_code: str


@dataclass(frozen=True)
class Led:
    """A homeroom assignment of the person as drawn: the class by its number."""

    number: int
    begins: int
    lasts: int | None
    state: str

    @property
    def holds(self) -> bool:
        """Whether the person leads the class today."""
        is_over = self.lasts is not None and self.begins + self.lasts <= 0
        return self.state == "confirmed" and self.begins <= 0 and not is_over


_LASTS = st.none() | st.integers(1, 5)
GIVEN = st.builds(
    Given,
    role_code=st.sampled_from(sorted(ROLES)),
    place=st.integers(0, 7),
    levels=st.frozensets(st.sampled_from(sorted(GRADES)), max_size=2),
    classes=st.frozensets(st.integers(0, 8), max_size=3),
    # Most grants hold: else most probes would compare nothing with nothing.
    state=st.sampled_from([*[GrantState.ACTIVE] * 5, GrantState.INACTIVE, GrantState.SUSPENDED, GrantState.ENDED]),
    ground=st.sampled_from([Ground.MINUTES, Ground.APPOINTMENT]),
    begins=st.integers(-4, 1),
    lasts=_LASTS,
    reads_on=st.none() | st.integers(1, 3),
)
POSTED = st.builds(
    Posted,
    place=st.integers(0, 7),
    begins=st.integers(-4, 1),
    lasts=_LASTS,
    status_code=st.sampled_from(["01", "01", "04", "03"]),
)


LED = st.builds(
    Led,
    number=st.integers(0, 8),
    begins=st.integers(-4, 1),
    lasts=_LASTS,
    state=st.sampled_from(["confirmed", "confirmed", "confirmed", "proposed"]),
)


def _probe(
    world: World, today: dt.date, is_staff: bool, grants: list[Given], postings: list[Posted], led: list[Led]
) -> None:
    account = world.person if is_staff else world.guest
    led = list({one.number: one for one in led}.values()) if is_staff else []
    postings = list({one.place: one for one in postings}.values()) if is_staff else []
    with transaction.atomic():
        _write(world, today, account, grants, postings, led)
        shown = _through_policies(account)
        filtered = _through_filter(account)
        scopes = _scopes_today(account, today)
        transaction.set_rollback(True)
    assert filtered == shown
    leads = {one.number for one in led if one.holds} if is_staff else set(range(9))
    assert scopes == _told(world, grants, postings, is_staff, leads)


def _write(world: World, today: dt.date, account, grants: list[Given], postings: list[Posted], led: list[Led]) -> None:
    def day(number: int | None) -> dt.date | None:
        return None if number is None else today + dt.timedelta(days=number)

    StaffPosting.objects.bulk_create(
        StaffPosting(
            staff=world.staff,
            unit=world.units[one.place],
            valid_from=day(one.begins),
            valid_to=day(None if one.lasts is None else one.begins + one.lasts),
            staff_group_code="03",
            status_code=one.status_code,
        )
        for one in postings
    )
    made = Grant.objects.bulk_create(
        Grant(
            account=account,
            role_code=one.role_code,
            unit=world.units[one.place],
            level_codes=sorted(one.levels),
            state=one.state,
            ground=one.ground,
            paper_id=1,
            valid_from=day(one.begins),
            valid_to=day(_end(one)),
            read_until=day(_reading_end(one)),
        )
        for one in grants
    )
    ClassScope.objects.bulk_create(
        ClassScope(grant=grant, school_class=world.classes[number])
        for grant, one in zip(made, grants, strict=True)
        for number in one.classes
    )
    HomeroomAssignment.objects.filter(school_class__in=[world.classes[one.number] for one in led]).delete()
    HomeroomAssignment.objects.bulk_create(
        HomeroomAssignment(
            school_class=world.classes[one.number],
            staff=world.staff,
            valid_from=day(one.begins),
            valid_to=day(None if one.lasts is None else one.begins + one.lasts),
            state=one.state,
        )
        for one in led
    )


def _end(one: Given) -> int | None:
    return None if one.lasts is None else one.begins + one.lasts


def _reading_end(one: Given) -> int | None:
    end = _end(one)
    return None if end is None or one.reads_on is None else end + one.reads_on


def _through_policies(account) -> set[tuple[str, int]]:
    """What plain SQL without any filter shows to the web role."""
    token = token_for(account)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE csdl_test_app")
        act_as(token, account)
        cursor.execute("EXECUTE all_declared")
        found = set(cursor.fetchall())
        cursor.execute("RESET ROLE")
    act_as("", None)
    return found


def _through_filter(account) -> set[tuple[str, int]]:
    """What the filter shows, by every permission held that reads such rows; by the owner, without policies."""
    actor = GrantActor(account)
    parts, values = [], []
    for model in COMPARED:
        table, area, own = model._meta.db_table, declarations[model].area, declarations[model].own_column
        asked = {}
        for permission in Permission:
            holding = tuple(held.grant_id for held in actor.grants if held.gives(permission))
            if permission.reads & area and holding:
                # Which rows a permission opens depends on the grants that give it alone.
                asked.setdefault(holding, permission)
        for permission in asked.values():
            try:
                text, params = visible(model.objects.order_by(), actor, permission).values("pk").query.sql_with_params()
            except EmptyResultSet:  # rows of no unit, and the account does not see all
                continue
            parts.append(f"SELECT '{table}', one.* FROM ({text}) one")
            values += params
        if own and not asked:
            # One's own rows are seen whatever one may do; no list of the product begins there.
            parts.append(f"SELECT '{table}', id FROM {table} WHERE {own} = %s")
            values.append(account.pk)
        for way in declarations[model].through:
            inner = declarations[way.model]
            if inner.own_column and not asked:
                ((theirs, ours),) = way.columns
                mine = f"SELECT {theirs} FROM {way.model._meta.db_table} WHERE {inner.own_column} = %s"
                parts.append(f"SELECT '{table}', id FROM {table} WHERE {ours} IN ({mine})")
                values.append(account.pk)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ".join(parts), values)
        return set(cursor.fetchall())


def _scopes_today(account, today: dt.date) -> set[tuple]:
    """What the scope tables say for today: kind of scope, key, areas read and written."""
    parts = [
        f"SELECT '{name}', {keys}, reads, writes FROM {table} WHERE account_id = %(account)s"
        " AND valid_from <= %(today)s AND (valid_to IS NULL OR valid_to > %(today)s)"
        for name, table, keys in (
            ("all", "access_scopeall", "0, '', ''"),
            ("unit", "access_scopeunit", "unit_id, '', ''"),
            ("level", "access_scopelevel", "unit_id, level_code, grade_code"),
            ("class", "years_scopeclass", "class_id, '', ''"),
        )
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), {"account": account.pk, "today": today})
        return set(cursor.fetchall())


def _told(world: World, grants: list[Given], postings: list[Posted], is_staff: bool, leads: set[int]) -> set[tuple]:
    """The same by reading the grants one by one."""
    found: set[tuple] = set()
    for one in grants:
        role, unit = ROLES[one.role_code], world.units[one.place]
        end, reading_end = _end(one), _reading_end(one)
        holds = one.begins <= 0 and (end is None or end > 0)
        reads_on = end is not None and end <= 0 and reading_end is not None and reading_end > 0
        if one.state != GrantState.ACTIVE or not (holds or reads_on) or not _works(one, postings, is_staff):
            continue
        masks = (int(role.reads), int(role.writes)) if holds else (int(role.reads_after), 0)
        if role.scope_kind == "class":
            # Only a homeroom right follows whom the class is led by.
            reached = one.classes & leads if one.role_code == HOMEROOM_ROLE else one.classes
            found |= {("class", world.classes[number].pk, "", "", *masks) for number in reached}
        elif not one.levels and unit == world.department:
            found.add(("all", 0, "", "", *masks))
        elif not one.levels:
            found |= {("unit", key, "", "", *masks) for key in world.below(unit)}
        else:
            for key in world.below(unit) & world.levels.keys():
                taught = set(world.levels[key])
                if taught <= one.levels:
                    found.add(("unit", key, "", "", *masks))
                else:
                    levels = taught & one.levels
                    found |= {("level", key, level, grade, *masks) for level in levels for grade in GRADES[level]}
    return found


def _works(one: Given, postings: list[Posted], is_staff: bool) -> bool:
    """Whether the person is at the grant's unit today."""
    if not is_staff:
        return True
    there = [posted for posted in postings if posted.place == one.place]
    if not there:
        return one.ground == Ground.APPOINTMENT
    (posted,) = there
    if posted.begins > 0:
        return False
    if posted.lasts is None:
        return posted.status_code != "03"
    return posted.begins + posted.lasts > 0


def _run(examples: int) -> None:
    world, today = build(), clock.today()

    @settings(
        max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck), print_blob=True
    )
    @given(
        st.booleans(), st.lists(GIVEN, min_size=1, max_size=6), st.lists(POSTED, max_size=4), st.lists(LED, max_size=6)
    )
    def probe(is_staff: bool, grants: list[Given], postings: list[Posted], led: list[Led]) -> None:
        _probe(world, today, is_staff, grants, postings, led)

    with connection.cursor() as cursor, clock.reading(clock.now()):
        # What a grant opens is asked here, not whether it may be active: no paper is written for each of thousands.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE access_grant DISABLE TRIGGER stands_on_paper")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        # Planned once: planning seventeen policies takes longer than reading the small tables behind them.
        parts = (f"SELECT '{one._meta.db_table}', {one._meta.pk.column} FROM {one._meta.db_table}" for one in COMPARED)
        cursor.execute("SET LOCAL ROLE csdl_test_app")
        cursor.execute(f"PREPARE all_declared AS {' UNION ALL '.join(parts)}")
        cursor.execute("RESET ROLE")
        try:
            probe()
        finally:
            cursor.execute("DEALLOCATE all_declared")


def test_filter_policies_and_grants_agree_whatever_somebody_is_given() -> None:
    _run(500)


@pytest.mark.long
def test_they_agree_ten_thousand_times() -> None:
    _run(10_000)
