"""An act in the log is seen by whoever did it and by whoever reaches the unit it was done to."""

from csdl.accounts.permissions import Area
from csdl.audit.models import Event
from csdl.lib.gate import declare_log

declare_log(Event, area=Area.LOG, own="account_id", unit="unit_id")
