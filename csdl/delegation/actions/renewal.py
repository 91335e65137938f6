"""What comes next: renewal in one step, class rights from the new homeroom assignments, cover for absence."""

import datetime as dt
from collections.abc import Collection, Mapping

from django.db import transaction
from django.db.models import Q

from csdl.access.actions import move_grants
from csdl.access.enums import GrantState
from csdl.access.models import Grant
from csdl.access.roles import ROLES
from csdl.accounts.actor import Actor
from csdl.accounts.errors import InvalidRecord
from csdl.delegation.actions.prepare import Wanted, prepare_papers, wanted_faults
from csdl.delegation.models import Batch, DelegationRules
from csdl.delegation.queries import class_ids_of, holding_on
from csdl.delegation.rules import first_day_without, rules, start_year_on
from csdl.lib import clock
from csdl.orgs.models import OrgUnit
from csdl.staff.models import StaffMember
from csdl.years.enums import AssignmentState
from csdl.years.models import HomeroomAssignment, SchoolYear

__all__ = ["HOMEROOM_ROLE", "cover_absence", "delegate_homerooms", "homerooms_wanted", "renew_grants"]

HOMEROOM_ROLE = "homeroom_teacher"


def homerooms_wanted(unit: OrgUnit, start_year: int, *, today: dt.date) -> tuple[list[Wanted], list[str]]:
    """Class rights that follow from the homeroom assignments of a year and that nobody has made ready yet, with the
    names of homeroom teachers who have no account. A fixed number of queries."""
    laid_down = rules()
    year = SchoolYear.objects.filter(pk=start_year).first()
    if year is None:
        return [], []
    day = min(max(today, year.starts_on), year.ends_on)
    rows = (
        HomeroomAssignment.objects.filter(
            school_class__school_id=unit.pk, school_class__start_year=start_year, state=AssignmentState.CONFIRMED
        )
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))
        .select_related("staff", "school_class")
        .order_by("school_class__grade_code", "school_class__sort_key", "valid_from")
    )
    held = _held_classes(unit)
    ends = first_day_without(ROLES[HOMEROOM_ROLE], start_year, laid_down)
    if ends <= today:
        return [], []
    by_account: dict[int, list[int]] = {}
    without = []
    for row in rows:
        if row.staff.account_id is None:
            without.append(f"{row.staff.full_name} ({row.school_class.name})")
        elif (row.staff.account_id, row.school_class_id) not in held:
            by_account.setdefault(row.staff.account_id, []).append(row.school_class_id)
    first = max(today, year.starts_on)
    wanted = [
        Wanted(account_id, HOMEROOM_ROLE, first, ends, class_ids=tuple(class_ids))
        for account_id, class_ids in by_account.items()
    ]
    return wanted, without


@transaction.atomic
def delegate_homerooms(
    *, actor: Actor, unit: OrgUnit, start_year: int, account_ids: Collection[int] | None = None
) -> Batch:
    """Make ready the class rights of all homeroom teachers of a year (or of those chosen), as one batch.

    Errors:  as prepare_papers; REC-01 nobody is left to whom a class would go.
    """
    wanted, _ = homerooms_wanted(unit, start_year, today=clock.today())
    if account_ids is not None:
        wanted = [one for one in wanted if one.account_id in account_ids]
    return prepare_papers(
        actor=actor,
        unit=unit,
        wanted=wanted,
        title=f"Phân quyền giáo viên chủ nhiệm năm học {start_year}-{start_year + 1}",
    )


@transaction.atomic
def renew_grants(*, actor: Actor, unit: OrgUnit, grants: Collection[Grant]) -> Batch:
    """Make ready the next year of rights that end, with new minutes; until they are signed the old ones may still be
    read by for some days after their end (`read_until`, 14 days).

    A right over classes is not carried on: the classes that the person leads in the next year take their place.
    Errors:  as prepare_papers; REC-01 a right that has no next: ended long ago, or no class in the next year. Faults of
             one right stand under its public id.
    """
    today, laid_down = clock.today(), rules()
    rows = [row for row in grants if row.unit_id == unit.pk]
    wanted: list[Wanted] = []
    faults: dict[str, list[str]] = {}
    for row in rows:
        role = ROLES[row.role_code]
        start = max(today, row.valid_to or today)
        if role.scope_kind == "class" and row.role_code != HOMEROOM_ROLE:
            # No assignment says which class is next; and a homeroom teacher's right is no renewal of it.
            told = f"{row.account.full_name}: quyền “{role.label}” không gia hạn sang năm học khác."
            faults[str(row.public_id)] = [f"{told} Hãy phân quyền mới, chọn lớp của năm học ấy."]
            continue
        if role.scope_kind == "class":
            found = _next_classes(row, unit, start, laid_down, today)
            if found is None:
                told = f"{row.account.full_name}: chưa được phân công chủ nhiệm lớp nào trong năm học tới."
                faults[str(row.public_id)] = [f"{told} Hãy phân công trước, hoặc bỏ chọn quyền này."]
            else:
                wanted.append(found)
            continue
        ends = _year_after(row, start, laid_down)
        wanted.append(Wanted(row.account_id, row.role_code, start, ends, tuple(row.level_codes), (), renews_id=row.pk))
    try:
        if faults:
            raise InvalidRecord(faults)
        batch = prepare_papers(actor=actor, unit=unit, wanted=wanted, title=f"Gia hạn quyền của {len(wanted)} người")
    except InvalidRecord as refused:
        raise InvalidRecord(_by_right(actor, unit, rows, wanted, refused.fields)) from refused
    for until in {row.valid_to for row in rows if row.valid_to is not None}:
        last = until + dt.timedelta(days=laid_down.read_grace_days)
        same = [row for row in rows if row.valid_to == until]
        move_grants(actor, "grant:renewal_prepared", same, {"read_until": f"{last:%Y-%m-%d}"})
    return batch


