"""In a real browser: a head builds the dossier of the school, an inspector let in for some days opens it."""

import io
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import OwnDatabase
from tests.portals.browsing import look, sign_in
from tests.portals.serving import ServedSite

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def inspected(served: ServedSite) -> str:
    served.begin("tests.portals.delegated.build_inspected")
    return served.address


def test_a_head_builds_a_dossier_and_an_inspector_opens_it(
    inspected: str, site_database: OwnDatabase, page: Page
) -> None:
    sign_in(page, inspected, "hanh")
    page.get_by_role("link", name="Hồ sơ thanh tra", exact=True).first.click()
    page.get_by_label("Từ ngày").fill("01/08/2024")
    page.get_by_label("Đến hết ngày").fill("05/09/2024")
    look(page)
    page.get_by_role("button", name="Lập hồ sơ").click()
    expect(page.get_by_role("region", name="Tiến độ")).to_be_visible()
    site_database.csdl("worker", "--once")
    expect(page.get_by_role("link", name="Tải hồ sơ (ZIP)")).to_be_visible()

    sign_in(page, inspected, "thanh.tra")
    page.get_by_role("link", name="Hồ sơ thanh tra", exact=True).first.click()
    expect(page.get_by_role("button", name="Lập hồ sơ")).to_have_count(0)
    look(page)
    page.get_by_role("link", name="01/08/2024 – 05/09/2024").click()
    row = page.get_by_role("row", name="Biên bản giao và thu hồi quyền")
    expect(row).to_contain_text("1")
    look(page)
    with page.expect_download() as taken:
        page.get_by_role("link", name="Tải hồ sơ (ZIP)").click()
    with zipfile.ZipFile(io.BytesIO(Path(taken.value.path()).read_bytes())) as archive:
        names = archive.namelist()
    assert "00-bia.pdf" in names
    assert [name.split("-", 1)[1] for name in names if name.endswith("-bb-csdl.pdf")] == [
        "bien-ban-quyen/001-01-2024-bb-csdl.pdf"
    ]
