"""Databases to measure in: a server, data built once per size and version, a fresh clone for every measured run.

`bench_empty` holds the tables and code lists. Three databases are kept per data set. `…_base`: the data, as its builder
left it. `…_start`: the same with the rows of one run beside it in the schema `ready`, for the floors to copy.
`…_rolled`: the same after that run, for the undo.
"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from csdl.lib.database import DatabaseNames, names_from_environment
from csdl.lib.embedded import EmbeddedServer

__all__ = ["Database", "Server", "digest", "serving"]

ROOT = Path(__file__).resolve().parents[1]
HUNDRED = "hundred_schools"
# What a run writes, in the order of the keys between the tables, and how its rows are told from those before it.
WRITTEN = {
    "rollover_rolloverbatch": "true",
    "rollover_planclass": "true",
    "rollover_planrow": "true",
    "rollover_rolloverrun": "true",
    "rollover_schoolrollover": "true",
    "orgs_schoolprofile": "run_id IS NOT NULL",
    "orgs_schoollevel": "run_id IS NOT NULL",
    "orgs_schoolsite": "run_id IS NOT NULL",
    "staff_staffyear": "run_id IS NOT NULL",
    "years_schoolclass": "run_id IS NOT NULL",
    "years_homeroomassignment": "run_id IS NOT NULL",
    "years_teachingassignment": "run_id IS NOT NULL",
    "years_enrolment": "start_year = 2024",
    "rollover_classsum": "true",
    "audit_event": "kind LIKE 'rollover:%'",
}
# Single mode's floor looks its rows up school by school.
LOOKED_UP = {
    "school_id": ("rollover_planclass", "rollover_planrow", "rollover_rolloverrun", "rollover_schoolrollover",
                  "orgs_schoolprofile", "orgs_schoollevel", "orgs_schoolsite", "years_schoolclass", "years_enrolment"),
    "unit_id": ("staff_staffyear", "audit_event"),
    "run_id": ("years_homeroomassignment", "years_teachingassignment", "rollover_classsum"),
}  # fmt: skip


# What freezing a province writes.
FROZEN = {
    f"reports_{name}": "true"
    for name in (
        *("freezerun", "submission", "snapshot", "countedpupil", "countedclass", "countedstaff", "countedroom"),
        *("countedsite", "countedschool", "cellrow", "failedcheck"),
    )
}


@dataclass(frozen=True)
class Database:
    """One database of the server, under each of its roles."""

    name: str
    names: DatabaseNames

    def url(self, role: str) -> str:
        return make_conninfo(self.names.url(role), dbname=self.name)  # type: ignore[arg-type] # only roles' names come

    @contextmanager
    def owner(self) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self.url("owner"), autocommit=True) as connection:
            yield connection

    @contextmanager
    def admin(self) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self.url("admin"), autocommit=True) as connection:
            yield connection

    def environment(self, role: str = "owner") -> dict[str, str]:
        """What a child process needs to work on this database."""
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(("CSDL_", "DATABASE_"))}
        return {
            **inherited,
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "CSDL_SECRET_KEY": "only-for-measuring",
            "CSDL_DB_ROLE": role,
            "DATABASE_URL": self.url("app"),
            "DATABASE_OWNER_URL": self.url("owner"),
            "DATABASE_ADMIN_URL": self.url("admin"),
            "PYTHONPATH": str(ROOT),
        }

    def csdl(self, *arguments: str) -> None:
        """Run the operators' command here."""
        self._run([sys.executable, "-c", "from csdl.cli.main import main; main()", *arguments])

    def measure(self, work: str, *arguments: str, role: str = "owner") -> Any:
        """Run `bench.child` here; what it prints."""
        return json.loads(self._run([sys.executable, "-m", "bench.child", work, *arguments], role=role))

    def _run(self, command: list[str], role: str = "owner") -> str:
        environment = self.environment(role)
        done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=ROOT)
        if done.returncode:
            raise SystemExit(f"{' '.join(command[1:])}: {done.stdout[-500:]}{done.stderr[-3000:]}")
        return done.stdout

    def counts(self) -> dict[str, int]:
        """Rows of every table of the product, partitions under their parent."""
        with self.owner() as connection:
            tables = connection.execute(
                "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
                " AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1"
            ).fetchall()
            count = sql.SQL(" UNION ALL ").join(
                sql.SQL("SELECT {}, count(*) FROM {}").format(sql.Literal(name), sql.Identifier(name))
                for (name,) in tables
            )
            return dict(connection.execute(count).fetchall())

    def shape(self) -> list[tuple[str, ...]]:
        """Indexes and constraints of the partitions that both sides attach, without their names."""
        with self.owner() as connection:
            return connection.execute(
                r"""
                WITH attached AS (
                    SELECT i.inhrelid AS id, i.inhparent::regclass::text AS parent, c.relname
                    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                    WHERE c.relkind = 'r' AND i.inhparent IN ('years_enrolment'::regclass, 'rollover_planrow'::regclass)
                )
                SELECT parent, regexp_replace(pg_get_indexdef(indexrelid), '^(.*INDEX) \S+ ON \S+', '\1'), ''
                FROM attached JOIN pg_index ON indrelid = id
                UNION ALL
                SELECT parent, pg_get_constraintdef(pg_constraint.oid), contype::text
                FROM attached JOIN pg_constraint ON conrelid = id
                WHERE pg_get_constraintdef(pg_constraint.oid) !~ '_year = 202\d\)\)'
                ORDER BY 1, 2, 3
                """
            ).fetchall()


