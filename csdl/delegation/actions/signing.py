"""Signing: the scan of the paper, whole or by pages out of the scan of a batch; or both sides in the app. What is then
signed on both sides, minutes and commitment, gives force to its grants in the same transaction."""

import datetime as dt
import io
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from pypdf import PdfReader, PdfWriter

from csdl.access.actions import activate_grants, end_grants
from csdl.access.enums import GrantState, Ground
from csdl.access.models import Grant
from csdl.accounts.actor import Actor
from csdl.accounts.errors import InvalidRecord, NotAllowed
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record_each
from csdl.delegation.actions.prepare import lock_unit, require_administration
from csdl.delegation.actions.recommitting import take_up_commitments
from csdl.delegation.enums import ConfirmedPaper, MinutesKind, PaperState, Side, SignedBy
from csdl.delegation.errors import DelegationError
from csdl.delegation.faults import giver_faults, minutes_faults, signing_faults
from csdl.delegation.models import AdministrationHolder, Batch, Commitment, Confirmation, Minutes
from csdl.delegation.queries import commitments_for
from csdl.delegation.rules import rules
from csdl.documents.actions import store_file
from csdl.documents.enums import MediaType
from csdl.documents.errors import FileRefused
from csdl.documents.models import StoredFile
from csdl.documents.queries import open_file
from csdl.documents.store import Upload
from csdl.lib import clock
from csdl.orgs.models import OrgUnit
from csdl.staff.models import StaffMember

__all__ = ["Pages", "approve_minutes", "confirm_papers", "settle", "sign_scanned", "unused_pages"]

type Paper = Minutes | Commitment


@dataclass(frozen=True)
class Pages:
    """Where a paper stands in a scan; both inclusive, from 1."""

    first: int
    last: int

    def __str__(self) -> str:
        return f"{self.first}–{self.last}" if self.last > self.first else f"{self.first}"


@transaction.atomic
def sign_scanned(
    *,
    actor: Actor,
    unit: OrgUnit,
    papers: Mapping[Paper, Pages | None],
    upload: Upload,
    signed_on: dt.date | None,
    batch: Batch | None = None,
) -> list[Grant]:
    """Take the scan of signed papers; each keeps its own pages as a file of its own, with its own hash.

    Shapes:  `papers` with their pages in the scan; None: the whole file is that one paper. Answers the grants that
             became active. `batch`: the whole scan is kept with it.
    Errors:  NotAllowed; REC-01 with every fault: the file (script, size, kind, kept for other papers already), pages
             (left over, too), days, the papers' own.
    """
    require_administration(actor, unit)
    lock_unit(unit.pk)
    today = clock.today()
    faults: dict[str, list[str]] = {}
    if signed_on is None:
        faults["signed_on"] = ["Hãy nhập ngày hai bên ký."]
    rows = _locked(papers)
    if any(row.unit_id != unit.pk for row in rows):
        raise ValueError("papers of another unit")
    if signed_on is not None:
        own = [fault for row in rows for fault in signing_faults(row, signed_on, today)]
        if own := own + giver_faults(rows, signed_on):
            faults["papers"] = own
    whole = None
    try:
        whole = store_file(actor=actor, unit=unit, upload=upload)
    except FileRefused as refused:
        faults["file"] = [str(refused)]
    pages = {row: found for row in rows for given, found in papers.items() if _same(given, row)}
    if whole is not None and (used := _reuse_faults(unit, whole, rows)):
        faults["file"] = used
    elif whole is not None and (wrong := _page_faults(whole, pages) or _left_over(whole, pages, batch)):
        faults["pages"] = wrong
    if faults:
        raise InvalidRecord(faults)
    assert whole is not None
    assert signed_on is not None
    files = _split(actor, unit, whole, pages)
    for row in rows:
        row.state, row.signed_by, row.signed_on = PaperState.SIGNED, SignedBy.SCAN, signed_on
        row.file, row.file_sha256 = files[_key(row)], files[_key(row)].sha256
    _save(rows, ["state", "signed_by", "signed_on", "file", "file_sha256"])
    if batch is not None:
        batch.file = whole
        batch.save(update_fields=["file"])
    _say(actor, "delegation:sign", rows, signed_on=f"{signed_on:%Y-%m-%d}")
    return settle(actor, rows)


