import random

import pytest

from csdl.demo.cohorts import COHORTS, lay_out_classes, share_out


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
