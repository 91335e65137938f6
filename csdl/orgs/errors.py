"""Errors of units and schools."""

from csdl.accounts.errors import CsdlError

__all__ = ["SiteError"]


class SiteError(CsdlError):
    """ORG-02 the site has ended; ORG-03 the school has no profile that year; ORG-04 last year has no room counts."""

    code = "ORG-02"
