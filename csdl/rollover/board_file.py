"""The rollover board as a file: where every school stands, with its figures; no person."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import QuerySet

from csdl.accounts.actor import Actor
from csdl.exports.columns import ExportColumn
from csdl.exports.enums import OF_UNITS
from csdl.exports.lists import ExportList, carried
from csdl.orgs.models import SchoolProfile
from csdl.rollover.enums import RunState

__all__ = ["BOARD"]

_COUNTS = ("in", "promoted", "retained", "completed", "pending", "left", "created", "exception")


def _board_lines(actor: Actor, rows: QuerySet[SchoolProfile], start_year: int) -> Iterator[Mapping[str, Any]]:
    """One line a school in the order of the queryset; one statement. A school without a plan has no figures."""
    read = ("school__unit__name", "school__unit__code", "school__unit__parent__name", "state", "blocked_reason")
    for number, line in enumerate(rows.values(*read, *(f"{name}_count" for name in _COUNTS)), start=1):
        yield {
            "stt": number,
            "name": line["school__unit__name"],
            "code": line["school__unit__code"],
            "parent": line["school__unit__parent__name"],
            "state": RunState(line["state"]).label if line["state"] else "Chưa lập kế hoạch",
            "blocked_reason": line["blocked_reason"],
            **{name: line[f"{name}_count"] if line["state"] else None for name in _COUNTS},
        }


BOARD = ExportList[QuerySet[SchoolProfile]](
    key="rollover_board",
    title="Tiến độ kết chuyển",
    sheet="Kết chuyển",
    noun="trường",
    stem="ket-chuyen",
    columns=(
        ExportColumn("stt", "STT", 5, align="right"),
        ExportColumn("name", "Trường", 36),
        ExportColumn("code", "Mã trường", 12, is_default=False),
        ExportColumn("parent", "Đơn vị quản lý", 26),
        ExportColumn("state", "Tình trạng", 18),
        ExportColumn("blocked_reason", "Vướng mắc", 30),
        ExportColumn("in", "Có mặt", 8, align="right"),
        ExportColumn("promoted", "Lên lớp", 8, align="right"),
        ExportColumn("retained", "Ở lại lớp", 8, align="right"),
        ExportColumn("completed", "Hoàn thành", 8, align="right"),
        ExportColumn("pending", "Chờ xử lý", 8, align="right"),
        ExportColumn("left", "Rời trường", 8, align="right"),
        ExportColumn("created", "Đã tạo", 8, align="right"),
        ExportColumn("exception", "Ngoại lệ", 8, align="right"),
    ),
    lines=_board_lines,
    carried=carried,
    is_personal=False,
    purposes=OF_UNITS,
)
