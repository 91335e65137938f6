"""How long a file that was taken out may be kept, by purpose: data of an officer (`data/keeping.csv`), not code."""

import csv
import datetime as dt
from functools import cache
from importlib.resources import files

from csdl.lib import clock

__all__ = ["kept_until"]


def kept_until(purpose: str) -> dt.date:
    """The last day on which a file taken out today for a purpose may be kept."""
    return clock.today() + dt.timedelta(days=_days()[purpose])


@cache
def _days() -> dict[str, int]:
    text = files("csdl.exports").joinpath("data/keeping.csv").read_text(encoding="utf-8")
    return {row["purpose"]: int(row["days"]) for row in csv.DictReader(text.splitlines())}
