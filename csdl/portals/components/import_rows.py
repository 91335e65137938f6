"""A planned row as a person reads it: what changes cell by cell, what is wrong and what would be right.

Codes are said by their names, days as dd/mm/yyyy; identity numbers and phones stay masked as in every list.
"""

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from csdl.codes import queries as codes
from csdl.intake.enums import RowState
from csdl.intake.faults import found_value, kind_of, said_day
from csdl.intake.models import ImportRow, ImportRun
from csdl.intake.problems import ProblemKind
from csdl.intake.sheets.columns import Column
from csdl.intake.sheets.nouns import SPECS
from csdl.intake.sheets.schools import COLUMNS
from csdl.orgs.models import OrgUnit, SchoolProfile
from csdl.portals.components.imports import MINISTRY_FILE, kind_label, row_tone
from csdl.portals.components.templatetags.parts import masked

__all__ = [
    "Change",
    "Fault",
    "Note",
    "PlanLine",
    "column_label",
    "fault_label",
    "hidden_digits",
    "note_lines",
    "plan_lines",
    "said_value",
]

# Nine digits in a row are an identity number, a phone or an account, whatever column they stand in.
_PERSONAL = re.compile(r"\d{9,}")
_COMMUNE = "commune_code"
_UNREAD = (ProblemKind.COLUMN_UNREAD, ProblemKind.SHEET_UNREAD)
# Facts of the ministry's school file that are codes of a list.
_SCHOOL_LISTS = {
    "extra.difficult_area_codes": "difficult_area",
    "level_group_code": "school_level_group",
    "levels": "school_level",
    "national_standard_code": "national_standard_level",
    "ownership_code": "ownership_type",
    "school_type_code": "school_type",
}
_SCHOOL_ORDER = {
    name: place
    for place, name in enumerate(
        ("MA_TRUONG", "parent", "levels", "ownership_code", "school_type_code", "address", "national_standard_code")
    )
}
_LONG = 80
# What a new row says of itself before "và … mục khác".
_SHOWN_OF_NEW = 6


@dataclass(frozen=True)
class Change:
    """One cell of a row: what stands, what the file says. `theirs`: a colleague changed it after the file was made."""

    label: str
    old: str
    new: str
    theirs: bool = False


@dataclass(frozen=True)
class Fault:
    """One problem of a row. `rejects`: the row is not taken because of it."""

    column: str
    value: str
    message: str
    rejects: bool


@dataclass(frozen=True)
class Note:
    """Something said once of a sheet. `is_warning`: what people may have thought was taken was not."""

    sheet: str
    message: str
    is_warning: bool


@dataclass(frozen=True)
class PlanLine:
    """One row of the plan. `more` counts the cells of a new row that are not said."""

    row: ImportRow
    noun: str
    tone: str
    word: str
    changes: tuple[Change, ...]
    more: int
    faults: tuple[Fault, ...]

    @property
    def is_conflict(self) -> bool:
        """Whether a person chooses between what stands and what the file says."""
        return self.row.state == RowState.CONFLICT and self.row.target_id is not None

    @property
    def is_open(self) -> bool:
        """Whether a person may leave the row out."""
        return self.row.state in (RowState.CREATED, RowState.UPDATED) and self.row.noun != "units"

    @property
    def is_new(self) -> bool:
        return self.row.state == RowState.CREATED


def plan_lines(rows: Iterable[ImportRow], staying: Collection[int] | None = None) -> list[PlanLine]:
    """Rows of a plan in the words of its page; a fixed number of statements, however many rows.

    `staying`: of a run that was taken back, the rows that stayed; what it had written is said by what became of it.
    """
    shown = list(rows)
    communes = codes.commune_names(_communes(shown))
    if any(row.noun not in SPECS for row in shown):
        communes = communes | _units(shown)
    lines = [_line(row, communes) for row in shown]
    return lines if staying is None else [_taken_back(line, staying) for line in lines]


def note_lines(run: ImportRun) -> list[Note]:
    """What was said once of the file: columns and sheets passed over first, then what was cleaned and skipped."""
    found = [
        Note(one["sheet"], hidden_digits(one["message"]), one["code"] in _UNREAD)
        for one in run.options.get("notes", [])
    ]
    return sorted(found, key=lambda note: not note.is_warning)


def _units(rows: Iterable[ImportRow]) -> dict[str, str]:
    """Names of the managing units of the ministry's file, also of those it makes, by "unit 190"."""
    found = set()
    for row in rows:
        found.add(str(row.values.get("parent") or ""))
        found |= {
            str(one.get(side) or "") for one in row.changes if one["column"] == "parent" for side in ("old", "new")
        }
    run_id = next((row.run_id for row in rows), None)
    made = ImportRow.objects.filter(run_id=run_id, noun="units", values__MA_TRUONG__in=found)
    names = {f"unit {row.values['MA_TRUONG']}": row.label for row in made}
    return names | {f"unit {one.code}": one.name for one in OrgUnit.objects.filter(code__in=found)}


def _school_value(name: str, value: Any, names: Mapping[str, str]) -> str:
    """A fact of a school of the ministry's file: codes with their names."""
    if isinstance(value, list):
        return ", ".join(_school_value(name, one, names) for one in value) or "–"
    known = ""
    if name in _SCHOOL_LISTS and value not in (None, ""):
        list_name = _SCHOOL_LISTS[name]
        known = codes.labels(list_name)[list_name].get(str(value), "")
    elif name == "parent":
        known = names.get(f"unit {value}", "")
    elif name.endswith(_COMMUNE):
        known = names.get(str(value), "")
    return f"{known} ({value})" if known else said_value(None, value)


