"""Which schools a run may write: those of the year below its unit that the actor's permissions reach."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from csdl.access.acting import act_as
from csdl.access.actors import GrantActor
from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.intake.errors import IntakeError
from csdl.intake.models import ImportRow, ImportRun
from csdl.intake.runs.noun import Noun
from csdl.intake.runs.nouns import NOUNS
from csdl.lib import clock
from csdl.orgs.models import OrgUnit, School, SchoolProfile
from csdl.orgs.queries import subtree_ids
from csdl.years.enums import YearState
from csdl.years.errors import YearError
from csdl.years.models import SchoolYear
from csdl.years.rules import stay_window

__all__ = [
    "SCHOOLS",
    "WHOLE_SCHOOL",
    "check_allowed",
    "check_reached",
    "day_in_year",
    "holding",
    "nouns_of",
    "schools_of",
    "year_of",
]

WHOLE_SCHOOL = "school"
SCHOOLS = "schools"  # the ministry's file of schools
# First part of the advisory locks of imports; the second is the school's key.
_LOCK_SCHOOL = 7_401


def nouns_of(kind: str) -> list[Noun]:
    """The nouns a kind of run brings in, in the order of writing."""
    return list(NOUNS.values()) if kind == WHOLE_SCHOOL else [NOUNS[kind]]


def check_allowed(actor: Actor, kind: str, unit_id: int) -> None:
    """Refuse who may not bring in files, or may not write what the file holds, at the unit."""
    actor.require(Permission.DATA_IMPORT, on=unit_id)
    if kind == SCHOOLS:
        actor.require(Permission.SCHOOL_IMPORT, on=unit_id)
        return
    for permission in dict.fromkeys(permission for noun in nouns_of(kind) for permission in noun.permissions):
        actor.require(permission, on=unit_id)


def year_of(start_year: int) -> SchoolYear:
    """The run's year, which must be open (YEAR-02)."""
    year = SchoolYear.objects.filter(pk=start_year).first()
    if year is None or year.state != YearState.OPEN:
        raise YearError(
            f"Năm học {start_year}-{start_year + 1} không mở để sửa số liệu. Hãy chọn năm học đang mở.",
            code="YEAR-02",
        )
    return year


def day_in_year(year: SchoolYear) -> dt.date:
    """Today, or the nearest day of the year's window."""
    first, last = stay_window(year)
    return min(max(clock.today(), first), last)


def schools_of(actor: Actor, run: ImportRun) -> dict[str, int]:
    """Code -> key of the schools that the run may write."""
    unit = OrgUnit.objects.get(pk=run.unit_id or 0)
    schools = SchoolProfile.objects.filter(start_year=run.start_year, school_id__in=subtree_ids(unit, clock.today()))
    for permission in {Permission.DATA_IMPORT, *(p for noun in nouns_of(run.kind) for p in noun.permissions)}:
        allowed = actor.unit_ids(permission)
        if allowed is not None:
            schools = schools.filter(school_id__in=allowed)
    return dict(schools.values_list("school__unit__code", "school_id"))


def check_reached(actor: Actor, run: ImportRun) -> None:
    """Refuse a run that holds rows of schools it may no longer write (INT-78)."""
    held = ImportRow.objects.filter(run=run, school_id__isnull=False).exclude(
        school_id__in=list(schools_of(actor, run).values())
    )
    names = School.objects.filter(pk__in=held.values("school_id")).order_by("unit__code")
    problems = list(names.values_list("unit__name", flat=True))
    if problems:
        raise IntakeError(
            f"Có {len(problems)} trường của lần nhập nay không thuộc đơn vị hoặc ngoài phạm vi của bạn.",
            code="INT-78",
            problems=problems,
        )


@contextmanager
def holding(actor: Actor, run: ImportRun) -> Iterator[ImportRun]:
    """One transaction in which nobody else works on this run or writes its schools by a run; the actor is named to the
    row history. A second run of the same schools waits here."""
    with transaction.atomic(), connection.cursor() as cursor:
        if isinstance(actor, GrantActor):
            act_as("", actor.account)
        held = ImportRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, school_id::int) FROM ("
            "SELECT DISTINCT school_id FROM intake_importrow WHERE run_id = %s AND school_id IS NOT NULL"
            " ORDER BY school_id OFFSET 0) schools",
            [_LOCK_SCHOOL, run.pk],
        )
        yield held
