"""A province small enough to read: two schools under one office, one account of each role at the first of them."""

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from csdl.accounts.models import Account
from csdl.documents.models import Document
from csdl.intake.enums import RowState, RunState
from csdl.intake.models import ImportRow, ImportRun
from csdl.orgs.enums import UnitKind
from csdl.orgs.models import OrgUnit, School
from csdl.staff.models import StaffMember
from csdl.students.models import Guardian
from csdl.years.models import Enrolment, SchoolClass
from tests import builders as b

# That of the builders, for whoever signs in by the form.
PASSWORD = "mat-khau-thu"


@dataclass(frozen=True)
class Places:
    """Rows the tests point at; `other_*` belong to the neighbour school."""

    department: OrgUnit
    office: OrgUnit
    school: School
    own_class: SchoolClass
    parallel_class: SchoolClass
    own_pupil: Enrolment
    own_guardian: Guardian
    own_teacher: StaffMember
    other_teacher: StaffMember
    parallel_pupil: Enrolment
    other_school: School
    other_class: SchoolClass
    other_pupil: Enrolment
    own_import: ImportRun
    other_import: ImportRun
    own_paper: Document
    other_paper: Document
    accounts: dict[str, Account]


def build() -> Places:
    """Write it all; 2023-2024 is the year behind, 2024-2025 the current one."""
    office = b.office()
    school = b.school("Trường THCS Tô Hiệu", parent=office, years=(2023, 2024))
    other_school = b.school("Trường THCS Trương Công Định", parent=office, years=(2023, 2024))
    b.school_year(2024, current=True)
    own_class, parallel_class = (b.school_class(school, name, "07", year=2024) for name in ("7A", "7B"))
    other_class = b.school_class(other_school, "7C", "07", year=2024)
    teacher = b.teacher(school, "Bùi Thu Trang", year=2024)
    b.homeroom(teacher, own_class)
    own = b.pupil(own_class, None, name="Nguyễn Thị Lan", citizen_id_no="031212001845", birth_date=dt.date(2012, 10, 7))
    mother = Guardian.objects.create(
        student=own.student, relation="mother", full_name="Phạm Thị Hoa", phone="0912345678"
    )
    parallel = b.pupil(parallel_class, None, name="Trần Minh Đạt")
    other = b.pupil(other_class, None, name="Lê Văn Láng Giềng")
    accounts = {
        "department": b.account("so", "department_admin", b.department(), full_name="Vũ Quốc Khánh"),
        "office": b.account("phong", "office_head", office, full_name="Đỗ Thị Hải Yến"),
        "head": b.account("hieutruong", "school_head", school.unit, full_name="Phạm Thị Hồng Hạnh"),
        "clerk": b.account("vanthu", "school_clerk", school.unit, full_name="Lê Minh Ngọc"),
        "homeroom": b.account(
            "chunhiem", "homeroom_teacher", school.unit, classes=[own_class], full_name="Bùi Thu Trang"
        ),
        "nobody": Account.objects.create_user(username="chua-co-quyen", password="mat-khau-thu", full_name="Ngô An"),
    }
    return Places(
        b.department(),
        office,
        school,
        own_class,
        parallel_class,
        own,
        mother,
        teacher,
        b.teacher(other_school, "Hoàng Văn Láng", year=2024),
        parallel,
        other_school,
        other_class,
        other,
        _import(school),
        _import(other_school),
        *(Document.objects.create(unit=one.unit, kind="other", title="Quy chế") for one in (school, other_school)),
        accounts,
    )


def build_empty() -> None:
    """Province 19 before its first school: the department, its account, the year."""
    department = b.unit("Sở Giáo dục và Đào tạo Thái Nguyên", UnitKind.DEPARTMENT, code="19")
    b.school_year(2024, current=True)
    b.account("so19", "department_admin", department, full_name="Vũ Quốc Khánh")


def session_key(username: str) -> str:
    """The key under which the account is signed in already; its cookie is all that a browser needs."""
    return hashlib.sha256(username.encode()).hexdigest()[:32]


def sign_everybody_in() -> None:
    """A session for each account, so that only the tests of the form pass through the form."""
    for account in Account.objects.filter(is_active=True):
        held = {
            SESSION_KEY: str(account.pk),
            BACKEND_SESSION_KEY: "allauth.account.auth_backends.AuthenticationBackend",
            HASH_SESSION_KEY: account.get_session_auth_hash(),
        }
        # The log-out of sessions goes by real time, not by the clock of the business.
        until = timezone.now() + dt.timedelta(hours=12)
        Session.objects.create(
            session_key=session_key(account.username), session_data=SessionStore().encode(held), expire_date=until
        )


def _import(school: School) -> ImportRun:
    """A planned file of one pupil, brought in for a school by nobody in particular."""
    run = ImportRun.objects.create(
        kind="pupils",
        unit=school.unit,
        start_year=2024,
        file_name="danh-sach.xlsx",
        file_sha256="0" * 64,
        state=RunState.PLANNED,
        counts={"pupils": {"created": 1}},
    )
    ImportRow.objects.create(
        run=run, noun="pupils", sheet="Học sinh", row_no=2, label="Vũ Gia Bảo", state=RowState.CREATED
    )
    return run
