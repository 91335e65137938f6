"""One session of the web serves many people, and plans what it is often asked once: the answers stay each one's own."""

import json

import pytest

pytestmark = [pytest.mark.server]

_SETUP = """
import django
django.setup()
from tests import builders as b
b.school_year(2024)
office = b.office()
for name in ("mot", "hai"):
    where = b.school(f"Trường THCS {name}", parent=office)
    b.pupil(b.school_class(where, "7A", "07"), name=f"Học sinh {name}")
    b.account(name, "school_head", where.unit)
"""

_ASK = """
import json, django
django.setup()
from django.db import connection
from csdl.access.acting import acting, token_for
from csdl.accounts.models import Account
from csdl.students.models import Student

people = [(account, token_for(account)) for account in Account.objects.order_by("username")]
seen = {account.username: set() for account, _ in people}
with connection.cursor() as cursor:
    # As if a plan for all were always the cheaper one: the worst that the server may choose.
    cursor.execute("SET plan_cache_mode = force_generic_plan")
    cursor.execute("SELECT pg_backend_pid()")
    sessions = {cursor.fetchone()[0]}
for _ in range(10):
    for account, token in people:
        with acting(token, account):
            seen[account.username].add(tuple(Student.objects.values_list("full_name", flat=True)))
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                sessions.add(cursor.fetchone()[0])
with acting("", None):
    nobody = list(Student.objects.values_list("full_name", flat=True))
with connection.cursor() as cursor:
    cursor.execute("SELECT sum(generic_plans) FROM pg_prepared_statements WHERE statement LIKE %s", ["%_student%"])
    times = int(cursor.fetchone()[0] or 0)
seen = {name: sorted(map(list, answers)) for name, answers in seen.items()}
print(json.dumps({"seen": seen, "nobody": nobody, "sessions": len(sessions), "times": times}))
"""


def test_a_statement_planned_once_answers_each_account_by_its_own_rights(own_copy) -> None:
    told = json.loads(own_copy(_SETUP).python(_ASK, role="app"))

    assert told["seen"] == {"mot": [["Học sinh mot"]], "hai": [["Học sinh hai"]]}
    assert told["nobody"] == []
    assert told["sessions"] == 1
    assert told["times"] > 10  # the plan was indeed taken again and again, for both
