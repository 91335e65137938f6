"""The regulation on managing and using the database (S26): published by the department, accepted by each account.

The texts stand in `accounts`; acts on them stand here, above the log and beside the person whose acceptance it is.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max

from csdl.accounts.actor import Actor, require_everywhere
from csdl.accounts.errors import CsdlError, InvalidRecord
from csdl.accounts.models import Regulation, RegulationAcceptance
from csdl.accounts.permissions import Permission
from csdl.accounts.regulation import clean_text, current_regulation, text_hash
from csdl.audit.actions import record, record_each
from csdl.lib import clock
from csdl.lib.typst import shown
from csdl.lib.vietnamese import squeeze
from csdl.orgs.models import OrgUnit
from csdl.staff.models import StaffPosting
from csdl.staff.queries import ACCEPTED, postings_on
from csdl.staff.ties import units_visited

__all__ = ["NewRegulation", "accept_regulation", "publish_regulation"]

_SHORTEST, _LONGEST = 200, 60_000


@dataclass(frozen=True)
class NewRegulation:
    """What is to be published: the title, the number of the decision if there is one, one paragraph a line."""

    title: str
    text: str
    decision_no: str = ""


@transaction.atomic
def publish_regulation(*, actor: Actor, wanted: NewRegulation) -> Regulation:
    """Publish the next version: everybody is asked to accept it with the next pages they open.

    Errors:  NotAllowed for anybody but the department; REC-01 by field, the text that holds already among it.
    """
    require_everywhere(actor, Permission.ACCOUNT_MANAGE)
    title, decision_no, text = squeeze(wanted.title), squeeze(wanted.decision_no), clean_text(wanted.text)
    faults: dict[str, list[str]] = {}
    if not 5 <= len(title) <= 200:
        faults["title"] = ["Hãy ghi tên quy chế, từ 5 đến 200 ký tự."]
    if len(decision_no) > 60:
        faults["decision_no"] = ["Số, ký hiệu dài nhất 60 ký tự."]
    now = current_regulation()
    if not _SHORTEST <= len(text) <= _LONGEST:
        faults["text"] = [f"Hãy nhập toàn văn quy chế, từ {_SHORTEST} đến {shown(_LONGEST)} ký tự."]
    elif now is not None and (title, decision_no, text) == (now.title, now.decision_no, now.text):
        faults["text"] = [f"Nội dung giống hệt bản {now.version} đang áp dụng nên không cần công bố lại."]
    if faults:
        raise InvalidRecord(faults)
    made = Regulation.objects.create(
        version=(Regulation.objects.aggregate(last=Max("version"))["last"] or 0) + 1,
        title=title,
        decision_no=decision_no,
        text=text,
        text_hash=text_hash(text),
        published_at=clock.now(),
        published_by=actor.label[:200],
    )
    data = {"version": made.version, "title": title, "decision_no": decision_no, "text_hash": made.text_hash}
    record(actor=actor, kind="regulation:publish", data=data)
    return made


@transaction.atomic
def accept_regulation(
    *, actor: Actor, version: int, address: str | None, home: OrgUnit | None = None
) -> RegulationAcceptance:
    """The account accepts the version it was shown; said twice, it holds once. The log of the person's unit says so
    (`home`, the unit of the first right, where the person reads no posting), and that of the units where the account is
    let in as a visitor's: they read no acceptance of who is not their staff.

    Errors:  ACC-05 another version was published while this one was read.
    """
    now = current_regulation()
    if now is None or now.version != version:
        raise CsdlError("Sở vừa công bố bản quy chế mới. Hãy đọc bản mới rồi chấp nhận.", code="ACC-05")
    assert actor.account_id is not None  # nobody accepts at the command line
    made, is_new = RegulationAcceptance.objects.get_or_create(
        account_id=actor.account_id,
        regulation=now,
        defaults={"text_hash": now.text_hash, "at": clock.now(), "address": address},
    )
    if is_new:
        working = postings_on(StaffPosting.objects.filter(staff__account=actor.account_id), clock.today())
        own = working.order_by("valid_from", "pk").values_list("unit_id", flat=True).last()
        if own is None and home is not None:
            own = home.pk  # a teacher reads no postings, the own neither
        visited = units_visited(actor.account_id, clock.today()) - {own}
        data = {"version": version, "text_hash": now.text_hash, "address": address or ""}
        if own is not None or not visited:
            record(actor=actor, kind=ACCEPTED, unit_id=own, data=data)
        record_each(actor=actor, kind=ACCEPTED, units=dict.fromkeys(sorted(visited), data))
    return made
