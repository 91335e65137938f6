"""What time makes due: ended grants are marked, those whose posting or homeroom ended too, ends announced, leavers'
holdings closed, visitors locked. No end of a right depends on it: the days of a grant, of the posting and of the
homeroom assignment decide at every instant. Safe to run again."""

import datetime as dt
from collections import defaultdict
from typing import Any

from django.db import transaction

from csdl.access.actions import move_grants
from csdl.access.enums import GrantState
from csdl.access.models import Grant
from csdl.accounts.actor import Actor
from csdl.audit.actions import record_each
from csdl.delegation.actions.administration import release_leavers
from csdl.delegation.actions.following import follow_work
from csdl.delegation.actions.heads import follow_heads
from csdl.delegation.actions.inspections import lock_former_visitors
from csdl.delegation.actions.recommitting import ask_again, lapse_commitments
from csdl.delegation.models import EndNotice
from csdl.delegation.rules import rules
from csdl.lib import clock

__all__ = ["announce_ends", "mark_ended", "upkeep"]


@transaction.atomic
def upkeep(actor: Actor) -> dict[str, int]:
    """Everything that a day makes due; answers how much of each was done."""
    today = clock.today()
    return {
        "heads": follow_heads(actor),
        "ended": mark_ended(actor, today),
        "released": release_leavers(actor, today),
        "followed": len(follow_work(actor)),
        "announced": announce_ends(actor, today),
        "asked_again": ask_again(actor, today),
        "lapsed": lapse_commitments(actor, today),
        "visitors": lock_former_visitors(actor),
    }


def mark_ended(actor: Actor, today: dt.date) -> int:
    """Give grants whose days are over the state "ended", once their reading days are over too."""
    over = Grant.objects.filter(valid_to__lte=today).exclude(state=GrantState.ENDED)
    over = over.exclude(read_until__gt=today).select_related("account")
    return move_grants(actor, "grant:end", over, {"state": GrantState.ENDED})


def announce_ends(actor: Actor, today: dt.date) -> int:
    """Say in the unit's log, once for each step (30, 14, 3 days), that rights end soon."""
    steps = sorted(rules().notice_days)
    last = today + dt.timedelta(days=max(steps, default=0))
    rows = Grant.objects.filter(state=GrantState.ACTIVE, valid_to__gt=today, valid_to__lte=last).select_related(
        "account"
    )
    known = set(EndNotice.objects.filter(grant_id__in=[row.pk for row in rows]).values_list("grant_id", "days"))
    made, told = [], defaultdict[int, list[dict[str, Any]]](list)
    for row in rows:
        assert row.valid_to is not None
        left = (row.valid_to - today).days
        step = next((days for days in steps if left <= days), None)
        if step is None or (row.pk, step) in known:
            continue
        made.append(EndNotice(grant_id=row.pk, unit_id=row.unit_id, days=step))
        told[row.unit_id].append({"account": row.account.username, "role_code": row.role_code, "days_left": left})
    EndNotice.objects.bulk_create(made, ignore_conflicts=True)
    record_each(actor=actor, kind="grant:ends_soon", units={unit: {"grants": rows} for unit, rows in told.items()})
    return len(made)
