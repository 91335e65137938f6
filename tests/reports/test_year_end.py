"""Year-end forms on the made-up year 2023-2024: who came, left and stayed, and what the year decided."""

from collections import Counter

import pytest

from csdl.demo.build import build_province
from csdl.reports.actions import freeze, open_usual_period
from csdl.reports.forms import form
from csdl.reports.models import CountedPupil, FailedCheck, Snapshot, Submission
from csdl.reports.pictures import pictures
from csdl.reports.queries import frozen_form, trace
from csdl.years.models import YearResult
from tests import builders as b

pytestmark = [pytest.mark.django_db, pytest.mark.server]


def test_movements_of_the_year_add_up_and_open_to_their_pupils() -> None:
    build_province(pupils=1_500, start_year=2023)
    open_usual_period(actor=b.SYSTEM, start_year=2023, kind="BOY")
    period = open_usual_period(actor=b.SYSTEM, start_year=2023, kind="EOY", note="Năm đầu dùng hệ thống")
    freeze(actor=b.SYSTEM, period=period)

    sums: Counter[str] = Counter()
    what = form("CN-TH", "tt24")
    labels = ("Số học sinh đầu năm", "Chuyển đến", "Số học sinh cuối năm", "Hoàn thành chương trình tiểu học")
    wanted = [row for row in what.rows if row.label in labels]
    for snapshot in Snapshot.objects.filter(period=period, level_code="02"):
        one = frozen_form(snapshot, what)
        for row in wanted:
            figure = one.cell(row, row.columns[0])
            found = trace(actor=b.SYSTEM, snapshot=snapshot, form=what, address=f"{row.code}:1")
            assert found.total == figure
            sums[row.label] += int(figure or 0)
    there = CountedPupil.objects.filter(snapshot__level_code="02", is_present=True)
    completed = YearResult.objects.filter(
        outcome="completed_primary", is_current=True, enrolment_id__in=there.values("enrolment_id")
    )

    assert sums["Số học sinh cuối năm"] == there.count() > 300
    assert sums["Hoàn thành chương trình tiểu học"] == completed.count() > 30
    assert sums["Số học sinh đầu năm"] > sums["Chuyển đến"] > 0
    # Start of year + arrived + returned - left = end of year, by grade and as a whole, in every form of every school.
    broken = FailedCheck.objects.filter(severity="error").exclude(check_code__startswith="C")
    assert [str(one) for one in broken] == []

    # Each pupil stands once in the picture by grade, whichever form of the level has the line.
    Submission.objects.filter(period=period).update(state="submitted")
    for level in ("01", "02", "03", "04", "05"):
        grades, ages, *_ = pictures(actor=b.SYSTEM, period=period, unit=b.department(), level_code=level).pictures
        counted = CountedPupil.objects.filter(snapshot__level_code=level, snapshot__period=period, is_present=True)
        sums = [sum(row.figures[place] for row in grades.rows) for place in (2, 1)]
        assert (level, *sums) == (level, counted.count(), counted.filter(is_female=True).count())
        assert sums[0] > 0 < sums[1]
        assert grades.notes == ()
        assert "độ tuổi" in ages.why_not
        if level == "01":
            assert [row.label for row in grades.rows][1:] == [f"Mẫu giáo {age} tuổi" for age in ("3-4", "4-5", "5-6")]
            assert grades.title == "Trẻ em theo khối và giới tính"
