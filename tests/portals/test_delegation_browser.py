"""In a real browser, from the head to the teacher: the administration account handed over, classes and functions given,
power only with both papers, none when one is withdrawn; an office's officers split by level."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.documents import files
from tests.portals.browsing import look, sign_in
from tests.portals.serving import ServedSite

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def people(served: ServedSite) -> str:
    served.begin("tests.portals.delegated.build")
    return served.address


def _open(page: Page, *names: str) -> None:
    for name in names:
        page.get_by_role("link", name=name, exact=True).first.click()
        page.wait_for_load_state()


def _scan(page: Page, pages: int) -> None:
    content = files.pdf(pages, marker=page.url)
    page.set_input_files("#tep", {"name": "quet.pdf", "mimeType": "application/pdf", "buffer": content})
    page.get_by_role("button", name="Lưu bản ký").click()


def _said(page: Page, text: str) -> None:
    expect(page.locator("main")).to_contain_text(text)


def _give(page: Page, who: str, role: str, class_name: str = "") -> None:
    _open(page, "Phân quyền", "Phân quyền mới")
    option = page.locator("#nguoi option", has_text=who).get_attribute("value")
    page.select_option("#nguoi", option)
    page.select_option("#quyen", role)
    if class_name:
        page.get_by_label(class_name, exact=True).check()
    page.get_by_role("button", name="Xem trước").click()
    _said(page, f"{who} sẽ thấy")
    look(page)
    page.get_by_role("button", name="Lập biên bản và cam kết").click()
    _said(page, "Đã lập biên bản và cam kết.")


def test_rights_go_from_the_head_to_the_teacher_by_papers(page: Page, people: str) -> None:
    sign_in(page, people, "hanh")
    _open(page, "Phân quyền")
    look(page)
    _open(page, "Tài khoản quản trị")
    look(page)
    page.select_option("#nguoi", label="Lê Minh Ngọc")
    page.get_by_role("button", name="Lập biên bản bàn giao").click()
    look(page)
    _scan(page, 3)
    _said(page, "1 quyền đã có hiệu lực.")

    sign_in(page, people, "ngoc")
    _give(page, "Nguyễn Thị Lan", "homeroom_teacher", "7A")
    batch = page.url
    page.get_by_label(re.compile("Có trong tệp quét: Bản cam kết")).uncheck()
    _scan(page, 2)
    _said(page, "Quyền có hiệu lực khi đủ chữ ký hai bên và cam kết.")

    sign_in(page, people, "lan")
    _said(page, "giấy tờ chờ tôi xác nhận hoặc ký")
    expect(page.get_by_role("link", name="Lớp", exact=True)).to_have_count(0)
    _open(page, "Quyền của tôi")
    look(page)

    sign_in(page, people, "ngoc")
    page.goto(batch)
    page.get_by_label(re.compile("Trang của Bản cam kết")).fill("1")
    _scan(page, 1)
    _said(page, "1 quyền đã có hiệu lực.")
    _give(page, "Trần Thị Mai", "student_records")
    _scan(page, 3)
    _said(page, "1 quyền đã có hiệu lực.")

    sign_in(page, people, "lan")
    _open(page, "Lớp")
    expect(page.locator("main")).to_contain_text("7A")
    expect(page.locator("main")).not_to_contain_text("7B")
    sign_in(page, people, "mai")
    _open(page, "Lớp")
    expect(page.locator("main")).to_contain_text("7B")

    sign_in(page, people, "ngoc")
    page.goto(batch)
    page.get_by_role("link", name=re.compile("^Biên bản")).click()
    look(page)
    page.locator("#withdraw summary").click()
    page.get_by_label(re.compile("^Lý do")).fill("Thôi chủ nhiệm lớp 7A")
    page.locator("#withdraw").get_by_role("button", name="Thu hồi").click()
    _said(page, "Các quyền theo biên bản đã dừng.")
    sign_in(page, people, "lan")
    expect(page.get_by_role("link", name="Lớp", exact=True)).to_have_count(0)
    _open(page, "Quyền của tôi")
    _said(page, "Đã thu hồi")


def test_an_office_head_splits_three_officers_by_level(page: Page, people: str) -> None:
    sign_in(page, people, "yen")
    _open(page, "Phân quyền", "Theo cấp học")
    look(page)
    for who, level in (("mam non", "Mầm non"), ("tieu hoc", "Tiểu học"), ("thcs", "Trung học cơ sở")):
        page.get_by_label(f"Chuyên viên {who}, {level}", exact=True).check()
    page.get_by_role("button", name="Lập biên bản").click()
    _said(page, "Đã lập biên bản cho 3 chuyên viên.")
    look(page)
    pages = page.locator("input[name^=trang-]")
    last = pages.nth(pages.count() - 1).input_value().split("-")[-1]
    _scan(page, int(last))
    _said(page, "3 quyền đã có hiệu lực.")
    _open(page, "Kiện toàn nhân sự")
    look(page)

    seen = {}
    for username in ("cv1", "cv2", "cv3"):
        sign_in(page, people, username)
        _open(page, "Trường")
        page.wait_for_load_state()
        seen[username] = sorted(page.locator("#results tbody th").all_inner_texts())
    assert seen == {
        "cv1": ["Trường Mầm non Hoa Sen"],
        "cv2": ["Trường Tiểu học Cát Dài"],
        "cv3": ["Trường THCS Kế Bên", "Trường THCS Tô Hiệu"],
    }
