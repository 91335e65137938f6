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

from tests.conftest import ROOT, built, clone, drop_database, own_database_named

__all__ = ["ServedSite", "serving"]

_DATABASE = f"csdl_test_site_{os.getpid()}"
_SETTINGS = {"DJANGO_SETTINGS_MODULE": "tests.portals.site_settings"}


class ServedSite:
    """Address and database of the site; `begin` gives both the province that a test wants."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.database = own_database_named(_DATABASE)

    def begin(self, builder: str) -> None:
        """Start afresh from what the builder writes, a dotted name; the site opens a session for each request."""
        module, name = builder.rsplit(".", 1)
        script = (
            "import django; django.setup();"
            f"from {module} import {name} as build; from tests.portals.places import sign_everybody_in;"
            "build(); sign_everybody_in()"
        )
        clone(_DATABASE, of=built(script, **_SETTINGS))


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
            env=site.database.environment() | _SETTINGS | {"CSDL_DB_ROLE": "app"},
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
            drop_database(_DATABASE)


def _wait_for(address: str, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - our own site
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError(f"the site did not start (exit code {server.poll()})")
