"""Errors of the school year."""

from csdl.accounts.errors import CsdlError

__all__ = ["YearError"]


class YearError(CsdlError):
    """YEAR-01 unknown year, YEAR-02 state does not allow it, YEAR-03 reason missing."""

    code = "YEAR-01"
