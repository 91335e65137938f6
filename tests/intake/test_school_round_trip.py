"""A school of 1,800 pupils goes out as one workbook, is mended and spoiled in Excel, comes back and is taken back."""

import datetime as dt
import io
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from csdl.codes import queries as codes
from csdl.codes.actions import load_code_lists
from csdl.exports.workbook import export_workbook
from csdl.intake.actions import apply_run, plan_run, undo_run, upload_file
from csdl.intake.models import ImportRow, ImportRun
from csdl.intake.problems import ProblemKind
from csdl.intake.sheets.nouns import SPECS
from csdl.orgs.models import School
from csdl.staff.models import StaffMember, StaffPosting
from csdl.students.models import Guardian, Student
from csdl.years.models import ClassGrade, ClassMove, Enrolment, HomeroomAssignment, SchoolClass, TeachingAssignment
from tests import builders as b

pytestmark = pytest.mark.django_db

CLASSES, A_CLASS = 45, 40
PEOPLE = ("Nguyễn Thị Lan Anh", "Trần Gia Bảo", "Lê Thùy Dương", "Phạm Đức Hiếu", "Vũ Khánh Linh")
TABLES = (Student, Guardian, Enrolment, ClassMove, SchoolClass, ClassGrade, HomeroomAssignment, TeachingAssignment)


