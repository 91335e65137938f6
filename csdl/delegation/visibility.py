"""Papers are reached from the unit that keeps them, and by the person whom they name."""

from csdl.delegation.models import (
    AdministrationHolder,
    Batch,
    Commitment,
    Confirmation,
    DelegationRules,
    EndNotice,
    Minutes,
    PaperNumber,
    PersonnelConfirmation,
)
from csdl.lib.gate import declare, declare_log, declare_open

declare(Batch, unit="unit_id")
declare(Minutes, unit="unit_id", own="receiver_id")
declare(Commitment, unit="unit_id", own="account_id")
declare(AdministrationHolder, unit="unit_id", own="account_id")
declare(PersonnelConfirmation, unit="unit_id")
declare(PaperNumber, unit="unit_id")
declare(EndNotice, unit="unit_id")
declare_log(Confirmation, own="account_id", unit="unit_id")
declare_open(DelegationRules, because="days and switches that hold for the province, no person in it", written_by="all")
