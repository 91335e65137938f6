"""Why can I see this? From the right over its paper and its scope to the pupil or the member of staff."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from csdl.access.enums import Ground
from csdl.access.queries import Reason, visible, why
from csdl.accounts.permissions import Permission
from csdl.codes import queries as codes
from csdl.delegation.models import Commitment
from csdl.delegation.queries import GrantLine, commitments_for, grant_lines
from csdl.orgs.models import School
from csdl.portals.school.reach import crumbs_to
from csdl.staff.models import StaffMember, StaffPosting, UnitHead
from csdl.students.queries import students
from csdl.years.models import Enrolment

__all__ = ["staff_why", "student_why"]


@dataclass
class Chain:
    """One right and the way from it to the row. `ties`: in words, how its scope reaches what is shown."""

    label: str
    line: GrantLine | None
    is_reading: bool
    commitment: Commitment | None = None
    appointment: UnitHead | None = None
    ties: list[str] = field(default_factory=list)


@login_required
@require_safe
def student_why(request: HttpRequest, student: uuid.UUID) -> HttpResponse:
    """By which of one's rights one sees a pupil's file."""
    row = get_object_or_404(students(request.actor), public_id=student)
    reasons = why(request.actor, row, Permission.STUDENT_READ)
    found = Enrolment.objects.filter(pk__in=[one.tie.pk for one in reasons if isinstance(one.tie, Enrolment)])
    enrolments = {one.pk: one for one in found.select_related("school__unit", "school_class")}
    said = {one.pk: _learns(row.full_name, one) for one in enrolments.values()}
    newest = max(enrolments.values(), key=lambda one: one.start_year, default=None)
    context = {
        "title": row.full_name,
        "what": "hồ sơ học sinh",
        "chains": _chains(reasons, said, row.full_name),
        "crumbs": [
            *(crumbs_to(request, newest.school) if newest else []),
            (row.full_name, reverse("school:student-detail", args=[student])),
        ],
    }
    return render(request, "school/why.html", context)


@login_required
@require_safe
def staff_why(request: HttpRequest, staff: uuid.UUID) -> HttpResponse:
    """By which of one's rights one sees a person's file."""
    people = visible(StaffMember.objects.all(), request.actor, Permission.STAFF_READ)
    row = get_object_or_404(people, public_id=staff)
    reasons = why(request.actor, row, Permission.STAFF_READ)
    found = StaffPosting.objects.filter(pk__in=[one.tie.pk for one in reasons if isinstance(one.tie, StaffPosting)])
    postings = {one.pk: one for one in found.select_related("unit").order_by("valid_from", "pk")}
    said = {one.pk: _works(row.full_name, one) for one in postings.values()}
    newest = list(postings.values())[-1] if postings else None
    school = School.objects.select_related("unit__parent").filter(pk=newest.unit_id).first() if newest else None
    context = {
        "title": row.full_name,
        "what": "hồ sơ cán bộ, giáo viên",
        "chains": _chains(reasons, said, row.full_name),
        "is_own": row.account_id is not None and row.account_id == request.actor.account_id,
        "crumbs": [
            *(crumbs_to(request, school) if school else []),
            (row.full_name, reverse("school:staff-detail", args=[staff])),
        ],
    }
    return render(request, "school/why.html", context)


def _chains(reasons: Sequence[Reason], said: Mapping[int, str], name: str) -> list[Chain]:
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


def _tie(reason: Reason, said: Mapping[int, str], name: str, levels: Mapping[str, str]) -> str:
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
