"""Pages of inspection dossiers: asked for, followed, taken along; others do not see them."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable

import pytest
from django.urls import reverse

from csdl.audit.models import Event
from csdl.dossier.actions import build_dossier, new_dossier
from csdl.dossier.models import Dossier
from csdl.jobs.models import Job, JobState
from csdl.lib import clock
from tests import builders as b
from tests.portals.places import Places

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.FILES_DIR, settings.DOSSIERS_DIR = tmp_path / "files", tmp_path / "dossiers"


def _list(places: Places) -> str:
    return reverse("desk:dossier-list", args=[places.school.unit.public_id])


def _made(places: Places) -> Dossier:
    row = new_dossier(actor=b.SYSTEM, unit=places.school.unit, first=dt.date(2023, 8, 1), last=clock.today())
    build_dossier(actor=b.SYSTEM, dossier=row)
    return row


def test_a_head_asks_and_the_page_follows(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["head"])

    wrong = client.post(_list(places), {"first": "01/08/2024", "last": "01/08/2023"})
    asked = client.post(_list(places), {"first": "01/08/2023", "last": "31/05/2024"}, follow=True)

    row = Dossier.objects.get()
    assert (wrong.status_code, "không được trước ngày đầu kỳ" in wrong.content.decode()) == (409, True)
    assert ("Đã nhận yêu cầu" in asked.content.decode(), "Đang lập" in asked.content.decode()) == (True, True)
    assert row.job is not None
    assert row.job.args == {"dossier_id": row.pk, "unit_id": places.school.pk}
    address = reverse("desk:dossier-detail", args=[row.public_id])
    polled = client.get(address, {"tien-do": "1"}, headers={"HX-Request": "true"})
    assert 'hx-trigger="every 1s"' in polled.content.decode()


def test_a_made_dossier_is_taken_along_and_logged(places: Places, web_client: Callable) -> None:
    row = _made(places)
    for role in ("head", "office", "department"):
        client = web_client(places.accounts[role])
        page = client.get(reverse("desk:dossier-detail", args=[row.public_id])).content.decode()
        file = client.get(reverse("desk:dossier-file", args=[row.public_id]))
        content = b"".join(file.streaming_content)

        assert "Tải hồ sơ (ZIP)" in page, role
        assert "00-bia.pdf" in zipfile.ZipFile(io.BytesIO(content)).namelist(), role
    opened = Event.objects.filter(kind="dossier:open", unit_id=places.school.pk)
    assert opened.count() == 3


def test_a_run_that_failed_says_so_and_offers_another(places: Places, web_client: Callable) -> None:
    row = new_dossier(actor=b.SYSTEM, unit=places.school.unit, first=dt.date(2023, 8, 1), last=clock.today())
    row.job = Job.objects.create(
        kind="dossier:build",
        title="x",
        args={"unit_id": places.school.pk},
        state=JobState.FAILED,
        message="Hỏng (mã JOB-02)",
    )
    row.save()
    client = web_client(places.accounts["head"])

    page = client.get(reverse("desk:dossier-detail", args=[row.public_id])).content.decode()

    assert ("Hỏng (mã JOB-02)" in page, "Lập lại" in page, 'hx-trigger="every 1s"' in page) == (True, True, False)


def test_a_neighbour_finds_no_dossier(places: Places, web_client: Callable) -> None:
    row = _made(places)
    stranger = b.account("ht2", "school_head", places.other_school.unit)
    client = web_client(stranger)

    for name in ("desk:dossier-detail", "desk:dossier-file"):
        assert client.get(reverse(name, args=[row.public_id])).status_code == 404
    assert client.get(_list(places)).status_code == 404
