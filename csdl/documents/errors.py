"""Errors of stored files and papers."""

from csdl.accounts.errors import CsdlError

__all__ = ["DocumentError", "FileChanged", "FileRefused"]


class DocumentError(CsdlError):
    """DOC-10 a signed paper is not changed; DOC-11 the paper was withdrawn or replaced already; DOC-12 no file."""

    code = "DOC-10"


class FileRefused(CsdlError):
    """A file that is not taken in. DOC-01 of another kind, DOC-02 empty, DOC-03 too large, DOC-04 a PDF that carries
    more than pages, DOC-05 a PDF with a password, DOC-06 cannot be read."""

    code = "DOC-01"


class FileChanged(CsdlError):
    """A kept file is not what was taken in: DOC-07 its content changed, DOC-08 it is gone from the disk."""

    code = "DOC-07"
