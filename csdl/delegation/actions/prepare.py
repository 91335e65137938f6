"""Making rights ready: grants without power, the minutes and commitments that they wait for, in one go for one person
or forty."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from csdl.access.actions import GrantDraft, draft_faults, powers_of, propose_grants
from csdl.access.enums import GrantState, Ground
from csdl.access.models import Grant
from csdl.access.roles import ROLES
from csdl.accounts.actor import Actor
from csdl.accounts.errors import InvalidRecord, NotAllowed
from csdl.accounts.models import Account
from csdl.audit.actions import record
from csdl.codes import queries as codes
from csdl.codes.models import District
from csdl.delegation.enums import MinutesKind, PaperState
from csdl.delegation.errors import DelegationError
from csdl.delegation.models import Batch, Commitment, Minutes
from csdl.delegation.queries import administrator_of, can_administer, class_ids_of, head_grant, people_of
from csdl.delegation.rules import HOMEROOM_ROLE, rules, start_year_on
from csdl.delegation.texts import bases, commitment_text, content_hash, masked_number, scope_words
from csdl.lib import clock
from csdl.orgs.models import OrgUnit, SchoolProfile
from csdl.staff.models import StaffPosting, UnitHead
from csdl.staff.queries import days_at_work, head_of
from csdl.years.enums import AssignmentState
from csdl.years.models import HomeroomAssignment, SchoolClass

__all__ = [
    "Giver",
    "Wanted",
    "add_commitments",
    "giver_of",
    "lock_unit",
    "number_papers",
    "on_behalf_of",
    "party_of",
    "prepare_papers",
    "require_administration",
    "shared_facts",
    "wanted_faults",
]


@dataclass(frozen=True)
class Wanted:
    """A right that somebody at the unit is to have. `valid_to` is the first day without it."""

    account_id: int
    role_code: str
    valid_from: dt.date
    valid_to: dt.date
    level_codes: tuple[str, ...] = ()
    class_ids: tuple[int, ...] = ()
    renews_id: int | None = None
    covers_id: int | None = None


@transaction.atomic
def prepare_papers(
    *,
    actor: Actor,
    unit: OrgUnit,
    wanted: Sequence[Wanted],
    title: str,
    kind: MinutesKind = MinutesKind.DELEGATION,
    replaces: Minutes | None = None,
) -> Batch:
    """Write inactive grants and their papers: one set of minutes a person, a commitment where the year has none yet.

    Shapes:  one Batch; Minutes per person; Grants as wanted; a fixed number of queries however many there are.
    Errors:  NotAllowed; DLG-05 the unit has no head; REC-01 with every fault: more than the granter holds, to oneself,
             nobody of the unit, backdated, overlapping with a right that the person has or that is being prepared.

    Whoever is known to leave the unit before a right's end has it until that day; the minutes say so.
    """
    require_administration(actor, unit)
    lock_unit(unit.pk)
    today, laid_down = clock.today(), rules()
    if not wanted:
        raise InvalidRecord({"drafts": ["Hãy chọn ít nhất một người và một quyền."]})
    wanted, leaving = _until_leaving(unit, wanted)
    classes = SchoolClass.objects.in_bulk({key for one in wanted for key in one.class_ids})
    people = _people(unit, wanted, today)
    ground = Ground.HANDOVER if kind == MinutesKind.ADMINISTRATION else Ground.MINUTES
    behalf = on_behalf_of(actor, unit, today)
    if faults := _faults(actor, unit, wanted, people, behalf, ground, replaces):
        raise InvalidRecord({"drafts": faults})
    giver = giver_of(actor, unit, today, is_head=kind == MinutesKind.ADMINISTRATION)
    if giver is None:
        raise DelegationError(
            f"{unit.name} chưa có thủ trưởng nên chưa lập được biên bản. Đề nghị cơ quan quản lý ghi nhận thủ trưởng.",
            code="DLG-05",
        )
    first = min(one.valid_from for one in wanted)
    start_year = max([row.start_year for row in classes.values()] or [start_year_on(first, laid_down)])
    batch = Batch.objects.create(
        unit=unit, title=title[:200], start_year=start_year, prepared_by_id=actor.account_id, prepared_on=today
    )
    by_person: dict[int, list[Wanted]] = defaultdict(list)
    for one in wanted:
        by_person[one.account_id].append(one)
    numbers = number_papers(unit, today.year, "BB", len(by_person))
    shared = shared_facts(unit, start_year, today)
    written = []
    accounts = Account.objects.in_bulk(by_person)
    for number, (account_id, rights) in zip(numbers, by_person.items(), strict=True):
        content = shared | {
            "giver": giver.facts,
            "receiver": party_of(people[account_id]),
            "username": accounts[account_id].username,
            "scopes": [_said(one, unit, classes, leaving) for one in rights],
            "valid_from": f"{min(one.valid_from for one in rights):%d/%m/%Y}",
            "valid_to": f"{_last(max(one.valid_to for one in rights)):%d/%m/%Y}",
            "replaces": replaces.paper_no if replaces else "",
        }
        paper_no = f"{number:02}/{today.year}/BB-CSDL"
        written.append(
            Minutes(
                unit=unit,
                kind=kind,
                start_year=start_year,
                year=today.year,
                no=number,
                paper_no=paper_no,
                batch=batch,
                prepared_by_id=actor.account_id,
                prepared_on=today,
                giver_id=giver.account_id,
                receiver_id=account_id,
                valid_from=min(one.valid_from for one in rights),
                valid_to=max(one.valid_to for one in rights),
                content=content,
                content_hash=content_hash(paper_no, content),
                replaces=replaces,
            )
        )
    minutes = {row.receiver_id: row for row in Minutes.objects.bulk_create(written)}
    drafts = [_draft(one, unit, minutes[one.account_id], ground) for one in wanted]
    propose_grants(actor, drafts, on_behalf=behalf)
    add_commitments(actor, unit, batch, people, list(minutes), shared)
    if replaces is not None:
        from csdl.delegation.actions.withdrawing import void_minutes  # the two files need each other

        void_minutes(actor, replaces, f"Được thay thế bằng biên bản số {written[0].paper_no}")
    told = {"batch": str(batch.public_id), "title": batch.title, "minutes": [row.paper_no for row in written]}
    record(actor=actor, kind="delegation:prepare", unit_id=unit.pk, data=told)
    return batch


def wanted_faults(*, actor: Actor, unit: OrgUnit, wanted: Sequence[Wanted]) -> list[str]:
    """What `prepare_papers` would refuse these rights for, said before anything is made. Errors: NotAllowed."""
    require_administration(actor, unit)
    today = clock.today()
    cut, _ = _until_leaving(unit, wanted)
    people = _people(unit, cut, today)
    return _faults(actor, unit, cut, people, on_behalf_of(actor, unit, today), Ground.MINUTES, None)


def require_administration(actor: Actor, unit: OrgUnit) -> None:
    """Errors: NotAllowed for who is neither head nor holder of the unit's administration account."""
    if not can_administer(actor, unit.pk):
        raise NotAllowed(
            "Chỉ thủ trưởng đơn vị hoặc người giữ tài khoản quản trị của đơn vị được phân quyền. "
            "Hãy đề nghị thủ trưởng đơn vị."
        )


