"""The few accounts of the made-up province that a newcomer signs in with. Owns their names and the one password.

Their rights stand on papers as everybody's do: heads on their appointments, the others on minutes and commitments of
the August before, whose signatures are made up and say so (`SignedBy.MADE_UP`).

User names say the office, never the person: nothing of a citizen's identity stands in them.
"""

import base64
import hashlib
import time
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.contrib.auth.hashers import make_password

from csdl.access.actors import actor_for
from csdl.access.roles import ROLES
from csdl.accounts.actor import Actor
from csdl.accounts.models import Account, RegulationAcceptance
from csdl.accounts.regulation import default_text
from csdl.codes import queries as codes
from csdl.delegation.actions import Wanted, follow_heads, prepare_papers, settle
from csdl.delegation.enums import PaperState, SignedBy
from csdl.delegation.models import Commitment, Minutes
from csdl.delegation.rules import HEADS, first_day_without, rules
from csdl.lib import clock
from csdl.orgs.models import OrgUnit
from csdl.staff.actions import NewRegulation, publish_regulation
from csdl.staff.models import StaffMember, StaffPosting, UnitHead
from csdl.staff.queries import ENDED_STATUSES
from csdl.years.models import HomeroomAssignment

__all__ = ["DEMO_PASSWORD", "SignIn", "current_codes", "make_accounts", "sign_in_lines", "sign_ins"]

DEMO_PASSWORD = "hai-phong-2024"  # noqa: S105  (printed on the sign-in page of the demo on purpose)
CLERK_POSITION, OFFICER_POSITION = "16", "24"
# The head whose account shows what a second factor is like; its code: `csdl demo code`.
_WITH_CODE = "so.giamdoc"
_STEP = 30
# The account that shows what accepting the regulation is like; the others have accepted it.
_WITH_REGULATION = "phong.mamnon"


@dataclass(frozen=True)
class SignIn:
    """One line of the sign-in list: user name, password, whom it stands for, where."""

    username: str
    role: str
    unit: str
    password: str = DEMO_PASSWORD
    has_code: bool = False


@dataclass(frozen=True)
class _Sample:
    username: str
    role_code: str
    unit_code: str
    level_codes: tuple[str, ...] = ()


# The first primary and the first lower-secondary school of quận Lê Chân exist in a province of any size.
_SAMPLES = (
    _Sample("so.giamdoc", "department_admin", "31000"),
    _Sample("phong.lechan", "office_head", "31305"),
    _Sample("tieuhoc.hieutruong", "school_head", "31305401"),
    _Sample("thcs.hieutruong", "school_head", "31305501"),
    _Sample("thcs.vanthu", "school_clerk", "31305501"),
    _Sample("thcs.chunhiem", "homeroom_teacher", "31305501"),
    _Sample("phong.mamnon", "level_officer", "31305", ("01",)),
    _Sample("phong.tieuhoc", "level_officer", "31305", ("02",)),
    _Sample("phong.thcs", "level_officer", "31305", ("03",)),
)


def make_accounts(*, actor: Actor, start_year: int, seed: int) -> list[SignIn]:
    """Create the sample accounts, tie each to its staff member and let each have its right by paper.

    Shapes:  one Account with one Grant each; the homeroom teacher's grant is tied to the teacher's own classes. One
             head has a second factor, whose secret follows from the seed.
    Units:   the clock of the business stands at the day of the papers, in August of `start_year`.
    """
    password = make_password(DEMO_PASSWORD)
    units = OrgUnit.objects.select_related("parent").in_bulk(
        {sample.unit_code for sample in _SAMPLES}, field_name="code"
    )
    rights: dict[str, list[Wanted]] = {}
    for sample in _SAMPLES:
        unit = units[sample.unit_code]
        person, homerooms = _person(sample, unit, start_year)
        account = Account.objects.create(
            username=sample.username, full_name=person.full_name, password=password, unit_code=unit.code
        )
        if sample.username == _WITH_CODE:
            secret = hashlib.sha256(f"csdl demo {seed}".encode()).digest()[:20]
            TOTP.activate(account, base64.b32encode(secret).decode())
            RecoveryCodes.activate(account)
        StaffMember.objects.filter(pk=person.pk).update(account=account)
        if sample.role_code not in HEADS:
            class_ids = tuple(item.school_class_id for item in homerooms)
            rights.setdefault(unit.code, []).append(_wanted(sample, account, start_year, class_ids))
    follow_heads(actor, [unit.pk for unit in units.values()])
    for code, wanted in rights.items():
        _give(units[code], wanted, start_year)
    _accept_regulation(actor)
    return sign_ins()


