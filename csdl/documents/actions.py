"""Writes of papers: filed, corrected until they are signed, replaced, withdrawn; nothing is deleted."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from csdl.accounts.actor import Actor
from csdl.accounts.errors import InvalidRecord
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.audit.edits import FieldChange, save_changes
from csdl.documents.enums import DocumentKind, MediaType
from csdl.documents.errors import DocumentError, FileChanged, FileRefused
from csdl.documents.models import Document, StoredFile
from csdl.documents.numbers import is_numbered, number_key
from csdl.documents.queries import open_file, same_paper
from csdl.documents.store import Received, Upload, place, received
from csdl.documents.ties import tell_ended
from csdl.lib import clock
from csdl.lib.turns import take_turn
from csdl.lib.vietnamese import fold, squeeze
from csdl.orgs.models import OrgUnit

__all__ = [
    "DOCUMENT_FIELDS",
    "ReadFile",
    "change_document",
    "file_document",
    "read_document",
    "replace_document",
    "sign_document",
    "store_file",
    "withdraw_document",
]

DOCUMENT_FIELDS = ("kind", "document_no", "signed_on", "issuer", "title", "page_count")
_LIMITS = {"document_no": 80, "issuer": 200, "title": 300}
_FIRST = dt.date(1950, 1, 1)
_MOST_PAGES = 5_000


@dataclass(frozen=True)
class ReadFile:
    """A paper's file as it is handed out."""

    name: str
    content: bytes
    content_type: str


@transaction.atomic
def store_file(*, actor: Actor, unit: OrgUnit, upload: Upload) -> StoredFile:
    """Keep a file for a unit; the same content is kept once.

    Errors:  NotAllowed; FileRefused. A file whose transaction is rolled back stays on the disk without a row until it
             is swept, or the next one of that content takes its place.
    """
    actor.require(Permission.DOCUMENT_EDIT, on=unit)
    with received(upload) as file:
        return _kept(actor, unit, file)


@transaction.atomic
def file_document(
    *,
    actor: Actor,
    unit: OrgUnit,
    values: Mapping[str, Any],
    upload: Upload | None = None,
    file: StoredFile | None = None,
    is_signed: bool = False,
) -> Document:
    """Put a paper into the unit's files; without a number it is flagged "chưa có số", without a file it waits for one.

    Shapes:  `values` DOCUMENT_FIELDS; `upload` a file that just came, or `file` one that the unit keeps already.
    Errors:  NotAllowed; REC-01 with every fault by field, the upload's under "file".
    """
    actor.require(Permission.DOCUMENT_EDIT, on=unit)
    made = _cleaned(values)
    row = _filed(actor, unit, made, upload, file, is_signed, replaced=None)
    _say(actor, "document:file", row)
    return row


@transaction.atomic
def sign_document(
    *, actor: Actor, document: Document, upload: Upload | None = None, file: StoredFile | None = None
) -> Document:
    """Put the scan of the signed paper to it; from then on it stands as it is.

    Errors:  NotAllowed; DOC-10 signed already; DOC-11 withdrawn or replaced; REC-01 no file, or one that is refused.
    """
    row = _to_write(actor, document)
    if row.is_signed:
        raise DocumentError("Văn bản đã có bản ký. Hãy dùng “Thay thế” nếu có văn bản mới.")
    faults: dict[str, list[str]] = {}
    kept = _file_of(actor, row.unit, upload, file, faults)
    if kept is None:
        faults.setdefault("file", ["Hãy chọn tệp quét của văn bản đã ký."])
    if faults:
        raise InvalidRecord(faults)
    assert kept is not None
    values = {"file_id": kept.pk, "is_signed": True, "page_count": row.page_count or _pages(kept)}
    save_changes(row, values, seen=None)
    _say(actor, "document:sign", row)
    return row


