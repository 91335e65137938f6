"""A background run is seen by whoever asked for it and by whoever reaches the unit it is about, or a unit below that:
a school must know that its office's run is under way over it."""

from csdl.accounts.permissions import Area
from csdl.jobs.models import Job
from csdl.lib.gate import declare_log

declare_log(Job, area=Area.JOBS, own="account_id", unit="unit_id", from_below=True)
