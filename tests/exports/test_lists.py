"""Every list that may leave: its declaration is whole, its lines cost the same however many, its right is asked."""

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from csdl.access import actors
from csdl.access.actors import actor_for
from csdl.accounts.errors import InvalidRecord, NotAllowed
from csdl.audit.models import Event
from csdl.exports.actions import ExportedFile, export_list
from csdl.exports.approving import SECOND_FACTOR
from csdl.exports.assignments import LOADS, DutyRow, duty_grid
from csdl.exports.classes import CLASSES
from csdl.exports.enums import FileFormat, Purpose
from csdl.exports.lists import Asked, ExportList, Occasion
from csdl.exports.pupils import CLASS_PUPILS, FOUND_PUPILS, PUPILS, REGISTER
from csdl.exports.records import PUPIL_RECORD
from csdl.exports.staff import STAFF
from csdl.exports.units import SCHOOLS, UNITS
from csdl.lib import clock
from csdl.orgs.models import OrgUnit
from csdl.orgs.queries import schools
from csdl.rollover.board_file import BOARD
from csdl.rollover.queries import board
from csdl.staff.models import StaffPosting
from csdl.students.models import Guardian
from csdl.years.assignment_queries import Load
from csdl.years.models import SchoolClass
from csdl.years.queries import class_rows, pupils
from tests import builders as b
from tests.papers import is_pdf_a_2b
from tests.portals.places import Places, build

pytestmark = pytest.mark.django_db

# One after the other; the record is of one pupil and is tested at its page.
LISTS: dict[str, ExportList[Any]] = {
    one.key: one
    for one in (
        *(PUPILS, CLASS_PUPILS, REGISTER, FOUND_PUPILS, CLASSES, STAFF, SCHOOLS, UNITS, BOARD, LOADS),
        duty_grid({"15": "Toán", "08": "Lịch sử"}),
    )
}


@pytest.fixture
def places(db: None) -> Places:
    return build()


def _rows(key: str, actor: Any, places: Places) -> Any:
    """What the page of each list would hand in."""
    match key:
        case "classes":
            return class_rows(actor, school_id=places.school.pk, start_year=2024)
        case "staff":
            return StaffPosting.objects.filter(unit=places.school.unit).order_by("pk")
        case "loads":
            postings = StaffPosting.objects.filter(unit=places.school.unit).select_related("staff")
            return [Load(one, Decimal("17.5"), Decimal(4), Decimal(19), ["7A"], {"15"}) for one in postings]
        case "duty_grid":
            own = SchoolClass.objects.filter(school=places.school).order_by("pk")
            return [DutyRow(one, "Bùi Thu Trang", {"15": "Bùi Thu Trang (2)", "08": ""}) for one in own]
        case "schools":
            return schools(OrgUnit.objects.all(), start_year=2024).order_by("sort_key")
        case "units":
            return OrgUnit.objects.select_related("parent")
        case "rollover_board":
            return board(actor=actor, from_year=2024).order_by("pk")
        case _:
            return pupils(actor, start_year=2024).order_by("student__sort_key", "pk")


def _asked(what: ExportList[Any], file_format: str = FileFormat.XLSX) -> Asked:
    """Every column of the sheet, those shown at first on paper."""
    taken = [one.key for one in what.columns if file_format == FileFormat.XLSX or one.is_default]
    return Asked(tuple(taken), Purpose.WORK, with_sensitive=file_format == FileFormat.XLSX, file_format=file_format)


def _export(
    key: str, actor: Any, places: Places, what: ExportList[Any] | None = None, asked: Asked | None = None
) -> ExportedFile:
    one = what or LISTS[key]
    occasion = Occasion(places.school.unit, 2024, one.title)
    return export_list(
        actor=actor,
        what=one,
        rows=_rows(key, actor, places),
        occasion=occasion,
        asked=asked or _asked(one),
        consent=SECOND_FACTOR,
    )


