"""Pupils of a file: every state, against a slow and obvious twin; undo; who may; what a neighbour never sees."""

from typing import Any

import pytest

from csdl.intake.actions import apply_run, plan_run, upload_file
from csdl.intake.models import ImportRow, ImportRun
from csdl.intake.sheets.specs import SheetSpec, Table, TableRow
from csdl.students.models import Guardian
from csdl.years.models import Enrolment
from tests import builders as b

pytestmark = pytest.mark.django_db
SPEC = SheetSpec("pupils", "Học sinh", ())


def line(name: str = "Lê Thị Hoa", **values: Any) -> dict[str, Any]:
    return {"full_name": name, "birth_date": "2012-03-08", "gender_code": "02", "class_name": "6A1"} | values


def table(*rows: dict[str, Any]) -> Table:
    return Table(SPEC, "Học sinh", {}, [TableRow(number, row) for number, row in enumerate(rows, start=2)])


def planned(where, *rows: dict[str, Any], actor=b.SYSTEM, year: int = 2023, **options: Any) -> ImportRun:
    run = upload_file(
        actor=actor, unit=where.unit, kind="pupils", start_year=year, file_name="hs.xlsx", content=b"x", options=options
    )
    return plan_run(actor=actor, run=run, tables=[table(*rows)])


def states(run: ImportRun) -> list[str]:
    return list(ImportRow.objects.filter(run=run).order_by("pk").values_list("state", flat=True))


def codes(run: ImportRun) -> list[list[str]]:
    rows = ImportRow.objects.filter(run=run).order_by("pk").values_list("problems", flat=True)
    return [[problem["code"] for problem in problems] for problems in rows]


@pytest.fixture
def tan_school():
    where = b.school("Trường THCS Tô Hiệu")
    b.school_class(where, "6A1", "06")
    b.school_class(where, "6A2", "06")
    b.school_class(where, "7A1", "07")
    return where


def test_new_pupils_are_written_with_class_and_parents_and_the_same_file_changes_nothing(tan_school) -> None:
    rows = [
        line(citizen_id_no="", father_full_name="Lê Văn Nam", father_birth_year=1980, mother_phone="0912345678"),
        line("Trần Văn Bình", gender_code="01", class_name="6a2"),
    ]

    run = apply_run(actor=b.SYSTEM, run=planned(tan_school, *rows))

    made = Enrolment.objects.filter(run_id=run.pk).order_by("student__sort_key")
    assert list(made.values_list("student__full_name", "school_class__name", "grade_code", "admission_kind")) == [
        ("Trần Văn Bình", "6A2", "06", "2"),
        ("Lê Thị Hoa", "6A1", "06", "2"),
    ]
    assert list(Guardian.objects.values_list("relation", "full_name", "birth_year", "run_id")) == [
        ("father", "Lê Văn Nam", 1980, run.pk)
    ]
    assert run.counts == {"pupils": {"created": 2}}
    assert states(planned(tan_school, *rows)) == ["unchanged", "unchanged"]
