"""Freezing: which pupil, class and school a report counts on its day, fact by fact; what breaks, and how it is said."""

import datetime as dt

import pytest

from csdl.reports.actions import freeze
from csdl.reports.forms import form
from csdl.reports.models import ReportPeriod, Snapshot
from csdl.reports.queries import failures, frozen_form, snapshot_of, trace
from csdl.years.models import ClassMove, Enrolment, SchoolClass
from tests import builders as b

pytestmark = [pytest.mark.django_db, pytest.mark.server]


def _figures(snapshot: Snapshot, form_code: str, *codes: str) -> dict[str, list[int]]:
    """Figures of the total columns: all, female, ethnic, ethnic female (or all)."""
    one = frozen_form(snapshot, form(form_code, snapshot.basis))
    return {
        code: [int(one.cell(one.form.row(code), column) or 0) for column in one.form.row(code).columns[:4]]
        for code in codes
    }


@pytest.fixture
def primary(october: ReportPeriod):
    """A public primary school on the plain with two classes of grade 1 and one pupil in each."""
    where = b.school("Trường Tiểu học Thử", levels=("02",), years=(2024,))
    where.profiles.update(region_code="02", level_group_code="06")
    classes = [b.school_class(where, name, "01", year=2024) for name in ("1A", "1B")]
    born = {"birth_date": dt.date(2018, 5, 19)}
    return where, classes, [b.pupil(one, None, name=f"Học sinh {one.name}", **born) for one in classes]


def _freeze(where, period: ReportPeriod) -> Snapshot:
    freeze(actor=b.SYSTEM, period=period, unit=where.unit)
    return snapshot_of(actor=b.SYSTEM, period=period, unit=where.unit)


def test_who_left_after_the_day_is_counted_and_who_left_on_it_is_not(october, primary) -> None:
    where, classes, (stays, goes) = primary
    Enrolment.objects.filter(pk=goes.pk).update(left_on=dt.date(2024, 10, 2), status_code="04")
    gone = b.pupil(classes[0], None, name="Đã rời", left_on=dt.date(2024, 9, 30), status_code="04")
    late = b.pupil(classes[0], None, name="Vào sau")
    Enrolment.objects.filter(pk=late.pk).update(enrolled_on=dt.date(2024, 10, 1))
    snapshot = _freeze(where, october)

    found = trace(actor=b.SYSTEM, snapshot=snapshot, form=form("02-DN-TH", "tt24"), address="37:1")

    assert [row["enrolment_id"] for row in found.rows] == [stays.pk, goes.pk]
    assert gone.pk not in {row["enrolment_id"] for row in found.rows}


def test_the_class_is_that_of_the_day(october, primary) -> None:
    where, (first, second), (mover, _) = primary
    ClassMove.objects.create(
        start_year=2024, enrolment=mover, from_class=first, to_class=second, moved_on=dt.date(2024, 10, 1)
    )
    Enrolment.objects.filter(pk=mover.pk).update(school_class=second)
    early = b.pupil(first, None, name="Chuyển đúng ngày")
    ClassMove.objects.create(
        start_year=2024, enrolment=early, from_class=second, to_class=first, moved_on=dt.date(2024, 9, 30)
    )
    snapshot = _freeze(where, october)

    found = trace(actor=b.SYSTEM, snapshot=snapshot, form=form("02-DN-TH", "tt24"), address="37:1")

    assert {row["full_name"]: row["class_name"] for row in found.rows} == {
        "Học sinh 1A": "1A",
        "Học sinh 1B": "1B",
        "Chuyển đúng ngày": "1A",
    }


def test_who_has_no_class_is_not_counted_and_a_class_without_pupils_neither(october, primary) -> None:
    where, _, (_, unplaced) = primary
    Enrolment.objects.filter(pk=unplaced.pk).update(school_class=None, first_class=None)

    snapshot = _freeze(where, october)

    assert _figures(snapshot, "02-DN-TH", "37", "27") == {"37": [1, 0, 0, 0], "27": [1, 1, 0]}


def test_a_combined_class_stands_in_the_grade_of_most_of_its_pupils(october, primary) -> None:
    where, classes, _ = primary
    SchoolClass.objects.filter(pk=classes[0].pk).update(is_combined=True)
    classes[0].grades.create(start_year=2024, school=where, grade_code="02")
    for _ in range(2):
        one = b.pupil(classes[0], None, birth_date=dt.date(2017, 5, 19))
        Enrolment.objects.filter(pk=one.pk).update(grade_code="02")

    snapshot = _freeze(where, october)

    assert _figures(snapshot, "02-DN-TH", "27", "28", "29", "36", "40", "41") == {
        "27": [2, 2, 0],
        "28": [1, 1, 0],
        "29": [1, 1, 0],
        "36": [1, 1, 0],
        "40": [2, 0, 0, 0],
        "41": [2, 0, 0, 0],
    }
    assert snapshot.error_count == 0


def test_a_missing_birth_date_breaks_the_sum_of_ages_and_names_the_pupil(october, primary) -> None:
    where, _, (known, _) = primary
    type(known.student).objects.filter(pk=known.student_id).update(birth_date=None)

    snapshot = _freeze(where, october)
    (found,) = [one for one in failures(snapshot, with_rows=True) if "45" in one.text]

    assert found.text == (
        "37 = 45 + 46 + 47 + 48 + 49 + 50 + 51: dòng 37 “Tổng quy mô” là 2, các dòng kia cộng lại 1, chênh 1 "
        "(cột Tổng số)."
    )
    assert [row["full_name"] for row in found.rows_behind] == ["Học sinh 1A"]


def test_a_school_of_two_levels_reports_each_and_counts_itself_once(october) -> None:
    where = b.school("Trường TH và THCS Thử", levels=("02", "03"), years=(2024,))
    where.profiles.update(region_code="02", level_group_code="09")
    for name, grade in (("1A", "01"), ("6A", "06")):
        b.pupil(b.school_class(where, name, grade, year=2024), None)
    b.teacher(where, year=2024)

    freeze(actor=b.SYSTEM, period=october, unit=where.unit)

    lower, upper = (
        snapshot_of(actor=b.SYSTEM, period=october, unit=where.unit, level_code=level) for level in ("02", "03")
    )
    assert _figures(lower, "02-DN-TH", "1", "37", "78") == {"1": [0, 0, 0], "37": [1, 0, 0, 0], "78": [0, 0, 0, 0]}
    assert _figures(upper, "03-DN-THCS", "R001", "R032", "R073") == {
        "R001": [1, 1, 0],
        "R032": [1, 0, 0, 0],
        "R073": [1, 1, 0, 0],
    }
