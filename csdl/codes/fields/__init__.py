"""The ministry's field lists, one CSV per record: source field, type, label, code list, and where it is typed here.

A field with `typed_as` has a column of its own, because a rule, form, screen or import reads it. Every other field
may stand in the record's `extra` under the ministry's name; `check_extra` says what is wrong with one.
"""

import csv
import datetime as dt
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["Field", "check_extra", "extra_fields", "field_list"]

# Lists of a record's own history (salaries, awards) arrive as arrays of objects.
_NUMBERS = {"integer", "int", "decimal", "double", "float"}
_MOMENTS = {"timestamp", "datetime"}


@dataclass(frozen=True)
class Field:
    """One field of the ministry's record. `typed_as` is "Model.column", or empty where it lives in `extra`."""

    source_field: str
    kind: str
    is_required: bool
    label_vi: str
    values: str
    typed_as: str


@cache
def field_list(record: str) -> dict[str, Field]:
    """The fields of a record ("student", "staff", "school", "class", …) by the ministry's name, in its order."""
    with files("csdl.codes.fields").joinpath(f"{record}.csv").open(encoding="utf-8") as text:
        return {
            row["source_field"]: Field(
                row["source_field"],
                row["type"].lower(),
                row["required"] == "required",
                row["label_vi"],
                row["code_list_or_values"],
                row["typed_as"],
            )
            for row in csv.DictReader(text)
        }


def extra_fields(record: str) -> dict[str, Field]:
    """Fields that may stand in `extra`: those without a column of their own, and still in use."""
    return {name: field for name, field in field_list(record).items() if not field.typed_as and field.kind != "dropped"}


def check_extra(record: str, extra: dict[str, Any]) -> list[str]:
    """Everything wrong with the `extra` of a record, one Vietnamese sentence each; empty: it may be written.

    Units:   numbers as JSON numbers, days as ISO text, yes/no fields as 0 or 1, as the ministry's interface has them.
    """
    allowed = extra_fields(record)
    problems = []
    for name, value in extra.items():
        field = allowed.get(name)
        if field is None:
            typed = field_list(record).get(name)
            where = f"đã có cột riêng ({typed.typed_as})" if typed else "không có trong danh mục trường dữ liệu"
            problems.append(f"Trường “{name}” {where}.")
        elif value is not None and not _fits(field, value):
            problems.append(f"“{field.label_vi or name}”: giá trị “{value}” không đúng kiểu {field.kind}.")
    return problems


def _fits(field: Field, value: Any) -> bool:
    if field.kind in _NUMBERS:
        is_flag = field.values.startswith("1:") and "0:" in field.values
        return isinstance(value, int | float) and not isinstance(value, bool) and (not is_flag or value in (0, 1))
    if field.kind in _MOMENTS:
        try:
            dt.datetime.fromisoformat(str(value))
        except ValueError:
            return False
        return True
    if field.kind in ("list", "array of string"):
        return isinstance(value, list)
    return isinstance(value, str)
