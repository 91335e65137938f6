"""A whole school in one workbook: later sheets see what earlier ones make; twice changes nothing; taken back whole."""

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest

from csdl.intake.actions import apply_run, plan_run, undo_run, upload_file
from csdl.intake.errors import IntakeError
from csdl.intake.models import ImportRow, ImportRun
from csdl.orgs.models import SchoolSite
from csdl.staff.models import StaffMember, StaffPosting
from csdl.students.models import Guardian, Student
from csdl.years.models import (
    ClassGrade,
    ClassMove,
    Enrolment,
    HomeroomAssignment,
    SchoolClass,
    TeachingAssignment,
)
from tests import builders as b

pytestmark = pytest.mark.django_db
TABLES = (SchoolSite, SchoolClass, ClassGrade, StaffMember, StaffPosting, Student, Guardian, Enrolment, ClassMove,
          HomeroomAssignment, TeachingAssignment)  # fmt: skip
WORKBOOK: dict[str, list[list[Any]]] = {
    "Điểm trường": [["Mã điểm trường", "Tên điểm trường", "Địa chỉ"], ["02", "Điểm Núi Đèo", "Thôn 3"]],
    "Lớp học": [["Tên lớp", "Khối", "Điểm trường", "Lớp bán trú"], ["6A1", "06", "", "x"],
                ["6A2", "6", "Điểm Núi Đèo", ""]],
    "Cán bộ, giáo viên": [
        ["Họ và tên", "Ngày sinh", "Giới tính", "Loại cán bộ", "Hình thức hợp đồng", "Môn dạy"],
        ["Trần Thị Dạy", "07/10/1985", "Nữ", "GV", "07", ""],
    ],
    "Học sinh": [
        ["Họ và tên", "Ngày sinh", "Giới tính", "Lớp", "Họ tên cha"],
        ["Lê Thị Hoa", "08/03/2012", "Nữ", "6A2", "Lê Văn Nam"],
        ["Trần Văn Bình", "09/04/2012", "Nam", "6a1", ""],
    ],
    "Chủ nhiệm": [["Lớp", "Giáo viên"], ["6A1", "Trần Thị Dạy"]],
    "Phân công giảng dạy": [
        ["Lớp", "Môn học", "Giáo viên", "Học kì", "Số tiết/tuần"], ["6A2", "Toán", "Trần Thị Dạy", "1", 4]],
}  # fmt: skip


