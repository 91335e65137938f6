"""The life of a grant: proposed without power, active by its paper, suspended, ended.

What a paper must say is `delegation`'s; here stand the rules that hold for every grant: nobody gives more than they
hold, nobody gives to oneself, the receiver works at the unit. The rows are written by functions of the database
(`csdl_propose_grants`, `csdl_move_grants`), because the web's role cannot write them; they look again at who acts.
"""

import datetime as dt
import json
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from csdl.access.actions.scopes import refresh_scopes
from csdl.access.actors import GrantActor
from csdl.access.enums import GrantState, Ground
from csdl.access.models import Grant
from csdl.access.roles import ROLES
from csdl.accounts.actor import Actor
from csdl.accounts.errors import InvalidRecord
from csdl.accounts.models import Account
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record, record_each
from csdl.lib import clock
from csdl.orgs.models import OrgUnit
from csdl.staff.queries import AtWork, days_at_work

__all__ = [
    "GrantDraft",
    "Power",
    "activate_grants",
    "draft_faults",
    "end_grants",
    "give_role",
    "move_grants",
    "powers_of",
    "propose_grants",
    "suspend_grants",
]


@dataclass(frozen=True)
class GrantDraft:
    """A right that somebody is to have. `valid_to` is the first day without it; `class_ids` for roles of class kind."""

    account_id: int
    role_code: str
    unit_id: int
    valid_from: dt.date
    valid_to: dt.date | None
    level_codes: tuple[str, ...] = ()
    class_ids: tuple[int, ...] = ()
    ground: Ground = Ground.MINUTES
    paper_id: int | None = None
    renews_id: int | None = None
    covers_id: int | None = None
    public_id: uuid.UUID = field(default_factory=uuid.uuid4)


@dataclass(frozen=True)
class Power:
    """What a granter holds and so may give on: permissions over the units reached, of some levels, until a day."""

    permissions: frozenset[Permission]
    unit_ids: frozenset[int] | None
    level_codes: tuple[str, ...]
    valid_to: dt.date | None

    def covers(self, draft: GrantDraft, permission: Permission) -> bool:
        return (
            permission in self.permissions
            and (self.unit_ids is None or draft.unit_id in self.unit_ids)
            and (not self.level_codes or (bool(draft.level_codes) and set(draft.level_codes) <= set(self.level_codes)))
            and (self.valid_to is None or (draft.valid_to is not None and draft.valid_to <= self.valid_to))
        )


@transaction.atomic
def give_role(
    *,
    actor: Actor,
    account: Account,
    role_code: str,
    unit: OrgUnit,
    valid_from: dt.date,
    valid_to: dt.date | None = None,
) -> Grant:
    """Let an account act in a role at a unit without any paper: for operators at set-up, never by a page.

    A role of class kind reaches nothing until `years` ties classes to the grant.
    """
    actor.require(Permission.UNIT_MANAGE, on=unit)
    if role_code not in ROLES:
        raise ValueError(f"unknown role {role_code}")
    grant = Grant.objects.create(
        account=account,
        role_code=role_code,
        unit=unit,
        valid_from=valid_from,
        valid_to=valid_to,
        state=GrantState.ACTIVE,
        ground=Ground.SETUP,
        granted_by_id=actor.account_id,
    )
    refresh_scopes([account.pk])
    record(
        actor=actor,
        kind="grant:give",
        unit_id=unit.pk,
        data={"account": account.username, "role_code": role_code},
    )
    return grant


def powers_of(actor: Actor, unit_ids: Collection[int], *, on_behalf: Grant | None = None) -> list[Power]:
    """What an actor may give on at some units; `on_behalf`: whose administration account the actor holds there, so that
    the officer gives what the head holds. None is held back from a named background run."""
    if not isinstance(actor, GrantActor):
        return [Power(frozenset(Permission), None, (), None)]
    rows = {row.pk: row for row in Grant.objects.filter(pk__in=[held.grant_id for held in actor.grants])}
    reached: dict[int, set[int]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT grant_id, unit_id FROM access_scopeunit WHERE account_id = %s AND unit_id = ANY (%s)",
            [actor.account_id, list(unit_ids)],
        )
        for grant_id, unit_id in cursor.fetchall():
            reached[grant_id].add(unit_id)
        cursor.execute("SELECT grant_id FROM access_scopeall WHERE account_id = %s", [actor.account_id])
        over_all = {row[0] for row in cursor.fetchall()}
    powers = [
        Power(
            held.role.permissions,
            None if held.grant_id in over_all else frozenset(reached[held.grant_id]),
            tuple(rows[held.grant_id].level_codes),
            rows[held.grant_id].valid_to,
        )
        for held in actor.grants
        if held.grant_id in rows and not held.is_reading
    ]
    if on_behalf is not None and on_behalf.role_code in ROLES:
        head = ROLES[on_behalf.role_code].permissions
        powers.append(Power(head, frozenset([on_behalf.unit_id]), tuple(on_behalf.level_codes), on_behalf.valid_to))
    return powers


