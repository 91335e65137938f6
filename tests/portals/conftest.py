"""Fixtures of the doors: a small province in the test's transaction, and a real site for the browser."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.conftest import OwnDatabase
from tests.portals.places import Places, build

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium")
# Background requests of the browser itself would look like failures where the network is closed.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture
def places(db: None) -> Places:
    return build()


@pytest.fixture
def site(own_database: OwnDatabase) -> Iterator[str]:
    """Address of a running site over a database of its own, with the small province in it."""
    with _running(own_database, "build") as address:
        yield address


@pytest.fixture
def empty_site(own_database: OwnDatabase) -> Iterator[str]:
    """The same over a province whose schools are still to come."""
    with _running(own_database, "build_empty") as address:
        yield address


@contextmanager
def _running(own_database: OwnDatabase, what: str) -> Iterator[str]:
    environment = own_database.environment() | {"DJANGO_SETTINGS_MODULE": "tests.portals.site_settings"}
    subprocess.run(
        [sys.executable, "-c", f"import django; django.setup(); from tests.portals import places; places.{what}()"],
        env=environment | {"CSDL_DB_ROLE": "owner"},
        check=True,
        cwd=ROOT,
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["-m", "granian", "--interface", "wsgi", "--port", str(port), "--blocking-threads", "2"]
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(
            [sys.executable, *command, "--no-ws", "config.wsgi:application"],
            env=environment | {"CSDL_DB_ROLE": "app"},
            cwd=ROOT,
            stdout=log,
            stderr=log,
        )
        try:
            _wait_for(f"http://localhost:{port}/accounts/login/", server)
            yield f"http://localhost:{port}"
        finally:
            server.terminate()
            server.wait(timeout=20)


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    """A page of headless Chromium that fails the test when a script or a request of it fails."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    faults: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS), env=dict(os.environ))
        context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="vi-VN")
        opened = context.new_page()
        opened.on("pageerror", lambda error: faults.append(str(error)))
        opened.on(
            "console", lambda said: faults.append(f"{said.text} {said.location}") if said.type == "error" else None
        )
        yield opened
        browser.close()
    assert faults == []


def _wait_for(address: str, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - our own site
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    raise AssertionError(f"the site did not start (exit code {server.poll()})")
