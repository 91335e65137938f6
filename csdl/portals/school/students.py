"""Pupils of a school, and one pupil's page."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from csdl.access.queries import visible
from csdl.accounts.permissions import Permission
from csdl.codes import queries as codes
from csdl.intake.models import ImportRow
from csdl.orgs.models import School
from csdl.portals.components import pupil_filters
from csdl.portals.components.extras import said_extra
from csdl.portals.components.histories import EditLines, history_of
from csdl.portals.components.lists import Columns, Filter, address, listing, read_columns, read_search
from csdl.portals.components.outgoing import export_url
from csdl.portals.components.table import addresses, table_body
from csdl.portals.components.years import YEAR, chosen_year, is_open
from csdl.portals.school.pupil_rows import COLUMNS, READ, Beside, Line, pupil_line, pupil_rows
from csdl.portals.school.reach import crumbs_to, note_read, school_or_404
from csdl.portals.school.student_forms import PLACE, PUPIL_EXTRA, enrolment_to_edit
from csdl.students.models import Guardian, Student, StudentPaper
from csdl.students.queries import students
from csdl.years.actions.pupils import changes_place
from csdl.years.enums import YearState
from csdl.years.models import Enrolment, SchoolYear
from csdl.years.queries import classes, enrolments_of_student, moves_of, outcome_of, pupils, results_of

__all__ = ["PUPIL_SORTS", "PupilList", "pupil_list", "student_detail", "student_list"]

PUPIL_SORTS = {
    "ten": ("student__sort_key", "student_id", "pk"),
    "lop": ("school_class__sort_key", "student__sort_key", "pk"),
    "khoi": ("grade_code", "student__sort_key", "pk"),
    "ngay-sinh": ("student__birth_date", "student__sort_key", "pk"),
    "trang-thai": ("status_code", "student__sort_key", "pk"),
    "ngay-vao": ("enrolled_on", "student__sort_key", "pk"),
}
_ADMISSION = (("admission_kind", "loại nhập học"), ("enrolled_on", "ngày vào"))
BULK_ACTS = (
    (Permission.STUDENT_ENROL, "lop", "Chuyển lớp"),
    (Permission.STUDENT_ENROL, "roi", "Chuyển đi, thôi học"),
    (Permission.STUDENT_EDIT, "dien", "Diện chính sách"),
)


@dataclass(frozen=True)
class PupilList:
    """The pupils that an address asks for, unordered and uncut: what the page, bulk acts and files are made from."""

    rows: QuerySet[Enrolment]
    year: SchoolYear | None
    search: str
    filters: dict[str, Filter]
    names: dict[str, dict[str, str]]
    classes: dict[int, tuple[uuid.UUID, str]]


def pupil_list(request: HttpRequest, school: School) -> PupilList:
    """Enrolments of a school in the year shown, narrowed by the address."""
    year = chosen_year(request)
    search = read_search(request)
    if year is None:
        return PupilList(Enrolment.objects.none(), None, search, {}, {}, {})
    own = classes(request.actor, school_id=school.pk).filter(start_year=year.start_year).order_by("sort_key")
    found = list(own.values_list("pk", "public_id", "name", "grade_code"))
    names = codes.labels("gender", "student_status", "ethnic_group", "policy_category")
    filters = pupil_filters.read(
        request,
        grades=codes.grades(),
        classes=[(str(key), name, grade) for _, key, name, grade in found],
        genders=names["gender"],
        policies=names["policy_category"],
    )
    rows = pupils(request.actor, start_year=year.start_year, school_id=school.pk)
    rows = pupil_filters.narrowed(rows, start_year=year.start_year, search=search, filters=filters)
    return PupilList(rows, year, search, filters, names, {pk: (key, name) for pk, key, name, _ in found})


@login_required
def student_list(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
    """Pupils of a school in the year shown: searched without accents, filtered by the address."""
    row = school_or_404(request, school)
    found = pupil_list(request, row)
    columns = read_columns(request, "hoc-sinh", COLUMNS)
    page = listing(request, _read(found, columns), sorts=PUPIL_SORTS, default="ten")
    page = page.replaced([pupil_line(line) for line in page.items])
    more = [one for name, one in found.filters.items() if name not in pupil_filters.FIRST]
    acts = _acts(request, row, found.year)
    beside = Beside(found.names, found.classes, _kin(request, page.items) if "lien-he" in columns.shown else {})
    asked = {YEAR: str(found.year.start_year)} if found.year else {}
    context = {
        "school": row,
        "crumbs": crumbs_to(request, row),
        "listing": page,
        "search": found.search,
        "filters": list(found.filters.values()),
        "shown_filters": [one for name, one in found.filters.items() if name in pupil_filters.FIRST],
        "more_filters": more,
        "more_are_held": any(one.value for one in more),
        "any_held": any(one.value != one.default for one in found.filters.values()),
        "columns": columns,
        "sorts": PUPIL_SORTS,
        "body": table_body(pupil_rows(page.items, columns, beside, can_tick=bool(acts))),
        "acts": acts,
        "bulk_url": address(request, addresses("school:student-bulk")(school), **asked),
        "export_url": export_url(request, "school:student-export", found.year, school),
        "can_import": is_open(found.year) and request.actor.can(Permission.DATA_IMPORT, on=row),
        "can_admit": bool(acts) and request.actor.can(Permission.STUDENT_ENROL, on=row),
    }
    template = "school/students/list.html"
    return render(request, f"{template}#results" if request.headers.get("HX-Request") else template, context)


def _acts(request: HttpRequest, school: School, year: SchoolYear | None) -> list[tuple[str, str]]:
    """What this account may do with several pupils at once: nothing in a year that takes no write."""
    if year is None or year.state != YearState.OPEN:
        return []
    return [(value, text) for needed, value, text in BULK_ACTS if request.actor.can(needed, on=school)]


def _read(found: PupilList, columns: Columns) -> QuerySet[Enrolment, tuple[Any, ...]]:
    """What the lines show; nothing is read for a column that is hidden."""
    rows = found.rows.values_list(*READ)
    if found.year is not None and "ket-qua" in columns.shown:
        rows = rows.annotate(outcome=outcome_of(found.year.start_year))
    return rows


def _kin(request: HttpRequest, rows: Sequence[Line]) -> dict[int, list[Guardian]]:
    """Guardians of the pupils of a page: student -> persons, parents first."""
    found: dict[int, list[Guardian]] = {}
    standing = Guardian.objects.filter(ended_on__isnull=True)
    wanted = standing.filter(student__in=[row.student_id for row in rows]).order_by("relation", "pk")
    for guardian in visible(wanted, request.actor, Permission.STUDENT_READ):
        found.setdefault(guardian.student_id, []).append(guardian)
    return found


@login_required
def student_detail(request: HttpRequest, student: uuid.UUID) -> HttpResponse:
    """One pupil: the person, the guardians, every year this account may see, who changed what."""
    row = get_object_or_404(students(request.actor), public_id=student)
    enrolments = list(enrolments_of_student(request.actor, row.pk))
    newest = enrolments[0] if enrolments else None
    note_read(request, row, newest.school_id if newest else None)
    crumbs = crumbs_to(request, newest.school) if newest else []
    if newest:
        crumbs.append(("Học sinh", reverse("school:student-list", args=[newest.school.unit.public_id])))
    everybody = visible(Guardian.objects.filter(student=row), request.actor, Permission.STUDENT_READ)
    kin = list(everybody.order_by("relation", "pk"))
    guardians = [one for one in kin if one.ended_on is None]
    papers = visible(StudentPaper.objects.filter(student=row), request.actor, Permission.STUDENT_READ)
    editable = enrolment_to_edit(request, row)
    edits = _history(request, row, kin, enrolments, editable)
    # How somebody who left comes back: the leaving is taken back.
    gone = f"{PLACE}{editable.public_id}" if editable and editable.left_on else None
    way_back = next((one for one in edits if one.kind == gone and one.can_undo and "left_on" in one.names), None)
    can_export = newest is not None and request.actor.can(Permission.DATA_EXPORT, on=newest)
    context = {
        "student": row,
        "crumbs": crumbs,
        "newest": newest,
        "editable": editable,
        "can_enrol": editable and request.actor.can(Permission.STUDENT_ENROL, on=editable),
        "can_decide": editable and request.actor.can(Permission.RESULT_DECIDE, on=editable),
        "bulk_url": _bulk_url(editable),
        "record_url": reverse("school:student-record-export", args=[student]) if can_export else "",
        "reveal_url": reverse("school:student-reveal", args=[student]),
        "edits": edits,
        "way_back": way_back,
        "assumed": _assumed(request, enrolments),
        "moves": moves_of(request.actor, row.pk),
        "enrolments": enrolments,
        "guardians": guardians,
        "papers": list(papers.order_by(F("withdrawn_on").asc(nulls_first=True), "filed_at", "pk")),
        "extra": said_extra("student", row.extra, PUPIL_EXTRA),
        "names": codes.labels(
            "gender", "ethnic_group", "religion", "student_status", "policy_category", "disability_kind"
        ),
        "communes": codes.commune_names([row.permanent_commune_code, row.current_commune_code]),
        "grades": codes.grades(),
        "results": results_of(
            request.actor,
            enrolment_ids=[item.pk for item in enrolments],
            start_years={item.start_year for item in enrolments},
        ),
    }
    return render(request, "school/students/detail.html", context)


def _history(
    request: HttpRequest,
    student: Student,
    kin: Sequence[Guardian],
    enrolments: Sequence[Enrolment],
    editable: Enrolment | None,
) -> list[EditLines]:
    """Of the file, the guardians and every year: each edit with whether this account may take it back here."""
    here = {f"{PLACE}{one.public_id}": one for one in enrolments}
    may_enrol = {
        kind
        for kind, one in here.items()
        if editable and one.start_year == editable.start_year and request.actor.can(Permission.STUDENT_ENROL, on=one)
    }
    found = history_of(
        [
            ("", "Hồ sơ học sinh", student),
            *((str(one.public_id), f"{one.get_relation_display()} {one.full_name}", one) for one in kin),
            *((kind, f"{one.school.unit.name}, năm học {_year(one)}", one) for kind, one in here.items()),
        ],
        actor=request.actor,
    )
    return [
        replace(one, can_undo=one.kind in may_enrol and changes_place(one.names)) if one.kind in here else one
        for one in found
    ]


def _assumed(request: HttpRequest, enrolments: Sequence[Enrolment]) -> dict[int, str]:
    """Of enrolments that a file brought: what of the admission the file did not say, so that the import assumed it."""
    brought = {one.run_id: one for one in enrolments if one.run_id and not one.previous_id}
    if not brought or not request.actor.can(Permission.DATA_IMPORT):
        return {}
    rows = ImportRow.objects.filter(
        run__in=list(brought), noun="pupils", target_id__in=[one.student_id for one in brought.values()]
    )
    found = {}
    for row in visible(rows, request.actor, Permission.DATA_IMPORT):
        said = [text for name, text in _ADMISSION if name not in row.values]
        if said:
            found[brought[row.run_id].pk] = " và ".join(said)
    return found


def _year(enrolment: Enrolment) -> str:
    return f"{enrolment.start_year}-{enrolment.start_year + 1}"


def _bulk_url(enrolment: Enrolment | None) -> str:
    """Where a single pupil is moved or leaves: the same act as for many."""
    if enrolment is None:
        return ""
    return f"{reverse('school:student-bulk', args=[enrolment.school.unit.public_id])}?nam={enrolment.start_year}"
