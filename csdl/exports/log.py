"""A unit's log as a file: what was done, by whom, when, in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import localtime

from csdl.accounts.actor import Actor
from csdl.audit.kinds import kinds, said
from csdl.audit.models import Event
from csdl.exports.columns import ExportColumn
from csdl.exports.enums import OF_UNITS, FileFormat
from csdl.exports.lists import ExportList, carried

__all__ = ["LOG"]


def _log_lines(actor: Actor, rows: QuerySet[Event], start_year: int) -> Iterator[Mapping[str, Any]]:
    """One line an event, in the order of the queryset; one statement."""
    for number, event in enumerate(rows.iterator(), start=1):
        kind = kinds.get(event.kind)
        yield {
            "stt": number,
            "at": f"{localtime(event.at):%d/%m/%Y %H:%M:%S}",
            "who": event.actor_label,
            "group": kind.group if kind else "",
            "what": said(event.kind, event.data),
            "id": event.pk,
            "kind": event.kind,
        }


LOG = ExportList[QuerySet[Event]](
    key="log",
    title="Nhật ký của đơn vị",
    sheet="Nhật ký",
    noun="sự kiện",
    stem="nhat-ky",
    columns=(
        ExportColumn("stt", "STT", 6, align="right"),
        ExportColumn("at", "Lúc", 18, align="center"),
        ExportColumn("who", "Người làm", 30),
        ExportColumn("group", "Loại", 20),
        ExportColumn("what", "Việc", 60),
        ExportColumn("id", "Mã sự kiện", 10, align="right"),
        ExportColumn("kind", "Mã loại", 20, is_default=False),
    ),
    lines=_log_lines,
    carried=carried,
    is_personal=False,
    is_of_year=False,
    formats=(FileFormat.XLSX, FileFormat.PDF, FileFormat.CSV),
    purposes=OF_UNITS,
)
