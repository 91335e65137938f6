"""Looking at a file before it is kept: what it is by its content, and that it carries nothing but pages.

Three kinds are taken: PDF, JPEG, PNG. A PDF is walked object by object, the ones of earlier revisions of the same file
looked for as text; an image is decoded. Nothing is mended: what is not clean is refused with a sentence that says how
to make it clean.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NullObject

from csdl.documents.enums import MediaType
from csdl.documents.errors import FileRefused

__all__ = ["Looked", "look_at"]

_HEADS = ((b"%PDF-", MediaType.PDF), (b"\xff\xd8\xff", MediaType.JPEG), (b"\x89PNG\r\n\x1a\n", MediaType.PNG))
_PAPER = "Hãy in ra PDF mới từ tệp ấy, hoặc quét lại bản giấy."
# A page of A3 at 600 dots an inch has 70 million; more is no scan of a paper.
_MOST_DOTS = 80_000_000
_MOST_OBJECTS = 100_000
_DEEPEST = 60
# Keys and values that make a reader act, or that carry other files (ISO 32000-1, 7.11.4, 12.6.4, 12.7.8, 13).
_ACTIVE = {
    "/JS": "mã lệnh JavaScript",
    "/JavaScript": "mã lệnh JavaScript",
    "/Launch": "lệnh mở chương trình",
    "/ImportData": "lệnh nạp dữ liệu",
    "/SubmitForm": "lệnh gửi dữ liệu đi",
    "/GoToE": "lệnh mở tệp đính kèm",
    "/GoToR": "lệnh mở tệp khác",
    "/RichMedia": "nội dung đa phương tiện",
    "/XFA": "biểu mẫu động (XFA)",
    "/EF": "tệp đính kèm",
    "/EmbeddedFile": "tệp đính kèm",
    "/EmbeddedFiles": "tệp đính kèm",
    "/FileAttachment": "tệp đính kèm",
}
# What a reader does by itself: when the file is opened, a page is turned to, a field is left (12.6.3).
_BY_ITSELF = "lệnh tự chạy khi mở tệp"
# What an older revision inside the same file may still hold: names too long to stand in packed bytes by chance.
_AS_TEXT = re.compile(
    rb"/(?:JavaScript|EmbeddedFiles?|FileAttachment|SubmitForm|ImportData|RichMedia|Launch|GoTo[ER])\b"
)


@dataclass(frozen=True)
class Looked:
    """What a clean file is."""

    media_type: MediaType
    page_count: int


def look_at(path: Path) -> Looked:
    """What the file is; its name is not asked.

    Errors:  FileRefused DOC-01, DOC-02, DOC-04, DOC-05, DOC-06.
    """
    with path.open("rb") as file:
        head = file.read(16)
    if not head:
        raise FileRefused("Tệp trống, không có nội dung. Hãy kiểm tra rồi chọn lại.", code="DOC-02")
    kind = next((kind for mark, kind in _HEADS if head.startswith(mark)), None)
    if kind is None:
        raise FileRefused("Chỉ nhận tệp PDF, JPEG hoặc PNG. Hãy lưu văn bản thành PDF hoặc quét bản giấy.")
    return Looked(kind, _pages_of_pdf(path) if kind == MediaType.PDF else _look_at_image(path, kind))


def _pages_of_pdf(path: Path) -> int:
    try:
        reader = PdfReader(path)
        if reader.is_encrypted:
            raise FileRefused("Tệp PDF có mật khẩu hoặc bị khóa. Hãy bỏ khóa rồi chọn lại.", code="DOC-05")
        found = _active_parts(reader) or _active_text(path)
        if found:
            said = ", ".join(sorted(found))
            raise FileRefused(f"Tệp PDF có {said}; văn bản lưu hồ sơ chỉ được có trang in. {_PAPER}", code="DOC-04")
        pages = len(reader.pages)
    except FileRefused:
        raise
    except Exception:  # a hostile file may break the reader anywhere: whatever it does, the file is not taken
        raise FileRefused(f"Tệp PDF hỏng, không đọc được. {_PAPER}", code="DOC-06") from None
    if not pages:
        raise FileRefused(f"Tệp PDF không có trang nào. {_PAPER}", code="DOC-06")
    return pages


def _active_parts(reader: PdfReader) -> set[str]:
    found: set[str] = set()
    for number, one in enumerate(_objects(reader)):
        if number > _MOST_OBJECTS:
            raise FileRefused(f"Tệp PDF quá phức tạp để kiểm tra. {_PAPER}", code="DOC-06")
        _walk(one, found, 0)
    return found


def _objects(reader: PdfReader) -> Iterator[Any]:
    """Every object that the file's tables name, and the trailer."""
    yield reader.trailer
    for generation, numbers in reader.xref.items():
        for number in numbers:
            yield reader.get_object(IndirectObject(number, generation, reader))
    for number in reader.xref_objStm:
        yield reader.get_object(IndirectObject(number, 0, reader))


def _walk(one: Any, found: set[str], depth: int) -> None:
    """Names inside one object; what it points at is an object of its own."""
    if depth > _DEEPEST:
        raise FileRefused(f"Tệp PDF quá phức tạp để kiểm tra. {_PAPER}", code="DOC-06")
    if isinstance(one, DictionaryObject):
        for key in one:
            value = one.raw_get(key)
            for name in (key, value if isinstance(value, str) else ""):
                if name in _ACTIVE:
                    found.add(_ACTIVE[name])
            if (key == "/OpenAction" and not _is_page_turn(value)) or (key == "/AA" and not _turns_pages_only(value)):
                found.add(_BY_ITSELF)
            _walk(value, found, depth + 1)
    elif isinstance(one, ArrayObject):
        for value in list.__iter__(one):
            _walk(value, found, depth + 1)


def _is_page_turn(action: Any) -> bool:
    """Whether an action leads to a page of the same file, and nowhere from there; a bare place in the file is one."""
    action = action.get_object() if isinstance(action, IndirectObject) else action
    if isinstance(action, DictionaryObject):
        return action.get("/S") == "/GoTo" and "/Next" not in action
    return action is None or isinstance(action, ArrayObject | NullObject)


def _turns_pages_only(actions: Any) -> bool:
    actions = actions.get_object() if isinstance(actions, IndirectObject) else actions
    return isinstance(actions, DictionaryObject) and all(_is_page_turn(actions.raw_get(when)) for when in actions)


def _active_text(path: Path) -> set[str]:
    """The same names in bytes that no table names any more."""
    rest = b""
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            if hit := _AS_TEXT.search(rest + piece):
                return {_ACTIVE[hit[0].decode()]}
            rest = piece[-32:]
    return set()


def _look_at_image(path: Path, kind: MediaType) -> int:
    try:
        with Image.open(path, formats=[kind.label]) as image:
            width, height = image.size
            if width * height > _MOST_DOTS:
                raise Image.DecompressionBombError
            image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise FileRefused("Ảnh có quá nhiều điểm ảnh. Hãy quét lại ở 300 điểm mỗi inch.", code="DOC-06") from None
    except Exception:  # as above: whatever a broken image does to the reader, it is not taken
        raise FileRefused("Ảnh hỏng, không mở được. Hãy chụp hoặc quét lại.", code="DOC-06") from None
    return 1
