"""The gate's declarations (D4): for each record, how a row is reached from a unit or from a class.

Every records module says it for its own models in its `visibility.py`, by calling `declare`. From the same entry come
the queryset filter (`queries.visible`) and the row-level-security policies (`wall`), so that the two cannot differ.
A model with personal data and no entry fails a system check.

A new table, step by step:

1. In the module's `visibility.py`: `declare(Model, area=Area.…, unit="unit_id")`. The area says what kind of data a
   row is (`accounts.permissions.Area`); a table read with one area and written by fewer says `writes=Area.…` as well.
   A table that all may read has no area unless the web writes it: `declare_open(Model, because="…",
   written_by="unit_id", area=Area.…)`. Rows of one school level say how they tell it: `level=`, `grade=`, `levels=`,
   `every_level=`, `level_by=`.
2. A permission that reads or writes the area (`accounts.permissions`), held by some role (`access.roles`).
3. `csdl db policies --write`, which writes the next migration of `wall`. Two branches that both wrote one: delete both
   of the same number after the merge, and write it again.

Reads are asked by the row's `reads` mask of the scope tables, writes by `writes`; both only on the grant's days.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntFlag

from django.db.models import Model

__all__ = [
    "Born",
    "OpenTable",
    "ScopeKind",
    "Taker",
    "TakerByDay",
    "Through",
    "Visibility",
    "Year",
    "areas_missing",
    "declarations",
    "declare",
    "declare_log",
    "declare_open",
    "open_tables",
    "register_scope_kind",
    "scope_kinds",
]


@dataclass(frozen=True)
class Through:
    """A row is seen where a row of `model` is seen whose columns equal ours; columns are (theirs, ours)."""

    model: type[Model]
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Year:
    """The school year a row belongs to: a column, plus so many years; or the column of the row it hangs on."""

    column: str
    plus: int = 0
    of: Through | None = None


@dataclass(frozen=True)
class Taker:
    """The unit that took a row in the tree of its day: a column, here or of the row it hangs on.

    Whoever reaches that unit whole sees the row and, with the right to write, changes it, wherever the tree of today
    leads; it adds none.
    """

    column: str
    of: Through | None = None


@dataclass(frozen=True)
class TakerByDay:
    """The unit right above a row's unit on a day, told by the versions of units (`versions`), not by the row: nobody
    can claim to be it. The day is a column of the row that a foreign key of ours (`of`) names.

    Whoever reaches that unit whole sees the row and, with the right to write, adds and changes it.
    """

    versions: type[Model]
    column: str
    of: Through

    def day_field(self, model: type[Model]) -> str:
        """The way to the day as the ORM knows it from a row of ours ("period__snapshot_on")."""
        ((_, ours),) = self.of.columns
        key = next(field.name for field in model._meta.concrete_fields if field.column == ours)
        return f"{key}__{self.column}"


@dataclass(frozen=True)
class Born:
    """A person is written down before anything ties them to a unit: whoever holds a unit may add the row in their own
    name (`column`) and sees it until `tied` (an SQL function of the row's id) says that something ties it."""

    column: str
    tied: str


@dataclass(frozen=True)
class Visibility:
    """How a row of one table is reached; any one way is enough.

    `area`          the kind of data a row is: a grant reaches it only where it reads the area
    `writes`        the area that writing asks for, where few of its readers write
    `unit_column`   column that holds the unit: whoever reaches the unit sees the row
    `level_column`  column that holds the school level, beside the unit: whoever reaches one level of a school that
                    teaches several sees the row; `grade_column` tells the level by the grade, `levels_column` holds
                    several, and a row that names none is of every level that the school teaches
    `every_level`   the row is of every level that the unit's school teaches
    `level_by`      the row is of the level of the row that it hangs on
    `class_column`  column that holds the class: its homeroom teacher sees the row
    `through`       the row is seen where a row of another declared model is seen
    `own_column`    column that holds the account whose own row this is
    `year`          the school year: a closed year takes no write
    `is_log`        rows are added by the acting account in its own name (`own_column`) and not changed afterwards
    `class_writes`  a class alone, without a unit, also gives the right to write
    `level_writes`  so does one level of a school that teaches several, over the rows of that level
    `taken`         the unit that took the row on its day, which may stand elsewhere in the tree since; the column says
                    which, or the tree of that day (`TakerByDay`)
    `born`          how a row is added before anything ties it to a unit
    `from_below`    a row of a unit is also seen by whoever reaches a unit below it (the policies allow it; lists
                    that start at the gate stay with the account's own part)
    """

    model: type[Model]
    area: IntFlag | None = None
    unit_column: str | None = None
    class_column: str | None = None
    through: tuple[Through, ...] = ()
    own_column: str | None = None
    year: Year | None = None
    is_log: bool = False
    from_below: bool = False
    class_writes: bool = False
    born: Born | None = None
    writes: IntFlag | None = None
    level_column: str | None = None
    grade_column: str | None = None
    levels_column: str | None = None
    level_writes: bool = False
    taken: Taker | TakerByDay | None = None
    every_level: bool = False
    level_by: Through | None = None


@dataclass(frozen=True)
class OpenTable:
    """A table that everybody signed in may read: why, and who may write it.

    `written_by`  a column that holds the unit: whoever reaches the unit; "all": whoever sees everything; None: nobody
                  through the web (the owner's commands and jobs, functions and triggers)
    """

    model: type[Model]
    because: str
    written_by: str | None = None
    year: Year | None = None
    area: IntFlag | None = None


@dataclass(frozen=True)
class ScopeKind:
    """A kind of scope smaller than a unit: the table of what an account reaches, its key column, and the SQL function
    that derives the rows of some accounts again (`bigint[]`, NULL: all)."""

    name: str
    model: type[Model]
    column: str
    refresh: str

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def field(self) -> str:
        """The key column as the ORM knows it."""
        return next(field.attname for field in self.model._meta.concrete_fields if field.column == self.column)


declarations: dict[type[Model], Visibility] = {}
open_tables: dict[type[Model], OpenTable] = {}
scope_kinds: dict[str, ScopeKind] = {}


def declare(
    model: type[Model],
    *,
    area: IntFlag | None = None,
    writes: IntFlag | None = None,
    unit: str | None = None,
    level: str | None = None,
    grade: str | None = None,
    levels: str | None = None,
    every_level: bool = False,
    level_by: tuple[type[Model], dict[str, str]] | None = None,
    school_class: str | None = None,
    through: tuple[tuple[type[Model], dict[str, str]], ...] = (),
    own: str | None = None,
    year: str | Year | None = None,
    class_writes: bool = False,
    level_writes: bool = False,
    born: Born | None = None,
    taken: Taker | TakerByDay | None = None,
) -> None:
    """Say what rows of a model are (`area`) and how they are reached. The event table of its history follows.

    `through` and `level_by` pair a model with {their column: our column}.
    """
    declarations[model] = Visibility(
        model,
        area,
        unit,
        school_class,
        _ways(through),
        own,
        _year(year),
        class_writes=class_writes,
        born=born,
        writes=writes,
        level_column=level,
        grade_column=grade,
        levels_column=levels,
        level_writes=level_writes,
        taken=taken,
        every_level=every_level,
        level_by=Through(level_by[0], tuple(level_by[1].items())) if level_by else None,
    )


def declare_log(
    model: type[Model],
    *,
    own: str,
    area: IntFlag | None = None,
    unit: str | None = None,
    from_below: bool = False,
    through: tuple[tuple[type[Model], dict[str, str]], ...] = (),
) -> None:
    """Say that an account adds rows in its own name (column `own`) and never changes them.

    They are seen by that account, by whoever reaches the unit, and by whoever sees everything; with `from_below` also
    by whoever reaches a unit below that unit, with `through` where the row it is about is seen.
    """
    declarations[model] = Visibility(
        model, area, unit, through=_ways(through), own_column=own, is_log=True, from_below=from_below
    )


def declare_open(
    model: type[Model],
    *,
    because: str,
    written_by: str | None = None,
    year: str | Year | None = None,
    area: IntFlag | None = None,
) -> None:
    """Say that every signed-in account may read the table, why that harms nobody, and who may write it."""
    open_tables[model] = OpenTable(model, because, written_by, _year(year), area)


def _ways(through: tuple[tuple[type[Model], dict[str, str]], ...]) -> tuple[Through, ...]:
    return tuple(Through(other, tuple(columns.items())) for other, columns in through)


def _year(year: str | Year | None) -> Year | None:
    return Year(year) if isinstance(year, str) else year


def areas_missing() -> Iterator[str]:
    """Declarations without an area: nobody could say who reads them."""
    for model, rule in declarations.items():
        if rule.area is None:
            yield model._meta.label
    for model, table in open_tables.items():
        if table.written_by and table.area is None:
            yield model._meta.label


def register_scope_kind(name: str, *, model: type[Model], column: str, refresh: str) -> None:
    """Add a kind of scope; called by the module that owns what it reaches (`years` for classes)."""
    scope_kinds[name] = ScopeKind(name, model, column, refresh)
