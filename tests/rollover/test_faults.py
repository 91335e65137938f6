"""What must not go wrong when things break: two at once, a killed process, a killed database."""

import json
import os
import signal
import subprocess
import sys
import time

import psycopg
import pytest

from tests.commands import Running

SETUP = """
import datetime as dt, django
django.setup()
from tests import builders as b
b.school_year(2024)
office = b.office()
for number in range(3):
    where = b.school(f"Trường THCS số {number}", parent=office, code=f"3130350{number}")
    for name, grade in (("6A", "06"), ("7A", "07")):
        made = b.school_class(where, name, grade)
        for _ in range(5):
            b.pupil(made)
"""
COUNT = "SELECT count(*) FROM years_enrolment WHERE start_year = 2024"
TRACES = (
    "SELECT (SELECT count(*) FROM years_schoolclass WHERE start_year = 2024)"
    " + (SELECT count(*) FROM years_enrolment WHERE start_year = 2024)"
    " + (SELECT count(*) FROM orgs_schoolprofile WHERE start_year = 2024)"
    " + (SELECT count(*) FROM rollover_rolloverrun)"
)


@pytest.fixture
def province(own_copy):
    """Three schools of ten pupils each, committed."""
    return own_copy(SETUP)


def _run(database, *scope: str) -> Running:
    return database.start("rollover", "run", "--from", "2023", *scope, "--json")


@pytest.mark.parametrize("scope", [("--unit", "office"), ("--all",)], ids=["single", "province"])
def test_a_killed_run_leaves_nothing_half_done_and_can_be_run_again(province, scope) -> None:
    if scope[0] == "--unit":
        code = province.rows("SELECT code FROM orgs_orgunit WHERE kind = 'district_office'")[0][0]
        scope = ("--unit", code)
    with psycopg.connect(province.url) as holder:
        # Assignments are written after the classes: the run stops half-way, classes written, pupils not.
        holder.execute("LOCK TABLE years_teachingassignment IN ACCESS EXCLUSIVE MODE")
        process = _run(province, *scope)
        province.until_blocked()
        process.kill()
        process.ended()
    province.until_alone()
    assert province.rows(TRACES) == [(0,)]

    done = province.csdl("rollover", "run", "--from", "2023", "--all", "--json")

    figures = json.loads(done.stdout)
    assert (figures["in"], figures["created"], figures["state"]) == (30, 30, "done")


def test_two_runs_at_once_for_one_school_write_each_pupil_once(province) -> None:
    with psycopg.connect(province.url) as holder:
        holder.execute("LOCK TABLE years_teachingassignment IN ACCESS EXCLUSIVE MODE")
        both = [_run(province, "--school", "31303500") for _ in range(2)]
        province.until_blocked(2)
    results = [json.loads(process.ended().stdout) for process in both]

    assert sorted(figures["created"] for figures in results) == [0, 10]
    assert province.rows(COUNT) == [(10,)]
    assert province.csdl("rollover", "undo", "--from", "2023", "--school", "31303500").returncode == 0
    assert province.rows(COUNT) == [(0,)]


def test_two_runs_of_the_whole_province_at_once_write_each_pupil_once(province) -> None:
    """The second finds the year filled when its turn comes, and goes on school by school."""
    with psycopg.connect(province.url) as holder:
        holder.execute("LOCK TABLE years_teachingassignment IN ACCESS EXCLUSIVE MODE")
        both = [_run(province, "--all") for _ in range(2)]
        province.until_blocked(2)
    results = [json.loads(process.ended().stdout) for process in both]

    assert sorted(figures["created"] for figures in results) == [0, 30]
    assert province.rows(COUNT) == [(30,)]


def test_a_session_cut_off_by_the_server_leaves_nothing(province) -> None:
    with psycopg.connect(province.url) as holder:
        holder.execute("LOCK TABLE years_teachingassignment IN ACCESS EXCLUSIVE MODE")
        process = _run(province, "--all")
        province.until_blocked()
        province.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        done = process.ended()
    assert done.returncode == 1
    assert province.rows(TRACES) == [(0,)]


