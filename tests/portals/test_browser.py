"""In a real browser: sign in, find a pupil by typing, go back, leave; on a desk and on a phone; light enough."""

import gzip
import re

import pytest
from playwright.sync_api import Page, Response, expect

from tests.portals.browsing import PHONE, sign_in, sign_in_by_form, width

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_clerk_finds_a_pupil_by_typing_and_comes_back(site: str, page: Page) -> None:
    sign_in_by_form(page, site, "vanthu")
    page.get_by_role("link", name="Học sinh", exact=True).click()
    expect(page.get_by_role("row")).to_have_count(3)

    page.keyboard.press("/")
    page.keyboard.type("thi lan")

    expect(page.get_by_role("row")).to_have_count(2)
    expect(page).to_have_url(re.compile(r"tim=thi(\+|%20)lan"))
    expect(page.get_by_role("searchbox")).to_be_focused()
    expect(page.locator("#announcer")).to_have_text("1–1 / 1")

    page.get_by_role("link", name="Nguyễn Thị Lan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nguyễn Thị Lan")
    page.get_by_role("button", name="Hiện đủ số: số định danh").click()
    expect(page.get_by_text("031212001845")).to_be_visible()

    page.go_back()
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_role("link", name="Tìm: thi lan").click()
    expect(page.get_by_role("row")).to_have_count(3)

    page.evaluate("window.stillHere = true")
    page.get_by_role("link", name="Họ và tên").click()
    expect(page.get_by_role("columnheader", name="Họ và tên")).to_have_attribute("aria-sort", "descending")
    assert page.evaluate("window.stillHere") is True  # rows were swapped in place


def test_the_tree_opens_by_keyboard(site: str, page: Page) -> None:
    sign_in(page, site, "so")
    page.get_by_role("link", name="Đơn vị", exact=True).click()

    page.locator("summary", has_text="Phòng GDĐT quận Lê Chân").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("link", name="Trường THCS Tô Hiệu")).to_be_visible()


def test_the_department_closes_a_year_after_being_asked(site: str, page: Page) -> None:
    sign_in(page, site, "so")
    page.goto(f"{site}/nam-hoc/")
    row = page.get_by_role("row", name="2023-2024")

    row.locator("summary", has_text="Khóa năm học").click()
    expect(row.get_by_role("button", name="Không, quay lại")).to_be_focused()
    row.get_by_role("button", name="Khóa năm học").click()

    expect(page.get_by_text("Đã khóa năm học 2023-2024")).to_be_visible()


def test_the_demos_day_is_moved_and_menus_close_with_escape(site: str, page: Page) -> None:
    sign_in(page, site, "chunhiem")
    page.locator("summary", has_text="Ngày làm việc").click()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Chuyển cả bản dùng thử đến ngày")).to_be_hidden()

    page.locator("summary", has_text="Ngày làm việc").click()
    page.get_by_label("Chuyển cả bản dùng thử đến ngày").fill("2024-08-15")
    page.get_by_role("button", name="Đổi ngày").click()

    expect(page.get_by_text("Bản dùng thử nay ở ngày 15/08/2024")).to_be_visible()


def test_no_page_is_wider_than_a_phone(site: str, page: Page) -> None:
    page.set_viewport_size(PHONE)
    sign_in(page, site, "so")

    widths = {}
    for path in ("/", "/truong/", "/don-vi/", "/nam-hoc/", "/thanh-phan/", "/cong-viec/"):
        page.goto(f"{site}{path}")
        widths[path] = width(page)
        expect(page.get_by_role("navigation", name="Chức năng chính")).to_be_visible()

    assert widths == dict.fromkeys(widths, 390)


def test_the_first_page_weighs_under_250_kb_and_asks_no_other_host(site: str, page: Page) -> None:
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))

    sign_in_by_form(page, site, "vanthu")
    page.wait_for_load_state("networkidle")

    assert {answer.url.split("/")[2] for answer in answers} == {site.split("/")[2]}
    files = {answer.url for answer in answers if "/static/" in answer.url}
    weights = [len(gzip.compress(page.request.get(address).body())) for address in files]
    assert len(files) <= 14
    assert sum(weights) + len(gzip.compress(page.content().encode())) < 250 * 1024
