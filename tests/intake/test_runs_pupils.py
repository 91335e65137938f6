"""Pupils of a file: every state, against a slow and obvious twin; undo; who may; what a neighbour never sees."""

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from csdl.access.actors import actor_for
from csdl.accounts.errors import NotAllowed
from csdl.audit.models import Event
from csdl.intake.actions import apply_run, plan_run, undo_run, upload_file, want_rows
from csdl.intake.errors import IntakeError
from csdl.intake.models import ImportRow, ImportRun
from csdl.intake.problems import Problem, ProblemKind
from csdl.intake.queries import rows_of, run_or_none
from csdl.intake.runs.staying import Agreement
from csdl.intake.sheets.nouns import SPECS
from csdl.intake.sheets.specs import Table, TableRow
from csdl.students.models import Guardian, Student
from csdl.years.errors import YearError
from csdl.years.models import ClassGrade, ClassMove, Enrolment, SchoolYear
from tests import builders as b

pytestmark = pytest.mark.django_db


def line(name: str = "Lê Thị Hoa", **values: Any) -> dict[str, Any]:
    return {"full_name": name, "birth_date": "2012-03-08", "gender_code": "02", "class_name": "6A1"} | values


def table(*rows: dict[str, Any]) -> Table:
    return Table(SPECS["pupils"], "Học sinh", {}, [TableRow(number, row) for number, row in enumerate(rows, start=2)])


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


def contents() -> list[list[dict[str, Any]]]:
    """Every row of the pupils' tables, but when it was last changed."""
    found = []
    for model in (Student, Guardian, Enrolment, ClassMove):
        names = [field.attname for field in model._meta.concrete_fields if field.attname != "changed_at"]
        found.append(list(model.objects.order_by("pk").values(*names)))
    return found


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


def test_only_said_cells_are_changed_and_the_undo_puts_exactly_them_back(tan_school) -> None:
    here = b.pupil(tan_school.classes.get(name="6A1"), None, name="Lê Thị Hoa", birth_date=dt.date(2012, 3, 8),
                   phone="0911111111", local_code="HS01")  # fmt: skip
    Guardian.objects.create(student=here.student, relation="father", full_name="Lê Văn Cũ", phone="0922222222")
    before = contents()
    row = line(gender_code="01", local_code="HS01", email="hoa@truong.edu.vn", class_name="6A2",
               father_full_name="Lê Văn Mới", mother_full_name="Trần Thị Mai")  # fmt: skip

    run = planned(tan_school, row, moved_on="2023-10-02")

    planned_row = ImportRow.objects.get(run=run)
    assert (planned_row.state, planned_row.changes) == (
        "updated",
        [
            {"column": "class_name", "old": "6A1", "new": "6A2"},
            {"column": "email", "old": "", "new": "hoa@truong.edu.vn"},
            {"column": "father_full_name", "old": "Lê Văn Cũ", "new": "Lê Văn Mới"},
            {"column": "mother_full_name", "old": None, "new": "Trần Thị Mai"},
        ],
    )
    assert contents() == before
    run = apply_run(actor=b.SYSTEM, run=run)
    here.refresh_from_db()
    here.student.refresh_from_db()
    assert (here.school_class.name, here.first_class.name, here.student.email, here.student.phone) == (
        "6A2", "6A1", "hoa@truong.edu.vn", "0911111111")  # fmt: skip
    assert list(ClassMove.objects.values_list("moved_on", "from_class__name", "to_class__name")) == [
        (dt.date(2023, 10, 2), "6A1", "6A2")
    ]
    assert list(Guardian.objects.order_by("relation").values_list("full_name", "phone")) == [
        ("Lê Văn Mới", "0922222222"), ("Trần Thị Mai", "")]  # fmt: skip

    undo_run(actor=b.SYSTEM, run=run)

    assert contents() == before
    assert not ClassMove.objects.exists()


