"""A form of a freeze or a consolidation as a file: the ministry's workbook cell for cell, paper, JSON with its data
dictionary.

Every file carries the freeze or the sum it comes from and its hash, so that paper and system can be held beside each
other.
"""

import datetime as dt
import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.db.models import Q

from csdl.accounts.actor import Actor
from csdl.accounts.errors import InvalidRecord
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.lib import clock
from csdl.lib.locked import lock_faults, locked
from csdl.lib.typst import pdf, shown
from csdl.orgs.enums import UnitKind
from csdl.orgs.models import OrgUnit, UnitVersion
from csdl.reports.consolidations import missing_units, summed_form, summed_form_named, summed_forms
from csdl.reports.enums import Certainty, Fill
from csdl.reports.errors import ReportError
from csdl.reports.forms import Column, Form, FormRow, bases, form, headed
from csdl.reports.layouts import YEAR_WORD, Place, SheetLayout, layout_of
from csdl.reports.models import ConsolidationVersion, ReportPeriod, Snapshot
from csdl.reports.queries import FilledForm, frozen_form

__all__ = ["FORMATS", "Heading", "ReportFile", "export_form", "export_summed_form"]

FORMATS = ("xlsx", "pdf", "json")
BLOCKED = "#"
_UPRIGHT_COLUMNS = 4
_HEADS = {
    UnitKind.SCHOOL: "Hiệu trưởng",
    UnitKind.SPECIAL_SCHOOL: "Hiệu trưởng",
    UnitKind.INDEPENDENT_GROUP: "Chủ nhóm, lớp",
    UnitKind.DISTRICT_OFFICE: "Trưởng phòng",
    UnitKind.COMMUNE_COMMITTEE: "Chủ tịch",
}
# So many missing units are named on the paper; all of them stand in the JSON.
_NAMED = 10


