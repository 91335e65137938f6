"""Accounts of a unit's staff: opened, activated by letter, locked, unlocked, by whoever manages the unit's accounts.

One account for one named person. Nobody manages the own account; that of a unit's head is managed by the unit above,
and that of a person who heads or holds rights outside the actor's reach by whoever reaches there: a printed letter is a
key.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import connection, transaction
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.utils import timezone
from django.utils.timezone import localtime

from csdl.accounts import guarding
from csdl.accounts.actor import Actor, require_everywhere
from csdl.accounts.errors import InvalidRecord, NotAllowed
from csdl.accounts.letters import issue_letters
from csdl.accounts.models import Account, SignInRules
from csdl.accounts.permissions import Permission
from csdl.accounts.second_factor import rules
from csdl.audit.actions import record, record_each
from csdl.codes.models import District
from csdl.lib import clock
from csdl.lib.persons import clean_phone, email_faults, phone_faults
from csdl.lib.typst import pdf, shown
from csdl.lib.vietnamese import fold, squeeze
from csdl.orgs.models import OrgUnit, SchoolProfile
from csdl.staff.models import StaffMember, StaffPosting, UnitHead
from csdl.staff.queries import heads_of, last_postings, leavers_with_account, postings_on, working_nowhere
from csdl.staff.ties import tell_heads_changed

__all__ = [
    "NewAccount",
    "change_sign_in_names",
    "change_sign_in_rules",
    "is_former_visitor",
    "lock_account",
    "lock_leavers",
    "lock_visitors",
    "managed_elsewhere",
    "open_accounts",
    "open_visitor_account",
    "print_letters",
    "print_visitor_letter",
    "propose_user_names",
    "remove_second_factor",
    "remove_visitor_factor",
    "reopen_visitor",
    "unlock_account",
]

_USERNAME = re.compile(r"[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*")
# A run of digits this long is an identity number, an old one, or a telephone: none of them names an account.
_MANY_DIGITS = re.compile(r"\d{9}")
_SHORTEST, _LONGEST = 4, 40
_LETTERS = 500
_LEFT = "Đã thôi công tác, chuyển đi hoặc nghỉ hưu"
_VISIT_OVER = "Hết thời hạn thanh tra, kiểm tra"


@dataclass(frozen=True)
class NewAccount:
    """Whom an account is opened for, and the names by which that person signs in; an empty user name is proposed."""

    staff: StaffMember
    username: str = ""
    email: str = ""
    phone: str = ""


def propose_user_names(people: Sequence[StaffMember]) -> dict[int, str]:
    """A free user name for each person: the name without accents, and a number. One query."""
    bases = {one.pk: (re.sub(r"[^a-z]", "", fold(one.full_name)) or "canbo")[: _LONGEST - 6] for one in people}
    known = Account.objects.annotate(
        base=Func(F("username"), Value(r"\d+$"), Value(""), function="regexp_replace")
    ).filter(base__in=set(bases.values()))
    taken = set(known.values_list("username", flat=True))
    found = {}
    for key, base in bases.items():
        number = 1
        while f"{base}{number}" in taken:
            number += 1
        found[key] = f"{base}{number}"
        taken.add(found[key])
    return found


def managed_elsewhere(actor: Actor, unit: OrgUnit, people: Sequence[StaffMember]) -> dict[int, str]:
    """Those of a unit's people whose accounts this actor does not manage, and why: staff key -> sentence."""
    heads = set()
    if unit.parent_id is None or not actor.can(Permission.ACCOUNT_MANAGE, on=unit.parent_id):
        today = clock.today()
        rows = heads_of(UnitHead.objects.all(), unit.pk).filter(valid_from__lte=today)
        heads = set(rows.filter(Q(valid_to=None) | Q(valid_to__gt=today)).values_list("staff_id", flat=True))
    beyond = _reaching_beyond(actor, [one.account_id for one in people if one.account_id])
    found = {}
    for one in people:
        if actor.account_id is None:
            continue  # the operator at the command line
        if one.account_id == actor.account_id:
            found[one.pk] = "Không ai tự quản lý tài khoản của chính mình."
        elif one.pk in heads:
            found[one.pk] = "Tài khoản của thủ trưởng đơn vị do cơ quan quản lý cấp trên quản lý."
        elif one.account_id in beyond:
            found[one.pk] = "Người này có quyền ở đơn vị khác; tài khoản do cấp quản lý các đơn vị ấy quản lý."
    return found


