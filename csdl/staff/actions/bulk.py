"""Acts on many postings of a unit at once: planned with the exceptions by name, done as one, taken back as one.

The file of the person stays as it is: what is written is the contract, the status, or the end of the posting.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.db.models import QuerySet

from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.audit.bulk import (
    BULK_LIMIT,
    BulkError,
    BulkPlan,
    alike,
    as_logged,
    check_seal,
    planned,
    refuse_edited,
    undone_by,
)
from csdl.audit.edits import edited_since, newest_edit
from csdl.audit.models import Event
from csdl.codes import queries as codes
from csdl.lib import clock
from csdl.orgs.models import OrgUnit
from csdl.staff.actions.people import ENDED_STATUSES, OWN_END, is_own, starting_faults
from csdl.staff.models import StaffPosting, UnitHead
from csdl.staff.queries import heads_of
from csdl.staff.ties import tell_postings_changed, tied_staff

__all__ = ["StaffChange", "StaffChangeKind", "change_staff_in_bulk", "plan_staff_bulk", "undo_staff_bulk"]

_NOUN = "người"


class StaffChangeKind(models.TextChoices):
    CONTRACT = "contract", "Đổi hình thức hợp đồng"
    STATUS = "status", "Đổi trạng thái"
    END = "end", "Kết thúc công tác"


# What each kind writes, and so what an undo puts back.
_WRITES: dict[StaffChangeKind, tuple[str, ...]] = {
    StaffChangeKind.CONTRACT: ("contract_code",),
    StaffChangeKind.STATUS: ("status_code",),
    StaffChangeKind.END: ("status_code", "valid_to"),
}


@dataclass(frozen=True)
class StaffChange:
    """What is to be done to each posting: `code` is the contract, the status, or the reason of the end; `on` the first
    day no longer at the unit."""

    kind: StaffChangeKind
    code: str
    on: dt.date | None = None


def plan_staff_bulk(
    *, actor: Actor, unit: OrgUnit, rows: QuerySet[StaffPosting], change: StaffChange
) -> BulkPlan[StaffChange]:
    """Say what a change would do to postings of a unit, without writing.

    Shapes:  `rows` are postings of that unit, as the list's filters or the ticks found them. A fixed number of
             statements.
    Errors:  NotAllowed; BLK-01 with every fault of the change itself.
    """
    actor.require(Permission.STAFF_EDIT, on=unit.pk)
    if faults := _faults(change):
        raise BulkError("Hãy sửa các nội dung sau rồi xem trước lại.", problems=faults)
    read = ("pk", "staff_id", "staff__full_name", "staff__account_id", "position_code", "contract_code", "status_code")
    here = rows.filter(unit_id=unit.pk).order_by("staff__sort_key", "pk")
    found = list(here.values(*read, "valid_from", "valid_to")[: BULK_LIMIT + 1])
    positions = codes.labels("staff_position")["staff_position"]
    return planned(
        change,
        _said(change),
        [row | {"position": positions.get(row["position_code"], "")} for row in found],
        _judge(actor, unit, change, [row["staff_id"] for row in found]),
        name="staff__full_name",
        beside="position",
        part=lambda row: row["position"] or "chưa ghi chức vụ",
        noun=_NOUN,
    )


@transaction.atomic
def change_staff_in_bulk(
    *, actor: Actor, unit: OrgUnit, rows: QuerySet[StaffPosting], change: StaffChange, seal: str
) -> Event:
    """Do what a plan showed, to all of its postings or to none; the event of it is what an undo starts from.

    Errors:  as `plan_staff_bulk`; BLK-02 where a posting was changed since the plan; nothing is written then.
    """
    keys = list(rows.filter(unit_id=unit.pk).values_list("pk", flat=True))
    _lock(keys)
    plan = plan_staff_bulk(actor=actor, unit=unit, rows=rows, change=change)
    check_seal(plan, seal, noun=_NOUN)
    here = StaffPosting.objects.filter(pk__in=plan.ids)
    before = as_logged(here.order_by("pk").values_list("pk", *_WRITES[change.kind]))
    match change.kind:
        case StaffChangeKind.CONTRACT:
            here.update(contract_code=change.code)
        case StaffChangeKind.STATUS:
            here.update(status_code=change.code)
        case StaffChangeKind.END:
            here.update(status_code=change.code, valid_to=change.on)
    said = {
        "kind": change.kind.value,
        **_said(change),
        "count": len(plan.ids),
        "before": before,
        "version": newest_edit(StaffPosting, plan.ids),
    }
    event = record(actor=actor, kind=f"staff:bulk_{change.kind.value}", unit_id=unit.pk, data=said)
    if change.kind == StaffChangeKind.END:
        tell_postings_changed(actor, unit.pk)
    return event


@transaction.atomic
def undo_staff_bulk(*, actor: Actor, unit: OrgUnit, event: Event) -> int:
    """Put back every posting of a bulk act as it was before, as long as none of them was changed since.

    Errors:  NotAllowed; BLK-03 with the names of those who were changed since or have another posting at the unit by
             now, or when it is undone already.
    """
    if event.unit_id != unit.pk or not event.kind.startswith("staff:") or "before" not in event.data:
        raise BulkError("Việc này không hoàn tác được ở đây.", code="BLK-03")
    actor.require(Permission.STAFF_EDIT, on=unit.pk)
    kind = StaffChangeKind(event.data["kind"])
    before = event.data["before"]
    keys = [row[0] for row in before]
    _lock(keys)
    if undone_by(event):
        raise BulkError("Việc này đã được hoàn tác rồi.", code="BLK-03")
    refuse_edited(_changed_since(event, keys), who=_NOUN, each=_NOUN)
    for values, alike_keys in alike(before).items():
        StaffPosting.objects.filter(pk__in=alike_keys).update(**dict(zip(_WRITES[kind], values, strict=True)))
    data = {"of": event.pk, "kind": kind.value, "count": len(keys)}
    record(actor=actor, kind="staff:bulk_undo", unit_id=unit.pk, data=data)
    if kind == StaffChangeKind.END:
        tell_postings_changed(actor, unit.pk)
    return len(keys)


def _lock(keys: list[int]) -> None:
    """In the order of keys: two bulk acts wait for each other, they do not cross."""
    held = StaffPosting.objects.filter(pk__in=keys).order_by("pk")
    list(held.select_for_update().values_list("pk", flat=True))


def _faults(change: StaffChange) -> list[str]:
    found = []
    if change.kind == StaffChangeKind.CONTRACT and change.code not in codes.labels("contract_kind")["contract_kind"]:
        found.append("Hãy chọn hình thức hợp đồng có trong danh mục.")
    known = codes.labels("staff_status")["staff_status"]
    if change.kind == StaffChangeKind.STATUS and (change.code not in known or change.code in ENDED_STATUSES):
        found.append("Hãy chọn trạng thái của người còn làm việc. Người thôi làm việc thì dùng “Kết thúc công tác”.")
    if change.kind == StaffChangeKind.END:
        if change.code not in ENDED_STATUSES:
            found.append("Hãy chọn lý do: chuyển đi, điều động hay nghỉ hưu.")
        if change.on is None or starting_faults(change.on):
            found.append("Hãy nhập ngày đầu tiên không còn làm việc tại trường, không quá một năm tới.")
    return found


def _judge(
    actor: Actor, unit: OrgUnit, change: StaffChange, staff_ids: list[int]
) -> Callable[[Mapping[str, Any]], str | None]:
    """Why a row stays as is: None it does not, "" it is so already, else a reason for people."""
    today = clock.today()

    def ended(row: Mapping[str, Any]) -> str | None:
        if row["valid_to"] and row["valid_to"] <= today:
            return f"đã thôi làm việc tại trường từ {row['valid_to']:%d/%m/%Y}"
        return None

    if change.kind == StaffChangeKind.CONTRACT:
        return lambda row: ended(row) or ("" if row["contract_code"] == change.code else None)
    if change.kind == StaffChangeKind.STATUS:

        def status(row: Mapping[str, Any]) -> str | None:
            if row["status_code"] in ENDED_STATUSES and row["valid_to"]:
                return ended(row) or f"đã ghi thôi làm việc từ {row['valid_to']:%d/%m/%Y}"
            return ended(row) or ("" if row["status_code"] == change.code else None)

        return status
    assert change.on is not None
    day = change.on
    heads = heads_of(UnitHead.objects.all(), unit.pk)
    leading = {one.staff_id for one in heads if one.valid_to is None or one.valid_to > day}
    tied = tied_staff(unit.pk, staff_ids, day)

    def end(row: Mapping[str, Any]) -> str | None:
        if gone := ended(row):
            return gone
        if row["valid_to"] == day and row["status_code"] == change.code:
            return ""
        if day <= today and is_own(actor, row["staff__account_id"]):
            return f"là chính bạn. {OWN_END}"
        if day <= row["valid_from"]:
            return f"bắt đầu làm việc ngày {row['valid_from']:%d/%m/%Y}, không trước ngày thôi làm việc"
        holds = ["là thủ trưởng đơn vị"] if row["staff_id"] in leading else []
        holds += [f"còn {phrase}" for phrase in tied.get(row["staff_id"], [])]
        return f"từ ngày {day:%d/%m/%Y} {'; '.join(holds)}. Hãy ghi người thay trước" if holds else None

    return end


def _changed_since(event: Event, keys: list[int]) -> list[str]:
    """Names of whose posting was edited since, or cannot go on because the person was taken on again."""
    changed = edited_since(StaffPosting, keys, event.data["version"])
    rows = {row.pk: row for row in StaffPosting.objects.filter(pk__in=keys).select_related("staff")}
    if event.data["kind"] == StaffChangeKind.END:
        on = dt.date.fromisoformat(event.data["on"])
        until = {key: dt.date.fromisoformat(end) if end else None for key, _, end in event.data["before"]}
        staff = {row.staff_id: key for key, row in rows.items()}
        again = StaffPosting.objects.filter(unit_id=event.unit_id, staff__in=staff, valid_from__gte=on)
        for staff_id, begins in again.exclude(pk__in=keys).values_list("staff_id", "valid_from"):
            end = until[staff[staff_id]]
            if end is None or begins < end:
                changed.add(staff[staff_id])
    people = [rows[key].staff for key in changed if key in rows]
    names = [one.full_name for one in sorted(people, key=lambda one: one.sort_key)]
    gone = len(set(keys) - set(rows))
    return names + ([f"{gone} hồ sơ không còn ở trường"] if gone else [])


def _said(change: StaffChange) -> dict[str, Any]:
    """The change as the log keeps it."""
    return {"code": change.code, "on": change.on.isoformat() if change.on else None}
