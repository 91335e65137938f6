"""Looking at a file before it is kept: what it is by its content, and that it carries nothing but pages.

Three kinds are taken: PDF, JPEG, PNG. A PDF is walked object by object, the ones of earlier revisions of the same file
looked for as text; an image is decoded. Of actions a short list is let through, everything else is refused, however its
name is written. Nothing is mended: what is not clean is refused with a sentence that says how to make it clean.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, NullObject, StreamObject

from csdl.documents.enums import MediaType
from csdl.documents.errors import FileRefused

__all__ = ["Looked", "look_at"]

_HEADS = ((b"%PDF-", MediaType.PDF), (b"\xff\xd8\xff", MediaType.JPEG), (b"\x89PNG\r\n\x1a\n", MediaType.PNG))
_PAPER = "Hãy in ra PDF mới từ tệp ấy, hoặc quét lại bản giấy."
# A page of A3 at 600 dots an inch has 70 million; more is no scan of a paper.
_MOST_DOTS = 80_000_000
_MOST_OBJECTS = 100_000
_DEEPEST = 60
# References to references before a value is given up on.
_MOST_HOPS = 8
# Keys and values that make a reader act, or that carry or call other files (ISO 32000-1, 7.11, 12.6.4, 12.7.8, 13).
_ACTIVE = {
    "/JS": "mã lệnh JavaScript",
    "/JavaScript": "mã lệnh JavaScript",
    "/Launch": "lệnh mở chương trình",
    "/ImportData": "lệnh nạp dữ liệu",
    "/SubmitForm": "lệnh gửi dữ liệu đi",
    "/GoToE": "lệnh mở tệp đính kèm",
    "/GoToR": "lệnh mở tệp khác",
    "/RichMedia": "nội dung đa phương tiện",
    "/Rendition": "nội dung đa phương tiện",
    "/Renditions": "nội dung đa phương tiện",
    "/Movie": "phim",
    "/Sound": "âm thanh",
    "/3D": "mô hình 3D",
    "/3DD": "mô hình 3D",
    "/U3D": "mô hình 3D",
    "/PRC": "mô hình 3D",
    "/OnInstantiate": "mã lệnh của mô hình 3D",
    "/XFA": "biểu mẫu động (XFA)",
    "/EF": "tệp đính kèm",
    "/EmbeddedFile": "tệp đính kèm",
    "/EmbeddedFiles": "tệp đính kèm",
    "/FileAttachment": "tệp đính kèm",
    "/Filespec": "phần gọi tệp khác",
    "/FileSpec": "phần gọi tệp khác",
}
# Annotations that are no mark on a page; "/Screen" elsewhere is a way of mixing colours.
_ACTIVE_NOTES = {"/Screen": "nội dung đa phương tiện"}
_OTHER_FILES = "phần gọi tệp khác"
# A stream whose bytes lie in another file, a page taken from another file (7.3.8, 8.10.4, 14.11.7).
_FOREIGN_KEYS = ("/F", "/Ref", "/OPI")
# Where an action stands: of a link or field, of a place in the outline, after another action, of a presentation.
_ACTION_KEYS = ("/A", "/PA", "/NA", "/Next")
_OTHER_ACTION = "lệnh khác ngoài chuyển trang, mở liên kết"
_OTHER_LINK = "liên kết không phải trang mạng, thư điện tử"
_LINK = re.compile(r"(?i)\s*(?:https?://|mailto:)")
_PAGE_NAMES = frozenset({"/NextPage", "/PrevPage", "/FirstPage", "/LastPage"})
# What a reader does by itself: when the file is opened, a page is turned to, a field is left (12.6.3).
_BY_ITSELF = "lệnh tự chạy khi mở tệp"
# What an older revision inside the same file may still hold: names too long to stand in packed bytes by chance, too odd
# to stand in an address; a letter may be written as its number.
_NAME = re.compile(rb"/(?:[0-9A-Za-z]|#[0-9A-Fa-f]{2}){5,60}")
_AS_TEXT = frozenset(
    [
        "/JavaScript",
        "/EmbeddedFile",
        "/EmbeddedFiles",
        "/FileAttachment",
        "/SubmitForm",
        "/ImportData",
        "/RichMedia",
        "/Launch",
        "/GoToE",
        "/GoToR",
        "/OnInstantiate",
        "/Rendition",
        "/Renditions",
    ]
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
    if isinstance(one, NameObject) and one in _ACTIVE:
        found.add(_ACTIVE[one])
    elif isinstance(one, DictionaryObject):
        found |= _said_by(one)
        for key in one:
            _walk(one.raw_get(key), found, depth + 1)
    elif isinstance(one, ArrayObject):
        for value in list.__iter__(one):
            if not isinstance(value, NameObject):  # a name in a row is a filter, a glyph, a colour
                _walk(value, found, depth + 1)


def _said_by(one: DictionaryObject) -> set[str]:
    """What one dictionary makes a reader do by its keys, its actions and its kind."""
    found = {_ACTIVE[key] for key in one if key in _ACTIVE}
    if isinstance(one, StreamObject) and any(not _is_nothing(_value(one, key)) for key in _FOREIGN_KEYS):
        found.add(_OTHER_FILES)
    if _value(one, "/Subtype") in _ACTIVE_NOTES:
        found.add(_ACTIVE_NOTES[_value(one, "/Subtype")])
    if _value(one, "/FS") == "/URL":
        found.add(_OTHER_FILES)
    actions = [_value(one, key) for key in _ACTION_KEYS]
    for action in [*actions, one if _value(one, "/Type") == "/Action" else None]:
        for each in list.__iter__(action) if isinstance(action, ArrayObject) else [action]:
            found |= _action_faults(_resolved(each))
    if "/OpenAction" in one and not _is_page_turn(_value(one, "/OpenAction")):
        found.add(_BY_ITSELF)
    if "/AA" in one and not _turns_pages_only(_value(one, "/AA")):
        found.add(_BY_ITSELF)
    return found


def _action_faults(action: Any) -> set[str]:
    """What stands against an action that somebody sets off: it may lead to a page or to an address of the web. The
    attributes of a part of the text and the next place of the outline stand under the same keys, without a kind."""
    if not isinstance(action, DictionaryObject) or "/S" not in action:
        return set()
    kind = _value(action, "/S")
    if kind == "/GoTo" or (kind == "/Named" and _value(action, "/N") in _PAGE_NAMES):
        return set()
    if kind == "/URI":
        address = _value(action, "/URI")
        text = address.decode("latin-1") if isinstance(address, bytes) else str(address)
        return set() if _LINK.match(text) else {_OTHER_LINK}
    return {_ACTIVE.get(str(kind), _OTHER_ACTION)}


def _is_page_turn(action: Any) -> bool:
    """Whether an action leads to a page of the same file, and nowhere from there; a bare place in the file is one."""
    if isinstance(action, DictionaryObject):
        return _value(action, "/S") == "/GoTo" and _is_nothing(_value(action, "/Next"))
    return _is_nothing(action) or isinstance(action, ArrayObject)


def _turns_pages_only(actions: Any) -> bool:
    return isinstance(actions, DictionaryObject) and all(_is_page_turn(_value(actions, when)) for when in actions)


def _value(one: DictionaryObject, key: str) -> Any:
    """What stands under a key, wherever in the file it is written."""
    return _resolved(one.raw_get(key)) if key in one else None


def _resolved(one: Any) -> Any:
    for _ in range(_MOST_HOPS):
        if not isinstance(one, IndirectObject):
            return one
        one = one.get_object()
    raise FileRefused(f"Tệp PDF quá phức tạp để kiểm tra. {_PAPER}", code="DOC-06")


def _is_nothing(one: Any) -> bool:
    return one is None or isinstance(one, NullObject)


def _active_text(path: Path) -> set[str]:
    """The same names in bytes that no table names any more."""
    rest = b""
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            for hit in _NAME.finditer(rest + piece):
                name = re.sub(rb"#(..)", lambda code: bytes([int(code[1], 16)]), hit[0]).decode("latin-1")
                if name in _AS_TEXT:
                    return {_ACTIVE[name]}
            rest = piece[-64:]
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
