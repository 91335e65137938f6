"""The first wall: the queryset filter says the same as the database, and permissions are held by roles."""

import dataclasses
import datetime as dt

import pytest

from csdl.access.actions import give_role
from csdl.access.actors import actor_for
from csdl.access.checks import every_model_is_declared
from csdl.access.models import ScopeAll, ScopeUnit
from csdl.access.queries import visible
from csdl.access.roles import ROLES
from csdl.access.tasks import refresh_all_scopes
from csdl.accounts.actor import SystemActor
from csdl.accounts.errors import NotAllowed
from csdl.accounts.permissions import Area, Permission
from csdl.lib.gate import declarations, open_tables
from csdl.staff.models import StaffMember
from csdl.students.models import Student
from csdl.years.models import ClassGrade, SchoolClass, ScopeClass
from tests import builders as b


def test_every_model_is_declared() -> None:
    assert every_model_is_declared() == []


def test_a_model_without_declaration_is_found(monkeypatch) -> None:
    monkeypatch.delitem(declarations, Student)

    assert [error.id for error in every_model_is_declared()] == ["access.E001"]


def test_a_declaration_without_area_is_found(monkeypatch) -> None:
    monkeypatch.setitem(declarations, Student, dataclasses.replace(declarations[Student], area=None))
    monkeypatch.setitem(open_tables, ClassGrade, dataclasses.replace(open_tables[ClassGrade], area=None))

    found = [(error.id, error.msg.split()[0]) for error in every_model_is_declared()]

    assert found == [("access.E002", "students.Student"), ("access.E002", "years.ClassGrade")]


def test_a_permission_opens_no_table_of_an_area_it_does_not_read() -> None:
    with pytest.raises(LookupError):
        visible(Student.objects.all(), SystemActor("test"), Permission.STAFF_READ)


def test_every_permission_is_held_by_some_role() -> None:
    held = {permission for role in ROLES.values() for permission in role.permissions}
    assert held == set(Permission)


def test_permissions_are_in_alphabetical_order() -> None:
    assert list(Permission) == sorted(Permission)


@pytest.mark.django_db
@pytest.mark.server
@pytest.mark.parametrize("role_code", sorted(ROLES))
def test_filter_and_policies_show_the_same_rows(role_code: str, as_web) -> None:
    office = b.office()
    where = b.school(parent=office)
    own, parallel = b.school_class(where, "7A", "07"), b.school_class(where, "7B", "07")
    neighbour = b.school_class(b.school("Trường bên cạnh"), "7A", "07")
    for school_class in (own, parallel, neighbour):
        b.pupil(school_class)
    places = {"department_admin": b.department(), "office_head": office}
    classes = [own] if ROLES[role_code].scope_kind == "class" else []
    account = b.account("x", role_code, places.get(role_code, where.unit), classes=classes)
    actor = actor_for(account)

    filtered, pupils = _seen(SchoolClass, actor), _seen(Student, actor)
    with as_web(account):
        by_database = set(SchoolClass.objects.all())
        pupils_by_database = set(Student.objects.all())

    expected = {"department_admin": 3, "homeroom_teacher": 1, "class_results": 1}.get(role_code, 2)
    may = [bool(ROLES[role_code].reads & area) for area in (Area.CLASSES, Area.STUDENTS)]
    assert filtered == by_database
    assert pupils == pupils_by_database
    assert [len(filtered), len(pupils)] == [expected * one for one in may]


def _seen(model, actor) -> set:
    """Through the filter, by every permission held that reads such rows."""
    held = [one for one in Permission if one.reads & declarations[model].area and actor.can(one)]
    return set().union(*(visible(model.objects.all(), actor, one) for one in held))


@pytest.mark.django_db
@pytest.mark.parametrize("role_code", sorted(ROLES))
def test_the_rows_of_one_unit_are_those_seen_of_it(role_code: str) -> None:
    office = b.office()
    where, beside = b.school(parent=office), b.school("Trường bên cạnh")
    own = [b.school_class(where, name, "07") for name in ("7A", "7B")]
    b.school_class(beside, "7A", "07")
    places = {"department_admin": b.department(), "office_head": office}
    classes = own[:1] if ROLES[role_code].scope_kind == "class" else []
    actor = actor_for(b.account("x", role_code, places.get(role_code, where.unit), classes=classes))
    if not actor.can(Permission.CLASS_READ):
        with pytest.raises(NotAllowed):
            visible(SchoolClass.objects.all(), actor, Permission.CLASS_READ, of_unit=where.pk)
        return
    seen = visible(SchoolClass.objects.all(), actor, Permission.CLASS_READ)

    for school in (where, beside):
        narrowed = visible(SchoolClass.objects.all(), actor, Permission.CLASS_READ, of_unit=school.pk)
        assert set(narrowed) == set(seen.filter(school=school))


@pytest.mark.django_db
def test_a_permission_that_a_grant_gives_elsewhere_opens_no_row_of_the_unit() -> None:
    """Two grants: head of one school, homeroom teacher of one class of another."""
    where, beside = b.school(), b.school("Trường bên cạnh")
    led, other = b.school_class(beside, "7A", "07"), b.school_class(beside, "7B", "07")
    account = b.account("x", "homeroom_teacher", beside.unit, classes=[led])
    give_role(
        actor=SystemActor("test"),
        account=account,
        role_code="school_head",
        unit=where.unit,
        valid_from=dt.date(2020, 1, 1),
    )

    found = visible(SchoolClass.objects.all(), actor_for(account), Permission.CLASS_READ, of_unit=beside.pk)

    assert (list(found), other in found) == ([led], False)


@pytest.mark.django_db
def test_a_permission_held_nowhere_is_forbidden_not_empty() -> None:
    where = b.school()
    teacher = b.account("gv", "homeroom_teacher", where.unit)

    with pytest.raises(NotAllowed):
        visible(StaffMember.objects.all(), actor_for(teacher), Permission.STAFF_READ)


@pytest.mark.django_db
def test_deriving_all_scopes_again_changes_none_that_is_right_and_mends_what_is_not() -> None:
    where, beside = b.school(), b.school("Trường bên cạnh")
    account = b.account("hieu.truong", "school_head", where.unit)
    b.account("so", "department_admin", b.department())
    b.account("gv", "homeroom_teacher", where.unit, classes=[b.school_class(where, "7A", "07")])
    kept = [list(model.objects.order_by("pk").values()) for model in (ScopeAll, ScopeUnit, ScopeClass)]
    assert [len(rows) for rows in kept] == [1, 1, 1]

    ScopeUnit.objects.create(
        account=account, grant_id=kept[1][0]["grant_id"], unit=beside.unit, valid_from="2020-01-01"
    )
    refresh_all_scopes(timestamp=0)

    assert [list(model.objects.order_by("pk").values()) for model in (ScopeAll, ScopeUnit, ScopeClass)] == kept
