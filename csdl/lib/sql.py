"""Statements that live in files: `sql/NN_verb_noun.sql` of a module, run with named parameters.

Set-based work is written where a database person can read and EXPLAIN it; Python orders the steps, passes the
parameters and records the counts.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from django.db import connection
from psycopg.sql import Identifier

__all__ = ["execute", "one", "rows", "rows_of", "statement", "tuples_of", "value"]


@cache
def statement(module: str, name: str) -> str:
    """Text of `<module>/sql/<name>.sql`, e.g. statement("csdl.rollover", "30_write_enrolments")."""
    text = (files(module) / "sql" / f"{name}.sql").read_text(encoding="utf-8")
    # Head comments may hold a percent sign, which the driver would read as a placeholder.
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("--"))


def execute(module: str, name: str, *, tables: dict[str, str] | None = None, **params: Any) -> int:
    """Run a file's statements one after another; the number of rows that the last one wrote.

    `tables` gives the names that stand as {name} in the file, for statements that write the live table of a year or
    the one being filled; they are quoted as identifiers and come from our own code, never from a request.
    """
    with connection.cursor() as cursor:
        for text in _statements(module, name):
            cursor.execute(_naming(text, tables), params)
        return int(cursor.rowcount)


@cache
def _statements(module: str, name: str) -> list[str]:
    """A file's statements, each ended by a semicolon at the end of a line: one at a time takes bound parameters."""
    return [text for text in re.split(r";[ \t]*(?:\n|$)", statement(module, name)) if text.strip()]


def rows(module: str, name: str, *, tables: dict[str, str] | None = None, **params: Any) -> list[dict[str, Any]]:
    """Run a query; its rows as dictionaries in column order. `tables` as in `execute`."""
    return rows_of(_naming(statement(module, name), tables), params)


def rows_of(text: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The same for a text that our own code put together."""
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def tuples_of(text: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The same as bare tuples, for whoever makes thousands of rows into something else."""
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def _naming(text: str, tables: Mapping[str, str] | None) -> str:
    for token, table in (tables or {}).items():
        text = text.replace(f"{{{token}}}", Identifier(table).as_string())
    return text


def one(module: str, name: str, **params: Any) -> dict[str, Any]:
    """Run a query of exactly one row."""
    (row,) = rows(module, name, **params)
    return row


def value(module: str, name: str, **params: Any) -> Any:
    """Run a query of one row and one column."""
    (result,) = one(module, name, **params).values()
    return result
