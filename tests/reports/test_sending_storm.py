"""The last hour in small: eight connections press "send" on the same forty reports, each in an order of its own."""

import json

import pytest

pytestmark = pytest.mark.server

REPORTS, CONNECTIONS = 40, 8
SETUP = f"""
import datetime as dt, django
django.setup()
from csdl.lib import clock
from csdl.reports.actions import freeze, open_usual_period, sign_report
from csdl.reports.models import Submission
from tests import builders as b
from tests.reports.builders import primary
b.school_year(2024)
clock.move_to(dt.datetime(2024, 10, 7, 16, 5, tzinfo=clock.LOCAL_ZONE))
period = open_usual_period(actor=b.SYSTEM, start_year=2024, kind="BOY")
office = b.office()
for number in range({REPORTS}):
    where, _ = primary(f"Trường Tiểu học số {{number}}", parent=office)
    b.account(f"clerk{{number}}", "school_clerk", where.unit)
freeze(actor=b.SYSTEM, period=period)
for report in Submission.objects.order_by("pk"):
    sign_report(actor=b.SECOND, report=report, version=1)
"""
# Under the web role, one thread and connection each; one transaction a press, as a page has it.
STORM = f"""
import json, random, sys, threading, time, django
django.setup()
from django.db import connection
from csdl.access.acting import acting, token_for
from csdl.access.actors import actor_for
from csdl.accounts.models import Account
from csdl.reports.actions import send_report
from csdl.reports.errors import ReportError
from csdl.reports.models import Submission
known = json.loads(sys.argv[1])
accounts = Account.objects.in_bulk([account for _, account in known])
tokens = {{account: token_for(row) for account, row in accounts.items()}}
told, ready = [], threading.Barrier({CONNECTIONS})

def press(number):
    order = random.Random(number).sample(known, len(known))
    ready.wait()
    for report, account in order:
        begin, code = time.monotonic(), "sent"
        try:
            with acting(tokens[account], accounts[account]):
                send_report(actor=actor_for(accounts[account]), report=Submission(pk=report))
        except ReportError as refused:
            code = refused.code
        except Exception as wrong:
            code = repr(wrong)
        told.append((report, code, begin, time.monotonic()))
    connection.close()

threads = [threading.Thread(target=press, args=(number,)) for number in range({CONNECTIONS})]
[one.start() for one in threads]
[one.join() for one in threads]
print(json.dumps(told))
"""


def test_each_is_recorded_once_and_in_the_order_of_the_presses(own_copy) -> None:
    database = own_copy(SETUP)
    clerks = database.rows("SELECT s.id, g.account_id FROM reports_submission s JOIN access_grant g USING (unit_id)")
    assert len(clerks) == REPORTS

    told = json.loads(database.python(STORM, json.dumps(clerks), role="app"))

    codes = [code for _, code, *_ in told]
    assert sorted(set(codes)) == ["RPT-03", "sent"]
    assert (codes.count("sent"), len(codes)) == (REPORTS, REPORTS * CONNECTIONS)
    moves = database.rows("SELECT submission_id, id, moved_at FROM reports_statemove WHERE name = 'send' ORDER BY id")
    assert sorted(report for report, *_ in moves) == sorted(report for report, _ in clerks)
    assert database.rows(
        "SELECT count(*), count(DISTINCT unit_id) FROM audit_event WHERE kind = 'report:send'"
        " UNION ALL SELECT count(*), count(late_minutes) FROM reports_submission WHERE state = 'submitted'"
    ) == [(REPORTS, REPORTS), (REPORTS, 0)]
    # Whoever was answered before another pressed stands before it, by the instant and by the number of the row.
    mark = {report: (number, moved_at) for report, number, moved_at in moves}
    won = [(begin, end, *mark[report]) for report, code, begin, end in told if code == "sent"]
    pairs = [(early, late) for early in won for late in won if early[1] < late[0]]
    assert len(pairs) > REPORTS
    assert [pair for pair in pairs if pair[0][2] >= pair[1][2] or pair[0][3] >= pair[1][3]] == []
