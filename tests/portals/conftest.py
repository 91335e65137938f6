"""Fixtures of the doors: a small province in the test's transaction, and a real site for the browser."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import OwnDatabase
from tests.portals.browsing import DESK
from tests.portals.places import Places, build
from tests.portals.serving import ServedSite, serving

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


@pytest.fixture(scope="session")
def served(template_database: str) -> Iterator[ServedSite]:
    """The site that all browser tests of this process open, one after the other."""
    with serving() as running:
        yield running


@pytest.fixture
def site(served: ServedSite) -> str:
    """Address of the site, with the small province in it as nobody has touched it yet."""
    served.begin("tests.portals.places.build")
    return served.address


@pytest.fixture
def empty_site(served: ServedSite) -> str:
    """The same over a province whose schools are still to come."""
    served.begin("tests.portals.places.build_empty")
    return served.address


@pytest.fixture
def site_database(served: ServedSite) -> OwnDatabase:
    """The database under the site, to look at it and to let a worker run over it."""
    return served.database


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium for the tests of one file: while it runs, Django refuses the database in this process."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS), env=dict(os.environ))
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page without a past that fails the test when a script or a request of it fails."""
    faults: list[str] = []
    context = browser.new_context(viewport=DESK, locale="vi-VN")
    opened = context.new_page()
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda said: faults.append(f"{said.text} {said.location}") if said.type == "error" else None)
    yield opened
    context.close()
    assert faults == []
