"""Files as they arrive: whatever is larger than the limit is counted to its end, and kept nowhere.

The limit is one, for workbooks and scans alike: `CSDL_UPLOAD_MB`.
"""

from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

__all__ = ["BoundedUploadHandler", "too_large", "upload_limit_mb"]


def upload_limit_mb() -> int:
    """The largest file that is taken in, as pages say it."""
    return int(settings.UPLOAD_LIMIT_BYTES // 2**20)


def too_large(size: int) -> str:
    """How large a refused file is, and how large it might be: the first half of a sentence that says what to do."""
    return f"Tệp nặng {-(-size // 2**20)} MB, quá {upload_limit_mb()} MB."


class BoundedUploadHandler(FileUploadHandler):
    """Stands before the handlers that keep a file, in memory or on the disk: they never get more than the limit.

    A file beyond it reaches the form without content and with its true size, so that the form can say how large it is.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.arrived = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.arrived += len(raw_data)
        return raw_data if self.arrived <= settings.UPLOAD_LIMIT_BYTES else None

    def file_complete(self, file_size: int) -> UploadedFile | None:
        if self.arrived <= settings.UPLOAD_LIMIT_BYTES:
            return None
        for handler in self.request.upload_handlers if self.request else ():
            handler.upload_interrupted()  # drops what was kept so far
        return UploadedFile(BytesIO(), self.file_name, self.content_type, self.arrived, self.charset)
