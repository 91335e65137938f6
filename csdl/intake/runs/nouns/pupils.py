"""Pupils with their guardians: matched within the school, enrolled in the run's year, moved between classes."""

import datetime as dt
from collections.abc import Mapping
from functools import cache
from typing import Any

from csdl.accounts.permissions import Permission
from csdl.codes import queries as codes
from csdl.intake.problems import ProblemKind
from csdl.intake.runs.noun import Finding, Judge, Noun, weight
from csdl.lib import clock
from csdl.lib.persons import (
    FOREIGN,
    Fault,
    citizen_id_faults,
    email_faults,
    ministry_code_faults,
    phone_faults,
)
from csdl.students.enums import GuardianRelation
from csdl.students.rules import guardian_faults, student_faults

__all__ = ["PUPILS"]

_RELATIONS = tuple(relation.value for relation in GuardianRelation)
_KIN = tuple((f"{key}_full_name", f"{key}_birth_year", f"{key}_phone") for key in _RELATIONS)


def _judge() -> Judge:
    """Values that many rows share are judged once; those that only one row has, by themselves."""
    today = clock.today()
    provinces = set(codes.labels("citizen_id_province")["citizen_id_province"])
    day = cache(dt.date.fromisoformat)

    def of(record: Mapping[str, Any], written: str) -> tuple[tuple[str, Fault], ...]:
        return tuple(student_faults(record, written=(written,), today=today, provinces=provinces))

    @cache
    def of_name(full_name: str, ethnic_code: str) -> tuple[tuple[str, Fault], ...]:
        return of({"full_name": full_name, "ethnic_code": ethnic_code}, "full_name")

    @cache
    def of_birth(born: str) -> tuple[tuple[str, Fault], ...]:
        return of({"birth_date": day(born) if born else None}, "birth_date")

    @cache
    def of_rest(gender_code: str, is_disabled: bool, disability_code: str) -> tuple[tuple[str, Fault], ...]:
        record = {"gender_code": gender_code, "is_disabled": is_disabled, "disability_code": disability_code}
        return of(record, "gender_code") + of(record, "disability_code")

    @cache
    def of_kin(column: str, value: str | int) -> tuple[tuple[str, Fault], ...]:
        record = {"relation": GuardianRelation.FATHER.value, column: value}
        return tuple(guardian_faults(record, written=(column,), today=today))

    def judge(values: Mapping[str, Any]) -> list[Finding]:
        said = values.get
        born, gender, ethnic = said("birth_date", ""), said("gender_code", ""), said("ethnic_code", "")
        found = [
            *of_name(said("full_name", ""), ethnic),
            *of_birth(born),
            *of_rest(gender, said("is_disabled", False), said("disability_code", "")),
        ]
        if number := said("citizen_id_no"):
            birth_date, foreign = day(born) if born else None, ethnic == FOREIGN
            faults = citizen_id_faults(
                number, gender_code=gender, birth_date=birth_date, provinces=provinces, foreign=foreign
            )
            found += [("citizen_id_no", fault) for fault in faults]
        for column, rule in _ALONE:
            if value := said(column):
                found += [(column, fault) for fault in rule(value)]
        told = [_finding(column, fault, values) for column, fault in found]
        for name, year, phone in _KIN:
            if name in values:
                kin = [(name, fault) for _, fault in of_kin("full_name", values[name])]
                if value := said(year):
                    kin += [(year, fault) for _, fault in of_kin("birth_year", value)]
                if value := said(phone):
                    kin += [(phone, fault) for fault in phone_faults(value)]
                # A fault of a parent never keeps a pupil out: the cell is left.
                told += [
                    Finding(column, ProblemKind.PERSON_FAULTY, fault.message, weight(fault, "leave"))
                    for column, fault in kin
                ]
        return told

    return judge


# What cannot be a number or a birth date at all is left out like a cell that a spreadsheet broke; the pupil is not.
_NO_VALUE = {"ID-02", "ID-03", "ID-04", "DM-02", "DM-04"}
_ALONE = (("moet_code", ministry_code_faults), ("phone", phone_faults), ("email", email_faults))


def _finding(column: str, fault: Fault, values: Mapping[str, Any]) -> Finding:
    if not values.get(column):
        # A list of names is a beginning: a new pupil needs a name, the rest is asked for and stays a finding (D20).
        needed = fault.is_error and column == "full_name"
        return Finding(
            column, ProblemKind.NEEDED_EMPTY, fault.message, "new" if needed else "wanted" if fault.is_error else "warn"
        )
    if fault.code in _NO_VALUE:
        return Finding(column, ProblemKind.PERSON_FAULTY, f"{fault.message} Ô này không được ghi.", "void")
    return Finding(column, ProblemKind.PERSON_FAULTY, fault.message, weight(fault, "judge"))


PUPILS = Noun(
    name="pupils",
    title="Học sinh",
    permissions=(Permission.STUDENT_EDIT, Permission.STUDENT_ENROL),
    label="full_name",
    class_key="class_name",
    stands="34_read_pupils_now",
    judge=_judge,
    plan=(
        "30_gather_pupil_pool",
        "33_gather_classes",
        "31_match_pupils",
        "34_read_pupils_now",
        "35_read_pupils_base",
        "36_find_pupil_classes",
        "37_check_pupils",
        "38_find_doubled_pupils",
        "39_find_mixed_pupils",
    ),
    write=(
        "40_insert_students",
        "41_update_students",
        "42_insert_enrolments",
        "43_move_pupils",
        "44_insert_guardians",
        "45_update_guardians",
    ),
    take_back=(
        "46_delete_guardians",
        "47_delete_enrolments",
        "48_take_back_moves",
        "49_delete_students",
        "41_update_students",
        "45_update_guardians",
    ),
    depends=("50_depends_pupils",),
)
