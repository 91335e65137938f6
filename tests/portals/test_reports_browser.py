"""In a real browser: three schools freeze, explain, sign and send; one is returned with a remark on a cell and sends
again; the office adds up, the department closes. axe on every page of the way, and no page wider than its screen."""

import re

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.conftest import OwnDatabase
from tests.portals.browsing import DESK, PHONE, faults, sign_in, width
from tests.portals.reporting import code_now
from tests.portals.serving import ServedSite

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
LONG = "x" * 440  # what people write may be one word


@pytest.fixture
def reporting(served: ServedSite) -> str:
    """Address of the site, with a period and three schools of one office in it."""
    served.begin("tests.portals.reporting.build")
    return served.address


def _open(page: Page, site: str, username: str) -> None:
    sign_in(page, site, username)
    page.get_by_role("link", name="Báo cáo", exact=True).first.click()


def _open_report(page: Page, site: str, username: str) -> None:
    _open(page, site, username)
    page.locator("main").get_by_role("link", name="Tiểu học", exact=True).click()
    expect(page.get_by_role("heading", name="Các bước")).to_be_visible()


def _prove(page: Page) -> None:
    """Show again who one is, where the page asks."""
    page.wait_for_load_state()
    if "/tai-khoan/xac-nhan/" in page.url:
        page.locator("#id_code").fill(code_now())
        page.get_by_role("button", name="Tiếp tục").click()


def _is_sound(page: Page) -> None:
    """axe finds nothing, and nothing has to be pushed sideways, at both sizes."""
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        assert faults(page) == []
        assert width(page) <= size["width"]
    page.set_viewport_size(DESK)


def _freeze(page: Page, site: str, place: int) -> None:
    _open_report(page, site, f"clerk{place}")
    page.get_by_role("button", name=re.compile("Chốt (số liệu|lại)")).click()
    expect(page.get_by_text(re.compile(r"Đã chốt lần \d+: 2 học sinh"))).to_be_visible()


def _sign_and_send(page: Page, site: str, place: int) -> None:
    _open_report(page, site, f"head{place}")
    page.get_by_role("link", name="Xem để ký, gửi").click()
    _prove(page)
    page.get_by_label("Tôi đã xem các biểu").check()
    page.get_by_role("button", name="Ký và gửi").click()
    expect(page.get_by_text("Đã ký và gửi Phòng GDĐT Lê Chân.")).to_be_visible()


