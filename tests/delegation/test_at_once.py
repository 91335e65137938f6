"""Two administrators of one unit at the same moment, in two real sessions: the second waits and goes on from there."""

import psycopg
import pytest

from tests.conftest import OwnDatabase

NEXT = "SELECT csdl_next_paper_numbers(%s, 2024, 'BB', %s)"
LOCK = "SELECT pg_advisory_xact_lock(hashtext('csdl.delegation'), %s)"


@pytest.fixture
def unit_id(own_database: OwnDatabase) -> int:
    with psycopg.connect(own_database.url) as owner:
        row = owner.execute(
            "INSERT INTO orgs_orgunit (code, name, kind, opened_on) VALUES ('31', '', '', '1955-01-01') RETURNING id"
        ).fetchone()
        assert row is not None
        return int(row[0])


def test_no_number_of_the_register_is_given_twice(own_database: OwnDatabase, unit_id: int) -> None:
    with psycopg.connect(own_database.url) as one, psycopg.connect(own_database.url) as other:
        assert one.execute(NEXT, [unit_id, 3]).fetchone() == (1,)
        other.execute("SET lock_timeout = '200ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute(NEXT, [unit_id, 1])
        other.rollback()
        one.commit()

        assert other.execute(NEXT, [unit_id, 1]).fetchone() == (4,)


def test_a_number_taken_back_leaves_no_gap(own_database: OwnDatabase, unit_id: int) -> None:
    with psycopg.connect(own_database.url) as one:
        one.execute(NEXT, [unit_id, 3])
        one.rollback()

        assert one.execute(NEXT, [unit_id, 1]).fetchone() == (1,)


def test_a_unit_is_administered_by_one_at_a_time_and_another_unit_is_not_held_up(
    own_database: OwnDatabase, unit_id: int
) -> None:
    with psycopg.connect(own_database.url) as one, psycopg.connect(own_database.url) as other:
        one.execute(LOCK, [unit_id])
        other.execute("SET lock_timeout = '200ms'")
        other.execute(LOCK, [unit_id + 1])
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute(LOCK, [unit_id])
