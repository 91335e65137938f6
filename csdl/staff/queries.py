"""Reads of staff. The caller narrows postings and heads at the gate first: `access` stands above this module."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.postgres.fields import DateRangeField
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Count, Exists, F, Func, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from csdl.accounts.actor import Actor
from csdl.accounts.models import DeviceDay, SignInRules
from csdl.accounts.permissions import Permission
from csdl.audit.models import Event
from csdl.lib import clock
from csdl.lib.persons import clean_phone
from csdl.lib.vietnamese import fold
from csdl.orgs.models import OrgUnit
from csdl.staff.models import StaffMember, StaffPosting, UnitHead
from csdl.staff.ties import accounts_let_in

__all__ = [
    "ACCEPTED",
    "ENDED_STATUSES",
    "Acceptance",
    "AtWork",
    "acceptances_told",
    "accounts_on_many_devices",
    "can_appoint",
    "can_keep_decision",
    "days_at_work",
    "head_of",
    "heads_of",
    "last_postings",
    "leavers_with_account",
    "postings_on",
    "staff_by_group",
    "staff_matching",
    "working_nowhere",
    "working_on",
]

# What the log calls it when an account accepts the regulation.
ACCEPTED = "regulation:accept"
# Moved away, seconded for good, retired: the posting ends with these (code list staff_status).
ENDED_STATUSES = ("02", "03", "05")
# From so many digits on, a phone number means somebody.
_TELLING_DIGITS = 6
# How long many devices on a day are worth asking about.
_LOOKED_BACK = dt.timedelta(days=7)
# Between the last day at one unit and the first at the next: today and thirty days more.
_BETWEEN = dt.timedelta(days=31)


def staff_by_group(postings: QuerySet[StaffPosting], unit_id: int, day: dt.date) -> dict[str, int]:
    """Staff of a unit on a day: code of the staff group -> persons."""
    rows = postings_on(postings.filter(unit_id=unit_id), day)
    counted = rows.values("staff_group_code").annotate(count=Count("staff_id", distinct=True))
    return dict(counted.order_by("staff_group_code").values_list("staff_group_code", "count"))


def head_of(heads: QuerySet[UnitHead], unit_id: int, day: dt.date) -> UnitHead | None:
    """Who heads a unit on a day."""
    rows = heads.filter(unit_id=unit_id, valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))
    return rows.select_related("staff").first()


def heads_of(heads: QuerySet[UnitHead], unit_id: int) -> QuerySet[UnitHead]:
    """Everybody who heads, headed or will head a unit, newest first; appointments that were withdrawn are left out."""
    rows = heads.filter(unit_id=unit_id).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")))
    return rows.select_related("staff", "unit").order_by("-valid_from")


def can_appoint(actor: Actor, unit: OrgUnit) -> bool:
    """Whether the actor may say who heads a unit: the right over the unit above it, never over the own unit alone."""
    return unit.parent_id is not None and actor.can(Permission.HEAD_APPOINT, on=unit.parent_id)


def can_keep_decision(actor: Actor, unit: OrgUnit) -> bool:
    """Whether the actor may put the decision's file to an appointment: who appoints; over the department there is no
    unit, so that its own keep the file, of the first head as of any."""
    if unit.parent_id is None:
        return actor.can(Permission.HEAD_APPOINT, on=unit)
    return can_appoint(actor, unit)


def staff_matching(search: str, *, prefix: str = "") -> Q:
    """Condition "is whom was meant": a name by the beginnings of its words, in any order, accents or not; digits as
    the beginning of an identity number, ministry code or phone. `prefix` is the path to the person."""
    found = Q()
    if any(sign.isdigit() for sign in search):
        compact = re.sub(r"[\s.()+-]", "", search)
        for name in ("citizen_id_no", "moet_code"):
            found |= Q(**{f"{prefix}{name}__startswith": compact})
        if len(compact) >= _TELLING_DIGITS:
            found |= Q(**{f"{prefix}phone__startswith": clean_phone(search)})
        return found
    for word in fold(search).split():
        starts = Q(**{f"{prefix}search_key__startswith": word})
        found &= starts | Q(**{f"{prefix}search_key__contains": f" {word}"})
    return found


def postings_on(postings: QuerySet[StaffPosting], day: dt.date) -> QuerySet[StaffPosting]:
    """Of these postings, those that hold on a day."""
    return postings.filter(valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))


def accounts_on_many_devices(unit: OrgUnit) -> QuerySet[StaffPosting]:
    """People of a unit whose account was on so many devices on one day of the last week that it may be shared (S2)."""
    since = timezone.localdate() - _LOOKED_BACK
    days = DeviceDay.objects.filter(account=OuterRef("staff__account"), day__gte=since).order_by().values("day")
    laid_down = Coalesce(Subquery(SignInRules.objects.values("devices_a_day")[:1]), SignInRules().devices_a_day)
    many = days.annotate(devices=Count("pk")).filter(devices__gte=laid_down)
    return postings_on(StaffPosting.objects.filter(unit=unit), clock.today()).filter(Exists(many))


def working_on(postings: QuerySet[StaffPosting], day: dt.date) -> QuerySet[StaffPosting]:
    """Of these postings, those by which somebody works on a day (`csdl_days_worked`): an end entered ahead ends the
    work on its day, a status that says "has gone" without a day ends it at once."""
    days = Func("valid_from", "valid_to", "status_code", function="csdl_days_worked", output_field=DateRangeField())
    return postings.alias(days_worked=days).filter(days_worked__contains=day)  # type: ignore[misc] # a range holds a day


def leavers_with_account() -> QuerySet[StaffMember]:
    """People whose account is open though they work nowhere today (S9), by the rule by which grants hold. Whoever
    begins elsewhere within a month is in between two units and none of them, nor is an inspector before the last day.
    After the hourly run there is nobody. Right only for who reads the staff of every unit: to others, whoever moved out
    of their reach works nowhere, and they ask the database (`csdl_open_leavers`)."""
    return working_nowhere().filter(account__is_active=True).select_related("account").order_by("pk")


def working_nowhere() -> QuerySet[StaffMember]:
    """People with an account who are gone; of those whom the caller may read, as far as their postings may be read."""
    today = clock.today()
    postings = StaffPosting.objects.filter(staff=OuterRef("pk"))
    days = Func(F("valid_from"), F("valid_to"), F("status_code"), function="csdl_days_worked")
    days.output_field = DateRangeField()
    still = postings.alias(days=days).filter(days__overlap=DateRange(today, today + _BETWEEN))
    gone = StaffMember.objects.filter(Exists(postings), ~Exists(still), account__isnull=False)
    return gone.exclude(accounts_let_in(today))


@dataclass(frozen=True)
class Acceptance:
    """A version of the regulation that an account accepted, and when."""

    version: int
    at: dt.datetime


def acceptances_told(events: QuerySet[Event], account_ids: Collection[int]) -> dict[int, Acceptance]:
    """Account -> the last version it accepted, as far as these events of the log say so; one query. For visitors, whose
    acceptances no unit reads."""
    said = events.filter(kind=ACCEPTED, account__in=account_ids).order_by("account_id", "-pk").distinct("account_id")
    return {one.account_id: Acceptance(one.data["version"], one.at) for one in said if one.account_id is not None}


def last_postings(
    people: Collection[StaffMember], *, of: QuerySet[StaffPosting] | None = None
) -> QuerySet[StaffPosting]:
    """The posting that each of these persons had last, of those begun, and of `of` where only some of them count."""
    postings = StaffPosting.objects.all() if of is None else of
    begun = postings.filter(staff__in=people, valid_from__lte=clock.today())
    return begun.order_by("staff_id", "-valid_to", "-pk").distinct("staff_id")


@dataclass(frozen=True)
class AtWork:
    """Days on which a person works at a unit: runs of first day and first day without, in order."""

    runs: tuple[tuple[dt.date, dt.date | None], ...] = ()

    def on(self, day: dt.date) -> bool:
        return any(first <= day and (beyond is None or day < beyond) for first, beyond in self.runs)

    @property
    def ends(self) -> dt.date | None:
        """The first day from which the person is known to work there no more; None: no end is known."""
        return self.runs[-1][1] if self.runs else None


def days_at_work(unit_ids: Collection[int], account_ids: Collection[int]) -> dict[tuple[int, int], AtWork]:
    """(account, unit) -> when the account's person works there; nothing for who never did. One statement.

    The rule of the database (`csdl_days_at_work`), by which grants hold: staff of a division of the department work for
    the department as well. Answers for any account, whoever asks: callers have looked at who acts.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_id, unit_id, valid_from, valid_to FROM csdl_days_at_work(%s, %s)",
            [sorted(set(unit_ids)), sorted(set(account_ids))],
        )
        rows = cursor.fetchall()
    found: dict[tuple[int, int], list[tuple[dt.date, dt.date | None]]] = defaultdict(list)
    for account_id, unit_id, first, beyond in rows:
        found[account_id, unit_id].append((first, beyond))
    return {key: AtWork(tuple(runs)) for key, runs in found.items()}
