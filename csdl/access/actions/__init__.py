"""Acts of the access module, by subject."""

from csdl.access.actions.grants import (
    GrantDraft,
    Power,
    activate_grants,
    draft_faults,
    end_grants,
    give_role,
    move_grants,
    powers_of,
    propose_grants,
    suspend_grants,
)
from csdl.access.actions.scopes import forget_acting_token, issue_acting_token, refresh_scopes

__all__ = [
    "GrantDraft",
    "Power",
    "activate_grants",
    "draft_faults",
    "end_grants",
    "forget_acting_token",
    "give_role",
    "issue_acting_token",
    "move_grants",
    "powers_of",
    "propose_grants",
    "refresh_scopes",
    "suspend_grants",
]
