"""Documents: every Vietnamese letter in every template, texts that look like markup, PDF/A, long tables, values."""

import datetime as dt
import itertools
import unicodedata
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import typst

from csdl.lib.typst import pdf, shown
from tests.papers import fonts_of, is_pdf_a_2b, pages_of, text_of

ROOT = Path(__file__).resolve().parents[2] / "csdl"
TEMPLATES = sorted(
    path.relative_to(ROOT).with_suffix("").as_posix()
    for path in ROOT.glob("*/papers/*.typ")
    if path.name != "layout.typ"
)
AT = dt.datetime(2024, 8, 5, 8, 3, tzinfo=dt.UTC)

_VOWELS = "aăâeêioôơuưy"
_TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
_MADE = [unicodedata.normalize("NFC", vowel + tone) for vowel, tone in itertools.product(_VOWELS, _TONES)]
LETTERS = "".join([*_MADE, *(letter.upper() for letter in _MADE), "đĐ"])
HOSTILE = '#panic("x") *a* $b$ <c> @d `e` // f /* g \\ [h] {i} "j" #read("/lib/typst.py")'


def _data(text: str, *, rows: int = 1) -> dict[str, Any]:
    """Data that any template takes, `text` in each place where a text stands."""
    keys = ("full_name", "father", "mother_phone", "guardians", "guardian_phones", "years", "moves", "note")
    lists = {"guardians": [[text] * 4], "guardian_phones": [text], "years": [[text] * 6], "moves": [[text] * 3]}
    row = {key: lists.get(key, text) for key in keys}
    plain = ("title", "subtitle", "above", "unit", "place", "day", "month", "year", "sum", "trace")
    more = ("author", "code", "sums", "address", "draft", "basis")
    return {
        **dict.fromkeys((*plain, *more), text),
        "landscape": False,
        "size": 9.0,
        "facts": [[text, text]],
        "columns": [{"key": key, "header": text, "width": 12, "align": "left"} for key in keys if key not in lists],
        "rows": [row] * rows,
        "signers": [{"role": text, "note": text, "name": text}] * 2,
    }


def _data_of(template: str, text: str) -> dict[str, Any]:
    """The same for one template, with the parts that only it has."""
    listed = {
        "title": text,
        "columns": [{"header": text, "width": 12, "align": "left"}],
        "rows": [[text]],
        "left_out": "0",
    }
    person = dict.fromkeys(("name", "position", "unit", "birth_date", "citizen_id_no", "phone", "email"), text)
    paper_texts = ("above", "unit", "paper_no", "place", "day", "month", "year", "year_name", "replaces", "revokes")
    paper = dict.fromkeys((*paper_texts, "revokes_on", "system_url", "username", "reason", "text_version"), text) | {
        "bases": [text],
        "giver": person,
        "receiver": person,
        "person": person,
        "scopes": [dict.fromkeys(("role", "scope", "valid_from", "valid_to"), text)],
        "lines": [text],
    }
    section = {
        "width": 1,
        "groups": [{"span": 1, "rows": 1, "label": text}],
        "second": [text],
        "lines": [
            {"heading": text},
            {"no": text, "indent": 1, "label": text, "unit": text, "code": text, "figures": [text]},
        ],
    }
    own: dict[str, dict[str, Any]] = {
        "audit/papers/roots": {"rows": [{"day": text, "root": text * 2, "events": text, "chains": text}]},
        "delegation/papers/papers": {
            "papers": [paper | {"kind": kind} for kind in ("delegation", "administration", "revocation", "commitment")]
        },
        "dossier/papers/cover": {
            "parts": [dict.fromkeys(("no", "title", "rows", "files"), text)],
            "warnings": [text],
        },
        "dossier/papers/index": {"lists": [listed]},
        "reports/papers/form": {"sections": [section]},
        "staff/papers/activation_letter": {
            "letters": [dict.fromkeys(("person", "username", "code", "last_day"), text)]
        },
    }
    return _data(text) | own.get(template, {})


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_template_lacks_a_vietnamese_letter(template: str) -> None:
    content = pdf(template, _data_of(template, LETTERS), at=AT)

    # PDF/A refuses a letter without a glyph, and no other typeface is there to step in.
    assert is_pdf_a_2b(content)
    assert {name.split("-")[0] for name in fonts_of(content)} == {"Tinos"}
    assert set(LETTERS) - set(text_of(content)) == set()


@pytest.mark.parametrize("template", TEMPLATES)
def test_what_looks_like_markup_is_only_text(template: str) -> None:
    content = pdf(template, _data_of(template, HOSTILE), at=AT)

    assert is_pdf_a_2b(content)
    assert HOSTILE in text_of(content)


def test_a_sign_that_no_typeface_holds_becomes_a_box_and_no_error() -> None:
    content = pdf("exports/papers/list", _data("Bé Na 😀"), at=AT)

    assert not is_pdf_a_2b(content)
    assert "Bé Na" in text_of(content)


def test_a_fault_of_a_template_is_not_hidden() -> None:
    with pytest.raises(typst.TypstError):
        pdf("exports/papers/list", {"title": "Thiếu mọi thứ khác"}, at=AT)


@pytest.mark.parametrize("rows", [8, 19, 27, 45])
def test_a_register_is_signed_under_its_sum(rows: int) -> None:
    row = {
        "no": "1",
        "full_name": "Nguyễn Thị Phương Quỳnh",
        "mother": "Phạm Thị Hoa",
        "father": "Lê Văn Nam",
        "note": "",
    }
    columns = [{"key": key, "header": key, "width": 12, "align": "left"} for key in row]
    signers = [{"role": "Hiệu trưởng", "note": "(Ký tên, đóng dấu)", "name": ""}] * 2
    data = _data("Lớp 7A") | {
        "columns": columns,
        "rows": [row] * rows,
        "signers": signers,
        "sum": "Danh sách có 19 em.",
    }

    pages = pages_of(pdf("exports/papers/register", data, at=AT))

    # Both times to sign stand together under the sum; nineteen pupils take two pages.
    assert rows != 19 or len(pages) == 2
    last = " ".join(pages[-1].split())
    assert last.index("Danh sách có 19 em.") < last.index("Đầu năm học") < last.index("Cuối năm học")


def test_a_long_table_repeats_its_head_and_numbers_its_pages() -> None:
    data = _data("Nguyễn Thị Phương Quỳnh Hương Giang Thảo Nguyên", rows=60) | {"landscape": True}
    data["columns"][0]["header"] = "Đầu bảng"  # type: ignore[index]

    pages = pages_of(pdf("exports/papers/list", data, at=AT))

    assert len(pages) > 2
    assert [page.count("Đầu bảng") for page in pages[:-1]] == [1] * (len(pages) - 1)
    assert [page.split()[0] for page in pages[1:]] == [f"{place}/{len(pages)}" for place in range(2, len(pages) + 1)]


def test_the_same_data_gives_the_same_document() -> None:
    assert pdf("exports/papers/list", _data("Lan"), at=AT) == pdf("exports/papers/list", _data("Lan"), at=AT)


def test_values_are_shown_as_offices_write_them() -> None:
    values = {
        "day": dt.date(2012, 10, 7),
        "none": None,
        "count": 1834,
        "part": Decimal("1234.5"),
        "yes": True,
        "within": [dt.date(2024, 9, 5), "a"],
    }

    assert shown(values) == {
        "day": "07/10/2012",
        "none": "",
        "count": "1.834",
        "part": "1.234,5",
        "yes": "Có",
        "within": ["05/09/2024", "a"],
    }
