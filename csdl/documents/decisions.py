"""The decision by which a head is appointed: its file comes with the appointment or later, and is read.

The appointment itself is `staff`'s, below; whoever sees it reads the file, which stands on the disk as papers do.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from csdl.accounts.actor import Actor
from csdl.accounts.errors import InvalidRecord
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.documents.actions import ReadFile
from csdl.documents.enums import MediaType
from csdl.documents.errors import DocumentError, FileChanged, FileRefused
from csdl.documents.store import Received, Upload, place, read_kept, received
from csdl.lib.vietnamese import fold
from csdl.orgs.models import OrgUnit
from csdl.staff.actions import DecisionFile, appoint_head, keep_decision_file
from csdl.staff.models import StaffMember, UnitHead

__all__ = ["appoint_by_decision", "decision_came", "decision_name", "keep_decision", "read_decision"]


@transaction.atomic
def appoint_by_decision(
    *,
    actor: Actor,
    unit: OrgUnit,
    staff: StaffMember | None,
    valid_from: dt.date | None,
    values: Mapping[str, Any],
    upload: Upload | None,
) -> UnitHead:
    """`staff.appoint_head` with the file of the decision, where it came along.

    Errors:  NotAllowed; REC-01 with every fault by field, the upload's under "file".
    """
    faults: dict[str, list[str]] = {}
    with decision_came(upload, faults) as came:
        try:
            head = appoint_head(
                actor=actor, unit=unit, staff=staff, valid_from=valid_from, values=values, file=_known(came)
            )
        except InvalidRecord as refused:
            raise InvalidRecord(refused.fields | faults) from refused
        if faults:
            raise InvalidRecord(faults)
        if came:
            place(came)
    return head


@transaction.atomic
def keep_decision(*, actor: Actor, head: UnitHead, upload: Upload | None) -> UnitHead:
    """Put the file to an appointment that has none, or the right one in the place of another.

    Errors:  NotAllowed; STF-02 the appointment was withdrawn; REC-01 no file, or one that is refused.
    """
    faults: dict[str, list[str]] = {}
    with decision_came(upload, faults) as came:
        file = _known(came)
        if file is None:
            raise InvalidRecord(faults or {"file": ["Hãy chọn tệp quét của quyết định."]})
        keep_decision_file(actor=actor, head=head, file=file)
        assert came is not None
        place(came)
    return head


def read_decision(*, actor: Actor, head: UnitHead) -> ReadFile:
    """The file of an appointment's decision; the log says who read it, and who met a file that was changed.

    Errors:  NotAllowed; DOC-12 there is none yet; FileChanged DOC-07, DOC-08 (logged).
    """
    actor.require(Permission.STAFF_READ, on=head)
    if not head.sha256:
        raise DocumentError("Lần bổ nhiệm này chưa lưu tệp quyết định.", code="DOC-12")
    try:
        content = read_kept(head.sha256)
    except FileChanged:
        _say(actor, "head:decision_changed", head)
        raise
    _say(actor, "head:read_decision", head)
    return ReadFile(decision_name(head), content, head.media_type)


def decision_name(head: UnitHead) -> str:
    """The file's name as it is handed out: 'quyet-dinh-12-qd-ubnd-pham-hong-hanh.pdf'."""
    words = f"quyết định {head.decision_no} {head.staff.full_name}".replace("/", "-")
    return f"{slugify(fold(words))[:80].strip('-')}.{MediaType(head.media_type).suffix}"


@contextmanager
def decision_came(upload: Upload | None, faults: dict[str, list[str]]) -> Iterator[Received | None]:
    """The file that came, for as long as the block lasts; None where none came, or where it is refused: `faults` says
    why then, under "file"."""
    with ExitStack() as held:
        came = None
        if upload is not None:
            try:
                came = held.enter_context(received(upload))
            except FileRefused as refused:
                faults["file"] = [str(refused)]
        yield came


def _known(came: Received | None) -> DecisionFile | None:
    return DecisionFile(came.sha256, came.media_type.value) if came else None


def _say(actor: Actor, kind: str, head: UnitHead) -> None:
    data = {"staff": str(head.staff.public_id), "decision_no": head.decision_no, "sha256": head.sha256}
    record(actor=actor, kind=kind, unit_id=head.unit_id, data=data)
