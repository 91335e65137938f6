"""Fixtures of the whole suite: databases from one template, acting under the web role, a database of one's own."""

import fcntl
import hashlib
import json
import math
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from csdl.lib.embedded import EmbeddedServer
from tests.commands import Commands, Running

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = "csdl_test_template"
_OTHERS = "SELECT {} FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
_started: list[EmbeddedServer] = []
_commands: list[Commands] = []
# What a script left in an empty database -> the name of that database, copied for each test that begins there.
_built: dict[str, str] = {}


def pytest_configure(config: pytest.Config) -> None:
    """The controller starts the server before any worker needs it; a worker finds it running."""
    from django.conf import settings  # needs the settings module chosen by pytest-django

    if hasattr(config, "workerinput"):
        return
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of a folder that is not there
    if not settings.DATABASE_NAMES.embedded:
        _check_version(settings.DATABASE_NAMES.admin)
        return
    server = EmbeddedServer(settings.DATA_DIR)
    if server.start(durable=False):
        _started.append(server)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser's tests first: they stay in one worker, and begun last they would be all that is waited for. The
    probes beside them."""
    names = ("browser", "early")
    items.sort(key=lambda item: next((at for at, name in enumerate(names) if item.get_closest_marker(name)), 9))


def _check_version(url: str) -> None:
    """Exclusion constraints on partitioned tables came with PostgreSQL 17."""
    with psycopg.connect(make_conninfo(url, dbname="postgres")) as connection:
        version = connection.info.server_version
    if version < 170000:
        pytest.exit(f"Cần PostgreSQL 17 trở lên, máy chủ ở TEST_DATABASE_URL là {version // 10000}.", returncode=2)


def pytest_unconfigure(config: pytest.Config) -> None:
    while _built:
        drop_database(_built.popitem()[1])
    while _commands:
        _commands.pop().end()
    while _started:
        _started.pop().stop()


def _environment(dbname: str) -> dict[str, str]:
    """What a child process needs to work on that database, under every role."""
    from django.conf import settings

    names = settings.DATABASE_NAMES
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("CSDL_", "DATABASE_"))}
    return {
        **inherited,
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "CSDL_DATA": str(settings.DATA_DIR),
        "CSDL_SECRET_KEY": "only-for-tests",
        "CSDL_DEMO": "1",
        "DATABASE_URL": make_conninfo(names.app, dbname=dbname),
        "DATABASE_OWNER_URL": make_conninfo(names.owner, dbname=dbname),
        "DATABASE_ADMIN_URL": make_conninfo(names.admin, dbname=dbname),
        "PYTHONPATH": str(ROOT),
    }


def _start(dbname: str, *words: str, script: str = "", **more: str) -> Running:
    if not _commands:
        _commands.append(Commands())
    return _commands[0].start(words, _environment(dbname) | more, script=script)


def _schema_digest() -> str:
    digest = hashlib.sha256()
    wanted = [*ROOT.glob("csdl/*/migrations/**/*.py"), *ROOT.glob("csdl/*/migrations/**/*.sql")]
    wanted += [*ROOT.glob("csdl/codes/data/*.csv"), ROOT / "csdl/wall/prepare.py", ROOT / "requirements.lock"]
    for path in sorted(wanted):
        digest.update(path.read_bytes())
    return digest.hexdigest()


@contextmanager
def _admin() -> Iterator[psycopg.Connection]:
    from django.conf import settings

    url = make_conninfo(settings.DATABASE_NAMES.admin, dbname="postgres")
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def clone(name: str, *, of: str = TEMPLATE) -> None:
    """Make a database of that name anew, as a copy of another."""
    drop_database(name)
    with _admin() as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER csdl_test_owner STRATEGY file_copy").format(
                sql.Identifier(name), sql.Identifier(of)
            )
        )


def drop_database(name: str) -> None:
    with _admin() as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def template_database() -> str:
    """The migrated, prepared database with code lists that every other is cloned from; made once per schema."""
    from django.conf import settings

    with (settings.DATA_DIR / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        mark = settings.DATA_DIR / "template.json"
        state = {"schema": _schema_digest(), "server": make_conninfo(settings.DATABASE_NAMES.admin, dbname="postgres")}
        with _admin() as connection:
            exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone()
        if not exists or not mark.exists() or json.loads(mark.read_text()) != state:
            drop_database(TEMPLATE)
            for arguments in (("db", "prepare"), ("codes", "load")):
                done = _start(TEMPLATE, *arguments).ended(timeout=300)
                assert done.returncode == 0, done.stdout + done.stderr
            mark.write_text(json.dumps(state))
    return TEMPLATE


@pytest.fixture(scope="session")
def django_db_setup(template_database: str, django_db_blocker) -> None:  # type: ignore[no-untyped-def]
    """The worker's own database, cloned from the template."""
    from django.db import connection

    with django_db_blocker.unblock():
        connection.close()
        clone(connection.settings_dict["NAME"])


