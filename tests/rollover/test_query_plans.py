"""Plans of the statements of a run do not depend on statistics taken while the year's tables fill.

Autovacuum may look when one school is done: the plan's table then seems to hold one school only. A join planned by
that read the whole province's plan for every school (3 s instead of 0.2 s at the fourteenth of 100 schools).
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from csdl.lib import sql
from csdl.rollover.actions import roll_over, undo_rollover
from csdl.rollover.actions.planning import write_plan
from csdl.rollover.actions.running import open_batch
from csdl.rollover.enums import RunMode, RunState
from csdl.rollover.models import RolloverRun
from tests import builders as b

pytestmark = [pytest.mark.django_db, pytest.mark.server]


@pytest.fixture
def run() -> RolloverRun:
    """A second school about to be written, after the tables were analysed with the first one's rows alone."""
    b.school_year(2024)
    first, second = b.school("Trường THCS Thứ Nhất"), b.school("Trường THCS Thứ Hai")
    for where in (first, second):
        school_class = b.school_class(where, "8A", "08")
        for _ in range(30):
            b.pupil(school_class)
    write_plan(from_year=2023, school_ids=[first.pk])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE rollover_planrow, rollover_planclass, years_enrolment, years_schoolclass")
    write_plan(from_year=2023, school_ids=[second.pk])
    batch = open_batch(actor=b.SYSTEM, from_year=2023, unit=None, mode=RunMode.SINGLE)
    made = RolloverRun.objects.create(batch=batch, school=second, from_year=2023, state=RunState.PLANNED)
    for name in ("40_write_profiles", "41_write_levels", "42_write_sites", "44_write_classes"):
        sql.execute("csdl.rollover", name, from_year=2023, run_ids=[made.pk])
    return made


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from _nodes(below)


def test_the_plan_is_read_school_by_school_whatever_statistics_say(run: RolloverRun) -> None:
    text = sql.statement("csdl.rollover", "47_write_enrolments").replace("{enrolments}", "years_enrolment")
    with connection.cursor() as cursor:
        cursor.execute("SELECT n_distinct FROM pg_stats WHERE tablename = 'rollover_planrow' AND attname = 'school_id'")
        schools_known = cursor.fetchone()[0]
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {text}", {"from_year": 2023, "run_ids": [run.pk]})
        found = cursor.fetchone()[0]
    plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]

    (scan,) = [node for node in _nodes(plan) if node.get("Relation Name", "").startswith("rollover_planrow")]
    narrowed = " ".join(str(scan.get(name, "")) for name in ("Index Cond", "Recheck Cond", "Filter"))
    assert schools_known == 1
    assert "run.school_id" in narrowed
    assert scan["Actual Rows"] == 30


def _known_rows() -> tuple[float, bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples, relpages > 0 FROM pg_class WHERE relname = 'years_enrolment_2024'")
        known: tuple[float, bool] = cursor.fetchone()
        return known


def test_a_new_years_table_known_as_empty_is_analysed_before_the_next_school(run: RolloverRun) -> None:
    """Pages without rows: what autovacuum finds after an undo, or before the first school is committed."""
    roll_over(actor=b.SYSTEM, from_year=2023, mode=RunMode.SINGLE)
    undo_rollover(actor=b.SYSTEM, from_year=2023)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE years_enrolment_2024")
    before = _known_rows()

    roll_over(actor=b.SYSTEM, from_year=2023, mode=RunMode.SINGLE)

    assert before == (0, True)
    assert _known_rows() == (30, True)


def test_a_new_years_table_whose_columns_nobody_looked_at_is_analysed(run: RolloverRun) -> None:
    """Rows counted, columns unknown: what a vacuum without an analyse leaves behind while schools go on."""
    looked_at = "SELECT count(DISTINCT attname) > 0 FROM pg_stats WHERE tablename = 'years_enrolment_2024'"
    with connection.cursor() as cursor:
        cursor.execute(looked_at)
        before = cursor.fetchone()

    roll_over(actor=b.SYSTEM, from_year=2023, mode=RunMode.SINGLE)

    with connection.cursor() as cursor:
        cursor.execute(looked_at)
        assert (before, cursor.fetchone()) == ((False,), (True,))


def test_a_new_years_table_that_grew_fourfold_is_analysed_again() -> None:
    """Known with one small school in it; a large one makes it many times as large before the next one begins."""
    b.school_year(2024)
    small, large, last = (b.school(f"Trường THCS Thứ {name}") for name in ("Nhất", "Nhì", "Ba"))
    for where, count in ((small, 3), (large, 250), (last, 2)):
        school_class = b.school_class(where, "8A", "08")
        for _ in range(count):
            b.pupil(school_class)
    roll_over(actor=b.SYSTEM, from_year=2023, unit=small.unit, mode=RunMode.SINGLE)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE years_enrolment_2024")
    before = _known_rows()

    roll_over(actor=b.SYSTEM, from_year=2023, mode=RunMode.SINGLE)

    assert before == (3, True)
    assert _known_rows() == (253, True)  # looked at again before the last school, not after it
