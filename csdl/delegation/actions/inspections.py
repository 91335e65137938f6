"""Inspectors from outside the unit: let in by a decision, for some days, to read and nothing else (S25)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from csdl.access.actions import GrantDraft, activate_grants, move_grants, propose_grants
from csdl.access.enums import GrantState, Ground
from csdl.access.models import Grant
from csdl.accounts.actor import Actor
from csdl.accounts.errors import InvalidRecord
from csdl.accounts.models import Account
from csdl.audit.actions import record
from csdl.delegation.actions.prepare import lock_unit, on_behalf_of, require_administration
from csdl.delegation.errors import DelegationError
from csdl.delegation.models import Inspection
from csdl.delegation.rules import rules
from csdl.documents.actions import file_document
from csdl.documents.enums import DocumentKind
from csdl.documents.models import Document
from csdl.documents.store import Upload
from csdl.documents.ties import register_paper_tie
from csdl.lib import clock
from csdl.lib.vietnamese import fold, squeeze
from csdl.orgs.models import OrgUnit
from csdl.staff.actions import (
    is_former_visitor,
    lock_visitors,
    open_visitor_account,
    print_visitor_letter,
    remove_visitor_factor,
    reopen_visitor,
)
from csdl.staff.queries import days_at_work

__all__ = [
    "INSPECTOR_ROLE",
    "Decision",
    "Visitor",
    "admit_inspector",
    "end_inspection",
    "lock_former_visitors",
    "print_inspector_letter",
    "remove_inspector_factor",
]

INSPECTOR_ROLE = "inspector"
_LIMITS = {"full_name": 120, "position": 120, "organisation": 200}


@dataclass(frozen=True)
class Decision:
    """The decision that names the inspector: one that the unit keeps already, or one that comes now with its file.

    Without a number it is taken and flagged "chưa có số".
    """

    kept: Document | None = None
    number: str = ""
    signed_on: dt.date | None = None
    issuer: str = ""
    upload: Upload | None = None


@dataclass(frozen=True)
class Visitor:
    """Who comes: with an account somewhere in the system (`username`), or one to be opened (`email`, `phone`)."""

    full_name: str
    organisation: str
    position: str = ""
    username: str = ""
    email: str = ""
    phone: str = ""


@transaction.atomic
def admit_inspector(
    *,
    actor: Actor,
    unit: OrgUnit,
    visitor: Visitor,
    decision: Decision,
    valid_from: dt.date | None,
    last_day: dt.date | None,
) -> Inspection:
    """Let a named inspector read what the unit has, from a day to a last day; the right ends by itself.

    Shapes:  an Inspection, an active Grant of the role "inspector" with it, its Document where the decision is new, and
             an account where the person had none (it waits for a letter of activation).
    Errors:  NotAllowed; REC-01 with every fault by field: the person (works here, oneself, another name than the
             account's), the days, the decision and its file, an inspection of the same person on the same days.
    """
    require_administration(actor, unit)
    lock_unit(unit.pk)
    today = clock.today()
    said = {name: squeeze(getattr(visitor, name)) for name in ("full_name", "organisation", "position")}
    faults = _said_faults(said) | _day_faults(valid_from, last_day, today)
    account = _account(visitor, said["full_name"], faults)
    if account is not None:
        _own_faults(actor, unit, account, valid_from, last_day, faults)
    elif valid_from is not None and last_day is not None:
        _opened_before(unit, said["full_name"], valid_from, last_day, faults)
    document = _document(actor, unit, decision, faults)
    opened = None
    if account is None and "username" not in faults and "full_name" not in faults:
        try:
            opened = open_visitor_account(
                actor=actor, unit=unit, full_name=said["full_name"], email=visitor.email, phone=visitor.phone
            )
        except InvalidRecord as refused:
            faults |= refused.fields
    if faults:
        raise InvalidRecord(faults)
    if account is not None and not account.is_active:
        reopen_visitor(actor=actor, unit=unit, account=account)
    holder = account or opened
    assert holder is not None and document is not None and valid_from is not None and last_day is not None  # noqa: PT018
    row = Inspection.objects.create(
        unit=unit,
        account=holder,
        position=said["position"],
        organisation=said["organisation"],
        document=document,
        valid_from=valid_from,
        valid_to=last_day + dt.timedelta(days=1),
        opened_account=opened is not None,
        admitted_by_id=actor.account_id,
        admitted_on=today,
    )
    draft = GrantDraft(
        account_id=holder.pk,
        role_code=INSPECTOR_ROLE,
        unit_id=unit.pk,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        ground=Ground.INSPECTION,
        paper_id=row.pk,
    )
    activate_grants(actor, propose_grants(actor, [draft], on_behalf=on_behalf_of(actor, unit, today)))
    _say(actor, "inspection:admit", row, last_day=f"{last_day:%d/%m/%Y}", from_day=f"{valid_from:%d/%m/%Y}")
    return row


@transaction.atomic
def end_inspection(*, actor: Actor, inspection: Inspection, reason: str) -> None:
    """Take an inspector's right before its last day, at once.

    Errors:  NotAllowed; DLG-01 it is over already; REC-01 no reason.
    """
    require_administration(actor, inspection.unit)
    lock_unit(inspection.unit_id)
    said = squeeze(reason)
    if not 5 <= len(said) <= 200:
        raise InvalidRecord({"reason": ["Hãy ghi lý do, từ 5 đến 200 ký tự."]})
    row = Inspection.objects.select_for_update(of=("self",)).select_related("account", "document").get(pk=inspection.pk)
    if row.ended_on is not None or row.valid_to <= clock.today():
        raise DelegationError(f"Quyền thanh tra, kiểm tra của {row.account.full_name} đã kết thúc.")
    _end(actor, row, said)


@transaction.atomic
def print_inspector_letter(*, actor: Actor, inspection: Inspection, address: str) -> bytes:
    """The letter of activation of an account that the unit opened for an inspection, this one or one before.

    Errors:  NotAllowed (also where it is in use elsewhere); REC-01 the account is another unit's, or locked.
    """
    require_administration(actor, inspection.unit)
    if not inspection.is_own_account:
        raise InvalidRecord(
            {"people": ["Người này đã có tài khoản từ trước; đơn vị quản lý người ấy in thư kích hoạt."]}
        )
    return print_visitor_letter(actor=actor, unit=inspection.unit, account=inspection.account, address=address)


@transaction.atomic
def remove_inspector_factor(*, actor: Actor, inspection: Inspection, reason: str) -> None:
    """Take away the second factor of an account that the unit opened for an inspection, when it was lost.

    Errors:  NotAllowed (also where it is in use elsewhere); REC-01 no reason, no factor, the account is another unit's.
    """
    require_administration(actor, inspection.unit)
    if not inspection.is_own_account:
        raise InvalidRecord(
            {"reason": ["Người này đã có tài khoản từ trước; đơn vị quản lý người ấy gỡ xác thực hai bước."]}
        )
    remove_visitor_factor(actor=actor, unit=inspection.unit, account=inspection.account, reason=reason)


def _paper_ended(actor: Actor, document: Document) -> None:
    """A decision that was withdrawn or replaced lets nobody in any more."""
    said = "Quyết định đã được thu hồi" if document.withdrawn_on else "Quyết định đã được thay thế"
    rows = Inspection.objects.filter(document=document, ended_on=None, valid_to__gt=clock.today())
    for row in rows.select_related("account", "document"):
        _end(actor, row, said)


register_paper_tie(DocumentKind.INSPECTION, _paper_ended)


def _end(actor: Actor, row: Inspection, because: str) -> None:
    today = clock.today()
    row.ended_on, row.ended_because = today, because
    row.save(update_fields=["ended_on", "ended_because"])
    grants = Grant.objects.filter(ground=Ground.INSPECTION, paper_id=row.pk).exclude(state=GrantState.ENDED)
    # A right that had not begun ends on the day it would have begun: no day at all.
    ends = {"valid_to": f"{max(today, row.valid_from):%Y-%m-%d}", "state": GrantState.ENDED}
    told = {"suspended_because": because[:200]}
    move_grants(actor, "grant:end", grants.select_related("account"), ends | told, because=because)
    _say(actor, "inspection:end", row, reason=because)
    lock_former_visitors(actor, Inspection.objects.filter(pk=row.pk))


def lock_former_visitors(actor: Actor, rows: QuerySet[Inspection] | None = None) -> int:
    """Lock the accounts opened for inspections, of these or of all, that are let in nowhere any more; how many."""
    opened = Inspection.objects.filter(opened_account=True, account__is_active=True)
    if rows is not None:
        opened = opened.filter(account__in=rows.values("account"))
    running = Inspection.objects.filter(account=OuterRef("account"), ended_on=None, valid_to__gt=clock.today())
    holding = Grant.objects.filter(account=OuterRef("account"), state=GrantState.ACTIVE)
    holding = holding.filter(Q(valid_to=None) | Q(valid_to__gt=clock.today()))
    of_unit = defaultdict[int, list[Account]](list)
    for one in opened.filter(~Exists(running), ~Exists(holding)).select_related("account"):
        of_unit[one.unit_id].append(one.account)
    return lock_visitors(actor=actor, of_unit=of_unit)


def _said_faults(said: Mapping[str, str]) -> dict[str, list[str]]:
    faults: dict[str, list[str]] = {}
    if len(said["full_name"].split()) < 2:
        faults["full_name"] = ["Hãy ghi cả họ và tên."]
    if not said["organisation"]:
        faults["organisation"] = ["Hãy ghi cơ quan công tác của người thanh tra."]
    for name, limit in _LIMITS.items():
        if len(said[name]) > limit:
            faults.setdefault(name, []).append(f"Dài nhất {limit} ký tự.")
    return faults


def _day_faults(valid_from: dt.date | None, last_day: dt.date | None, today: dt.date) -> dict[str, list[str]]:
    faults: dict[str, list[str]] = {}
    longest = rules().inspection_days
    if valid_from is None:
        faults["valid_from"] = ["Hãy nhập ngày bắt đầu theo dạng 07/10/2024."]
    elif valid_from < today:
        faults["valid_from"] = [f"Ngày bắt đầu không trước hôm nay ({today:%d/%m/%Y})."]
    if last_day is None:
        faults["last_day"] = ["Hãy nhập ngày cuối theo dạng 18/10/2024."]
    elif valid_from is not None and last_day < valid_from:
        faults["last_day"] = ["Ngày cuối phải từ ngày bắt đầu trở đi."]
    elif valid_from is not None and (last_day - valid_from).days >= longest:
        faults["last_day"] = [f"Mỗi lần cho xem dài nhất {longest} ngày, theo quy định của Sở."]
    return faults


def _account(visitor: Visitor, full_name: str, faults: dict[str, list[str]]) -> Account | None:
    """The account that was named; its person must be the one that is meant."""
    username = visitor.username.strip().lower()
    if not username:
        return None
    account = Account.objects.filter(username=username).first()
    may_come = account is not None and (account.is_active or is_former_visitor(account))
    if account is None or not may_come or fold(account.full_name) != fold(full_name):
        # The same words for both: nobody learns here whose an account is.
        faults["username"] = [
            f"Không có tài khoản “{username[:40]}” của người mang họ tên trên. Hãy kiểm tra tên đăng nhập và họ tên, "
            "hoặc để trống để mở tài khoản mới."
        ]
        return None
    return account


def _own_faults(
    actor: Actor,
    unit: OrgUnit,
    account: Account,
    valid_from: dt.date | None,
    last_day: dt.date | None,
    faults: dict[str, list[str]],
) -> None:
    if account.pk == actor.account_id:
        faults["username"] = ["Không ai tự cho mình quyền thanh tra, kiểm tra."]
    elif (at_work := days_at_work([unit.pk], [account.pk]).get((account.pk, unit.pk))) and at_work.on(clock.today()):
        faults["username"] = [f"{account.full_name} đang công tác tại {unit.name}; hãy phân quyền bằng biên bản."]
    elif valid_from is not None and last_day is not None:
        same = Inspection.objects.filter(unit=unit, account=account, ended_on=None)
        if found := same.filter(valid_from__lte=last_day, valid_to__gt=valid_from).first():
            faults["username"] = [
                f"{account.full_name} đã có quyền thanh tra, kiểm tra tại đơn vị từ {found.valid_from:%d/%m/%Y} "
                f"đến hết {found.last_day:%d/%m/%Y}."
            ]


def _opened_before(
    unit: OrgUnit, full_name: str, valid_from: dt.date, last_day: dt.date, faults: dict[str, list[str]]
) -> None:
    """One person, one account: a second one is not opened for whoever is let in on the same days already."""
    rows = Inspection.objects.filter(unit=unit, ended_on=None, valid_from__lte=last_day, valid_to__gt=valid_from)
    for row in rows.select_related("account"):
        if fold(row.account.full_name) == fold(full_name):
            faults.setdefault("username", []).append(
                f"{row.account.full_name} đã được cho xem đến hết {row.last_day:%d/%m/%Y} bằng tài khoản "
                f"“{row.account.username}”."
            )
            return


def _document(actor: Actor, unit: OrgUnit, decision: Decision, faults: dict[str, list[str]]) -> Document | None:
    """The decision in the unit's files, with its scan."""
    kept = decision.kept
    if kept is not None:
        if kept.unit_id != unit.pk or kept.kind != DocumentKind.INSPECTION or not kept.holds or kept.file_id is None:
            faults["decision"] = ["Quyết định này không còn hiệu lực hoặc chưa có bản quét."]
        return kept
    own: dict[str, list[str]] = {}
    if decision.upload is None:
        own["file"] = ["Hãy chọn bản quét của quyết định."]
    if decision.signed_on is None:
        own["signed_on"] = ["Hãy nhập ngày ký quyết định."]
    elif decision.signed_on > clock.today():
        own["signed_on"] = ["Ngày ký quyết định không sau hôm nay."]
    if not squeeze(decision.issuer):
        own["issuer"] = ["Hãy ghi cơ quan ra quyết định."]
    if own:
        faults |= own
        return None
    values: dict[str, Any] = {
        "kind": DocumentKind.INSPECTION,
        "document_no": decision.number,
        "signed_on": decision.signed_on,
        "issuer": decision.issuer,
        "title": "Quyết định thanh tra, kiểm tra",
        "page_count": None,
    }
    try:
        return file_document(actor=actor, unit=unit, values=values, upload=decision.upload, is_signed=True)
    except InvalidRecord as refused:
        faults |= refused.fields
        return None


def _say(actor: Actor, kind: str, row: Inspection, **more: str) -> None:
    data = {
        "inspection": str(row.public_id),
        "name": row.account.full_name,
        "account": row.account.username,
        "organisation": row.organisation,
        "decision": row.document.named,
    }
    record(actor=actor, kind=kind, unit_id=row.unit_id, data=data | more)