@transaction.atomic
def change_document(
    *, actor: Actor, document: Document, values: Mapping[str, Any], seen: int | None
) -> list[FieldChange]:
    """Correct what is said of a paper that is not signed.

    Errors:  NotAllowed; DOC-10; DOC-11; REC-01; EDT-01 a colleague changed the same field.
    """
    row = _to_write(actor, document)
    if row.is_signed:
        raise DocumentError("Văn bản đã ký thì không sửa. Hãy lưu văn bản mới bằng “Thay thế”, hoặc thu hồi.")
    made = _cleaned({name: getattr(row, name) for name in DOCUMENT_FIELDS} | dict(values))
    if faults := _faults(row.unit, made, but=row.pk):
        raise InvalidRecord(faults)
    changes = save_changes(row, made, seen=seen)
    if changes:
        _say(actor, "document:change", row, fields=[change.name for change in changes])
    document.refresh_from_db()
    return [change for change in changes if change.name != "number_key"]  # follows the number


@transaction.atomic
def replace_document(
    *,
    actor: Actor,
    document: Document,
    values: Mapping[str, Any],
    upload: Upload | None = None,
    file: StoredFile | None = None,
    is_signed: bool = False,
) -> Document:
    """File a paper in the place of another, which holds no more from now on; both stay.

    Errors:  NotAllowed; DOC-11 it was withdrawn or replaced already; REC-01.
    """
    before = _to_write(actor, document)
    made = _cleaned({"kind": before.kind} | dict(values))
    row = _filed(actor, before.unit, made, upload, file, is_signed, replaced=before)
    save_changes(before, {"replaced_by_id": row.pk}, seen=None)
    _say(actor, "document:replace", row, replaced=str(before.public_id), replaced_no=before.document_no)
    tell_ended(actor, before)
    document.refresh_from_db()
    return row


@transaction.atomic
def withdraw_document(*, actor: Actor, document: Document, reason: str) -> Document:
    """Say that a paper holds no more, and why; what stands on it ends in the same transaction.

    Errors:  NotAllowed; DOC-11 it was withdrawn or replaced already; REC-01 no reason.
    """
    row = _to_write(actor, document)
    said = squeeze(reason)
    if not 5 <= len(said) <= 300:
        raise InvalidRecord({"reason": ["Hãy ghi lý do thu hồi, từ 5 đến 300 ký tự."]})
    values = {"withdrawn_on": clock.today(), "withdrawn_reason": said, "withdrawn_by_id": actor.account_id}
    save_changes(row, values, seen=None)
    _say(actor, "document:withdraw", row, reason=said)
    tell_ended(actor, row)
    document.refresh_from_db()
    return row


def read_document(*, actor: Actor, document: Document) -> ReadFile:
    """A paper's file, to look at or to take along; the log says who read it, and who met a file that was changed.

    Errors:  NotAllowed; DOC-12 the paper has no file; FileChanged DOC-07, DOC-08 (logged).
    """
    actor.require(Permission.DOCUMENT_READ, on=document.unit_id)
    if document.file is None:
        raise DocumentError("Văn bản này chưa có tệp.", code="DOC-12")
    try:
        content = open_file(document.file)
    except FileChanged as error:
        _say(actor, "document:file_changed", document, sha256=document.file.sha256, code=error.code)
        raise
    _say(actor, "document:read", document)
    kind = MediaType(document.file.media_type)
    stem = slugify(fold(f"{document.get_kind_display()} {document.document_no}".replace("/", "-"))) or "van-ban"
    return ReadFile(f"{stem[:80]}.{kind.suffix}", content, kind.value)


def _filed(
    actor: Actor,
    unit: OrgUnit,
    made: dict[str, Any],
    upload: Upload | None,
    file: StoredFile | None,
    is_signed: bool,
    *,
    replaced: Document | None,
) -> Document:
    faults = _faults(unit, made, but=replaced.pk if replaced else None)
    if is_signed and upload is None and file is None:
        faults.setdefault("file", []).append("Bản đã ký thì phải có tệp quét. Hãy chọn tệp.")
    kept = _file_of(actor, unit, upload, file, faults)
    if faults:
        raise InvalidRecord(faults)
    if kept is not None and not made.get("page_count"):
        made["page_count"] = _pages(kept)
    return Document.objects.create(unit=unit, file=kept, is_signed=is_signed, created_by=actor.account_id, **made)


