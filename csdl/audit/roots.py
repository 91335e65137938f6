"""The daily roots as they are printed: a sheet to sign and keep on paper, against which the log is checked later."""

import datetime as dt
from collections.abc import Sequence

from django.utils.timezone import localtime, now

from csdl.audit.models import LogRoot
from csdl.lib.typst import pdf, shown

__all__ = ["roots_between", "roots_paper"]


def roots_between(first: dt.date | None, last: dt.date | None) -> list[LogRoot]:
    """Roots of some days, both inclusive, oldest first."""
    rows = LogRoot.objects.order_by("day")
    if first:
        rows = rows.filter(day__gte=first)
    if last:
        rows = rows.filter(day__lte=last)
    return list(rows)


def roots_paper(rows: Sequence[LogRoot], *, unit_name: str) -> bytes:
    """The roots as PDF, in the layout of Nghị định 30/2020/NĐ-CP. The log keeps real time, and so does the sheet."""
    made = localtime(now())
    data = {
        "title": "Mã gốc nhật ký hệ thống",
        "subtitle": f"Từ ngày {rows[0].day:%d/%m/%Y} đến ngày {rows[-1].day:%d/%m/%Y}" if rows else "",
        "above": "",
        "unit": unit_name or "Cơ sở dữ liệu giáo dục và đào tạo",
        "place": "",
        "day": f"{made.day:02}",
        "month": f"{made.month:02}" if made.month < 3 else str(made.month),
        "year": str(made.year),
        "rows": [
            {
                "day": shown(row.day),
                "root": bytes(row.root_hash).hex(),
                "events": shown(row.event_count),
                "chains": shown(row.chain_count),
            }
            for row in rows
        ],
        "trace": f"In từ nhật ký lúc {made:%H:%M ngày %d/%m/%Y}.",
    }
    return pdf("audit/papers/roots", data, at=made)
