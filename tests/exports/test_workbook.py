"""The whole school as one workbook: its own rows only, all of them, and they read back equal."""

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from csdl.access.actors import actor_for
from csdl.accounts.actor import SystemActor
from csdl.accounts.errors import InvalidRecord, NotAllowed
from csdl.accounts.permissions import Permission
from csdl.audit.edits import version_of
from csdl.audit.models import Event
from csdl.codes import queries as codes
from csdl.codes.actions import load_code_lists
from csdl.exports.workbook import blank_workbook, export_workbook
from csdl.intake.actions import plan_run, upload_file
from csdl.intake.models import ImportRow
from csdl.intake.sheets.nouns import SPECS, WORKBOOK
from csdl.intake.sheets.reading import read_tables
from csdl.intake.sheets.specs import TableRow
from csdl.lib import clock
from csdl.orgs.models import SchoolSite
from csdl.staff.models import StaffPosting
from csdl.students.models import Guardian, Student
from csdl.years.models import Enrolment, SchoolClass
from tests import builders as b
from tests.portals import places
from tests.portals.places import Places

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Places:
    load_code_lists()
    codes.forget()
    return places.build()


def exported(place: Places, who: str = "head", **said: Any) -> bytes:
    asked: dict[str, Any] = {"start_year": 2024, "purpose": "check", "school": place.school} | said
    actor = SystemActor("kiểm thử") if who == "system" else actor_for(place.accounts[who])
    return export_workbook(actor=actor, **asked).content


def read(content: bytes) -> dict[str, list[TableRow]]:
    return {table.spec.noun: table.rows for table in read_tables(content, WORKBOOK)}


def test_every_row_of_the_school_and_none_of_the_neighbour(place: Places) -> None:
    rows = read(exported(place))

    names = {noun: [row.values for row in found] for noun, found in rows.items()}
    assert [row["name"] for row in names["sites"]] == ["Điểm chính"]
    assert [row["name"] for row in names["classes"]] == ["7A", "7B"]
    assert [(row["full_name"], row["class_name"]) for row in names["pupils"]] == [
        ("Nguyễn Thị Lan", "7A"),
        ("Trần Minh Đạt", "7B"),
    ]
    assert [row["full_name"] for row in names["staff"]] == ["Bùi Thu Trang"]
    assert names["homeroom"] == [{"class_name": "7A", "staff_name": "Bùi Thu Trang", "valid_from": "2024-07-01"}]
    assert "Láng" not in str(names)


def test_every_column_reads_back_as_it_is_stored(place: Places) -> None:
    student = place.own_pupil.student
    stored = {
        "religion_code": "02",
        "moet_code": "0012345678",
        "local_code": "00012",
        "birth_place": "=HYPERLINK(1)",
        "origin_place": "+Hải Phòng",
        "permanent_commune_code": "11317",
        "permanent_address": "'=1+1",
        "current_commune_code": "10507",
        "current_address": "Số 5\\ngõ 12",
        "phone": "0912345679",
        "email": "lan@truong.vn",
        "policy_code": "08",
        "is_disabled": True,
        "disability_code": "03",
        "ethnic_code": "06",
    }
    Student.objects.filter(pk=student.pk).update(**stored)
    kin = {"full_name": "Nguyễn Văn Ba", "birth_year": 1979, "occupation": "Thợ hàn", "workplace": "-", "phone": ""}
    Guardian.objects.create(student=student, relation="father", **kin)
    SchoolClass.objects.filter(pk=place.own_class.pk).update(session_code="4", fl1_code="01", seq_no=3)
    b.teaches(place.own_teacher, place.own_class)

    rows = read(exported(place, with_sensitive=True))

    pupil = rows["pupils"][0].values
    student.refresh_from_db()
    assert pupil == {
        "record": str(place.own_pupil.public_id),
        "version": f"{version_of(student)}-0-0",
        "full_name": "Nguyễn Thị Lan",
        "birth_date": "2012-10-07",
        "gender_code": "01",
        "nationality_code": "VN",
        "citizen_id_no": "031212001845",
        "class_name": "7A",
        "grade_code": "07",
        "status_code": "01",
        "enrolled_on": "2024-07-01",
        "admission_kind": "4",
        **stored,
        "father_full_name": "Nguyễn Văn Ba",
        "father_birth_year": 1979,
        "father_occupation": "Thợ hàn",
        "father_workplace": "-",
        "mother_full_name": "Phạm Thị Hoa",
        "mother_phone": "0912345678",
    }
    assert version_of(student) > 0
    (site, main) = (rows["sites"][0].values, SchoolSite.objects.get(school=place.school, start_year=2024))
    assert site == {
        "record": str(main.public_id), "version": "0", "code": "01", "name": "Điểm chính", "is_main": True
    }  # fmt: skip
    assert rows["classes"][0].values == {
        "record": str(place.own_class.public_id),
        "version": str(version_of(place.own_class)),
        "name": "7A",
        "grade_code": "07",
        "mixed_age": 0,
        "site": "01",
        "session_code": "4",
        "fl1_code": "01",
        "is_semi_boarding": False,
        "is_combined": False,
        "is_special": False,
        "is_gifted": False,
        "seq_no": 3,
    }
    posting = StaffPosting.objects.get(staff=place.own_teacher)
    assert rows["staff"][0].values == {
        "record": str(posting.public_id),
        "version": "0-0",
        "full_name": "Bùi Thu Trang",
        "gender_code": "02",
        "staff_group_code": "03",
        "status_code": "01",
        "valid_from": "2020-08-01",
    }
    assert rows["teaching"][0].values == {
        "class_name": "7A", "subject_code": "15", "staff_name": "Bùi Thu Trang", "semester": 1, "periods_per_week": 4
    }  # fmt: skip
    problems = [(noun, one.column, one.code) for noun, found in rows.items() for row in found for one in row.problems]
    assert problems == [("staff", "birth_date", "INT-22")]


