"""`csdl school export` as an operator runs it."""

import json
from pathlib import Path
from typing import Any

import openpyxl


def test_export_writes_the_workbook_and_says_what_it_holds(own_database: Any, tmp_path: Path) -> None:
    own_database.csdl("schools", "import", str(Path(__file__).parents[1] / "data" / "schools-province-19-part.xlsx"))
    (code,) = own_database.rows("SELECT u.code FROM orgs_school s JOIN orgs_orgunit u ON u.id = s.unit_id LIMIT 1")[0]
    out = tmp_path / "truong.xlsx"
    asked = ("--unit", code, "--year", "2023", "--purpose", "check", "--out", str(out), "--json")

    done = json.loads(own_database.csdl("school", "export", *asked).stdout)

    assert done["counts"] == {"sites": 1, "classes": 0, "pupils": 0, "staff": 0, "homeroom": 0, "teaching": 0}
    assert openpyxl.load_workbook(out).sheetnames[:2] == ["Điểm trường", "Lớp học"]
    logged = own_database.rows("SELECT data ->> 'what', data ->> 'purpose' FROM audit_event WHERE kind = 'data:export'")
    assert logged == [("workbook", "check")]


def test_an_unknown_school_exits_2_with_one_sentence(own_database: Any, tmp_path: Path) -> None:
    asked = ("--unit", "99999999", "--year", "2023", "--purpose", "check", "--out", str(tmp_path / "x.xlsx"))

    done = own_database.csdl("school", "export", *asked, check=False)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "Không có trường mang mã 99999999. (mã EXP-01)\n"
