"""A column of a file that leaves: what it is called, whether it is sensitive, for which purposes it leaves at all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from csdl.exports.enums import Purpose
from csdl.lib.workbook import OutColumn

__all__ = ["ExportColumn", "chosen_columns"]


@dataclass(frozen=True)
class ExportColumn:
    """`key` names the column in lines, forms and the log; `width` in signs, for the sheet and for the paper, where
    `on_paper` does not say another.

    Sensitive ones leave only where that was asked for by name; where `only_for` names purposes, only for those.
    """

    key: str
    header: str
    width: int
    is_sensitive: bool = False
    is_default: bool = True
    align: str = "left"
    only_for: tuple[Purpose, ...] = ()
    on_paper: int = 0

    @property
    def paper_width(self) -> int:
        return self.on_paper or self.width

    @property
    def out(self) -> OutColumn[Mapping[str, Any]]:
        return OutColumn(self.header, self.width, itemgetter(self.key))


def chosen_columns(
    known: Iterable[ExportColumn], keys: Iterable[str], *, with_sensitive: bool
) -> tuple[ExportColumn, ...]:
    """The asked columns in their own order; sensitive ones only `with_sensitive`."""
    asked = set(keys)
    return tuple(one for one in known if one.key in asked and (with_sensitive or not one.is_sensitive))
