"""A real server per test: in a folder the server's user can reach, and in one it cannot (pytest's own is 0700)."""

import contextlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from csdl.lib.embedded import EmbeddedServer, EmbeddedServerError, running

ROOT = Path(__file__).resolve().parents[2]


def _clean(data_dir: Path) -> None:
    EmbeddedServer(data_dir).stop(mode="immediate")
    remembered = data_dir / "postgres.place"
    if remembered.exists():
        aside = Path(remembered.read_text().strip())
        shutil.rmtree(aside)
        with contextlib.suppress(OSError):  # other clusters or a copy of the binaries are there
            aside.parent.rmdir()


def _open_folder() -> Path:
    """A folder any user can reach; below it one with a blank and Vietnamese letters in its name is used."""
    parent = Path(tempfile.mkdtemp(prefix="csdl-test-"))
    parent.chmod(0o755)
    return parent


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A data folder of the test's own, reachable and still empty."""
    parent = _open_folder()
    yield parent / "dữ liệu"
    _clean(parent / "dữ liệu")
    shutil.rmtree(parent)


@pytest.fixture(scope="module")
def _shared() -> Iterator[Path]:
    parent = _open_folder()
    yield parent / "dữ liệu"
    shutil.rmtree(parent)


@pytest.fixture
def server(_shared: Path) -> Iterator[EmbeddedServer]:
    """A stopped server over a cluster that tests share: initdb takes longer than all the rest."""
    server = EmbeddedServer(_shared)
    if not (_shared / "postgres").exists():
        server.start(durable=False)
        server.stop()
    yield server
    server.stop(mode="immediate")


@pytest.fixture
def closed_data_dir(tmp_path: Path) -> Iterator[Path]:
    """A data folder under one that only its owner may enter."""
    tmp_path.chmod(0o700)
    yield tmp_path / "data"
    _clean(tmp_path / "data")


def _processes(server: EmbeddedServer) -> list[int]:
    """The postmaster and its children, by the process table."""
    with psycopg.connect(server.admin_url()) as connection:
        row = connection.execute("SELECT pg_read_file('postmaster.pid')").fetchone()
    assert row
    postmaster = int(row[0].split("\n", 1)[0])
    children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(postmaster)], capture_output=True, text=True)
    return [postmaster, *map(int, children.stdout.split())]


def _write_row(server: EmbeddedServer) -> None:
    with psycopg.connect(server.admin_url()) as connection:
        connection.execute("CREATE TABLE pupil AS SELECT 'Nguyễn Thị Ánh' AS name")


def _read_rows(server: EmbeddedServer) -> list[tuple[str]]:
    with psycopg.connect(server.admin_url()) as connection:
        return connection.execute("SELECT name FROM pupil").fetchall()


def _starter(data_dir: Path, then: str) -> subprocess.Popen[str]:
    """Another process that starts the server, says what start() returned and goes on with `then`."""
    code = (
        "import sys, time; from pathlib import Path; from csdl.lib.embedded import EmbeddedServer\n"
        f"print(EmbeddedServer(Path(sys.argv[1])).start(durable=False), flush=True); {then}"
    )
    return subprocess.Popen([sys.executable, "-c", code, str(data_dir)], stdout=subprocess.PIPE, text=True, cwd=ROOT)


def test_start_and_stop_once_each(data_dir: Path) -> None:
    server = EmbeddedServer(data_dir)

    seen = [server.is_running(), server.start(durable=False), server.is_running(), server.start(durable=False)]
    server.stop()
    seen += [server.is_running(), server.start(durable=False)]
    server.stop()
    server.stop()

    assert seen == [False, True, True, False, False, True]


def test_running_leaves_a_server_it_did_not_start(server: EmbeddedServer) -> None:
    with running(server.data_dir, durable=False) as outer:
        with running(server.data_dir, durable=False) as inner:
            inside = inner.is_running()
        after_inner = outer.is_running()
    after_outer = outer.is_running()

    assert (inside, after_inner, after_outer) == (True, True, False)


