"""The grid of a school's assignments as a page shows it: classes by subjects, what a cell says, what was typed into it.

A fixed number of statements however large the school; the long body is written in one go, as `components.table` does.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as fresh
from html import escape
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

from csdl.access.queries import visible
from csdl.accounts.permissions import Permission
from csdl.audit.edits import rows_as_seen
from csdl.codes import queries as codes
from csdl.lib import clock
from csdl.lib.vietnamese import squeeze
from csdl.orgs.models import School
from csdl.portals.components.table import Cell as TableCell
from csdl.portals.components.table import Row, addresses, table_body
from csdl.portals.school.assignment_names import TeacherNames
from csdl.staff.models import StaffMember, StaffPosting
from csdl.years.actions.assignments import HOMEROOM, Cell, Share
from csdl.years.assignment_queries import Load, LoadState, Seen, homerooms_held, loads_of, may_teach, seen_now
from csdl.years.enums import AssignmentState
from csdl.years.models import HomeroomAssignment, SchoolClass, SchoolYear, TeachingAssignment
from csdl.years.plans import PlanKind, fits_level, parted, plan_of, subject_labels
from csdl.years.queries import classes
from csdl.years.rules import homeroom_day, periods_text

__all__ = ["LOAD_TONES", "Sheet", "SheetCell", "SheetRow", "load_lines"]

_TAUGHT = ("school_class_id", "subject_code", "staff_id", "semester", "periods_per_week", "state")
_LED = ("school_class_id", "staff_id", "valid_from", "valid_to", "state")
# Load against the norm: tone of the badge.
LOAD_TONES = {
    LoadState.NONE: "wait",
    LoadState.UNDER: "info",
    LoadState.EVEN: "good",
    LoadState.OVER: "wait",
    LoadState.FAR_OVER: "bad",
    LoadState.FREE: "calm",
}


@dataclass
class SheetCell:
    """One box. `text` as it stands, `typed` what was sent and not saved; a cell that does not apply is None. `overlap`:
    what it said on opening, what it says now, who made the change."""

    field: str
    label: str
    subject_code: str
    text: str
    is_required: bool = False
    is_draft: bool = False
    planned: str = ""
    typed: str | None = None
    faults: list[str] = fresh(default_factory=list)
    overlap: tuple[str, str, str] | None = None

    @property
    def shown(self) -> str:
        return self.text if self.typed is None else self.typed


@dataclass(frozen=True)
class SheetRow:
    """A class with its cells, the homeroom's first; `missing` required subjects have nobody."""

    school_class: SchoolClass
    cells: list[SheetCell | None]

    @property
    def homeroom(self) -> SheetCell | None:
        return self.cells[0]

    @property
    def present(self) -> list[SheetCell]:
        return [cell for cell in self.cells if cell]

    @property
    def missing(self) -> int:
        return sum(cell.is_required and not cell.text for cell in self.present)

    @property
    def required(self) -> int:
        return sum(cell.is_required for cell in self.present)


