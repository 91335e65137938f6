"""Files on the disk, named by what they hold: `<data>/files/ab/abcdef…`, outside everything the web server shows.

A file is written beside its place, looked at, forced to the disk, then put into place by its name: a file that stands
in its place is whole. A kept file is never deleted; what no row names after a day, because its transaction was rolled
back or its process was killed, is swept.
"""

import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import batched
from pathlib import Path
from typing import Protocol

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model

from csdl.documents.enums import MediaType
from csdl.documents.errors import FileChanged, FileRefused
from csdl.documents.inspection import look_at
from csdl.lib.trial import is_trial
from csdl.lib.uploads import too_large
from csdl.lib.vietnamese import squeeze

__all__ = ["Received", "Upload", "place", "read_kept", "received", "sweep"]

_NAME_LIMIT = 200
_SWEPT_AFTER_SECONDS = 24 * 3600
_SWEPT_AT_ONCE = 20_000


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
    """Put a received file where files of that content stand; the same content takes the same place. A trial puts
    nothing. The caller's transaction writes the row that names it: no sweep runs between the two."""
    if is_trial():
        return
    _hold_sweeping("pg_advisory_xact_lock_shared")
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


@transaction.atomic
def sweep() -> int:
    """Delete what came more than a day ago and no row names; how many files.

    Errors:  RuntimeError under a role that row policies hide rows from: it would find every file unnamed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT bool_or(row_security_active(name)) FROM unnest(%s::text[]) name", [_naming_tables()])
        if cursor.fetchone()[0]:
            raise RuntimeError("files are swept by the owner's role only")
    _hold_sweeping("pg_advisory_xact_lock")
    folder = Path(settings.FILES_DIR)
    old = [path for path in folder.glob("new-*") if _is_old(path)]
    placed = [path for path in folder.glob("??/*") if _is_old(path)]
    for batch in batched(placed, _SWEPT_AT_ONCE):
        named = _named([path.name for path in batch])
        old += [path for path in batch if path.name not in named]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _naming() -> list[type[Model]]:
    """Every table that names a content, histories too: a new one keeps its files without being told here."""
    return [model for model in apps.get_models() if any(field.name == "sha256" for field in model._meta.fields)]


def _naming_tables() -> list[str]:
    return [model._meta.db_table for model in _naming()]


def _named(names: list[str]) -> set[str]:
    found: set[str] = set()
    for model in _naming():
        found |= set(model._default_manager.filter(sha256__in=names).values_list("sha256", flat=True))
    return found


def _hold_sweeping(lock: str) -> None:
    """Files are put into place side by side, never while they are swept; until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}(hashtext('csdl.documents.store'))")


def _is_old(path: Path) -> bool:
    """By real time, as files have it: the day of the business may be moved in the demo."""
    try:
        return time.time() - path.stat().st_mtime > _SWEPT_AFTER_SECONDS
    except FileNotFoundError:
        return False


def _path(sha256: str) -> Path:
    return Path(settings.FILES_DIR) / sha256[:2] / sha256


def _too_large(size: int) -> FileRefused:
    return FileRefused(
        f"{too_large(size)} Hãy quét lại ở 150–200 điểm mỗi inch hoặc chia thành nhiều tệp.", code="DOC-03"
    )
