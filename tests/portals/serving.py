"""A real site for the browser, started once: before each test its database becomes a fresh copy of a built province."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from tests.conftest import ROOT, OwnDatabase, clone, drop_database, own_database_named

__all__ = ["ServedSite", "serving"]

_DATABASE = f"csdl_test_site_{os.getpid()}"


class ServedSite:
    """Address and database of the site; `begin` gives both the province that a test wants."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.database = own_database_named(_DATABASE)
        self._built: dict[str, str] = {}

    def begin(self, builder: str) -> None:
        """Start afresh from what the builder writes, a dotted name; the site opens a session for each request."""
        if builder not in self._built:
            self._built[builder] = f"{_DATABASE}_{len(self._built)}"
            self._build(own_database_named(self._built[builder]), builder)
        clone(_DATABASE, of=self._built[builder])

    def end(self) -> None:
        for name in (*self._built.values(), _DATABASE):
            drop_database(name)

    @staticmethod
    def _build(database: OwnDatabase, builder: str) -> None:
        clone(database.name)
        module, name = builder.rsplit(".", 1)
        code = (
            "import django; django.setup();"
            f"from {module} import {name} as build; from tests.portals.places import sign_everybody_in;"
            "build(); sign_everybody_in()"
        )
        environment = _environment(database) | {"CSDL_DB_ROLE": "owner"}
        subprocess.run([sys.executable, "-c", code], env=environment, check=True, cwd=ROOT)


@contextmanager
def serving() -> Iterator[ServedSite]:
    """The site over an empty copy of the template, until the tests of this process are over."""
    clone(_DATABASE)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    site = ServedSite(f"http://localhost:{port}")
    command = ["-m", "granian", "--interface", "wsgi", "--port", str(port), "--blocking-threads", "2"]
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(
            [sys.executable, *command, "--no-ws", "config.wsgi:application"],
            env=_environment(site.database) | {"CSDL_DB_ROLE": "app"},
            cwd=ROOT,
            stdout=log,
            stderr=log,
        )
        try:
            _wait_for(f"{site.address}/accounts/login/", server)
            yield site
        finally:
            server.terminate()
            server.wait(timeout=20)
            site.end()


def _environment(database: OwnDatabase) -> dict[str, str]:
    return database.environment() | {"DJANGO_SETTINGS_MODULE": "tests.portals.site_settings"}


def _wait_for(address: str, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - our own site
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError(f"the site did not start (exit code {server.poll()})")
