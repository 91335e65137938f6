"""In a real browser: a school keeps its profile, sites and rooms by keyboard; an office enters a head."""

import pytest
from playwright.sync_api import Page, expect

from tests.portals.browsing import PHONE, faults, sign_in, tab_to, type_into, width

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_clerk_counts_rooms_by_keyboard_and_takes_it_back(site: str, page: Page) -> None:
    sign_in(page, site, "vanthu")
    page.get_by_role("link", name="Hồ sơ trường", exact=True).first.click()
    assert faults(page) == []
    page.get_by_role("link", name="Kê khai phòng").click()
    assert faults(page) == []
    page.get_by_label("Phòng học, kiên cố", exact=True).focus()
    for text in ("12", "2", "", "1"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Đã lưu 2 loại phòng.")).to_be_visible()
    page.set_viewport_size(PHONE)
    assert width(page) <= 390
    assert faults(page) == []
    page.get_by_role("button", name="Hoàn tác lần sửa").first.click()
    expect(page.get_by_text("Đã hoàn tác 2 loại phòng.")).to_be_visible()


def test_a_clerk_adds_a_site_and_opens_the_folded_groups(site: str, page: Page) -> None:
    sign_in(page, site, "vanthu")
    page.get_by_role("link", name="Hồ sơ trường", exact=True).first.click()
    page.get_by_role("link", name="Thêm điểm trường").click()
    assert faults(page) == []
    type_into(page, "Mã điểm trường", "02")
    type_into(page, "Tên điểm trường", "Điểm thôn Đông")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Đã thêm Điểm thôn Đông.")).to_be_visible()
    assert faults(page) == []

    page.get_by_role("link", name="Sửa hồ sơ trường").click()
    tab_to(page, "Cơ sở hạ tầng")
    page.keyboard.press("Enter")
    page.get_by_label("Có điện lưới").select_option("1")
    assert faults(page) == []
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_text("Đã lưu hồ sơ trường: có điện lưới.")).to_be_visible()


def test_an_office_enters_a_head_and_finds_staff(site: str, page: Page) -> None:
    sign_in(page, site, "phong")
    page.get_by_role("link", name="Cán bộ, giáo viên", exact=True).first.click()
    expect(page.get_by_role("link", name="Bùi Thu Trang")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("link", name="Trường", exact=True).first.click()
    page.get_by_role("link", name="Trường THCS Tô Hiệu").first.click()
    page.get_by_role("link", name="Xem quá trình").click()
    assert faults(page) == []
    page.get_by_role("link", name="Ghi nhận thủ trưởng mới").first.click()
    assert faults(page) == []
    page.get_by_label("Thủ trưởng", exact=False).first.select_option(index=1)
    page.get_by_label("Giữ chức từ ngày").fill("01/09/2023")
    page.get_by_label("Số quyết định").fill("12/QĐ-UBND")
    page.get_by_label("Ngày ký quyết định").fill("15/08/2023")
    page.get_by_role("button", name="Lưu", exact=True).click()

    expect(page.get_by_text("Bùi Thu Trang là thủ trưởng Trường THCS Tô Hiệu từ 01/09/2023.")).to_be_visible()
    assert faults(page) == []