@transaction.atomic
def open_accounts(*, actor: Actor, unit: OrgUnit, wanted: Sequence[NewAccount]) -> list[Account]:
    """Open accounts for people of a unit; they wait for a letter of activation, with no password until then.

    Errors:  NotAllowed; REC-01 with every fault of every person, by `<field>-<staff public id>`.
    """
    _require(actor, unit, [one.staff for one in wanted])
    proposed = propose_user_names([one.staff for one in wanted if not one.username])
    asked = [
        NewAccount(
            one.staff,
            one.username.strip().lower() or proposed[one.staff.pk],
            one.email.strip().lower(),
            clean_phone(one.phone) if one.phone.strip() else "",
        )
        for one in wanted
    ]
    working = postings_on(StaffPosting.objects.filter(unit=unit, staff__in=[one.staff for one in asked]), clock.today())
    here = set(working.values_list("staff_id", flat=True))
    faults = _names_faults(asked)
    for one in asked:
        wrong = faults.setdefault(f"username-{one.staff.public_id}", [])
        wrong += _username_faults(one)
        if one.staff.account_id:
            wrong.append(f"{one.staff.full_name} đã có tài khoản.")
        elif one.staff.pk not in here:
            wrong.append(f"{one.staff.full_name} hiện không công tác tại {unit.name}.")
    faults = {name: texts for name, texts in faults.items() if texts}
    if faults:
        raise InvalidRecord(faults)
    made = Account.objects.bulk_create(
        Account(
            username=one.username,
            full_name=one.staff.full_name,
            email=one.email,
            phone=one.phone,
            unit_code=unit.code,
            password="!",  # noqa: S106 - no password opens it
        )
        for one in asked
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT csdl_link_accounts(%s, %s)", [[one.staff.pk for one in asked], [account.pk for account in made]]
        )
        (linked,) = cursor.fetchone()
    if linked != len(asked):  # another manager was faster; the accounts made here go with this error
        told = "Có người vừa được mở tài khoản ở nơi khác. Hãy tải lại trang rồi mở cho những người còn lại."
        raise InvalidRecord({"people": [told]})
    for one, account in zip(asked, made, strict=True):
        one.staff.account = account
    _say(actor, "account:open", unit, [account.username for account in made])
    # A head's right waits for the account alone.
    tell_heads_changed(actor, unit.pk)
    return made


@transaction.atomic
def print_letters(*, actor: Actor, unit: OrgUnit, people: Sequence[StaffMember], address: str) -> bytes:
    """Letters of activation as one PDF, a page each; letters that were open before end. `address` of the system.

    Errors:  NotAllowed; REC-01 where somebody has no account or a locked one.
    """
    _require(actor, unit, people)
    wrong = [f"{one.full_name} chưa có tài khoản." for one in people if one.account is None]
    wrong += [
        f"Tài khoản của {one.full_name} đang khóa." for one in people if one.account and not one.account.is_active
    ]
    if not people:
        wrong.append("Chưa chọn ai để in thư.")
    if len(people) > _LETTERS:
        wrong.append(f"Mỗi lần in nhiều nhất {_LETTERS} thư. Hãy chọn ít hơn.")
    if wrong:
        raise InvalidRecord({"people": wrong})
    accounts = {one.pk: one.account for one in people if one.account}
    return _letters(actor, unit, [(_addressed(one), accounts[one.pk]) for one in people], address)


