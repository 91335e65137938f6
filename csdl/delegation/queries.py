"""Reads of delegation: who administers a unit, who has access, what waits for whom. Callers come by the gate."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.timezone import localtime

from csdl.access.actors import GrantActor
from csdl.access.enums import GrantState, Ground
from csdl.access.models import Grant
from csdl.access.roles import ROLES
from csdl.accounts.actor import Actor
from csdl.accounts.models import Account
from csdl.accounts.permissions import Permission
from csdl.audit.models import Event
from csdl.delegation.enums import ConfirmedPaper, PaperState
from csdl.delegation.models import (
    AdministrationHolder,
    Commitment,
    Confirmation,
    Inspection,
    Minutes,
    PersonnelConfirmation,
)
from csdl.delegation.rules import HEADS, rules
from csdl.delegation.texts import scope_words
from csdl.lib import clock
from csdl.orgs.enums import UnitKind
from csdl.orgs.models import OrgUnit
from csdl.staff.models import StaffMember, StaffPosting, UnitHead
from csdl.staff.queries import days_at_work, head_of, working_on
from csdl.years.models import ClassScope

__all__ = [
    "NOT_AT_WORK",
    "WITHDRAWN",
    "Administrator",
    "GrantLine",
    "administrator_of",
    "can_administer",
    "class_ids_of",
    "commitments_for",
    "commitments_to_renew",
    "confirmed_sides",
    "days_held",
    "days_in_force",
    "grant_lines",
    "head_grant",
    "holding_keys",
    "holding_on",
    "left_behind",
    "not_begun",
    "open_leavers",
    "over_by",
    "papers_with_file_of",
    "people_of",
    "sign_again_by",
    "stopped_on",
    "units_unconfirmed",
    "waiting_for_account",
    "withdrawn",
]


_POWER = ("grant:propose", "grant:activate", "grant:suspend", "grant:resume", "grant:end")
# A suspended right whose minutes were withdrawn does not come back; it is not called as one that waits.
WITHDRAWN = "Đã thu hồi"
# An active right on its days whose person does not work at the unit: it opens nothing.
NOT_AT_WORK = "Không công tác tại đơn vị"
# How `csdl_follow_work` says that the person works at the unit no more; for how long the right is asked about.
_LEFT = "Thôi làm việc tại đơn vị"
_HANDED_ON = dt.timedelta(days=30)


@dataclass(frozen=True)
class Administrator:
    """Who holds a unit's administration account today: the head, or an officer by handover."""

    staff: StaffMember
    account: Account | None
    is_head: bool
    holder: AdministrationHolder | None = None


@dataclass
class GrantLine:
    """One grant as pages and papers show it."""

    grant: Grant
    label: str
    scope: str
    minutes: Minutes | None = None
    class_names: list[str] = field(default_factory=list)
    inspection: Inspection | None = None
    commitment: Commitment | None = None
    # Whether the right opens something today, for reading at least (`csdl_grant_holds`).
    holds: bool = True

    @property
    def is_withdrawn(self) -> bool:
        """Whether the right stopped because its minutes were withdrawn; as `withdrawn()` finds it."""
        is_stopped = self.grant.state == GrantState.SUSPENDED
        return is_stopped and self.minutes is not None and self.minutes.state == PaperState.VOIDED

    @property
    def is_over(self) -> bool:
        """Whether its days are over, those of reading too, whether or not the daily upkeep has ended it; as `over_by()`
        finds it."""
        days = (self.grant.valid_to, self.grant.read_until)
        is_past = self.grant.valid_to is not None and all(day is None or day <= clock.today() for day in days)
        return self.grant.state == GrantState.ENDED or (is_past and not self.is_withdrawn)

    @property
    def is_not_begun(self) -> bool:
        """Whether the right is active from a later day only; as `not_begun()` finds it."""
        return self.grant.state == GrantState.ACTIVE and self.grant.valid_from > clock.today() and not self.is_over

    @property
    def is_not_at_work(self) -> bool:
        """Whether it is active on its days and opens nothing all the same: its person works elsewhere or nowhere."""
        is_on = self.grant.state == GrantState.ACTIVE and not self.is_over and not self.is_not_begun
        return is_on and not self.holds

    @property
    def standing(self) -> str:
        """Where the right stands today, in words; of one whose minutes are signed, what it still waits for."""
        if self.is_withdrawn:
            return WITHDRAWN
        if self.is_over and self.grant.state != GrantState.ENDED:
            return "Đã hết hạn"
        if self.is_not_begun:
            return "Chưa đến ngày"
        if self.is_not_at_work:
            return NOT_AT_WORK
        if self.grant.state == GrantState.ACTIVE and self.grant.valid_to and self.grant.valid_to <= clock.today():
            return "Hết hạn, chỉ còn được xem"
        if self.grant.state != GrantState.INACTIVE or self.minutes is None or self.minutes.state != PaperState.SIGNED:
            return self.grant.get_state_display()
        is_committed = self.commitment is not None and self.commitment.state == PaperState.SIGNED
        return "Chờ duyệt" if is_committed else "Chờ cam kết"

    @property
    def last_day(self) -> dt.date | None:
        return self.grant.valid_to - dt.timedelta(days=1) if self.grant.valid_to else None