class Server:
    """The server all figures are taken on."""

    def __init__(self, names: DatabaseNames) -> None:
        if not names.admin:
            raise SystemExit(
                "DATABASE_ADMIN_URL is needed: measured runs are made in clones, and superusers make those."
            )
        self.names = names

    def database(self, name: str) -> Database:
        return Database(name, self.names)

    def clone(self, source: Database, name: str = "bench_work") -> Database:
        """A fresh copy, written out to disk and read into memory like every other."""
        self.drop(name)
        self._admin(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY file_copy").format(
                sql.Identifier(name), sql.Identifier(source.name), sql.Identifier(self.names.role_name("owner"))
            )
        )
        made = self.database(name)
        with made.admin() as connection:
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm")
            connection.execute(
                "SELECT sum(pg_prewarm(oid)) FROM pg_class WHERE relkind IN ('r', 'i') AND NOT relisshared"
                " AND relpersistence = 'p'"
            )
            connection.execute("CHECKPOINT")
        return made

    def drop(self, name: str) -> None:
        self._admin(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def empty(self) -> Database:
        """Tables, roles and code lists without data, which every data set begins with: migrated once, then copied."""
        made = self.database("bench_empty")
        mark = digest("csdl/codes", "csdl/*/migrations", "csdl/wall/prepare.py")
        if self._mark(made.name) != mark:
            self.drop(made.name)
            for arguments in (("db", "prepare"), ("codes", "load")):
                made.csdl(*arguments)
            self._settle(made, mark)
        return made

    def base(self, size: int | str) -> Database:
        """The data set of that size (or the hundred schools), built where it is missing or of an older builder."""
        made = self.database(f"bench_{size}_base")
        mark = digest(
            "csdl/demo", "csdl/codes", "csdl/*/migrations", "csdl/wall/prepare.py", "bench/hundred_schools.sql"
        )
        if self._mark(made.name) == mark:
            return made
        self.clone(self.empty(), made.name)
        if size == HUNDRED:
            for year in ("2023", "2024"):
                made.csdl("year", "open", year)
            with made.owner() as connection, connection.transaction():
                connection.execute((ROOT / "bench/hundred_schools.sql").read_text(encoding="utf-8"))
        else:
            made.csdl("demo", "build", "--pupils", str(size), "--year", "2023")
            made.csdl("year", "open", "2024")
        self._settle(made, mark)
        return made

    def start_and_rolled(self, size: int | str) -> tuple[Database, Database]:
        """The data with the rows of one run ready beside it, and the data after that run."""
        base = self.base(size)
        start, rolled = self.database(f"bench_{size}_start"), self.database(f"bench_{size}_rolled")
        mark = f"{self._mark(base.name)} {digest('csdl/rollover', 'bench/databases.py')}"
        if self._mark(start.name) == self._mark(rolled.name) == mark:
            return start, rolled
        self.clone(base, rolled.name)
        rolled.measure("schools" if size == HUNDRED else "province")
        self.clone(base, start.name)
        _make_ready(rolled, start)
        self._settle(rolled, mark)
        self._settle(start, mark)
        return start, rolled

    def reports_start(self, size: int) -> Database:
        """The data with a start-of-year period open and the rows of one freeze ready beside it."""
        base = self.base(size)
        start = self.database(f"bench_{size}_reports")
        mark = f"{self._mark(base.name)} {digest('csdl/reports', 'bench/databases.py')}"
        if self._mark(start.name) == mark:
            return start
        self.clone(base, start.name)
        start.measure("open_period")
        frozen = self.clone(start)
        frozen.measure("freeze")
        _make_ready(frozen, start, FROZEN)
        self.drop(frozen.name)
        self._settle(start, mark)
        return start

    def kept(self, name: str, mark: str, source: Callable[[], Database], make: Callable[[Database], None]) -> Database:
        """The database of that name, begun as a copy of another and made anew where its mark is not this one."""
        made = self.database(name)
        if self._mark(name) != mark:
            self.clone(source(), name)
            make(made)
            self._settle(made, mark)
        return made

    def _settle(self, database: Database, mark: str) -> None:
        with database.owner() as connection:
            connection.execute("VACUUM (ANALYZE)")
        self._admin(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(database.name), sql.Literal(mark)))

    def _mark(self, name: str) -> str | None:
        with psycopg.connect(make_conninfo(self.names.admin, dbname="postgres")) as connection:
            found = connection.execute(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
            ).fetchone()
        return found[0] if found else None

    def _admin(self, statement: sql.Composed) -> None:
        with psycopg.connect(make_conninfo(self.names.admin, dbname="postgres"), autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def serving() -> Iterator[Server]:
    """The server the environment names, else one of our own in .data/bench, written through to disk."""
    data_dir = ROOT / ".data" / "bench"
    names = names_from_environment(os.environ, data_dir)
    if not names.embedded:
        yield Server(names)
        return
    embedded = EmbeddedServer(data_dir)
    started = embedded.start(durable=True)
    try:
        yield Server(names)
    finally:
        if started:
            embedded.stop()


def _make_ready(rolled: Database, start: Database, written: Mapping[str, str] = WRITTEN) -> None:
    """Copy what the run wrote into tables of the schema `ready`, unindexed but for what single mode looks up."""
    with rolled.owner() as source, start.owner() as target:
        target.execute("CREATE SCHEMA ready")
        for table, condition in written.items():
            columns = sql.SQL(", ").join(
                sql.Identifier(name)
                for (name,) in source.execute(
                    "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
                    " AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
                    [table],
                )
            )
            names = {"table": sql.Identifier(table), "columns": columns, "condition": sql.SQL(condition)}
            target.execute(
                sql.SQL("CREATE TABLE ready.{table} AS SELECT {columns} FROM {table} LIMIT 0").format(**names)
            )
            out = sql.SQL("COPY (SELECT {columns} FROM {table} WHERE {condition}) TO STDOUT (FORMAT binary)")
            into = sql.SQL("COPY ready.{table} FROM STDIN (FORMAT binary)")
            read, write = source.cursor().copy(out.format(**names)), target.cursor().copy(into.format(**names))
            with read as reading, write as writing:
                for block in reading:
                    writing.write(block)
        for column, tables in LOOKED_UP.items():
            for table in set(tables) & set(written):
                index = sql.SQL("CREATE INDEX ON ready.{} ({})")
                target.execute(index.format(sql.Identifier(table), sql.Identifier(column)))


def digest(*patterns: str) -> str:
    """One short hash over files and folders of the checkout: what a kept data set depends on."""
    digest = hashlib.sha256()
    for pattern in patterns:
        for place in sorted(ROOT.glob(pattern)):
            for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
                if path.is_file() and "__pycache__" not in path.parts:
                    digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
