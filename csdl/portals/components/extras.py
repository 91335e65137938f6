"""Fields of the ministry's lists that have no column of their own: on a form by their official label and kind.

`@with_extra("student", ("NhomMau", …))` gives a record form one field for each; `extra_of` is what an action writes.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import Model

from csdl.audit.edits import EXTRA
from csdl.codes import queries as codes
from csdl.codes.fields import Field, extra_fields
from csdl.lib.vietnamese import squeeze
from csdl.portals.components.forms import CodeField, DayField, PlainField, RecordForm

__all__ = ["extra_names", "extra_of", "said_extra", "said_value", "with_extra"]

_EMPTY = "– Chưa ghi –"
_CHOICE = re.compile(r"(\d+):?\s+(\S.*?)(?=\s+\d+:?\s|$)")
_NUMBERS = ("integer", "int", "decimal", "double", "float")
_MOMENTS = ("timestamp", "datetime")
# The ministry's lists as ours are called.
_LISTS = {
    "DM_DU_AN": "project",
    "DM_TINH_TRANG_HON_NHAN": "marital_status",
    "DM_TON_GIAO": "religion",
    "DM_TRINH_DO_LLCT": "political_theory_level",
    "DM_TRINH_DO_QLGD": "education_management_level",
    "DM_TRINH_DO_QLNN": "state_management_level",
    "DM_TRINH_DO_TIN_HOC": "it_level",
    "DM_VUNG_KHO_KHAN": "difficult_area",
}


class ChoiceField(CodeField):
    """A value of a list that the ministry keeps as a number: 1 is shown and sent as the list's 01 or 1."""

    def prepare_value(self, value: Any) -> Any:
        return super().prepare_value(self._code(value))

    def said(self, value: Any) -> str:
        return super().said(self._code(value))

    def _code(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value
        return str(value) if str(value) in self.known() else f"{value:02}"


class MomentField(DayField):
    """A day that the ministry keeps as a moment."""

    def prepare_value(self, value: Any) -> Any:
        return super().prepare_value(_day(value) or value)


class NumberField(forms.Field):
    """A number of at least 0, written with a comma or a point before its decimals."""

    def __init__(self, *, label: str, **more: Any) -> None:
        attributes = {"class": "form-control", "inputmode": "decimal", "autocomplete": "off", "maxlength": "12"}
        super().__init__(label=label, widget=forms.TextInput(attributes), **more)

    def prepare_value(self, value: Any) -> Any:
        return _number_text(value) if isinstance(value, int | float) else value

    def to_python(self, value: Any) -> float | int | None:
        text = squeeze(value or "").replace(",", ".")
        if not text:
            return None
        try:
            number = float(text)
        except ValueError:
            number = -1
        if not 0 <= number < 10**9:
            raise forms.ValidationError(f"“{text[:20]}” không phải số. Hãy nhập số từ 0, ví dụ 12,5.")
        return int(number) if number == int(number) else number


def with_extra[F: type[RecordForm]](record: str, names: Iterable[str]) -> Callable[[F], F]:
    """Class decorator: add the named fields of a field list, as "extra-<the ministry's name>"."""

    def decorate(form: F) -> F:
        known = extra_fields(record)
        # A subclass shares the dictionary of its parent until it is given its own.
        form.base_fields = form.base_fields | {f"{EXTRA}{name}": _field(known[name]) for name in names}
        return form

    return decorate


def extra_names(names: Iterable[str]) -> tuple[str, ...]:
    """Names of the form's fields, for its groups."""
    return tuple(f"{EXTRA}{name}" for name in names)


def extra_of(record: str, row: Model | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """The record's `extra` with what the form says: fields left empty are not said any more, others stay."""
    known = extra_fields(record)
    extra: dict[str, Any] = dict(getattr(row, "extra", None) or {})
    for key, value in values.items():
        if not key.startswith(EXTRA):
            continue
        name = key.removeprefix(EXTRA)
        if value in (None, ""):
            extra.pop(name, None)
        else:
            extra[name] = _stored(known[name], value, extra.get(name))
    return extra


def said_extra(record: str, extra: Mapping[str, Any], names: Iterable[str]) -> list[tuple[str, str]]:
    """Label and value, in words, of those of the named fields that are said."""
    known = extra_fields(record)
    return [
        (_label(known[name]), said_value(known[name], extra[name]))
        for name in names
        if extra.get(name) not in (None, "")
    ]


def said_value(field: Field | None, value: Any) -> str:
    """A stored value in words."""
    if field is None:
        return str(value)
    if choices := _choices(field):
        return choices.get(str(value), str(value))
    if field.values in _LISTS:
        known = codes.labels(_LISTS[field.values])[_LISTS[field.values]]
        return known.get(str(value), known.get(str(value).zfill(2), str(value)))
    if field.kind in _MOMENTS and (day := _day(value)):
        return f"{day:%d/%m/%Y}"
    return _number_text(value) if isinstance(value, int | float) else str(value)


def _field(field: Field) -> forms.Field:
    label = _label(field)
    if choices := _choices(field):
        return ChoiceField(label=label, choices=choices.items(), required=False, empty=_EMPTY)
    if field.values in _LISTS:
        return ChoiceField(label=label, list_name=_LISTS[field.values], required=False, empty=_EMPTY)
    if field.kind in _MOMENTS:
        return MomentField(label=label, required=False)
    if field.kind in _NUMBERS:
        return NumberField(label=label, required=False)
    return PlainField(label=label, required=False)


def _choices(field: Field) -> dict[str, str]:
    """Values written out in the field list itself: "1: Có 0: Không"."""
    if field.kind not in _NUMBERS:
        return {}
    found = {code: text.strip(" ,.") for code, text in _CHOICE.findall(field.values)}
    return {"1": "Có", "0": "Không"} if set(found) == {"0", "1"} else found


def _label(field: Field) -> str:
    """The official label without the hints it carries for programmers."""
    text = re.sub(r"\((vd|QĐ|HS|Mầm non|Chỉ tính)[^)]*\)?", "", field.label_vi, flags=re.IGNORECASE)
    text = text.removeprefix("Xác định ").strip(" :.?")
    return text[:1].upper() + text[1:]


def _stored(field: Field, value: Any, before: Any) -> Any:
    if isinstance(value, dt.date):
        # A moment of the same day stays as the ministry's file wrote it.
        return before if before and _day(before) == value else f"{value.isoformat()}T00:00:00"
    if field.kind in _NUMBERS and isinstance(value, str):
        return int(value)
    return value


def _day(text: Any) -> dt.date | None:
    try:
        return dt.datetime.fromisoformat(text).date() if isinstance(text, str) and "T" in text else None
    except ValueError:
        return None


def _number_text(value: float) -> str:
    return f"{value:.10g}".replace(".", ",")