def on_behalf_of(actor: Actor, unit: OrgUnit, today: dt.date) -> Grant | None:
    """The head's right, where the actor holds the administration account that the head handed over."""
    holder = administrator_of(unit.pk, today)
    if holder is None or holder.is_head or holder.account is None or holder.account.pk != actor.account_id:
        return None
    return head_grant(unit.pk, today)


def lock_unit(unit_id: int) -> None:
    """One administrator of a unit acts at a time; the second sees what the first has done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('csdl.delegation'), %s)", [unit_id % 2**31])


def number_papers(unit: OrgUnit, year: int, series: str, count: int) -> range:
    """The next numbers of the unit's register; none is left out, for they are given in the transaction of the paper."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT csdl_next_paper_numbers(%s, %s, %s, %s)", [unit.pk, year, series, count])
        first = int(cursor.fetchone()[0])
    return range(first, first + count)


def party_of(posting: StaffPosting) -> dict[str, str]:
    """What a paper says of a person; the citizen's number masked."""
    person = posting.staff
    positions = codes.labels("staff_position", "staff_group")
    position = positions["staff_position"].get(posting.position_code, "")
    return {
        "name": person.full_name,
        "position": position or positions["staff_group"].get(posting.staff_group_code, ""),
        "unit": posting.unit.name,
        "birth_date": f"{person.birth_date:%d/%m/%Y}" if person.birth_date else "",
        "citizen_id_no": masked_number(person.citizen_id_no),
        "phone": person.phone,
        "email": person.email,
    }


