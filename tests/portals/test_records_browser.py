"""In a real browser: a class from empty to printed register by keyboard, a number mended on a phone, a draft kept."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.documents.files import pdf
from tests.papers import text_of
from tests.portals.browsing import PHONE, faults, sign_in, sign_in_by_form, tab_to, type_into, width

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def another(page: Page) -> Iterator[Page]:
    """A second tab of the same browser."""
    tab = page.context.new_page()
    yield tab
    tab.close()


def test_a_clerk_works_a_class_from_empty_to_printed_register_by_keyboard_alone(site: str, page: Page) -> None:
    sign_in(page, site, "vanthu")
    tab_to(page, "Lớp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lớp")
    tab_to(page, "Lập lớp mới")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lập lớp mới")
    assert faults(page) == []
    type_into(page, "Tên lớp", "6A")
    tab_to(page, "Khối")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    tab_to(page, "Lập lớp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lớp 6A")
    assert faults(page) == []

    tab_to(page, "Thêm học sinh vào lớp")
    page.keyboard.press("Enter")
    for name in ("Vũ Gia Bảo", "Đinh Thị Ánh"):
        expect(page.get_by_label("Họ và tên (bắt buộc)", exact=True)).to_have_value("")
        type_into(page, "Họ và tên", name)
        type_into(page, "Ngày sinh", "02032013")
        tab_to(page, "Giới tính")
        page.keyboard.type("Nam")
        tab_to(page, "Lưu và thêm tiếp")
        page.keyboard.press("Enter")
        expect(page.get_by_text(f"Đã thêm học sinh {name} (6A).")).to_be_visible()
    type_into(page, "Họ và tên", "Trần 9")
    tab_to(page, "Lưu học sinh")
    page.keyboard.press("Enter")
    expect(page.locator(".note-error")).to_be_focused()
    assert faults(page) == []

    tab_to(page, "Họ và tên")
    page.keyboard.press("Enter")  # the error leads to its field
    expect(page.get_by_label("Họ và tên (bắt buộc)", exact=True)).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("Trần Văn Chín")
    type_into(page, "Ngày sinh", "05/06/2013")
    tab_to(page, "Giới tính")
    page.keyboard.type("Nam")
    tab_to(page, "Lưu học sinh")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Trần Văn Chín")
    tab_to(page, "6A")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lớp 6A")
    tab_to(page, "In sổ")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sổ đăng bộ lớp 6A")
    tab_to(page, "Mục đích sử dụng")
    page.keyboard.press("ArrowDown")
    tab_to(page, "Tải về")
    with page.expect_download() as printed:
        page.keyboard.press("Enter")
    register = text_of(Path(printed.value.path()).read_bytes())
    places = [register.index(name) for name in ("Đinh Thị Ánh", "Vũ Gia Bảo", "Trần Văn Chín")]
    assert places == sorted(places)


def test_a_homeroom_teacher_mends_a_phone_number_on_a_phone(site: str, page: Page) -> None:
    page.set_viewport_size(PHONE)
    sign_in(page, site, "chunhiem")
    page.locator("nav").get_by_role("link", name="Học sinh", exact=True).last.click()
    page.get_by_role("link", name="Nguyễn Thị Lan").click()
    assert faults(page) == []
    page.get_by_role("link", name="Sửa thông tin Phạm Thị Hoa").click()
    page.get_by_label("Điện thoại", exact=True).fill("0987 654 321")
    assert width(page) <= 390
    assert faults(page) == []
    page.get_by_role("button", name="Lưu", exact=True).click()

    expect(page.get_by_text("Đã lưu mẹ Phạm Thị Hoa: điện thoại.")).to_be_visible()
    page.get_by_role("button", name=re.compile("Hiện đủ số: điện thoại")).click()
    expect(page.get_by_text("0987654321")).to_be_visible()
    page.reload()
    page.get_by_role("button", name=re.compile("Hoàn tác lần sửa")).first.click()
    expect(page.get_by_text("Đã hoàn tác: điện thoại.")).to_be_visible()


def test_a_paper_is_put_into_a_pupils_file_and_taken_out(site: str, page: Page, tmp_path: Path) -> None:
    scan = tmp_path / "khai sinh.pdf"
    scan.write_bytes(pdf(2))
    sign_in(page, site, "chunhiem")
    page.get_by_role("link", name="Học sinh", exact=True).first.click()
    page.get_by_role("link", name="Nguyễn Thị Lan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nguyễn Thị Lan")
    tab_to(page, "Lưu giấy tờ")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lưu giấy tờ")
    assert faults(page) == []
    tab_to(page, "Loại giấy tờ")
    page.keyboard.type("Giấy khai")
    page.get_by_label("Tệp quét hoặc ảnh chụp").set_input_files(scan)
    tab_to(page, "Lưu", exact=True)
    page.keyboard.press("Enter")

    expect(page.get_by_text("Đã lưu vào hồ sơ: Giấy khai sinh.")).to_be_visible()
    assert faults(page) == []
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Giấy khai sinh").click()
    opened.value.close()
    page.set_viewport_size(PHONE)
    page.locator("summary", has_text="Rút").click()
    assert faults(page) == []
    page.get_by_label("Lý do rút").fill("Nhầm học sinh")
    page.get_by_role("button", name="Rút khỏi hồ sơ").click()
    expect(page.get_by_text("Nhầm học sinh")).to_be_visible()
    assert width(page) <= 390


def test_what_was_typed_survives_the_end_of_thesign_in(site: str, page: Page) -> None:
    sign_in(page, site, "vanthu")
    page.get_by_role("link", name="Học sinh", exact=True).click()
    page.get_by_role("link", name="Nguyễn Thị Lan").click()
    page.get_by_role("link", name="Sửa hồ sơ").click()
    page.get_by_label("Nơi sinh").fill("Kiến An")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Lưu", exact=True).click()

    page.get_by_label("Tên đăng nhập").fill("vanthu")
    page.get_by_label("Mật khẩu").fill("mat-khau-thu")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Nơi sinh")).to_have_value("Kiến An")
    expect(page.get_by_text("Đã lấy lại nội dung đang gõ dở")).to_be_visible()
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_text("Đã lưu hồ sơ: nơi sinh.")).to_be_visible()


def test_what_was_typed_survives_a_new_sign_in_in_another_tab(site: str, page: Page, another: Page) -> None:
    sign_in_by_form(another, site, "vanthu")
    another.get_by_role("link", name="Học sinh", exact=True).click()
    another.get_by_role("link", name="Nguyễn Thị Lan").click()
    another.get_by_role("link", name="Sửa hồ sơ").click()
    another.get_by_label("Nơi sinh").fill("Kiến An")
    another.context.clear_cookies(name="sessionid")
    sign_in_by_form(page, site, "vanthu")  # the form that is open was made for the sign-in before

    another.get_by_role("button", name="Lưu", exact=True).click()

    expect(another.get_by_role("heading", level=1)).to_have_text("Trang đã mở quá lâu")
    expect(another.get_by_role("banner")).to_be_visible()
    expect(another.get_by_text("Nội dung đã gõ vẫn được giữ")).to_be_visible()
    assert faults(another) == []
    another.get_by_role("link", name="Mở lại trang vừa gửi").click()
    expect(another.get_by_label("Nơi sinh")).to_have_value("Kiến An")
    expect(another.get_by_text("Đã lấy lại nội dung đang gõ dở")).to_be_visible()
    another.get_by_role("button", name="Lưu", exact=True).click()
    expect(another.get_by_text("Đã lưu hồ sơ: nơi sinh.")).to_be_visible()


def test_a_draft_does_not_write_over_what_somebody_saved_since(site: str, page: Page, another: Page) -> None:
    sign_in(page, site, "vanthu")
    page.get_by_role("link", name="Học sinh", exact=True).click()
    page.get_by_role("link", name="Nguyễn Thị Lan").click()
    page.get_by_role("link", name="Sửa hồ sơ").click()
    page.get_by_label("Nơi sinh").fill("Kiến An")
    another.goto(page.url)
    another.get_by_label("Quê quán").fill("Vĩnh Bảo")
    another.get_by_role("button", name="Lưu", exact=True).click()
    expect(another.get_by_text("Đã lưu hồ sơ: quê quán.")).to_be_visible()

    page.on("dialog", lambda asked: asked.accept())
    page.reload()

    expect(page.get_by_text("Đã lấy lại nội dung đang gõ dở")).to_be_visible()
    expect(page.get_by_label("Nơi sinh")).to_have_value("Kiến An")
    expect(page.get_by_label("Quê quán")).to_have_value("Vĩnh Bảo")


def test_a_pasted_list_survives_the_end_of_the_sign_in(site: str, page: Page) -> None:
    sign_in(page, site, "vanthu")
    page.get_by_role("link", name="Lớp", exact=True).click()
    page.get_by_role("link", name="7A", exact=True).click()
    page.get_by_role("link", name="Dán danh sách").click()
    page.get_by_label("Danh sách học sinh").fill("Lê Dán Một\nLê Dán Hai")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Xem trước").click()

    page.get_by_label("Tên đăng nhập").fill("vanthu")
    page.get_by_label("Mật khẩu").fill("mat-khau-thu")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Danh sách học sinh")).to_have_value("Lê Dán Một\nLê Dán Hai")
    expect(page.get_by_text("Đã lấy lại nội dung đang gõ dở")).to_be_visible()


def test_a_list_is_taken_out_with_its_purpose(site: str, page: Page) -> None:
    sign_in(page, site, "vanthu")
    page.get_by_role("link", name="Học sinh", exact=True).click()
    page.get_by_role("link", name="Tải danh sách").click()
    assert faults(page) == []
    page.get_by_label("Mục đích sử dụng").select_option("check")

    with page.expect_download() as taken:
        page.get_by_role("button", name=re.compile("^Tải ")).click()

    assert taken.value.suggested_filename.endswith(".xlsx")
