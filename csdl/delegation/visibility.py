"""Papers are reached from the unit that keeps them, and by the person whom they name."""

from csdl.accounts.permissions import Area
from csdl.delegation.models import (
    AdministrationHolder,
    Batch,
    Commitment,
    Confirmation,
    DelegationRules,
    EndNotice,
    Inspection,
    Minutes,
    PaperNumber,
    PersonnelConfirmation,
)
from csdl.lib.gate import declare, declare_log, declare_open

declare(Batch, area=Area.GRANTS, unit="unit_id")
declare(Minutes, area=Area.GRANTS, unit="unit_id", own="receiver_id")
declare(Commitment, area=Area.GRANTS, unit="unit_id", own="account_id")
declare(AdministrationHolder, area=Area.GRANTS, unit="unit_id", own="account_id")
declare(Inspection, area=Area.GRANTS, unit="unit_id", own="account_id")
declare(PersonnelConfirmation, area=Area.GRANTS, unit="unit_id")
declare(PaperNumber, area=Area.GRANTS, unit="unit_id")
declare(EndNotice, area=Area.GRANTS, unit="unit_id")
declare_log(Confirmation, area=Area.GRANTS, own="account_id", unit="unit_id")
declare_open(
    DelegationRules,
    because="days and switches that hold for the province, no person in it",
    written_by="all",
    area=Area.GRANTS,
)
