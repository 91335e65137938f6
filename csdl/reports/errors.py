"""Errors of the reports."""

from csdl.accounts.errors import CsdlError

__all__ = ["ReportError"]


class ReportError(CsdlError):
    """RPT-01 no such period, form, cell or report; RPT-02 the snapshot day is not over; RPT-03 sent already, only a
    return opens it; RPT-04 the unit owes no report; RPT-05 what was frozen does not add up; RPT-06 a day outside the
    school year wants a confirmation; RPT-07 a cell that is not typed; RPT-08 not frozen yet; RPT-09 changed meanwhile;
    RPT-10 something open before signing, sending or consolidating; RPT-11 locked; RPT-12 the same person twice (four
    eyes)."""

    code = "RPT-01"
