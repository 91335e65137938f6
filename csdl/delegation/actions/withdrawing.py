"""Withdrawing: the paper holds no more, what stands on it stops at once, and minutes of revocation are made."""

from collections.abc import Iterable

from django.db import transaction

from csdl.access.actions import end_grants, suspend_grants
from csdl.access.enums import GrantState, Ground
from csdl.access.models import Grant
from csdl.accounts.actor import Actor
from csdl.accounts.errors import InvalidRecord
from csdl.audit.actions import record
from csdl.delegation.actions.prepare import lock_unit, number_papers, require_administration
from csdl.delegation.enums import MinutesKind, PaperState
from csdl.delegation.errors import DelegationError
from csdl.delegation.models import AdministrationHolder, Commitment, Minutes
from csdl.delegation.texts import content_hash
from csdl.lib import clock
from csdl.lib.vietnamese import squeeze

__all__ = ["void_minutes", "withdraw_commitment", "withdraw_minutes"]


@transaction.atomic
def withdraw_minutes(*, actor: Actor, minutes: Minutes, reason: str) -> Minutes:
    """Take back what minutes gave, at once; answers the minutes of revocation, to be printed and signed, or the minutes
    themselves where they were not signed yet.

    Errors:  NotAllowed; DLG-01 they hold no more already; REC-01 no reason.
    """
    require_administration(actor, minutes.unit)
    lock_unit(minutes.unit_id)
    row = Minutes.objects.select_for_update(of=("self",)).select_related("unit__parent").get(pk=minutes.pk)
    said = _reason(reason)
    was_signed = row.state == PaperState.SIGNED
    void_minutes(actor, row, said)
    today = clock.today()
    told = {"minutes": row.paper_no, "receiver": row.receiver.full_name, "reason": said}
    if not was_signed:
        record(actor=actor, kind="delegation:withdraw", unit_id=row.unit_id, data=told | {"unsigned": True})
        return row  # nothing was given that minutes would have to take back
    (number,) = number_papers(row.unit, today.year, "BB", 1)
    paper_no = f"{number:02}/{today.year}/BB-CSDL"
    content = row.content | {
        "made_on": f"{today:%d/%m/%Y}",
        "reason": said,
        "revokes": row.paper_no,
        "revokes_on": f"{row.signed_on:%d/%m/%Y}" if row.signed_on else "",
    }
    made = Minutes.objects.create(
        unit=row.unit,
        kind=MinutesKind.REVOCATION,
        start_year=row.start_year,
        year=today.year,
        no=number,
        paper_no=paper_no,
        prepared_by_id=actor.account_id,
        prepared_on=today,
        giver_id=row.giver_id,
        receiver_id=row.receiver_id,
        valid_from=today,
        valid_to=None,
        content=content,
        content_hash=content_hash(paper_no, content),
        replaces=row,
    )
    record(actor=actor, kind="delegation:withdraw", unit_id=row.unit_id, data=told | {"revocation": paper_no})
    return made


@transaction.atomic
def withdraw_commitment(*, actor: Actor, commitment: Commitment, reason: str) -> None:
    """Say that a commitment holds no more: all rights of that person at that unit for that year stop at once.

    Errors:  NotAllowed; DLG-01; REC-01.
    """
    require_administration(actor, commitment.unit)
    lock_unit(commitment.unit_id)
    row = Commitment.objects.select_for_update(of=("self",)).get(pk=commitment.pk)
    said = _reason(reason)
    _void(row, said)
    papers = Minutes.objects.filter(receiver_id=row.account_id, unit_id=row.unit_id, start_year=row.start_year)
    standing = _standing_on(papers.values_list("pk", flat=True), GrantState.ACTIVE, GrantState.INACTIVE)
    suspend_grants(actor, standing, because=f"Bản cam kết số {row.paper_no} hết hiệu lực: {said}")
    told = {"commitment": row.paper_no, "receiver": row.account.full_name, "reason": said}
    record(actor=actor, kind="delegation:withdraw", unit_id=row.unit_id, data=told)


def void_minutes(actor: Actor, minutes: Minutes, reason: str) -> None:
    """End minutes that hold: what stands on them stops at once, what waited for them never begins.

    Errors:  DLG-01 they hold no more already.
    """
    today = clock.today()
    _void(minutes, reason)
    because = f"Biên bản số {minutes.paper_no} hết hiệu lực ngày {today:%d/%m/%Y}: {reason}"
    standing = _standing_on([minutes.pk], GrantState.ACTIVE, GrantState.INACTIVE, GrantState.SUSPENDED)
    # What was suspended for another reason does not come back either: the reason is now this one.
    held = [row for row in standing if row.state != GrantState.INACTIVE]
    told = {"minutes": minutes.paper_no, "receiver": minutes.receiver.full_name}
    suspend_grants(actor, held, because=because, **told)
    end_grants(actor, [row for row in standing if row.state == GrantState.INACTIVE], on=today, because=because)
    for holder in AdministrationHolder.objects.filter(minutes=minutes):
        if holder.valid_to is None or holder.valid_to > today:
            holder.valid_to, holder.ended_because = max(today, holder.valid_from), reason[:200]
            holder.save(update_fields=["valid_to", "ended_because"])


def _void(paper: Minutes | Commitment, reason: str) -> None:
    if paper.state == PaperState.VOIDED:
        raise DelegationError(f"{paper.title} đã hết hiệu lực ngày {paper.voided_on:%d/%m/%Y}: {paper.void_reason}.")
    paper.state, paper.voided_on, paper.void_reason = PaperState.VOIDED, clock.today(), reason[:300]
    paper.save(update_fields=["state", "voided_on", "void_reason"])


def _standing_on(minutes_ids: Iterable[int], *states: GrantState) -> list[Grant]:
    rows = Grant.objects.filter(paper_id__in=list(minutes_ids), ground__in=(Ground.MINUTES, Ground.HANDOVER))
    return list(rows.filter(state__in=states).select_related("account"))


def _reason(text: str) -> str:
    said = squeeze(text)
    if not 5 <= len(said) <= 200:
        raise InvalidRecord({"reason": ["Hãy ghi lý do, từ 5 đến 200 ký tự."]})
    return said
