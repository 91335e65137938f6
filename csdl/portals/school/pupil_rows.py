"""Columns of a list of pupils: what each is called and what stands in its cells.

To add a column: its line in COLUMNS, its cell in _CELLS, and what it reads in READ.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from csdl.portals.components.lists import Column, Columns
from csdl.portals.components.table import Cell, Row, addresses
from csdl.portals.components.templatetags.parts import masked, status_tone
from csdl.students.models import Guardian
from csdl.years.enums import Outcome
from csdl.years.models import Enrolment

__all__ = ["COLUMNS", "READ", "Beside", "pupil_rows"]

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
# What the cells show; whole records would be read for every line.
READ = (
    *("public_id", "start_year", "status_code", "left_on", "enrolled_on", "needs_confirmation", "grade_code"),
    *(f"student__{name}" for name in ("public_id", "full_name", "birth_date", "gender_code", "ethnic_code")),
    *(f"student__{name}" for name in ("citizen_id_no", "moet_code", "local_code", "phone", "policy_code")),
    *("school_class__public_id", "school_class__name"),
)


_OUTCOMES = {value: str(text) for value, text in Outcome.choices}


@dataclass(frozen=True)
class Beside:
    """What the cells show besides the enrolment itself: names of codes, guardians by student, outcomes by enrolment."""

    names: Mapping[str, Mapping[str, str]]
    kin: Mapping[int, Sequence[Guardian]] = field(default_factory=dict)
    outcomes: Mapping[int, str] = field(default_factory=dict)

    def name(self, list_name: str, code: str) -> str:
        """What a code means; a code that no list knows is shown itself."""
        return self.names.get(list_name, {}).get(code, code)


def pupil_rows(items: Sequence[Enrolment], columns: Columns, beside: Beside, *, can_tick: bool) -> Iterator[Row]:
    """Lines of the table: the columns that are shown, in their order."""
    cells = [_CELLS[column.key] for column in columns.known if column.key in columns.shown]
    person = addresses("school:student-detail")
    for item in items:
        head = Cell(item.student.full_name, person(item.student.public_id))
        yield Row(head, [cell(item, beside) for cell in cells], str(item.public_id) if can_tick else "")


def _class(item: Enrolment, beside: Beside) -> Cell:
    if item.school_class is None:
        return Cell("Chưa xếp lớp", tone="wait", label="Lớp")
    return Cell(item.school_class.name, addresses("school:class-detail")(item.school_class.public_id), label="Lớp")


def _contact(item: Enrolment, beside: Beside) -> Cell:
    kin = beside.kin.get(item.student_id, ())
    lines = tuple((one.full_name, masked(one.phone) if one.phone else "") for one in kin)
    return Cell(masked(item.student.phone) if item.student.phone else "", css="phone-hide", lines=lines)


def _policy(item: Enrolment, beside: Beside) -> Cell:
    note = "cần xác nhận lại" if item.needs_confirmation else ""
    return Cell(beside.name("policy_category", item.student.policy_code), css="phone-hide", note=note)


def _status(item: Enrolment, beside: Beside) -> Cell:
    note = f"từ {_day(item.left_on)}" if item.left_on else ""
    return Cell(beside.name("student_status", item.status_code), tone=status_tone(item.status_code), note=note)


def _result(item: Enrolment, beside: Beside) -> Cell:
    return Cell(_OUTCOMES.get(beside.outcomes.get(item.pk, ""), ""), css="phone-hide")


def _day(day: dt.date | None) -> str:
    return f"{day.day:02}/{day.month:02}/{day.year}" if day else ""


_CELLS: Mapping[str, Callable[[Enrolment, Beside], Cell]] = {
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
