"""A pupil list as a file: its columns, and the lines read in a fixed number of statements."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import QuerySet

from csdl.access.queries import visible
from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.codes import queries as codes
from csdl.exports.columns import ExportColumn
from csdl.students.enums import GuardianRelation
from csdl.students.models import Guardian
from csdl.years.enums import Outcome
from csdl.years.models import Enrolment, YearResult

__all__ = ["PUPIL_COLUMNS", "pupil_lines"]

_LISTS = ("gender", "ethnic_group", "religion", "student_status", "policy_category", "disability_kind")
_PERSON = (
    *("full_name", "birth_date", "gender_code", "ethnic_code", "religion_code", "citizen_id_no", "moet_code"),
    *("local_code", "birth_place", "origin_place", "permanent_commune_code", "permanent_address"),
    *("current_commune_code", "current_address", "phone", "email", "policy_code", "disability_code"),
)
_READ = (
    *("pk", "student_id", "grade_code", "school_class__name", "status_code", "enrolled_on", "left_on"),
    *(f"student__{name}" for name in _PERSON),
)


def _plain(key: str, header: str, width: int, *, sensitive: bool = False, default: bool = True) -> ExportColumn:
    return ExportColumn(key, header, width, lambda line: line[key], sensitive, default)


PUPIL_COLUMNS = (
    _plain("stt", "STT", 5),
    _plain("full_name", "Họ và tên", 28),
    _plain("birth_date", "Ngày sinh", 11),
    _plain("gender", "Giới tính", 9),
    _plain("ethnic_group", "Dân tộc", 12),
    _plain("class", "Lớp", 9),
    _plain("grade", "Khối", 12),
    _plain("status", "Trạng thái", 16),
    _plain("outcome", "Kết quả cuối năm", 28),
    _plain("local_code", "Mã học sinh", 14),
    _plain("moet_code", "Mã định danh Bộ GDĐT", 14),
    _plain("birth_place", "Nơi sinh", 24, default=False),
    _plain("origin_place", "Quê quán", 24, default=False),
    _plain("enrolled_on", "Ngày vào trường", 11, default=False),
    _plain("left_on", "Ngày rời trường", 11, default=False),
    _plain("father", "Họ tên cha", 26, default=False),
    _plain("mother", "Họ tên mẹ", 26, default=False),
    _plain("guardian", "Họ tên người giám hộ", 26, default=False),
    _plain("citizen_id_no", "Số định danh cá nhân", 15, sensitive=True),
    _plain("phone", "Điện thoại học sinh", 13, sensitive=True, default=False),
    _plain("email", "Thư điện tử", 24, sensitive=True, default=False),
    _plain("father_phone", "Điện thoại cha", 13, sensitive=True),
    _plain("mother_phone", "Điện thoại mẹ", 13, sensitive=True),
    _plain("guardian_phone", "Điện thoại người giám hộ", 13, sensitive=True),
    _plain("permanent", "Thường trú", 44, sensitive=True),
    _plain("current", "Nơi ở hiện nay", 44, sensitive=True, default=False),
    _plain("policy", "Diện chính sách", 26, sensitive=True, default=False),
    _plain("disability", "Khuyết tật", 20, sensitive=True, default=False),
    _plain("religion", "Tôn giáo", 14, sensitive=True, default=False),
)


def pupil_lines(actor: Actor, rows: QuerySet[Enrolment], *, start_year: int) -> Iterator[Mapping[str, Any]]:
    """Lines of the file in the order of the queryset; five statements, however many pupils.

    Shapes:  column key -> value as it is shown; days as dates.
    """
    names = codes.labels(*_LISTS)
    grades = codes.grades()
    kin = _kin(actor, rows)
    held = YearResult.objects.filter(
        start_year=start_year, is_current=True, enrolment_id__in=rows.order_by().values("pk")
    )
    outcomes = dict(visible(held, actor, Permission.STUDENT_READ).values_list("enrolment_id", "outcome"))
    found = list(rows.values(*_READ))
    places = {line[f"student__{name}"] for line in found for name in ("permanent_commune_code", "current_commune_code")}
    communes = codes.commune_names(places)

    def place(line: Mapping[str, Any], kind: str) -> str:
        parts = (line[f"student__{kind}_address"], communes.get(line[f"student__{kind}_commune_code"], ""))
        return ", ".join(part for part in parts if part)

    for number, line in enumerate(found, start=1):
        said = {name: line[f"student__{name}"] for name in _PERSON}
        outcome = outcomes.get(line["pk"])
        grade = grades.get(line["grade_code"])
        yield {
            **said,
            "stt": number,
            "gender": names["gender"].get(said["gender_code"], said["gender_code"]),
            "ethnic_group": names["ethnic_group"].get(said["ethnic_code"], said["ethnic_code"]),
            "religion": names["religion"].get(said["religion_code"], said["religion_code"]),
            "policy": names["policy_category"].get(said["policy_code"], said["policy_code"]),
            "disability": names["disability_kind"].get(said["disability_code"], said["disability_code"]),
            "status": names["student_status"].get(line["status_code"], line["status_code"]),
            "class": line["school_class__name"],
            "grade": grade.name_vi if grade else line["grade_code"],
            "outcome": Outcome(outcome).label if outcome else "",
            "enrolled_on": line["enrolled_on"],
            "left_on": line["left_on"],
            "permanent": place(line, "permanent"),
            "current": place(line, "current"),
            **kin.get(line["student_id"], _NOBODY),
        }


_NOBODY = {key: "" for one in GuardianRelation.values for key in (one, f"{one}_phone")}


def _kin(actor: Actor, rows: QuerySet[Enrolment]) -> dict[int, dict[str, str]]:
    """Guardians by pupil: name and phone of each relation, the first of several guardians."""
    found: dict[int, dict[str, str]] = {}
    standing = Guardian.objects.filter(ended_on__isnull=True)
    wanted = standing.filter(student__in=rows.order_by().values("student_id")).order_by("-pk")
    seen = visible(wanted, actor, Permission.STUDENT_READ)
    for student_id, relation, name, phone in seen.values_list("student_id", "relation", "full_name", "phone"):
        found.setdefault(student_id, dict(_NOBODY)).update({relation: name, f"{relation}_phone": phone})
    return found
