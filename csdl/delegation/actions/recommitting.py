"""A new version of the commitment asks everybody for a new commitment: rights go on for some days as they are, then
they are suspended until it is signed (security requirements, section 4)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from csdl.access.actions import suspend_grants
from csdl.access.enums import GrantState, Ground
from csdl.access.models import Grant
from csdl.accounts.actor import Actor
from csdl.audit.actions import record_each
from csdl.delegation import texts
from csdl.delegation.actions.prepare import add_commitments, lock_unit, shared_facts
from csdl.delegation.enums import PaperState
from csdl.delegation.models import Batch, Commitment, Minutes
from csdl.delegation.queries import commitments_to_renew, people_of
from csdl.delegation.rules import rules
from csdl.lib import clock
from csdl.orgs.models import OrgUnit

__all__ = ["ask_again", "lapse_commitments", "take_up_commitments"]


@dataclass(frozen=True)
class _Asked:
    """Whoever is to commit anew at a unit for a school year."""

    unit_id: int
    start_year: int


@transaction.atomic
def ask_again(actor: Actor, today: dt.date) -> int:
    """Make ready a commitment to the new text for whoever holds rights by one to an older text; answers how many.

    Shapes:  one batch a unit and school year, so that a unit prints and signs all at once; none where nothing changed.
    """
    text = texts.commitment_text()
    newer = Commitment.objects.filter(
        account_id=OuterRef("account_id"),
        unit_id=OuterRef("unit_id"),
        start_year=OuterRef("start_year"),
        text_version=text.version,
    ).exclude(state=PaperState.VOIDED)
    older = Commitment.objects.filter(Exists(_rights_by()), ~Exists(newer), state=PaperState.SIGNED)
    wanted: dict[_Asked, set[int]] = defaultdict(set)
    for unit_id, year, account_id in older.values_list("unit_id", "start_year", "account_id"):
        wanted[_Asked(unit_id, year)].add(account_id)
    units = OrgUnit.objects.select_related("parent").in_bulk({one.unit_id for one in wanted})
    last = f"{today + dt.timedelta(days=rules().commitment_grace_days - 1):%d/%m/%Y}"
    asked, told = 0, dict[int, dict[str, Any]]()
    for one, accounts in sorted(wanted.items(), key=lambda item: (item[0].unit_id, item[0].start_year)):
        unit = units[one.unit_id]
        lock_unit(unit.pk)
        people = {row.staff.account_id: row for row in people_of(unit.pk, today) if row.staff.account_id in accounts}
        if not people:
            continue
        batch = Batch.objects.create(
            unit=unit,
            title=f"Cam kết theo văn bản mới (bản {text.version}), ký trước hết ngày {last}",
            start_year=one.start_year,
            prepared_by_id=actor.account_id,
            prepared_on=today,
        )
        facts = shared_facts(unit, one.start_year, today)
        asked += add_commitments(actor, unit, batch, people, [key for key in people if key is not None], facts)
        told[unit.pk] = {"text_version": text.version, "people": len(people), "until": last}
    record_each(actor=actor, kind="commitment:ask_again", units=told)
    return asked


@transaction.atomic
def lapse_commitments(actor: Actor, today: dt.date) -> int:
    """Suspend the rights of whoever has not committed to the new text in the days given; answers how many commitments
    hold no more by it. They come back by themselves with the signature."""
    grace = dt.timedelta(days=rules().commitment_grace_days)
    late = 0
    for old, new in commitments_to_renew(Commitment.objects.all()):
        if today < new.prepared_on + grace:
            continue
        with connection.cursor() as cursor:
            cursor.execute("SELECT csdl_uncommitted(%s)", [new.paper_no])
            because = (
                f"{cursor.fetchone()[0]} (hạn ký hết ngày {new.prepared_on + grace - dt.timedelta(days=1):%d/%m/%Y})"
            )
        old.state, old.voided_on, old.void_reason = PaperState.VOIDED, today, because
        old.save(update_fields=["state", "voided_on", "void_reason"])
        papers = Minutes.objects.filter(receiver_id=old.account_id, unit_id=old.unit_id, start_year=old.start_year)
        standing = Grant.objects.filter(
            paper_id__in=papers.values("pk"), ground__in=(Ground.MINUTES, Ground.HANDOVER), state=GrantState.ACTIVE
        )
        suspend_grants(actor, standing.select_related("account"), because=because)
        late += 1
    return late


def take_up_commitments(actor: Actor, signed: Collection[Commitment]) -> list[Grant]:
    """What a signed commitment replaces holds no more, and the rights come back that were suspended for want of it."""
    if not signed:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT csdl_take_up_commitments(%s)", [[row.pk for row in signed]])
        resumed = cursor.fetchone()[0]
    grants = list(Grant.objects.filter(pk__in=resumed).select_related("account", "unit"))
    units: dict[int, dict[str, Any]] = {}
    for grant in grants:
        told = units.setdefault(grant.unit_id, {"grants": [], "accounts": [], "day": f"{clock.today():%Y-%m-%d}"})
        told["accounts"].append(grant.account.username)
        told["grants"].append(
            {"grant": str(grant.public_id), "account": grant.account.username, "role_code": grant.role_code}
        )
    record_each(actor=actor, kind="grant:resume", units=units)
    return grants


def _rights_by() -> QuerySet[Grant]:
    """Rights that hold or wait by the minutes that a commitment goes with."""
    papers = Minutes.objects.filter(
        receiver_id=OuterRef(OuterRef("account_id")),
        unit_id=OuterRef(OuterRef("unit_id")),
        start_year=OuterRef(OuterRef("start_year")),
    )
    live = Grant.objects.filter(
        account_id=OuterRef("account_id"),
        unit_id=OuterRef("unit_id"),
        ground__in=(Ground.MINUTES, Ground.HANDOVER),
        state__in=(GrantState.ACTIVE, GrantState.INACTIVE),
        valid_to__gt=clock.today(),
    )
    return live.filter(paper_id__in=papers.values("pk"))
