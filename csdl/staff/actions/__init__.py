"""Writes of staff: one person at a time, and who heads a unit."""

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
    "add_staff",
    "appoint_head",
    "change_head",
    "change_posting",
    "change_staff",
    "end_posting",
    "find_staff",
    "receive_staff",
    "undo_head_edit",
    "undo_staff_edit",
    "withdraw_head",
]