@transaction.atomic
def confirm_papers(
    *, actor: Actor, minutes: Collection[Minutes], commitments: Collection[Commitment], ip: str | None
) -> list[Grant]:
    """Say "yes" in the app to papers whose side one is; the page has asked for a fresh second factor before.

    Minutes that both sides have confirmed are signed; so is a commitment that its author confirmed. Answers the grants
    that became active.
    Errors:  NotAllowed for papers of others; DLG-02 with every fault of the papers.
    """
    if actor.account_id is None:
        raise NotAllowed("Chỉ người có tên trong biên bản mới xác nhận được.")
    today = clock.today()
    rows: list[Paper] = [*minutes, *commitments]
    sides = [_side(actor, row) for row in rows]
    faults = [fault for row in rows for fault in signing_faults(row, today, today)]
    if faults := faults + giver_faults(rows, today):
        raise DelegationError("Chưa xác nhận được.", code="DLG-02", problems=faults)
    said = [
        Confirmation(
            account_id=actor.account_id,
            unit_id=row.unit_id,
            paper=ConfirmedPaper.MINUTES if isinstance(row, Minutes) else ConfirmedPaper.COMMITMENT,
            paper_id=row.pk,
            side=side,
            content_hash=row.content_hash,
            ip=ip,
        )
        for row, side in zip(rows, sides, strict=True)
    ]
    Confirmation.objects.bulk_create(said, ignore_conflicts=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT csdl_settle_papers(%s, %s)", [[row.pk for row in minutes], [row.pk for row in commitments]]
        )
    _say(actor, "delegation:confirm", rows)
    return settle(actor, [*_again(Minutes, minutes), *_again(Commitment, commitments)])


@transaction.atomic
def approve_minutes(*, actor: Actor, unit: OrgUnit, minutes: Sequence[Minutes]) -> list[Grant]:
    """Approve what another prepared, where the department demands four eyes.

    Errors:  NotAllowed; DLG-03 one's own work, or a right for oneself.
    """
    actor.require(Permission.GRANT_MANAGE, on=unit.pk)
    lock_unit(unit.pk)
    if any(actor.account_id in (row.prepared_by_id, row.receiver_id) for row in minutes):
        raise DelegationError(
            "Người lập biên bản và người nhận quyền không tự duyệt. Hãy đề nghị người khác duyệt.", code="DLG-03"
        )
    keys = [row.pk for row in minutes]
    Minutes.objects.filter(pk__in=keys, unit=unit).update(approved_by_id=actor.account_id, approved_on=clock.today())
    rows = list(Minutes.objects.filter(pk__in=keys))
    _say(actor, "delegation:approve", rows)
    return settle(actor, rows)


def settle(actor: Actor, papers: Iterable[Paper]) -> list[Grant]:
    """Give force to the grants whose minutes and commitment are both signed, and hand the administration account over.

    Errors:  DLG-02 with every fault: nothing becomes active, and what was signed in the same transaction is not.
    """
    wanted = list(papers)
    committed = [row for row in wanted if isinstance(row, Commitment)]
    minutes = {row.pk: row for row in wanted if isinstance(row, Minutes)}
    resumed = take_up_commitments(actor, [one for one in committed if one.state == PaperState.SIGNED])
    for one in committed:
        own = Minutes.objects.filter(receiver_id=one.account_id, unit_id=one.unit_id, start_year=one.start_year)
        minutes |= {row.pk: row for row in own.filter(state=PaperState.SIGNED)}
    signed = [row for row in minutes.values() if row.state == PaperState.SIGNED]
    commitments = commitments_for(signed)
    ready = [row for row in signed if row.pk in commitments and commitments[row.pk].state == PaperState.SIGNED]
    grants = list(
        Grant.objects.filter(
            paper_id__in=[row.pk for row in ready],
            ground__in=(Ground.MINUTES, Ground.HANDOVER),
            state=GrantState.INACTIVE,
        ).select_related("account", "unit")
    )
    if not grants:
        return resumed
    today, laid_down = clock.today(), rules()
    faults = minutes_faults(ready, grants, commitments, today=today, laid_down=laid_down)
    waiting = {row.pk for row in ready if laid_down.four_eyes and row.approved_by_id is None}
    if problems := [one for pk, found in faults.items() if pk not in waiting for one in found]:
        raise DelegationError("Biên bản, cam kết chưa đủ điều kiện để quyền có hiệu lực.", code="DLG-02",
                              problems=problems)  # fmt: skip
    grants = [grant for grant in grants if grant.paper_id not in waiting]
    activate_grants(actor, grants)
    begun = {grant.paper_id for grant in grants}
    for row in ready:
        if row.kind == MinutesKind.ADMINISTRATION and row.pk in begun:
            _hand_administration(actor, row, today)
    return [*resumed, *grants]


