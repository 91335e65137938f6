"""Reads of the rollover: which schools are in scope, where they stand, what a plan or a run says."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import BooleanField, Case, Count, F, FilteredRelation, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from csdl.access.queries import visible
from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.jobs.models import Job
from csdl.lib import clock
from csdl.orgs.models import OrgUnit, SchoolProfile
from csdl.orgs.queries import subtree_ids
from csdl.rollover.dependents import Dependent, dependents_of
from csdl.rollover.enums import Act, RunState
from csdl.rollover.errors import RolloverError
from csdl.rollover.models import ClassSum, PlanClass, PlanRow, RolloverRun, SchoolRollover
from csdl.students.models import Student
from csdl.years.enums import YearState
from csdl.years.models import SchoolClass, SchoolYear

__all__ = [
    "BoardTotals",
    "DependentLine",
    "HeldSchool",
    "Totals",
    "UndoPreview",
    "board",
    "board_totals",
    "check_years",
    "class_sums",
    "classes_to_make",
    "dependent_lines",
    "exceptions_first",
    "jobs_over",
    "newly_created_count",
    "plan_classes",
    "plan_rows",
    "runs_of_school",
    "school_line",
    "school_lines",
    "schools_in_scope",
    "totals",
    "undo_preview",
]


@dataclass(frozen=True)
class Totals:
    """The figures of one, several or all schools, as the command prints them (`in` and `from` are words of Python)."""

    from_year: int
    schools: int
    came_in: int
    promoted: int
    retained: int
    completed: int
    pending: int
    left: int
    created: int
    exceptions: int
    state: str
    unplanned: int = 0  # schools that have no plan yet, and so no figures
    removed: int | None = None  # pupils' records that an undo took back

    def as_json(self) -> dict[str, Any]:
        values = asdict(self)
        if self.removed is None:
            values.pop("removed")
        return {
            "from": values.pop("from_year"),
            "to": self.from_year + 1,
            "schools": values.pop("schools"),
            "in": values.pop("came_in"),
            **values,
        }


@dataclass(frozen=True)
class BoardTotals:
    """Sums of the board's lines. `waiting`, `planned`, `ran` and `confirmed` are schools; they add up to `schools`."""

    schools: int
    waiting: int
    planned: int
    ran: int
    confirmed: int
    blocked: int
    came_in: int
    promoted: int
    retained: int
    completed: int
    pending: int
    has_left: int
    created: int
    exceptions: int


@dataclass(frozen=True)
class DependentLine:
    """One newer fact an undo would tear loose, as a person reads it. `name` is empty where it hangs on a class or on
    the school itself, `class_name` in the last case too."""

    school_id: int
    name: str
    class_name: str
    title: str

    @property
    def what(self) -> str:
        """The pupil, the class or the school it hangs on."""
        named = self.name or ("Lớp" if self.class_name else "Trường")
        return (
            f"{named} (lớp {self.class_name})"
            if self.class_name and self.name
            else f"{named} {self.class_name}".strip()
        )

    @property
    def sentence(self) -> str:
        return f"{self.what}: {self.title}"


@dataclass(frozen=True)
class HeldSchool:
    """A school that an undo cannot take back whole. `kinds` are (what is newer, how many); names stand on its page."""

    school_id: int
    kinds: tuple[tuple[str, int], ...]

    @property
    def count(self) -> int:
        return sum(count for _, count in self.kinds)

    @property
    def reason(self) -> str:
        return "; ".join(f"{title} ({count})" for title, count in self.kinds)


@dataclass(frozen=True)
class UndoPreview:
    """What an undo below a unit would take back. `schools_run` have a run that stands, `confirmed` of them a head's
    confirmation; `schools` are those that newer facts hold, the most held first."""

    schools_run: int
    confirmed: int
    runs: int
    created: int
    schools: list[HeldSchool]

    @property
    def held(self) -> int:
        """Newer facts in all."""
        return sum(school.count for school in self.schools)


def check_years(from_year: int) -> SchoolYear:
    """The target year, which must be open; P1.

    Errors:  ROL-01 says which command or page opens it.
    """
    years = SchoolYear.objects.in_bulk([from_year, from_year + 1])
    if from_year not in years:
        raise RolloverError(f"Chưa có năm học {from_year}-{from_year + 1} trong hệ thống.")
    last_day = years[from_year].ends_on
    if clock.today() <= last_day:
        raise RolloverError(
            f"Năm học {from_year}-{from_year + 1} chưa kết thúc (ngày cuối {last_day:%d/%m/%Y}) "
            "nên chưa thể kết chuyển."
        )
    target = years.get(from_year + 1)
    name = f"{from_year + 1}-{from_year + 2}"
    if target is None or target.state == YearState.PLANNED:
        raise RolloverError(
            f"Năm học {name} chưa mở. Sở mở năm học tại trang Năm học, hoặc: csdl year open {from_year + 1}."
        )
    if target.state == YearState.CLOSED:
        raise RolloverError(f"Năm học {name} đã khóa nên không thể kết chuyển vào. Sở mở lại năm học nếu có căn cứ.")
    return target


