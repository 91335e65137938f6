"""A large file is counted, not kept."""

import io

from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.test import RequestFactory

from csdl.lib.uploads import BoundedUploadHandler

_SIZE = 200 * 1024 * 1024


class _Body(io.RawIOBase):
    """A multipart body with a file of zeros that is made as it is read."""

    def __init__(self, size: int) -> None:
        head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
        self.parts = [head, size, b"\r\n--x--\r\n"]
        self.length = len(head) + size + 9

    def read(self, size: int = -1) -> bytes:
        first = self.parts[0] if self.parts else b""
        if isinstance(first, bytes):
            piece = first[:size] if size >= 0 else first
            rest = first[len(piece) :]
        else:
            piece = bytes(min(size, first))
            rest = first - len(piece)
        if self.parts:
            self.parts[:1] = [rest] if rest else []
        return piece


def _sent(size: int):
    body = _Body(size)
    request = RequestFactory().generic("POST", "/", b"x", content_type="multipart/form-data; boundary=x")
    request.META["CONTENT_LENGTH"] = str(body.length)
    request._stream = body
    return request


def test_a_file_of_200_mb_reaches_no_other_handler_beyond_the_limit(monkeypatch) -> None:
    kept: list[int] = []
    keep = TemporaryFileUploadHandler.receive_data_chunk
    monkeypatch.setattr(
        TemporaryFileUploadHandler,
        "receive_data_chunk",
        lambda self, data, start: (kept.append(len(data)), keep(self, data, start))[1],
    )

    request = _sent(_SIZE)
    file = request.FILES["file"]

    assert (file.size, file.read(), file.name) == (_SIZE, b"", "a.pdf")
    assert sum(kept) <= 20 * 1024 * 1024
    assert isinstance(request.upload_handlers[0], BoundedUploadHandler)


def test_a_file_within_the_limit_arrives_whole() -> None:
    with _sent(3 * 1024 * 1024).FILES["file"] as file:
        assert (file.size, len(file.read())) == (3 * 1024 * 1024, 3 * 1024 * 1024)
