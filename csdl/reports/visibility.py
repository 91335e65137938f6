"""Reports and frozen rows are reached from their unit, and so from every unit above it; periods are a calendar.

Frozen rows of persons are read with the right to such persons' records, and written with the report. Who reaches one
level of a school that teaches several reaches that level's report, and reviews it.
A report belongs to the tree of its snapshot day: the unit that took it then goes on with it, down to the frozen rows,
when the school has moved to another since. More time and reminders are given before there is a frozen row: there the
versions of units say which unit that is.
"""

from csdl.accounts.permissions import Area
from csdl.lib.gate import Taker, TakerByDay, Through, declare, declare_log, declare_open
from csdl.orgs.models import UnitVersion
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
    ErasedPerson,
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

_OF_SNAPSHOT = ((Snapshot, {"id": "snapshot_id"}),)
_OF_SUBMISSION = ((Submission, {"id": "submission_id"}),)

_TAKEN = Taker("parent_id", Through(Snapshot, (("id", "snapshot_id"),)))
_TAKES = TakerByDay(UnitVersion, "snapshot_on", Through(ReportPeriod, (("id", "period_id"),)))

declare(Snapshot, area=Area.REPORTS, unit="unit_id", level="level_code", taken=Taker("parent_id"))
declare(Submission, area=Area.REPORTS, unit="unit_id", level="level_code", level_writes=True, taken=_TAKEN)
for kept in (CellRow, CountedRoom, CountedSchool, CountedSite, FailedCheck):
    declare(kept, area=Area.REPORTS, unit="unit_id", through=_OF_SNAPSHOT)
for written in (CellRemark, CheckExplanation, TypedCell, UnlockRequest):
    declare(written, area=Area.REPORTS, unit="unit_id", through=_OF_SUBMISSION)
declare(CountedPupil, area=Area.STUDENTS, writes=Area.REPORTS, unit="unit_id", grade="grade_code", taken=_TAKEN)
declare(CountedClass, area=Area.CLASSES, writes=Area.REPORTS, unit="unit_id", grade="grade_code", taken=_TAKEN)
# A member of staff is counted at one level: that of the report.
declare(CountedStaff, area=Area.STAFF, writes=Area.REPORTS, unit="unit_id", through=_OF_SNAPSHOT)
declare_open(ReportPeriod, because="a calendar", written_by="all", area=Area.YEARS)
declare_open(Deadline, because="a calendar", written_by="all", area=Area.YEARS)
# A school must know until when it has been given time and what it was reminded of, not what others were.
for told in (DeadlineExtension, Reminder):
    declare(
        told,
        area=Area.REPORTS,
        writes=Area.REVIEWS,
        unit="unit_id",
        level="level_code",
        level_writes=True,
        taken=_TAKES,
    )
declare(FreezeRun, area=Area.REPORTS, unit="unit_id", own="account_id", through=((Snapshot, {"run_id": "id"}),))
# What an office adds up is the office's: the schools in it do not see it.
declare(Consolidation, area=Area.REPORTS, unit="unit_id", level="level_code")
declare(
    ConsolidationVersion,
    area=Area.REPORTS,
    unit="unit_id",
    through=((Consolidation, {"id": "consolidation_id"}),),
)
for summed in (ConsolidationPart, ConsolidationRow):
    declare(summed, area=Area.REPORTS, unit="unit_id", through=((ConsolidationVersion, {"id": "version_id"}),))
# Who was erased is nobody's to look up but the department's; the web writes none (`wall/prepare.py`).
declare(ErasedPerson, area=Area.UNITS)
# Who moved or signed a report says so in the own name, and nobody says it otherwise afterwards.
declare_log(StateMove, own="account_id", area=Area.REPORTS, unit="unit_id", through=_OF_SUBMISSION)
declare_log(Signature, own="account_id", area=Area.REPORTS, unit="unit_id", through=_OF_SNAPSHOT)