def test_settings_fit_the_product_and_follow_the_module(server: EmbeddedServer) -> None:
    (server.data_dir / "postgres" / "csdl.conf").write_text("max_connections = 7\n")

    server.start(durable=True)

    with psycopg.connect(server.admin_url()) as connection:
        row = connection.execute(
            "SELECT current_setting('listen_addresses'), current_setting('max_connections'), current_setting('jit'),"
            " current_setting('timezone'), current_setting('fsync'), current_setting('server_encoding'),"
            " (SELECT datlocprovider::text || ' ' || datlocale FROM pg_database WHERE datname = 'postgres'),"
            " (SELECT string_agg(DISTINCT auth_method, ' ') FROM pg_hba_file_rules)"
        ).fetchone()
    assert row == ("", "60", "off", "Asia/Ho_Chi_Minh", "on", "UTF8", "b C.UTF-8", "scram-sha-256")


def test_secrets_and_cluster_are_private_and_parents_are_left_alone(server: EmbeddedServer) -> None:
    before = stat.S_IMODE(server.data_dir.parent.stat().st_mode)
    first = server.secret("csdl_app")

    server.start(durable=False)

    modes = {
        name: stat.S_IMODE((server.data_dir / name).stat().st_mode)
        for name in ("secrets.json", "postgres", "postgres.log")
    }
    assert modes == {"secrets.json": 0o600, "postgres": 0o700, "postgres.log": 0o600}
    assert stat.S_IMODE(server.data_dir.parent.stat().st_mode) == before
    assert server.secret("csdl_app") == first
    assert server.secret("csdl_owner") != first


def test_a_wrong_or_missing_password_is_refused(server: EmbeddedServer) -> None:
    server.start(durable=False)

    for password in ("wrong", ""):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(server.url("postgres", "csdl_admin", password))


def test_closed_parent_keeps_parents_closed_and_rows_over_a_restart(closed_data_dir: Path) -> None:
    server = EmbeddedServer(closed_data_dir)
    server.start(durable=False)
    _write_row(server)
    server.stop()
    if os.geteuid() == 0:
        # Opened since: the cluster stays where it was made.
        closed_data_dir.parent.chmod(0o755)

    EmbeddedServer(closed_data_dir).start(durable=False)

    assert _read_rows(server) == [("Nguyễn Thị Ánh",)]
    assert (closed_data_dir / "postgres.place").exists() == (os.geteuid() == 0)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server under another user")
def test_closing_a_parent_later_is_an_error_not_an_empty_cluster(server: EmbeddedServer) -> None:
    server.data_dir.parent.chmod(0o700)

    with pytest.raises(EmbeddedServerError, match="không còn vào được"):
        EmbeddedServer(server.data_dir).start(durable=False)

    server.data_dir.parent.chmod(0o755)


def test_killed_outright_it_starts_again_with_its_rows(server: EmbeddedServer) -> None:
    server.start()
    _write_row(server)
    for pid in _processes(server):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    assert (server.data_dir / "postgres" / "postmaster.pid").exists()

    started = server.start()

    assert started
    assert _read_rows(server) == [("Nguyễn Thị Ánh",)]


def test_a_pid_that_another_program_has_by_now_is_neither_believed_nor_hurt(server: EmbeddedServer) -> None:
    server.start(durable=False)
    left = (server.data_dir / "postgres" / "postmaster.pid").read_text().split("\n")
    server.stop()
    with subprocess.Popen(["sleep", "60"]) as stranger:
        (server.data_dir / "postgres" / "postmaster.pid").write_text("\n".join([str(stranger.pid), *left[1:]]))

        server.stop()
        started = server.start(durable=False)

        assert (started, stranger.poll()) == (True, None)
        stranger.kill()


def test_a_shell_standing_in_the_cluster_is_not_taken_for_an_orphan(server: EmbeddedServer) -> None:
    with subprocess.Popen(["sleep", "60"], cwd=server.data_dir / "postgres") as shell:
        started = server.start(durable=False)

        assert (started, shell.poll()) == (True, None)
        shell.kill()


