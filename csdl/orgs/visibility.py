"""Units and schools are public facts (name, address, levels taught): every signed-in account may read them all.

Only who sees everything writes them; what a school is and has in a year, the school itself. Lists still start at the
gate, which narrows them to the account's own part by `unit`.
"""

from csdl.accounts.permissions import Area
from csdl.lib.gate import declare_open
from csdl.orgs.models import OrgUnit, School, SchoolLevel, SchoolProfile, SchoolRooms, SchoolSite, UnitVersion

_BECAUSE = "names and addresses of public institutions"
for model in (OrgUnit, School, UnitVersion):
    declare_open(model, because=_BECAUSE, written_by="all", area=Area.UNITS)
declare_open(SchoolLevel, because=_BECAUSE, written_by="all", year="start_year", area=Area.UNITS)
for kept in (SchoolProfile, SchoolRooms, SchoolSite):
    declare_open(kept, because=_BECAUSE, written_by="school_id", year="start_year", area=Area.SCHOOLS)