def test_a_job_of_a_killed_worker_is_finished_by_the_next(province) -> None:
    enqueue = (
        "import django; django.setup()\n"
        "from csdl.accounts.actor import SystemActor\n"
        "from csdl.orgs.models import OrgUnit\n"
        "from csdl.rollover.actions import start_rollover\n"
        "unit = OrgUnit.objects.get(code='31303501')\n"
        "start_rollover(actor=SystemActor('thử'), from_year=2023, unit=unit)\n"
    )
    province.python(enqueue)
    with psycopg.connect(province.url) as holder:
        holder.execute("LOCK TABLE years_teachingassignment IN ACCESS EXCLUSIVE MODE")
        first = province.start("worker")
        province.until_blocked()
        first.kill()
        first.ended()
    # The dead worker's silence is what makes it dead: let its last heartbeat be an hour old.
    with psycopg.connect(province.url) as clock:
        clock.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")

    province.csdl("worker", "--once")

    assert province.rows("SELECT state, result ->> 'created' FROM jobs_job") == [("done", "10")]
    assert province.rows(COUNT) == [(10,)]


@pytest.mark.long
def test_a_database_killed_in_the_middle_of_a_run_recovers_to_before_it(tmp_path) -> None:
    """kill -9 of every process of the server, in the middle of the province's one transaction."""
    from csdl.lib.embedded import EmbeddedServer

    data = tmp_path / "data"
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("CSDL_", "DATABASE_", "DJANGO_"))}
    environment = kept | {"CSDL_DATA": str(data), "DJANGO_SETTINGS_MODULE": "config.settings.dev"}
    environment |= {"CSDL_DB_ROLE": "owner", "PYTHONPATH": os.getcwd()}
    code = [sys.executable, "-c", "from csdl.cli.main import main; main()"]
    server = EmbeddedServer(data)
    server.start()
    try:
        for command in (["db", "prepare"], ["codes", "load"]):
            subprocess.run([*code, *command], env=environment, check=True, capture_output=True)
        subprocess.run([sys.executable, "-c", SETUP], env=environment, check=True)
        url = server.admin_url("csdl")
        holder = psycopg.connect(url)
        holder.execute("LOCK TABLE years_teachingassignment IN ACCESS EXCLUSIVE MODE")
        run = subprocess.Popen(
            [*code, "rollover", "run", "--from", "2023", "--all"], env=environment, stderr=subprocess.DEVNULL
        )
        blocked = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'csdl' AND wait_event_type = 'Lock'"
        with psycopg.connect(url, autocommit=True) as watcher:
            deadline = time.monotonic() + 60
            while watcher.execute(blocked).fetchone() == (0,):
                assert time.monotonic() < deadline, "the run never reached the lock"
                time.sleep(0.05)
        for pid in server._orphans():
            os.kill(pid, signal.SIGKILL)
        holder.close()
        assert run.wait(60) == 1

        server.start()
        with psycopg.connect(url) as after:
            assert after.execute(TRACES).fetchone() == (0,)
        again = [*code, "rollover", "run", "--from", "2023", "--all", "--json"]
        done = subprocess.run(again, env=environment, check=True, capture_output=True, text=True)
        assert json.loads(done.stdout)["created"] == 30
    finally:
        server.stop(mode="immediate")


def test_a_job_whose_end_was_never_written_is_closed_by_a_worker_that_runs(province) -> None:
    """The work and its last word were lost with the database; the queue knows that it failed."""
    with psycopg.connect(province.url) as connection:
        connection.execute(
            "INSERT INTO jobs_job (public_id, kind, title, args, state, total_count, done_count, message, result)"
            " VALUES (gen_random_uuid(), 'rollover:run', 'Kết chuyển', '{}', 'running', 0, 0, '', '{}')"
        )
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status)"
            " SELECT 'bulk', 'rollover.run_batch', jsonb_build_object('job_id', id), 'failed' FROM jobs_job"
        )

    province.csdl("worker", "--once")

    assert province.rows("SELECT state, position('JOB-03' in message) > 0 FROM jobs_job") == [("failed", True)]
