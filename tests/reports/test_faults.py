"""What must not go wrong when things break: a killed freeze, two at once, a worker that dies half-way."""

import datetime as dt
import json

import psycopg
import pytest

from tests.commands import Running

pytestmark = pytest.mark.server

SETUP = """
import datetime as dt, django
django.setup()
from csdl.lib import clock
from csdl.reports.actions import open_usual_period
from tests import builders as b
b.school_year(2024)
clock.move_to(dt.datetime(2024, 10, 3, 9, tzinfo=clock.LOCAL_ZONE))
open_usual_period(actor=b.SYSTEM, start_year=2024, kind="BOY")
office = b.office()
for number in range(3):
    code = f"3130540{number}"
    where = b.school(f"Trường Tiểu học số {number}", parent=office, levels=("02",), years=(2024,), code=code)
    where.profiles.update(region_code="02", level_group_code="06")
    made = b.school_class(where, "1A", "01", year=2024)
    for _ in range(5):
        b.pupil(made, None, birth_date=dt.date(2018, 5, 19))
    b.teacher(where, year=2024)
"""
TRACES = (
    "SELECT (SELECT count(*) FROM reports_snapshot) + (SELECT count(*) FROM reports_countedpupil)"
    " + (SELECT count(*) FROM reports_cellrow) + (SELECT count(*) FROM reports_submission)"
)
FROZEN = "SELECT version, pupil_count, digest FROM reports_snapshot ORDER BY unit_id, version"
# Sites are frozen after the pupils: the freeze stops half-way, rows written, cells not.
HALF_WAY = "LOCK TABLE reports_countedsite IN ACCESS EXCLUSIVE MODE"


@pytest.fixture
def province(own_copy):
    """Three primary schools of five pupils each and the period, committed."""
    return own_copy(SETUP)


def _freeze(database, *scope: str) -> Running:
    return database.start("report", "freeze", "--period", "2024-dau-nam", *scope, "--json")


@pytest.mark.parametrize("scope", [("--unit", "31305400"), ("--all",)], ids=["single", "province"])
def test_a_killed_freeze_leaves_nothing_half_done_and_can_be_run_again(province, scope) -> None:
    with psycopg.connect(province.url) as holder:
        holder.execute(HALF_WAY)
        process = _freeze(province, *scope)
        province.until_blocked()
        process.kill()
        process.ended()
    province.until_alone()
    assert province.rows(TRACES) == [(0,)]

    done = province.csdl("report", "freeze", "--period", "2024-dau-nam", "--all", "--json")

    figures = json.loads(done.stdout)
    assert (figures["reports"], figures["pupils"], figures["staff"]) == (3, 15, 3)


def test_two_freezes_of_one_school_at_once_are_two_versions_each_whole(province) -> None:
    with psycopg.connect(province.url) as holder:
        holder.execute(HALF_WAY)
        both = [_freeze(province, "--unit", "31305400") for _ in range(2)]
        province.until_blocked(2)
    results = [json.loads(process.ended().stdout) for process in both]

    assert [figures["pupils"] for figures in results] == [5, 5]
    (first, second) = province.rows(FROZEN)
    assert (first[:2], second[:2], first[2] == second[2]) == ((1, 5), (2, 5), True)


def test_a_school_and_the_province_at_once_do_not_wait_for_each_other_for_ever(province) -> None:
    with psycopg.connect(province.url) as holder:
        holder.execute(HALF_WAY)
        both = [_freeze(province, "--all"), _freeze(province, "--unit", "31305401")]
        province.until_blocked(2)
    results = [json.loads(process.ended().stdout) for process in both]

    assert [figures["reports"] for figures in results] == [3, 1]
    assert sorted(row[0] for row in province.rows(FROZEN)) == [1, 1, 1, 2]


