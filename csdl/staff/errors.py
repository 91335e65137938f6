"""Errors of staff."""

from csdl.accounts.errors import CsdlError

__all__ = ["StaffError"]


class StaffError(CsdlError):
    """STF-01 the posting has ended: the file belongs to where the person works now."""

    code = "STF-01"