def _file_of(
    actor: Actor, unit: OrgUnit, upload: Upload | None, file: StoredFile | None, faults: dict[str, list[str]]
) -> StoredFile | None:
    """The file to go with a paper; kept only where nothing else is wrong."""
    if file is not None:
        if file.unit_id != unit.pk:
            raise ValueError("a file of another unit")
        return file
    if upload is None:
        return None
    try:
        with received(upload) as came:
            return None if faults else _kept(actor, unit, came)
    except FileRefused as refused:
        faults.setdefault("file", []).append(str(refused))
        return None


def _kept(actor: Actor, unit: OrgUnit, file: Received) -> StoredFile:
    place(file)
    row, _ = StoredFile.objects.get_or_create(
        unit=unit,
        sha256=file.sha256,
        defaults={
            "size_bytes": file.size_bytes,
            "media_type": file.media_type,
            "page_count": file.page_count,
            "name": file.name,
            "created_by": actor.account_id,
        },
    )
    return row


def _pages(file: StoredFile) -> int:
    """A scan's pages as far as a paper's number of pages goes."""
    return min(file.page_count, _MOST_PAGES)


def _to_write(actor: Actor, document: Document) -> Document:
    """The paper, held against a second administrator who acts at the same time."""
    actor.require(Permission.DOCUMENT_EDIT, on=document.unit_id)
    row = Document.objects.select_for_update(of=("self",)).select_related("unit").get(pk=document.pk)
    if row.withdrawn_on:
        raise DocumentError(f"Văn bản đã được thu hồi ngày {row.withdrawn_on:%d/%m/%Y}.", code="DOC-11")
    if row.replaced_by_id:
        raise DocumentError("Văn bản đã được thay thế. Hãy mở văn bản thay thế.", code="DOC-11")
    return row


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    made = {name: values[name] for name in DOCUMENT_FIELDS if name in values}
    made = {name: squeeze(value) if isinstance(value, str) else value for name, value in made.items()}
    return made | {"number_key": number_key(made.get("document_no", ""))[:80]}


def _faults(unit: OrgUnit, made: Mapping[str, Any], *, but: int | None) -> dict[str, list[str]]:
    faults: dict[str, list[str]] = {}
    if made.get("kind") not in DocumentKind.values:
        faults["kind"] = ["Hãy chọn loại văn bản."]
    if not made.get("title"):
        faults["title"] = ["Hãy nhập trích yếu: văn bản nói về việc gì."]
    for name, limit in _LIMITS.items():
        if len(made.get(name) or "") > limit:
            faults.setdefault(name, []).append(f"Dài nhất {limit} ký tự.")
    signed_on, pages = made.get("signed_on"), made.get("page_count")
    if signed_on is not None and not _FIRST <= signed_on <= clock.today():
        faults["signed_on"] = ["Ngày ký không sau hôm nay. Chưa ký thì để trống."]
    if pages is not None and not 1 <= pages <= _MOST_PAGES:
        faults["page_count"] = ["Số trang từ 1 trở lên, hoặc để trống."]
    if "kind" not in faults and is_numbered(made.get("document_no") or ""):
        # No constraint can hold it: a paper of the same number that is withdrawn or replaced stays.
        take_turn("document numbers", unit.pk)
        others = Document.objects.filter(unit=unit).exclude(pk=but or 0)
        if same := same_paper(others, kind=made["kind"], document_no=made["document_no"]):
            faults.setdefault("document_no", []).append(
                f"Số này đã có trong hồ sơ: “{same.title[:80]}”. Nếu là bản mới, hãy dùng “Thay thế” ở văn bản ấy."
            )
    return faults


def _say(actor: Actor, kind: str, document: Document, **more: Any) -> None:
    data = {
        "document": str(document.public_id),
        "named": document.named,
        "title": document.title,
        "sha256": document.file.sha256 if document.file else "",
    }
    record(actor=actor, kind=kind, unit_id=document.unit_id, data=data | more)
