"""Writes of the intake, by noun."""

from csdl.intake.actions.runs import (
    Choice,
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
from csdl.intake.actions.schools import SchoolImport, import_schools

__all__ = [
    "Choice",
    "SchoolImport",
    "apply_run",
    "import_schools",
    "map_columns",
    "paste_rows",
    "plan_run",
    "queue_apply",
    "queue_plan",
    "queue_undo",
    "undo_run",
    "upload_file",
    "want_rows",
]
