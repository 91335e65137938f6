"""In a real browser, at the size of a desk and of a phone: from the letter to the recovery codes; a passkey; axe."""

import re
import time
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from tests.conftest import OwnDatabase
from tests.papers import pages_of
from tests.portals.browsing import DESK, PHONE, faults, sign_in, width

GOOD = "cá rô đồng kho tộ"

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def _code(secret: str, *, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def _faults(page: Page) -> list[str]:
    """What axe finds, and whether the page is wider than the screen."""
    return faults(page) + (["too wide"] if width(page) > page.viewport_size["width"] else [])


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_from_the_letter_to_the_recovery_codes_and_in_by_one(site: str, page: Page, size: dict) -> None:
    page.set_viewport_size(size)
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        if wrong := _faults(page):
            found[name] = wrong

    # The head opens an account for a teacher and prints the letter.
    sign_in(page, site, "hieutruong")
    page.goto(f"{site}/")
    address = page.locator("a[href$='/tai-khoan/'][href^='/don-vi/']").first.get_attribute("href")
    page.goto(f"{site}{address}")
    look("list")
    page.get_by_role("link", name="Bùi Thu Trang").click()
    look("open")
    page.get_by_role("button", name="Mở 1 tài khoản").click()
    look("opened")
    with page.expect_download() as loading:
        page.get_by_role("button", name=re.compile("In 1 thư kích hoạt")).click()
    letter = " ".join(pages_of(Path(loading.value.path()).read_bytes())[0].split())
    code = re.search(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}\b", letter)[0]
    page.goto(f"{site}{address}")
    page.get_by_role("link", name="Bùi Thu Trang").click()
    look("account of one person")

    # The teacher takes the letter, chooses a password.
    page.context.clear_cookies()
    page.goto(f"{site}/accounts/login/")
    page.get_by_role("link", name=re.compile("Đăng nhập lần đầu")).click()
    look("activation")
    page.get_by_label("Tên đăng nhập").fill("buithutrang1")
    page.get_by_label("Mã kích hoạt").fill(code)
    page.get_by_role("button", name="Tiếp tục").click()
    look("first password")
    page.get_by_label("Mật khẩu mới", exact=True).fill("matkhau123456")
    page.get_by_label("Nhập lại mật khẩu mới").fill("matkhau123456")
    page.get_by_role("button", name="Đặt mật khẩu và đăng nhập").click()
    expect(page.locator(".note-error").get_by_text("quá phổ biến")).to_be_visible()
    look("refused password")
    page.get_by_label("Mật khẩu mới", exact=True).fill(GOOD)
    page.get_by_label("Nhập lại mật khẩu mới").fill(GOOD)
    page.get_by_role("button", name="Đặt mật khẩu và đăng nhập").click()
    page.wait_for_url(f"{site}/")

    # Sets up the second factor: nothing is asked again so soon after the password was chosen.
    page.goto(f"{site}/tai-khoan/")
    look("own account")
    page.get_by_role("link", name="Thiết lập xác thực hai bước").click()
    look("second factor")
    page.get_by_role("link", name="Thiết lập ứng dụng xác thực").click()
    page.get_by_text("Không quét được?").click()
    secret = page.locator("#totp-secret").inner_text()
    assert page.evaluate("document.querySelector('img.qr').naturalWidth") > 0
    look("set up")
    page.get_by_label("Mã 6 chữ số trên điện thoại").fill(_code(secret))
    page.get_by_role("button", name="Bật").click()
    look("recovery codes")
    codes = page.locator(".codes code").all_inner_texts()
    assert len(codes) == 10
    with page.expect_download() as loading:
        page.get_by_role("link", name="Tải tệp văn bản").click()
    assert Path(loading.value.path()).read_text(encoding="utf-8").split() == codes
    page.goto(f"{site}/tai-khoan/")
    look("own account with a second factor")

    # Lost the telephone: in by a recovery code, once.
    page.context.clear_cookies()
    for _ in range(2):
        page.goto(f"{site}/accounts/login/")
        page.locator("#id_login").fill("buithutrang1")
        page.locator("#id_password").fill(GOOD)
        page.get_by_role("button", name="Đăng nhập").click()
        look("second step of sign-in")
        page.locator("#id_code").fill(codes[0])
        page.get_by_role("button", name="Đăng nhập").click()
        page.wait_for_load_state()
        if page.url == f"{site}/":
            page.context.clear_cookies()
    expect(page.get_by_text("Mã chưa đúng hoặc đã dùng").first).to_be_visible()

    # A fresh one is asked for before it is taken away.
    page.locator("#id_code").fill(codes[1])
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url(f"{site}/")
    page.goto(f"{site}/accounts/2fa/totp/deactivate/")
    page.wait_for_url("**/tai-khoan/xac-nhan/**")
    look("fresh second factor")
    page.locator("#id_code").fill(codes[2])
    page.get_by_role("button", name="Tiếp tục").click()
    page.wait_for_url("**/totp/deactivate/")
    look("take away")

    assert found == {}


def test_a_passkey_is_made_and_signs_in(site: str, page: Page, site_database: OwnDatabase) -> None:
    """On http://localhost, with the browser's virtual authenticator."""
    client = page.context.new_cdp_session(page)
    client.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    client.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    sign_in(page, site, "vanthu")
    found: dict[str, list[str]] = {}

    page.goto(f"{site}/accounts/2fa/webauthn/add/")
    found["password again"] = _faults(page)
    page.get_by_label("Mật khẩu").fill("mat-khau-thu")
    page.get_by_role("button", name="Tiếp tục").click()
    found["add"] = _faults(page)
    page.get_by_label("Tên khóa").fill("Máy văn phòng")
    page.get_by_role("button", name="Tạo khóa truy cập").click()
    page.wait_for_url("**/recovery-codes/")
    page.goto(f"{site}/accounts/2fa/webauthn/")
    expect(page.get_by_role("rowheader", name="Máy văn phòng")).to_be_visible()
    found["keys"] = _faults(page)

    page.context.clear_cookies()
    page.goto(f"{site}/accounts/login/")
    page.locator("#id_login").fill("vanthu")
    page.locator("#id_password").fill("mat-khau-thu")
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url("**/2fa/authenticate/")
    found["second step"] = _faults(page)
    page.get_by_role("button", name="Dùng khóa truy cập").click()
    page.wait_for_url(f"{site}/")
    session = site_database.rows("SELECT data->'methods' FROM audit_event WHERE kind = 'sign_in:done' ORDER BY id")

    # The account's own rights ask for nothing fresh: the key does, to take itself away.
    page.goto(f"{site}/accounts/2fa/webauthn/")
    page.get_by_role("link", name=re.compile("Gỡ Máy văn phòng")).click()
    page.wait_for_url("**/tai-khoan/xac-nhan/**")
    found["confirm"] = _faults(page)
    page.get_by_role("button", name="Dùng khóa truy cập").click()
    page.wait_for_url("**/remove/")
    page.get_by_role("button", name="Gỡ Máy văn phòng").click()
    expect(page.get_by_text("Chưa có khóa truy cập nào")).to_be_visible()

    factors = site_database.rows(
        "SELECT kind, data->>'type', actor_label FROM audit_event WHERE starts_with(kind, 'second_factor:') ORDER BY id"
    )
    assert factors == [
        ("second_factor:add", kind, "Lê Minh Ngọc (vanthu)") for kind in ("webauthn", "recovery_codes")
    ] + [("second_factor:remove", kind, "Lê Minh Ngọc (vanthu)") for kind in ("webauthn", "recovery_codes")]
    assert [row[0] for row in session] == [["password", "webauthn"]]
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
