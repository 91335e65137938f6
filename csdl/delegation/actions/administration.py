"""The unit's administration account: held by the head or, by written handover, an officer (R3)."""

import datetime as dt

from django.db import transaction

from csdl.access.actions import end_grants
from csdl.access.enums import GrantState, Ground
from csdl.access.models import Grant
from csdl.access.roles import ROLES
from csdl.accounts.actor import Actor
from csdl.audit.actions import record
from csdl.delegation.actions.prepare import Wanted, lock_unit, prepare_papers, require_administration
from csdl.delegation.actions.withdrawing import withdraw_minutes
from csdl.delegation.enums import MinutesKind, PaperState
from csdl.delegation.errors import DelegationError
from csdl.delegation.models import AdministrationHolder, Batch, Minutes
from csdl.delegation.queries import administrator_of, people_of
from csdl.delegation.rules import first_day_without, rules, start_year_on
from csdl.lib import clock
from csdl.orgs.models import OrgUnit
from csdl.staff.models import StaffMember, UnitHead
from csdl.staff.queries import head_of

__all__ = ["ADMINISTRATION_ROLE", "hand_over_administration", "release_leavers", "take_back_administration"]

ADMINISTRATION_ROLE = "unit_admin"


@transaction.atomic
def hand_over_administration(*, actor: Actor, unit: OrgUnit, staff: StaffMember) -> Batch:
    """Make the minutes by which the administration account goes to an officer; it goes when they are signed.

    Whoever holds it may make them ready; the giver is the head, and without the head's signature it goes nowhere.
    Errors:  NotAllowed; DLG-05 no head, the officer has no account; DLG-06 the officer holds it or is the head, or
             minutes wait; REC-01.
    """
    require_administration(actor, unit)
    lock_unit(unit.pk)
    today, laid_down = clock.today(), rules()
    if staff.account_id is None:
        raise DelegationError(
            f"{staff.full_name} chưa có tài khoản. Hãy mở tài khoản cho người này trước.", code="DLG-05"
        )
    now = administrator_of(unit.pk, today)
    if now is not None and now.staff.pk == staff.pk:
        raise DelegationError(f"{staff.full_name} đang giữ tài khoản quản trị của đơn vị.", code="DLG-06")
    head = head_of(UnitHead.objects.all(), unit.pk, today)
    if head is not None and head.staff_id == staff.pk:
        raise DelegationError(
            f"{staff.full_name} là thủ trưởng, không cần biên bản bàn giao. Hãy dùng “Thủ trưởng nhận lại”.",
            code="DLG-06",
        )
    waiting = Minutes.objects.filter(unit=unit, kind=MinutesKind.ADMINISTRATION, state=PaperState.DRAFT).first()
    if waiting is not None:
        raise DelegationError(
            f"{waiting.title} đang chờ ký. Hãy ký hoặc hủy biên bản ấy trước khi lập biên bản mới.", code="DLG-06"
        )
    ends = first_day_without(ROLES[ADMINISTRATION_ROLE], start_year_on(today, laid_down), laid_down)
    return prepare_papers(
        actor=actor,
        unit=unit,
        wanted=[Wanted(staff.account_id, ADMINISTRATION_ROLE, today, ends)],
        title=f"Bàn giao tài khoản quản trị cho {staff.full_name}",
        kind=MinutesKind.ADMINISTRATION,
    )


@transaction.atomic
def take_back_administration(*, actor: Actor, unit: OrgUnit, reason: str) -> Minutes:
    """The head holds the administration account again, at once; answers the minutes of revocation.

    Errors:  NotAllowed; DLG-06 no officer holds it; REC-01 no reason.
    """
    now = administrator_of(unit.pk, clock.today())
    if now is None or now.holder is None:
        raise DelegationError("Thủ trưởng đơn vị đang trực tiếp giữ tài khoản quản trị.", code="DLG-06")
    return withdraw_minutes(actor=actor, minutes=now.holder.minutes, reason=reason)


@transaction.atomic
def release_leavers(actor: Actor, today: dt.date) -> int:
    """End the holding of officers who no longer work at their unit, on the day they left; the head holds it by then
    already (`administrator_of` asks the posting), so nothing waits for this."""
    released = 0
    rows = AdministrationHolder.objects.select_related("unit", "minutes")
    for row in [one for one in rows if one.holds_on(today)]:
        if people_of(row.unit_id, today).filter(staff_id=row.staff_id).exists():
            continue
        row.valid_to, row.ended_because = max(today, row.valid_from), "Thôi công tác tại đơn vị"
        row.save(update_fields=["valid_to", "ended_because"])
        grants = Grant.objects.filter(paper_id=row.minutes_id, ground=Ground.HANDOVER).exclude(state=GrantState.ENDED)
        end_grants(actor, grants.select_related("account"), on=today, because=row.ended_because)
        told = {"minutes": row.minutes.paper_no}
        record(actor=actor, kind="administration:fall_back", unit_id=row.unit_id, data=told)
        released += 1
    return released
