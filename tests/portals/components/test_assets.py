"""What the pages load: complete, from here only, and light."""

import gzip
import re
from pathlib import Path

import pytest

from csdl.portals.components.assets import collect, collect_print_fonts

ROOT = Path(__file__).resolve().parents[3]
OWN = ROOT / "csdl" / "portals" / "components" / "static" / "components"

pytestmark = pytest.mark.skipif(not (ROOT / "node_modules").exists(), reason="front-end packages are not installed")


@pytest.fixture(scope="module")
def assets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("assets")
    collect(ROOT / "node_modules", target)
    return target


def test_everything_a_page_loads_fits_in_250_kb(assets: Path) -> None:
    fonts = sum(file.stat().st_size for file in (assets / "fonts").iterdir())
    texts = [assets / "vendor.css", assets / "htmx.js", OWN / "app.css", OWN / "app.js"]

    assert fonts + sum(len(gzip.compress(file.read_bytes())) for file in texts) < 200 * 1024


def test_pictures_have_a_script_of_their_own_that_is_no_burden(assets: Path) -> None:
    script = (assets / "echarts.js").read_bytes()

    assert script.startswith(b"var echarts=")
    # All of ECharts is 380 KB; only the page of pictures loads this.
    assert len(gzip.compress(script)) < 240 * 1024
    assert {"echarts.txt", "zrender.txt"} <= {file.name for file in (assets / "licenses").iterdir()}


def test_no_file_asks_another_host(assets: Path) -> None:
    for file in [*assets.glob("*.css"), *OWN.glob("*.css")]:
        addresses = re.findall(r"url\(\s*['\"]?([^'\")]+)", file.read_text(encoding="utf-8"))
        assert [address for address in addresses if not address.startswith(("data:", "fonts/"))] == []
        assert all((assets / address).exists() for address in addresses if address.startswith("fonts/"))


def test_used_rules_stay_and_unused_go(assets: Path) -> None:
    css = (assets / "vendor.css").read_text(encoding="utf-8")

    assert {rule: rule in css for rule in (".btn-primary{", ".form-control{", ".carousel-item{", ".bg-pinterest{")} == {
        ".btn-primary{": True,
        ".form-control{": True,
        ".carousel-item{": False,
        ".bg-pinterest{": False,
    }


def test_the_lock_file_names_no_host() -> None:
    assert "://" not in (ROOT / "package-lock.json").read_text(encoding="utf-8")


def test_documents_have_their_typeface_and_pages_do_not_load_it(tmp_path: Path, assets: Path) -> None:
    written = collect_print_fonts(ROOT / "node_modules", tmp_path / "fonts")

    assert sorted(written) == [
        "LICENSE_FONT",
        "Tinos_400Regular.ttf",
        "Tinos_400Regular_Italic.ttf",
        "Tinos_700Bold.ttf",
        "Tinos_700Bold_Italic.ttf",
    ]
    assert list(assets.rglob("*.ttf")) == []
