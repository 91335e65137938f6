"""A whole school as one workbook that can be brought back: every noun with its rows, each row with its record.

The sheets are those of `intake.sheets`: what leaves is what the intake reads, and an unchanged file changes nothing.
"""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.timezone import localtime

from csdl.access.queries import visible
from csdl.accounts.actor import Actor
from csdl.accounts.errors import InvalidRecord
from csdl.accounts.permissions import Permission
from csdl.audit.actions import record
from csdl.audit.edits import versions_of
from csdl.exports.approving import Consent, Size, agreed, check_consent
from csdl.exports.enums import FileFormat, Purpose
from csdl.exports.keeping import kept_until
from csdl.intake.sheets.nouns import SPECS, WORKBOOK
from csdl.intake.sheets.template import write_workbook
from csdl.lib import clock
from csdl.lib.locked import lock_faults, locked
from csdl.lib.vietnamese import squeeze
from csdl.orgs.models import School, SchoolSite
from csdl.staff.models import StaffMember, StaffPosting
from csdl.students.models import Guardian, Student
from csdl.years.enums import AssignmentState
from csdl.years.models import Enrolment, HomeroomAssignment, SchoolClass, SchoolYear, TeachingAssignment

__all__ = ["ExportedWorkbook", "blank_workbook", "export_workbook", "workbook_size"]

type Line = Mapping[str, Any]

_SITE = ("code", "name", "is_main", "commune_code", "address", "closed_on")
_CLASS = (
    *("name", "grade_code", "age_group_code", "mixed_age", "session_code", "sessions_per_week_code", "fl1_code"),
    *("fl2_code", "is_semi_boarding", "is_combined", "is_special", "is_gifted", "gifted_stream_code", "seq_no"),
)
_STUDENT = (
    *("full_name", "birth_date", "gender_code", "birth_place", "ethnic_code", "nationality_code", "religion_code"),
    *("citizen_id_no", "moet_code", "local_code", "origin_place", "permanent_commune_code", "permanent_address"),
    *("current_commune_code", "current_address", "phone", "email", "policy_code", "is_disabled", "disability_code"),
)
_ENROLMENT = ("grade_code", "status_code", "enrolled_on", "admission_kind")
_KIN = ("full_name", "birth_year", "occupation", "workplace", "phone")
_STAFF = (
    *("full_name", "birth_date", "gender_code", "ethnic_code", "citizen_id_no", "moet_code", "phone", "email"),
    *("qualification_code", "training_standard_code", "teacher_subject_code"),
)
_POSTING = (
    *("staff_group_code", "position_code", "contract_code", "rank_code", "status_code", "valid_from", "valid_to"),
)


@dataclass(frozen=True)
class ExportedWorkbook:
    """The file, and noun -> how many rows it holds."""

    content: bytes
    counts: Mapping[str, int]


