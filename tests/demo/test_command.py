"""`csdl demo build` from outside, up to the rolled province."""

import json


def test_build_rolled_moves_the_whole_province(own_database):
    report = json.loads(
        own_database.csdl("demo", "build", "--pupils", "2000", "--year", "2023", "--stage", "rolled", "--json").stdout
    )
    status = json.loads(own_database.csdl("rollover", "status", "--from", "2023", "--all", "--json").stdout)

    assert (report["pupils"], report["stage"]) == (2000, "rolled")
    assert status["in"] == sum(status[name] for name in ("promoted", "retained", "completed", "pending", "left"))
    assert status["state"] == "done"
    assert status["promoted"] > 1000
    assert own_database.rows("SELECT start_year FROM years_schoolyear WHERE is_current") == [(2024,)]


def test_build_says_what_is_wrong(own_database):
    few = own_database.csdl("demo", "build", "--pupils", "5", "--year", "2023", check=False)
    into = own_database.csdl("demo", "build", "--pupils", "5", "--year", "2023", "31305501", check=False)

    assert (few.returncode, into.returncode) == (2, 2)
    assert "Số học sinh phải từ 1000" in few.stderr
    assert "--into" in into.stderr
