"""What the rollover tells the modules below: an import does not take back a class that a plan goes on from."""

import pytest

from csdl.intake.actions import apply_run, undo_run
from csdl.intake.errors import IntakeError
from csdl.rollover.models import PlanClass
from csdl.years.class_ties import tied_to_classes
from csdl.years.models import SchoolClass
from tests import builders as b
from tests.intake.test_runs_school import planned

pytestmark = pytest.mark.django_db


def test_a_class_that_a_plan_goes_on_from_is_kept_by_name() -> None:
    where = b.school("Trường THCS Tô Hiệu")
    rows = [["Tên lớp", "Khối"], ["6A1", "06"], ["6A2", "06"]]
    run = apply_run(actor=b.SYSTEM, run=planned(where, {"Lớp học": rows}))
    first = SchoolClass.objects.get(name="6A1")
    PlanClass.objects.create(from_year=2023, school=where, source_class=first, name="7A1", grade_code="07", ordinal=1)

    with pytest.raises(IntakeError) as refused:
        undo_run(actor=b.SYSTEM, run=run)

    why = "lớp đã có trong kế hoạch kết chuyển từ năm học 2023-2024"
    assert (refused.value.code, refused.value.problems) == ("INT-10", [f"Dòng 2, 6A1: {why}"])
    assert tied_to_classes(SchoolClass.objects.values_list("pk", flat=True)) == {first.pk: [why]}
    undo_run(actor=b.SYSTEM, run=run, keep_dependents=True)
    assert list(SchoolClass.objects.values_list("name", flat=True)) == ["6A1"]
