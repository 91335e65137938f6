"""What a plan ties a row to it holds by key: names that change in between, or twice, lead nowhere else."""

import datetime as dt

import pytest

from csdl.access.models import Grant
from csdl.intake.actions import apply_run, undo_run, want_rows
from csdl.intake.errors import IntakeError
from csdl.intake.models import ImportRow, ImportRun
from csdl.orgs.models import SchoolSite
from csdl.staff.models import StaffMember, StaffPosting
from csdl.years.models import ClassMove, Enrolment, HomeroomAssignment, SchoolClass, TeachingAssignment
from tests import builders as b
from tests.intake.test_runs_school import WORKBOOK, contents, new_school, planned

__all__ = ["new_school"]

pytestmark = pytest.mark.django_db
FIRST, NOVEMBER = dt.date(2023, 7, 1), dt.date(2023, 11, 1)
PUPIL = ["Họ và tên", "Ngày sinh", "Giới tính", "Lớp"]


def leads() -> list[tuple[str, dt.date, dt.date | None]]:
    found = HomeroomAssignment.objects.order_by("valid_from", "pk")
    return list(found.values_list("staff__full_name", "valid_from", "valid_to"))


def wanted(run: ImportRun) -> dict[str, list[bool]]:
    found: dict[str, list[bool]] = {}
    for noun, is_wanted in ImportRow.objects.filter(run=run).order_by("pk").values_list("noun", "is_wanted"):
        found.setdefault(noun, []).append(is_wanted)
    return found


def rename(where: SchoolClass, name: str) -> list[list[str]]:
    return [["Mã bản ghi", "Tên lớp", "Khối"], [str(where.public_id), name, where.grade_code]]


def test_an_undo_reopens_only_what_the_run_ended(new_school) -> None:
    where = b.school_class(new_school, "6A1", "06")
    b.homeroom(b.teacher(new_school, "Vũ Văn Cũ"), where)
    HomeroomAssignment.objects.update(valid_to=NOVEMBER)
    b.teacher(new_school, "Trần Thị Dạy")
    sheet = {"Chủ nhiệm": [["Lớp", "Giáo viên", "Từ ngày"], ["6A1", "Trần Thị Dạy", "01/11/2023"]]}

    run = apply_run(actor=b.SYSTEM, run=planned(new_school, sheet))
    undo_run(actor=b.SYSTEM, run=run)

    assert leads() == [("Vũ Văn Cũ", FIRST, NOVEMBER)]


def test_the_right_over_a_class_goes_and_comes_back_with_the_assignment_of_a_file(new_school) -> None:
    where = b.school_class(new_school, "6A1", "06")
    old = b.teacher(new_school, "Vũ Văn Cũ")
    account = b.account("cu", "homeroom_teacher", new_school.unit, classes=[where])
    StaffMember.objects.filter(pk=old.pk).update(account=account)
    b.homeroom(old, where)
    b.teacher(new_school, "Trần Thị Dạy")
    sheet = {"Chủ nhiệm": [["Lớp", "Giáo viên", "Từ ngày"], ["6A1", "Trần Thị Dạy", "01/11/2023"]]}

    run = apply_run(actor=b.SYSTEM, run=planned(new_school, sheet))
    after = list(Grant.objects.values_list("state", "suspended_because"))
    undo_run(actor=b.SYSTEM, run=run)

    assert after == [("suspended", "Thôi chủ nhiệm lớp 6A1 từ ngày 01/11/2023")]
    assert list(Grant.objects.values_list("state", "suspended_because")) == [("active", "")]


