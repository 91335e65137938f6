"""What units cannot know of themselves: whether a school year takes writes, what stands at a site.

Both belong to modules above this one, which register here; the actions of this module ask.
"""

from collections.abc import Callable

from csdl.orgs.models import SchoolSite

__all__ = ["check_year", "register_site_tie", "register_year_check", "tied_to_site"]

_year_checks: list[Callable[[int], None]] = []
_site_ties: list[Callable[[SchoolSite], list[str]]] = []


def register_year_check(check: Callable[[int], None]) -> None:
    """Add a check that raises where the school year of that first calendar year takes no write."""
    _year_checks.append(check)


def register_site_tie(tie: Callable[[SchoolSite], list[str]]) -> None:
    """Add a question "what still stands at this site?", answered with names for people."""
    _site_ties.append(tie)


def check_year(start_year: int) -> None:
    """Refuse a write into a year that is not open. Errors: those of the registered checks, YEAR-02."""
    for check in _year_checks:
        check(start_year)


def tied_to_site(site: SchoolSite) -> list[str]:
    """What still stands at a site, by name."""
    return [name for tie in _site_ties for name in tie(site)]
