"""Errors of delegation."""

from csdl.accounts.errors import CsdlError

__all__ = ["DelegationError"]


class DelegationError(CsdlError):
    """DLG-01 the paper is in a state that does not allow it; DLG-02 the papers do not hold, each fault by itself;
    DLG-03 another person must do it (four eyes, other side); DLG-04 the pages of the scan do not fit; DLG-05 the unit
    has no head, or the person no account; DLG-06 the administration account is where it should go already."""

    code = "DLG-01"