@pytest.fixture
def big_school() -> School:
    """1,800 pupils in 45 classes, each with a mother; teachers, homerooms, lessons."""
    load_code_lists()
    codes.forget()
    where = b.school("Trường THCS Chu Văn An")
    classes = [b.school_class(where, f"{6 + n % 4}A{1 + n // 4}", f"{6 + n % 4:02}") for n in range(CLASSES)]
    for place, school_class in enumerate(classes[:10]):
        who = b.teacher(where, f"Bùi Thị Thu {'ABCDEGHIKL'[place]}")
        b.homeroom(who, school_class)
        b.teaches(who, school_class)
    StaffMember.objects.update(birth_date=dt.date(1985, 10, 7), teacher_subject_code="22")
    StaffPosting.objects.update(contract_code="07")
    students = Student.objects.bulk_create(
        Student(
            full_name=PEOPLE[place % len(PEOPLE)],
            birth_date=dt.date(2017 - int(school_class.grade_code), 1 + place % 12, 1 + number % 28),
            gender_code=("02", "01", "02", "01", "02")[place % len(PEOPLE)],
            ethnic_code="01",
            local_code=f"HS{number:02}{place:02}",
        )
        for number, school_class in enumerate(classes)
        for place in range(A_CLASS)
    )
    Enrolment.objects.bulk_create(
        Enrolment(
            start_year=2023, student=student, school=where, grade_code=classes[place // A_CLASS].grade_code,
            school_class=classes[place // A_CLASS], first_class=classes[place // A_CLASS],
            enrolled_on=dt.date(2023, 7, 1), admission_kind="4",
        )
        for place, student in enumerate(students)
    )  # fmt: skip
    Guardian.objects.bulk_create(
        Guardian(student=student, relation="mother", full_name="Phạm Thị Hoa", phone=f"09123{place:05}")
        for place, student in enumerate(students)
    )
    return where


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


def exported(where: School) -> bytes:
    return export_workbook(actor=b.SYSTEM, school=where, start_year=2023, purpose="check", with_sensitive=True).content


def planned(where: School, content: bytes) -> ImportRun:
    run = upload_file(
        actor=b.SYSTEM, unit=where.unit, kind="school", start_year=2023, file_name="toan-truong.xlsx", content=content
    )
    return plan_run(actor=b.SYSTEM, run=run)


class PupilSheet:
    """The pupils' sheet of a workbook, addressed by pupil and column."""

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet = sheet
        labels = {column.label: column.name for column in SPECS["pupils"].columns}
        for row in sheet.iter_rows(min_row=1, max_row=10):
            said = {str(cell.value or "").rstrip(" (*)"): cell.column for cell in row}
            if "Họ và tên" in said:
                self.header = row[0].row
                self.columns = {labels[label]: place for label, place in said.items() if label in labels}
                break

    def first_pupil(self) -> int:
        return self.header + 1

    def put(self, row: int, column: str, value: Any) -> None:
        cell = self.sheet.cell(row, self.columns[column], value)
        if not isinstance(value, str):
            cell.number_format = "General"

    def read(self, row: int, column: str) -> Any:
        return self.sheet.cell(row, self.columns[column]).value


def mended(sheet: PupilSheet, row: int) -> Iterator[tuple[int, str, Any]]:
    """50 cells put right, ten pupils by five columns."""
    for place in range(10):
        yield row + place, "birth_place", f"Phường Quán Toan {place}"
        yield row + place, "phone", f"0398{place:06}"
        yield row + place, "origin_place", f"Vĩnh Bảo {place}"
        yield row + place, "mother_occupation", "Công nhân"
        yield row + place, "father_full_name", f"Nguyễn Văn Cha {'ABCDEGHIKL'[place]}"


# One kind of damage each: the column, what stands in the cell, the problem that names it.
FAULTS: tuple[tuple[str, Any, str], ...] = (
    ("citizen_id_no", 3.1212e10, "INT-51"),  # a number Excel shortened
    ("citizen_id_no", "31212001845", "INT-50"),  # the leading zero eaten
    ("citizen_id_no", "0312120018", "INT-40"),  # too short
    ("birth_date", "31/02/2012", "INT-25"),  # no such day
    ("birth_date", "05/07/2031", "INT-40"),  # in the future
    ("gender_code", "Nma", "INT-21"),
    ("ethnic_code", "Kinhh", "INT-21"),
    ("full_name", "Nguyễn Văn 9", "INT-40"),
    ("full_name", "NguyÔn V¨n B×nh", "INT-54"),  # TCVN3
    ("class_name", "6Z9", "INT-41"),
    ("email", "khong phai thu", "INT-40"),
    ("birth_place", "#REF!", "INT-55"),
)
# What can be told for sure is put right, and said so; every other faulty cell stays as it was.
AFTERWARDS = {("NguyÔn V¨n B×nh", "INT-54"): "Nguyễn Văn Bình"}


def test_a_school_comes_back_with_every_fault_named_and_every_good_cell_applied_and_is_taken_back(big_school) -> None:
    before = contents()
    content = exported(big_school)
    unchanged = planned(big_school, content)
    assert (unchanged.counts, unchanged.problem_count) == (
        {
            "sites": {"unchanged": 1},
            "classes": {"unchanged": CLASSES},
            "staff": {"unchanged": 10},
            "pupils": {"unchanged": CLASSES * A_CLASS},
            "homeroom": {"unchanged": 10},
            "teaching": {"unchanged": 10},
        },
        0,
    )
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = PupilSheet(book[SPECS["pupils"].title])
    first = sheet.first_pupil()
    good = list(mended(sheet, first))
    spoiled = {(first + 100 + place, column): (value, code) for place, (column, value, code) in enumerate(FAULTS)}
    for row, column, value in good:
        sheet.put(row, column, value)
    for (row, column), (value, _code) in spoiled.items():
        sheet.put(row, column, value)
        sheet.put(row, "origin_place", "Kiến Thụy")  # a good cell beside each fault
        if value == "#REF!":
            sheet.sheet.cell(row, sheet.columns[column]).data_type = "e"
    records = {row: sheet.read(row, "record") for row in range(first, first + 112)}
    file = io.BytesIO()
    book.save(file)

    run = planned(big_school, file.getvalue())

    found = {
        (problem["row"], problem["column"]): problem["code"]
        for row in ImportRow.objects.filter(run=run)
        for problem in row.problems
    }
    assert found == {place: code for place, (_value, code) in spoiled.items()}
    assert set(found.values()) <= {kind.value for kind in ProblemKind}
    run = apply_run(actor=b.SYSTEM, run=run)
    of_record = {
        str(one.public_id): one.student for one in Enrolment.objects.select_related("student").filter(start_year=2023)
    }
    kin = {(one.student_id, one.relation): one for one in Guardian.objects.all()}
    for row, column, value in good:
        student = of_record[records[row]]
        relation, _, name = column.partition("_")
        owner = kin[student.pk, relation] if relation in ("father", "mother") else student
        assert getattr(owner, name if owner is not student else column) == value, (row, column)
    old = {one["id"]: one for one in before["Student"]}
    rejected = set(ImportRow.objects.filter(run=run, state="rejected").values_list("row_no", flat=True))
    for row, column in spoiled:
        student = of_record[records[row]]
        assert student.origin_place == ("" if row in rejected else "Kiến Thụy"), (row, column)
        if column != "class_name":
            kept = AFTERWARDS.get(spoiled[row, column], old[student.pk][column])
            assert getattr(student, column) == kept, (row, column)
    assert len(rejected) <= 1  # only the pupil whose class is not there

    undo_run(actor=b.SYSTEM, run=run)
    assert contents() == before
