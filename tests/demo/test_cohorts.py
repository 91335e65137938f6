import random

import pytest

from csdl.demo.cohorts import COHORTS, lay_out_classes, regime_of, share_out


def test_share_out_adds_up_to_the_total():
    assert share_out(10, [1, 1, 1]) == [4, 3, 3]
    assert share_out(7, [0.5, 0, 0.5]) == [4, 0, 3]
    assert share_out(5, []) == []
    assert share_out(0, [3, 4]) == [0, 0]


@pytest.mark.parametrize("level", sorted(COHORTS))
@pytest.mark.parametrize("pupils", [0, 1, 34, 999])
def test_classes_keep_the_legal_size_and_their_own_names(level, pupils):
    plans = lay_out_classes(COHORTS[level], pupils, random.Random(4), start_year=2023)

    assert sum(plan.pupils for plan in plans) == pupils
    assert all(0 < plan.pupils < plan.cohort.limit for plan in plans)
    assert len({plan.name for plan in plans}) == len(plans)


def test_class_names_carry_the_grade_or_the_age():
    primary = lay_out_classes(COHORTS["02"], 60, random.Random(1), start_year=2023)
    preschool = lay_out_classes(COHORTS["01"], 60, random.Random(1), start_year=2023)

    assert [plan.name for plan in primary] == ["1A", "2A", "3A", "4A", "5A"]
    assert {"Nhà trẻ 25-36 tháng A", "3 tuổi A", "4 tuổi A", "5 tuổi A"} <= {plan.name for plan in preschool}


def test_regime_grades_nine_and_twelve_of_2023_are_of_the_older_circular():
    grades = {cohort.grade_code: cohort for level in COHORTS.values() for cohort in level}

    regimes = {code: regime_of(grades[code], 2023) for code in ("17", "01", "08", "09", "11", "12", "13", "15", "20")}

    assert regimes == {
        "17": "preschool", "01": "tt27", "08": "tt22", "09": "tt58", "11": "tt22", "12": "tt58", "13": "tt43",
        "15": "tt58", "20": "tt43",
    }  # fmt: skip
    assert regime_of(grades["09"], 2024) == "tt22"