@transaction.atomic
def open_visitor_account(*, actor: Actor, unit: OrgUnit, full_name: str, email: str = "", phone: str = "") -> Account:
    """Open an account for a named person of no unit of ours (an inspector from an outside body); it has no right by
    itself and waits for a letter of activation.

    Errors:  NotAllowed; REC-01 by field: a mail address or number that is none or another account's.
    """
    actor.require(Permission.ACCOUNT_MANAGE, on=unit)
    person = StaffMember(full_name=full_name)
    asked = NewAccount(
        person,
        propose_user_names([person])[person.pk],
        email.strip().lower(),
        clean_phone(phone) if phone.strip() else "",
    )
    found = _names_faults([asked])
    if faults := {name.split("-")[0]: texts for name, texts in found.items() if texts}:
        raise InvalidRecord(faults)
    made = Account.objects.create(
        username=asked.username,
        full_name=full_name,
        email=asked.email,
        phone=asked.phone,
        unit_code=unit.code,
        password="!",  # noqa: S106 - no password opens it
    )
    _say(actor, "account:open", unit, [made.username])
    return made


@transaction.atomic
def print_visitor_letter(*, actor: Actor, unit: OrgUnit, account: Account, address: str) -> bytes:
    """A letter of activation for an account that the unit opened for a visitor. A letter is a key: none for an account
    that belongs to a member of staff or holds rights where the actor does not reach.

    Errors:  NotAllowed; REC-01.
    """
    _check_visitor(actor, unit, account)
    if not account.is_active:
        raise InvalidRecord({"people": [f"Tài khoản của {account.full_name} đang khóa."]})
    return _letters(actor, unit, [(f"Ông/Bà {account.full_name}", account)], address)


def _letters(actor: Actor, unit: OrgUnit, to: Sequence[tuple[str, Account]], address: str) -> bytes:
    """New letters, a page each: how the person is addressed, and the account."""
    accounts = {account.pk: account for _, account in to}
    codes_of = issue_letters(accounts.values(), issued_by=actor.account_id)
    _say(actor, "account:letter", unit, [account.username for account in accounts.values()])
    now = localtime(clock.now())
    data = {
        "title": "Thư kích hoạt tài khoản",
        "subtitle": "Hệ thống cơ sở dữ liệu giáo dục và đào tạo",
        "above": unit.parent.name if unit.parent else "",
        "unit": unit.name,
        "place": _place(unit),
        "day": f"{now.day:02}",
        "month": f"{now.month:02}" if now.month < 3 else str(now.month),
        "year": str(now.year),
        "address": address,
        "letters": [
            {
                "person": addressed,
                "username": account.username,
                "code": codes_of[account.pk][0],
                "last_day": shown(codes_of[account.pk][1]),
            }
            for addressed, account in to
        ],
        "signers": [
            {"role": "Người nhận", "note": "(Ký, ghi rõ họ tên)", "name": ""},
            {"role": "Người quản trị tài khoản", "note": "(Ký, ghi rõ họ tên)", "name": ""},
        ],
        "trace": f"{actor.label} in từ cơ sở dữ liệu lúc {now:%H:%M ngày %d/%m/%Y}. Thư kín, giao tận tay.",
    }
    return pdf("staff/papers/activation_letter", data, at=now)


@transaction.atomic
def change_sign_in_names(*, actor: Actor, unit: OrgUnit, staff: StaffMember, email: str, phone: str) -> Account:
    """Other mail address or phone number by which the person signs in.

    Errors:  NotAllowed; REC-01 by field.
    """
    account = _managed(actor, unit, staff)
    asked = NewAccount(staff, account.username, email.strip().lower(), clean_phone(phone) if phone.strip() else "")
    found = _names_faults([asked], own=account)
    faults = {name.split("-")[0]: texts for name, texts in found.items() if texts}
    if faults:
        raise InvalidRecord(faults)
    changed = [name for name in ("email", "phone") if getattr(account, name) != getattr(asked, name)]
    account.email, account.phone = asked.email, asked.phone
    account.save(update_fields=["email", "phone"])
    if changed:
        _say(actor, "account:change", unit, [account.username], fields=changed)
    return account


@transaction.atomic
def lock_account(*, actor: Actor, unit: OrgUnit, staff: StaffMember, reason: str) -> Account:
    """Suspend an account: whoever is signed in with it is out with the next page.

    Errors:  NotAllowed; REC-01 no reason, or locked already.
    """
    account = _managed(actor, unit, staff)
    said = _reason(reason)
    if not account.is_active:
        raise InvalidRecord({"reason": [f"Tài khoản của {staff.full_name} đã khóa."]})
    account.is_active, account.locked_at, account.locked_reason = False, timezone.now(), said
    account.save(update_fields=["is_active", "locked_at", "locked_reason"])
    _end_everywhere(account)
    _say(actor, "account:lock", unit, [account.username], reason=said)
    return account


