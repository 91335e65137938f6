"""Reviews: a report beside last year and its peers; what stands out says why."""

import statistics
from decimal import Decimal

import pytest

from csdl.lib import clock
from csdl.orgs.models import SchoolLevel, SchoolProfile
from csdl.reports.actions import freeze, open_usual_period
from csdl.reports.models import ReportPeriod
from csdl.reports.reviews import Coverage, compared, coverage, measures, modified_z, z_score
from tests import builders as b
from tests.reports.builders import primary
from tests.reports.chain import at

pytestmark = [pytest.mark.django_db, pytest.mark.server]


def test_scores_are_those_of_the_books() -> None:
    values = [10.0, 11.0, 12.0, 13.0, 40.0]
    median = statistics.median(values)
    distance = statistics.median(abs(one - median) for one in values)

    assert z_score(40.0, statistics.mean(values), statistics.pstdev(values)) == pytest.approx(1.99235, abs=0.0001)
    assert modified_z(40.0, median, distance) == pytest.approx(0.6745 * 28 / 1)
    assert z_score(5.0, 5.0, 0.0) is None
    assert modified_z(5.0, 5.0, 0.0) is None


def test_a_jump_against_last_year_is_said_in_words(october: ReportPeriod) -> None:
    where, _ = primary(parent=b.office())
    clock.move_to(at(9, day=3).replace(year=2023))
    b.school_year(2023)
    SchoolProfile.objects.create(
        school=where, start_year=2023, level_group_code="06", ownership_code="01", region_code="02"
    )
    SchoolLevel.objects.create(school=where, start_year=2023, level_code="02")
    old = b.school_class(where, "1A", "01", year=2023)
    for _ in range(12):
        b.pupil(old, None)
    before = open_usual_period(actor=b.SYSTEM, start_year=2023, kind="BOY")
    freeze(actor=b.SYSTEM, period=before, unit=where.unit)
    clock.move_to(at(9, day=3))
    freeze(actor=b.SYSTEM, period=october, unit=where.unit)

    (lines,) = compared(actor=b.SYSTEM, period=october, level_code="02").values()

    reasons = {one.measure.name: one.reasons for one in lines if one.reasons}
    assert reasons["pupils"] == ("giảm 10 em (83,3%) so với năm trước: 12 → 2",)
    assert lines[0].year_value == Decimal(12)


@pytest.mark.parametrize("schools", [1, 8])
def test_what_could_not_be_compared_is_said_and_never_called_usual(october: ReportPeriod, schools: int) -> None:
    office = b.office()
    for place in range(schools):
        where, _ = primary(f"Trường {place}", parent=office)
        b.teacher(where, year=2024)
    freeze(actor=b.SYSTEM, period=october)

    found = compared(actor=b.SYSTEM, period=october, level_code="02")

    before = ("kỳ trước (chưa có số liệu)", "năm trước (chưa có số liệu)")
    few = "các trường cùng cấp (dưới 8 trường cùng cấp đã chốt số liệu mà tài khoản này xem được, hiện có 1)"
    wanted = {1: Coverage((), (*before, few)), 8: Coverage(("các trường cùng cấp",), before)}
    assert {coverage(lines) for lines in found.values()} == {wanted[schools]}


def test_every_measure_is_found_in_some_form() -> None:
    from csdl.reports.reviews import _places

    found = {
        name
        for level in ("01", "02", "03", "04", "05")
        for kind in ("BOY", "EOY")
        for name in _places("tt24", kind, level)
    }
    assert found == set(measures())


@pytest.mark.parametrize("schools", [1, 3])
def test_comparing_costs_the_same_number_of_queries(
    october: ReportPeriod, schools: int, django_assert_num_queries
) -> None:
    office = b.office()
    for place in range(schools):
        where, _ = primary(f"Trường {place}", parent=office)
        freeze(actor=b.SYSTEM, period=october, unit=where.unit)
    with django_assert_num_queries(1):
        assert len(compared(actor=b.SYSTEM, period=october, level_code="02")) == schools
