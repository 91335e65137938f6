"""Staff of a file: which person and which posting a row is about, and what becomes of each."""

import datetime as dt
from typing import Any

import pytest

from csdl.intake.actions import apply_run, plan_run, undo_run, upload_file
from csdl.intake.models import ImportRow, ImportRun
from csdl.intake.sheets.nouns import SPECS
from csdl.intake.sheets.specs import Table, TableRow
from csdl.staff.models import StaffMember, StaffPosting, UnitHead
from tests import builders as b

pytestmark = pytest.mark.django_db

PERSON = {"full_name": "Trần Thị Dạy", "birth_date": "1985-10-07", "gender_code": "02", "staff_group_code": "03"}


def planned(where, *rows: dict[str, Any]) -> ImportRun:
    run = upload_file(
        actor=b.SYSTEM, unit=where.unit, kind="staff", start_year=2023, file_name="gv.xlsx", content=b"x", options={}
    )
    said = [TableRow(number, row) for number, row in enumerate(rows, start=2)]
    return plan_run(actor=b.SYSTEM, run=run, tables=[Table(SPECS["staff"], "Cán bộ, giáo viên", {}, said)])


def told(run: ImportRun) -> list[tuple[str, list[str]]]:
    rows = ImportRow.objects.filter(run=run).order_by("pk").values_list("state", "problems")
    return [(state, sorted({one["code"] for one in problems})) for state, problems in rows]


def postings() -> list[tuple[Any, ...]]:
    return list(StaffPosting.objects.order_by("valid_from").values_list("valid_from", "valid_to", "position_code"))


@pytest.fixture
def tan_school():
    return b.school("Trường THCS Tô Hiệu")


@pytest.fixture
def twice(tan_school) -> StaffMember:
    """A teacher who left on 30 September and came back on 1 February."""
    who = b.teacher(tan_school, "Trần Thị Dạy")
    StaffMember.objects.update(birth_date=dt.date(1985, 10, 7), teacher_subject_code="22")
    StaffPosting.objects.update(
        valid_from=dt.date(2020, 8, 1),
        valid_to=dt.date(2023, 9, 30),
        status_code="02",
        position_code="03",
        contract_code="07",
    )
    StaffPosting.objects.create(
        staff=who, unit=tan_school.unit, valid_from=dt.date(2024, 2, 1), staff_group_code="03", contract_code="07"
    )
    return who


def rows_of(who: StaffMember) -> tuple[dict[str, Any], dict[str, Any]]:
    """The two rows of a person as an export writes them."""
    old, new = (
        PERSON
        | {"record": str(one.public_id), "position_code": one.position_code, "status_code": one.status_code}
        | {"valid_from": str(one.valid_from)}
        | ({"valid_to": str(one.valid_to)} if one.valid_to else {})
        for one in StaffPosting.objects.filter(staff=who).order_by("valid_from")
    )
    return old, new


def test_each_row_of_a_person_of_two_postings_is_about_its_own(tan_school, twice) -> None:
    before = postings()
    old, new = rows_of(twice)

    assert told(planned(tan_school, old, new)) == [("unchanged", []), ("unchanged", [])]

    run = planned(
        tan_school, old | {"position_code": "02", "phone": "0912345678"}, new | {"email": "day@truong.edu.vn"}
    )
    assert told(run) == [("updated", []), ("updated", [])]
    run = apply_run(actor=b.SYSTEM, run=run)
    assert [row[2] for row in postings()] == ["02", ""]
    twice.refresh_from_db()
    assert (twice.phone, twice.email) == ("0912345678", "day@truong.edu.vn")
    undo_run(actor=b.SYSTEM, run=run)
    twice.refresh_from_db()
    assert (postings(), twice.phone, twice.email) == (before, "", "")


def test_two_rows_that_change_one_cell_of_a_person_differently_take_the_first(tan_school, twice) -> None:
    old, new = rows_of(twice)

    run = planned(tan_school, old | {"phone": "0912345678"}, new | {"phone": "0987654321"})

    assert told(run) == [("updated", []), ("unchanged", ["INT-44"])]
    apply_run(actor=b.SYSTEM, run=run)
    twice.refresh_from_db()
    assert twice.phone == "0912345678"


