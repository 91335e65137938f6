"""Lists as pages show them: search, filters in the address, sort, pages. Every list of the portals is made here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Model, QuerySet, Window
from django.http import HttpRequest

from csdl.lib.vietnamese import squeeze

__all__ = [
    "COUNTED",
    "Chip",
    "Column",
    "Columns",
    "Filter",
    "Listing",
    "Sort",
    "address",
    "chips",
    "column_cookie",
    "listing",
    "ordering",
    "read_columns",
    "read_filter",
    "read_search",
    "read_sort",
]

PAGE_SIZES = (50, 100, 200)
PAGE = "trang"
SIZE = "so-dong"
SORT = "sap-xep"
SEARCH = "tim"
# How far a list over a whole province is counted and paged: beyond that it says "hơn 2.000" and asks for a filter.
COUNTED = 2_000


@dataclass(frozen=True)
class Sort:
    """Column by which a list stands, and which way."""

    key: str
    descending: bool

    @property
    def value(self) -> str:
        return f"-{self.key}" if self.descending else self.key


@dataclass(frozen=True)
class Filter:
    """One drop-down of the filter bar, as the address sets it. `value` is empty where nothing is chosen."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    value: str
    default: str = ""

    @property
    def chosen_label(self) -> str:
        return dict(self.options).get(self.value, "")


@dataclass(frozen=True)
class Chip:
    """A filter that holds, and the address without it."""

    label: str
    text: str
    without: str


@dataclass(frozen=True)
class Column:
    """A column that a person may show or hide; `is_default` before any choice."""

    key: str
    label: str
    is_default: bool = True


@dataclass(frozen=True)
class Columns:
    """The columns of a list, and which of them this browser shows."""

    list_name: str
    known: tuple[Column, ...]
    shown: frozenset[str]


