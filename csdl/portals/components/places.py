"""Where a page of a very long list begins: at one of its rows, which the address names by what the list is sorted by.

A page so found costs the same at the millionth row as at the first, and two rows that sort alike are told apart by
their keys, which every order of a list ends with.
"""

import base64
import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Field, GeneratedField, Model, Q

__all__ = ["Place", "beyond", "place", "read_place"]

_FARTHEST = 10**9


@dataclass(frozen=True)
class Place:
    """A row of a list: its number where that is known, and its values of the fields of the order."""

    number: int | None
    values: tuple[Any, ...]


def place(order: Sequence[str], item: Model, number: int | None) -> str:
    """A row as the address names it."""
    values = [_value(item, name) for name in order]
    written = json.dumps([number, *values], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(written.encode()).decode().rstrip("=")


def read_place(text: str, model: type[Model], order: Sequence[str]) -> Place | None:
    """The row that an address names; None where it cannot be one of this order."""
    try:
        number, *values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        known = [_field(model, name).to_python(value) for name, value in zip(order, values, strict=True)]
    except (TypeError, ValueError, ValidationError):
        return None
    counts = number is None or (isinstance(number, int) and 0 < number < _FARTHEST)
    return Place(number, tuple(known)) if counts and not any("\0" in str(value) for value in known) else None


def beyond(model: type[Model], order: Sequence[str], values: Sequence[Any]) -> Q:
    """Condition "stands after that row in this order"; nulls stand last, in a descending order first, as sorted."""
    found = Q(pk__in=[])
    for name, value in reversed(list(zip(order, values, strict=True))):
        path = name.removeprefix("-")
        same = Q(**{f"{path}__isnull": True}) if value is None else Q(**{path: value})
        found = _further(model, name, value) | (same & found)
    # Said once more without OR, for the index in whose order the rows are read.
    first = order[0].removeprefix("-")
    if values[0] is not None and not _field(model, first).null:
        found &= Q(**{f"{first}__{'lte' if order[0].startswith('-') else 'gte'}": values[0]})
    return found


def _further(model: type[Model], name: str, value: Any) -> Q:
    path = name.removeprefix("-")
    is_descending = name.startswith("-")
    if value is None:
        return Q(**{f"{path}__isnull": False}) if is_descending else Q(pk__in=[])
    if is_descending:
        return Q(**{f"{path}__lt": value})
    larger = Q(**{f"{path}__gt": value})
    return larger | Q(**{f"{path}__isnull": True}) if _field(model, path).null else larger


def _field(model: type[Model], name: str) -> "Field[Any, Any]":
    *ways, last = name.removeprefix("-").split("__")
    for way in ways:
        model = model._meta.get_field(way).related_model
    field = model._meta.pk if last == "pk" else model._meta.get_field(last)
    return field.output_field if isinstance(field, GeneratedField) else field  # type: ignore[return-value] # no reverse relation


def _value(item: Any, name: str) -> Any:
    for step in name.removeprefix("-").split("__"):
        item = getattr(item, step)
    return item.isoformat() if isinstance(item, dt.date) else item
