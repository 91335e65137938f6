"""Units and schools are public facts (name, address, levels taught): every signed-in account may read them all.

Lists still start at the gate, which narrows them to the account's own part by `unit`.
"""

from csdl.lib.gate import declare_open
from csdl.orgs.models import OrgUnit, School, SchoolLevel, SchoolProfile, SchoolSite, UnitVersion

for model in (OrgUnit, School, SchoolLevel, SchoolProfile, SchoolSite, UnitVersion):
    declare_open(model, because="names and addresses of public institutions")