@dataclass(frozen=True)
class Giver:
    """The side of a paper that hands over or takes back, and what the paper says of it."""

    account_id: int | None
    facts: dict[str, str]


def giver_of(actor: Actor, unit: OrgUnit, today: dt.date, *, is_head: bool = False) -> Giver | None:
    """The side that hands over: who acts, where that is the head or the administrator; else the head, None where there
    is none. `is_head`: the head whoever acts, for the administration account is the head's to give (R3)."""
    rows = {row.staff.account_id: row for row in people_of(unit.pk, today) if row.staff.account_id is not None}
    giver_id, head = actor.account_id, None
    if is_head or giver_id not in rows:
        head = head_of(UnitHead.objects.select_related("staff"), unit.pk, today)
        if head is None:
            return None
        giver_id = head.staff.account_id
    # Who hands over is named by office; the day of birth and the number are the receiver's alone.
    hidden = {"birth_date": "", "citizen_id_no": ""}
    if giver_id in rows:
        return Giver(giver_id, party_of(rows[giver_id]) | hidden)
    assert head is not None
    facts = {"name": head.staff.full_name, "position": "Thủ trưởng đơn vị", "unit": unit.name}
    return Giver(giver_id, facts | hidden | {"phone": head.staff.phone, "email": head.staff.email})


def shared_facts(unit: OrgUnit, start_year: int, today: dt.date) -> dict[str, Any]:
    """What every paper of a unit says of itself."""
    profile = SchoolProfile.objects.filter(school_id=unit.pk).order_by("-start_year").first()
    district = District.objects.filter(code=profile.district_code).first() if profile else None
    year_name = f"{start_year}-{start_year + 1}"
    return {
        "above": unit.parent.name if unit.parent else "",
        "unit": unit.name,
        "place": district.name_vi if district else "",
        "made_on": f"{today:%d/%m/%Y}",
        "year_name": year_name,
        "bases": bases(year_name=year_name, unit_name=unit.name),
        "system_url": settings.SYSTEM_URL,
    }


def _until_leaving(unit: OrgUnit, wanted: Sequence[Wanted]) -> tuple[list[Wanted], dict[int, dt.date]]:
    """Rights no longer than their persons are known to work at the unit, and who leaves before the end that was asked
    for: account -> first day away. One statement."""
    working = days_at_work([unit.pk], {one.account_id for one in wanted})
    ends = {account_id: at_work.ends for (account_id, _), at_work in working.items() if at_work.ends is not None}
    leaving = {
        one.account_id: ends[one.account_id]
        for one in wanted
        if one.valid_from < ends.get(one.account_id, dt.date.min) < one.valid_to
    }
    return [
        replace(one, valid_to=min(one.valid_to, leaving.get(one.account_id, one.valid_to))) for one in wanted
    ], leaving


def _said(
    one: Wanted, unit: OrgUnit, classes: Mapping[int, SchoolClass], leaving: Mapping[int, dt.date]
) -> dict[str, str]:
    role = ROLES[one.role_code]
    names = [classes[key].name for key in one.class_ids if key in classes]
    return {
        "role": role.label,
        "scope": scope_words(role, unit, one.level_codes, names),
        "valid_from": f"{one.valid_from:%d/%m/%Y}",
        "valid_to": f"{_last(one.valid_to):%d/%m/%Y}",
        "why_until": "người nhận thôi công tác tại đơn vị sau ngày này"
        if leaving.get(one.account_id) == one.valid_to
        else "",
    }


