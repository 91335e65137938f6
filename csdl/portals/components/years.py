"""The school year a page shows: that of the address, else the one chosen before, else the current one."""

from django.http import HttpRequest

from csdl.years.enums import YearState
from csdl.years.models import SchoolYear
from csdl.years.queries import school_years

__all__ = ["YEAR", "chosen_year", "is_open", "known_years", "show_year"]

YEAR = "nam"
_SESSION_KEY = "start_year"


def known_years(request: HttpRequest) -> list[SchoolYear]:
    """School years, newest first; asked once a request."""
    if not hasattr(request, "_school_years"):
        request._school_years = list(school_years())
    years: list[SchoolYear] = request._school_years
    return years


def chosen_year(request: HttpRequest) -> SchoolYear | None:
    """The year of this page. An address that names a year keeps it for the pages after."""
    if hasattr(request, "_shown_year"):
        shown: SchoolYear | None = request._shown_year
        return shown
    years = {str(year.start_year): year for year in known_years(request)}
    named = request.GET.get(YEAR, "")
    if named in years and request.session.get(_SESSION_KEY) != named:
        request.session[_SESSION_KEY] = named
    year = years.get(named) or years.get(request.session.get(_SESSION_KEY, ""))
    return show_year(request, year or _current(list(years.values())))


def show_year(request: HttpRequest, year: SchoolYear | int | None) -> SchoolYear | None:
    """Say that this page is of a year (a class's own, say), whatever was chosen before."""
    if isinstance(year, int):
        year = next((known for known in known_years(request) if known.start_year == year), None)
    request._shown_year = year
    return year


def is_open(year: SchoolYear | None) -> bool:
    """Whether the year takes writes."""
    return year is not None and year.state == YearState.OPEN


def _current(years: list[SchoolYear]) -> SchoolYear | None:
    return next((year for year in years if year.is_current), years[0] if years else None)
