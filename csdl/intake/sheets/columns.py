"""A column of a sheet and the ways to read a cell of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from csdl.intake.problems import ProblemKind
from csdl.lib.vietnamese import fold
from csdl.lib.xlsx import Cell, cell_date, cell_text

__all__ = ["Column", "Invalid", "Need", "coded", "date", "digits", "flag", "header_key", "text"]


class Need(Enum):
    """How much a column matters."""

    OPTIONAL = "optional"
    WANTED = "wanted"  # starred in the ministry's template; an empty cell is a warning
    NEEDED = "needed"  # the file is refused without the column


@dataclass(frozen=True, slots=True)
class Invalid:
    """A cell that could not be taken as it stands. `instead` is used where there is something near."""

    kind: ProblemKind
    message: str
    instead: Any = None


type Converter = Callable[[Cell], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the ministry's name, the label people know, how a cell becomes a value. `None` = nothing said."""

    name: str
    label: str
    read: Converter
    need: Need = Need.OPTIONAL


def header_key(cell: Cell) -> str:
    """A header cell as it is compared: 'MA_TRUONG *' and 'Mã trường' both read without stars, accents, signs."""
    return fold(cell_text(cell)).replace("*", "").replace("_", " ").strip()


def text(limit: int, *, letters: bool = False) -> Converter:
    """Free text up to a length; with `letters`, a lone number is not taken for an address or a name."""

    def read(cell: Cell) -> str | Invalid | None:
        found = cell_text(cell)
        if not found:
            return None
        if letters and not any(sign.isalpha() for sign in found):
            return Invalid(ProblemKind.TEXT_UNUSABLE, "Nội dung phải có chữ; ô được bỏ trống, giá trị cũ được giữ lại.")
        if len(found) > limit:
            return Invalid(ProblemKind.TEXT_UNUSABLE, f"Dài hơn {limit} ký tự; phần thừa bị cắt.", found[:limit])
        return found

    return read


def coded(
    known: Mapping[str, Any],
    legend: str,
    *,
    approximated: frozenset[str] = frozenset(),
    otherwise: str = "Trường dữ liệu này được để trống.",
) -> Converter:
    """A value of a closed list; `approximated` are values whose counterpart here is only near; `otherwise` says what
    becomes of an unknown one."""

    def read(cell: Cell) -> Any:
        found = cell_text(cell)
        if not found:
            return None
        if found not in known:
            return Invalid(ProblemKind.VALUE_UNKNOWN, f"Giá trị hợp lệ: {legend}. {otherwise}")
        if found in approximated:
            return Invalid(ProblemKind.VALUE_APPROXIMATED, f"Quy đổi gần đúng theo {legend}.", known[found])
        return known[found]

    return read


def digits(width: int, what: str, *, least: int = 1) -> Converter:
    """An administrative code of a fixed width; leading zeros that Excel ate come back, from `least` digits on."""

    def read(cell: Cell) -> str | Invalid | None:
        found = cell_text(cell)
        if not found:
            return None
        if found.isascii() and found.isdigit() and least <= len(found) <= width:
            return found.zfill(width)
        return Invalid(ProblemKind.VALUE_UNKNOWN, f"{what} gồm {width} chữ số. Trường dữ liệu này được để trống.")

    return read


def date(cell: Cell) -> Any:
    """A day: a date cell, dd/mm/yyyy as text, or Excel's serial."""
    if not cell_text(cell):
        return None
    found = cell_date(cell)
    if found is None:
        return Invalid(ProblemKind.DATE_UNREADABLE, "Hãy ghi ngày dạng ngày/tháng/năm, ví dụ 31/08/1995.")
    return found


def flag(cell: Cell) -> Any:
    """1 yes, 0 no."""
    return coded({"1": True, "0": False}, "1 có, 0 không")(cell)