@pytest.mark.parametrize("key", LISTS)
def test_every_column_is_filled_and_the_log_says_what_left(key: str, places: Places, as_web: Callable) -> None:
    account, what = places.accounts["department"], LISTS[key]

    with as_web(account):
        file = _export(key, actor_for(account), places)

    sheet = openpyxl.load_workbook(io.BytesIO(file.content))[what.sheet]
    head, *lines = sheet.values
    assert list(head) == [one.header for one in what.columns]
    assert [line[0] for line in lines] == list(range(1, len(lines) + 1))
    event = Event.objects.get(kind="data:export")
    assert (event.account_id, event.unit_id) == (account.pk, places.school.pk)
    assert event.data == {
        "what": key,
        "title": what.title,
        "about": "",
        "format": "xlsx",
        "start_year": 2024,
        "purpose": "work",
        "reason": "",
        "columns": [one.key for one in what.columns],
        "sensitive": [one.key for one in what.columns if one.is_sensitive],
        "rows": len(lines),
        "persons": len(lines) if what.is_personal else 0,
        "kept_until": f"{clock.today() + dt.timedelta(days=90):%Y-%m-%d}",
    } | ({"confirmed": "second_factor"} if what.school_field else {})


@pytest.mark.parametrize("key", LISTS)
def test_a_file_takes_a_fixed_number_of_statements(key: str, places: Places, as_web: Callable) -> None:
    account = places.accounts["department"]

    def statements() -> int:
        with as_web(account):
            actor = actor_for(account)
            with CaptureQueriesContext(connection) as caught:
                _export(key, actor, places)
        return len(caught)

    statements()
    few = statements()
    for number in range(5):
        pupil = b.pupil(places.own_class, None)
        Guardian.objects.create(student=pupil.student, relation="mother", full_name=f"Mẹ Số {number}")
        b.teacher(places.school, year=2024)
        b.school_class(places.school, f"8{number}", "08", year=2024)
        b.school(f"Trường THCS Số {number}", parent=places.office, years=(2024,))

    assert statements() == few


@pytest.mark.parametrize("key", LISTS)
def test_every_list_prints(key: str, places: Places, as_web: Callable) -> None:
    account = places.accounts["department"]

    with as_web(account):
        file = _export(key, actor_for(account), places, asked=_asked(LISTS[key], FileFormat.PDF))

    assert (file.content_type, is_pdf_a_2b(file.content)) == ("application/pdf", True)


@pytest.mark.parametrize("key", LISTS)
def test_who_may_see_need_not_be_allowed_to_take_out(key: str, places: Places, as_web: Callable, monkeypatch) -> None:
    account = places.accounts["head"]
    held = actor_for(account).grants[0].role
    lookers = {held.code: replace(held, permissions=held.permissions - {"data:export"})}
    monkeypatch.setattr(actors, "ROLES", lookers)

    with as_web(account), pytest.raises(NotAllowed):
        _export(key, actor_for(account), places)

    assert not Event.objects.filter(kind="data:export").exists()


def test_a_list_is_refused_before_it_is_read_where_it_is_too_long(places: Places, as_web: Callable) -> None:
    account = places.accounts["department"]
    short = replace(PUPILS, at_most=2)

    with as_web(account), pytest.raises(InvalidRecord) as refused:
        _export("pupils", actor_for(account), places, short, _asked(short))

    assert refused.value.fields == {"format": ["Tệp này chứa nhiều nhất 2 học sinh. Hãy lọc để thu hẹp danh sách."]}


def test_paper_takes_only_so_many_columns(places: Places, as_web: Callable) -> None:
    account = places.accounts["department"]
    wide = replace(_asked(PUPILS), file_format=FileFormat.PDF)

    with as_web(account), pytest.raises(InvalidRecord) as refused:
        _export("pupils", actor_for(account), places, asked=wide)

    assert list(refused.value.fields) == ["columns"]


def test_a_file_is_not_made_of_what_the_list_does_not_know(places: Places, as_web: Callable) -> None:
    account = places.accounts["department"]
    asked = Asked(("secret",), "fun", file_format="exe")

    with as_web(account), pytest.raises(InvalidRecord) as refused:
        _export("schools", actor_for(account), places, asked=asked)

    assert sorted(refused.value.fields) == ["columns", "format", "purpose"]


@pytest.mark.parametrize("what", [*LISTS.values(), PUPIL_RECORD], ids=lambda one: one.key)
def test_a_declaration_is_whole(what: ExportList[Any]) -> None:
    keys = [one.key for one in what.columns]

    assert len(set(keys)) == len(keys)
    assert any(one.is_default and not one.is_sensitive for one in what.columns)
    personal = {"citizen_id_no", "phone", "email", "father_phone", "mother_phone", "guardian_phone", "guardian_phones"}
    personal |= {"permanent", "current", "policy", "disability", "religion"}
    assert {one.key for one in what.columns if one.is_sensitive} == personal & set(keys)