def draft_faults(actor: Actor, drafts: Sequence[GrantDraft], powers: Sequence[Power]) -> list[str]:
    """What stands against these drafts, every fault in a sentence with the person's name; a fixed number of queries."""
    accounts = Account.objects.in_bulk({draft.account_id for draft in drafts})
    working = days_at_work({draft.unit_id for draft in drafts}, {draft.account_id for draft in drafts})
    faults: dict[str, None] = {}
    for draft in drafts:
        name = accounts[draft.account_id].full_name if draft.account_id in accounts else "Tài khoản"
        for fault in _faults_of(actor, draft, powers, accounts.get(draft.account_id), working):
            faults[f"{name}: {fault}"] = None
    return list(faults)


@transaction.atomic
def propose_grants(
    actor: Actor, drafts: Sequence[GrantDraft], *, on_behalf: Grant | None = None, by_appointment: bool = False
) -> list[Grant]:
    """Write grants that have no power yet, in the order of the drafts.

    `by_appointment`: the level above appoints a head, whose rights come with the office and not from the appointer.
    Errors:  NotAllowed; REC-01 with every fault: more than the granter holds, to oneself, no account, not at the unit.
    """
    units = {draft.unit_id for draft in drafts}
    if not by_appointment:
        for unit_id in units:
            actor.require(Permission.GRANT_MANAGE, on=unit_id)
        if faults := draft_faults(actor, drafts, powers_of(actor, units, on_behalf=on_behalf)):
            raise InvalidRecord({"drafts": faults})
    with connection.cursor() as cursor:
        sent = json.dumps([_as_json(draft, actor) for draft in drafts])
        cursor.execute("SELECT csdl_propose_grants(%s)", [sent])
        keys: list[int] = cursor.fetchone()[0]
    made = Grant.objects.select_related("account", "unit").in_bulk(keys)
    record_each(actor=actor, kind="grant:propose", units=_told(made.values()))
    return [made[key] for key in keys]


def activate_grants(actor: Actor, grants: Iterable[Grant]) -> int:
    """Give power to grants whose papers are signed; the database looks at the papers once more."""
    return move_grants(actor, "grant:activate", grants, {"state": GrantState.ACTIVE})


def suspend_grants(actor: Actor, grants: Iterable[Grant], *, because: str, **told: str) -> int:
    """Take the power from grants at once, and say why. `told` goes into the log: `minutes`, the number of minutes that
    were withdrawn, makes it a withdrawal, from the `receiver` of that name."""
    changed = {"state": GrantState.SUSPENDED, "suspended_because": because[:200]}
    return move_grants(actor, "grant:suspend", grants, changed, because=because, **told)


def end_grants(actor: Actor, grants: Iterable[Grant], *, on: dt.date, because: str = "") -> int:
    """End grants: `on` is the first day without them. A day that has come ends the state as well."""
    rows = list(grants)
    changed: dict[str, Any] = {"valid_to": f"{on:%Y-%m-%d}", "suspended_because": because[:200]}
    if on <= clock.today():
        changed["state"] = GrantState.ENDED
    return move_grants(actor, "grant:end", rows, changed, because=because, on=f"{on:%Y-%m-%d}")


@transaction.atomic
def move_grants(actor: Actor, kind: str, grants: Iterable[Grant], changed: Mapping[str, Any], **told: str) -> int:
    """Change grants alike and log it at their units; the scopes of their accounts follow by a trigger."""
    rows = list(grants)
    if not rows:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT csdl_move_grants(%s)", [json.dumps([{"id": row.pk, **changed} for row in rows], default=str)]
        )
        moved = int(cursor.fetchone()[0])
    # The log keeps real time; from which day of business the right held or held no more is asked years later.
    record_each(actor=actor, kind=kind, units=_told(rows, **told, day=f"{clock.today():%Y-%m-%d}"))
    return moved


