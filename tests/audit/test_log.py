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


def test_an_event_still_being_written_is_sealed_later_not_skipped(own_database) -> None:
    add = "INSERT INTO audit_event (actor_label, kind, data) VALUES (%s, 'year:open', '{}')"
    with psycopg.connect(own_database.url) as slow, psycopg.connect(own_database.url, autocommit=True) as quick:
        slow.execute(add, ["chậm"])
        quick.execute(add, ["nhanh"])
        assert quick.execute("SELECT csdl_seal_events()").fetchone() == (0,)
        slow.commit()
        assert quick.execute("SELECT csdl_seal_events()").fetchone() == (2,)
        assert quick.execute("SELECT csdl_first_broken_event()").fetchone() == (None,)
