"""Pages of a unit's papers: filed, found, read, signed, replaced, withdrawn; a neighbour's do not exist."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from csdl.audit.models import Event
from csdl.documents import store, ties
from csdl.documents.actions import file_document
from csdl.documents.enums import DocumentKind
from csdl.documents.models import Document
from tests import builders as b
from tests.documents import files
from tests.portals.places import Places

pytestmark = pytest.mark.django_db
LETTER = {"kind": "directive", "document_no": "1329/SGDDĐT-GDĐT&ĐH", "title": "V/v rà soát dữ liệu"}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"


def _filed(unit, number: str = "1329/SGDDĐT-GDĐT&ĐH", **more) -> Document:
    return file_document(actor=b.SYSTEM, unit=unit, values=LETTER | {"document_no": number}, **more)


def _scan(content: bytes, name: str = "ban-quet.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def _list(places: Places) -> str:
    return reverse("desk:document-list", args=[places.school.unit.public_id])


def test_a_clerk_files_a_signed_paper_and_finds_it(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    address = reverse("desk:document-new", args=[places.school.unit.public_id])
    form = {**LETTER, "signed_on": "18/05/2023", "issuer": "Sở GDĐT", "is_signed": "on", "file": _scan(files.pdf(2))}

    done = client.post(address, form, follow=True).content.decode()
    found = client.get(_list(places), {"tim": "1329/sgdđt"}).content.decode()

    row = Document.objects.get(kind="directive")
    assert "Đã lưu vào hồ sơ" in done
    assert "V/v rà soát dữ liệu" in found
    assert (row.unit_id, row.is_signed, row.page_count, row.created_by) == (
        places.school.pk,
        True,
        2,
        places.accounts["clerk"].pk,
    )


@pytest.mark.parametrize(("who", "name"), [("head", "grant-list"), ("clerk", "my-rights")])
def test_it_says_where_minutes_and_commitments_are(places: Places, web_client: Callable, who: str, name: str) -> None:
    Document.objects.all().delete()
    client = web_client(places.accounts[who])
    told = client.get(_list(places)).content.decode()
    where = reverse(f"desk:{name}", args=[places.school.unit.public_id] if name == "grant-list" else [])

    hint = told.split("lập và ký trên hệ thống không nằm ở đây", 1)[1].split("</p>", 1)[0]
    assert "Chưa có văn bản nào được lưu ở đây" in told
    assert f'href="{where}"' in hint
    assert client.get(where).status_code == 200


def test_every_fault_stands_at_its_field_at_once(places: Places, web_client: Callable) -> None:
    client = web_client(places.accounts["clerk"])
    address = reverse("desk:document-new", args=[places.school.unit.public_id])

    page = client.post(address, {"kind": "", "title": "", "signed_on": "31/02/2024", "file": _scan(b"PK\x03\x04")})

    body = page.content.decode()
    assert page.status_code == 409
    for fault in ("Hãy nhập mục này.", "Hãy chọn một mục.", "không phải ngày có thật", "Chỉ nhận tệp PDF, JPEG"):
        assert fault in body
    assert Document.objects.count() == 1  # the one that stood there


def test_a_file_over_the_limit_is_refused_in_words(places: Places, web_client: Callable, settings) -> None:
    settings.UPLOAD_LIMIT_BYTES = 1 << 20
    client = web_client(places.accounts["clerk"])
    address = reverse("desk:document-new", args=[places.school.unit.public_id])

    page = client.post(address, {**LETTER, "file": _scan(b"%PDF-" + bytes(3 << 20))})

    assert (page.status_code, "Tệp nặng 4 MB, quá 1 MB" in page.content.decode()) == (409, True)


def test_every_page_that_takes_or_explains_a_file_says_the_limit_that_holds(
    places: Places,
    web_client: Callable,
    settings,  # type: ignore[no-untyped-def]
) -> None:
    settings.UPLOAD_LIMIT_BYTES = 7 << 20
    unsigned = _filed(places.school.unit, "")
    client = web_client(places.accounts["head"])
    unit = places.school.unit.public_id
    pages = [
        reverse("desk:document-new", args=[unit]),
        reverse("desk:document-sign", args=[unsigned.public_id]),
        reverse("school:paper-new", args=[places.own_pupil.student.public_id]),
        reverse("school:import-list", args=[unit]),
        reverse("desk:help-topic", args=["ho-so-hoc-sinh"]),
        reverse("desk:help-topic", args=["ho-so-van-ban"]),
    ]

    said = {page: client.get(page).content.decode() for page in pages}

    assert {page: ("nặng nhất 7 MB" in body, "20 MB" in body) for page, body in said.items()} == dict.fromkeys(
        pages, (True, False)
    )


def test_an_unsigned_paper_is_corrected_signed_and_then_stands(places: Places, web_client: Callable) -> None:
    row = _filed(places.school.unit, "")
    client = web_client(places.accounts["head"])
    edit = reverse("desk:document-edit", args=[row.public_id])

    client.post(edit, {**LETTER, "document_no": "15/BB-THCS", "phien-ban": "0"})
    client.post(reverse("desk:document-sign", args=[row.public_id]), {"file": _scan(files.image("PNG"))})
    refused = client.post(edit, {**LETTER, "title": "khác", "phien-ban": "0"})

    row.refresh_from_db()
    assert (row.document_no, row.is_signed, row.title) == ("15/BB-THCS", True, LETTER["title"])
    assert (refused.status_code, "DOC-10" in refused.content.decode()) == (409, True)
    page = client.get(reverse("desk:document-detail", args=[row.public_id])).content.decode()
    assert (edit in page, "Thay thế" in page) == (False, True)


def test_a_paper_is_replaced_and_another_withdrawn_with_its_reason(places: Places, web_client: Callable) -> None:
    row = _filed(places.school.unit)
    client = web_client(places.accounts["head"])

    client.post(reverse("desk:document-replace", args=[row.public_id]), {**LETTER, "document_no": "1752/SGDĐT"})
    after = Document.objects.get(number_key="1752/sgddt")
    address = reverse("desk:document-withdraw", args=[after.public_id])
    client.post(address, {"reason": "x"})
    unchanged = Document.objects.get(pk=after.pk).holds
    page = client.post(address, {"reason": "Ban hành nhầm"}, follow=True).content.decode()

    row.refresh_from_db()
    assert (row.replaced_by, unchanged) == (after, True)
    assert "Lý do: Ban hành nhầm" in page
    assert [
        LETTER["title"] in client.get(_list(places), {"tinh-trang": state}).content.decode()
        for state in ("con", "thoi")
    ] == [False, True]


def test_the_file_is_shown_logged_and_not_when_it_was_changed(places: Places, web_client: Callable) -> None:
    row = _filed(places.school.unit, upload=files.upload(files.pdf()))
    client = web_client(places.accounts["clerk"])
    address = reverse("desk:document-file", args=[row.public_id])

    shown, taken = client.get(address), client.get(address, {"tai-ve": "1"})
    store._path(row.file.sha256).write_bytes(b"%PDF-forged")
    changed = client.get(address)

    assert (shown.content, shown.headers["Content-Type"]) == (files.pdf(), "application/pdf")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert taken.headers["Content-Disposition"].startswith("attachment")
    assert (changed.status_code, "Tệp đã bị thay đổi" in changed.content.decode()) == (409, True)
    kinds = Event.objects.filter(kind__in=["document:read", "document:file_changed"]).order_by("pk")
    assert list(kinds.values_list("kind", "account_id")) == [
        (kind, places.accounts["clerk"].pk) for kind in ("document:read", "document:read", "document:file_changed")
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_number_of_queries(
    places: Places, web_client: Callable, django_assert_num_queries: Callable, count: int
) -> None:
    for number in range(count):
        _filed(places.school.unit, f"{number + 1}/X", upload=files.upload(files.pdf(marker=str(number))))
    client = web_client(places.accounts["clerk"])
    client.get(_list(places))

    with django_assert_num_queries(QUERIES):
        assert client.get(_list(places)).status_code == 200


QUERIES = 13


def test_an_empty_list_offers_the_next_step_to_who_may(places: Places, web_client: Callable) -> None:
    unit = places.office.public_id
    page = web_client(places.accounts["office"]).get(reverse("desk:document-list", args=[unit])).content.decode()

    assert ("Chưa có văn bản nào" in page, reverse("desk:document-new", args=[unit]) in page) == (True, True)


@pytest.mark.parametrize(("kind", "ends"), [(DocumentKind.INSPECTION, True), (DocumentKind.DIRECTIVE, False)])
def test_the_end_of_rights_is_promised_only_where_something_ends_them(
    places: Places, web_client: Callable, kind: str, ends: bool
) -> None:
    Document.objects.filter(pk=places.own_paper.pk).update(kind=kind)
    client = web_client(places.accounts["head"])

    said = client.get(reverse("desk:document-detail", args=[places.own_paper.public_id])).content.decode()

    told = ("dừng ngay" in said, "muốn dừng quyền thì thu hồi ở trang Phân quyền" in said)
    assert told == (ends, not ends)
    assert ties.ends_rights(kind) == ends
