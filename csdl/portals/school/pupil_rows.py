"""Columns of a list of pupils: what each is called and what stands in its cells.

To add a column: its line in COLUMNS, its cell in _CELLS, and what it reads in READ and in the tuple that holds it.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from csdl.portals.components.lists import Column, Columns
from csdl.portals.components.table import Cell, Row, addresses
from csdl.portals.components.templatetags.parts import masked, status_tone
from csdl.students.models import Guardian
from csdl.years.enums import Outcome

__all__ = ["COLUMNS", "READ", "Beside", "Line", "pupil_line", "pupil_rows"]

COLUMNS = (
    Column("lop", "Lớp"),
    Column("ngay-sinh", "Ngày sinh"),
    Column("gioi-tinh", "Giới tính"),
    Column("dan-toc", "Dân tộc", is_default=False),
    Column("dinh-danh", "Số định danh"),
    Column("ma-bo", "Mã định danh Bộ GDĐT", is_default=False),
    Column("ma-truong", "Mã học sinh", is_default=False),
    Column("lien-he", "Cha mẹ, điện thoại", is_default=False),
    Column("chinh-sach", "Diện chính sách", is_default=False),
    Column("ngay-vao", "Ngày vào", is_default=False),
    Column("trang-thai", "Trạng thái"),
    Column("ket-qua", "Kết quả cuối năm"),
)
# What a line reads, in the order of the fields below: whole records would be made for every line.
_ENROLMENT = (
    "public_id",
    "status_code",
    "left_on",
    "enrolled_on",
    "needs_confirmation",
    "student_id",
    "school_class_id",
)
_PERSON = (
    *("public_id", "full_name", "birth_date", "gender_code", "ethnic_code"),
    *("citizen_id_no", "moet_code", "local_code", "phone", "policy_code"),
)
READ = (
    *_ENROLMENT,
    *(f"student__{name}" for name in _PERSON),
)


class Person(NamedTuple):
    """The pupil of a line."""

    public_id: uuid.UUID
    full_name: str
    birth_date: dt.date | None
    gender_code: str
    ethnic_code: str
    citizen_id_no: str
    moet_code: str
    local_code: str
    phone: str
    policy_code: str


class Line(NamedTuple):
    """One enrolment as the list reads it."""

    public_id: uuid.UUID
    status_code: str
    left_on: dt.date | None
    enrolled_on: dt.date
    needs_confirmation: bool
    student_id: int
    class_id: int | None
    student: Person
    outcome: str = ""


def pupil_line(row: Sequence[Any]) -> Line:
    """A line from the values of READ, with the outcome behind them where that was asked for as well."""
    person = len(READ) - len(_PERSON)
    outcome = row[-1] or "" if len(row) > len(READ) else ""
    return Line._make((*row[:person], Person._make(row[person : len(READ)]), outcome))


_OUTCOMES = {value: str(text) for value, text in Outcome.choices}


@dataclass(frozen=True)
class Beside:
    """What the cells show besides the enrolment itself: names of codes, the school's classes by their keys as (public
    id, name), guardians by student."""

    names: Mapping[str, Mapping[str, str]]
    classes: Mapping[int, tuple[uuid.UUID, str]]
    kin: Mapping[int, Sequence[Guardian]] = field(default_factory=dict)

    def name(self, list_name: str, code: str) -> str:
        """What a code means; a code that no list knows is shown itself."""
        return self.names.get(list_name, {}).get(code, code)


def pupil_rows(items: Sequence[Line], columns: Columns, beside: Beside, *, can_tick: bool) -> Iterator[Row]:
    """Lines of the table: the columns that are shown, in their order."""
    cells = [_CELLS[column.key] for column in columns.known if column.key in columns.shown]
    person = addresses("school:student-detail")
    for item in items:
        head = Cell(item.student.full_name, person(item.student.public_id))
        yield Row(head, [cell(item, beside) for cell in cells], str(item.public_id) if can_tick else "")


def _class(item: Line, beside: Beside) -> Cell:
    if item.class_id is None:
        return Cell("Chưa xếp lớp", tone="wait", label="Lớp")
    if item.class_id not in beside.classes:
        return Cell("", label="Lớp")
    key, name = beside.classes[item.class_id]
    return Cell(name, addresses("school:class-detail")(key), label="Lớp")


def _contact(item: Line, beside: Beside) -> Cell:
    kin = beside.kin.get(item.student_id, ())
    lines = tuple((one.full_name, masked(one.phone) if one.phone else "") for one in kin)
    return Cell(masked(item.student.phone) if item.student.phone else "", css="phone-hide", lines=lines)


def _policy(item: Line, beside: Beside) -> Cell:
    note = "cần xác nhận lại" if item.needs_confirmation else ""
    return Cell(beside.name("policy_category", item.student.policy_code), css="phone-hide", note=note)


def _status(item: Line, beside: Beside) -> Cell:
    note = f"từ {_day(item.left_on)}" if item.left_on else ""
    return Cell(beside.name("student_status", item.status_code), tone=status_tone(item.status_code), note=note)


def _result(item: Line, beside: Beside) -> Cell:
    return Cell(_OUTCOMES.get(item.outcome, ""), css="phone-hide")


def _day(day: dt.date | None) -> str:
    return f"{day.day:02}/{day.month:02}/{day.year}" if day else ""


_CELLS: Mapping[str, Callable[[Line, Beside], Cell]] = {
    "lop": _class,
    "ngay-sinh": lambda item, _: Cell(_day(item.student.birth_date), css="nowrap", label="Ngày sinh"),
    "gioi-tinh": lambda item, beside: Cell(beside.name("gender", item.student.gender_code), css="phone-hide"),
    "dan-toc": lambda item, beside: Cell(beside.name("ethnic_group", item.student.ethnic_code), css="phone-hide"),
    "dinh-danh": lambda item, _: Cell(masked(item.student.citizen_id_no), css="nowrap phone-hide"),
    "ma-bo": lambda item, _: Cell(item.student.moet_code, css="nowrap phone-hide"),
    "ma-truong": lambda item, _: Cell(item.student.local_code, css="nowrap phone-hide"),
    "lien-he": _contact,
    "chinh-sach": _policy,
    "ngay-vao": lambda item, _: Cell(_day(item.enrolled_on), css="nowrap phone-hide"),
    "trang-thai": _status,
    "ket-qua": _result,
}