def administrator_of(unit_id: int, day: dt.date) -> Administrator | None:
    """The holder of the administration account on a day; an officer who no longer works there, or whose right has been
    suspended, gives way to the head."""
    rights = Grant.objects.filter(
        _covers(day), ground=Ground.HANDOVER, paper_id=OuterRef("minutes_id"), account_id=OuterRef("account_id")
    ).filter(state__in=(GrantState.ACTIVE, GrantState.ENDED))
    rows = AdministrationHolder.objects.filter(_covers(day), Exists(rights), unit_id=unit_id)
    held = rows.select_related("staff", "account").first()
    if held is not None and people_of(unit_id, day).filter(staff_id=held.staff_id).exists():
        return Administrator(held.staff, held.account, is_head=False, holder=held)
    head = head_of(UnitHead.objects.select_related("staff__account"), unit_id, day)
    return Administrator(head.staff, head.staff.account, is_head=True) if head else None


def can_administer(actor: Actor, unit_id: int) -> bool:
    """Whether the actor gives rights at this very unit: its head, or the holder of its administration account. Reaching
    the unit from above is not enough: the head answers for the unit (R2)."""
    if not isinstance(actor, GrantActor):
        return True
    return any(held.unit_id == unit_id and held.gives(Permission.GRANT_MANAGE) for held in actor.grants)


def head_grant(unit_id: int, day: dt.date) -> Grant | None:
    """The right by which the head heads the unit: on its behalf an officer with the administration account gives."""
    head = head_of(UnitHead.objects.select_related("staff"), unit_id, day)
    if head is None or head.staff.account_id is None:
        return None
    rows = Grant.objects.filter(
        _covers(day),
        unit_id=unit_id,
        account_id=head.staff.account_id,
        role_code__in=HEADS,
        state=GrantState.ACTIVE,
    )
    return rows.first()


def holding_on(grants: QuerySet[Grant], day: dt.date) -> QuerySet[Grant]:
    """Of these grants, those that hold on a day for reading and writing: active, on their days, while the person works
    at the unit."""
    held = grants.filter(_covers(day), state=GrantState.ACTIVE)
    return held.filter(pk__in=holding_keys(held.order_by().values_list("account_id", flat=True).distinct(), day))