def workbook(sheets: dict[str, list[list[Any]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def planned(where, sheets: dict[str, list[list[Any]]], kind: str = "school", **options: Any) -> ImportRun:
    run = upload_file(actor=b.SYSTEM, unit=where.unit, kind=kind, start_year=2023, file_name="truong.xlsx",
                      content=workbook(sheets), options=options)  # fmt: skip
    return plan_run(actor=b.SYSTEM, run=run)


def contents() -> dict[str, list[dict[str, Any]]]:
    """Every row of the school's tables, but when it was last changed."""
    return {
        model.__name__: list(
            model.objects.order_by("pk").values(
                *(field.attname for field in model._meta.concrete_fields if field.attname != "changed_at")
            )
        )
        for model in TABLES
    }


@pytest.fixture
def new_school():
    return b.school("Trường THCS Tô Hiệu")


def test_a_new_school_comes_in_whole_and_goes_whole(new_school) -> None:
    before = contents()

    run = planned(new_school, WORKBOOK)

    assert run.message == ""
    assert contents() == before
    assert run.counts == {
        "sites": {"created": 1},
        "classes": {"created": 2},
        "staff": {"created": 1},
        "pupils": {"created": 2},
        "homeroom": {"created": 1},
        "teaching": {"created": 1},
    }
    run = apply_run(actor=b.SYSTEM, run=run)
    classes = SchoolClass.objects.order_by("name")
    assert list(classes.values_list("name", "grade_code", "site__code", "is_semi_boarding")) == [
        ("6A1", "06", "01", True), ("6A2", "06", "02", False)]  # fmt: skip
    assert list(Enrolment.objects.order_by("pk").values_list("student__full_name", "school_class__name")) == [
        ("Lê Thị Hoa", "6A2"), ("Trần Văn Bình", "6A1")]  # fmt: skip
    assert HomeroomAssignment.objects.get().staff.full_name == "Trần Thị Dạy"
    teaching = TeachingAssignment.objects.get()
    assert (teaching.school_class.name, teaching.staff.full_name, teaching.semester, teaching.periods_per_week) == (
        "6A2", "Trần Thị Dạy", 1, 4)  # fmt: skip
    again = planned(new_school, WORKBOOK)
    assert {noun: set(states) for noun, states in again.counts.items()} == {noun: {"unchanged"} for noun in run.counts}
    undo_run(actor=b.SYSTEM, run=run)
    assert contents() == before


def test_cells_of_every_noun_change_and_go_back(new_school) -> None:
    apply_run(actor=b.SYSTEM, run=planned(new_school, WORKBOOK))
    other = b.teacher(new_school, "Vũ Văn Khác")
    before = contents()
    changed = {
        "Điểm trường": [["Mã điểm trường", "Tên điểm trường", "Địa chỉ"], ["02", "Điểm Núi Đèo", "Thôn 4"]],
        "Lớp học": [["Tên lớp", "Khối", "Điểm trường"], ["6A1", "06", "02"]],
        "Cán bộ, giáo viên": [["Họ và tên", "Ngày sinh", "Điện thoại", "Chức vụ"],
                              ["Trần Thị Dạy", "07/10/1985", "0912345678", "03"]],
        "Chủ nhiệm": [["Lớp", "Giáo viên", "Từ ngày"], ["6A1", "Vũ Văn Khác", "02/10/2023"]],
        "Phân công giảng dạy": [
            ["Lớp", "Môn học", "Giáo viên", "Học kì", "Số tiết/tuần"], ["6A2", "Toán", "Trần Thị Dạy", "1", 5]],
    }  # fmt: skip

    run = planned(new_school, changed)

    assert run.counts == {
        "sites": {"updated": 1},
        "classes": {"updated": 1},
        "staff": {"updated": 1},
        "homeroom": {"created": 1},
        "teaching": {"updated": 1},
    }
    run = apply_run(actor=b.SYSTEM, run=run)
    assert list(HomeroomAssignment.objects.order_by("valid_from").values_list("staff__full_name", "valid_to")) == [
        ("Trần Thị Dạy", dt.date(2023, 10, 2)), ("Vũ Văn Khác", None)]  # fmt: skip
    assert SchoolClass.objects.get(name="6A1").site.code == "02"
    assert StaffPosting.objects.get(staff__full_name="Trần Thị Dạy").position_code == "03"
    undo_run(actor=b.SYSTEM, run=run)
    assert contents() == before
    assert other.homerooms.count() == 0


def test_what_breaks_a_rule_is_named_and_left_out(new_school) -> None:
    b.school_class(new_school, "6A1", "06")

    run = planned(
        new_school,
        {
            "Lớp học": [
                ["Tên lớp", "Khối", "Điểm trường"],
                ["6A1", "07", ""],
                ["6a1", "06", ""],
                ["1A", "01", ""],
                ["6A3", "06", "Điểm lạ"],
                ["6A4", "", ""],
            ],
            "Học sinh": [["Họ và tên", "Ngày sinh", "Giới tính", "Lớp"], ["Lê Thị Hoa", "08/03/2012", "Nữ", "6A3"]],
            "Chủ nhiệm": [["Lớp", "Giáo viên"], ["6A1", "Không Ai Biết"]],
        },
    )

    rows = ImportRow.objects.filter(run=run).order_by("pk").values_list("noun", "state", "problems")
    assert [(noun, state, sorted({one["code"] for one in problems})) for noun, state, problems in rows] == [
        ("classes", "unchanged", ["INT-69"]),
        ("classes", "rejected", ["INT-44"]),
        ("classes", "rejected", ["INT-63"]),
        ("classes", "rejected", ["INT-62"]),
        ("classes", "rejected", ["INT-22", "INT-66"]),
        ("pupils", "rejected", ["INT-41"]),
        ("homeroom", "rejected", ["INT-64"]),
    ]


def test_a_class_with_pupils_of_another_hand_stays(new_school) -> None:
    run = apply_run(actor=b.SYSTEM, run=planned(new_school, {"Lớp học": WORKBOOK["Lớp học"][:2]}, kind="classes"))
    b.pupil(SchoolClass.objects.get(name="6A1"), None)

    with pytest.raises(IntakeError) as refused:
        undo_run(actor=b.SYSTEM, run=run)

    assert (refused.value.code, refused.value.problems) == ("INT-10", ["Dòng 2, 6A1: lớp có học sinh"])