class Sheet:
    """A school's year in one semester: rows of the classes asked for, everybody's load, who may be typed."""

    def __init__(
        self, request: HttpRequest, school: School, year: SchoolYear, *, semester: int, with_optional: bool = False
    ) -> None:
        actor = request.actor
        self.school, self.year, self.semester, self._actor = school, year, semester, actor
        rows = classes(actor).filter(school_id=school.pk, start_year=year.start_year)
        self.classes = {row.pk: row for row in rows.order_by("level_code", "grade_code", "sort_key")}
        self._with_optional = with_optional
        postings = visible(StaffPosting.objects.filter(unit_id=school.pk), actor, Permission.STAFF_READ)
        self.postings = list({one.staff_id: one for one in may_teach(postings, school, year)}.values())
        own = {"school_class__in": list(self.classes)}
        self._taught = visible(TeachingAssignment.objects.filter(**own), actor, Permission.CLASS_READ)
        # Tuples with the columns that a page needs: a model for each of a thousand rows costs a third of the page.
        self.teaching: list[Any] = list(self._taught.filter(semester=semester).values_list(*_TAUGHT, named=True))
        led = visible(HomeroomAssignment.objects.filter(**own), actor, Permission.CLASS_READ)
        self.homerooms: list[Any] = list(led.values_list(*_LED, named=True))
        known = {one.staff_id for one in self.postings}
        gone = {row.staff_id for row in (*self.teaching, *self.homerooms)} - known
        others = StaffMember.objects.filter(pk__in=gone)
        subjects = codes.labels("teacher_subject")["teacher_subject"]
        self.names = TeacherNames([one.staff for one in self.postings], subjects, others=others)
        self.seen = seen_now(school, year)
        self.subjects = subject_labels(year.start_year)
        self.day = homeroom_day(year, semester, clock.today())

    @property
    def levels(self) -> list[str]:
        return list(dict.fromkeys(row.level_code for row in self.classes.values()))

    @property
    def draft_count(self) -> int:
        """Drafts of the whole year, as confirming all of them finds them."""
        led: int = sum(row.state == AssignmentState.PROPOSED for row in self.homerooms)
        return led + self._taught.filter(state=AssignmentState.PROPOSED).count()

    def lay_out(self, shown: Iterable[SchoolClass]) -> None:
        """Choose the classes: their rows and the columns that these need."""
        self.shown = list(shown)
        taught: dict[tuple[int, str], list[TeachingAssignment]] = defaultdict(list)
        for row in self.teaching:
            taught[row.school_class_id, row.subject_code].append(row)
        self.columns = self._columns(taught)
        led = homerooms_held(self.homerooms, self.day)
        self.rows = [self._row(one, taught, led) for one in self.shown]
        self.cells = {cell.field: (row, cell) for row in self.rows for cell in row.present}
        self.by_key = {f"{row.school_class.pk}-{cell.subject_code}": cell for row in self.rows for cell in row.present}

    def _columns(self, taught: Mapping[tuple[int, str], Any]) -> list[str]:
        """Subjects in the order of the programme, grade after grade; what is taught beside it stands last."""
        found: list[str] = []
        for grade_code in dict.fromkeys(one.grade_code for one in self.shown):
            place = 0
            for code, one in plan_of(grade_code, self.year.start_year).items():
                if code in found:
                    place = found.index(code) + 1
                elif one.kind != PlanKind.OPTIONAL or self._with_optional:
                    found.insert(place, code)
                    place += 1
        shown = {one.pk for one in self.shown}
        return found + sorted({code for class_id, code in taught if class_id in shown} - set(found))

    def _row(
        self,
        school_class: SchoolClass,
        taught: Mapping[tuple[int, str], list[TeachingAssignment]],
        led: Mapping[int, HomeroomAssignment],
    ) -> SheetRow:
        plan = plan_of(school_class.grade_code, self.year.start_year)
        key, name = school_class.public_id.hex, school_class.name
        held = [led[school_class.pk]] if school_class.pk in led else []
        cells: list[SheetCell | None] = [
            SheetCell(
                f"o-{key}-{HOMEROOM}",
                f"Chủ nhiệm {name}",
                HOMEROOM,
                self.names.write([Share(one.staff_id) for one in held], [None] * len(held)),
                is_required=True,
                is_draft=any(one.state == AssignmentState.PROPOSED for one in held),
            )
        ]
        for code in self.columns:
            rows = taught.get((school_class.pk, code), [])
            if not rows and (code not in plan if plan else not fits_level(code, school_class.level_code)):
                cells.append(None)
                continue
            planned = plan[code].periods if code in plan else None
            cells.append(
                SheetCell(
                    f"o-{key}-{code}",
                    f"{self.subjects.get(code, code)} {name}",
                    code,
                    self.text_of([Share(row.staff_id, row.periods_per_week) for row in rows], school_class, code),
                    is_required=code in plan and plan[code].kind == PlanKind.REQUIRED,
                    is_draft=any(row.state == AssignmentState.PROPOSED for row in rows),
                    planned=periods_text(planned),
                )
            )
        return SheetRow(school_class, cells)

    def text_of(self, shares: Iterable[Share], school_class: SchoolClass, code: str) -> str:
        """What a cell says of these people."""
        people = list(shares)
        plan = plan_of(school_class.grade_code, self.year.start_year)
        if code == HOMEROOM or code not in plan:
            return self.names.write(people, [None] * len(people))
        return self.names.write(people, parted(plan[code].periods, len(people)))

    def read(self, request: HttpRequest, seen: Seen | None) -> tuple[list[Cell], bool]:
        """Cells that were changed on the page, as it was when it was made; whether every one of them could be read."""
        sent = {name: squeeze(request.POST[name]) for name in self.cells if name in request.POST}
        then = self._texts_as_seen(seen) if seen and seen != self.seen else {}
        found, is_whole = [], True
        for name, text in sent.items():
            row, cell = self.cells[name]
            # What a person typed after both values were shown counts; else the choice between them.
            asked = request.POST.get(f"da-go-{name}")
            choice = request.POST.get(f"giu-{name}") if asked is not None and squeeze(asked) == text else "mine"
            if text in (cell.text, then.get(name)) or choice == "theirs":
                continue
            cell.typed = text
            if choice is None:
                opened, by = (request.POST.get(f"{part}-{name}", "") for part in ("khi-mo", "ai-sua"))
                cell.overlap = opened, cell.text or "(trống)", by
                is_whole = False
                continue
            shares, cell.faults = self.names.read(text)
            is_whole = is_whole and not cell.faults
            if not cell.faults:
                found.append(Cell(row.school_class.pk, cell.subject_code, tuple(shares)))
        return found, is_whole

    def _texts_as_seen(self, seen: Seen) -> dict[str, str]:
        """Text of each cell when the page was made, so that a cell left alone is not taken for a change."""
        own = {"school_class__in": [one.pk for one in self.shown]}
        shares: dict[str, list[Share]] = defaultdict(list)
        for row in rows_as_seen(
            TeachingAssignment,
            own | {"semester": self.semester},
            last_row=seen.teaching_row,
            last_edit=seen.teaching_edit,
        ):
            shares[f"{row.school_class_id}-{row.subject_code}"].append(Share(row.staff_id, row.periods_per_week))
        led = rows_as_seen(HomeroomAssignment, own, last_row=seen.homeroom_row, last_edit=seen.homeroom_edit)
        for class_id, held in homerooms_held(led, self.day).items():
            shares[f"{class_id}-{HOMEROOM}"].append(Share(held.staff_id))
        return {
            cell.field: self.text_of(
                shares[f"{row.school_class.pk}-{cell.subject_code}"], row.school_class, cell.subject_code
            )
            for row, cell in self.cells.values()
        }

    def loads(self) -> list[Load]:
        """Everybody's load in the semester, over all classes of the school."""
        found = loads_of(
            self.postings,
            self.teaching,
            self.homerooms,
            self.classes,
            year=self.year,
            semester=self.semester,
            today=clock.today(),
        )
        return list(found.values())

    def load_body(self) -> SafeString:
        """Lines of the load table."""
        return table_body(_load_row(one, self.subjects) for one in self.loads())

    def body(self, *, can_edit: bool, class_url: Any) -> SafeString:
        """The `<tr>` of the grid; boxes where the account may write, text elsewhere."""
        made = []
        for row in self.rows:
            url = escape(class_url(row.school_class.public_id))
            name = escape(row.school_class.name)
            made.append(f'<tr><th scope="row"><a href="{url}">{name}</a></th>')
            made += [_box(cell, can_edit) for cell in row.cells]
            made.append("</tr>")
        return mark_safe("".join(made))  # noqa: S308 - escaped in _box and above


