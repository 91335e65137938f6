"""Pupils with their guardians: matched within the school, enrolled in the run's year, moved between classes."""

import datetime as dt
from collections.abc import Mapping
from functools import cache
from typing import Any

from csdl.accounts.permissions import Permission
from csdl.codes import queries as codes
from csdl.intake.problems import ProblemKind
from csdl.intake.runs.noun import Finding, Judge, Noun
from csdl.lib import clock
from csdl.lib.persons import Fault, phone_faults
from csdl.students.enums import GuardianRelation
from csdl.students.rules import guardian_faults, student_faults

__all__ = ["PUPILS"]

_FIELDS = ("full_name", "birth_date", "gender_code", "citizen_id_no", "moet_code", "phone", "email", "disability_code")
_RELATIONS = tuple(relation.value for relation in GuardianRelation)


def _judge() -> Judge:
    today = clock.today()
    provinces = set(codes.labels("citizen_id_province")["citizen_id_province"])
    day = cache(dt.date.fromisoformat)

    @cache
    def of_kin(full_name: str, birth_year: int | None, phone: str) -> tuple[tuple[str, Fault], ...]:
        record = {"relation": "father", "full_name": full_name, "birth_year": birth_year, "phone": phone}
        return tuple(guardian_faults(record, written=("full_name", "birth_year", "phone"), today=today))

    @cache
    def of_phone(phone: str) -> tuple[Fault, ...]:
        return tuple(phone_faults(phone))

    def judge(values: Mapping[str, Any]) -> list[Finding]:
        born = values.get("birth_date")
        record = {**values, "birth_date": day(born) if born else None, "phone": ""}
        found = [
            _finding(name, fault, values)
            for name, fault in student_faults(record, written=_FIELDS, today=today, provinces=provinces)
        ]
        if phone := values.get("phone"):
            found += [_finding("phone", fault, values) for fault in of_phone(phone)]
        for relation in _RELATIONS:
            if name := values.get(f"{relation}_full_name"):
                kin = of_kin(name, values.get(f"{relation}_birth_year"), values.get(f"{relation}_phone", ""))
                # A fault of a parent never keeps a pupil out: the cell is left.
                found += [
                    Finding(
                        f"{relation}_{column}",
                        ProblemKind.PERSON_FAULTY,
                        fault.message,
                        "leave" if fault.is_error else "warn",
                    )
                    for column, fault in kin
                ]
        return found

    return judge


def _finding(column: str, fault: Fault, values: Mapping[str, Any]) -> Finding:
    if not values.get(column):
        return Finding(column, ProblemKind.NEEDED_EMPTY, fault.message, "new" if fault.is_error else "warn")
    return Finding(column, ProblemKind.PERSON_FAULTY, fault.message, "judge" if fault.is_error else "warn")


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
        "31_match_pupils",
        "32_find_doubled_pupils",
        "33_gather_classes",
        "34_read_pupils_now",
        "35_read_pupils_base",
        "36_find_pupil_classes",
        "37_check_pupils",
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
