"""Papers in a pupil's file: filed as scans, read, withdrawn; nothing is deleted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from csdl.accounts.actor import Actor
from csdl.accounts.errors import InvalidRecord
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.audit.edits import save_changes
from csdl.documents.enums import MediaType
from csdl.documents.errors import FileChanged, FileRefused
from csdl.documents.store import Received, Upload, place, read_kept, received
from csdl.lib import clock
from csdl.lib.turns import take_turn
from csdl.lib.vietnamese import fold, squeeze
from csdl.students.enums import PaperKind
from csdl.students.models import StudentPaper
from csdl.years.models import Enrolment, SchoolYear
from csdl.years.rules import check_year_open

__all__ = ["ReadPaper", "file_paper", "read_paper", "withdraw_paper"]

_LONGEST = 200


@dataclass(frozen=True)
class ReadPaper:
    """A scan as it is handed out."""

    name: str
    content: bytes
    content_type: str


@transaction.atomic
def file_paper(*, actor: Actor, enrolment: Enrolment, values: Mapping[str, Any], upload: Upload | None) -> StudentPaper:
    """Put a scan into the pupil's file. Shapes: `values` kind, title.

    Errors:  NotAllowed; YEAR-02; REC-01 with every fault by field, the upload's under "file": none came, it is no clean
             PDF, JPEG or PNG, the file holds it already.
    """
    _check(actor, enrolment)
    kind, title = values.get("kind") or "", squeeze(values.get("title") or "")
    faults: dict[str, list[str]] = {}
    if kind not in PaperKind.values:
        faults["kind"] = ["Hãy chọn loại giấy tờ."]
    if len(title) > _LONGEST:
        faults["title"] = [f"Dài nhất {_LONGEST} ký tự."]
    elif kind == PaperKind.OTHER and not title:
        faults["title"] = ["Giấy tờ khác thì hãy ghi là giấy gì."]
    if upload is None:
        faults["file"] = ["Hãy chọn tệp quét hoặc ảnh chụp giấy tờ."]
        raise InvalidRecord(faults)
    try:
        with received(upload) as came:
            take_turn("student papers", enrolment.student_id)  # of two tabs the second finds the scan held
            if held := _held(enrolment, came):
                faults["file"] = [f"Tệp này đã có trong hồ sơ: {held}."]
            if faults:
                raise InvalidRecord(faults)
            place(came)
            made = StudentPaper.objects.create(
                student_id=enrolment.student_id,
                kind=kind,
                title=title,
                sha256=came.sha256,
                size_bytes=came.size_bytes,
                media_type=came.media_type,
                page_count=came.page_count,
                created_by=actor.account_id,
            )
    except FileRefused as refused:
        raise InvalidRecord(faults | {"file": [str(refused)]}) from refused
    _say(actor, "student:file_paper", enrolment, made)
    return made


@transaction.atomic
def withdraw_paper(*, actor: Actor, enrolment: Enrolment, paper: StudentPaper, reason: str) -> StudentPaper:
    """Take a paper out of the pupil's file, because it was the wrong one or counts no more; it stays readable.

    Errors:  NotAllowed; YEAR-02; REC-01 no reason, or withdrawn already.
    """
    _check(actor, enrolment)
    if paper.student_id != enrolment.student_id:
        raise LookupError("the paper is another pupil's")
    row = StudentPaper.objects.select_for_update().get(pk=paper.pk)
    said = squeeze(reason)
    faults: dict[str, list[str]] = {}
    if not 5 <= len(said) <= _LONGEST:
        faults["reason"] = [f"Hãy ghi lý do rút, từ 5 đến {_LONGEST} ký tự."]
    if row.withdrawn_on is not None:
        faults["paper"] = [f"Giấy tờ này đã rút khỏi hồ sơ từ {row.withdrawn_on:%d/%m/%Y}."]
    if faults:
        raise InvalidRecord(faults)
    save_changes(row, {"withdrawn_on": clock.today(), "withdrawn_reason": said}, seen=None)
    _say(actor, "student:withdraw_paper", enrolment, row)
    return row


def read_paper(*, actor: Actor, enrolment: Enrolment, paper: StudentPaper) -> ReadPaper:
    """A paper's scan; the log says who read whose, and who met a file that was changed.

    Errors:  NotAllowed; FileChanged DOC-07, DOC-08 (logged).
    """
    actor.require(Permission.STUDENT_READ, on=enrolment)
    if paper.student_id != enrolment.student_id:
        raise LookupError("the paper is another pupil's")
    try:
        content = read_kept(paper.sha256)
    except FileChanged:
        _say(actor, "student:paper_changed", enrolment, paper)
        raise
    _say(actor, "student:read_paper", enrolment, paper)
    media = MediaType(paper.media_type)
    stem = slugify(fold(f"{paper.get_kind_display()} {enrolment.student.full_name}"))
    return ReadPaper(f"{stem[:80]}.{media.suffix}", content, media.value)


def _check(actor: Actor, enrolment: Enrolment) -> None:
    actor.require(Permission.STUDENT_EDIT, on=enrolment)
    check_year_open(SchoolYear.objects.get(pk=enrolment.start_year))


def _held(enrolment: Enrolment, came: Received) -> StudentPaper | None:
    held = StudentPaper.objects.filter(student_id=enrolment.student_id, withdrawn_on__isnull=True)
    return held.filter(sha256=came.sha256).first()


def _say(actor: Actor, kind: str, enrolment: Enrolment, paper: StudentPaper) -> None:
    data = {"enrolment": str(enrolment.public_id), "paper": str(paper.public_id), "kind": paper.kind}
    record(actor=actor, kind=kind, unit_id=enrolment.school_id, data=data | {"sha256": paper.sha256})
