"""The log is sealed in one chain for each unit, and whatever is done to it by force is named."""

import datetime as dt
import json

import psycopg
import pytest
from django.conf import settings
from django.utils.timezone import localdate
from psycopg.conninfo import make_conninfo

from csdl.audit.roots import roots_between, roots_paper
from csdl.audit.verify import verify_log
from tests.audit.chains import Log
from tests.papers import is_pdf_a_2b, text_of


@pytest.fixture
def log(db: None) -> Log:
    return Log()


def test_an_untouched_log_is_whole(log: Log) -> None:
    found = verify_log()

    assert (found.faults, found.events, found.unsealed, found.chains, found.roots) == ((), 12, 0, 3, 2)


def test_each_unit_has_a_chain_of_its_own(log: Log) -> None:
    rows = log.run("SELECT unit_id, array_agg(sealed_no ORDER BY id) FROM audit_event GROUP BY 1 ORDER BY 1 NULLS LAST")

    assert rows == [(log.unit, [1, 2, 3, 4]), (log.other, [1, 2, 3, 4]), (None, [1, 2, 3, 4])]


# name: what is done, then what is named: (what, unit, label of the event or None, number)
TAMPERED: dict[str, tuple[str, list[tuple[str, str | None, str | None, int | None]]]] = {
    "changed words": (
        "UPDATE audit_event SET data = '{\"x\": 1}' WHERE {hai}",
        [("changed", "7", "hai", 2)],
    ),
    "changed person": (
        "UPDATE audit_event SET actor_label = 'hai' || '' , kind = 'khac' WHERE {hai}",
        [("changed", "7", "hai", 2)],
    ),
    "changed day": (
        "UPDATE audit_event SET at = at - interval '9 days' WHERE {ba}",
        [("changed", "7", "ba", 3), ("backdated", "7", "ba", 3)],
    ),
    "moved to another unit": (
        "UPDATE audit_event SET unit_id = {other}, sealed_no = 99 WHERE {ba}",
        [("removed", "7", "bốn", 4), ("removed", "8", "ba", 99), ("inserted", "8", "ba", 99)],
    ),
    "first removed": ("DELETE FROM audit_event WHERE {một}", [("removed", "7", "hai", 2)]),
    "middle removed": ("DELETE FROM audit_event WHERE {ba}", [("removed", "7", "bốn", 4)]),
    "last removed": (
        "DELETE FROM audit_event WHERE {bốn}",
        [("removed", "7", None, 4), ("removed", "7", None, 4)],  # in the root of its day and in the newest head
    ),
    "last removed and the head set back": (
        "DELETE FROM audit_event WHERE {bốn};"
        "UPDATE audit_chainhead h SET last_no = e.sealed_no, last_hash = e.sealed_hash, last_event_id = e.id"
        " FROM audit_event e WHERE h.chain = {unit} AND {e.ba}",
        [("removed", "7", None, 4)],
    ),
    "removed and renumbered": (
        "DELETE FROM audit_event WHERE {ba}; UPDATE audit_event SET sealed_no = 3 WHERE {bốn}",
        [("changed", "7", "bốn", 3), ("changed", "7", "bốn", 4), ("changed", "7", "bốn", 4)],
    ),
    "two swapped": (
        "UPDATE audit_event SET sealed_no = -1 WHERE {hai}; UPDATE audit_event SET sealed_no = 2 WHERE {ba};"
        "UPDATE audit_event SET sealed_no = 3 WHERE {hai}",
        [("changed", "7", "ba", 2), ("changed", "7", "hai", 3), ("changed", "7", "bốn", 4), ("changed", "7", "ba", 2)],
    ),
    "two contents swapped": (
        "UPDATE audit_event SET actor_label = CASE WHEN {hai} THEN 'ba' ELSE 'hai' END"
        " WHERE unit_id = {unit} AND actor_label IN ('hai', 'ba')",
        [("changed", "7", "ba", 2), ("changed", "7", "hai", 3)],
    ),
    "inserted at the end with a forged seal": (
        "INSERT INTO audit_event (actor_label, kind, data, unit_id, sealed_no, sealed_hash)"
        " VALUES ('giả', 'year:open', '{}', {unit}, 5, '\\x00')",
        [("changed", "7", "giả", 5), ("inserted", "7", "giả", 5)],
    ),
    "inserted at the end with the right hash": (
        "INSERT INTO audit_event (actor_label, kind, data, unit_id, sealed_no, sealed_hash)"
        " VALUES ('giả', 'year:open', '{}', {unit}, 5, '\\x00');"
        "UPDATE audit_event e SET sealed_hash = csdl_chain_step(b.sealed_hash, '', csdl_event_text(e))"
        " FROM audit_event b WHERE e.actor_label = 'giả' AND b.unit_id = {unit} AND b.sealed_no = 4",
        [("inserted", "7", "giả", 5)],
    ),
    "inserted in the middle": (
        "DROP INDEX events_of_a_chain_are_sealed_one_by_one;"
        "INSERT INTO audit_event (actor_label, kind, data, unit_id, sealed_no, sealed_hash)"
        " SELECT 'giả', 'year:open', '{}', {unit}, 3, sealed_hash FROM audit_event WHERE {ba}",
        [("inserted", "7", "giả", 3)],
    ),
    "all renumbered by one": (
        "UPDATE audit_event SET sealed_no = sealed_no + 10 WHERE unit_id = {unit}",
        [("removed", "7", "một", 11), ("changed", "7", "hai", 2), *[("changed", "7", "bốn", 4)] * 2]
        + [("inserted", "7", label, no) for label, no in (("một", 11), ("hai", 12), ("ba", 13), ("bốn", 14))],
    ),
    "an event of no unit": ("UPDATE audit_event SET kind = 'x' WHERE unit_id IS NULL AND actor_label = 'ba'",
                            [("changed", None, "ba", 3)]),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERED)