def test_three_schools_send_one_is_returned_the_office_adds_up_and_the_department_closes(
    reporting: str, page: Page, site_database: OwnDatabase
) -> None:
    # One school has an open check: it explains before it can be signed.
    _open(page, reporting, "clerk0")
    _is_sound(page)
    for place in range(3):
        _freeze(page, reporting, place)
    _open_report(page, reporting, "head0")
    _is_sound(page)
    page.get_by_role("link", name="Xem để ký, gửi").click()
    _prove(page)
    expect(page.get_by_text("Chưa ký được, còn phải làm:")).to_be_visible()
    _is_sound(page)
    _open_report(page, reporting, "clerk0")
    page.get_by_label("Giải trình").fill(f"Giấy khai sinh đang xin cấp lại {LONG}")
    page.get_by_role("button", name="Lưu giải trình").click()
    expect(page.get_by_text("Đã lưu giải trình.")).to_be_visible()
    for place in range(3):
        _sign_and_send(page, reporting, place)

    # The office looks at the board, remarks on a cell by keyboard, returns the first, accepts the others.
    _open(page, reporting, "phong")
    expect(page.get_by_text("3 báo cáo: 3 đã gửi (0 muộn)")).to_be_visible()
    _is_sound(page)
    page.locator("main").get_by_role("link", name="Trường Tiểu học 0").click()
    _is_sound(page)
    report = page.url
    page.get_by_role("link", name=re.compile("^02.ĐN-TH")).click()
    page.get_by_role("link", name="III. Học sinh").click()
    page.locator("#dong-37 [data-cell]").first.focus()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    expect(page.locator("#dong-40 [data-cell]").first).to_be_focused()
    page.keyboard.press("Enter")
    panel = page.get_by_role("complementary", name="Ô đang xem")
    expect(panel.get_by_role("heading", name="Dòng 40: Học sinh lớp 1")).to_be_visible()
    expect(panel.get_by_text("Được đếm: 2")).to_be_visible()
    _is_sound(page)
    panel.get_by_label("Nhận xét ô này cho trường").fill(f"Thiếu em mới chuyển đến {LONG}")
    panel.get_by_role("button", name="Ghi nhận xét").click()
    expect(page.get_by_text("Đã ghi nhận xét ở dòng 40.")).to_be_visible()
    _is_sound(page)
    page.goto(f"{report}bieu/02-DN-TH/tep/")
    page.get_by_label("Mật khẩu mở tệp").fill("ngan")
    page.get_by_role("button", name="Tải về").click()
    expect(page.locator(".field-error")).to_contain_text("Mật khẩu mở tệp ngắn quá")
    _is_sound(page)
    page.goto(report)
    page.locator("summary", has_text="Trả lại trường").click()
    page.get_by_label("Lý do trả lại").fill(f"Xem nhận xét ở dòng 40 {LONG}")
    page.get_by_role("button", name="Trả lại", exact=True).click()
    expect(page.get_by_text("Đã trả lại báo cáo cho Trường Tiểu học 0.")).to_be_visible()
    _open(page, reporting, "phong")
    for place in (1, 2):
        page.get_by_label(f"Chọn Trường Tiểu học {place}, Tiểu học").check()
    page.get_by_role("button", name="Duyệt báo cáo đã chọn").click()
    expect(page.get_by_text("Đã duyệt 2 báo cáo.")).to_be_visible()

    # The school reads why, answers, freezes again, sees what changed, signs and sends again.
    sign_in(page, reporting, "clerk0")
    page.get_by_role("link", name=re.compile("Trả lời nhận xét, sửa và gửi lại báo cáo")).click()
    expect(page.get_by_text("Bị trả lại lúc 09:0")).to_be_visible()
    page.locator("summary", has_text="Nhật ký báo cáo").click()
    _is_sound(page)
    page.get_by_label("Trả lời nhận xét dòng 40").fill(f"Đã bổ sung hồ sơ {LONG}")
    page.get_by_role("button", name="Trả lời", exact=True).click()
    expect(page.get_by_text("Đã trả lời nhận xét.")).to_be_visible()
    _freeze(page, reporting, 0)
    _is_sound(page)
    _sign_and_send(page, reporting, 0)
    _open(page, reporting, "phong")
    page.locator("main").get_by_role("link", name="Trường Tiểu học 0").click()
    _is_sound(page)
    page.get_by_role("button", name="Duyệt", exact=True).click()
    expect(page.get_by_text("Đã duyệt báo cáo của Trường Tiểu học 0.")).to_be_visible()

    # Pictures are drawn from the tables beside them, by the page's own rules.
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    _open(page, reporting, "phong")
    page.get_by_role("link", name="Biểu đồ", exact=True).click()
    drawn = page.locator(".picture-canvas canvas")
    expect(drawn).to_have_count(5)  # nobody of a minority, no staff
    _is_sound(page)
    assert said == []

    # The office adds up, signs and sends on.
    _open(page, reporting, "phong")
    page.get_by_role("link", name="Tổng hợp", exact=True).click()
    page.get_by_role("button", name="Tổng hợp các báo cáo đã duyệt").click()
    expect(page.get_by_text("tổng hợp lần 1, 3/3 đơn vị, 6 học sinh.")).to_be_visible()
    _is_sound(page)
    page.locator("main").get_by_role("link", name="Phòng GDĐT Lê Chân").click()
    expect(page.get_by_text("Đã cộng lại từ 3 báo cáo: khớp từng ô, 6 học sinh đếm lại đủ.")).to_be_visible()
    _is_sound(page)
    page.get_by_role("link", name="Ký, gửi Sở").click()
    _prove(page)
    page.get_by_label("Tôi đã xem bản tổng hợp").check()
    page.get_by_role("button", name="Ký và gửi Sở").click()
    expect(page.get_by_text("Đã ký và gửi Sở.")).to_be_visible()

    # The department accepts, adds up and closes; what is missing is named.
    sign_in(page, reporting, "so")
    page.get_by_role("link", name=re.compile("báo cáo tổng hợp của Phòng chờ Sở duyệt")).click()
    page.locator("main").get_by_role("link", name="Phòng GDĐT Lê Chân").click()
    page.get_by_role("button", name="Duyệt", exact=True).click()
    expect(page.get_by_text("Đã duyệt báo cáo tổng hợp của Phòng GDĐT Lê Chân.")).to_be_visible()
    page.get_by_role("link", name="Tổng hợp", exact=True).click()
    page.get_by_role("button", name="Tổng hợp các báo cáo đã duyệt").click()
    page.locator("main").get_by_role("link", name="Sở Giáo dục và Đào tạo").click()
    expect(page.get_by_text("Trường Tiểu học trực thuộc – chưa lập")).to_be_visible()
    page.get_by_role("link", name=re.compile("^02.ĐN-TH")).click()
    page.get_by_role("link", name="III. Học sinh").click()
    _is_sound(page)
    page.locator("#dong-37 [data-cell]").first.click()
    expect(page.get_by_role("row", name="Trường Tiểu học 0 2")).to_be_visible()
    page.go_back()
    page.go_back()
    page.get_by_role("link", name="Ký, đóng kỳ").click()
    _prove(page)
    _is_sound(page)
    page.get_by_label("Tôi đã xem bản tổng hợp").check()
    page.get_by_role("button", name="Ký và đóng kỳ").click()
    expect(page.get_by_text("Đã ký và đóng kỳ.")).to_be_visible()

    assert site_database.rows("SELECT DISTINCT state FROM reports_submission") == [("finalised",)]
    assert site_database.rows("SELECT max(version) FROM reports_snapshot") == [(2,)]


