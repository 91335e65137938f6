"""Papers on which rights stand: a batch to print and sign, one set of minutes, one commitment; scan, confirmation,
approval, withdrawal."""

import io
import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from csdl.access.models import Grant
from csdl.accounts.errors import CsdlError, InvalidRecord
from csdl.accounts.second_factor import second_factor_required
from csdl.audit.actions import record
from csdl.delegation.actions import (
    Pages,
    approve_minutes,
    confirm_papers,
    sign_scanned,
    unused_pages,
    withdraw_commitment,
    withdraw_minutes,
)
from csdl.delegation.enums import ConfirmedPaper, MinutesKind, PaperState
from csdl.delegation.models import Batch, Commitment, Minutes
from csdl.delegation.printing import pages_of_papers, print_papers
from csdl.delegation.queries import (
    can_administer,
    commitments_for,
    confirmed_sides,
    grant_lines,
    papers_with_file_of,
)
from csdl.delegation.rules import rules
from csdl.documents.store import read_kept
from csdl.lib import clock
from csdl.portals.desk.delegation.reach import (
    batch_or_404,
    commitment_or_404,
    crumbs_to,
    minutes_or_404,
    page_context,
    return_to,
    typed_day,
)

type Paper = Minutes | Commitment

_TONES = {PaperState.DRAFT: "wait", PaperState.SIGNED: "good", PaperState.VOIDED: "calm"}


