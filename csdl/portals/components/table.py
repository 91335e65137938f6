"""Bodies of long tables, written in one go: a template walks a cell at a hundred times the cost of a string.

A page says what stands in each cell, this module alone how a cell is written; every text is escaped here. Short tables
stay in their templates.
"""

import uuid
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from html import escape
from typing import NamedTuple

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from csdl.portals.components.badges import badge

__all__ = ["Cell", "Row", "addresses", "table_body"]

_NOWHERE = uuid.UUID(int=0)


class Cell(NamedTuple):
    """One cell. `label` names it on a phone, where a cell with `css` "phone-hide" is left out; `tone` makes a badge.

    `note` stands behind the text, smaller; `lines` are further lines below it.
    """

    text: str
    url: str = ""
    css: str = ""
    label: str = ""
    tone: str = ""
    note: str = ""
    lines: tuple[tuple[str, str], ...] = ()


class Row(NamedTuple):
    """One line: its head, its cells, and the key under which it can be ticked (`components/bulk_bar.html`); "-" leaves
    its place empty, in a list whose other rows have one."""

    head: Cell
    cells: Sequence[Cell]
    tick: str = ""


def table_body(rows: Iterable[Row]) -> SafeString:
    """The `<tr>` of a table, for its template to put into `<tbody>`."""
    return mark_safe("".join(map(_row, rows)))  # noqa: S308 - escaped below, cell by cell


@cache
def addresses(name: str, *more: str) -> Callable[[uuid.UUID], str]:
    """`reverse` of a page whose address begins with one public id, then `more` that is the same for every row; worked
    out once: fifty rows would do it a hundred times."""
    before, after = reverse(name, args=[_NOWHERE, *more]).split(str(_NOWHERE))
    return lambda key: f"{before}{key}{after}"


def _row(row: Row) -> str:
    name = escape(row.head.text)
    pick = (
        f'<td class="pick"><input class="form-check-input" type="checkbox" name="chon" value="{escape(row.tick)}"'
        f' form="bulk" aria-label="Chọn {name}"></td>'
        if row.tick not in ("", "-")
        else '<td class="pick"></td>'
        if row.tick
        else ""
    )
    head = f'<a href="{escape(row.head.url)}">{name}</a>' if row.head.url else name
    return f'<tr>{pick}<th scope="row" class="nowrap">{head}</th>{"".join(map(_cell, row.cells))}</tr>'


def _cell(cell: Cell) -> str:
    text, url, css, label, tone, note, lines = cell
    if tone:
        text = badge(tone, text)
    elif url:
        text = f'<a href="{escape(url)}">{escape(text) or "–"}</a>'
    else:
        text = escape(text) or "–"
    if lines:
        text = "".join(
            f'<div>{escape(line)} <span class="nowrap menu-note">{escape(beside)}</span></div>'
            for line, beside in lines
        )
    if note:
        text += f' <span class="menu-note nowrap">{escape(note)}</span>'
    return f"{_opened(css, label)}{text}</td>"


@cache
def _opened(css: str, label: str) -> str:
    """How a cell begins: as many as there are columns."""
    named = f' data-label="{escape(label)}"' if label else ""
    return f'<td class="{css}"{named}>' if css else f"<td{named}>"
