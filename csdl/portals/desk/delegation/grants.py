"""Who has access now, what waits for a signature, one right with its chain, new rights: one, all homeroom teachers,
officers by level; renewal and cover."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from csdl.access.enums import GrantState, Ground
from csdl.access.models import Grant
from csdl.access.queries import grantable_permissions, preview
from csdl.access.roles import ROLES, Role
from csdl.accounts.errors import CsdlError, InvalidRecord
from csdl.codes import queries as codes
from csdl.delegation.actions import (
    Wanted,
    cover_absence,
    delegate_homerooms,
    homerooms_wanted,
    prepare_papers,
    renew_grants,
    require_administration,
    wanted_faults,
)
from csdl.delegation.enums import MinutesKind, PaperState
from csdl.delegation.models import Commitment, Minutes
from csdl.delegation.queries import (
    NOT_AT_WORK,
    WITHDRAWN,
    GrantLine,
    administrator_of,
    can_administer,
    commitments_for,
    days_held,
    grant_lines,
    holding_keys,
    not_begun,
    over_by,
    people_of,
    withdrawn,
)
from csdl.delegation.rules import HEADS, first_day_without, rules, start_year_on
from csdl.lib import clock
from csdl.orgs.enums import TEACHING_KINDS
from csdl.orgs.models import OrgUnit
from csdl.portals.components.lists import listing, read_filter, read_search
from csdl.portals.desk.delegation.reach import crumbs_to, grants_seen, page_context, tone_of, typed_day, unit_or_404
from csdl.staff.models import StaffMember, StaffPosting
from csdl.staff.queries import head_of, postings_on
from csdl.years.enums import YearState
from csdl.years.models import Enrolment, SchoolClass, SchoolYear

_STATES = {
    "dang": "Đang có quyền",
    "chua": "Chưa đến ngày",
    "nghi": NOT_AT_WORK,
    "dung": "Tạm dừng",
    "thu-hoi": WITHDRAWN,
    "cho": "Chờ ký",
    "het": "Đã kết thúc",
}
# In the session, for one page: a renewal that was refused, what was chosen and why.
_REFUSED = "renewal-refused"
_SORTS = {
    "ten": ("account__full_name", "pk"),
    "het-han": ("valid_to", "account__full_name", "pk"),
}


@dataclass
class ShownLine:
    """A right as the list shows it."""

    line: GrantLine
    tone: str
    days_left: int | None = None
    may_renew: bool = False
    is_chosen: bool = False
    refused: Sequence[str] = ()


@login_required
def grant_list(request: HttpRequest, unit: uuid.UUID) -> HttpResponse:
    """Who has access to a unit, and the papers that wait; a fixed number of queries."""
    where = unit_or_404(request, unit)
    today, laid_down = clock.today(), rules()
    search = read_search(request)
    state = read_filter(request, "tinh-trang", "Tình trạng", _STATES.items(), default="dang")
    rows = grants_seen(request).filter(unit=where)
    of_state = _of_state(where, today)
    if state.value:
        rows = rows.filter(of_state[state.value])
    if search:
        rows = rows.filter(Q(account__full_name__icontains=search) | Q(account__username__icontains=search))
    page = listing(request, rows, sorts=_SORTS, default="ten")
    may_give = can_administer(request.actor, where.pk)
    last_notice = max(laid_down.notice_days, default=0)
    refused = request.session.pop(_REFUSED, {})
    refused = refused if refused.get("unit") == str(unit) else {}
    lines = [_shown(line, today, last_notice, may_give, refused) for line in grant_lines(page.items)]
    holder = administrator_of(where.pk, today)
    waiting = _waiting(where)
    context = page_context(request, where, "list") | {
        "crumbs": crumbs_to(request, where)[:0],
        "listing": page.replaced(lines),
        "search": search,
        "filters": [state],
        "any_held": bool(search) or state.value != state.default,
        "holder": holder,
        "head": head_of(_heads(), where.pk, today),
        "waiting": waiting,
        "faults": refused.get("faults", []),
        "figures": _figures(where, of_state, last_notice),
        "may_lay_down": where.parent_id is None and may_give,
    }
    template = "desk/delegation/list.html"
    return render(request, f"{template}#results" if request.headers.get("HX-Request") else template, context)


@login_required
def grant_detail(request: HttpRequest, grant: uuid.UUID) -> HttpResponse:
    """One right: what it opens, until when, and why: right → paper → scope."""
    row = get_object_or_404(grants_seen(request), public_id=grant)
    (line,) = grant_lines([row])
    commitment = commitments_for([line.minutes]).get(line.minutes.pk) if line.minutes else None
    role = ROLES.get(row.role_code)
    context = page_context(request, row.unit, "list") | {
        "crumbs": crumbs_to(request, row.unit),
        "row": row,
        "line": line,
        "tone": tone_of(line),
        "commitment": commitment,
        "appointment": _heads().filter(pk=row.paper_id).first() if row.ground == Ground.APPOINTMENT else None,
        "permissions": sorted(one.label for one in role.permissions) if role else [],
        "renewals": grant_lines(Grant.objects.filter(renews=row).select_related("account", "unit")),
        "may_renew": _may_renew(line, can_administer(request.actor, row.unit_id)),
    }
    return render(request, "desk/delegation/grant.html", context)


@dataclass
class Preview:
    """What a person would see, before anything is made."""

    who: str
    role: Role
    scope: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    permissions: list[str] = field(default_factory=list)
    days: list[tuple[dt.date, dt.date]] = field(default_factory=list)
    begins_later: bool = False
    is_cut: bool = False
    year_name: str = ""


@login_required
@require_http_methods(["GET", "POST"])
def grant_new(request: HttpRequest, unit: uuid.UUID) -> HttpResponse:
    """One person, one right: choose, see what they will see, make the papers."""
    where = _to_give(request, unit)
    today = clock.today()
    sent = request.POST if request.method == "POST" else request.GET
    role = ROLES.get(sent.get("quyen", ""))
    people = {
        str(one.staff.public_id): one
        for one in people_of(where.pk, today)
        if one.staff.account_id and one.staff.account_id != request.actor.account_id
    }
    chosen = people.get(sent.get("nguoi", ""))
    years = _years(today)
    class_rows = _classes(where, years)
    context = page_context(request, where, "new") | {
        "crumbs": crumbs_to(request, where),
        "people": [(key, one.staff.full_name, one) for key, one in people.items()],
        "roles": _givable(request, where),
        "classes": class_rows,
        "levels": list(codes.labels("school_level")["school_level"].items()),
        "sent": sent,
        "picked_classes": sent.getlist("lop"),
        "picked_levels": sent.getlist("cap"),
        "teaches": where.kind in TEACHING_KINDS,
        "first": sent.get("tu-ngay") or f"{today:%d/%m/%Y}",
        "last": sent.get("den-ngay", ""),
        "last_days": _last_days(today),
    }
    if request.method == "GET":
        return render(request, "desk/delegation/new.html", context)
    faults, wanted = _read_wanted(request, where, chosen.staff if chosen else None, role, class_rows, today)
    if not faults and wanted is not None and chosen is not None and role is not None:
        if "lap" in request.POST:
            try:
                batch = prepare_papers(
                    actor=request.actor,
                    unit=where,
                    wanted=[wanted],
                    title=f"{role.label}: {chosen.staff.full_name}",
                )
            except CsdlError as refused:
                faults = refused.problems or [refused.message]
            else:
                messages.success(request, "Đã lập biên bản và cam kết. Quyền có hiệu lực khi cả hai được ký.")
                return redirect("desk:batch", batch.public_id)
        else:
            faults = wanted_faults(actor=request.actor, unit=where, wanted=[wanted])
            context["preview"] = _preview(chosen.staff.full_name, role, where, wanted, class_rows)
    context |= {"faults": faults, "beside": _scope_faults(role, sent)}
    return render(request, "desk/delegation/new.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def grant_homerooms(request: HttpRequest, unit: uuid.UUID) -> HttpResponse:
    """All homeroom teachers of a year in one go, from the assignment grid."""
    where = _to_give(request, unit)
    if where.kind not in TEACHING_KINDS:
        raise Http404
    today = clock.today()
    years = _years(today)
    default = str(start_year_on(today, rules()))
    year = read_filter(request, "nam", "Năm học", [(str(one.start_year), one.name) for one in years], default=default)
    start_year = int(year.value) if year.value else start_year_on(today, rules())
    wanted, without = homerooms_wanted(where, start_year, today=today)
    faults: list[str] = []
    if request.method == "POST":
        picked = {int(key) for key in request.POST.getlist("chon") if key.isdecimal() and len(key) < 19}
        try:
            batch = delegate_homerooms(actor=request.actor, unit=where, start_year=start_year, account_ids=picked)
        except CsdlError as refused:
            faults = refused.problems or [refused.message]
        else:
            messages.success(request, f"Đã lập {len(picked)} biên bản. In, ký rồi tải bản quét lên, hoặc xác nhận.")
            return redirect("desk:batch", batch.public_id)
    names = SchoolClass.objects.in_bulk({key for one in wanted for key in one.class_ids})
    people = {one.staff.account_id: one.staff.full_name for one in people_of(where.pk, today)}
    context = page_context(request, where, "homerooms") | {
        "crumbs": crumbs_to(request, where),
        "filters": [year],
        "year_name": f"{start_year}-{start_year + 1}",
        "rows": [
            (one.account_id, people.get(one.account_id, ""), ", ".join(names[key].name for key in one.class_ids), one)
            for one in wanted
        ],
        "without": without,
        "faults": faults,
    }
    return render(request, "desk/delegation/homerooms.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def grant_levels(request: HttpRequest, unit: uuid.UUID) -> HttpResponse:
    """An office splits its officers by school level: tick who follows what, one batch."""
    where = _to_give(request, unit)
    if where.kind in TEACHING_KINDS:
        raise Http404
    today, laid_down = clock.today(), rules()
    levels = list(codes.labels("school_level")["school_level"].items())
    people = [
        (one.staff, one.staff.account_id, one.unit.name if one.unit_id != where.pk else "")
        for one in people_of(where.pk, today)
        if one.staff.account_id is not None and one.staff.account_id != request.actor.account_id
    ]
    ends = first_day_without(ROLES["level_officer"], start_year_on(today, laid_down), laid_down)
    sent = set(request.POST.getlist("chon"))
    faults: list[str] = []
    if request.method == "POST":
        wanted = [
            Wanted(account_id, "level_officer", today, ends, tuple(picked))
            for staff, account_id, _ in people
            if (picked := [code for code, _ in levels if f"{staff.public_id}:{code}" in sent])
        ]
        try:
            title = "Phân công chuyên viên theo cấp học"
            batch = prepare_papers(actor=request.actor, unit=where, wanted=wanted, title=title)
        except CsdlError as refused:
            faults = refused.problems or [refused.message]
        else:
            messages.success(request, f"Đã lập biên bản cho {len(wanted)} chuyên viên.")
            return redirect("desk:batch", batch.public_id)
    standing = Grant.objects.filter(
        ~over_by(today),
        unit=where,
        role_code="level_officer",
        state__in=(GrantState.ACTIVE, GrantState.INACTIVE),
    )
    held = {(row.account_id, code): row.state for row in standing for code in row.level_codes}
    labels = dict(levels)
    rows = [
        (staff, division, [(code, f"{staff.public_id}:{code}", held.get((account_id, code), "")) for code in labels])
        for staff, account_id, division in people
    ]
    context = page_context(request, where, "levels") | {
        "crumbs": crumbs_to(request, where),
        "levels": levels,
        "rows": rows,
        "sent": sent,
        "faults": faults,
        "last_day": ends - dt.timedelta(days=1),
        "labels": labels,
    }
    return render(request, "desk/delegation/levels.html", context)


@login_required
@require_POST
def grants_renew(request: HttpRequest, unit: uuid.UUID) -> HttpResponse:
    """Make ready the next year of the chosen rights."""
    where = _to_give(request, unit)
    keys = request.POST.getlist("chon")
    rows = list(grants_seen(request).filter(unit=where, public_id__in=[key for key in keys if _is_uuid(key)]))
    if not rows:
        messages.warning(request, "Chưa chọn quyền nào để gia hạn.")
        return redirect("desk:grant-list", unit)
    try:
        with transaction.atomic():
            batch = renew_grants(actor=request.actor, unit=where, grants=rows)
    except InvalidRecord as refused:
        return _not_renewed(request, unit, rows, refused)
    messages.success(request, "Đã lập biên bản gia hạn. Quyền cũ còn xem được thêm ít ngày trong khi chờ ký.")
    return redirect("desk:batch", batch.public_id)


def _not_renewed(request: HttpRequest, unit: uuid.UUID, rows: Sequence[Grant], refused: InvalidRecord) -> HttpResponse:
    """Back to where the rights were chosen: what stands against each beside it, the choice kept."""
    if request.POST.get("tu") == "quyen":
        for text in refused.problems:
            messages.warning(request, text)
        return redirect("desk:grant", rows[0].public_id)
    request.session[_REFUSED] = {
        "unit": str(unit),
        "chosen": [str(row.public_id) for row in rows],
        "beside": {key: texts for key, texts in refused.fields.items() if _is_uuid(key)},
        "faults": ["Chưa lập biên bản gia hạn nào.", *refused.problems],
    }
    query = request.GET.urlencode()
    return redirect(reverse("desk:grant-list", args=[unit]) + (f"?{query}" if query else ""))


@login_required
@require_http_methods(["GET", "POST"])
def grant_cover(request: HttpRequest, unit: uuid.UUID) -> HttpResponse:
    """A colleague takes over for some days; the rights go back by themselves."""
    where = _to_give(request, unit)
    today = clock.today()
    people = [one for one in people_of(where.pk, today) if one.staff.account_id]
    sent = request.POST
    faults: list[str] = []
    if request.method == "POST":
        by_key = {str(one.staff.public_id): one.staff for one in people}
        absent, cover = by_key.get(sent.get("vang", "")), by_key.get(sent.get("thay", ""))
        first, wrong_first = typed_day(request, "tu-ngay", "Từ ngày")
        last, wrong_last = typed_day(request, "den-ngay", "Đến hết ngày")
        if absent is None or absent.account_id is None:
            faults.append("Hãy chọn người vắng mặt.")
        if cover is None:
            faults.append("Hãy chọn người làm thay.")
        faults += [*wrong_first, *wrong_last]
        if (first is None and not wrong_first) or (last is None and not wrong_last):
            faults.append("Hãy nhập ngày đầu và ngày cuối theo dạng 07/10/2024.")
        if not faults and absent and absent.account_id and cover and first and last:
            try:
                batch = cover_absence(
                    actor=request.actor, unit=where, absent_id=absent.account_id, cover=cover, first=first, last=last
                )
            except CsdlError as refused:
                faults = refused.problems or [refused.message]
            else:
                messages.success(request, "Đã lập biên bản làm thay. Hết ngày cuối, quyền tự trở lại.")
                return redirect("desk:batch", batch.public_id)
    context = page_context(request, where, "cover") | {
        "crumbs": crumbs_to(request, where),
        "people": [(str(one.staff.public_id), one.staff.full_name) for one in people],
        "sent": sent,
        "faults": faults,
        "first": sent.get("tu-ngay") or f"{today:%d/%m/%Y}",
        "last": sent.get("den-ngay", ""),
    }
    return render(request, "desk/delegation/cover.html", context)


def _to_give(request: HttpRequest, public_id: uuid.UUID) -> OrgUnit:
    where = unit_or_404(request, public_id)
    require_administration(request.actor, where)
    return where


def _heads() -> Any:
    from csdl.staff.models import UnitHead  # one name less in this long list

    return UnitHead.objects.select_related("staff__account")


def _shown(line: GrantLine, today: dt.date, last_notice: int, may_give: bool, refused: Mapping[str, Any]) -> ShownLine:
    left = (line.grant.valid_to - today).days if line.grant.valid_to and line.grant.valid_to > today else None
    near = left if left is not None and left <= last_notice and line.grant.state == GrantState.ACTIVE else None
    key = str(line.grant.public_id)
    is_chosen, beside = key in refused.get("chosen", ()), refused.get("beside", {}).get(key, ())
    return ShownLine(line, tone_of(line), near, _may_renew(line, may_give), is_chosen, beside)


def _may_renew(line: GrantLine, may_give: bool) -> bool:
    is_delegated = line.grant.ground == Ground.MINUTES and line.grant.covers_id is None
    is_on = line.grant.state == GrantState.ACTIVE and not line.is_over and not line.is_not_at_work
    return may_give and is_delegated and is_on


def _of_state(unit: OrgUnit, today: dt.date) -> dict[str, Q]:
    """Rights of each standing at a unit, judged by the day as the gate does; `GrantLine.standing` says it in words."""
    over, later = over_by(today), not_begun(today)
    active = Grant.objects.filter(unit=unit, state=GrantState.ACTIVE)
    holding = Q(pk__in=holding_keys(active.values_list("account_id", flat=True), today))
    on_its_days = Q(state=GrantState.ACTIVE) & ~over & ~later
    return {
        "dang": on_its_days & holding,
        "chua": later,
        "nghi": on_its_days & ~holding,
        "dung": Q(state=GrantState.SUSPENDED) & ~withdrawn() & ~over,
        "thu-hoi": withdrawn(),
        "cho": Q(state=GrantState.INACTIVE) & ~over,
        "het": over,
    }


def _waiting(unit: OrgUnit) -> list[dict[str, Any]]:
    """Drafts of minutes and commitments of a unit, by batch, newest first."""
    minutes = list(
        Minutes.objects.filter(unit=unit, state=PaperState.DRAFT)
        .exclude(kind=MinutesKind.REVOCATION)
        .select_related("batch", "receiver")
        .order_by("-batch_id", "pk")
    )
    commitments = Commitment.objects.filter(unit=unit, state=PaperState.DRAFT).select_related("batch")
    found: dict[int, dict[str, Any]] = {}
    for one in [*minutes, *commitments]:
        if one.batch is None:
            continue
        told = found.setdefault(one.batch.pk, {"batch": one.batch, "minutes": 0, "commitments": 0})
        told["minutes" if isinstance(one, Minutes) else "commitments"] += 1
    return list(found.values())


def _figures(unit: OrgUnit, of_state: dict[str, Q], last_notice: int) -> list[tuple[int, str, str]]:
    today = clock.today()
    soon = today + dt.timedelta(days=last_notice)
    counted = Grant.objects.filter(unit=unit).aggregate(
        active=Count("account", filter=of_state["dang"], distinct=True),
        later=Count("pk", filter=of_state["chua"]),
        waiting=Count("pk", filter=of_state["cho"]),
        absent=Count("pk", filter=of_state["nghi"]),
        soon=Count("pk", filter=of_state["dang"] & Q(valid_to__gt=today, valid_to__lte=soon)),
        suspended=Count("pk", filter=of_state["dung"]),
        withdrawn=Count("pk", filter=of_state["thu-hoi"]),
    )
    url = reverse("desk:grant-list", args=[unit.public_id])
    return [
        (counted["active"], "người đang có quyền", url),
        *([(counted["later"], "quyền chưa đến ngày", f"{url}?tinh-trang=chua")] if counted["later"] else []),
        *(
            [(counted["absent"], "quyền của người không công tác tại đơn vị", f"{url}?tinh-trang=nghi")]
            if counted["absent"]
            else []
        ),
        (counted["waiting"], "quyền chờ ký", f"{url}?tinh-trang=cho"),
        (counted["soon"], f"quyền hết hạn trong {last_notice} ngày", f"{url}?sap-xep=het-han"),
        (counted["suspended"], "quyền tạm dừng", f"{url}?tinh-trang=dung"),
        (counted["withdrawn"], "quyền đã thu hồi", f"{url}?tinh-trang=thu-hoi"),
    ]


def _givable(request: HttpRequest, unit: OrgUnit) -> list[tuple[str, str, str]]:
    """Roles that the actor may give at a unit: code, words, kind (class, level, unit)."""
    teaches = unit.kind in TEACHING_KINDS
    held = grantable_permissions(request.actor, unit)
    found = []
    for role in ROLES.values():
        if role.code in HEADS or role.code == "unit_admin":
            continue
        if not role.permissions <= held:
            continue
        if (role.needs_level and teaches) or (role.scope_kind == "class" and not teaches):
            continue
        kind = "class" if role.scope_kind == "class" else "level" if role.needs_level else "unit"
        found.append((role.code, role.label, kind))
    return found


def _years(today: dt.date) -> list[SchoolYear]:
    """Years over whose classes rights may still be given, newest first: the next one from 1 August, and the one that
    ends on 31 August."""
    newest = start_year_on(today, rules())
    rows = SchoolYear.objects.filter(state=YearState.OPEN, start_year__gte=newest - 1)
    return list(rows.order_by("-start_year"))


def _classes(unit: OrgUnit, years: Sequence[SchoolYear]) -> list[SchoolClass]:
    if unit.kind not in TEACHING_KINDS:
        return []
    rows = SchoolClass.objects.filter(school_id=unit.pk, start_year__in=[one.start_year for one in years])
    return list(rows.order_by("-start_year", "grade_code", "sort_key"))


def _read_wanted(
    request: HttpRequest,
    unit: OrgUnit,
    person: StaffMember | None,
    role: Role | None,
    class_rows: Sequence[SchoolClass],
    today: dt.date,
) -> tuple[list[str], Wanted | None]:
    faults = []
    laid_down, sent = rules(), request.POST
    first, wrong_first = typed_day(request, "tu-ngay", "Từ ngày")
    last, wrong_last = typed_day(request, "den-ngay", "Đến hết ngày")
    picked = [one for one in class_rows if str(one.public_id) in sent.getlist("lop")]
    if person is None or person.account_id is None:
        faults.append("Hãy chọn người nhận quyền.")
    if role is None or role.code in HEADS:
        faults.append("Hãy chọn quyền.")
    if first is None and not wrong_first:
        faults.append("Hãy nhập ngày bắt đầu theo dạng 07/10/2024.")
    if role is not None and role.scope_kind == "class" and not picked:
        faults.append("Hãy chọn lớp.")
    if role is not None and role.needs_level and not sent.getlist("cap"):
        faults.append("Hãy chọn cấp học.")
    faults += [*_scope_faults(role, sent).values(), *wrong_first, *wrong_last]
    if faults or role is None or first is None or person is None or person.account_id is None:
        return faults, None
    year = max(one.start_year for one in picked) if picked else start_year_on(first, laid_down)
    limit = first_day_without(role, year, laid_down)
    ends = last + dt.timedelta(days=1) if last else limit
    if limit <= first:
        over = f"Quyền trên lớp của năm học {year}-{year + 1} chỉ đến hết {limit - dt.timedelta(days=1):%d/%m/%Y}"
        why = f"trước ngày bắt đầu {first:%d/%m/%Y}: năm học của lớp đã hết, hãy chọn lớp của năm học sau."
        faults.append(f"{over}, {why}")
        return faults, None
    if ends > limit:
        faults.append(f"Quyền này kéo dài nhất đến hết {limit - dt.timedelta(days=1):%d/%m/%Y}.")
    classes = tuple(one.pk for one in picked)
    return faults, Wanted(person.account_id, role.code, first, ends, tuple(sent.getlist("cap")), classes)


def _scope_faults(role: Role | None, sent: Any) -> dict[str, str]:
    """What was ticked to limit a right that it does not limit: name of the ticks -> sentence."""
    faults = {}
    if role is not None and role.scope_kind != "class" and sent.getlist("lop"):
        faults["lop"] = f"Quyền “{role.label}” không theo lớp: hãy bỏ chọn lớp, hoặc chọn quyền theo lớp."
    if role is not None and not role.needs_level and sent.getlist("cap"):
        faults["cap"] = f"Quyền “{role.label}” không theo cấp học: hãy bỏ chọn cấp học, hoặc chọn quyền theo cấp học."
    return faults


def _last_days(today: dt.date) -> list[dt.date]:
    """Until when a right lasts that is given today without an end: one over classes of the year, any other."""
    laid_down = rules()
    year = start_year_on(today, laid_down)
    return [
        first_day_without(ROLES[code], year, laid_down) - dt.timedelta(days=1)
        for code in ("homeroom_teacher", "student_records")
    ]


def _preview(name: str, role: Role, unit: OrgUnit, wanted: Wanted, class_rows: Sequence[SchoolClass]) -> Preview:
    """Counts of what the right will open, as the giver sees it now, and the days on which it will."""
    from csdl.delegation.texts import scope_words  # needed here alone

    today, day = clock.today(), dt.timedelta(days=1)
    held = days_held(wanted.account_id, unit.pk, wanted.valid_from, wanted.valid_to)
    names = [one.name for one in class_rows if one.pk in wanted.class_ids]
    shown = Preview(
        name,
        role,
        scope_words(role, unit, wanted.level_codes, names),
        permissions=sorted(one.label for one in role.permissions),
        days=[(first, beyond - day) for first, beyond in held],
        begins_later=bool(held) and held[0][0] > today,
        is_cut=held != [(wanted.valid_from, wanted.valid_to)],
    )
    current = SchoolYear.objects.filter(is_current=True).first()
    year = current.start_year if current else wanted.valid_from.year
    if wanted.class_ids:
        year = max(one.start_year for one in class_rows if one.pk in wanted.class_ids)
    counts = preview(
        role_code=role.code,
        unit=unit,
        level_codes=wanted.level_codes,
        class_ids=wanted.class_ids,
        rows={
            "Lớp": SchoolClass.objects.filter(start_year=year),
            "Học sinh đang học": Enrolment.objects.filter(start_year=year, left_on__isnull=True),
            "Cán bộ, giáo viên, nhân viên": postings_on(StaffPosting.objects.all(), today),
        },
    )
    shown.facts = [(f"{name}", f"{count:,}".replace(",", ".")) for name, count in counts.items()]
    shown.year_name = f"{year}-{year + 1}"
    return shown


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
