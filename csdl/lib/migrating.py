"""Migrations made of SQL files that stand beside them, so that a database person can read the tables."""

from pathlib import Path

from django.db.migrations import RunSQL

__all__ = ["sql_file"]


def sql_file(migration: str, name: str) -> RunSQL:
    """The file `sql/<name>.sql` beside a migration module, as one operation; there is no way back but a restore."""
    text = (Path(migration).parent / "sql" / f"{name}.sql").read_text(encoding="utf-8")
    return RunSQL(text, reverse_sql=RunSQL.noop)