def test_initdb_killed_halfway_is_done_again(data_dir: Path) -> None:
    starter = _starter(data_dir, "")
    deadline = time.monotonic() + 20
    while not list(data_dir.glob("postgres.new-*/data/base")) and time.monotonic() < deadline:
        time.sleep(0.002)
    starter.kill()
    starter.communicate()
    halfway = list(data_dir.glob("postgres.new-*")), (data_dir / "postgres").exists()

    started = EmbeddedServer(data_dir).start(durable=False)

    assert (bool(halfway[0]), halfway[1], started) == (True, False, True)


def test_two_starters_at_once_make_one_server(data_dir: Path) -> None:
    starters = [_starter(data_dir, "") for _ in range(2)]

    answers = sorted(starter.communicate(timeout=60)[0].strip() for starter in starters)

    assert answers == ["False", "True"]
    assert EmbeddedServer(data_dir).is_running()


def test_ctrl_c_and_the_end_of_its_starter_do_not_stop_the_server(server: EmbeddedServer) -> None:
    starter = _starter(server.data_dir, "time.sleep(60)")
    assert starter.stdout
    assert starter.stdout.readline() == "True\n"

    starter.send_signal(signal.SIGINT)
    starter.communicate()

    assert server.is_running()


def test_a_data_folder_of_another_version_is_named_and_left_alone(data_dir: Path) -> None:
    (data_dir / "postgres").mkdir(parents=True)
    (data_dir / "postgres" / "PG_VERSION").write_text("16\n")

    with pytest.raises(EmbeddedServerError, match="thuộc PostgreSQL 16, bản này cần 18") as caught:
        EmbeddedServer(data_dir).start()

    assert str(caught.value).count(". ") == 0
    assert [path.name for path in (data_dir / "postgres").iterdir()] == ["PG_VERSION"]


def test_a_lost_secrets_file_is_named_and_a_running_server_is_left_alone(server: EmbeddedServer) -> None:
    server.start(durable=False)
    kept = (server.data_dir / "secrets.json").rename(server.data_dir / "secrets.kept")

    with pytest.raises(EmbeddedServerError, match="không khớp"):
        EmbeddedServer(server.data_dir).start(durable=False)

    assert server.is_running()
    kept.replace(server.data_dir / "secrets.json")


def test_a_file_in_the_way_and_a_path_too_long_are_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = []

    for data_dir in (tmp_path / "file", tmp_path / "file" / "data", tmp_path / ("x" * 300)):
        with pytest.raises(EmbeddedServerError) as caught:
            EmbeddedServer(data_dir).start()
        said.append(str(caught.value).replace(str(tmp_path), "").rsplit(": ", 1)[1])

    assert said == [
        "đã có một tệp cùng tên, hãy đổi tên tệp đó hoặc đặt CSDL_DATA sang thư mục khác.",
        "một phần đường dẫn là tệp, hãy đặt CSDL_DATA sang thư mục khác.",
        "đường dẫn quá dài, hãy đặt CSDL_DATA sang thư mục ngắn hơn.",
    ]


def test_a_long_path_takes_a_short_private_socket_folder(data_dir: Path) -> None:
    server = EmbeddedServer(data_dir / ("ơ" * 60))

    with running(server.data_dir, durable=False):
        with psycopg.connect(server.admin_url()) as connection:
            host = Path(connection.info.host)
        mode = stat.S_IMODE(host.stat().st_mode)

    assert (host.parent, len(host.name), mode) == (Path("/tmp"), len("csdl-") + 12, 0o700)
    host.rmdir()


def test_whoever_started_it_does_not_take_it_from_the_others(server: EmbeddedServer) -> None:
    first, second = (running(server.data_dir, durable=False) for _ in range(2))
    first.__enter__()
    second.__enter__()

    first.__exit__(None, None, None)
    assert server.is_running()
    second.__exit__(None, None, None)
    assert not server.is_running()
