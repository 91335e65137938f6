"""Telling whether the log is what was sealed: each chain, event by event; the heads; the roots that were printed.

Whatever somebody with all rights to the database does to a row leaves a trace: a changed row no longer fits its hash, a
removed one leaves a gap or a head without an event, an inserted one a seal that the sealer never gave. Who recomputes a
whole chain and its heads changes the roots, which stand on paper by then.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any

from django.utils.timezone import get_default_timezone, localtime

from csdl.audit.models import LogRoot, RootHead
from csdl.lib import sql

__all__ = ["Fault", "Verified", "What", "roots", "verify_log"]

_M = "csdl.audit"


class What(StrEnum):
    """What is wrong with a place of the log."""

    CHANGED = "changed"
    REMOVED = "removed"
    INSERTED = "inserted"
    BACKDATED = "backdated"
    ROOT = "root"


@dataclass(frozen=True)
class Fault:
    """One place. `event_id` is the event that is wrong or the first one after a gap; None where the place is empty.

    `unit_id` None: the chain of events of no unit. `day` is that of the event, or of the root.
    """

    what: What
    sentence: str
    event_id: int | None = None
    unit_id: int | None = None
    day: dt.date | None = None
    sealed_no: int | None = None


@dataclass(frozen=True)
class Verified:
    """What was looked at and what was found. `unsealed` events wait for the sealer: nothing can be said of them yet."""

    events: int
    unsealed: int
    chains: int
    roots: int
    faults: tuple[Fault, ...]

    @property
    def is_whole(self) -> bool:
        return not self.faults


def verify_log(
    *,
    unit_ids: Iterable[int] = (),
    first: dt.date | None = None,
    last: dt.date | None = None,
    printed: Iterable[str] = (),
) -> Verified:
    """Look at the log of some units, or of all, and at the events of some days, or of all.

    Shapes:  heads and roots are looked at whatever the days; roots only where all units are. `printed` are root hashes
             as they stand on paper: each must be one of the roots and still hold.
    Units:   `first` and `last` local days, both inclusive.
    """
    chains = sorted(set(unit_ids))
    span = {"chains": chains, "first": _start(first), "beyond": _start(last + dt.timedelta(days=1)) if last else None}
    counted = sql.one(_M, "30_count_events", **span)
    faults = [*_chain_faults(span), *_head_faults(chains)]
    kept = list(roots())
    if not chains:
        faults += _root_faults(kept)
    faults += _printed_faults(kept, printed, {fault.day for fault in faults if fault.what == What.ROOT})
    return Verified(counted["sealed"], counted["unsealed"], counted["chains"], len(kept), tuple(faults))


def roots() -> Iterable[LogRoot]:
    """Every root, oldest first."""
    return LogRoot.objects.order_by("day")


def _chain_faults(span: Mapping[str, Any]) -> Iterable[Fault]:
    for row in sql.rows(_M, "10_find_faults", **span):
        place = {
            "event_id": row["id"],
            "unit_id": row["chain"] or None,
            "day": localtime(row["at"]).date(),
            "sealed_no": row["sealed_no"],
        }
        if row["has_gap"]:
            first, last = row["before_no"] + 1, row["sealed_no"] - 1
            told = f"số {first}" if first == last else f"từ số {first} đến số {last}"
            sentence = f"Thiếu {last - first + 1} sự kiện ({told}) ngay trước sự kiện này: đã bị xóa hoặc đánh số lại."
            yield Fault(What.REMOVED, sentence, **place)
        elif row["is_doubled"]:
            yield Fault(What.INSERTED, "Hai sự kiện mang cùng một số: có sự kiện chèn thêm.", **place)
        elif row["is_changed"]:
            sentence = "Nội dung, thứ tự hoặc mã niêm phong không còn như lúc niêm phong."
            yield Fault(What.CHANGED, sentence, **place)
        if row["is_backdated"]:
            sentence = "Thời điểm ghi sớm hơn sự kiện đứng trước hơn một ngày: ghi lùi ngày."
            yield Fault(What.BACKDATED, sentence, **place)


def _head_faults(chains: list[int]) -> Iterable[Fault]:
    for row in sql.rows(_M, "20_compare_heads", chains=chains):
        of = f"gốc ngày {row['day']:%d/%m/%Y}" if row["day"] else "lần niêm phong mới nhất"
        place = {"unit_id": row["chain"] or None, "sealed_no": row["last_no"]}
        if row["found_id"] is None and row["moved_to"] is not None:
            sentence = f"Sự kiện có số {row['last_no']} trong {of} nay mang số {row['moved_to']}: đã đánh số lại."
            yield Fault(What.CHANGED, sentence, row["last_event_id"], day=row["day"], **place)
        elif row["found_id"] is None:
            sentence = f"Thiếu sự kiện số {row['last_no']} (mã {row['last_event_id']}), có trong {of}: đã bị xóa."
            yield Fault(What.REMOVED, sentence, row["last_event_id"], day=row["day"], **place)
        else:
            day = row["day"] or localtime(row["at"]).date()
            sentence = f"Sự kiện số {row['last_no']} không phải sự kiện đã niêm phong trong {of}."
            yield Fault(What.CHANGED, sentence, row["found_id"], day=day, **place)
    for row in sql.rows(_M, "21_find_beyond_heads", chains=chains):
        yield Fault(
            What.INSERTED,
            f"Sự kiện số {row['sealed_no']} mang mã niêm phong mà hệ thống không cấp: đã bị chèn thêm.",
            row["id"],
            row["chain"] or None,
            localtime(row["at"]).date(),
            row["sealed_no"],
        )


def _root_faults(kept: list[LogRoot]) -> Iterable[Fault]:
    """Each root over again, from the root before it and the heads of all chains that day."""
    moved = RootHead.objects.order_by("root__day", "chain").select_related("root")
    by_root = {root_id: list(heads) for root_id, heads in groupby(moved, key=lambda head: head.root_id)}
    heads: dict[int, str] = {}
    before = b""
    for root in kept:
        for head in by_root.get(root.pk, ()):
            heads[head.chain] = f"{head.chain}:{head.last_no}:{bytes(head.last_hash).hex()}"
        text = "|".join(heads[chain] for chain in sorted(heads))
        if hashlib.sha256(before + text.encode()).digest() != bytes(root.root_hash):
            sentence = "Mã gốc của ngày không khớp với các chuỗi đã niêm phong: mã gốc hoặc đầu chuỗi đã bị sửa."
            yield Fault(What.ROOT, sentence, day=root.day)
        before = bytes(root.root_hash)


def _printed_faults(kept: list[LogRoot], printed: Iterable[str], broken: set[dt.date | None]) -> Iterable[Fault]:
    known = {bytes(root.root_hash).hex(): root for root in kept}
    for text in printed:
        key = "".join(text.split()).lower()
        root = known.get(key)
        if root is None:
            sentence = f"Mã gốc in trên giấy {key[:16]}… không còn trong nhật ký: nhật ký đã bị thay sau ngày in."
            yield Fault(What.ROOT, sentence)
        elif broken and min(day for day in broken if day) <= root.day:
            sentence = f"Mã gốc in trên giấy của ngày {root.day:%d/%m/%Y} không còn đứng vững."
            yield Fault(What.ROOT, sentence, day=root.day)


def _start(day: dt.date | None) -> dt.datetime | None:
    return dt.datetime.combine(day, dt.time(), get_default_timezone()) if day else None