def _box(cell: SheetCell | None, can_edit: bool) -> str:
    if cell is None:
        return '<td class="no-cell"></td>'
    css = " is-draft" if cell.is_draft else ""
    note = '<span class="cell-note">nháp</span>' if cell.is_draft else ""
    if not can_edit:
        lack = '<span class="visually-hidden">chưa có</span>' if cell.is_required and not cell.text else ""
        return f'<td class="cell-text{css}">{escape(cell.text)}{lack}{note}</td>'
    more = ""
    if cell.typed is not None:
        more = f' data-was="{escape(cell.text)}"'
        css += " is-changed"
    if cell.faults:
        more += f' aria-invalid="true" aria-describedby="loi-{cell.field}"'
        note += f'<span class="cell-fault" id="loi-{cell.field}">{escape(" ".join(cell.faults))}</span>'
    label = escape(cell.label + (", bản nháp" if cell.is_draft else ""))
    hint = f' placeholder="{cell.planned}"' if cell.planned and cell.is_required else ""
    return (
        f'<td class="cell{css}"><input id="{cell.field}" name="{cell.field}" value="{escape(cell.shown)}"'
        f' aria-label="{label}" autocomplete="off" list="gv"{hint}{more}>{note}</td>'
    )


def load_lines(
    request: HttpRequest, school: School, year: SchoolYear, person: StaffMember
) -> list[tuple[str, str, str, str]]:
    """One person's load at a school: semester, sentence, tone and word; nothing for who does not teach there."""
    postings = visible(StaffPosting.objects.filter(staff=person), request.actor, Permission.STAFF_READ)
    own = list(may_teach(postings, school, year))[:1]
    there = {"school_class__school": school, "school_class__start_year": year.start_year, "staff": person}
    teaching = visible(TeachingAssignment.objects.filter(**there), request.actor, Permission.STAFF_READ)
    led = visible(HomeroomAssignment.objects.filter(**there), request.actor, Permission.STAFF_READ)
    taught, leading = list(teaching), list(led)
    ids = {row.school_class_id for row in (*taught, *leading)}
    reached = {row.pk: row for row in classes(request.actor).filter(pk__in=ids)}
    found = []
    for number, name in ((1, "I"), (2, "II")):
        loads = loads_of(own, taught, leading, reached, year=year, semester=number, today=clock.today())
        for load in loads.values():
            found.append((name, _line(load), LOAD_TONES[load.state], load.state.label))
    return found


