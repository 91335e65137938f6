"""One pupil's record on paper: the person, the parents, every year that the viewer may see, changes of class."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet

from csdl.access.queries import visible
from csdl.accounts.actor import Actor
from csdl.accounts.permissions import Permission
from csdl.codes import queries as codes
from csdl.exports.columns import ExportColumn
from csdl.exports.enums import FileFormat
from csdl.exports.lists import ExportList, carried
from csdl.exports.pupils import PUPIL_COLUMNS
from csdl.students.models import Guardian, Student
from csdl.years.models import ClassMove, Enrolment, YearResult
from csdl.years.queries import enrolments_of_student, moves_of, results_of

__all__ = ["PUPIL_RECORD"]

_CODED = {
    "gender": ("gender_code", "gender"),
    "ethnic_group": ("ethnic_code", "ethnic_group"),
    "religion": ("religion_code", "religion"),
    "policy": ("policy_code", "policy_category"),
    "disability": ("disability_code", "disability_kind"),
}
_PLAIN = (
    *("full_name", "birth_date", "citizen_id_no", "moet_code", "local_code", "birth_place", "origin_place"),
    *("phone", "email"),
)


def _record_lines(actor: Actor, rows: QuerySet[Student], start_year: int) -> Iterator[Mapping[str, Any]]:
    """One line a pupil; parents, years and moves are lists of rows within it."""
    names = codes.labels(*(list_name for _, list_name in _CODED.values()), "student_status")
    for student in rows:
        enrolments = list(enrolments_of_student(actor, student.pk))
        results = results_of(
            actor,
            enrolment_ids=[one.pk for one in enrolments],
            start_years={one.start_year for one in enrolments},
        )
        standing = Guardian.objects.filter(student=student, ended_on__isnull=True)
        guardians = list(visible(standing, actor, Permission.STUDENT_READ).order_by("relation", "pk"))
        communes = codes.commune_names([student.permanent_commune_code, student.current_commune_code])
        yield {
            **{name: getattr(student, name) for name in _PLAIN},
            **{
                key: names[list_name].get(getattr(student, field), getattr(student, field))
                for key, (field, list_name) in _CODED.items()
            },
            "permanent": _place(student.permanent_address, communes.get(student.permanent_commune_code, "")),
            "current": _place(student.current_address, communes.get(student.current_commune_code, "")),
            "guardians": [_guardian(one) for one in guardians],
            "guardian_phones": [one.phone for one in guardians],
            "years": [_year(one, results.get(one.pk), names["student_status"]) for one in reversed(enrolments)],
            "moves": [_move(one) for one in reversed(moves_of(actor, student.pk))],
        }


def _place(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _guardian(one: Guardian) -> list[str]:
    born = str(one.birth_year) if one.birth_year else ""
    return [one.get_relation_display(), one.full_name, born, _place(one.occupation, one.workplace)]


def _year(one: Enrolment, result: YearResult | None, statuses: Mapping[str, str]) -> list[str]:
    status = statuses.get(one.status_code, one.status_code)
    decided = result.get_outcome_display() if result else ""
    levels = (result.learning_level, result.training_level) if result else ("", "")
    if any(levels):
        decided += f". Học tập: {levels[0] or '–'}; rèn luyện: {levels[1] or '–'}"
    return [
        f"{one.start_year}-{one.start_year + 1}",
        one.school.unit.name,
        one.school_class.name if one.school_class else "",
        f"{one.get_admission_kind_display()}, {one.enrolled_on:%d/%m/%Y}",
        f"{status} từ {one.left_on:%d/%m/%Y}" if one.left_on else status,
        decided,
    ]


def _move(one: ClassMove) -> list[str]:
    unplaced = "chưa xếp lớp"
    return [
        f"{one.moved_on:%d/%m/%Y}",
        one.from_class.name if one.from_class else unplaced,
        one.to_class.name if one.to_class else unplaced,
    ]


# Said of the pupil as the lists of pupils say it; the paper lays the columns out itself.
_OF_PERSON = (
    "full_name",
    "birth_date",
    "gender",
    "ethnic_group",
    "moet_code",
    "local_code",
    "birth_place",
    "origin_place",
)
_BY_KEY = {one.key: one for one in PUPIL_COLUMNS}


def _said_of_pupil(key: str) -> ExportColumn:
    return replace(_BY_KEY[key], width=0, is_default=True)


PUPIL_RECORD = ExportList[QuerySet[Student]](
    key="pupil_record",
    title="Hồ sơ học sinh",
    sheet="Hồ sơ",
    noun="học sinh",
    stem="ho-so-hoc-sinh",
    columns=(
        *(_said_of_pupil(key) for key in _OF_PERSON),
        ExportColumn("guardians", "Cha, mẹ, người giám hộ", 0),
        ExportColumn("years", "Quá trình học, kết quả các năm", 0),
        ExportColumn("moves", "Chuyển lớp", 0),
        *(_said_of_pupil(key) for key in ("citizen_id_no", "phone", "email")),
        ExportColumn("guardian_phones", "Điện thoại cha mẹ, người giám hộ", 0, is_sensitive=True),
        *(_said_of_pupil(key) for key in ("permanent", "current", "policy", "disability", "religion")),
    ),
    lines=_record_lines,
    carried=carried,
    is_of_year=False,
    formats=(FileFormat.PDF,),
    paper="exports/papers/pupil_record",
    paper_width=None,
)
