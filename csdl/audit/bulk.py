"""What every act on many rows at once shares: a plan with its exceptions by name and a seal, the event, the undo of it.

The plan and the act read the same rows by the same rules; the seal says whether the rows are still as they were shown.
What the rows were before stands in the event, from which they are put back. Owns no table; permission, locks and the
writing are the calling action's (`staff/actions/bulk.py`, `years/actions/bulk.py`).
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from csdl.accounts.errors import CsdlError
from csdl.audit.models import Event

__all__ = [
    "BULK_LIMIT",
    "BulkError",
    "BulkPlan",
    "BulkRow",
    "alike",
    "as_logged",
    "check_seal",
    "planned",
    "refuse_edited",
    "undone_by",
]

# One school's rows; more than any school has.
BULK_LIMIT = 6000
_SHOWN = 50


class BulkError(CsdlError):
    """BLK-01 the change itself cannot be, BLK-02 the rows are no longer as shown, BLK-03 it cannot be undone."""

    code = "BLK-01"


@dataclass(frozen=True)
class BulkRow:
    """Somebody who stays as is, and why; `beside` tells them from others of that name."""

    name: str
    beside: str
    reason: str


@dataclass(frozen=True)
class BulkPlan[Change]:
    """What a change would do: `ids` are changed, `unchanged` are so already, `exceptions` cannot be.

    `parts`: how many of the changed rows there are of each sort, in the order of the rows.
    """

    change: Change
    ids: tuple[int, ...]
    unchanged: int
    exceptions: tuple[BulkRow, ...]
    parts: tuple[tuple[str, int], ...]
    seal: str

    @property
    def chosen(self) -> int:
        return len(self.ids) + self.unchanged + len(self.exceptions)


def planned[Change](
    change: Change,
    said: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    judge: Callable[[Mapping[str, Any]], str | None],
    *,
    name: str,
    beside: str,
    part: Callable[[Mapping[str, Any]], str],
    noun: str,
) -> BulkPlan[Change]:
    """Judge each row: None is changed, "" is so already, a sentence is an exception.

    Shapes:  `rows` as read, with "pk", at most one more than the limit; `name`, `beside` are their keys for people;
             `said` is the change as the log keeps it.
    Errors:  BLK-01 more rows than one act takes.
    """
    if len(rows) > BULK_LIMIT:
        raise BulkError(f"Mỗi lần chỉ thay đổi được {BULK_LIMIT} {noun}. Hãy lọc bớt.")
    ids, unchanged, exceptions = [], 0, []
    parts: Counter[str] = Counter()
    sealed = hashlib.sha256(json.dumps(said, sort_keys=True, cls=DjangoJSONEncoder).encode())
    for row in rows:
        reason = judge(row)
        if reason is None:
            ids.append(row["pk"])
            parts[part(row)] += 1
            sealed.update(json.dumps(row, sort_keys=True, cls=DjangoJSONEncoder).encode())
        elif reason:
            exceptions.append(BulkRow(row[name], row[beside] or "", reason))
        else:
            unchanged += 1
    return BulkPlan(change, tuple(ids), unchanged, tuple(exceptions), tuple(parts.items()), sealed.hexdigest())


def check_seal(plan: BulkPlan[Any], seal: str, *, noun: str) -> None:
    """Refuse an act whose rows are not as they were shown, or that would change nobody. Errors: BLK-02; BLK-01."""
    if plan.seal != seal:
        raise BulkError("Danh sách đã thay đổi từ lúc xem trước. Hãy xem lại số liệu rồi thực hiện.", code="BLK-02")
    if not plan.ids:
        raise BulkError(f"Không có {noun} nào cần thay đổi.")


def as_logged(rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
    """Rows as (key, old values …) in the form an event keeps."""
    found: list[list[Any]] = json.loads(json.dumps(list(rows), cls=DjangoJSONEncoder))
    return found


def alike(before: Iterable[Sequence[Any]]) -> dict[tuple[Any, ...], list[int]]:
    """Keys by their old values: one statement for each set of values puts everything back."""
    found: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for key, *values in before:
        found[tuple(values)].append(key)
    return found


def refuse_edited(names: Sequence[str], *, who: str, each: str) -> None:
    """Refuse an undo with the names of those who were edited since. Errors: BLK-03."""
    if not names:
        return
    more = len(names) - _SHOWN
    raise BulkError(
        f"Không hoàn tác được: {len(names)} {who} đã được sửa sau đó. Hãy sửa từng {each}.",
        code="BLK-03",
        problems=[*names[:_SHOWN], *([f"… và {more} {each} khác"] if more > 0 else [])],
    )


def undone_by(event: Event) -> Event | None:
    """The undo of a bulk act, if there was one."""
    kind = f"{event.kind.partition(':')[0]}:bulk_undo"
    return Event.objects.filter(kind=kind, unit_id=event.unit_id, data__of=event.pk).first()
