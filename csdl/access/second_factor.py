"""Whose rights ask for a second factor, and who administers others (S5, S6, S8; requirement R3, R4)."""

from csdl.access.actors import actor_for
from csdl.accounts.models import Account
from csdl.accounts.permissions import Permission as P
from csdl.accounts.second_factor import register_administrator, register_need

__all__ = ["ADMINISTERING", "WEIGHTY"]

# Heads and holders of a unit's administration account: what they do opens or shuts the data for others.
ADMINISTERING = frozenset({P.ACCOUNT_MANAGE, P.GRANT_MANAGE, P.HEAD_APPOINT, P.UNIT_MANAGE, P.YEAR_MANAGE})
# Beside them, everybody who takes data out or approves.
WEIGHTY = ADMINISTERING | {
    P.DATA_EXPORT,
    P.DOSSIER_BUILD,
    P.EXPORT_APPROVE,
    P.REPORT_APPROVE,
    P.RESULT_DECIDE,
    P.ROLLOVER_CONFIRM,
    P.ROLLOVER_RUN,
}


@register_need
def _holds_weighty_rights(account: Account) -> bool:
    return _holds(account, WEIGHTY)


@register_administrator
def _administers_others(account: Account) -> bool:
    return _holds(account, ADMINISTERING)


def _holds(account: Account, permissions: frozenset[P]) -> bool:
    return any(held.role.permissions & permissions for held in actor_for(account).grants)
