"""In a real browser, by keyboard: a roster with faults looked at, one row left out, written, taken back; the
ministry's school file brought in twice."""

import io
import re
from pathlib import Path

import pytest
import xlsxwriter
from playwright.sync_api import Page, expect

from tests.conftest import OwnDatabase
from tests.portals.browsing import DESK, PHONE, faults, sign_in, tab_to, width

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SCHOOLS = Path(__file__).parents[1] / "data" / "schools-province-19-part.xlsx"


def _roster() -> bytes:
    """Three pupils to come and one whose class and day cannot be."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet("Danh sách")
    lines = [
        ["DANH SÁCH HỌC SINH"],
        [],
        ["STT", "Họ và tên", "Ngày sinh", "Giới tính", "Lớp"],
        ["1", "Vũ Gia Bảo", "02/03/2012", "Nam", "7A"],
        ["2", "Đinh Thị Ánh", "05/09/2012", "Nữ", "7A"],
        ["3", "Hà Mỹ Linh", "11/12/2012", "Nữ", "7B"],
        ["4", "Lê Văn Chín", "31/02/2012", "Nam", "9X"],
    ]
    for row, line in enumerate(lines):
        for column, text in enumerate(line):
            sheet.write_string(row, column, text)
    book.close()
    return file.getvalue()


def _send(page: Page, file: Path) -> None:
    page.get_by_label(re.compile("Chọn tệp Excel")).set_input_files(file)
    tab_to(page, "Tải lên và kiểm tra")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Tiến độ")).to_be_visible()
    assert faults(page) == []


def test_a_clerk_brings_a_roster_in_looks_leaves_one_out_writes_and_takes_back(
    site: str, site_database: OwnDatabase, page: Page, tmp_path: Path
) -> None:
    file = tmp_path / "danh sách lớp 7.xlsx"
    file.write_bytes(_roster())
    sign_in(page, site, "vanthu")
    tab_to(page, "Nhập từ Excel")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nhập dữ liệu từ Excel")
    assert faults(page) == []
    page.get_by_role("radio", name=re.compile("^Học sinh")).focus()
    page.keyboard.press("Space")
    _send(page, file)
    site_database.csdl("worker", "--once")

    expect(page.get_by_role("heading", level=1)).to_have_text("Xem trước khi ghi")
    expect(page.get_by_role("button", name="Ghi vào hệ thống (3 thêm mới)")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("Lê Văn Chín"))).to_contain_text("Không nhận")
    assert faults(page) == []
    page.get_by_role("checkbox", name=re.compile("Hà Mỹ Linh")).focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Ghi vào hệ thống (2 thêm mới)")).to_be_visible()
    expect(page.locator("#sums-said")).to_have_text("Sẽ ghi 2 thêm mới.")
    expect(page.get_by_role("checkbox", name=re.compile("Hà Mỹ Linh"))).to_be_focused()
    page.set_viewport_size(PHONE)
    assert width(page) <= 390
    assert faults(page) == []
    page.set_viewport_size(DESK)

    with page.expect_download() as taken:
        page.get_by_role("link", name="Tải tệp lỗi").click()
    assert taken.value.suggested_filename == "loi-nhap-du-lieu.xlsx"
    page.get_by_role("button", name=re.compile("^Ghi vào hệ thống")).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Tiến độ")).to_be_visible()
    site_database.csdl("worker", "--once")
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã ghi vào hệ thống")
    assert faults(page) == []

    page.get_by_role("link", name="Hoàn tác").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Lần nhập đã thêm 2 dòng")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="Hoàn tác").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Tiến độ")).to_be_visible()
    site_database.csdl("worker", "--once")
    expect(page.get_by_role("heading", level=1)).to_have_text("Đã hoàn tác")
    tab_to(page, "Học sinh")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Nguyễn Thị Lan")).to_be_visible()
    expect(page.get_by_role("link", name="Vũ Gia Bảo")).to_have_count(0)


def test_the_department_brings_the_school_file_in_and_again_without_change(
    empty_site: str, site_database: OwnDatabase, page: Page
) -> None:
    sign_in(page, empty_site, "so19")

    for written in (True, False):
        page.get_by_role("link", name="Trường", exact=True).first.click()
        page.get_by_role("link", name="Nhập danh mục trường").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("radio", name=re.compile("^Danh mục trường"))).to_be_checked()
        _send(page, SCHOOLS)
        site_database.csdl("worker", "--once")
        expect(page.get_by_role("heading", level=1)).to_have_text("Xem trước khi ghi")
        assert faults(page) == []
        if written:
            page.get_by_role("button", name=re.compile(r"^Ghi vào hệ thống \([\d.]+ thêm mới\)$")).focus()
            page.keyboard.press("Enter")
            expect(page.get_by_role("region", name="Tiến độ")).to_be_visible()
            site_database.csdl("worker", "--once")
            expect(page.get_by_role("heading", level=1)).to_have_text("Đã ghi vào hệ thống")
            assert faults(page) == []

    expect(page.get_by_text("Không có gì để ghi.").first).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Ghi vào hệ thống"))).to_have_count(0)
