"""The kinds of column that nouns are made of: each reads a cell and shows a stored value in the way that reads back."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from csdl.codes import queries as codes
from csdl.intake.problems import ProblemKind
from csdl.intake.sheets.cells import code_of, code_text, commune, day, grade, option_of, plain, shown_day, yes_no
from csdl.intake.sheets.columns import Column, Form, Invalid, Parts, header_key
from csdl.lib.vietnamese import text_key
from csdl.lib.xlsx import Cell, cell_text

__all__ = [
    "RECORD",
    "SCHOOL",
    "VERSION",
    "commune_column",
    "day_column",
    "day_parts",
    "flag_column",
    "gender_ticks",
    "grade_column",
    "list_choices",
    "list_column",
    "name_parts",
    "option_column",
    "text_column",
]


def text_column(name: str, label: str, limit: int, **said: Any) -> Column:
    """Free text."""
    return Column(name, label, plain(limit), **said)


def list_column(
    name: str,
    label: str,
    code_list: str,
    *,
    also: dict[str, str] | None = None,
    doubt: Callable[[str], str] | None = None,
    **said: Any,
) -> Column:
    """A value of one of the ministry's lists; `doubt` as in `code_of`."""

    def show(value: Any) -> str:
        return _list_labels(code_list).get(str(value), str(value))

    return Column(name, label, code_of(code_list, also=also, doubt=doubt), code_list=code_list, show=show, **said)


def _list_labels(code_list: str) -> Mapping[str, str]:
    """A list's values as a cell shows them: the name, with its code where the name alone is not clear."""
    known = codes.labels(code_list)[code_list]
    names = codes.names_to_codes(code_list)

    def make() -> dict[str, str]:
        return {
            code: label if names.get(header_key(label)) == (code,) and not label.isdigit() else f"{code} - {label}"
            for code, label in known.items()
        }

    return _made_of(known, make)


# What is made of a list, beside the list it was made of: lists are read anew once a minute, cells are many.
_made: dict[int, tuple[Mapping[str, str], Mapping[str, str]]] = {}


def _made_of(known: Mapping[str, str], make: Callable[[], Mapping[str, str]]) -> Mapping[str, str]:
    held = _made.get(id(known))
    if held is None or held[0] is not known:
        if len(_made) > 200:
            _made.clear()
        held = _made[id(known)] = known, make()
    return held[1]


def list_choices(column: Column) -> tuple[str, ...]:
    """What may be chosen in a cell of the column, as it is shown there; empty where anything may be typed."""
    if column.code_list:
        return tuple(_list_labels(column.code_list).values())
    if column.read is grade:
        return tuple(_grade_label(code) for code in codes.grades())
    if column.read is commune:
        return tuple(sorted(_commune_labels().values(), key=text_key))
    return tuple(label for _, label in column.options)


def grade_column(name: str, label: str, **said: Any) -> Column:
    """A grade."""
    return Column(name, label, grade, show=_grade_label, **said)


def _grade_label(code: Any) -> str:
    found = codes.grades().get(str(code))
    return found.name_vi if found else str(code)


def option_column(
    name: str, label: str, options: Sequence[tuple[Any, str]], *, also: dict[str, Any] | None = None, **said: Any
) -> Column:
    """One of a few values of our own."""
    labels = dict(options)
    read = option_of(options, also)
    return Column(name, label, read, options=tuple(options), show=lambda value: labels.get(value, str(value)), **said)


YES_NO = ((True, "Có"), (False, "Không"))


def flag_column(name: str, label: str, **said: Any) -> Column:
    """Yes or no."""
    return Column(name, label, yes_no, options=YES_NO, show=lambda value: "Có" if value else "Không", **said)


def day_column(name: str, label: str, **said: Any) -> Column:
    """A day."""
    given: dict[str, Any] = {"hint": "dd/mm/yyyy", "width": 12} | said
    return Column(name, label, day, form=Form.DAY, show=shown_day, **given)


