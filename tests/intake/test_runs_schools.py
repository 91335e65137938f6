"""The ministry's school file as a run: planned, applied, applied again, taken back."""

from pathlib import Path
from typing import Any

import pytest

from csdl.codes.actions import load_code_lists
from csdl.intake.actions import apply_run, plan_run, undo_run, upload_file
from csdl.intake.actions.school_runs import _TABLES, _fields
from csdl.intake.errors import IntakeError
from csdl.intake.models import ImportRow, ImportRun
from csdl.orgs.models import OrgUnit, SchoolProfile
from tests import builders as b
from tests.intake.test_schools import row, workbook

pytestmark = pytest.mark.django_db
REAL = Path(__file__).parents[1] / "data" / "schools-province-19-part.xlsx"


def planned(content: bytes, where: OrgUnit) -> ImportRun:
    run = upload_file(actor=b.SYSTEM, unit=where, kind="schools", start_year=2023, file_name="t.xlsx", content=content)
    return plan_run(actor=b.SYSTEM, run=run)


def contents() -> dict[str, list[dict[str, Any]]]:
    return {model.__name__: list(model._default_manager.order_by("pk").values(*_fields(model))) for model, _ in _TABLES}


@pytest.fixture
def root() -> OrgUnit:
    load_code_lists()
    b.school_year(2023)
    return b.unit("Sở Giáo dục và Đào tạo Tỉnh Thái Nguyên", b.UnitKind.DEPARTMENT, code="19")


def test_the_ministrys_file_twice_changes_nothing_and_goes_whole(root) -> None:
    before = contents()

    run = planned(REAL.read_bytes(), root)

    assert run.state == "planned", run.message
    assert contents() == before
    run = apply_run(actor=b.SYSTEM, run=run)
    made = run.counts["schools"]["created"]
    assert SchoolProfile.objects.count() == made > 100
    again = planned(REAL.read_bytes(), root)
    assert set(again.counts["schools"]) <= {"unchanged", "rejected"}
    assert again.counts["schools"]["unchanged"] == made
    undo_run(actor=b.SYSTEM, run=run)
    assert contents() == before


def test_changed_cells_go_back_and_units_with_classes_stay(root) -> None:
    first = apply_run(actor=b.SYSTEM, run=planned(workbook(row()), root))
    before = contents()
    run = apply_run(
        actor=b.SYSTEM,
        run=planned(workbook(row(DIA_CHI="Phường Quang Trung"), row("19164402", "Tiểu học Đội Cấn")), root),
    )
    changed = ImportRow.objects.get(run=run, state="updated")
    assert changed.changes == [{"column": "address", "old": "Phường Hoàng Văn Thụ", "new": "Phường Quang Trung"}]
    undo_run(actor=b.SYSTEM, run=run)
    assert contents() == before
    made = OrgUnit.objects.get(code="19164401")
    b.school_class(made.school, "1A", "01")

    with pytest.raises(IntakeError) as refused:
        undo_run(actor=b.SYSTEM, run=first)

    assert refused.value.code == "INT-10"
    assert refused.value.problems == [
        "Dòng 5, Tiểu học Hoàng Văn Thụ: có dữ liệu khác, có lớp",
        "Dòng 1, 164: có dữ liệu khác, có đơn vị",
    ]
