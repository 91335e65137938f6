"""Reads of the code lists: what a code means to a person."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from csdl.codes.models import CodeValue, Commune, District, Grade
from csdl.lib.vietnamese import fold

__all__ = [
    "census_groups",
    "commune_index",
    "commune_labels",
    "commune_names",
    "communes",
    "forget",
    "grades",
    "labels",
    "names_to_codes",
    "room_kinds",
]


# Code lists change with a release, and every page shows some: a process asks for them once a minute.
_KEPT_SECONDS: float = 60
_kept: dict[tuple[str, ...], tuple[float, Any]] = {}


def _keeping[T](key: tuple[str, ...], read: Callable[[], T]) -> T:
    known = _kept.get(key)
    if known is None or time.monotonic() - known[0] > _KEPT_SECONDS:
        known = _kept[key] = time.monotonic(), read()
    found: T = known[1]
    return found


def forget() -> None:
    """Ask the database again: the lists were loaded anew."""
    _kept.clear()


def labels(*list_names: str) -> dict[str, dict[str, str]]:
    """Names of the values of some lists, in the ministry's order: list -> code -> name. Not to be changed."""
    return _keeping(("labels", *list_names), lambda: _labels(list_names))


def _labels(list_names: tuple[str, ...]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    values = CodeValue.objects.filter(list_name__in=list_names).order_by("list_name", "sort_no")
    for list_name, code, name in values.values_list("list_name", "code", "name_vi"):
        found[list_name][code] = name
    return found


def names_to_codes(list_name: str) -> dict[str, tuple[str, ...]]:
    """What the names of a list mean: letters and digits of the name without accents -> its codes, of every spelling
    that the list knows. Not to be changed."""
    return _keeping(("names", list_name), lambda: _names_to_codes(list_name))


def _names_to_codes(list_name: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    values = CodeValue.objects.filter(list_name=list_name).order_by("sort_no")
    for code, name, extra in values.values_list("code", "name_vi", "extra"):
        spellings = [name, *str(extra.get("spelling_variants", "")).split(";"), str(extra.get("rank_code", ""))]
        for key in {_letters(spelling) for spelling in spellings} - {""}:
            found[key] = (*found.get(key, ()), code)
    return found


def census_groups() -> dict[str, str]:
    """Ethnic groups by their number in the census's list, which is not the ministry's: 04 is there Mường, here Hoa;
    those whose number is known. Not to be changed."""
    return _keeping(("census groups",), _census_groups)


def _census_groups() -> dict[str, str]:
    values = CodeValue.objects.filter(list_name="ethnic_group").values_list("name_vi", "extra")
    return {number: name for name, extra in values if (number := str(extra.get("gso_census_code") or ""))}


def _letters(text: str) -> str:
    return "".join(sign for sign in fold(text) if sign.isalnum())


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


def communes() -> dict[str, Commune]:
    """Every commune by its code. Not to be changed."""
    return _keeping(("communes",), lambda: {row.code: row for row in Commune.objects.order_by("code")})


def commune_labels() -> dict[str, str]:
    """Every commune with its district, by code. Not to be changed."""
    return _keeping(("commune labels",), lambda: commune_names(communes()))


def commune_index() -> dict[str, frozenset[str]]:
    """Communes by what people write: the name with and without its kind, without accents and spaces -> codes; under
    '/' and the name of a district or province all communes of it. Not to be changed."""
    return _keeping(("commune index",), _commune_index)


def _commune_index() -> dict[str, frozenset[str]]:
    districts = District.objects.in_bulk()
    found: dict[str, set[str]] = defaultdict(set)
    for row in communes().values():
        for key in _spellings(row.name_vi, row.kind):
            found[key].add(row.code)
        district = districts.get(row.district_code)
        for key in _spellings(district.name_vi, district.kind) if district else ():
            found[f"/{key}"].add(row.code)
    return {key: frozenset(codes) for key, codes in found.items()}


_SHORT_KINDS = {"phuong": ("p",), "xa": ("x",), "thitran": ("tt",), "quan": ("q",), "huyen": ("h",)}
_SHORT_KINDS |= {"thanhpho": ("tp",), "thixa": ("tx",)}


def _spellings(name: str, kind: str) -> set[str]:
    """'Phường Cẩm Thượng' -> phuongcamthuong, camthuong, pcamthuong."""
    whole, kind_key = _letters(name), _letters(kind)
    bare = whole.removeprefix(kind_key)
    # "Phường 3" without its kind is any third ward.
    return {whole, *(f"{short}{bare}" for short in _SHORT_KINDS.get(kind_key, ())), *([bare] if bare else [])}


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
