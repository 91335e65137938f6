"""In a real browser: the quick search and many pupils at once by keyboard alone; axe on the pages of both; a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.portals.browsing import PHONE, faults, sign_in, tab_to, width

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_the_quick_search_is_walked_by_keyboard(site: str, page: Page) -> None:
    sign_in(page, site, "vanthu")

    page.keyboard.press("/")
    page.keyboard.type("lan nguyen")
    expect(page.locator("#quick-found").get_by_text("Nguyễn Thị Lan")).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#quick-found")).to_be_hidden()
    expect(page.locator("#quick-search")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#quick-found")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nguyễn Thị Lan")

    page.keyboard.press("Control+k")
    page.keyboard.type("7b")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/tim-kiem/\?tim=7b"))
    expect(page.get_by_role("link", name="Lớp 7B")).to_be_visible()
    assert faults(page) == []


def test_a_clerk_moves_pupils_by_keyboard_and_takes_it_back(site: str, page: Page) -> None:
    sign_in(page, site, "vanthu")
    page.get_by_role("link", name="Học sinh", exact=True).click()
    expect(page.get_by_role("row")).to_have_count(3)

    page.keyboard.press("/")
    page.keyboard.type("lan")
    expect(page.get_by_role("row")).to_have_count(2)
    tab_to(page, "Chọn cả trang")
    page.keyboard.press("Space")
    expect(page.get_by_text("Đã chọn 1")).to_be_visible()
    assert faults(page) == []
    tab_to(page, "Chuyển lớp")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Đã chọn 1 học sinh")).to_be_visible()
    page.get_by_label("Lớp chuyển đến").focus()
    page.keyboard.type("7B")
    page.get_by_label("Ngày chuyển lớp").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("02/10/2024")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 học sinh sẽ chuyển sang lớp 7B từ ngày 02/10/2024")).to_be_visible()
    expect(page.get_by_role("heading", name="Xem trước")).to_be_focused()
    assert faults(page) == []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Đã chuyển 1 học sinh sang lớp 7B").first).to_be_visible()
    assert faults(page) == []
    page.locator("summary", has_text="Hoàn tác").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Hoàn tác").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 học sinh trở lại như trước")).to_be_visible()


def test_columns_and_more_filters_open_and_stay(site: str, page: Page) -> None:
    sign_in(page, site, "vanthu")
    page.get_by_role("link", name="Học sinh", exact=True).click()

    page.locator("summary", has_text="Cột").click()
    page.get_by_label("Cha mẹ, điện thoại").check()
    assert faults(page) == []
    page.get_by_role("button", name="Áp dụng").click()
    expect(page.get_by_role("columnheader", name="Cha mẹ, điện thoại")).to_be_visible()

    page.get_by_text("Thêm điều kiện").click()
    page.get_by_label("Điện thoại liên hệ").select_option("co")
    expect(page.get_by_role("row")).to_have_count(2)
    assert faults(page) == []


def test_the_department_chooses_a_school_below_its_only_office(site: str, page: Page) -> None:
    sign_in(page, site, "so")
    page.get_by_role("link", name="Học sinh", exact=True).click()
    expect(page.get_by_role("row")).to_have_count(4)
    assert faults(page) == []

    page.get_by_label("Trường", exact=True).select_option(label="Trường THCS Tô Hiệu")

    expect(page.get_by_role("row")).to_have_count(3)


def test_lists_and_search_fit_a_phone(site: str, page: Page) -> None:
    page.set_viewport_size(PHONE)
    sign_in(page, site, "hieutruong")

    widths = {}
    page.get_by_role("link", name="Học sinh", exact=True).click()
    widths["list"] = width(page)
    assert faults(page) == []
    page.get_by_label("Chọn Nguyễn Thị Lan").check()
    page.get_by_role("button", name="Chuyển đi, thôi học").click()
    widths["bulk"] = width(page)
    page.get_by_role("link", name="Tìm kiếm").click()
    page.get_by_role("searchbox").fill("lan")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Nguyễn Thị Lan")).to_be_visible()
    widths["search"] = width(page)

    assert widths == dict.fromkeys(widths, 390)
