"""Small, readable records for tests: a province of two schools, classes, pupils with an outcome."""

import datetime as dt
import itertools
from collections.abc import Sequence

from csdl.access.actions import give_role
from csdl.accounts.actor import SystemActor
from csdl.accounts.models import Account
from csdl.orgs.enums import UnitKind
from csdl.orgs.models import OrgUnit, School, SchoolLevel, SchoolProfile, SchoolSite, UnitVersion
from csdl.staff.models import StaffMember, StaffPosting, StaffYear
from csdl.students.models import Student
from csdl.years.actions import open_school_year, tie_classes
from csdl.years.models import (
    Enrolment,
    HomeroomAssignment,
    SchoolClass,
    SchoolYear,
    TeachingAssignment,
    YearResult,
)

SYSTEM = SystemActor("kiểm thử")
# Signs what the other froze.
SECOND = SystemActor("người thứ hai")
_numbers = itertools.count(1)
_LEVEL_OF = {**{f"{n:02}": "02" for n in range(1, 6)}, **{f"{n:02}": "03" for n in range(6, 10)}}
_LEVEL_OF |= {f"{n:02}": "04" for n in range(10, 13)} | {"16": "01", "17": "01", "13": "05", "14": "05", "15": "05"}


def school_year(start_year: int, *, current: bool = False) -> SchoolYear:
    """An open school year with its tables."""
    year = open_school_year(actor=SYSTEM, start_year=start_year)
    if current:
        SchoolYear.objects.update(is_current=False)
        SchoolYear.objects.filter(pk=start_year).update(is_current=True)
    return year


def unit(name: str, kind: UnitKind, parent: OrgUnit | None = None, code: str = "") -> OrgUnit:
    """A unit that has always had this name and parent."""
    made = OrgUnit.objects.create(code=code or f"T{next(_numbers):07}", opened_on=dt.date(2000, 1, 1))
    UnitVersion.objects.create(unit=made, name=name, kind=kind, parent=parent, valid_from=dt.date(2000, 1, 1))
    made.refresh_from_db()
    return made


def department() -> OrgUnit:
    return OrgUnit.objects.filter(parent=None).first() or unit("Sở Giáo dục và Đào tạo", UnitKind.DEPARTMENT)


def office(name: str = "Phòng GDĐT quận Lê Chân") -> OrgUnit:
    return unit(name, UnitKind.DISTRICT_OFFICE, department())


def school(
    name: str = "Trường THCS Tô Hiệu",
    *,
    parent: OrgUnit | None = None,
    levels: Sequence[str] = ("03",),
    years: Sequence[int] = (2023,),
    code: str = "",
) -> School:
    """A school with its profile, levels and main site in the given years."""
    made = School.objects.create(unit=unit(name, UnitKind.SCHOOL, parent or department(), code))
    for year in years:
        school_year(year)
        SchoolProfile.objects.create(school=made, start_year=year, level_group_code="07", ownership_code="01")
        SchoolLevel.objects.bulk_create([SchoolLevel(school=made, start_year=year, level_code=x) for x in levels])
        SchoolSite.objects.create(school=made, start_year=year, code="01", name="Điểm chính", is_main=True)
    return made


def school_class(
    where: School, name: str, grade_code: str, *, year: int = 2023, age_group_code: str = ""
) -> SchoolClass:
    return SchoolClass.objects.create(
        school=where,
        start_year=year,
        name=name,
        grade_code=grade_code,
        level_code=_LEVEL_OF[grade_code],
        age_group_code=age_group_code,
        site=SchoolSite.objects.filter(school=where, start_year=year).first(),
    )


def pupil(
    where: SchoolClass,
    outcome: str | None = "promoted",
    *,
    name: str = "",
    birth_date: dt.date | None = None,
    left_on: dt.date | None = None,
    status_code: str = "01",
    leaving_reason_code: str = "",
    **student: object,
) -> Enrolment:
    """A pupil of a class from the year's first day, with a year result unless `outcome` is None."""
    number = next(_numbers)
    person = Student.objects.create(
        full_name=name or f"Nguyễn Văn Học {number}",
        birth_date=birth_date or dt.date(2011, 5, 19),
        gender_code="01",
        ethnic_code="01",
        **student,
    )
    enrolment = Enrolment.objects.create(
        start_year=where.start_year,
        student=person,
        school=where.school,
        grade_code=where.grade_code,
        school_class=where,
        first_class=where,
        enrolled_on=dt.date(where.start_year, 7, 1),
        left_on=left_on,
        status_code=status_code,
        leaving_reason_code=leaving_reason_code,
        admission_kind="4",
    )
    if outcome:
        YearResult.objects.create(start_year=where.start_year, enrolment=enrolment, outcome=outcome, regime="tt22")
    return enrolment


def teacher(where: School, name: str = "", *, year: int = 2023, status_code: str = "01") -> StaffMember:
    """A teacher posted at a school, with the year's row."""
    person = StaffMember.objects.create(full_name=name or f"Trần Thị Dạy {next(_numbers)}", gender_code="02")
    posting = StaffPosting.objects.create(
        staff=person, unit=where.unit, valid_from=dt.date(2020, 8, 1), staff_group_code="03", status_code=status_code
    )
    StaffYear.objects.create(start_year=year, posting=posting, unit=where.unit, periods_per_week=17)
    return person


def homeroom(who: StaffMember, where: SchoolClass) -> HomeroomAssignment:
    return HomeroomAssignment.objects.create(
        school_class=where, staff=who, valid_from=dt.date(where.start_year, 7, 1), state="confirmed"
    )


def teaches(who: StaffMember, where: SchoolClass, subject_code: str = "15") -> TeachingAssignment:
    return TeachingAssignment.objects.create(
        school_class=where, staff=who, subject_code=subject_code, semester=1, periods_per_week=4
    )


def account(
    username: str, role_code: str, where: OrgUnit, *, classes: Sequence[SchoolClass] = (), full_name: str = ""
) -> Account:
    """An account that may sign in with the password "mat-khau-thu" in one role at one unit."""
    made = Account.objects.create_user(username=username, password="mat-khau-thu", full_name=full_name or username)
    grant = give_role(actor=SYSTEM, account=made, role_code=role_code, unit=where, valid_from=dt.date(2020, 1, 1))
    if classes:
        tie_classes(actor=SYSTEM, grant=grant, classes=classes)
    return made
