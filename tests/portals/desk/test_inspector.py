"""An inspector let in for some days opens the unit's dossier, writes nothing, sees no neighbour; then nothing."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction
from django.db.models import F, Model
from django.urls import reverse

from csdl.access.actions import give_role
from csdl.access.actors import actor_for
from csdl.access.models import Grant
from csdl.access.queries import visible
from csdl.access.roles import ROLES
from csdl.accounts.errors import NotAllowed
from csdl.accounts.models import Account
from csdl.accounts.permissions import Area, Permission
from csdl.documents.models import Document
from csdl.dossier.actions import build_dossier, new_dossier
from csdl.dossier.models import Dossier
from csdl.lib.gate import declarations
from csdl.staff.models import StaffMember
from csdl.students.models import Student
from csdl.years.models import SchoolClass
from tests import builders as b
from tests.delegation.place import on
from tests.portals.places import Places

pytestmark = pytest.mark.django_db

FIRST, LAST = dt.date(2024, 10, 7), dt.date(2024, 10, 18)


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.FILES_DIR, settings.DOSSIERS_DIR = tmp_path / "files", tmp_path / "dossiers"


@pytest.fixture
def inspector(places: Places) -> Account:
    """Let in from 7/10 to 18/10/2024 at the school."""
    made = Account.objects.create_user(username="thanh.tra", password="mat-khau-thu", full_name="Đinh Công Tra")
    give_role(
        actor=b.SYSTEM,
        account=made,
        role_code="inspector",
        unit=places.school.unit,
        valid_from=FIRST,
        valid_to=LAST + dt.timedelta(days=1),
    )
    return made


@pytest.fixture
def dossiers(places: Places) -> tuple[Dossier, Dossier]:
    """Of the school and of its neighbour."""
    made = []
    with on(FIRST):
        for school in (places.school, places.other_school):
            row = new_dossier(actor=b.SYSTEM, unit=school.unit, first=dt.date(2023, 8, 1), last=FIRST)
            build_dossier(actor=b.SYSTEM, dossier=row)
            made.append(row)
    return made[0], made[1]


def test_the_last_day_opens_page_and_file_and_the_next_day_nothing(
    inspector: Account, dossiers: tuple[Dossier, Dossier], web_client: Callable
) -> None:
    own = dossiers[0]
    addresses = [
        reverse("desk:dossier-list", args=[own.unit.public_id]),
        reverse("desk:dossier-detail", args=[own.public_id]),
        reverse("desk:dossier-file", args=[own.public_id]),
    ]
    client = web_client(inspector)
    found = {}
    for day in (FIRST - dt.timedelta(days=1), FIRST, LAST, LAST + dt.timedelta(days=1)):
        hour = (23, 59, 59) if day == LAST else (0, 0, 0)
        with on(day, *hour):
            answers = [client.get(address) for address in addresses]
        found[day] = [answer.status_code for answer in answers]
        if answers[2].streaming:
            names = zipfile.ZipFile(io.BytesIO(b"".join(answers[2].streaming_content))).namelist()

    assert list(found.values()) == [[403] * 3, [200] * 3, [200] * 3, [403] * 3]
    assert "00-bia.pdf" in names


def test_the_neighbours_dossier_is_not_there(
    places: Places, inspector: Account, dossiers: tuple[Dossier, Dossier], web_client: Callable
) -> None:
    client = web_client(inspector)
    with on(LAST):
        for address in (
            reverse("desk:dossier-list", args=[places.other_school.unit.public_id]),
            reverse("desk:dossier-detail", args=[dossiers[1].public_id]),
            reverse("desk:dossier-file", args=[dossiers[1].public_id]),
        ):
            assert client.get(address).status_code == 404, address


@pytest.mark.parametrize(("day", "opens"), [(FIRST, True), (LAST, True), (LAST + dt.timedelta(days=1), False)])
def test_both_walls_show_the_unit_on_those_days_and_no_neighbour(
    places: Places, inspector: Account, dossiers: tuple[Dossier, Dossier], as_web: Callable, day: dt.date, opens: bool
) -> None:
    """What the filter shows is what plain SQL of the web role shows."""
    expected: dict[type[Model], tuple[Permission, set[object]]] = {
        Dossier: (Permission.DOSSIER_READ, {dossiers[0].pk}),
        Document: (Permission.DOCUMENT_READ, {places.own_paper.pk}),
        Student: (Permission.STUDENT_READ, {places.own_pupil.student_id, places.parallel_pupil.student_id}),
        Grant: (Permission.GRANT_READ, set(Grant.objects.filter(unit=places.school.unit).values_list("pk", flat=True))),
    }
    mine = set(Grant.objects.filter(account=inspector).values_list("pk", flat=True))
    for model, (permission, rows) in expected.items():
        with on(day):
            actor = actor_for(inspector)
            with as_web(inspector):
                by_policy = set(model._default_manager.values_list("pk", flat=True))
            if opens:
                by_filter = set(visible(model._default_manager.all(), actor, permission).values_list("pk", flat=True))
                assert by_filter == rows, model
            else:
                with pytest.raises(NotAllowed):
                    visible(model._default_manager.all(), actor, permission)
        # One's own grant is read for ever, by whom it names.
        assert by_policy == (rows if opens else mine if model is Grant else set()), model


def test_an_inspector_writes_nothing_at_either_wall(
    places: Places, inspector: Account, dossiers: tuple[Dossier, Dossier], as_web: Callable, web_client: Callable
) -> None:
    role = ROLES["inspector"]
    assert (role.writes, [one for one in role.permissions if not one.is_reading]) == (Area(0), [])
    with on(FIRST), as_web(inspector):
        shown, changed = _tables()
    assert {Dossier, Document, Student, SchoolClass, StaffMember, Grant} <= shown
    assert changed == set()
    with on(FIRST), as_web(places.accounts["head"]):
        assert {Document, Student, SchoolClass, StaffMember} <= _tables()[1]

    client = web_client(inspector)
    unit = places.school.unit.public_id
    with on(FIRST):
        for address, sent in (
            (reverse("desk:dossier-list", args=[unit]), {"first": "01/08/2023", "last": "31/05/2024"}),
            (reverse("desk:document-new", args=[unit]), {"kind": "other", "title": "Thử"}),
            (reverse("school:student-edit", args=[places.own_pupil.student.public_id]), {"full_name": "Tên Khác"}),
        ):
            assert client.post(address, sent).status_code == 403, address


def _tables() -> tuple[set[type[Model]], set[type[Model]]]:
    """Tables of which plain SQL reads rows, and those of which it writes some."""
    shown, changed = set(), set()
    for model in declarations:
        field = next(one.attname for one in model._meta.concrete_fields if not one.primary_key and not one.generated)
        if model._default_manager.exists():
            shown.add(model)
        try:
            with transaction.atomic():
                if model._default_manager.update(**{field: F(field)}):
                    changed.add(model)
        except DatabaseError:
            continue  # the web role may not change that table at all
    return shown, changed
