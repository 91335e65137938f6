"""Writes of the school year, by noun."""

from csdl.years.actions.assignments import (
    assign_homeroom,
    confirm_drafts,
    copy_last_year,
    end_homeroom,
    save_assignments,
    set_teaching,
    undo_assignments,
)
from csdl.years.actions.bulk import change_in_bulk, plan_bulk, undo_bulk
from csdl.years.actions.school_years import (
    close_school_year,
    make_year_current,
    open_school_year,
    reopen_school_year,
)
from csdl.years.actions.scopes import tie_classes

__all__ = [
    "assign_homeroom",
    "change_in_bulk",
    "close_school_year",
    "confirm_drafts",
    "copy_last_year",
    "end_homeroom",
    "make_year_current",
    "open_school_year",
    "plan_bulk",
    "reopen_school_year",
    "save_assignments",
    "set_teaching",
    "tie_classes",
    "undo_assignments",
    "undo_bulk",
]
