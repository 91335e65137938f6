"""The event log is sealed in order, and a changed event is found."""

import psycopg


def test_sealed_events_chain_and_a_changed_one_is_found(own_database) -> None:
    add = "INSERT INTO audit_event (actor_label, kind, data) VALUES (%s, 'year:open', '{}')"
    with psycopg.connect(own_database.url, autocommit=True) as owner:
        for label in ("một", "hai", "ba"):
            owner.execute(add, [label])
        assert owner.execute("SELECT csdl_seal_events()").fetchone() == (3,)
        owner.execute(add, ["bốn"])
        assert owner.execute("SELECT csdl_seal_events()").fetchone() == (1,)
        assert owner.execute("SELECT csdl_first_broken_event()").fetchone() == (None,)

        owner.execute("UPDATE audit_event SET actor_label = 'khác' WHERE actor_label = 'hai'")

        broken = "SELECT actor_label FROM audit_event WHERE id = csdl_first_broken_event()"
        assert owner.execute(broken).fetchone() == ("khác",)


def test_a_deleted_event_is_found(own_database) -> None:
    add = "INSERT INTO audit_event (actor_label, kind, data) VALUES (%s, 'year:open', '{}')"
    with psycopg.connect(own_database.url, autocommit=True) as owner:
        for label in ("một", "hai", "ba"):
            owner.execute(add, [label])
        owner.execute("SELECT csdl_seal_events()")

        owner.execute("DELETE FROM audit_event WHERE actor_label = 'một'")

        broken = "SELECT actor_label FROM audit_event WHERE id = csdl_first_broken_event()"
        assert owner.execute(broken).fetchone() == ("hai",)


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
        assert quick.execute("SELECT csdl_first_broken_event()").fetchone() == (None,)
