"""What a pupil's and a guardian's record may hold, as forms and imports judge it. No table, no write.

Every rule about a single value is `lib.persons`'; here stands which of them meet in one record. A fault stops a record
only where it concerns what is being written: an old fault elsewhere never keeps somebody from mending a phone number.
"""

import datetime as dt
from collections.abc import Collection, Container, Iterable, Mapping
from typing import Any

from csdl.lib.persons import (
    FOREIGN,
    Fault,
    birth_date_faults,
    citizen_id_faults,
    clean_name,
    clean_phone,
    email_faults,
    ministry_code_faults,
    name_faults,
    phone_faults,
)
from csdl.lib.vietnamese import squeeze
from csdl.students.enums import GuardianRelation

__all__ = ["cleaned", "guardian_faults", "student_faults"]

_OLDEST = 100
# A rule that reads several fields speaks where any of them is written.
_READS = {"citizen_id_no": ("citizen_id_no", "birth_date", "gender_code", "ethnic_code")}


def cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as they are stored: single spaces, capitals in a name, phone numbers without signs."""
    found = {name: squeeze(value) if isinstance(value, str) else value for name, value in values.items()}
    if found.get("full_name"):
        found["full_name"] = clean_name(found["full_name"])
    if found.get("phone"):
        found["phone"] = clean_phone(found["phone"])
    for name in ("citizen_id_no", "moet_code"):
        if found.get(name):
            found[name] = found[name].replace(" ", "").replace(".", "")
    return found


def student_faults(
    record: Mapping[str, Any], *, written: Collection[str], today: dt.date, provinces: Container[str]
) -> list[tuple[str, Fault]]:
    """Everything wrong with a pupil's record in the fields being written, each with its field.

    Shapes:  `record` is the whole record as it would be, by column; `provinces` the known birth registration codes.
    """
    foreign = record.get("ethnic_code") == FOREIGN
    found: list[tuple[str, Fault]] = []
    if not record.get("full_name"):
        found.append(("full_name", Fault("NM-01", "Hãy nhập họ và tên.")))
    else:
        found += _of("full_name", name_faults(record["full_name"], foreign=foreign))
    born = record.get("birth_date")
    if born is None:
        found.append(("birth_date", Fault("DM-01", "Hãy nhập ngày sinh theo dạng 07/10/2015.")))
    else:
        found += _of("birth_date", birth_date_faults(born, today=today, oldest=_OLDEST))
    if not record.get("gender_code"):
        found.append(("gender_code", Fault("DM-05", "Hãy chọn giới tính.")))
    found += _of(
        "citizen_id_no",
        citizen_id_faults(
            record.get("citizen_id_no") or "",
            gender_code=record.get("gender_code") or "",
            birth_date=born,
            provinces=provinces,
            foreign=foreign,
        ),
    )
    found += _of("moet_code", ministry_code_faults(record.get("moet_code") or ""))
    found += _of("phone", phone_faults(record.get("phone") or ""))
    found += _of("email", email_faults(record.get("email") or ""))
    if record.get("is_disabled") and not record.get("disability_code"):
        found.append(("disability_code", Fault("DM-20", "Hãy chọn loại khuyết tật.", is_error=False)))
    return [(name, fault) for name, fault in found if set(_READS.get(name, (name,))) & set(written)]


def guardian_faults(record: Mapping[str, Any], *, written: Collection[str], today: dt.date) -> list[tuple[str, Fault]]:
    """Everything wrong with a guardian's record in the fields being written, each with its field."""
    found: list[tuple[str, Fault]] = []
    if not record.get("full_name"):
        found.append(("full_name", Fault("NM-01", "Hãy nhập họ và tên.")))
    else:
        found += _of("full_name", name_faults(record["full_name"]))
    if record.get("relation") not in GuardianRelation.values:
        found.append(("relation", Fault("GU-01", "Hãy chọn cha, mẹ hay người giám hộ.")))
    year = record.get("birth_year")
    if year is not None and not today.year - 110 <= year <= today.year - 12:
        found.append(("birth_year", Fault("DM-04", f"Năm sinh {year} không hợp lý. Hãy nhập năm sinh gồm 4 chữ số.")))
    found += _of("phone", phone_faults(record.get("phone") or ""))
    return [(name, fault) for name, fault in found if name in written]


def _of(name: str, faults: Iterable[Fault]) -> list[tuple[str, Fault]]:
    return [(name, fault) for fault in faults]
