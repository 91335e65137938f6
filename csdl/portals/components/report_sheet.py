"""A form's section as a table like the ministry's paper, written in one go: up to a thousand cells on one page.

A page says what stands in each cell, this module alone how a cell is written; every text is escaped here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from html import escape

from django.utils.safestring import SafeString, mark_safe

from csdl.reports.enums import Fill
from csdl.reports.forms import Column, Form, FormRow, headed

__all__ = ["Marks", "section_title", "sheet", "shown"]

BLOCKED = "#"
_VIETNAMESE = str.maketrans(",.", ".,")
# What the sheets of the ministry's file are called on screen.
_SECTIONS = {"I": "Trường", "II": "Lớp", "III": "Học sinh", "IV": "Đội ngũ", "V": "Phòng học"}


@dataclass(frozen=True)
class Marks:
    """What is shown on cells beside their figure. Keys are (row code, column code).

    `typed`     figures in the draft: they stand in place of the frozen ones; a field shows nothing else
    `remarked`  cells with a remark; `changed` cells that differ from the version before
    `wrong`     rows with a broken check
    `fields`    whether typed cells are input fields
    `kept`      texts that were typed and are not written: they stand in place of any figure
    `faults`    why a cell is not written
    """

    typed: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)
    remarked: frozenset[tuple[str, str]] = frozenset()
    changed: frozenset[tuple[str, str]] = frozenset()
    wrong: frozenset[str] = frozenset()
    fields: bool = False
    kept: Mapping[tuple[str, str], str] = field(default_factory=dict)
    faults: Mapping[tuple[str, str], str] = field(default_factory=dict)


@lru_cache(maxsize=4096)
def shown(figure: Decimal | None) -> str:
    """1834 -> 1.834; 12.5 -> 12,5; nothing -> empty. The same few figures fill a thousand cells."""
    if figure is None:
        return ""
    whole = int(figure)
    return (f"{whole:,}" if figure == whole else f"{figure.normalize():,f}").translate(_VIETNAMESE)


def section_title(form: Form, name: str) -> str:
    """A section in words; a form without known sections tells the first heading of its own."""
    names = {row.section for row in form.rows}
    if not form.level_code:
        return f"{name}. {form.title}"
    if name == "I" and "II" not in names:
        return "I. Trường, lớp"
    if name in _SECTIONS:
        return f"{name}. {_SECTIONS[name]}"
    if len(name) > 2:
        return name
    first = next(row for row in form.rows if row.section == name)
    return f"{name}. {first.heading or first.label}"


def sheet(
    form: Form,
    rows: Sequence[FormRow],
    cell: Callable[[FormRow, Column], Decimal | None],
    marks: Marks,
    query: str = "",
) -> list[SafeString]:
    """The tables of a section: one for each run of rows with the same columns, each with its `<thead>` and `<tbody>`.

    A cell's page lies below the form's own, at "o/40:total_all/", with `query` behind it: written short, because six
    hundred whole addresses would be most of the page.
    """
    runs: list[list[FormRow]] = []
    for row in rows:
        if not runs or runs[-1][0].column_set != row.column_set:
            runs.append([])
        runs[-1].append(row)
    return [
        mark_safe(_head(run[0].columns) + _body(form, run, cell, marks, query))  # noqa: S308 - escaped below
        for run in runs
    ]


def _head(columns: Sequence[Column]) -> str:
    groups: list[tuple[str, int]] = []
    for column in columns:
        if groups and groups[-1][0] == column.group_label:
            groups[-1] = (column.group_label, groups[-1][1] + 1)
        else:
            groups.append((column.group_label, 1))
    is_double = any(count > 1 for _, count in groups)
    span = ' rowspan="2"' if is_double else ""
    first = "".join(
        f'<th scope="col"{span} class="{css}">{text}</th>'
        for text, css in (("Nội dung", "sheet-label"), ("Mã số", "num sheet-code"), ("Đơn vị", "sheet-unit"))
    )
    if not is_double:
        heads = "".join(f'<th scope="col" class="num">{escape(column.label)}</th>' for column in columns)
        return f"<thead><tr>{first}{heads}</tr></thead>"
    top = "".join(
        f'<th scope="colgroup" colspan="{count}">{escape(label)}</th>'
        if count > 1
        else f'<th scope="col" rowspan="2" class="num">{escape(label or columns[0].label)}</th>'
        for label, count in groups
    )
    alone = {label for label, count in groups if count == 1}
    second = "".join(
        f'<th scope="col" class="num">{escape(c.label)}</th>' for c in columns if c.group_label not in alone
    )
    return f"<thead><tr>{first}{top}</tr><tr>{second}</tr></thead>"


def _body(
    form: Form,
    rows: Sequence[FormRow],
    cell: Callable[[FormRow, Column], Decimal | None],
    marks: Marks,
    query: str,
) -> str:
    width = len(rows[0].columns) + 3
    parts = ["<tbody>"]
    for heading, row in headed(rows):
        if heading:
            parts.append(f'<tr class="sheet-heading"><td colspan="{width}"><span>{escape(heading)}:</span></td></tr>')
        wrong = " sheet-wrong" if row.code in marks.wrong else ""
        said = '<span class="visually-hidden"> (có ràng buộc chưa khớp)</span>' if wrong else ""
        no = f'<span class="sheet-no">{escape(row.no)}</span> ' if row.no else ""
        parts.append(
            f'<tr id="dong-{escape(row.code)}" class="sheet-row{wrong}">'
            f'<th scope="row" class="sheet-label indent-{row.indent}">'
            f"{no}{escape(row.label)}{said}</th>"
            f'<td class="num sheet-code">{escape(row.code)}</td><td class="sheet-unit">{escape(row.unit)}</td>'
        )
        parts += [_cell(form, row, column, cell(row, column), marks, query) for column in row.columns]
        parts.append("</tr>")
    parts.append("</tbody>")
    return "".join(parts)


def _cell(
    form: Form,
    row: FormRow,
    column: Column,
    figure: Decimal | None,
    marks: Marks,
    query: str,
) -> str:
    key = (row.code, column.code)
    if form.is_blocked(row, column):
        return f'<td class="num sheet-blocked">{BLOCKED}<span class="visually-hidden"> không điền</span></td>'
    name = f"{row.code}:{column.code}"
    css, said = "num", ""
    if marks.changed and key in marks.changed:
        css, said = f"{css} sheet-changed", f"{said}, khác lần trước"
    if key in marks.remarked:
        css, said = f"{css} sheet-remarked", f"{said}, có nhận xét"
    is_typed = row.fill != Fill.COMPUTED and not column.formula
    if is_typed and marks.fields:
        label = escape(f"Dòng {row.code}, {column.full_label}")
        text, fault = marks.kept.get(key, shown(marks.typed.get(key))), marks.faults.get(key, "")
        wrong = f' id="o-{escape(name)}" aria-invalid="true" aria-describedby="loi-{escape(name)}"' if fault else ""
        why = f'<span class="sheet-fault" id="loi-{escape(name)}">{escape(fault)}</span>' if fault else ""
        return (
            f'<td class="{css} sheet-typed"><input class="sheet-input" name="{escape(name)}" value="{escape(text)}"'
            f' inputmode="decimal" autocomplete="off" size="6" maxlength="20" aria-label="{label}"{wrong}'
            f" data-cell>{why}</td>"
        )
    if is_typed and key in marks.typed:
        figure = marks.typed[key]
    quiet = f'<span class="visually-hidden">{said}</span>' if said else ""
    return f'<td class="{css}"><a href="o/{name}/{query}" data-cell>{shown(figure) or "–"}{quiet}</a></td>'
