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

from csdl.cli.serve import _check_stage, _web_environment
from csdl.lib.embedded import FALLBACK, EmbeddedServer
from csdl.reports.actions import open_usual_period
from tests import builders as b

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


class Served:
    """A running `csdl serve`. Its words go to a file: a pipe would be held open by children it has orphaned."""

    def __init__(self, data: Path, port: int, *options: str) -> None:
        kept = {
            key: value for key, value in os.environ.items() if not key.startswith(("CSDL_", "DATABASE_", "DJANGO_"))
        }
        self.output = data.parent / f"serve-{time.monotonic_ns()}.txt"
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [str(Path(sys.executable).with_name("csdl")), "serve", *options],
                env=kept | {"CSDL_DATA": str(data), "CSDL_PORT": str(port), "PYTHONUNBUFFERED": "1"},
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def until_ready(self) -> str:
        deadline = time.monotonic() + 240
        while "Ctrl-C" not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.1)
        return self.said()

    def said(self) -> str:
        return self.output.read_text()

    def ended(self) -> int:
        return self.process.wait(timeout=90)


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


def test_it_serves_refuses_a_second_copy_repairs_after_a_kill_and_leaves_nothing_behind(place) -> None:
    """One life of a folder: its first start builds the province and is too dear to be made twice. It is that of
    October, which the next start opens again."""
    data, port = place
    october = ("--demo", "--pupils", "1000", "--stage", "october")
    first = Served(data, port, *october)
    assert f"http://localhost:{port}" in first.until_ready()
    assert _answers(port)

    second = Served(data, _free_port())
    assert second.ended() == 1
    assert second.said().startswith("Hệ thống đang chạy sẵn với thư mục dữ liệu này")

    server = EmbeddedServer(data)
    for pid in [first.process.pid, *server._orphans()]:
        os.kill(pid, signal.SIGKILL)
    first.ended()
    deadline = time.monotonic() + 90
    while _processes_of(data):
        assert time.monotonic() < deadline, f"outlived the supervisor: {_processes_of(data)}"
        time.sleep(0.1)

    again = Served(data, port, *october)
    again.until_ready()
    assert _answers(port)
    again.process.send_signal(signal.SIGTERM)
    assert again.ended() == 0
    assert _processes_of(data) == []


def test_a_taken_port_is_said_in_one_sentence(place) -> None:
    data, port = place
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        served = Served(data, port)
        assert served.ended() == 1

    assert served.said().strip() == f"Cổng {port} đang được chương trình khác dùng. Đặt CSDL_PORT sang cổng khác."


def test_another_stage_of_the_demo_is_told_where_to_go(db: None) -> None:
    """October is there by its period; a province before it stays as it is."""
    b.school_year(2024)
    _check_stage("year-end")
    with pytest.raises(SystemExit, match="đặt CSDL_DATA sang thư mục mới rồi chạy lại lệnh này"):
        _check_stage("october")
    open_usual_period(actor=b.SYSTEM, start_year=2024, kind="BOY")
    _check_stage("october")


def test_a_stage_is_of_the_demo_only(place) -> None:
    data, port = place
    served = Served(data, port, "--stage", "october")
    assert served.ended() == 2
    assert "--stage chỉ dùng cùng --demo." in served.said()


def test_the_web_knows_no_connection_but_its_own(monkeypatch) -> None:
    for name in ("CSDL_SERVER_URL", "DATABASE_ADMIN_URL", "DATABASE_OWNER_URL"):
        monkeypatch.setenv(name, "postgresql://boss@localhost/x")

    environment = _web_environment()

    assert {name for name in environment if name.startswith("DATABASE_")} == {"DATABASE_URL"}
    assert not any("boss" in value for value in environment.values())
