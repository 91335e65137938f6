"""Two press "send" at once: one sending is recorded, the other person learns when and by whom."""

import json
import subprocess
import sys
import time

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
sign_report(actor=b.SYSTEM, report=Submission.objects.get(), version=1)
"""
CSDL = [sys.executable, "-c", "from csdl.cli.main import main; main()"]
BLOCKED = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.fixture
def province(own_database):
    """One report, frozen and signed, committed."""
    environment = own_database.environment() | {"CSDL_DB_ROLE": "owner"}
    done = subprocess.run([sys.executable, "-c", SETUP], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return own_database


def test_two_send_at_once_and_one_sending_is_recorded(province) -> None:
    command = [*CSDL, "report", "send", "--period", "2024-dau-nam", "--all", "--json"]
    with psycopg.connect(province.url) as holder:
        holder.execute("SELECT 1 FROM reports_submission FOR UPDATE")
        both = [
            subprocess.Popen(command, env=province.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for _ in range(2)
        ]
        deadline = time.monotonic() + 30
        while province.rows(BLOCKED)[0][0] < 2:
            assert time.monotonic() < deadline, "the two never stood at the row together"
            time.sleep(0.05)
        holder.rollback()
    answers = [json.loads(one.communicate(timeout=60)[0]) for one in both]

    assert sorted(answer["reports"] for answer in answers) == [0, 1]
    (loser,) = [answer for answer in answers if not answer["reports"]]
    assert "đang ở trạng thái “Đã gửi” từ " in loser["skipped"][0]["reason"]
    assert province.rows("SELECT name, from_state, to_state FROM reports_statemove") == [
        ("send", "snapshotted", "submitted")
    ]
