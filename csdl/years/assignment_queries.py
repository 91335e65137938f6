"""Reads of who leads and teaches a school's classes: the rows of the grid, who may be assigned, each teacher's load.

Callers of a page pass rows that came through the gate; the actions read under the row policies alone.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Q, QuerySet, TextChoices

from csdl.audit.models import Event
from csdl.lib import sql
from csdl.orgs.models import School
from csdl.staff.models import StaffPosting
from csdl.staff.queries import ENDED_STATUSES
from csdl.years.models import HomeroomAssignment, SchoolClass, SchoolYear, TeachingAssignment
from csdl.years.plans import homeroom_reduction, level_norm, position_norm
from csdl.years.rules import held_on, homeroom_day, semester_window

__all__ = [
    "LastAct",
    "Load",
    "LoadState",
    "Seen",
    "homerooms_held",
    "last_act",
    "loads_of",
    "may_teach",
    "seen_now",
]

# Heads, teachers, vocational teachers, seconded teachers (code list staff_group).
_TEACHING_GROUPS = ("01", "03", "06", "10")
_HEADS = "01"


@dataclass(frozen=True)
class Seen:
    """What a page over a school's assignments shows: newest rows and edits when it was made."""

    teaching_row: int
    teaching_edit: int
    homeroom_row: int
    homeroom_edit: int

    def __str__(self) -> str:
        return f"{self.teaching_row}.{self.teaching_edit}.{self.homeroom_row}.{self.homeroom_edit}"

    @classmethod
    def read(cls, text: str) -> "Seen | None":
        """The mark that a form sent back; None where it is none."""
        parts = text.split(".")
        if len(parts) != 4 or not all(part.isdecimal() and len(part) < 19 for part in parts):
            return None
        return cls(*map(int, parts))


class LoadState(TextChoices):
    """How a load stands to its norm (rule ST-15); `FREE`: no norm counts the person's periods."""

    NONE = "none", "Chưa phân công"
    UNDER = "under", "Thiếu tiết"
    EVEN = "even", "Đủ định mức"
    OVER = "over", "Vượt định mức"
    FAR_OVER = "far_over", "Vượt 1,5 lần"
    FREE = "free", "Không tính tiết"


@dataclass
class Load:
    """What one person teaches in a semester. Units: periods a week; leading a class counts as `reduction`."""

    posting: StaffPosting
    assigned: Decimal = Decimal(0)
    reduction: Decimal = Decimal(0)
    norm: Decimal | None = None
    class_names: list[str] = field(default_factory=list)
    subject_codes: set[str] = field(default_factory=set)

    @property
    def total(self) -> Decimal:
        return self.assigned + self.reduction

    @property
    def difference(self) -> Decimal:
        return self.total - (self.norm or Decimal(0))

    @property
    def state(self) -> LoadState:
        if self.norm is None:
            return LoadState.FREE
        if not self.assigned and self.posting.staff_group_code != _HEADS:
            return LoadState.NONE
        if self.total > self.norm * Decimal("1.5"):
            return LoadState.FAR_OVER
        if self.total > self.norm:
            return LoadState.OVER
        return LoadState.EVEN if self.total == self.norm else LoadState.UNDER


@dataclass(frozen=True)
class LastAct:
    """The newest act on a school's assignments of a year that can still be taken back."""

    key: int
    at: dt.datetime
    who: str
    kind: str
    count: int


def may_teach(postings: QuerySet[StaffPosting], school: School, year: SchoolYear) -> QuerySet[StaffPosting]:
    """Postings of teachers and heads at a school who work there on some day of the year, by name."""
    first, last = semester_window(year, 1)[0], semester_window(year, 2)[1]
    rows = postings.filter(unit_id=school.pk, staff_group_code__in=_TEACHING_GROUPS, valid_from__lte=last)
    rows = rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=first))
    # Whoever left for good before the year began, though nobody wrote the day.
    rows = rows.exclude(status_code__in=ENDED_STATUSES, valid_to__isnull=True)
    return rows.select_related("staff").order_by("staff__sort_key", "staff_id", "-valid_from")


def homerooms_held(rows: Iterable[HomeroomAssignment], day: dt.date) -> dict[int, HomeroomAssignment]:
    """Who leads each class on a day: class -> row; where nobody does, who is to lead it next."""
    found: dict[int, HomeroomAssignment] = {}
    for row in sorted(rows, key=lambda row: row.valid_from, reverse=True):
        if row.valid_from > day or held_on(row, day):
            found[row.school_class_id] = row
    return found


def loads_of(
    postings: Iterable[StaffPosting],
    teaching: Iterable[TeachingAssignment],
    homerooms: Iterable[HomeroomAssignment],
    classes: Mapping[int, SchoolClass],
    *,
    year: SchoolYear,
    semester: int,
    today: dt.date,
) -> dict[int, Load]:
    """Load of each person in a semester: staff -> load, in the order of the postings. Drafts count as well."""
    found: dict[int, Load] = {}
    for posting in postings:
        found.setdefault(posting.staff_id, Load(posting))
    by_level: dict[int, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in teaching:
        if row.semester == semester and row.staff_id in found and row.school_class_id in classes:
            periods = row.periods_per_week or Decimal(0)
            found[row.staff_id].assigned += periods
            found[row.staff_id].subject_codes.add(row.subject_code)
            by_level[row.staff_id][classes[row.school_class_id].level_code] += periods
    leading = homerooms_held(homerooms, homeroom_day(year, semester, today))
    for class_id in classes:
        if (held := leading.get(class_id)) and held.staff_id in found:
            load = found[held.staff_id]
            # Two classes led are one duty: the reduction is not counted twice.
            load.reduction = max(load.reduction, homeroom_reduction(classes[class_id].level_code))
            load.class_names.append(classes[class_id].name)
    for staff_id, load in found.items():
        load.norm = _norm(load.posting, by_level[staff_id])
    return found


def seen_now(school: School, year: SchoolYear) -> Seen:
    """The mark that a page carries, to tell later what a colleague wrote since."""
    return Seen(**sql.one("csdl.years", "40_seen_assignments", school_id=school.pk, start_year=year.start_year))


def last_act(school: School, year: SchoolYear) -> LastAct | None:
    """The newest act that was not taken back; None where there is none among the last few."""
    rows = Event.objects.filter(
        unit_id=school.pk, kind__startswith="assignment:", data__start_year=year.start_year
    ).order_by("-pk")
    undone = set()
    for key, at, who, kind, of, count in rows.values_list("pk", "at", "actor_label", "kind", "data__of", "data__count")[
        :20
    ]:
        if kind == "assignment:undo":
            undone.add(of)
        elif key not in undone:
            return LastAct(key, at, who, kind, count)
    return None


def _norm(posting: StaffPosting, by_level: Mapping[str, Decimal]) -> Decimal | None:
    """A head's own; else that of the level where the person teaches most, of the posting where nothing is taught."""
    if posting.staff_group_code == _HEADS:
        return position_norm(posting.position_code)
    level = max(by_level, key=lambda code: (by_level[code], code)) if by_level else next(iter(posting.level_codes), "")
    return level_norm(level)
