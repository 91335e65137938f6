"""In a real browser: a head turns the year and takes it back, the office watches; long names."""

import re

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.conftest import OwnDatabase
from tests.portals.browsing import sign_in, width
from tests.portals.serving import ServedSite

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def turning(served: ServedSite) -> str:
    """Address of the site, with a year to turn in it."""
    served.begin("tests.portals.turning.build")
    return served.address


def _execute(database: OwnDatabase, statement: str) -> None:
    with psycopg.connect(database.url) as connection:
        connection.execute(statement)


def _open(page: Page, site: str, username: str) -> str:
    sign_in(page, site, username)
    page.get_by_role("link", name="Kết chuyển", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Kết chuyển")
    return page.url.split("?")[0]


def test_a_head_turns_the_year_and_takes_it_back_while_the_office_watches(
    turning: str, page: Page, site_database: OwnDatabase
) -> None:
    here = _open(page, turning, "thutruong")
    page.get_by_role("button", name="Lập kế hoạch").click()
    expect(page.get_by_text("Đã lập kế hoạch cho 5 học sinh")).to_be_visible()

    name = page.get_by_label("Tên lớp mới của lớp 8A", exact=True)
    name.fill("9 Toán")
    name.press("Enter")
    expect(page.get_by_text("Đã đặt tên lớp mới là 9 Toán.")).to_be_visible()

    page.get_by_label("Xử lý").select_option("can-xem")
    expect(page.locator("#results tbody tr")).to_have_count(2)
    expect(page).to_have_url(re.compile("xu-ly=can-xem"))
    page.get_by_role("row", name="Phạm Văn Hòa Nhập").get_by_role("link").click()
    page.get_by_label("Lên lớp").check()
    page.get_by_label("Căn cứ (bắt buộc)").fill("Biên bản họp hội đồng ngày 30/5/2024")
    page.get_by_role("button", name="Lưu quyết định").click()
    expect(page.locator("#results tbody tr")).to_have_count(1)

    page.get_by_role("link", name="Xem trước khi chạy").click()
    expect(page.get_by_text("3 hồ sơ học sinh của năm học 2024-2025")).to_be_visible()
    page.get_by_role("button", name="Chạy kết chuyển").click()
    expect(page.get_by_text("Đã nhận yêu cầu, đang chờ đến lượt.")).to_be_visible()
    job = page.url
    page.goto("about:blank")  # the tab is closed; the work goes on
    site_database.csdl("worker", "--once")
    page.goto(job)
    page.get_by_role("link", name="Xem kết quả").click()

    expect(page.get_by_role("row", name="Cộng")).to_have_text(re.compile(r"Cộng\s+5\s+2\s+1\s+1\s+1\s+0\s+3"))
    page.locator("summary", has_text="Xác nhận").click()
    page.get_by_role("button", name="Xác nhận kết quả").click()
    expect(page.get_by_text("Đã xác nhận kết quả kết chuyển sang năm học 2024-2025.")).to_be_visible()

    _open(page, turning, "truongphong")
    row = page.get_by_role("row", name="Trường THCS Tô Hiệu")
    expect(row).to_contain_text("Đã xác nhận")
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Từng học sinh")).to_be_visible()
    expect(page.get_by_role("button", name="Lập lại kế hoạch")).to_have_count(0)

    sign_in(page, turning, "thutruong")
    page.goto(f"{here}hoan-tac/")
    page.get_by_role("button", name="Hoàn tác").click()
    expect(page.get_by_text("Đã nhận yêu cầu, đang chờ đến lượt.")).to_be_visible()
    site_database.csdl("worker", "--once")
    expect(page.get_by_text("Đã hoàn tác trọn vẹn 1 trường")).to_be_visible(timeout=10_000)  # swapped in by itself

    assert site_database.rows(
        "SELECT count(*) FROM years_enrolment WHERE start_year = 2024 AND run_id IS NOT NULL"
    ) == [(0,)]


def test_a_plan_that_changed_is_refused_with_its_code_and_the_way_on(
    turning: str, page: Page, site_database: OwnDatabase
) -> None:
    here = _open(page, turning, "thutruong")
    page.get_by_role("button", name="Lập kế hoạch").click()
    page.get_by_role("link", name="Xem trước khi chạy").click()
    _execute(
        site_database,
        "UPDATE years_yearresult SET outcome = 'retained' WHERE start_year = 2023 AND outcome = 'promoted'",
    )

    page.get_by_role("button", name="Chạy kết chuyển").click()
    expect(page.get_by_text("đang chờ đến lượt")).to_be_visible()
    site_database.csdl("worker", "--once")

    expect(page.get_by_text("(mã ROL-03)")).to_be_visible(timeout=10_000)
    page.goto(here)
    expect(page.get_by_text("Lần yêu cầu gần nhất không thành công")).to_be_visible()
    expect(page.get_by_role("button", name="Lập lại kế hoạch")).to_be_visible()


def test_a_worker_that_does_not_answer_is_said_on_the_job_page(
    turning: str, page: Page, site_database: OwnDatabase
) -> None:
    _open(page, turning, "thutruong")
    page.get_by_role("button", name="Lập kế hoạch").click()
    page.get_by_role("link", name="Xem trước khi chạy").click()
    page.get_by_role("button", name="Chạy kết chuyển").click()
    expect(page.get_by_text("đang chờ đến lượt")).to_be_visible()

    _execute(site_database, "UPDATE jobs_job SET created_at = now() - interval '10 minutes'")
    expect(page.get_by_text("mã JOB-01")).to_be_visible(timeout=10_000)
    _execute(site_database, "UPDATE jobs_job SET state = 'running', done_count = 3, total_count = 12, message = 'Lớp'")
    expect(page.get_by_text("3 / 12 (25%)")).to_be_visible(timeout=10_000)


@pytest.mark.parametrize("size", [(390, 844), (1366, 768)])
def test_no_page_is_wider_than_its_screen(turning: str, page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    widths = {}

    def look(path: str) -> None:
        page.goto(path)
        widths[path] = width(page)

    sign_in(page, turning, "tendai")
    page.goto(turning)
    school = page.get_by_role("link", name="Tổng quan trường").first.get_attribute("href")
    here = f"{turning}{school}ket-chuyen/"
    look(here)
    page.get_by_role("button", name="Lập kế hoạch").click()
    expect(page.get_by_text("Chưa chạy được vì:")).to_be_visible()
    for path in (here, f"{here}chay/", f"{here}hoan-tac/", f"{here}?xu-ly=can-xem"):
        look(path)
    page.get_by_role("link", name=re.compile("^Xem, đổi")).first.click()
    look(page.url)
    sign_in(page, turning, "truongphong")
    look(f"{turning}/ket-chuyen/")
    look(f"{turning}/ket-chuyen/?sap-xep=ten")

    assert widths == dict.fromkeys(widths, size[0])


def test_a_school_without_pupils_is_told_so(turning: str, page: Page) -> None:
    _open(page, turning, "moimo")

    page.get_by_role("button", name="Lập kế hoạch").click()

    expect(page.get_by_text("Không có học sinh nào cuối năm học này")).to_be_visible()
