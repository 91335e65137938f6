"""What the regulations say of teaching: subjects of a grade with their periods, norms of periods, who may teach what.

Data of an officer, not code: `data/subject_plan.csv`, `period_norm.csv`, `programme_start.csv`, `subject_field.csv`
name their source line by line and are changed there. No table, no write.
"""

import csv
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files

from csdl.codes import queries as codes

__all__ = [
    "PlanKind",
    "PlannedSubject",
    "fields_of",
    "fits_level",
    "homeroom_reduction",
    "level_norm",
    "parted",
    "plan_of",
    "position_norm",
    "subject_labels",
]

_PRESCHOOL = "01"


class PlanKind(StrEnum):
    """How a grade has a subject: everybody learns it, a class chooses it among others, or it may be added."""

    REQUIRED = "required"
    ELECTIVE = "elective"
    OPTIONAL = "optional"


@dataclass(frozen=True)
class PlannedSubject:
    """A subject that a grade has. Units: periods (tiết) a week, over 35 weeks. `name` is the programme's own, where the
    ministry's code list still calls the code otherwise."""

    subject_code: str
    periods: Decimal
    kind: PlanKind
    note: str
    name: str = ""


def subject_labels(start_year: int) -> dict[str, str]:
    """Names of subjects by code as people know them in a year: the ministry's list, under it the programme's names."""
    starts = _starts()
    own = {
        one.subject_code: one.name
        for (_, number, programme), subjects in _plans().items()
        for one in subjects.values()
        if one.name and (programme == "2018") == (start_year >= starts[number])
    }
    return codes.labels("subject")["subject"] | own


def plan_of(grade_code: str, start_year: int) -> dict[str, PlannedSubject]:
    """Subjects of a grade in a year, in the order of the programme: code -> subject; empty where no file says.

    Source:  TT 32/2018 (each grade from its year on), QĐ 16/2006 before, TT 12/2022 for continuing education.
    """
    grade = codes.grades().get(grade_code)
    if grade is None or grade.number is None:
        return {}
    programme = "2018" if start_year >= _starts()[grade.number] else "2006"
    return _plans().get((grade.level_code, grade.number, programme), {})


def level_norm(level_code: str) -> Decimal | None:
    """Periods a week that a teacher of a level gives; None where no norm counts periods (preschool)."""
    return _norms().get(("level", level_code))


def position_norm(position_code: str) -> Decimal | None:
    """Periods a week that a head or deputy gives; None for everybody else."""
    return _norms().get(("position", position_code))


def homeroom_reduction(level_code: str) -> Decimal:
    """Periods a week that leading a class counts for."""
    return _norms().get(("homeroom", level_code), Decimal(0))


def fields_of(subject_code: str) -> frozenset[str]:
    """Fields of teachers (list teacher_subject) who are trained for a subject; empty: anybody may give it."""
    return _fields().get(subject_code, frozenset())


def parted(whole: Decimal, count: int) -> list[Decimal | None]:
    """Periods among so many people, in halves; the first ones get what is over; None where nothing is left."""
    if not count:
        return []
    halves = int(whole * 2)
    if halves < count:
        return [None] * count
    return [Decimal(halves // count + (place < halves % count)) / 2 for place in range(count)]


def fits_level(subject_code: str, level_code: str) -> bool:
    """Whether classes of a level may have the subject (rule AS-03); preschool has none."""
    level = _subject_levels().get(subject_code)
    return level is not None and level_code != _PRESCHOOL and level in ("", level_code)


@cache
def _subject_levels() -> dict[str, str]:
    return {row["code"]: row["level_code"] for row in _read("csdl.codes", "subject")}


@cache
def _plans() -> dict[tuple[str, int, str], dict[str, PlannedSubject]]:
    found: dict[tuple[str, int, str], dict[str, PlannedSubject]] = defaultdict(dict)
    for row in _read("csdl.years", "subject_plan"):
        one = PlannedSubject(
            row["subject_code"],
            Decimal(row["periods_per_week"]),
            PlanKind(row["kind"]),
            row["note"] or "",
            row["name"] or "",
        )
        found[row["level_code"], int(row["grade_number"]), row["programme"]][one.subject_code] = one
    return dict(found)


@cache
def _starts() -> dict[int, int]:
    return {int(row["grade_number"]): int(row["start_year"]) for row in _read("csdl.years", "programme_start")}


@cache
def _norms() -> dict[tuple[str, str], Decimal]:
    return {(row["kind"], row["key"]): Decimal(row["periods"]) for row in _read("csdl.years", "period_norm")}


@cache
def _fields() -> dict[str, frozenset[str]]:
    rows = _read("csdl.years", "subject_field")
    return {row["subject_code"]: frozenset(row["teacher_subject_codes"].split("|")) for row in rows}


def _read(module: str, name: str) -> list[dict[str, str]]:
    with files(module).joinpath("data", f"{name}.csv").open(encoding="utf-8") as text:
        return list(csv.DictReader(text))
