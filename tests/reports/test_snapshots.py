"""A freeze stays: versions, what changed between them, drift of the records since, erased persons, sent reports."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from csdl.access.actors import actor_for
from csdl.accounts.errors import CsdlError, InvalidRecord
from csdl.audit.models import Event
from csdl.cli import person
from csdl.lib import clock
from csdl.reports.actions import draft_of, erase_counted_person, explain_check, freeze, open_usual_period, type_cells
from csdl.reports.enums import FreezeMode, SubmissionState
from csdl.reports.errors import ReportError
from csdl.reports.forms import form
from csdl.reports.models import (
    CellRow,
    CountedPupil,
    CountedStaff,
    ErasedPerson,
    ReportPeriod,
    Snapshot,
    Submission,
    TypedCell,
)
from csdl.reports.queries import cell_differences, drift, failures, frozen_form, pupil_differences, trace
from csdl.students.models import Student
from csdl.years.models import Enrolment
from tests import builders as b
from tests.reports.builders import frozen, primary

pytestmark = [pytest.mark.django_db, pytest.mark.server]
TH = form("02-DN-TH", "tt24")


def _cell(snapshot: Snapshot, address: str) -> Decimal | None:
    return frozen_form(snapshot, TH).cell(*TH.cell(address))


def test_nothing_is_frozen_before_the_day_is_over(october: ReportPeriod) -> None:
    where, _ = primary()
    clock.move_to(dt.datetime(2024, 9, 30, 23, 59, tzinfo=clock.LOCAL_ZONE))
    with pytest.raises(ReportError) as refused:
        freeze(actor=b.SYSTEM, period=october, unit=where.unit)
    assert refused.value.code == "RPT-02"

    clock.move_to(dt.datetime(2024, 10, 1, 0, 1, tzinfo=clock.LOCAL_ZONE))
    assert frozen(where, october).version == 1


def test_freezing_again_counts_the_same_day_as_known_now_and_keeps_both(october: ReportPeriod) -> None:
    where, (first, second) = primary()
    old = frozen(where, october)
    # Found on 3/10: a girl written down as a boy, and a pupil who had left in September.
    Student.objects.filter(pk=first.student_id).update(gender_code="02")
    Enrolment.objects.filter(pk=second.pk).update(left_on=dt.date(2024, 9, 20), status_code="04")

    new = frozen(where, october)

    assert (old.version, new.version) == (1, 2)
    assert (_cell(old, "37:1"), _cell(new, "37:1")) == (2, 1)
    assert (_cell(old, "37:2"), _cell(new, "37:2")) == (0, 1)
    assert old.digest != new.digest
    changed = {one.indicator_code for one in cell_differences(old, new)}
    # Total, region, grade, age, right age; the class that is empty now; the pupils of the class that is left.
    assert changed == {"27", "28", "37", "38", "40", "46", "52"}
    assert [(one.full_name, one.kind, dict(one.changed)) for one in pupil_differences(old, new)] == [
        ("Học sinh 1A", "changed", {"is_female": (False, True)}),
        ("Học sinh 1B", "gone", {}),
    ]
    assert Submission.objects.get().snapshot == new


def test_the_same_facts_give_the_same_figures_in_both_modes(october: ReportPeriod) -> None:
    where, _ = primary()
    b.teacher(where, year=2024)
    one = frozen(where, october)
    freeze(actor=b.SYSTEM, period=october, mode=FreezeMode.PROVINCE)
    two = Snapshot.objects.get(version=2)

    assert (one.digest, one.pupil_count, one.staff_count) == (two.digest, two.pupil_count, two.staff_count)
    assert cell_differences(one, two) == []
    assert pupil_differences(one, two) == []


def test_records_that_change_later_show_as_drift_and_leave_the_freeze_alone(october: ReportPeriod) -> None:
    where, (first, _) = primary()
    snapshot = frozen(where, october)
    Enrolment.objects.filter(pk=first.pk).update(left_on=dt.date(2024, 10, 2), status_code="04")
    new = b.pupil(first.school_class, None, name="Mới chuyển đến", birth_date=dt.date(2018, 1, 1))
    Enrolment.objects.filter(pk=new.pk).update(enrolled_on=dt.date(2024, 10, 3))

    on_the_day = drift(snapshot, on=dt.date(2024, 9, 30))
    today = drift(snapshot)

    assert (on_the_day.frozen, on_the_day.now, on_the_day.pupils) == (2, 2, [])
    assert (today.on, today.frozen, today.now) == (dt.date(2024, 10, 3), 2, 2)
    assert [(one.full_name, one.kind) for one in today.pupils if one.kind != "changed"] == [
        ("Học sinh 1A", "gone"),
        ("Mới chuyển đến", "come"),
    ]
    assert _cell(snapshot, "37:1") == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE reports_countedpupil SET is_female = true",
        "DELETE FROM reports_countedpupil",
        "DELETE FROM reports_countedstaff",
        "UPDATE reports_cellrow SET figures = '{1}'",
        "DELETE FROM reports_cellrow",
        "DELETE FROM reports_failedcheck",
        "UPDATE reports_snapshot SET pupil_count = 99",
        "DELETE FROM reports_snapshot",
        "TRUNCATE reports_countedroom",
    ],
)
def test_nobody_changes_what_was_frozen_not_even_the_owner(october: ReportPeriod, statement: str) -> None:
    where, _ = primary()
    frozen(where, october)

    refused = pytest.raises(DatabaseError, match=r"stay as they are|is sealed")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_who_is_erased_after_being_counted_stays_counted_without_a_name(october: ReportPeriod) -> None:
    where, (first, _) = primary()
    snapshot = frozen(where, october)
    digest, before = snapshot.digest, _cell(snapshot, "37:1")

    order = {"actor": b.SYSTEM, "student_id": first.student_id, "order": "Bản án số 1"}
    with pytest.raises(InvalidRecord):
        erase_counted_person(reason=" ", **order)
    erased = [erase_counted_person(reason="Bản án có hiệu lực", **order) for _ in range(2)]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    Enrolment.objects.filter(pk=first.pk).delete()
    Student.objects.filter(pk=first.student_id).delete()

    assert erased == [1, 0]
    found = trace(actor=b.SYSTEM, snapshot=snapshot, form=TH, address="37:1")
    assert [(row["full_name"], row["birth_date"], row["class_name"]) for row in found.rows] == [
        ("", None, "1A"),
        ("Học sinh 1B", dt.date(2018, 5, 19), "1B"),
    ]
    assert (_cell(snapshot, "37:1"), found.total) == (before, 2)
    snapshot.refresh_from_db()
    assert snapshot.digest == digest
    # The freeze after it counts who is left, and says whom it lost.
    (lost,) = pupil_differences(snapshot, frozen(where, october))
    assert (lost.kind, lost.full_name) == ("gone", "")


def test_a_school_merged_after_the_day_reports_the_day_as_it_was(october: ReportPeriod) -> None:
    where, _ = primary()
    other = b.school("Trường nhận sáp nhập", levels=("02",), years=(2024,))
    where.unit.closed_on = dt.date(2024, 10, 2)
    where.unit.save()
    Enrolment.objects.update(left_on=dt.date(2024, 10, 2), status_code="04")

    snapshot = frozen(where, october)

    assert (snapshot.unit_name, snapshot.pupil_count) == ("Trường Tiểu học Thử", 2)
    assert frozen(other, october).pupil_count == 0


def test_a_sent_report_is_not_frozen_again_and_takes_no_typed_cell(october: ReportPeriod) -> None:
    where, _ = primary()
    snapshot = frozen(where, october)
    Submission.objects.update(state=SubmissionState.SUBMITTED)

    with pytest.raises(ReportError) as refused:
        freeze(actor=b.SYSTEM, period=october, unit=where.unit)
    assert refused.value.code == "RPT-03"
    with pytest.raises(ReportError) as refused:
        type_cells(
            actor=b.SYSTEM, report=snapshot.submission, form_code="02-DN-TH", figures={("25", "public"): Decimal(1)}
        )
    assert refused.value.code == "RPT-03"
    done = freeze(actor=b.SYSTEM, period=october) if primary("Trường khác") else None
    assert (done.reports, [one.reason for one in done.skipped]) == (
        1,
        ["Trường Tiểu học Thử: báo cáo đang ở trạng thái “Đã gửi”, chỉ chốt lại được sau khi bị trả lại."],
    )
    Submission.objects.update(state=SubmissionState.RETURNED)
    assert frozen(where, october).version == 2


def test_typed_cells_enter_the_next_freeze_with_their_totals(october: ReportPeriod) -> None:
    where, _ = primary()
    draft = draft_of(actor=b.SYSTEM, period=october, unit=where.unit, level_code="02")
    type_cells(actor=b.SYSTEM, report=draft, form_code="02-DN-TH", figures={("25", "public"): Decimal(1)})
    type_cells(actor=b.SYSTEM, report=draft, form_code="NS", figures={("25", "planned"): Decimal("1250.5")})

    snapshot = frozen(where, october)

    assert [_cell(snapshot, f"25:{at}") for at in (1, 2, 3)] == [1, 1, None]
    budget = CellRow.objects.get(snapshot=snapshot, form_code="NS", indicator_code="25")
    assert budget.figures == [None, Decimal("1250.500"), None]
    # What nobody typed is empty, not zero.
    assert CellRow.objects.get(snapshot=snapshot, form_code="NS", indicator_code="26").figures == [None] * 3


def test_only_typed_cells_are_typed_and_every_fault_is_named(october: ReportPeriod) -> None:
    where, _ = primary()
    draft = draft_of(actor=b.SYSTEM, period=october, unit=where.unit, level_code="02")

    for address in (("37", "public_all"), ("25", "total")):
        with pytest.raises(ReportError) as refused:
            type_cells(actor=b.SYSTEM, report=draft, form_code="02-DN-TH", figures={address: Decimal(1)})
        assert refused.value.code == "RPT-07"
    figures = {("25", "public"): Decimal(10) ** 20, ("25", "private"): Decimal("0.5")}
    with pytest.raises(InvalidRecord) as wrong:
        type_cells(actor=b.SYSTEM, report=draft, form_code="02-DN-TH", figures=figures)
    assert set(wrong.value.fields) == {"25:public", "25:private"}
    assert "quá lớn" in wrong.value.fields["25:public"][0]


def test_a_check_broken_in_several_columns_tells_the_widest_gap(october: ReportPeriod) -> None:
    where, _ = primary()
    draft = draft_of(actor=b.SYSTEM, period=october, unit=where.unit, level_code="02")
    figures = {
        ("25", "settled_prev"): Decimal(12),
        ("25", "planned"): Decimal("1234.5"),
        ("25", "estimated"): Decimal(3),
    }
    type_cells(actor=b.SYSTEM, report=draft, form_code="NS", figures=figures)

    broken = [one for one in failures(frozen(where, october)) if one.form_code == "NS" and one.text.startswith("24 = ")]

    (one,) = broken
    assert "chênh 1.234,5 (cột Chi NSNN (năm tài chính n) – Dự toán; lệch nhất trong 3 cột chưa khớp)" in one.text


def test_who_is_counted_stands_by_the_given_name(october: ReportPeriod) -> None:
    where, pupils = primary()
    for pupil, name in zip(pupils, ("Bùi Văn Ước", "Vũ Thị Đào"), strict=True):
        Student.objects.filter(pk=pupil.student_id).update(full_name=name)
    b.pupil(pupils[0].school_class, None, name="Trần Văn Dũng", birth_date=dt.date(2018, 5, 19))

    found = trace(actor=b.SYSTEM, snapshot=frozen(where, october), form=TH, address="37:1")

    assert [row["full_name"] for row in found.rows] == ["Trần Văn Dũng", "Vũ Thị Đào", "Bùi Văn Ước"]


def test_who_is_erased_stays_unnamed_in_later_freezes_and_in_drift(october: ReportPeriod, as_web) -> None:
    where, (first, _) = primary()
    teacher = b.teacher(where, "Cô Lan", year=2024)
    clerk = b.account("vanthu", "school_clerk", where.unit)
    old = frozen(where, october)
    order = {"actor": b.SYSTEM, "order": "Bản án số 1", "reason": "Bản án có hiệu lực"}
    erase_counted_person(student_id=first.student_id, **order)
    erase_counted_person(staff_id=teacher.pk, **order)
    # The living record goes on to change: that is told without a name.
    Student.objects.filter(pk=first.student_id).update(gender_code="02")

    (changed,) = drift(old).pupils
    with as_web(clerk):
        freeze(actor=actor_for(clerk), period=october, unit=where.unit)
        assert not ErasedPerson.objects.exists()
    new = Snapshot.objects.get(version=2)

    assert (changed.full_name, dict(changed.changed)) == ("", {"is_female": (False, True)})
    assert [(one.full_name, dict(one.changed)) for one in pupil_differences(old, new)] == [
        ("", {"is_female": (False, True)})
    ]
    named = CountedPupil.objects.filter(snapshot=new).order_by("full_name")
    assert named.values_list("full_name", "birth_date", "local_code", "age").first() == ("", None, "", 6)
    assert named.last().full_name == "Học sinh 1B"
    assert list(CountedStaff.objects.filter(snapshot=new).values_list("full_name", "birth_date")) == [("", None)]
    assert (new.pupil_count, new.staff_count) == (2, 1)
    assert list(ErasedPerson.objects.order_by("pk").values_list("student_id", "staff_id", "decision")) == [
        (first.student_id, None, "Bản án số 1"),
        (None, teacher.pk, "Bản án số 1"),
    ]


def test_who_was_erased_is_read_by_the_department_alone_and_written_by_no_account(
    october: ReportPeriod, as_web
) -> None:
    where, (first, _) = primary(parent=b.office())
    erase_counted_person(actor=b.SYSTEM, order="Bản án số 1", reason="Có hiệu lực", student_id=first.student_id)
    accounts = {
        "hieutruong": b.account("hieutruong", "school_head", where.unit),
        "phong": b.account("phong", "office_head", where.unit.parent),
        "so": b.account("so", "department_admin", b.department()),
    }

    seen = {}
    for name, account in accounts.items():
        with as_web(account):
            seen[name] = ErasedPerson.objects.count()
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                ErasedPerson.objects.create(student_id=1, decision="Không có")
    assert seen == {"hieutruong": 0, "phong": 0, "so": 1}
    with pytest.raises(IntegrityError, match="a_pupil_or_a_member_of_staff"), transaction.atomic():
        ErasedPerson.objects.create(decision="Không nêu ai")


def test_carried_cells_come_from_the_last_period_until_typed_anew(october: ReportPeriod) -> None:
    where, _ = primary()
    draft = draft_of(actor=b.SYSTEM, period=october, unit=where.unit, level_code="02")
    type_cells(actor=b.SYSTEM, report=draft, form_code="02-DN-TH", figures={("25", "public"): Decimal(1)})
    b.school_year(2025)
    where.profiles.create(start_year=2025, level_group_code="06", ownership_code="01", region_code="02")
    where.levels.create(start_year=2025, level_code="02")
    clock.move_to(dt.datetime(2025, 10, 2, tzinfo=clock.LOCAL_ZONE))
    following = open_usual_period(actor=b.SYSTEM, start_year=2025, kind="BOY")

    snapshot = frozen(where, following)

    assert snapshot.basis == "tt25"
    assert CellRow.objects.get(snapshot=snapshot, form_code="02-DN-TH", indicator_code="25").figures[:2] == [1, 1]
    assert TypedCell.objects.get(submission=snapshot.submission).is_carried


def test_a_broken_check_is_explained_and_a_whole_one_is_not(october: ReportPeriod) -> None:
    where, (first, _) = primary()
    Student.objects.filter(pk=first.student_id).update(is_disabled=True, disability_code="06")
    snapshot = frozen(where, october)
    (broken,) = failures(snapshot, with_rows=True)

    assert broken.severity == "warning"
    assert broken.hint.startswith("Có học sinh khuyết tật chưa khai loại")
    assert [row["full_name"] for row in broken.rows_behind] == ["Học sinh 1A"]
    report = snapshot.submission
    (made,) = explain_check(
        actor=b.SYSTEM, report=report, form_code="02-DN-TH", check_code=broken.check_code, text="Tự kỉ"
    )
    assert made.text == "Tự kỉ"
    with pytest.raises(InvalidRecord):
        explain_check(actor=b.SYSTEM, report=report, form_code="02-DN-TH", check_code="01", text="Đúng")


def test_a_pupil_of_no_report_is_counted_by_none(october: ReportPeriod) -> None:
    """A level the school does not teach in the year is no report, and nobody is lost silently."""
    where, _ = primary()

    assert frozen(where, october).pupil_count == CountedPupil.objects.count() == 2


def test_the_command_erases_a_person_from_what_was_frozen_and_tells_what_stays(october: ReportPeriod, capsys) -> None:
    where, pupils = primary()
    Student.objects.filter(pk=pupils[0].student_id).update(moet_code="3100000001")
    before = frozen(where, october)
    figures = frozen_form(before, TH).figures
    asked = {
        "pupil_key": "3100000001",
        "staff_key": None,
        "decision": "Bản án số 12/2024/HNGĐ-ST",
        "reason": "Thay đổi họ tên theo án",
        "json_wanted": False,
    }
    erase = person.erase.callback.__wrapped__
    named = CountedPupil.objects.filter(student_id=pupils[0].student_id).exclude(full_name="")

    erase(dry_run=True, **asked)
    foreseen = capsys.readouterr().out
    assert "Sẽ xóa họ tên, ngày sinh, mã của Học sinh 1A ở 1 dòng" in foreseen
    assert "Kỳ đầu năm học 2024-2025: 1 dòng, 1 lần chốt" in foreseen
    assert named.count() == 1
    assert not Event.objects.filter(kind="report:erase_person").exists()

    erase(dry_run=False, **asked)
    told = capsys.readouterr().out
    assert "Các con số, chữ ký và mã băm của mọi báo cáo giữ nguyên" in told
    assert "Hồ sơ đang dùng (học bạ, lớp, hồ sơ cán bộ) và nhật ký không thay đổi" in told
    assert named.count() == 0
    assert frozen_form(before, TH).figures == figures
    event = Event.objects.get(kind="report:erase_person")
    assert (event.data["order"], event.data["reason"], event.data["rows"]) == (asked["decision"], asked["reason"], 1)
    with pytest.raises(CsdlError, match="không có ai"):
        erase(dry_run=True, **asked | {"pupil_key": "0"})
    with pytest.raises(CsdlError, match="đúng một người"):
        erase(dry_run=True, **asked | {"staff_key": "1"})
