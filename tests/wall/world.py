"""A fixed world for the gate's probes: a department, two offices, five schools of which one teaches two levels,
classes, pupils placed and not yet placed, staff, and a row of every declared table at each school."""

import datetime as dt
from dataclasses import dataclass, field

from django.db import connection

from csdl.accounts.models import Account, Regulation, RegulationAcceptance
from csdl.audit.models import Event
from csdl.delegation.models import Batch
from csdl.documents.enums import DocumentKind
from csdl.documents.models import Document, StoredFile
from csdl.dossier.models import Dossier
from csdl.exports.models import ExportDecision, ExportRequest
from csdl.intake.models import ColumnMapping, ImportRow, ImportRun
from csdl.jobs.models import Job
from csdl.orgs.models import OrgUnit, School
from csdl.rollover.models import Choice, PlanRow
from csdl.staff.models import StaffMember, StaffPosting, StaffYear, UnitHead
from csdl.students.models import Guardian, StudentPaper
from csdl.years.models import ClassMove, ClassScope, Enrolment, SchoolClass
from tests import builders as b

# Name -> office, levels, the grades of its classes.
SCHOOLS = {
    "TH Lê Chân": ("Lê Chân", ("02",), ("01", "05")),
    "THCS Lê Chân": ("Lê Chân", ("03",), ("06", "07")),
    "TH và THCS Lê Chân": ("Lê Chân", ("02", "03"), ("05", "06")),
    "MN Ngô Quyền": ("Ngô Quyền", ("01",), ("17",)),
    "THCS Ngô Quyền": ("Ngô Quyền", ("03",), ("07", "09")),
}
MIXED = "TH và THCS Lê Chân"
GRADES = {
    "01": ("16", "17"),
    "02": tuple(f"{number:02}" for number in range(1, 6)),
    "03": tuple(f"{number:02}" for number in range(6, 10)),
}


@dataclass
class World:
    """Units by name; `person` has an account and is a member of staff, `guest` has an account alone."""

    department: OrgUnit
    offices: dict[str, OrgUnit]
    schools: dict[str, School]
    classes: list[SchoolClass]
    person: Account
    staff: StaffMember
    guest: Account
    levels: dict[int, tuple[str, ...]] = field(default_factory=dict)

    @property
    def units(self) -> list[OrgUnit]:
        return [self.department, *self.offices.values(), *(school.unit for school in self.schools.values())]

    def below(self, unit: OrgUnit) -> set[int]:
        """Keys of a unit and everything below it, told without the database."""
        if unit == self.department:
            return {one.pk for one in self.units}
        under = [self.schools[name].pk for name, (office, *_) in SCHOOLS.items() if self.offices[office] == unit]
        return {unit.pk, *under}


def build() -> World:
    """Write it all, under the owner's role; year 2023-2024."""
    offices = {name: b.office(f"Phòng GDĐT {name}") for name in ("Lê Chân", "Ngô Quyền")}
    schools = {}
    classes = []
    for name, (office, levels, grades) in SCHOOLS.items():
        where = schools[name] = b.school(f"Trường {name}", parent=offices[office], levels=levels)
        classes += [b.school_class(where, f"{grade}A", grade) for grade in grades]
        _people_of(where, classes[-len(grades) :], levels)
    with connection.cursor() as cursor:
        cursor.execute("SELECT csdl_make_plan_partition(2023::smallint)")
    for unit in [b.department(), *offices.values()]:
        _staff_of(unit, ())
    for unit in [b.department(), *offices.values(), *(school.unit for school in schools.values())]:
        _work_of(unit)
    for enrolment in Enrolment.objects.all():
        Choice.objects.create(from_year=2023, enrolment=enrolment, school_id=enrolment.school_id)
        PlanRow.objects.create(
            enrolment=enrolment,
            from_year=2023,
            student_id=enrolment.student_id,
            school_id=enrolment.school_id,
            act="promote",
            rule_code="X",
        )
    person = Account.objects.create_user(username="nguoi", full_name="Lê Thị Người")
    guest = Account.objects.create_user(username="khach", full_name="Trần Văn Khách")
    staff = StaffMember.objects.create(full_name="Lê Thị Người", account=person)
    levels = {school.pk: SCHOOLS[name][1] for name, school in schools.items()}
    return World(b.department(), offices, schools, classes, person, staff, guest, levels)


