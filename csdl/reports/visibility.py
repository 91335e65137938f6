"""Reports and frozen rows are reached from their unit, and so from every unit above it; periods are a calendar."""

from csdl.lib.gate import declare, declare_open
from csdl.reports.models import (
    CellRow,
    CheckExplanation,
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
    ReportPeriod,
    Snapshot,
    Submission,
    TypedCell,
)

for model in (
    CellRow,
    CheckExplanation,
    CountedClass,
    CountedPupil,
    CountedRoom,
    CountedSchool,
    CountedSite,
    CountedStaff,
    FailedCheck,
    Snapshot,
    Submission,
    TypedCell,
):
    declare(model, unit="unit_id")
declare_open(ReportPeriod, because="a calendar", written_by="all")
declare_open(Deadline, because="a calendar", written_by="all")
# A school must know until when it has been given time, not until when others have.
declare(DeadlineExtension, unit="unit_id")
declare(FreezeRun, own="account_id", through=((Snapshot, {"run_id": "id"}),))