def schools_in_scope(*, actor: Actor, permission: Permission, from_year: int, unit: OrgUnit | None = None) -> list[int]:
    """Active schools of the source year below a unit (None: the whole province) that the actor may act for.

    Errors:  ROL-02 when there is none.
    """
    schools = SchoolProfile.objects.filter(start_year=from_year, is_active=True)
    if unit is not None:
        schools = schools.filter(school_id__in=subtree_ids(unit, clock.today()))
    allowed = actor.unit_ids(permission)
    if allowed is not None:
        schools = schools.filter(school_id__in=allowed)
    ids = list(schools.order_by("school_id").values_list("school_id", flat=True))
    if not ids:
        raise RolloverError(
            f"Không có trường nào đang hoạt động trong năm học {from_year}-{from_year + 1} ở phạm vi này.",
            code="ROL-02",
        )
    return ids


def totals(*, from_year: int, school_ids: Iterable[int], created: int | None = None) -> Totals:
    """Sum of the schools' lines; `created` of one run where given, else of all runs that stand."""
    asked = set(school_ids)
    lines = SchoolRollover.objects.filter(from_year=from_year, school_id__in=asked)
    sums = lines.aggregate(
        schools=Count("pk"),
        came_in=Sum("in_count", default=0),
        promoted=Sum("promoted_count", default=0),
        retained=Sum("retained_count", default=0),
        completed=Sum("completed_count", default=0),
        pending=Sum("pending_count", default=0),
        left=Sum("left_count", default=0),
        all_created=Sum("created_count", default=0),
        exceptions=Sum("exception_count", default=0),
        ran=Count("pk", filter=Q(state__in=[RunState.DONE, RunState.CONFIRMED])),
        confirmed=Count("pk", filter=Q(state=RunState.CONFIRMED)),
    )
    all_created, ran, confirmed = (
        sums.pop("all_created"),
        sums.pop("ran"),
        sums.pop("confirmed"),
    )
    return Totals(
        from_year=from_year,
        created=all_created if created is None else created,
        state=_state(sums["schools"], ran, confirmed),
        unplanned=len(asked) - sums["schools"],
        **sums,
    )


def _state(schools: int, ran: int, confirmed: int) -> str:
    if not schools:
        return "not_planned"
    if confirmed == schools:
        return "confirmed"
    if ran == schools:
        return "done"
    return "partial" if ran else "planned"


def school_lines(*, actor: Actor, from_year: int) -> QuerySet[SchoolRollover]:
    """Where the schools stand that the actor may see: the board."""
    lines = SchoolRollover.objects.filter(from_year=from_year).select_related("school__unit__parent")
    return visible(lines, actor, Permission.ROLLOVER_READ)


def school_line(*, school_id: int, from_year: int) -> SchoolRollover | None:
    """Where one school stands; None before its first plan."""
    return (
        SchoolRollover.objects.select_related("last_run__batch")
        .filter(school_id=school_id, from_year=from_year)
        .first()
    )


def plan_rows(*, actor: Actor, school_id: int, from_year: int) -> QuerySet[PlanRow]:
    """The plan of a school, pupil by pupil: old class beside new, in the order of classes and given names."""
    rows = PlanRow.objects.filter(from_year=from_year, school_id=school_id)
    return (
        visible(rows, actor, Permission.ROLLOVER_READ)
        .select_related("student", "source_class", "plan_class")
        .order_by(F("source_class__sort_key").asc(nulls_last=True), "student__sort_key", "pk")
    )


def plan_classes(*, school_id: int, from_year: int) -> QuerySet[PlanClass]:
    """The classes of the new year as planned, with how many pupils each gets."""
    return (
        PlanClass.objects.filter(from_year=from_year, school_id=school_id)
        .select_related("source_class")
        .annotate(
            # The school in the join itself: otherwise the whole province's plan is read for one school's classes.
            coming=FilteredRelation(
                "rows",
                condition=Q(
                    rows__from_year=from_year, rows__school_id=school_id, rows__act__in=[Act.PROMOTE, Act.RETAIN]
                ),
            ),
            pupil_count=Count("coming"),
        )
        .order_by("grade_code", "age_group_code", "ordinal", "pk")
    )


def classes_to_make(*, school_id: int, from_year: int) -> QuerySet[PlanClass]:
    """Planned classes that the new year does not have yet: what a run would still make."""
    there = SchoolClass.objects.filter(school_id=school_id, start_year=from_year + 1)
    return PlanClass.objects.filter(from_year=from_year, school_id=school_id).exclude(name__in=there.values("name"))


def runs_of_school(*, school_id: int, from_year: int, states: Sequence[str] = ()) -> QuerySet[RolloverRun]:
    """Runs of a school, newest first."""
    runs = RolloverRun.objects.filter(school_id=school_id, from_year=from_year).select_related("batch")
    return (runs.filter(state__in=states) if states else runs).order_by("-pk")


