"""Who leads and who teaches a school's classes: cells of the grid set, drafts confirmed, last year copied, all undone.

A *cell* is a class and a subject in a semester with the people who teach it, or a class and who leads it. Every act
locks the school's classes, checks all its cells, writes them in a fixed number of statements and leaves one event that
holds the rows of those cells before and after: an undo puts the former back while the latter still stand.
Homeroom assignments change nobody's rights.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.db import models, transaction

from csdl.accounts.actor import Actor
from csdl.accounts.errors import CsdlError, InvalidRecord
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.audit.edits import Author, rows_as_seen
from csdl.audit.models import Event
from csdl.lib import clock
from csdl.orgs.models import School
from csdl.staff.models import StaffPosting
from csdl.years.assignment_queries import (
    LoadState,
    Seen,
    homerooms_held,
    loads_of,
    may_teach,
)
from csdl.years.enums import AssignmentState
from csdl.years.errors import AssignmentError
from csdl.years.models import HomeroomAssignment, SchoolClass, SchoolYear, TeachingAssignment
from csdl.years.plans import fields_of, fits_level, parted, plan_of, subject_labels
from csdl.years.rules import check_year_open, held_on, homeroom_day, periods_text, semester_window, stay_window

__all__ = [
    "HOMEROOM",
    "Cell",
    "CellOverlap",
    "CellsChanged",
    "SavedAssignments",
    "Share",
    "assign_homeroom",
    "confirm_drafts",
    "copy_last_year",
    "end_homeroom",
    "save_assignments",
    "set_teaching",
    "undo_assignments",
]

# In place of a subject's code: the cell says who leads the class.
HOMEROOM = "cn"
_MOST_PERIODS = Decimal(60)
_SHOWN = 20
_ACTS_ASKED = 50
_TEACHING_FIELDS = (
    *("school_class_id", "subject_code", "staff_id", "semester", "periods_per_week", "state", "created_by", "run_id"),
)
_HOMEROOM_FIELDS = ("school_class_id", "staff_id", "valid_from", "valid_to", "state", "created_by", "run_id")


@dataclass(frozen=True)
class Share:
    """One person in a cell. `periods` a week; None: what the programme gives, shared among those of the cell."""

    staff_id: int
    periods: Decimal | None = None


@dataclass(frozen=True)
class Cell:
    """Who is to lead (subject HOMEROOM) or teach a class; no share: nobody."""

    class_id: int
    subject_code: str
    shares: tuple[Share, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.class_id}-{self.subject_code}"


@dataclass(frozen=True)
class CellOverlap:
    """A cell that was changed since the page was made: as it was then and as it is now. `by`: who changed it last, None
    where the log does not say."""

    key: str
    base: tuple[Share, ...]
    theirs: tuple[Share, ...]
    by: Author | None = field(default=None, compare=False)


class CellsChanged(CsdlError):
    """EDT-01: some of these cells were changed since, by a colleague or by oneself on another page; nothing is written.
    `overlaps` shows both sides."""

    code = "EDT-01"

    def __init__(self, overlaps: list[CellOverlap]) -> None:
        self.overlaps = overlaps
        super().__init__(
            f"Sau khi trang này được mở, {len(overlaps)} ô đã được sửa. "
            "Hãy xem hai giá trị cạnh nhau, chọn rồi lưu lại."
        )


@dataclass(frozen=True)
class SavedAssignments:
    """`count` cells were changed, `event` takes them back (None where nothing changed); `warnings` do not stop."""

    count: int
    event: Event | None
    warnings: tuple[str, ...] = ()


@transaction.atomic
def save_assignments(
    *,
    actor: Actor,
    school: School,
    year: SchoolYear,
    semester: int,
    cells: Sequence[Cell],
    seen: Seen | None,
    homeroom_on: dt.date | None = None,
) -> SavedAssignments:
    """Set cells of a school's grid, all or none. What is set is confirmed.

    Shapes:  `seen` is the mark of the page (assignment_queries.seen_now); None takes the cells as they are.
    Units:   `homeroom_on`: the first day of a change of homeroom teacher.
    Errors:  NotAllowed; YEAR-02; REC-01 with every fault by cell key; EDT-01 where a colleague changed a cell since.
    """
    actor.require(Permission.ASSIGNMENT_EDIT, on=school)
    desk = _Desk(actor, school, year, semesters=(semester,))
    faults: dict[str, list[str]] = defaultdict(list)
    for cell in cells:
        for fault in desk.faults(cell, semester, homeroom_on):
            faults[cell.key].append(fault)
    if faults:
        raise InvalidRecord(dict(faults))
    changed = [cell for cell in cells if desk.shares(cell, semester, homeroom_on) != desk.wanted(cell, semester)]
    if seen and (overlaps := desk.overlaps(changed, semester, homeroom_on, seen)):
        raise CellsChanged(overlaps)
    for cell in cells:
        desk.set(cell, semester, homeroom_on)
    event = desk.write("save")
    people = {share.staff_id for cell in changed for share in cell.shares}
    warnings = desk.warnings(people, changed, semester) if event else []
    return SavedAssignments(len(desk.touched), event, tuple(warnings))


def set_teaching(
    *,
    actor: Actor,
    school_class: SchoolClass,
    subject_code: str,
    semester: int,
    shares: Iterable[Share],
    seen: Seen | None = None,
) -> SavedAssignments:
    """Say who teaches one class one subject; none takes the assignment away. Errors as `save_assignments`."""
    return save_assignments(
        actor=actor,
        school=school_class.school,
        year=SchoolYear.objects.get(pk=school_class.start_year),
        semester=semester,
        cells=[Cell(school_class.pk, subject_code, tuple(shares))],
        seen=seen,
    )


def assign_homeroom(
    *, actor: Actor, school_class: SchoolClass, staff_id: int, on: dt.date | None, seen: Seen | None = None
) -> SavedAssignments:
    """Let somebody lead a class from a day on: who led it until then is ended on that day, a draft gives way.

    Errors as `save_assignments`.
    """
    return _set_homeroom(actor, school_class, (Share(staff_id),), on, seen)


def end_homeroom(
    *, actor: Actor, school_class: SchoolClass, on: dt.date | None, seen: Seen | None = None
) -> SavedAssignments:
    """Leave a class without homeroom teacher from a day on; an assignment that never began is withdrawn.

    Errors as `save_assignments`.
    """
    return _set_homeroom(actor, school_class, (), on, seen)


@transaction.atomic
def copy_last_year(*, actor: Actor, school: School, year: SchoolYear) -> SavedAssignments:
    """Copy last year's assignments along the classes (`lineage`) into cells that are empty, as drafts.

    Shapes:  a subject goes along where the new grade has it, its teacher while still posted at the school.
    Errors:  NotAllowed; YEAR-02; ASG-01 nothing to copy.
    """
    actor.require(Permission.ASSIGNMENT_EDIT, on=school)
    desk = _Desk(actor, school, year, semesters=(1, 2))
    desk.copy_from(SchoolYear.objects.filter(pk=year.start_year - 1).first())
    event = desk.write("copy")
    if event is None:
        raise AssignmentError("Không có phân công nào của năm học trước để chép: các ô đã có người hoặc lớp mới lập.")
    return SavedAssignments(len(desk.touched), event)


@transaction.atomic
def confirm_drafts(*, actor: Actor, school: School, year: SchoolYear) -> SavedAssignments:
    """Confirm every draft of a school's year; those whose teacher no longer works there stay and are named.

    Errors:  NotAllowed; YEAR-02; ASG-01 no draft can be confirmed.
    """
    actor.require(Permission.ASSIGNMENT_EDIT, on=school)
    desk = _Desk(actor, school, year, semesters=(1, 2))
    left = desk.confirm()
    event = desk.write("confirm")
    if event is None:
        raise AssignmentError("Không có bản nháp nào xác nhận được.", problems=left)
    return SavedAssignments(len(desk.touched), event, tuple(left))


@transaction.atomic
def undo_assignments(*, actor: Actor, school: School, event: Event) -> int:
    """Put every cell of an act back as it was, while all of them still stand as the act left them.

    Errors:  NotAllowed; YEAR-02; ASG-01 not to be undone here or undone already; ASG-02 cells changed since, by name.
    """
    if event.unit_id != school.pk or not event.kind.startswith("assignment:") or "after" not in event.data:
        raise AssignmentError("Việc này không hoàn tác được ở đây.")
    actor.require(Permission.ASSIGNMENT_EDIT, on=school)
    year = SchoolYear.objects.get(pk=event.data["start_year"])
    desk = _Desk(actor, school, year, semesters=(1, 2))
    if Event.objects.filter(kind="assignment:undo", unit_id=school.pk, data__of=event.pk).exists():
        raise AssignmentError("Việc này đã được hoàn tác rồi.")
    changed = desk.put_back(event)
    if changed:
        raise AssignmentError(
            f"Không hoàn tác được: {len(changed)} ô đã được sửa sau đó. Hãy sửa từng ô.",
            code="ASG-02",
            problems=changed[:_SHOWN] + ([f"… và {len(changed) - _SHOWN} ô khác"] if len(changed) > _SHOWN else []),
        )
    desk.write("undo", of=event.pk)
    return len(event.data["cells"])


def _set_homeroom(
    actor: Actor, school_class: SchoolClass, shares: tuple[Share, ...], on: dt.date | None, seen: Seen | None
) -> SavedAssignments:
    return save_assignments(
        actor=actor,
        school=school_class.school,
        year=SchoolYear.objects.get(pk=school_class.start_year),
        semester=1,
        cells=[Cell(school_class.pk, HOMEROOM, shares)],
        seen=seen,
        homeroom_on=on,
    )


class _Desk:
    """A school's assignments of a year while an act works on them: read once, changed in memory, written once."""

    def __init__(self, actor: Actor, school: School, year: SchoolYear, *, semesters: tuple[int, ...]) -> None:
        self.actor, self.school = actor, school
        self.year = SchoolYear.objects.get(pk=year.pk)
        check_year_open(self.year)
        self.today = clock.today()
        own = SchoolClass.objects.filter(school=school, start_year=self.year.start_year)
        # Two acts on one school wait for each other; enrolments, which only point at the classes, do not wait.
        self.classes = {row.pk: row for row in own.order_by("pk").select_for_update(no_key=True)}
        self.postings = list(may_teach(StaffPosting.objects.all(), school, self.year))
        self.teaching: dict[tuple[int, str, int], list[TeachingAssignment]] = defaultdict(list)
        for row in TeachingAssignment.objects.filter(school_class__in=self.classes, semester__in=semesters).order_by(
            "pk"
        ):
            self.teaching[row.school_class_id, row.subject_code, row.semester].append(row)
        self.homerooms: dict[int, list[HomeroomAssignment]] = defaultdict(list)
        for held in HomeroomAssignment.objects.filter(school_class__in=self.classes).order_by("valid_from"):
            self.homerooms[held.school_class_id].append(held)
        self._teaching_before: dict[tuple[int, str, int], list[TeachingAssignment]] = {}
        self._homerooms_before: dict[int, list[HomeroomAssignment]] = {}

    @property
    def touched(self) -> list[str]:
        """Keys of the cells that the act changes."""
        return [f"{class_id}-{code}-{semester}" for class_id, code, semester in self._teaching_before] + [
            f"{class_id}-{HOMEROOM}" for class_id in self._homerooms_before
        ]

    # What may stand in a cell

    def faults(self, cell: Cell, semester: int, on: dt.date | None) -> list[str]:
        school_class = self.classes.get(cell.class_id)
        if school_class is None:
            return ["Lớp không thuộc trường này trong năm học đang chọn."]
        found = []
        if cell.subject_code == HOMEROOM:
            if len(cell.shares) > 1:
                found.append("Mỗi lớp chỉ có một giáo viên chủ nhiệm trong một ngày.")
            first, last = stay_window(self.year)
            if on is None or not first <= on <= last:
                found.append(f"Ngày chủ nhiệm phải từ {first:%d/%m/%Y} đến {last:%d/%m/%Y}.")
                return found
            found += [f for share in cell.shares if (f := self._posting_fault(share.staff_id, on, on))]
            target = self._leading(cell.class_id, on)
            if not cell.shares and target and on <= target.valid_from <= self.today and _is_set(target):
                found.append(f"Đã chủ nhiệm từ {target.valid_from:%d/%m/%Y}: hãy chọn ngày thôi sau ngày ấy.")
            return found
        if not fits_level(cell.subject_code, school_class.level_code):
            found.append(f"Môn không thuộc cấp học của lớp {school_class.name}.")
        staff = [share.staff_id for share in cell.shares]
        if len(set(staff)) < len(staff):
            found.append("Một người được ghi hai lần trong ô.")
        if any(share.periods is not None and not 0 < share.periods <= _MOST_PERIODS for share in cell.shares):
            found.append("Số tiết mỗi tuần phải lớn hơn 0 và không quá 60.")
        window = semester_window(self.year, semester)
        return found + [f for staff_id in dict.fromkeys(staff) if (f := self._posting_fault(staff_id, *window))]

    def _posting_fault(self, staff_id: int, first: dt.date, last: dt.date) -> str:
        own = [one for one in self.postings if one.staff_id == staff_id]
        if not own:
            return "Người này không phải giáo viên, cán bộ quản lý của trường trong năm học này."
        if any(one.valid_from <= last and (one.valid_to is None or one.valid_to > first) for one in own):
            return ""
        newest = own[0]
        when = (
            f"làm việc tại trường từ {newest.valid_from:%d/%m/%Y}"
            if newest.valid_from > last
            else f"thôi làm việc tại trường từ {newest.valid_to:%d/%m/%Y}"
        )
        return f"{newest.staff.full_name} {when}."

    # What stands in it, what shall

    def shares(self, cell: Cell, semester: int, on: dt.date | None) -> tuple[Share, ...]:
        """The cell as it is now."""
        if cell.subject_code == HOMEROOM:
            return _shares_of(row for row in [self._leading(cell.class_id, on)] if row)
        return _shares_of(self.teaching.get((cell.class_id, cell.subject_code, semester), ()))

    def wanted(self, cell: Cell, semester: int) -> tuple[Share, ...]:
        """The cell as it shall be: periods that nobody said are those of the programme, shared."""
        if cell.subject_code == HOMEROOM:
            return tuple(sorted((Share(share.staff_id) for share in cell.shares), key=_by_staff))
        school_class = self.classes[cell.class_id]
        planned = plan_of(school_class.grade_code, self.year.start_year).get(cell.subject_code)
        given = sum((share.periods for share in cell.shares if share.periods is not None), Decimal(0))
        open_count = sum(share.periods is None for share in cell.shares)
        parts = iter(parted(planned.periods - given, open_count) if planned else [None] * open_count)
        return tuple(
            Share(one.staff_id, one.periods if one.periods is not None else next(parts))
            for one in sorted(cell.shares, key=_by_staff)
        )

    def overlaps(self, cells: Sequence[Cell], semester: int, on: dt.date | None, seen: Seen) -> list[CellOverlap]:
        """Which of these cells a colleague changed since, to something else than is wanted."""
        class_ids = list({cell.class_id for cell in cells})
        if not class_ids:
            return []
        then: dict[str, list[Any]] = defaultdict(list)
        for row in rows_as_seen(
            TeachingAssignment,
            {"school_class__in": class_ids, "semester": semester},
            last_row=seen.teaching_row,
            last_edit=seen.teaching_edit,
        ):
            then[f"{row.school_class_id}-{row.subject_code}"].append(row)
        leading: dict[int, list[Any]] = defaultdict(list)
        for row in rows_as_seen(
            HomeroomAssignment,
            {"school_class__in": class_ids},
            last_row=seen.homeroom_row,
            last_edit=seen.homeroom_edit,
        ):
            leading[row.school_class_id].append(row)
        day = on or self.today
        for class_id, rows in leading.items():
            if held := homerooms_held(rows, day).get(class_id):
                then[f"{class_id}-{HOMEROOM}"].append(held)
        found = []
        for cell in cells:
            base, now = _shares_of(then[cell.key]), self.shares(cell, semester, on)
            if base != now:
                found.append(CellOverlap(cell.key, base, now))
        authors = self._authors({one.key for one in found}, semester) if found else {}
        return [replace(one, by=authors.get(one.key)) for one in found]

    def _authors(self, keys: Collection[str], semester: int) -> dict[str, Author]:
        """Who changed each of these cells last, by the newest acts of the school."""
        found: dict[str, Author] = {}
        acts = Event.objects.filter(unit_id=self.school.pk, kind__startswith="assignment:")
        for act in acts.order_by("-pk")[:_ACTS_ASKED]:
            # An undo keeps no cells of its own: they are those of the act that it took back.
            named = Event.objects.filter(pk=act.data["of"]).first() if "of" in act.data else act
            for cell in named.data.get("cells", ()) if named else ():
                key = f"{cell['class']}-{cell['subject']}"
                if key in keys and cell["semester"] in (semester, None):
                    found.setdefault(key, Author(act.at, act.account_id, act.actor_label))
        return found

    def set(self, cell: Cell, semester: int, on: dt.date | None) -> None:
        """Change the cell in memory; rows that stay as they are keep who wrote them."""
        if cell.subject_code == HOMEROOM:
            self._lead(cell.class_id, cell.shares[0].staff_id if cell.shares else None, on)
            return
        wanted = self.wanted(cell, semester)
        key = cell.class_id, cell.subject_code, semester
        rows = self.teaching.get(key, [])
        if _shares_of(rows) == wanted and all(_is_set(row) for row in rows):
            return
        standing = {row.staff_id: row for row in rows}
        after = []
        for share in wanted:
            row = copy(standing[share.staff_id]) if share.staff_id in standing else None
            if row is None:
                row = TeachingAssignment(
                    school_class_id=cell.class_id,
                    subject_code=cell.subject_code,
                    semester=semester,
                    staff_id=share.staff_id,
                    created_by=self.actor.account_id,
                )
            row.periods_per_week, row.state = share.periods, AssignmentState.CONFIRMED
            after.append(row)
        self._put_teaching(key, after)

    def _lead(self, class_id: int, staff_id: int | None, on: dt.date | None) -> None:
        rows = self.homerooms.get(class_id, [])
        now = self._leading(class_id, on)
        if (now.staff_id if now else None) == staff_id and (now is None or _is_set(now)):
            return
        assert on is not None
        if now and now.staff_id == staff_id:
            confirmed = copy(now)
            confirmed.state = AssignmentState.CONFIRMED
            self._put_homerooms(class_id, [confirmed if row is now else row for row in rows])
            return
        after: list[HomeroomAssignment] = []
        reused: HomeroomAssignment | None = None
        for row in rows:
            if not _is_set(row) or (row.valid_from >= on and row.valid_from > self.today and row is now):
                continue  # never began: withdrawn
            kept = copy(row)
            if row.valid_from == on:
                reused = kept  # said of the same day: corrected, the row's history keeps whom
                continue
            if held_on(row, on):
                kept.valid_to = on
            after.append(kept)
        if staff_id is not None:
            following = [row.valid_from for row in after if row.valid_from > on]
            row = reused or HomeroomAssignment(
                school_class_id=class_id, valid_from=on, created_by=self.actor.account_id
            )
            row.staff_id, row.state = staff_id, AssignmentState.CONFIRMED
            row.valid_to = min(following, default=None)
            after.append(row)
        self._put_homerooms(class_id, after)

    def _leading(self, class_id: int, on: dt.date | None) -> HomeroomAssignment | None:
        rows = self.homerooms.get(class_id, [])
        return homerooms_held(rows, on or homeroom_day(self.year, 1, self.today)).get(class_id)

    # Whole school

    def copy_from(self, source: SchoolYear | None) -> None:
        heirs: dict[int, list[SchoolClass]] = defaultdict(list)
        for school_class in self.classes.values():
            if school_class.lineage_id:
                heirs[school_class.lineage_id].append(school_class)
        if source is None or not heirs:
            return
        old: dict[tuple[int, str, int], list[TeachingAssignment]] = defaultdict(list)
        for row in TeachingAssignment.objects.filter(school_class__in=heirs).order_by("pk"):
            old[row.school_class_id, row.subject_code, row.semester].append(row)
        for (class_id, code, semester), rows in old.items():
            window = semester_window(self.year, semester)
            going = [row for row in rows if not self._posting_fault(row.staff_id, *window)]
            for heir in heirs[class_id]:
                key = heir.pk, code, semester
                plan = plan_of(heir.grade_code, self.year.start_year)
                has_subject = code in plan if plan else fits_level(code, heir.level_code)
                if going and has_subject and not self.teaching.get(key):
                    alone = len(rows) == 1 and code in plan
                    self._put_teaching(key, [self._draft(row, heir, plan[code].periods if alone else None)
                                             for row in going])  # fmt: skip
        led = HomeroomAssignment.objects.filter(school_class__in=heirs)
        for class_id, held in homerooms_held(led, source.ends_on).items():
            for heir in heirs[class_id]:
                day = self.year.starts_on
                if not self.homerooms.get(heir.pk) and not self._posting_fault(held.staff_id, day, day):
                    draft = HomeroomAssignment(
                        school_class_id=heir.pk,
                        staff_id=held.staff_id,
                        valid_from=day,
                        state=AssignmentState.PROPOSED,
                        created_by=self.actor.account_id,
                    )
                    self._put_homerooms(heir.pk, [draft])

    def _draft(self, row: TeachingAssignment, heir: SchoolClass, periods: Decimal | None) -> TeachingAssignment:
        return TeachingAssignment(
            school_class_id=heir.pk,
            subject_code=row.subject_code,
            staff_id=row.staff_id,
            semester=row.semester,
            periods_per_week=row.periods_per_week if periods is None else periods,
            state=AssignmentState.PROPOSED,
            created_by=self.actor.account_id,
        )

    def confirm(self) -> list[str]:
        """Confirm in memory; answers who stays a draft and why."""
        left = []
        for key, rows in list(self.teaching.items()):
            class_id, code, semester = key
            faults = [
                fault
                for row in rows
                if not _is_set(row)
                and (fault := self._posting_fault(row.staff_id, *semester_window(self.year, semester)))
            ]
            left += [f"{self._name(class_id, code, semester)}: {fault}" for fault in faults]
            if not faults and not all(_is_set(row) for row in rows):
                self._put_teaching(key, [_confirmed(row) for row in rows])
        for class_id, held in list(self.homerooms.items()):
            drafts = [row for row in held if not _is_set(row)]
            faults = [f for row in drafts if (f := self._posting_fault(row.staff_id, row.valid_from, row.valid_from))]
            left += [f"{self._name(class_id, HOMEROOM)}: {fault}" for fault in faults]
            if drafts and not faults:
                self._put_homerooms(class_id, [_confirmed(row) for row in held])
        return left

    def put_back(self, event: Event) -> list[str]:
        """Set every cell of an event as it was before; answers which of them do not stand as the event left them."""
        changed = []
        for said in event.data["cells"]:
            class_id, code, semester = said["class"], said["subject"], said["semester"]
            is_homeroom = code == HOMEROOM
            rows: Sequence[Any] = (
                self.homerooms.get(class_id, []) if is_homeroom else self.teaching.get((class_id, code, semester), [])
            )
            if class_id not in self.classes or _said(_as_kept(rows)) != _said(said["after"]):
                changed.append(self._name(class_id, code, semester))
                continue
            present = {row.pk for row in rows}
            before = [
                _restored(HomeroomAssignment if is_homeroom else TeachingAssignment, one) for one in said["before"]
            ]
            for row in before:
                if row.pk not in present:
                    row.pk = None
            if is_homeroom:
                self._put_homerooms(class_id, before)
            else:
                self._put_teaching((class_id, code, semester), before)
        return changed

    # Written

    def _put_teaching(self, key: tuple[int, str, int], after: list[TeachingAssignment]) -> None:
        self._teaching_before.setdefault(key, self.teaching.get(key, []))
        self.teaching[key] = after

    def _put_homerooms(self, class_id: int, after: list[HomeroomAssignment]) -> None:
        self._homerooms_before.setdefault(class_id, self.homerooms.get(class_id, []))
        self.homerooms[class_id] = after

    def write(self, act: str, **more: Any) -> Event | None:
        """Bring what was changed to the tables and the log; None where nothing was."""
        if not self.touched:
            return None
        kept: list[dict[str, Any]] = [
            {"class": key[0], "subject": key[1], "semester": key[2], "before": _as_kept(rows)}
            for key, rows in self._teaching_before.items()
        ]
        kept += [
            {"class": class_id, "subject": HOMEROOM, "semester": None, "before": _as_kept(held)}
            for class_id, held in self._homerooms_before.items()
        ]
        _write(TeachingAssignment, self._teaching_before, self.teaching)
        _write(HomeroomAssignment, self._homerooms_before, self.homerooms)
        for said in kept:
            key = said["class"], said["subject"], said["semester"]
            said["after"] = _as_kept(
                self.homerooms[said["class"]] if said["subject"] == HOMEROOM else self.teaching[key]
            )
        data = {"start_year": self.year.start_year, "count": len(kept), **more}
        # An undo is not undone itself: its cells need not be kept a second time.
        data |= {} if act == "undo" else {"cells": kept, "after": True}
        return record(actor=self.actor, kind=f"assignment:{act}", unit_id=self.school.pk, data=data)

    # Said, not refused

    def warnings(self, people: Collection[int], cells: Iterable[Cell], semester: int) -> list[str]:
        """Two classes led, another subject than one's own (ST-05), a load of none or far above the norm (ST-15)."""
        own = {posting.staff_id: posting.staff for posting in self.postings}
        subjects = subject_labels(self.year.start_year)
        found = []
        for cell in cells:
            fields = fields_of(cell.subject_code)
            for share in cell.shares:
                field = own[share.staff_id].teacher_subject_code
                if fields and field and field not in fields:
                    name = subjects.get(cell.subject_code, cell.subject_code)
                    found.append(
                        f"{own[share.staff_id].full_name} dạy {name} lớp {self.classes[cell.class_id].name}: "
                        "khác môn dạy trong hồ sơ (ST-05)."
                    )
        loads = loads_of(
            self.postings,
            [row for rows in self.teaching.values() for row in rows],
            [row for rows in self.homerooms.values() for row in rows],
            self.classes,
            year=self.year,
            semester=semester,
            today=self.today,
        )
        for staff_id in people:
            load = loads[staff_id]
            name = own[staff_id].full_name
            if len(load.class_names) > 1:
                found.append(f"{name} chủ nhiệm {len(load.class_names)} lớp: {', '.join(load.class_names)}.")
            if load.state == LoadState.FAR_OVER:
                found.append(
                    f"{name} được giao {periods_text(load.total)} tiết/tuần kể cả chủ nhiệm, "
                    f"vượt 1,5 lần định mức {periods_text(load.norm)} (ST-15)."
                )
        return list(dict.fromkeys(found))

    def _name(self, class_id: int, code: str, semester: int | None = None) -> str:
        school_class = self.classes.get(class_id)
        name = f"Lớp {school_class.name}" if school_class else "Lớp đã bỏ"
        if code == HOMEROOM:
            return f"{name}, chủ nhiệm"
        return f"{name}, {subject_labels(self.year.start_year).get(code, code)}, học kì {semester}"


