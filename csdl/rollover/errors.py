"""Errors of the rollover."""

from csdl.accounts.errors import CsdlError

__all__ = ["RolloverError"]


class RolloverError(CsdlError):
    """ROL-01 target year not open, ROL-02 nothing in scope, ROL-03 plan changed, ROL-04 newer facts depend,
    ROL-05 nothing to undo, ROL-06 choice not possible, ROL-07 sums disagree, ROL-08 blocked, ROL-09 a
    background run is going on."""

    code = "ROL-01"
