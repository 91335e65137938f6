"""Who has to agree before much personal data leaves (S12): another person, or for the head the second factor.

Above so many persons (a figure of the department), in one file or in all that an account took out within a day, or
where the rows are of more than one school, a list leaves only with a consent: an approved request of the same account
for exactly this list, or the fresh second factor of somebody who could approve it for others. The check stands in
`actions.export_list`, so no door goes around it.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, IntegerField, QuerySet, Sum
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils import timezone

from csdl.accounts.actor import Actor
from csdl.accounts.errors import CsdlError
from csdl.accounts.permissions import Permission
from csdl.audit.models import Event
from csdl.exports.lists import Asked, ExportList
from csdl.exports.models import ExportRequest, ExportRules
from csdl.lib import clock
from csdl.lib.turns import take_turn
from csdl.lib.typst import shown
from csdl.orgs.models import OrgUnit

__all__ = [
    "SECOND_FACTOR",
    "ApprovalWanted",
    "Consent",
    "Size",
    "agreed",
    "asked_of",
    "check_consent",
    "may_approve",
    "rules",
    "schools_of",
    "size_of",
    "taken_lately",
    "why_approval",
]

# A list lives on while its request waits: so many more persons than were approved still leave.
_GROWN = 1.05

# How long what an account took out is added up.
_SUMMED = dt.timedelta(hours=24)


@dataclass(frozen=True)
class Size:
    """How much a file holds: persons, and whether they are of more than one school."""

    persons: int
    is_of_schools: bool = False


@dataclass(frozen=True)
class Consent:
    """Why a large file may leave. `request`: somebody else approved it; None: the second factor was shown just now by
    who may approve such files (the door asked for it)."""

    request: ExportRequest | None = None


SECOND_FACTOR = Consent()


class ApprovalWanted(CsdlError):
    """EXP-03: the file needs the consent of another person first; `why` says what makes it large."""

    code = "EXP-03"

    def __init__(self, why: str) -> None:
        super().__init__(f"{why} Tệp này cần thủ trưởng đơn vị duyệt trước khi lấy.")
        self.why = why


def rules() -> ExportRules:
    """What the department laid down for taking data out."""
    return ExportRules.objects.first() or ExportRules(pk=1)


def size_of[Rows: QuerySet[Any] | Sequence[Any]](what: ExportList[Rows], rows: Rows) -> Size:
    """How much a file of these rows holds; no more is counted than a file takes."""
    if not what.is_personal:
        return Size(0)
    if isinstance(rows, Sequence):
        return Size(len(rows))
    found = rows.order_by()
    persons = found[: what.at_most + 1].count()
    if not what.school_field:
        return Size(persons)
    # Asked for a row of another school, not for all schools: nothing is sorted, however many pupils.
    first = found.values_list(what.school_field, flat=True).first()
    return Size(persons, first is not None and found.exclude(**{what.school_field: first}).exists())


def taken_lately(account_id: int) -> int:
    """Persons in the files that an account took out within a day; what left with a consent is left out, and who left
    twice counts twice. One query, over the log: its time is the wall's."""
    taken = Event.objects.filter(account_id=account_id, kind="data:export", at__gte=timezone.now() - _SUMMED)
    without = taken.exclude(data__has_any_keys=["request", "confirmed"])  # as `agreed` says them
    return without.aggregate(persons=Sum(Cast(KT("data__persons"), IntegerField())))["persons"] or 0


def why_approval(actor: Actor, size: Size) -> str:
    """Why a file of that size needs a consent; empty where it needs none. The operator at the command line, who holds
    the whole database anyway, is asked for none."""
    if actor.account_id is None:
        return ""
    most = rules().approve_over
    if size.persons > most:
        return f"Tệp có dữ liệu của hơn {shown(most)} người."
    if size.is_of_schools:
        return "Tệp có dữ liệu của người học ở nhiều trường."
    if size.persons == 0:
        return ""
    taken = taken_lately(actor.account_id)
    if taken + size.persons <= most:
        return ""
    return (
        f"Trong 24 giờ qua bạn đã tải dữ liệu của {shown(taken)} người; thêm tệp này là {shown(taken + size.persons)} "
        f"người, vượt mức {shown(most)} người."
    )