@transaction.atomic
def cover_absence(
    *, actor: Actor, unit: OrgUnit, absent_id: int, cover: StaffMember, first: dt.date, last: dt.date
) -> Batch:
    """Let a person do an absent colleague's work for some days; the rights go back by themselves after the last day.

    Errors:  as prepare_papers; REC-01 the absent one holds nothing, or the days are not in order.
    """
    today = clock.today()
    held = holding_on(Grant.objects.filter(unit=unit, account_id=absent_id).exclude(ground="appointment"), today)
    rows = list(held.select_related("account"))
    faults = []
    if last < first:
        faults.append("“Đến hết ngày” phải sau ngày bắt đầu vắng mặt.")
    if not rows:
        faults.append("Người vắng mặt không có quyền nào cần người làm thay.")
    if cover.account_id is None:
        faults.append(f"{cover.full_name} chưa có tài khoản.")
    if faults:
        raise InvalidRecord({"drafts": faults})
    assert cover.account_id is not None
    tied = class_ids_of([row.pk for row in rows])
    wanted = [
        Wanted(
            cover.account_id,
            row.role_code,
            first,
            min(last + dt.timedelta(days=1), row.valid_to or dt.date.max),
            tuple(row.level_codes),
            tuple(tied.get(row.pk, [])),
            covers_id=row.pk,
        )
        for row in rows
    ]
    title = f"{cover.full_name} làm thay {rows[0].account.full_name} {first:%d/%m}–{last:%d/%m/%Y}"
    return prepare_papers(actor=actor, unit=unit, wanted=wanted, title=title)


def _by_right(
    actor: Actor, unit: OrgUnit, rows: Collection[Grant], wanted: Collection[Wanted], found: Mapping[str, list[str]]
) -> dict[str, list[str]]:
    """Every fault of a renewal under the right it belongs to; what belongs to none stays by itself."""
    public = {row.pk: str(row.public_id) for row in rows}
    by_right = {key: texts for key, texts in found.items() if key in public.values()}
    for one in wanted:
        if texts := wanted_faults(actor=actor, unit=unit, wanted=[one]):
            by_right[public[one.renews_id or 0]] = texts
    told = {text for texts in by_right.values() for text in texts}
    rest = [text for key, texts in found.items() if key not in by_right for text in texts if text not in told]
    return by_right | ({"drafts": rest} if rest else {})


def _held_classes(unit: OrgUnit) -> set[tuple[int, int]]:
    """(account, class) of class rights that hold or wait for a signature."""
    rows = Grant.objects.filter(
        unit=unit, role_code=HOMEROOM_ROLE, state__in=(GrantState.ACTIVE, GrantState.INACTIVE)
    ).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=clock.today()))
    accounts = dict(rows.values_list("pk", "account_id"))
    return {(accounts[key], one) for key, found in class_ids_of(list(accounts)).items() for one in found}


def _next_classes(
    grant: Grant, unit: OrgUnit, start: dt.date, laid_down: DelegationRules, today: dt.date
) -> Wanted | None:
    """The class right of the year in which the renewal begins, by the assignments of that year."""
    wanted, _ = homerooms_wanted(unit, start_year_on(start, laid_down), today=today)
    mine = [one for one in wanted if one.account_id == grant.account_id]
    if not mine:
        return None
    one = mine[0]
    return Wanted(one.account_id, one.role_code, max(one.valid_from, today), one.valid_to, (), one.class_ids,
                  renews_id=grant.pk)  # fmt: skip


def _year_after(grant: Grant, start: dt.date, laid_down: DelegationRules) -> dt.date:
    """First day without the renewed right: the end of the school year that begins around its start."""
    role = ROLES[grant.role_code]
    year = start_year_on(start, laid_down)
    ends = first_day_without(role, year, laid_down)
    return ends if ends > start else first_day_without(role, year + 1, laid_down)