@pytest.fixture(scope="session", autouse=True)
def _code_lists_stay_known() -> None:
    """A minute that ends between two counts of statements would add one: lists are asked again only if forgotten."""
    from csdl.codes import queries

    queries._KEPT_SECONDS = math.inf


@pytest.fixture
def as_web(db: None) -> Callable[..., AbstractContextManager[None]]:
    """`with as_web(account):` – statements run under the web role, acting as the account (None: nobody)."""
    from django.db import connection

    from csdl.access.acting import act_as, token_for

    @contextmanager
    def acting(account) -> Iterator[None]:  # type: ignore[no-untyped-def]
        token = token_for(account) if account else ""
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE csdl_test_app")
        act_as(token, account)
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET ROLE")
            act_as("", None)

    return acting


@pytest.fixture
def web_client(db: None) -> Iterator[Callable]:
    """`web_client(account)` – a signed-in test client whose requests reach the database under the web role."""
    from django.db import connection
    from django.test import Client

    def sign_in(account) -> Client:  # type: ignore[no-untyped-def]
        client = Client()
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
        client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE csdl_test_app")
        return client

    yield sign_in
    if connection.connection and not connection.needs_rollback:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")


@dataclass(frozen=True)
class OwnDatabase:
    """A database that commits: for commands, second sessions and processes that are really killed."""

    name: str
    url: str
    app_url: str

    def csdl(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run the `csdl` command against it."""
        done = self.start(*words).ended()
        if check:
            done.check_returncode()
        return done

    def start(self, *words: str) -> Running:
        """Begin a `csdl` command that the test goes on beside."""
        return _start(self.name, *words)

    def python(self, script: str, *words: str, role: str = "owner", **more: str) -> str:
        """Run a text of Python in a process of its own under a role; what it prints."""
        done = _start(self.name, *words, script=script, CSDL_DB_ROLE=role, **more).ended()
        assert done.returncode == 0, done.stderr
        return done.stdout

    def environment(self) -> dict[str, str]:
        return _environment(self.name)

    def rows(self, query: str, *params: object) -> list[tuple]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(query, params).fetchall()  # type: ignore[arg-type]

    def until(self, holds: str) -> None:
        """Wait until a query answers true."""
        deadline = time.monotonic() + 30
        while self.rows(holds) != [(True,)]:
            assert time.monotonic() < deadline, f"never: {holds}"
            time.sleep(0.05)

    def until_blocked(self, count: int = 1) -> None:
        """Until so many sessions stand at a lock: what they do is in the middle of its transaction."""
        self.until(_OTHERS.format(f"count(*) FILTER (WHERE wait_event_type = 'Lock') >= {count}"))

    def until_alone(self) -> None:
        """Until no other session works: the server learns of a dead client with its next message."""
        self.until(_OTHERS.format("count(*) FILTER (WHERE state <> 'idle') = 0"))


def own_database_named(name: str) -> OwnDatabase:
    from django.conf import settings

    names = settings.DATABASE_NAMES
    return OwnDatabase(name, make_conninfo(names.owner, dbname=name), make_conninfo(names.app, dbname=name))


def built(script: str, **more: str) -> str:
    """Name of the database that a text of Python filled as the owner, once a process; to be copied, not written to."""
    if script not in _built:
        name = f"csdl_test_built_{os.getpid()}_{len(_built)}"
        clone(name)
        try:
            own_database_named(name).python(script, **more)
        except BaseException:
            drop_database(name)  # half filled it would fail the next tests for no reason of theirs
            raise
        _built[script] = name
    return _built[script]


@pytest.fixture
def own_database(template_database: str) -> Iterator[OwnDatabase]:
    """A fresh clone of the template, dropped after the test."""
    name = f"csdl_test_own_{os.getpid()}"
    clone(name)
    yield own_database_named(name)
    drop_database(name)


@pytest.fixture
def own_copy(template_database: str) -> Iterator[Callable[[str], OwnDatabase]]:
    """`own_copy(script)` – a database of one's own as the script (see `built`) left it, dropped after the test."""
    name = f"csdl_test_own_{os.getpid()}"

    def copied(script: str) -> OwnDatabase:
        clone(name, of=built(script))
        return own_database_named(name)

    yield copied
    drop_database(name)
