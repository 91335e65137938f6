"""A whole school in one workbook: later sheets see what earlier ones make; twice changes nothing; taken back whole."""

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest

from csdl.codes.models import CodeValue
from csdl.intake.actions import apply_run, plan_run, undo_run, upload_file
from csdl.intake.errors import IntakeError
from csdl.intake.models import ImportRow, ImportRun
from csdl.orgs.models import SchoolSite, UnitVersion
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
        ("classes", "rejected", ["INT-66"]),
        ("pupils", "rejected", ["INT-41"]),
        ("homeroom", "rejected", ["INT-64"]),
    ]


def test_a_class_whose_name_is_not_its_grades_comes_in_with_a_remark(new_school) -> None:
    b.school_class(new_school, "9K1", "06")

    run = planned(
        new_school, {"Lớp học": [["Tên lớp", "Khối"], ["9K1", "06"], ["7Z9", "06"], ["60A", "06"], ["6/1", "06"]]}
    )

    assert told(run) == [("unchanged", []), ("created", ["INT-43"]), ("created", ["INT-43"]), ("created", [])]


def test_a_class_with_pupils_of_another_hand_stays(new_school) -> None:
    run = apply_run(actor=b.SYSTEM, run=planned(new_school, {"Lớp học": WORKBOOK["Lớp học"][:2]}, kind="classes"))
    b.pupil(SchoolClass.objects.get(name="6A1"), None)

    with pytest.raises(IntakeError) as refused:
        undo_run(actor=b.SYSTEM, run=run)

    assert (refused.value.code, refused.value.problems) == ("INT-10", ["Dòng 2, 6A1: lớp có học sinh"])


SITES = ["Mã điểm trường", "Tên điểm trường", "Điểm chính", "Ngày thôi sử dụng"]


def told(run: ImportRun) -> list[tuple[str, list[str]]]:
    rows = ImportRow.objects.filter(run=run).order_by("pk").values_list("state", "problems")
    return [(state, sorted({one["code"] for one in problems})) for state, problems in rows]


def test_a_site_ends_by_a_file_only_where_it_could_by_hand(new_school) -> None:
    main = SchoolSite.objects.get()
    used, free = (
        SchoolSite.objects.create(school=new_school, start_year=2023, code=code, name=f"Điểm {code}")
        for code in ("02", "03")
    )
    at_site = b.school_class(new_school, "6A1", "06")
    SchoolClass.objects.filter(pk=at_site.pk).update(site=used)

    run = planned(new_school, {"Điểm trường": [
        SITES, [main.code, main.name, "", "01/12/2023"],
        ["02", "Điểm 02", "", "01/12/2023"], ["03", "Điểm 03", "", "01/07/2024"]]})  # fmt: skip

    assert told(run) == [("unchanged", ["INT-61"]), ("unchanged", ["INT-61"]), ("unchanged", ["INT-68"])]
    good = planned(new_school, {"Điểm trường": [SITES, ["03", "Điểm 03", "", "01/12/2023"]]})
    apply_run(actor=b.SYSTEM, run=good)
    free.refresh_from_db()
    assert free.closed_on == dt.date(2023, 12, 1)


def test_two_rows_cannot_give_two_sites_one_code_nor_the_school_two_main_ones(new_school) -> None:
    SchoolSite.objects.all().delete()
    two, three = (
        SchoolSite.objects.create(school=new_school, start_year=2023, code=code, name=f"Điểm {code}")
        for code in ("02", "03")
    )
    headers = ["Mã bản ghi", *SITES[:3]]

    run = planned(new_school, {"Điểm trường": [
        headers, [str(two.public_id), "05", "Điểm 02", ""], [str(three.public_id), "05", "Điểm 03", ""],
        ["", "06", "Điểm A", "x"], ["", "07", "Điểm B", "x"]]})  # fmt: skip

    assert told(run) == [("updated", []), ("rejected", ["INT-44"]), ("created", []), ("created", ["INT-61"])]
    apply_run(actor=b.SYSTEM, run=run)
    assert list(SchoolSite.objects.order_by("code").values_list("code", "is_main")) == [
        ("03", False), ("05", False), ("06", True), ("07", False)]  # fmt: skip


def test_a_class_reached_by_record_and_by_name_is_taken_once(new_school) -> None:
    here = b.school_class(new_school, "6A1", "06")

    run = planned(new_school, {"Lớp học": [
        ["Mã bản ghi", "Tên lớp", "Khối"], [str(here.public_id), "6A9", "06"], ["", "6A1", "06"]]})  # fmt: skip

    assert told(run) == [("updated", []), ("rejected", ["INT-44"])]


HOMEROOM = ["Lớp", "Giáo viên", "Từ ngày", "Đến ngày"]


def test_a_class_whose_teacher_changed_comes_back_as_it_went_out(new_school) -> None:
    """The first teacher leads it again after the second: three terms, two persons."""
    where = b.school_class(new_school, "6A1", "06")
    first, second = b.teacher(new_school, "Trần Thị Dạy"), b.teacher(new_school, "Vũ Văn Khác")
    terms = [(first, dt.date(2023, 7, 1), dt.date(2023, 11, 1)), (second, dt.date(2023, 11, 1), dt.date(2024, 2, 1)),
             (first, dt.date(2024, 2, 1), None)]  # fmt: skip
    for who, since, until in terms:
        HomeroomAssignment.objects.create(
            school_class=where, staff=who, valid_from=since, valid_to=until, state="confirmed"
        )
    rows = [["6A1", who.full_name, f"{since:%d/%m/%Y}", f"{until:%d/%m/%Y}" if until else ""]
            for who, since, until in terms]  # fmt: skip

    run = planned(new_school, {"Chủ nhiệm": [HOMEROOM, *rows]})

    assert told(run) == [("unchanged", [])] * 3


