"""Bringing in the ministry's school file (`csdl schools import`)."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from csdl.access.actions import refresh_scopes
from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.intake.errors import unreadable
from csdl.intake.problems import Problem
from csdl.intake.schools.apply import check_root, write_schools, write_units
from csdl.intake.schools.checks import Context, check_codes, check_rows
from csdl.intake.schools.plan import SchoolPlan, known_schools, plan_schools
from csdl.intake.schools.reading import SchoolRow, SchoolTable, read_schools
from csdl.intake.schools.units import Units, add_known_units, place_schools
from csdl.intake.sheets.catalogue import Catalogue, read_catalogue
from csdl.lib import clock
from csdl.lib.xlsx import UnreadableWorkbook, open_sheets
from csdl.years.actions import open_school_year
from csdl.years.enums import YearState
from csdl.years.models import SchoolYear

__all__ = ["SchoolImport", "import_schools"]


@dataclass(frozen=True)
class SchoolImport:
    """What an import did, or would do where nothing was written (`is_written`): each data row in one of four counts.

    `units` counts the managing units that were created, apart from the rows. `plans` shows old and new cell by cell.
    """

    created: int
    updated: int
    unchanged: int
    rejected: int
    units: int
    problems: tuple[Problem, ...]
    plans: tuple[SchoolPlan, ...]
    start_year: int
    is_written: bool
    sheet: str
    rejected_rows: tuple[SchoolRow, ...]
    unit_codes: tuple[str, ...]  # managing units that rows refer to
    units_above: Mapping[str, tuple[str, str]]  # the same: code -> name, code of the unit above
    rows_under: Mapping[int, tuple[str, ...]]  # number of a row -> codes of the units it stands under
    notes: tuple[Problem, ...] = ()  # of the file as a whole

    def as_json(self) -> dict[str, Any]:
        counts = ("created", "updated", "unchanged", "rejected", "units")
        return {name: getattr(self, name) for name in counts} | {
            "problems": [problem.as_json() for problem in (*self.notes, *self.problems)]
        }


@transaction.atomic
def import_schools(
    *,
    actor: Actor,
    source: bytes | Path,
    start_year: int,
    dry_run: bool = False,
    strict: bool = False,
    left_out: Collection[int] = (),
) -> SchoolImport:
    """Bring the units and schools of the ministry's school file into a school year; running again changes nothing.

    Shapes:  one OrgUnit with its version, School, SchoolProfile, main SchoolSite a row, SchoolLevel for each level;
             the file's department and offices as far as rows refer to them. The year is opened where it is not yet.
             `left_out` numbers of rows that are passed over, with the units that only they need.
    Errors:  IntakeError (INT-01 … INT-08, INT-74, INT-75) for a file that is refused as a whole, YEAR-02 for a closed
             year; nothing is written then, nor with `dry_run`, nor with `strict` where a row is rejected.
    Source:  data-dictionary §8; the legend in the cell comments of the ministry's template.
    """
    actor.require(Permission.SCHOOL_IMPORT)
    table, catalogue = _read(source)
    # Two imports at once would both find a school missing.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('csdl.intake.schools'))")
    year = SchoolYear.objects.filter(pk=start_year).first()
    if year is None or year.state != YearState.OPEN:
        year = open_school_year(actor=actor, start_year=start_year)

    check_codes(table)
    if left_out:
        table.rows[:] = [row for row in table.rows if row.number not in left_out]
    add_known_units(catalogue)
    units = place_schools(table.rows, catalogue)
    if root := check_root(units):
        actor.require(Permission.SCHOOL_IMPORT, on=root)
    check_rows(table, Context.gather(catalogue, units.placements, today=clock.today(), year_ends_on=year.ends_on))
    first_day = dt.date(start_year, 7, 1)
    codes = [row.code for row in table.rows if not row.is_rejected]
    known = known_schools(codes, start_year=start_year, on=first_day)
    plans = plan_schools(table, units.placements, known)

    created_units = write_units(units)
    write_schools(plans, known, start_year=start_year, on=first_day)
    rejected = sum(row.is_rejected for row in table.rows)
    result = _result(
        table,
        plans,
        created_units,
        units,
        start_year,
        is_written=not dry_run and not (strict and rejected),
    )
    if result.is_written:
        counts = {name: value for name, value in result.as_json().items() if name != "problems"}
        record(
            actor=actor,
            kind="school:import",
            unit_id=root.pk if root else None,
            data=counts | {"start_year": start_year, "problems": len(result.problems)},
        )
        if result.created or result.updated or result.units:
            # New schools and new parents: accounts above them reach them from now on.
            refresh_scopes()
    else:
        transaction.set_rollback(True)
    return result


def _read(source: bytes | Path) -> tuple[SchoolTable, Catalogue]:
    try:
        sheets = open_sheets(source)
    except UnreadableWorkbook as error:
        raise unreadable(error.why) from None
    return read_schools(sheets), read_catalogue(sheets)


def _result(
    table: SchoolTable,
    plans: list[SchoolPlan],
    created_units: int,
    units: Units,
    start_year: int,
    *,
    is_written: bool,
) -> SchoolImport:
    states = Counter(plan.state for plan in plans)
    return SchoolImport(
        created=states["created"],
        updated=states["updated"],
        unchanged=states["unchanged"],
        rejected=sum(row.is_rejected for row in table.rows),
        units=created_units,
        problems=tuple(problem for row in table.rows for problem in row.problems),
        plans=tuple(plans),
        start_year=start_year,
        is_written=is_written,
        sheet=table.sheet,
        rejected_rows=tuple(row for row in table.rows if row.is_rejected),
        unit_codes=tuple(units.needed),
        units_above={code: (unit.name, above) for code, (unit, above) in units.needed.items()},
        rows_under=units.above,
        notes=table.notes,
    )