def test_a_class_renamed_by_the_same_file_gets_its_pupils_and_lets_them_back(new_school) -> None:
    first, second = b.school_class(new_school, "6A1", "06"), b.school_class(new_school, "6A2", "06")
    b.teacher(new_school, "Trần Thị Dạy")
    b.pupil(first, None, name="Lê Thị Hoa", birth_date=dt.date(2012, 3, 8))
    b.pupil(second, None, name="Lê Thị Mai", birth_date=dt.date(2012, 3, 9))
    before = contents()
    sheets = {
        "Lớp học": rename(first, "6A9"),
        "Học sinh": [
            PUPIL,
            ["Lê Thị Hoa", "08/03/2012", "Nam", "6A2"],
            ["Lê Thị Mai", "09/03/2012", "Nam", "6A1"],
            ["Lê Thị Lan", "10/03/2012", "Nam", "6A1"],
        ],
        "Chủ nhiệm": [["Lớp", "Giáo viên"], ["6A1", "Trần Thị Dạy"]],
        "Phân công giảng dạy": [["Lớp", "Môn học", "Giáo viên", "Học kì"], ["6A1", "Toán", "Trần Thị Dạy", "1"]],
    }

    run = apply_run(actor=b.SYSTEM, run=planned(new_school, sheets))

    placed = Enrolment.objects.order_by("student__pk").values_list("student__full_name", "school_class__name")
    assert list(placed) == [("Lê Thị Hoa", "6A2"), ("Lê Thị Mai", "6A9"), ("Lê Thị Lan", "6A9")]
    assert HomeroomAssignment.objects.get().school_class_id == first.pk
    assert TeachingAssignment.objects.get().school_class_id == first.pk
    undo_run(actor=b.SYSTEM, run=run)
    assert contents() == before


def test_a_class_renamed_by_hand_lets_its_pupils_back(new_school) -> None:
    first, second = b.school_class(new_school, "6A1", "06"), b.school_class(new_school, "6A2", "06")
    b.pupil(first, None, name="Lê Thị Hoa", birth_date=dt.date(2012, 3, 8))
    sheet = {"Học sinh": [PUPIL, ["Lê Thị Hoa", "08/03/2012", "Nam", "6A2"]]}
    run = apply_run(actor=b.SYSTEM, run=planned(new_school, sheet))
    SchoolClass.objects.filter(pk=first.pk).update(name="6A8")
    SchoolClass.objects.filter(pk=second.pk).update(name="6A7")

    undo_run(actor=b.SYSTEM, run=run)

    assert list(Enrolment.objects.values_list("school_class", "first_class")) == [(first.pk, first.pk)]
    assert ClassMove.objects.count() == 0


def test_a_moved_pupil_who_left_since_is_named(new_school) -> None:
    first, second = b.school_class(new_school, "6A1", "06"), b.school_class(new_school, "6A2", "06")
    b.pupil(first, None, name="Lê Thị Hoa", birth_date=dt.date(2012, 3, 8))
    sheet = {"Học sinh": [PUPIL, ["Lê Thị Hoa", "08/03/2012", "Nam", "6A2"]]}
    run = apply_run(actor=b.SYSTEM, run=planned(new_school, sheet))
    Enrolment.objects.update(left_on=dt.date(2024, 1, 5), status_code="05", status_on=dt.date(2024, 1, 5))

    with pytest.raises(IntakeError) as refused:
        undo_run(actor=b.SYSTEM, run=run)

    assert (refused.value.code, refused.value.problems) == (
        "INT-10", ["Dòng 2, Lê Thị Hoa: đã rời trường sau khi nhập"])  # fmt: skip
    assert Enrolment.objects.get().school_class_id == second.pk


@pytest.mark.parametrize("state", ["confirmed", "proposed"])
def test_a_new_teacher_in_place_of_one_who_led_goes_with_the_undo(new_school, state: str) -> None:
    where = b.school_class(new_school, "6A1", "06")
    b.homeroom(b.teacher(new_school, "Vũ Văn Cũ"), where)
    HomeroomAssignment.objects.update(state=state)
    before = contents()
    sheets = {
        "Cán bộ, giáo viên": WORKBOOK["Cán bộ, giáo viên"],
        "Chủ nhiệm": [["Lớp", "Giáo viên", "Từ ngày"], ["6A1", "Trần Thị Dạy", "01/07/2023"]],
    }

    run = apply_run(actor=b.SYSTEM, run=planned(new_school, sheets))

    assert leads() == [("Trần Thị Dạy", FIRST, None)]
    undo_run(actor=b.SYSTEM, run=run)
    assert contents() == before


