"""The ministry's school file as a run: planned without writing, written, and the second time nothing changes."""

from pathlib import Path

import pytest

from csdl.access.actors import actor_for
from csdl.accounts.errors import NotAllowed
from csdl.intake.actions import apply_schools, plan_schools, upload_schools
from csdl.intake.enums import RunState
from csdl.intake.models import ImportRun
from csdl.orgs.enums import UnitKind
from csdl.orgs.models import School
from tests import builders as b

pytestmark = pytest.mark.django_db

FILE = Path(__file__).parents[1] / "data" / "schools-province-19-part.xlsx"


def _uploaded(content: bytes) -> tuple[object, ImportRun]:
    department = b.unit("Sở Giáo dục và Đào tạo Thái Nguyên", UnitKind.DEPARTMENT, code="19")
    b.school_year(2024, current=True)
    actor = actor_for(b.account("so", "department_admin", department))
    run = upload_schools(actor=actor, unit=department, start_year=2024, file_name=FILE.name, content=content)
    return actor, run


def test_a_plan_writes_nothing_and_the_run_what_it_says() -> None:
    actor, run = _uploaded(FILE.read_bytes())

    planned = plan_schools(actor=actor, run=run)
    before = School.objects.count()
    rows = planned.rows.count()
    created = planned.counts["schools"]["created"]
    done = apply_schools(actor=actor, run=planned)

    assert (planned.state, before, rows) == (RunState.PLANNED, 0, sum(planned.counts["schools"].values()))
    assert (done.state, done.file, School.objects.count()) == (RunState.APPLIED, None, created)


def test_the_same_file_again_changes_nothing() -> None:
    actor, run = _uploaded(FILE.read_bytes())
    apply_schools(actor=actor, run=plan_schools(actor=actor, run=run))
    again = upload_schools(
        actor=actor, unit=run.unit, start_year=2024, file_name="lần hai.xlsx", content=FILE.read_bytes()
    )

    planned = plan_schools(actor=actor, run=again)

    assert {"created", "updated"} & set(planned.counts["schools"]) == set()


def test_a_file_that_cannot_be_read_is_refused_with_its_reason() -> None:
    actor, run = _uploaded(b"khong phai xlsx")

    planned = plan_schools(actor=actor, run=run)

    assert (planned.state, "INT-02" in planned.message, planned.rows.count()) == (RunState.REFUSED, True, 0)


def test_a_school_brings_no_school_file_in() -> None:
    _, run = _uploaded(FILE.read_bytes())
    school = b.school(years=(2024,))
    clerk = actor_for(b.account("vanthu", "school_clerk", school.unit))

    with pytest.raises(NotAllowed):
        upload_schools(actor=clerk, unit=school.unit, start_year=2024, file_name="a.xlsx", content=b"")
    with pytest.raises(NotAllowed):
        plan_schools(actor=clerk, run=run)
