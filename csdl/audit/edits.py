"""One row changed by one person at a desk: saved, shown, and taken back, without anybody's newer edit being lost.

Reads the row history (lib.history): each update event keeps the row as it was before. What an edit changed is the
difference between that row and the next one; a form carries the number of the last event when it was opened
(`version_of`), so the row as it was then is what the first event after it keeps. Owns no table; permission and the
event log are the calling action's.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from typing import Any

import pghistory.models
from django.apps import apps
from django.db import transaction
from django.db.models import Max, Model, QuerySet
from django.utils import timezone

from csdl.accounts.errors import CsdlError
from csdl.codes.fields import Field, field_list

__all__ = [
    "EXTRA",
    "Author",
    "Edit",
    "EditedAgain",
    "EditedMeanwhile",
    "FieldChange",
    "Origin",
    "Overlap",
    "as_seen",
    "changes_of",
    "edited_since",
    "extra_field",
    "newest_edit",
    "origin_of",
    "rows_as_seen",
    "save_changes",
    "undo_edit",
    "value_of",
    "version_of",
    "versions_of",
]

EXTRA = "extra-"
# Which of the ministry's field lists names the fields of a record's `extra`.
_LISTS_OF_EXTRA = {
    "schoolclass": "class",
    "schoolprofile": "school",
    "schoolsite": "school_site",
    "staffmember": "staff",
    "staffposting": "staff",
    "student": "student",
    "enrolment": "student",
}
# What people call columns that many tables have, where the table itself does not say it.
_LABELS = {
    "account_id": "tài khoản",
    "level_codes": "cấp học",
    "previous_id": "hồ sơ năm trước",
    "school_id": "trường",
    "staff_id": "người",
    "start_year": "năm học",
    "student_id": "học sinh",
    "unit_id": "đơn vị",
    "valid_from": "từ ngày",
    "valid_to": "đến trước ngày",
}
# Columns that the database keeps by itself or that say where a row came from.
_KEPT_BY_ITSELF = frozenset(
    {"id", "public_id", "changed_at", "sort_key", "search_key", "number_key", "created_by", "run_id"}
)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of an edit, with the values as they are stored."""

    name: str
    label: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Author:
    """Who changed something, and when by the real clock (account None: the system)."""

    at: dt.datetime
    account_id: int | None
    who: str