def holding_keys(account_ids: Iterable[int], day: dt.date) -> set[int]:
    """Grants of these accounts that hold on a day, for reading at least, by the one rule (`csdl_grant_holds`)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT grant_id FROM csdl_grant_holds(%s) WHERE valid_from <= %s AND (valid_to IS NULL OR valid_to > %s)",
            [sorted(set(account_ids)), day, day],
        )
        return {row[0] for row in cursor.fetchall()}


def left_behind(unit: OrgUnit, day: dt.date) -> list[Grant]:
    """Rights of people who left the unit in the last month, by minutes that would hold on, and that nobody else was
    given since a month before they left: what is to be handed over. A fixed number of queries."""
    since = day - _HANDED_ON
    rows = Grant.objects.filter(
        unit=unit, state=GrantState.SUSPENDED, ground=Ground.MINUTES, valid_to__gt=day,
        suspended_because__startswith=_LEFT,
    )  # fmt: skip
    ordered = rows.select_related("account").order_by("account__full_name", "pk")
    left = [(row, on) for row in ordered if (on := stopped_on(row)) and on >= since]
    if not left:
        return []
    given = Grant.objects.filter(
        unit=unit,
        role_code__in={row.role_code for row, _ in left},
        state__in=(GrantState.ACTIVE, GrantState.INACTIVE),
        paper_id__in=Minutes.objects.filter(unit=unit, prepared_on__gte=since - _HANDED_ON).values("pk"),
    )
    dates = {row.pk: row.prepared_on for row in Minutes.objects.filter(pk__in=[one.paper_id for one in given])}
    return [
        row
        for row, on in left
        if not any(
            one.role_code == row.role_code and one.paper_id in dates and dates[one.paper_id] >= on - _HANDED_ON
            for one in given
        )
    ]


def stopped_on(grant: Grant) -> dt.date | None:
    """The first day without a right that lost what it stands on, as the reason of its suspension ends with it
    (`csdl_follow_work`)."""
    said = re.search(r" từ ngày (\d\d/\d\d/\d{4})$", grant.suspended_because)
    return dt.datetime.strptime(said[1], "%d/%m/%Y").date() if said else None


def withdrawn() -> Q:
    """Grants that stopped because their minutes were withdrawn."""
    voided = Minutes.objects.filter(state=PaperState.VOIDED)
    return Q(state=GrantState.SUSPENDED, ground__in=(Ground.MINUTES, Ground.HANDOVER), paper_id__in=voided.values("pk"))


def over_by(day: dt.date) -> Q:
    """Grants that no longer hold on the day, not for reading either, and were not withdrawn: the upkeep may have yet to
    say so in their state."""
    is_past = Q(valid_to__lte=day) & (Q(read_until__isnull=True) | Q(read_until__lte=day))
    return Q(state=GrantState.ENDED) | (is_past & ~withdrawn())


def not_begun(day: dt.date) -> Q:
    """Active grants whose first day is later."""
    return Q(state=GrantState.ACTIVE, valid_from__gt=day) & ~over_by(day)


def grant_lines(grants: Iterable[Grant]) -> list[GrantLine]:
    """Grants with their scope in words and their papers; a fixed number of queries. Needs `unit` selected."""
    rows = list(grants)
    names: dict[int, list[str]] = defaultdict(list)
    tied = ClassScope.objects.filter(grant_id__in=[row.pk for row in rows])
    for grant_id, name in tied.order_by("school_class__sort_key").values_list("grant_id", "school_class__name"):
        names[grant_id].append(name)
    papers = Minutes.objects.in_bulk({row.paper_id for row in rows if row.ground in ("minutes", "handover")})
    let_in = Inspection.objects.select_related("document").in_bulk(
        {row.paper_id for row in rows if row.ground == Ground.INSPECTION}
    )
    active = {row.account_id for row in rows if row.state == GrantState.ACTIVE}
    holding = holding_keys(active, clock.today()) if active else set()
    lines = []
    for row in rows:
        role = ROLES.get(row.role_code)
        classes = names.get(row.pk, [])
        paper = papers.get(row.paper_id) if row.ground in ("minutes", "handover") and row.paper_id else None
        scope = scope_words(role, row.unit, row.level_codes, classes) if role else row.unit.name
        if role and role.scope_kind == "class" and not classes and paper:
            # Whose right is over no longer reads the class; the own minutes still name it.
            scope = "; ".join(one["scope"] for one in paper.content["scopes"] if one["role"] == role.label) or scope
        lines.append(
            GrantLine(
                row,
                role.label if role else row.role_code,
                scope,
                paper,
                classes,
                let_in.get(row.paper_id) if row.ground == Ground.INSPECTION and row.paper_id else None,
                holds=row.pk in holding,
            )
        )
    waiting = [one for one in lines if one.grant.state == GrantState.INACTIVE]
    commitments = commitments_for(one.minutes for one in waiting if one.minutes) if waiting else {}
    for one in waiting:
        one.commitment = commitments.get(one.minutes.pk) if one.minutes else None
    return lines


def days_held(account_id: int, unit_id: int, valid_from: dt.date, valid_to: dt.date) -> list[tuple[dt.date, dt.date]]:
    """Runs of days, last day not included, on which a right would hold once its papers are signed.

    As `csdl_grant_holds` counts them afterwards: on its own days, and only while its person works at the unit.
    """
    if not StaffMember.objects.filter(account_id=account_id).exists():
        return [(valid_from, valid_to)]
    at_work = days_at_work([unit_id], [account_id]).get((account_id, unit_id))
    cut = [
        (max(first, valid_from), min(beyond or valid_to, valid_to))
        for first, beyond in (at_work.runs if at_work else ())
    ]
    return [(first, beyond) for first, beyond in cut if first < beyond]


def days_in_force(unit_id: int, grants: Collection[Grant]) -> dict[int, list[tuple[dt.date, dt.date | None]]]:
    """Grants of a unit -> runs of days, last day included, on which they had power, for reading at least; None: no end
    is known. As the unit's log tells it: a right that was never activated had none, whatever its days say, and one that
    was stopped had it on that day still. One query."""
    told: dict[object, list[Event]] = defaultdict(list)
    for event in Event.objects.filter(unit_id=unit_id, kind__in=_POWER).order_by("pk"):
        for one in event.data.get("grants", ()):
            # Rights given again by a new commitment were told without their key once.
            told[one.get("grant") or (one.get("account"), one.get("role_code"))].append(event)
    found = {}
    for row in grants:
        events = [*told[str(row.public_id)], *told[row.account.username, row.role_code]]
        found[row.pk] = _runs(row, sorted(events, key=lambda event: event.pk))
    return found


def _runs(grant: Grant, events: list[Event]) -> list[tuple[dt.date, dt.date | None]]:
    is_proposed = any(event.kind == "grant:propose" for event in events)
    since = None if is_proposed or grant.state == GrantState.INACTIVE else grant.valid_from
    days = [day for day in (grant.valid_to, grant.read_until) if day is not None]
    last = max(days) - dt.timedelta(days=1) if grant.valid_to is not None else None
    runs: list[tuple[dt.date, dt.date | None]] = []
    for event in events:
        day = _day_of(event)
        if event.kind in ("grant:activate", "grant:resume"):
            since = since or max(day, grant.valid_from)
        elif (
            since is not None and event.kind in ("grant:suspend", "grant:end") and event.data.get("on", "") <= f"{day}"
        ):
            # By the hand of somebody: until then it held on that day. Else its days were over before.
            is_act = event.account_id is not None or event.kind == "grant:suspend"
            runs.append((since, min(day, grant.valid_to or day) if is_act else last))
            since = None
    if since is not None:
        runs.append((since, last))
    return [(first, end) for first, end in runs if end is None or first <= end]


def _day_of(event: Event) -> dt.date:
    said = event.data.get("day")
    return dt.date.fromisoformat(said) if said else localtime(event.at).date()


def class_ids_of(grant_ids: Collection[int]) -> dict[int, list[int]]:
    """Classes that grants are tied to."""
    found: dict[int, list[int]] = defaultdict(list)
    rows = ClassScope.objects.filter(grant_id__in=grant_ids).order_by("school_class_id")
    for grant_id, class_id in rows.values_list("grant_id", "school_class_id"):
        found[grant_id].append(class_id)
    return found


def commitments_for(minutes: Iterable[Minutes]) -> dict[int, Commitment]:
    """Minutes -> the commitment that goes with them: same person, unit and school year, not voided."""
    rows = list(minutes)
    standing = Commitment.objects.filter(
        account_id__in={row.receiver_id for row in rows}, unit_id__in={row.unit_id for row in rows}
    ).exclude(state=PaperState.VOIDED)
    # The last of a key stays: one that is signed before one that waits, the newer text before the older.
    ordered = sorted(standing, key=lambda one: (one.state == PaperState.SIGNED, one.pk))
    found = {(one.account_id, one.unit_id, one.start_year): one for one in ordered}
    keyed = ((row.pk, (row.receiver_id, row.unit_id, row.start_year)) for row in rows)
    return {pk: found[key] for pk, key in keyed if key in found}


def papers_with_file_of(paper: Minutes | Commitment) -> list[Minutes | Commitment]:
    """Other papers of the unit that have the very same file: a scan that was taken for more than one."""
    if not paper.file_sha256:
        return []
    found: list[Minutes | Commitment] = []
    for model in (Minutes, Commitment):
        rows = model.objects.filter(unit_id=paper.unit_id, file_sha256=paper.file_sha256).order_by("pk")
        found += [one for one in rows if not (isinstance(paper, model) and one.pk == paper.pk)]
    return found


def commitments_to_renew(commitments: QuerySet[Commitment]) -> list[tuple[Commitment, Commitment]]:
    """(signed, draft to the newer text) of the same person, unit and year: who is to commit anew. Two statements."""
    drafts = {(one.account_id, one.unit_id, one.start_year): one for one in commitments.filter(state=PaperState.DRAFT)}
    signed = Commitment.objects.filter(
        state=PaperState.SIGNED, account_id__in={key[0] for key in drafts}, unit_id__in={key[1] for key in drafts}
    ).select_related("account")
    keyed = ((one, (one.account_id, one.unit_id, one.start_year)) for one in signed.order_by("unit_id", "pk"))
    return [(one, drafts[key]) for one, key in keyed if key in drafts and drafts[key].pk > one.pk]


def sign_again_by(commitments: QuerySet[Commitment]) -> dict[int, dt.date]:
    """Drafts to a newer text of the commitment -> the last day to sign them; after it the person's rights are
    suspended. Empty where nobody has to commit anew."""
    pairs = commitments_to_renew(commitments)
    grace = dt.timedelta(days=rules().commitment_grace_days - 1) if pairs else dt.timedelta()
    return {draft.pk: draft.prepared_on + grace for _, draft in pairs}


def confirmed_sides(paper: ConfirmedPaper, ids: Collection[int]) -> dict[int, set[str]]:
    """Papers -> sides that confirmed them in the app."""
    found: dict[int, set[str]] = defaultdict(set)
    rows = Confirmation.objects.filter(paper=paper, paper_id__in=ids)
    for paper_id, side in rows.values_list("paper_id", "side"):
        found[paper_id].add(side)
    return found


def waiting_for_account(account_id: int) -> tuple[list[Minutes], list[Commitment]]:
    """Drafts that wait for this person's own confirmation, as a party of minutes or author of a commitment."""
    mine = Minutes.objects.filter(state=PaperState.DRAFT)
    given = Confirmation.objects.filter(paper=ConfirmedPaper.MINUTES, paper_id=OuterRef("pk"), account_id=account_id)
    minutes = mine.filter(Q(receiver_id=account_id) | Q(giver_id=account_id)).exclude(Exists(given))
    commitments = Commitment.objects.filter(state=PaperState.DRAFT, account_id=account_id)
    related = minutes.select_related("unit", "receiver", "giver").order_by("pk")
    return list(related), list(commitments.select_related("unit").order_by("pk"))