def _people_of(where: School, classes: list[SchoolClass], levels: tuple[str, ...]) -> None:
    for school_class in classes:
        enrolment = b.pupil(school_class, name=f"Học sinh {where} {school_class}")
        Guardian.objects.create(student=enrolment.student, relation="mother", full_name="Mẹ")
        StudentPaper.objects.create(
            student=enrolment.student,
            kind="birth",
            sha256=f"{enrolment.pk:064x}",
            size_bytes=1,
            media_type="application/pdf",
            page_count=1,
        )
        ClassMove.objects.create(
            start_year=2023, enrolment=enrolment, to_class=school_class, moved_on=dt.date(2023, 9, 1)
        )
        b.homeroom(_staff_of(where.unit, levels[-1:]), school_class)
        b.teaches(_staff_of(where.unit, levels[:1]), school_class)
    unplaced = b.pupil(classes[-1], name=f"Chưa xếp lớp {where}")
    Enrolment.objects.filter(pk=unplaced.pk).update(school_class=None, first_class=None)
    _staff_of(where.unit, ())


def _staff_of(unit: OrgUnit, levels: tuple[str, ...]) -> StaffMember:
    person = StaffMember.objects.create(full_name=f"Cán bộ {unit}")
    posting = StaffPosting.objects.create(
        staff=person, unit=unit, valid_from=dt.date(2020, 8, 1), staff_group_code="03", level_codes=list(levels)
    )
    StaffYear.objects.create(start_year=2023, posting=posting, unit=unit)
    return person


def _asks_of(unit: OrgUnit, head: Account) -> None:
    """A member of staff who accepted the regulation and asked for a large file, which the head approved."""
    asker = Account.objects.create(username=f"xin-{unit.pk}", full_name="Người xin")
    StaffMember.objects.filter(pk=StaffMember.objects.filter(postings__unit=unit, account=None)[0].pk).update(
        account=asker
    )
    now = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    text, _ = Regulation.objects.get_or_create(
        version=1, defaults={"title": "Quy chế", "text": "Điều 1.", "text_hash": "0" * 64, "published_at": now}
    )
    RegulationAcceptance.objects.create(account=asker, regulation=text, text_hash="0" * 64, at=now)
    ask = ExportRequest.objects.create(
        account=asker,
        asked_by="Người xin",
        unit=unit,
        what="pupils",
        title="Danh sách học sinh",
        path="/",
        asked={"columns": [], "purpose": "work", "reason": ""},
        columns=[["Họ và tên", False]],
        persons=2000,
        is_of_schools=False,
        asked_at=now,
        lapses_at=now,
    )
    ExportDecision.objects.create(
        request=ask, account=head, decided_by="Thủ trưởng", unit=unit, is_approved=False, reason="Chưa cần", at=now
    )


def _work_of(unit: OrgUnit) -> None:
    """The head and the clerk, their grants, a file brought in, a run, an act."""
    UnitHead.objects.create(
        unit=unit,
        staff=StaffMember.objects.filter(postings__unit=unit)[0],
        valid_from=dt.date(2022, 1, 1),
        sha256=f"{unit.pk:064x}",
        media_type="application/pdf",
    )
    head = b.account(f"dau-{unit.pk}", "school_head", unit)
    run = ImportRun.objects.create(kind="pupils", unit=unit, start_year=2023, file_name="a.xlsx", account=head)
    ImportRow.objects.create(run=run, noun="pupils", sheet="S", row_no=2, label="Học sinh", state="created")
    ColumnMapping.objects.create(unit=unit, noun="pupils", headers_key="x")
    Job.objects.create(kind="x", title="x", account=head, args={"unit_id": unit.pk})
    scan = StoredFile.objects.create(
        unit=unit, sha256=f"{unit.pk:064x}", size_bytes=1, media_type="application/pdf", page_count=1
    )
    Document.objects.create(unit=unit, kind=DocumentKind.values[0], title="Quyết định", file=scan)
    Event.objects.create(kind="audit:burst", actor_label="x", account=head, unit_id=unit.pk)
    Dossier.objects.create(
        unit=unit, first_on=dt.date(2023, 9, 1), last_on=dt.date(2024, 5, 31), asked_by="x", created_by=head.pk
    )
    Batch.objects.create(unit=unit, title="Lô", start_year=2023, prepared_by=head, prepared_on=dt.date(2023, 9, 1))
    _asks_of(unit, head)
    held = SchoolClass.objects.filter(school_id=unit.pk).first()
    if held:
        teacher = b.account(f"gv-{unit.pk}", "homeroom_teacher", unit, classes=[held])
        assert ClassScope.objects.filter(grant__account=teacher).exists()
