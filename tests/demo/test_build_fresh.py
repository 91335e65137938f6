"""Builds into an empty database: the same seed, numbers that are refused."""

import pytest
from django.db import transaction

from csdl.demo.build import build_province
from csdl.demo.errors import DemoError
from csdl.staff.models import StaffMember
from csdl.students.models import Student
from csdl.years.models import Enrolment, YearResult


def fingerprint() -> tuple:
    """What must be the same for the same seed; numbers of rows may differ, ids and public ids may not."""
    return (
        list(Student.objects.order_by("local_code").values_list("full_name", "citizen_id_no", "public_id")),
        list(
            Enrolment.objects.order_by("public_id").values_list(
                "public_id", "school__unit__code", "school_class__name", "status_code", "left_on"
            )
        ),
        list(YearResult.objects.order_by("enrolment__public_id").values_list("outcome", "absence_count")),
        list(StaffMember.objects.order_by("public_id").values_list("full_name", "public_id")),
    )


def test_same_seed_gives_the_same_province_another_seed_another_one(db):
    seen = []
    for seed in (5, 5, 6):
        with transaction.atomic():
            build_province(pupils=1_000, start_year=2023, seed=seed)
            seen.append(fingerprint())
            transaction.set_rollback(True)

    assert seen[0] == seen[1]
    assert seen[0] != seen[2]


def test_build_refuses_numbers_it_was_not_made_for(db):
    with pytest.raises(DemoError) as caught:
        build_province(pupils=10, start_year=2023)

    assert caught.value.code == "DEMO-03"
