"""What must not go wrong with imports when things break: two at once, a killed command, the same job again."""

import json
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import psycopg
import pytest

SETUP = """
import datetime as dt, django
django.setup()
from tests import builders as b
where = b.school("Trường THCS Tô Hiệu", code="31303501")
b.school_year(2023, current=True)
b.school_class(where, "6A1", "06")
"""
TRACES = (
    "SELECT (SELECT count(*) FROM students_student), (SELECT count(*) FROM years_enrolment),"
    " (SELECT count(*) FROM students_guardian), (SELECT count(*) FROM audit_event WHERE kind = 'intake:apply')"
)


@pytest.fixture
def province(own_database):
    """A school with one class, committed."""
    environment = own_database.environment() | {"CSDL_DB_ROLE": "owner"}
    done = subprocess.run([sys.executable, "-c", SETUP], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return own_database


@pytest.fixture
def roster(tmp_path) -> Path:
    path = tmp_path / "hs.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "Học sinh"
    book.active.append(["Họ và tên", "Ngày sinh", "Giới tính", "Lớp", "Họ tên cha"])
    for name in ("Lê Thị Hoa", "Lê Thị Mai", "Lê Thị Lan"):
        book.active.append([name, "08/03/2012", "Nữ", "6A1", "Lê Văn Nam"])
    book.save(path)
    return path


def _import(database, roster: Path) -> subprocess.Popen:
    code = "from csdl.cli.main import main; main()"
    command = [sys.executable, "-c", code, "import", str(roster), "--unit", "31303501", "--kind", "pupils", "--json"]
    return subprocess.Popen(
        command, env=database.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def _wait_until_blocked(database, count: int = 1) -> None:
    deadline = time.monotonic() + 60
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    while database.rows(query)[0][0] < count:
        assert time.monotonic() < deadline, "the import never reached the lock"
        time.sleep(0.05)


def test_a_killed_import_leaves_nothing_half_done_and_can_be_run_again(province, roster) -> None:
    with psycopg.connect(province.url) as holder:
        # Guardians are written last: the import stops half-way, pupils written, parents not.
        holder.execute("LOCK TABLE students_guardian IN EXCLUSIVE MODE")
        process = _import(province, roster)
        _wait_until_blocked(province)
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()
    for _ in range(100):
        if not province.rows(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'"
            " AND pid <> pg_backend_pid()"
        ):
            break
        time.sleep(0.05)
    assert province.rows(TRACES) == [(0, 0, 0, 0)]

    done = province.csdl("import", str(roster), "--unit", "31303501", "--kind", "pupils", "--json")

    said = json.loads(done.stdout)
    assert said["nouns"]["pupils"] == {"created": 3, "updated": 0, "unchanged": 0, "conflict": 0, "rejected": 0}
    assert province.rows(TRACES) == [(3, 3, 3, 1)]
    assert province.csdl("import", "undo", said["run"]).returncode == 0
    assert province.rows("SELECT count(*) FROM students_student") == [(0,)]


def test_two_imports_at_once_write_each_pupil_once(province, roster) -> None:
    with psycopg.connect(province.url) as holder:
        holder.execute("LOCK TABLE students_guardian IN EXCLUSIVE MODE")
        both = [_import(province, roster) for _ in range(2)]
        _wait_until_blocked(province, 2)
    results = [process.communicate(timeout=90) for process in both]

    # The second finds its plan overtaken when its turn comes, plans anew and writes nothing.
    assert sorted(process.returncode for process in both) == [0, 2]
    assert any("INT-71" in error or "đã thay đổi sau khi lập kế hoạch" in error for _, error in results)
    assert province.rows(TRACES) == [(3, 3, 3, 1)]


def test_the_command_writes_templates_refuses_and_answers_in_json(province, roster, tmp_path) -> None:
    blank = tmp_path / "mau.xlsx"
    assert province.csdl("import", "template", "--unit", "31303501", "--out", str(blank)).returncode == 0
    assert blank.stat().st_size > 5000
    looked = province.csdl("import", str(roster), "--unit", "31303501", "--dry-run", "--json")
    assert json.loads(looked.stdout)["state"] == "planned"
    assert province.rows(TRACES) == [(0, 0, 0, 0)]

    unknown = province.csdl("import", str(roster), "--unit", "KHONGCO", check=False)
    unreadable = province.csdl("import", __file__, "--unit", "31303501", check=False)

    assert (unknown.returncode, unreadable.returncode) == (2, 2)
    assert "không phải bảng tính Excel" in unreadable.stderr


def test_a_colleague_who_saves_while_the_import_waits_keeps_what_was_saved(province, roster, tmp_path) -> None:
    assert province.csdl("import", str(roster), "--unit", "31303501", "--kind", "pupils").returncode == 0
    changed = tmp_path / "email.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "Học sinh"
    book.active.append(["Họ và tên", "Ngày sinh", "Giới tính", "Lớp", "Thư điện tử"])
    book.active.append(["Lê Thị Hoa", "08/03/2012", "Nữ", "6A1", "hoa@truong.edu.vn"])
    book.save(changed)
    with psycopg.connect(province.url) as colleague:
        colleague.execute("UPDATE students_student SET phone = '0912345678' WHERE full_name = 'Lê Thị Hoa'")
        process = _import(province, changed)
        _wait_until_blocked(province)
    out, error = process.communicate(timeout=90)

    assert process.returncode in (0, 2), error
    expected = "hoa@truong.edu.vn" if process.returncode == 0 else ""
    assert province.rows("SELECT phone, email FROM students_student WHERE full_name = 'Lê Thị Hoa'") == [
        ("0912345678", expected)
    ], out