@transaction.atomic
def lock_leavers(*, actor: Actor) -> int:
    """Lock the accounts of who works nowhere any more; how many. The log of the unit they left says so.

    Shapes:  a fixed number of statements, and those that end the sessions of each leaver.
    """
    people = list(leavers_with_account().select_for_update(of=("self",)))
    if not people:
        return 0
    accounts = [one.account for one in people if one.account]
    Account.objects.filter(pk__in=[one.pk for one in accounts]).update(
        is_active=False, locked_at=timezone.now(), locked_reason=_LEFT
    )
    for account in accounts:
        _end_everywhere(account)
    of_unit: dict[int, list[str]] = {}
    for posting in last_postings(people).select_related("staff__account"):
        assert posting.staff.account is not None
        of_unit.setdefault(posting.unit_id, []).append(posting.staff.account.username)
    told = {unit: {"accounts": sorted(names), "reason": _LEFT} for unit, names in of_unit.items()}
    record_each(actor=actor, kind="account:lock", units=told)
    return len(accounts)


@transaction.atomic
def lock_visitors(*, actor: Actor, of_unit: Mapping[int, Collection[Account]]) -> int:
    """Lock accounts that were opened for visitors of these units and serve nobody any more; how many. An account that
    is a member of staff's, holds rights out of the actor's reach, or is locked already, is left as it is."""
    wanted = {one.pk for accounts in of_unit.values() for one in accounts}
    wanted -= _reaching_beyond(actor, sorted(wanted))
    is_staff = StaffMember.objects.filter(account=OuterRef("pk"))
    rows = Account.objects.filter(~Exists(is_staff), pk__in=wanted, is_active=True)
    found = {one.pk: one for one in rows}
    if not found:
        return 0
    Account.objects.filter(pk__in=list(found)).update(
        is_active=False, locked_at=timezone.now(), locked_reason=_VISIT_OVER
    )
    for account in found.values():
        _end_everywhere(account)
    named = {unit: sorted({one.username for one in accounts if one.pk in found}) for unit, accounts in of_unit.items()}
    told = {unit: {"accounts": names, "reason": _VISIT_OVER} for unit, names in named.items() if names}
    record_each(actor=actor, kind="account:lock", units=told)
    return len(found)


def reopen_visitor(*, actor: Actor, unit: OrgUnit, account: Account) -> None:
    """Let a visitor whose days were over sign in again, for a new visit.

    Errors:  NotAllowed; REC-01 another active account signs in by the same address or number by now.
    """
    actor.require(Permission.ACCOUNT_MANAGE, on=unit)
    named = NewAccount(StaffMember(full_name=account.full_name), account.username, account.email, account.phone)
    if texts := [text for found in _names_faults([named], own=account).values() for text in found]:
        raise InvalidRecord({"username": texts})
    account.is_active, account.locked_at, account.locked_reason = True, None, ""
    account.save(update_fields=["is_active", "locked_at", "locked_reason"])
    _say(actor, "account:unlock", unit, [account.username], reason="Được cho vào thanh tra, kiểm tra lần nữa")


def is_former_visitor(account: Account) -> bool:
    """Whether the account is locked for no other reason than that its visit was over."""
    return not account.is_active and account.locked_reason == _VISIT_OVER


@transaction.atomic
def unlock_account(*, actor: Actor, unit: OrgUnit, staff: StaffMember, reason: str = "") -> Account:
    """Let an account sign in again: after a suspension, which takes a reason, and after too many failures.

    Errors:  NotAllowed; REC-01 no reason, not locked, the person works nowhere, or another active account signs in by
             the same address or number.
    """
    account = _managed(actor, unit, staff)
    if not account.is_active and working_nowhere().filter(pk=staff.pk).exists():
        told = f"{staff.full_name} đã thôi công tác, tài khoản không mở lại được. Hãy ghi quá trình công tác mới trước."
        raise InvalidRecord({"reason": [told]})
    was_failing = guarding.unlock(account)
    if account.is_active and not was_failing:
        raise InvalidRecord({"reason": [f"Tài khoản của {staff.full_name} không bị khóa."]})
    data: dict[str, Any] = {"failures": was_failing}
    if not account.is_active:
        data["reason"] = _reason(reason)
        others = _names_faults([NewAccount(staff, account.username, account.email, account.phone)], own=account)
        if texts := [text for found in others.values() for text in found]:
            raise InvalidRecord({"reason": texts})
        account.is_active, account.locked_at, account.locked_reason = True, None, ""
        account.save(update_fields=["is_active", "locked_at", "locked_reason"])
    _say(actor, "account:unlock", unit, [account.username], **data)
    return account


