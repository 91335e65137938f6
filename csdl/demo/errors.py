"""Why a made-up province cannot be built."""

from csdl.accounts.errors import CsdlError

__all__ = ["DemoError"]


class DemoError(CsdlError):
    """DEMO-01 the database is not empty, DEMO-02 a school cannot be filled, DEMO-03 no code lists, unfit number."""

    code = "DEMO-01"