def test_a_job_of_a_killed_worker_is_finished_by_the_next_and_freezes_nothing_twice(province) -> None:
    enqueue = (
        "import django; django.setup()\n"
        "from csdl.accounts.actor import SystemActor\n"
        "from csdl.orgs.models import OrgUnit\n"
        "from csdl.reports.actions import start_freezing\n"
        "from csdl.reports.queries import period_named\n"
        "unit = OrgUnit.objects.get(kind='district_office')\n"
        "start_freezing(actor=SystemActor('thử'), period=period_named('2024-dau-nam'), unit=unit)\n"
    )
    province.python(enqueue)
    third = province.rows("SELECT id FROM orgs_orgunit WHERE code = '31305402'")[0][0]
    with psycopg.connect(province.url) as holder:
        # The first two schools are frozen and committed; the worker waits for the third.
        holder.execute("SELECT pg_advisory_xact_lock(20251, %s)", [third])
        first = province.start("worker")
        province.until("SELECT count(*) = 2 FROM reports_snapshot")
        province.until_blocked()
        first.kill()
        first.ended()
    province.until_alone()
    # The dead worker's silence is what makes it dead: let its last heartbeat be an hour old.
    with psycopg.connect(province.url) as clock:
        clock.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")

    province.csdl("worker", "--once")

    assert [row[:2] for row in province.rows(FROZEN)] == [(1, 5)] * 3
    assert province.rows("SELECT state, (result ->> 'reports')::int FROM jobs_job") == [("done", 3)]


def test_the_commands_say_what_stands_where(province, tmp_path) -> None:
    def told(*arguments: str) -> dict:
        return json.loads(province.csdl("report", *arguments, "--json").stdout)

    period = ("--period", "2024-dau-nam")
    before = told("status", *period, "--all")
    told("freeze", *period, "--unit", "31305401")
    after = told("status", *period, "--all")
    form = (*period, "--unit", "31305401", "--form", "02-DN-TH")
    traced = told("trace", *form, "--cell", "40:1")
    printed = (*period, "--unit", "31305401", "--form", "02.ĐN-TH")
    lines = province.csdl("report", "trace", *printed, "--cell", "040:1").stdout.splitlines()
    staff = province.csdl("report", "trace", *printed, "--cell", "78:1").stdout.splitlines()
    out = tmp_path / "bieu.xlsx"
    written = told("export", *form, "--format", "xlsx", "--out", str(out))
    wrong = [
        province.csdl("report", *arguments, check=False)
        for arguments in (
            ("freeze", "--period", "2023-dau-nam", "--all"),
            ("trace", *form, "--cell", "40:99"),
            ("trace", *period, "--unit", "31305402", "--form", "02-DN-TH", "--cell", "40:1"),
        )
    ]

    assert (before["owed"], before["states"]["not_started"]) == (3, 3)
    assert (after["states"]["not_started"], after["states"]["snapshotted"]) == (2, 1)
    (line,) = [one for one in after["reports"] if one["unit"] == "31305401"]
    assert (line["state"], line["version"], line["pupils"]) == ("snapshotted", 1, 5)
    assert line["due_at"] == "2024-10-07T17:00:00+07:00"
    assert (traced["total"], len(traced["rows"]), traced["label"]) == (5, 5, "Học sinh lớp 1")
    assert {"enrolment_id", "student_id"} < set(traced["rows"][0])
    assert lines[2] == "Họ và tên | Ngày sinh | Lớp | Mã học sinh"
    born = f"{dt.date.fromisoformat(traced['rows'][0]['birth_date']):%d/%m/%Y}"
    assert lines[3].split(" | ")[:2] == [traced["rows"][0]["full_name"], born]
    assert [len(line.split(" | ")) for line in lines[2:]] == [4] * 6
    assert staff[2] == "Họ và tên | Ngày sinh | Nhóm | Chức vụ, vị trí"
    assert [line.split(" | ")[2] for line in staff[3:]] == ["Giáo viên"]
    assert out.read_bytes()[:2] == b"PK"
    assert written["version"] == 1
    assert [done.returncode for done in wrong] == [2, 2, 2]
    assert ["RPT-01" in wrong[0].stderr, "RPT-01" in wrong[1].stderr, "RPT-08" in wrong[2].stderr] == [True] * 3
