"""Files behind a password: opened by it alone, the same inside; which passwords are taken."""

import datetime as dt
import io

import openpyxl
import pytest
from msoffcrypto.exceptions import InvalidKeyError
from pypdf import PdfReader
from pypdf.errors import FileNotDecryptedError, WrongPasswordError

from csdl.lib.locked import lock_faults, locked
from csdl.lib.typst import pdf
from csdl.lib.workbook import new_book
from csdl.lib.xlsx import UnreadableWorkbook, Why, open_sheets
from tests.locks import opened_paper, opened_workbook
from tests.papers import pages_of

PASSWORD = "Truong-2024 #mo"


def _workbook(rows: int) -> bytes:
    file = io.BytesIO()
    book = new_book(file)
    for name in ("Học sinh", "Thông tin"):
        sheet = book.add_worksheet(name)
        for row in range(rows):
            sheet.write_row(row, 0, ["Nguyễn Thị Lan", row, 7.5, "=1+1", row * 7919 % 1009])
    book.close()
    return file.getvalue()


def _paper() -> bytes:
    texts = ("title", "subtitle", "above", "unit", "place", "day", "month", "year", "sum", "trace", "author")
    data = {
        **dict.fromkeys(texts, "Danh sách học sinh"),
        "landscape": False,
        "size": 9.0,
        "facts": [],
        "columns": [{"key": "full_name", "header": "Họ và tên", "width": 20, "align": "left"}],
        "rows": [{"full_name": "Nguyễn Thị Lan"}] * 200,
        "signers": [],
    }
    return pdf("exports/papers/list", data, at=dt.datetime(2024, 8, 5, 8, 3, tzinfo=dt.UTC))


def _cells(content: bytes) -> dict[str, list[tuple]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {sheet.title: list(sheet.values) for sheet in book}


@pytest.mark.parametrize("rows", [1, 2_000])
def test_a_locked_workbook_is_the_same_cell_for_cell(rows: int) -> None:
    plain = _workbook(rows)

    made = locked(plain, "xlsx", PASSWORD)

    assert _cells(opened_workbook(made, PASSWORD)) == _cells(plain)
    assert (plain[:2], made[:8]) == (b"PK", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    for wrong in (PASSWORD.lower(), PASSWORD[:-1], PASSWORD + " "):
        with pytest.raises(InvalidKeyError):
            opened_workbook(made, wrong)


def test_a_locked_workbook_that_comes_back_is_known_as_one() -> None:
    with pytest.raises(UnreadableWorkbook) as refused:
        open_sheets(locked(_workbook(1), "xlsx", PASSWORD))

    assert refused.value.why == Why.PASSWORD


def test_a_locked_paper_reads_the_same() -> None:
    plain = _paper()

    made = locked(plain, "pdf", PASSWORD)

    assert pages_of(opened_paper(made, PASSWORD)) == pages_of(plain)
    assert PdfReader(io.BytesIO(made), password=PASSWORD).metadata == PdfReader(io.BytesIO(plain)).metadata
    assert b"/AESV3" in made  # 256 bits
    with pytest.raises(WrongPasswordError):
        opened_paper(made, PASSWORD.lower())
    with pytest.raises(FileNotDecryptedError):
        pages_of(made)


@pytest.mark.parametrize("file_format", ["xlsx", "pdf", "csv", "json"])
def test_without_a_password_a_file_stays_as_it_is(file_format: str) -> None:
    assert lock_faults("", file_format) == {}
    assert locked(b"as it is", file_format, "") == b"as it is"


@pytest.mark.parametrize(
    ("password", "file_format", "sentence"),
    [
        ("1234567", "xlsx", "ít nhất 8 ký tự"),
        ("m" * 101, "pdf", "nhiều nhất 100 ký tự"),
        ("mật khẩu dài", "xlsx", "Hãy tắt bộ gõ tiếng Việt"),
        ("tab\tinside it", "xlsx", "chữ không dấu"),
        (" 12345678", "pdf", "dấu cách ở đầu hoặc cuối"),
        (" " * 8, "pdf", "dấu cách ở đầu hoặc cuối"),
        (PASSWORD, "csv", "Tệp CSV không đặt được mật khẩu. Hãy để trống"),
        (PASSWORD, "json", "Tệp JSON không đặt được mật khẩu"),
    ],
)
def test_a_password_that_cannot_be_is_refused_in_words(password: str, file_format: str, sentence: str) -> None:
    (told,) = lock_faults(password, file_format)["file_password"]

    assert sentence in told
    assert password not in told
    with pytest.raises(ValueError, match="Hãy"):
        locked(b"", file_format, password)
