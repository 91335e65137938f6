"""Writes of staff: one person at a time, many postings at once, and who heads a unit."""

from csdl.staff.actions.bulk import (
    StaffChange,
    StaffChangeKind,
    change_staff_in_bulk,
    plan_staff_bulk,
    undo_staff_bulk,
)
from csdl.staff.actions.heads import HEAD_FIELDS, appoint_head, change_head, undo_head_edit, withdraw_head
from csdl.staff.actions.people import (
    ENDED_STATUSES,
    POSTING_FIELDS,
    STAFF_FIELDS,
    SavedStaff,
    add_staff,
    change_posting,
    change_staff,
    end_posting,
    undo_staff_edit,
)
from csdl.staff.actions.receiving import FoundStaff, find_staff, receive_staff

__all__ = [
    "ENDED_STATUSES",
    "HEAD_FIELDS",
    "POSTING_FIELDS",
    "STAFF_FIELDS",
    "FoundStaff",
    "SavedStaff",
    "StaffChange",
    "StaffChangeKind",
    "add_staff",
    "appoint_head",
    "change_head",
    "change_posting",
    "change_staff",
    "change_staff_in_bulk",
    "end_posting",
    "find_staff",
    "plan_staff_bulk",
    "receive_staff",
    "undo_head_edit",
    "undo_staff_bulk",
    "undo_staff_edit",
    "withdraw_head",
]
