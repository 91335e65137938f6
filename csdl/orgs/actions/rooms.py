"""Rooms of a school's year, counted by kind and by how they are built: written as one set, taken back as one."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from csdl.accounts.actor import Actor
from csdl.accounts.errors import CsdlError, InvalidRecord
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.audit.edits import Author, EditedAgain, EditedMeanwhile, Overlap
from csdl.audit.models import Event
from csdl.codes.queries import room_kinds
from csdl.orgs.errors import SiteError
from csdl.orgs.models import School, SchoolLevel, SchoolProfile, SchoolRooms
from csdl.orgs.queries import RoomCount, room_counts, room_edits
from csdl.orgs.ties import check_year

__all__ = ["RoomCount", "copy_rooms", "save_rooms", "undo_rooms"]

_MOST = 999
_EMPTY = RoomCount(0, 0, 0)
_LABELS = {"permanent": "kiên cố", "semi_permanent": "bán kiên cố", "temporary": "tạm"}


@transaction.atomic
def save_rooms(
    *,
    actor: Actor,
    school: School,
    start_year: int,
    counts: Mapping[tuple[str, str], RoomCount],
    seen: int | None,
    kind: str = "rooms:save",
) -> int:
    """Write the counts of a school's rooms; kinds that are not named stay. Answers how many kinds changed.

    Shapes:  `counts` (level, kind of room) -> rooms by how they are built; `seen` the number of the last saving when
             the page was made, None takes the counts as they are.
    Errors:  NotAllowed; YEAR-02; ORG-03; REC-01 by cell ("02-01-permanent"); EDT-01 a colleague changed the same cell.
    """
    actor.require(Permission.SCHOOL_EDIT, on=school)
    check_year(start_year)
    # One saving of a school's set at a time.
    if not SchoolProfile.objects.select_for_update().filter(school=school, start_year=start_year).exists():
        raise SiteError(
            f"Trường chưa có hồ sơ năm học {start_year}-{start_year + 1}. Hồ sơ được lập khi kết chuyển năm học.",
            code="ORG-03",
        )
    if faults := _faults(school.pk, start_year, counts):
        raise InvalidRecord(faults)
    now = room_counts(school.pk, start_year)
    base, version = dict(now), seen
    authors: dict[tuple[str, str], Author] = {}
    if seen is not None:
        for edit in room_edits(school.pk, start_year).filter(pk__gt=seen):
            before = _read(edit.data["before"])
            base |= before
            authors = dict.fromkeys(before, Author(edit.at, edit.account_id, edit.actor_label)) | authors
            version = max(version or 0, edit.pk)
    wanted: dict[tuple[str, str], RoomCount] = {}
    overlaps: list[Overlap] = []
    left: dict[str, int] = {}
    for cell, count in counts.items():
        was, theirs = base.get(cell, _EMPTY), now.get(cell, _EMPTY)
        merged = []
        for name, old, present, mine in zip(RoomCount._fields, was, theirs, count, strict=True):
            if mine != old and present not in (old, mine):
                overlaps.append(
                    Overlap(f"{cell[0]}-{cell[1]}-{name}", _LABELS[name], old, present, mine, authors.get(cell))
                )
            elif mine == old != present:
                left[f"{cell[0]}-{cell[1]}-{name}"] = present
            merged.append(mine if mine != old else present)
        if RoomCount(*merged) != theirs:
            wanted[cell] = RoomCount(*merged)
    if overlaps:
        raise EditedMeanwhile(overlaps, theirs=left, version=version)
    if wanted:
        _write(actor, school, start_year, wanted, {cell: now.get(cell, _EMPTY) for cell in wanted}, kind)
    return len(wanted)


@transaction.atomic
def copy_rooms(*, actor: Actor, school: School, start_year: int) -> int:
    """Take last year's counts for the kinds that have none yet this year. Answers how many kinds were filled.

    Errors:  as `save_rooms`; ORG-04 last year has no counts.
    """
    actor.require(Permission.SCHOOL_EDIT, on=school)
    before = room_counts(school.pk, start_year - 1)
    if not any(any(count) for count in before.values()):
        raise SiteError(f"Năm học {start_year - 1}-{start_year} chưa có số liệu phòng để lấy.", code="ORG-04")
    now = room_counts(school.pk, start_year)
    levels = set(SchoolLevel.objects.filter(school=school, start_year=start_year).values_list("level_code", flat=True))
    counts = {cell: count for cell, count in before.items() if cell[0] in levels and not any(now.get(cell, _EMPTY))}
    return save_rooms(actor=actor, school=school, start_year=start_year, counts=counts, seen=None, kind="rooms:copy")


@transaction.atomic
def undo_rooms(*, actor: Actor, school: School, start_year: int, key: int) -> int:
    """Take back one saving, as long as none of its kinds was counted anew since.

    Errors:  NotAllowed; YEAR-02; EDT-01 a kind was changed again; EDT-03 no such saving.
    """
    actor.require(Permission.SCHOOL_EDIT, on=school)
    check_year(start_year)
    SchoolProfile.objects.select_for_update().get(school=school, start_year=start_year)
    event: Event | None = next((one for one in room_edits(school.pk, start_year) if one.pk == key), None)
    if event is None:
        raise CsdlError("Không tìm thấy lần lưu này trong lịch sử.", code="EDT-03")
    now = room_counts(school.pk, start_year)
    before, after = _read(event.data["before"]), _read(event.data["after"])
    again = [
        Overlap(f"{cell[0]}-{cell[1]}", "số phòng", tuple(count), tuple(now.get(cell, _EMPTY)), tuple(before[cell]))
        for cell, count in after.items()
        if now.get(cell, _EMPTY) != count
    ]
    if again:
        raise EditedAgain(again)
    _write(actor, school, start_year, before, after, "rooms:undo")
    return len(before)


def _write(
    actor: Actor,
    school: School,
    start_year: int,
    wanted: Mapping[tuple[str, str], RoomCount],
    before: Mapping[tuple[str, str], RoomCount],
    kind: str,
) -> None:
    SchoolRooms.objects.bulk_create(
        [
            SchoolRooms(
                school=school,
                start_year=start_year,
                level_code=level_code,
                room_code=room_code,
                permanent_count=count.permanent,
                semi_permanent_count=count.semi_permanent,
                temporary_count=count.temporary,
                created_by=actor.account_id,
            )
            for (level_code, room_code), count in wanted.items()
        ],
        update_conflicts=True,
        unique_fields=["school", "start_year", "level_code", "room_code"],
        update_fields=["permanent_count", "semi_permanent_count", "temporary_count"],
    )
    data = {"start_year": start_year, "before": _kept(before), "after": _kept(wanted)}
    record(actor=actor, kind=kind, unit_id=school.pk, data=data)


def _faults(school_id: int, start_year: int, counts: Mapping[tuple[str, str], RoomCount]) -> dict[str, list[str]]:
    levels = set(
        SchoolLevel.objects.filter(school=school_id, start_year=start_year).values_list("level_code", flat=True)
    )
    kinds = room_kinds()
    faults: dict[str, list[str]] = {}
    for (level_code, room_code), count in counts.items():
        if level_code not in levels or level_code not in kinds.get(room_code, ("", []))[1]:
            faults[f"{level_code}-{room_code}-permanent"] = ["Trường không có loại phòng này ở cấp học này."]
        for name, value in zip(RoomCount._fields, count, strict=True):
            if not 0 <= value <= _MOST:
                faults[f"{level_code}-{room_code}-{name}"] = [f"Hãy nhập số phòng từ 0 đến {_MOST}."]
    return faults


def _kept(counts: Mapping[tuple[str, str], RoomCount]) -> list[list[Any]]:
    return [[*cell, *count] for cell, count in counts.items()]


def _read(rows: list[list[Any]]) -> dict[tuple[str, str], RoomCount]:
    return {(level_code, room_code): RoomCount(*numbers) for level_code, room_code, *numbers in rows}