def test_leaving_a_form_with_typed_cells_asks(reporting: str, page: Page) -> None:
    _open_report(page, reporting, "clerk0")
    here = f"{page.url}bieu/NS/?phan=II"
    # A tab of its own: the refusal below is meant, and the browser notes it as an error.
    tab = page.context.new_page()
    asked: list[str] = []
    broken: list[str] = []
    tab.on("pageerror", lambda error: broken.append(str(error)))

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    tab.on("dialog", stay)
    tab.goto(here)
    cell, save, other = (
        tab.locator("[name='15:planned']"),
        tab.get_by_role("button", name="Ghi các ô nhập tay"),
        tab.get_by_role("link", name="Báo cáo", exact=True).first,
    )

    cell.fill("mười")
    with tab.expect_event("dialog"):
        other.click()
    expect(cell).to_have_value("mười")
    assert (asked, tab.url) == (["beforeunload"], here)

    # Saving does not ask; what came back refused is still not written.
    save.click()
    expect(tab.get_by_text("Chưa ghi ô nào, có nội dung cần sửa.")).to_be_visible()
    assert asked == ["beforeunload"]
    _is_sound(tab)
    with tab.expect_event("dialog"):
        other.click()
    cell.fill("12")
    save.click()
    expect(tab.get_by_text("Đã ghi 1 ô.")).to_be_visible()
    other.click()
    tab.wait_for_url(lambda url: url != here)
    assert (asked, broken) == (["beforeunload"] * 2, [])


def test_more_time_is_given_from_a_phone(reporting: str, page: Page) -> None:
    _open(page, reporting, "phong")
    page.set_viewport_size(PHONE)
    found = faults(page)

    page.get_by_role("link", name="Gia hạn Trường Tiểu học 1").click()

    assert found == []
    expect(page.get_by_role("heading", name="Gia hạn cho Trường Tiểu học 1")).to_be_visible()


def test_the_pages_of_the_period_are_sound(reporting: str, page: Page) -> None:
    for username, addresses in (
        ("so", ["bao-cao/", "bao-cao/khac-thuong/", "bao-cao/2024-dau-nam/cai-dat/", "bao-cao/mo-ky/"]),
        ("phong", ["tro-giup/bao-cao-thong-ke/"]),
    ):
        sign_in(page, reporting, username)
        for address in addresses:
            page.goto(f"{reporting}/{address}")
            _is_sound(page)


def test_a_wide_sheet_keeps_its_rows_told_and_the_opened_cell_in_sight(reporting: str, page: Page) -> None:
    _freeze(page, reporting, 1)
    page.set_viewport_size({"width": 1366, "height": 768})
    page.get_by_role("link", name=re.compile("^02.ĐN-TH")).click()
    page.get_by_role("link", name="III. Học sinh").click()
    expect(page.get_by_text(re.compile("Hồ sơ ngày .* không khác lần chốt 1"))).to_be_visible()
    page.locator("#dong-38 [data-cell]").first.focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    panel = page.get_by_role("complementary", name="Ô đang xem")
    expect(panel.get_by_text(re.compile("Hồ sơ ngày .* đếm 0, không khác lần chốt"))).to_be_visible()

    def box(selector: str) -> dict[str, float]:
        found = page.locator(selector).first.bounding_box()
        assert found is not None
        return dict(found)

    wrap, cell, label, code = (
        box(one) for one in (".sheet-wrap", ".sheet-open", "#dong-38 .sheet-label", "#dong-38 .sheet-code")
    )
    heading, first, second = (
        box(one)
        for one in (".sheet-heading span", ".sheet thead tr:first-child th:last-child", ".sheet thead tr + tr th")
    )
    right = wrap["x"] + wrap["width"]

    assert label["x"] >= wrap["x"]
    assert code["x"] >= label["x"] + label["width"] - 1
    assert code["x"] + code["width"] <= cell["x"] + 1
    assert cell["x"] + cell["width"] <= right + 1
    assert wrap["x"] <= heading["x"] < right
    assert abs(first["y"] + first["height"] - second["y"]) < 1
    page.keyboard.press("Escape")
    expect(page.locator("#dong-38 [data-cell]").last).to_be_focused()
    assert page.locator(".sheet-open").count() == 0
