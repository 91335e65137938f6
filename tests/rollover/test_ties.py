"""What the rollover tells the modules below: an import does not take back a class that a plan goes on from."""

import pytest

from csdl.accounts.errors import CsdlError
from csdl.intake.actions import apply_run, undo_run
from csdl.intake.errors import IntakeError
from csdl.intake.runs.staying import Agreement
from csdl.rollover.models import PlanClass
from csdl.years.actions.classes import remove_class
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
    undo_run(actor=b.SYSTEM, run=run, agreed=Agreement())
    assert list(SchoolClass.objects.values_list("name", flat=True)) == ["6A1"]


def test_a_class_that_a_plan_goes_on_from_is_not_taken_away() -> None:
    where = b.school("Trường THCS Tô Hiệu")
    empty = b.school_class(where, "6A1", "06")
    PlanClass.objects.create(from_year=2023, school=where, source_class=empty, name="7A1", grade_code="07", ordinal=1)

    with pytest.raises(CsdlError) as refused:
        remove_class(actor=b.SYSTEM, school_class=empty)

    assert refused.value.code == "CLS-01"
    assert "6A1 không bỏ được: lớp đã có trong kế hoạch kết chuyển từ năm học 2023-2024." in str(refused.value)
    assert PlanClass.objects.get().source_class_id == empty.pk