def _accept_regulation(actor: Actor) -> None:
    """The text that comes with the system, published; accepted by all sample accounts but one."""
    title, text = default_text()
    made = publish_regulation(actor=actor, wanted=NewRegulation(title, text))
    accounts = Account.objects.filter(username__in=[one.username for one in _SAMPLES])
    RegulationAcceptance.objects.bulk_create(
        RegulationAcceptance(account=one, regulation=made, text_hash=made.text_hash, at=clock.now())
        for one in accounts.exclude(username=_WITH_REGULATION)
    )


def _wanted(sample: _Sample, account: Account, start_year: int, class_ids: tuple[int, ...]) -> Wanted:
    ends = first_day_without(ROLES[sample.role_code], start_year, rules())
    return Wanted(account.pk, sample.role_code, clock.today(), ends, sample.level_codes, class_ids)


def _give(unit: OrgUnit, wanted: list[Wanted], start_year: int) -> None:
    """By the unit's head, with papers whose signatures are made up."""
    head = UnitHead.objects.select_related("staff__account").get(unit=unit, valid_to=None)
    assert head.staff.account is not None
    giver = actor_for(head.staff.account)
    title = f"Phân quyền đầu năm học {start_year}-{start_year + 1} (giả lập)"
    batch = prepare_papers(actor=giver, unit=unit, wanted=wanted, title=title)
    signed = {"state": PaperState.SIGNED, "signed_by": SignedBy.MADE_UP, "signed_on": clock.today()}
    Commitment.objects.filter(batch=batch).update(**signed)
    Minutes.objects.filter(batch=batch).update(**signed)
    settle(giver, Minutes.objects.filter(batch=batch))


def sign_ins() -> list[SignIn]:
    """The sample accounts of this database; read before anybody has signed in, so only from open tables."""
    known = set(
        Account.objects.filter(username__in=[sample.username for sample in _SAMPLES]).values_list("username", flat=True)
    )
    names = dict(OrgUnit.objects.filter(code__in={sample.unit_code for sample in _SAMPLES}).values_list("code", "name"))
    return [
        SignIn(
            sample.username,
            _said(sample),
            names.get(sample.unit_code, ""),
            has_code=sample.username == _WITH_CODE,
        )
        for sample in _SAMPLES
        if sample.username in known
    ]


def _said(sample: _Sample) -> str:
    levels = codes.labels("school_level")["school_level"]
    label = ROLES[sample.role_code].label
    return (
        f"{label} ({', '.join(levels.get(code, code) for code in sample.level_codes)})" if sample.level_codes else label
    )


def sign_in_lines() -> list[str]:
    """The sign-in list as lines for a terminal."""
    found = sign_ins()
    if not found:
        return []
    width = max(len(item.username) for item in found)
    return [
        f"Mật khẩu chung: {DEMO_PASSWORD} (mọi học sinh, giáo viên đều là giả lập)",
        *(
            f"{item.username:<{width}}  {item.role} – {item.unit}"
            + (" (xác thực hai bước, xem mã: csdl demo code)" if item.has_code else "")
            for item in found
        ),
    ]


def current_codes() -> list[dict[str, str | int]]:
    """The codes that the sample accounts' authenticators show now, and for how many seconds."""
    now = int(time.time())
    rows = Authenticator.objects.filter(user__username=_WITH_CODE, type=Authenticator.Type.TOTP).select_related("user")
    return [
        {
            "username": one.user.username,
            "code": format_hotp_value(hotp_value(decrypt(one.data["secret"]), now // _STEP)),
            "seconds": _STEP - now % _STEP,
        }
        for one in rows
    ]


def _person(sample: _Sample, unit: OrgUnit, start_year: int) -> tuple[StaffMember, list[HomeroomAssignment]]:
    # Rights are given to who works at the unit on the day of the papers.
    at_work = StaffPosting.objects.filter(unit=unit, valid_from__lte=clock.today(), valid_to=None).exclude(
        status_code__in=ENDED_STATUSES
    )
    if sample.role_code in ("school_clerk", "level_officer"):
        position = CLERK_POSITION if sample.role_code == "school_clerk" else OFFICER_POSITION
        free = StaffMember.objects.filter(account=None).order_by("pk")
        # A small province may have one clerk, who retires: then somebody else of the unit keeps its records.
        found = free.filter(postings__in=at_work.filter(position_code=position)).first()
        return found or free.filter(postings__in=at_work)[0], []
    if sample.role_code == "homeroom_teacher":
        lead = (
            HomeroomAssignment.objects.filter(
                school_class__school_id=unit.pk,
                school_class__start_year=start_year,
                staff__account=None,
                staff__postings__in=at_work,
            )
            .select_related("staff")
            .order_by("school_class__grade_code", "school_class__sort_key")[0]
        )
        own = lead.staff.homerooms.filter(school_class__start_year=start_year).select_related("school_class")
        return lead.staff, list(own)
    return UnitHead.objects.select_related("staff").get(unit=unit, valid_to=None).staff, []
