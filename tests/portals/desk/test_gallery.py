"""The gallery shows every component there is."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse

from csdl.portals.components import lists
from tests.portals.places import Places

pytestmark = pytest.mark.django_db

FOLDER = Path(lists.__file__).parent / "templates" / "components"
# A whole page, not a part of one
PAGES = {
    *("components/import_start.html", "components/outgoing.html", "components/outgoing_file.html"),
    *("components/refused.html", "components/report_pictures.html", "components/revealed.html"),
}


def test_the_gallery_shows_every_component(places: Places, web_client: Callable) -> None:
    known = {f"components/{file.name}" for file in FOLDER.glob("*.html")}

    shown = {template.name for template in web_client(places.accounts["clerk"]).get(reverse("desk:gallery")).templates}

    assert known - PAGES - shown == set()