def test_an_undo_deletes_what_was_made_and_refuses_what_newer_facts_hang_on(tan_school) -> None:
    run = apply_run(actor=b.SYSTEM, run=planned(tan_school, line(father_full_name="Lê Văn Nam"),
                                                line("Trần Văn Bình", gender_code="01")))  # fmt: skip
    Student.objects.filter(full_name="Trần Văn Bình").update(phone="0912345678")

    with pytest.raises(IntakeError) as refused:
        undo_run(actor=b.SYSTEM, run=run)

    assert (refused.value.code, refused.value.problems) == (
        "INT-10", ["Dòng 3, Trần Văn Bình: hồ sơ đã được sửa sau khi nhập"])  # fmt: skip
    assert Student.objects.count() == 2
    agreed = Agreement(refused.value.facts["mark"])
    with transaction.atomic():
        Student.objects.filter(full_name="Lê Thị Hoa").update(phone="0912345679")
        with pytest.raises(IntakeError, match="nay có 2 dòng") as again:
            undo_run(actor=b.SYSTEM, run=run, agreed=agreed)
        transaction.set_rollback(True)
    assert again.value.facts["created"] == len(again.value.problems) == 2
    run = undo_run(actor=b.SYSTEM, run=run, agreed=agreed)
    assert list(Student.objects.values_list("full_name", flat=True)) == ["Trần Văn Bình"]
    assert (Guardian.objects.count(), Enrolment.objects.count(), run.state) == (0, 1, "undone")
    assert "Trần Văn Bình" in run.message
    assert run.options["kept"]["rows"] == [run.rows.get(label="Trần Văn Bình").pk]


def test_a_plan_that_somebody_overtook_is_made_anew_and_nothing_is_written(tan_school) -> None:
    here = b.pupil(tan_school.classes.get(name="6A1"), None, name="Lê Thị Hoa", birth_date=dt.date(2012, 3, 8))
    book = openpyxl.Workbook()
    for row in (["Họ và tên", "Ngày sinh", "Giới tính", "Lớp", "Điện thoại"],
                ["Lê Thị Hoa", "08/03/2012", "Nam", "6A1", "0912345678"]):  # fmt: skip
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    run = upload_file(actor=b.SYSTEM, unit=tan_school.unit, kind="pupils", start_year=2023, file_name="hs.xlsx",
                      content=file.getvalue())  # fmt: skip
    run = plan_run(actor=b.SYSTEM, run=run)
    Student.objects.filter(pk=here.student_id).update(phone="0933333333")

    with pytest.raises(IntakeError) as refused:
        apply_run(actor=b.SYSTEM, run=run)

    assert (refused.value.code, refused.value.problems) == ("INT-71", ["Dòng 2: Lê Thị Hoa"])
    assert Student.objects.get().phone == "0933333333"
    run.refresh_from_db()
    assert run.state == "planned"
    assert ImportRow.objects.get(run=run).changes == [{"column": "phone", "old": "0933333333", "new": "0912345678"}]
    assert apply_run(actor=b.SYSTEM, run=run).state == "applied"


def test_a_colleagues_edit_after_the_file_was_written_is_a_choice(tan_school) -> None:
    here = b.pupil(tan_school.classes.get(name="6A1"), None, name="Lê Thị Hoa", birth_date=dt.date(2012, 3, 8),
                   email="cu@truong.edu.vn")  # fmt: skip
    Student.objects.filter(pk=here.student_id).update(phone="0933333333", email="moi@truong.edu.vn")
    row = line(gender_code="01", record=str(here.public_id), version="0-0-0", phone="0912345678",
               email="cu@truong.edu.vn")  # fmt: skip

    run = planned(tan_school, row)

    held = ImportRow.objects.get(run=run)
    # The mail was not touched in the file: the colleague's stays and is nothing to ask about.
    assert (held.state, held.is_wanted, held.changes) == (
        "conflict", False, [{"column": "phone", "old": "0933333333", "new": "0912345678", "their": True}])  # fmt: skip
    want_rows(actor=b.SYSTEM, run=run, row_ids=[held.pk], is_wanted=True)
    run = apply_run(actor=b.SYSTEM, run=run)
    assert list(Student.objects.values_list("phone", "email")) == [("0912345678", "moi@truong.edu.vn")]
    undo_run(actor=b.SYSTEM, run=run)
    assert list(Student.objects.values_list("phone", "email")) == [("0933333333", "moi@truong.edu.vn")]


def test_every_fault_is_named_and_every_good_cell_applied(tan_school) -> None:
    b.pupil(tan_school.classes.get(name="6A1"), None, name="Lê Thị Hoa", birth_date=dt.date(2012, 3, 8))
    b.school_class(tan_school, "6A10", "06")

    run = planned(
        tan_school,
        line(gender_code="01", citizen_id_no="12345", email="hoa@truong.edu.vn"),  # a known pupil: the cell is left
        line("Trần Văn Bình", gender_code="01", citizen_id_no="O31212000222"),  # a new one: the cell too
        line("Vũ Thị Lan", class_name="6A1O"),
        line("Vũ Thị Mai", class_name="7A1", grade_code="06"),
        line("Đỗ Thị Na", class_name="6A1"),
        line("Đỗ Thị Na", class_name="6A2"),
        line("Ngô Văn Kha", gender_code="01", birth_date="2012-01-01", father_phone="0912345678"),
    )

    assert states(run) == ["updated", "created", "rejected", "rejected", "created", "rejected", "created"]
    assert codes(run) == [["INT-40"], ["INT-40"], ["INT-41"], ["INT-43"], [], ["INT-44"], ["INT-65"]]
    unknown = ImportRow.objects.get(run=run, row_no=4).problems[0]
    assert "6A10" in unknown["message"]
    with pytest.raises(IntakeError, match="3 dòng bị từ chối"):
        apply_run(actor=b.SYSTEM, run=run, strict=True)
    apply_run(actor=b.SYSTEM, run=run)
    assert Student.objects.get(full_name="Lê Thị Hoa").email == "hoa@truong.edu.vn"
    assert Enrolment.objects.count() == 4