@transaction.atomic
def remove_second_factor(*, actor: Actor, unit: OrgUnit, staff: StaffMember, reason: str) -> None:
    """Take away the second factor of a person who lost telephone and recovery codes; they are signed out everywhere.

    Errors:  NotAllowed; REC-01 no reason, or none there.
    """
    _take_factor_away(actor, unit, _managed(actor, unit, staff), reason)


@transaction.atomic
def remove_visitor_factor(*, actor: Actor, unit: OrgUnit, account: Account, reason: str) -> None:
    """As `remove_second_factor`, for an account that the unit opened for a visitor; whose letter nobody here prints,
    that account's factor nobody here takes away.

    Errors:  NotAllowed; REC-01 no reason, or none there.
    """
    _check_visitor(actor, unit, account)
    _take_factor_away(actor, unit, Account.objects.select_for_update().get(pk=account.pk), reason)


@transaction.atomic
def change_sign_in_rules(*, actor: Actor, values: Mapping[str, Any]) -> SignInRules:
    """What the department lays down for signing in, from now on for everybody.

    Errors:  NotAllowed for who does not reach every unit; REC-01 by field.
    """
    require_everywhere(actor, Permission.ACCOUNT_MANAGE)
    held = rules()
    faults: dict[str, list[str]] = {}
    for name, (least, most) in _BOUNDS.items():
        if name in values and not (isinstance(values[name], int) and least <= values[name] <= most):
            faults[name] = [f"Hãy nhập số từ {least} đến {most}."]
    if faults:
        raise InvalidRecord(faults)
    changed = {name: value for name, value in values.items() if getattr(held, name) != value}
    for name, value in changed.items():
        setattr(held, name, value)
    held.save()
    if changed:
        data = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in changed.items()}
        record(actor=actor, kind="account:rules", data=data)
    return held


# What may be laid down: never weaker than S5, S7 and S8 ask for.
_BOUNDS = {
    "password_length": (12, 64),
    "admin_password_length": (14, 64),
    "idle_minutes": (5, 30),
    "admin_idle_minutes": (5, 15),
    "session_hours": (1, 12),
    "failures_allowed": (3, 5),
    "lock_minutes": (15, 120),
    "address_failures_allowed": (20, 200),
    "letter_days": (1, 30),
    "devices_a_day": (2, 10),
    "remember_days": (0, 30),
}


def _require(actor: Actor, unit: OrgUnit, people: Sequence[StaffMember]) -> None:
    actor.require(Permission.ACCOUNT_MANAGE, on=unit)
    if elsewhere := managed_elsewhere(actor, unit, people):
        raise NotAllowed(next(iter(elsewhere.values())), problems=list(elsewhere.values()))


def _managed(actor: Actor, unit: OrgUnit, staff: StaffMember) -> Account:
    """The account of a person of the unit, locked for the length of the act."""
    _require(actor, unit, [staff])
    working = StaffPosting.objects.filter(unit=unit, staff=staff)
    if staff.account_id is None or not working.exists():
        raise InvalidRecord({"reason": [f"{staff.full_name} chưa có tài khoản."]})
    return Account.objects.select_for_update().get(pk=staff.account_id)


def _check_visitor(actor: Actor, unit: OrgUnit, account: Account) -> None:
    """Only an account that the unit opened for a visitor, that is no member of staff's and reaches nowhere else."""
    actor.require(Permission.ACCOUNT_MANAGE, on=unit)
    is_staff = StaffMember.objects.filter(account=account).exists()
    if account.unit_code != unit.code or is_staff or _reaching_beyond(actor, [account.pk]):
        raise NotAllowed(
            "Tài khoản này không do đơn vị mở, hoặc có quyền ở đơn vị khác. Hãy đề nghị cấp quản lý tài khoản ở đó."
        )


