"""Many records opened in a short time: a flag to the head of the unit, once for a burst.

The measure is data (`data/bursts.csv`). A flag stands in the log like any act; who looks into it says so in the log.
"""

import csv
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, Exists, OuterRef, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils import timezone

from csdl.accounts.actor import Actor
from csdl.accounts.errors import CsdlError, InvalidRecord
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record, record_each
from csdl.audit.models import Event
from csdl.lib.vietnamese import squeeze

__all__ = ["READ", "may_settle", "note_profile_read", "open_bursts", "settle_burst"]

READ = "student:read"
_BURST, _SETTLED = "audit:burst", "audit:burst_settled"
_SETTLERS = (Permission.AUDIT_READ, Permission.ACCOUNT_MANAGE)
# Older flags are history.
_OPEN_FOR = dt.timedelta(days=30)


@dataclass(frozen=True)
class Measure:
    """More than `most` different records opened within `minutes`, by one account."""

    most: int
    minutes: int


@transaction.atomic
def note_profile_read(*, actor: Actor, student: str, unit_id: int | None, home_unit_id: int | None) -> None:
    """Say in the log that the actor opened a pupil's full profile; a burst is told to the actor's own unit and to the
    pupil's. Three short statements, none of which reads more than the events of so many minutes."""
    record(actor=actor, kind=READ, unit_id=unit_id, data={"student": student})
    measure = _measures().get(READ)
    if measure is None or actor.account_id is None:
        return
    since = timezone.now() - dt.timedelta(minutes=measure.minutes)
    own = Event.objects.filter(account_id=actor.account_id, at__gte=since).order_by()
    # Different pupils: one who is opened, corrected and opened again is one. The act just recorded is among them.
    pupils = own.filter(kind=READ).values_list(KT("data__student")).distinct()
    if not pupils[measure.most : measure.most + 1].exists() or own.filter(kind=_BURST).exists():
        return
    units = {key for key in (home_unit_id, unit_id) if key is not None}
    data = {"who": actor.label, "count": measure.most + 1, "minutes": measure.minutes}
    record_each(actor=actor, kind=_BURST, units=dict.fromkeys(sorted(units), data))


def open_bursts(unit_ids: Iterable[int], *, but: int | None = None) -> QuerySet[Event]:
    """Flags at some units that nobody has looked into yet, those of one's own acts (`but`) left out."""
    settled = Event.objects.filter(kind=_SETTLED, unit_id=OuterRef("unit_id"))
    settled = settled.annotate(of=Cast(KT("data__of"), BigIntegerField())).filter(of=OuterRef("pk"))
    rows = Event.objects.filter(kind=_BURST, unit_id__in=list(unit_ids), at__gte=timezone.now() - _OPEN_FOR)
    if but is not None:
        rows = rows.exclude(account_id=but)
    return rows.filter(~Exists(settled)).order_by("-at")


def may_settle(actor: Actor, unit: Any) -> bool:
    """Whether the actor answers for the accounts of the unit: to read its log, as inspectors do, is not enough."""
    return all(actor.can(one, on=unit) for one in _SETTLERS)


@transaction.atomic
def settle_burst(*, actor: Actor, event: Event, note: str) -> None:
    """Say that one looked into a flag, and what came of it; not of one's own.

    Errors:  NotAllowed; AUD-01 it is one's own, or settled already; REC-01 no note.
    """
    for permission in _SETTLERS:
        actor.require(permission, on=event.unit_id)
    if event.account_id == actor.account_id:
        raise CsdlError("Cảnh báo về chính mình do cấp trên xem xét.", code="AUD-01")
    if event.unit_id is None or not open_bursts([event.unit_id]).filter(pk=event.pk).exists():
        raise CsdlError("Cảnh báo này đã được xem xét.", code="AUD-01")
    said = squeeze(note)
    if not 5 <= len(said) <= 300:
        raise InvalidRecord({"note": ["Hãy ghi kết quả xem xét, từ 5 đến 300 ký tự."]})
    record(actor=actor, kind=_SETTLED, unit_id=event.unit_id, data={"of": event.pk, "note": said})


@cache
def _measures() -> dict[str, Measure]:
    text = files("csdl.audit").joinpath("data/bursts.csv").read_text(encoding="utf-8")
    return {row["kind"]: Measure(int(row["most"]), int(row["minutes"])) for row in csv.DictReader(text.splitlines())}
