"""Periods: their usual days, the misprint of the letter, hours of senders, extensions, who owes a report."""

import datetime as dt
from functools import partial

import pytest

from csdl.access.actors import actor_for
from csdl.accounts.errors import InvalidRecord, NotAllowed
from csdl.cli import report
from csdl.lib import clock
from csdl.orgs.enums import UnitKind
from csdl.orgs.models import School, SchoolLevel, SchoolProfile, UnitVersion
from csdl.reports.actions import doubts, extend_deadline, open_period, open_usual_period, set_deadline
from csdl.reports.errors import ReportError
from csdl.reports.models import Deadline, DeadlineExtension, ReportPeriod
from csdl.reports.queries import due_at, expected_reports, forms_of, status, usual_period
from tests import builders as b

pytestmark = [pytest.mark.django_db, pytest.mark.server]


def _at(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=clock.LOCAL_ZONE)


def test_the_usual_periods_have_the_days_of_law_and_letter() -> None:
    boy = open_usual_period(actor=b.SYSTEM, start_year=2024, kind="BOY")
    eoy = open_usual_period(actor=b.SYSTEM, start_year=2024, kind="EOY", note="Năm đầu dùng hệ thống")

    assert (boy.code, boy.snapshot_on, boy.starts_on) == ("2024-dau-nam", dt.date(2024, 9, 30), dt.date(2024, 9, 30))
    assert (eoy.code, eoy.snapshot_on, eoy.starts_on) == ("2024-cuoi-nam", dt.date(2025, 5, 31), dt.date(2024, 9, 30))
    assert [due_at(boy, 1, "02", sender) for sender in ("school", "office", "department")] == [
        _at(2024, 10, 7, 17),
        _at(2024, 10, 15, 17),
        _at(2024, 10, 30, 17),
    ]
    # By the annex the ministry receives a day later than the article says.
    assert Deadline.objects.get(period=boy, sender="department").received_on == dt.date(2024, 10, 31)
    assert {one.basis for one in forms_of(boy)} == {"tt24"}
    assert {one.basis for one in forms_of(eoy)} == {"tt25"}


MISPRINT = {
    "start_year": 2024,
    "kind": "EOY",
    "snapshot_on": dt.date(2024, 5, 31),
    "due": {"school": _at(2024, 6, 7, 17), "office": _at(2024, 6, 15, 17)},
}


def test_the_letters_misprint_is_questioned_with_the_likely_day() -> None:
    with pytest.raises(ReportError) as refused:
        open_period(actor=b.SYSTEM, **MISPRINT)

    assert refused.value.code == "RPT-06"
    assert refused.value.problems == [
        "Ngày chốt 31/05/2024 không thuộc năm học 2024-2025 (kỳ cuối năm học từ 01/04/2025 đến 31/08/2025), "
        "có phải 31/05/2025?",
        "Hạn gửi của trường 17:00 07/06/2024 trước ngày chốt 31/05/2025, có phải 17:00 07/06/2025?",
        "Hạn gửi của Phòng 17:00 15/06/2024 trước hạn gửi của trường 07/06/2025, có phải 17:00 15/06/2025?",
    ]
    assert [one.likely for one in doubts(**MISPRINT)] == [
        dt.date(2025, 5, 31),
        _at(2025, 6, 7, 17),
        _at(2025, 6, 15, 17),
    ]
    assert not ReportPeriod.objects.exists()


def test_a_confirmed_day_is_kept_with_what_was_printed() -> None:
    made = open_period(actor=b.SYSTEM, **MISPRINT, note="Sở xác nhận theo công văn", source_text="31/5/2024")

    assert (made.snapshot_on, made.source_text, made.note) == (
        dt.date(2024, 5, 31),
        "31/5/2024",
        "Sở xác nhận theo công văn",
    )


def test_an_office_before_its_schools_is_questioned() -> None:
    due = {"school": _at(2024, 10, 15, 17), "office": _at(2024, 10, 7, 17)}

    (found,) = doubts(start_year=2024, kind="BOY", snapshot_on=dt.date(2024, 9, 30), due=due)

    assert found.field == "due:office"
    assert "Hạn gửi của Phòng 17:00 07/10/2024 trước hạn gửi của trường 15/10/2024" in found.question


