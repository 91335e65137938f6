"""Acts on many pupils of a school at once: planned with the exceptions by name, done as one, taken back as one.

The plan and the act read the same rows by the same rules; the plan's seal says whether the rows are still as they were
shown. What the rows were before stands in the event of the act, from which the undo puts them back.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.db.models import QuerySet

from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.audit.bulk import (
    BULK_LIMIT,
    BulkError,
    BulkPlan,
    alike,
    as_logged,
    check_seal,
    planned,
    refuse_edited,
    undone_by,
)
from csdl.audit.edits import edited_since, newest_edit
from csdl.audit.models import Event
from csdl.codes import queries as codes
from csdl.lib import sql
from csdl.orgs.models import School
from csdl.students.models import Student
from csdl.years.models import ClassGrade, ClassMove, Enrolment, SchoolClass, SchoolYear
from csdl.years.rules import LeavingKind, check_year_open, leaving_status, stay_window

__all__ = [
    "PERMISSIONS",
    "BulkChange",
    "BulkKind",
    "change_in_bulk",
    "plan_bulk",
    "undo_bulk",
]


class BulkKind(models.TextChoices):
    MOVE = "move", "Chuyển lớp"
    LEAVE = "leave", "Chuyển đi, thôi học"
    CONFIRM = "confirm", "Đã xác nhận diện chính sách, hỗ trợ"
    ASK = "ask", "Cần xác nhận lại diện chính sách, hỗ trợ"
    SET = "set", "Thuộc diện chính sách"
    CLEAR = "clear", "Không còn thuộc diện chính sách"


PERMISSIONS = {
    BulkKind.MOVE: Permission.STUDENT_ENROL,
    BulkKind.LEAVE: Permission.STUDENT_ENROL,
    BulkKind.CONFIRM: Permission.STUDENT_EDIT,
    BulkKind.ASK: Permission.STUDENT_EDIT,
    BulkKind.SET: Permission.STUDENT_EDIT,
    BulkKind.CLEAR: Permission.STUDENT_EDIT,
}
# What each kind writes, and so what an undo puts back.
_WRITES: dict[BulkKind, tuple[str, ...]] = {
    BulkKind.MOVE: ("school_class_id", "first_class_id"),
    BulkKind.LEAVE: ("status_code", "status_on", "left_on", "leaving_reason_code", "transfer_destination_code"),
    BulkKind.CONFIRM: ("needs_confirmation",),
    BulkKind.ASK: ("needs_confirmation",),
    BulkKind.SET: ("needs_confirmation", "student__policy_code"),
    BulkKind.CLEAR: ("needs_confirmation", "student__policy_code"),
}


@dataclass(frozen=True)
class BulkChange:
    """What is to be done to each of the pupils. `on`: the day of the move, or the first day no longer here."""

    kind: BulkKind
    to_class: SchoolClass | None = None
    on: dt.date | None = None
    leaving: LeavingKind | None = None
    reason_code: str = ""
    destination_code: str = ""
    policy_code: str = ""


def plan_bulk(
    *, actor: Actor, school: School, year: SchoolYear, rows: QuerySet[Enrolment], change: BulkChange
) -> BulkPlan[BulkChange]:
    """Say what a change would do to pupils of a school, without writing.

    Shapes:  `rows` are enrolments of that school and year, as the list's filters or the ticks found them.
    Errors:  NotAllowed; YEAR-02 the year takes no write; BLK-01 with every fault of the change itself.
    """
    actor.require(PERMISSIONS[change.kind], on=school)
    check_year_open(year)
    if faults := _faults(school, year, change):
        raise BulkError("Hãy sửa các nội dung sau rồi xem trước lại.", problems=faults)
    rows = rows.filter(school_id=school.pk, start_year=year.start_year)
    fields = ("pk", "student_id", "student__full_name", "school_class__name", "grade_code", "enrolled_on", "left_on")
    found = list(
        rows.order_by("student__sort_key", "pk").values(*fields, *_all_writes(), "school_class_id")[: BULK_LIMIT + 1]
    )
    return planned(
        change,
        _said(change),
        found,
        _judge(year, change, [row["student_id"] for row in found]),
        name="student__full_name",
        beside="school_class__name",
        part=lambda row: row["school_class__name"] or "chưa xếp lớp",
        noun="học sinh",
    )


@transaction.atomic
def change_in_bulk(
    *,
    actor: Actor,
    school: School,
    year: SchoolYear,
    rows: QuerySet[Enrolment],
    change: BulkChange,
    seal: str,
) -> Event:
    """Do what a plan showed, to all of its pupils or to none; the event of it is what an undo starts from.

    Errors:  as `plan_bulk`; BLK-02 where a pupil was changed since the plan; nothing is written then.
    """
    year = SchoolYear.objects.get(pk=year.pk)
    narrowed = rows.filter(school_id=school.pk, start_year=year.start_year)
    keys = list(narrowed.values_list("pk", flat=True))
    # Locked in the order of keys before they are read again: two bulk acts wait for each other, they do not cross.
    held = Enrolment.objects.filter(start_year=year.start_year, pk__in=keys).order_by("pk")
    list(held.select_for_update().values_list("pk", flat=True))
    plan = plan_bulk(actor=actor, school=school, year=year, rows=rows, change=change)
    check_seal(plan, seal, noun="học sinh")
    writes = _WRITES[change.kind]
    here = Enrolment.objects.filter(start_year=year.start_year, pk__in=plan.ids)
    before = as_logged(here.order_by("pk").values_list("pk", *writes))
    _write(actor, year, change, here, plan.ids)
    said: dict[str, Any] = {
        "start_year": year.start_year,
        "kind": change.kind.value,
        **_said(change),
        "count": len(plan.ids),
        "before": before,
        "version": newest_edit(Enrolment, plan.ids),
    }
    if change.kind in (BulkKind.SET, BulkKind.CLEAR):
        said["student_version"] = newest_edit(Student, _students_of(here))
    return record(actor=actor, kind=f"enrolment:bulk_{change.kind.value}", unit_id=school.pk, data=said)


@transaction.atomic
def undo_bulk(*, actor: Actor, school: School, event: Event) -> int:
    """Put back every pupil of a bulk act as it was before, as long as none of them was changed since.

    Errors:  NotAllowed; YEAR-02; BLK-03 with the names of those who were changed since, or when it is undone already.
    """
    if event.unit_id != school.pk or "before" not in event.data:
        raise BulkError("Việc này không hoàn tác được ở đây.", code="BLK-03")
    kind = BulkKind(event.data["kind"])
    actor.require(PERMISSIONS[kind], on=school)
    start_year = int(event.data["start_year"])
    year = SchoolYear.objects.get(pk=start_year)
    check_year_open(year)
    ids = [row[0] for row in event.data["before"]]
    here = Enrolment.objects.filter(start_year=start_year, pk__in=ids)
    list(here.order_by("pk").select_for_update().values_list("pk", flat=True))
    if undone_by(event):
        raise BulkError("Việc này đã được hoàn tác rồi.", code="BLK-03")
    refuse_edited(_changed_since(event, here, ids), who="học sinh", each="em")
    _put_back(kind, start_year, event)
    if kind == BulkKind.MOVE:
        moved = ClassMove.objects.filter(
            start_year=start_year, to_class=event.data["to_class"], moved_on=event.data["on"]
        )
        movers = [key for key, class_id, *_ in event.data["before"] if class_id]
        moved.filter(pk__in=_newest_moves(start_year, movers)).delete()
    record(
        actor=actor,
        kind="enrolment:bulk_undo",
        unit_id=school.pk,
        data={"of": event.pk, "kind": kind.value, "count": len(ids), "start_year": start_year},
    )
    return len(ids)


def _faults(school: School, year: SchoolYear, change: BulkChange) -> list[str]:
    found = []
    if change.kind == BulkKind.MOVE:
        to = change.to_class
        if to is None or to.school_id != school.pk or to.start_year != year.start_year:
            found.append("Hãy chọn lớp chuyển đến của trường trong năm học này.")
    if change.kind == BulkKind.LEAVE and change.leaving is None:
        found.append("Hãy chọn chuyển đi hay thôi học.")
    if change.kind == BulkKind.SET and change.policy_code not in codes.labels("policy_category")["policy_category"]:
        found.append("Hãy chọn diện chính sách có trong danh mục.")
    if change.kind in (BulkKind.MOVE, BulkKind.LEAVE):
        first, last = stay_window(year)
        if change.on is None or not first <= change.on <= last:
            found.append(f"Ngày phải trong khoảng {first:%d/%m/%Y} – {last:%d/%m/%Y} của năm học {year.name}.")
    return found


def _judge(year: SchoolYear, change: BulkChange, student_ids: list[int]) -> Callable[[Mapping[str, Any]], str | None]:
    """Why a row stays as is: None it does not, "" it is so already, else a reason for people."""
    if change.kind == BulkKind.MOVE:
        assert change.to_class is not None
        assert change.on is not None
        to, on = change.to_class, change.on
        grades = set(ClassGrade.objects.filter(school_class=to).values_list("grade_code", flat=True))

        def move(row: Mapping[str, Any]) -> str | None:
            if row["school_class_id"] == to.pk:
                return ""
            if row["left_on"]:
                return f"đã rời trường từ {row['left_on']:%d/%m/%Y}"
            if row["grade_code"] not in grades:
                return f"khác khối với lớp {to.name}"
            if on < row["enrolled_on"]:
                return f"vào trường ngày {row['enrolled_on']:%d/%m/%Y}, sau ngày chuyển lớp"
            return None

        return move
    if change.kind == BulkKind.LEAVE:
        assert change.on is not None
        day = change.on
        ahead = set(
            Enrolment.objects.filter(start_year=year.start_year + 1, student__in=student_ids).values_list(
                "student_id", flat=True
            )
        )

        def leave(row: Mapping[str, Any]) -> str | None:
            if row["left_on"]:
                return f"đã rời trường từ {row['left_on']:%d/%m/%Y}"
            if day < row["enrolled_on"]:
                return f"vào trường ngày {row['enrolled_on']:%d/%m/%Y}, sau ngày rời trường"
            if row["student_id"] in ahead:
                return "đã có hồ sơ năm học sau; hãy hoàn tác kết chuyển của em này trước"
            return None

        return leave
    if change.kind == BulkKind.CLEAR:
        return lambda row: None if row["student__policy_code"] or row["needs_confirmation"] else ""
    if change.kind == BulkKind.SET:
        return lambda row: (
            None if row["student__policy_code"] != change.policy_code or row["needs_confirmation"] else ""
        )
    asked = change.kind == BulkKind.ASK
    return lambda row: None if row["needs_confirmation"] != asked else ""


def _write(actor: Actor, year: SchoolYear, change: BulkChange, here: QuerySet[Enrolment], ids: tuple[int, ...]) -> None:
    match change.kind:
        case BulkKind.MOVE:
            assert change.to_class is not None
            sql.execute(
                "csdl.years",
                "30_move_pupils",
                start_year=year.start_year,
                enrolment_ids=list(ids),
                to_class=change.to_class.pk,
                moved_on=change.on,
                account_id=actor.account_id,
            )
        case BulkKind.LEAVE:
            assert change.on is not None
            assert change.leaving is not None
            here.update(
                status_code=leaving_status(change.leaving, on=change.on, year=year),
                status_on=change.on,
                left_on=change.on,
                leaving_reason_code=change.reason_code if change.leaving == LeavingKind.DROPOUT else "",
                transfer_destination_code=change.destination_code if change.leaving == LeavingKind.TRANSFER else "",
            )
        case BulkKind.SET | BulkKind.CLEAR:
            code = change.policy_code if change.kind == BulkKind.SET else ""
            Student.objects.filter(pk__in=_students_of(here)).exclude(policy_code=code).update(policy_code=code)
            here.filter(needs_confirmation=True).update(needs_confirmation=False)
        case _:
            here.update(needs_confirmation=change.kind == BulkKind.ASK)


def _put_back(kind: BulkKind, start_year: int, event: Event) -> None:
    """One statement for each set of old values: few, however many pupils."""
    writes = _WRITES[kind]
    for values, keys in alike(event.data["before"]).items():
        old = dict(zip(writes, values, strict=True))
        policy_code = old.pop("student__policy_code", None)
        here = Enrolment.objects.filter(start_year=start_year, pk__in=keys)
        here.update(**old)
        if policy_code is not None:
            students = Student.objects.filter(pk__in=_students_of(here))
            students.exclude(policy_code=policy_code).update(policy_code=policy_code)


def _changed_since(event: Event, here: QuerySet[Enrolment], ids: list[int]) -> list[str]:
    changed = edited_since(Enrolment, ids, event.data["version"])
    rows = dict(here.values_list("pk", "student_id"))
    changed |= set(ids) - set(rows)
    students: set[int] = {rows[key] for key in changed if key in rows}
    if version := event.data.get("student_version"):
        students |= edited_since(Student, rows.values(), version)
    names = list(Student.objects.filter(pk__in=students).order_by("sort_key").values_list("full_name", flat=True))
    gone = len(set(ids) - set(rows))
    return names + ([f"{gone} hồ sơ không còn trong năm học"] if gone else [])


def _newest_moves(start_year: int, ids: list[int]) -> list[int]:
    rows = ClassMove.objects.filter(start_year=start_year, enrolment__in=ids).order_by("enrolment_id", "-pk")
    return list(rows.distinct("enrolment_id").values_list("pk", flat=True))


def _students_of(here: QuerySet[Enrolment]) -> list[int]:
    return list(here.values_list("student_id", flat=True))


def _all_writes() -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            name for names in _WRITES.values() for name in names if name != "school_class_id" and name != "left_on"
        )
    )


def _said(change: BulkChange) -> dict[str, Any]:
    """The change as the log keeps it."""
    return {
        "to_class": change.to_class.pk if change.to_class else None,
        "to_class_name": change.to_class.name if change.to_class else "",
        "on": change.on.isoformat() if change.on else None,
        "leaving": change.leaving.value if change.leaving else "",
        "reason": change.reason_code,
        "destination": change.destination_code,
        "policy": change.policy_code,
    }
