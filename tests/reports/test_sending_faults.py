"""Two press "send" at once: one sending is recorded, the other person learns when and by whom."""

import json

import psycopg
import pytest

pytestmark = pytest.mark.server

SETUP = """
import datetime as dt, django
django.setup()
from csdl.lib import clock
from csdl.reports.actions import freeze, open_usual_period, sign_report
from csdl.reports.models import Submission
from tests import builders as b
from tests.reports.builders import primary
b.school_year(2024)
clock.move_to(dt.datetime(2024, 10, 3, 9, tzinfo=clock.LOCAL_ZONE))
period = open_usual_period(actor=b.SYSTEM, start_year=2024, kind="BOY")
where, _ = primary(parent=b.office())
freeze(actor=b.SYSTEM, period=period, unit=where.unit)
sign_report(actor=b.SECOND, report=Submission.objects.get(), version=1)
"""


@pytest.fixture
def province(own_copy):
    """One report, frozen and signed, committed."""
    return own_copy(SETUP)


def test_two_send_at_once_and_one_sending_is_recorded(province) -> None:
    with psycopg.connect(province.url) as holder:
        holder.execute("SELECT 1 FROM reports_submission FOR UPDATE")
        both = [province.start("report", "send", "--period", "2024-dau-nam", "--all", "--json") for _ in range(2)]
        province.until_blocked(2)
        holder.rollback()
    answers = [json.loads(one.ended().stdout) for one in both]

    assert sorted(answer["reports"] for answer in answers) == [0, 1]
    (loser,) = [answer for answer in answers if not answer["reports"]]
    assert "đang ở trạng thái “Đã gửi” từ " in loser["skipped"][0]["reason"]
    assert province.rows("SELECT name, from_state, to_state FROM reports_statemove") == [
        ("send", "snapshotted", "submitted")
    ]
