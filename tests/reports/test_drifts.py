"""The records of now beside what was frozen: every population, one cell, and nobody named again who was erased."""

import datetime as dt
from decimal import Decimal

import pytest

from csdl.access.actors import actor_for
from csdl.accounts.errors import NotAllowed
from csdl.reports.actions import erase_counted_person
from csdl.reports.drifts import CellDrift, cell_drift, drifts
from csdl.reports.errors import ReportError
from csdl.reports.forms import form
from csdl.reports.models import ReportPeriod, Snapshot
from csdl.reports.queries import drift
from csdl.staff.models import StaffMember, StaffPosting
from csdl.years.models import Enrolment
from tests import builders as b
from tests.reports.builders import frozen, primary

pytestmark = [pytest.mark.django_db, pytest.mark.server]
TODAY = dt.date(2024, 10, 3)
WHAT = form("02-DN-TH", "tt24")


def _said(snapshot: Snapshot) -> dict[str, list[tuple[str, str, dict]]]:
    pupils, others = drifts(actor=b.SYSTEM, snapshot=snapshot)
    assert pupils is not None
    found = {"pupil": [(one.kind, one.full_name, dict(one.changed)) for one in pupils.pupils]}
    for one in others:
        names = {"staff": "full_name", "room": "room_code"}
        name = names.get(one.population, "name")
        found[one.population] = [(row.kind, row.row[name], dict(row.changed)) for row in one.rows]
    return found


def _cell(snapshot: Snapshot, address: str) -> tuple[Decimal, int, int, int] | None:
    found = cell_drift(actor=b.SYSTEM, snapshot=snapshot, form=WHAT, address=WHAT.address(address))
    return (found.now, found.come, found.gone, found.changed) if found else None


def test_every_population_shows_what_the_records_hold_otherwise(october: ReportPeriod) -> None:
    where, (first, _) = primary()
    stays, leaves = b.teacher(where, "Lê Ở Lại", year=2024), b.teacher(where, "Trần Ra Đi", year=2024)
    room = where.rooms.create(
        start_year=2024, level_code="02", room_code="01", permanent_count=4, semi_permanent_count=2
    )
    site = where.sites.create(start_year=2024, code="02", name="Điểm lẻ")
    snapshot = frozen(where, october)
    before = _said(snapshot)
    StaffPosting.objects.filter(staff=leaves).update(valid_to=dt.date(2024, 10, 2))
    StaffMember.objects.filter(pk=stays.pk).update(qualification_code="02")
    b.pupil(first.school_class, None, name="Mới đến", birth_date=dt.date(2018, 1, 1))
    Enrolment.objects.filter(student__full_name="Mới đến").update(enrolled_on=dt.date(2024, 10, 2))
    where.rooms.filter(pk=room.pk).update(permanent_count=5, semi_permanent_count=0)
    where.sites.filter(pk=site.pk).update(closed_on=dt.date(2024, 10, 1))

    after = _said(snapshot)

    assert before == {"pupil": [], "class": [], "staff": [], "room": [], "site": []}
    assert after == {
        "pupil": [("come", "Mới đến", {})],
        "class": [("changed", "1A", {"pupil_count": (1, 2)})],
        "staff": [("gone", "Trần Ra Đi", {}), ("changed", "Lê Ở Lại", {"training": ("other", "master")})],
        "room": [("changed", "01", {"amount": (4, 5)}), ("gone", "01", {})],
        "site": [("gone", "Điểm lẻ", {})],
    }


def test_a_cell_is_counted_again_from_the_records_of_now(october: ReportPeriod) -> None:
    where, (first, second) = primary()
    leaves = b.teacher(where, year=2024)
    where.rooms.create(start_year=2024, level_code="02", room_code="01", permanent_count=4, temporary_count=1)
    snapshot = frozen(where, october)
    unchanged = [_cell(snapshot, one) for one in ("37:1", "27:1", "96:1", "120:1")]
    Enrolment.objects.filter(pk=second.pk).update(left_on=dt.date(2024, 10, 2), status_code="04")
    for _ in range(2):
        b.pupil(first.school_class, None)
    StaffPosting.objects.filter(staff=leaves).update(valid_to=dt.date(2024, 10, 2))
    where.rooms.update(permanent_count=6, temporary_count=0)

    changed = [_cell(snapshot, one) for one in ("37:1", "27:1", "96:1", "120:1")]

    assert unchanged == [(2, 0, 0, 0), (2, 0, 0, 0), (1, 0, 0, 0), (5, 0, 0, 0)]
    # Two pupils came and one left; with that one its class; the teacher; rooms built otherwise.
    assert changed == [(3, 2, 1, 0), (1, 0, 1, 0), (0, 0, 1, 0), (6, 0, 1, 1)]
    assert _cell(snapshot, "1:1") is None
    with pytest.raises(ReportError, match="được nhập tay"):
        _cell(snapshot, "25:1")


def test_an_age_in_months_that_moves_with_the_day_is_no_drift(october: ReportPeriod) -> None:
    where = b.school("Trường Mầm non Thử", levels=("01",), years=(2024,))
    made = b.school_class(where, "Nhóm 1", "16", year=2024)
    b.pupil(made, None, birth_date=dt.date(2022, 10, 2))

    snapshot = frozen(where, october)

    assert drift(snapshot, on=TODAY).pupils == []


def test_who_was_erased_is_not_named_again_by_the_record_that_is_still_there(october: ReportPeriod) -> None:
    where, _ = primary()
    person = b.teacher(where, "Nguyễn Thị Xóa", year=2024)
    StaffMember.objects.filter(pk=person.pk).update(birth_date=dt.date(1980, 2, 3))
    snapshot = frozen(where, october)
    erase_counted_person(actor=b.SYSTEM, order="01/QĐ", reason="Bản án có hiệu lực", staff_id=person.pk)

    unchanged = _said(snapshot)["staff"]
    StaffMember.objects.filter(pk=person.pk).update(qualification_code="02")

    assert unchanged == []
    assert _said(snapshot)["staff"] == [("changed", "", {"training": ("other", "master")})]


def test_who_may_not_read_the_records_learns_nothing_of_them(october: ReportPeriod) -> None:
    where, _ = primary(parent=b.office())
    b.teacher(where, year=2024)
    snapshot = frozen(where, october)
    clerk = actor_for(b.account("clerk", "school_clerk", where.unit))
    neighbour = actor_for(b.account("clerk2", "school_clerk", primary("Trường khác")[0].unit))

    pupils, others = drifts(actor=clerk, snapshot=snapshot)
    none = drifts(actor=neighbour, snapshot=snapshot)
    found = cell_drift(actor=clerk, snapshot=snapshot, form=WHAT, address="37:total_all")

    assert (pupils is not None, [one.population for one in others]) == (True, ["class", "staff", "room", "site"])
    assert none == (None, [])
    assert found == CellDrift(TODAY, Decimal(2), 0, 0, 0)
    with pytest.raises(NotAllowed):
        cell_drift(actor=neighbour, snapshot=snapshot, form=WHAT, address="37:total_all")
