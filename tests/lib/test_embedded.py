"""The embedded server: it starts, is shared, survives kill -9, and says what is wrong in one sentence."""

import os
import shutil
import signal
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from csdl.lib.embedded import FALLBACK, EmbeddedServer, EmbeddedServerError, running


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "data"
    yield folder
    server = EmbeddedServer(folder)
    server.stop(mode="immediate")
    if server._place.is_relative_to(FALLBACK):
        shutil.rmtree(server._place, ignore_errors=True)


def test_first_start_makes_it_and_a_second_finds_it_running(data_dir: Path) -> None:
    first, second = EmbeddedServer(data_dir), EmbeddedServer(data_dir)

    assert (first.start(durable=False), second.start(durable=False)) == (True, False)
    assert second.is_running()
    first.stop()
    assert not second.is_running()


def test_two_starters_at_once_make_one_server(data_dir: Path) -> None:
    answers: list[bool] = []
    starters = [
        threading.Thread(target=lambda: answers.append(EmbeddedServer(data_dir).start(durable=False))) for _ in range(2)
    ]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()

    assert sorted(answers) == [False, True]


def test_kill_of_everything_is_repaired_at_the_next_start(data_dir: Path) -> None:
    server = EmbeddedServer(data_dir)
    server.start()
    with psycopg.connect(server.admin_url()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    for pid in server._orphans():
        os.kill(pid, signal.SIGKILL)

    assert server.start()

    with psycopg.connect(server.admin_url()) as connection:
        assert connection.execute("SELECT one FROM kept").fetchone() == (1,)


def test_a_half_made_cluster_is_made_again(data_dir: Path) -> None:
    server = EmbeddedServer(data_dir)
    server._make_data_dir()
    half = server._cluster.with_name("postgres.new")
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18")

    assert server.start(durable=False)
    assert not half.exists()


def test_secrets_are_kept_and_read_by_nobody_else(data_dir: Path) -> None:
    server = EmbeddedServer(data_dir)

    assert server.secret("a") == EmbeddedServer(data_dir).secret("a") != server.secret("b")
    assert stat.S_IMODE((data_dir / "secrets.json").stat().st_mode) == 0o600


def test_data_of_another_version_is_refused_in_one_sentence(data_dir: Path) -> None:
    server = EmbeddedServer(data_dir)
    server._make_data_dir()
    server._cluster.mkdir(parents=True)
    (server._cluster / "PG_VERSION").write_text("15\n")

    with pytest.raises(EmbeddedServerError, match="thuộc PostgreSQL 15, bản này cần 18"):
        server.start()


def test_local_login_needs_the_password(data_dir: Path) -> None:
    with running(data_dir, durable=False) as server, pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(server.url("postgres", "csdl_admin", "sai"))
