"""Writes of staff: one person at a time, many postings at once, who heads a unit, the accounts of a unit's staff, what
those accounts accept."""

from csdl.staff.actions.accounts import (
    NewAccount,
    change_sign_in_names,
    change_sign_in_rules,
    leavers_with_account,
    lock_account,
    lock_leavers,
    managed_elsewhere,
    open_accounts,
    print_letters,
    propose_user_names,
    remove_second_factor,
    unlock_account,
)
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
from csdl.staff.actions.regulation import NewRegulation, accept_regulation, publish_regulation

__all__ = [
    "ENDED_STATUSES",
    "HEAD_FIELDS",
    "POSTING_FIELDS",
    "STAFF_FIELDS",
    "FoundStaff",
    "NewAccount",
    "NewRegulation",
    "SavedStaff",
    "StaffChange",
    "StaffChangeKind",
    "accept_regulation",
    "add_staff",
    "appoint_head",
    "change_head",
    "change_posting",
    "change_sign_in_names",
    "change_sign_in_rules",
    "change_staff",
    "change_staff_in_bulk",
    "end_posting",
    "find_staff",
    "leavers_with_account",
    "lock_account",
    "lock_leavers",
    "managed_elsewhere",
    "open_accounts",
    "plan_staff_bulk",
    "print_letters",
    "propose_user_names",
    "publish_regulation",
    "receive_staff",
    "remove_second_factor",
    "undo_head_edit",
    "undo_staff_bulk",
    "undo_staff_edit",
    "unlock_account",
    "withdraw_head",
]
