"""What an undo leaves where it is, because newer facts hang on it: named, agreed to, counted."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from csdl.intake.enums import RowState
from csdl.intake.errors import IntakeError

__all__ = ["Agreement", "Staying", "check_agreed", "named"]

_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Staying:
    """A row of the run that stays, in words, with its state: what was added, or what was changed; and its key."""

    text: str
    state: str
    row_id: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """Which rows somebody agreed to leave: `mark` stands for the list that was shown; None whatever there is by now."""

    mark: str | None = None


def named(found: Sequence[Staying]) -> list[str]:
    """The first of them in words, then how many more there are."""
    rest = len(found) - _SHOWN
    return [one.text for one in found[:_SHOWN]] + ([f"… và {rest} trường hợp khác"] if rest > 0 else [])


def check_agreed(found: Sequence[Staying], agreed: Agreement | None, *, noun: str) -> None:
    """Refuse an undo that would leave rows which nobody agreed to leave. Errors: INT-10, its facts with the counts."""
    mark = hashlib.sha256("\n".join(one.text for one in found).encode()).hexdigest()[:32]
    if not found or (agreed is not None and agreed.mark in (None, mark)):
        return
    changed = "Danh sách đã thay đổi từ lúc xem: nay" if agreed is not None else "Không hoàn tác được vì"
    counts = Counter("created" if one.state == RowState.CREATED else "updated" for one in found)
    raise IntakeError(
        f"{changed} có {len(found)} {noun} đã có dữ liệu mới phụ thuộc. Xử lý các trường hợp dưới đây trước, hoặc chọn "
        "hoàn tác phần còn lại.",
        code="INT-10",
        problems=named(found),
        facts={"mark": mark, **counts},
    )
