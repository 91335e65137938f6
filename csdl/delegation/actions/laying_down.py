"""What the department lays down about rights: the days on which they end, when reminders come, four eyes."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from csdl.accounts.actor import Actor, require_everywhere
from csdl.accounts.errors import InvalidRecord
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.delegation.models import DelegationRules
from csdl.delegation.rules import rules

__all__ = ["RULE_FIELDS", "change_rules"]

RULE_FIELDS = (
    *("class_end_month", "class_end_day", "other_end_month", "other_end_day"),
    *("confirmation_month", "confirmation_day", "notice_days", "read_grace_days", "four_eyes"),
    *("commitment_grace_days", "inspection_days"),
)
_BOUNDS = {"read_grace_days": (0, 60), "commitment_grace_days": (1, 60), "inspection_days": (1, 366)}
# No leap year: a right cannot end on a day that most years lack.
_ANY_YEAR = 2023


@transaction.atomic
def change_rules(*, actor: Actor, values: Mapping[str, Any]) -> DelegationRules:
    """Lay down other days; they hold for rights given from now on.

    Errors:  NotAllowed for anybody but the department; REC-01 a day that no year has, reminders that are none.
    """
    require_everywhere(actor, Permission.GRANT_MANAGE)
    row = rules()
    before = {name: getattr(row, name) for name in RULE_FIELDS}
    made = before | {name: values[name] for name in RULE_FIELDS if name in values}
    faults: dict[str, list[str]] = {}
    for name in ("class_end", "other_end", "confirmation"):
        try:
            dt.date(_ANY_YEAR, made[f"{name}_month"], made[f"{name}_day"])
        except (TypeError, ValueError):
            faults[f"{name}_day"] = ["Ngày này không có trong năm."]
    if not made["notice_days"] or any(not 1 <= day <= 365 for day in made["notice_days"]):
        faults["notice_days"] = ["Hãy ghi số ngày, cách nhau bằng dấu cách, ví dụ 30 14 3."]
    for name, (least, most) in _BOUNDS.items():
        if made[name] is None or not least <= made[name] <= most:
            faults[name] = [f"Từ {least} đến {most} ngày."]
    if faults:
        raise InvalidRecord(faults)
    made["notice_days"] = sorted(set(made["notice_days"]), reverse=True)
    for name, value in made.items():
        setattr(row, name, value)
    row.save()
    changed = {name: [before[name], value] for name, value in made.items() if value != before[name]}
    record(actor=actor, kind="delegation:rules", data={"changed": changed})
    return row
