"""Errors every layer may raise towards its user: a stable code, a Vietnamese sentence, what to do next."""

from typing import Any

__all__ = ["CsdlError", "InvalidRecord", "NotAllowed"]


class CsdlError(Exception):
    """Something the user can understand and act on. `code` is what the hotline asks for, `problems` are for people,
    `facts` for the page that goes on from here."""

    code = "CSDL-00"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        problems: list[str] | None = None,
        facts: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.problems = problems or []
        self.facts = facts or {}

    def __str__(self) -> str:
        return f"{self.message} (mã {self.code})"


class NotAllowed(CsdlError):
    """The actor holds no right to this act, or not on this row."""

    code = "ACC-01"


class InvalidRecord(CsdlError):
    """REC-01: what was typed cannot stand in a record; every fault at once. `fields`: field -> sentences."""

    code = "REC-01"

    def __init__(self, fields: dict[str, list[str]]) -> None:
        self.fields = fields
        super().__init__("Có nội dung cần sửa.", problems=[text for texts in fields.values() for text in texts])
