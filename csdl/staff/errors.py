"""Errors of staff."""

from csdl.accounts.errors import CsdlError

__all__ = ["StaffError"]


class StaffError(CsdlError):
    """STF-01 the posting has ended: the file belongs to where the person works now; STF-02 the appointment of a head is
    not the newest or was withdrawn; STF-03 the unit would be left without a head; STF-04 a posting
    elsewhere stands on what is to be taken back."""

    code = "STF-01"