@dataclass(frozen=True)
class Listing:
    """One page of rows with what its foot says: "1–50 / 1.834". `is_more`: there are more than were counted."""

    items: Sequence[Any]
    total: int
    page: int
    size: int
    sort: Sort
    sizes: tuple[int, ...] = PAGE_SIZES
    is_more: bool = False

    @property
    def first(self) -> int:
        return (self.page - 1) * self.size + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.page * self.size, self.total)

    @property
    def page_count(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def pages(self) -> list[int | None]:
        """Numbers of the pager: both ends and the neighbours; None stands for a gap."""
        shown = sorted({1, self.page_count, *range(max(1, self.page - 1), min(self.page_count, self.page + 1) + 1)})
        numbers: list[int | None] = []
        for number in shown:
            if numbers and number - (numbers[-1] or 0) > 1:
                numbers.append(None)
            numbers.append(number)
        return numbers

    def replaced(self, items: Sequence[Any]) -> "Listing":
        """The same page with its rows made into what the template shows."""
        return replace(self, items=items)


def read_search(request: HttpRequest) -> str:
    """What was typed into the search box."""
    return squeeze(request.GET.get(SEARCH, "").replace("\0", ""))[:100]


def read_filter(
    request: HttpRequest, name: str, label: str, options: Iterable[tuple[str, str]], *, default: str = ""
) -> Filter:
    """A filter's value from the address; a value that is no option counts as the default."""
    known = tuple(options)
    value = request.GET.get(name, default)
    if value and value not in dict(known):
        value = default
    return Filter(name, label, known, value, default)


def read_sort(request: HttpRequest, keys: Iterable[str], *, default: str) -> Sort:
    """The sort of the address, `-` before the key for descending."""
    value = request.GET.get(SORT, default)
    key = value.removeprefix("-")
    return Sort(key, value.startswith("-")) if key in set(keys) else Sort(default.removeprefix("-"), default[:1] == "-")


def read_columns(request: HttpRequest, list_name: str, known: Iterable[Column]) -> Columns:
    """The columns that this browser chose for the list (`desk:column-choice`), else those shown by default."""
    columns = tuple(known)
    chosen = request.COOKIES.get(column_cookie(list_name)) or None
    kept = set(chosen.split(".")) if chosen is not None else set()
    shown = {one.key for one in columns if (one.is_default if chosen is None else one.key in kept)}
    return Columns(list_name, columns, frozenset(shown))


def column_cookie(list_name: str) -> str:
    """Cookie that remembers the columns of a list: their keys, joined by full stops."""
    return f"cot-{list_name}"


def ordering(request: HttpRequest, *, sorts: Mapping[str, Sequence[str]], default: str) -> list[str]:
    """The fields by which a list stands in the order the address asks for: the same for its page and its file."""
    sort = read_sort(request, sorts, default=default)
    return [_turned(field) if sort.descending else field for field in sorts[sort.key]]


def listing[M: Model](
    request: HttpRequest,
    rows: QuerySet[M],
    *,
    sorts: Mapping[str, Sequence[str]],
    default: str,
    counted: int | None = None,
) -> Listing:
    """One page of a queryset, in the order the address asks for, and the count, in one query.

    `counted` bounds the count, and with it how far the pages go: then two queries, neither of which reads all rows.
    """
    sort = read_sort(request, sorts, default=default)
    order = ordering(request, sorts=sorts, default=default)
    size = _number(request, SIZE, PAGE_SIZES[0])
    size = size if size in PAGE_SIZES else PAGE_SIZES[0]
    page = _number(request, PAGE, 1)
    if counted is None:
        items, total = _page_and_total(rows.order_by(*order), page, size)
        return Listing(items, total, min(page, max(1, -(-total // size))), size, sort)
    # In the list's own order: an index ends the count early, where the planner else joins a whole province first.
    total = rows.order_by(*sorts[default])[: counted + 1].count()
    is_more, total = total > counted, min(total, counted)
    page = min(page, max(1, -(-total // size)))
    items = list(rows.order_by(*order)[(page - 1) * size : page * size])
    return Listing(items, total, page, size, sort, is_more=is_more)


def _page_and_total[M: Model](rows: QuerySet[M], page: int, size: int) -> tuple[list[M], int]:
    """Rows of a page and how many there are in all, from one reading; a page beyond the last gives the last."""
    items = list(rows.annotate(rows_in_all=Window(Count("*")))[(page - 1) * size : page * size])
    if items:
        return items, items[0].rows_in_all
    total = rows.count() if page > 1 else 0
    last = max(1, -(-total // size))
    return (list(rows[(last - 1) * size : last * size]) if total else []), total


def chips(request: HttpRequest, search: str, filters: Iterable[Filter]) -> list[Chip]:
    """What narrows the list now, each with the address that takes it away."""
    shown = [Chip("Tìm", search, address(request, **{SEARCH: None, PAGE: None}))] if search else []
    for one in filters:
        if one.value != one.default:
            without = address(request, **{one.name: None, PAGE: None})
            shown.append(Chip(one.label, one.chosen_label or "Tất cả", without))
    return shown


def address(request: HttpRequest, to: str = "", /, **changes: str | None) -> str:
    """This page's address with some of its parameters changed; None takes one away.

    `to` is the path of another page that is asked for the same rows: the file of a list, say.
    """
    # Made by hand: a copy of the whole query for each of a list's twenty links costs more than the links.
    left = dict(changes)
    query = []
    for name, values in request.GET.lists():
        value = left.pop(name, None)
        query += [(name, value)] if value is not None else [(name, one) for one in values if name not in changes]
    query += [(name, value) for name, value in left.items() if value is not None]
    path = to or request.path
    return f"{path}?{urlencode(query)}" if query else path


def _turned(field: str) -> str:
    return field[1:] if field.startswith("-") else f"-{field}"


def _number(request: HttpRequest, name: str, default: int) -> int:
    text = request.GET.get(name, "")
    return max(1, int(text)) if text.isdecimal() and len(text) < 8 else default