def test_tampering_is_named(log: Log, name: str) -> None:
    statements, expected = TAMPERED[name]

    log.tamper(statements)

    assert sorted(log.faults(), key=str) == sorted(expected, key=str)


def test_a_chain_sealed_anew_from_a_changed_event_on_breaks_the_roots(log: Log) -> None:
    log.tamper("UPDATE audit_event SET actor_label = 'khác' WHERE {hai}")
    log.reseal()

    assert log.faults() == [("changed", "7", "khác", 2), ("changed", "7", "bốn", 4)]


def test_roots_made_anew_with_the_chain_are_betrayed_by_the_paper(log: Log) -> None:
    printed = log.printed()
    log.tamper("UPDATE audit_event SET actor_label = 'khác' WHERE {hai}")
    log.reseal()
    log.reroot()

    assert log.faults() == []  # nothing inside the database tells it any more
    assert [what for what, _, _, _ in log.faults(printed=printed)] == ["root", "root"]


def test_a_changed_root_is_named_with_its_day(log: Log) -> None:
    log.tamper("UPDATE audit_logroot SET root_hash = sha256(root_hash) WHERE day = '2100-01-01'")

    assert [(str(one.what), str(one.day)) for one in verify_log().faults] == [
        ("root", "2100-01-01"),
        ("root", "2100-01-02"),
    ]


def test_the_printed_roots_of_a_whole_log_hold(log: Log) -> None:
    first, last = log.printed()

    assert log.faults(printed=[first.upper(), f"{last[:32]} {last[32:]}"]) == []
    assert [what for what, _, _, _ in log.faults(printed=["ab" * 32])] == ["root"]


def test_one_unit_and_some_days_are_looked_at_alone(log: Log) -> None:
    log.tamper("UPDATE audit_event SET kind = 'x' WHERE unit_id = {other} AND actor_label = 'hai'")
    today, before = localdate(), dt.date(2020, 12, 31)

    assert log.faults(unit_ids=[log.unit]) == []
    assert verify_log(unit_ids=[log.unit]).events == 4
    assert len(log.faults(unit_ids=[log.other])) == 1
    assert len(log.faults(first=today, last=today)) == 1
    assert log.faults(last=before) == []


def test_the_event_before_some_days_is_looked_at_as_well(log: Log) -> None:
    log.tamper("UPDATE audit_event SET at = at - interval '3 days' WHERE actor_label IN ('một', 'hai')")
    log.reseal()
    log.tamper("DELETE FROM audit_event WHERE {hai}")

    assert ("removed", "7", "ba", 3) in log.faults(first=localdate() - dt.timedelta(days=1))