def export_workbook(
    *,
    actor: Actor,
    school: School,
    start_year: int,
    purpose: str,
    reason: str = "",
    nouns: Sequence[str] = WORKBOOK,
    with_sensitive: bool = False,
    password: str = "",
    consent: Consent | None = None,
) -> ExportedWorkbook:
    """A school's year as a workbook to look through, correct and bring back; the log says who took what and why.

    A `password`, if one is given, opens the file.

    Shapes:  one sheet a noun; a fixed number of statements, however many rows.
    Errors:  NotAllowed: no right to take data out of the school, or sensitive columns asked by one who may not edit
             the records they belong to; REC-01 no purpose, a purpose "other" without words, an unknown noun or year,
             a password that cannot be (`lib.locked`); ApprovalWanted: so many persons that somebody has to agree, and
             no `consent` of the head.
    """
    actor.require(Permission.DATA_EXPORT, on=school)
    if with_sensitive:
        # Numbers and addresses leave to be corrected, so only to those who correct them.
        for noun, permission in (("pupils", Permission.STUDENT_EDIT), ("staff", Permission.STAFF_EDIT)):
            if noun in nouns:
                actor.require(permission, on=school)
    reason = squeeze(reason)
    year = SchoolYear.objects.filter(pk=start_year).first()
    faults = lock_faults(password, FileFormat.XLSX)
    if purpose not in Purpose.values:
        faults["purpose"] = ["Hãy chọn mục đích sử dụng dữ liệu."]
    elif purpose == Purpose.OTHER and len(reason) < 5:
        faults["reason"] = ["Hãy ghi rõ dùng vào việc gì."]
    if not nouns or not set(nouns) <= set(SPECS):
        faults["nouns"] = ["Hãy chọn ít nhất một loại dữ liệu."]
    if year is None:
        faults["start_year"] = [f"Không có năm học {start_year}-{start_year + 1} trong hệ thống."]
    if faults or year is None:
        raise InvalidRecord(faults)
    size = workbook_size(school, year, nouns)
    needed = check_consent(actor=actor, unit=school.unit, key="workbook", size=size, asked=None, consent=consent)
    specs = [SPECS[noun] for noun in WORKBOOK if noun in nouns]
    columns = {
        spec.noun: [column.name for column in spec.columns if with_sensitive or not column.is_sensitive]
        for spec in specs
    }
    reads = _Reads(actor, school, year, with_sensitive=with_sensitive)
    file = io.BytesIO()
    counts = write_workbook(
        file,
        specs,
        {spec.noun: reads.lines(spec.noun) for spec in specs},
        [
            f"{school.unit.name}, năm học {year.name}",
            f"Người tải: {actor.label}, lúc {localtime(clock.now()):%H:%M ngày %d/%m/%Y}. "
            f"Mục đích: {Purpose(purpose).label}. {reason}".strip(),
            "Tệp có dữ liệu cá nhân. Chỉ dùng đúng mục đích, không chuyển cho người không có trách nhiệm, xóa khi đã "
            "xong việc.",
            "Sửa ngay trong tệp rồi nhập lại: dòng không đổi được giữ nguyên, dòng thêm mới để trống hai cột ẩn đầu.",
        ],
        choices=reads.choices(),
        columns=columns,
    )
    content = locked(file.getvalue(), FileFormat.XLSX, password)
    visible_columns = {
        f"{spec.noun}.{column.name}": column.is_sensitive
        for spec in specs
        for column in spec.columns
        if column.name in columns[spec.noun] and not column.is_hidden and column.name != "school_code"
    }
    record(
        actor=actor,
        kind="data:export",
        unit_id=school.pk,
        data={
            "what": "workbook",
            "title": "Toàn bộ dữ liệu của trường" if set(nouns) == set(WORKBOOK) else ", ".join(s.title for s in specs),
            "format": "xlsx",
            "start_year": start_year,
            "purpose": purpose,
            "reason": reason,
            "columns": list(visible_columns),
            "sensitive": [name for name, is_sensitive in visible_columns.items() if is_sensitive],
            "rows": sum(counts.values()),
            "counts": counts,
            "persons": sum(counts.get(noun, 0) for noun in ("pupils", "staff")),
            "kept_until": f"{kept_until(purpose):%Y-%m-%d}",
        }
        | ({"locked": True} if password else {})
        | agreed(needed),
    )
    return ExportedWorkbook(content, counts)


def workbook_size(school: School, year: SchoolYear, nouns: Sequence[str] = WORKBOOK) -> Size:
    """How many persons leave with these sheets, as the log counts them."""
    held = 0
    if "pupils" in nouns:
        held += Enrolment.objects.filter(school=school, start_year=year.start_year).count()
    if "staff" in nouns:
        held += _postings(school, year).count()
    return Size(held)


