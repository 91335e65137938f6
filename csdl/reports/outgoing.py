"""A frozen form as a file: the ministry's workbook cell for cell, a sheet of paper, JSON with its data dictionary.

Every file carries the freeze it comes from and its hash, so that paper and system can be held beside each other.
"""

import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import xlsxwriter

from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.lib import clock
from csdl.lib.typst import pdf, shown
from csdl.orgs.enums import UnitKind
from csdl.reports.enums import Certainty, Fill
from csdl.reports.errors import ReportError
from csdl.reports.forms import Column, Form, FormRow, bases, form, headed
from csdl.reports.layouts import Place, SheetLayout, layout_of
from csdl.reports.models import Snapshot
from csdl.reports.queries import FrozenForm, frozen_form

__all__ = ["FORMATS", "ReportFile", "as_json", "as_pdf", "as_xlsx", "export_form", "file_name"]

FORMATS = ("xlsx", "pdf", "json")
BLOCKED = "#"
_UPRIGHT_COLUMNS = 4
_HEADS = {
    UnitKind.SCHOOL: "Hiệu trưởng",
    UnitKind.SPECIAL_SCHOOL: "Hiệu trưởng",
    UnitKind.INDEPENDENT_GROUP: "Chủ nhóm, lớp",
}


@dataclass(frozen=True)
class ReportFile:
    """A form that leaves: its name and bytes."""

    name: str
    content: bytes


def export_form(*, actor: Actor, snapshot: Snapshot, form_code: str, format: str) -> ReportFile:
    """A form of a freeze as a file; the log says who took it. No person stands in it, only figures.

    Errors:  NotAllowed; RPT-01 an unknown form, or format.
    """
    actor.require(Permission.REPORT_READ, on=snapshot)
    writers = {"xlsx": as_xlsx, "pdf": as_pdf, "json": as_json}
    if format not in writers:
        raise ReportError(f"Không có dạng tệp “{format}”. Các dạng: {', '.join(FORMATS)}.")
    what = frozen_form(snapshot, form(form_code, snapshot.basis))
    content = writers[format](what)
    data = {
        "period": snapshot.period.code,
        "level": snapshot.level_code,
        "form": form_code,
        "format": format,
        "version": snapshot.version,
    }
    record(actor=actor, kind="report:export", unit_id=snapshot.unit_id, data=data)
    return ReportFile(file_name(what, format), content)


def file_name(what: FrozenForm, format: str) -> str:
    """02-DN-TH_31305401_2024-dau-nam.xlsx"""
    return f"{what.form.code}_{what.snapshot.unit.code}_{what.snapshot.period.code}.{format}"


