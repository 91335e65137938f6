"""The forms as data: which form holds by which law, its rows and columns, who owes it, what changed between laws.

Everything stands in `data/*.csv`, one line a row a lawyer can read; a new circular is new lines there.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise

from csdl.lib.vietnamese import fold
from csdl.reports.definitions import Term, measure_filter, parse_filter, read_data, sentence
from csdl.reports.enums import Certainty, Fill
from csdl.reports.errors import ReportError

__all__ = [
    "COMPARABLE",
    "Change",
    "Column",
    "Form",
    "FormRow",
    "LegalBasis",
    "Obligation",
    "PeriodKind",
    "bases",
    "basis_on",
    "changes",
    "changes_of",
    "column_set",
    "form",
    "form_named",
    "forms",
    "headed",
    "law_changes",
    "obligations",
    "owed_forms",
    "period_kinds",
    "why_none",
]

# Whether figures by two laws may be held beside each other; a system check holds that the file says one of these.
COMPARABLE = {
    "yes": "số liệu trước và sau so sánh được",
    "partly": "chỉ so sánh được các dòng cùng nội dung",
    "no": "số liệu trước và sau không so sánh được",
}


@dataclass(frozen=True)
class LegalBasis:
    """A circular that lays the forms down, and the days on which it holds."""

    code: str
    title: str
    valid_from: dt.date
    valid_to: dt.date | None
    certainty: str
    note: str


@dataclass(frozen=True)
class Column:
    """One column: an ownership group ("total", "public", …) and a measure; empty ones in the budget sheet."""

    code: str
    position: int
    group_label: str
    label: str
    formula: str
    ownership: str
    measure: str

    @property
    def full_label(self) -> str:
        """Group and label as one heading."""
        same = not self.group_label or self.group_label == self.label
        return self.label if same else f"{self.group_label} – {self.label}"


@dataclass(frozen=True)
class FormRow:
    """One row of a form. `place` counts from 1; `terms` is the definition of a computed row."""

    place: int
    code: str
    section: str
    no: str
    label: str
    indent: int
    unit: str
    parent_label: str
    heading: str
    certainty: str
    column_set: str
    fill: Fill
    population: str
    terms: tuple[Term, ...]
    note: str

    @property
    def columns(self) -> tuple[Column, ...]:
        return column_set(self.column_set)

    @property
    def definition(self) -> str:
        """How the row gets its figures, as a sentence."""
        if self.fill == Fill.TYPED:
            return f"Nhập tay. {self.note}".strip()
        if self.fill == Fill.CARRIED:
            return f"Lấy từ kỳ trước, nhập lại khi thay đổi. {self.note}".strip()
        return f"{sentence(self.population, self.terms)} {self.note}".strip()


@dataclass(frozen=True)
class Form:
    """One form by one law."""

    code: str
    basis: str
    number: str
    title: str
    level_code: str
    period_kind: str
    certainty: Certainty
    note: str
    rows: tuple[FormRow, ...]

    @cached_property
    def by_code(self) -> Mapping[str, FormRow]:
        return {row.code: row for row in self.rows}

    @cached_property
    def sections(self) -> tuple[tuple[str, tuple[FormRow, ...]], ...]:
        """Rows by section, in the form's order; a sheet of the official file each."""
        found: dict[str, list[FormRow]] = defaultdict(list)
        for row in self.rows:
            found[row.section].append(row)
        return tuple((name, tuple(rows)) for name, rows in found.items())

    def is_blocked(self, row: FormRow, column: Column) -> bool:
        """Whether the cell cannot be filled (printed "#")."""
        return (self.code, row.code, column.code) in _blocked()

    def row(self, code: str) -> FormRow:
        """A row by its code. Errors: RPT-01 with the codes of the form."""
        found = self.by_code.get(code)
        if found is None:
            first, last = self.rows[0].code, self.rows[-1].code
            raise ReportError(f"Biểu {self.number} không có dòng mã {code}. Các mã từ {first} đến {last}.")
        return found

    def cell(self, address: str) -> tuple[FormRow, Column]:
        """The cell "40:1" or "40:total_all": row code and column number or code. Errors: RPT-01."""
        code, _, wanted = address.partition(":")
        row = self.row(code)
        for column in row.columns:
            if wanted in (str(column.position), column.code):
                return row, column
        raise ReportError(
            f"Dòng {code} của biểu {self.number} không có cột “{wanted}”. Các cột từ 1 đến {len(row.columns)}; "
            "ghi ô theo mẫu DÒNG:CỘT, ví dụ 40:1."
        )

    def address(self, said: str) -> str:
        """A cell as people write it, as its address: the bare number of a row stands for "R040", and for "01"."""
        code, colon, column = said.strip().partition(":")
        if code in self.by_code:
            return f"{code}{colon}{column}"
        number = _row_number(code)
        same = [one for one in self.by_code if number and _row_number(one) == number]
        return f"{same[0] if len(same) == 1 else code}{colon}{column}"


