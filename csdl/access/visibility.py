"""A grant is seen by the unit it is given at and by its holder; the scope tables only repeat what grants say."""

from csdl.access.models import Grant, ScopeAll, ScopeUnit
from csdl.lib.gate import declare, declare_open

declare(Grant, unit="unit_id", own="account_id")
declare_open(ScopeAll, because="pairs of numbers that the row policies themselves must read")
declare_open(ScopeUnit, because="pairs of numbers that the row policies themselves must read")