def as_xlsx(what: FrozenForm) -> bytes:
    """The form on the sheets of its official file; figures as numbers, "#" where a cell cannot be filled."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        base = {"font_name": "Times New Roman", "font_size": 12, "valign": "vcenter"}
        looks = {
            "plain": book.add_format(base | {"text_wrap": True}),
            "head": book.add_format(base | {"bold": True, "align": "center", "border": 1, "text_wrap": True}),
            "title": book.add_format(base | {"bold": True}),
            "label": book.add_format(base | {"border": 1, "text_wrap": True}),
            "center": book.add_format(base | {"border": 1, "align": "center"}),
            "figure": book.add_format(base | {"border": 1, "align": "center", "num_format": "#,##0"}),
            "money": book.add_format(base | {"border": 1, "align": "center", "num_format": "#,##0.0##"}),
        }
        for layout in layout_of(what.form):
            _write_sheet(book, layout, what, looks)
        book.set_properties({"title": what.form.title, "comments": _origin(what.snapshot)})
    return out.getvalue()


def _write_sheet(book: Any, layout: SheetLayout, what: FrozenForm, looks: Mapping[str, Any]) -> None:
    sheet = book.add_worksheet(layout.name[:31])
    sheet.set_paper(9)
    if layout.is_landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L&8{_origin(what.snapshot)}&R&8&P/&N")
    for place, width in layout.widths.items():
        sheet.set_column(place, place, width)
    first_line = min(layout.lines.values())
    covered: dict[Place, tuple[Place, Place]] = {first: (first, last) for first, last in layout.merged}
    texts = dict(layout.texts)
    if layout.unit_at:
        texts[layout.unit_at] = what.snapshot.unit_name
    for at, text in texts.items():
        look = looks[_look(at, layout, first_line)]
        if at in covered:
            first, last = covered.pop(at)
            sheet.merge_range(first.row, first.column, last.row, last.column, text, look)
        else:
            sheet.write(at.row, at.column, text, look)
    for first, last in covered.values():
        sheet.merge_range(first.row, first.column, last.row, last.column, "", looks["head"])
    for code, line in layout.lines.items():
        row = what.form.row(code)
        for column in row.columns:
            _write_figure(
                sheet, layout, line, row, column, what, looks["money" if row.column_set == "budget" else "figure"]
            )


def _look(at: Place, layout: SheetLayout, first_line: int) -> str:
    if at.row in layout.lines.values():
        return "label" if at.column == 1 else "center"
    if at.row >= first_line:
        return "label"
    return "title" if layout.unit_at and at.row < first_line - 3 else "head"


def _write_figure(
    sheet: Any, layout: SheetLayout, line: int, row: FormRow, column: Column, what: FrozenForm, look: Any
) -> None:
    at = layout.first_figure + column.position - 1
    figure = what.cell(row, column)
    if what.form.is_blocked(row, column):
        sheet.write(line, at, BLOCKED, look)
    elif row.column_set in layout.formulas and column.formula:
        places = {one.code: layout.first_figure + one.position - 1 for one in row.columns}
        # The official file adds the groups of a total, not its ways of building.
        parts = [f"public_{column.measure}", f"private_{column.measure}"]
        parts = parts if column.ownership == "total" else column.formula.split("+")
        names = "+".join(f"{_letters(places[part])}{line + 1}" for part in parts)
        sheet.write_formula(line, at, f"={names}", look, _number(figure))
    elif figure is None:
        sheet.write_blank(line, at, None, look)
    else:
        sheet.write_number(line, at, _number(figure), look)


def _letters(column: int) -> str:
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _number(figure: Decimal | None) -> int | float:
    if figure is None:
        return 0
    return int(figure) if figure == figure.to_integral_value() else float(figure)


def as_json(what: FrozenForm) -> bytes:
    """Figures by row and column, and beside them what every row and column means."""
    snapshot, one = what.snapshot, what.form
    rows = [
        {
            "code": row.code,
            "figures": {
                column.code: BLOCKED if one.is_blocked(row, column) else _plain(what.cell(row, column))
                for column in row.columns
            },
        }
        for row in one.rows
    ]
    sets = {row.column_set: row.columns for row in one.rows}
    document = {
        "form": {
            "code": one.code,
            "number": one.number,
            "title": one.title,
            "legal_basis": bases()[one.basis].title,
            "certainty": one.certainty.value,
            "note": one.note,
        },
        "report": {
            "period": snapshot.period.code,
            "school_year": snapshot.start_year,
            "unit_code": snapshot.unit.code,
            "unit_name": snapshot.unit_name,
            "level": snapshot.level_code,
            "valid_on": snapshot.valid_on.isoformat(),
            "known_at": snapshot.known_at.astimezone(clock.LOCAL_ZONE).isoformat(),
            "version": snapshot.version,
            "sha256": snapshot.digest,
        },
        "rows": rows,
        "dictionary": {
            "blocked": f"“{BLOCKED}”: ô không được điền; null: chưa nhập",
            "rows": {
                row.code: {
                    "label": row.label,
                    "parent": row.parent_label,
                    "heading": row.heading,
                    "unit": row.unit,
                    "columns": row.column_set,
                    "fill": row.fill.value,
                    "definition": row.definition,
                    "certainty": row.certainty,
                }
                for row in one.rows
            },
            "columns": {
                name: [
                    {
                        "code": column.code,
                        "position": column.position,
                        "label": column.full_label,
                        "formula": column.formula,
                    }
                    for column in columns
                ]
                for name, columns in sets.items()
            },
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _plain(figure: Decimal | None) -> int | float | None:
    return None if figure is None else _number(figure)


def as_pdf(what: FrozenForm) -> bytes:
    """The form on paper (PDF/A-2b): heading of the unit, a table for each section, who signs."""
    snapshot, one, now = what.snapshot, what.form, clock.now()
    draft = "" if one.certainty == Certainty.EXACT else f"{one.certainty.label}. {one.note}"
    data = {
        "title": one.title,
        "subtitle": f"Biểu số {one.number} – {snapshot.period.name}",
        "above": snapshot.parent_name,
        "unit": snapshot.unit_name,
        "place": "",
        "day": f"{now.day:02}",
        "month": f"{now.month:02}" if now.month < 3 else str(now.month),
        "year": str(now.year),
        "landscape": any(len(row.columns) > _UPRIGHT_COLUMNS for row in one.rows),
        "draft": draft,
        "basis": f"Căn cứ: {bases()[one.basis].title}. Số liệu có đến hết ngày {snapshot.valid_on:%d/%m/%Y}.",
        "sections": [_section(what, rows) for _, rows in _grouped(one)],
        "signers": [
            {"role": "Người lập biểu", "note": "(Ký, ghi rõ họ tên)", "name": ""},
            {
                "role": _HEADS.get(UnitKind(snapshot.unit_kind), "Giám đốc"),
                "note": "(Ký tên, đóng dấu)",
                "name": "",
            },
        ],
        "trace": _origin(snapshot),
    }
    return pdf("reports/papers/form", data, at=now)


def _grouped(one: Form) -> list[tuple[str, list[FormRow]]]:
    found: list[tuple[str, list[FormRow]]] = []
    for row in one.rows:
        if not found or found[-1][0] != row.column_set:
            found.append((row.column_set, []))
        found[-1][1].append(row)
    return found


def _section(what: FrozenForm, rows: Sequence[FormRow]) -> dict[str, Any]:
    columns = rows[0].columns
    groups: list[dict[str, Any]] = []
    second = []
    sizes = Counter(column.group_label for column in columns)
    for column in columns:
        if not column.group_label or (column.group_label == column.label and sizes[column.group_label] == 1):
            groups.append({"label": column.label, "span": 1, "rows": 2})
            continue
        if groups and groups[-1]["label"] == column.group_label and groups[-1]["rows"] == 1:
            groups[-1]["span"] += 1
        else:
            groups.append({"label": column.group_label, "span": 1, "rows": 1})
        second.append(column.label)
    lines: list[dict[str, Any]] = []
    for heading, row in headed(rows):
        if heading:
            lines.append({"heading": f"{heading}:"})
        lines.append(
            {
                "no": row.no,
                "label": row.label,
                "indent": row.indent,
                "unit": row.unit,
                "code": row.code,
                "is_typed": row.fill != Fill.COMPUTED,
                "figures": [
                    BLOCKED if what.form.is_blocked(row, column) else shown(_plain(what.cell(row, column)))
                    for column in columns
                ],
            }
        )
    return {"groups": groups, "second": second, "width": len(columns), "lines": lines}


def _origin(snapshot: Snapshot) -> str:
    """Which freeze a file comes from, in one line."""
    known = snapshot.known_at.astimezone(clock.LOCAL_ZONE)
    return (
        f"{snapshot.unit_name}, lần chốt {snapshot.version}, số liệu đến hết {snapshot.valid_on:%d/%m/%Y}, "
        f"chốt lúc {known:%H:%M %d/%m/%Y}. Mã băm {snapshot.digest[:16]}"
    )
