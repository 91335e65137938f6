"""The yearly confirmation of personnel (kiện toàn nhân sự, R1): a unit's head says who is in charge and has access."""

from django.db import transaction

from csdl.access.models import Grant
from csdl.accounts.actor import Actor
from csdl.accounts.errors import InvalidRecord, NotAllowed
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record, record_each
from csdl.delegation.actions.prepare import require_administration
from csdl.delegation.models import PersonnelConfirmation
from csdl.delegation.queries import administrator_of, grant_lines, holding_on
from csdl.delegation.rules import confirmation_opens, rules
from csdl.lib import clock
from csdl.lib.vietnamese import squeeze
from csdl.orgs.models import OrgUnit

__all__ = ["confirm_personnel", "remind_units"]


@transaction.atomic
def confirm_personnel(*, actor: Actor, unit: OrgUnit, start_year: int, note: str = "") -> PersonnelConfirmation:
    """Confirm the people of a unit for a school year, as they are today; once a year.

    Errors:  NotAllowed; REC-01 before the day it opens, no head, confirmed already.
    """
    require_administration(actor, unit)
    if actor.account_id is None:
        raise NotAllowed("Chỉ người có tài khoản tại đơn vị xác nhận được.")
    today = clock.today()
    opens = confirmation_opens(start_year, rules())
    faults = []
    if today < opens:
        faults.append(f"Kiện toàn nhân sự năm học {start_year}-{start_year + 1} mở từ {opens:%d/%m/%Y}.")
    if administrator_of(unit.pk, today) is None:
        faults.append("Đơn vị chưa có thủ trưởng. Đề nghị cơ quan quản lý ghi nhận trước.")
    if PersonnelConfirmation.objects.filter(unit=unit, start_year=start_year).exists():
        faults.append("Đơn vị đã xác nhận nhân sự của năm học này.")
    if faults:
        raise InvalidRecord({"note": faults})
    held = holding_on(Grant.objects.filter(unit=unit), today).select_related("account", "unit")
    people = [
        {
            "name": line.grant.account.full_name,
            "right": line.label,
            "scope": line.scope,
            "until": f"{line.last_day:%d/%m/%Y}" if line.last_day else "",
        }
        for line in grant_lines(held.order_by("account__full_name", "pk"))
    ]
    row = PersonnelConfirmation.objects.create(
        unit=unit,
        start_year=start_year,
        confirmed_on=today,
        confirmed_by_id=actor.account_id,
        people=people,
        note=squeeze(note)[:300],
    )
    record(
        actor=actor, kind="personnel:confirm", unit_id=unit.pk, data={"start_year": start_year, "people": len(people)}
    )
    return row


@transaction.atomic
def remind_units(*, actor: Actor, units: list[OrgUnit], start_year: int) -> int:
    """Say in the log of units below that their confirmation is missing; their task list shows it by itself."""
    for unit in units:
        actor.require(Permission.GRANT_READ, on=unit.pk)
    told = {unit.pk: {"start_year": start_year} for unit in units}
    record_each(actor=actor, kind="personnel:remind", units=told)
    return len(told)