def blank_workbook(*, actor: Actor, school: School, start_year: int, nouns: Sequence[str] = WORKBOOK) -> bytes:
    """Blank sheets of some nouns for a school, with its own classes, sites and teachers as drop-downs.

    Errors:  NotAllowed: no right to bring data in; REC-01 an unknown noun or year.
    """
    actor.require(Permission.DATA_IMPORT, on=school)
    year = SchoolYear.objects.filter(pk=start_year).first()
    if year is None or not nouns or not set(nouns) <= set(SPECS):
        raise InvalidRecord({"nouns": ["Không có mẫu này cho năm học đang chọn."]})
    file = io.BytesIO()
    write_workbook(
        file,
        [SPECS[noun] for noun in WORKBOOK if noun in nouns],
        None,
        [f"{school.unit.name}, năm học {year.name}"],
        choices=_Reads(actor, school, year, with_sensitive=False).choices(),
    )
    return file.getvalue()


def _postings(school: School, year: SchoolYear) -> QuerySet[StaffPosting]:
    """Whoever worked at the school on a day of the year."""
    here = Q(valid_to__isnull=True) | Q(valid_to__gt=year.starts_on)
    return StaffPosting.objects.filter(here, unit_id=school.pk, valid_from__lte=year.ends_on)


class _Reads:
    """The rows of a school's year, each noun in a fixed number of statements, through the gate for reading and the one
    for taking out."""

    def __init__(self, actor: Actor, school: School, year: SchoolYear, *, with_sensitive: bool) -> None:
        self._actor, self._school, self._year = actor, school, year
        self._with_sensitive = with_sensitive

    def lines(self, noun: str) -> Iterator[Line]:
        lines: Iterator[Line] = getattr(self, f"_{noun}")()
        return lines

    def choices(self) -> dict[str, list[str]]:
        """What the school itself offers to choose from: sites, classes, people who work there."""
        actor, school = self._actor, self._school
        sites = self._of_year(SchoolSite.objects.all()).order_by("code").values_list("name", flat=True)
        offered: dict[str, list[str]] = {"site": list(dict.fromkeys(sites))}
        if actor.can(Permission.CLASS_READ, on=school):
            classes = visible(self._of_year(SchoolClass.objects.all()), actor, Permission.CLASS_READ)
            offered["class_name"] = list(classes.order_by("sort_key").values_list("name", flat=True))
        if actor.can(Permission.STAFF_READ, on=school):
            people = visible(_postings(self._school, self._year), actor, Permission.STAFF_READ)
            names = people.order_by("staff__sort_key").values_list("staff__full_name", flat=True)
            offered["staff_name"] = list(dict.fromkeys(names))
        return {name: values for name, values in offered.items() if values}

    def _of_year[M: Model](self, rows: QuerySet[M]) -> QuerySet[M]:
        return rows.filter(school=self._school, start_year=self._year.start_year)

    def _carried[M: Model](self, rows: QuerySet[M], permission: Permission) -> QuerySet[M]:
        """Who may see a row need not be allowed to carry it out."""
        return visible(visible(rows, self._actor, permission), self._actor, Permission.DATA_EXPORT)

    def _sites(self) -> Iterator[Line]:
        rows = self._carried(self._of_year(SchoolSite.objects.all()), Permission.SCHOOL_READ)
        versions = versions_of(SchoolSite, rows)
        for row in rows.order_by("-is_main", "code").values("pk", "public_id", *_SITE):
            yield _known(row["public_id"], versions.get(row["pk"], 0)) | _only(row, _SITE)

    def _classes(self) -> Iterator[Line]:
        rows = self._carried(self._of_year(SchoolClass.objects.all()), Permission.CLASS_READ)
        versions = versions_of(SchoolClass, rows)
        ordered = rows.order_by("grade_code", "sort_key")
        for row in ordered.values("pk", "public_id", "site__code", *_CLASS):
            yield (
                _known(row["public_id"], versions.get(row["pk"], 0)) | _only(row, _CLASS) | {"site": row["site__code"]}
            )

    def _pupils(self) -> Iterator[Line]:
        rows = self._carried(self._of_year(Enrolment.objects.all()), Permission.STUDENT_READ)
        students = rows.order_by().values("student_id")
        of_enrolment = versions_of(Enrolment, rows)
        of_student = versions_of(Student, Student.objects.filter(pk__in=students))
        kin = self._kin(students)
        ordered = rows.order_by("grade_code", "school_class__sort_key", "student__sort_key", "pk")
        said = ordered.values(
            *("pk", "public_id", "student_id", "school_class__name", *_ENROLMENT),
            *(f"student__{name}" for name in _STUDENT),
        )
        for row in said:
            newest_kin, of_kin = kin.get(row["student_id"], (0, {}))
            yield {
                **_known(
                    row["public_id"], of_student.get(row["student_id"], 0), of_enrolment.get(row["pk"], 0), newest_kin
                ),
                **_only(row, _ENROLMENT),
                **{name: row[f"student__{name}"] for name in _STUDENT},
                "class_name": row["school_class__name"],
                **of_kin,
            }

    def _kin(self, students: QuerySet[Any]) -> dict[int, tuple[int, dict[str, Any]]]:
        """Pupil -> the last edit of a guardian, and the guardians' columns; of several guardians the first."""
        wanted = visible(
            Guardian.objects.filter(student__in=students, ended_on__isnull=True), self._actor, Permission.STUDENT_READ
        )
        versions = versions_of(Guardian, wanted)
        found: dict[int, tuple[int, dict[str, Any]]] = {}
        for row in wanted.order_by("pk").values("pk", "student_id", "relation", *_KIN):
            newest, columns = found.get(row["student_id"], (0, {}))
            mine = {f"{row['relation']}_{name}": row[name] for name in _KIN}
            # Columns already there are an earlier guardian's.
            found[row["student_id"]] = max(newest, versions.get(row["pk"], 0)), mine | columns
        return found

    def _staff(self) -> Iterator[Line]:
        rows = self._carried(_postings(self._school, self._year), Permission.STAFF_READ)
        of_posting = versions_of(StaffPosting, rows)
        of_person = versions_of(StaffMember, StaffMember.objects.filter(pk__in=rows.order_by().values("staff_id")))
        said = rows.order_by("staff__sort_key", "valid_from").values(
            *("pk", "public_id", "staff_id", *_POSTING), *(f"staff__{name}" for name in _STAFF)
        )
        for row in said:
            yield {
                **_known(row["public_id"], of_person.get(row["staff_id"], 0), of_posting.get(row["pk"], 0)),
                **_only(row, _POSTING),
                **{name: row[f"staff__{name}"] for name in _STAFF},
            }

    def _homeroom(self) -> Iterator[Line]:
        rows = self._assigned(HomeroomAssignment.objects.all())
        ordered = rows.order_by("school_class__sort_key", "valid_from")
        for row in ordered.values(*_ASSIGNED, "valid_from", "valid_to"):
            yield self._teacher(row) | _only(row, ("valid_from", "valid_to"))

    def _teaching(self) -> Iterator[Line]:
        rows = self._assigned(TeachingAssignment.objects.all())
        ordered = rows.order_by("school_class__sort_key", "subject_code", "semester", "staff__sort_key")
        for row in ordered.values(*_ASSIGNED, "subject_code", "semester", "periods_per_week"):
            yield self._teacher(row) | _only(row, ("subject_code", "semester", "periods_per_week"))

    def _assigned[M: Model](self, rows: QuerySet[M]) -> QuerySet[M]:
        mine = rows.filter(
            school_class__school=self._school,
            school_class__start_year=self._year.start_year,
            state=AssignmentState.CONFIRMED,
        )
        return self._carried(mine, Permission.CLASS_READ)

    def _teacher(self, row: Line) -> dict[str, Any]:
        code = row["staff__moet_code"] or (row["staff__citizen_id_no"] if self._with_sensitive else "")
        return {"class_name": row["school_class__name"], "staff_name": row["staff__full_name"], "staff_code": code}


_ASSIGNED = ("school_class__name", "staff__full_name", "staff__moet_code", "staff__citizen_id_no")


def _known(public_id: Any, *versions: int) -> dict[str, Any]:
    return {"record": str(public_id), "version": "-".join(map(str, versions))}


def _only(row: Line, names: Iterable[str]) -> dict[str, Any]:
    return {name: row[name] for name in names}