def _faults_of(
    actor: Actor,
    draft: GrantDraft,
    powers: Sequence[Power],
    account: Account | None,
    working: Mapping[tuple[int, int], AtWork],
) -> list[str]:
    role = ROLES.get(draft.role_code)
    if role is None:
        return [f"không có vai trò “{draft.role_code}”."]
    faults = []
    if draft.account_id == actor.account_id:
        faults.append("không ai tự phân quyền cho mình.")
    if account is None or not account.is_active:
        faults.append("chưa có tài khoản đang hoạt động.")
    at_work = working.get((draft.account_id, draft.unit_id), AtWork())
    if draft.ground == Ground.INSPECTION:
        pass  # comes from elsewhere: by which decision, `delegation` looks at
    elif not at_work.on(max(draft.valid_from, clock.today())):
        faults.append("không phải người đang công tác tại đơn vị.")
    elif at_work.ends is not None and (draft.valid_to is None or draft.valid_to > at_work.ends):
        last = at_work.ends - dt.timedelta(days=1)
        faults.append(f"thôi công tác tại đơn vị sau ngày {last:%d/%m/%Y}; quyền chỉ đến hết ngày ấy.")
    if role.scope_kind == "class" and not draft.class_ids:
        faults.append(f"quyền “{role.label}” phải có lớp.")
    if role.needs_level and not draft.level_codes:
        faults.append(f"quyền “{role.label}” phải chọn cấp học.")
    if draft.valid_to is not None and draft.valid_to <= draft.valid_from:
        faults.append("ngày kết thúc phải sau ngày bắt đầu.")
    beyond = [one for one in sorted(role.permissions) if not any(power.covers(draft, one) for power in powers)]
    if beyond:
        faults.append(_beyond(beyond, draft, powers))
    return faults


def _beyond(beyond: list[Permission], draft: GrantDraft, powers: Sequence[Power]) -> str:
    """Which limit of the granter is passed: time, level, place, or the right itself."""
    held = [power for power in powers if set(beyond) <= power.permissions]
    here = [power for power in held if power.unit_ids is None or draft.unit_id in power.unit_ids]
    if here and all(power.valid_to and (draft.valid_to is None or draft.valid_to > power.valid_to) for power in here):
        last = max(power.valid_to for power in here if power.valid_to) - dt.timedelta(days=1)
        return f"thời hạn dài hơn quyền của người phân quyền (đến hết {last:%d/%m/%Y})."
    if here:
        return "cấp học rộng hơn phạm vi của người phân quyền."
    if held:
        return "đơn vị nằm ngoài phạm vi của người phân quyền."
    labels = "; ".join(f"“{one.label}”" for one in beyond[:3])
    more = f" và {len(beyond) - 3} quyền khác" if len(beyond) > 3 else ""
    return f"người phân quyền không có quyền {labels}{more}."


def _as_json(draft: GrantDraft, actor: Actor) -> dict[str, Any]:
    return {
        "account_id": draft.account_id,
        "role_code": draft.role_code,
        "unit_id": draft.unit_id,
        "valid_from": f"{draft.valid_from:%Y-%m-%d}",
        "valid_to": f"{draft.valid_to:%Y-%m-%d}" if draft.valid_to else None,
        "level_codes": list(draft.level_codes),
        "class_ids": list(draft.class_ids),
        "ground": draft.ground,
        "paper_id": draft.paper_id,
        "granted_by_id": actor.account_id,
        "renews_id": draft.renews_id,
        "covers_id": draft.covers_id,
        "public_id": str(draft.public_id),
    }


def _told(grants: Iterable[Grant], **more: str) -> dict[int, dict[str, Any]]:
    """What the log of each unit says of its grants."""
    units: dict[int, dict[str, Any]] = {}
    for grant in grants:
        told = units.setdefault(grant.unit_id, {"grants": [], "accounts": [], **more})
        if grant.account.username not in told["accounts"]:
            told["accounts"].append(grant.account.username)
        told["grants"].append(
            {"grant": str(grant.public_id), "account": grant.account.username, "role_code": grant.role_code}
        )
    return units
