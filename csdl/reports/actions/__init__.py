"""Writes of the reports: periods and their hours, freezing, typed cells, forgetting a person; and the chain above:
signing, sending, reviewing, unlocking, consolidating."""

from csdl.reports.actions.consolidating import (
    accept_consolidation,
    close_period,
    consolidate,
    consolidate_levels,
    forward_consolidation,
    give_back,
    reopen_period,
)
from csdl.reports.actions.erasing import counted_person, erase_counted_person
from csdl.reports.actions.freezing import Freezing, Progress, freeze, silent, start_freezing
from csdl.reports.actions.periods import (
    SENDERS,
    Doubt,
    doubts,
    extend_deadline,
    may_give_time,
    open_period,
    open_usual_period,
    set_deadline,
)
from csdl.reports.actions.reviewing import (
    accept_report,
    accept_reports,
    answer_remark,
    remark_cell,
    return_report,
    reviewing_tier,
)
from csdl.reports.actions.sending import (
    OWN_FREEZE,
    Sent,
    is_locked,
    is_own_freeze,
    send_report,
    send_reports,
    sign_report,
)
from csdl.reports.actions.typing import draft_of, explain_check, type_cells
from csdl.reports.actions.unlocking import ask_unlock, decide_unlock, remind, set_rules

__all__ = [
    "OWN_FREEZE",
    "SENDERS",
    "Doubt",
    "Freezing",
    "Progress",
    "Sent",
    "accept_consolidation",
    "accept_report",
    "accept_reports",
    "answer_remark",
    "ask_unlock",
    "close_period",
    "consolidate",
    "consolidate_levels",
    "counted_person",
    "decide_unlock",
    "doubts",
    "draft_of",
    "erase_counted_person",
    "explain_check",
    "extend_deadline",
    "forward_consolidation",
    "freeze",
    "give_back",
    "is_locked",
    "is_own_freeze",
    "may_give_time",
    "open_period",
    "open_usual_period",
    "remark_cell",
    "remind",
    "reopen_period",
    "return_report",
    "reviewing_tier",
    "send_report",
    "send_reports",
    "set_deadline",
    "set_rules",
    "sign_report",
    "silent",
    "start_freezing",
    "type_cells",
]