def test_who_is_matched_is_the_same_as_read_slowly(tan_school) -> None:
    """The statement over sets against a loop that anybody can follow."""
    first = tan_school.classes.get(name="6A1")
    b.pupil(first, None, name="Lê Thị Hoa", birth_date=dt.date(2012, 3, 8), local_code="HS1", moet_code="1000000001")
    b.pupil(first, None, name="Lê Thị Hoa", birth_date=dt.date(2012, 3, 8), local_code="HS2")
    b.pupil(first, None, name="Trần Văn Bình", birth_date=dt.date(2012, 1, 2), citizen_id_no="031212000001")
    b.pupil(first, None, name="Vũ Văn Cao", birth_date=dt.date(2012, 5, 5))
    b.pupil(first, None, name="Ngô Văn Dũng", birth_date=dt.date(2012, 6, 6), citizen_id_no="031212000001")
    rows = [
        line("Lê Thị Hoa"),  # two of the name
        line("Lê Thị Hoa Mới", moet_code="1000000001"),
        line("Lê Thị Hoa", local_code="HS2"),
        line("Trần Văn Bình", citizen_id_no="031212000001"),  # two of the number
        line("VŨ VĂN CAO", birth_date="2012-05-05", gender_code="01"),
        line("Vũ Văn Cao", birth_date="2012-05-06", gender_code="01"),
        line("Vũ Văn Cao", birth_date="2012-05-05", gender_code="02"),
    ]
    rows[0]["gender_code"] = rows[1]["gender_code"] = rows[2]["gender_code"] = "01"

    run = planned(tan_school, *rows)

    here = [enrolment.student for enrolment in Enrolment.objects.select_related("student")]
    expected: list[int | None] = []
    for row in rows:
        same: list[int] = []
        for way in ("moet_code", "citizen_id_no", "local_code"):
            same = same or [person.pk for person in here if row.get(way) and getattr(person, way) == row[way]]
        if not same:
            same = [
                person.pk
                for person in here
                if person.full_name.lower() == row["full_name"].lower()
                and person.birth_date.isoformat() == row["birth_date"]
                and person.gender_code == row["gender_code"]
            ]
        expected.append(same[0] if len(same) == 1 else None)
    known = {person.pk for person in here}
    held = ImportRow.objects.filter(run=run).order_by("pk").values_list("target_id", flat=True)
    assert [target if target in known else None for target in held] == expected
    assert states(run)[0] == states(run)[3] == "conflict"


def test_a_pupil_of_an_earlier_year_is_enrolled_again_and_not_doubled() -> None:
    where = b.school(years=(2022, 2023))
    old = b.pupil(b.school_class(where, "6A", "06", year=2022), "promoted", name="Lê Thị Hoa",
                  birth_date=dt.date(2012, 3, 8))  # fmt: skip
    b.school_class(where, "7A", "07")

    run = planned(where, line(gender_code="01", class_name="7A", phone="0912345678"))

    assert states(run) == ["created"]
    run = apply_run(actor=b.SYSTEM, run=run)
    made = Enrolment.objects.get(start_year=2023)
    assert (made.student_id, made.admission_kind, made.grade_code) == (old.student_id, "4", "07")
    assert Student.objects.get().phone == "0912345678"
    undo_run(actor=b.SYSTEM, run=run)
    assert Student.objects.get().phone == ""
    assert Enrolment.objects.count() == 1


