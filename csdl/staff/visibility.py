"""Staff are reached through their postings; everybody reaches their own record."""

from csdl.lib.gate import Born, declare
from csdl.staff.models import StaffMember, StaffPosting, StaffYear, UnitHead

declare(StaffPosting, unit="unit_id")
declare(
    StaffMember,
    through=((StaffPosting, {"staff_id": "id"}),),
    own="account_id",
    born=Born("created_by", "csdl_staff_is_tied"),
)
declare(StaffYear, unit="unit_id", year="start_year")
declare(UnitHead, unit="unit_id")
