"""A head's rights come with the appointment and go with it, on the same days (R2): nobody gives or takes them."""

from collections.abc import Collection
from typing import Any

from django.db import transaction

from csdl.access.actions import GrantDraft, activate_grants, move_grants, propose_grants
from csdl.access.enums import GrantState, Ground
from csdl.access.models import Grant
from csdl.accounts.actor import Actor
from csdl.delegation.rules import head_role
from csdl.lib import clock
from csdl.staff.models import UnitHead

__all__ = ["follow_heads"]


@transaction.atomic
def follow_heads(actor: Actor, unit_ids: Collection[int] | None = None) -> int:
    """Make the rights of heads what the appointments say; None means every unit. Answers how many grants changed.

    A head without an account has no right yet; it comes the moment this is asked after the account is opened. Safe to
    run at any time.
    """
    today = clock.today()
    heads = UnitHead.objects.select_related("staff", "unit")
    grants = Grant.objects.filter(ground=Ground.APPOINTMENT).select_related("account")
    if unit_ids is not None:
        heads, grants = heads.filter(unit_id__in=unit_ids), grants.filter(unit_id__in=unit_ids)
    standing = {(row.paper_id, row.account_id): row for row in grants}
    drafts, changed = [], 0
    for head in heads:
        account_id = head.staff.account_id
        is_withdrawn = head.valid_to is not None and head.valid_to <= head.valid_from
        row = standing.pop((head.pk, account_id), None) if account_id is not None and not is_withdrawn else None
        if row is None:
            over = head.valid_to is not None and head.valid_to <= today
            if account_id is not None and not is_withdrawn and not over:
                drafts.append(
                    GrantDraft(
                        account_id=account_id,
                        role_code=head_role(head.unit),
                        unit_id=head.unit_id,
                        valid_from=head.valid_from,
                        valid_to=head.valid_to,
                        ground=Ground.APPOINTMENT,
                        paper_id=head.pk,
                    )
                )
        else:
            changed += _fit(actor, row, head, today)
    # What no appointment names any more: withdrawn, or given to another person by a correction.
    for row in standing.values():
        if row.state != GrantState.ENDED:
            day = min(today, row.valid_to or today)
            changed += _end(actor, row, f"{max(day, row.valid_from):%Y-%m-%d}")
    if drafts:
        activate_grants(actor, propose_grants(actor, drafts, by_appointment=True))
    return changed + len(drafts)


def _fit(actor: Actor, grant: Grant, head: UnitHead, today: Any) -> int:
    """Days and state of a head's grant as the appointment has them."""
    ended = head.valid_to is not None and head.valid_to <= today
    state = GrantState.ENDED if ended else GrantState.ACTIVE
    if grant.valid_to == head.valid_to and grant.state == state:
        return 0
    changed = {
        "valid_to": f"{head.valid_to:%Y-%m-%d}" if head.valid_to else None,
        "state": state,
        "suspended_because": "Thôi giữ chức thủ trưởng" if ended else "",
    }
    return move_grants(actor, "grant:end" if ended else "grant:activate", [grant], changed)


def _end(actor: Actor, grant: Grant, day: str) -> int:
    changed = {"valid_to": day, "state": GrantState.ENDED, "suspended_because": "Lần bổ nhiệm đã được rút hoặc sửa"}
    return move_grants(actor, "grant:end", [grant], changed)