def test_the_neighbours_pupil_of_the_same_number_is_untouched_and_unseen(tan_school, as_web) -> None:
    other = b.school("Trường THCS Bên cạnh")
    theirs = b.pupil(b.school_class(other, "6A1", "06"), None, name="Đỗ Thị Lạ", birth_date=dt.date(2012, 3, 8),
                     citizen_id_no="031312000009", id_state="verified")  # fmt: skip
    clerk = b.account("vanphong", "school_clerk", tan_school.unit)
    neighbour = b.account("vanphong2", "school_clerk", other.unit)

    run = planned(tan_school, line("Đỗ Thị Lạ", citizen_id_no="031312000009"), actor=actor_for(clerk))

    assert (states(run), codes(run)) == (["created"], [["INT-45"]])
    held = ImportRow.objects.get(run=run)
    assert held.target_id != theirs.student_id
    assert "Bên cạnh" not in str(held.problems)
    apply_run(actor=actor_for(clerk), run=run)
    assert Student.objects.filter(citizen_id_no="031312000009").count() == 2
    with as_web(clerk):
        assert run_or_none(actor_for(clerk), run.public_id) == run
        assert rows_of(actor_for(clerk), run).count() == 1
    with as_web(neighbour):
        assert run_or_none(actor_for(neighbour), run.public_id) is None
        assert list(ImportRow.objects.all()) == []
    assert list(Event.objects.filter(kind="intake:apply").values_list("unit_id", "account_id")) == [
        (tan_school.pk, clerk.pk)
    ]


def test_a_school_out_of_reach_named_in_the_file_is_rejected(tan_school) -> None:
    other = b.school("Trường THCS Bên cạnh", code="31303599")
    b.school_class(other, "6A1", "06")
    clerk = b.account("vanphong", "school_clerk", tan_school.unit)

    run = planned(tan_school, line(school_code="31303599"), actor=actor_for(clerk))

    assert (states(run), codes(run)) == (["rejected"], [["INT-41", "INT-48"]])


def test_a_file_of_many_schools_is_for_whoever_reaches_them(tan_school) -> None:
    one = b.school("Trường THCS Một", code="31303501")
    two = b.school("Trường THCS Hai", code="31303502")
    for where in (one, two):
        b.school_class(where, "6A1", "06")
    root = type("Root", (), {"unit": b.department()})

    run = apply_run(actor=b.SYSTEM, run=planned(root, line(school_code="31303501"), line(school_code="31303502")))

    assert run.counts == {"pupils": {"created": 2}}
    assert sorted(Enrolment.objects.values_list("school_id", flat=True)) == sorted([one.pk, two.pk])
    assert Event.objects.filter(kind="intake:apply").count() == 2


def test_who_may_not_bring_in_files_is_refused(tan_school) -> None:
    first = tan_school.classes.get(name="6A1")
    teacher = b.account("chunhiem", "homeroom_teacher", tan_school.unit, classes=[first])
    run = planned(tan_school, line())

    for act in (plan_run, apply_run, undo_run):
        with pytest.raises(NotAllowed):
            act(actor=actor_for(teacher), run=run)
    with pytest.raises(NotAllowed):
        planned(tan_school, line(), actor=actor_for(teacher))


def test_a_closed_year_takes_no_file(tan_school) -> None:
    run = planned(tan_school, line())
    SchoolYear.objects.filter(pk=2023).update(state="closed")

    with pytest.raises(YearError) as refused:
        apply_run(actor=b.SYSTEM, run=run)

    assert refused.value.code == "YEAR-02"
    with pytest.raises(YearError):
        planned(tan_school, line())


def test_verified_facts_stay_and_the_rest_is_taken(tan_school) -> None:
    b.pupil(tan_school.classes.get(name="6A1"), None, name="Lê Thị Hoa", birth_date=dt.date(2012, 3, 8),
            citizen_id_no="031212000001", id_state="verified", local_code="HS1")  # fmt: skip

    run = planned(tan_school, line("Lê Thị Hoà", gender_code="01", local_code="HS1", phone="0912345678"))

    held = ImportRow.objects.get(run=run)
    assert (held.state, [change["column"] for change in held.changes]) == ("updated", ["phone"])
    assert [(one["column"], one["code"], one["effect"]) for one in held.problems] == [("full_name", "INT-46", "leave")]