def _write[M: models.Model, K](model: type[M], before: Mapping[K, list[M]], now: Mapping[K, list[M]]) -> None:
    """Three statements at most: what is gone, what is changed, what is new."""
    fields = _TEACHING_FIELDS if model is TeachingAssignment else _HOMEROOM_FIELDS
    old = {row.pk: row for rows in before.values() for row in rows}
    after = [row for key in before for row in now[key]]
    kept = {row.pk for row in after if row.pk}
    changed = [row for row in after if row.pk and _values(row) != _values(old[row.pk])]
    rows = model._default_manager
    written = 0
    if gone := [key for key in old if key not in kept]:
        written = rows.filter(pk__in=gone).delete()[1].get(model._meta.label, 0) - len(gone)
    if changed:
        written += rows.bulk_update(changed, fields) - len(changed)
    if written:
        raise CsdlError("Phân công này không sửa được nữa: năm học đã khóa hoặc ngoài phạm vi đơn vị.", code="EDT-02")
    rows.bulk_create([row for row in after if not row.pk])


def _values(row: Any) -> list[Any]:
    fields = _TEACHING_FIELDS if isinstance(row, TeachingAssignment) else _HOMEROOM_FIELDS
    return [_plain(getattr(row, name)) for name in ("pk", *fields)]


