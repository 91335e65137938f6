"""Confirming: the head signs off the new year's classes and pupils."""

from django.db import transaction
from django.utils import timezone

from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.orgs.models import School
from csdl.rollover.actions.holding import hold
from csdl.rollover.enums import RunState
from csdl.rollover.errors import RolloverError
from csdl.rollover.models import RolloverRun, SchoolRollover
from csdl.rollover.queries import check_years

__all__ = ["confirm_rollover"]


@transaction.atomic
def confirm_rollover(*, actor: Actor, school: School, from_year: int) -> SchoolRollover:
    """The head confirms what the rollover of the school wrote; pupils still pending may go later.

    Errors:  ROL-05 nothing was run yet.
    """
    actor.require(Permission.ROLLOVER_CONFIRM, on=school.pk)
    check_years(from_year)
    hold(from_year, [school.pk], wait=False)
    line = SchoolRollover.objects.select_for_update().filter(school=school, from_year=from_year).first()
    if line is None or line.state not in (RunState.DONE, RunState.CONFIRMED):
        raise RolloverError("Trường chưa kết chuyển nên chưa có gì để xác nhận.", code="ROL-05")
    if line.state == RunState.DONE:
        line.state = RunState.CONFIRMED
        line.save(update_fields=["state"])
        RolloverRun.objects.filter(school=school, from_year=from_year, state=RunState.DONE).update(
            state=RunState.CONFIRMED,
            confirmed_at=timezone.now(),
            confirmed_by_id=actor.account_id,
        )
        record(
            actor=actor,
            kind="rollover:confirm",
            unit_id=school.pk,
            data={"from_year": from_year},
        )
    return line