def _hand_administration(actor: Actor, minutes: Minutes, today: dt.date) -> None:
    """The receiver holds the administration account from now on; whoever held it by handover before gives it up: last
    of all, for it may be the actor, who writes nothing more at the unit afterwards."""
    before = AdministrationHolder.objects.filter(unit_id=minutes.unit_id).exclude(minutes=minutes)
    given_up = [one for one in before if one.valid_to is None or one.valid_to > today]
    because = f"Bàn giao theo biên bản số {minutes.paper_no}"
    for row in given_up:
        row.valid_to, row.ended_because = max(today, row.valid_from), because
        row.save(update_fields=["valid_to", "ended_because"])
    AdministrationHolder.objects.create(
        unit_id=minutes.unit_id,
        account_id=minutes.receiver_id,
        staff=StaffMember.objects.get(account_id=minutes.receiver_id),
        minutes=minutes,
        valid_from=today,
        valid_to=minutes.valid_to,
    )
    papers = [row.minutes_id for row in given_up]
    grants = Grant.objects.filter(paper_id__in=papers, ground=Ground.HANDOVER).exclude(state=GrantState.ENDED)
    end_grants(actor, grants.select_related("account"), on=today, because=because)


def _side(actor: Actor, paper: Paper) -> Side:
    if isinstance(paper, Commitment):
        if paper.account_id == actor.account_id:
            return Side.RECEIVER
    elif paper.receiver_id == actor.account_id:
        return Side.RECEIVER
    elif paper.giver_id == actor.account_id:
        return Side.GIVER
    raise NotAllowed(f"{paper.title} không ghi tên tài khoản này, nên không xác nhận được.")


def _locked(papers: Mapping[Paper, Pages | None]) -> list[Paper]:
    """The papers as they are now, held against a second administrator, minutes first."""
    found: list[Paper] = []
    for model in (Minutes, Commitment):
        keys = [paper.pk for paper in papers if isinstance(paper, model)]
        rows = model.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
        found += list(rows.select_related("unit"))
    return found


