"""What must not go wrong with imports when things break: two at once, a killed command, the same job again."""

import json
from pathlib import Path

import openpyxl
import psycopg
import pytest

from tests.commands import Running

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
def province(own_copy):
    """A school with one class, committed."""
    return own_copy(SETUP)


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


def _import(database, roster: Path) -> Running:
    return database.start("import", str(roster), "--unit", "31303501", "--kind", "pupils", "--json")


def test_a_killed_import_leaves_nothing_half_done_and_can_be_run_again(province, roster) -> None:
    with psycopg.connect(province.url) as holder:
        # Guardians are written last: the import stops half-way, pupils written, parents not.
        holder.execute("LOCK TABLE students_guardian IN EXCLUSIVE MODE")
        process = _import(province, roster)
        province.until_blocked()
        process.kill()
        process.ended()
    province.until_alone()
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
        province.until_blocked(2)
    results = [process.ended() for process in both]

    # The second finds its plan overtaken when its turn comes, plans anew and writes nothing.
    assert sorted(done.returncode for done in results) == [0, 2]
    told = "".join(done.stderr for done in results)
    assert "INT-71" in told or "đã thay đổi sau khi lập kế hoạch" in told
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
        province.until_blocked()
    done = process.ended()

    assert done.returncode in (0, 2), done.stderr
    expected = "hoa@truong.edu.vn" if done.returncode == 0 else ""
    assert province.rows("SELECT phone, email FROM students_student WHERE full_name = 'Lê Thị Hoa'") == [
        ("0912345678", expected)
    ], done.stdout


def test_a_file_without_rows_is_said_to_have_none(province, roster) -> None:
    book = openpyxl.load_workbook(roster)
    book.active.delete_rows(2, 3)
    book.save(roster)

    done = province.csdl("import", str(roster), "--unit", "31303501", "--kind", "pupils")

    assert done.returncode == 0
    assert done.stdout.endswith("Tệp không có dòng dữ liệu nào. Hãy nhập dữ liệu dưới dòng tiêu đề rồi nhập lại.\n")
