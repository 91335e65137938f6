"""The table of a picture of a report's figures as a file: sums, no person."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.exports.columns import ExportColumn
from csdl.exports.enums import OF_UNITS
from csdl.exports.lists import ExportList
from csdl.reports.pictures import Picture, PictureRow

__all__ = ["picture_table"]


def picture_table(picture: Picture) -> ExportList[Sequence[PictureRow]]:
    """A picture's table with its columns: the first says what a line is."""
    columns = tuple(
        ExportColumn(one.key, f"{one.label} (%)" if one.is_share else one.label, 14, align="right")
        for one in picture.columns
    )

    def lines(actor: Actor, rows: Sequence[PictureRow], start_year: int) -> Iterator[Mapping[str, Any]]:
        for row in rows:
            figures = zip(picture.columns, row.figures, strict=True)
            yield {"label": row.label, **{one.key: _cell(figure) for one, figure in figures}}

    return ExportList[Sequence[PictureRow]](
        key=f"picture-{picture.key}",
        title=picture.title,
        sheet="Số liệu",
        noun="dòng",
        stem=picture.key,
        columns=(ExportColumn("label", picture.head, 44), *columns),
        lines=lines,
        carried=_carried,
        is_personal=False,
        purposes=OF_UNITS,
    )


def _cell(figure: Decimal | None) -> int | float | str:
    if figure is None:
        return ""
    return int(figure) if figure == figure.to_integral_value() else round(float(figure), 1)


def _carried(actor: Actor, rows: Sequence[PictureRow]) -> Sequence[PictureRow]:
    """The door adds up only what may be taken out (`pictures(leaving=True)`); the right itself is asked here again."""
    actor.require(Permission.DATA_EXPORT)
    return rows
