"""What an import knows of one noun: a small declaration, and the statements of `intake/sql` that do the work."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from csdl.accounts.permissions import Permission
from csdl.intake.problems import ProblemKind
from csdl.lib.persons import Fault

__all__ = ["Finding", "Judge", "Noun", "weight"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a cell, and what becomes of it.

    `effect`  warn: only said · leave: the cell is left as it is · reject: the row is left out · judge: reject a new
              record, leave the cell of a known one · new: reject a new record, nothing for a known one
              void: the cell says nothing, as if it were empty, also when the row is matched
              wanted: said of a new record, nothing for a known one · shaky: said of a new one, else leave
    """

    column: str
    kind: ProblemKind
    message: str
    effect: str = "warn"


_REACH = ("DM-14", "DM-15")


def weight(fault: Fault, of_error: str) -> str:
    """What becomes of a cell with a person's fault: a phone number or an address that cannot be right never takes the
    place of one that stands."""
    return of_error if fault.is_error else "shaky" if fault.code in _REACH else "warn"


type Judge = Callable[[Mapping[str, Any]], list[Finding]]


@dataclass(frozen=True)
class Noun:
    """One noun. `plan` match the rows, say what stands now and what would break; `write` and `take_back` in order.

    `label` is the column a person calls the row by, `name_key` and `class_key` the columns whose folded text rows are
    matched by, `judge` makes the judge of single rows (code lists and the day are read once for a run). `stands` reads
    what the database holds of the matched rows; `depends` answer (row_id, what) for rows that newer facts hang on;
    `ties` asks the modules above what of theirs hangs on the records a run made.
    """

    name: str
    title: str
    permissions: tuple[Permission, ...]
    label: str
    plan: tuple[str, ...]
    write: tuple[str, ...]
    take_back: tuple[str, ...]
    depends: tuple[str, ...]
    stands: str
    judge: Callable[[], Judge]
    class_key: str = ""
    ties: Callable[[Collection[int]], Mapping[int, list[str]]] | None = None