def column_label(noun: str, column: str) -> str:
    """What a column of a sheet is called; one that no sheet declares is called as the file calls it."""
    found = _column(noun, column)
    if found:
        return found.label
    return _school_labels().get(column.removeprefix("extra."), column) if noun in (MINISTRY_FILE, "units") else column


def fault_label(code: str) -> str:
    """What is wrong, of all problems of a kind."""
    kind = kind_of(code)
    return kind.label if kind else code


def hidden_digits(text: str) -> str:
    """A text whose long numbers, those of persons, are masked."""
    return _PERSONAL.sub(lambda found: masked(found[0]), text)


def said_value(column: Column | None, value: Any, communes: Mapping[str, str] | None = None) -> str:
    """A stored value as a list shows it; of an unknown column as well as it can be told."""
    if value in (None, "", [], {}):
        return "–"
    if isinstance(value, list | tuple):
        return ", ".join(said_value(column, one, communes) for one in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {said_value(None, one)}" for key, one in value.items())
    if column is None:
        said: Any = ("Có" if value else "Không") if isinstance(value, bool) else value
    elif column.name.endswith(_COMMUNE):
        said = (communes or {}).get(str(value), value)
    else:
        said = column.show(value)
    if isinstance(said, dt.date):
        return f"{said:%d/%m/%Y}"
    return hidden_digits(said_day(str(said)))


@cache
def _school_labels() -> dict[str, str]:
    """What the facts of the ministry's school file are called: by our fields and by the file's own columns."""
    fields = {field.name: str(getattr(field, "verbose_name", field.name)) for field in SchoolProfile._meta.fields}
    own = {
        "code": "Mã trường",
        "name": "Tên trường",
        "parent": "Đơn vị quản lý",
        "levels": "Cấp học",
        "opened_on": "Ngày thành lập",
        "profile": "Hồ sơ năm học",
        "site": "Điểm trường chính",
        "source": "Giá trị ngoài danh mục",
        "has_party_cell": "Chi bộ Đảng",
        "hamlet_code": "Mã tổ, thôn",
        "head_phone": "Điện thoại hiệu trưởng",
        "head_name": "Tên hiệu trưởng",
        "special_difficulty": "Vùng khó khăn",
        "difficult_area_codes": "Vùng biên giới",
    }
    said = {name: (label[:1].upper() + label[1:]) for name, label in fields.items()} | own
    return said | {column.name: column.label for column in COLUMNS}


def _line(row: ImportRow, communes: Mapping[str, str]) -> PlanLine:
    if row.state == RowState.CREATED:
        changes = tuple(_said_of_new(row, communes))
    else:
        changes = tuple(_change(row.noun, one, communes) for one in row.changes)
    shown = changes[:_SHOWN_OF_NEW] if row.state == RowState.CREATED else changes
    return PlanLine(
        row=row,
        noun=kind_label(row.noun),
        tone=row_tone(row.state),
        word=row.get_state_display(),
        changes=shown,
        more=len(changes) - len(shown),
        faults=tuple(_fault(row, one) for one in row.problems),
    )


def _taken_back(line: PlanLine, staying: Collection[int]) -> PlanLine:
    row = line.row
    if not row.is_wanted or row.state not in (RowState.CREATED, RowState.UPDATED, RowState.CONFLICT):
        return line
    if row.pk in staying:
        return replace(line, tone="wait", word="Giữ lại")
    return replace(line, tone="calm", word="Đã bỏ" if line.is_new else "Đã trả về giá trị cũ")


def _column(noun: str, name: str) -> Column | None:
    spec = SPECS.get(noun)
    return next((column for column in spec.columns if column.name == name), None) if spec else None


def _communes(rows: Iterable[ImportRow]) -> set[str]:
    found = set()
    for row in rows:
        found |= {str(value) for name, value in row.values.items() if name.endswith(_COMMUNE)}
        for one in row.changes:
            if one["column"].endswith(_COMMUNE):
                found |= {str(one.get("old") or ""), str(one.get("new") or "")}
    return found


def _said_of_new(row: ImportRow, communes: Mapping[str, str]) -> Iterable[Change]:
    """What a new row holds, in the order of its sheet, without what it is called by."""
    if row.noun not in SPECS:
        for name, value in sorted(row.values.items(), key=lambda one: _SCHOOL_ORDER.get(one[0], len(_SCHOOL_ORDER))):
            if value not in (None, "") and str(value) != row.label:
                yield Change(column_label(row.noun, name), "", _school_value(name, value, communes))
        return
    columns = SPECS[row.noun].columns
    for column in columns:
        value = row.values.get(column.name)
        if column.is_hidden or value in (None, "") or str(value) == row.label:
            continue
        yield Change(column.label, "", said_value(column, value, communes))


def _change(noun: str, change: Mapping[str, Any], communes: Mapping[str, str]) -> Change:
    if noun not in SPECS:
        old, new = (_school_value(change["column"], change.get(side), communes) for side in ("old", "new"))
        return Change(column_label(noun, change["column"]), old, new)
    column = _column(noun, change["column"])
    return Change(
        label=column_label(noun, change["column"]),
        old=said_value(column, change.get("old"), communes),
        new=said_value(column, change.get("new"), communes),
        theirs=bool(change.get("their")),
    )


def _fault(row: ImportRow, problem: Mapping[str, Any]) -> Fault:
    value = found_value(row.noun, problem.get("column", ""), str(problem.get("value") or ""))
    kind = kind_of(problem.get("code", ""))
    rejects = problem.get("effect") == "reject" or bool(kind and kind.rejects)
    return Fault(
        column=column_label(row.noun, problem.get("column", "")),
        value=hidden_digits(value if len(value) <= _LONG else value[:_LONG] + "…"),
        message=hidden_digits(problem.get("message", "")),
        rejects=rejects,
    )
