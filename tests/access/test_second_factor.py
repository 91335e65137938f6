"""Whose rights ask for a second factor: heads, administrators, everybody who takes data out or approves."""

import pytest

from csdl.access.roles import ROLES
from csdl.accounts.second_factor import is_administrator, needs_second_factor
from tests import builders as b

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("role_code", "needs", "administers"),
    [
        ("school_head", True, True),
        ("unit_admin", True, True),
        ("school_clerk", True, False),
        ("exports", True, False),
        ("student_records", False, False),
        ("level_officer", True, False),
    ],
)
def test_the_right_decides(role_code: str, needs: bool, administers: bool) -> None:
    account = b.account("ai.do", role_code, b.school().unit)

    assert role_code in ROLES
    assert (needs_second_factor(account), is_administrator(account)) == (needs, administers)


def test_a_right_that_holds_no_more_asks_for_nothing() -> None:
    account = b.account("ai.do", "school_head", b.school().unit)
    account.grants.update(state="suspended")

    assert not needs_second_factor(account)
