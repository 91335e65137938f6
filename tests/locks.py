"""Opening files behind a password in tests, as other programs than the one that wrote them do."""

import io

import msoffcrypto
from pypdf import PdfReader, PdfWriter

__all__ = ["opened_paper", "opened_workbook"]


def opened_workbook(content: bytes, password: str) -> bytes:
    """The workbook inside; its check sum holds. Errors: InvalidKeyError, another password."""
    file = msoffcrypto.OfficeFile(io.BytesIO(content))
    file.load_key(password=password, verify_password=True)
    plain = io.BytesIO()
    file.decrypt(plain, verify_integrity=True)
    return plain.getvalue()


def opened_paper(content: bytes, password: str) -> bytes:
    """The document without its lock. Errors: WrongPasswordError."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content), password=password))
    plain = io.BytesIO()
    writer.write(plain)
    return plain.getvalue()