def test_the_roots_are_printed(log: Log) -> None:
    paper = roots_paper(roots_between(None, None), unit_name="Sở Giáo dục và Đào tạo")

    text = text_of(paper)
    for root in log.printed():
        assert f"{root[:32]} {root[32:]}" in text
    assert ("01/01/2100" in text, is_pdf_a_2b(paper)) == (True, True)


def test_the_command_names_what_a_superuser_did(own_database, tmp_path) -> None:
    admin = make_conninfo(settings.DATABASE_NAMES.admin, dbname=own_database.name)
    with psycopg.connect(admin, autocommit=True) as superuser:
        for label in ("một", "hai", "ba"):
            superuser.execute(
                "INSERT INTO audit_event (actor_label, kind, data) VALUES (%s, 'year:open', '{}')", [label]
            )
        superuser.execute("SELECT csdl_seal_events()")
        superuser.execute("SELECT csdl_make_log_root('2100-01-01')")
        whole = own_database.csdl("audit", "verify")
        superuser.execute("DELETE FROM audit_event WHERE actor_label = 'hai'")
        superuser.execute("UPDATE audit_event SET data = '{\"x\": 1}' WHERE actor_label = 'một'")
        ids = dict(superuser.execute("SELECT actor_label, id FROM audit_event").fetchall())
    broken = own_database.csdl("audit", "verify", check=False)
    told = json.loads(own_database.csdl("audit", "verify", "--json", check=False).stdout)
    printed = json.loads(own_database.csdl("audit", "roots", "--json", "--pdf", str(tmp_path / "goc.pdf")).stdout)

    assert "Nhật ký còn nguyên" in whole.stdout
    assert (broken.returncode, broken.stdout.count("\n- ")) == (1, 2)
    assert [(one["what"], one["event_id"], one["sealed_no"]) for one in told["faults"]] == [
        ("changed", ids["một"], 1),
        ("removed", ids["ba"], 3),
    ]
    assert [row["events"] for row in printed] == [3]
    assert (tmp_path / "goc.pdf").read_bytes().startswith(b"%PDF")


def test_an_event_that_commits_late_is_sealed_after_those_before_it(own_database) -> None:
    add = "INSERT INTO audit_event (actor_label, kind, data) VALUES (%s, 'year:open', '{}')"
    with psycopg.connect(own_database.url) as slow, psycopg.connect(own_database.url, autocommit=True) as quick:
        slow.execute(add, ["chậm"])
        quick.execute(add, ["nhanh"])
        assert quick.execute("SELECT csdl_seal_events()").fetchone() == (1,)
        slow.commit()
        assert quick.execute("SELECT csdl_seal_events()").fetchone() == (1,)

        order = quick.execute("SELECT actor_label FROM audit_event ORDER BY sealed_no").fetchall()
        assert order == [("nhanh",), ("chậm",)]


def test_the_root_of_the_day_that_ended_is_made_once_before_the_new_days_events(own_database) -> None:
    add = "INSERT INTO audit_event (actor_label, kind, data, unit_id) VALUES ('một', 'year:open', '{}', 7)"
    with psycopg.connect(own_database.url, autocommit=True) as owner:
        seal = lambda: owner.execute("SELECT csdl_seal_events()")  # noqa: E731 - said thrice
        roots = "SELECT day, event_count FROM audit_logroot"
        owner.execute(add)
        seal()
        before = owner.execute(roots).fetchall()  # nothing was sealed when yesterday ended
        owner.execute(add)
        seal()
        seal()

        (made,) = owner.execute(roots).fetchall()
        today = owner.execute("SELECT (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date").fetchone()
    assert before == []
    assert made == (today[0] - dt.timedelta(days=1), 1)


def test_a_day_of_a_province_is_sealed_in_seconds(own_database) -> None:
    """200,000 events of 600 units, as one day brings them; no loop over rows."""
    with psycopg.connect(own_database.url, autocommit=True) as owner:
        owner.execute(
            "INSERT INTO audit_event (actor_label, kind, data, unit_id)"
            " SELECT 'ai đó', 'student:read', jsonb_build_object('student', gen_random_uuid()), 1 + n % 600"
            " FROM generate_series(1, 20000) n"
        )
        before = dt.datetime.now()
        assert owner.execute("SELECT csdl_seal_events()").fetchone() == (20_000,)
        took = (dt.datetime.now() - before).total_seconds()

    assert took < 10  # a tenth of the day; some 0.3 s on a quiet machine