def test_two_new_teachers_of_one_name_lead_each_their_class(new_school) -> None:
    for name in ("6A1", "6A2"):
        b.school_class(new_school, name, "06")
    staff = [
        ["Họ và tên", "Mã định danh Bộ GDĐT", "Ngày sinh", "Giới tính", "Loại cán bộ"],
        ["Nguyễn Thị Hoa", "3100000001", "07/10/1985", "Nữ", "GV"],
        ["Nguyễn Thị Hoa", "3100000002", "08/10/1986", "Nữ", "GV"],
    ]
    sheets = {
        "Cán bộ, giáo viên": staff,
        "Chủ nhiệm": [["Lớp", "Giáo viên", "Mã giáo viên"], ["6A1", "Nguyễn Thị Hoa", "3100000002"],
                      ["6A2", "Nguyễn Thị Hoa", "3100000001"]],
        "Phân công giảng dạy": [["Lớp", "Môn học", "Giáo viên", "Mã giáo viên", "Học kì"],
                                ["6A1", "Toán", "Nguyễn Thị Hoa", "3100000002", "1"]],
    }  # fmt: skip

    apply_run(actor=b.SYSTEM, run=planned(new_school, sheets))

    found = HomeroomAssignment.objects.order_by("school_class__name")
    assert list(found.values_list("school_class__name", "staff__moet_code")) == [
        ("6A1", "3100000002"), ("6A2", "3100000001")]  # fmt: skip
    assert TeachingAssignment.objects.get().staff.moet_code == "3100000002"


def test_two_new_teachers_of_one_name_without_a_code_are_a_choice(new_school) -> None:
    b.school_class(new_school, "6A1", "06")
    head, *_ = WORKBOOK["Cán bộ, giáo viên"]
    sheets = {
        "Cán bộ, giáo viên": [head, ["Nguyễn Thị Hoa", "07/10/1985", "Nữ", "GV", "07", ""],
                              ["Nguyễn Thị Hoa", "08/10/1986", "Nữ", "GV", "07", ""]],
        "Chủ nhiệm": [["Lớp", "Giáo viên"], ["6A1", "Nguyễn Thị Hoa"]],
    }  # fmt: skip

    run = planned(new_school, sheets)

    row = ImportRow.objects.get(run=run, noun="homeroom")
    assert (row.state, [one["code"] for one in row.problems]) == ("rejected", ["INT-42"])


def test_what_needs_a_row_goes_and_comes_with_it(new_school) -> None:
    run = planned(new_school, WORKBOOK)
    site, first, _, teacher, hoa, _, leading, _ = ImportRow.objects.filter(run=run).order_by("pk")

    out = want_rows(actor=b.SYSTEM, run=run, row_ids=[site.pk], is_wanted=False)

    assert (out.rows, out.along) == (1, 3)
    assert wanted(run) == {"sites": [False], "classes": [True, False], "staff": [True], "pupils": [False, True],
                           "homeroom": [True], "teaching": [False]}  # fmt: skip
    back = want_rows(actor=b.SYSTEM, run=run, row_ids=[hoa.pk], is_wanted=True)
    assert (back.rows, back.along) == (1, 2)
    assert wanted(run) == {"sites": [True], "classes": [True, True], "staff": [True], "pupils": [True, True],
                           "homeroom": [True], "teaching": [False]}  # fmt: skip
    out = want_rows(actor=b.SYSTEM, run=run, row_ids=[first.pk, teacher.pk, leading.pk], is_wanted=False)
    assert (out.rows, out.along) == (3, 1)
    apply_run(actor=b.SYSTEM, run=run)
    assert list(Enrolment.objects.values_list("student__full_name", "school_class__name")) == [("Lê Thị Hoa", "6A2")]
    assert (StaffMember.objects.count(), HomeroomAssignment.objects.count(), TeachingAssignment.objects.count()) == (
        0, 0, 0)  # fmt: skip


def test_what_was_left_out_stays_so_when_the_plan_is_made_anew(new_school) -> None:
    run = planned(new_school, WORKBOOK)
    hoa = ImportRow.objects.get(run=run, label="Lê Thị Hoa")
    want_rows(actor=b.SYSTEM, run=run, row_ids=[hoa.pk], is_wanted=False)
    b.school_class(new_school, "6A1", "06")

    with pytest.raises(IntakeError) as refused:
        apply_run(actor=b.SYSTEM, run=run)
    apply_run(actor=b.SYSTEM, run=run)

    assert refused.value.code == "INT-71"
    assert list(Enrolment.objects.values_list("student__full_name", flat=True)) == ["Trần Văn Bình"]