def _row_number(code: str) -> str:
    number = code.upper().removeprefix("R").lstrip("0")
    return number if number.isdecimal() else ""


@dataclass(frozen=True)
class Change:
    """What a newer law changed: "same", "meaning", "new" or "gone"; whether history stays comparable."""

    from_basis: str
    to_basis: str
    form_code: str
    indicator_code: str
    kind: str
    what: str
    comparable: str
    certainty: str

    @property
    def comparable_said(self) -> str:
        """Whether the figures before and after may be held beside each other, in words."""
        return COMPARABLE[self.comparable]

    @property
    def said(self) -> str:
        """What changed and whether history stays comparable, as one sentence."""
        doubt = "" if self.certainty == "seen" else " (chưa đối chiếu với phụ lục)"
        return f"{self.what.removesuffix(' (chưa đối chiếu phụ lục)')}{doubt}; {self.comparable_said}."


@dataclass(frozen=True)
class Obligation:
    """Which form a kind of unit owes for a level and kind of period; or that it owes none, and why."""

    unit_kind: str
    level_code: str
    period_kind: str
    form_code: str
    owes: bool
    reason: str


@dataclass(frozen=True)
class PeriodKind:
    """A kind of period that the law knows: month-day rules; a leading "+" is the calendar year in which it ends."""

    code: str
    suffix: str
    title: str
    snapshot: str
    window_from: str
    window_to: str
    school_due: str
    office_due: str
    department_due: str
    ministry_receives: str
    note: str

    def day(self, rule: str, start_year: int) -> dt.date:
        """The day that a rule means in a school year: "09-30" -> 30/9 of the first year, "+05-31" of the second."""
        year = start_year + rule.startswith("+")
        month, day = rule.removeprefix("+").partition("T")[0].split("-")
        return dt.date(year, int(month), int(day))

    def instant(self, rule: str, start_year: int, zone: dt.tzinfo) -> dt.datetime:
        """The instant that a rule means; without an hour the end of the day before."""
        hour = dt.time.fromisoformat(rule.partition("T")[2] or "00:00")
        return dt.datetime.combine(self.day(rule, start_year), hour, zone)


@cache
def bases() -> Mapping[str, LegalBasis]:
    """Every circular by its code, oldest first."""
    return {
        row["code"]: LegalBasis(
            row["code"],
            row["title"],
            dt.date.fromisoformat(row["valid_from"]),
            dt.date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            row["certainty"],
            row["note"],
        )
        for row in read_data("legal_bases")
    }


def basis_on(day: dt.date) -> LegalBasis:
    """The circular that holds on a day. Errors: RPT-01 before the first one."""
    for basis in bases().values():
        if basis.valid_from <= day and (basis.valid_to is None or day <= basis.valid_to):
            return basis
    raise ReportError(f"Ngày {day:%d/%m/%Y} chưa có chế độ báo cáo thống kê nào trong hệ thống.")


@cache
def _columns() -> Mapping[str, tuple[Column, ...]]:
    found: dict[str, list[Column]] = defaultdict(list)
    for row in read_data("columns"):
        found[row["column_set"]].append(
            Column(
                row["column_code"],
                int(row["position"]),
                row["group_vi"],
                row["label_vi"],
                row["formula"],
                row["ownership"],
                row["measure"],
            )
        )
    return {name: tuple(columns) for name, columns in found.items()}


def column_set(name: str) -> tuple[Column, ...]:
    """Columns of a set, in order."""
    return _columns()[name]


@cache
def _blocked() -> frozenset[tuple[str, str, str]]:
    return frozenset((row["form"], row["indicator_code"], row["column_code"]) for row in read_data("blocked_cells"))


@cache
def _rows(name: str) -> tuple[FormRow, ...]:
    found = []
    for place, row in enumerate(read_data(f"forms/{name}"), start=1):
        terms = parse_filter(row["population"], row["filter"]) if row["population"] else ()
        for column in column_set(row["column_set"]) if row["population"] else ():
            measure_filter(row["population"], column.measure)
        found.append(
            FormRow(
                place,
                row["indicator_code"],
                row["section"],
                row["no"],
                row["label_vi"],
                int(row["indent"]),
                row["unit"],
                row["parent_label"],
                row["heading"],
                row["certainty"],
                row["column_set"],
                Fill(row["fill"]),
                row["population"],
                terms,
                row["note"],
            )
        )
    return tuple(found)


