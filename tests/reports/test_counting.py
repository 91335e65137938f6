"""What a freeze of a whole province counts: against a slow and obvious twin, and against the rows behind each cell."""

import datetime as dt
from collections import Counter
from decimal import Decimal

import pytest
from django.db.models import Q, QuerySet

from csdl.reports.forms import form
from csdl.reports.models import CellRow, CountedPupil, FailedCheck, ReportPeriod, Snapshot, Submission
from csdl.reports.pictures import Gallery, pictures
from csdl.reports.queries import expected_reports, frozen_form, trace
from csdl.staff.models import StaffPosting
from csdl.years.models import Enrolment
from tests import builders as b

pytestmark = pytest.mark.xdist_group("demo province")
DAY = dt.date(2024, 9, 30)


def _figures(snapshot: Snapshot, form_code: str, *codes: str) -> dict[str, list[int]]:
    """Figures of the total columns: all, female, ethnic, ethnic female (or all)."""
    one = frozen_form(snapshot, form(form_code, snapshot.basis))
    return {
        code: [int(one.cell(one.form.row(code), column) or 0) for column in one.form.row(code).columns[:4]]
        for code in codes
    }


def _newest(period: ReportPeriod) -> QuerySet[Snapshot]:
    """The freezes that count: those of the province's run."""
    return Snapshot.objects.filter(period=period, pk__in=Submission.objects.values("snapshot"))


def test_every_report_of_the_province_is_frozen_and_adds_up_to_the_records(frozen: ReportPeriod) -> None:
    owed = [one for one in expected_reports(frozen) if one.forms]
    snapshots = _newest(frozen)
    there = Enrolment.objects.filter(start_year=2024, enrolled_on__lte=DAY, school_class__isnull=False).filter(
        Q(left_on__isnull=True) | Q(left_on__gt=DAY)
    )

    assert snapshots.count() == len(owed) > 80
    assert sum(one.pupil_count for one in snapshots) == there.count() > 2000


def test_cells_of_every_primary_school_agree_with_a_slow_twin(frozen: ReportPeriod) -> None:
    snapshots = list(_newest(frozen).filter(level_code="02"))
    for snapshot in snapshots:
        counted = Counter()
        pupils = Enrolment.objects.filter(start_year=2024, school_id=snapshot.unit_id, school_class__level_code="02")
        for one in pupils.select_related("student", "school_class"):
            if one.enrolled_on > DAY or (one.left_on and one.left_on <= DAY):
                continue
            person = one.student
            facts = [person.gender_code == "02", person.ethnic_code not in ("01", "55", "")]
            measures = [True, facts[0], facts[1], all(facts)]
            age = 2024 - person.birth_date.year if person.birth_date else None
            rows = {"37", str(39 + int(one.grade_code))}
            if age is not None:
                rows.add("45" if age < 6 else "51" if age > 10 else str(40 + age))
                if age == int(one.grade_code) + 5:
                    rows.add(str(46 + age))
            if one.admission_kind == "3":
                rows.add("58")
            if one.school_class.sessions_per_week_code in ("05", "06"):
                rows.add("59")
            if person.is_disabled and not one.school_class.is_special:
                rows.add("61")
            for row in rows:
                for place, holds in enumerate(measures):
                    counted[row, place] += holds
        codes = ["37", *map(str, range(40, 57)), "58", "59"]
        expected = {code: [counted[code, place] for place in range(4)] for code in codes}
        assert _figures(snapshot, "02-DN-TH", *codes) == expected, snapshot.unit_name
    assert len(snapshots) > 20


def test_every_cell_counts_exactly_the_rows_it_opens_to(frozen: ReportPeriod) -> None:
    """Every cell that is not zero of every school of the province: pupils, staff, classes, rooms, schools."""
    opened = 0
    for snapshot in _newest(frozen):
        for row in CellRow.objects.filter(snapshot=snapshot):
            what = form(row.form_code, snapshot.basis)
            line = what.row(row.indicator_code)
            for column, figure in zip(line.columns, row.figures, strict=True):
                # Ownership groups repeat the total, but for the contracts of public staff.
                is_own = column.ownership == "total" or column.measure in ("indef", "def", "labour")
                if line.population and figure and is_own:
                    found = trace(actor=b.SYSTEM, snapshot=snapshot, form=what, address=f"{line.code}:{column.code}")
                    assert found.total == figure, f"{snapshot.unit_name} {line.code}:{column.code}"
                    opened += 1
    assert opened > 3000


