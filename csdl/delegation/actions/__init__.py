"""Acts of delegation, by subject."""

from csdl.delegation.actions.administration import (
    ADMINISTRATION_ROLE,
    hand_over_administration,
    release_leavers,
    take_back_administration,
)
from csdl.delegation.actions.following import follow_homerooms, follow_work
from csdl.delegation.actions.heads import follow_heads, set_up_head
from csdl.delegation.actions.inspections import (
    INSPECTOR_ROLE,
    Decision,
    Visitor,
    admit_inspector,
    end_inspection,
    print_inspector_letter,
    remove_inspector_factor,
)
from csdl.delegation.actions.laying_down import change_rules
from csdl.delegation.actions.personnel import confirm_personnel, remind_units
from csdl.delegation.actions.prepare import Wanted, prepare_papers, require_administration, wanted_faults
from csdl.delegation.actions.renewal import (
    cover_absence,
    delegate_homerooms,
    homerooms_wanted,
    renew_grants,
)
from csdl.delegation.actions.signing import (
    Pages,
    approve_minutes,
    confirm_papers,
    settle,
    sign_scanned,
    unused_pages,
)
from csdl.delegation.actions.upkeep import upkeep
from csdl.delegation.actions.withdrawing import withdraw_commitment, withdraw_minutes

__all__ = [
    "ADMINISTRATION_ROLE",
    "INSPECTOR_ROLE",
    "Decision",
    "Pages",
    "Visitor",
    "Wanted",
    "admit_inspector",
    "approve_minutes",
    "change_rules",
    "confirm_papers",
    "confirm_personnel",
    "cover_absence",
    "delegate_homerooms",
    "end_inspection",
    "follow_heads",
    "follow_homerooms",
    "follow_work",
    "hand_over_administration",
    "homerooms_wanted",
    "prepare_papers",
    "print_inspector_letter",
    "release_leavers",
    "remind_units",
    "remove_inspector_factor",
    "renew_grants",
    "require_administration",
    "set_up_head",
    "settle",
    "sign_scanned",
    "take_back_administration",
    "unused_pages",
    "upkeep",
    "wanted_faults",
    "withdraw_commitment",
    "withdraw_minutes",
]