@dataclass(frozen=True)
class ReportFile:
    """A form that leaves: its name and bytes."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Heading:
    """Whose figures a file holds and where they come from. `origin` is one line for the foot, `gaps` names who is
    missing, `facts` is what JSON says of the report."""

    period: ReportPeriod
    valid_on: dt.date
    unit_code: str
    unit_name: str
    unit_kind: str
    above: str
    origin: str
    gaps: str
    facts: Mapping[str, Any]


def export_form(*, actor: Actor, snapshot: Snapshot, form_code: str, format: str, password: str = "") -> ReportFile:
    """A form of a freeze as a file; the log says who took it, and whether a password opens it. No person stands in it,
    only figures.

    Errors:  NotAllowed; RPT-01 an unknown form, or format; REC-01 a password that cannot be.
    """
    actor.require(Permission.REPORT_READ, on=snapshot)
    if faults := lock_faults(password, format):
        raise InvalidRecord(faults)
    made = _written(frozen_form(snapshot, form(form_code, snapshot.basis)), _of_freeze(snapshot), format)
    data = {
        "period": snapshot.period.code,
        "level": snapshot.level_code,
        "form": form_code,
        "format": format,
        "version": snapshot.version,
    } | ({"locked": True} if password else {})
    record(actor=actor, kind="report:export", unit_id=snapshot.unit_id, data=data)
    return ReportFile(made.name, locked(made.content, format, password))


def export_summed_form(
    *,
    actor: Actor,
    version: ConsolidationVersion,
    form_code: str,
    format: str,
    purpose: str = "",
    password: str = "",
) -> ReportFile:
    """A form of a consolidation as a file; the log says who took it and for what, and whether a password opens it.

    Errors:  NotAllowed; RPT-01 an unknown form, one that no part holds, or format; REC-01 a password that cannot be.
    """
    actor.require(Permission.REPORT_READ, on=version)
    actor.require(Permission.DATA_EXPORT, on=version)
    found = summed_form_named(version, form_code)
    if found is None:
        raise ReportError(
            f"Bản tổng hợp của {version.unit.name} không có biểu “{form_code}”. "
            f"Các biểu: {', '.join(one.code for one in summed_forms(version))}."
        )
    if faults := lock_faults(password, format):
        raise InvalidRecord(faults)
    made = _written(summed_form(version, found), _of_sum(version), format)
    data = {
        "period": version.consolidation.period.code,
        "level": version.consolidation.level_code,
        "form": form_code,
        "format": format,
        "version": version.version,
        "purpose": purpose,
    } | ({"locked": True} if password else {})
    record(actor=actor, kind="report:export_consolidation", unit_id=version.unit_id, data=data)
    return ReportFile(made.name, locked(made.content, format, password))


def _written(what: FilledForm, heading: Heading, format: str) -> ReportFile:
    writers = {"xlsx": _xlsx, "pdf": _pdf, "json": _json}
    if format not in writers:
        raise ReportError(f"Không có dạng tệp “{format}”. Các dạng: {', '.join(FORMATS)}.")
    # 02-DN-TH_31305401_2024-dau-nam.xlsx
    return ReportFile(
        f"{what.form.code}_{heading.unit_code}_{heading.period.code}.{format}", writers[format](what, heading)
    )


def _of_freeze(snapshot: Snapshot) -> Heading:
    facts = {
        "valid_on": snapshot.valid_on.isoformat(),
        "version": snapshot.version,
        "known_at": _local(snapshot.known_at).isoformat(),
        "sha256": snapshot.digest,
    }
    return Heading(
        snapshot.period,
        snapshot.valid_on,
        snapshot.unit.code,
        snapshot.unit_name,
        snapshot.unit_kind,
        snapshot.parent_name,
        f"{snapshot.unit_name}, lần chốt {snapshot.version}, số liệu đến hết {snapshot.valid_on:%d/%m/%Y}, "
        f"chốt lúc {_local(snapshot.known_at):%H:%M %d/%m/%Y}. Mã băm {snapshot.digest[:16]}",
        "",
        _facts(snapshot.period, snapshot.unit.code, snapshot.unit_name, snapshot.level_code, facts),
    )


def _of_sum(version: ConsolidationVersion) -> Heading:
    period, unit = version.consolidation.period, version.unit
    # What the unit was called, and belonged to, when it took the reports.
    was = _then(unit, period.snapshot_on)
    above = _then(was.parent, period.snapshot_on).name if was.parent else ""
    facts = {
        "valid_on": period.snapshot_on.isoformat(),
        "consolidation": version.version,
        "made_at": _local(version.made_at).isoformat(),
        "expected_units": version.expected_count,
        "included_units": version.included_count,
        "missing_units": missing_units(version),
        "sha256": version.digest,
    }
    gaps = ""
    if version.missing:
        named = ", ".join(f"{one['name']} ({one['state'].lower()})" for one in version.missing[:_NAMED])
        more = f" và {len(version.missing) - _NAMED} đơn vị nữa" if len(version.missing) > _NAMED else ""
        gaps = f"Chưa có số liệu của {len(version.missing)}/{version.expected_count} đơn vị: {named}{more}."
    return Heading(
        period,
        period.snapshot_on,
        unit.code,
        was.name,
        was.kind,
        above,
        f"{was.name}, lần tổng hợp {version.version}: {version.included_count}/{version.expected_count} đơn vị, "
        f"số liệu đến hết {period.snapshot_on:%d/%m/%Y}, tổng hợp lúc {_local(version.made_at):%H:%M %d/%m/%Y}. "
        f"Mã băm {version.digest[:16]}",
        gaps,
        _facts(period, unit.code, was.name, version.consolidation.level_code, facts),
    )


def _then(unit: OrgUnit, day: dt.date) -> OrgUnit | UnitVersion:
    """A unit as it was on a day; as it is where nothing older is known."""
    held = unit.versions.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day), valid_from__lte=day)
    return held.select_related("parent").first() or unit


def _facts(
    period: ReportPeriod, unit_code: str, unit_name: str, level_code: str, more: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "period": period.code,
        "school_year": period.start_year,
        "unit_code": unit_code,
        "unit_name": unit_name,
        "level": level_code,
        **more,
    }


def _local(instant: dt.datetime) -> dt.datetime:
    return instant.astimezone(clock.LOCAL_ZONE)


def _xlsx(what: FilledForm, heading: Heading) -> bytes:
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
            _write_sheet(book, layout, what, heading, looks)
        book.set_properties({"title": what.form.title, "comments": f"{heading.origin}. {heading.gaps}".strip()})
    return out.getvalue()


def _write_sheet(book: Any, layout: SheetLayout, what: FilledForm, heading: Heading, looks: Mapping[str, Any]) -> None:
    sheet = book.add_worksheet(layout.name[:31])
    sheet.set_paper(9)
    if layout.is_landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L&8{heading.origin}&R&8&P/&N")
    for place, width in layout.widths.items():
        sheet.set_column(place, place, width)
    first_line = min(layout.lines.values())
    covered: dict[Place, tuple[Place, Place]] = {first: (first, last) for first, last in layout.merged}
    texts = dict(layout.texts)
    if layout.unit_at:
        texts[layout.unit_at] = heading.unit_name
    if layout.year_at:
        texts[layout.year_at] = str(texts[layout.year_at]).replace(YEAR_WORD, f"năm {heading.valid_on.year}")
    if layout.taker_at and heading.above:  # of the department alone it is the ministry, as printed
        texts[layout.taker_at] = heading.above
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
    sheet: Any, layout: SheetLayout, line: int, row: FormRow, column: Column, what: FilledForm, look: Any
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


def _json(what: FilledForm, heading: Heading) -> bytes:
    """Figures by row and column, and beside them what every row and column means."""
    one = what.form
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
        "report": heading.facts,
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


def _pdf(what: FilledForm, heading: Heading) -> bytes:
    """The form on paper (PDF/A-2b): heading of the unit, a table for each section, who signs."""
    one, period, now = what.form, heading.period, clock.now()
    draft = "" if one.certainty == Certainty.EXACT else f"{one.certainty.label}. {one.note}"
    data = {
        "title": one.title,
        "subtitle": f"Biểu số {one.number} – {period.name}",
        "above": heading.above,
        "unit": heading.unit_name,
        "place": "",
        "day": f"{now.day:02}",
        "month": f"{now.month:02}" if now.month < 3 else str(now.month),
        "year": str(now.year),
        "landscape": any(len(row.columns) > _UPRIGHT_COLUMNS for row in one.rows),
        "draft": draft,
        "basis": f"Căn cứ: {bases()[one.basis].title}. Số liệu có đến hết ngày {heading.valid_on:%d/%m/%Y}. "
        f"{heading.gaps}".strip(),
        "sections": [_section(what, rows) for _, rows in _grouped(one)],
        "signers": [
            {"role": "Người lập biểu", "note": "(Ký, ghi rõ họ tên)", "name": ""},
            {
                "role": _HEADS.get(UnitKind(heading.unit_kind), "Giám đốc"),
                "note": "(Ký tên, đóng dấu)",
                "name": "",
            },
        ],
        "trace": heading.origin,
    }
    return pdf("reports/papers/form", data, at=now)


def _grouped(one: Form) -> list[tuple[str, list[FormRow]]]:
    found: list[tuple[str, list[FormRow]]] = []
    for row in one.rows:
        if not found or found[-1][0] != row.column_set:
            found.append((row.column_set, []))
        found[-1][1].append(row)
    return found


def _section(what: FilledForm, rows: Sequence[FormRow]) -> dict[str, Any]:
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
