"""Who changed a record, when, from what to what: in the words of `components/history.html`, numbers masked."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from csdl.audit.edits import EXTRA, changes_of, extra_field
from csdl.codes import queries as codes
from csdl.documents.enums import DocumentKind
from csdl.portals.components.extras import said_value
from csdl.portals.components.templatetags.parts import masked
from csdl.staff.models import StaffMember
from csdl.students.enums import GuardianRelation, IdState

__all__ = ["EditLines", "history_of"]

_LISTS = {
    "gender_code": "gender",
    "ethnic_code": "ethnic_group",
    "religion_code": "religion",
    "policy_code": "policy_category",
    "disability_code": "disability_kind",
    "qualification_code": "qualification",
    "training_standard_code": "training_standard",
    "teacher_subject_code": "teacher_subject",
    "staff_group_code": "staff_group",
    "position_code": "staff_position",
    "status_code": "staff_status",
    "contract_code": "contract_kind",
    "rank_code": "staff_rank",
    "level_group_code": "school_level_group",
    "ownership_code": "ownership_type",
    "school_type_code": "school_type",
    "national_standard_code": "national_standard_level",
    "area_code": "area_type",
    "region_code": "region_type",
}
_COMMUNES = ("permanent_commune_code", "current_commune_code", "commune_code")
_MASKED = ("citizen_id_no", "phone")
_CHOICES = {
    "id_state": dict(IdState.choices),
    "relation": dict(GuardianRelation.choices),
    "kind": dict(DocumentKind.choices),
}
# What stands behind the key of another record is told by the page itself.
_POINTS = {"file_id": "đã có tệp", "replaced_by_id": "đã có văn bản thay thế", "withdrawn_by_id": "đã ghi nhận"}
_SHOWN = 50


@dataclass(frozen=True)
class Line:
    """One field of an edit, said."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class EditLines:
    """One edit as the page shows it. `kind` names the record among those shown together; empty: the first one."""

    key: int
    kind: str
    at: dt.datetime
    who: str
    what: str
    lines: tuple[Line, ...]
    can_undo: bool = True


def history_of(records: Iterable[tuple[str, str, Model]]) -> list[EditLines]:
    """Edits of some records that belong together, newest first. `records`: kind (names it for the undo), name, row."""
    names = codes.labels(*_LISTS.values())
    found = [(kind, what, edit, type(row)) for kind, what, row in records for edit in changes_of(row)]
    places = {value for _, _, edit, _ in found for change in edit.changes if change.name in _COMMUNES
              for value in (change.old, change.new)}  # fmt: skip
    communes = codes.commune_names(places)
    persons = {value for _, _, edit, _ in found for change in edit.changes if change.name == "staff_id"
               for value in (change.old, change.new)}  # fmt: skip
    staff = dict(StaffMember.objects.filter(pk__in=persons).values_list("pk", "full_name")) if persons else {}

    def said(model: type[Model], name: str, value: Any) -> str:
        if value in (None, ""):
            return "(trống)"
        if name.startswith(EXTRA):
            return said_value(extra_field(model, name), value)
        if isinstance(value, bool):
            return "có" if value else "không"
        if isinstance(value, dt.date):
            return f"{value:%d/%m/%Y}"
        if name in _MASKED:
            return str(masked(value))
        if name == "staff_id":
            return staff.get(value, "người ngoài phạm vi xem")
        if name in _POINTS:
            return _POINTS[name]
        if name in _COMMUNES:
            return str(communes.get(value, value))
        known = names[_LISTS[name]] if name in _LISTS else _CHOICES.get(name, {})
        return str(known.get(value, value))

    edits = [
        EditLines(
            edit.key,
            kind,
            edit.at,
            edit.who,
            what,
            tuple(
                Line(one.label, said(model, one.name, one.old), said(model, one.name, one.new)) for one in edit.changes
            ),
        )
        for kind, what, edit, model in found
    ]
    return sorted(edits, key=lambda edit: edit.at, reverse=True)[:_SHOWN]
