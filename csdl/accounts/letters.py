"""Letters of activation: the one-time code, its check, and the first password. Who may issue them says `staff`."""

import datetime as dt
import secrets
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from csdl.accounts import guarding
from csdl.accounts.errors import CsdlError
from csdl.accounts.models import Account, ActivationLetter
from csdl.accounts.passwords import set_password
from csdl.accounts.second_factor import rules
from csdl.lib import clock

__all__ = ["WRONG_CODES", "LetterRefused", "activate", "issue_letters", "letter_for"]

# Signs that nobody takes for one another on paper.
_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_LENGTH = 12
WRONG_CODES = 10


class LetterRefused(CsdlError):
    """ACC-04: the code is not taken; the same words whatever is wrong."""

    code = "ACC-04"

    def __init__(self) -> None:
        super().__init__(
            "Tên đăng nhập hoặc mã kích hoạt chưa đúng, đã dùng hoặc đã hết hạn. "
            "Hãy kiểm tra lại thư; cần thì xin người quản trị tài khoản của đơn vị thư mới."
        )


@transaction.atomic
def issue_letters(accounts: Iterable[Account], *, issued_by: int | None) -> dict[int, tuple[str, dt.date]]:
    """A new letter for each account, ending the one before: account -> (code, last day).

    Shapes:  two statements, however many accounts; the codes are kept nowhere else.
    """
    wanted = list(accounts)
    last_day = clock.today() + dt.timedelta(days=rules().letter_days)
    open_ones = ActivationLetter.objects.filter(account__in=wanted, used_at=None, ended_at=None)
    open_ones.update(ended_at=timezone.now())
    codes = {one.pk: "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH)) for one in wanted}
    ActivationLetter.objects.bulk_create(
        ActivationLetter(account=one, code_hash=_hash(codes[one.pk]), issued_by=issued_by, last_day=last_day)
        for one in wanted
    )
    return {key: ("-".join(code[n : n + 4] for n in range(0, _LENGTH, 4)), last_day) for key, code in codes.items()}


def letter_for(login: str, code: str, *, address: str) -> ActivationLetter:
    """The open letter that a user name and a code mean.

    Errors:  LetterRefused, in the same words for a name that does not exist; guarding.Locked after too many of them.
             The failure is counted, so what is around must not be rolled back.
    """
    attempt = guarding.begin(login, address, what="letter")
    given = _hash("".join(sign for sign in code.upper() if sign.isalnum()))
    letter = None
    if attempt.account and attempt.account.is_active:
        letter = ActivationLetter.objects.filter(account=attempt.account, used_at=None, ended_at=None).first()
    is_right = constant_time_compare(given, letter.code_hash if letter else "-" * len(given))
    if letter is None or not is_right or not letter.holds_on(clock.today()):
        if letter is not None:
            rows = ActivationLetter.objects.filter(pk=letter.pk)
            rows.update(wrong_codes=F("wrong_codes") + 1)
            rows.filter(wrong_codes__gte=WRONG_CODES).update(ended_at=timezone.now())
        guarding.failed(attempt)
        raise LetterRefused
    guarding.passed(attempt)
    return letter


@transaction.atomic
def activate(letter_id: int, password: str) -> Account:
    """Use the letter: the person's password from now on. Of two at once the second finds it used.

    Errors:  LetterRefused.
    """
    letter = ActivationLetter.objects.select_for_update(of=("self",)).select_related("account").get(pk=letter_id)
    if not letter.holds_on(clock.today()) or not letter.account.is_active:
        raise LetterRefused
    letter.used_at = timezone.now()
    letter.save(update_fields=["used_at"])
    set_password(letter.account, password)
    return letter.account


def _hash(code: str) -> str:
    return salted_hmac("csdl.accounts.letters", code, algorithm="sha256").hexdigest()
