"""Foot of a list: what is shown of how much, the way to other pages, page sizes; written in one go like table bodies.

Beyond the numbered pages of a long list the way goes from page to page, by the row at which each ends.
"""

from html import escape

from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe

from csdl.portals.components.icons import drawn
from csdl.portals.components.lists import AFTER, BEFORE, END, EXACT, PAGE, SIZE, Listing, address

__all__ = ["foot"]


def foot(request: HttpRequest, listing: Listing) -> SafeString:
    """The foot of a list."""
    made = f'<p class="pager-count" data-announce>{_count(listing)}</p>{_exact(request, listing)}'
    if listing.page_count > 1 or listing.is_long:
        made += f'<nav aria-label="Các trang của danh sách"><ul>{_steps(request, listing)}</ul></nav>'
    if listing.is_long or listing.total > min(listing.sizes):
        sizes = (_size(request, listing, size) for size in listing.sizes)
        made += f'<p class="pager-sizes">Số dòng mỗi trang: {" ".join(sizes)}</p>'
    return mark_safe(f'<div class="pager">{made}</div>')  # noqa: S308 - escaped in the parts below


def _count(listing: Listing) -> str:
    total = f"{'hơn ' if listing.is_more else ''}{_number(listing.total)}"
    if listing.first is None or listing.last is None:
        return f"{_number(len(listing.items))} dòng, tính từ cuối danh sách / {total}"
    return f"{_number(listing.first)}–{_number(listing.last)} / {total}"


def _exact(request: HttpRequest, listing: Listing) -> str:
    if not listing.is_more:
        return ""
    here = {name: request.GET.get(name) for name in (PAGE, AFTER, BEFORE)}
    return f'<p class="pager-count">{_link(address(request, **here, **{EXACT: "1"}), "Đếm chính xác")}</p>'


def _steps(request: HttpRequest, listing: Listing) -> str:
    steps = []
    if back := _back(request, listing):
        text = f'{drawn("chevron-left")}<span class="visually-hidden">Trang trước</span>'
        steps.append(_link(back, text, rel="prev", show="show:top"))
    for page in listing.pages:
        if page is None:
            steps.append("")
        elif page == listing.page:
            steps.append(f'<span aria-current="page"><span class="visually-hidden">Trang </span>{_number(page)}</span>')
        else:
            text = f'<span class="visually-hidden">Trang </span>{_number(page)}'
            steps.append(_link(address(request, **{PAGE: str(page)}), text, show="show:top"))
    if listing.is_long and listing.after:
        steps += ["", _link(address(request, **{PAGE: None, BEFORE: END}), "Trang cuối", show="show:top")]
    if forth := _forth(request, listing):
        text = f'{drawn("chevron-right")}<span class="visually-hidden">Trang sau</span>'
        steps.append(_link(forth, text, rel="next", show="show:top"))
    return "".join(f"<li>{step}</li>" if step else '<li class="gap" aria-hidden="true">…</li>' for step in steps)


def _number(value: int) -> str:
    return str(number_format(value, use_l10n=True, force_grouping=True))


def _back(request: HttpRequest, listing: Listing) -> str:
    if listing.page > 1:
        return address(request, **{PAGE: str(listing.page - 1)})
    if listing.start is not None and 1 < listing.start <= (listing.numbered or 0) + 1:
        return address(request, **{PAGE: str(-(-(listing.start - 1) // listing.size))})
    return address(request, **{PAGE: None, BEFORE: listing.before}) if listing.before else ""


def _forth(request: HttpRequest, listing: Listing) -> str:
    if 0 < listing.page < listing.page_count:
        return address(request, **{PAGE: str(listing.page + 1)})
    return address(request, **{PAGE: None, AFTER: listing.after}) if listing.after else ""


def _size(request: HttpRequest, listing: Listing, size: int) -> str:
    if size == listing.size:
        return f"<strong>{size}</strong>"
    return _link(address(request, **{SIZE: str(size), PAGE: None}), str(size))


def _link(url: str, text: str, *, rel: str = "", show: str = "") -> str:
    """A link that works without scripts; `text` is markup."""
    url = escape(url)
    named = f' rel="{rel}"' if rel else ""
    swap = f"outerHTML {show}".strip()
    return f'<a href="{url}"{named} hx-get="{url}" hx-target="#results" hx-swap="{swap}" hx-push-url="true">{text}</a>'