def _again[M: (Minutes, Commitment)](model: type[M], rows: Collection[M]) -> list[M]:
    return list(model.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk"))


def _same(one: Paper, other: Paper) -> bool:
    return type(one) is type(other) and one.pk == other.pk


def _key(paper: Paper) -> tuple[str, int]:
    return type(paper).__name__, paper.pk


def _page_faults(whole: StoredFile, pages: Mapping[Paper, Pages | None]) -> list[str]:
    """Whether every paper has its pages, within the scan and no page twice."""
    given = {paper: found for paper, found in pages.items() if found is not None}
    if not given:
        return [] if len(pages) == 1 else ["Tệp gồm nhiều văn bản: hãy ghi trang của từng văn bản."]
    if whole.media_type != MediaType.PDF:
        return ["Ảnh chỉ chứa được một văn bản. Hãy quét cả lô vào một tệp PDF."]
    faults, owner = [], dict[int, Paper]()
    for paper, found in given.items():
        if not 1 <= found.first <= found.last <= whole.page_count:
            faults.append(f"{paper.title}: trang {found} không có trong tệp {whole.page_count} trang.")
            continue
        for number in range(found.first, found.last + 1):
            if number in owner:
                faults.append(f"{paper.title}: trang {number} đã thuộc {owner[number].title.lower()}.")
                break
            owner[number] = paper
    return faults


def unused_pages(whole: StoredFile, pages: Collection[Pages | None]) -> list[int]:
    """Pages of a scan that no paper was given; none where the whole scan is one paper's."""
    if None in pages:
        return []
    used = {number for one in pages if one is not None for number in range(one.first, one.last + 1)}
    return [number for number in range(1, whole.page_count + 1) if number not in used]


def _left_over(whole: StoredFile, pages: Mapping[Paper, Pages | None], batch: Batch | None) -> list[str]:
    """Pages that belong to nothing, where no paper of the batch is left that they could be of, nor had them before."""
    left = unused_pages(whole, pages.values())
    if not left or (batch is not None and (batch.file_id == whole.pk or _is_waiting(batch, pages))):
        return []
    said = ", ".join(str(number) for number in left[:10])
    return [
        f"Tệp có {whole.page_count} trang; trang {said} chưa ghi cho văn bản nào. "
        "Hãy ghi trang ấy cho văn bản của nó, hoặc bỏ trang thừa rồi tải lại."
    ]


def _is_waiting(batch: Batch, papers: Collection[Paper]) -> bool:
    """Whether the batch has a paper to sign beside these."""
    known = {_key(paper) for paper in papers}
    drafts: list[Paper] = list(Minutes.objects.filter(batch=batch, state=PaperState.DRAFT))
    drafts += Commitment.objects.filter(batch=batch, state=PaperState.DRAFT)
    return any(_key(paper) not in known for paper in drafts)


def _reuse_faults(unit: OrgUnit, whole: StoredFile, papers: Sequence[Paper]) -> list[str]:
    """Whether the file was taken for other papers of the unit already; the scan of a batch may serve its papers in
    several goes."""
    own = {_key(paper) for paper in papers}
    same = {"unit": unit, "file_sha256": whole.sha256}
    taken: list[Paper] = list(Minutes.objects.filter(**same).order_by("pk"))
    taken += Commitment.objects.filter(**same).order_by("pk")
    names = [one.title[0].lower() + one.title[1:] for one in taken if _key(one) not in own]
    batches = Batch.objects.filter(unit=unit, file=whole).exclude(pk__in=[paper.batch_id for paper in papers])
    names += [f"lô “{one.title}”" for one in batches.order_by("pk")]
    if not names:
        return []
    return [
        f"Tệp này đã lưu cho {names[0]}. Hãy chọn bản quét của đúng văn bản đang ký; "
        "một tệp gồm nhiều văn bản thì tải ở trang của lô và ghi trang của từng văn bản."
    ]


@dataclass
class _Piece:
    """Some pages of a scan, as an upload."""

    name: str | None
    content: bytes

    @property
    def size(self) -> int | None:
        return len(self.content)

    @size.setter
    def size(self, value: int | None) -> None:
        raise AttributeError("the size is the content's")

    def chunks(self) -> Iterator[bytes]:
        yield self.content


def _split(
    actor: Actor, unit: OrgUnit, whole: StoredFile, pages: Mapping[Paper, Pages | None]
) -> dict[tuple[str, int], StoredFile]:
    """Each paper's own file: the scan itself, or its pages cut out of it."""
    reader = PdfReader(io.BytesIO(open_file(whole))) if any(pages.values()) else None
    files = {}
    for paper, found in pages.items():
        if found is None or reader is None:
            files[_key(paper)] = whole
            continue
        writer = PdfWriter()
        for number in range(found.first, found.last + 1):
            writer.add_page(reader.pages[number - 1])
        written = io.BytesIO()
        writer.write(written)
        name = f"{paper.paper_no.replace('/', '-')}.pdf"
        files[_key(paper)] = store_file(actor=actor, unit=unit, upload=_Piece(name, written.getvalue()))
    return files


def _save(rows: Sequence[Paper], fields: list[str]) -> None:
    Minutes.objects.bulk_update([row for row in rows if isinstance(row, Minutes)], fields)
    Commitment.objects.bulk_update([row for row in rows if isinstance(row, Commitment)], fields)


def _say(actor: Actor, kind: str, rows: Iterable[Paper], **more: str) -> None:
    units: dict[int, dict[str, object]] = {}
    for row in rows:
        told = units.setdefault(row.unit_id, {"papers": [], **more})
        papers = told["papers"]
        assert isinstance(papers, list)
        papers.append({"no": row.paper_no, "sha256": row.file_sha256, "state": row.state})
    record_each(actor=actor, kind=kind, units=units)
