"""Who wrote and changed a record, when, from what to what: as `components/history.html` says it, numbers masked.

Times are the real clock's, also where the demo's day was moved: the page says so (`logged_at`).
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from csdl.access.queries import visible
from csdl.accounts.actor import Actor
from csdl.accounts.errors import CsdlError, NotAllowed
from csdl.accounts.models import Account
from csdl.accounts.permissions import Permission
from csdl.audit.edits import EXTRA, FieldChange, Origin, changes_of, extra_field, origin_of
from csdl.codes import queries as codes
from csdl.documents.enums import DocumentKind, MediaType
from csdl.intake.models import ImportRun
from csdl.portals.components.extras import said_value
from csdl.portals.components.templatetags.parts import masked
from csdl.staff.models import StaffMember
from csdl.students.enums import GuardianRelation, IdState
from csdl.years.enums import AdmissionKind
from csdl.years.models import Enrolment, SchoolClass

__all__ = ["EditLines", "history_of", "undone"]

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
    "leaving_reason_code": "dropout_reason",
    "transfer_destination_code": "transfer_destination",
}
# The same column name, another list.
_LISTS_OF: dict[tuple[type[Model], str], str] = {(Enrolment, "status_code"): "student_status"}
_COMMUNES = ("permanent_commune_code", "current_commune_code", "commune_code")
_MASKED = ("citizen_id_no", "phone")
_CHOICES = {
    "id_state": dict(IdState.choices),
    "relation": dict(GuardianRelation.choices),
    "kind": dict(DocumentKind.choices),
    "media_type": dict(MediaType.choices),
    "admission_kind": dict(AdmissionKind.choices),
}
_CLASSES = ("school_class_id", "first_class_id")
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
    names: frozenset[str] = field(default_factory=frozenset)


def history_of(records: Iterable[tuple[str, str, Model]], *, actor: Actor | None = None) -> list[EditLines]:
    """Edits of some records that belong together, newest first. `records`: kind (names it for the undo), name, row.

    With an `actor`, also who wrote the records, when, and by which import, where the actor may see that.
    """
    records = list(records)
    names = codes.labels(*_LISTS.values(), *_LISTS_OF.values())
    found = [(kind, what, edit, type(row)) for kind, what, row in records for edit in changes_of(row)]
    places = {value for _, _, edit, _ in found for change in edit.changes if change.name in _COMMUNES
              for value in (change.old, change.new)}  # fmt: skip
    communes = codes.commune_names(places)
    persons = {value for _, _, edit, _ in found for change in edit.changes if change.name == "staff_id"
               for value in (change.old, change.new)}  # fmt: skip
    staff = dict(StaffMember.objects.filter(pk__in=persons).values_list("pk", "full_name")) if persons else {}
    rooms = {value for _, _, edit, _ in found for change in edit.changes if change.name in _CLASSES
             for value in (change.old, change.new)}  # fmt: skip
    classes = dict(SchoolClass.objects.filter(pk__in=rooms).values_list("pk", "name")) if rooms else {}
    origins = [(what, row, origin_of(row)) for _, what, row in records] if actor else []
    people = _people([edit.account_id for _, _, edit, _ in found] + [one.account_id for _, _, one in origins])

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
        if name in _CLASSES:
            return classes.get(value, "lớp ngoài phạm vi xem")
        if name == "sha256":
            return f"tệp có mã {value[:12]}…"
        if name in _POINTS:
            return _POINTS[name]
        if name in _COMMUNES:
            return str(communes.get(value, value))
        listed = _LISTS_OF.get((model, name), _LISTS.get(name, ""))
        known = names[listed] if listed else _CHOICES.get(name, {})
        return str(known.get(value, value))

    edits = [
        EditLines(
            edit.key,
            kind,
            edit.at,
            people.get(edit.account_id, edit.who),
            what,
            tuple(
                Line(one.label, said(model, one.name, one.old), said(model, one.name, one.new)) for one in edit.changes
            ),
            names=frozenset(one.name for one in edit.changes),
        )
        for kind, what, edit, model in found
    ]
    if actor:
        edits += _beginnings(origins, people, _files(actor, [one.run_id for _, _, one in origins]))
    return sorted(edits, key=lambda edit: edit.at, reverse=True)[:_SHOWN]


def undone(request: HttpRequest, back: str, act: Callable[[], Sequence[FieldChange]]) -> HttpResponse:
    """Take back an edit and return to the history that offered it, with what was done or why nothing was. `back`: the
    record's page."""
    try:
        changes = act()
    except NotAllowed:
        raise
    except CsdlError as refused:
        messages.warning(request, " ".join(refused.problems) or refused.message)
        return redirect(back)  # to its top, where the sentence stands
    names = ", ".join(change.label.lower() for change in changes)
    messages.success(request, f"Đã hoàn tác: {names}." if names else "Không còn gì để hoàn tác.")
    return redirect(f"{back}#lich-su")


def _beginnings(
    origins: Iterable[tuple[str, Model, Origin]], people: Mapping[int | None, str], files: Mapping[int | None, str]
) -> list[EditLines]:
    """Who wrote the records: what was written in one go is one line."""
    made: dict[tuple[str, Origin], list[str]] = {}
    for what, row, origin in origins:
        if isinstance(row, Enrolment) and row.previous_id:
            said = "Kết chuyển từ năm học trước"
        elif origin.run_id:
            said = f"Nhập từ tệp “{files[origin.run_id]}”" if origin.run_id in files else "Nhập từ tệp"
        else:
            said = "Thêm mới"
        made.setdefault((said, origin), []).append(what)
    return [
        EditLines(0, "", origin.at, people.get(origin.account_id, "hệ thống"), f"{said}: {'; '.join(names)}", (), False)
        for (said, origin), names in made.items()
    ]


def _people(account_ids: Iterable[int | None]) -> dict[int | None, str]:
    """Accounts as the log names them."""
    rows = Account.objects.filter(pk__in={one for one in account_ids if one})
    return {pk: f"{name} ({username})" for pk, name, username in rows.values_list("pk", "full_name", "username")}


def _files(actor: Actor, run_ids: Iterable[int | None]) -> dict[int | None, str]:
    wanted = {one for one in run_ids if one}
    if not wanted or not actor.can(Permission.DATA_IMPORT):
        return {}
    rows = visible(ImportRun.objects.filter(pk__in=wanted), actor, Permission.DATA_IMPORT)
    return dict(rows.values_list("pk", "file_name"))
