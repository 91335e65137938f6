"""Undoing: exactly what the runs wrote is taken back; who has newer facts is named, with what depends."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.lib import sql
from csdl.orgs.models import OrgUnit
from csdl.rollover.actions.holding import holding_schools
from csdl.rollover.actions.planning import write_plan
from csdl.rollover.actions.running import Progress, silent
from csdl.rollover.dependents import Dependent, dependents_of
from csdl.rollover.enums import RunState
from csdl.rollover.errors import RolloverError
from csdl.rollover.models import PlanRow, RolloverRun
from csdl.rollover.queries import Totals, check_years, dependent_lines, schools_in_scope, totals

__all__ = ["undo_rollover"]

_M = "csdl.rollover"
_STANDING = (RunState.DONE, RunState.CONFIRMED)
_SHOWN = 50
_PUPILS = "60_delete_enrolments"
_STEPS = (
    (_PUPILS, "Học sinh"),
    ("61_delete_homerooms", "Chủ nhiệm dự kiến"),
    ("62_delete_teaching", "Phân công dự kiến"),
    ("63_delete_class_grades", "Lớp"),
    ("64_delete_classes", "Lớp"),
    ("65_delete_staff_years", "Cán bộ, giáo viên"),
    ("66_delete_sites", "Điểm trường"),
    ("67_delete_levels", "Cấp học"),
    ("68_delete_profiles", "Hồ sơ trường"),
)
# The look for newer facts before them, the plan after them.
_STEP_COUNT = len(_STEPS) + 2


def undo_rollover(
    *,
    actor: Actor,
    from_year: int,
    unit: OrgUnit | None = None,
    keep_dependents: bool = False,
    before: dt.datetime | None = None,
    progress: Progress = silent,
) -> Totals:
    """Take back the rollover of the schools below a unit: every row their runs wrote, and no other.

    `keep_dependents` leaves in place the pupils and classes that newer facts depend on, and takes back the rest.
    `before` leaves alone what was run after that instant: an undo asked for earlier must not reach it.
    Errors:  ROL-05 nothing was run; ROL-04 newer facts depend: nothing is taken back, every pupil is named.
    Source:  rollover.md §5; the source year was never touched, so deleting is all there is to do (D6).
    """
    actor.require(Permission.ROLLOVER_RUN, on=unit)
    check_years(from_year)
    school_ids = schools_in_scope(actor=actor, permission=Permission.ROLLOVER_RUN, from_year=from_year, unit=unit)
    whole = (unit is None or unit.parent_id is None) and actor.unit_ids(Permission.ROLLOVER_RUN) is None
    with holding_schools(actor, from_year, None if whole else school_ids):
        standing = RolloverRun.objects.filter(from_year=from_year, school_id__in=school_ids, state__in=_STANDING)
        if before is not None:
            standing = standing.filter(created_at__lte=before)
        runs = list(standing.values_list("pk", flat=True))
        if not runs:
            raise RolloverError("Chưa có lần kết chuyển nào để hoàn tác ở phạm vi này.", code="ROL-05")
        progress(0, _STEP_COUNT, "Tìm dữ liệu mới phụ thuộc")
        dependents = dependents_of(from_year=from_year, run_ids=runs)
        if dependents and not keep_dependents:
            raise RolloverError(
                f"Không hoàn tác được vì có {len(dependents)} dữ liệu mới phụ thuộc vào kết quả kết chuyển. "
                "Xử lý các trường hợp dưới đây trước, hoặc chọn hoàn tác phần còn lại.",
                code="ROL-04",
                problems=_sentences(actor, dependents),
            )
        removed = _delete(from_year, runs, dependents, progress)
        progress(_STEP_COUNT - 1, _STEP_COUNT, "Lập lại kế hoạch")
        sql.execute(_M, "69_mark_undone", from_year=from_year, run_ids=runs)
        # A plan made after the run says of its pupils that they have moved: it would no longer be true.
        outdated = PlanRow.objects.filter(from_year=from_year, school_id__in=school_ids, rule_code="D1")
        schools = list(outdated.values_list("school_id", flat=True).distinct().order_by("school_id"))
        if schools:
            write_plan(from_year=from_year, school_ids=schools)
        record(
            actor=actor,
            kind="rollover:undo",
            unit_id=unit.pk if unit else None,
            data={"from_year": from_year, "runs": len(runs), "kept": len(dependents)},
        )
    progress(_STEP_COUNT, _STEP_COUNT)
    return replace(totals(from_year=from_year, school_ids=school_ids), removed=removed)


def _delete(from_year: int, runs: Sequence[int], dependents: Sequence[Dependent], progress: Progress) -> int:
    """Delete what the runs wrote and nothing depends on; answers how many pupils' records went."""
    kept = sorted({item.enrolment_id for item in dependents if item.enrolment_id})
    classes = {item.class_id for item in dependents if item.class_id}
    if kept:
        classes |= {row["class_id"] for row in sql.rows(_M, "59_kept_classes", from_year=from_year, kept=kept)}
    params: dict[str, Any] = {
        "from_year": from_year,
        "run_ids": list(runs),
        "kept": kept,
        "kept_classes": sorted(classes),
        "kept_schools": sorted({item.school_id for item in dependents}),
    }
    removed = 0
    for place, (name, label) in enumerate(_STEPS):
        progress(place + 1, _STEP_COUNT, label)
        count = sql.execute(_M, name, **params)
        removed += count if name == _PUPILS else 0
    return removed


def _sentences(actor: Actor, dependents: Sequence[Dependent]) -> list[str]:
    """The first of them as the page shows them, then how many more there are."""
    lines = [line.sentence for line in dependent_lines(actor, dependents)]
    rest = len(lines) - _SHOWN
    return lines[:_SHOWN] + ([f"… và {rest} trường hợp khác"] if rest > 0 else [])
