"""Which grades and age groups a level has, how large a class may be, since when a grade learns the new programme."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["COHORTS", "ClassPlan", "Cohort", "is_new_programme", "lay_out_classes", "share_out"]

# First school year in which a grade learned by the programme of 2018.
_NEW_SINCE = {1: 2020, 2: 2021, 3: 2022, 4: 2023, 5: 2024, 6: 2021, 7: 2022, 8: 2023, 9: 2024, 10: 2022, 11: 2023}
_NEW_SINCE[12] = 2024
# Children of a dragon, pig or golden year: many more than the neighbours'.
_LARGE_YEARS = {2000: 1.08, 2003: 1.04, 2007: 1.08, 2010: 1.06, 2012: 1.15, 2014: 1.05, 2018: 1.04}


@dataclass(frozen=True)
class Cohort:
    """Pupils who learn together: a grade, in preschool an age group.

    `birth_years_before`: their birth year is the school year less this. `limit`: most pupils in one class.
    Source:  TT 28/2020 and TT 32/2020 art. 16; Điều lệ trường mầm non (groups of 15, 20, 25; classes of 25, 30, 35).
    """

    level_code: str
    grade_code: str
    number: int
    birth_years_before: int
    limit: int
    share: float
    age_group_code: str = ""
    title: str = ""

    @property
    def key(self) -> str:
        return self.grade_code + self.age_group_code


def _preschool() -> list[Cohort]:
    rows = (
        ("16", "01", 0, 15, 0.01, "Nhà trẻ 3-12 tháng"),
        ("16", "02", 1, 20, 0.06, "Nhà trẻ 13-24 tháng"),
        ("16", "03", 2, 25, 0.16, "Nhà trẻ 25-36 tháng"),
        ("17", "04", 3, 25, 0.22, "3 tuổi"),
        ("17", "05", 4, 30, 0.26, "4 tuổi"),
        ("17", "06", 5, 35, 0.29, "5 tuổi"),
    )
    return [
        Cohort("01", grade, 0, years, limit, share, group, title) for grade, group, years, limit, share, title in rows
    ]


def _graded(level_code: str, first_code: int, numbers: Sequence[int], limit: int) -> list[Cohort]:
    return [
        Cohort(level_code, f"{first_code + place:02}", number, number + 5, limit, 1.0)
        for place, number in enumerate(numbers)
    ]


COHORTS: dict[str, list[Cohort]] = {
    "01": _preschool(),
    "02": _graded("02", 1, range(1, 6), 35),
    "03": _graded("03", 6, range(6, 10), 45),
    "04": _graded("04", 10, range(10, 13), 45),
    "05": _graded("05", 13, range(10, 13), 45),
    "05-lower": _graded("05", 20, range(6, 10), 45),
}


@dataclass(frozen=True)
class ClassPlan:
    """A class to be made: its name, whom it takes, how many come in summer."""

    name: str
    cohort: Cohort
    pupils: int
    limit: int
    is_special: bool = False
    gifted_stream_code: str = ""


def is_new_programme(number: int, start_year: int) -> bool:
    return number == 0 or start_year >= _NEW_SINCE[number]


def share_out(total: int, weights: Sequence[float]) -> list[int]:
    """Whole numbers in proportion to the weights that add up to the total exactly (largest remainder)."""
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    exact = [total * weight / whole for weight in weights]
    parts = [int(value) for value in exact]
    by_remainder = sorted(range(len(parts)), key=lambda place: (parts[place] - exact[place], place))
    for place in by_remainder[: total - sum(parts)]:
        parts[place] += 1
    return parts


def lay_out_classes(
    cohorts: Sequence[Cohort],
    pupils: int,
    rng: random.Random,
    *,
    start_year: int,
    is_special: bool = False,
    streams: Sequence[tuple[str, str]] = (),
    taken: set[str] | None = None,
) -> list[ClassPlan]:
    """The classes of one level of a school: as few as the legal size allows, evenly filled, a seat or two kept free.

    `streams` (name, code) makes classes of a gifted school; `taken` are names that the school uses already.
    """
    used = set() if taken is None else taken
    weights = [
        cohort.share * _LARGE_YEARS.get(start_year - cohort.birth_years_before, 1.0) * rng.uniform(0.94, 1.06)
        for cohort in cohorts
    ]
    letters = rng.random() < 0.25
    plans = []
    for cohort, count in zip(cohorts, share_out(pupils, weights), strict=True):
        limit = 10 if is_special else cohort.limit
        # A seat is kept for who moves in during the year.
        classes = -(-count // (limit - 1))
        for place, size in enumerate(share_out(count, [1.0] * classes)):
            stream = streams[place % len(streams)] if streams else ("", "")
            name = _class_name(cohort, place, classes, stream[0], len(streams), by_letter=letters)
            while name in used:
                name = f"{name} GDTX"
            used.add(name)
            plans.append(ClassPlan(name, cohort, size, limit, is_special, stream[1]))
    return plans


def _class_name(cohort: Cohort, place: int, classes: int, stream: str, streams: int, *, by_letter: bool) -> str:
    letter = chr(ord("A") + place) if place < 26 else f"A{place + 1}"
    if cohort.level_code == "01":
        return f"{cohort.title} {letter}"
    if stream:
        round_no = place // streams + 1
        return f"{cohort.number} {stream}" + (f" {round_no}" if classes > streams else "")
    if cohort.number <= 5 or (by_letter and classes <= 10):
        return f"{cohort.number}{letter}"
    return f"{cohort.number}A{place + 1}"
