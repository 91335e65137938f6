"""Staff are reached through their postings; everybody reaches their own record. What an account accepted is reached
with its person."""

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
declare(StaffYear, area=Area.STAFF, unit="unit_id", year="start_year")
declare(UnitHead, area=Area.STAFF, writes=Area.HEADS, unit="unit_id")
declare_open(
    Regulation,
    because="what everybody must accept, everybody may read; no person in it",
    written_by="all",
    area=Area.STAFF,
)
declare_log(
    RegulationAcceptance,
    own="account_id",
    area=Area.STAFF,
    through=((StaffMember, {"account_id": "account_id"}),),
)
