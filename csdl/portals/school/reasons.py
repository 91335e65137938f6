"""Why can I see this? From the right over its paper and its scope to the pupil, the member of staff, the class, the
school or the report; who may read a unit's rights asks the same about an account of the unit."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from csdl.access.enums import Ground
from csdl.access.models import Grant
from csdl.access.queries import Reason, visible, why
from csdl.accounts.models import Account
from csdl.accounts.permissions import Permission
from csdl.codes import queries as codes
from csdl.delegation.models import Commitment
from csdl.delegation.queries import GrantLine, commitments_for, grant_lines, people_of
from csdl.lib import clock
from csdl.orgs.models import OrgUnit, School
from csdl.portals.school.profile import reached_school
from csdl.portals.school.reach import crumbs_to, report_crumbs
from csdl.portals.school.reports import report_page
from csdl.reports.models import Submission
from csdl.staff.models import StaffMember, StaffPosting, UnitHead
from csdl.students.queries import students
from csdl.years.models import Enrolment
from csdl.years.queries import classes, enrolments_of_student

__all__ = ["class_why", "report_why", "school_why", "staff_why", "student_why"]

# In the address: the sign-in name of the account that is asked about.
ACCOUNT = "tai-khoan"


@dataclass
class Chain:
    """One right and the way from it to the row. `ties`: in words, how its scope reaches what is shown."""

    label: str
    line: GrantLine | None
    is_reading: bool
    commitment: Commitment | None = None
    appointment: UnitHead | None = None
    ties: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Asked:
    """About whose rights a page of reasons is asked: one's own, or those of an account of a unit whose rights one may
    read. `others` are the accounts that may be asked about, `account` the one chosen (None: oneself)."""

    others: Sequence[Account] = ()
    account: Account | None = None


@login_required
@require_safe
def student_why(request: HttpRequest, student: uuid.UUID) -> HttpResponse:
    """By which rights one sees a pupil's file, or an account of the school does."""
    row = get_object_or_404(students(request.actor), public_id=student)
    newest = enrolments_of_student(request.actor, row.pk).select_related("school__unit__parent").first()
    asked = _asked(request, newest.school if newest else None)
    reasons = why(asked.account or request.actor, row, Permission.STUDENT_READ)
    found = Enrolment.objects.filter(pk__in=[one.tie.pk for one in reasons if isinstance(one.tie, Enrolment)])
    said = {one.pk: _learns(row.full_name, one) for one in found.select_related("school__unit", "school_class")}
    crumbs = [
        *(crumbs_to(request, newest.school) if newest else []),
        (row.full_name, reverse("school:student-detail", args=[student])),
    ]
    return _answer(request, asked, _chains(reasons, said, row.full_name), row.full_name, "hồ sơ học sinh", crumbs)


@login_required
@require_safe
def staff_why(request: HttpRequest, staff: uuid.UUID) -> HttpResponse:
    """By which rights one sees a person's file, or an account of the school does."""
    people = visible(StaffMember.objects.all(), request.actor, Permission.STAFF_READ)
    row = get_object_or_404(people, public_id=staff)
    own = visible(StaffPosting.objects.filter(staff=row), request.actor, Permission.STAFF_READ)
    newest = own.order_by("valid_from", "pk").last()
    school = School.objects.select_related("unit__parent").filter(pk=newest.unit_id).first() if newest else None
    asked = _asked(request, school)
    reasons = why(asked.account or request.actor, row, Permission.STAFF_READ)
    found = StaffPosting.objects.filter(pk__in=[one.tie.pk for one in reasons if isinstance(one.tie, StaffPosting)])
    said = {one.pk: _works(row.full_name, one) for one in found.select_related("unit")}
    crumbs = [
        *(crumbs_to(request, school) if school else []),
        (row.full_name, reverse("school:staff-detail", args=[staff])),
    ]
    account_id = asked.account.pk if asked.account else request.actor.account_id
    is_own = row.account_id is not None and row.account_id == account_id
    chains = _chains(reasons, said, row.full_name)
    return _answer(request, asked, chains, row.full_name, "hồ sơ cán bộ, giáo viên", crumbs, is_own=is_own)


@login_required
@require_safe
def class_why(request: HttpRequest, school_class: uuid.UUID) -> HttpResponse:
    """By which rights one sees a class, or an account of the school does."""
    row = get_object_or_404(classes(request.actor).select_related("school__unit__parent"), public_id=school_class)
    asked = _asked(request, row.school)
    reasons = why(asked.account or request.actor, row, Permission.CLASS_READ)
    name = f"Lớp {row.name}"
    said = {row.pk: f"{name} thuộc {row.school.unit.name}, năm học {row.start_year}-{row.start_year + 1}"}
    crumbs = [*crumbs_to(request, row.school), (name, reverse("school:class-detail", args=[school_class]))]
    return _answer(request, asked, _chains(reasons, said, name), name, "lớp và phân công", crumbs)