def people_of(unit_id: int, day: dt.date) -> QuerySet[StaffPosting]:
    """Who works at a unit on a day, by name, with the account; of the department its divisions as well. A person stands
    there once, with the posting at the unit itself where there is one."""
    divisions = Q(unit__parent_id=unit_id, unit__kind=UnitKind.DEPARTMENT_DIVISION)
    rows = working_on(StaffPosting.objects.filter(Q(unit_id=unit_id) | divisions), day)
    rows = rows.order_by("staff__sort_key", "staff_id", F("unit__parent_id").asc(nulls_first=True))
    return rows.distinct("staff__sort_key", "staff_id").select_related("staff__account", "unit")


def open_leavers(unit_ids: Collection[int]) -> QuerySet[StaffMember]:
    """People who worked at one of these units, work nowhere any more, and whose account is open all the same (S9).

    What `leavers_with_account` finds, for who cannot read where else people work: the database answers it
    (`csdl_open_leavers`), for units alone whose accounts the asking account manages.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM csdl_open_leavers(%s)", [sorted(unit_ids)])
        found = [row[0] for row in cursor.fetchall()]
    return StaffMember.objects.filter(pk__in=found).select_related("account").order_by("pk")


def units_unconfirmed(units: QuerySet[OrgUnit], start_year: int) -> QuerySet[OrgUnit]:
    """Units that have not confirmed their people for a school year."""
    done = PersonnelConfirmation.objects.filter(unit=OuterRef("pk"), start_year=start_year)
    return units.filter(~Exists(done))


def _covers(day: dt.date) -> Q:
    return Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gt=day))
