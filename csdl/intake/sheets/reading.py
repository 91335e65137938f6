"""Read and map: from a file to rows of typed values with their place and with everything that is wrong with them.

All problems of a row are collected, none stops another. Each distinct cell of a column is converted once: a file of
fifty thousand rows has a dozen genders.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from csdl.intake.errors import unreadable
from csdl.intake.problems import Problem, ProblemKind
from csdl.intake.sheets.columns import Column, Invalid, Need, header_key
from csdl.intake.sheets.damage import find_in_texts, find_swapped
from csdl.intake.sheets.headers import (
    HEADER_LEAST,
    HeaderMatch,
    NeedsMapping,
    best_match,
    is_below_header,
    match_headers,
    missing_columns,
    no_header,
    no_merged,
    no_unsolved,
    unheaded_columns,
    unread_columns,
)
from csdl.intake.sheets.nouns import SPECS
from csdl.intake.sheets.nouns.classes import class_key
from csdl.intake.sheets.specs import SheetSpec, Table, TableRow
from csdl.lib.vietnamese import fold, squeeze
from csdl.lib.workbook import plain_text
from csdl.lib.xlsx import Cell, Row, Sheet, UnreadableWorkbook, cell_text, open_sheets

__all__ = ["HeaderMatch", "NeedsMapping", "match_headers", "read_cells", "read_tables"]

_GUIDE = header_key("Hướng dẫn")
# What people call the sheets of persons, who have nearly the same columns.
_CALLED = {"pupils": ("hoc sinh", "hs", "tre"), "staff": ("giao vien", "gv", "can bo", "nhan vien", "cbgv", "cb gv")}
_LOOKED_AT = 200  # rows that are looked at for any content of an unread sheet
_TOTALS = ("tổng cộng", "tổng số", "tổng:", "cộng:", "cộng ")
_SIGNATURES = ("người lập", "hiệu trưởng", "thủ trưởng", "ngày ", "xác nhận", "ghi chú", "lưu ý", "kế toán")


def read_tables(
    content: bytes | Path,
    nouns: Sequence[str],
    mapping: Mapping[str, Mapping[str, str]] | None = None,
    classes: Mapping[str, str] | None = None,
) -> list[Table]:
    """The sheets of a file that hold these nouns, in the nouns' order; of a whole workbook those that are there. One
    noun may stand on several sheets, as a list for each class does. Visible sheets that stay unread are named.

    Shapes:  `mapping` noun -> column name -> header, as a person tied them; `classes` key (`class_key`) -> name of the
             school's classes: a sheet called like one says the class of rows that have no column for it.
    Errors:  IntakeError: INT-01 … INT-04 the file cannot be opened, INT-05 no sheet with a header, INT-06 a needed
             column is not there, INT-07 merged cells inside the data, INT-08 a formula without its result; NeedsMapping
             (INT-09) where a header of the file may be the missing column.
    """
    try:
        sheets = open_sheets(content)
    except UnreadableWorkbook as error:
        raise unreadable(error.why) from None
    specs, known = [SPECS[noun] for noun in nouns], classes or {}
    matches = _matches(sheets, specs, mapping or {}, known)
    tables = [_read(match, known) for match in matches]
    tables[0].notes[:0] = _unread_sheets(sheets, matches, specs)
    return tables


def read_cells(
    spec: SheetSpec, sheet: str, columns: Sequence[str], rows: Sequence[tuple[int, Sequence[Cell]]]
) -> Table:
    """Rows that came without a file, such as pasted lines: `columns` names what each cell of a row is."""
    places = {name: place for place, name in enumerate(columns)}
    table = Table(spec, sheet, {name: spec.column(name).label for name in columns}, [])
    _fill(table, [Row(number, tuple(cells)) for number, cells in rows], places, {})
    return table


def _matches(
    sheets: Sequence[Sheet],
    specs: Sequence[SheetSpec],
    mapping: Mapping[str, Mapping[str, str]],
    classes: Mapping[str, str],
) -> list[HeaderMatch]:
    if len(specs) == 1:
        best = best_match(sheets, specs[0], mapping.get(specs[0].noun))
        if best is None or not (best.found or best.unknown):
            raise no_header(column.label for column in specs[0].columns if column.need is Need.NEEDED)
        found = [best]
    else:
        found = _by_title(sheets, specs, mapping)
    found += _by_header(sheets, specs, mapping, found, classes)
    if not found:
        raise no_header(spec.title for spec in specs)
    wanting: dict[str, HeaderMatch] = {}
    for match in found:
        if match.missing:
            wanting.setdefault(match.spec.noun, match)
    if any(match.unknown for match in wanting.values()):
        raise NeedsMapping(wanting)
    for match in wanting.values():
        raise missing_columns(match.sheet.name, [column.label for column in match.missing])
    order, place = [spec.noun for spec in specs], [sheet.name for sheet in sheets]
    return sorted(found, key=lambda match: (order.index(match.spec.noun), place.index(match.sheet.name)))


def _by_title(
    sheets: Sequence[Sheet], specs: Sequence[SheetSpec], mapping: Mapping[str, Mapping[str, str]]
) -> list[HeaderMatch]:
    """The sheets that are called as a noun is; one that was left empty says nothing about it."""
    titles = {header_key(sheet.name): sheet for sheet in sheets}
    named = [
        match_headers(sheet, spec, mapping.get(spec.noun))
        for spec in specs
        if (sheet := titles.get(header_key(spec.title)))
    ]
    return [match for match in named if match.header_row]


def _by_header(
    sheets: Sequence[Sheet],
    specs: Sequence[SheetSpec],
    mapping: Mapping[str, Mapping[str, str]],
    found: Sequence[HeaderMatch],
    classes: Mapping[str, str],
) -> list[HeaderMatch]:
    """The other visible sheets, each as the noun whose columns its header knows most of."""
    taken = {match.sheet.name for match in found}
    rest: list[HeaderMatch] = []
    for sheet in sheets:
        if sheet.name in taken or sheet.is_hidden or _is_of_another(sheet, specs):
            continue
        best = _best_noun(sheet, mapping, [*found, *rest], classes)
        if best is not None and best.spec in specs:
            rest.append(best)
    return rest


def _is_of_another(sheet: Sheet, specs: Sequence[SheetSpec]) -> bool:
    """Whether a sheet is called as a noun that is not wanted."""
    return any(header_key(sheet.name) == header_key(spec.title) for spec in SPECS.values() if spec not in specs)


def _best_noun(
    sheet: Sheet,
    mapping: Mapping[str, Mapping[str, str]],
    found: Sequence[HeaderMatch],
    classes: Mapping[str, str],
) -> HeaderMatch | None:
    """Of all nouns whose needed columns are there the one that the sheet is called like, else the one of which most
    stand in the header. Of two that know as many: that of a sheet with the same header, one that no sheet holds."""
    matches = [match_headers(sheet, spec, mapping.get(noun)) for noun, spec in SPECS.items()]
    whole = [match for match in matches if match.header_row and not match.missing and match.found >= HEADER_LEAST]
    held = {match.spec.noun for match in found}
    alike = {(match.spec.noun, match.in_order) for match in found}

    def rank(match: HeaderMatch) -> tuple[bool, int, bool, bool]:
        noun = match.spec.noun
        return _called_like(sheet, noun, classes), match.found, (noun, match.in_order) in alike, noun not in held

    return max(whole, key=rank, default=None)


def _called_like(sheet: Sheet, noun: str, classes: Mapping[str, str]) -> bool:
    if noun == "pupils" and class_key(sheet.name) in classes:
        return True
    said = f" {fold(sheet.name)} "
    return any(f" {word} " in said for word in _CALLED.get(noun, ()))


def _unread_sheets(
    sheets: Sequence[Sheet], matches: Sequence[HeaderMatch], specs: Sequence[SheetSpec]
) -> list[Problem]:
    """Visible sheets with content that no noun was read from, each named with the reason; guidance is none."""
    read = {match.sheet.name for match in matches}
    wanted = ", ".join(spec.title for spec in specs)
    notes = []
    for sheet in sheets:
        if sheet.name in read or sheet.is_hidden or header_key(sheet.name) == _GUIDE:
            continue
        if next(sheet.first_rows(_LOOKED_AT), None) is None:
            continue
        other = next((spec for spec in SPECS.values() if header_key(spec.title) == header_key(sheet.name)), None)
        best = _best_noun(sheet, {}, (), {})
        other = other or (best.spec if best else None)
        near = max((match_headers(sheet, spec) for spec in specs), key=lambda match: match.found)
        if other is not None and other not in specs:
            why = f"trang là {other.title.lower()}, lần nhập này chỉ nhận {wanted.lower()}. Hãy nhập riêng trang ấy."
        elif near.found >= HEADER_LEAST - 1 and near.missing:
            lacking = ", ".join(column.label for column in near.missing)
            why = f"dòng tiêu đề thiếu cột {lacking}. Hãy bổ sung cột rồi tải lên lại."
        else:
            why = f"không thấy dòng tiêu đề của {wanted.lower()}."
        message = f"Trang tính “{sheet.name[:60]}” không được đọc: {why}"
        notes.append(Problem(sheet.name, 1, "", "", ProblemKind.SHEET_UNREAD, message))
    return notes


def _read(match: HeaderMatch, classes: Mapping[str, str]) -> Table:
    rows: list[Row] = []
    first = True
    used = sorted(match.used)
    for row in match.sheet.rows():
        if row.number <= match.header_row:
            continue
        if first and not is_below_header(row, match, first=True):
            continue
        # Rows whose cells all lie outside the known columns (a note beside the table) are no data rows.
        if any(_holds(row.at(place)) for place in used):
            first = False
            rows.append(row)
    table = Table(match.spec, match.sheet.name, match.headers, [], in_order=match.in_order)
    rows = _without_end(table, match, rows)
    table.notes[:0] = [*unread_columns(match), *unheaded_columns(match, rows)]
    last = rows[-1].number if rows else match.header_row
    no_merged(match.sheet, match.header_row, last, used)
    no_unsolved(match.sheet, match.header_row, used)
    _fill(table, rows, match.places, match.parts)
    _class_of_sheet(table, classes)
    return table


def _class_of_sheet(table: Table, classes: Mapping[str, str]) -> None:
    """A list without a column for the class is that of the class which its sheet is called by."""
    name = classes.get(class_key(table.sheet))
    if table.spec.noun != "pupils" or name is None or "class_name" in table.headers or not table.rows:
        return
    for row in table.rows:
        row.values["class_name"] = name
    message = f"Trang tính “{table.sheet}” không có cột Lớp; các dòng được ghi vào lớp {name} theo tên trang tính."
    table.notes.append(Problem(table.sheet, table.rows[0].number, "class_name", "", ProblemKind.LAID_OUT, message))


def _holds(cell: Cell) -> bool:
    return cell is not None and cell != "" and (type(cell) is not str or not cell.isspace())


def _without_end(table: Table, match: HeaderMatch, rows: list[Row]) -> list[Row]:
    """Leave out the total and the signatures under the data, with a note for each."""
    needed = [
        place
        for column in match.spec.columns
        if column.need is Need.NEEDED
        for place in (match.parts.get(column.name) or (match.places[column.name],))
    ]
    end = len(rows)
    while end and (what := _not_data(rows[end - 1], needed)):
        end -= 1
        row = rows[end]
        text = next(found for cell in row.cells if (found := cell_text(cell)))
        message = f"Dòng {row.number} “{text[:60]}” là {what} nên được bỏ qua."
        table.notes.insert(0, Problem(table.sheet, row.number, "", text[:60], ProblemKind.ROW_SKIPPED, message))
    return rows[:end]


def _not_data(row: Row, needed: Sequence[int]) -> str:
    said = [squeeze(cell).lower() for cell in row.cells if isinstance(cell, str) and cell.strip()]
    if all(_holds(row.at(place)) for place in needed) and len(needed) > 1:
        return ""
    if any(text.startswith(_TOTALS) or text in ("tổng", "cộng") for text in said):
        return "dòng tổng cộng"
    if any(text.startswith(_SIGNATURES) for text in said):
        return "chữ ký hoặc ghi chú"
    return ""


def _fill(table: Table, rows: Sequence[Row], places: Mapping[str, int], parts: Mapping[str, tuple[int, ...]]) -> None:
    """Convert column by column; every value and problem lands at its row."""
    table.rows = [TableRow(row.number, {}) for row in rows]
    width = max((*places.values(), *(place for some in parts.values() for place in some)), default=-1) + 1
    padded = [row.cells if len(row.cells) >= width else row.cells + (None,) * (width - len(row.cells)) for row in rows]
    for column in table.spec.columns:
        if column.name in parts:
            assert column.parts is not None
            joined = [[one[place] for place in parts[column.name]] for one in padded]
            cells: list[Cell] = list(ticks(joined) if (ticks := column.parts.ticks) else map(column.parts.join, joined))
            if ticks:
                _tell_ticks(table, column, cells)
        elif column.name in places:
            place = places[column.name]
            cells = [one[place] for one in padded]
        else:
            continue
        _convert(table, column, cells)
        find_swapped(table, column, table.rows, cells)
        find_in_texts(table, column, table.rows, cells)


def _tell_ticks(table: Table, column: Column, cells: Sequence[Cell]) -> None:
    """Who was ticked and who was not, said once: a column left empty by mistake would make all of them boys."""
    counts = Counter(cell for cell in cells if cell)
    if counts:
        said = ", ".join(f"{count} “{what}”" for what, count in counts.items())
        message = f"Cột đánh dấu “{table.headers[column.name]}” được đọc thành {column.label.lower()}: {said}."
        table.notes.append(Problem(table.sheet, table.rows[0].number, column.name, "", ProblemKind.LAID_OUT, message))


_UNSEEN = object()


def _convert(table: Table, column: Column, cells: Sequence[Cell]) -> None:
    read, name = column.read, column.name
    is_wanted = column.need is not Need.OPTIONAL
    is_plain = column.show is str
    texts: dict[str, Any] = {text: read(text) for text in {cell for cell in cells if type(cell) is str and cell}}
    texts[""] = None
    stored = [row.values for row in table.rows]
    others: dict[tuple[type, Cell], Any] = {}  # 1, 1.0 and True are one key without their type
    for row, values, cell in zip(table.rows, stored, cells, strict=True):
        if type(cell) is str:
            value = texts[cell]
        elif cell is None:
            value = None
        else:
            key = type(cell), cell
            value = others.get(key, _UNSEEN)
            if value is _UNSEEN:
                value = others[key] = read(cell)
        if type(value) is str and not is_plain:
            values[name] = value
        elif value is None:
            if is_wanted:
                message = f"Hãy bổ sung {column.label.lower()}."
                row.problems.append(Problem(table.sheet, row.number, name, "", ProblemKind.VALUE_MISSING, message))
        elif type(value) is Invalid:
            row.problems.append(
                Problem(table.sheet, row.number, name, cell_text(cell), value.kind, value.message, value.proposal)
            )
            if value.instead is not None:
                values[name] = value.instead
                row.as_found[name] = plain_text(str(cell))
        else:
            values[name] = value
            if is_plain and value != cell:
                row.as_found[name] = plain_text(str(cell))
