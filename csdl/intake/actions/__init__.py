"""Writes of the intake, by noun."""

from csdl.intake.actions.runs import (
    apply_run,
    map_columns,
    paste_rows,
    plan_run,
    queue_apply,
    queue_plan,
    queue_undo,
    undo_run,
    upload_file,
    want_rows,
)
from csdl.intake.actions.school_runs import MINISTRY_FILE, apply_schools, plan_schools, queue_schools, upload_schools
from csdl.intake.actions.schools import SchoolImport, import_schools

__all__ = [
    "MINISTRY_FILE",
    "SchoolImport",
    "apply_run",
    "apply_schools",
    "import_schools",
    "map_columns",
    "paste_rows",
    "plan_run",
    "plan_schools",
    "queue_apply",
    "queue_plan",
    "queue_schools",
    "queue_undo",
    "undo_run",
    "upload_file",
    "upload_schools",
    "want_rows",
]
