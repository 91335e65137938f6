"""Days of the law of this house: when rights end, when the yearly confirmation opens, who may approve. All are data."""

import csv
import datetime as dt
from functools import cache
from pathlib import Path

from csdl.access.roles import HEAD_ROLES, Role
from csdl.delegation.models import DelegationRules
from csdl.orgs.models import OrgUnit

__all__ = [
    "HEADS",
    "HOMEROOM_ROLE",
    "confirmation_opens",
    "first_day_without",
    "head_role",
    "rules",
    "start_year_on",
]

_DATA = Path(__file__).parent / "data"
# Roles that come with heading a unit and with nothing else.
HEADS = frozenset({*HEAD_ROLES.values(), "school_head"})
# The role that opens a class to whoever leads it; the database knows it by this name as well (`csdl_days_led`).
HOMEROOM_ROLE = "homeroom_teacher"


@cache
def _defaults() -> dict[str, int | list[int] | bool]:
    with (_DATA / "settings.csv").open(encoding="utf-8", newline="") as file:
        values = {row["name"]: row["value"] for row in csv.DictReader(file)}
    found: dict[str, int | list[int] | bool] = {
        name: int(value) for name, value in values.items() if name not in ("notice_days", "four_eyes")
    }
    days = sorted((int(day) for day in values["notice_days"].split()), reverse=True)
    return found | {"notice_days": days, "four_eyes": values["four_eyes"] == "1"}


def rules() -> DelegationRules:
    """What the department laid down; the values of `data/settings.csv` where it has changed nothing."""
    return DelegationRules.objects.first() or DelegationRules(pk=1, **_defaults())


def start_year_on(day: dt.date, laid_down: DelegationRules) -> int:
    """School year for which papers of a day are made: the next one from the day the confirmation opens (1 August)."""
    opens = (laid_down.confirmation_month, laid_down.confirmation_day)
    return day.year if (day.month, day.day) >= opens else day.year - 1


def confirmation_opens(start_year: int, laid_down: DelegationRules) -> dt.date:
    """First day of the yearly confirmation of personnel for a school year."""
    return dt.date(start_year, laid_down.confirmation_month, laid_down.confirmation_day)


def first_day_without(role: Role, start_year: int, laid_down: DelegationRules) -> dt.date:
    """First day on which a year's right is over: class rights after 31 August, all others after 31 October."""
    if role.scope_kind == "class":
        last = dt.date(start_year + 1, laid_down.class_end_month, laid_down.class_end_day)
    else:
        last = dt.date(start_year + 1, laid_down.other_end_month, laid_down.other_end_day)
    return last + dt.timedelta(days=1)


def head_role(unit: OrgUnit) -> str:
    """Role that comes with heading a unit."""
    return HEAD_ROLES.get(unit.kind, "school_head")
