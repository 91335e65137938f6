"""Lists as pages show them: search, filters in the address, sort, pages. Every list of the portals is made here."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet, Window
from django.http import HttpRequest

from csdl.lib.vietnamese import squeeze
from csdl.portals.components.places import beyond, place, read_place

__all__ = [
    "AFTER",
    "BEFORE",
    "COUNTED",
    "END",
    "EXACT",
    "PAGE",
    "SIZE",
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
    "listing_of",
    "ordering",
    "read_columns",
    "read_filter",
    "read_search",
    "read_sort",
]

PAGE_SIZES = (50, 100, 200)
PAGE = "trang"
# Beyond the numbered pages: the row after or before which a page stands (`places`), the end, the wish to count it all.
AFTER = "sau"
BEFORE = "truoc"
END = "cuoi"
EXACT = "dem"
SIZE = "so-dong"
SORT = "sap-xep"
SEARCH = "tim"
# How far a list over a whole province is counted and has numbered pages: beyond that it says "hơn 2.000", and the way
# goes on from page to page.
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
    """One page of rows with what its foot says: "1–50 / 1.834".

    `is_more`    there are more rows than were counted
    `numbered`   rows that have numbered pages; None: all of them. Beyond them `page` is 0
    `start`      number of the first row beyond the numbered pages; None: not known, the page was reached from the end
    `before`, `after`  the places where the pages around one beyond the numbered ones begin (`places`)
    """

    items: Sequence[Any]
    total: int
    page: int
    size: int
    sort: Sort
    sizes: tuple[int, ...] = PAGE_SIZES
    is_more: bool = False
    numbered: int | None = None
    start: int | None = None
    before: str = ""
    after: str = ""

    @property
    def is_long(self) -> bool:
        """Whether there are rows beyond the numbered pages."""
        return self.numbered is not None and (self.is_more or self.total > self.numbered)

    @property
    def first(self) -> int | None:
        if self.page == 0:
            return self.start
        return (self.page - 1) * self.size + 1 if self.total else 0

    @property
    def last(self) -> int | None:
        if self.page == 0:
            return None if self.start is None else self.start + len(self.items) - 1
        return min(self.page * self.size, self.total)

    @property
    def page_count(self) -> int:
        """Numbered pages."""
        return max(1, -(-min(self.total, self.numbered or self.total) // self.size))

    @property
    def pages(self) -> list[int | None]:
        """Numbers of the pager: both ends and the neighbours; None stands for a gap."""
        near = range(max(1, self.page - 1), min(self.page_count, self.page + 1) + 1) if self.page else ()
        shown = sorted({1, self.page_count, *near})
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


def listing(
    request: HttpRequest,
    rows: QuerySet[Any, Any],
    *,
    sorts: Mapping[str, Sequence[str]],
    default: str,
    counted: int | None = None,
    first: Callable[[int], QuerySet[Any, Any]] | None = None,
) -> Listing:
    """One page of a queryset (records, or tuples of a `values_list`), in the order the address asks for, and the count,
    in one query.

    `counted` bounds the count, and with it the numbered pages: then two queries, neither of which reads all rows, and
    beyond them pages that begin after a row, found by the order's own index however deep they lie. `first` is then a
    quicker way to their beginning in the default order: rows that hold so many of the first, or fewer where it cannot.
    """
    sort = read_sort(request, sorts, default=default)
    order = ordering(request, sorts=sorts, default=default)
    size = _number(request, SIZE, PAGE_SIZES[0])
    size = size if size in PAGE_SIZES else PAGE_SIZES[0]
    page = _number(request, PAGE, 1)
    if counted is None:
        items, total = _page_and_total(rows.order_by(*order), page, size)
        return Listing(items, total, min(page, max(1, -(-total // size))), size, sort)
    keys: list[Any] | None = None
    if request.GET.get(EXACT):
        total, is_more = rows.count(), False
    else:
        keys = _first_keys(rows, sorts[default], counted + 1, first)
        total, is_more = min(len(keys), counted), len(keys) > counted
    shown = Listing([], total, page, size, sort, is_more=is_more, numbered=counted)
    if shown.is_long and (further := _beyond(request, rows, order, shown)):
        return further
    page = min(page, shown.page_count)
    end = min(page * size, total, counted)
    if keys is not None and order == list(sorts[default]):
        # Found while counting: the page is not looked for a second time.
        items = list(rows.filter(pk__in=keys[(page - 1) * size : end]).order_by(*order))
    else:
        items = list(rows.order_by(*order)[(page - 1) * size : end])
    return replace(shown, items=items, page=page, after=place(order, items[-1], end) if shown.is_long and items else "")


def listing_of[Row](
    request: HttpRequest, rows: Sequence[Row], *, sorts: Mapping[str, Callable[[Row], Any]], default: str
) -> Listing:
    """One page of rows that are in memory already, in the order the address asks for."""
    sort = read_sort(request, sorts, default=default)
    size = _number(request, SIZE, PAGE_SIZES[0])
    size = size if size in PAGE_SIZES else PAGE_SIZES[0]
    found = sorted(rows, key=sorts[sort.key], reverse=sort.descending)
    page = min(_number(request, PAGE, 1), max(1, -(-len(found) // size)))
    return Listing(found[(page - 1) * size : page * size], len(found), page, size, sort)


def _first_keys(
    rows: QuerySet[Any, Any],
    order: Sequence[str],
    at_most: int,
    first: Callable[[int], QuerySet[Any, Any]] | None,
) -> list[Any]:
    """Keys of the first rows in the list's own order: an index ends the reading early, where the planner else joins a
    whole province for a count."""
    for some in ([first(at_most + at_most // 10)] if first else []) + [rows]:
        keys = list(some.order_by(*order).values_list("pk", flat=True)[:at_most])
        if len(keys) == at_most:
            break
    return keys


def _beyond(request: HttpRequest, rows: QuerySet[Any, Any], order: Sequence[str], shown: Listing) -> Listing | None:
    """The page before or after the row that the address names; None where it names none, or none that can be read."""
    goes_back = BEFORE in request.GET
    named = request.GET.get(BEFORE if goes_back else AFTER, "")
    from_end = goes_back and named == END
    at = None if from_end else read_place(named, rows.model, order)
    if at is None and not from_end:
        return None
    way = [_turned(field) for field in order] if goes_back else order
    if at is not None:
        rows = rows.filter(beyond(rows.model, way, at.values))
    items = list(rows.order_by(*way)[: shown.size + 1])
    if not items:
        return None
    goes_on, items = len(items) > shown.size, items[: shown.size]
    if goes_back:
        items.reverse()
    start: int | None = None
    if goes_back and not goes_on:
        start = 1
    elif from_end:
        start = None if shown.is_more else shown.total - len(items) + 1
    elif at is not None and at.number is not None:
        start = at.number - len(items) if goes_back else at.number + 1
    has_before, has_after = (goes_on, not from_end) if goes_back else (True, goes_on)
    last = None if start is None else start + len(items) - 1
    return replace(
        shown,
        items=items,
        page=0,
        start=start,
        total=max(shown.total, last or 0) if shown.is_more else shown.total,
        is_more=shown.is_more and (has_after or last is None),
        before=place(order, items[0], start) if has_before else "",
        after=place(order, items[-1], last) if has_after else "",
    )


def _page_and_total(rows: QuerySet[Any, Any], page: int, size: int) -> tuple[list[Any], int]:
    """Rows of a page and how many there are in all, from one reading; a page beyond the last gives the last."""
    items = list(rows.annotate(rows_in_all=Window(Count("*")))[(page - 1) * size : page * size])
    if items and isinstance(items[0], tuple):
        return [item[:-1] for item in items], items[0][-1]
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

    `to` is the path of another page that is asked for the same rows: the file of a list, say. The place in a long list
    stays only where it is named: another order or filter makes it mean nothing.
    """
    # Made by hand: a copy of the whole query for each of a list's twenty links costs more than the links.
    left = {AFTER: None, BEFORE: None, EXACT: None} | changes
    query = []
    for name, values in request.GET.lists():
        if name not in left:
            query += [(name, one) for one in values]
        elif (value := left.pop(name)) is not None:
            query.append((name, value))
    query += [(name, value) for name, value in left.items() if value is not None]
    path = to or request.path
    return f"{path}?{urlencode(query)}" if query else path


def _turned(field: str) -> str:
    return field[1:] if field.startswith("-") else f"-{field}"


def _number(request: HttpRequest, name: str, default: int) -> int:
    text = request.GET.get(name, "")
    return max(1, int(text)) if text.isdecimal() and len(text) < 8 else default
