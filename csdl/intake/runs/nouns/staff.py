"""Staff of a school with their posting there: matched among those who are or were posted at the school."""

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
    Fault,
    birth_date_faults,
    citizen_id_faults,
    email_faults,
    ministry_code_faults,
    name_faults,
    phone_faults,
)

__all__ = ["STAFF"]

_YOUNGEST, _OLDEST = 18, 70
_TEACHER = "03"
_NEEDED = {
    "full_name": "Hãy ghi họ và tên.",
    "birth_date": "Hãy ghi ngày sinh theo dạng 07/10/1985.",
    "gender_code": "Hãy ghi giới tính.",
    "staff_group_code": "Hãy ghi loại cán bộ.",
}


def _judge() -> Judge:
    today = clock.today()
    provinces = set(codes.labels("citizen_id_province")["citizen_id_province"])
    day = cache(dt.date.fromisoformat)

    def judge(values: Mapping[str, Any]) -> list[Finding]:
        born = day(values["birth_date"]) if values.get("birth_date") else None
        number = values.get("citizen_id_no") or ""
        gender = values.get("gender_code") or ""
        found: dict[str, list[Fault]] = {
            "full_name": name_faults(values["full_name"]) if values.get("full_name") else [],
            "birth_date": birth_date_faults(born, today=today, youngest=_YOUNGEST, oldest=_OLDEST) if born else [],
            "citizen_id_no": citizen_id_faults(
                number, gender_code=gender, birth_date=born, provinces=provinces, adult=True
            ),
            "moet_code": ministry_code_faults(values.get("moet_code") or ""),
            "phone": phone_faults(values.get("phone") or ""),
            "email": email_faults(values.get("email") or ""),
        }
        told = [
            Finding(name, ProblemKind.PERSON_FAULTY, fault.message, weight(fault, "judge"))
            for name, faults in found.items()
            for fault in faults
        ]
        told += [
            Finding(name, ProblemKind.NEEDED_EMPTY, message, "new")
            for name, message in _NEEDED.items()
            if not values.get(name)
        ]
        return told

    return judge


STAFF = Noun(
    name="staff",
    title="Cán bộ, giáo viên",
    permissions=(Permission.STAFF_EDIT,),
    label="full_name",
    stands="81_read_staff_now",
    judge=_judge,
    plan=("80_match_staff", "81_read_staff_now", "82_read_staff_base", "83_check_staff"),
    write=("84_insert_staff", "85_insert_postings", "86_update_staff", "87_update_postings"),
    take_back=("88_delete_postings", "89_delete_staff", "86_update_staff", "87_update_postings"),
    depends=("90_depends_staff",),
)
