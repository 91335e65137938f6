"""A list of names alone is a beginning: known pupils of the class are found, new ones are written and asked about."""

import pytest

from csdl.intake.actions import apply_run, paste_rows, plan_run
from csdl.intake.models import ImportRow
from csdl.students.models import Guardian
from csdl.years.models import Enrolment
from tests import builders as b
from tests.intake.test_runs_pupils import line, planned

pytestmark = pytest.mark.django_db


def test_names_pasted_into_a_class_find_its_pupils_and_make_the_others() -> None:
    where = b.school("Trường THCS Tô Hiệu")
    own, parallel = b.school_class(where, "6A1", "06"), b.school_class(where, "6A2", "06")
    b.pupil(own, None, name="Nguyễn Thị Lan")
    b.pupil(parallel, None, name="Trần Văn Bình")

    run = plan_run(
        actor=b.SYSTEM,
        run=paste_rows(actor=b.SYSTEM, school_class=own, text="Nguyễn Thị Lan\nTrần Văn Bình\nLê Thị Hoa\n"),
    )

    rows = list(ImportRow.objects.filter(run=run).order_by("row_no"))
    assert [(row.label, row.state) for row in rows] == [
        ("Nguyễn Thị Lan", "unchanged"),
        ("Trần Văn Bình", "created"),
        ("Lê Thị Hoa", "created"),
    ]
    assert [[problem["column"] for problem in row.problems if problem["effect"] == "warn"] for row in rows] == [
        [],
        ["birth_date", "gender_code"],
        ["birth_date", "gender_code"],
    ]
    apply_run(actor=b.SYSTEM, run=run)
    names = Enrolment.objects.filter(school_class=own).order_by("pk").values_list("student__full_name", flat=True)
    assert list(names) == ["Nguyễn Thị Lan", "Trần Văn Bình", "Lê Thị Hoa"]


def test_a_number_that_cannot_be_right_never_takes_the_place_of_one_that_stands() -> None:
    where = b.school("Trường THCS Tô Hiệu")
    b.school_class(where, "6A1", "06")
    apply_run(actor=b.SYSTEM, run=planned(where, line(mother_full_name="Phạm Thị Hoa", mother_phone="0912345678")))

    run = planned(where, line(mother_full_name="Phạm Thị Hoa", mother_phone="095", birth_place="Kiến An"))

    (row,) = ImportRow.objects.filter(run=run)
    assert [(change["column"], change["new"]) for change in row.changes] == [("birth_place", "Kiến An")]
    assert [(problem["column"], problem["effect"]) for problem in row.problems] == [("mother_phone", "leave")]
    apply_run(actor=b.SYSTEM, run=run)
    assert Guardian.objects.get().phone == "0912345678"
