"""Where a form's cells stand on its sheets: the ministry's own file where it is at hand, else the same shape made from
the form's rows and columns. Used to write the workbook; says nothing of figures."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import groupby

from csdl.reports.definitions import read_data
from csdl.reports.enums import Certainty
from csdl.reports.forms import Column, Form, FormRow, bases, headed

__all__ = ["YEAR_WORD", "Place", "SheetLayout", "layout_of"]

_CELL = re.compile(r"([A-Z]+)(\d+)")
_FIRST_FIGURE = 4
# Cells of the official file in which the reporting unit writes who it is, of which year the figures are and who takes
# them; everything else is printed as it stands.
_UNIT, _YEAR, _TAKER = "D2", "B3", "D4"
YEAR_WORD = "năm báo cáo"
_SECTIONS = {
    "I": "Trường",
    "II": "Lớp",
    "III": "Học sinh",
    "IV": "Cán bộ quản lý, Giáo viên, Nhân viên",
    "V": "Phòng học",
    "A": "Biến động",
    "B": "Lý do bỏ học",
    "C": "Kết quả",
    "D": "Kết quả",
    "E": "Lên lớp",
    "F": "Hoàn thành cấp học",
}


@dataclass(frozen=True)
class Place:
    """A cell of a sheet, counted from 0."""

    row: int
    column: int


@dataclass(frozen=True)
class SheetLayout:
    """One sheet: printed texts, merged ranges, widths, the line of each form row (figures begin in column E)."""

    name: str
    is_landscape: bool
    texts: dict[Place, str | int]
    merged: list[tuple[Place, Place]]
    widths: dict[int, float]
    lines: dict[str, int]
    unit_at: Place | None = None
    year_at: Place | None = None
    taker_at: Place | None = None
    formulas: frozenset[str] = field(default_factory=frozenset)

    @property
    def first_figure(self) -> int:
        return _FIRST_FIGURE


@cache
def layout_of(form: Form) -> tuple[SheetLayout, ...]:
    """The sheets of a form, in order."""
    if files("csdl.reports").joinpath(f"data/layouts/{form.code}.sheets.csv").is_file():
        return tuple(_official(form))
    return tuple(_shaped(form, name, rows) for name, rows in _sheets(form))


def _official(form: Form) -> Sequence[SheetLayout]:
    found = []
    cells = list(read_data(f"layouts/{form.code}.cells"))
    for line in read_data(f"layouts/{form.code}.sheets"):
        texts: dict[Place, str | int] = {}
        lines: dict[str, int] = {}
        for cell in (one for one in cells if one["sheet"] == line["sheet"]):
            at = _place(cell["cell"])
            texts[at] = int(cell["text"]) if cell["kind"] == "n" else cell["text"]
            if at.column == _FIRST_FIGURE - 1 and cell["kind"] == "n":
                lines[cell["text"]] = at.row
        found.append(
            SheetLayout(
                line["sheet"],
                line["orientation"] == "landscape",
                texts,
                [(_place(first), _place(last)) for first, last in (one.split(":") for one in line["merged"].split())],
                {
                    _place(f"{name}1").column: float(width)
                    for name, width in (one.split(":") for one in line["widths"].split())
                },
                lines,
                unit_at=_place(_UNIT) if line["sheet"] == "I" else None,
                year_at=_place(_YEAR) if line["sheet"] == "I" else None,
                taker_at=_place(_TAKER) if line["sheet"] == "I" else None,
                # The official file adds the totals of rooms by formula.
                formulas=frozenset({"room"}) if line["sheet"] == "V" else frozenset(),
            )
        )
    return found


def _place(address: str) -> Place:
    match = _CELL.fullmatch(address)
    assert match, address
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return Place(int(match[2]) - 1, column - 1)


def _sheets(form: Form) -> list[tuple[str, list[FormRow]]]:
    """Rows that share columns stand on one sheet, as schools and classes do in the official file."""
    groups = [list(group) for _, group in groupby(form.rows, key=lambda row: row.column_set)]
    return [(rows[0].section, rows) for rows in groups]


def _shaped(form: Form, name: str, rows: Sequence[FormRow]) -> SheetLayout:
    columns = rows[0].columns
    texts: dict[Place, str | int] = {}
    merged: list[tuple[Place, Place]] = []
    top = 0
    if rows[0] is form.rows[0]:
        period = "Kỳ đầu năm học" if form.period_kind == "BOY" else "Kỳ cuối năm học"
        day = "30 tháng 9" if form.period_kind == "BOY" else "31 tháng 5"
        head = [(form.title.upper(), "- Đơn vị báo cáo:"), (period, ""), (f"(có đến {day} {YEAR_WORD})", "")]
        for at, (left, right) in enumerate(head):
            texts[Place(at, 1)] = left
            if right:
                texts[Place(at, 3)] = right
        texts[Place(2, 3)], texts[Place(3, 3)] = "- Đơn vị nhận báo cáo:", "Bộ Giáo dục và Đào tạo"
        if form.certainty != Certainty.EXACT:
            texts[Place(4, 1)] = f"{form.certainty.label}: {form.note}"
        texts[Place(5, 1)] = f"Căn cứ: {bases()[form.basis].title}"
        top = 6
    top = _head(texts, merged, columns, top)
    lines: dict[str, int] = {}
    line, section = top, ""
    for heading, row in headed(rows):
        if row.section != section and row.section in _SECTIONS and row.no != row.section:
            texts[Place(line, 0)], texts[Place(line, 1)] = row.section, _SECTIONS[row.section]
            line += 1
        section = row.section
        if heading:
            texts[Place(line, 1)] = f"{heading}:"
            line += 1
        lines[row.code] = line
        mark = {0: "", 1: "- "}.get(row.indent, "+ ")
        if row.no:
            texts[Place(line, 0)] = row.no
        texts[Place(line, 1)] = f"{mark}{row.label}"
        texts[Place(line, 2)] = row.unit
        texts[Place(line, 3)] = int(row.code) if row.code.isdigit() else row.code
        line += 1
    widths = {0: 7.6, 1: 52.0, 2: 8.5, 3: 7.0}
    unit_at, year_at, taker_at = (_place(name) if rows[0] is form.rows[0] else None for name in (_UNIT, _YEAR, _TAKER))
    return SheetLayout(name, len(columns) > 4, texts, merged, widths, lines, unit_at, year_at, taker_at)


def _head(texts: dict[Place, str | int], merged: list[tuple[Place, Place]], columns: Sequence[Column], top: int) -> int:
    """The two lines of column heads and the line of their numbers; answers the line below."""
    for at, text in enumerate(("TT", "Chỉ tiêu", "Đơn vị tính", "Mã số")):
        texts[Place(top, at)] = text
        merged.append((Place(top, at), Place(top + 1, at)))
    place = _FIRST_FIGURE
    for label, group in groupby(columns, key=lambda one: one.group_label):
        members = list(group)
        is_alone = len(members) == 1 and members[0].label == label
        texts[Place(top, place)] = label or members[0].label
        if is_alone or not label:
            merged.append((Place(top, place), Place(top + 1, place)))
        elif len(members) > 1:
            merged.append((Place(top, place), Place(top, place + len(members) - 1)))
        for at, member in enumerate(members, start=place):
            if not (is_alone or not label):
                texts[Place(top + 1, at)] = member.label
        place += len(members)
    for at, text in enumerate(("A", "B", "C"), start=1):
        texts[Place(top + 2, at)] = text
    for column in columns:
        texts[Place(top + 2, _FIRST_FIGURE + column.position - 1)] = column.position
    return top + 3