@cache
def forms(basis: str) -> Mapping[str, Form]:
    """Forms by code as one law lays them down."""
    return {
        row["form_code"]: Form(
            row["form_code"],
            basis,
            row["number"],
            row["title_vi"],
            row["level_code"],
            row["period_kind"],
            Certainty(row["certainty"]),
            row["note"],
            _rows(row["rows_file"]),
        )
        for row in read_data("forms")
        if row["basis"] == basis
    }


def form(code: str, basis: str) -> Form:
    """A form by its code. Errors: RPT-01 with the codes that law knows."""
    found = forms(basis).get(code)
    if found is None:
        raise ReportError(f"Không có biểu “{code}”. Các biểu: {', '.join(forms(basis))}.")
    return found


def form_named(said: str, basis: str) -> Form:
    """A form by its code or its number as printed, however Đ, dots and dashes are written. Errors: as `form`."""
    wanted = _letters(said)
    found = next((one for one in forms(basis).values() if wanted in (_letters(one.code), _letters(one.number))), None)
    return found or form(said, basis)


def _letters(said: str) -> str:
    return "".join(sign for sign in fold(said) if sign.isalnum())


def headed(rows: Iterable[FormRow]) -> Iterator[tuple[str, FormRow]]:
    """Rows with the heading that is printed above them, as the ministry prints it: once for a run of rows, again where
    "of which" opens below another row; empty for the others."""
    last, indent, parent = "", 0, ""
    for row in rows:
        opens_below = row.heading.startswith("Trong đó") and row.indent > indent and row.parent_label != parent
        yield row.heading if row.heading != last or opens_below else "", row
        last, indent, parent = row.heading, row.indent, row.parent_label


@cache
def changes(from_basis: str, to_basis: str) -> tuple[Change, ...]:
    """What one law changed against another: what history stays comparable."""
    return tuple(
        Change(
            row["from_basis"],
            row["to_basis"],
            row["form_code"],
            row["indicator_code"],
            row["kind"],
            row["what_vi"],
            row["comparable"],
            row["certainty"],
        )
        for row in read_data("changes")
        if (row["from_basis"], row["to_basis"]) == (from_basis, to_basis)
    )


def changes_of(form_code: str, from_basis: str, to_basis: str) -> tuple[Change, ...]:
    """The changes that concern one form: its own, and those of all forms."""
    return tuple(one for one in changes(from_basis, to_basis) if one.form_code in ("", form_code))


def law_changes(form_code: str, basis: str) -> list[tuple[LegalBasis, LegalBasis, tuple[Change, ...]]]:
    """What changed in a form at the circulars around one: (older, newer, changes), oldest first."""
    return [
        (bases()[older], bases()[newer], found)
        for older, newer in pairwise(bases())
        if basis in (older, newer) and (found := changes_of(form_code, older, newer))
    ]


@cache
def obligations() -> tuple[Obligation, ...]:
    """Who owes what, as the file says it."""
    return tuple(
        Obligation(
            row["unit_kind"],
            row["level_code"],
            row["period_kind"],
            row["form_code"],
            row["owes"] == "1",
            row["reason_vi"],
        )
        for row in read_data("obligations")
    )


def owed_forms(unit_kind: str, level_code: str, period_kind: str) -> tuple[str, ...]:
    """Codes of the forms that a kind of unit owes for a level; none where it teaches what no form asks."""
    mine = [one for one in obligations() if one.owes and (one.unit_kind, one.period_kind) == (unit_kind, period_kind)]
    own = [one.form_code for one in mine if one.level_code == level_code]
    return (*own, *(one.form_code for one in mine if not one.level_code)) if own else ()


def why_none(unit_kind: str, level_code: str, period_kind: str) -> str:
    """Why a kind of unit owes nothing for a level; empty where it owes a form."""
    if owed_forms(unit_kind, level_code, period_kind):
        return ""
    for one in obligations():
        if not one.owes and (one.unit_kind, one.period_kind) == (unit_kind, period_kind):
            return one.reason
    return "Loại đơn vị này không có biểu cho cấp học ở kỳ này."


@cache
def period_kinds() -> Mapping[str, PeriodKind]:
    """Kinds of period by code. Another one, for which no law sets days, is "OTHER"."""
    return {
        row["code"]: PeriodKind(
            row["code"],
            row["suffix"],
            row["title_vi"],
            row["snapshot"],
            row["window_from"],
            row["window_to"],
            row["school_due"],
            row["office_due"],
            row["department_due"],
            row["ministry_receives"],
            row["note"],
        )
        for row in read_data("period_kinds")
    }