@login_required
def batch(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    """Papers prepared in one go: print them as one file, bring the scan back, or confirm them all."""
    return _batch_page(request, batch_or_404(request, batch))


def _batch_page(request: HttpRequest, row: Batch, **more: Any) -> HttpResponse:
    papers = _papers_of(row)
    drafts = [one for one in papers if one.state == PaperState.DRAFT]
    sides = confirmed_sides(ConfirmedPaper.MINUTES, [one.pk for one in papers if isinstance(one, Minutes)])
    ranges = dict(zip([_name(one) for one in drafts], pages_of_papers(drafts), strict=True))
    sent = request.POST
    rows = [
        {
            "paper": one,
            "name": _name(one),
            "person": one.content.get("receiver", one.content.get("person", {})).get("name", ""),
            "is_minutes": isinstance(one, Minutes),
            "scopes": one.content.get("scopes", []),
            "sides": sides.get(one.pk, set()) if isinstance(one, Minutes) else set(),
            "tone": _TONES[PaperState(one.state)],
            "pages": sent.get(f"trang-{_name(one)}") or _said(ranges.get(_name(one))),
            "is_draft": one.state == PaperState.DRAFT,
        }
        for one in papers
    ]
    account_id = request.actor.account_id
    context = page_context(request, row.unit, "list") | {
        "crumbs": crumbs_to(request, row.unit),
        "batch": row,
        "rows": rows,
        "drafts": len(drafts),
        "signed_on": sent.get("ngay-ky") or f"{clock.today():%d/%m/%Y}",
        "may_sign": can_administer(request.actor, row.unit_id),
        "mine": [one for one in drafts if isinstance(one, Minutes) and one.giver_id == account_id
                 and "giver" not in sides.get(one.pk, set())],
        "wants_approval": rules().four_eyes,
        "may_approve": any(
            isinstance(one, Minutes)
            and one.approved_by_id is None
            and account_id not in (one.prepared_by_id, one.receiver_id)
            for one in papers
        ),
    } | more  # fmt: skip
    return render(request, "desk/delegation/batch.html", context)


@login_required
@never_cache
def batch_pdf(request: HttpRequest, batch: uuid.UUID) -> FileResponse:
    """All papers of the batch that are not void, one after the other."""
    row = batch_or_404(request, batch)
    papers = [one for one in _papers_of(row) if one.state != PaperState.VOIDED]
    if not papers:
        raise Http404
    return _pdf(request, papers, "lo-bien-ban")


@login_required
@require_POST
def batch_sign(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    """The scan of the signed batch, cut to its papers by pages."""
    row = batch_or_404(request, batch)
    papers: dict[Paper, Pages | None] = {}
    faults: list[str] = []
    drafts = [one for one in _papers_of(row) if one.state == PaperState.DRAFT]
    for one in drafts:
        if f"co-{_name(one)}" not in request.POST:
            continue
        found = _read_pages(request.POST.get(f"trang-{_name(one)}", ""))
        if found is None:
            faults.append(f"{one.title}: hãy ghi trang theo dạng 1-2 hoặc 3.")
        papers[one] = found
    if not papers:
        faults.append("Hãy chọn ít nhất một văn bản đã ký.")
    upload: Any = request.FILES.get("tep")  # a browser's file, read in pieces
    if upload is None:
        faults.append("Hãy chọn tệp quét.")
    signed_on, wrong_day = typed_day(request, "ngay-ky", "Ngày ký")
    if (faults := faults + wrong_day) or upload is None:
        return _batch_page(request, row, faults=faults)
    try:
        grants = sign_scanned(
            actor=request.actor,
            unit=row.unit,
            papers=papers,
            upload=upload,
            signed_on=signed_on,
            batch=row,
        )
    except CsdlError as refused:
        return _batch_page(request, row, faults=refused.problems or [refused.message])
    messages.success(request, _done(len(papers), grants))
    if len(papers) < len(drafts) and row.file is not None and (left := unused_pages(row.file, papers.values())):
        said = ", ".join(str(number) for number in left[:10])
        messages.warning(request, f"Trang {said} của tệp quét chưa ghi cho văn bản nào; lô còn văn bản chờ ký.")
    return return_to(request, row.unit, "desk:batch", batch)


@login_required
@require_POST
@second_factor_required
def batch_confirm(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    """The giver confirms every set of minutes of the batch."""
    row = batch_or_404(request, batch)
    mine = list(Minutes.objects.filter(batch=row, state=PaperState.DRAFT, giver_id=request.actor.account_id))
    grants = confirm_papers(actor=request.actor, minutes=mine, commitments=[], ip=_ip(request))
    messages.success(request, f"Đã xác nhận bên giao {len(mine)} biên bản. {_active(grants)}")
    return return_to(request, row.unit, "desk:batch", batch)


@login_required
@require_POST
def batch_approve(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    """A second person approves the batch, where four eyes are wanted."""
    row = batch_or_404(request, batch)
    waiting = list(Minutes.objects.filter(batch=row, approved_by=None).exclude(state=PaperState.VOIDED))
    rows = [one for one in waiting if one.receiver_id != request.actor.account_id] or waiting
    grants = approve_minutes(actor=request.actor, unit=row.unit, minutes=rows)
    messages.success(request, f"Đã duyệt {len(rows)} biên bản. {_active(grants)}")
    return return_to(request, row.unit, "desk:batch", batch)


@login_required
def minutes(request: HttpRequest, minutes: uuid.UUID) -> HttpResponse:
    """One set of minutes: who, what, until when, how it was signed, what stands on it."""
    return _minutes_page(request, minutes_or_404(request, minutes))


def _minutes_page(request: HttpRequest, row: Minutes, **more: Any) -> HttpResponse:
    account_id = request.actor.account_id
    sides = confirmed_sides(ConfirmedPaper.MINUTES, [row.pk]).get(row.pk, set())
    grants = Grant.objects.filter(paper_id=row.pk, ground__in=("minutes", "handover")).select_related("account", "unit")
    side = "receiver" if row.receiver_id == account_id else "giver" if row.giver_id == account_id else ""
    context = page_context(request, row.unit, "list") | {
        "crumbs": crumbs_to(request, row.unit),
        "row": row,
        "tone": _TONES[PaperState(row.state)],
        "sides": sides,
        "twins": papers_with_file_of(row),
        "lines": grant_lines(grants),
        "commitment": commitments_for([row]).get(row.pk),
        "may_confirm": bool(side) and side not in sides and row.state == PaperState.DRAFT,
        "side": side,
        "giver_label": "Bên thu hồi" if row.kind == MinutesKind.REVOCATION else "Bên giao",
        "receiver_label": "Người bị thu hồi quyền" if row.kind == MinutesKind.REVOCATION else "Bên nhận",
        "may_sign": can_administer(request.actor, row.unit_id),
        "signed_on": request.POST.get("ngay-ky") or f"{clock.today():%d/%m/%Y}",
        "replaced_by": row.replaced_by.exclude(kind=MinutesKind.REVOCATION).first(),
        "revocation": row.replaced_by.filter(kind=MinutesKind.REVOCATION).first(),
        "wants_approval": rules().four_eyes and row.approved_by_id is None,
    } | more  # fmt: skip
    return render(request, "desk/delegation/minutes.html", context)


@login_required
@never_cache
def minutes_pdf(request: HttpRequest, minutes: uuid.UUID) -> FileResponse:
    return _pdf(request, [minutes_or_404(request, minutes)], "bien-ban")


@login_required
@never_cache
def minutes_file(request: HttpRequest, minutes: uuid.UUID) -> FileResponse:
    return _file(request, minutes_or_404(request, minutes))


@login_required
@require_POST
def minutes_sign(request: HttpRequest, minutes: uuid.UUID) -> HttpResponse:
    """The scan of this one paper."""
    row = minutes_or_404(request, minutes)
    if faults := _sign_one(request, row):
        return _minutes_page(request, row, faults=faults)
    return return_to(request, row.unit, "desk:minutes", minutes, own=_is_receiver(request, row))


@login_required
@require_POST
@second_factor_required
def minutes_confirm(request: HttpRequest, minutes: uuid.UUID) -> HttpResponse:
    """One side says yes, with a fresh second factor."""
    row = minutes_or_404(request, minutes)
    grants = confirm_papers(actor=request.actor, minutes=[row], commitments=[], ip=_ip(request))
    told = "Việc thu hồi có hiệu lực từ ngày lập." if row.kind == MinutesKind.REVOCATION else _active(grants)
    messages.success(request, f"Đã xác nhận biên bản số {row.paper_no}. {told}")
    return return_to(request, row.unit, "desk:minutes", minutes, own=_is_receiver(request, row))


@login_required
@require_POST
def minutes_withdraw(request: HttpRequest, minutes: uuid.UUID) -> HttpResponse:
    """The rights of these minutes stop now; minutes of revocation are made to be signed."""
    row = minutes_or_404(request, minutes)
    try:
        made = withdraw_minutes(actor=request.actor, minutes=row, reason=request.POST.get("reason", ""))
    except InvalidRecord as refused:
        return _minutes_page(request, row, faults=refused.problems)
    messages.success(request, f"Biên bản số {row.paper_no} hết hiệu lực. Các quyền theo biên bản đã dừng.")
    return return_to(request, row.unit, "desk:minutes", made.public_id, own=_is_receiver(request, made))


@login_required
def commitment(request: HttpRequest, commitment: uuid.UUID) -> HttpResponse:
    """One commitment: its text, its author, how it was signed."""
    return _commitment_page(request, commitment_or_404(request, commitment))


def _commitment_page(request: HttpRequest, row: Commitment, **more: Any) -> HttpResponse:
    context = page_context(request, row.unit, "list") | {
        "crumbs": crumbs_to(request, row.unit),
        "row": row,
        "tone": _TONES[PaperState(row.state)],
        "twins": papers_with_file_of(row),
        "may_confirm": row.account_id == request.actor.account_id and row.state == PaperState.DRAFT,
        "may_sign": can_administer(request.actor, row.unit_id),
        "signed_on": request.POST.get("ngay-ky") or f"{clock.today():%d/%m/%Y}",
    } | more  # fmt: skip
    return render(request, "desk/delegation/commitment.html", context)


@login_required
@never_cache
def commitment_pdf(request: HttpRequest, commitment: uuid.UUID) -> FileResponse:
    return _pdf(request, [commitment_or_404(request, commitment)], "cam-ket")


@login_required
@never_cache
def commitment_file(request: HttpRequest, commitment: uuid.UUID) -> FileResponse:
    return _file(request, commitment_or_404(request, commitment))


@login_required
@require_POST
def commitment_sign(request: HttpRequest, commitment: uuid.UUID) -> HttpResponse:
    row = commitment_or_404(request, commitment)
    if faults := _sign_one(request, row):
        return _commitment_page(request, row, faults=faults)
    return redirect("desk:commitment", commitment)


@login_required
@require_POST
@second_factor_required
def commitment_confirm(request: HttpRequest, commitment: uuid.UUID) -> HttpResponse:
    row = commitment_or_404(request, commitment)
    grants = confirm_papers(actor=request.actor, minutes=[], commitments=[row], ip=_ip(request))
    messages.success(request, f"Đã xác nhận bản cam kết số {row.paper_no}. {_active(grants)}")
    return redirect("desk:commitment", commitment)


@login_required
@require_POST
def commitment_withdraw(request: HttpRequest, commitment: uuid.UUID) -> HttpResponse:
    row = commitment_or_404(request, commitment)
    try:
        withdraw_commitment(actor=request.actor, commitment=row, reason=request.POST.get("reason", ""))
    except InvalidRecord as refused:
        return _commitment_page(request, row, faults=refused.problems)
    messages.success(request, "Bản cam kết hết hiệu lực. Mọi quyền của người này theo năm học ấy đã dừng.")
    return redirect("desk:commitment", commitment)


def _is_receiver(request: HttpRequest, row: Minutes) -> bool:
    return bool(row.receiver_id == request.actor.account_id)


def _papers_of(row: Batch) -> list[Paper]:
    """In the order in which they are printed: each person's minutes, then that person's commitment."""
    minutes = list(Minutes.objects.filter(batch=row).select_related("unit", "file").order_by("pk"))
    by_person: dict[int, list[Paper]] = {}
    for one in minutes:
        by_person.setdefault(one.receiver_id, []).append(one)
    for other in Commitment.objects.filter(batch=row).select_related("unit", "file").order_by("pk"):
        by_person.setdefault(other.account_id, []).append(other)
    return [paper for papers in by_person.values() for paper in papers]


def _sign_one(request: HttpRequest, paper: Paper) -> list[str]:
    upload: Any = request.FILES.get("tep")  # a browser's file, read in pieces
    if upload is None:
        return ["Hãy chọn tệp quét của văn bản đã ký."]
    signed_on, wrong_day = typed_day(request, "ngay-ky", "Ngày ký")
    if wrong_day:
        return wrong_day
    try:
        grants = sign_scanned(
            actor=request.actor,
            unit=paper.unit,
            papers={paper: None},
            upload=upload,
            signed_on=signed_on,
        )
    except CsdlError as refused:
        return refused.problems or [refused.message]
    is_revocation = isinstance(paper, Minutes) and paper.kind == MinutesKind.REVOCATION
    messages.success(request, "Đã lưu bản ký của biên bản thu hồi." if is_revocation else _done(1, grants))
    return []


def _pdf(request: HttpRequest, papers: Sequence[Paper], stem: str) -> FileResponse:
    content = print_papers(papers, printed_by=request.actor.label)
    told = {"papers": [one.paper_no for one in papers]}
    record(actor=request.actor, kind="delegation:print", unit_id=papers[0].unit_id, data=told)
    number = papers[0].paper_no.replace("/", "-") if len(papers) == 1 else f"{len(papers)}"
    return FileResponse(io.BytesIO(content), filename=f"{stem}-{number}.pdf", content_type="application/pdf")


def _file(request: HttpRequest, paper: Paper) -> FileResponse:
    """The signed scan, told to be the same as when it was taken in."""
    if not paper.file_sha256:
        raise Http404
    content = read_kept(paper.file_sha256)
    told = {"papers": [paper.paper_no], "sha256": paper.file_sha256}
    record(actor=request.actor, kind="delegation:read_scan", unit_id=paper.unit_id, data=told)
    kind, suffix = next((kind, suffix) for head, kind, suffix in _KINDS if content.startswith(head))
    name = f"{paper.paper_no.replace('/', '-')}.{suffix}"
    return FileResponse(io.BytesIO(content), filename=name, content_type=kind, as_attachment=True)


_KINDS = (
    (b"%PDF", "application/pdf", "pdf"),
    (b"\xff\xd8", "image/jpeg", "jpg"),
    (b"\x89PNG", "image/png", "png"),
)


def _read_pages(text: str) -> Pages | None:
    parts = text.replace("–", "-").replace(" ", "").split("-")
    if len(parts) > 2 or not all(part.isdecimal() and len(part) < 6 for part in parts):
        return None
    return Pages(int(parts[0]), int(parts[-1]))


def _name(paper: Paper) -> str:
    return f"{'b' if isinstance(paper, Minutes) else 'c'}{paper.pk}"


def _said(pages: tuple[int, int] | None) -> str:
    return "" if pages is None else str(Pages(*pages)).replace("–", "-")


def _active(grants: Sequence[Grant]) -> str:
    return f"{len(grants)} quyền đã có hiệu lực." if grants else "Quyền có hiệu lực khi đủ chữ ký hai bên và cam kết."


def _done(count: int, grants: Sequence[Grant]) -> str:
    return f"Đã lưu bản ký của {count} văn bản. {_active(grants)}"


def _ip(request: HttpRequest) -> str | None:
    return request.META.get("REMOTE_ADDR") or None
