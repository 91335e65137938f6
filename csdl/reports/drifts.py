"""The records of now beside what was frozen: classes, staff, rooms and sites as pupils are (`queries.drift`), and what
one cell would count today. By sets: a statement for each population, the same selects that the freeze was made with.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from csdl.access.queries import visible
from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.lib import clock, sql
from csdl.orgs.models import OrgUnit
from csdl.reports.counting import cell_condition
from csdl.reports.definitions import POPULATIONS
from csdl.reports.forms import Form
from csdl.reports.models import Snapshot
from csdl.reports.queries import Drift, check_opens, drift
from csdl.reports.statements import columns_of, parameters, select

__all__ = ["CellDrift", "DriftOf", "RowDifference", "cell_drift", "drifts"]

_SELECTS = {"pupil": "20_pupils", "class": "21_classes", "staff": "22_staff", "room": "23_rooms", "site": "24_sites"}
_KEYS = {
    "pupil": ("enrolment_id",),
    "class": ("class_id",),
    "staff": ("posting_id",),
    "room": ("rooms_id", "build"),
    "site": ("site_id",),
}
# What says whose a row is; an age moves with the day, not with the records.
_NOT_FACTS = {"snapshot_id", "unit_id", "class_id", "posting_id", "staff_id", "rooms_id", "site_id", "age"}
_PERSONAL = ("full_name", "birth_date")
_ORDER = {"class": 'csdl_class_key({}.name) COLLATE "C"', "staff": 'csdl_name_key({}.full_name) COLLATE "C"'}
# Who is told what the records are now must be able to read them now, wherever the unit stands today.
_READ_WITH = {"pupil": Permission.STUDENT_READ, "class": Permission.STUDENT_READ, "staff": Permission.STAFF_READ}


@dataclass(frozen=True)
class RowDifference:
    """A row that the freeze holds and the records do not ("gone"), or the reverse ("come"), or with other facts
    ("changed": name -> (frozen, now)). `row`: its facts, those of now where there are any."""

    kind: str
    row: Mapping[str, Any]
    changed: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True)
class DriftOf:
    """What differs in one population but the pupils."""

    population: str
    rows: list[RowDifference]


@dataclass(frozen=True)
class CellDrift:
    """What a cell would count by the records of a day: its figure, and how many rows came, went, or weigh otherwise."""

    on: dt.date
    now: Decimal
    come: int
    gone: int
    changed: int

    @property
    def count(self) -> int:
        return self.come + self.gone + self.changed


def drifts(*, actor: Actor, snapshot: Snapshot, on: dt.date | None = None) -> tuple[Drift | None, list[DriftOf]]:
    """Pupils, then classes, staff, rooms, sites, each where the actor may read the frozen rows and the records of now;
    pupils None where not. `on`: the day the records are read for (today, if not named)."""
    day = on or clock.today()
    may = {right: _reads_now(actor, right, snapshot) for right in {*_READ_WITH.values(), Permission.REPORT_READ}}
    pupils = drift(snapshot, on=day) if may[_READ_WITH["pupil"]] else None
    params = parameters(snapshot.period, [snapshot.pk]) | {"day": day, "frozen_id": snapshot.pk}
    return pupils, [
        DriftOf(population, _compared(population, params))
        for population in ("class", "staff", "room", "site")
        if may[_READ_WITH.get(population, Permission.REPORT_READ)]
    ]


def cell_drift(
    *, actor: Actor, snapshot: Snapshot, form: Form, address: str, on: dt.date | None = None
) -> CellDrift | None:
    """A frozen cell counted again from the records of now; None where they are not the actor's to read, and for the
    school itself, whose facts come from what is counted in it. Errors: NotAllowed; RPT-01; RPT-07 as `trace`."""
    row, column = form.cell(address)
    check_opens(actor, form, row, column, on=snapshot)
    population = row.population
    if population not in _SELECTS:
        return None
    if not _reads_now(actor, _READ_WITH.get(population, Permission.REPORT_READ), snapshot):
        return None
    day = on or clock.today()
    what, keys, condition = POPULATIONS[population], ", ".join(_KEYS[population]), cell_condition(row, column)
    of_period = " AND r.period_id = %(period_id)s" if population == "pupil" else ""
    shown = ", ".join(f"r.{key}" for key in _KEYS[population])
    counted = (
        f"SELECT {shown}, {what.weight} AS weight"  # noqa: S608 - our own declarations
        " FROM {} r JOIN reports_snapshot s ON s.id = r.snapshot_id"
    )
    frozen = f"{counted.format(what.table)} WHERE r.snapshot_id = %(frozen_id)s{of_period} AND {condition}"
    live = f"{counted.format(f'({_live(population)})')} WHERE {condition}"
    text = (
        f"SELECT coalesce(sum(n.weight), 0) AS now, count(*) FILTER (WHERE o.weight IS NULL) AS come,"  # noqa: S608 - ours
        f" count(*) FILTER (WHERE n.weight IS NULL) AS gone, count(*) FILTER (WHERE o.weight <> n.weight) AS changed"
        f" FROM ({frozen}) o FULL JOIN ({live}) n USING ({keys})"
    )
    params = parameters(snapshot.period, [snapshot.pk]) | {"day": day, "frozen_id": snapshot.pk}
    (found,) = sql.rows_of(text, params)
    return CellDrift(day, Decimal(found["now"]), found["come"], found["gone"], found["changed"])


def _reads_now(actor: Actor, right: Permission, snapshot: Snapshot) -> bool:
    """Whether the actor reads the rows as frozen, and the records of the unit where it stands now."""
    within = visible(OrgUnit.objects.filter(pk=snapshot.unit_id), actor, right)
    return actor.can(right, on=snapshot) and within.exists()


def _live(population: str) -> str:
    """The select of a population over the records of now; classes are counted from the pupils of now."""
    text = select(_SELECTS[population])
    return (
        text.replace("reports_countedpupil", f"({select('20_pupils')}) AS counted") if population == "class" else text
    )


def _compared(population: str, params: Mapping[str, Any]) -> list[RowDifference]:
    columns, keys = columns_of(_SELECTS[population]), _KEYS[population]
    facts = [name for name in columns if name not in _NOT_FACTS]
    # Who was erased by order is not named again by the records that are still there.
    erased = "o.full_name = '' OR " if "full_name" in columns else ""
    same = " AND ".join(
        f"({erased if name in _PERSONAL else ''}o.{name} IS NOT DISTINCT FROM n.{name})" for name in facts
    )
    order = _ORDER.get(population, "")
    by = f"coalesce({order.format('n')}, {order.format('o')}), " if order else ""
    text = (
        f"SELECT o.{keys[0]} AS old_id, n.{keys[0]} AS new_id,"  # noqa: S608 - columns of our own tables
        f" {', '.join(f'o.{name} AS old_{name}, n.{name} AS new_{name}' for name in facts)}"
        f" FROM (SELECT * FROM {POPULATIONS[population].table} WHERE snapshot_id = %(frozen_id)s) o"
        f" FULL JOIN ({_live(population)}) n ON {' AND '.join(f'n.{key} = o.{key}' for key in keys)}"
        f" WHERE NOT (o.{keys[0]} IS NOT NULL AND n.{keys[0]} IS NOT NULL AND {same})"
        f" ORDER BY {by}{', '.join(f'coalesce(n.{key}, o.{key})' for key in keys)}"
    )
    return [_difference(row, facts) for row in sql.rows_of(text, params)]


def _difference(row: Mapping[str, Any], facts: list[str]) -> RowDifference:
    kind = "come" if row["old_id"] is None else "gone" if row["new_id"] is None else "changed"
    side = "old" if kind == "gone" else "new"
    is_erased = kind != "come" and row.get("old_full_name") == ""
    shown = {name: row[f"{'old' if is_erased and name in _PERSONAL else side}_{name}"] for name in facts}
    pairs = {name: (row[f"old_{name}"], row[f"new_{name}"]) for name in facts} if kind == "changed" else {}
    return RowDifference(
        kind,
        shown,
        {name: pair for name, pair in pairs.items() if pair[0] != pair[1] and not (is_erased and name in _PERSONAL)},
    )
