"""Plans and runs are reached from the school's unit: a plan says of each pupil what happens next."""

from csdl.accounts.permissions import Area
from csdl.lib.gate import Year, declare, declare_open
from csdl.rollover.models import (
    Choice,
    ClassSum,
    PlanClass,
    PlanRow,
    RolloverBatch,
    RolloverRun,
    SchoolRollover,
)
from csdl.years.models import Enrolment

# A plan is a wish about the year it leads into: once that year is closed, it stands.
_INTO = Year("from_year", plus=1)

# Of the level of the pupil's grade in the year that ends.
_OF_PUPIL = (Enrolment, {"id": "enrolment_id", "start_year": "from_year"})

declare(PlanRow, area=Area.ROLLOVER, unit="school_id", level_by=_OF_PUPIL, year=_INTO)
declare(Choice, area=Area.ROLLOVER, unit="school_id", level_by=_OF_PUPIL, year=_INTO)
declare_open(
    PlanClass,
    because="names of classes to come, no person in it",
    written_by="school_id",
    year=_INTO,
    area=Area.ROLLOVER,
)
declare_open(
    RolloverBatch,
    because="who pressed the button over which unit; lists narrow it at the gate",
)
declare_open(
    RolloverRun,
    because="figures of schools, no person in it; lists narrow it at the gate",
    written_by="school_id",
    area=Area.ROLLOVER,
)
declare_open(ClassSum, because="figures of classes, no person in it")
declare_open(
    SchoolRollover,
    because="figures of schools, no person in it; lists narrow it at the gate",
    written_by="school_id",
    area=Area.ROLLOVER,
)