def test_new_terms_of_one_class_follow_one_another_and_do_not_overlap(new_school) -> None:
    b.school_class(new_school, "6A1", "06")
    b.teacher(new_school, "Trần Thị Dạy"), b.teacher(new_school, "Vũ Văn Khác")

    over = planned(new_school, {"Chủ nhiệm": [
        HOMEROOM, ["6A1", "Trần Thị Dạy", "01/07/2023", ""], ["6A1", "Vũ Văn Khác", "01/11/2023", ""]]})  # fmt: skip
    after = planned(new_school, {"Chủ nhiệm": [
        HOMEROOM, ["6A1", "Trần Thị Dạy", "01/07/2023", "01/11/2023"],
        ["6A1", "Vũ Văn Khác", "01/11/2023", ""]]})  # fmt: skip

    assert told(over) == [("created", []), ("rejected", ["INT-44"])]
    assert told(after) == [("created", [])] * 2
    apply_run(actor=b.SYSTEM, run=after)
    assert list(HomeroomAssignment.objects.order_by("valid_from").values_list("staff__full_name", "valid_to")) == [
        ("Trần Thị Dạy", dt.date(2023, 11, 1)), ("Vũ Văn Khác", None)]  # fmt: skip


def test_whoever_leads_a_class_goes_on_in_the_file_until_a_new_row_follows(new_school) -> None:
    where = b.school_class(new_school, "6A1", "06")
    b.homeroom(b.teacher(new_school, "Trần Thị Dạy"), where)
    b.teacher(new_school, "Vũ Văn Khác")

    run = planned(new_school, {"Chủ nhiệm": [
        HOMEROOM, ["6A1", "Trần Thị Dạy", "01/07/2023", ""], ["6A1", "Vũ Văn Khác", "01/11/2023", ""]]})  # fmt: skip

    assert told(run) == [("unchanged", []), ("created", [])]


def test_a_school_that_went_to_another_unit_is_written_no_more(new_school) -> None:
    office, other = b.office("Phòng GDĐT quận Lê Chân"), b.office("Phòng GDĐT quận Ngô Quyền")
    unit = new_school.unit
    UnitVersion.objects.filter(unit=unit).update(parent=office)
    sheets = {"Lớp học": [["Mã trường", "Tên lớp", "Khối"], [unit.code, "6A1", "06"]]}

    def of_office() -> ImportRun:
        run = upload_file(actor=b.SYSTEM, unit=office, kind="classes", start_year=2023, file_name="lop.xlsx",
                          content=workbook(sheets))  # fmt: skip
        return plan_run(actor=b.SYSTEM, run=run)

    run = of_office()
    assert told(run) == [("created", [])]
    UnitVersion.objects.filter(unit=unit).update(parent=other)
    with pytest.raises(IntakeError) as refused:
        apply_run(actor=b.SYSTEM, run=run)
    assert refused.value.code == "INT-71"
    assert told(run) == [("rejected", ["INT-48", "INT-63"])]
    UnitVersion.objects.filter(unit=unit).update(parent=office)
    written = apply_run(actor=b.SYSTEM, run=of_office())
    UnitVersion.objects.filter(unit=unit).update(parent=other)
    with pytest.raises(IntakeError) as refused:
        undo_run(actor=b.SYSTEM, run=written)
    assert (refused.value.code, refused.value.problems) == ("INT-78", [unit.name])
    assert SchoolClass.objects.count() == 1


def test_who_is_not_there_on_the_day_leads_no_class(new_school) -> None:
    b.school_class(new_school, "6A1", "06")
    who = b.teacher(new_school, "Trần Thị Dạy")
    StaffPosting.objects.filter(staff=who).update(valid_to=dt.date(2023, 10, 1))

    run = planned(new_school, {"Chủ nhiệm": [HOMEROOM, ["6A1", "Trần Thị Dạy", "01/11/2023", ""]]})

    assert told(run) == [("rejected", ["INT-64"])]


def test_a_class_is_taught_no_subject_of_another_level(new_school) -> None:
    b.school_class(new_school, "6A1", "06")
    b.teacher(new_school, "Trần Thị Dạy")
    subject = CodeValue.objects.filter(list_name="subject", extra__level_code="02").first()

    run = planned(new_school, {"Phân công giảng dạy": [
        ["Lớp", "Môn học", "Giáo viên", "Học kì"], ["6A1", subject.code, "Trần Thị Dạy", "1"]]})  # fmt: skip

    assert told(run) == [("rejected", ["INT-63"])]


@pytest.mark.parametrize("name", ["Lịch sử và Địa lí", "Lịch sử và Địa lý"])
def test_a_subject_is_found_by_the_name_its_level_calls_it(new_school, name: str) -> None:
    """The ministry's list still calls it otherwise at lower secondary, and so does primary school by another code."""
    b.school_class(new_school, "6A1", "06")
    b.teacher(new_school, "Trần Thị Dạy")

    run = planned(new_school, {"Phân công giảng dạy": [
        ["Lớp", "Môn học", "Giáo viên", "Học kì"], ["6A1", name, "Trần Thị Dạy", "1"]]})  # fmt: skip
    apply_run(actor=b.SYSTEM, run=run)

    assert list(TeachingAssignment.objects.values_list("subject_code", flat=True)) == ["67"]
