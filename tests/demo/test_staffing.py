import random

from csdl.demo.cohorts import COHORTS, lay_out_classes
from csdl.demo.staffing import lessons_of, plan_teachers, posts_of_school


def test_every_class_has_one_leader_and_every_lesson_one_teacher():
    for level, pupils in (("01", 300), ("02", 700), ("03", 40), ("03", 900), ("04", 1200), ("05", 60)):
        plans = lay_out_classes(COHORTS[level], pupils, random.Random(2), start_year=2023)

        teachers = plan_teachers(plans, 2023)

        leaders = [teacher.homeroom for teacher in teachers if teacher.homeroom is not None]
        assert sorted(leaders) == list(range(len(plans)))
        given = sorted((place, lesson.subject_code) for teacher in teachers for place, lesson in teacher.lessons)
        wanted = sorted(
            (place, lesson.subject_code)
            for place, plan in enumerate(plans)
            for lesson in lessons_of(plan.cohort.level_code, plan.cohort.number, 2023)
        )
        assert given == wanted


def test_posts_one_head_and_deputies_by_size():
    def codes(**size):
        return [post.position_code for post in posts_of_school(is_centre=False, is_small=False, **size)]

    assert codes(classes=3, pupils=60, has_preschool=False)[:3] == ["01", "15", "16"]
    assert codes(classes=20, pupils=700, has_preschool=False)[:3] == ["01", "02", "02"]
    assert [post.is_head for post in posts_of_school(2, 40, is_centre=False, has_preschool=True, is_small=True)] == [
        True
    ]
