"""Pagers, masks and words of lists."""

import pytest

from csdl.portals.components.lists import Listing, Sort
from csdl.portals.components.templatetags import parts


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        (1, [1, 2, None, 37]),
        (2, [1, 2, 3, None, 37]),
        (20, [1, None, 19, 20, 21, None, 37]),
        (37, [1, None, 36, 37]),
    ],
)
def test_the_pager_shows_ends_and_neighbours(page: int, shown: list[int | None]) -> None:
    assert Listing([], 1834, page, 50, Sort("ten", False)).pages == shown


def test_an_empty_list_counts_from_nothing() -> None:
    empty = Listing([], 0, 1, 50, Sort("ten", False))

    assert (empty.first, empty.last, empty.page_count) == (0, 0, 1)


@pytest.mark.parametrize(
    ("number", "shown"), [("031212001845", "031•••••••45"), ("12345", "•••••"), ("AB1234567", "AB1••••67"), ("", "–")]
)
def test_an_identity_number_shows_its_ends_only(number: str, shown: str) -> None:
    assert parts.masked(number) == shown


def test_figures_stand_as_vietnamese_read_them() -> None:
    assert [parts.number(value) for value in (1834, 0, None)] == ["1.834", "0", "–"]
