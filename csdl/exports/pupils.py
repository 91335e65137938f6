"""Lists of pupils as files: of a school, of one class, a class's register, of every school within reach."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet

from csdl.access.queries import visible
from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.codes import queries as codes
from csdl.exports.columns import ExportColumn
from csdl.exports.enums import Purpose, Signer
from csdl.exports.lists import ExportList, carried
from csdl.students.enums import GuardianRelation
from csdl.students.models import Guardian
from csdl.years.enums import Outcome
from csdl.years.models import Enrolment, YearResult

__all__ = ["CLASS_PUPILS", "FOUND_PUPILS", "PUPILS", "PUPIL_COLUMNS", "REGISTER"]

_LISTS = ("gender", "ethnic_group", "religion", "student_status", "policy_category", "disability_kind")
_PERSON = (
    *("full_name", "birth_date", "gender_code", "ethnic_code", "religion_code", "citizen_id_no", "moet_code"),
    *("local_code", "birth_place", "origin_place", "permanent_commune_code", "permanent_address"),
    *("current_commune_code", "current_address", "phone", "email", "policy_code", "disability_code"),
)
_READ = (
    *("pk", "student_id", "grade_code", "school_class__name", "status_code", "enrolled_on", "left_on"),
    *("school__unit__name", "school__unit__code"),
    *(f"student__{name}" for name in _PERSON),
)
_STUDYING = "01"

PUPIL_COLUMNS = (
    ExportColumn("stt", "STT", 5, align="right"),
    ExportColumn("full_name", "Họ và tên", 28),
    ExportColumn("birth_date", "Ngày sinh", 12, align="center"),
    ExportColumn("gender", "Giới tính", 9, align="center"),
    ExportColumn("ethnic_group", "Dân tộc", 12),
    ExportColumn("class", "Lớp", 9),
    ExportColumn("grade", "Khối", 12),
    ExportColumn("status", "Trạng thái", 16),
    ExportColumn("outcome", "Kết quả cuối năm", 28),
    ExportColumn("local_code", "Mã học sinh", 14),
    ExportColumn("moet_code", "Mã định danh Bộ GDĐT", 14),
    ExportColumn("birth_place", "Nơi sinh", 24, is_default=False),
    ExportColumn("origin_place", "Quê quán", 24, is_default=False),
    ExportColumn("enrolled_on", "Ngày vào trường", 12, is_default=False, align="center"),
    ExportColumn("left_on", "Ngày rời trường", 12, is_default=False, align="center"),
    ExportColumn("father", "Họ tên cha", 26, is_default=False),
    ExportColumn("mother", "Họ tên mẹ", 26, is_default=False),
    ExportColumn("guardian", "Họ tên người giám hộ", 26, is_default=False),
    ExportColumn("citizen_id_no", "Số định danh cá nhân", 15, is_sensitive=True),
    ExportColumn("phone", "Điện thoại học sinh", 13, is_sensitive=True, is_default=False),
    ExportColumn("email", "Thư điện tử", 24, is_sensitive=True, is_default=False),
    ExportColumn("father_phone", "Điện thoại cha", 13, is_sensitive=True),
    ExportColumn("mother_phone", "Điện thoại mẹ", 13, is_sensitive=True),
    ExportColumn("guardian_phone", "Điện thoại người giám hộ", 13, is_sensitive=True),
    ExportColumn("permanent", "Thường trú", 44, is_sensitive=True),
    ExportColumn("current", "Nơi ở hiện nay", 44, is_sensitive=True, is_default=False),
    ExportColumn("policy", "Diện chính sách", 26, is_sensitive=True, is_default=False),
    ExportColumn("disability", "Khuyết tật", 20, is_sensitive=True, is_default=False),
    ExportColumn("religion", "Tôn giáo", 14, is_sensitive=True, is_default=False),
)
_NOTE = ExportColumn("note", "Ghi chú", 16)
_SCHOOL = ExportColumn("school", "Trường", 32)
_SCHOOL_CODE = ExportColumn("school_code", "Mã trường", 12, is_default=False)

_BY_KEY = {one.key: one for one in PUPIL_COLUMNS}
# What a list of one class says of each pupil; the class itself stands above it.
_OF_CLASS = ("stt", "full_name", "birth_date", "gender", "ethnic_group")
# A register lies about in a classroom: numbers of parents stand in it for who has to reach them, nothing more private.
_IN_REGISTER = (*_OF_CLASS, "birth_place", "father", "mother", "guardian")
_REGISTER_NUMBERS = ("father_phone", "mother_phone", "guardian_phone", "current")
_REACHING = (Purpose.WORK, Purpose.PARENTS)


def _pupil_lines(actor: Actor, rows: QuerySet[Enrolment], start_year: int) -> Iterator[Mapping[str, Any]]:
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
        status = names["student_status"].get(line["status_code"], line["status_code"])
        yield {
            **said,
            "stt": number,
            "gender": names["gender"].get(said["gender_code"], said["gender_code"]),
            "ethnic_group": names["ethnic_group"].get(said["ethnic_code"], said["ethnic_code"]),
            "religion": names["religion"].get(said["religion_code"], said["religion_code"]),
            "policy": names["policy_category"].get(said["policy_code"], said["policy_code"]),
            "disability": names["disability_kind"].get(said["disability_code"], said["disability_code"]),
            "status": status,
            "school": line["school__unit__name"],
            "school_code": line["school__unit__code"],
            "class": line["school_class__name"],
            "grade": grade.name_vi if grade else line["grade_code"],
            "outcome": Outcome(outcome).label if outcome else "",
            "enrolled_on": line["enrolled_on"],
            "left_on": line["left_on"],
            "permanent": place(line, "permanent"),
            "current": place(line, "current"),
            "note": "" if line["status_code"] == _STUDYING else _note(status, line["left_on"]),
            **kin.get(line["student_id"], _NOBODY),
        }


_NOBODY = {key: "" for one in GuardianRelation.values for key in (one, f"{one}_phone")}


def _note(status: str, left_on: Any) -> str:
    return f"{status} từ {left_on:%d/%m/%Y}" if left_on else status


def _kin(actor: Actor, rows: QuerySet[Enrolment]) -> dict[int, dict[str, str]]:
    """Guardians by pupil: name and phone of each relation, the first of several guardians."""
    found: dict[int, dict[str, str]] = {}
    standing = Guardian.objects.filter(ended_on__isnull=True)
    wanted = standing.filter(student__in=rows.order_by().values("student_id")).order_by("-pk")
    seen = visible(wanted, actor, Permission.STUDENT_READ)
    for student_id, relation, name, phone in seen.values_list("student_id", "relation", "full_name", "phone"):
        found.setdefault(student_id, dict(_NOBODY)).update({relation: name, f"{relation}_phone": phone})
    return found


PUPILS = ExportList[QuerySet[Enrolment]](
    key="pupils",
    title="Danh sách học sinh",
    sheet="Học sinh",
    noun="học sinh",
    stem="hoc-sinh",
    columns=PUPIL_COLUMNS,
    lines=_pupil_lines,
    carried=carried,
)
CLASS_PUPILS = replace(
    PUPILS,
    key="class_pupils",
    title="Danh sách lớp",
    stem="danh-sach-lop",
    columns=(
        *(_BY_KEY[key] for key in _OF_CLASS),
        *(replace(one, is_default=False) for one in PUPIL_COLUMNS if one.key not in (*_OF_CLASS, "class", "grade")),
        _NOTE,
    ),
    signers=(Signer.HOMEROOM, Signer.HEAD),
)
REGISTER = replace(
    PUPILS,
    key="class_register",
    title="Sổ đăng bộ lớp",
    stem="so-dang-bo-lop",
    columns=(
        *(replace(_BY_KEY[key], is_default=True) for key in _IN_REGISTER),
        *(replace(_BY_KEY[key], only_for=_REACHING) for key in _REGISTER_NUMBERS),
        _NOTE,
    ),
    paper="exports/papers/register",
    paper_width=None,
    signers=(Signer.HOMEROOM, Signer.HEAD),
)
FOUND_PUPILS = replace(
    PUPILS,
    key="found_pupils",
    school_field="school_id",
    columns=(
        *PUPIL_COLUMNS[:5],
        _SCHOOL,
        _SCHOOL_CODE,
        # As many as fit on paper at first; the class says the grade.
        *(
            replace(one, is_default=one.is_default and one.key not in ("grade", "moet_code"))
            for one in PUPIL_COLUMNS[5:]
        ),
    ),
)
