"""A head's rights come with the appointment and go with it, on the same days (R2): nobody gives or takes them."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction

from csdl.access.actions import GrantDraft, activate_grants, move_grants, propose_grants
from csdl.access.enums import GrantState, Ground
from csdl.access.models import Grant
from csdl.accounts.actor import Actor
from csdl.accounts.errors import InvalidRecord, NotAllowed
from csdl.audit.actions import record
from csdl.delegation.errors import DelegationError
from csdl.delegation.rules import head_role
from csdl.documents.decisions import decision_came
from csdl.documents.store import Upload, place
from csdl.lib import clock
from csdl.lib.persons import clean_name
from csdl.orgs.models import OrgUnit
from csdl.staff.actions import NewAccount, open_accounts
from csdl.staff.models import StaffMember, StaffPosting, UnitHead
from csdl.staff.queries import head_of

# Leaders of the department, its director (code lists staff_group, staff_position).
_LEADERS, _DIRECTOR = "07", "05"

__all__ = ["follow_heads", "set_up_head"]


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


@transaction.atomic
def set_up_head(
    *,
    actor: Actor,
    full_name: str,
    username: str,
    valid_from: dt.date,
    values: Mapping[str, Any],
    upload: Upload | None = None,
) -> StaffMember:
    """Write down the department's first head with an account, so that everybody else can be named from there.

    Shapes:  `values` is_acting, decision_no, decided_on; `upload` the decision's file, which may come later. The
             account waits for a letter of activation.
    Errors:  NotAllowed for anybody but the operator; DLG-05 no department yet; DLG-06 it has a head; REC-01.
    """
    if actor.account_id is not None:
        raise NotAllowed("Chỉ người vận hành máy chủ khởi tạo được thủ trưởng đầu tiên của Sở.")
    unit = OrgUnit.objects.filter(parent=None, closed_on__isnull=True).first()
    if unit is None:
        raise DelegationError("Chưa có đơn vị Sở. Hãy nhập danh mục đơn vị, trường trước.", code="DLG-05")
    if head_of(UnitHead.objects.all(), unit.pk, clock.today()) is not None:
        raise DelegationError(
            f"{unit.name} đã có thủ trưởng. Thay thủ trưởng thì ghi nhận ở trang Thủ trưởng đơn vị.", code="DLG-06"
        )
    faults: dict[str, list[str]] = {}
    if len(full_name.split()) < 2:
        faults["full_name"] = ["Hãy ghi cả họ và tên."]
    if not values.get("decision_no"):
        faults["decision_no"] = ["Hãy ghi số quyết định bổ nhiệm."]
    if values.get("decided_on") is None or values["decided_on"] > clock.today():
        faults["decided_on"] = ["Hãy ghi ngày ký quyết định, không sau hôm nay."]
    if valid_from > clock.today():
        faults["valid_from"] = ["Thủ trưởng đầu tiên phải đang giữ chức hôm nay."]
    with decision_came(upload, faults) as came:
        if faults:
            raise InvalidRecord(faults)
        staff = StaffMember.objects.create(full_name=clean_name(full_name), id_state="missing")
        StaffPosting.objects.create(
            staff=staff, unit=unit, valid_from=valid_from, staff_group_code=_LEADERS, position_code=_DIRECTOR
        )
        kept = {"sha256": came.sha256, "media_type": came.media_type.value} if came else {}
        UnitHead.objects.create(unit=unit, staff=staff, valid_from=valid_from, **values, **kept)
        if came:
            place(came)
    open_accounts(actor=actor, unit=unit, wanted=[NewAccount(staff, username)])
    follow_heads(actor, [unit.pk])
    told = {"staff": str(staff.public_id), "from": f"{valid_from:%Y-%m-%d}", "fields": []}
    record(actor=actor, kind="head:set_up", unit_id=unit.pk, data=told)
    return StaffMember.objects.select_related("account").get(pk=staff.pk)


def _fit(actor: Actor, grant: Grant, head: UnitHead, today: dt.date) -> int:
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