@pytest.mark.parametrize(
    ("column", "first", "second"),
    [
        ("Ngày sinh", "07/10/1985", dt.date(1986, 10, 8)),
        ("Số định danh cá nhân", "031185000001", "031186000002"),
        ("Điện thoại", "0912345678", 987654321),
    ],
)
def test_two_new_teachers_of_one_name_who_teach_one_class_together_are_two(new_school, column, first, second) -> None:
    b.school_class(new_school, "6A1", "06")
    head = ["Họ và tên", "Giới tính", "Loại cán bộ", "Ngày sinh", "Số định danh cá nhân", "Điện thoại"]
    sheets = {
        "Cán bộ, giáo viên": [head, ["Nguyễn Thị Hoa", "Nữ", "GV", "07/10/1985", "031185000001", "0912345678"],
                              ["Nguyễn Thị Hoa", "Nữ", "GV", "08/10/1986", "031186000002", "0987654321"]],
        "Phân công giảng dạy": [["Lớp", "Môn học", "Giáo viên", "Mã giáo viên", "Học kì"],
                                ["6A1", "Toán", "Nguyễn Thị Hoa", first, "1"],
                                ["6A1", "Toán", "Nguyễn Thị Hoa", second, "1"]],
    }  # fmt: skip

    run = planned(new_school, sheets)

    assert run.counts["teaching"] == {"created": 2}, column
    apply_run(actor=b.SYSTEM, run=run)
    assert sorted(TeachingAssignment.objects.values_list("staff__birth_date", flat=True)) == [
        dt.date(1985, 10, 7), dt.date(1986, 10, 8)]  # fmt: skip


def test_namesakes_without_a_code_are_named_with_their_days_of_birth(new_school) -> None:
    b.school_class(new_school, "6A1", "06")
    for born in (dt.date(1985, 10, 7), dt.date(1986, 10, 8)):
        who = b.teacher(new_school, "Nguyễn Thị Hoa")
        StaffMember.objects.filter(pk=who.pk).update(birth_date=born)

    run = planned(new_school, {"Phân công giảng dạy": [
        ["Lớp", "Môn học", "Giáo viên", "Học kì"], ["6A1", "Toán", "Nguyễn Thị Hoa", "1"]]})  # fmt: skip

    row = ImportRow.objects.get(run=run)
    assert (row.state, [one["code"] for one in row.problems]) == ("rejected", ["INT-42"])
    assert "Nguyễn Thị Hoa (07/10/1985); Nguyễn Thị Hoa (08/10/1986)" in row.problems[0]["message"]


@pytest.mark.parametrize(
    ("since", "until", "semester", "on", "state"),
    [
        ("2020-08-01", None, 1, "2023-10-02", "created"),
        ("2020-08-01", "2023-09-20", 1, "2023-10-02", "rejected"),  # left before the day of import
        ("2020-08-01", "2023-11-20", 1, "2023-10-02", "created"),
        ("2023-11-01", None, 1, "2023-10-02", "created"),  # comes within the semester
        ("2024-03-01", None, 1, "2023-10-02", "rejected"),  # comes after it
        ("2024-03-01", None, 2, "2023-10-02", "created"),
        ("2020-08-01", "2023-12-01", 2, "2023-10-02", "rejected"),
        ("2020-08-01", "2024-03-01", 1, "2024-05-02", "created"),  # the first semester is over, who taught it is said
    ],
)
def test_a_new_lesson_is_of_somebody_who_works_here_on_the_day(new_school, since, until, semester, on, state) -> None:
    b.school_class(new_school, "6A1", "06")
    who = b.teacher(new_school, "Trần Thị Dạy")
    StaffPosting.objects.filter(staff=who).update(valid_from=since, valid_to=until)

    rows = [["Lớp", "Môn học", "Giáo viên", "Học kì"], ["6A1", "Toán", "Trần Thị Dạy", semester]]
    run = planned(new_school, {"Phân công giảng dạy": rows}, moved_on=on)

    row = ImportRow.objects.get(run=run)
    assert (row.state, [one["code"] for one in row.problems]) == (state, ["INT-64"] if state == "rejected" else [])


