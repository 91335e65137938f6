"""A file that opens only with a password: xlsx by ECMA-376 agile encryption, PDF by AES-256.

Owns the rules of such a password. Nothing here keeps it: it is handed in as the file leaves, and forgotten.
"""

import io
from collections.abc import Callable

from msoffcrypto.format.ooxml import OOXMLFile
from pypdf import PdfReader, PdfWriter

__all__ = ["LEAST_SIGNS", "lock_faults", "locked", "takes_password"]

LEAST_SIGNS = 8
# PDF looks at 127 bytes of a password, older spreadsheets and phones at fewer.
_MOST_SIGNS = 100


def takes_password(file_format: str) -> bool:
    """Whether a file of this kind can be locked."""
    return file_format in _LOCKS


def lock_faults(password: str, file_format: str) -> dict[str, list[str]]:
    """What speaks against locking a file of this kind with this password, by field; empty where nothing does.

    No password is right for every kind. One with Vietnamese letters would open the file on one machine and not on the
    next: input methods compose them differently.
    """
    said = ""
    if not password:
        return {}
    if not takes_password(file_format):
        said = f"Tệp {file_format.upper()} không đặt được mật khẩu. Hãy để trống ô mật khẩu, hoặc chọn dạng Excel, PDF."
    elif not (password.isascii() and password.isprintable()):
        said = (
            "Mật khẩu mở tệp chỉ gồm chữ không dấu, chữ số và các dấu trên bàn phím. "
            "Hãy tắt bộ gõ tiếng Việt rồi gõ lại."
        )
    elif password != password.strip():
        said = "Mật khẩu mở tệp có dấu cách ở đầu hoặc cuối. Hãy gõ lại, bỏ dấu cách ấy."
    elif len(password) < LEAST_SIGNS:
        said = f"Mật khẩu mở tệp ngắn quá. Hãy gõ ít nhất {LEAST_SIGNS} ký tự, hoặc để trống."
    elif len(password) > _MOST_SIGNS:
        said = f"Mật khẩu mở tệp dài quá. Hãy gõ nhiều nhất {_MOST_SIGNS} ký tự."
    return {"file_password": [said]} if said else {}


def locked(content: bytes, file_format: str, password: str) -> bytes:
    """The same file, to be opened with the password; as it is where there is none.

    Errors:  ValueError with the sentence of `lock_faults`; ask that first, where somebody is to read it.
    """
    if not password:
        return content
    if faults := lock_faults(password, file_format):
        raise ValueError(faults["file_password"][0])
    return _LOCKS[file_format](content, password)


def _workbook(content: bytes, password: str) -> bytes:
    out = io.BytesIO()
    OOXMLFile(io.BytesIO(content)).encrypt(password, out)
    return out.getvalue()


def _paper(content: bytes, password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    writer.pdf_header = "%PDF-2.0"  # the first version that knows this encryption
    writer.encrypt(password, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


_LOCKS: dict[str, Callable[[bytes, str], bytes]] = {"xlsx": _workbook, "pdf": _paper}
