"""`csdl account` and `csdl demo code` as an operator runs them."""

import json
from pathlib import Path
from typing import Any

from tests.papers import text_of


def test_the_uppermost_head_is_helped_from_the_command_line(own_database: Any, tmp_path: Path) -> None:
    own_database.csdl("demo", "build", "--pupils", "1000", "--year", "2023")
    out = tmp_path / "thu.pdf"
    address = "https://csdl.example.vn"

    codes = json.loads(own_database.csdl("demo", "code", "--json").stdout)
    own_database.csdl("account", "letter", "so.giamdoc", "--address", address, "--out", str(out))
    not_locked = own_database.csdl("account", "unlock", "so.giamdoc", "--reason", "x", check=False)
    unknown = own_database.csdl("account", "unlock", "khong-co", "--reason", "x", check=False)

    assert [(one["username"], len(one["code"]), 0 < one["seconds"] <= 30) for one in codes] == [("so.giamdoc", 6, True)]
    assert "so.giamdoc" in text_of(out.read_bytes())
    assert own_database.rows("SELECT data FROM audit_event WHERE kind = 'account:letter'") == [
        ({"accounts": ["so.giamdoc"]},)
    ]
    assert (not_locked.returncode, unknown.returncode) == (2, 2)
    assert "Không có tài khoản khong-co" in unknown.stderr