def test_other_periods_can_be_added() -> None:
    made = open_period(
        actor=b.SYSTEM,
        start_year=2024,
        kind="OTHER",
        code="2024-thang-3",
        name="Rà soát tháng 3",
        snapshot_on=dt.date(2025, 3, 1),
        due={"school": _at(2025, 3, 5, 17)},
    )

    assert (made.name, forms_of(made)) == ("Rà soát tháng 3", ())


def test_by_command_a_period_takes_other_days_and_questions_odd_ones(capsys) -> None:
    open_by_command = report.open_.callback.__wrapped__
    asked = {
        "year": 2024,
        "kind": "BOY",
        "code": "2024-bo-sung",
        "name": "",
        "note": "Theo công văn",
        "source_text": "30/11/2023",
        "confirm": False,
        "json_wanted": False,
        "school_due": dt.datetime(2024, 12, 5, 16),
        "office_due": None,
        "starts_on": None,
        "department_due": dt.datetime(2024, 12, 20, 17),
    }
    with pytest.raises(ReportError) as refused:
        open_by_command(snapshot_on=dt.datetime(2023, 11, 30), **asked)
    assert "có phải 30/11/2024?" in refused.value.problems[0]
    with pytest.raises(ReportError) as refused:
        open_by_command(snapshot_on=dt.datetime(2024, 11, 30), **asked)
    assert refused.value.problems == ["Hạn gửi của Phòng 17:00 15/10/2024 trước hạn gửi của trường 05/12/2024."]
    asked |= {"office_due": dt.datetime(2024, 12, 10, 17)}
    open_by_command(snapshot_on=dt.datetime(2024, 11, 30), **asked)
    open_by_command(snapshot_on=dt.datetime(2023, 11, 30), **asked | {"code": "2024-in-sai", "confirm": True})

    assert "2024-bo-sung: Kỳ đầu năm học 2024-2025, chốt số liệu cuối ngày 30/11/2024." in capsys.readouterr().out
    made = {one.code: (one.snapshot_on, one.source_text) for one in ReportPeriod.objects.all()}
    assert made == {
        "2024-bo-sung": (dt.date(2024, 11, 30), "30/11/2023"),
        "2024-in-sai": (dt.date(2023, 11, 30), "30/11/2023"),
    }


def test_another_period_of_a_kind_is_not_what_the_year_is_compared_by(october: ReportPeriod) -> None:
    late = {"school": _at(2024, 11, 20, 17), "office": _at(2024, 11, 22, 17), "department": _at(2024, 11, 25, 17)}
    day = dt.date(2024, 11, 15)
    open_period(actor=b.SYSTEM, start_year=2024, kind="BOY", code="2024-bo-sung", snapshot_on=day, due=late)

    assert usual_period(2024, "BOY") == october
    made = open_usual_period(actor=b.SYSTEM, start_year=2024, kind="EOY", note="Theo công văn")
    assert made.starts_on == october.snapshot_on


def test_a_level_and_an_extension_have_their_own_hour(october: ReportPeriod) -> None:
    unit = b.school(years=(2024,)).unit
    other = b.school("Trường khác", years=(2024,)).unit
    set_deadline(actor=b.SYSTEM, period=october, sender="school", level_code="01", due_at=_at(2024, 10, 9, 17))
    extend_deadline(
        actor=b.SYSTEM, period=october, unit=unit, due_at=_at(2024, 10, 10, 17), reason="Bão", decision_no="12/SGDĐT"
    )

    assert due_at(october, unit.pk, "03") == _at(2024, 10, 10, 17)
    assert due_at(october, other.pk, "03") == _at(2024, 10, 7, 17)
    assert due_at(october, other.pk, "01") == _at(2024, 10, 9, 17)
    with pytest.raises(InvalidRecord):
        extend_deadline(actor=b.SYSTEM, period=october, unit=unit, due_at=_at(2024, 10, 10, 17), reason=" ")
    # The newest decision holds, also one of the whole unit after one of a level.
    DeadlineExtension.objects.create(period=october, unit=unit, due_at=_at(2024, 10, 9, 8), reason="Nhập trước đây")
    assert due_at(october, unit.pk, "03") == _at(2024, 10, 9, 8)


