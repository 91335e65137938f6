from csdl.demo.institutions import FULL_SIZE, plan_institutions, territories


def test_plan_of_the_full_province_has_the_real_number_of_schools(db):
    plan = plan_institutions(FULL_SIZE, 1, territories())

    assert 770 <= len(plan) <= 850
    assert sum(sum(item.pupils.values()) for item in plan) == FULL_SIZE
    assert len({item.code for item in plan}) == len(plan)
    assert len({(item.parent_code, item.name) for item in plan}) == len(plan)
    assert "Trường THPT Chuyên Trần Phú" in {item.name for item in plan}
