"""A column of a file that leaves: what it is called, how it is filled, whether it is sensitive."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from csdl.lib.workbook import OutColumn

__all__ = ["ExportColumn", "chosen_columns"]


@dataclass(frozen=True)
class ExportColumn:
    """`key` names the column in forms and in the log. Sensitive ones leave only where that was asked for by name."""

    key: str
    header: str
    width: int
    value: Callable[[Mapping[str, Any]], Any]
    is_sensitive: bool = False
    is_default: bool = True

    @property
    def out(self) -> OutColumn[Mapping[str, Any]]:
        return OutColumn(self.header, self.width, self.value)


def chosen_columns(
    known: Iterable[ExportColumn], keys: Iterable[str], *, with_sensitive: bool
) -> tuple[ExportColumn, ...]:
    """The asked columns in their own order; sensitive ones only `with_sensitive`."""
    asked = set(keys)
    return tuple(one for one in known if one.key in asked and (with_sensitive or not one.is_sensitive))
