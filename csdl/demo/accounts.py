"""The few accounts of the made-up province that a newcomer signs in with. Owns their names and the one password.

User names say the office, never the person: nothing of a citizen's identity stands in them.
"""

import base64
import datetime as dt
import hashlib
import time
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.contrib.auth.hashers import make_password

from csdl.access.actions import give_role
from csdl.access.roles import ROLES
from csdl.accounts.actor import Actor
from csdl.accounts.models import Account
from csdl.orgs.models import OrgUnit
from csdl.staff.models import StaffMember, UnitHead
from csdl.years.actions import tie_classes
from csdl.years.models import HomeroomAssignment

__all__ = ["DEMO_PASSWORD", "SignIn", "current_codes", "make_accounts", "sign_in_lines", "sign_ins"]

DEMO_PASSWORD = "hai-phong-2024"  # noqa: S105  (printed on the sign-in page of the demo on purpose)
CLERK_POSITION = "16"
# The head whose account shows what a second factor is like; its code: `csdl demo code`.
_WITH_CODE = "so.giamdoc"
_STEP = 30


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


# The first primary and the first lower-secondary school of quận Lê Chân exist in a province of any size.
_SAMPLES = (
    _Sample("so.giamdoc", "department_admin", "31000"),
    _Sample("phong.lechan", "office_head", "31305"),
    _Sample("tieuhoc.hieutruong", "school_head", "31305401"),
    _Sample("thcs.hieutruong", "school_head", "31305501"),
    _Sample("thcs.vanthu", "school_clerk", "31305501"),
    _Sample("thcs.chunhiem", "homeroom_teacher", "31305501"),
)


def make_accounts(*, actor: Actor, start_year: int, seed: int) -> list[SignIn]:
    """Create the sample accounts, tie each to its staff member and give it its role.

    Shapes:  one Account with one Grant each; the homeroom teacher's grant is tied to the teacher's own classes. One
             head has a second factor, whose secret follows from the seed.
    """
    password = make_password(DEMO_PASSWORD)
    units = OrgUnit.objects.in_bulk([sample.unit_code for sample in _SAMPLES], field_name="code")
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
        grant = give_role(
            actor=actor,
            account=account,
            role_code=sample.role_code,
            unit=unit,
            valid_from=dt.date(start_year, 7, 1),
        )
        if homerooms:
            tie_classes(actor=actor, grant=grant, classes=[item.school_class for item in homerooms])
    return sign_ins()


def sign_ins() -> list[SignIn]:
    """The sample accounts of this database; read before anybody has signed in, so only from open tables."""
    known = set(
        Account.objects.filter(username__in=[sample.username for sample in _SAMPLES]).values_list("username", flat=True)
    )
    names = dict(OrgUnit.objects.filter(code__in={sample.unit_code for sample in _SAMPLES}).values_list("code", "name"))
    return [
        SignIn(
            sample.username,
            ROLES[sample.role_code].label,
            names.get(sample.unit_code, ""),
            has_code=sample.username == _WITH_CODE,
        )
        for sample in _SAMPLES
        if sample.username in known
    ]


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
    if sample.role_code == "school_clerk":
        rows = StaffMember.objects.filter(postings__unit=unit, postings__position_code=CLERK_POSITION)
        return rows.order_by("pk")[0], []
    if sample.role_code == "homeroom_teacher":
        lead = (
            HomeroomAssignment.objects.filter(
                school_class__school_id=unit.pk, school_class__start_year=start_year, staff__account=None
            )
            .select_related("staff")
            .order_by("school_class__grade_code", "school_class__sort_key")[0]
        )
        own = lead.staff.homerooms.filter(school_class__start_year=start_year).select_related("school_class")
        return lead.staff, list(own)
    return UnitHead.objects.select_related("staff").get(unit=unit, valid_to=None).staff, []
