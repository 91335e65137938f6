"""An act in the log is seen by whoever did it and by whoever reaches the unit it was done to."""

from csdl.accounts.permissions import Area
from csdl.audit.models import ChainHead, Event, LogRoot, RootHead
from csdl.lib.gate import declare_log, declare_open

declare_log(Event, area=Area.LOG, own="account_id", unit="unit_id")
for _sealed in (ChainHead, LogRoot, RootHead):
    declare_open(_sealed, because="hashes and counts: they say nothing of anybody, and everybody may check them")