def test_thirty_rows_take_as_many_statements_as_three(tan_school) -> None:
    counts = []
    for number in (3, 30):
        rows = [line(f"Lê Thị Hoa {chr(65 + n % 26)}{'a' * (n // 26)}", birth_date="2012-03-08") for n in range(number)]
        with CaptureQueriesContext(connection) as captured:
            run = apply_run(actor=b.SYSTEM, run=planned(tan_school, *rows))
            undo_run(actor=b.SYSTEM, run=run)
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_of_two_guardians_the_edit_of_the_second_says_nothing_of_the_first(tan_school) -> None:
    here = b.pupil(tan_school.classes.get(name="6A1"), None, name="Lê Thị Hoa", birth_date=dt.date(2012, 3, 8))
    Guardian.objects.create(student=here.student, relation="guardian", full_name="Bà Nội", phone="0911111111")
    second = Guardian.objects.create(student=here.student, relation="guardian", full_name="Ông Nội", phone="0922222222")
    second.phone = "0933333333"
    second.save()

    run = planned(
        tan_school, line(version="0-0-0", gender_code="01", guardian_full_name="Bà Ngoại", guardian_phone="0944444444")
    )

    assert states(run) == ["updated"]
    assert {change["column"]: change.get("their", False) for change in ImportRow.objects.get(run=run).changes} == {
        "guardian_full_name": False,
        "guardian_phone": False,
    }


def test_a_new_pupil_of_a_combined_class_says_the_grade(tan_school) -> None:
    combined = b.school_class(tan_school, "67G", "06")
    ClassGrade.objects.create(start_year=2023, school=tan_school, school_class=combined, grade_code="07")

    run = planned(
        tan_school, line(class_name="67G"), line("Trần Văn Bình", class_name="67G", grade_code="07", gender_code="01")
    )

    assert (states(run), codes(run)) == (["rejected", "created"], [["INT-66"], []])


@pytest.fixture
def came_back(tan_school) -> tuple[Enrolment, Enrolment]:
    """Lê Thị Hoa left class 6A1 on 31 October and came back into 6A2 on 1 February."""
    first = b.pupil(tan_school.classes.get(name="6A1"), None, name="Lê Thị Hoa", birth_date=dt.date(2012, 3, 8),
                    left_on=dt.date(2023, 10, 31), status_code="08")  # fmt: skip
    Student.objects.update(gender_code="02")
    there = tan_school.classes.get(name="6A2")
    second = Enrolment.objects.create(
        start_year=2023, student=first.student, school=tan_school, grade_code="06", school_class=there,
        first_class=there, enrolled_on=dt.date(2024, 2, 1), admission_kind="3",
    )  # fmt: skip
    return first, second


def both_rows(*spells: Enrolment) -> list[dict[str, Any]]:
    """The rows of a pupil's enrolments as an export writes them."""
    return [
        line(record=str(one.public_id), class_name=one.school_class.name, status_code=one.status_code,
             enrolled_on=str(one.enrolled_on), admission_kind=one.admission_kind)
        for one in spells
    ]  # fmt: skip


def test_each_row_of_a_pupil_who_came_back_is_about_its_own_enrolment(tan_school, came_back) -> None:
    before = contents()
    old, new = both_rows(*came_back)

    assert states(planned(tan_school, old, new)) == ["unchanged", "unchanged"]
    assert states(planned(tan_school, new, old)) == ["unchanged", "unchanged"]

    run = planned(tan_school, old | {"phone": "0912345678", "father_full_name": "Lê Văn Nam"},
                  new | {"email": "hoa@truong.edu.vn", "class_name": "6A1", "father_full_name": "Lê Văn Nam"},
                  moved_on="2024-03-01")  # fmt: skip
    assert (states(run), codes(run)) == (["updated", "updated"], [[], []])
    run = apply_run(actor=b.SYSTEM, run=run)
    student = Student.objects.get()
    assert (student.phone, student.email) == ("0912345678", "hoa@truong.edu.vn")
    assert list(Guardian.objects.values_list("full_name", flat=True)) == ["Lê Văn Nam"]
    assert [one.school_class.name for one in Enrolment.objects.order_by("enrolled_on")] == ["6A1", "6A1"]
    assert list(ClassMove.objects.values_list("enrolment_id", "moved_on")) == [(came_back[1].pk, dt.date(2024, 3, 1))]
    undo_run(actor=b.SYSTEM, run=run)
    assert contents() == before


def test_a_row_of_a_pupil_who_came_back_does_not_move_the_enrolment_that_ended(tan_school, came_back) -> None:
    old, new = both_rows(*came_back)

    run = planned(tan_school, old | {"class_name": "6A2"}, new)

    assert (states(run), codes(run)) == (["unchanged", "unchanged"], [["INT-67"], []])


@pytest.mark.parametrize(
    ("on", "meant"),
    [("2024-02-20", 1), ("2023-09-20", 0), ("2023-12-20", 1)],  # the newest where none holds on the day
)
def test_a_row_without_our_record_means_the_enrolment_of_the_day(tan_school, came_back, on: str, meant: int) -> None:
    run = planned(tan_school, line(class_name="6A2", email="hoa@truong.edu.vn"), moved_on=on)

    row = ImportRow.objects.get(run=run)
    assert (row.state, row.kept["spell_id"]) == ("updated", came_back[meant].pk)
    assert [one["column"] for one in row.changes] == ["email"]
    assert codes(run) == ([["INT-67"]] if meant == 0 else [[]])


