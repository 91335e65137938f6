"""Classes of a school's year: opened, changed, and taken away while nothing hangs on them."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q

from csdl.accounts.actor import Actor
from csdl.accounts.errors import CsdlError, InvalidRecord
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.audit.edits import FieldChange, save_changes
from csdl.codes import queries as codes
from csdl.lib.vietnamese import fold, squeeze
from csdl.orgs.models import School, SchoolLevel, SchoolSite
from csdl.years.class_ties import tied_to_classes
from csdl.years.models import (
    ClassMove,
    ClassScope,
    Enrolment,
    HomeroomAssignment,
    SchoolClass,
    SchoolYear,
    TeachingAssignment,
)
from csdl.years.rules import check_year_open

__all__ = ["CLASS_FIELDS", "change_class", "create_class", "remove_class"]

# What a person may write by hand; the grade stays: pupils, subjects and moves hang on it.
CLASS_FIELDS = (
    *("name", "site_id", "age_group_code", "session_code", "sessions_per_week_code", "fl1_code", "fl2_code"),
    *("is_semi_boarding", "is_combined", "is_special", "is_gifted", "gifted_stream_code"),
)
_PRESCHOOL = "01"


@transaction.atomic
def create_class(
    *, actor: Actor, school: School, year: SchoolYear, grade_code: str, values: Mapping[str, Any]
) -> SchoolClass:
    """Open a class. Shapes: `values` column -> value, of CLASS_FIELDS.

    Errors:  NotAllowed; YEAR-02; REC-01 with every fault by field.
    """
    actor.require(Permission.CLASS_EDIT, on=school)
    check_year_open(SchoolYear.objects.get(pk=year.pk))
    faults: dict[str, list[str]] = {}
    grade = codes.grades().get(grade_code)
    levels = SchoolLevel.objects.filter(school=school, start_year=year.start_year)
    if grade is None:
        faults["grade_code"] = ["Hãy chọn khối."]
    elif not levels.filter(level_code=grade.level_code).exists():
        faults["grade_code"] = [f"Trường không dạy cấp học của {grade.name_vi.lower()} trong năm học {year.name}."]
    made = _cleaned(values)
    faults |= _faults(school.pk, year.start_year, made, grade_code)
    if faults or grade is None:
        raise InvalidRecord(faults)
    row = SchoolClass.objects.create(
        school=school,
        start_year=year.start_year,
        grade_code=grade_code,
        level_code=grade.level_code,
        created_by=actor.account_id,
        **made,
    )
    row.refresh_from_db()
    record(actor=actor, kind="class:create", unit_id=school.pk, data={"class": str(row.public_id), "name": row.name})
    return row


@transaction.atomic
def change_class(
    *, actor: Actor, school_class: SchoolClass, values: Mapping[str, Any], seen: int | None
) -> list[FieldChange]:
    """Change a class, all but its grade. Errors as `create_class`, and EDT-01 a colleague changed the same field."""
    actor.require(Permission.CLASS_EDIT, on=school_class)
    check_year_open(SchoolYear.objects.get(pk=school_class.start_year))
    made = _cleaned(values)
    faults = _faults(
        school_class.school_id, school_class.start_year, made, school_class.grade_code, but=school_class.pk
    )
    if faults:
        raise InvalidRecord(faults)
    changes = save_changes(school_class, made, seen=seen)
    if changes:
        data = {"class": str(school_class.public_id), "fields": [change.name for change in changes]}
        record(actor=actor, kind="class:change", unit_id=school_class.school_id, data=data)
    return changes


@transaction.atomic
def remove_class(*, actor: Actor, school_class: SchoolClass) -> None:
    """Take away a class that was opened by mistake: nobody is or was in it, nothing is assigned to it.

    Errors:  NotAllowed; YEAR-02; CLS-01 with what hangs on the class.
    """
    actor.require(Permission.CLASS_EDIT, on=school_class)
    check_year_open(SchoolYear.objects.get(pk=school_class.start_year))
    year, key = school_class.start_year, school_class.pk
    hanging = [
        (Enrolment.objects.filter(Q(school_class=key) | Q(first_class=key), start_year=year).count(), "học sinh"),
        (ClassMove.objects.filter(Q(from_class=key) | Q(to_class=key), start_year=year).count(), "lần chuyển lớp"),
        (HomeroomAssignment.objects.filter(school_class=key).count(), "phân công chủ nhiệm"),
        (TeachingAssignment.objects.filter(school_class=key).count(), "phân công giảng dạy"),
        (SchoolClass.objects.filter(lineage=key).count(), "lớp năm sau"),
        (ClassScope.objects.filter(school_class=key).count(), "phân quyền theo lớp"),
    ]
    found = [f"còn {count} {what}" for count, what in hanging if count]
    if found := found + list(tied_to_classes([key]).get(key, ())):
        raise CsdlError(
            f"Lớp {school_class.name} không bỏ được: {', '.join(found)}. Hãy chuyển các mục này trước.", code="CLS-01"
        )
    data = {"class": str(school_class.public_id), "name": school_class.name}
    record(actor=actor, kind="class:remove", unit_id=school_class.school_id, data=data)
    school_class.delete()


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    made = {name: values[name] for name in CLASS_FIELDS if name in values}
    return {name: squeeze(value) if isinstance(value, str) else value for name, value in made.items()}


def _faults(
    school_id: int, start_year: int, made: Mapping[str, Any], grade_code: str, *, but: int | None = None
) -> dict[str, list[str]]:
    faults: dict[str, list[str]] = {}
    name = made.get("name", "")
    if "name" in made:
        others = SchoolClass.objects.filter(school_id=school_id, start_year=start_year).exclude(pk=but or 0)
        if not name:
            faults["name"] = ["Hãy nhập tên lớp, ví dụ 6A1."]
        elif len(name) > 60:
            faults["name"] = ["Tên lớp dài nhất 60 ký tự."]
        elif fold(name) in {fold(other) for other in others.values_list("name", flat=True)}:
            faults["name"] = [f"Trường đã có lớp {name} trong năm học này. Hãy đặt tên khác."]
    site = made.get("site_id")
    sites = SchoolSite.objects.filter(school_id=school_id, start_year=start_year, closed_on__isnull=True)
    if site and not sites.filter(pk=site).exists():
        faults["site_id"] = ["Điểm trường không thuộc trường này hoặc đã ngừng hoạt động."]
    grade = codes.grades().get(grade_code)
    if "age_group_code" in made and grade and grade.level_code == _PRESCHOOL and not made["age_group_code"]:
        faults["age_group_code"] = ["Nhóm, lớp mầm non phải có nhóm tuổi."]
    if made.get("is_gifted") and not made.get("gifted_stream_code"):
        faults["gifted_stream_code"] = ["Lớp chuyên phải có hệ chuyên."]
    return faults
