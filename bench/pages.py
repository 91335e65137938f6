"""Pages over HTTP: the web server as `csdl serve` starts it, one browser's time, eight browsers' requests a second."""

import http.client
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bench.databases import Database

__all__ = ["Answer", "Request", "Site", "serving_pages"]

ROOT = Path(__file__).resolve().parents[1]
CONNECTIONS = 8


@dataclass(frozen=True)
class Request:
    """One request of a browser that is signed in: the cookie stands among the headers."""

    method: str
    path: str
    headers: dict[str, str]


@dataclass(frozen=True)
class Answer:
    """What came back; `pressed` and `answered` on the clock of the driver."""

    status: int
    text: str
    pressed: float
    answered: float


@dataclass(frozen=True)
class Site:
    """A running site over one database."""

    port: int

    def seconds(
        self, path: str, cookie: str, *, rounds: int = 30, unmeasured: int = 10, is_part: bool = False
    ) -> float:
        """Median time of a page, or of a part that a page asks for, for one browser that asks again and again."""
        connection = self._connection()
        times = []
        for _ in range(rounds + unmeasured):
            begin = time.perf_counter()
            self._ask(connection, path, cookie, is_part=is_part)
            times.append(time.perf_counter() - begin)
        return statistics.median(times[unmeasured:])

    def rate(self, path: str, cookie: str, *, seconds: float = 4.0) -> float:
        """Requests a second of eight browsers together."""
        counts = [0] * CONNECTIONS
        end = time.perf_counter() + seconds

        def browse(number: int) -> None:
            connection = self._connection()
            while time.perf_counter() < end:
                self._ask(connection, path, cookie)
                counts[number] += 1

        browsers = [threading.Thread(target=browse, args=(number,)) for number in range(CONNECTIONS)]
        begin = time.perf_counter()
        for browser in browsers:
            browser.start()
        for browser in browsers:
            browser.join()
        return sum(counts) / (time.perf_counter() - begin)

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def text(self, path: str, cookie: str) -> str:
        """A page as it came, for what a line must find on it."""
        return self._ask(self._connection(), path, cookie)

    def together(self, requests: Sequence[Request], *, connections: int) -> list[Answer]:
        """Send every request once, by so many browsers as fast as they go; answers in the order of the requests."""
        answers: list[Answer | None] = [None] * len(requests)
        waiting = iter(range(len(requests)))
        taking = threading.Lock()

        def browse() -> None:
            connection = self._connection()
            while True:
                with taking:
                    number = next(waiting, None)
                if number is None:
                    return
                one = requests[number]
                begin = time.perf_counter()
                connection.request(one.method, one.path, headers={"Host": f"localhost:{self.port}", **one.headers})
                answer = connection.getresponse()
                text = answer.read().decode()
                answers[number] = Answer(answer.status, text, begin, time.perf_counter())

        browsers = [threading.Thread(target=browse) for _ in range(connections)]
        for browser in browsers:
            browser.start()
        for browser in browsers:
            browser.join()
        missing = sum(one is None for one in answers)
        if missing:
            raise SystemExit(f"{missing} of {len(requests)} requests got no answer")
        return [one for one in answers if one]

    def _ask(self, connection: http.client.HTTPConnection, path: str, cookie: str, *, is_part: bool = False) -> str:
        headers = {"Host": f"localhost:{self.port}", "Cookie": cookie} | ({"HX-Request": "true"} if is_part else {})
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        if answer.status != http.HTTPStatus.OK:
            raise SystemExit(f"{path}: {answer.status}")
        return text


@contextmanager
def serving_pages(database: Database) -> Iterator[Site]:
    """The site under the web role, with static files gathered beside the measured data."""
    environment = database.environment("app") | {"CSDL_DATA": str(ROOT / ".data" / "bench")}
    subprocess.run(
        [sys.executable, "-m", "django", "collectstatic", "--noinput", "--clear", "-v0"],
        env=environment,
        check=True,
        cwd=ROOT,
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    workers = min(os.cpu_count() or 1, 8)
    command = [
        *(sys.executable, "-m", "granian", "--interface=wsgi", "--host=127.0.0.1", f"--port={port}"),
        *(f"--workers={workers}", "--blocking-threads=4", "--log-level=warning", "config.wsgi:application"),
    ]
    web = subprocess.Popen(command, env=environment, cwd=ROOT)
    try:
        _wait_for(port, web)
        yield Site(port)
    finally:
        web.terminate()
        web.wait(30)


def _wait_for(port: int, web: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and web.poll() is None:
        with suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/accounts/login/", headers={"Host": f"localhost:{port}"})
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        time.sleep(0.2)
    raise SystemExit("the site did not start")