def test_one_posting_in_two_rows_is_taken_once(tan_school, twice) -> None:
    _old, new = rows_of(twice)

    assert told(planned(tan_school, new, PERSON)) == [("unchanged", []), ("rejected", ["INT-44"])]


@pytest.mark.parametrize(
    ("left", "held", "said", "expected"),
    [
        (None, None, None, "unchanged"),  # who works here this year is meant by the name
        (None, dt.date(1985, 10, 7), None, "unchanged"),
        ("2019-06-01", dt.date(1985, 10, 7), None, "conflict"),
        ("2019-06-01", None, "1985-10-07", "conflict"),
        ("2019-06-01", dt.date(1985, 10, 7), "1985-10-07", "created"),  # taken on again
        ("2019-06-01", dt.date(1960, 1, 2), "1985-10-07", "created"),  # another person
    ],
)
def test_a_name_alone_ties_nobody_to_a_person_who_left(tan_school, left, held, said, expected) -> None:
    who = b.teacher(tan_school, "Trần Thị Dạy")
    StaffMember.objects.update(birth_date=held, teacher_subject_code="22")
    StaffPosting.objects.update(valid_from=dt.date(2015, 8, 1), valid_to=left, contract_code="07")
    row = {name: value for name, value in (PERSON | {"birth_date": said}).items() if value}

    run = planned(tan_school, row)

    assert told(run)[0][0] == expected
    one = ImportRow.objects.get(run=run)
    assert ("INT-42" in {problem["code"] for problem in one.problems}) == (expected == "conflict")
    ties = (expected == "unchanged") or (held == dt.date(1985, 10, 7) and said is not None)
    assert (one.target_id == who.pk) == ties


def test_a_new_posting_ends_after_the_one_before_it(tan_school) -> None:
    """The row's first day is the day the earlier posting ended, so its last day cannot be before."""
    b.teacher(tan_school, "Trần Thị Dạy")
    StaffMember.objects.update(birth_date=dt.date(1985, 10, 7))
    StaffPosting.objects.update(valid_to=dt.date(2023, 6, 30))

    run = planned(tan_school, PERSON | {"valid_from": "2023-05-01", "valid_to": "2023-06-15"})

    assert told(run) == [("rejected", ["INT-66", "INT-68"])]


@pytest.mark.parametrize(
    "cells",
    [
        {"record": "urn:uuid:0199f6a2-0000-7000-8000-000000000001"},
        {"version": "9" * 30},
        {"version": "١٢"},
    ],
)
def test_a_spoilt_hidden_cell_spoils_no_other_row(tan_school, cells) -> None:
    b.teacher(tan_school, "Vũ Văn Khác")
    run = planned(tan_school, PERSON | {"teacher_subject_code": "22", "contract_code": "07"} | cells)

    assert told(run) == [("created", [])]


def test_a_file_does_not_end_the_posting_of_the_head(tan_school) -> None:
    who = b.teacher(tan_school, "Trần Thị Dạy")
    StaffMember.objects.update(birth_date=dt.date(1985, 10, 7), teacher_subject_code="22")
    StaffPosting.objects.update(contract_code="07")
    UnitHead.objects.create(unit=tan_school.unit, staff=who, valid_from=dt.date(2021, 8, 1))

    run = planned(tan_school, PERSON | {"valid_to": "2023-12-01"})

    assert told(run) == [("unchanged", ["INT-68"])]


def test_a_row_that_mixes_two_people_is_never_written(tan_school) -> None:
    one, other = b.teacher(tan_school, "Trần Thị Dạy"), b.teacher(tan_school, "Lê Văn Giảng")
    StaffMember.objects.filter(pk=one.pk).update(birth_date=dt.date(1985, 10, 7))
    StaffMember.objects.filter(pk=other.pk).update(birth_date=dt.date(1979, 2, 1))

    found = [
        told(planned(tan_school, PERSON | said))[0]
        for said in (
            {"record": str(other.public_id)},
            {"record": str(one.public_id), "full_name": "Phạm Quốc Khánh", "birth_date": "1990-05-05"},
            {"record": str(one.public_id), "full_name": "Trần Thị Dậy", "birth_date": "1985-07-10"},
        )
    ]

    assert [(state, "INT-15" in codes) for state, codes in found] == [
        ("rejected", True), ("rejected", True), ("updated", False)
    ]  # fmt: skip
