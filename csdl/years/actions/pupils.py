"""One pupil at a time: a new one admitted, the file and the guardians corrected, a year's outcome decided, an edit
taken back. Moving, leaving and flags are `bulk`'s, also for a single pupil.

Every action takes the enrolment: it is what ties a pupil to a unit or a class, and so to the right of the actor.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q

from csdl.access.queries import visible
from csdl.accounts.actor import Actor
from csdl.accounts.errors import CsdlError, InvalidRecord
from csdl.accounts.models import Account
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.audit.edits import FieldChange, changes_of, save_changes, undo_edit
from csdl.codes import queries as codes
from csdl.codes.fields import check_extra
from csdl.lib import clock
from csdl.lib.persons import Fault
from csdl.lib.vietnamese import fold, squeeze
from csdl.orgs.models import School
from csdl.students.enums import GuardianRelation, IdState
from csdl.students.models import Guardian, Student
from csdl.students.rules import cleaned, guardian_faults, student_faults
from csdl.years.enums import AdmissionKind, Outcome
from csdl.years.errors import YearError
from csdl.years.models import ClassMove, Enrolment, SchoolClass, SchoolYear, YearResult
from csdl.years.rules import allowed_outcomes, check_year_open, regime_of, stay_window

__all__ = [
    "GUARDIAN_FIELDS",
    "STUDENT_FIELDS",
    "Saved",
    "add_guardian",
    "admit_student",
    "change_guardian",
    "change_student",
    "changes_place",
    "decide_result",
    "end_guardian",
    "likely_same",
    "undo_enrolment_edit",
    "undo_student_edit",
]

# What a person may write by hand.
STUDENT_FIELDS = (
    *("full_name", "birth_date", "gender_code", "ethnic_code", "religion_code", "citizen_id_no", "moet_code"),
    *("local_code", "birth_place", "origin_place", "permanent_commune_code", "permanent_address"),
    *("current_commune_code", "current_address", "phone", "email", "policy_code", "is_disabled", "disability_code"),
    "extra",
)
_LONGEST_REASON = 200
_STOPS = {"DM-14", "DM-15"}
# What moving to a class writes, and what leaving does.
_MOVED = {"school_class_id", "first_class_id"}
_LEFT = {"status_code", "status_on", "left_on", "leaving_reason_code", "transfer_destination_code"}
GUARDIAN_FIELDS = ("relation", "full_name", "birth_year", "occupation", "workplace", "phone")


@dataclass(frozen=True)
class Saved:
    """What was written, and what should be looked at again although it was taken."""

    changes: tuple[FieldChange, ...] = ()
    warnings: tuple[str, ...] = ()


@transaction.atomic
def change_student(*, actor: Actor, enrolment: Enrolment, values: Mapping[str, Any], seen: int | None) -> Saved:
    """Correct a pupil's file. `values`: column -> value, `seen` the version of the file when the form was opened.

    Errors:  NotAllowed; YEAR-02; REC-01 with every fault by field; EDT-01 where a colleague changed the same field.
    """
    _check(actor, Permission.STUDENT_EDIT, enrolment)
    student = enrolment.student
    wanted = cleaned({name: values[name] for name in STUDENT_FIELDS if name in values})
    # An identity number that was checked against the national database is not typed over at a desk.
    if student.id_state == IdState.VERIFIED and wanted.get("citizen_id_no", "") != student.citizen_id_no:
        wanted.pop("citizen_id_no", None)
    changed = {name: value for name, value in wanted.items() if getattr(student, name) != value}
    record_now = {name: getattr(student, name) for name in STUDENT_FIELDS} | changed
    faults = student_faults(record_now, written=changed, today=clock.today(), provinces=_provinces())
    warnings = _refuse_or_warn([*faults, *_extra_faults(student.extra, changed.get("extra"))])
    if "citizen_id_no" in changed:
        changed["id_state"] = IdState.CLAIMED if changed["citizen_id_no"] else IdState.MISSING
    # Unchanged fields go along: `save_changes` compares with what the form showed, not with what stands there now.
    changes = save_changes(student, wanted | changed, seen=seen)
    _say(actor, "student:change", enrolment, changes)
    return Saved(tuple(changes), warnings)


@transaction.atomic
def change_guardian(
    *, actor: Actor, enrolment: Enrolment, guardian: Guardian, values: Mapping[str, Any], seen: int | None
) -> Saved:
    """Correct a guardian of a pupil. Errors as `change_student`."""
    _check(actor, Permission.STUDENT_EDIT, enrolment)
    if guardian.student_id != enrolment.student_id:
        raise LookupError("the guardian is another pupil's")
    if guardian.ended_on is not None:
        raise InvalidRecord({"guardian": [f"Đã thôi ghi {guardian.full_name} từ {guardian.ended_on:%d/%m/%Y}."]})
    wanted = cleaned({name: values[name] for name in GUARDIAN_FIELDS if name in values})
    changed = {name: value for name, value in wanted.items() if getattr(guardian, name) != value}
    record_now = {name: getattr(guardian, name) for name in GUARDIAN_FIELDS} | changed
    faults = guardian_faults(record_now, written=changed, today=clock.today())
    if "relation" in changed:
        faults += _relation_faults(enrolment.student, changed["relation"])
    warnings = _refuse_or_warn(faults)
    changes = save_changes(guardian, wanted, seen=seen)
    _say(actor, "guardian:change", enrolment, changes)
    return Saved(tuple(changes), warnings)


@transaction.atomic
def end_guardian(*, actor: Actor, enrolment: Enrolment, guardian: Guardian, reason: str) -> Guardian:
    """Say that a guardian no longer is one, or never was: lists and files leave the record out, history keeps it.

    Errors:  NotAllowed; YEAR-02; REC-01 no reason given, or it has ended already.
    """
    _check(actor, Permission.STUDENT_EDIT, enrolment)
    if guardian.student_id != enrolment.student_id:
        raise LookupError("the guardian is another pupil's")
    said = squeeze(reason)
    faults: dict[str, list[str]] = {}
    if not said:
        faults["reason"] = ["Hãy ghi lý do, ví dụ ghi nhầm người."]
    elif len(said) > _LONGEST_REASON:
        faults["reason"] = [f"Dài nhất {_LONGEST_REASON} ký tự."]
    if guardian.ended_on is not None:
        faults["guardian"] = [f"Đã thôi ghi {guardian.full_name} từ {guardian.ended_on:%d/%m/%Y}."]
    if faults:
        raise InvalidRecord(faults)
    changes = save_changes(guardian, {"ended_on": clock.today(), "end_reason": said}, seen=None)
    _say(actor, "guardian:end", enrolment, changes)
    return guardian


@transaction.atomic
def add_guardian(*, actor: Actor, enrolment: Enrolment, values: Mapping[str, Any]) -> Saved:
    """Write down a father, a mother or a guardian. Errors as `change_student`."""
    _check(actor, Permission.STUDENT_EDIT, enrolment)
    wanted = cleaned({name: values.get(name) for name in GUARDIAN_FIELDS})
    faults = guardian_faults(wanted, written=GUARDIAN_FIELDS, today=clock.today())
    faults += _relation_faults(enrolment.student, wanted["relation"])
    warnings = _refuse_or_warn(faults)
    made = {name: value if value is not None or name == "birth_year" else "" for name, value in wanted.items()}
    Guardian.objects.create(student=enrolment.student, created_by=actor.account_id, **made)
    record(actor=actor, kind="guardian:add", unit_id=enrolment.school_id, data={"enrolment": str(enrolment.public_id)})
    return Saved(warnings=warnings)


@transaction.atomic
def admit_student(
    *,
    actor: Actor,
    school: School,
    year: SchoolYear,
    values: Mapping[str, Any],
    school_class: SchoolClass | None,
    grade_code: str,
    enrolled_on: dt.date | None,
    admission_kind: str,
    guardian: Mapping[str, Any] | None = None,
) -> tuple[Enrolment, Saved]:
    """Write down a pupil who is not yet in the records, and enrol him or her at the school, in a class or not yet.

    Shapes:  `guardian` as `add_guardian` takes it, or None.
    Errors:  NotAllowed; YEAR-02; REC-01 with every fault by field (the guardian's as "guardian_…").
    """
    actor.require(Permission.STUDENT_ENROL, on=school)
    check_year_open(SchoolYear.objects.get(pk=year.pk))
    today = clock.today()
    wanted = cleaned({name: values[name] for name in STUDENT_FIELDS if name in values})
    faults = student_faults(wanted, written=STUDENT_FIELDS, today=today, provinces=_provinces())
    first, last = stay_window(year)
    if enrolled_on is None or not first <= enrolled_on <= last:
        faults.append(("enrolled_on", Fault("EN-01", f"Ngày vào phải từ {first:%d/%m/%Y} đến {last:%d/%m/%Y}.")))
    if school_class and (school_class.school_id, school_class.start_year) != (school.pk, year.start_year):
        faults.append(("school_class", Fault("EN-02", "Lớp không thuộc trường này trong năm học đang chọn.")))
    if school_class is None and grade_code not in codes.grades():
        faults.append(("grade_code", Fault("EN-03", "Chưa xếp lớp thì hãy chọn khối.")))
    if admission_kind not in AdmissionKind.values:
        faults.append(("admission_kind", Fault("EN-04", "Hãy chọn hình thức vào trường.")))
    kin = cleaned({name: guardian.get(name) for name in GUARDIAN_FIELDS}) if guardian else None
    if kin:
        found = guardian_faults(kin, written=GUARDIAN_FIELDS, today=today)
        faults += [(f"guardian_{name}", fault) for name, fault in found]
    warnings = _refuse_or_warn(faults)
    assert enrolled_on is not None
    student = Student.objects.create(
        **{name: value for name, value in wanted.items() if value is not None},
        id_state=IdState.CLAIMED if wanted.get("citizen_id_no") else IdState.MISSING,
        created_by=actor.account_id,
    )
    enrolment = Enrolment.objects.create(
        start_year=year.start_year,
        student=student,
        school=school,
        grade_code=school_class.grade_code if school_class else grade_code,
        school_class=school_class,
        first_class=school_class,
        enrolled_on=enrolled_on,
        admission_kind=admission_kind,
        created_by=actor.account_id,
    )
    if kin:
        made = {name: value if value is not None or name == "birth_year" else "" for name, value in kin.items()}
        Guardian.objects.create(student=student, created_by=actor.account_id, **made)
    enrolment.refresh_from_db()
    record(actor=actor, kind="student:admit", unit_id=school.pk, data={"enrolment": str(enrolment.public_id)})
    return enrolment, Saved(warnings=warnings)


def likely_same(
    actor: Actor, *, school: School, year: SchoolYear, full_name: str, birth_date: dt.date | None, citizen_id_no: str
) -> list[Enrolment]:
    """Pupils of the school's year who are probably the one about to be written down: by number, or name and birth."""
    rows = visible(
        Enrolment.objects.filter(school=school, start_year=year.start_year), actor, Permission.STUDENT_READ
    ).select_related("student", "school_class")
    same = (
        rows.filter(student__search_key=fold(full_name), student__birth_date=birth_date) if birth_date else rows.none()
    )
    if citizen_id_no:
        same = same.union(rows.filter(student__citizen_id_no=citizen_id_no))
    return list(same[:5])


@transaction.atomic
def decide_result(
    *, actor: Actor, enrolment: Enrolment, outcome: str, note: str = "", seen: int | None = None
) -> YearResult:
    """Decide what the year says about a pupil: a new row that holds from now on, the one before stays beneath it.

    `seen` is the key of the result that the form showed (0: none).
    Errors:  NotAllowed; YEAR-02; REC-01 an outcome that the grade does not know, or somebody decided since.
    """
    _check(actor, Permission.RESULT_DECIDE, enrolment)
    grade = codes.grades()[enrolment.grade_code]
    if outcome not in allowed_outcomes(grade):
        raise InvalidRecord({"outcome": ["Hãy chọn một kết quả áp dụng cho khối lớp của học sinh."]})
    held = YearResult.objects.filter(start_year=enrolment.start_year, enrolment=enrolment, is_current=True)
    before = held.select_for_update().first()
    if seen is not None and seen != (before.pk if before else 0):
        said = before.get_outcome_display() if before else "chưa có"
        who = before.decided_by if before else None
        name = Account.objects.filter(pk=who).values_list("full_name", flat=True).first() if who else ""
        by = "chính bạn (ở trang khác)" if who and who == actor.account_id else name or "người khác"
        on = f" ngày {before.decided_on:%d/%m/%Y}" if before and before.decided_on else ""
        told = f"Sau khi trang này được mở, {by} đã quyết định{on}: {said}."
        raise InvalidRecord({"outcome": [f"{told} Hãy xem lại rồi lưu lần nữa."]})
    held.update(is_current=False)
    made = YearResult.objects.create(
        start_year=enrolment.start_year,
        enrolment=enrolment,
        outcome=outcome,
        regime=before.regime if before else regime_of(grade.level_code, grade.number, enrolment.start_year),
        learning_level=before.learning_level if before else "",
        training_level=before.training_level if before else "",
        absence_count=before.absence_count if before else None,
        note=note,
        decided_by=actor.account_id,
        decided_on=clock.today(),
    )
    data = {
        "enrolment": str(enrolment.public_id),
        "old": before.outcome if before else "",
        "new": Outcome(outcome).value,
    }
    record(actor=actor, kind="result:decide", unit_id=enrolment.school_id, data=data)
    return made


@transaction.atomic
def undo_student_edit(*, actor: Actor, enrolment: Enrolment, row: Student | Guardian, key: int) -> list[FieldChange]:
    """Take back one edit of a pupil's file or of a guardian's record.

    Errors:  NotAllowed; YEAR-02; EDT-01 the field was changed again; EDT-03 no such edit; REC-01 there is another
             father or mother by now.
    """
    _check(actor, Permission.STUDENT_EDIT, enrolment)
    if (row.pk if isinstance(row, Student) else row.student_id) != enrolment.student_id:
        raise LookupError("the record is another pupil's")
    if isinstance(row, Guardian) and row.ended_on is not None:
        # The place of a father or mother may have been filled since.
        _refuse_or_warn(_relation_faults(enrolment.student, row.relation))
    changes = undo_edit(row, key)
    _say(actor, "student:undo_edit", enrolment, changes)
    return changes


def changes_place(names: Collection[str]) -> bool:
    """Whether an edit of an enrolment, by the fields it changed, moved the pupil or let the pupil leave."""
    return bool(names) and (set(names) <= _MOVED or (set(names) <= _LEFT and "left_on" in names))


@transaction.atomic
def undo_enrolment_edit(*, actor: Actor, enrolment: Enrolment, key: int) -> list[FieldChange]:
    """Take back a move to a class or a leaving, for this pupil alone, however many went along.

    Errors:  NotAllowed; YEAR-02; EDT-01 moved or left again since; EDT-03 no such edit, or one of another kind; YEAR-05
             the pupil is enrolled elsewhere by now.
    """
    _check(actor, Permission.STUDENT_ENROL, enrolment)
    # One after the other: the edit is judged by the row that it is taken back from.
    current = Enrolment.objects.select_for_update().get(pk=enrolment.pk, start_year=enrolment.start_year)
    edit = next((one for one in changes_of(current) if one.key == key), None)
    if edit is None or not changes_place([change.name for change in edit.changes]):
        raise CsdlError("Không tìm thấy lần chuyển lớp, rời trường này trong lịch sử của hồ sơ.", code="EDT-03")
    if any(change.name == "left_on" for change in edit.changes):
        _check_not_elsewhere(current)
    changes = undo_edit(current, key)
    for change in changes:
        if change.name == "school_class_id" and change.new:
            moves = ClassMove.objects.filter(start_year=current.start_year, enrolment=current, to_class=change.old)
            moves.filter(pk__in=moves.order_by("-pk").values("pk")[:1]).delete()
    _say(actor, "enrolment:undo_edit", current, changes)
    return changes


def _check_not_elsewhere(enrolment: Enrolment) -> None:
    later = Enrolment.objects.filter(
        Q(start_year=enrolment.start_year, enrolled_on__gte=enrolment.left_on)
        | Q(start_year=enrolment.start_year + 1, enrolled_on__isnull=False),
        student=enrolment.student_id,
    ).exclude(pk=enrolment.pk)
    if found := later.select_related("school__unit").order_by("start_year", "enrolled_on").first():
        name = found.student.full_name
        raise YearError(
            f"Không hoàn tác được: {name} đã vào {found.school.unit.name} từ {found.enrolled_on:%d/%m/%Y}, "
            f"năm học {found.start_year}-{found.start_year + 1}. Hãy xử lý hồ sơ ấy trước.",
            code="YEAR-05",
        )


def _check(actor: Actor, permission: Permission, enrolment: Enrolment) -> None:
    actor.require(permission, on=enrolment)
    check_year_open(SchoolYear.objects.get(pk=enrolment.start_year))


def _refuse_or_warn(faults: Iterable[tuple[str, Fault]]) -> tuple[str, ...]:
    """Raise every error at once; what only warns is handed back. A number or address typed a moment ago is mended
    a moment later: what an import only warns of stops a form."""
    fields: dict[str, list[str]] = {}
    warnings = []
    for name, fault in faults:
        if fault.is_error or fault.code in _STOPS:
            fields.setdefault(name, []).append(fault.message)
        else:
            warnings.append(fault.message)
    if fields:
        raise InvalidRecord(fields)
    return tuple(warnings)


def _relation_faults(student: Student, relation: str) -> list[tuple[str, Fault]]:
    standing = Guardian.objects.filter(student=student, relation=relation, ended_on__isnull=True)
    taken = standing.exclude(relation=GuardianRelation.GUARDIAN)
    if taken.exists():
        label = GuardianRelation(relation).label.lower()
        return [("relation", Fault("GU-02", f"Hồ sơ đã có {label}. Hãy sửa dòng ấy thay vì thêm mới."))]
    return []


def _extra_faults(before: Mapping[str, Any], said: Mapping[str, Any] | None) -> list[tuple[str, Fault]]:
    """Only what is new is asked about: old words of an imported file may stay."""
    new = {name: value for name, value in (said or {}).items() if before.get(name) != value}
    return [("extra", Fault("DM-00", text)) for text in check_extra("student", new)]


def _provinces() -> set[str]:
    return set(codes.labels("citizen_id_province")["citizen_id_province"])


def _say(actor: Actor, kind: str, enrolment: Enrolment, changes: Iterable[FieldChange]) -> None:
    """In the log stands which fields were changed; their values stand in the row's own history."""
    names = [change.name for change in changes]
    if names:
        data = {"enrolment": str(enrolment.public_id), "fields": names}
        record(actor=actor, kind=kind, unit_id=enrolment.school_id, data=data)
