"""The ministry's school file as a run: planned, applied, applied again, taken back."""

from pathlib import Path
from typing import Any

import pytest

from csdl.codes.actions import load_code_lists
from csdl.intake.actions import apply_run, plan_run, undo_run, upload_file, want_rows
from csdl.intake.actions.school_runs import _TABLES, _fields
from csdl.intake.errors import IntakeError
from csdl.intake.models import ImportRow, ImportRun
from csdl.orgs.models import OrgUnit, SchoolProfile
from csdl.portals.components.import_rows import plan_lines
from tests import builders as b
from tests.intake.test_schools import CATALOGUE, row, workbook

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
        f"Dòng 1, {OrgUnit.objects.get(code='164').name}: có dữ liệu khác, có đơn vị",
    ]


def test_a_school_that_is_left_out_is_not_written_nor_the_unit_that_only_it_needs(root) -> None:
    content = workbook(row(), row("19165401", "Tiểu học Núi Voi", MA_DON_VI="165", ID_PHONG="165"))
    run = planned(content, root)
    rows = {one.label: one for one in ImportRow.objects.filter(run=run)}
    assert run.counts == {"units": {"created": 2}, "schools": {"created": 2}}
    before = contents()

    choice = want_rows(actor=b.SYSTEM, run=run, row_ids=[rows["Tiểu học Núi Voi"].pk], is_wanted=False)

    assert (choice.rows, choice.along) == (1, 1)
    run.refresh_from_db()
    assert run.options["left_out"] == {"created": 2}
    plan_run(actor=b.SYSTEM, run=run)  # what was left out stays so
    run = apply_run(actor=b.SYSTEM, run=run)
    assert list(OrgUnit.objects.exclude(pk=root.pk).order_by("code").values_list("code", flat=True)) == [
        "164", "19164401"]  # fmt: skip
    undo_run(actor=b.SYSTEM, run=run)
    assert contents() == before


def test_a_school_that_is_taken_after_all_brings_its_unit(root) -> None:
    run = planned(workbook(row()), root)
    school = ImportRow.objects.get(run=run, noun="schools")
    unit = ImportRow.objects.get(run=run, noun="units")
    want_rows(actor=b.SYSTEM, run=run, row_ids=[school.pk], is_wanted=False)

    # A unit is no row to be chosen by itself.
    alone = want_rows(actor=b.SYSTEM, run=run, row_ids=[unit.pk], is_wanted=True)
    both = want_rows(actor=b.SYSTEM, run=run, row_ids=[school.pk], is_wanted=True)

    assert ((alone.rows, alone.along), (both.rows, both.along)) == ((0, 0), (1, 1))
    apply_run(actor=b.SYSTEM, run=run)
    assert OrgUnit.objects.filter(code__in=["164", "19164401"]).count() == 2


def test_a_new_office_above_a_known_one_is_kept_with_the_run_and_goes_with_it(root) -> None:
    b.unit("Phòng Giáo dục và Đào tạo Thành phố Thái Nguyên", b.UnitKind.DISTRICT_OFFICE, root, code="164")
    between = [188, "Phòng Giáo dục và Đào tạo Thành phố Phổ Yên", 19]
    catalogue = [*CATALOGUE[:4], between, [164, CATALOGUE[4][1], 188], CATALOGUE[5]]
    before = contents()

    run = apply_run(actor=b.SYSTEM, run=planned(workbook(row(), catalogue=catalogue), root))

    made = OrgUnit.objects.get(code="188")
    assert ImportRow.objects.get(run=run, noun="units", is_wanted=True).target_id == made.pk
    undo_run(actor=b.SYSTEM, run=run)
    assert contents() == before


def test_the_plan_says_codes_with_their_names(root) -> None:
    run = planned(workbook(row(CHUAN_QUOC_GIA=1)), root)

    (unit, school) = plan_lines(ImportRow.objects.filter(run=run).order_by("pk"))

    said = {change.label: change.new for change in school.changes}
    assert unit.row.label in said["Đơn vị quản lý"]
    assert said["Cấp học"] == "Tiểu học (02)"
    assert said["Loại hình"] == "Công lập (01)"
    assert said["Địa chỉ"] == "Phường Hoàng Văn Thụ"