def test_what_was_typed_untidily_once_repeats_itself_and_asks_for_nothing(place: Places) -> None:
    untidy = {"full_name": "NGUYỄN  THỊ LAN", "phone": "0912.345.678", "citizen_id_no": "31212001845"}
    Student.objects.filter(pk=place.own_pupil.student_id).update(**untidy)

    row = read(exported(place, with_sensitive=True))["pupils"][0]

    assert {name: row.values[name] for name in untidy} == {
        "full_name": "Nguyễn Thị Lan", "phone": "0912345678", "citizen_id_no": "031212001845"
    }  # fmt: skip
    assert [row.repeats(name, stored) for name, stored in untidy.items()] == [True, True, True]
    assert not row.repeats("phone", "0900000000")
    assert not row.repeats("birth_date", "2012-10-07")


def test_sensitive_columns_leave_only_where_asked(place: Places) -> None:
    book = openpyxl.load_workbook(io.BytesIO(exported(place)))

    headers = {cell.value for sheet in book for cell in sheet[3]}
    assert "Họ và tên *" in headers
    assert not headers & {"Số định danh cá nhân", "Điện thoại mẹ", "Địa chỉ thường trú", "Tôn giáo"}
    assert "031212001845" not in str([[cell.value for cell in row] for sheet in book for row in sheet])


@pytest.mark.parametrize("who", ["nobody", "homeroom"])
def test_who_may_not_take_the_school_out_gets_nothing(place: Places, who: str) -> None:
    with pytest.raises(NotAllowed):
        exported(place, who)

    assert not Event.objects.filter(kind="data:export").exists()


def test_a_head_takes_nothing_out_of_the_neighbour_school(place: Places) -> None:
    with pytest.raises(NotAllowed):
        exported(place, "head", school=place.other_school)


def test_who_may_not_edit_pupils_gets_no_sensitive_columns(place: Places) -> None:
    actor = actor_for(place.accounts["office"])
    assert actor.can(Permission.DATA_EXPORT, on=place.school)
    assert not actor.can(Permission.STUDENT_EDIT, on=place.school)

    with pytest.raises(NotAllowed):
        exported(place, "office", with_sensitive=True)
    assert [row.values["full_name"] for row in read(exported(place, "office"))["staff"]] == ["Bùi Thu Trang"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"purpose": ""}, "purpose"),
        ({"purpose": "other", "reason": "abc"}, "reason"),
        ({"nouns": ("marks",)}, "nouns"),
        ({"nouns": ()}, "nouns"),
        ({"start_year": 1999}, "start_year"),
    ],
)
def test_what_is_not_said_is_asked_for_and_nothing_is_logged(place: Places, said: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRecord) as refused:
        exported(place, **said)

    assert list(refused.value.fields) == [field]
    assert not Event.objects.filter(kind="data:export").exists()


