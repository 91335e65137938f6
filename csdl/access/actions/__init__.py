"""Acts of the access module, by subject."""

from csdl.access.actions.grants import give_role
from csdl.access.actions.scopes import forget_acting_token, issue_acting_token, refresh_scopes

__all__ = ["forget_acting_token", "give_role", "issue_acting_token", "refresh_scopes"]
