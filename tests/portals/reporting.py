"""The chain for the browser: three schools of one office on 3/10/2024, a clerk and a head each, office, department."""

import datetime as dt
import time

from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value

from csdl.accounts.models import Account
from csdl.lib import clock
from csdl.reports.actions import open_usual_period
from csdl.students.models import Student
from csdl.years.models import SchoolYear
from tests import builders as b
from tests.reports.chain import Chain, build_chain

__all__ = ["SECRET", "build", "code_now", "reporting"]


# Of the authenticator of whoever signs; a code of it is taken once.
SECRET = "JBSWY3DPEHPK3PXP"
SIGNERS = ("head0", "head1", "head2", "phong", "so")


def code_now() -> str:
    """What the authenticator of a signer shows now."""
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30))


def reporting() -> Chain:
    """Write it all; whoever signs has a second factor. One pupil of the first school has no birth date: one check is
    open there."""
    b.school_year(2024, current=True)
    assert SchoolYear.objects.filter(is_current=True).exists()
    clock.move_to(dt.datetime(2024, 10, 3, 9, tzinfo=clock.LOCAL_ZONE))
    period = open_usual_period(actor=b.SYSTEM, start_year=2024, kind="BOY")
    chain = build_chain(period)
    own = Student.objects.filter(enrolments__school=chain.schools[0], full_name="Học sinh 1A")
    own.update(birth_date=None)
    for account in Account.objects.filter(username__in=SIGNERS):
        TOTP.activate(account, SECRET)
    return chain


def build() -> None:
    reporting()
