"""Rules of the end of a year: by which regulation a grade was judged."""

import pytest

from csdl.demo.cohorts import COHORTS
from csdl.years.models import YearResult
from csdl.years.rules import regime_of


@pytest.mark.parametrize(
    ("start_year", "expected"),
    [
        (2019, {1: "tt22_2016", 5: "tt22_2016", 6: "tt58", 10: "tt58", 12: "tt58"}),
        (2020, {1: "tt27", 2: "tt22_2016", 6: "tt58"}),
        (2023, {4: "tt27", 5: "tt22_2016", 8: "tt22", 9: "tt58", 11: "tt22", 12: "tt58"}),
        (2024, {1: "tt27", 5: "tt27", 6: "tt22", 9: "tt22", 12: "tt22"}),
    ],
)
def test_a_grade_is_judged_by_the_regulation_of_its_year(start_year: int, expected: dict[int, str]) -> None:
    levels = {number: "02" if number <= 5 else "03" if number <= 9 else "04" for number in expected}

    found = {number: regime_of(levels[number], number, start_year) for number in expected}

    assert found == expected


def test_levels_without_grades_and_continuing_education_have_their_own() -> None:
    found = [
        regime_of("01", None, 2023),
        regime_of("01", 0, 2024),
        regime_of("05", None, 2023),
        regime_of("05", 10, 2023),
        regime_of("05", 12, 2023),
        regime_of("05", 12, 2024),
    ]

    assert found == ["preschool", "preschool", "tt27", "tt43", "tt58", "tt43"]


def test_every_cohort_of_every_year_has_a_regulation_that_fits_the_column() -> None:
    width = YearResult._meta.get_field("regime").max_length

    codes = {
        regime_of(cohort.level_code, cohort.number, year)
        for cohorts in COHORTS.values()
        for cohort in cohorts
        for year in range(2000, 2040)
    }

    assert codes == {"preschool", "tt22_2016", "tt27", "tt22", "tt58", "tt43"}
    assert max(map(len, codes)) <= width
