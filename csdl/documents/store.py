"""Files on the disk, named by what they hold: `<data>/files/ab/abcdef…`, outside everything the web server shows.

A file is written beside its place, looked at, forced to the disk, then put into place by its name: a file that stands
in its place is whole. Nothing here deletes a kept file.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.conf import settings

from csdl.documents.enums import MediaType
from csdl.documents.errors import FileChanged, FileRefused
from csdl.documents.inspection import look_at
from csdl.lib.vietnamese import squeeze

__all__ = ["Received", "Upload", "place", "read_kept", "received"]

_NAME_LIMIT = 200


class Upload(Protocol):
    """What a browser sends, or any file that is read in pieces."""

    name: str | None
    size: int | None

    def chunks(self) -> Iterator[bytes]: ...


@dataclass(frozen=True)
class Received:
    """A file that is clean and still has no place."""

    path: Path
    name: str
    sha256: str
    size_bytes: int
    media_type: MediaType
    page_count: int


@contextmanager
def received(upload: Upload) -> Iterator[Received]:
    """The file, hashed and looked at, for as long as the block lasts; `place` keeps it.

    Errors:  FileRefused; nothing is left on the disk then.
    """
    limit = settings.UPLOAD_LIMIT_BYTES
    if (upload.size or 0) > limit:
        raise _too_large(upload.size or 0)
    settings.FILES_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(prefix="new-", dir=settings.FILES_DIR)
    path = Path(name)
    try:
        digest, size = hashlib.sha256(), 0
        with os.fdopen(handle, "wb") as file:
            for piece in upload.chunks():
                size += len(piece)
                if size > limit:
                    raise _too_large(size)
                digest.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        looked = look_at(path)
        said = squeeze((upload.name or "").replace("\0", ""))[-_NAME_LIMIT:]
        yield Received(path, said, digest.hexdigest(), size, looked.media_type, looked.page_count)
    finally:
        path.unlink(missing_ok=True)


def place(file: Received) -> None:
    """Put a received file where files of that content stand; the same content takes the same place."""
    target = _path(file.sha256)
    target.parent.mkdir(exist_ok=True, mode=0o700)
    file.path.replace(target)
    for folder in (target.parent, settings.FILES_DIR):
        entry = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(entry)
        finally:
            os.close(entry)


def read_kept(sha256: str) -> bytes:
    """The content of a kept file, told to be the same as when it was taken in.

    Errors:  FileChanged DOC-07, DOC-08.
    """
    try:
        content = _path(sha256).read_bytes()
    except OSError:
        raise FileChanged(
            "Không tìm thấy tệp trên máy chủ. Hãy báo người quản trị khôi phục từ bản sao lưu.", code="DOC-08"
        ) from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise FileChanged(
            "Tệp đã bị thay đổi so với lúc lưu hồ sơ nên không mở. Hãy báo người quản trị khôi phục từ bản sao lưu."
        )
    return content


def _path(sha256: str) -> Path:
    return Path(settings.FILES_DIR) / sha256[:2] / sha256


def _too_large(size: int) -> FileRefused:
    most = settings.UPLOAD_LIMIT_BYTES // (1024 * 1024)
    return FileRefused(
        f"Tệp nặng {-(-size // (1024 * 1024))} MB, quá {most} MB. "
        "Hãy quét lại ở 150–200 điểm mỗi inch hoặc chia thành nhiều tệp.",
        code="DOC-03",
    )