def test_two_rows_about_one_enrolment_of_a_pupil_who_came_back_are_taken_once(tan_school, came_back) -> None:
    _old, new = both_rows(*came_back)

    run = planned(tan_school, new, line(class_name="6A2"), moved_on="2024-03-01")

    assert (states(run), codes(run)) == (["unchanged", "rejected"], [[], ["INT-44"]])


def test_rows_of_a_pupil_who_came_back_that_differ_about_the_person_take_the_first(tan_school, came_back) -> None:
    old, new = both_rows(*came_back)

    run = planned(tan_school, old | {"phone": "0912345678"}, new | {"phone": "0987654321"})

    assert (states(run), codes(run)) == (["updated", "unchanged"], [[], ["INT-44"]])
    apply_run(actor=b.SYSTEM, run=run)
    assert Student.objects.get().phone == "0912345678"


def test_messages_say_days_and_names_and_one_sentence_a_cell(tan_school) -> None:
    here = b.pupil(tan_school.classes.get(name="6A1"), None, name="Lê Thị Hoa", birth_date=dt.date(2012, 3, 8),
                   citizen_id_no="031312000001", id_state="verified")  # fmt: skip
    Student.objects.update(gender_code="02")

    run = planned(
        tan_school,
        line(record=str(here.public_id), birth_date="2012-11-08", gender_code="01"),
        line("Vũ Thị Mai", class_name="7A1", grade_code="06"),
        line(record=str(here.public_id), class_name="7A1"),
    )

    told = [
        (problem["column"], problem["message"])
        for row in ImportRow.objects.filter(run=run).order_by("row_no")
        for problem in row.problems
    ]
    assert told == [
        ("birth_date", "Hồ sơ đã xác thực nên ô này được giữ nguyên là 08/03/2012."),
        ("gender_code", "Hồ sơ đã xác thực nên ô này được giữ nguyên là Nữ."),
        ("grade_code", "Khối 6 không phải khối của lớp 7A1 (khối 7). Hãy sửa khối hoặc lớp (EN-04)."),
        (
            "grade_code",
            "Khối 6 không phải khối của lớp 7A1 (khối 7). Học sinh đang học khối 6: trong năm học chỉ chuyển được sang "
            "lớp cùng khối; lên lớp, ở lại lớp thì sửa kết quả năm học trước rồi kết chuyển (EN-04).",
        ),
        ("full_name", "Học sinh này đã có ở dòng 2. Mỗi học sinh chỉ ghi một dòng (EN-02)."),
    ]


def test_an_empty_cell_that_rejects_its_row_is_said_once(tan_school) -> None:
    row = TableRow(2, {"birth_date": "2012-03-08", "gender_code": "02", "class_name": "6A1"})
    row.problems.append(Problem("Học sinh", 2, "full_name", "", ProblemKind.VALUE_MISSING, "Hãy bổ sung họ và tên."))
    bad = TableRow(3, {"birth_date": "2012-03-09", "gender_code": "02", "class_name": "6A1"})
    bad.problems.append(Problem("Học sinh", 3, "full_name", "123", ProblemKind.TEXT_UNUSABLE, "Nội dung phải có chữ."))
    run = upload_file(
        actor=b.SYSTEM, unit=tan_school.unit, kind="pupils", start_year=2023, file_name="hs.xlsx", content=b"x"
    )

    run = plan_run(actor=b.SYSTEM, run=run, tables=[Table(SPECS["pupils"], "Học sinh", {}, [row, bad])])

    found = ImportRow.objects.filter(run=run).order_by("row_no").values_list("state", "problems")
    assert [(state, [(one["code"], one["effect"]) for one in problems]) for state, problems in found] == [
        ("rejected", [("INT-66", "reject")]),
        ("rejected", [("INT-24", "reject")]),
    ]
    assert run.problem_count == 2


def test_what_stops_an_undo_is_named_by_the_columns_labels(tan_school) -> None:
    here = b.pupil(tan_school.classes.get(name="6A1"), None, name="Lê Thị Hoa", birth_date=dt.date(2012, 3, 8))
    Student.objects.update(gender_code="02")
    run = apply_run(actor=b.SYSTEM, run=planned(tan_school, line(phone="0912345678", email="hoa@truong.edu.vn")))
    Student.objects.filter(pk=here.student_id).update(phone="0987654321", email="")

    with pytest.raises(IntakeError) as refused:
        undo_run(actor=b.SYSTEM, run=run)

    assert refused.value.problems == [
        "Dòng 2, Lê Thị Hoa: ô đã được sửa lại sau khi nhập: Thư điện tử, Điện thoại"]  # fmt: skip


