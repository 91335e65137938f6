"""Writes of the rollover: plan, look and change, run, confirm, undo (rollover.md §5)."""

from csdl.rollover.actions.choosing import choose_for_pupil, rename_plan_class, withdraw_decision
from csdl.rollover.actions.confirming import confirm_rollover
from csdl.rollover.actions.planning import plan_rollover, start_planning
from csdl.rollover.actions.running import Progress, roll_over, start_rollover
from csdl.rollover.actions.undoing import undo_rollover

__all__ = [
    "Progress",
    "choose_for_pupil",
    "confirm_rollover",
    "plan_rollover",
    "rename_plan_class",
    "roll_over",
    "start_planning",
    "start_rollover",
    "undo_rollover",
    "withdraw_decision",
]
