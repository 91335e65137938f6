"""Both walls around reports: the gate's filter and the row policies show a unit its own, its offices theirs."""

import pytest
from django.apps import apps
from django.db import DatabaseError, transaction

from csdl.access.actors import actor_for
from csdl.access.queries import visible
from csdl.accounts.errors import NotAllowed
from csdl.accounts.permissions import Permission
from csdl.reports.actions import freeze, type_cells
from csdl.reports.errors import ReportError
from csdl.reports.forms import form
from csdl.reports.models import CellRow, CountedPupil, ReportPeriod, Snapshot, Submission
from csdl.reports.queries import snapshot_of, status, trace
from tests import builders as b
from tests.reports.builders import frozen, primary

pytestmark = [pytest.mark.django_db, pytest.mark.server]
# Frozen rows of persons and classes are read with the right to the records they were taken from.
RIGHTS = {
    "CountedClass": Permission.CLASS_READ,
    "CountedPupil": Permission.STUDENT_READ,
    "CountedRoom": Permission.REPORT_READ,
    "CountedSchool": Permission.REPORT_READ,
    "CountedSite": Permission.REPORT_READ,
    "CountedStaff": Permission.STAFF_READ,
}
GUARDED = [model for model in apps.get_app_config("reports").get_models() if model.__name__.startswith("Counted")]


@pytest.fixture
def two_schools(october: ReportPeriod):
    """Two schools of one office and one of another, all frozen, each with a member of staff and a site."""
    office, far_office = b.office("Phòng GDĐT Lê Chân"), b.office("Phòng GDĐT Ngô Quyền")
    made = {}
    for key, parent in (("own", office), ("neighbour", office), ("far", far_office)):
        where, _ = primary(f"Trường {key}", parent=parent)
        b.teacher(where, year=2024)
        where.rooms.create(start_year=2024, level_code="02", room_code="01", permanent_count=3)
        frozen(where, october)
        made[key] = where
    return office, made


def test_a_head_sees_the_own_reports_and_nothing_of_the_neighbour(two_schools, as_web) -> None:
    _, made = two_schools
    account = b.account("hieutruong", "school_head", made["own"].unit)
    own = {made["own"].pk}

    with as_web(account):
        seen = {model.__name__: set(model.objects.values_list("unit_id", flat=True)) for model in GUARDED}
        cells = set(CellRow.objects.values_list("unit_id", flat=True))
        reports = set(Submission.objects.values_list("unit_id", flat=True))
    actor = actor_for(account)
    filtered = {
        model.__name__: set(
            visible(model.objects.all(), actor, RIGHTS[model.__name__]).values_list("unit_id", flat=True)
        )
        for model in GUARDED
    }

    assert seen == filtered == {model.__name__: own for model in GUARDED}
    assert len(GUARDED) == 6
    assert cells == reports == own


def test_an_office_sees_its_schools_and_the_department_all(two_schools, as_web) -> None:
    office, made = two_schools
    accounts = {
        "phong": b.account("phong", "office_head", office),
        "so": b.account("so", "department_admin", b.department()),
    }
    seen = {}
    for name, account in accounts.items():
        with as_web(account):
            seen[name] = set(CountedPupil.objects.values_list("unit_id", flat=True))

    assert seen == {
        "phong": {made["own"].pk, made["neighbour"].pk},
        "so": {where.pk for where in made.values()},
    }


def test_a_homeroom_teacher_sees_no_report(two_schools, october: ReportPeriod, as_web) -> None:
    _, made = two_schools
    school_class = made["own"].classes.first()
    account = b.account("chunhiem", "homeroom_teacher", made["own"].unit, classes=[school_class])

    with as_web(account):
        assert not CountedPupil.objects.exists()
        assert not CellRow.objects.exists()
    with pytest.raises(NotAllowed):
        status(actor=actor_for(account), period=october)


def test_a_clerk_freezes_the_own_report_under_the_web_role_and_not_the_neighbours(
    two_schools, october: ReportPeriod, as_web
) -> None:
    _, made = two_schools
    account = b.account("vanthu", "school_clerk", made["own"].unit)
    actor = actor_for(account)
    before = Snapshot.objects.get(unit=made["own"].unit)

    with as_web(account):
        done = freeze(actor=actor, period=october, unit=made["own"].unit)
        found = trace(actor=actor, snapshot=before, form=form("02-DN-TH", "tt24"), address="37:1")
        with pytest.raises(NotAllowed):
            freeze(actor=actor, period=october, unit=made["neighbour"].unit)
        with pytest.raises(NotAllowed):
            snapshot_of(actor=actor, period=october, unit=made["neighbour"].unit)
        lines = status(actor=actor, period=october)

    assert (done.reports, done.pupils, done.staff) == (1, 2, 1)
    assert len(found.rows) == 2
    assert [line.unit_name for line in lines] == ["Trường own"]
    # The owner would have counted the same.
    after = Snapshot.objects.get(unit=made["own"].unit, version=2)
    assert after.digest == before.digest


def test_writes_do_not_reach_the_neighbour(two_schools, as_web) -> None:
    _, made = two_schools
    account = b.account("vanthu", "school_clerk", made["own"].unit)
    theirs = Submission.objects.get(unit=made["neighbour"].unit)

    with as_web(account):
        assert Submission.objects.filter(pk=theirs.pk).update(state="submitted") == 0
        forged = CountedPupil.objects.first()
        forged.pk, forged.unit_id, forged.snapshot_id = None, made["neighbour"].pk, theirs.snapshot_id
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            forged.save(force_insert=True)
    with pytest.raises((NotAllowed, ReportError)):
        type_cells(actor=actor_for(account), report=theirs, form_code="02-DN-TH", figures={})