def test_a_lesson_of_somebody_who_left_since_comes_back_unchanged(new_school) -> None:
    where = b.school_class(new_school, "6A1", "06")
    who = b.teacher(new_school, "Trần Thị Dạy")
    TeachingAssignment.objects.create(school_class=where, staff=who, subject_code="22", semester=1, state="confirmed")
    StaffPosting.objects.filter(staff=who).update(valid_to=dt.date(2023, 9, 20))

    rows = [["Lớp", "Môn học", "Giáo viên", "Học kì"], ["6A1", "22", "Trần Thị Dạy", 1]]
    run = planned(new_school, {"Phân công giảng dạy": rows}, moved_on="2023-10-02")

    assert run.counts == {"teaching": {"unchanged": 1}}


def test_a_class_leaves_a_site_whose_code_changed_since_the_run(new_school) -> None:
    where = b.school_class(new_school, "6A1", "06")
    site = SchoolSite.objects.create(school=new_school, start_year=2023, code="02", name="Điểm Núi Đèo")
    sheet = {"Lớp học": [["Tên lớp", "Khối", "Điểm trường"], ["6A1", "06", "02"]]}
    run = apply_run(actor=b.SYSTEM, run=planned(new_school, sheet))
    assert SchoolClass.objects.get().site_id == site.pk
    SchoolSite.objects.filter(pk=site.pk).update(code="05")

    undo_run(actor=b.SYSTEM, run=run)

    assert SchoolClass.objects.get().site_id == where.site_id


def test_a_class_moved_to_another_site_since_the_run_is_named(new_school) -> None:
    b.school_class(new_school, "6A1", "06")
    SchoolSite.objects.create(school=new_school, start_year=2023, code="02", name="Điểm Núi Đèo")
    other = SchoolSite.objects.create(school=new_school, start_year=2023, code="03", name="Điểm Minh Đức")
    sheet = {"Lớp học": [["Tên lớp", "Khối", "Điểm trường"], ["6A1", "06", "02"]]}
    run = apply_run(actor=b.SYSTEM, run=planned(new_school, sheet))
    SchoolClass.objects.update(site=other)

    with pytest.raises(IntakeError) as refused:
        undo_run(actor=b.SYSTEM, run=run)

    assert refused.value.code == "INT-10"
    assert SchoolClass.objects.get().site_id == other.pk


def test_a_teacher_is_told_by_a_phone_as_people_write_it(new_school) -> None:
    b.school_class(new_school, "6A1", "06")
    first, second = b.teacher(new_school, "Nguyễn Thị Hoa"), b.teacher(new_school, "Nguyễn Thị Hoa")
    StaffMember.objects.filter(pk=first.pk).update(phone="0912345678")
    StaffMember.objects.filter(pk=second.pk).update(phone="0987654321")
    sheet = {"Chủ nhiệm": [["Lớp", "Giáo viên", "Mã giáo viên"], ["6A1", "Nguyễn Thị Hoa", "0987 654 321"]]}

    apply_run(actor=b.SYSTEM, run=planned(new_school, sheet))

    assert HomeroomAssignment.objects.get().staff_id == second.pk


def test_a_class_goes_to_a_site_whose_code_the_same_file_changes_and_comes_back(new_school) -> None:
    neighbour = b.school("Trường THCS Láng Giềng")
    for where, name in ((new_school, "Điểm Núi Đèo"), (neighbour, "Điểm khác")):
        SchoolSite.objects.create(school=where, start_year=2023, code="02", name=name)
    site = SchoolSite.objects.get(name="Điểm Núi Đèo")
    moving, leaving = b.school_class(new_school, "6A1", "06"), b.school_class(new_school, "6A2", "06")
    SchoolClass.objects.filter(pk=leaving.pk).update(site=site)
    before = contents()
    sheets = {
        "Điểm trường": [["Mã bản ghi", "Mã điểm trường", "Tên điểm trường"], [str(site.public_id), "03", site.name]],
        "Lớp học": [["Tên lớp", "Khối", "Điểm trường"], ["6A1", "06", "03"], ["6A2", "06", "01"], ["6A3", "06", "02"]],
    }

    run = apply_run(actor=b.SYSTEM, run=planned(new_school, sheets))

    assert run.counts == {"sites": {"updated": 1}, "classes": {"updated": 2, "created": 1}}
    found = SchoolClass.objects.order_by("name").values_list("name", "site__name")
    assert list(found) == [("6A1", "Điểm Núi Đèo"), ("6A2", "Điểm chính"), ("6A3", "Điểm Núi Đèo")]
    undo_run(actor=b.SYSTEM, run=run)
    assert contents() == before
    assert moving.site_id != site.pk
