"""What a person does in the browser, for every test that drives one: sign in, walk by Tab, type; and what axe finds."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.portals.places import PASSWORD, session_key

__all__ = ["DESK", "PHONE", "faults", "look", "sign_in", "sign_in_by_form", "tab_to", "type_into", "width"]

DESK = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
_AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
_NAME = "e => e.labels?.[0]?.innerText || e.getAttribute('aria-label') || e.innerText || ''"


def sign_in(page: Page, site: str, username: str) -> None:
    """Open the home page as somebody whose sign-in is known already; the form is for the tests of the form."""
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "sessionid", "value": session_key(username), "url": site}])
    page.goto(f"{site}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Việc cần làm")


def sign_in_by_form(page: Page, site: str, username: str) -> None:
    """Type name and password, as everybody does in the morning."""
    page.goto(f"{site}/accounts/login/")
    page.get_by_label("Tên đăng nhập").fill(username)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Việc cần làm")


def faults(page: Page) -> list[str]:
    """What axe finds on the page as it stands, each with the first place of it."""
    if not _AXE.exists():
        pytest.skip("front-end packages are not installed")
    page.wait_for_load_state()  # a click returns with the first byte of the next page, which has no element yet
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(_AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({ resultTypes: ['violations'] })")["violations"]
    return [f"{fault['id']}: {fault['nodes'][0]['html']}" for fault in found]


def tab_to(page: Page, name: str, *, exact: bool = False) -> None:
    """Press Tab until the thing whose name begins so has the focus, as a person without a mouse does."""
    for _ in range(90):
        page.keyboard.press("Tab")
        said = page.evaluate(f"({_NAME})(document.activeElement)").strip()
        if said == name or (not exact and said.startswith(name)):
            return
    raise AssertionError(f"Tab never reaches {name}")


def type_into(page: Page, name: str, text: str) -> None:
    """Walk to a field and write over what stands in it."""
    tab_to(page, name)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def width(page: Page) -> int:
    """How wide the page is: more than its screen, and it has to be pushed sideways."""
    page.wait_for_load_state()
    return page.evaluate("document.documentElement.scrollWidth")


def look(page: Page) -> None:
    """Nothing for axe at a desk, nothing to push sideways on a phone."""
    assert faults(page) == []
    page.set_viewport_size(PHONE)
    assert width(page) <= 390, page.url
    assert faults(page) == []
    page.set_viewport_size(DESK)
