"""Tags and filters of our templates: icons, badges, masked numbers, sort links."""

import datetime as dt
from collections.abc import Container, Iterable
from html import escape
from typing import Any

from django import template
from django.template.context import RequestContext
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe

from csdl.lib import clock
from csdl.portals.components import lists
from csdl.portals.components.badges import badge
from csdl.portals.components.icons import drawn
from csdl.portals.components.pagers import foot
from csdl.portals.components.report_sheet import shown
from csdl.years.enums import PRESENT_STATUSES

register = template.Library()

_MOVED = dt.timedelta(hours=1)  # the clock that was moved, not the one that is a second late


@register.simple_tag
def icon(name: str) -> SafeString:
    """One of components/icons/*.svg, drawn in the colour of the text around it; a word always stands beside it."""
    return drawn(name)


register.simple_tag(badge)


@register.simple_tag(takes_context=True)
def draft(context: RequestContext, part: str = "", path: str = "") -> SafeString:
    """Attributes of a form whose typed values the browser keeps until they are saved, also over the end of a sign-in;
    `draft_note.html` inside the form says so. `part` tells views of one address apart, `path` is where
    the form is sent when that is another address. What the server sends back filled in is not filled in again."""
    request = context["request"]
    bound = " data-bound" if request.method == "POST" else ""
    key = escape(f"{request.user.pk}:{path or request.path}{part}")
    return mark_safe(f'data-draft="{key}"{bound}')  # noqa: S308 - escaped here


@register.filter
def number(value: Any) -> str:
    """1834 -> 1.834; nothing -> a dash."""
    if type(value) is int:
        # Not Django's own formatting: it looks the language up for every figure of a list.
        return f"{value:,}".replace(",", ".")
    return "–" if value in (None, "") else number_format(value, use_l10n=True, force_grouping=True)


# Figures of forms, with what decimals they have: 1234.500 -> 1.234,5; nothing -> empty.
register.filter("figure", shown)


@register.filter
def logged_at(instant: dt.datetime | None) -> str:
    """When something was done, by the real clock, which the log keeps (D18); says so where the demo's day was moved."""
    if instant is None:
        return "–"
    told = f"{timezone.localtime(instant):%H:%M %d/%m/%Y}"
    return f"{told} (giờ thật)" if abs(clock.now() - timezone.now()) > _MOVED else told


@register.filter
def logged_on(instant: dt.datetime | None) -> str:
    """The day of `logged_at`."""
    if instant is None:
        return "–"
    told = f"{timezone.localtime(instant):%d/%m/%Y}"
    return f"{told} (giờ thật)" if abs(clock.now() - timezone.now()) > _MOVED else told


@register.filter
def masked(value: str) -> str:
    """A number that a list does not say in full, its middle hidden: 031204001845 -> 031•••••••45, phones alike."""
    if not value:
        return "–"
    return value[:3] + "•" * (len(value) - 5) + value[-2:] if len(value) > 5 else "•" * len(value)


register.filter("masked_id", masked)


@register.filter
def status_tone(code: str) -> str:
    """Colour of a pupil's status in the year: learning as usual, here with something to know, gone."""
    return "good" if code == "01" else "info" if code in PRESENT_STATUSES else "calm"


@register.simple_tag
def filter_fields(filters: Iterable[lists.Filter], *, swap: bool = False) -> SafeString:
    """Drop-downs of a filter bar; written in one go, because a school's lists carry a hundred choices.

    A filter without choices keeps its place hidden; `swap` sends one that takes the place of the one shown.
    """
    return mark_safe("".join(_filter_field(one, swap) for one in filters))  # noqa: S308 - escaped in _filter_field


def _filter_field(one: lists.Filter, swap: bool) -> str:
    name = escape(one.name)
    made = "" if one.default else '<option value="">Tất cả</option>'
    made += "".join(
        f'<option value="{escape(value)}"{" selected" if value == one.value else ""}>{escape(text)}</option>'
        for value, text in one.options
    )
    state = ("" if one.options else " hidden") + (' hx-swap-oob="true"' if swap else "")
    return (
        f'<div id="filter-of-{name}"{state}><label class="form-label" for="filter-{name}">{escape(one.label)}</label>'
        f'<select class="form-select" id="filter-{name}" name="{name}">{made}</select></div>'
    )


@register.filter
def label(names: dict[str, str], code: str) -> str:
    """What a code means; a code that no list knows is shown itself, nothing as a dash."""
    return (names or {}).get(code, code) or "–"


@register.filter
def at(mapping: dict[Any, Any], key: Any) -> Any:
    """A dictionary's value under a key that is a variable."""
    return (mapping or {}).get(key)


@register.filter
def share(part: int | None, whole: int | None) -> int:
    """Whole percent of a part, 0 to 100."""
    return min(100, round(100 * (part or 0) / whole)) if whole else 0


_SORT_ICONS = {"": "selector", "ascending": "chevron-up", "descending": "chevron-down"}


@register.simple_tag(takes_context=True)
def sort_header(context: RequestContext, key: str, text: str, sort: lists.Sort, css: str = "") -> SafeString:
    """Head of a column that sorts: a link that works without scripts, with aria-sort."""
    is_sorted = sort.key == key
    turned = f"-{key}" if is_sorted and not sort.descending else key
    url = escape(lists.address(context["request"], **{lists.SORT: turned, lists.PAGE: None}))
    state = ("descending" if sort.descending else "ascending") if is_sorted else ""
    opened = "".join(f' {name}="{escape(value)}"' for name, value in (("class", css), ("aria-sort", state)) if value)
    return mark_safe(  # noqa: S308 - escaped here
        f'<th scope="col"{opened}><a class="sort" href="{url}" hx-get="{url}" hx-target="#results" hx-swap="outerHTML"'
        f' hx-push-url="true">{escape(text)}{drawn(_SORT_ICONS[state])}</a></th>'
    )


@register.simple_tag
def column_boxes(columns: lists.Columns) -> SafeString:
    """A box for each column that a list can show, ticked where it does."""
    boxes = (
        f'<label><input class="form-check-input" type="checkbox" name="cot" value="{escape(column.key)}"'
        f"{' checked' if column.key in columns.shown else ''}> {escape(column.label)}</label>"
        for column in columns.known
    )
    return mark_safe("".join(boxes))  # noqa: S308 - escaped here


@register.simple_tag(takes_context=True)
def column_heads(
    context: RequestContext, columns: lists.Columns, sorts: Container[str], sort: lists.Sort
) -> SafeString:
    """Heads of the columns that a list shows now, in their order."""
    shown = (column for column in columns.known if column.key in columns.shown)
    heads = (
        sort_header(context, column.key, column.label, sort)
        if column.key in sorts
        else f'<th scope="col">{escape(column.label)}</th>'
        for column in shown
    )
    return mark_safe("".join(heads))  # noqa: S308 - escaped here


@register.simple_tag(takes_context=True)
def pager(context: RequestContext, listing: lists.Listing) -> SafeString:
    """Foot of a list: "1–50 / 1.834", pages, page sizes."""
    return foot(context["request"], listing)


@register.simple_tag(takes_context=True)
def kept(context: RequestContext) -> list[tuple[str, str]]:
    """Order and page size of the list now: the filter form sends them along, so that typing keeps them."""
    sent = context["request"].GET
    return [(name, sent[name]) for name in (lists.SORT, lists.SIZE) if name in sent]


@register.simple_tag(takes_context=True)
def found_chips(context: RequestContext, search: str, filters: Iterable[lists.Filter]) -> list[lists.Chip]:
    """The filters that hold now."""
    return lists.chips(context["request"], search, filters)