@login_required
@require_safe
def school_why(request: HttpRequest, school: uuid.UUID) -> HttpResponse:
    """By which rights one sees a school's profile, sites and rooms, or an account of the school does."""
    row = reached_school(request, school)
    asked = _asked(request, row)
    reasons = why(asked.account or request.actor, row, Permission.SCHOOL_READ)
    name = row.unit.name
    chains = _chains(reasons, {row.pk: f"Hồ sơ, điểm trường, phòng là của {name}"}, name)
    crumbs = [*crumbs_to(request, row), ("Hồ sơ trường", reverse("school:profile", args=[school]))]
    return _answer(request, asked, chains, name, "hồ sơ, điểm trường, phòng", crumbs)


@login_required
@require_safe
def report_why(request: HttpRequest, school: uuid.UUID, period: str, level: str) -> HttpResponse:
    """By which rights one sees a report, or an account of the school does."""
    page = report_page(request, school, period, level)
    row = page.report or Submission(period=page.period, unit=page.unit, level_code=level)
    asked = _asked(request, page.unit)
    reasons = why(asked.account or request.actor, row, Permission.REPORT_READ)
    said = {row.pk: f"Báo cáo là của {page.unit.name}"}
    crumbs = [
        *report_crumbs(request, page.unit),
        (page.title, reverse("school:report-detail", args=[school, period, level])),
    ]
    return _answer(request, asked, _chains(reasons, said, page.title), page.title, "báo cáo", crumbs)


def _asked(request: HttpRequest, unit: School | OrgUnit | None) -> Asked:
    """Who may read the unit's rights asks about its accounts: of people who work there, and of whom its rights name."""
    if unit is None or not request.actor.can(Permission.GRANT_READ, on=unit):
        return Asked()
    working = [one.staff.account_id for one in people_of(unit.pk, clock.today())]
    named = visible(Grant.objects.filter(unit_id=unit.pk), request.actor, Permission.GRANT_READ)
    keys = {*working, *named.values_list("account_id", flat=True)} - {None, request.actor.account_id}
    others = list(Account.objects.filter(pk__in=keys).order_by("full_name", "pk"))
    wanted = request.GET.get(ACCOUNT, "")
    return Asked(others, next((one for one in others if wanted and one.username == wanted), None))


def _answer(
    request: HttpRequest,
    asked: Asked,
    chains: Sequence[Chain],
    title: str,
    what: str,
    crumbs: Sequence[tuple[str, str]],
    *,
    is_own: bool = False,
) -> HttpResponse:
    context = {
        "title": title,
        "what": what,
        "chains": chains,
        "asked": asked,
        "account_field": ACCOUNT,
        "is_own": is_own,
        "crumbs": crumbs,
    }
    return render(request, "school/why.html", context)


def _chains(reasons: Sequence[Reason], said: Mapping[Any, str], name: str) -> list[Chain]:
    """One chain for each right; what a right reaches in several ways is told once each."""
    grants = {one.grant.pk: one.grant for one in reasons if one.grant is not None}
    lines = {one.grant.pk: one for one in grant_lines(grants.values())}
    commitments = commitments_for([one.minutes for one in lines.values() if one.minutes])
    appointed = [one.paper_id for one in grants.values() if one.ground == Ground.APPOINTMENT and one.paper_id]
    heads = UnitHead.objects.select_related("unit").in_bulk(appointed)
    levels = codes.labels("school_level")["school_level"]
    found: dict[int, Chain] = {}
    for reason in reasons:
        key = reason.held.grant_id
        if key not in found:
            line = lines.get(key)
            chain = Chain(reason.held.role.label, line, reason.held.is_reading)
            if line is not None and line.minutes is not None:
                chain.commitment = commitments.get(line.minutes.pk)
            elif line is not None and line.grant.ground == Ground.APPOINTMENT:
                chain.appointment = heads.get(line.grant.paper_id or 0)
            found[key] = chain
        told = _tie(reason, said, name, levels)
        if told not in found[key].ties:
            found[key].ties.append(told)
    return list(found.values())


def _tie(reason: Reason, said: Mapping[Any, str], name: str, levels: Mapping[str, str]) -> str:
    if reason.how == "all":
        return f"Quyền này xem được mọi đơn vị trong tỉnh, nên xem được {name}."
    told = said.get(reason.tie.pk, f"{name} thuộc phạm vi ấy")
    if reason.how == "level":
        return f"{told}; thuộc {levels.get(reason.level_code, 'cấp học được giao').lower()}."
    return f"{told}."


def _learns(name: str, row: Enrolment) -> str:
    where = f"lớp {row.school_class.name}, {row.school.unit.name}" if row.school_class else f"{row.school.unit.name}"
    return f"{name} học {where}, năm học {row.start_year}-{row.start_year + 1}"


def _works(name: str, row: StaffPosting) -> str:
    """'Bùi Thu Trang công tác tại Trường THCS Tô Hiệu từ 01/08/2020'."""
    until = f" đến trước {row.valid_to:%d/%m/%Y}" if row.valid_to else ""
    return f"{name} công tác tại {row.unit.name} từ {row.valid_from:%d/%m/%Y}{until}"
