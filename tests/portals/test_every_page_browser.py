"""In a real browser: axe on every page that the URL configuration knows, at the size of a desk and of a phone."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from playwright.sync_api import Page

from tests.conftest import OwnDatabase
from tests.portals.browsing import DESK, PHONE, faults, sign_in, width

PORTALS = ("desk", "school", "authority")
# What stands in the address -> a row of the small province; a new kind of address adds its line here.
ROWS = {
    "school": "SELECT public_id FROM orgs_orgunit WHERE name = 'Trường THCS Tô Hiệu'",
    "unit": "SELECT public_id FROM orgs_orgunit WHERE code <> '' AND kind = 'district_office'",
    "school_class": "SELECT public_id FROM years_schoolclass WHERE name = '7A'",
    "student": "SELECT public_id FROM students_student WHERE full_name = 'Nguyễn Thị Lan'",
    "guardian": "SELECT public_id FROM students_guardian",
    "staff": "SELECT public_id FROM staff_staffmember WHERE full_name = 'Bùi Thu Trang'",
    "start_year": "SELECT 2024",
    "site": "SELECT s.public_id FROM orgs_schoolsite s JOIN orgs_orgunit u ON u.id = s.school_id"
    " WHERE u.name = 'Trường THCS Tô Hiệu' AND s.start_year = 2024",
    "kind": "SELECT 'pupils'",
    "topic": "SELECT 'ket-chuyen'",
    "list_name": "SELECT 'hoc-sinh'",
    "document": "SELECT d.public_id FROM documents_document d JOIN orgs_orgunit u ON u.id = d.unit_id"
    " WHERE u.name = 'Trường THCS Tô Hiệu'",
}
# Addresses of things that only an act makes: the tests of those acts look at them.
MADE_BY_ACTS = {
    *("ask", "batch", "commitment", "dossier", "event", "grant", "head", "inspection"),
    *("job", "key", "minutes", "paper", "period", "run"),
}
# Pages that want rows chosen, a plan or a scan made, a letter or a second factor in hand before they open (the tests of
# those look at them); a template that no role of the authority may fill in.
NEED_MORE = {
    # A school's own; the unit that stands in these addresses is an office.
    "desk:grant-homerooms",
    *("authority:import-template", "school:student-bulk", "school:staff-bulk"),
    *("authority:account-open", "authority:account-detail", "authority:own-accounts", "desk:second-factor-confirm"),
    *("desk:activation", "desk:activation-password", "desk:activation-done"),
    "desk:document-file",
    "authority:report-outliers",  # a period
    *("school:rollover-plan", "school:rollover-pupil", "school:rollover-plan-export"),
    *("school:rollover-rename", "school:rollover-run", "school:rollover-confirm"),
}

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def _routes() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Name and parameters of every route of the portals."""
    for resolver in get_resolver().url_patterns:
        if isinstance(resolver, URLResolver) and resolver.namespace in PORTALS:
            for route in resolver.url_patterns:
                assert isinstance(route, URLPattern)
                yield f"{resolver.namespace}:{route.name}", tuple(route.pattern.converters)


def test_axe_finds_nothing_on_any_page(site: str, page: Page, site_database: OwnDatabase) -> None:
    known = {name: str(site_database.rows(query)[0][0]) for name, query in ROWS.items()}
    waiting = {
        name: reverse(name, kwargs={key: known[key] for key in keys})
        for name, keys in _routes()
        if not MADE_BY_ACTS & set(keys)
    }
    found: dict[str, list[str]] = {}
    too_wide: list[str] = []

    def look(name: str) -> None:
        if seen := faults(page):
            found[name] = seen
        page.set_viewport_size(PHONE)
        if width(page) > 390:
            too_wide.append(name)
        page.set_viewport_size(DESK)

    page.goto(f"{site}/accounts/login/")
    look("sign-in")
    for username in ("hieutruong", "so", "phong", "chunhiem"):
        sign_in(page, site, username)
        for name, address in list(waiting.items()):
            answer = page.request.get(f"{site}{address}", max_redirects=0)
            if answer.status == 405 or (answer.status == 200 and "html" not in answer.headers["content-type"]):
                del waiting[name]  # an act, or a file
            elif answer.status == 200:
                page.goto(f"{site}{address}")
                look(name)
                del waiting[name]

    assert found == {}
    assert too_wide == []
    assert set(waiting) == NEED_MORE
