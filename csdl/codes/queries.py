"""Reads of the code lists: what a code means to a person."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from csdl.codes.models import CodeValue, Commune, District, Grade

__all__ = ["commune_names", "grades", "labels", "room_kinds"]


# Code lists change with a release, and every page shows some: a process asks for them once a minute.
_KEPT_SECONDS = 60
_kept: dict[tuple[str, ...], tuple[float, Any]] = {}


def _keeping[T](key: tuple[str, ...], read: Callable[[], T]) -> T:
    known = _kept.get(key)
    if known is None or time.monotonic() - known[0] > _KEPT_SECONDS:
        known = _kept[key] = time.monotonic(), read()
    found: T = known[1]
    return found


def labels(*list_names: str) -> dict[str, dict[str, str]]:
    """Names of the values of some lists, in the ministry's order: list -> code -> name. Not to be changed."""
    return _keeping(("labels", *list_names), lambda: _labels(list_names))


def _labels(list_names: tuple[str, ...]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    values = CodeValue.objects.filter(list_name__in=list_names).order_by("list_name", "sort_no")
    for list_name, code, name in values.values_list("list_name", "code", "name_vi"):
        found[list_name][code] = name
    return found


def room_kinds() -> dict[str, tuple[str, list[str]]]:
    """Kinds of room by code, in the forms' order: name, levels whose start-of-year form asks for it."""
    return _keeping(("room_kinds",), _room_kinds)


def _room_kinds() -> dict[str, tuple[str, list[str]]]:
    rows = CodeValue.objects.filter(list_name="room_kind").order_by("sort_no")
    return {one.code: (one.name_vi, one.extra["level_codes"].split()) for one in rows}


def grades() -> dict[str, Grade]:
    """Every grade by its code, youngest first. Not to be changed."""
    return _keeping(("grades",), _grades)


def _grades() -> dict[str, Grade]:
    order = {"16": 0, "17": 1}  # preschool codes stand after grade 12 in the ministry's list
    rows = sorted(Grade.objects.all(), key=lambda grade: (order.get(grade.code, 2), grade.code))
    return {grade.code: grade for grade in rows}


def commune_names(commune_codes: Iterable[str]) -> dict[str, str]:
    """Names of communes by code, with their district; codes that no list knows are left out."""
    rows = {row.code: row for row in Commune.objects.filter(code__in=[code for code in commune_codes if code])}
    districts = District.objects.in_bulk({row.district_code for row in rows.values()})
    return {
        code: f"{row.name_vi}, {districts[row.district_code].name_vi}"
        if row.district_code in districts
        else row.name_vi
        for code, row in rows.items()
    }
