"""Pictures: what is sent within reach, and nothing else; years and laws; a cost that does not grow with the schools."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from csdl.access.actors import actor_for
from csdl.lib import clock
from csdl.orgs.models import OrgUnit
from csdl.reports.actions import freeze, open_usual_period
from csdl.reports.models import ReportPeriod, Submission
from csdl.reports.pictures import Gallery, Picture, pictures
from csdl.students.models import Student
from tests import builders as b
from tests.reports.builders import primary
from tests.reports.chain import Chain, build_chain, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain(october: ReportPeriod) -> Chain:
    return build_chain(october)


def _one(found: Gallery, key: str) -> Picture:
    return next(one for one in found.pictures if one.key == key)


def test_an_office_adds_what_its_schools_sent_and_a_school_shows_what_it_froze(chain: Chain) -> None:
    Student.objects.filter(enrolments__school=chain.schools[0], full_name="Học sinh 1B").update(gender_code="02")
    sent(chain, 0)
    Student.objects.filter(enrolments__school=chain.schools[1], full_name="Học sinh 1B").update(birth_date=None)
    freeze(actor=chain.clerk(1), period=chain.period, unit=chain.schools[1].unit)
    sent(chain, 4)  # another office's

    of_office = pictures(actor=chain.actors["office"], period=chain.period, unit=chain.office)
    of_school = pictures(actor=chain.clerk(1), period=chain.period, unit=chain.schools[1].unit)
    of_nobody = pictures(actor=chain.clerk(2), period=chain.period, unit=chain.schools[2].unit)

    assert (of_office.owed, of_office.taken, of_office.missing, of_office.not_sent) == (3, 1, 2, 0)
    assert (of_school.taken, of_school.not_sent) == (1, 1)
    assert (of_nobody.pictures, of_nobody.owed) == ((), 1)
    assert [(row.label, row.figures[0]) for row in _one(of_office, "don-vi").rows] == [("Trường Tiểu học 0", 2)]
    assert [(row.label, row.figures[0]) for row in _one(of_school, "don-vi").rows] == [("Lớp 1A", 1), ("Lớp 1B", 1)]
    # What a form has no line for is said, not lost.
    assert [note.partition(":")[0] for note in _one(of_school, "thap-tuoi").notes] == [
        "Các dòng cộng lại là 1, báo cáo đếm 2 học sinh"
    ]
    assert _one(of_office, "thap-tuoi").notes == ()
    assert [row.figures for row in _one(of_office, "si-so").rows if row.figures[0]] == [(2, 100)]
    assert of_office.pictures[0].said == "2 học sinh, trong đó 1 nữ (50,0%)."
    assert [row.figures[:3] for row in of_office.pictures[0].rows if row.figures[2]] == [(1, 1, 2)]


def test_the_department_shows_offices_and_the_schools_right_under_it(chain: Chain) -> None:
    for place in range(5):
        sent(chain, place)

    found = _one(pictures(actor=chain.actors["department"], period=chain.period, unit=b.department()), "don-vi")

    assert [(row.label, row.figures[0], row.is_school) for row in found.rows] == [
        ("Phòng GDĐT Lê Chân", 6, False),
        ("Phòng GDĐT Ngô Quyền", 2, False),
        ("Trường Tiểu học trực thuộc", 2, True),
    ]


def test_the_years_stand_beside_each_other_and_say_what_the_law_changed(chain: Chain) -> None:
    sent(chain, 0)
    sent(chain, 1)  # no report of its own the year after
    first = chain.schools[0]
    b.school_year(2025)
    where = first.unit.school
    profile = where.profiles.get(start_year=2024)
    profile.pk, profile.start_year = None, 2025
    profile.save(force_insert=True)
    where.levels.create(start_year=2025, level_code="02")
    made = b.school_class(where, "2A", "02", year=2025)
    for number in range(3):
        b.pupil(made, None, name=f"Học sinh {number}")
    clock.move_to(clock.now().replace(year=2025))
    later = open_usual_period(actor=b.SYSTEM, start_year=2025, kind="BOY")
    freeze(actor=chain.clerk(0), period=later, unit=first.unit)

    found = _one(pictures(actor=chain.clerk(0), period=later, unit=first.unit), "cac-nam")
    Submission.objects.filter(period=later).update(state="submitted")
    of_office = _one(pictures(actor=chain.actors["office"], period=later, unit=chain.office), "cac-nam")

    assert [(row.label, *row.figures[:2]) for row in found.rows] == [("2024-2025", 2, 2), ("2025-2026", 3, 1)]
    assert found.said == "Tăng 1 học sinh (50,0%) so với năm trước."
    assert [(row.label, row.figures[0]) for row in of_office.rows] == [("2024-2025", 4), ("2025-2026", 3)]
    assert of_office.said == ("Tăng 1 học sinh (50,0%) so với năm trước, tính theo 1 báo cáo mà cả hai năm đều có.")
    assert any("25/2024/TT-BGDĐT: Dòng, mã, cột giữ như" in note and "so sánh được" in note for note in found.notes)


def test_a_report_that_nobody_owes_any_more_is_not_added(chain: Chain) -> None:
    sent(chain, 0)
    sent(chain, 1)
    OrgUnit.objects.filter(pk=chain.schools[1].pk).update(closed_on=chain.period.snapshot_on)

    found = pictures(actor=chain.actors["office"], period=chain.period, unit=chain.office)

    assert (found.owed, found.taken) == (2, 1)
    assert _one(found, "cac-nam").rows[-1].figures[0] == _one(found, "don-vi").rows[0].figures[0] == 2


def test_statements_do_not_grow_with_the_schools(chain: Chain) -> None:
    costs = []
    for places in ((0,), (1, 2)):
        for place in places:
            sent(chain, place)
        actor = actor_for(chain.actors["office"].account)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            found = pictures(actor=actor, period=chain.period, unit=chain.office)
        costs.append((found.taken, len(caught)))

    assert [taken for taken, _ in costs] == [1, 3]
    assert costs[0][1] == costs[1][1] <= 25


def test_a_school_without_pupils_draws_nothing_and_says_so(october: ReportPeriod) -> None:
    where, pupils = primary("Trường Tiểu học Chưa có học sinh với một cái tên rất dài để thử xuống dòng")
    type(pupils[0]).objects.filter(school=where).update(status_code="09", left_on="2024-09-10")
    freeze(actor=b.SYSTEM, period=october, unit=where.unit)

    found = pictures(actor=b.SYSTEM, period=october, unit=where.unit)

    assert found.taken == 1
    assert {one.key for one in found.pictures if one.is_drawn} == set()
    assert _one(found, "theo-lop").said == "Không có học sinh."