def _draft(one: Wanted, unit: OrgUnit, minutes: Minutes | None, ground: Ground) -> GrantDraft:
    return GrantDraft(
        account_id=one.account_id,
        role_code=one.role_code,
        unit_id=unit.pk,
        valid_from=one.valid_from,
        valid_to=one.valid_to,
        level_codes=one.level_codes,
        class_ids=one.class_ids,
        ground=ground,
        paper_id=minutes.pk if minutes else None,
        renews_id=one.renews_id,
        covers_id=one.covers_id,
    )


def add_commitments(
    actor: Actor,
    unit: OrgUnit,
    batch: Batch,
    people: Mapping[int, StaffPosting],
    account_ids: Sequence[int],
    shared: Mapping[str, Any],
) -> int:
    """A commitment for whoever has none to the text of today for the unit and year; answers how many were made. A draft
    of an older text is signed by nobody any more."""
    text = commitment_text()
    mine = Commitment.objects.filter(account_id__in=account_ids, unit=unit, start_year=batch.start_year)
    mine = mine.exclude(state=PaperState.VOIDED)
    known = set(mine.filter(text_version=text.version).values_list("account_id", flat=True))
    missing = [key for key in account_ids if key not in known]
    if not missing:
        return 0
    mine.filter(state=PaperState.DRAFT, account_id__in=missing).update(
        state=PaperState.VOIDED, voided_on=batch.prepared_on, void_reason=f"Văn bản cam kết có bản mới ({text.version})"
    )
    year = batch.prepared_on.year
    rows = []
    for number, account_id in zip(number_papers(unit, year, "CK", len(missing)), missing, strict=True):
        paper_no = f"{number:02}/{year}/CK-CSDL"
        content = {**shared, "person": party_of(people[account_id]), "lines": list(text.lines)}
        rows.append(
            Commitment(
                unit=unit,
                account_id=account_id,
                staff_id=people[account_id].staff_id,
                start_year=batch.start_year,
                year=year,
                no=number,
                paper_no=paper_no,
                batch=batch,
                prepared_by_id=actor.account_id,
                prepared_on=batch.prepared_on,
                text_version=text.version,
                text_hash=text.sha256,
                content=content,
                content_hash=content_hash(paper_no, content),
            )
        )
    return len(Commitment.objects.bulk_create(rows))


def _people(unit: OrgUnit, wanted: Sequence[Wanted], today: dt.date) -> dict[int, StaffPosting]:
    """Who works at the unit on the days on which the rights begin, today's posting before a later one."""
    days = sorted({max(one.valid_from, today) for one in wanted} - {today}, reverse=True)
    return {
        row.staff.account_id: row for day in [*days, today] for row in people_of(unit.pk, day) if row.staff.account_id
    }


def _faults(
    actor: Actor,
    unit: OrgUnit,
    wanted: Sequence[Wanted],
    people: Mapping[int, StaffPosting],
    behalf: Grant | None,
    ground: Ground,
    replaces: Minutes | None,
) -> list[str]:
    drafts = [_draft(one, unit, None, ground) for one in wanted]
    return [
        *_backdated(wanted, people, clock.today()),
        *_overlaps(unit, wanted, people, replaces),
        *_unled(wanted, people),
        *draft_faults(actor, drafts, powers_of(actor, [unit.pk], on_behalf=behalf)),
    ]


def _backdated(wanted: Sequence[Wanted], people: Mapping[int, StaffPosting], today: dt.date) -> list[str]:
    return [
        f"{_name(one.account_id, people)}: quyền không bắt đầu trước ngày lập biên bản ({today:%d/%m/%Y})."
        for one in wanted
        if one.valid_from < today
    ]


