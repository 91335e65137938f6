"""The selects of `sql/2x_*.sql` and the tables they fill: written once, used by the freeze, by what compares a freeze
with the records of now, and by the bench."""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import Model

from csdl.codes.models import CodeValue
from csdl.lib import sql
from csdl.reports.definitions import POPULATIONS, codes_counted
from csdl.reports.models import (
    CountedClass,
    CountedPupil,
    CountedRoom,
    CountedSchool,
    CountedSite,
    CountedStaff,
    ReportPeriod,
)

__all__ = ["MODULE", "SELECTS", "columns_of", "fill", "model_of", "parameters", "run", "select"]

MODULE = "csdl.reports"
# In the order in which one reads the others: classes are counted from the pupils, the school from its classes.
SELECTS = {
    "20_pupils": CountedPupil,
    "21_classes": CountedClass,
    "22_staff": CountedStaff,
    "23_rooms": CountedRoom,
    "24_sites": CountedSite,
    "25_schools": CountedSchool,
}


def select(name: str) -> str:
    """Text of one select, without its head."""
    return sql.statement(MODULE, name)


def columns_of(name: str) -> list[str]:
    """The columns a select gives, in its order: those of the frozen table but the key."""
    fields = SELECTS[name]._meta.concrete_fields
    return [str(field.column) for field in fields if field.column != "id"]


def model_of(population: str) -> type[Model]:
    """The frozen rows of a population."""
    return next(one for one in SELECTS.values() if one._meta.db_table == POPULATIONS[population].table)


def fill(name: str, params: Mapping[str, Any]) -> int:
    """Freeze the rows that one select gives; how many."""
    names = ", ".join(columns_of(name))
    table = SELECTS[name]._meta.db_table
    return run(f"INSERT INTO {table} ({names}) SELECT {names} FROM ({select(name)}) AS found", params)  # noqa: S608 - ours


def run(text: str, params: Mapping[str, Any]) -> int:
    """Run a statement of ours; how many rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        return int(cursor.rowcount)


def parameters(period: ReportPeriod, snapshot_ids: list[int]) -> dict[str, Any]:
    """What the statements need to know of a period: its days, the code sets of the rules, the ethnic groups."""
    ethnic = CodeValue.objects.filter(list_name="ethnic_group").values_list("code", "extra")
    groups = dict(ethnic)
    return {
        **{name: list(codes) for name, codes in codes_counted().items()},
        "snapshot_ids": snapshot_ids,
        "period_id": period.pk,
        "start_year": period.start_year,
        "day": period.snapshot_on,
        "starts_on": period.starts_on,
        "with_leavers": period.starts_on < period.snapshot_on,
        "minority": [code for code, extra in groups.items() if extra.get("kind") == "minority"],
        "very_small": [code for code, extra in groups.items() if str(extra.get("very_small_group")) == "1"],
    }
