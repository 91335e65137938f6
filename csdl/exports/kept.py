"""Files that were made while nobody waited: kept in the data folder for a day, under a name that says nothing.

Whose they are and what they hold stands in the job that made them. No web address leads into the folder.
"""

import datetime as dt
import os
import uuid
from pathlib import Path

from django.conf import settings
from django.utils import timezone

__all__ = ["KEPT_FOR", "forget_old_files", "keep_file", "kept_file"]

KEPT_FOR = dt.timedelta(hours=24)


def keep_file(key: uuid.UUID, content: bytes) -> None:
    """Write the file of a job; written again, it takes the place of the first."""
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = folder / f"{key.hex}.part"
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    beside.replace(_path(key))


def kept_file(key: uuid.UUID) -> bytes | None:
    """The file of a job; None where its day is over or it was never made."""
    path = _path(key)
    try:
        return path.read_bytes() if _age(path) <= KEPT_FOR else None
    except FileNotFoundError:
        return None


def forget_old_files() -> int:
    """Delete what is older than a day, cut off parts among it; how many."""
    old = [path for path in _folder().glob("*") if _age(path) > KEPT_FOR]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "exports"


def _path(key: uuid.UUID) -> Path:
    return _folder() / f"{key.hex}.file"


def _age(path: Path) -> dt.timedelta:
    """By real time, as files have it: the day of the business may be moved in the demo."""
    return timezone.now() - dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
