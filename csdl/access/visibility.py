"""A grant is seen by the unit it is given at and by its holder; the scope tables only repeat what grants say."""

from csdl.access.models import Grant, ScopeAll, ScopeLevel, ScopeUnit
from csdl.accounts.permissions import Area
from csdl.lib.gate import declare, declare_open

declare(Grant, area=Area.GRANTS, unit="unit_id", own="account_id")
for scope in (ScopeAll, ScopeLevel, ScopeUnit):
    declare_open(scope, because="pairs of numbers that the row policies themselves must read")