def commune_column(name: str, label: str, *, beside: tuple[str, ...] = (), **said: Any) -> Column:
    """A commune; `beside` are headers of a column that holds its district."""
    parts = Parts(((), beside), _join_places, beside=True) if beside else None
    return Column(name, label, commune, show=_commune_label, parts=parts, **said)


def _commune_label(code: Any) -> str:
    return _commune_labels().get(str(code), str(code))


def _commune_labels() -> Mapping[str, str]:
    """Communes as a cell shows them: name and district where they lead back to this commune alone, else the code."""
    known = codes.commune_labels()
    return _made_of(known, lambda: {code: label if commune(label) == code else code for code, label in known.items()})


def _join_places(cells: Sequence[Cell]) -> Cell:
    said = [cell_text(cell) for cell in cells]
    # A code needs no district; a number in the district's column is a district's code and says nothing here.
    if not said[0] or said[0].isdigit() or not said[1] or said[1].isdigit():
        return cells[0]
    return f"{said[0]}, {said[1]}"


def name_parts(*, family: tuple[str, ...], given: tuple[str, ...]) -> Parts:
    """Family and middle names in one column, the given name in another."""

    def join(cells: Sequence[Cell]) -> Cell:
        return " ".join(part for cell in cells if (part := cell_text(cell))) or None

    return Parts((family, given), join, merged=range(2, 5))


_TICKS = {"1", "x", "xx", "co", "true", "v", "nu", "✓", "✔", "☑"}
_UNTICKED = {"", "0", "khong", "false", "k", "nam", "☐", "-"}


def gender_ticks(rows: Sequence[Sequence[Cell]]) -> list[Cell]:
    """What the columns "Nữ" and "Nam" say of each row, as a gender: without a tick in "Nữ", and no column "Nam" beside
    it, a boy. Where nobody is ticked nothing is said; a cell that is no tick stands as it is."""
    said = [[header_key(cell) or cell_text(cell) for cell in cells] for cells in rows]
    is_told = any(cells[0] in _TICKS for cells in said)

    def gender(cells: Sequence[str], found: Sequence[Cell]) -> Cell:
        girl, boys = cells[0] in _TICKS, cells[1:]
        if not girl and cells[0] not in _UNTICKED:
            return found[0]
        if any(boy == "x" or boy in _TICKS for boy in boys):
            return "Nam" if not girl else f"{cell_text(found[0])}, {cell_text(found[1])}"
        return "Nữ" if girl else "Nam" if (is_told and not boys) or cells[0] == "nam" else None

    return [gender(cells, found) for cells, found in zip(said, rows, strict=True)]


def day_parts(suffix: str = "sinh") -> Parts:
    """Day, month and year in three columns."""

    def join(cells: Sequence[Cell]) -> Cell:
        said = [cell for cell in cells if cell_text(cell)]
        # A header merged over three columns may stand over whole days in one of them.
        return "/".join(cell_text(cell) for cell in cells) if len(said) > 1 else next(iter(said), None)

    return Parts((("Ngày",), ("Tháng", f"Tháng {suffix}"), ("Năm", f"Năm {suffix}")), join, merged=range(3, 4))


def _record(cell: Cell) -> str | Invalid | None:
    said = cell_text(cell)
    if not said:
        return None
    try:
        return str(uuid.UUID(said))
    except ValueError:
        return Invalid(ProblemKind.VALUE_UNKNOWN, "Mã bản ghi bị sửa; dòng được dò theo nội dung. Không sửa cột này.")


RECORD = Column("record", "Mã bản ghi", _record, hint="Do hệ thống ghi, không sửa.", width=10, is_hidden=True)
VERSION = Column("version", "Phiên bản", code_text(), hint="Do hệ thống ghi, không sửa.", width=8, is_hidden=True)
SCHOOL = Column(
    "school_code",
    "Mã trường",
    code_text(8, 20, "mã trường"),
    source_field="MaTruongHoc",
    aliases=("Mã trường học", "MA_TRUONG"),
    hint="Chỉ cần khi tệp có nhiều trường.",
    width=12,
)
