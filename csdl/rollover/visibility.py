"""Plans and runs are reached from the school's unit: a plan says of each pupil what happens next."""

from csdl.lib.gate import declare, declare_open
from csdl.rollover.models import (
    Choice,
    ClassSum,
    PlanClass,
    PlanRow,
    RolloverBatch,
    RolloverRun,
    SchoolRollover,
)

declare(PlanRow, unit="school_id")
declare(Choice, unit="school_id")
declare_open(PlanClass, because="names of classes to come, no person in it")
declare_open(
    RolloverBatch,
    because="who pressed the button over which unit; lists narrow it at the gate",
)
declare_open(
    RolloverRun,
    because="figures of schools, no person in it; lists narrow it at the gate",
)
declare_open(ClassSum, because="figures of classes, no person in it")
declare_open(
    SchoolRollover,
    because="figures of schools, no person in it; lists narrow it at the gate",
)
