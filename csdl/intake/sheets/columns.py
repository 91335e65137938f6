"""A column of a sheet: what it is called, how a cell of it is read, how a value of it is shown again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any

from csdl.intake.problems import ProblemKind
from csdl.lib.vietnamese import fold
from csdl.lib.xlsx import Cell, cell_text

__all__ = ["Column", "Form", "Invalid", "Need", "Parts", "header_key"]


class Need(Enum):
    """How much a column matters."""

    OPTIONAL = "optional"
    WANTED = "wanted"  # starred in the ministry's template; an empty cell is a warning
    NEEDED = "needed"  # the file is refused without the column; what a new record needs: SheetSpec.needed


class Form(StrEnum):
    """How a cell of the column is formatted, so that a spreadsheet leaves what is typed alone."""

    TEXT = "text"
    DAY = "day"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Invalid:
    """A cell that could not be taken as it stands. `instead` is the value used where there is something near;
    `proposal` a value that is offered and not taken."""

    kind: ProblemKind
    message: str
    instead: Any = None
    proposal: Any = None


type Converter = Callable[[Cell], Any]


@dataclass(frozen=True, slots=True)
class Parts:
    """Several columns of a file that together say one: family and given name; day, month, year; commune, district.

    `headers` holds the names of each part. `beside`: the column itself is the first part, the others only help.
    `merged`: over how many columns the whole's own header may be merged, which then are its parts. `ticks`: the parts
    are columns of ticks, read all rows at once, of which the first says it all: "Nữ", marked x.
    """

    headers: tuple[tuple[str, ...], ...]
    join: Callable[[Sequence[Cell]], Cell]
    beside: bool = False
    merged: range = range(0)
    ticks: Callable[[Sequence[Sequence[Cell]]], Sequence[Cell]] | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key in the values (the model's field where there is one), the label people know, how a cell
    becomes a value. `read` answers None where nothing is said, `Invalid` where the cell is damaged or unknown.

    `source_field`: the ministry's name; `aliases`: other headers in use; `code_list` or `options` (value, label): what
    may stand in a cell; `show`: a stored value as the cell has it; `hidden`: for the program, not for people.
    """

    name: str
    label: str
    read: Converter
    need: Need = Need.OPTIONAL
    source_field: str = ""
    aliases: tuple[str, ...] = ()
    code_list: str = ""
    options: tuple[tuple[Any, str], ...] = ()
    hint: str = ""
    width: int = 16
    is_sensitive: bool = False
    form: Form = Form.TEXT
    show: Callable[[Any], Any] = str
    parts: Parts | None = None
    is_hidden: bool = False

    @property
    def headers(self) -> tuple[str, ...]:
        """Every header that means this column."""
        return tuple(name for name in (self.label, self.name, self.source_field, *self.aliases) if name)


def header_key(cell: Cell) -> str:
    """A header as it is compared: 'MA_TRUONG *', 'Mã trường' and 'MaTruong' are one; accents, signs, case are not."""
    return "".join(sign for sign in fold(cell_text(cell)) if sign.isalnum())