def schools_of[Rows: QuerySet[Any] | Sequence[Any]](what: ExportList[Rows], rows: Rows) -> QuerySet[Any] | None:
    """Whose rows leave, where they may be of several schools: `at_school` of each; None where all are of one unit."""
    if not what.school_field or not isinstance(rows, QuerySet):
        return None
    return rows.order_by().values(at_school=F(what.school_field))


def may_approve(actor: Actor, unit: OrgUnit, schools: QuerySet[Any] | None = None) -> bool:
    """Whether the actor approves such files for others, and so confirms own ones by the second factor: at the unit, or
    where the rows are of several schools at each of them, for a head of one school is nobody's approver at the next."""
    if schools is None:
        return actor.can(Permission.EXPORT_APPROVE, on=unit)
    reached = actor.unit_ids(Permission.EXPORT_APPROVE)
    if reached is None:
        return True
    return actor.can(Permission.EXPORT_APPROVE) and not schools.exclude(at_school__in=reached).exists()


def agreed(consent: Consent | None) -> dict[str, Any]:
    """What the log says of why a large file left; nothing for all others."""
    if consent is None:
        return {}
    if consent.request is None:
        return {"confirmed": "second_factor"}
    said = consent.request.said
    return {"request": str(consent.request.public_id), "approved_by": said.decided_by if said else ""}


def check_consent(
    *,
    actor: Actor,
    unit: OrgUnit,
    key: str,
    size: Size,
    asked: Asked | None,
    consent: Consent | None,
    schools: QuerySet[Any] | None = None,
) -> Consent | None:
    """Go on only where the file is small, or may leave; answers the consent by which it does. `schools` as
    `schools_of`. A file taken by a request leaves by it, though the day's sum may not need it any more.

    Errors:  ApprovalWanted; EXP-04 the request is another's, for another list, not approved, over, or the list has
             grown since.
    """
    if consent is not None and consent.request is not None:
        _check_request(actor, consent.request, key=key, unit=unit, size=size, asked=asked, now=clock.now())
        return consent
    if consent is None and size.persons and actor.account_id is not None:
        take_turn("export", actor.account_id)  # files taken at the same moment are added up too
    why = why_approval(actor, size)
    if not why:
        return None
    if consent is None or not may_approve(actor, unit, schools):
        raise ApprovalWanted(why)
    return consent


def _check_request(
    actor: Actor,
    request: ExportRequest,
    *,
    key: str,
    unit: OrgUnit,
    size: Size,
    asked: Asked | None,
    now: dt.datetime,
) -> None:
    said = request.said
    is_same = (request.account_id, request.unit_id, request.what) == (actor.account_id, unit.pk, key)
    if not is_same or said is None or asked != asked_of(request):
        raise CsdlError("Yêu cầu này không phải của danh sách này. Hãy mở lại danh sách và gửi lại.", code="EXP-04")
    if not said.holds(now):
        text = "đã quá hạn lấy tệp" if said.is_approved else "đã bị từ chối"
        raise CsdlError(f"Yêu cầu {text}. Cần nữa thì hãy gửi yêu cầu mới.", code="EXP-04")
    if size.persons > request.persons * _GROWN or (size.is_of_schools and not request.is_of_schools):
        raise CsdlError(
            f"Danh sách nay có {shown(size.persons)} người, nhiều hơn {shown(request.persons)} người đã duyệt. "
            "Hãy gửi yêu cầu mới.",
            code="EXP-04",
        )


def asked_of(request: ExportRequest) -> Asked:
    """What was asked for, as the export takes it."""
    return Asked(**request.asked | {"columns": tuple(request.asked["columns"])})
