"""Packages turned into what the pages load (fonts, Tabler's rules and ECharts' parts that are used, htmx) and
what documents print with.

No other host is asked.

Tabler's whole style sheet weighs 79 KB compressed and 635 KB to parse, which an old phone feels on every page; of its
rules only those stay whose classes occur in our templates and code. Run again after a template uses a new class.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

__all__ = ["collect", "collect_print_fonts"]

PORTALS = Path(__file__).resolve().parents[1]
FONT_SUBSETS = ("vietnamese", "latin")
FONT_WEIGHTS = (400, 500, 600)
# Set by the browser's or htmx's own doing, so no template names them.
ALWAYS_USED = {"htmx-request", "htmx-indicator", "was-validated"}
PRINT_FONTS = "@expo-google-fonts/tinos"  # as wide as Times New Roman, letter by letter
LICENSES = {
    "@tabler/core": "tabler",
    "htmx.org": "htmx",
    "@fontsource/be-vietnam-pro": "be-vietnam-pro",
    "echarts": "echarts",
    "zrender": "zrender",
}
# What of ECharts is bundled: all of it weighs 380 KB compressed, this little more than half.
CHARTS = Path(__file__).with_name("echarts.entry.js")

_SOURCE_MAP = re.compile(r"(?m)^(?:/\*# sourceMappingURL=.*?\*/|//# sourceMappingURL=\S*)$")
_WORD = re.compile(r"[A-Za-z][\w-]*")
_CLASS = re.compile(r"\.((?:\\.|[\w-])+)")
_EITHER = re.compile(r":(?:not|is|where|has)\([^()]*(?:\([^()]*\)[^()]*)*\)")
_NESTING = ("@media", "@supports", "@layer", "@container")


def collect(node_modules: Path, target: Path) -> dict[str, int]:
    """Write the files that pages load from /static/vendor/ into `target`, replacing what stood there.

    Shapes:  file name below `target` -> size in bytes.
    Errors:  FileNotFoundError names the package that `npm ci` has not brought.
    """
    shutil.rmtree(target, ignore_errors=True)
    (target / "fonts").mkdir(parents=True)
    css = "\n".join([*_fonts(node_modules, target / "fonts"), _tabler(node_modules)])
    (target / "vendor.css").write_text(css, encoding="utf-8")
    htmx = _read(node_modules, "htmx.org/dist/htmx.min.js")
    (target / "htmx.js").write_text(_SOURCE_MAP.sub("", htmx), encoding="utf-8")
    _bundle(node_modules, CHARTS, target / "echarts.js", name="echarts")
    _licenses(node_modules, target / "licenses")
    files = sorted(file for file in target.rglob("*") if file.is_file())
    return {file.relative_to(target).as_posix(): file.stat().st_size for file in files}


def collect_print_fonts(node_modules: Path, target: Path) -> dict[str, int]:
    """Write the typeface of printed documents into `target`, replacing what stood there; pages never load it.

    Shapes:  file name below `target` -> size in bytes.
    """
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    package = node_modules / PRINT_FONTS
    for file in [*sorted(package.glob("*/*.ttf")), package / "LICENSE_FONT"]:
        shutil.copyfile(file, target / file.name)
    return {file.name: file.stat().st_size for file in sorted(target.iterdir())}


def _read(node_modules: Path, name: str) -> str:
    return (node_modules / name).read_text(encoding="utf-8")


def _bundle(node_modules: Path, entry: Path, target: Path, *, name: str) -> None:
    """One script of what an entry file imports, under a global name. Errors: FileNotFoundError without esbuild."""
    # The program itself, not its start script: npm's scripts are not run here, and it needs no Node.js.
    found = [*node_modules.glob("@esbuild/*/bin/esbuild"), *node_modules.glob("@esbuild/*/esbuild.exe")]
    if not found:
        raise FileNotFoundError(node_modules / "@esbuild")
    command = [
        *(str(found[0]), str(entry), "--bundle", "--minify", "--format=iife", f"--global-name={name}"),
        *("--target=es2019", "--legal-comments=eof", "--log-level=error", f"--outfile={target}"),
    ]
    subprocess.run(command, check=True, env={**os.environ, "NODE_PATH": str(node_modules.resolve())})  # noqa: S603 - ours


def _fonts(node_modules: Path, target: Path) -> Iterator[str]:
    """Be Vietnam Pro: the letters of Vietnamese, as @font-face rules with their unicode ranges."""
    package = node_modules / "@fontsource" / "be-vietnam-pro"
    for weight in FONT_WEIGHTS:
        rules = _read(node_modules, f"@fontsource/be-vietnam-pro/{weight}.css")
        for subset in FONT_SUBSETS:
            name = f"be-vietnam-pro-{subset}-{weight}-normal"
            shutil.copyfile(package / "files" / f"{name}.woff2", target / f"{name}.woff2")
            block = next(part for part in rules.split("/* ") if part.startswith(f"{name} */"))
            rule = block.split("*/", 1)[1].strip()
            yield re.sub(r"src: .*?;", f"src: url(fonts/{name}.woff2) format('woff2');", rule)


def _tabler(node_modules: Path) -> str:
    css = _SOURCE_MAP.sub("", _read(node_modules, "@tabler/core/dist/css/tabler.min.css"))
    notice = css[css.index("/*!") : css.index("*/") + 2]
    return notice + "".join(_used_rules(re.sub(r"/\*.*?\*/", "", css, flags=re.S), _words()))


def _words() -> set[str]:
    """Every word of our templates, scripts and portal code: a class that is none of them styles nothing."""
    sources = [
        file
        for pattern in ("*/templates/**/*.html", "*/static/**/*.js", "**/*.py")
        for file in PORTALS.glob(pattern)
        if file != Path(__file__)
    ]
    words = {word for file in sources for word in _WORD.findall(file.read_text(encoding="utf-8"))}
    return words | ALWAYS_USED


def _used_rules(css: str, words: set[str]) -> Iterator[str]:
    for prelude, body in _blocks(css):
        if body is None:
            if not prelude.startswith("@charset"):
                yield prelude + ";"
        elif prelude.startswith(_NESTING):
            inner = "".join(_used_rules(body, words))
            if inner:
                yield f"{prelude}{{{inner}}}"
        elif prelude.startswith("@"):
            yield f"{prelude}{{{body}}}"
        elif kept := [selector for selector in _split(prelude) if _is_used(selector, words)]:
            yield f"{','.join(kept)}{{{body}}}"


def _is_used(selector: str, words: set[str]) -> bool:
    plain = _EITHER.sub("", selector)
    return all(name.replace("\\", "") in words for name in _CLASS.findall(plain))


def _blocks(css: str) -> Iterator[tuple[str, str | None]]:
    """Top-level statements of a style sheet: (prelude, body), body None for `@import`-like statements."""
    start = place = 0
    while place < len(css):
        sign = css[place]
        if sign in "\"'":
            place = _end_of_string(css, place)
        elif sign == ";":
            yield css[start:place].strip(), None
            start = place + 1
        elif sign == "{":
            end = _end_of_block(css, place)
            yield css[start:place].strip(), css[place + 1 : end]
            start, place = end + 1, end
        place += 1


def _end_of_block(css: str, place: int) -> int:
    depth = 0
    while True:
        sign = css[place]
        if sign in "\"'":
            place = _end_of_string(css, place)
        elif sign == "{":
            depth += 1
        elif sign == "}":
            depth -= 1
            if depth == 0:
                return place
        place += 1


def _end_of_string(css: str, place: int) -> int:
    quote = css[place]
    place += 1
    while css[place] != quote:
        place += 2 if css[place] == "\\" else 1
    return place


def _split(selectors: str) -> list[str]:
    """Selectors of a list; commas inside parentheses part nothing."""
    parts, depth = [""], 0
    for sign in selectors:
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def _licenses(node_modules: Path, target: Path) -> None:
    target.mkdir()
    for package, name in LICENSES.items():
        for file in (node_modules / package).glob("LICENSE*"):
            shutil.copyfile(file, target / f"{name}.txt")


if __name__ == "__main__":
    root = PORTALS.parents[1]
    written = collect(root / "node_modules", root / "build" / "assets")
    written |= collect_print_fonts(root / "node_modules", root / "build" / "fonts")
    for file_name, size in written.items():
        print(f"{size:>9,} {file_name}")
