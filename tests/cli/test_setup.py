"""`csdl setup --head`: the department's first head, once, with a letter."""

import hashlib
import json

import pytest

from tests.conftest import OwnDatabase
from tests.documents import files

HEAD = ("--head", "Vũ Quốc Khánh", "--from", "01/07/2024", "--decision", "15/QĐ-UBND", "--decided-on", "20/06/2024")


@pytest.fixture
def province(own_database: OwnDatabase) -> OwnDatabase:
    import psycopg

    with psycopg.connect(own_database.url) as owner:
        owner.execute("INSERT INTO orgs_orgunit (code, name, kind, opened_on) VALUES ('31', '', '', '1955-01-01')")
        owner.execute(
            "INSERT INTO orgs_unitversion (unit_id, name, kind, valid_from)"
            " SELECT id, 'Sở Giáo dục và Đào tạo', 'department', '1955-01-01' FROM orgs_orgunit"
        )
    return own_database


def test_the_first_head_gets_account_right_and_letter(province: OwnDatabase, tmp_path) -> None:  # type: ignore[no-untyped-def]
    letter = tmp_path / "thu.pdf"

    said = json.loads(province.csdl("setup", *HEAD, "--letter", str(letter), "--json").stdout)
    again = province.csdl("setup", *HEAD, "--letter", str(letter), check=False)

    assert (said["head"], said["username"]) == ("Vũ Quốc Khánh", "vuquockhanh1")
    assert letter.read_bytes().startswith(b"%PDF")
    assert province.rows("SELECT role_code, state, ground FROM access_grant") == [
        ("department_admin", "active", "appointment")
    ]
    assert again.returncode == 2
    assert "đã có thủ trưởng" in again.stderr


def test_the_decision_comes_along(province: OwnDatabase, tmp_path) -> None:  # type: ignore[no-untyped-def]
    decision, letter = tmp_path / "quyet-dinh.pdf", tmp_path / "thu.pdf"
    decision.write_bytes(files.pdf_with_script())
    refused = province.csdl("setup", *HEAD, "--letter", str(letter), "--decision-file", str(decision), check=False)
    decision.write_bytes(files.pdf())

    province.csdl("setup", *HEAD, "--letter", str(letter), "--decision-file", str(decision))

    assert (refused.returncode, "DOC-04" in refused.stderr) == (2, True)
    assert province.rows("SELECT sha256, media_type FROM staff_unithead") == [
        (hashlib.sha256(files.pdf()).hexdigest(), "application/pdf")
    ]


def test_what_is_wrong_is_said_and_nothing_stays(own_database: OwnDatabase, province: OwnDatabase, tmp_path) -> None:  # type: ignore[no-untyped-def]
    done = province.csdl(
        "setup", "--head", "Khánh", "--from", "01/07/2024", "--decision", "", "--decided-on", "01/01/2090",
        "--letter", str(tmp_path / "thu.pdf"), check=False,
    )  # fmt: skip

    assert done.returncode == 2
    for text in ("Hãy ghi cả họ và tên.", "Hãy ghi số quyết định bổ nhiệm.", "không sau hôm nay"):
        assert text in done.stderr
    assert province.rows("SELECT count(*) FROM staff_staffmember") == [(0,)]
