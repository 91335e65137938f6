"""Locks of a school's turn: who works keeps pages away at once, and other runs wait."""

import psycopg
import pytest
from django.db import connection

from csdl.rollover.actions.holding import hold
from csdl.rollover.errors import RolloverError

pytestmark = [pytest.mark.django_db, pytest.mark.server]


@pytest.fixture
def other() -> psycopg.Connection:
    """A second session of the same database, in a transaction of its own."""
    parameters = connection.get_connection_params()
    for name in ("cursor_factory", "context", "server_side_binding", "pool"):
        parameters.pop(name, None)
    with psycopg.connect(**parameters) as session:
        session.execute("SET lock_timeout = '200ms'")
        yield session
        session.rollback()


def test_a_page_is_refused_while_somebody_is_at_the_school_and_goes_on_at_another(other: psycopg.Connection) -> None:
    other.execute("SELECT pg_advisory_xact_lock(20242, 7)")

    with pytest.raises(RolloverError) as refused:
        hold(2023, [7, 8], wait=False)
    hold(2023, [9], wait=False)

    assert refused.value.code == "ROL-09"


def test_a_page_is_refused_while_the_whole_year_is_turned(other: psycopg.Connection) -> None:
    other.execute("SELECT pg_advisory_xact_lock(20241, 2023)")

    with pytest.raises(RolloverError):
        hold(2023, [7], wait=False)
    hold(2024, [7], wait=False)


@pytest.mark.parametrize("schools", [[7], None])
def test_who_waits_holds_it_afterwards(other: psycopg.Connection, schools: list[int] | None) -> None:
    hold(2023, schools, wait=True)

    (is_free,) = other.execute(
        "SELECT pg_try_advisory_xact_lock_shared(20241, 2023) AND pg_try_advisory_xact_lock(20242, 7)"
    ).fetchone()

    assert not is_free
