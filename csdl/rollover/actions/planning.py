"""Planning: what would happen, as rows one can look at, for one school or two thousand in the same statements."""

from collections.abc import Sequence

from django.db import connection, transaction

from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.jobs.actions import enqueue
from csdl.jobs.models import Job
from csdl.lib import sql
from csdl.orgs.models import OrgUnit
from csdl.rollover.actions.holding import hold
from csdl.rollover.models import SchoolRollover
from csdl.rollover.preconditions import blocked_schools
from csdl.rollover.queries import Totals, check_years, schools_in_scope, totals

__all__ = ["plan_rollover", "start_planning", "write_plan"]

_M = "csdl.rollover"


def start_planning(*, actor: Actor, from_year: int, unit: OrgUnit) -> Job:
    """Ask for the plans of all schools of a unit in the background; the page follows the job."""
    from csdl.rollover.tasks import plan_batch  # the task module imports these actions

    actor.require(Permission.ROLLOVER_PLAN, on=unit)
    check_years(from_year)
    return enqueue(
        actor=actor,
        kind="rollover:plan",
        title=f"Lập kế hoạch kết chuyển {from_year}-{from_year + 1}: {unit.name}",
        args={"from_year": from_year, "unit_id": unit.pk},
        task=plan_batch,
    )


@transaction.atomic
def plan_rollover(*, actor: Actor, from_year: int, unit: OrgUnit | None = None) -> Totals:
    """Work out what becomes of every pupil of the schools below a unit; nothing of the new year is written.

    Shapes:  one plan row per pupil present on the year's last day, one planned class per class, one line per school.
             What people decided before (other class, outcome of the head, name of a class) is kept.
    Errors:  ROL-01 target year not open, ROL-02 no school in scope.
    Source:  requirement R8; rollover.md §2-§5 `plan`.
    """
    actor.require(Permission.ROLLOVER_PLAN, on=unit)
    check_years(from_year)
    school_ids = schools_in_scope(actor=actor, permission=Permission.ROLLOVER_PLAN, from_year=from_year, unit=unit)
    write_plan(from_year=from_year, school_ids=school_ids)
    record(
        actor=actor,
        kind="rollover:plan",
        unit_id=unit.pk if unit else None,
        data={"from_year": from_year, "schools": len(school_ids)},
    )
    return totals(from_year=from_year, school_ids=school_ids)


def write_plan(*, from_year: int, school_ids: Sequence[int], whole_year: bool = False) -> None:
    """Write the plan of these schools. `whole_year` says that they are all there are: the plan's table is filled
    anew and put in place, instead of row by row into the live one."""
    ids = list(school_ids)
    if not whole_year:
        hold(from_year, ids, wait=False)
    sql.execute(_M, "10_plan_classes", from_year=from_year, school_ids=ids)
    sql.execute(_M, "11_forget_plan_classes", from_year=from_year, school_ids=ids)
    with connection.cursor() as cursor:
        if whole_year:
            cursor.execute("SELECT csdl_begin_fill('rollover_planrow', %s::smallint)", [from_year])
            table = cursor.fetchone()[0]
        else:
            cursor.execute("SELECT csdl_make_plan_partition(%s::smallint)", [from_year])
            table = "rollover_planrow"
            sql.execute(_M, "20_forget_plan_rows", from_year=from_year, school_ids=ids)
        sql.execute(
            _M,
            "21_plan_rows",
            tables={"plan_rows": table},
            from_year=from_year,
            school_ids=ids,
        )
        if whole_year:
            cursor.execute(
                "SELECT csdl_finish_fill('rollover_planrow', %s::smallint, 'from_year', true)",
                [from_year],
            )
    sql.execute(_M, "30_summarise_plan", from_year=from_year, school_ids=ids)
    reasons = blocked_schools(from_year=from_year, school_ids=ids)
    lines = list(SchoolRollover.objects.filter(from_year=from_year, school_id__in=list(reasons)))
    for line in lines:
        line.blocked_reason = "; ".join(reasons[line.school_id])[:300]
    SchoolRollover.objects.bulk_update(lines, ["blocked_reason"])