def undo_preview(*, actor: Actor, from_year: int, unit: OrgUnit) -> UndoPreview:
    """What an undo of all schools below a unit would take back now, and which schools newer facts hold.

    Errors:  ROL-02 there is no school below the unit that the actor may run.
    """
    ids = schools_in_scope(actor=actor, permission=Permission.ROLLOVER_RUN, from_year=from_year, unit=unit)
    standing = RolloverRun.objects.filter(
        from_year=from_year, school_id__in=ids, state__in=[RunState.DONE, RunState.CONFIRMED]
    )
    sums = standing.aggregate(
        schools_run=Count("school", distinct=True), runs=Count("pk"), created=Sum("created_count", default=0)
    )
    confirmed = SchoolRollover.objects.filter(from_year=from_year, school_id__in=ids, state=RunState.CONFIRMED)
    kinds: dict[int, Counter[str]] = defaultdict(Counter)
    for item in dependents_of(from_year=from_year, run_ids=list(standing.values_list("pk", flat=True))):
        kinds[item.school_id][item.title] += 1
    held = [HeldSchool(school_id, tuple(found.most_common())) for school_id, found in kinds.items()]
    return UndoPreview(
        confirmed=confirmed.count(), schools=sorted(held, key=lambda one: (-one.count, one.school_id)), **sums
    )


def newly_created_count(rows: QuerySet[PlanRow]) -> int:
    """How many enrolments a run of this plan would write: who moves and has not moved yet."""
    return rows.filter(act__in=[Act.PROMOTE, Act.RETAIN]).exclude(rule_code="D1").count()


def exceptions_first(rows: QuerySet[PlanRow]) -> QuerySet[Any]:
    """Adds `is_exception`: nothing can be done yet, or moved into no class; the condition of the plan's sums."""
    moved_nowhere = Q(act__in=[Act.PROMOTE, Act.RETAIN], plan_class__isnull=True) & ~Q(rule_code="D1")
    return rows.annotate(
        is_exception=Case(
            When(Q(act=Act.PENDING) | moved_nowhere, then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        )
    )


def class_sums(run: RolloverRun) -> QuerySet[ClassSum]:
    """What became of each class in one run, pupils without a class last."""
    return run.class_sums.select_related("source_class").order_by(
        F("source_class__grade_code").asc(nulls_last=True), "source_class__sort_key", "pk"
    )


def board(*, actor: Actor, from_year: int) -> QuerySet[SchoolProfile]:
    """Every school that works in the year being left, and where it stands; those never planned too.

    Shapes:  adds `state` (empty: no plan yet), `blocked_reason`, `planned_at` and the counts of SchoolRollover, 0
             without one.
    """
    counts = ("in", "promoted", "retained", "completed", "pending", "left", "created", "exception")
    rows = SchoolProfile.objects.filter(start_year=from_year, is_active=True).annotate(
        line=FilteredRelation("school__rollovers", condition=Q(school__rollovers__from_year=from_year)),
        state=Coalesce("line__state", Value("")),
        blocked_reason=Coalesce("line__blocked_reason", Value("")),
        planned_at=F("line__planned_at"),
        **{f"{name}_count": Coalesce(f"line__{name}_count", 0) for name in counts},
    )
    return visible(rows, actor, Permission.ROLLOVER_READ).select_related("school__unit__parent")


def board_totals(rows: QuerySet[SchoolProfile]) -> BoardTotals:
    """Sums of some lines of the board; one query."""
    waiting = Q(state__in=["", RunState.UNDONE])
    sums = rows.aggregate(
        schools=Count("pk"),
        waiting=Count("pk", filter=waiting),
        planned=Count("pk", filter=Q(state=RunState.PLANNED)),
        ran=Count("pk", filter=Q(state=RunState.DONE)),
        confirmed=Count("pk", filter=Q(state=RunState.CONFIRMED)),
        blocked=Count("pk", filter=~Q(blocked_reason="")),
        came_in=Sum("in_count", default=0),
        promoted=Sum("promoted_count", default=0),
        retained=Sum("retained_count", default=0),
        completed=Sum("completed_count", default=0),
        pending=Sum("pending_count", default=0),
        has_left=Sum("left_count", default=0),
        created=Sum("created_count", default=0),
        exceptions=Sum("exception_count", default=0),
    )
    return BoardTotals(**sums)


def jobs_over(unit_ids: Iterable[int]) -> QuerySet[Job]:
    """Plans, runs and undos asked for over any of these units by anybody, newest first."""
    return Job.objects.filter(kind__startswith="rollover:", args__unit_id__in=list(unit_ids)).order_by("-pk")


def dependent_lines(actor: Actor, dependents: Sequence[Dependent]) -> list[DependentLine]:
    """Who or which class keeps an undo from going through, by name, one line each."""
    students = visible(Student.objects.all(), actor, Permission.STUDENT_READ).in_bulk(
        {item.student_id for item in dependents if item.student_id}
    )
    classes = visible(SchoolClass.objects.all(), actor, Permission.CLASS_READ).in_bulk(
        {item.class_id for item in dependents if item.class_id}
    )
    lines = {
        DependentLine(
            item.school_id,
            students[item.student_id].full_name if item.student_id in students else "",
            classes[item.class_id].name if item.class_id in classes else "",
            item.title,
        )
        for item in dependents
    }
    return sorted(lines, key=lambda line: (line.class_name, line.name, line.title))