def test_a_cell_of_nobody_opens_to_nobody(frozen: ReportPeriod) -> None:
    snapshot = _newest(frozen).filter(level_code="02", pupil_count__gt=0).first()

    for address in ("37:private_all", "45:1"):
        found = trace(actor=b.SYSTEM, snapshot=snapshot, form=form("02-DN-TH", "tt24"), address=address)
        assert (found.total, found.rows) == (Decimal(0), [])


def test_every_identity_holds_where_the_files_are_clean(frozen: ReportPeriod) -> None:
    """One school left a contract out: its staff columns do not add up, and nothing else in the province is broken."""
    lacking = set(StaffPosting.objects.filter(contract_code="").values_list("unit_id", flat=True))
    broken = FailedCheck.objects.filter(snapshot__in=_newest(frozen), severity="error")

    assert len(lacking) == 1
    assert set(broken.values_list("unit_id", "column_code")) == {(unit_id, "public_all") for unit_id in lacking}
    assert all(one.check_code.startswith("C") for one in broken)


def test_both_modes_count_the_same_province(frozen: ReportPeriod) -> None:
    """Most schools froze one by one on 3/10, all of them together afterwards."""
    pairs = [
        (one.digest, Snapshot.objects.get(submission=one.submission_id, version=1).digest)
        for one in _newest(frozen).filter(version=2)
    ]

    assert len(pairs) > 70
    assert all(first == second for first, second in pairs)


def test_the_forms_of_october_are_full(frozen: ReportPeriod) -> None:
    """Entry grades, rooms, yearly facts and support are there to be seen on the forms."""
    primary = {
        code: sum(_figures(one, "02-DN-TH", code)[code][0] for one in _newest(frozen).filter(level_code="02"))
        for code in ("1", "18", "40", "57", "61", "73", "78", "120")
    }
    preschool = {
        code: sum(_figures(one, "01-DN-MN", code)[code][0] for one in _newest(frozen).filter(level_code="01"))
        for code in ("83", "96", "107", "112", "194", "203")
    }

    assert all(primary.values()), primary
    assert all(preschool.values()), preschool
    assert primary["57"] <= primary["40"]


def test_a_cell_that_cannot_be_filled_is_empty_not_zero(frozen: ReportPeriod) -> None:
    row = CellRow.objects.filter(form_code="02-DN-TH", indicator_code="76").first()

    blocked = [place for place, figure in enumerate(row.figures, start=1) if figure is None]
    assert blocked == [3, 4, 7, 8, 11, 12]


def _sum(found: Gallery, key: str, column: str) -> Decimal:
    one = next(one for one in found.pictures if one.key == key)
    place = [column.key for column in one.columns].index(column)
    return sum((row.figures[place] or Decimal() for row in one.rows), Decimal())


def test_every_form_of_october_shows_each_pupil_once_by_grade_and_by_age(frozen: ReportPeriod) -> None:
    Submission.objects.filter(period=frozen).update(state="submitted")
    whole = pictures(actor=b.SYSTEM, period=frozen, unit=b.department())
    assert whole.levels == ("01", "02", "03", "04", "05")

    for level in whole.levels:
        found = pictures(actor=b.SYSTEM, period=frozen, unit=b.department(), level_code=level)
        counted = CountedPupil.objects.filter(
            period=frozen,
            snapshot__level_code=level,
            snapshot__in=Submission.objects.values("snapshot"),
            is_present=True,
        )
        there = {
            "all": counted.count(),
            "female": counted.filter(is_female=True).count(),
            "ethnic": counted.filter(is_minority=True).count(),
        }
        # Somebody without a birth date is of no age.
        aged = counted.exclude(age=None, age_months=None).count()
        assert {name: _sum(found, "theo-lop", name) for name in ("all", "female")} == {
            name: there[name] for name in ("all", "female")
        }
        assert _sum(found, "thap-tuoi", "all") == aged
        assert _sum(found, "thap-tuoi", "male") + _sum(found, "thap-tuoi", "female") == aged
        assert _sum(found, "dan-toc", "ethnic") == there["ethnic"]
        assert _sum(found, "don-vi", "pupils") == there["all"]
    # Ages of several levels overlap: they are not drawn on top of each other.
    assert [one.key for one in whole.pictures if "chọn một cấp học" in one.why_not] == ["thap-tuoi"]
