"""`csdl serve`: starts, says in one sentence why it cannot, leaves no process behind, repairs after kill -9."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from csdl.cli.serve import _web_environment
from csdl.lib.embedded import FALLBACK, EmbeddedServer

ROOT = Path(__file__).resolve().parents[2]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    data = tmp_path / "data"
    server = EmbeddedServer(data)
    yield data, _free_port()
    server.stop(mode="immediate")
    if server._place.is_relative_to(FALLBACK):
        shutil.rmtree(server._place, ignore_errors=True)


def _serve(data: Path, port: int, *options: str) -> subprocess.Popen[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("CSDL_", "DATABASE_", "DJANGO_"))}
    environment = kept | {"CSDL_DATA": str(data), "CSDL_PORT": str(port)}
    command = [str(Path(sys.executable).with_name("csdl")), "serve", *options]
    return subprocess.Popen(
        command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def _until_ready(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    seen = []
    for line in process.stdout:
        seen.append(line)
        if "Ctrl-C" in line:
            return "".join(seen)
    raise AssertionError("".join(seen) + (process.stderr.read() if process.stderr else ""))


def _answers(port: int) -> bool:
    try:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
            connection.request("GET", "/accounts/login/", headers={"Host": f"localhost:{port}"})
            with connection.getresponse() as response:
                return response.status == 200
    except OSError:
        return False


def _processes_of(data: Path) -> list[str]:
    """Command lines of living processes that were started for this data folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment = (process / "environ").read_bytes()
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if command and (f"CSDL_DATA={data}".encode() in environment or str(data) in command):
            found.append(command)
    return found


def test_it_serves_refuses_a_second_copy_and_leaves_nothing_behind(place) -> None:
    data, port = place
    process = _serve(data, port)
    assert f"http://localhost:{port}" in _until_ready(process)
    assert _answers(port)

    second = _serve(data, _free_port())
    _, said = second.communicate(timeout=30)
    assert second.returncode == 1
    assert said.startswith("Hệ thống đang chạy sẵn với thư mục dữ liệu này")

    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 0
    assert _processes_of(data) == []


def test_a_taken_port_is_said_in_one_sentence(place) -> None:
    data, port = place
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        process = _serve(data, port)
        _, said = process.communicate(timeout=30)

    assert process.returncode == 1
    assert said.strip() == f"Cổng {port} đang được chương trình khác dùng. Đặt CSDL_PORT sang cổng khác."


def test_after_kill_of_everything_the_next_start_repairs(place) -> None:
    data, port = place
    process = _serve(data, port)
    _until_ready(process)
    server = EmbeddedServer(data)
    for pid in [process.pid, *server._orphans()]:
        os.kill(pid, signal.SIGKILL)
    process.communicate(timeout=30)
    deadline = time.monotonic() + 20
    while _answers(port):
        assert time.monotonic() < deadline, "the web outlived its supervisor"
        time.sleep(0.1)

    again = _serve(data, port)
    _until_ready(again)
    assert _answers(port)
    again.send_signal(signal.SIGINT)
    again.communicate(timeout=30)
    assert again.returncode == 0


def test_the_web_knows_no_connection_but_its_own(monkeypatch) -> None:
    for name in ("CSDL_SERVER_URL", "DATABASE_ADMIN_URL", "DATABASE_OWNER_URL"):
        monkeypatch.setenv(name, "postgresql://boss@localhost/x")

    environment = _web_environment()

    assert {name for name in environment if name.startswith("DATABASE_")} == {"DATABASE_URL"}
    assert not any("boss" in value for value in environment.values())