def _told(run: ImportRun) -> list[tuple[int, str, str]]:
    rows = ImportRow.objects.filter(run=run).order_by("row_no")
    return [(row.row_no, problem["column"], problem["message"]) for row in rows for problem in row.problems]


def test_one_number_in_two_rows_is_refused_by_the_number(tan_school) -> None:
    number = "031312001845"
    run = planned(
        tan_school,
        line(citizen_id_no=number),
        line("Vũ Thị Mai", citizen_id_no=number, birth_date="2012-05-05"),
        line(citizen_id_no=number),
    )

    told = [one for one in _told(run) if one[2].startswith("Trùng")]
    assert told == [
        (
            3,
            "citizen_id_no",
            "Trùng số định danh với dòng 2, Lê Thị Hoa. Mỗi học sinh chỉ ghi một dòng (EN-02); nếu là hai em thì hãy "
            "sửa số định danh.",
        ),
        (4, "citizen_id_no", "Trùng số định danh với dòng 2. Mỗi học sinh chỉ ghi một dòng (EN-02)."),
    ]
    assert states(run) == ["created", "rejected", "rejected"]


def test_a_namesake_of_the_same_day_and_another_gender_is_pointed_at(tan_school) -> None:
    here = b.pupil(tan_school.classes.get(name="6A1"), None, name="Lê Thị Hoa", birth_date=dt.date(2012, 3, 8))
    Student.objects.filter(pk=here.student_id).update(gender_code="02", citizen_id_no="")
    run = planned(tan_school, line(gender_code="01"), line("Vũ An"), line("Vũ An", gender_code="01"))

    assert states(run) == ["created"] * 3
    assert [(row, message) for row, _, message in _told(run) if message.startswith("Có thể trùng")] == [
        (2, "Có thể trùng với hồ sơ đã có của trường, cùng họ tên và ngày sinh nhưng khác giới tính. Hãy đối chiếu với "
            "giấy tờ."),
        (4, "Có thể trùng với dòng 3, cùng họ tên và ngày sinh nhưng khác giới tính. Hãy đối chiếu với giấy tờ."),
    ]  # fmt: skip


def test_a_row_that_mixes_two_children_is_never_written(tan_school) -> None:
    hoa = b.pupil(tan_school.classes.get(name="6A1"), None, name="Lê Thị Hoa", birth_date=dt.date(2012, 3, 8),
                  citizen_id_no="031312000001", local_code="HS01")  # fmt: skip
    mai = b.pupil(tan_school.classes.get(name="6A2"), None, name="Trần Thị Mai", birth_date=dt.date(2012, 5, 9),
                  citizen_id_no="031312000002", local_code="HS02")  # fmt: skip
    before = contents()
    rows = [
        # Columns sorted without the hidden two in front.
        line("Trần Thị Mai", birth_date="2012-05-09", record=str(hoa.public_id), class_name="6A2"),
        line("Lê Thị Hoa", record=str(mai.public_id)),
        # The record of one, the number of the other; and a record that would become another child's.
        line("Lê Thị Hoài", record=str(hoa.public_id), citizen_id_no="031312000002"),
        line("Phạm Gia Khánh", birth_date="2011-12-01", record=str(hoa.public_id)),
    ]

    found = [planned(tan_school, row) for row in rows]

    assert [states(run) for run in found] == [["rejected"]] * 4
    assert ["INT-15" in codes(run)[0] for run in found] == [True] * 4
    messages = [one["message"] for run in found for row in ImportRow.objects.filter(run=run) for one in row.problems
                if one["code"] == "INT-15"]  # fmt: skip
    assert messages[0].startswith(
        "Mã bản ghi của dòng là của Lê Thị Hoa (08/03/2012), nhưng họ tên, ngày sinh là của Trần Thị Mai (09/05/2012), "
        "lớp 6A2. Tệp đã sắp xếp lệch hai cột ẩn A, B"
    )
    assert "nhưng số định danh là của Trần Thị Mai (09/05/2012), lớp 6A2." in messages[2]
    assert "nhưng họ tên và ngày sinh trong dòng đều khác" in messages[3]
    assert contents() == before


