"""The identities of the forms as linear checks: what must be equal, what may not be more than something else.

Written as expressions in `data/identities.csv` (rows of a form) and `data/column_identities.csv` (columns of a row):
`78=79+96+109+110`, `37=40..44`, `52<=min(40,46)`, `61>=max(62,63)`. Each becomes sums of rows with signs, so that one
statement checks all forms of the province.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from csdl.reports.definitions import read_data
from csdl.reports.enums import Severity
from csdl.reports.forms import Form, column_set

__all__ = ["ColumnCheck", "RowCheck", "column_checks", "row_checks"]

_EXPRESSION = re.compile(r"([\w]+(?:\+\w+)*)(=|<=|>=)(.+)")
_BOUND = re.compile(r"(?:min|max)\((.+)\)")
_PART = re.compile(r"([+-]?)([\w.]+)")


@dataclass(frozen=True)
class RowCheck:
    """Rows that must agree in every column: sum of `left` `op` sum of `right`; op is "=" or "<=".

    Terms are (code, sign). A bound of several rows ("<= min(a, b)") is several checks of one `code`.
    """

    form_code: str
    code: str
    op: str
    left: tuple[tuple[str, int], ...]
    right: tuple[tuple[str, int], ...]
    severity: Severity
    hint: str
    source: str

    @property
    def text(self) -> str:
        """The check as people write it: "37 = 40 + 41"."""
        return f"{_said(self.left)} {'=' if self.op == '=' else '≤'} {_said(self.right)}"


@dataclass(frozen=True)
class ColumnCheck:
    """Columns that must agree in every row of a column set. Terms are (column code, sign)."""

    column_set: str
    code: str
    op: str
    left: tuple[tuple[str, int], ...]
    right: tuple[tuple[str, int], ...]
    severity: Severity
    hint: str


@cache
def row_checks(form: Form) -> tuple[RowCheck, ...]:
    """Every check of a form. Errors: LookupError for a row the form does not have."""
    order = [row.code for row in form.rows]
    found = []
    for line in read_data("identities"):
        if line["form_code"] == form.code:
            for op, left, right in _parse(line["expression"], order):
                found.append(
                    RowCheck(
                        form.code,
                        line["check_no"],
                        op,
                        left,
                        right,
                        Severity(line["severity"]),
                        line["hint_vi"],
                        line["source"],
                    )
                )
    return tuple(found)


@cache
def column_checks(name: str) -> tuple[ColumnCheck, ...]:
    """Every check within one row of a column set."""
    order = [column.code for column in column_set(name)]
    found = []
    for number, line in enumerate(row for row in read_data("column_identities") if row["column_set"] == name):
        for op, left, right in _parse(line["expression"], order):
            code = f"C{number + 1:02}"
            found.append(ColumnCheck(name, code, op, left, right, Severity(line["severity"]), line["hint_vi"]))
    return tuple(found)


type _Terms = tuple[tuple[str, int], ...]


def _parse(expression: str, order: Sequence[str]) -> list[tuple[str, _Terms, _Terms]]:
    match = _EXPRESSION.fullmatch(expression)
    if match is None:
        raise ValueError(f"{expression!r} is no identity")
    left, op, right = _terms(match[1], order), match[2], match[3]
    bound = _BOUND.fullmatch(right)
    sides = [_terms(one, order) for one in bound[1].split(",")] if bound else [_terms(right, order)]
    if op == ">=":
        return [("<=", side, left) for side in sides]
    return [(op, left, side) for side in sides]


def _terms(text: str, order: Sequence[str]) -> _Terms:
    found = []
    for sign, name in _PART.findall(text):
        first, _, last = name.partition("..")
        codes = order[order.index(first) : order.index(last) + 1] if last else [first]
        if not set(codes) <= set(order):
            raise LookupError(f"{name} in {text!r} is no row or column")
        found += [(code, -1 if sign == "-" else 1) for code in codes]
    return tuple(found)


def _said(terms: Sequence[tuple[str, int]]) -> str:
    text = "".join(f" {'-' if sign < 0 else '+'} {code}" for code, sign in terms)
    return text.removeprefix(" + ")
