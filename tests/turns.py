"""Whether another session would have to wait: asked from a second session, while the test's own transaction is open."""

import psycopg
from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

__all__ = ["must_wait"]


def must_wait(what: str, key: int) -> bool:
    url = make_conninfo(settings.DATABASE_NAMES.owner, dbname=connection.settings_dict["NAME"])
    with psycopg.connect(url) as other:
        asked = other.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"{what} {key}"])
        return not asked.fetchone()[0]  # type: ignore[index] # always a row