def _take_factor_away(actor: Actor, unit: OrgUnit, account: Account, reason: str) -> None:
    said = _reason(reason)
    rows = Authenticator.objects.filter(user=account)
    if not rows.exists():
        raise InvalidRecord({"reason": [f"{account.full_name} chưa thiết lập xác thực hai bước."]})
    rows.delete()
    _end_everywhere(account)
    _say(actor, "second_factor:take_away", unit, [account.username], reason=said)


def _reaching_beyond(actor: Actor, accounts: Sequence[int]) -> set[int]:
    reach = actor.unit_ids(Permission.ACCOUNT_MANAGE)
    if reach is None or not accounts:
        return set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM csdl_accounts_reaching_beyond(%s, %s)", [list(accounts), reach])
        return {row[0] for row in cursor.fetchall()}


def _username_faults(one: NewAccount) -> list[str]:
    name = one.username
    if not _SHORTEST <= len(name) <= _LONGEST or not _USERNAME.fullmatch(name):
        return [
            f"Tên đăng nhập “{name[:40]}” chưa hợp lệ: {_SHORTEST}-{_LONGEST} ký tự, bắt đầu bằng chữ cái, "
            "chỉ gồm chữ không dấu, số, dấu chấm, gạch nối."
        ]
    if _MANY_DIGITS.search(name):
        return ["Tên đăng nhập không được chứa số định danh cá nhân hay số điện thoại."]
    return []


def _names_faults(asked: Sequence[NewAccount], *, own: Account | None = None) -> dict[str, list[str]]:
    """User names, mail addresses, phone numbers that cannot be or sign in another account: field-person -> texts."""
    others = Account.objects.exclude(pk=own.pk) if own else Account.objects.all()
    columns: dict[str, tuple[set[str], str]] = {
        "username": (set(), "Tên đăng nhập “{}” đã có người dùng. Hãy thêm hoặc đổi số ở cuối."),
        "email": (set(), "Thư điện tử {} đã là tên đăng nhập của tài khoản khác."),
        "phone": (set(), "Số điện thoại {} đã là tên đăng nhập của tài khoản khác."),
    }
    found: dict[str, list[str]] = {}
    for name, (seen, sentence) in columns.items():
        values = [getattr(one, name) for one in asked if getattr(one, name)]
        rows = others.filter(**{f"{name}__in": values})
        taken = set((rows if name == "username" else rows.filter(is_active=True)).values_list(name, flat=True))
        for one in asked:
            value = getattr(one, name)
            if not value:
                continue
            texts = found.setdefault(f"{name}-{one.staff.public_id}", [])
            if value in taken or value in seen:
                texts.append(sentence.format(value))
            seen.add(value)
            if name == "email":
                texts += [fault.message for fault in email_faults(value)]
            elif name == "phone":
                texts += [fault.message for fault in phone_faults(value)]
    return found


def _reason(text: str) -> str:
    said = squeeze(text)[:200]
    if not said:
        raise InvalidRecord({"reason": ["Hãy ghi lý do."]})
    return said


def _end_everywhere(account: Account) -> None:
    account.remembered_devices.all().delete()
    for one in UserSession.objects.filter(user=account):
        one.end()


def _addressed(person: StaffMember) -> str:
    title = {"01": "Ông", "02": "Bà"}.get(person.gender_code, "Ông/Bà")
    return f"{title} {person.full_name}"


def _place(unit: OrgUnit) -> str:
    """The district where a school stands; empty for who has no profile, to be written by hand."""
    profile = SchoolProfile.objects.filter(school_id=unit.pk).order_by("-start_year").first()
    district = District.objects.filter(code=profile.district_code).first() if profile else None
    return district.name_vi if district else ""


def _say(actor: Actor, kind: str, unit: OrgUnit, accounts: Iterable[str], **data: Any) -> None:
    record(actor=actor, kind=kind, unit_id=unit.pk, data={"accounts": sorted(accounts)} | data)
