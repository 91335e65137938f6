"""Who heads a unit: appointed by the unit above, one head on a day; a unit that has a head keeps one.

A head does not simply end: the next one, acting or not, ends the one before. An appointment entered by mistake is
withdrawn: its days become none, the head before goes on, and the row stays as history.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction

from csdl.accounts.actor import Actor
from csdl.accounts.errors import InvalidRecord, NotAllowed
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.audit.edits import FieldChange, changes_of, save_changes, undo_edit
from csdl.lib import clock
from csdl.lib.vietnamese import squeeze
from csdl.orgs.models import OrgUnit
from csdl.staff.errors import StaffError
from csdl.staff.models import StaffMember, StaffPosting, UnitHead
from csdl.staff.queries import can_appoint, can_keep_decision, heads_of, postings_on
from csdl.staff.ties import tell_heads_changed

__all__ = [
    "HEAD_FIELDS",
    "DecisionFile",
    "appoint_head",
    "change_head",
    "keep_decision_file",
    "undo_head_edit",
    "withdraw_head",
]

HEAD_FIELDS = ("staff_id", "is_acting", "decision_no", "decided_on")
_FIRST = dt.date(1950, 1, 1)
_AHEAD = dt.timedelta(days=366)


@dataclass(frozen=True)
class DecisionFile:
    """The file of a decision, looked at and put into its place by `documents.decisions`."""

    sha256: str
    media_type: str


@transaction.atomic
def appoint_head(
    *,
    actor: Actor,
    unit: OrgUnit,
    staff: StaffMember | None,
    valid_from: dt.date | None,
    values: Mapping[str, Any],
    file: DecisionFile | None = None,
) -> UnitHead:
    """Say who heads a unit from a day on; the head before ends on that day.

    Shapes:  `values` is_acting, decision_no, decided_on. Without the decision's file the appointment holds, flagged.
    Errors:  NotAllowed, for one's own unit as well; REC-01 with every fault by field.
    """
    _require(actor, unit)
    made = _cleaned(values)
    faults = _faults(unit, staff, made, valid_from)
    standing = list(heads_of(UnitHead.objects.select_for_update(of=("self",)), unit.pk))
    before = next((one for one in standing if valid_from and one.valid_from < valid_from), None)
    if later := [one for one in standing if valid_from and one.valid_from >= valid_from]:
        sentence = f"Đơn vị đã có thủ trưởng từ {later[-1].valid_from:%d/%m/%Y}: {later[-1].staff.full_name}."
        faults.setdefault("valid_from", []).append(f"{sentence} Hãy nhập ngày sau đó, hoặc sửa lần bổ nhiệm ấy.")
    elif before and staff and before.staff_id == staff.pk and before.is_acting == bool(made.get("is_acting")):
        faults.setdefault("staff_id", []).append(f"{staff.full_name} đang là thủ trưởng của đơn vị.")
    if faults:
        raise InvalidRecord(faults)
    assert staff is not None
    assert valid_from is not None
    if before and (before.valid_to is None or before.valid_to > valid_from):
        save_changes(before, {"valid_to": valid_from}, seen=None)
    made |= asdict(file) if file else {}
    row = UnitHead.objects.create(unit=unit, staff=staff, valid_from=valid_from, created_by=actor.account_id, **made)
    _say(actor, "head:appoint", row)
    return row


@transaction.atomic
def change_head(*, actor: Actor, head: UnitHead, values: Mapping[str, Any], seen: int | None) -> list[FieldChange]:
    """Correct an appointment: the person, acting or not, the decision.

    Errors:  NotAllowed; STF-02 it was withdrawn; REC-01; EDT-01 a colleague changed the same field.
    """
    _require(actor, head.unit)
    _check_standing(head)
    made = _cleaned(values)
    staff = StaffMember.objects.filter(pk=values.get("staff_id", head.staff_id)).first()
    if faults := _faults(head.unit, staff, made, head.valid_from):
        raise InvalidRecord(faults)
    changes = save_changes(head, made | {"staff_id": staff.pk if staff else None}, seen=seen)
    if changes:
        _say(actor, "head:change", head, [change.name for change in changes])
    return changes


@transaction.atomic
def keep_decision_file(*, actor: Actor, head: UnitHead, file: DecisionFile) -> list[FieldChange]:
    """Put the decision's file to an appointment that has none, or another in its place; the one before stays in the
    history.

    Errors:  NotAllowed; STF-02 it was withdrawn.
    """
    if not can_keep_decision(actor, head.unit):
        _require(actor, head.unit)
    _check_standing(head)
    changes = save_changes(head, asdict(file), seen=None)
    if changes:
        data = {"staff": str(head.staff.public_id), "decision_no": head.decision_no, "sha256": head.sha256}
        record(actor=actor, kind="head:keep_decision", unit_id=head.unit_id, data=data)
    return changes


@transaction.atomic
def withdraw_head(*, actor: Actor, head: UnitHead) -> UnitHead:
    """Take back the newest appointment; the head before goes on without an end.

    Errors:  NotAllowed; STF-02 it is not the newest one; STF-03 nobody headed the unit before: correct it instead.
    """
    _require(actor, head.unit)
    standing = list(heads_of(UnitHead.objects.select_for_update(of=("self",)), head.unit_id))
    if not standing or standing[0].pk != head.pk:
        raise StaffError("Chỉ rút được lần bổ nhiệm mới nhất của đơn vị.", code="STF-02")
    before = standing[1] if len(standing) > 1 and standing[1].valid_to == head.valid_from else None
    if before is None:
        raise StaffError(
            "Rút lần bổ nhiệm này thì đơn vị không còn thủ trưởng. Hãy sửa lại cho đúng người, đúng quyết định.",
            code="STF-03",
        )
    save_changes(head, {"valid_to": head.valid_from}, seen=None)
    save_changes(before, {"valid_to": None}, seen=None)
    _say(actor, "head:withdraw", head)
    return before


@transaction.atomic
def undo_head_edit(*, actor: Actor, head: UnitHead, key: int) -> list[FieldChange]:
    """Take back one correction of an appointment; days change by appointing and withdrawing alone.

    Errors:  NotAllowed; STF-02 the edit moved the days, or the appointment was withdrawn; EDT-01; EDT-03.
    """
    _require(actor, head.unit)
    _check_standing(head)
    edit = next((one for one in changes_of(head) if one.key == key), None)
    if edit and any(change.name == "valid_to" for change in edit.changes):
        raise StaffError("Thời gian giữ chức đổi theo lần bổ nhiệm sau. Hãy rút lần bổ nhiệm ấy.", code="STF-02")
    changes = undo_edit(head, key)
    _say(actor, "head:undo_edit", head, [change.name for change in changes])
    return changes


def _require(actor: Actor, unit: OrgUnit) -> None:
    """The right is held over the unit above: nobody appoints the head of the own unit."""
    if not can_appoint(actor, unit):
        actor.require(Permission.HEAD_APPOINT, on=unit)
        raise NotAllowed("Thủ trưởng của đơn vị do cơ quan quản lý cấp trên bổ nhiệm. Hãy đề nghị cấp trên ghi nhận.")


def _check_standing(head: UnitHead) -> None:
    if head.valid_to is not None and head.valid_to <= head.valid_from:
        raise StaffError("Lần bổ nhiệm này đã được rút.", code="STF-02")


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: values[name] for name in HEAD_FIELDS if name in values and name != "staff_id"}
    return {name: squeeze(value) if isinstance(value, str) else value for name, value in kept.items()}


def _faults(
    unit: OrgUnit, staff: StaffMember | None, made: Mapping[str, Any], valid_from: dt.date | None
) -> dict[str, list[str]]:
    faults: dict[str, list[str]] = {}
    if valid_from is None or not _FIRST <= valid_from <= clock.today() + _AHEAD:
        faults["valid_from"] = ["Hãy nhập ngày bắt đầu giữ chức, ví dụ 01/09/2024."]
    if staff is None:
        faults["staff_id"] = ["Hãy chọn người đang công tác tại đơn vị."]
    elif valid_from:
        here = StaffPosting.objects.filter(unit=unit, staff=staff)
        if (
            not postings_on(here, max(valid_from, clock.today())).exists()
            and not postings_on(here, valid_from).exists()
        ):
            faults["staff_id"] = [f"{staff.full_name} không công tác tại đơn vị vào ngày {valid_from:%d/%m/%Y}."]
    if not made.get("decision_no"):
        faults["decision_no"] = ["Hãy nhập số quyết định."]
    elif len(made["decision_no"]) > 60:
        faults["decision_no"] = ["Dài nhất 60 ký tự."]
    decided_on = made.get("decided_on")
    if decided_on is None or not _FIRST <= decided_on <= clock.today():
        faults["decided_on"] = ["Hãy nhập ngày ký quyết định, không sau hôm nay."]
    return faults


def _say(actor: Actor, kind: str, head: UnitHead, fields: list[str] | None = None) -> None:
    data = {"staff": str(head.staff.public_id), "from": f"{head.valid_from:%Y-%m-%d}", "fields": fields or []}
    record(actor=actor, kind=kind, unit_id=head.unit_id, data=data)
    tell_heads_changed(actor, head.unit_id)
