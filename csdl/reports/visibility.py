"""Reports and frozen rows are reached from their unit, and so from every unit above it; periods are a calendar."""

from csdl.lib.gate import declare, declare_log, declare_open
from csdl.reports.models import (
    CellRemark,
    CellRow,
    CheckExplanation,
    Consolidation,
    ConsolidationPart,
    ConsolidationRow,
    ConsolidationVersion,
    CountedClass,
    CountedPupil,
    CountedRoom,
    CountedSchool,
    CountedSite,
    CountedStaff,
    Deadline,
    DeadlineExtension,
    FailedCheck,
    FreezeRun,
    Reminder,
    ReportPeriod,
    Signature,
    Snapshot,
    StateMove,
    Submission,
    TypedCell,
    UnlockRequest,
)

for model in (
    CellRemark,
    CellRow,
    CheckExplanation,
    Consolidation,
    ConsolidationPart,
    ConsolidationRow,
    ConsolidationVersion,
    CountedClass,
    CountedPupil,
    CountedRoom,
    CountedSchool,
    CountedSite,
    CountedStaff,
    FailedCheck,
    Reminder,
    Snapshot,
    Submission,
    TypedCell,
    UnlockRequest,
):
    declare(model, unit="unit_id")
declare_open(ReportPeriod, because="a calendar", written_by="all")
declare_open(Deadline, because="a calendar", written_by="all")
# A school must know until when it has been given time, not until when others have.
declare(DeadlineExtension, unit="unit_id")
declare(FreezeRun, own="account_id", through=((Snapshot, {"run_id": "id"}),))
# Who moved or signed a report says so in the own name, and nobody says it otherwise afterwards.
declare_log(StateMove, own="account_id", unit="unit_id")
declare_log(Signature, own="account_id", unit="unit_id")
