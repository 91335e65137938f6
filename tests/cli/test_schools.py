"""`csdl schools import` as an operator runs it: exit codes and JSON."""

import json
from pathlib import Path
from typing import Any

import openpyxl
import psycopg

REAL = Path(__file__).parents[1] / "data" / "schools-province-19-part.xlsx"


def test_import_prints_counts_and_a_second_run_changes_nothing(own_database: Any) -> None:
    first = json.loads(own_database.csdl("schools", "import", str(REAL), "--json").stdout)
    again = json.loads(own_database.csdl("schools", "import", str(REAL), "--json").stdout)

    counts = ("created", "updated", "unchanged", "rejected", "units")
    assert [first[name] for name in counts] == [448, 0, 0, 0, 6]
    assert [again[name] for name in counts] == [0, 0, 448, 0, 0]
    assert first["problems"] == again["problems"]


def test_strict_exits_2_and_writes_nothing_where_a_row_is_rejected(own_database: Any, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(REAL)
    book["Sheet1"]["A9"] = None
    book.save(tmp_path / "schools.xlsx")

    strict = own_database.csdl("schools", "import", str(tmp_path / "schools.xlsx"), "--strict", "--json", check=False)
    written = own_database.rows("SELECT count(*) FROM orgs_orgunit")
    plain = own_database.csdl("schools", "import", str(tmp_path / "schools.xlsx"), "--json", check=False)

    assert (strict.returncode, json.loads(strict.stdout)["rejected"], written) == (2, 1, [(0,)])
    assert (plain.returncode, json.loads(plain.stdout)["created"]) == (0, 447)


def test_file_that_is_refused_exits_2_with_one_sentence(own_database: Any) -> None:
    done = own_database.csdl("schools", "import", "không-có.xlsx", check=False)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "Không đọc được tệp. Hãy kiểm tra lại đường dẫn và quyền đọc tệp. (mã INT-01)\n"


def test_an_unprepared_database_is_said_in_one_sentence(own_database) -> None:
    with psycopg.connect(own_database.url) as owner:
        owner.execute("DROP TABLE years_schoolyear CASCADE")

    done = own_database.csdl("year", "list", check=False)

    assert done.returncode == 1
    assert "csdl db prepare" in done.stderr
    assert "Traceback" not in done.stderr
