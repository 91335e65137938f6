"""Staff are reached through their postings; everybody reaches their own record. What an account accepted is reached
with its person.

At a school of several levels a posting that names none (the office, the accountant, whose level nobody entered) is of
every level that the school teaches, and so is the head: officers of each of these levels see them.
"""

from csdl.accounts.models import Regulation, RegulationAcceptance
from csdl.accounts.permissions import Area
from csdl.lib.gate import Born, declare, declare_log, declare_open
from csdl.staff.models import StaffMember, StaffPosting, StaffYear, UnitHead

declare(StaffPosting, area=Area.STAFF, unit="unit_id", levels="level_codes")
declare(
    StaffMember,
    area=Area.STAFF,
    through=((StaffPosting, {"staff_id": "id"}),),
    own="account_id",
    born=Born("created_by", "csdl_staff_is_tied"),
)
declare(StaffYear, area=Area.STAFF, unit="unit_id", level_by=(StaffPosting, {"id": "posting_id"}), year="start_year")
declare(UnitHead, area=Area.STAFF, writes=Area.HEADS, unit="unit_id", every_level=True)
declare_open(
    Regulation,
    because="what everybody must accept, everybody may read; no person in it",
    written_by="all",
    area=Area.ACCOUNTS,
)
declare_log(
    RegulationAcceptance,
    own="account_id",
    area=Area.STAFF,
    through=((StaffMember, {"account_id": "account_id"}),),
)
