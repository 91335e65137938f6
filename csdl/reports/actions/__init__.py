"""Writes of the reports: periods and their hours, freezing, typed cells, forgetting a person."""

from csdl.reports.actions.erasing import erase_counted_person
from csdl.reports.actions.freezing import Freezing, Progress, freeze, silent, start_freezing
from csdl.reports.actions.periods import (
    Doubt,
    doubts,
    extend_deadline,
    open_period,
    open_usual_period,
    set_deadline,
)
from csdl.reports.actions.typing import draft_of, explain_check, type_cells

__all__ = [
    "Doubt",
    "Freezing",
    "Progress",
    "doubts",
    "draft_of",
    "erase_counted_person",
    "explain_check",
    "extend_deadline",
    "freeze",
    "open_period",
    "open_usual_period",
    "set_deadline",
    "silent",
    "start_freezing",
    "type_cells",
]
