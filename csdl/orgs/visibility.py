"""Units and schools are public facts (name, address, levels taught): every signed-in account may read them all.

Only who sees everything writes them. Lists still start at the gate, which narrows them to the account's own part by
`unit`.
"""

from csdl.lib.gate import declare_open
from csdl.orgs.models import OrgUnit, School, SchoolLevel, SchoolProfile, SchoolSite, UnitVersion

_BECAUSE = "names and addresses of public institutions"
for model in (OrgUnit, School, UnitVersion):
    declare_open(model, because=_BECAUSE, written_by="all")
for yearly in (SchoolLevel, SchoolProfile, SchoolSite):
    declare_open(yearly, because=_BECAUSE, written_by="all", year="start_year")