@dataclass(frozen=True, slots=True)
class Overlap:
    """A field that was changed twice: as it was when the form was opened, as it is now, as it was typed here. `by`: who
    wrote what it is now, None where the history does not say."""

    name: str
    label: str
    base: Any
    theirs: Any
    mine: Any
    by: Author | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a row came from: when it was written, by whom (None: the system), by which run of an import or a turn."""

    at: dt.datetime
    account_id: int | None
    run_id: int | None


@dataclass(frozen=True, slots=True)
class Edit:
    """One update of a row: when, by whom (account key, None for the system), what. `key` names it for undoing."""

    key: int
    at: dt.datetime
    account_id: int | None
    who: str
    changes: tuple[FieldChange, ...]


class EditedMeanwhile(CsdlError):
    """EDT-01: the same fields were changed since, by a colleague or by oneself on another page; nothing is written.
    `overlaps` shows both side by side.

    `theirs`: what the colleague changed beside that and the form left alone, with the values that stand now; `version`:
    the number of the newest edit they hold at. A page that is shown again with that version has to show them too.
    """

    code = "EDT-01"

    def __init__(
        self, overlaps: list[Overlap], *, theirs: Mapping[str, Any] | None = None, version: int | None = None
    ) -> None:
        self.overlaps = overlaps
        self.theirs = dict(theirs or {})
        self.version = version
        names = ", ".join(overlap.label for overlap in overlaps)
        authors = dict.fromkeys(f"{one.by.who}, {_told_at(one.by.at)}" for one in overlaps if one.by)
        by = f" ({'; '.join(authors)})" if authors else ""
        super().__init__(
            f"Sau khi trang này được mở đã có lần sửa khác: {names}{by}. "
            "Hãy xem hai giá trị cạnh nhau, chọn giá trị đúng rồi lưu lại."
        )


class EditedAgain(EditedMeanwhile):
    """EDT-01 of an undo: what the edit wrote was changed again since, so that there is nothing to choose between."""

    def __init__(self, overlaps: list[Overlap]) -> None:
        super().__init__(overlaps)
        names = ", ".join(dict.fromkeys(overlap.label for overlap in overlaps))
        self.message = (
            f"Chưa hoàn tác được, vì sau lần sửa này đã có lần sửa khác ở: {names}. "
            "Hãy hoàn tác lần sửa sau trước, hoặc sửa trực tiếp."
        )


def version_of(row: Model) -> int:
    """What a form carries to tell later whether the row was changed since: the number of its last edit, 0 for none."""
    events = _event_model(type(row))._default_manager.filter(pgh_obj_id=row.pk)
    newest: int | None = events.order_by("-pgh_id").values_list("pgh_id", flat=True).first()
    return newest or 0


@transaction.atomic
def save_changes(row: Model, values: Mapping[str, Any], *, seen: int | None) -> list[FieldChange]:
    """Write the fields that a person changed; answers what was changed, nothing if nothing was.

    `seen` is the row's version when the form was opened; None takes the row as it is. Fields that a colleague changed
    since and this form did not stay the colleague's.
    Errors:  EditedMeanwhile where both changed the same field differently; EDT-02 where the row takes no write (its
             school year is closed, or it is out of reach).
    """
    model = type(row)
    current = model._default_manager.select_for_update().get(pk=row.pk)
    base = as_seen(current, seen)
    mine = {name: value for name, value in _spread(base, values).items() if value_of(base, name) != value}
    overlaps = [
        Overlap(name, _label(model, name), value_of(base, name), value_of(current, name), value)
        for name, value in mine.items()
        if value_of(current, name) != value_of(base, name) and value_of(current, name) != value
    ]
    if overlaps:
        authors = _authors(current, seen)
        overlaps = [replace(one, by=authors.get(one.name)) for one in overlaps]
        theirs = {
            name: value_of(current, name)
            for name in _spread_names(_compared(model), base, current)
            if name not in mine and value_of(current, name) != value_of(base, name)
        }
        raise EditedMeanwhile(overlaps, theirs=theirs, version=version_of(current))
    return _write(current, row, mine)


@transaction.atomic
def undo_edit(row: Model, key: int) -> list[FieldChange]:
    """Put back what one edit changed, as long as none of its fields was changed again; later edits stay.

    Errors:  EditedAgain where a field was changed again; EDT-03 for an edit that is not one of this row's.
    """
    current = type(row)._default_manager.select_for_update().get(pk=row.pk)
    found = next((edit for edit in changes_of(current) if edit.key == key), None)
    if found is None:
        raise CsdlError("Không tìm thấy lần sửa này trong lịch sử của hồ sơ.", code="EDT-03")
    again = [
        Overlap(change.name, change.label, change.new, value_of(current, change.name), change.old)
        for change in found.changes
        if value_of(current, change.name) != change.new
    ]
    if again:
        raise EditedAgain(again)
    return _write(current, row, {change.name: change.old for change in found.changes})


def changes_of(row: Model) -> list[Edit]:
    """Every edit of a row that the acting account may see, newest first."""
    model = type(row)
    events = list(_event_model(model)._default_manager.filter(pgh_obj_id=row.pk, pgh_label="update").order_by("pgh_id"))
    names = _compared(model)
    edits = []
    for event, after in pairwise([*events, row]):
        context = event.pgh_context or {}
        changes = tuple(
            FieldChange(name, _label(model, name), value_of(event, name), value_of(after, name))
            for name in _spread_names(names, event, after)
            if value_of(event, name) != value_of(after, name)
        )
        if changes:
            who = str(context.get("label", "hệ thống"))
            edits.append(Edit(event.pgh_id, event.pgh_created_at, context.get("account"), who, changes))
    return edits[::-1]


def origin_of(row: Model) -> Origin:
    """When a row was written and by whom, as its oldest edit kept it, or as it stands where nobody edited it."""
    events = _event_model(type(row))._default_manager
    oldest: Any = events.filter(pgh_obj_id=row.pk).order_by("pgh_id").first() or row
    return Origin(oldest.changed_at, oldest.created_by, getattr(oldest, "run_id", None))


def newest_edit(model: type[Model], keys: Iterable[int]) -> int:
    """Number of the last edit of any of these rows; 0 for none. What a bulk act keeps, to tell later edits by."""
    events = _event_model(model)._default_manager.filter(pgh_obj_id__in=list(keys))
    newest: int | None = events.aggregate(newest=Max("pgh_id"))["newest"]
    return newest or 0


def versions_of(model: type[Model], rows: QuerySet[Any]) -> dict[int, int]:
    """`version_of` for the rows of a queryset of the model: row key -> number of its last edit; unedited ones are left
    out. One statement."""
    events = _event_model(model)._default_manager.filter(pgh_obj_id__in=rows.order_by().values("pk")).order_by()
    return dict(events.values_list("pgh_obj_id").annotate(newest=Max("pgh_id")))


def edited_since(model: type[Model], keys: Iterable[int], version: int) -> set[int]:
    """Which of these rows were edited or deleted after the edit of that number."""
    events = _event_model(model)._default_manager.filter(pgh_obj_id__in=list(keys), pgh_id__gt=version)
    return set(events.values_list("pgh_obj_id", flat=True))


def rows_as_seen(model: type[Model], narrowing: Mapping[str, Any], *, last_row: int, last_edit: int) -> list[Any]:
    """Rows as they stood when a page over many of them was made: those that no one changed, old values of the others.

    Shapes:  `last_row`, `last_edit`: the newest key and edit among them at that time; `narrowing` filters rows and
    edits alike, by columns that an edit leaves alone. Two queries.
    """
    events = _event_model(model)._default_manager.filter(**narrowing, pgh_id__gt=last_edit, pgh_obj_id__lte=last_row)
    edited = {event.pgh_obj_id: event for event in events.order_by("pgh_obj_id", "-pgh_id")}
    rows = model._default_manager.filter(**narrowing, pk__lte=last_row)
    return [*(row for row in rows if row.pk not in edited), *edited.values()]


def _authors(row: Model, seen: int | None) -> dict[str, Author]:
    """Who changed each field last, of the edits since a form was opened."""
    found: dict[str, Author] = {}
    for edit in changes_of(row):
        if edit.key > (seen or 0):
            for change in edit.changes:
                found.setdefault(change.name, Author(edit.at, edit.account_id, edit.who))
    return found


def _told_at(instant: dt.datetime) -> str:
    return f"{timezone.localtime(instant):%H:%M %d/%m/%Y}"


def _write(current: Model, row: Model, values: Mapping[str, Any]) -> list[FieldChange]:
    model = type(current)
    changes = [
        FieldChange(name, _label(model, name), value_of(current, name), value)
        for name, value in values.items()
        if value_of(current, name) != value
    ]
    if not changes:
        return []
    written = model._default_manager.filter(pk=row.pk).update(**_folded(current, changes))
    if not written:
        raise CsdlError("Hồ sơ này không sửa được nữa: năm học đã khóa hoặc ngoài phạm vi của đơn vị.", code="EDT-02")
    row.refresh_from_db()
    return changes


def value_of(row: Any, name: str) -> Any:
    """A row's value by the name a change has: a column, or one field of `extra` ("extra-NhomMau"; None: not said)."""
    return row.extra.get(name.removeprefix(EXTRA)) if name.startswith(EXTRA) else getattr(row, name)