def _plain(value: Any) -> Any:
    """As the event keeps it."""
    if isinstance(value, Decimal):
        return str(value.quantize(Decimal("0.1")))
    if isinstance(value, AssignmentState):
        return value.value
    return value.isoformat() if isinstance(value, dt.date) else value


def _as_kept(rows: Iterable[Any]) -> list[list[Any]]:
    return sorted(_values(row) for row in rows)


def _said(kept: list[list[Any]]) -> list[str]:
    """What rows say, whatever their keys: a row that an undo brought back has a new one."""
    return sorted(str(values[1:]) for values in kept)


def _restored(model: type[Any], values: list[Any]) -> Any:
    fields = _TEACHING_FIELDS if model is TeachingAssignment else _HOMEROOM_FIELDS
    said = dict(zip(("pk", *fields), values, strict=True))
    for name in ("valid_from", "valid_to"):
        if said.get(name):
            said[name] = dt.date.fromisoformat(said[name])
    if said.get("periods_per_week") is not None:
        said["periods_per_week"] = Decimal(said["periods_per_week"])
    return model(**said)


def _shares_of(rows: Iterable[Any]) -> tuple[Share, ...]:
    return tuple(sorted((Share(row.staff_id, getattr(row, "periods_per_week", None)) for row in rows), key=_by_staff))


def _by_staff(share: Share) -> int:
    return share.staff_id


def _is_set(row: Any) -> bool:
    return bool(row.state == AssignmentState.CONFIRMED)


def _confirmed[R: (TeachingAssignment, HomeroomAssignment)](row: R) -> R:
    made = copy(row)
    made.state = AssignmentState.CONFIRMED
    return made