def _line(load: Load) -> str:
    """A load in one sentence."""
    if load.norm is None:
        return f"Dạy {periods_text(load.assigned)} tiết/tuần; vị trí này không tính định mức tiết."
    led = f", chủ nhiệm tính {periods_text(load.reduction)} tiết" if load.reduction else ""
    return (
        f"Dạy {periods_text(load.assigned)} tiết/tuần{led}; định mức {periods_text(load.norm)} tiết/tuần: "
        f"{_difference(load)}."
    )


def _difference(load: Load) -> str:
    if load.difference == 0:
        return "đủ"
    return f"{'thừa' if load.difference > 0 else 'thiếu'} {periods_text(abs(load.difference))} tiết"


def _load_row(load: Load, subjects: Mapping[str, str]) -> Row:
    person = load.posting.staff
    return Row(
        TableCell(person.full_name, addresses("school:staff-detail")(person.public_id)),
        [
            TableCell(", ".join(sorted({subjects.get(code, code) for code in load.subject_codes})), css="phone-hide"),
            TableCell(periods_text(load.assigned) or "0", css="num", label="Được giao"),
            TableCell(
                periods_text(load.reduction) if load.reduction else "",
                css="num",
                label="Chủ nhiệm",
                note=", ".join(load.class_names),
            ),
            TableCell(periods_text(load.norm), css="num", label="Định mức"),
            TableCell(
                load.state.label,
                tone=LOAD_TONES[load.state],
                note=_difference(load) if load.norm is not None and load.difference else "",
            ),
        ],
    )
