"""Writes of the school year, by noun."""

from csdl.years.actions.bulk import change_in_bulk, plan_bulk, undo_bulk
from csdl.years.actions.school_years import (
    close_school_year,
    make_year_current,
    open_school_year,
    reopen_school_year,
)
from csdl.years.actions.scopes import refresh_class_scopes, tie_classes

__all__ = [
    "change_in_bulk",
    "close_school_year",
    "make_year_current",
    "open_school_year",
    "plan_bulk",
    "refresh_class_scopes",
    "reopen_school_year",
    "tie_classes",
    "undo_bulk",
]