def _unled(wanted: Sequence[Wanted], people: Mapping[int, StaffPosting]) -> list[str]:
    """Homeroom rights over classes that the person, or who is covered for, leads on none of the days: such a right
    would never open anything."""
    asked = [one for one in wanted if one.role_code == HOMEROOM_ROLE and one.class_ids]
    if not asked:
        return []
    led_by = _covered_accounts({one.covers_id for one in asked if one.covers_id is not None})
    classes = {key for one in asked for key in one.class_ids}
    rows = HomeroomAssignment.objects.filter(school_class__in=classes, state=AssignmentState.CONFIRMED)
    rows = rows.filter(staff__account__isnull=False).select_related("staff")
    led = [(row.staff.account_id, row.school_class_id, row.valid_from, row.valid_to or dt.date.max) for row in rows]
    names = dict(SchoolClass.objects.filter(pk__in=classes).values_list("pk", "name"))
    faults = []
    for one in asked:
        account_id = led_by.get(one.covers_id, one.account_id) if one.covers_id is not None else one.account_id
        missing = [
            names.get(key, "")
            for key in one.class_ids
            if not any(
                (account_id, key) == (leader, led_class) and since < one.valid_to and one.valid_from < until
                for leader, led_class, since, until in led
            )
        ]
        if missing:
            faults.append(
                f"{_name(one.account_id, people)}: chưa được phân công chủ nhiệm lớp {', '.join(missing)} trong những "
                "ngày này. Hãy ghi ở trang “Phân công” trước."
            )
    return faults


def _covered_accounts(grant_ids: set[int]) -> dict[int, int]:
    """Right covered -> account that holds it in the end: cover may itself be covered."""
    found: dict[int, int] = {}
    for key in grant_ids:
        row = Grant.objects.get(pk=key)
        while row.covers_id is not None:
            row = Grant.objects.get(pk=row.covers_id)
        found[key] = row.account_id
    return found


def _overlaps(
    unit: OrgUnit, wanted: Sequence[Wanted], people: Mapping[int, StaffPosting], replaces: Minutes | None
) -> list[str]:
    """The same right twice on the same days: in what is wanted, or with what the person has or waits for."""
    rows = Grant.objects.filter(
        unit=unit,
        account_id__in={one.account_id for one in wanted},
        state__in=(GrantState.ACTIVE, GrantState.INACTIVE),
    ).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=min(one.valid_from for one in wanted)))
    if replaces is not None:
        rows = rows.exclude(paper_id=replaces.pk, ground__in=(Ground.MINUTES, Ground.HANDOVER))
    standing = list(rows)
    tied = class_ids_of([row.pk for row in standing])
    taken = [
        (_Taken(row.account_id, row.role_code, row.valid_from, row.valid_to or dt.date.max,
                frozenset(row.level_codes), frozenset(tied.get(row.pk, []))), row.state == GrantState.ACTIVE)
        for row in standing
    ]  # fmt: skip
    faults = []
    for one in wanted:
        mine = _Taken(
            one.account_id, one.role_code, one.valid_from, one.valid_to, frozenset(one.level_codes),
            frozenset(one.class_ids),
        )  # fmt: skip
        for other, is_active in taken:
            if mine.meets(other):
                has = "đã có" if is_active else "đang chờ ký"
                label = ROLES[one.role_code].label if one.role_code in ROLES else one.role_code
                faults.append(
                    f"{_name(one.account_id, people)}: {has} quyền “{label}” trong những ngày này. "
                    "Hãy thu hồi hoặc thay thế quyền ấy trước."
                )
                break
        taken.append((mine, False))
    return faults


@dataclass(frozen=True)
class _Taken:
    account_id: int
    role_code: str
    valid_from: dt.date
    valid_to: dt.date
    level_codes: frozenset[str]
    class_ids: frozenset[int]

    def meets(self, other: "_Taken") -> bool:
        return (
            (self.account_id, self.role_code) == (other.account_id, other.role_code)
            and self.valid_from < other.valid_to
            and other.valid_from < self.valid_to
            and (not self.level_codes or not other.level_codes or bool(self.level_codes & other.level_codes))
            and (not self.class_ids or not other.class_ids or bool(self.class_ids & other.class_ids))
        )


def _name(account_id: int, people: Mapping[int, StaffPosting]) -> str:
    return people[account_id].staff.full_name if account_id in people else "Người này"


def _last(first_without: dt.date) -> dt.date:
    return first_without - dt.timedelta(days=1)
