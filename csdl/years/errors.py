"""Errors of the school year."""

from csdl.accounts.errors import CsdlError

__all__ = ["AssignmentError", "YearError"]


class YearError(CsdlError):
    """YEAR-01 unknown year, YEAR-02 state does not allow it, YEAR-03 reason missing, YEAR-05 the pupil
    is enrolled elsewhere since."""

    code = "YEAR-01"


class AssignmentError(CsdlError):
    """ASG-01 nothing to do or not to be undone here, ASG-02 changed since, so not undone."""

    code = "ASG-01"