def test_an_extension_gives_time_and_no_slip_of_the_year(october: ReportPeriod) -> None:
    clock.move_to(_at(2024, 10, 3, 9))
    unit = b.school(years=(2024,)).unit
    extend = partial(extend_deadline, actor=b.SYSTEM, period=october, unit=unit, reason="Bão")

    for hour, said in (
        (_at(2024, 10, 3, 9), "sau lúc này"),
        (_at(2024, 10, 7, 17), "sau hạn hiện nay"),
        (_at(2099, 10, 9, 17), "xem lại năm"),
    ):
        with pytest.raises(InvalidRecord) as refused:
            extend(due_at=hour, decided_on=dt.date(2024, 10, 4))
        assert said in refused.value.fields["day"][0]
        assert refused.value.fields["decided_on"] == ["Ngày quyết định không thể sau hôm nay."]
    assert extend(due_at=_at(2024, 10, 9, 17), decided_on=dt.date(2024, 10, 3))


def test_only_the_department_sets_periods_and_only_who_reviews_extends(october: ReportPeriod) -> None:
    where = b.school(parent=b.office(), years=(2024,))
    head = actor_for(b.account("hieutruong", "school_head", where.unit))
    office = actor_for(b.account("phong", "office_head", where.unit.parent))
    later = _at(2024, 10, 9, 17)

    with pytest.raises(NotAllowed):
        open_usual_period(actor=office, start_year=2024, kind="EOY")
    with pytest.raises(NotAllowed):
        extend_deadline(actor=head, period=october, unit=where.unit, due_at=later, reason="Bão")
    with pytest.raises(NotAllowed):  # not its own hour: that is the department's to give
        extend_deadline(actor=office, period=october, unit=where.unit.parent, due_at=later, reason="Bão")
    made = extend_deadline(actor=office, period=october, unit=where.unit, due_at=later, reason="Bão")
    assert {one.due_at for one in made} == {later}


def test_every_active_unit_and_level_is_expected_by_the_tree_of_the_day(october: ReportPeriod) -> None:
    school = b.school("Trường TH và THCS", levels=("02", "03"), years=(2024,), code="31305401")
    closed = b.school("Trường đã đóng", years=(2024,), code="31305402")
    closed.unit.closed_on = dt.date(2024, 9, 1)
    closed.unit.save()
    merged = b.school("Trường sáp nhập sau ngày chốt", years=(2024,), code="31305403")
    merged.unit.closed_on = dt.date(2024, 10, 2)
    merged.unit.save()
    centre = b.unit("Trung tâm KTTH-HN", UnitKind.CAREER_CENTRE, b.department(), code="31000999")
    School.objects.create(unit=centre)
    SchoolProfile.objects.create(school_id=centre.pk, start_year=2024, level_group_code="14", ownership_code="01")
    SchoolLevel.objects.create(school_id=centre.pk, start_year=2024, level_code="05")

    found = {(one.unit_name, one.level_code): one.forms for one in expected_reports(october)}

    assert found == {
        (school.unit.name, "02"): ("02-DN-TH", "NS"),
        (school.unit.name, "03"): ("03-DN-THCS", "NS"),
        (merged.unit.name, "03"): ("03-DN-THCS", "NS"),
        (centre.name, "05"): (),
    }
    lines = {line.unit_name: line for line in status(actor=b.SYSTEM, period=october)}
    assert "không có học sinh" in lines[centre.name].reason
    assert (lines[school.unit.name].state, lines[school.unit.name].reason) == ("not_started", "")


def test_the_parent_is_that_of_the_day(october: ReportPeriod) -> None:
    before, after = b.office("Phòng cũ"), b.office("Phòng mới")
    where = b.school(parent=before, years=(2024,))
    UnitVersion.objects.filter(unit=where.unit).update(valid_to=dt.date(2024, 10, 1))
    UnitVersion.objects.create(
        unit=where.unit, name=where.unit.name, kind=where.unit.kind, parent=after, valid_from=dt.date(2024, 10, 1)
    )

    (found,) = expected_reports(october)

    assert found.parent_id == before.pk