def extra_field(model: type[Model], name: str) -> Field | None:
    """The ministry's field behind "extra-…" of a record; None where no list knows it."""
    return field_list(_LISTS_OF_EXTRA[model._meta.model_name or ""]).get(name.removeprefix(EXTRA))


def _spread_names(names: Iterable[str], *rows: Any) -> list[str]:
    """Names with `extra` taken apart, so that two people may change two fields of it."""
    found: list[str] = []
    for name in names:
        if name == "extra":
            found += [f"{EXTRA}{key}" for key in dict.fromkeys(key for row in rows for key in row.extra)]
        else:
            found.append(name)
    return found


def _spread(base: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    spread = {name: value for name, value in values.items() if name != "extra"}
    if "extra" in values:
        keys = dict.fromkeys([*base.extra, *values["extra"]])
        spread |= {f"{EXTRA}{key}": values["extra"].get(key) for key in keys}
    return spread


def _folded(current: Any, changes: Iterable[FieldChange]) -> dict[str, Any]:
    """Changes as columns again; a field of `extra` that is not said any more leaves it."""
    columns = {change.name: change.new for change in changes if not change.name.startswith(EXTRA)}
    said = {change.name.removeprefix(EXTRA): change.new for change in changes if change.name.startswith(EXTRA)}
    if said:
        columns["extra"] = {key: value for key, value in (current.extra | said).items() if value is not None}
    return columns


def as_seen(current: Model, seen: int | None) -> Any:
    """The row as it was when the form was opened; the row itself where nobody changed it since."""
    if seen is None:
        return current
    events = _event_model(type(current))._default_manager
    return events.filter(pgh_obj_id=current.pk, pgh_id__gt=seen).order_by("pgh_id").first() or current


@cache
def _event_model(model: type[Model]) -> Any:
    return next(
        event
        for event in apps.get_models()
        if issubclass(event, pghistory.models.Event) and getattr(event, "pgh_tracked_model", None) is model
    )


@cache
def _compared(model: type[Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields if field.attname not in _KEPT_BY_ITSELF)


def _label(model: type[Model], name: str) -> str:
    if name.startswith(EXTRA):
        known = extra_field(model, name)
        return known.label_vi if known and known.label_vi else name.removeprefix(EXTRA)
    field = next(one for one in model._meta.concrete_fields if one.attname == name)
    label = str(field.verbose_name)
    if label == field.name.replace("_", " "):  # Django's own guess, in English
        label = _LABELS.get(name, label)
    return label[:1].upper() + label[1:]
