"""Writes of the intake, by noun."""

from csdl.intake.actions.schools import SchoolImport, import_schools

__all__ = ["SchoolImport", "import_schools"]