def test_a_corrected_name_birth_date_or_number_is_no_mixed_row(tan_school) -> None:
    here = b.pupil(tan_school.classes.get(name="6A1"), None, name="Lê Thị Hoa", birth_date=dt.date(2012, 3, 8))
    record = str(here.public_id)

    for row in (
        line("Lê Thị Hoài", record=record),
        line(birth_date="2012-08-03", record=record),
        line("Lê Thị Hoà", birth_date="2012-08-03", record=record),
        line(citizen_id_no="031312000009", record=record),
    ):
        assert "INT-15" not in codes(planned(tan_school, row))[0]


@pytest.mark.parametrize("written", ["6 A1", "Lớp 6A1", "lop 6a1", "6-A1", " 6A.1"])
def test_a_class_is_known_however_it_is_written(tan_school, written: str) -> None:
    run = planned(tan_school, line(class_name=written))

    assert (states(run), ImportRow.objects.get(run=run).values["class_name"]) == (["created"], "6A1")
    assert states(apply_run(actor=b.SYSTEM, run=run)) == ["created"]


def test_a_class_is_not_guessed_where_two_are_so_written(tan_school) -> None:
    for name in ("6/1", "61", "6.2", "6-2"):
        b.school_class(tan_school, name, "06")

    named = [
        (state, row.values.get("class_name"))
        for said in ("6 1", "6 2", "62", "Lớp 61")
        for row in ImportRow.objects.filter(run=planned(tan_school, line(class_name=said)))
        for state in [row.state]
    ]

    assert named == [("created", "6/1"), ("rejected", "6 2"), ("rejected", "62"), ("created", "61")]


def test_near_classes_are_those_of_the_same_grade(tan_school) -> None:
    row = ImportRow.objects.get(run=planned(tan_school, line(class_name="lớp 6Z")))

    assert [one["message"] for one in row.problems] == [
        "Trường không có lớp 6Z trong năm học này. Có phải: 6A1, 6A2?"
    ]  # fmt: skip


def test_a_birth_date_that_cannot_be_is_no_birth_date_and_makes_no_second_pupil(tan_school) -> None:
    b.pupil(tan_school.classes.get(name="6A1"), None, name="Lê Thị Hoa", birth_date=dt.date(2012, 3, 8))

    run = planned(
        tan_school, line(birth_date="2030-03-08", gender_code="01"), line("Trần Thị Mai", birth_date="2030-03-08")
    )

    assert (states(run), codes(run)) == (["unchanged", "created"], [["INT-40"], ["INT-40"]])
    assert [("birth_date" in row.values) for row in ImportRow.objects.filter(run=run)] == [False, False]


def test_a_class_of_another_grade_is_explained_without_contradiction(tan_school) -> None:
    b.pupil(tan_school.classes.get(name="6A1"), None, name="Lê Thị Hoa", birth_date=dt.date(2012, 3, 8))

    row = ImportRow.objects.get(run=planned(tan_school, line(class_name="7A1", grade_code="07", gender_code="01")))

    assert [one["message"] for one in row.problems if one["code"] == "INT-43"] == [
        "Lớp 7A1 là lớp của khối 7. Học sinh đang học khối 6: trong năm học chỉ chuyển được sang lớp cùng khối; lên "
        "lớp, ở lại lớp thì sửa kết quả năm học trước rồi kết chuyển (EN-04)."
    ]


@pytest.mark.parametrize("id_state", ["verified", "unverified"])
def test_a_number_that_is_another_pupils_says_whose_it_is_once(tan_school, id_state: str) -> None:
    b.pupil(tan_school.classes.get(name="6A1"), None, name="Lê Thị Hoa", birth_date=dt.date(2012, 3, 8),
            citizen_id_no="031312000001", local_code="HS1", id_state=id_state)  # fmt: skip
    b.pupil(tan_school.classes.get(name="6A2"), None, name="Trần Thị Mai", birth_date=dt.date(2012, 5, 9),
            citizen_id_no="031312000002")  # fmt: skip
    record = str(Enrolment.objects.get(student__full_name="Lê Thị Hoa").public_id)

    said = line(record=record, citizen_id_no="031312000002")
    del said["gender_code"]

    row = ImportRow.objects.get(run=planned(tan_school, said))

    kept = "hồ sơ của dòng đã xác thực nên ô này" if id_state == "verified" else "hồ sơ kia"
    assert [(one["code"], one["message"]) for one in row.problems] == [
        ("INT-45", "Số định danh này đã có ở hồ sơ của Trần Thị Mai, lớp 6A2. Hãy đối chiếu với giấy tờ; "
                   f"{kept} được giữ nguyên.")
    ]  # fmt: skip
    assert row.state == ("unchanged" if id_state == "verified" else "updated")
