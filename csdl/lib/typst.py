"""Documents as PDF: a Typst template filled with data, set in a typeface that has every Vietnamese letter.

Owns the compiler, the typeface and the standard; what a document says is its template's, which stands beside its owner
as `<module>/papers/*.typ` and begins with `/lib/papers/layout.typ`. Data reaches a template as JSON and is shown as
text: nothing that a person typed is ever read as markup.
"""

import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings

__all__ = ["marks", "pdf", "shown"]

_ROOT = Path(__file__).resolve().parents[1]
# Kept for years by whoever files it: PDF/A-2b carries its typeface and refuses a letter that the typeface lacks.
_STANDARD: "typst.PDFStandard" = "a-2b"
_NO_GLYPH = "could not be displayed with font"


def pdf(template: str, data: Mapping[str, Any], *, at: dt.datetime) -> bytes:
    """A document of PDF/A-2b from a template, e.g. pdf("exports/papers/list", {"title": "…"}, at=clock.now()).

    Shapes:  `data` as JSON can hold it; what people read goes through `shown` first.
    Units:   `at` is the instant the document says it was made.
    Errors:  FileNotFoundError where the typeface was not collected. A sign that no Vietnamese typeface holds (an emoji
             in a note) is drawn as an empty box; the document is then plain PDF, since PDF/A refuses it.
    """
    text = json.dumps(data, ensure_ascii=False)
    try:
        return _compiled(template, text, at, [_STANDARD])
    except typst.TypstError as refused:
        if _NO_GLYPH not in refused.message:
            raise
        return _compiled(template, text, at, [])


def marks(template: str, data: Mapping[str, Any], name: str) -> list[Any]:
    """Values that a template marks with a label, e.g. the pages on which its parts begin: marks(…, "paper-start")."""
    found = typst.query(
        str(_ROOT / f"{template}.typ"),
        f"<{name}>",
        field="value",
        root=str(_ROOT),
        font_paths=_fonts(settings.PRINT_FONTS),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    return list(json.loads(found))


def shown(value: Any) -> Any:
    """A value as a document shows it: days dd/mm/yyyy, numbers 1.234,5, nothing as an empty text; lists within too."""
    match value:
        case None:
            return ""
        case bool():
            return "Có" if value else "Không"
        case int():
            return f"{value:,}".replace(",", ".")
        case float() | Decimal():
            return f"{value:,}".translate(_VIETNAMESE_SIGNS)
        case dt.date():
            return f"{value.day:02}/{value.month:02}/{value.year:04}"
        case Mapping():
            return {str(key): shown(one) for key, one in value.items()}
        case list() | tuple():
            return [shown(one) for one in value]
        case _:
            return str(value)


_VIETNAMESE_SIGNS = str.maketrans(",.", ".,")


def _compiled(template: str, text: str, at: dt.datetime, standards: "list[typst.PDFStandard]") -> bytes:
    return typst.compile(
        str(_ROOT / f"{template}.typ"),
        root=str(_ROOT),
        font_paths=_fonts(settings.PRINT_FONTS),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": text},
        pdf_standards=standards,
        timestamp=int(at.timestamp()),
    )


@cache
def _fonts(folder: Path) -> typst.Fonts:
    """The typeface, read once a process; the compiler's own ones would hide that a letter is missing."""
    found = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])
    if "Tinos" not in found.families():
        raise FileNotFoundError(f"Chưa có phông chữ Tinos ở {folder}. Hãy chạy: make setup.")
    return found
