"""In a real browser: a class's list and register taken out by keyboard alone; axe on the page of files; a phone."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.locks import opened_workbook
from tests.papers import text_of
from tests.portals.browsing import PHONE, faults, sign_in, tab_to, width

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def _taken(page: Page, button: str) -> tuple[str, bytes]:
    """The file that a button brings, by the keyboard."""
    tab_to(page, button)
    with page.expect_download() as told:
        page.keyboard.press("Enter")
    return told.value.suggested_filename.split("-t0")[0], Path(told.value.path()).read_bytes()


def test_a_register_is_taken_out_by_keyboard_alone(site: str, page: Page) -> None:
    sign_in(page, site, "chunhiem")
    tab_to(page, "Lớp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lớp")
    tab_to(page, "7A")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lớp 7A")
    tab_to(page, "In sổ")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sổ đăng bộ lớp 7A")
    assert faults(page) == []

    tab_to(page, "Tải về")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Hãy chọn mục đích sử dụng dữ liệu.")
    assert faults(page) == []

    for _ in ("the error that names it", "the field itself"):
        tab_to(page, "Mục đích sử dụng")
    page.keyboard.type("Li")
    expect(page.get_by_label("Mục đích sử dụng")).to_have_value("parents")
    tab_to(page, "Điện thoại mẹ")
    page.keyboard.press("Space")
    name, content = _taken(page, "Tải về")
    assert name == "so-dang-bo-lop-7a"
    assert "Nguyễn Thị Lan 07/10/2012 Nam Kinh Mẹ: Phạm Thị Hoa, 0912345678" in text_of(content)

    # The page stays as it is: another kind of file comes from the same choice.
    page.get_by_role("radio", name="Excel").focus()
    page.keyboard.press("Space")
    assert _taken(page, "Tải về")[1][:2] == b"PK"

    # Behind a password that is too short at first: what was chosen stays.
    tab_to(page, "Mật khẩu mở tệp")
    page.keyboard.type("ngan")
    tab_to(page, "Tải về")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("ít nhất 8 ký tự, hoặc để trống")
    assert faults(page) == []
    expect(page.get_by_label("Mật khẩu mở tệp")).to_have_value("")
    expect(page.get_by_label("Mục đích sử dụng")).to_have_value("parents")
    for _ in ("the error that names it", "the field itself"):
        tab_to(page, "Mật khẩu mở tệp")
    page.keyboard.type("Truong-2024")
    assert opened_workbook(_taken(page, "Tải về")[1], "Truong-2024")[:2] == b"PK"
    assert "Truong" not in page.url


def test_the_page_of_files_fits_a_phone(site: str, page: Page) -> None:
    sign_in(page, site, "hieutruong")
    page.get_by_role("link", name="Cán bộ, giáo viên").first.click()
    page.set_viewport_size(PHONE)

    page.get_by_role("link", name="Tải danh sách").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Danh sách cán bộ, giáo viên, nhân viên")
    assert width(page) == 390
    assert faults(page) == []
