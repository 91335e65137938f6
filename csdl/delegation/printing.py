"""Papers of delegation as PDF: one, or a batch one after the other, and on which pages of the file each stands."""

from collections.abc import Sequence
from typing import Any

from csdl.delegation.models import Commitment, Minutes
from csdl.lib import clock
from csdl.lib.typst import marks, pdf

__all__ = ["pages_of_papers", "print_papers"]

_TEMPLATE = "delegation/papers/papers"


def print_papers(papers: Sequence[Minutes | Commitment], *, printed_by: str) -> bytes:
    """The papers in the order given, to be printed and signed; the same data always makes the same pages."""
    return pdf(_TEMPLATE, _data(papers, printed_by), at=clock.now())


def pages_of_papers(papers: Sequence[Minutes | Commitment]) -> list[tuple[int, int]]:
    """First and last page of each paper in the printed file: where they are expected in its scan."""
    if not papers:
        return []
    data = _data(papers, "")
    starts = [int(page) for page in marks(_TEMPLATE, data, "paper-start")]
    (end,) = marks(_TEMPLATE, data, "paper-end")
    return list(zip(starts, [*(page - 1 for page in starts[1:]), int(end)], strict=True))


def _data(papers: Sequence[Minutes | Commitment], printed_by: str) -> dict[str, Any]:
    title = papers[0].title if len(papers) == 1 else f"{len(papers)} biên bản, bản cam kết"
    now = clock.now()
    return {
        "title": title,
        "author": papers[0].content["unit"],
        "papers": [_said(one) for one in papers],
        "trace": f"{printed_by} in từ Hệ thống CSDL GDĐT lúc {now:%H:%M ngày %d/%m/%Y}.",
    }


def _said(paper: Minutes | Commitment) -> dict[str, Any]:
    day, month, year = paper.content["made_on"].split("/")
    kind = paper.kind if isinstance(paper, Minutes) else "commitment"
    more = {"text_version": paper.text_version} if isinstance(paper, Commitment) else {}
    # The months 1 and 2 and days below 10 take a zero before them, the others none (Nghị định 30, phụ lục I).
    said = {"day": day, "month": month if month in ("01", "02") else month.lstrip("0"), "year": year}
    return {**paper.content, **said, **more, "kind": kind, "paper_no": paper.paper_no}
