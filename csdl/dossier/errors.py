"""Errors of inspection dossiers."""

from csdl.accounts.errors import CsdlError

__all__ = ["DossierError"]


class DossierError(CsdlError):
    """DOS-01 not made yet or not made at all; DOS-02 its time is over; DOS-03 the file was changed or is gone."""

    code = "DOS-01"
