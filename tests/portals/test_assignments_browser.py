"""In a real browser: the grid filled by keyboard alone, a block pasted, saved, taken back; axe; a phone."""

import pytest
from playwright.sync_api import Page, expect

from tests.portals.browsing import PHONE, faults, sign_in, tab_to, width

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

_PASTE = """text => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const pasted = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  document.activeElement.dispatchEvent(pasted);
}"""


def _here(page: Page) -> str:
    return page.evaluate("document.activeElement.getAttribute('aria-label')")


def test_a_clerk_fills_the_grid_by_keyboard_alone(site: str, page: Page) -> None:
    sign_in(page, site, "vanthu")
    tab_to(page, "Phân công", exact=True)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Phân công")
    assert page.evaluate("getComputedStyle(document.querySelector('[data-grid]')).display") == "table"
    heads, cells = (page.locator(f"[data-grid] {part} tr").first.locator("th, td") for part in ("thead", "tbody"))
    assert [round(heads.nth(n).bounding_box()["x"]) for n in range(3)] == [
        round(cells.nth(n).bounding_box()["x"]) for n in range(3)
    ]
    assert faults(page) == []

    tab_to(page, "Chủ nhiệm 7B")
    page.keyboard.press("ArrowRight")
    assert _here(page) == "Ngữ văn 7B"
    page.keyboard.press("ArrowUp")
    page.keyboard.type("trang")
    page.keyboard.press("Enter")
    assert _here(page) == "Ngữ văn 7B"
    page.keyboard.type("bui trang (3)")
    page.keyboard.press("Tab")
    page.keyboard.type("ai do")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Ngữ văn 7A")).to_have_value("Bùi Thu Trang")
    expect(page.get_by_label("Ngữ văn 7B")).to_have_value("Bùi Thu Trang (3)")
    expect(page.get_by_label("Toán 7B")).to_have_value("ai do")
    expect(page.get_by_text("Không có giáo viên tên “ai do”.")).to_be_visible()
    expect(page.locator("[data-grid-state]")).to_have_text("3 ô chưa lưu. 1 ô chưa rõ tên.")
    assert faults(page) == []

    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Escape")
    expect(page.get_by_label("Toán 7B")).to_have_value("")
    page.keyboard.press("ArrowUp")
    page.evaluate(_PASTE, "BUI THU TRANG\tbùi trang\nthu trang\tngười lạ\n")
    expect(page.get_by_label("Toán 7A")).to_have_value("Bùi Thu Trang")
    expect(page.get_by_label("Ngoại ngữ 1 7B")).to_have_value("người lạ")
    expect(page.locator("[data-grid-state]")).to_have_text("6 ô chưa lưu. 1 ô chưa rõ tên. Đã dán 4 ô.")

    tab_to(page, "Lưu", exact=True)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Chưa lưu ô nào.")).to_be_visible()
    expect(page.locator(".note-error")).to_be_focused()
    expect(page.get_by_label("Ngoại ngữ 1 7B")).to_have_value("người lạ")
    assert faults(page) == []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert _here(page) == "Ngoại ngữ 1 7B"
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    tab_to(page, "Lưu", exact=True)
    page.keyboard.press("Enter")

    expect(page.get_by_text("Đã lưu 5 ô phân công.")).to_be_visible()
    expect(page.locator("[data-grid-state]")).to_have_text("")
    tab_to(page, "Hoàn tác", exact=True)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Đã hoàn tác: 5 ô trở lại như trước.")).to_be_visible()
    expect(page.get_by_label("Toán 7A")).to_have_value("")


def test_one_class_at_a_time_on_a_phone(site: str, page: Page) -> None:
    page.set_viewport_size(PHONE)
    sign_in(page, site, "hieutruong")
    page.locator("summary", has_text="Thêm").click()
    page.get_by_role("link", name="Phân công").last.click()
    assert width(page) <= 390
    assert faults(page) == []
    page.get_by_role("link", name="Lớp 7A").click()
    page.get_by_label("Toán 7A").fill("trang")
    assert width(page) <= 390
    assert faults(page) == []
    page.get_by_role("button", name="Lưu").click()

    expect(page.get_by_text("Đã lưu 1 ô phân công.")).to_be_visible()
    page.get_by_role("link", name="Lớp 7A").click()
    expect(page.get_by_label("Toán 7A")).to_have_value("Bùi Thu Trang")


def test_what_was_typed_survives_the_end_of_thesign_in(site: str, page: Page) -> None:
    sign_in(page, site, "vanthu")
    page.get_by_role("link", name="Phân công", exact=True).click()
    page.get_by_label("Toán 7B").fill("trang")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Lưu", exact=True).click()

    page.get_by_label("Tên đăng nhập").fill("vanthu")
    page.get_by_label("Mật khẩu").fill("mat-khau-thu")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Toán 7B")).to_have_value("Bùi Thu Trang")
    expect(page.locator("[data-grid-state]")).to_have_text("1 ô chưa lưu. Đã lấy lại nội dung đang gõ dở, chưa lưu.")


def test_a_block_of_two_rows_fills_four_cells(site: str, page: Page) -> None:
    sign_in(page, site, "vanthu")
    page.get_by_role("link", name="Phân công", exact=True).click()
    page.get_by_label("Ngữ văn 7A").focus()

    page.evaluate(_PASTE, "bui trang\tthu trang\r\ntrang\tngười lạ\r\n")

    names = ("Ngữ văn 7A", "Toán 7A", "Ngữ văn 7B", "Toán 7B")
    values = [page.get_by_label(name).input_value() for name in names]
    assert values == ["Bùi Thu Trang", "Bùi Thu Trang", "Bùi Thu Trang", "người lạ"]
    expect(page.locator("[data-grid-state]")).to_have_text("4 ô chưa lưu. 1 ô chưa rõ tên. Đã dán 4 ô.")


def test_what_of_a_block_falls_outside_the_table_is_said(site: str, page: Page) -> None:
    sign_in(page, site, "vanthu")
    page.get_by_role("link", name="Phân công", exact=True).click()
    page.get_by_label("Ngữ văn 7B").focus()

    page.evaluate(_PASTE, "trang\tbùi trang\nDư Một\tDư Hai\n")

    assert [page.get_by_label(f"{name} 7B").input_value() for name in ("Ngữ văn", "Toán")] == ["Bùi Thu Trang"] * 2
    said = "2 ô chưa lưu. Đã dán 2 ô. Không có ô cho: Dư Một, Dư Hai."
    expect(page.locator("[data-grid-state]")).to_have_text(said)
