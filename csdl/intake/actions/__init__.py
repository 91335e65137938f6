"""Writes of the intake, by noun."""

from csdl.intake.actions.runs import apply_run, plan_run, undo_run, upload_file, want_rows
from csdl.intake.actions.schools import SchoolImport, import_schools

__all__ = ["SchoolImport", "apply_run", "import_schools", "plan_run", "undo_run", "upload_file", "want_rows"]