def test_the_log_says_who_took_which_columns_and_how_many_rows(place: Places) -> None:
    exported(place, nouns=("homeroom",))

    event = Event.objects.get(kind="data:export")
    assert (event.account_id, event.unit_id) == (place.accounts["head"].pk, place.school.pk)
    assert event.data == {
        "what": "workbook",
        "title": "Chủ nhiệm",
        "format": "xlsx",
        "start_year": 2024,
        "purpose": "check",
        "reason": "",
        "columns": [
            f"homeroom.{name}" for name in ("class_name", "staff_name", "staff_code", "valid_from", "valid_to")
        ],
        "sensitive": [],
        "rows": 1,
        "counts": {"homeroom": 1},
        "persons": 0,
        "kept_until": f"{clock.today() + dt.timedelta(days=30):%Y-%m-%d}",
    }


def test_more_rows_cost_no_more_statements(place: Places) -> None:
    def statements() -> int:
        codes.forget()
        with CaptureQueriesContext(connection) as queries:
            exported(place, with_sensitive=True)
        return len(queries)

    few = statements()
    for number in range(12):
        made = b.school_class(place.school, f"8{number}", "08", year=2024)
        one = b.pupil(made, None)
        Guardian.objects.create(student=one.student, relation="mother", full_name="Vũ Thị Mười")
        who = b.teacher(place.school, year=2024)
        b.homeroom(who, made)
        b.teaches(who, made)

    assert statements() == few


def test_blank_workbook_offers_the_schools_own_classes_and_teachers(place: Places) -> None:
    content = blank_workbook(actor=actor_for(place.accounts["head"]), school=place.school, start_year=2024)

    lists = openpyxl.load_workbook(io.BytesIO(content))["Danh mục"]
    by_name = {column[0].value: [cell.value for cell in column[1:] if cell.value] for column in lists.columns}
    assert (by_name["Lớp"], by_name["Giáo viên"]) == (["7A", "7B"], ["Bùi Thu Trang"])
    assert read(content) == {noun: [] for noun in SPECS}
    with pytest.raises(NotAllowed):
        blank_workbook(actor=actor_for(place.accounts["head"]), school=place.other_school, start_year=2024)


def test_a_pupil_who_came_back_has_two_rows_with_their_own_records(place: Places) -> None:
    left = b.pupil(place.own_class, None, left_on=dt.date(2024, 10, 1), status_code="04", name="Vũ Đi Về")
    back = Enrolment.objects.create(
        start_year=2024,
        student=left.student,
        school=place.school,
        grade_code="07",
        school_class=place.own_class,
        first_class=place.own_class,
        enrolled_on=dt.date(2025, 2, 3),
        status_code="06",
        admission_kind="1",
    )

    rows = [row.values for row in read(exported(place))["pupils"] if row.values["full_name"] == "Vũ Đi Về"]

    assert [(row["record"], row["status_code"]) for row in rows] == [
        (str(left.public_id), "04"),
        (str(back.public_id), "06"),
    ]


def test_an_exported_workbook_brought_back_changes_nothing(place: Places) -> None:
    """Also where what is stored was typed untidily once, or means nothing to a list."""
    student = place.own_pupil.student
    Student.objects.filter(pk=student.pk).update(
        full_name="NGUYỄN  THỊ LAN", phone="0912.345.678", ethnic_code="77", permanent_commune_code="99999",
        permanent_address="=1+1", policy_code="08", is_disabled=True, disability_code="03",
    )  # fmt: skip
    Guardian.objects.create(student=student, relation="guardian", full_name="Vũ Văn Năm", phone="912345678")
    Guardian.objects.create(student=student, relation="guardian", full_name="Vũ Thị Sáu", birth_year=1960)
    b.pupil(place.own_class, None, left_on=dt.date(2024, 10, 1), status_code="04", name="Vũ Đi Xa")
    b.teaches(place.own_teacher, place.own_class)
    content = exported(place, "system", with_sensitive=True)

    run = upload_file(
        actor=SystemActor("kiểm thử"), unit=place.school.unit, kind="school", start_year=2024,
        file_name="truong.xlsx", content=content,
    )  # fmt: skip
    plan_run(actor=SystemActor("kiểm thử"), run=run)

    run.refresh_from_db()
    assert run.message == ""
    assert (
        list(ImportRow.objects.filter(run=run).exclude(state="unchanged").values_list("noun", "changes", "state")) == []
    )
    assert {noun: dict(states) for noun, states in run.counts.items()} == {
        "sites": {"unchanged": 1},
        "classes": {"unchanged": 2},
        "pupils": {"unchanged": 3},
        "staff": {"unchanged": 1},
        "homeroom": {"unchanged": 1},
        "teaching": {"unchanged": 1},
    }
